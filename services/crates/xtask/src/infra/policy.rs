//! What must hold of the Terraform, whoever wrote it: rules over applied states and plans.
//!
//! Entry points: [`run`].
//! Read: the states of one primary and one standby page, one pair, the account, the bootstrap and
//! the fixtures after an apply without an account (with `all`, of every stack), and the
//! configuration in every stack's plan.
//! Invariants: a rule fails on the resource of its own name in `infra/policy/fixtures`, or it is no
//! rule; it is compliant, and not just skipped, on at least one stack; exceptions that nothing
//! needs are findings.

mod applied;
mod applying;
mod authorization;
mod checkov;
mod configured;
mod documents;
mod events;
mod figures;
mod guard;
mod metrics;
mod replaced;
mod spec;
mod statements;
mod values;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::ValueEnum;
use serde_json::Value;

use self::applied::{Applied, Then};
use self::documents::Document;
use super::Tally;
use super::live::{LIVE, Live};
use super::plans;
use super::terraform::Terraform;
use super::verify;
use crate::tools;

/// Stacks whose states are judged in every run, by their paths.
const SAMPLE: [&str; 5] =
    ["infra/bootstrap", "infra/live/prod/global", "infra/live/prod/pair-eu", PRIMARY, STANDBY];

/// Pages that are planned a second time.
const PRIMARY: &str = "infra/live/prod/eu-west-1";
const STANDBY: &str = "infra/live/prod/eu-central-1";

/// The primary's zones, and one that its Region doesn't have yet.
const ONE_ZONE_MORE: &str = r#"{
      euw1-az1 = "eu-west-1a"
      euw1-az2 = "eu-west-1b"
      euw1-az3 = "eu-west-1c"
      euw1-az4 = "eu-west-1d"
    }"#;

/// What every rule must fail on.
const FIXTURES: &str = "infra/policy/fixtures";

/// Where what was applied and judged lies.
const OUT: &str = "target/infra/policy";

/// A part of the policies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// Statements that say `*`
    Wildcards,
    /// Whether the applying role may make and take down what stacks have
    Applying,
    /// The rules of infra/policy/guard
    Guard,
    /// Whether alarms and dashboards look at metrics, and `verify` at properties, that exist
    Metrics,
    /// Whether event rules match events that are sent
    Events,
    /// What checkov finds
    Checkov,
    /// Whether values are those that AWS documents
    Values,
    /// What a second plan changes, and one with another zone
    Replaced,
}

/// What is judged, and how.
#[derive(Clone, Debug, Default)]
pub(super) struct Choice {
    /// One part alone.
    pub(super) part: Option<Part>,
    /// Every stack's state instead of the sample's.
    pub(super) all: bool,
    /// What the last run applied instead of a new apply.
    pub(super) kept: bool,
    /// One stack alone, such as `prod/eu-west-1` or `bootstrap`, beside the fixtures.
    pub(super) stack: Option<String>,
    /// The figures of all stacks are written down.
    pub(super) write: bool,
}

impl Choice {
    fn wants(&self, part: Part) -> bool {
        self.part.is_none_or(|only| only == part)
    }
}

/// Something that must not be.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Finding {
    rule: String,
    document: String,
    address: String,
    why: String,
}

/// What rules read.
#[derive(Default)]
struct Judged {
    /// Applied states; the fixtures' last.
    states: Vec<Document>,
    /// Configurations of all that was planned; the fixtures' last.
    configurations: Vec<Document>,
    /// Whether it is all that a run judges, so that what nothing needs can be told.
    whole: bool,
}

/// Judges; `plans` are those that were made already, by stack.
pub(super) fn run(
    terraform: &Terraform,
    root: &Path,
    mut plans: BTreeMap<String, Value>,
    choice: Choice,
    tally: &mut Tally,
) -> Result<()> {
    let begun = tally.cases.len();
    let (planned, applied) = chosen(&Live::read(root)?, &choice);
    let mut judged = Judged { whole: choice.stack.is_none(), ..Judged::default() };
    let mut after = Vec::new();
    for path in &planned {
        let name = name(path);
        if choice.kept
            && !plans.contains_key(name)
            && let Ok(plan) = kept(root, name, "plan")
        {
            plans.insert(name.to_owned(), plan);
        }
        if !plans.contains_key(name) {
            let plan = plans::one(terraform, root, Path::new(path))?.unwrap_or_default();
            tally.count(&format!("plan {name}"), plan.is_object());
            plans.insert(name.to_owned(), plan);
        }
        keep(root, name, "plan", &plans[name])?;
        judged.configurations.push(Document::of_plan(name, &plans[name]));
    }
    for path in &applied {
        let Some(applied) = state(terraform, root, path, &choice)? else {
            tally.count(&format!("apply {path}"), false);
            continue;
        };
        let name = name(path);
        judged.states.push(Document::of_state(name, &applied.state, &plans[name]));
        after.push(applied);
    }
    let tools = tools::python(root, "policy")?;
    if choice.wants(Part::Wildcards) || choice.wants(Part::Applying) {
        permissions(root, &tools, &judged, &choice, tally)?;
    }
    if choice.wants(Part::Guard) {
        guard::compare(root, &judged, tally)?;
    }
    if choice.wants(Part::Checkov) {
        checkov::compare(root, &tools, &after, &plans, (judged.whole, tally))?;
    }
    let specified = [Part::Metrics, Part::Events, Part::Values, Part::Replaced];
    if specified.iter().any(|part| choice.wants(*part)) {
        let spec = spec::service_spec(root)?;
        if choice.wants(Part::Metrics) {
            metrics::compare(root, &spec, &judged, tally)?;
            verify::described(root, |kind, path| spec.has_property(kind, path), tally)?;
        }
        if choice.wants(Part::Events) {
            events::compare(root, &spec, &judged, tally)?;
        }
        if choice.wants(Part::Values) {
            values::compare(root, &tools, &spec, &judged, tally)?;
        }
        if choice.wants(Part::Replaced) {
            replaced::compare(root, &spec, &after, judged.whole, tally)?;
        }
    }
    if judged.whole && choice.part.is_none() {
        counted(root, (&planned, begun), &judged, choice.write, tally)?;
    }
    Ok(())
}

/// Writes the figures of all stacks, or holds those that are committed against the stacks.
fn counted(
    root: &Path,
    (planned, begun): (&[String], usize),
    judged: &Judged,
    write: bool,
    tally: &mut Tally,
) -> Result<()> {
    let stacks = planned.iter().map(|path| name(path)).filter(|stack| *stack != name(FIXTURES));
    if write {
        let of = |stack: &str| judged.states.iter().find(|state| state.name == stack);
        let counts = stacks.map(|stack| {
            let number = of(stack).map_or(0, |state| state.by_type.values().map(Vec::len).sum());
            (stack.to_owned(), number)
        });
        return figures::write(root, counts.collect(), &tally.cases[begun..]);
    }
    let problems = figures::problems(root, &stacks.map(str::to_owned).collect())?;
    problems.iter().for_each(|problem| println!("xtask infra: {}: {problem}", figures::FILE));
    tally.count("policy: every stack was judged", problems.is_empty());
    Ok(())
}

/// What is planned and what is applied, by paths; the fixtures last.
fn chosen(live: &Live, choice: &Choice) -> (Vec<String>, Vec<String>) {
    let bootstrap = SAMPLE[0].to_owned();
    let stacks = live.stacks.iter().map(|stack| format!("{LIVE}/{}", stack.name));
    let all: Vec<String> = std::iter::once(bootstrap).chain(stacks).collect();
    let sample = SAMPLE.map(str::to_owned).to_vec();
    let (mut planned, mut applied) = if choice.all { (all.clone(), all) } else { (all, sample) };
    if let Some(only) = &choice.stack {
        planned.retain(|path| name(path) == only);
        applied.clone_from(&planned);
    }
    planned.push(FIXTURES.to_owned());
    applied.push(FIXTURES.to_owned());
    (planned, applied)
}

/// `prod/global` of `infra/live/prod/global`, `bootstrap` of `infra/bootstrap`.
fn name(path: &str) -> &str {
    if path == FIXTURES {
        // Fixtures are judged as production is.
        return "prod/fixtures";
    }
    path.trim_start_matches(LIVE).trim_start_matches("infra/").trim_start_matches('/')
}

fn state(
    terraform: &Terraform,
    root: &Path,
    path: &str,
    choice: &Choice,
) -> Result<Option<Applied>> {
    let name = name(path);
    if choice.kept
        && let Ok(state) = kept(root, name, "state")
    {
        let again = kept(root, name, "again").unwrap_or_default();
        let with = kept(root, name, "with").unwrap_or_default();
        return Ok(Some(Applied { source: PathBuf::from(path), state, again, with }));
    }
    let mut then = Then { again: path == PRIMARY || path == STANDBY, with: None };
    if path == PRIMARY {
        then.with = Some(("zones".to_owned(), ONE_ZONE_MORE.to_owned()));
    }
    let Some(applied) = applied::apply(terraform, root, Path::new(path), &then)? else {
        return Ok(None);
    };
    keep(root, name, "state", &applied.state)?;
    keep(root, name, "again", &applied.again)?;
    keep(root, name, "with", &applied.with)?;
    Ok(Some(applied))
}

fn file(root: &Path, name: &str, what: &str) -> PathBuf {
    root.join(OUT).join(format!("{}-{what}.json", name.replace('/', "-")))
}

fn keep(root: &Path, name: &str, what: &str, value: &Value) -> Result<PathBuf> {
    let path = file(root, name, what);
    std::fs::create_dir_all(root.join(OUT))?;
    std::fs::write(&path, value.to_string())?;
    Ok(path)
}

fn kept(root: &Path, name: &str, what: &str) -> Result<Value> {
    let text = std::fs::read_to_string(file(root, name, what))?;
    serde_json::from_str(&text).with_context(|| format!("{OUT}: {name} {what}"))
}

/// What the last run applied of a stack: the `root_module` of its state.
pub(super) fn last_state(root: &Path, name: &str) -> Result<Value> {
    kept(root, name, "state")
}

/// Whether a finding is the one that a fixture is for.
fn planted(finding: &Finding) -> bool {
    let label = finding.address.rsplit('.').next().unwrap_or_default();
    finding.document == name(FIXTURES) && label == finding.rule
}

/// Counts each rule: it holds when it fails on its fixture, and on no stack.
fn report(rules: &BTreeSet<String>, findings: &[Finding], tally: &mut Tally) {
    let fixtures = name(FIXTURES);
    for rule in rules {
        let mut findings = findings.iter().filter(|finding| finding.rule == *rule);
        let (on_fixtures, on_stacks): (Vec<&Finding>, Vec<&Finding>) =
            findings.by_ref().partition(|finding| finding.document == fixtures);
        for Finding { document, address, why, .. } in &on_stacks {
            println!("xtask infra: policy: {document}: {rule}: {address}: {why}");
        }
        let fails = on_fixtures.iter().any(|finding| planted(finding));
        if !fails {
            println!("xtask infra: policy: {rule} passes its fixture");
        }
        tally.count(&format!("policy {rule}"), fails && on_stacks.is_empty());
    }
}

/// The parts that AWS' service authorization reference is read for.
fn permissions(
    root: &Path,
    tools: &Path,
    judged: &Judged,
    choice: &Choice,
    tally: &mut Tally,
) -> Result<()> {
    let reference = authorization::Reference::read(tools)?;
    if choice.wants(Part::Wildcards) {
        wildcards(root, &reference, judged, tally)?;
    }
    if choice.wants(Part::Applying) {
        applying::compare(root, &reference, &judged.configurations, judged.whole, tally)?;
    }
    Ok(())
}

fn wildcards(
    root: &Path,
    reference: &authorization::Reference,
    judged: &Judged,
    tally: &mut Tally,
) -> Result<()> {
    let exceptions = statements::Exceptions::read(root)?;
    for action in exceptions.actions() {
        let said = format!("wildcards.toml: AWS has no resource for {action}");
        tally.count(&said, reference.has_no_resource(action));
    }
    let states = judged.states.iter();
    let found: Vec<Finding> =
        states.flat_map(|state| statements::findings(state, &exceptions)).collect();
    report(&statements::RULES.map(str::to_owned).into(), &found, tally);
    for unused in exceptions.unused().iter().filter(|_| judged.whole) {
        tally.count(&format!("wildcards.toml: nothing needs {unused}"), false);
    }
    let stacks = judged.states.len().saturating_sub(1);
    println!("xtask infra: policy: statements of {stacks} states read");
    Ok(())
}
