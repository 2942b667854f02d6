//! Everything about `infra` that needs neither an account nor GitHub, one verb each.
//!
//! Entry points: [`run`].
//! Limits: the terraform runs of `infra` fit into 12 minutes of two cores.
//! It never writes to an account; `plan` and `test` run against whatever provider `terraform`
//! finds. An interrupted verb leaves `.terraform` folders behind, which git ignores.

mod copy;
mod describe;
mod docs;
mod env;
mod live;
mod mutate;
mod plans;
mod stacks;
mod stores;
mod terraform;
mod tests;
mod tree;

use std::path::Path;

use anyhow::Result;
use clap::Subcommand;

/// What can be done with `infra`.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum Verb {
    /// Check the formatting of every Terraform file
    Fmt,
    /// Initialise and validate every module and page
    Validate,
    /// Run every module's tests; a module whose tests run nothing fails
    Test,
    /// Plan every stack from its example inputs, in the order of their application
    Plan {
        /// Write the golden lists of what exists per mode and role
        #[arg(long)]
        bless: bool,
    },
    /// Check the tables of inputs and outputs in each README
    Docs {
        /// Make them from the Terraform instead
        #[arg(long)]
        write: bool,
    },
    /// Print a stack's components, or one component's resources with their resolved arguments
    Describe {
        /// Name of a module call, such as database
        component: Option<String>,
        /// Stack, such as dev/eu-west-1
        #[arg(short, long)]
        stack: String,
    },
    /// Write every stack's backend.tf from infra/live/stacks.json
    Backends,
    /// Make each condition always hold, on a copy: some test must fail then
    Mutate {
        /// Only so many, drawn by the seed
        #[arg(long)]
        draw: Option<usize>,
        /// Draws them; unset, the commit does
        #[arg(long)]
        seed: Option<u64>,
        /// Only those of one module, such as stream
        #[arg(long)]
        module: Option<String>,
        /// Write the figures into infra/docs/mutation.json
        #[arg(long)]
        write: bool,
    },
    /// Everything that needs no account, with a count of what passed and failed
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
    let mut tally = Tally::default();
    let all = verb == Verb::Check;
    if all || verb == Verb::Fmt {
        fmt(&terraform, &mut tally)?;
    }
    if all {
        text(root, &folders, &mut tally)?;
        docs(root, &folders, false, &mut tally)?;
    }
    // A folder that plans or whose tests run is valid; `validate` alone looks at each.
    if verb == Verb::Validate {
        validate(&terraform, &folders, &mut tally)?;
    }
    if all || verb == Verb::Test {
        tests::run(&terraform, &folders, &mut tally)?;
    }
    match verb {
        Verb::Plan { bless } => plans::run(&terraform, root, bless, &mut tally)?,
        Verb::Check => {
            plans::run(&terraform, root, false, &mut tally)?;
            let some = mutate::Choice { draw: Some(mutate::DRAWN), ..Default::default() };
            mutate::run(&terraform, root, &some, &mut tally)?;
        }
        Verb::Mutate { draw, seed, module, write } => {
            let choice = mutate::Choice { draw, seed, module, write };
            mutate::run(&terraform, root, &choice, &mut tally)?;
        }
        Verb::Docs { write } => docs(root, &folders, write, &mut tally)?,
        Verb::Describe { component, stack } => {
            describe::run(&terraform, root, &stack, component.as_deref(), &mut tally)?;
        }
        Verb::Backends => live::Live::read(root)?.write_backends(root)?,
        _ => {}
    }
    println!("xtask infra: {} passed, {} failed", tally.passed, tally.failed);
    Ok(tally.failed == 0)
}

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

/// What the text of the tree shows: pins, callers, the order of the stacks, their backends.
fn text(root: &Path, folders: &[stacks::Folder], tally: &mut Tally) -> Result<()> {
    let mut problems = tree::problems(root, folders)?;
    problems.extend(live::Live::read(root)?.problems(root));
    for problem in &problems {
        tally.count(problem, false);
    }
    tally.count("text", problems.is_empty());
    Ok(())
}

fn docs(root: &Path, folders: &[stacks::Folder], write: bool, tally: &mut Tally) -> Result<()> {
    let stale = docs::stale(root, folders, write)?;
    for problem in &stale {
        tally.count(problem, false);
    }
    tally.count("docs", stale.is_empty());
    Ok(())
}

fn fmt(terraform: &terraform::Terraform, tally: &mut Tally) -> Result<()> {
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

/// Lists a check that a missing tool kept from running, for the last test of all to print.
#[cfg(test)]
fn not_run(what: &str) {
    use std::io::Write as _;

    let list = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../target/tmp/not-run.txt");
    let file = std::fs::OpenOptions::new().create(true).append(true).open(list);
    writeln!(file.expect("target/tmp can be written"), "tool {what}").expect("it is on disk");
}

#[cfg(test)]
mod checks {
    use std::path::PathBuf;

    use super::{docs, live, stacks, tree};

    fn root() -> PathBuf {
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../..")
    }

    #[test]
    fn every_module_has_a_caller_and_every_folder_the_same_pin() {
        let folders = stacks::folders(&root()).expect("infra can be read");
        let problems = tree::problems(&root(), &folders).expect("infra can be read");
        assert_eq!(problems, Vec::<String>::new());
    }

    #[test]
    fn stacks_stand_in_order_with_their_files_and_backends() {
        let live = live::Live::read(&root()).expect("stacks.json can be read");
        assert_eq!(live.problems(&root()), Vec::<String>::new());
    }

    #[test]
    fn every_readme_says_what_its_terraform_says() {
        let folders = stacks::folders(&root()).expect("infra can be read");
        let stale = docs::stale(&root(), &folders, false).expect("infra can be read");
        assert_eq!(stale, Vec::<String>::new());
    }
}
