//! Verbs that run the product's own code for longer than the test command does.
//!
//! Entry points: [`crashes`], [`itch`], [`golden`].
//! They add nothing of their own: the same code runs in the tests.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

/// Kills a replay `kills` times at places drawn from `seed`; appends each round to
/// `benches/results`.
///
/// # Errors
/// When cargo can't be started.
pub fn crashes(root: &Path, kills: u64, seed: u64) -> Result<bool> {
    let mut command = cargo(root, &["test", "--release", "-p", "orderflow", "--test", "crashes"]);
    command.args(["killed_again", "--", "--nocapture"]);
    command.env("ORDERFLOW_KILLS", kills.to_string());
    command.env("ORDERFLOW_CRASH_SEED", seed.to_string());
    command.env("ORDERFLOW_CRASH_RESULTS", root.join("benches/results/crashes.jsonl"));
    run(command)
}

/// Writes an ITCH 5.0 file of a real day's shape from a seed.
///
/// # Errors
/// When cargo can't be started.
pub fn itch(root: &Path, seed: u64, file: &Path) -> Result<bool> {
    let mut command =
        cargo(root, &["run", "--release", "--quiet", "-p", "orderflow", "--", "itch"]);
    command.arg("--seed").arg(seed.to_string()).arg(std::path::absolute(file)?);
    run(command)
}

/// Writes the golden examples anew; a change of one is a change of the format.
///
/// # Errors
/// When cargo can't be started.
pub fn golden(root: &Path) -> Result<bool> {
    run(cargo(root, &["run", "--release", "--quiet", "-p", "wire", "--example", "golden"]))
}

fn cargo(root: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new("cargo");
    command.args(arguments).current_dir(root);
    command
}

fn run(mut command: Command) -> Result<bool> {
    let status = command.status();
    Ok(status.context("cargo can't be started: is it installed?")?.success())
}
