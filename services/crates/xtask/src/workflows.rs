//! The workflows of `.github`: rules of ours over their text, and others' linters.
//!
//! Entry points: [`run`], [`problems`].
//! Linters: zizmor, actionlint (with shellcheck inside) and yamllint; shellcheck also over the
//! scripts. None of them asks GitHub anything.

mod rules;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::tools;
use rules::File;

/// Version of actionlint; its Python package downloads a binary, so it is built.
const ACTIONLINT: &str = "v1.7.12";

/// Checks rules and runs the linters; true when nothing was found.
///
/// # Errors
/// When a tool can't be installed or started.
pub fn run(root: &Path) -> Result<bool> {
    let problems = problems(root)?;
    problems.iter().for_each(|problem| println!("xtask workflows: {problem}"));
    let python = tools::python(root, "lint")?;
    let shellcheck = python.join("shellcheck");
    let actionlint = tools::go(root, "github.com/rhysd/actionlint/cmd/actionlint", ACTIONLINT)?;
    let mut scripts = Command::new(&shellcheck);
    scripts.arg(".ci/run").args(scripts_of(root)?);
    let mut actions = Command::new(actionlint);
    actions.arg("-shellcheck").arg(&shellcheck);
    let mut texts = Command::new(python.join("yamllint"));
    texts.args(["--strict", "."]);
    let mut dangers = Command::new(python.join("zizmor"));
    dangers.args(["--offline", "--no-progress", "--persona=pedantic", ".github"]);
    let mut clean = problems.is_empty();
    for command in [&mut scripts, &mut actions, &mut texts, &mut dangers] {
        let program = PathBuf::from(command.get_program());
        let name = program.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let status = command.current_dir(root).status().with_context(|| name.clone())?;
        println!("xtask workflows: {name}: {}", if status.success() { "clean" } else { "FAILED" });
        clean &= status.success();
    }
    Ok(clean)
}

/// What doesn't hold in the text of the workflows and of the actions that they call.
///
/// # Errors
/// When a file can't be read or isn't YAML.
pub fn problems(root: &Path) -> Result<Vec<String>> {
    let mut files = BTreeMap::new();
    for path in paths(root)? {
        let text = std::fs::read_to_string(root.join(&path))?;
        let file = File::read(&text).with_context(|| path.display().to_string())?;
        files.insert(path.display().to_string(), file);
    }
    let landing = std::fs::read_to_string(root.join(".ci/run")).context(".ci/run")?;
    Ok(rules::problems(&files, &landing))
}

/// Workflows and local actions, from the root.
fn paths(root: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut open = vec![PathBuf::from(".github/workflows"), PathBuf::from(".github/actions")];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(root.join(&folder))? {
            let entry = entry?;
            let path = folder.join(entry.file_name());
            if entry.file_type()?.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "yml") {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// The shell scripts of `infra/scripts`.
fn scripts_of(root: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(root.join("infra/scripts"))? {
        let path = Path::new("infra/scripts").join(entry?.file_name());
        if path.extension().is_some_and(|extension| extension == "sh") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod checks {
    use std::path::Path;

    #[test]
    fn workflows_hold_the_rules_and_run_only_what_lands_a_change() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..");
        let problems = super::problems(&root).expect("the workflows can be read");
        assert_eq!(problems, Vec::<String>::new());
    }
}
