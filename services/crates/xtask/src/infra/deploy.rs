//! Plans or applies stacks in their order, each with what the ones before it made up.
//!
//! Entry points: [`run`], [`rehearse`], [`chosen`], [`guard`].
//! What is applied is the plan that was just shown. In prod a plan that deletes or replaces
//! anything is refused unless that was asked for. After an apply `ids.json` is written into the
//! folders of the stacks that need it; it is committed with the change.
//! A stack that fails ends the run: those after it would plan against something half made. Running
//! again is safe, because Terraform's state holds what was made.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use super::live::{LIVE, Live, Stack};
use super::terraform::Terraform;
use super::{Tally, copy, destroy, ids};

/// What is deployed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Choice {
    /// Apply what was planned.
    pub(super) apply: bool,
    /// One stack alone.
    pub(super) stack: Option<String>,
    /// All of one environment.
    pub(super) environment: Option<String>,
    /// A plan of prod may delete or replace.
    pub(super) deletions: bool,
}

/// Name of the copy that is deployed without an account.
const COPY: &str = "deploy";

/// Plans, and applies when asked to.
pub(super) fn run(
    terraform: &Terraform,
    root: &Path,
    choice: &Choice,
    tally: &mut Tally,
) -> Result<()> {
    let live = Live::read(root)?;
    let real = !Terraform::without_account() || root.ends_with(COPY);
    ensure!(
        real || !choice.apply,
        "no account is behind this terraform: ORDERFLOW_TERRAFORM names another"
    );
    for stack in chosen(&live, choice)? {
        let plan = planned(terraform, root, &stack, choice)?;
        tally.count(&format!("plan {}", stack.name), plan.is_some());
        let Some((saved, plan)) = plan else { bail!("{} doesn't plan", stack.name) };
        let deleted = shown(&stack, &plan);
        if !choice.apply {
            continue;
        }
        refuse_losses(&stack, &deleted, choice.deletions)?;
        applied(terraform, root, &live, &stack, &saved)?;
        tally.count(&format!("apply {}", stack.name), true);
    }
    Ok(())
}

/// Shows what a plan, as `terraform show -json` prints it, would change.
///
/// # Errors
/// When the stack is prod's and anything would be lost.
pub(super) fn guard(root: &Path, stack: &str, plan: &Path) -> Result<()> {
    let text = std::fs::read(plan).with_context(|| plan.display().to_string())?;
    let plan: Value = serde_json::from_slice(&text).context("it is no plan as JSON")?;
    judge(Live::read(root)?.stack(stack)?, &plan)
}

fn judge(stack: &Stack, plan: &Value) -> Result<()> {
    ensure!(plan["resource_changes"].is_array(), "it is no plan: it says nothing of changes");
    refuse_losses(stack, &shown(stack, plan), false)
}

fn refuse_losses(stack: &Stack, lost: &[String], meant: bool) -> Result<()> {
    let allowed = stack.environment() != "prod" || meant || lost.is_empty();
    ensure!(
        allowed,
        "{} would lose {lost:?}: `cargo xtask infra deploy --apply --with-deletions -s {}` says \
         that this is meant",
        stack.name,
        stack.name
    );
    Ok(())
}

/// The stacks that are meant, in the order of their application.
pub(super) fn chosen(live: &Live, choice: &Choice) -> Result<Vec<Stack>> {
    if let Some(name) = &choice.stack {
        return Ok(vec![live.stack(name)?.clone()]);
    }
    let Some(environment) = &choice.environment else {
        bail!("name a stack (--stack dev/eu-west-1) or an environment (--env dev)");
    };
    let stacks = live.stacks.iter().filter(|stack| stack.environment() == environment);
    let stacks: Vec<Stack> = stacks.cloned().collect();
    ensure!(!stacks.is_empty(), "infra/live/stacks.json has no environment {environment}");
    Ok(stacks)
}

/// Where the plan lies, and the plan as JSON; `None` when it fails, which is printed.
fn planned(
    terraform: &Terraform,
    root: &Path,
    stack: &Stack,
    choice: &Choice,
) -> Result<Option<(PathBuf, Value)>> {
    let folder = stack.path();
    let mut inputs = Vec::new();
    // A plan from example inputs is nobody's: it needs no state.
    let begun = if root.join(&folder).join("terraform.tfvars").is_file() {
        terraform.quiet(&folder, &["init", "-input=false", "-no-color"])?
    } else {
        ensure!(!choice.apply, "{} has no terraform.tfvars: see the example there", stack.name);
        println!("xtask infra: {}: from its example inputs", stack.name);
        inputs.push("-var-file=terraform.tfvars.example".to_owned());
        terraform.init(&folder)?
    };
    if !begun {
        return Ok(None);
    }
    if takes_ids(root, stack)? {
        inputs.push(format!("-var=ids_file={}", ids::given(root, stack, !choice.apply)?));
    }
    let plans = root.join("target/infra/deploy-plans");
    std::fs::create_dir_all(&plans)?;
    let saved = plans.join(stack.name.replace('/', "-"));
    let out = format!("-out={}", saved.display());
    let mut with = vec!["plan", "-input=false", "-no-color", &out];
    with.extend(inputs.iter().map(String::as_str));
    if !terraform.quiet(&folder, &with)? {
        return Ok(None);
    }
    let plan = terraform.json(&folder, &["show", "-json", &saved.display().to_string()])?;
    Ok(Some((saved, plan)))
}

/// Whether a stack has the input that names the file of ids.
fn takes_ids(root: &Path, stack: &Stack) -> Result<bool> {
    let main = std::fs::read_to_string(root.join(stack.path()).join("main.tf"))?;
    Ok(main.contains("variable \"ids_file\""))
}

/// Prints what a plan changes; addresses of what it would delete or replace.
fn shown(stack: &Stack, plan: &Value) -> Vec<String> {
    let (mut made, mut changed, mut deleted) = (0, 0, Vec::new());
    for change in plan["resource_changes"].as_array().into_iter().flatten() {
        let actions = change["change"]["actions"].as_array();
        let does = |what: &str| actions.is_some_and(|all| all.iter().any(|one| one == what));
        if does("delete") {
            deleted.push(change["address"].as_str().unwrap_or_default().to_owned());
        } else {
            made += usize::from(does("create"));
            changed += usize::from(does("update"));
        }
    }
    let gone = deleted.len();
    println!("xtask infra: {}: {made} made, {changed} changed, {gone} lost", stack.name);
    deleted.iter().for_each(|address| println!("  lost: {address}"));
    deleted
}

/// Applies a plan and hands on what it made up.
fn applied(
    terraform: &Terraform,
    root: &Path,
    live: &Live,
    stack: &Stack,
    saved: &Path,
) -> Result<()> {
    let folder = stack.path();
    let saved = saved.display().to_string();
    let done = terraform.quiet(&folder, &["apply", "-input=false", "-no-color", &saved])?;
    ensure!(done, "{}: run it again when the cause is mended", stack.name);
    let outputs = terraform.json(&folder, &["output", "-json"])?;
    let written = ids::pass_on(root, live, stack, &outputs["ids"]["value"])?;
    written.iter().for_each(|name| println!("xtask infra: commit {LIVE}/{name}/ids.json"));
    Ok(())
}

/// Deploys stacks in a copy from their example inputs, sees that a second plan is empty, and takes
/// them down again in the opposite order.
///
/// Only for a terraform without an account behind it.
pub(super) fn rehearse(
    terraform: &Terraform,
    root: &Path,
    choice: &Choice,
    tally: &mut Tally,
) -> Result<()> {
    if !Terraform::without_account() {
        println!("xtask infra: not rehearsed: an account may be behind this terraform");
        return Ok(());
    }
    let copied = copy::tree(root, COPY)?;
    let terraform = terraform.at(&copied);
    let live = Live::read(&copied)?;
    let stacks = chosen(&live, choice)?;
    for stack in &stacks {
        let folder = copied.join(stack.path());
        let text = std::fs::read_to_string(folder.join("terraform.tfvars.example"))?;
        let lines = text.lines().filter(|line| !line.starts_with("ids_file"));
        let text = lines.map(|line| format!("{line}\n")).collect::<String>();
        std::fs::write(folder.join("terraform.tfvars"), text)?;
    }
    let apply = Choice { apply: true, ..choice.clone() };
    run(&terraform, &copied, &apply, tally)?;
    for stack in &stacks {
        let (_, plan) = planned(&terraform, &copied, stack, &apply)?.context("a second plan")?;
        let mut changes = plan["resource_changes"].as_array().into_iter().flatten();
        let idle = changes
            .all(|change| change["mode"] != "managed" || change["change"]["actions"][0] == "no-op");
        tally.count(&format!("second plan of {} is empty", stack.name), idle);
    }
    for stack in stacks.iter().rev() {
        let typed = format!("{}\n", stack.name);
        let options = destroy::Options { stack: stack.name.clone(), even_prod: false };
        let gone = destroy::run(&terraform, &copied, &options, &mut typed.as_bytes());
        if let Err(problem) = &gone {
            println!("xtask infra: {problem:?}");
        }
        tally.count(&format!("destroy {}", stack.name), gone.is_ok());
    }
    Ok(())
}

#[cfg(test)]
mod checks {
    use std::path::PathBuf;

    use serde_json::json;

    use super::{Choice, chosen, judge, refuse_losses, shown};
    use crate::infra::live::Live;

    fn live() -> Live {
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../..");
        Live::read(&root).expect("stacks.json can be read")
    }

    #[test]
    fn an_environment_is_deployed_account_first_and_standby_last() {
        let prod = Choice { environment: Some("prod".to_owned()), ..Choice::default() };
        let stacks = chosen(&live(), &prod).expect("prod has stacks");
        let names: Vec<&str> = stacks.iter().map(|stack| stack.name.as_str()).collect();
        let at = |name: &str| names.iter().position(|other| *other == name).expect("it is listed");
        assert_eq!(at("prod/global"), 0);
        assert!(at("prod/pair-eu") < at("prod/eu-west-1"));
        assert!(at("prod/eu-west-1") < at("prod/eu-central-1"));
        assert!(names.iter().all(|name| name.starts_with("prod/")));
    }

    #[test]
    fn one_stack_or_one_environment_is_named() {
        assert!(chosen(&live(), &Choice::default()).is_err());
        let test = Choice { environment: Some("test".to_owned()), ..Choice::default() };
        assert!(chosen(&live(), &test).is_err());
        let page = Choice { stack: Some("dev/eu-west-1".to_owned()), ..Choice::default() };
        assert_eq!(chosen(&live(), &page).map(|stacks| stacks.len()).ok(), Some(1));
    }

    #[test]
    fn what_is_replaced_counts_as_lost() {
        let change = |address: &str, actions: &[&str]| {
            let actions = json!({ "actions": actions });
            json!({ "address": address, "change": actions })
        };
        let changes = [
            change("a", &["create"]),
            change("b", &["update"]),
            change("c", &["delete", "create"]),
            change("d", &["delete"]),
        ];
        let live = live();
        let stack = live.stack("dev/eu-west-1").expect("it is listed");
        assert_eq!(shown(stack, &json!({ "resource_changes": changes })), ["c", "d"]);
    }

    #[test]
    fn prod_loses_nothing_that_was_not_meant() {
        let live = live();
        let stack = |name| live.stack(name).expect("it is listed");
        let lost = ["module.cell.aws_kinesis_stream.orders".to_owned()];
        let refused = refuse_losses(stack("prod/eu-west-1"), &lost, false);
        let text = refused.expect_err("a stream would be lost").to_string();
        assert!(text.contains("aws_kinesis_stream.orders"), "{text}");
        assert!(text.contains("--with-deletions"), "{text}");
        assert!(refuse_losses(stack("prod/eu-west-1"), &lost, true).is_ok());
        assert!(refuse_losses(stack("prod/eu-west-1"), &[], false).is_ok());
        assert!(refuse_losses(stack("dev/eu-west-1"), &lost, false).is_ok());
    }

    #[test]
    fn a_plan_of_the_workflow_is_judged_before_it_is_applied() {
        let live = live();
        let judged = |actions: &[&str], stack: &str| {
            let change = json!({ "address": "a", "change": { "actions": actions } });
            let stack = live.stack(stack).expect("it is listed");
            judge(stack, &json!({ "resource_changes": [change] })).is_ok()
        };
        assert!(judged(&["update"], "prod/global"));
        assert!(!judged(&["delete", "create"], "prod/global"));
        assert!(judged(&["delete"], "staging/global"));
        let stack = live.stack("staging/global").expect("it is listed");
        assert!(judge(stack, &json!({})).is_err());
    }
}
