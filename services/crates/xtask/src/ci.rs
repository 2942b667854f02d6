//! What lands a change, in parts that anyone can run.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::house::House;
use crate::{tidy, tools};

/// Formatting, lints and the rules of the house; true when all are clean.
///
/// # Errors
/// When a tool can't be started.
pub fn smoke(root: &Path) -> Result<bool> {
    let fmt = step(root, &["fmt", "--all", "--check"])?;
    let lints = [
        "clippy",
        "--release",
        "--workspace",
        "--all-targets",
        "--quiet",
        "--",
        "--deny",
        "warnings",
    ];
    let clippy = step(root, &lints)?;
    println!("xtask: tidy");
    let tidy = tidy::report(&House::read(root)?);
    Ok(fmt && clippy && tidy)
}

/// The tests of every package; true when none failed.
///
/// # Errors
/// When cargo can't be started.
pub fn test(root: &Path) -> Result<bool> {
    step(root, &["test", "--release", "--workspace"])
}

/// Installs the servers of `.config/servers.txt`; true when they are there.
///
/// # Errors
/// When Python is missing or the registry can't be reached.
pub fn servers(root: &Path) -> Result<bool> {
    let folder = tools::python(root, "servers")?;
    println!("xtask: servers in {}", folder.display());
    Ok(folder.join("ministack").is_file())
}

fn step(root: &Path, arguments: &[&str]) -> Result<bool> {
    println!("xtask: cargo {}", arguments.join(" "));
    let status = Command::new("cargo").args(arguments).current_dir(root).status();
    Ok(status.context("cargo can't be started: is it installed?")?.success())
}
