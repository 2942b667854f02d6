//! What can be seen in the text of `infra` without running terraform.
//!
//! Entry points: [`checks`].
//! Rules: one version pin, everywhere the same; every module is called; files of at most 250 lines.

use std::collections::{BTreeMap, BTreeSet};
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
    let mut texts = BTreeMap::new();
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
        texts.insert(folder.path.display().to_string(), text);
    }
    Ok(vec![
        ("files are short".to_owned(), long),
        ("one version pin".to_owned(), pins),
        ("every module is called".to_owned(), uncalled(&texts, folders)),
    ])
}

/// Modules that can't be reached from a stack or the bootstrap: a module that only an uncalled one
/// calls is uncalled too.
fn uncalled(texts: &BTreeMap<String, String>, folders: &[Folder]) -> Vec<String> {
    let is_module = |folder: &Folder| folder.path.starts_with("infra/modules");
    let (modules, roots): (Vec<&Folder>, Vec<&Folder>) = folders.iter().partition(|f| is_module(f));
    let mut open: Vec<String> = roots.iter().map(|root| root.path.display().to_string()).collect();
    let mut reached = BTreeSet::new();
    while let Some(caller) = open.pop() {
        let text = texts.get(&caller).map_or("", String::as_str);
        let sources = text.lines().filter_map(|line| line.trim().strip_prefix("source "));
        for source in sources.filter_map(|source| source.split('"').nth(1)) {
            let module = source.rsplit('/').next().unwrap_or_default();
            let local = source.starts_with("../");
            if local && reached.insert(module.to_owned()) {
                open.push(format!("infra/modules/{module}"));
            }
        }
    }
    let lost = modules.iter().filter(|module| !reached.contains(&module.name()));
    lost.map(|module| format!("{}: nothing calls it", module.path.display())).collect()
}

#[cfg(test)]
mod checks {
    use std::collections::BTreeMap;
    use std::path::PathBuf;

    use super::uncalled;
    use crate::infra::stacks::Folder;

    #[test]
    fn a_module_that_only_an_uncalled_one_calls_is_uncalled() {
        let calls = |module: &str| format!("  source = \"../{module}\"\n");
        let texts = BTreeMap::from([
            ("infra/live/dev/global".to_owned(), calls("../../modules/cell")),
            ("infra/modules/cell".to_owned(), calls("kms")),
            ("infra/modules/kms".to_owned(), String::new()),
            ("infra/modules/lost".to_owned(), calls("inner")),
            ("infra/modules/inner".to_owned(), calls("lost")),
        ]);
        let folder = |path: &String| Folder { path: PathBuf::from(path), ..Folder::default() };
        let folders: Vec<Folder> = texts.keys().map(folder).collect();
        let expected = ["inner", "lost"].map(|m| format!("infra/modules/{m}: nothing calls it"));
        assert_eq!(uncalled(&texts, &folders), expected);
    }
}
