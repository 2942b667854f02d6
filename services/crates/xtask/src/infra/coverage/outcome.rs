//! Which tests passed in this run.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use super::Tally;
use super::rows::{Rows, Shown, Test};
use crate::infra::junit::{self, Results};
use crate::infra::stacks::Folder;

/// Results of everything that a row may name.
pub(super) struct Outcomes {
    results: Results,
}

impl Outcomes {
    /// Reads the JUnit files of the modules, and those of the checks counted so far; runs the
    /// tests of the workspace that rows name.
    pub(super) fn of(root: &Path, folders: &[Folder], rows: &Rows, tally: &Tally) -> Result<Self> {
        let mut results = Results::new();
        for folder in folders {
            let prefix = format!("{}/", folder.name());
            for file in folder.reports(root) {
                junit::read(&file, &prefix, &mut results);
            }
        }
        let before = root.join(junit::FOLDER).join("xtask.xml");
        junit::read(&before, "", &mut results);
        for (what, passed) in &tally.cases {
            results.insert(what.clone(), *passed);
        }
        let mut targets = BTreeSet::new();
        for item in rows.rows.iter().flat_map(|row| &row.items) {
            if let Shown::By { test: Test::Cargo { target, .. }, .. } = &item.shown {
                targets.insert(target.as_str());
            }
        }
        for target in targets {
            results.extend(cargo(root, root, target)?);
        }
        Ok(Self { results })
    }

    /// Whether a test passed; one that didn't run did not.
    pub(super) fn passed(&self, test: &Test) -> bool {
        let name = match test {
            Test::Verb { what, .. } => what.clone(),
            other => other.to_string(),
        };
        self.results.get(&name) == Some(&true)
    }
}

/// Runs a test target of the workspace at `tree`, built into the target folder of `root`.
pub(super) fn cargo(root: &Path, tree: &Path, target: &str) -> Result<Results> {
    let mut command = Command::new("cargo");
    command.args(["test", "--release", "--workspace", "--test", target]);
    command.arg("--target-dir").arg(root.join("target")).current_dir(tree);
    let output = command.output().context("cargo can't be started")?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut results = Results::new();
    for line in text.lines() {
        let Some((name, end)) = line.strip_prefix("test ").and_then(|l| l.split_once(" ... "))
        else {
            continue;
        };
        results.insert(format!("cargo {target}: {name}"), end == "ok");
    }
    if !output.status.success() {
        println!("{text}{}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(results)
}
