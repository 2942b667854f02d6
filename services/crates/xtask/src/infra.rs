//! Everything about `infra` that needs neither an account nor GitHub, one verb each.
//!
//! Entry points: [`run`].
//! Limits: the terraform runs of `infra` fit into 12 minutes of two cores.
//! It never writes to an account; `plan` and `test` run against whatever provider `terraform`
//! finds. An interrupted verb leaves `.terraform` folders behind, which git ignores.

mod stacks;
mod terraform;
mod tests;

use std::path::Path;

use anyhow::Result;
use clap::Subcommand;

/// What can be done with `infra`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Subcommand)]
pub enum Verb {
    /// Check the formatting of every Terraform file
    Fmt,
    /// Initialise and validate every module and page
    Validate,
    /// Run every module's tests; a module whose tests run nothing fails
    Test,
    /// All of the above, with a count of what passed and failed
    Check,
}

/// Runs a verb over the tree; true when nothing failed.
///
/// # Errors
/// When terraform can't be found or started.
pub fn run(root: &Path, verb: Verb) -> Result<bool> {
    let terraform = terraform::Terraform::find(root)?;
    if let Some(passed) = terraform.entered()? {
        return Ok(passed);
    }
    println!("xtask infra: {}", terraform.version()?);
    let folders = stacks::folders(root)?;
    let steps: &[Step] = match verb {
        Verb::Fmt => &[fmt],
        Verb::Validate => &[validate],
        Verb::Test => &[tests::run],
        Verb::Check => &[fmt, validate, tests::run],
    };
    let mut tally = Tally::default();
    for step in steps {
        step(&terraform, &folders, &mut tally)?;
    }
    println!("xtask infra: {} passed, {} failed", tally.passed, tally.failed);
    Ok(tally.failed == 0)
}

/// One pass over the folders.
type Step = fn(&terraform::Terraform, &[stacks::Folder], &mut Tally) -> Result<()>;

/// What passed and what failed.
#[derive(Debug, Default)]
struct Tally {
    passed: usize,
    failed: usize,
}

impl Tally {
    fn count(&mut self, what: &str, passed: bool) {
        if passed {
            self.passed += 1;
        } else {
            self.failed += 1;
            println!("xtask infra: FAILED {what}");
        }
    }
}

fn fmt(terraform: &terraform::Terraform, _: &[stacks::Folder], tally: &mut Tally) -> Result<()> {
    let formatted = terraform.run(Path::new("infra"), &["fmt", "-check", "-recursive", "-diff"])?;
    tally.count("fmt: run `terraform fmt -recursive infra`", formatted);
    Ok(())
}

fn validate(
    terraform: &terraform::Terraform,
    folders: &[stacks::Folder],
    tally: &mut Tally,
) -> Result<()> {
    for folder in folders {
        let valid = terraform.init(&folder.path)?
            && terraform.quiet(&folder.path, &["validate", "-no-color"])?;
        tally.count(&format!("validate {}", folder.path.display()), valid);
    }
    Ok(())
}
