//! Breaks each condition in turn, on a copy: a test that doesn't fail then tests nothing.
//!
//! Entry points: [`run`].
//! A validation that always holds must make some test of its own folder fail; one that doesn't is
//! named, and counts as a failure. The runs that expect the refusal come first, all others of the
//! folder only when these didn't notice. A drawn part is chosen by a seed, which is printed; the
//! full run's figures are `infra/docs/mutation.json`, each with git's id of the folder that it is
//! of, and folders that changed since are named.
//! A mutant that lives was never seen by a test; one that is caught may still be caught by luck.

mod mutants;
mod select;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::copy;
use super::stacks::{self, Folder};
use super::terraform::Terraform;
use super::{Tally, tests};
use mutants::Mutant;

/// Where the full run's figures lie, from the root.
const REPORT: &str = "infra/docs/mutation.json";

/// How many are drawn in a run of everything.
pub(super) const DRAWN: usize = 40;

/// Which conditions are broken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Choice {
    /// Only so many, chosen by the seed.
    pub(super) draw: Option<usize>,
    /// Chooses them; unset, the commit does, so that each commit tries others.
    pub(super) seed: Option<u64>,
    /// Only those of one module, such as `stream`.
    pub(super) module: Option<String>,
    /// Write the figures into the report.
    pub(super) write: bool,
}

/// Mutants and how many of them were caught, by folder.
type Figures = BTreeMap<String, (usize, usize)>;

/// Breaks conditions; each that no test notices is counted as a failure.
pub(super) fn run(
    terraform: &Terraform,
    root: &Path,
    choice: &Choice,
    tally: &mut Tally,
) -> Result<()> {
    let part =
        choice.module.as_deref().unwrap_or(if choice.draw.is_some() { "drawn" } else { "all" });
    let copied = copy::tree(root, &format!("mutate-{part}"))?;
    let folders = stacks::folders(&copied)?;
    let all = all(&copied, &folders, choice.module.as_deref())?;
    let chosen = match choice.draw {
        Some(draw) => {
            let seed = choice.seed.unwrap_or_else(|| seed_of(root));
            println!("xtask infra: mutate {draw} of {}, --seed {seed}", all.len());
            let names = all.iter().map(|(folder, _)| folder.path.display().to_string()).collect();
            outdated(root, &names)?.iter().for_each(|one| println!("xtask infra: {REPORT}: {one}"));
            drawn(all.len(), draw, seed)
        }
        None => (0..all.len()).collect(),
    };
    let terraform = terraform.at(&copied);
    let mut figures = Figures::new();
    let mut bench: Option<Bench<'_>> = None;
    for (folder, mutant) in chosen.iter().map(|at| &all[*at]) {
        let bench = match &mut bench {
            Some(bench) if bench.folder == folder => bench,
            other => other.insert(Bench::open(&terraform, &copied, folder)?),
        };
        let caught = bench.caught(mutant)?;
        let name = folder.path.display();
        let Mutant { file, line, guards, .. } = mutant;
        tally.count(
            &format!("{name}/{file}:{line}: a test sees the condition of {guards} gone"),
            caught,
        );
        let figure = figures.entry(name.to_string()).or_default();
        figure.0 += 1;
        figure.1 += usize::from(caught);
    }
    let caught: usize = figures.values().map(|(_, caught)| caught).sum();
    println!("xtask infra: mutate: {caught} of {} caught", chosen.len());
    if choice.write {
        ensure!(choice.draw.is_none(), "a drawn part says nothing about the whole");
        write(root, &figures)?;
    }
    Ok(())
}

/// Every condition of the folders.
fn all(root: &Path, folders: &[Folder], module: Option<&str>) -> Result<Vec<(Folder, Mutant)>> {
    let mut all = Vec::new();
    for folder in folders {
        if module.is_some_and(|module| !folder.path.ends_with(module)) {
            continue;
        }
        let mut files = BTreeSet::new();
        for entry in std::fs::read_dir(root.join(&folder.path))? {
            files.insert(entry?.path());
        }
        for path in files.iter().filter(|path| path.extension().is_some_and(|end| end == "tf")) {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let found = mutants::find(&name, &std::fs::read_to_string(path)?);
            all.extend(found.into_iter().map(|mutant| (folder.clone(), mutant)));
        }
    }
    Ok(all)
}

/// Seed of the commit: another one each time, and the same for everyone who looks at it.
fn seed_of(root: &Path) -> u64 {
    let commit = git(root, &["rev-parse", "--short=12", "HEAD"]);
    commit.and_then(|text| u64::from_str_radix(&text, 16).ok()).unwrap_or(0)
}

fn git(root: &Path, arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").args(arguments).current_dir(root).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}

/// So many of the first numbers, in their order, chosen by a seed (Floyd's way, on splitmix64).
fn drawn(of: usize, draw: usize, seed: u64) -> Vec<usize> {
    let mut chosen = BTreeSet::new();
    let mut state = seed;
    for last in of.saturating_sub(draw)..of {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let at = usize::try_from((mixed ^ (mixed >> 31)) % (last as u64 + 1)).unwrap_or(last);
        if !chosen.insert(at) {
            chosen.insert(last);
        }
    }
    chosen.into_iter().collect()
}

/// A folder of the copy whose tests run, one broken condition after the other.
struct Bench<'a> {
    terraform: &'a Terraform,
    folder: &'a Folder,
    path: PathBuf,
    /// What is guarded and whether runs that expect its refusal are there; these lie in [`ALONE`].
    alone: Option<(String, bool)>,
    /// Whether all its tests were seen to pass.
    whole: bool,
}

/// Folder of the runs that were taken alone.
const ALONE: &str = "alone";
const ALONE_ONLY: &str = "-test-directory=alone";

impl<'a> Bench<'a> {
    fn open(terraform: &'a Terraform, root: &Path, folder: &'a Folder) -> Result<Self> {
        let path = root.join(&folder.path);
        let begun = terraform.init(&folder.path)?;
        ensure!(begun, "{} can't be initialised", folder.path.display());
        std::fs::create_dir_all(path.join(ALONE))?;
        Ok(Self { terraform, folder, path, alone: None, whole: false })
    }

    /// Whether a test fails when a condition always holds.
    fn caught(&mut self, mutant: &Mutant) -> Result<bool> {
        let alone = self.take_alone(&mutant.guards)?;
        let file = self.path.join(&mutant.file);
        let text = std::fs::read_to_string(&file)?;
        std::fs::write(&file, mutant.text(&text))?;
        let mut caught = alone && self.fails(&[ALONE_ONLY])?;
        if !caught && !self.folder.tests.is_empty() {
            caught = self.fails(&[])?;
            std::fs::write(&file, &text)?;
            self.whole_passes()?;
        }
        std::fs::write(&file, &text)?;
        Ok(caught)
    }

    /// Puts the runs that expect a refusal into a folder of their own; false when there are none.
    /// They must pass on what is not broken, or their failure would tell nothing.
    fn take_alone(&mut self, guards: &str) -> Result<bool> {
        if let Some((_, any)) = self.alone.as_ref().filter(|(of, _)| of == guards) {
            return Ok(*any);
        }
        let mut any = false;
        std::fs::remove_dir_all(self.path.join(ALONE))?;
        std::fs::create_dir_all(self.path.join(ALONE))?;
        for test in &self.folder.tests {
            let name = test.file_name().context("a test has a name")?;
            let text = std::fs::read_to_string(self.path.join("tests").join(name))?;
            if let Some(runs) = select::runs(&text, guards) {
                std::fs::write(self.path.join(ALONE).join(name), runs)?;
                any = true;
            }
        }
        if any {
            let failed = self.fails(&[ALONE_ONLY])?;
            ensure!(!failed, "{}: fails unbroken: {guards}", self.folder.path.display());
        }
        self.alone = Some((guards.to_owned(), any));
        Ok(any)
    }

    /// All tests must pass on what is not broken; asked once.
    fn whole_passes(&mut self) -> Result<()> {
        if !self.whole {
            self.whole = true;
            ensure!(!self.fails(&[])?, "{}: its tests fail", self.folder.path.display());
        }
        Ok(())
    }

    /// Whether a run fails; that none could be run at all is an error.
    fn fails(&self, with: &[&str]) -> Result<bool> {
        let arguments = [&["test", "-no-color"], with].concat();
        let (passed, text) = self.terraform.text(&self.folder.path, &arguments)?;
        let (ran, failed) = tests::summary(&text);
        ensure!(ran + failed > 0, "{}: nothing ran: {text}", self.folder.path.display());
        Ok(!passed)
    }
}

/// Git's id of a folder as it is committed.
fn tree(root: &Path, folder: &str) -> Option<String> {
    git(root, &["rev-parse", "--short=12", &format!("HEAD:{folder}")])
}

/// Folders that the report has nothing of, or what they were before.
fn outdated(root: &Path, names: &BTreeSet<String>) -> Result<Vec<String>> {
    let text = std::fs::read_to_string(root.join(REPORT)).unwrap_or_else(|_| "{}".to_owned());
    let report: Value = serde_json::from_str(&text).context(REPORT)?;
    let mut found = Vec::new();
    for folder in names {
        let known = &report["folders"][folder]["tree"];
        if known.is_null() {
            found.push(format!("{folder} was never tried"));
        } else if tree(root, folder).is_some_and(|tree| *known != tree) {
            found.push(format!("{folder} has changed: `infra mutate --module NAME --write`"));
        }
    }
    Ok(found)
}

/// Puts figures into the report; those of folders that weren't tried stay.
fn write(root: &Path, figures: &Figures) -> Result<()> {
    let path = root.join(REPORT);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|_| "{}".to_owned());
    let before: Value = serde_json::from_str(&text).context(REPORT)?;
    let mut folders = before["folders"].as_object().cloned().unwrap_or_default();
    folders.retain(|folder, _| root.join(folder).is_dir());
    for (folder, (mutants, caught)) in figures {
        let clean = git(root, &["status", "--porcelain", "--", folder]);
        ensure!(clean.is_some_and(|changes| changes.is_empty()), "{folder} isn't committed");
        let tree = tree(root, folder).with_context(|| format!("{folder} isn't committed"))?;
        let figure = json!({ "mutants": mutants, "caught": caught, "tree": tree });
        folders.insert(folder.clone(), figure);
    }
    let sum = |key: &str| folders.values().filter_map(|figure| figure[key].as_u64()).sum::<u64>();
    let report = json!({
        "mutants": sum("mutants"), "caught": sum("caught"), "folders": folders,
    });
    std::fs::write(path, format!("{}\n", serde_json::to_string_pretty(&report)?))?;
    Ok(())
}

#[cfg(test)]
mod checks {
    use std::path::{Path, PathBuf};

    use super::{Choice, Tally, Terraform, drawn, outdated, run};

    /// A module without a provider: a name with a test of its refusal, a size without one.
    const MODULE: &str = r#"
variable "name" {
  type = string

  validation {
    condition     = var.name != ""
    error_message = "name"
  }
}

variable "size" {
  type = number

  validation {
    condition     = var.size > 0
    error_message = "size"
  }
}
"#;

    const TESTS: &str = r#"
variables {
  name = "one"
  size = 1
}

run "takes_it" {
  command = plan
}

run "refuses_no_name" {
  command = plan
  variables {
    name = ""
  }
  expect_failures = [var.name]
}
"#;

    #[test]
    fn a_condition_that_no_test_sees_gone_is_counted_as_a_failure() {
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../target/tmp/mutants");
        let _ = std::fs::remove_dir_all(&root);
        let module = root.join("infra/modules/thing");
        std::fs::create_dir_all(module.join("tests")).expect("a folder");
        std::fs::create_dir_all(root.join("proto")).expect("a folder");
        std::fs::write(module.join("variables.tf"), MODULE).expect("a file");
        std::fs::write(module.join("tests/thing.tftest.hcl"), TESTS).expect("a file");
        let root = root.canonicalize().expect("it was just made");
        let terraform = Terraform::named(Path::new("terraform"), &root);
        if terraform.version().is_err() {
            crate::infra::not_run("terraform 1.11: conditions are broken one by one");
            return;
        }
        let mut tally = Tally::default();
        run(&terraform, &root, &Choice::default(), &mut tally).expect("terraform runs");
        assert_eq!((tally.passed(), tally.failed()), (1, 1));
    }

    #[test]
    fn a_folder_without_figures_is_named() {
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../..");
        let found = outdated(&root, &["infra/modules/none".to_owned()].into());
        assert_eq!(found.expect("the report reads"), ["infra/modules/none was never tried"]);
    }

    #[test]
    fn a_seed_draws_the_same_each_time_and_another_seed_others() {
        let some = drawn(647, 40, 7);
        assert_eq!(some.len(), 40);
        assert_eq!(some, drawn(647, 40, 7));
        assert_ne!(some, drawn(647, 40, 8));
        assert!(some.iter().all(|at| *at < 647));
        assert_eq!(drawn(3, 40, 1), [0, 1, 2]);
    }
}
