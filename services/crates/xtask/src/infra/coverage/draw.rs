//! Takes away what rows name, in a copy of the tree, and sees their tests fail.
//!
//! Entry points: [`run`].
//! The copy lies in `target/infra/drawn`; the tree itself is never touched. An interrupted draw
//! leaves the copy, which the next one makes anew.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::rows::{Item, Row, Rows, Shown, Test};
use super::{Tally, outcome, take_away};
use crate::infra::junit::{self, Results};
use crate::infra::stacks::Folder;
use crate::infra::terraform::Terraform;
use crate::tools;

/// How many rows are drawn, and from which seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lot {
    /// 0 draws none; one item of each row is taken away.
    pub(crate) rows: usize,
    /// The same seed draws the same items from the same file.
    pub(crate) seed: u64,
    /// Write the checklist instead of comparing it.
    pub(crate) write: bool,
}

/// Draws rows; a test that passes without what its item names is a failure.
pub(super) fn run(
    terraform: &Terraform,
    folders: &[Folder],
    rows: &Rows,
    lot: Lot,
    tally: &mut Tally,
) -> Result<()> {
    if lot.rows == 0 {
        return Ok(());
    }
    println!("xtask infra: coverage draws {} rows with --seed {}", lot.rows, lot.seed);
    let root = terraform.root();
    let copy = root.join("target/infra/drawn");
    copy_tree(root, &copy)?;
    // What was installed for the tree serves its copy.
    let installed = std::path::absolute(root.join(tools::FOLDER))?;
    if installed.is_dir() {
        std::fs::create_dir_all(copy.join("target/infra"))?;
        std::os::unix::fs::symlink(installed, copy.join(tools::FOLDER))?;
    }
    let there = terraform.at(&copy);
    for (row, item, test) in drawn(rows, lot) {
        let what = format!("coverage: {} / {} is needed by {test}", row.name, item.name);
        let Shown::By { file, block, .. } = &item.shown else { continue };
        let Some(text) = take_away(&copy, item)? else {
            tally.count(&format!("{what}: nothing to take away"), false);
            continue;
        };
        let passed = alone(&there, root, folders, test)?;
        std::fs::write(copy.join(file), text)?;
        let block = block.as_deref().unwrap_or("the file");
        if !passed {
            println!("xtask infra: without {block} ({file}) {test} fails");
        }
        tally.count(&what, !passed);
    }
    Ok(())
}

/// As many rows as asked for, each with one of the items that a test shows; with more rows than
/// there are, every item of every row.
fn drawn(rows: &Rows, lot: Lot) -> Vec<(&Row, &Item, &Test)> {
    let shown = |row: &'_ Row| row.items.iter().any(|item| matches!(item.shown, Shown::By { .. }));
    let mut open: Vec<&Row> = rows.rows.iter().filter(|row| shown(row)).collect();
    let every = lot.rows >= open.len();
    let mut chance = lot.seed;
    let mut found = Vec::new();
    while found.len() < lot.rows || every {
        if open.is_empty() {
            break;
        }
        let row = open.swap_remove(below(&mut chance, open.len()));
        let items = row.items.iter().filter_map(|item| match &item.shown {
            Shown::By { test, .. } => Some((row, item, test)),
            Shown::Later { .. } => None,
        });
        let items: Vec<_> = items.collect();
        if every {
            found.extend(items);
        } else {
            found.push(items[below(&mut chance, items.len())]);
        }
    }
    found
}

/// A number below `end`, from a `SplitMix64` sequence.
fn below(chance: &mut u64, end: usize) -> usize {
    *chance = chance.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *chance;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    usize::try_from((mixed ^ (mixed >> 31)) % u64::try_from(end.max(1)).unwrap_or(1)).unwrap_or(0)
}

/// Runs one test in the copy.
fn alone(there: &Terraform, root: &Path, folders: &[Folder], test: &Test) -> Result<bool> {
    let mut results = Results::new();
    match test {
        Test::Run { module, run } => {
            let Some(folder) = folders.iter().find(|folder| folder.name() == *module) else {
                bail!("{test}: there is no such module");
            };
            let Some(file) = folder.file_of(there.root(), run)? else {
                bail!("{test}: no file of {module} has this run");
            };
            let report = there.root().join("target/drawn.xml");
            std::fs::create_dir_all(there.root().join("target"))?;
            let _ = std::fs::remove_file(&report);
            if !there.text(&folder.path, &["init", "-backend=false", "-input=false"])?.0 {
                return Ok(false);
            }
            let filter = format!("-filter={}", file.strip_prefix(&folder.path)?.display());
            let report_to = format!("-junit-xml={}", report.display());
            let mut with = vec!["test", "-no-color", &filter, &report_to];
            if file.components().any(|part| part.as_os_str() == "apply") {
                with.push("-test-directory=tests/apply");
            }
            there.text(&folder.path, &with)?;
            junit::read(&report, &format!("{module}/"), &mut results);
            Ok(results.get(&test.to_string()) == Some(&true))
        }
        Test::Verb { verb, what } => {
            let mut command = Command::new(std::env::current_exe()?);
            command.arg("--root").arg(there.root()).arg("infra").args(verb.split_whitespace());
            // What a verb builds was built for the tree already, all but the tree's own packages.
            command.env("CARGO_TARGET_DIR", std::path::absolute(root.join("target"))?);
            command.output().with_context(|| format!("{test}: can't be started"))?;
            junit::read(&there.root().join(junit::FOLDER).join("xtask.xml"), "", &mut results);
            Ok(results.get(what) == Some(&true))
        }
        Test::Cargo { target, .. } => {
            let results = outcome::cargo(root, there.root(), target)?;
            Ok(results.get(&test.to_string()) == Some(&true))
        }
    }
}

/// Copies what git tracks, or would, and nothing that it ignores.
fn copy_tree(root: &Path, copy: &Path) -> Result<()> {
    if copy.exists() {
        std::fs::remove_dir_all(copy)?;
    }
    let listed = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
    let output = Command::new("git").args(listed).current_dir(root).output();
    let output = output.context("git can't be started: it lists the files of the tree")?;
    for name in String::from_utf8_lossy(&output.stdout).split('\0').filter(|name| !name.is_empty())
    {
        let (from, to) = (root.join(name), copy.join(name));
        // What is listed and was deleted since isn't there.
        if from.is_file() {
            std::fs::create_dir_all(to.parent().map_or_else(PathBuf::new, Path::to_path_buf))?;
            std::fs::copy(from, to)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod checks {
    use super::below;

    #[test]
    fn the_same_seed_draws_the_same() {
        let draw = |mut seed| (0..8).map(|_| below(&mut seed, 70)).collect::<Vec<_>>();
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
        assert!(draw(7).iter().all(|at| *at < 70));
    }
}
