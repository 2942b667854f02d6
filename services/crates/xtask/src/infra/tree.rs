//! What can be seen in the text of `infra` without running terraform.
//!
//! Entry points: [`checks`].
//! Rules: one version pin, everywhere the same; every module is called; files of at most 250 lines.

use std::path::Path;

use anyhow::Result;

use super::Checks;
use super::stacks::Folder;

/// The pin, as every `versions.tf` or `providers.tf` says it.
const PIN: [&str; 3] =
    [r#"required_version = ">= 1.11""#, r#"source  = "hashicorp/aws""#, r#"version = "~> 6.47""#];

const LINES_MAX: usize = 250;

/// Each rule with what doesn't hold.
pub(super) fn checks(root: &Path, folders: &[Folder]) -> Result<Checks> {
    let (mut long, mut pins) = (Vec::new(), Vec::new());
    let mut whole = String::new();
    for folder in folders {
        let mut text = String::new();
        for entry in std::fs::read_dir(root.join(&folder.path))? {
            let path = entry?.path();
            if path.extension().is_none_or(|extension| extension != "tf") {
                continue;
            }
            let file = std::fs::read_to_string(&path)?;
            let lines = file.lines().count();
            if lines > LINES_MAX {
                long.push(format!("{}: {lines} lines, at most {LINES_MAX}", path.display()));
            }
            text.push_str(&file);
        }
        let name = folder.path.display();
        if PIN.iter().any(|line| !text.contains(line))
            || text.matches("required_version").count() != 1
            || text.matches("required_providers").count() != 1
        {
            pins.push(format!("{name}: its pin must read {}", PIN.join(", ")));
        }
        whole.push_str(&text);
    }
    Ok(vec![
        ("files are short".to_owned(), long),
        ("one version pin".to_owned(), pins),
        ("every module is called".to_owned(), uncalled(&whole, folders)),
    ])
}

/// Modules that no page, pair, account or bootstrap calls, nor another module.
fn uncalled(whole: &str, folders: &[Folder]) -> Vec<String> {
    let mut problems = Vec::new();
    for folder in folders.iter().filter(|folder| folder.path.starts_with("infra/modules")) {
        let module = folder.name();
        let called = ["../", "../modules/", "../../../modules/"];
        if !called.iter().any(|up| whole.contains(&format!("\"{up}{module}\""))) {
            problems.push(format!("{}: nothing calls it", folder.path.display()));
        }
    }
    problems
}
