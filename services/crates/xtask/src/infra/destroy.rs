//! Takes a stack down, after it said what would be lost and its name was typed.
//!
//! Entry points: [`run`].
//! Refused: prod, unless asked for by a word of its own; a stack that others still stand on; a
//! stack with anything that is protected from deletion; a name typed wrong. Nothing is touched
//! before all of these were asked.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, Write as _};
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::live::{Live, Stack};
use super::terraform::Terraform;

/// What is taken down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Options {
    /// Such as `dev/eu-west-1`.
    pub(super) stack: String,
    /// Also when it is prod's.
    pub(super) even_prod: bool,
}

/// Arguments that forbid deletion when they are true.
const PROTECTION: [&str; 4] = [
    "deletion_protection",
    "deletion_protection_enabled",
    "enable_deletion_protection",
    "disable_api_termination",
];

/// Types whose content is lost with them.
const STORES: [&str; 9] = [
    "aws_backup_vault",
    "aws_db_instance",
    "aws_dynamodb_table",
    "aws_ecr_repository",
    "aws_efs_file_system",
    "aws_kinesis_stream",
    "aws_kms_key",
    "aws_route53_zone",
    "aws_s3_bucket",
];

/// Takes a stack down.
///
/// # Errors
/// When it is refused, or Terraform fails.
pub(super) fn run(
    terraform: &Terraform,
    root: &Path,
    options: &Options,
    typed: &mut dyn BufRead,
) -> Result<()> {
    let live = Live::read(root)?;
    let stack = live.stack(&options.stack)?;
    refuse_prod(stack, options.even_prod)?;
    for other in live.stacks.iter().filter(|other| other.needs.contains(&stack.name)) {
        let left = state(terraform, root, other)?;
        ensure!(
            resources(&left).is_empty(),
            "{} still stands on it: destroy that first",
            other.name
        );
    }
    let state = state(terraform, root, stack)?;
    println!("xtask infra: destroying {} would lose:", stack.name);
    lost(&state).iter().for_each(|line| println!("  {line}"));
    refuse_protected(&state)?;
    ask(stack, typed)?;
    let mut with = vec!["destroy", "-auto-approve", "-input=false", "-no-color"];
    if !root.join(stack.path()).join("terraform.tfvars").is_file() {
        with.push("-var-file=terraform.tfvars.example");
    }
    ensure!(terraform.quiet(&stack.path(), &with)?, "{}: some of it is left", stack.name);
    println!("xtask infra: {} is gone", stack.name);
    Ok(())
}

/// A stack's state as JSON; nothing when it was never applied.
fn state(terraform: &Terraform, root: &Path, stack: &Stack) -> Result<Value> {
    let folder = stack.path();
    let begun = terraform.quiet(&folder, &["init", "-input=false", "-no-color"])?;
    ensure!(begun, "{} can't be initialised in {}", stack.name, root.display());
    terraform.json(&folder, &["show", "-json"])
}

fn refuse_prod(stack: &Stack, even_prod: bool) -> Result<()> {
    let allowed = stack.environment() != "prod" || even_prod;
    ensure!(allowed, "{} is prod's: --even-prod says that this is meant", stack.name);
    Ok(())
}

fn refuse_protected(state: &Value) -> Result<()> {
    let protected = protected(state);
    ensure!(
        protected.is_empty(),
        "protected from deletion: {}: take the protection off in the stack's main.tf, deploy that, \
         and come again",
        protected.join(", ")
    );
    Ok(())
}

fn ask(stack: &Stack, typed: &mut dyn BufRead) -> Result<()> {
    print!("Type the stack's name to destroy it: ");
    std::io::stdout().flush()?;
    let mut line = String::new();
    typed.read_line(&mut line).context("no name was typed")?;
    ensure!(
        line.trim() == stack.name,
        "{:?} is not {}: nothing was touched",
        line.trim(),
        stack.name
    );
    Ok(())
}

/// Every managed resource of a state.
fn resources(state: &Value) -> Vec<&Value> {
    let mut found = Vec::new();
    let mut open = vec![&state["values"]["root_module"]];
    while let Some(module) = open.pop() {
        let here = module["resources"].as_array().into_iter().flatten();
        found.extend(here.filter(|resource| resource["mode"] == "managed"));
        open.extend(module["child_modules"].as_array().into_iter().flatten());
    }
    found
}

/// Addresses of what refuses to be deleted, each with the argument that says so.
fn protected(state: &Value) -> Vec<String> {
    let mut found = BTreeSet::new();
    for resource in resources(state) {
        for argument in PROTECTION {
            let value = &resource["values"][argument];
            if value == true || value == "true" {
                let address = resource["address"].as_str().unwrap_or_default();
                found.insert(format!("{address} ({argument})"));
            }
        }
    }
    found.into_iter().collect()
}

/// What is lost: stores by name, everything else by number.
fn lost(state: &Value) -> Vec<String> {
    let mut stores = BTreeSet::new();
    let mut others = BTreeMap::<&str, usize>::new();
    for resource in resources(state) {
        let kind = resource["type"].as_str().unwrap_or_default();
        if STORES.contains(&kind) {
            let id = resource["values"]["id"].as_str();
            let address = resource["address"].as_str().unwrap_or_default();
            stores.insert(format!("{kind} {}", id.unwrap_or(address)));
        } else {
            *others.entry(kind).or_default() += 1;
        }
    }
    let others = others.iter().map(|(kind, number)| format!("{number} x {kind}"));
    stores.into_iter().chain(others).collect()
}

#[cfg(test)]
mod checks {
    use std::path::PathBuf;

    use serde_json::{Value, json};

    use super::{ask, lost, refuse_prod, refuse_protected};
    use crate::infra::live::{Live, Stack};

    fn stack(name: &str) -> Stack {
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../..");
        let live = Live::read(&root).expect("stacks.json can be read");
        live.stack(name).expect("it is listed").clone()
    }

    fn state(protection: &str, value: &Value) -> Value {
        let table = json!({
            "mode": "managed", "type": "aws_dynamodb_table",
            "address": "module.cell.aws_dynamodb_table.this",
            "values": { "id": "orderflow-dev-journal", protection: value },
        });
        let alarm = json!({ "mode": "managed", "type": "aws_cloudwatch_metric_alarm" });
        let children = json!([{ "resources": [alarm.clone(), alarm] }]);
        let root = json!({ "resources": [table], "child_modules": children });
        json!({ "values": { "root_module": root } })
    }

    #[test]
    fn prod_is_refused_unless_it_is_meant() {
        assert!(refuse_prod(&stack("prod/eu-west-1"), false).is_err());
        assert!(refuse_prod(&stack("prod/eu-west-1"), true).is_ok());
        assert!(refuse_prod(&stack("dev/eu-west-1"), false).is_ok());
    }

    #[test]
    fn what_is_protected_is_refused_with_what_to_do() {
        let arguments =
            ["deletion_protection", "deletion_protection_enabled", "enable_deletion_protection"];
        for argument in arguments {
            let refused = refuse_protected(&state(argument, &json!(true)));
            let text = refused.expect_err("it is protected").to_string();
            assert!(text.contains("module.cell.aws_dynamodb_table.this"), "{text}");
            assert!(text.contains("take the protection off"), "{text}");
            assert!(refuse_protected(&state(argument, &json!(false))).is_ok());
        }
        // DocumentDB's and others' say it as text.
        assert!(refuse_protected(&state("deletion_protection", &json!("true"))).is_err());
    }

    #[test]
    fn a_name_typed_wrong_destroys_nothing() {
        let dev = stack("dev/eu-west-1");
        assert!(ask(&dev, &mut "dev/eu-west-2\n".as_bytes()).is_err());
        assert!(ask(&dev, &mut "".as_bytes()).is_err());
        assert!(ask(&dev, &mut "dev/eu-west-1\n".as_bytes()).is_ok());
    }

    #[test]
    fn what_would_be_lost_is_printed_stores_by_name() {
        let expected =
            ["aws_dynamodb_table orderflow-dev-journal", "2 x aws_cloudwatch_metric_alarm"];
        assert_eq!(lost(&state("deletion_protection", &json!(false))), expected);
    }
}
