//! What a stack is once it is applied: to a provider without an account, in memory.
//!
//! Entry points: [`apply`].
//! Invariants: nothing is applied unless the provider was started without an account; the copy has
//! no backend.
//! It doesn't destroy: the process ends when its states and plans are told, and with it all that
//! it had made up. A crash leaves a folder below `target`, which the next run writes anew.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::infra::terraform::Terraform;

/// Where the copies lie, one folder deeper than pages do.
const COPIES: &str = "target/infra/applied";

/// The file that says what is done with a copy.
const RUNS: &str = "tests/policy.tftest.hcl";

/// What is done after the apply.
#[derive(Clone, Debug, Default)]
pub(super) struct Then {
    /// Plan again, with nothing changed.
    pub(super) again: bool,
    /// Plan with another value of an input: its name, and the value as Terraform spells it.
    pub(super) with: Option<(String, String)>,
}

/// A root, applied.
#[derive(Clone, Debug, Default)]
pub(super) struct Applied {
    /// Folder that it was copied from, from the root.
    pub(super) source: PathBuf,
    /// `root_module` of its state.
    pub(super) state: Value,
    /// `resource_changes` of the second plan.
    pub(super) again: Value,
    /// `resource_changes` of the plan with another input.
    pub(super) with: Value,
}

/// Applies a copy of a root; `None` when that fails, which is printed.
pub(super) fn apply(
    terraform: &Terraform,
    root: &Path,
    source: &Path,
    then: &Then,
) -> Result<Option<Applied>> {
    if !Terraform::without_account() {
        bail!("policies apply what they judge: ORDERFLOW_TERRAFORM must need no account");
    }
    let copy = copy(root, source, then)?;
    if !terraform.init(&copy)? {
        return Ok(None);
    }
    let mut arguments = vec!["test", "-json", "-verbose", "-no-color"];
    if root.join(&copy).join("terraform.tfvars.example").is_file() {
        arguments.push("-var-file=terraform.tfvars.example");
    }
    let mut child = terraform.piped(&copy, &arguments)?;
    let out = child.stdout.take().context("terraform test: no output")?;
    let told = told(BufReader::new(out));
    // Nothing of it outlives the process: there is no need to wait for what it would destroy.
    child.kill().context("terraform test can't be ended")?;
    child.wait()?;
    let mut told = told?;
    for problem in &told.problems {
        println!("xtask infra: {}: {problem}", source.display());
    }
    told.applied.source = source.to_owned();
    let whole = !told.applied.state.is_null()
        && (!then.again || !told.applied.again.is_null())
        && (then.with.is_none() || !told.applied.with.is_null());
    Ok((whole && told.problems.is_empty()).then_some(told.applied))
}

/// Copies a root's files, without its backend, and writes the runs beside them.
fn copy(root: &Path, source: &Path, then: &Then) -> Result<PathBuf> {
    let name = source.display().to_string().replace('/', "-");
    let folder = Path::new(COPIES).join(name);
    let at = root.join(&folder);
    std::fs::create_dir_all(at.join("tests"))?;
    for entry in std::fs::read_dir(root.join(source))? {
        let path = entry?.path();
        let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let wanted = [".tf", ".example", ".example.json"].iter().any(|end| file.ends_with(end));
        if !wanted || file == "backend.tf" || file.starts_with("zz_") {
            continue;
        }
        let text = std::fs::read_to_string(&path)?;
        let text = text.replace("\"../../../modules/", "\"../../../../infra/modules/");
        let text = text.replace("\"../modules/", "\"../../../../infra/modules/");
        // A test gives inputs once, and Terraform wants an ephemeral one at each of its steps.
        std::fs::write(at.join(&file), text.replace("  ephemeral   = true\n", ""))?;
    }
    let mut runs = String::from("run \"applied\" {}\n");
    if then.again {
        runs.push_str("\nrun \"again\" {\n  command = plan\n}\n");
    }
    if let Some((input, value)) = &then.with {
        runs.push_str("\nrun \"with\" {\n  command = plan\n\n  variables {\n");
        runs.push_str(&format!("    {input} = {value}\n  }}\n}}\n"));
    }
    std::fs::write(at.join(RUNS), runs)?;
    Ok(folder)
}

#[derive(Default)]
struct Told {
    applied: Applied,
    problems: Vec<String>,
}

/// Reads what `terraform test -json -verbose` says, until it begins to destroy.
fn told(lines: impl BufRead) -> Result<Told> {
    let mut told = Told::default();
    for line in lines.lines() {
        let line = line?;
        let Ok(mut message) = serde_json::from_str::<Value>(&line) else { continue };
        let run = message["@testrun"].as_str().unwrap_or_default().to_owned();
        if message["@level"] == "error" {
            let diagnostic = &message["diagnostic"];
            told.problems.push(format!("{run}: {} {}", message["@message"], diagnostic["detail"]));
        }
        if message["test_state"].is_object() {
            told.applied.state = message["test_state"]["root_module"].take();
        }
        if message["test_plan"].is_object() {
            let changes = message["test_plan"]["resource_changes"].take();
            match run.as_str() {
                "again" => told.applied.again = changes,
                _ => told.applied.with = changes,
            }
        }
        if message["test_file"]["progress"] == "teardown" {
            break;
        }
    }
    Ok(told)
}

#[cfg(test)]
mod checks {
    use super::told;

    #[test]
    fn states_and_plans_are_told_by_run_and_errors_by_name() {
        let lines = [
            r#"{"@level":"info","@testrun":"applied","test_state":{"root_module":{"a":1}}}"#,
            r#"{"@level":"info","@testrun":"again","test_plan":{"resource_changes":[1]}}"#,
            r#"{"@level":"error","@message":"Error: no","diagnostic":{"detail":"why"}}"#,
            r#"{"@level":"info","test_file":{"progress":"teardown"}}"#,
            r#"{"@level":"error","@message":"never read"}"#,
        ];
        let told = told(lines.join("\n").as_bytes()).expect("all of it is JSON");
        assert_eq!(told.applied.state["a"], 1);
        assert_eq!(told.applied.again[0], 1);
        assert!(told.applied.with.is_null());
        assert_eq!(told.problems, [r#": "Error: no" "why""#]);
    }
}
