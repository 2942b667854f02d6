//! The verbs that ask an account: `verify` and `preflight`. Both only read.
//!
//! Entry points: [`verify`], [`preflight`].
//! Identity comes from AWS's own variables. `ORDERFLOW_AWS_ENDPOINT` names another place than AWS
//! for all services, on this machine alone.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result};
use aws::{Account, Credentials};

use super::Tally;
use super::live::Live;
use super::plans;
use super::terraform::Terraform;

/// Compares what stands in the account with a stack's state, or with `state`.
pub(super) fn verify(root: &Path, stack: &str, state: Option<&Path>) -> Result<bool> {
    let mut tally = Tally::default();
    let account = account(stack)?;
    let folder = Live::read(root)?.stack(stack)?.path();
    super::verify::run(root, &folder, state, &account, &mut tally)?;
    Ok(tally.told())
}

/// Compares the account's quotas with a stack's plan, or with `plan`.
pub(super) fn preflight(
    terraform: &Terraform,
    stack: &str,
    plan: Option<&Path>,
    tally: &mut Tally,
) -> Result<()> {
    let root = terraform.root();
    let account = account(stack)?;
    let plan = match plan {
        Some(file) => serde_json::from_slice(&std::fs::read(file)?).context("the plan")?,
        None => plans::one(terraform, root, &Live::read(root)?.stack(stack)?.path())?
            .with_context(|| format!("{stack} doesn't plan"))?,
    };
    super::preflight::run(root, &plan, &account, tally)
}

/// The account that the environment names, in a stack's Region.
fn account(stack: &str) -> Result<Account> {
    let place = stack.split('/').nth(1).context("a stack is called such as dev/eu-west-1")?;
    // Where a stack spans Regions, each resource names its own.
    let region = if place.contains("pair-") || place == "global" { "us-east-1" } else { place };
    let endpoint = variable("ORDERFLOW_AWS_ENDPOINT");
    let endpoints: BTreeMap<String, String> =
        endpoint.into_iter().map(|endpoint| ("*".to_owned(), endpoint)).collect();
    Ok(Account::open(Credentials::from_variables(variable)?, region, endpoints)?)
}

#[expect(clippy::disallowed_methods, reason = "identity is the environment's")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
