//! Which tests passed in this run.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use super::Tally;
use super::rows::{Rows, Shown, Test};
use crate::infra::junit::{self, Results};
use crate::infra::stacks::Folder;

/// Names the file with what `cargo test` printed, so that slow tests don't run twice.
const RECORD: &str = "ORDERFLOW_TESTED";

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
        let recorded = recorded();
        let mut targets = BTreeSet::new();
        for item in rows.rows.iter().flat_map(|row| &row.items) {
            let Shown::By { test: named @ Test::Cargo { target, test }, .. } = &item.shown else {
                continue;
            };
            if recorded.get(test) == Some(&true) {
                results.insert(named.to_string(), true);
            } else {
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

/// What `cargo test` printed earlier in this run, where the environment names the file.
fn recorded() -> Results {
    #[expect(clippy::disallowed_methods, reason = "who ran the tests names what they printed")]
    let file = std::env::var(RECORD);
    let text = file.ok().and_then(|file| std::fs::read_to_string(file).ok());
    told(&text.unwrap_or_default())
}

/// Tests by name, as the test harness prints them: `test <name> ... ok`.
fn told(text: &str) -> Results {
    let mut results = Results::new();
    for line in text.lines() {
        let test = line.strip_prefix("test ").and_then(|line| line.split_once(" ... "));
        if let Some((name, end)) = test {
            let passed = results.entry(name.to_owned()).or_insert(true);
            *passed = *passed && end == "ok";
        }
    }
    results
}

/// Runs a test target of the workspace at `tree`, built into the target folder of `root`.
pub(super) fn cargo(root: &Path, tree: &Path, target: &str) -> Result<Results> {
    let mut command = Command::new("cargo");
    command.args(["test", "--release", "--workspace", "--test", target]);
    command.arg("--target-dir").arg(root.join("target")).current_dir(tree);
    let output = command.output().context("cargo can't be started")?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let results = told(&text).into_iter();
    let results = results.map(|(name, passed)| (format!("cargo {target}: {name}"), passed));
    let results = results.collect();
    if !output.status.success() {
        println!("{text}{}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(results)
}

#[cfg(test)]
mod checks {
    use super::told;

    #[test]
    fn a_name_that_stands_twice_must_pass_twice() {
        let text = "running 3 tests\ntest a::b ... ok\ntest c ... FAILED\ntest a::b ... FAILED\n";
        let expected = [("a::b".to_owned(), false), ("c".to_owned(), false)];
        assert_eq!(told(text), expected.into());
    }
}
