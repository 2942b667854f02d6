//! Everything about `infra` that needs neither an account nor GitHub, one verb each.
//!
//! Entry points: [`run`].
//! Limits: the terraform runs of `infra` fit into 12 minutes of two cores.
//! It never writes to an account; `plan` and `test` run against whatever provider `terraform`
//! finds. An interrupted verb leaves `.terraform` folders behind, which git ignores.

mod bootstrap;
mod copy;
mod cost;
mod coverage;
mod deploy;
mod describe;
mod destroy;
mod diagrams;
mod docs;
mod documents;
mod drift;
mod env;
mod flows;
mod ids;
mod junit;
mod live;
mod mutate;
mod names;
mod online;
mod plans;
mod policy;
mod preflight;
mod same;
mod scan;
mod stacks;
mod stores;
mod terraform;
mod tests;
mod tree;
mod twice;
mod verify;
mod written;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Result, bail};
use clap::Subcommand;

/// What can be done with `infra`.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum Verb {
    /// Check the formatting of every Terraform file
    Fmt,
    /// Initialise and validate every module and page
    Validate,
    /// Run every module's tests; a module whose tests run nothing fails
    Test {
        /// One module or root alone, such as kms
        #[arg(short, long)]
        module: Option<String>,
    },
    /// Plan every stack from its example inputs, in the order of their application
    Plan {
        /// Write the golden lists of what exists per mode and role
        #[arg(long)]
        bless: bool,
        /// One stack alone, such as dev/eu-west-1
        #[arg(short, long, conflicts_with = "bless")]
        stack: Option<String>,
    },
    /// Check what the text of the tree says: pins, callers, stacks, backends, scripts
    Text,
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
    /// Judge the Terraform by the rules of infra/policy, over applied states and configurations
    Policy {
        /// One part alone
        part: Option<policy::Part>,
        /// Every stack's state, and not just one page's of each kind
        #[arg(long)]
        all: bool,
        /// Judge what the last run planned and applied
        #[arg(long)]
        kept: bool,
        /// One stack alone, such as prod/eu-west-1 or bootstrap
        #[arg(short, long)]
        stack: Option<String>,
        /// Write the figures into infra/docs/policy.json
        #[arg(long, requires = "all", conflicts_with_all = ["part", "stack"])]
        write: bool,
    },
    /// Write every stack's backend.tf from infra/live/stacks.json
    Backends,
    /// Plan or apply stacks in their order, each with what those before it made up
    Deploy {
        /// Show what would change
        #[arg(long, required_unless_present_any = ["apply", "rehearse"])]
        plan_only: bool,
        /// Show it and apply it
        #[arg(long, conflicts_with = "plan_only")]
        apply: bool,
        /// Apply, plan again and destroy a copy, with no account behind it
        #[arg(long, conflicts_with_all = ["plan_only", "apply"])]
        rehearse: bool,
        /// One stack, such as dev/eu-west-1
        #[arg(short, long)]
        stack: Option<String>,
        /// All stacks of one environment
        #[arg(short, long, conflicts_with = "stack")]
        env: Option<String>,
        /// In prod: also a plan that deletes or replaces something
        #[arg(long)]
        with_deletions: bool,
    },
    /// Refuse a plan of prod's that would lose something: what the deploying workflow asks first
    Guard {
        /// Such as prod/eu-west-1
        #[arg(short, long)]
        stack: String,
        /// A file of `terraform show -json` of the plan
        #[arg(long)]
        plan: PathBuf,
    },
    /// Take a stack down, after it said what would be lost and its name was typed
    Destroy {
        /// There is no other way
        #[arg(long, required = true)]
        guarded: bool,
        /// Such as dev/eu-west-1
        #[arg(short, long)]
        stack: String,
        /// Also when it is prod's
        #[arg(long)]
        even_prod: bool,
    },
    /// Print what each stack costs a month
    Cost {
        /// Write infra/docs/cost.md
        #[arg(long)]
        write: bool,
        /// Plan nothing: print what changes by the plans in a folder, as JSON
        #[arg(long, conflicts_with = "write")]
        diff: Option<PathBuf>,
    },
    /// Rename each stream, table, queue and key of settings, on a copy: each must be noticed
    Drift,
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
    /// Hold the rows of infra/docs/coverage.toml against the tests that ran last
    Coverage {
        /// How many rows lose what they name, in a copy of the tree, to see their tests fail
        #[arg(long, default_value_t = 10)]
        draw: usize,
        /// Which; the clock's when not given
        #[arg(long)]
        seed: Option<u64>,
        /// Write infra/docs/checklist.md from these results
        #[arg(long)]
        write: bool,
    },
    /// Compare the drawings of infra/docs/architecture with the Terraform
    Diagrams {
        /// Draw them anew instead
        #[arg(long)]
        write: bool,
    },
    /// Read a deployed stack's account back, and compare it with the state
    Verify {
        /// Such as prod/eu-west-1
        #[arg(short, long)]
        stack: String,
        /// A file of `terraform show -json` instead of the stack's own state
        #[arg(long)]
        state: Option<PathBuf>,
    },
    /// Write the states that the tests of `verify` read, from what `policy` applied last
    States,
    /// Compare an account's quotas with what a plan needs, before it is applied
    Preflight {
        /// Such as prod/eu-west-1
        #[arg(short, long)]
        stack: String,
        /// A file of `terraform show -json` of a plan; unset, one is made from the example inputs
        #[arg(long)]
        plan: Option<PathBuf>,
    },
    /// Trivy over the tree, and its own checks over their fixtures; listed as not run without it
    Scan,
    /// Everything that needs no account, with a count of what passed and failed
    Check,
}

impl Verb {
    /// Whether it plans stacks from example inputs, which a released provider can't do without an
    /// account.
    fn plans_examples(&self) -> bool {
        matches!(self, Self::Plan { .. } | Self::Check | Self::Describe { .. })
            || matches!(self, Self::Cost { .. } | Self::Drift | Self::Coverage { .. })
    }
}

/// Verbs that `check` runs all of, so that each alone is also what lands a change.
pub const CHECKED: &[&str] = &["fmt", "text", "validate", "test", "plan", "policy", "docs"];

/// Runs a verb over the tree; true when nothing failed.
///
/// # Errors
/// When terraform can't be found or started.
pub fn run(root: &Path, verb: Verb) -> Result<bool> {
    if verb == Verb::Scan {
        let mut tally = Tally::default();
        scan::run(root, &mut tally)?;
        return Ok(tally.told());
    }
    if let Verb::Cost { diff: Some(plans), .. } = &verb {
        print!("{}", cost::difference(root, plans)?);
        return Ok(true);
    }
    if verb == Verb::States {
        verify::write_states(root)?;
        return Ok(true);
    }
    if let Verb::Guard { stack, plan } = &verb {
        deploy::guard(root, stack, plan)?;
        return Ok(true);
    }
    if let Verb::Verify { stack, state } = &verb {
        return online::verify(root, stack, state.as_deref());
    }
    let terraform = terraform::Terraform::find(root)?;
    if let Some(passed) = terraform.entered()? {
        return Ok(passed);
    }
    println!("xtask infra: {}", terraform.version()?);
    let folders = stacks::folders(root)?;
    let mut tally = Tally::default();
    let all = verb == Verb::Check;
    let counts = !matches!(verb, Verb::Coverage { .. });
    let tests = all || matches!(verb, Verb::Test { .. });
    if all || verb == (Verb::Test { module: None }) {
        junit::clear(root)?;
    }
    if all {
        tally.part("text");
    }
    if all || verb == Verb::Fmt {
        fmt(&terraform, &mut tally)?;
    }
    if all || verb == Verb::Text {
        text(root, &folders, &mut tally)?;
    }
    if all {
        docs(root, &folders, false, &mut tally)?;
        documents::check(&terraform, &mut tally)?;
        diagrams::check(root, false, &mut tally)?;
    }
    // A folder that plans or whose tests run is valid; `validate` alone looks at each.
    if verb == Verb::Validate {
        validate(&terraform, &folders, &mut tally)?;
    }
    if tests {
        if all {
            tally.part("tests");
        }
        let Some(folders) = tested(&folders, &verb) else { bail!("there is no such module") };
        tests::run(&terraform, &folders, &mut tally)?;
    }
    if terraform::Terraform::without_account() || !verb.plans_examples() {
        more(&terraform, &folders, verb, &mut tally)?;
    } else {
        println!("xtask infra: not run here: plans of stacks: this provider needs an account");
    }
    if counts {
        junit::write(&root.join(junit::FOLDER).join("xtask.xml"), "xtask infra", &tally.cases)?;
    }
    Ok(tally.told())
}

/// The stack that a run of everything deploys in a copy and takes down again: the quickest.
const REHEARSED: &str = "dev/global";

/// What a verb does after what it shares with `check`.
fn more(
    terraform: &terraform::Terraform,
    folders: &[stacks::Folder],
    verb: Verb,
    tally: &mut Tally,
) -> Result<()> {
    let root = terraform.root();
    match verb {
        Verb::Preflight { stack, plan } => {
            online::preflight(terraform, &stack, plan.as_deref(), tally)?;
        }
        Verb::Plan { stack: Some(stack), .. } => {
            plans::alone(terraform, root, &stack, tally)?;
        }
        Verb::Plan { bless, stack: None } => {
            plans::run(terraform, root, bless, tally)?;
        }
        Verb::Check => {
            tally.part("plans");
            let plans = plans::run(terraform, root, false, tally)?;
            tally.part("policy");
            policy::run(terraform, root, plans, policy::Choice::default(), tally)?;
            tally.part("describe");
            describe::run(terraform, root, "staging/global", Some("domain"), tally)?;
            tally.part("drift");
            drift::run(terraform, root, true, tally)?;
            tally.part("rehearsal");
            let account =
                deploy::Choice { stack: Some(REHEARSED.to_owned()), ..Default::default() };
            deploy::rehearse(terraform, root, &account, tally)?;
            tally.part("mutants");
            let some = mutate::Choice { draw: Some(mutate::DRAWN), ..Default::default() };
            mutate::run(terraform, root, &some, tally)?;
            tally.part("coverage");
            coverage::run(terraform, folders, lot(10, None), tally)?;
        }
        Verb::Cost { write, .. } => cost::run(terraform, root, write, tally)?,
        Verb::Policy { part, all, kept, stack, write } => {
            let choice = policy::Choice { part, all, kept, stack, write };
            policy::run(terraform, root, BTreeMap::new(), choice, tally)?;
        }
        Verb::Deploy { apply, rehearse, stack, env, with_deletions, .. } => {
            let environment = env;
            let deletions = with_deletions;
            let choice = deploy::Choice { apply, stack, environment, deletions };
            let act = if rehearse { deploy::rehearse } else { deploy::run };
            act(terraform, root, &choice, tally)?;
        }
        Verb::Destroy { stack, even_prod, .. } => {
            let options = destroy::Options { stack, even_prod };
            destroy::run(terraform, root, &options, &mut std::io::stdin().lock())?;
        }
        Verb::Drift => drift::run(terraform, root, false, tally)?,
        Verb::Mutate { draw, seed, module, write } => {
            let choice = mutate::Choice { draw, seed, module, write };
            mutate::run(terraform, root, &choice, tally)?;
        }
        Verb::Coverage { draw, seed, write } => {
            let lot = coverage::Lot { write, ..lot(draw, seed) };
            coverage::run(terraform, folders, lot, tally)?;
        }
        Verb::Docs { write } => {
            docs(root, folders, write, tally)?;
            documents::check(terraform, tally)?;
        }
        Verb::Describe { component, stack } => {
            describe::run(terraform, root, &stack, component.as_deref(), tally)?;
        }
        Verb::Diagrams { write } => diagrams::check(root, write, tally)?,
        Verb::Backends => live::Live::read(root)?.write_backends(root)?,
        _ => {}
    }
    Ok(())
}

/// The folders whose tests a verb runs; `None` when it names one that isn't there.
fn tested(folders: &[stacks::Folder], verb: &Verb) -> Option<Vec<stacks::Folder>> {
    let Verb::Test { module: Some(module) } = verb else { return Some(folders.to_vec()) };
    let one: Vec<_> = folders.iter().filter(|f| f.name() == *module).cloned().collect();
    (!one.is_empty()).then_some(one)
}

/// What is drawn; from the clock when no seed is named.
fn lot(rows: usize, seed: Option<u64>) -> coverage::Lot {
    let seed = seed.unwrap_or_else(|| {
        #[expect(clippy::disallowed_methods, reason = "each run draws others; the seed is printed")]
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        now.map_or(0, |since| since.as_secs())
    });
    coverage::Lot { rows, seed, write: false }
}

/// What passed and what failed.
#[derive(Debug, Default)]
struct Tally {
    cases: Vec<(String, bool)>,
    /// The part that runs, and since when.
    part: Option<(&'static str, Instant)>,
}

impl Tally {
    fn count(&mut self, what: &str, passed: bool) {
        if !passed {
            println!("xtask infra: FAILED {what}");
        }
        self.cases.push((what.to_owned(), passed));
    }

    /// Begins a part, and prints how long the one before it took.
    fn part(&mut self, name: &'static str) {
        #[expect(clippy::disallowed_methods, reason = "a part's seconds are for whoever waits")]
        let now = Instant::now();
        if let Some((before, since)) = self.part.replace((name, now)) {
            println!("xtask infra: {before} took {} s", now.duration_since(since).as_secs());
        }
    }

    /// Prints the counts; true when nothing failed.
    fn told(&mut self) -> bool {
        self.part("told");
        println!("xtask infra: {} passed, {} failed", self.passed(), self.failed());
        self.failed() == 0
    }

    fn passed(&self) -> usize {
        self.cases.iter().filter(|(_, passed)| *passed).count()
    }

    fn failed(&self) -> usize {
        self.cases.len() - self.passed()
    }
}

/// Checks by name, each with what doesn't hold.
type Checks = Vec<(String, Vec<String>)>;

/// What the text of the tree shows: pins, callers, the order of the stacks, their backends.
fn text(root: &Path, folders: &[stacks::Folder], tally: &mut Tally) -> Result<()> {
    let mut checks = tree::checks(root, folders)?;
    checks.extend(live::Live::read(root)?.checks(root));
    checks.extend(written::checks(root, folders));
    for (what, problems) in checks {
        problems.iter().for_each(|problem| println!("xtask infra: {problem}"));
        tally.count(&what, problems.is_empty());
    }
    Ok(())
}

fn docs(root: &Path, folders: &[stacks::Folder], write: bool, tally: &mut Tally) -> Result<()> {
    let stale = docs::stale(root, folders, write)?;
    for problem in &stale {
        tally.count(problem, false);
    }
    tally.count("every README has its tables", stale.is_empty());
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
        let checks = tree::checks(&root(), &folders).expect("infra can be read");
        let problems = checks.into_iter().flat_map(|(_, problems)| problems);
        assert_eq!(problems.collect::<Vec<String>>(), Vec::<String>::new());
    }

    #[test]
    fn stacks_stand_in_order_with_their_files_and_backends() {
        let live = live::Live::read(&root()).expect("stacks.json can be read");
        let problems = live.checks(&root()).into_iter().flat_map(|(_, problems)| problems);
        assert_eq!(problems.collect::<Vec<String>>(), Vec::<String>::new());
    }

    #[test]
    fn every_readme_says_what_its_terraform_says() {
        let folders = stacks::folders(&root()).expect("infra can be read");
        let stale = docs::stale(&root(), &folders, false).expect("infra can be read");
        assert_eq!(stale, Vec::<String>::new());
    }
}
