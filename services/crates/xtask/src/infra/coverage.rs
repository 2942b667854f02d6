//! What was promised, row by row, and whether this run's tests show it.
//!
//! Entry points: [`run`].
//! `infra/docs/coverage.toml` names for each item a file, a block of it, and the test that shows
//! it. An item is green when that test is among those that passed in this run's JUnit files; that a
//! file exists says nothing. Some rows are drawn, what they name is taken away from a copy of the
//! tree, and their test must fail: a test that passes without its subject shows nothing.

mod checklist;
mod draw;
mod outcome;
mod rows;

use std::path::Path;

use anyhow::Result;

pub(super) use draw::Lot;
use outcome::Outcomes;
use rows::{Item, Row, Rows, Shown};

use super::Tally;
use super::stacks::Folder;
use super::terraform::Terraform;

/// Prints the rows, fails for red ones, and draws `lot`.
pub(super) fn run(
    terraform: &Terraform,
    folders: &[Folder],
    lot: Lot,
    tally: &mut Tally,
) -> Result<()> {
    let root = terraform.root();
    let rows = Rows::read(root)?;
    let problems = rows.problems(root);
    for problem in &problems {
        tally.count(&format!("coverage: {problem}"), false);
    }
    let outcomes = Outcomes::of(root, folders, &rows, tally)?;
    checklist::check(root, &rows, &outcomes, lot.write, tally)?;
    let mut totals = Totals::default();
    for row in &rows.rows {
        totals.add(row, &outcomes, tally);
    }
    totals.print();
    draw::run(terraform, folders, &rows, lot, tally)
}

/// Numbers of the printed table.
#[derive(Default)]
struct Totals {
    /// Green, later and red rows by table; a row with a red item is red.
    tables: std::collections::BTreeMap<String, [usize; 3]>,
    items: [usize; 3],
}

impl Totals {
    fn add(&mut self, row: &Row, outcomes: &Outcomes, tally: &mut Tally) {
        let mut found = [0_usize; 3];
        for item in &row.items {
            let at = match &item.shown {
                Shown::Later { .. } => 1,
                Shown::By { test, .. } if outcomes.passed(test) => 0,
                Shown::By { test, .. } => {
                    println!("xtask infra: red: {} / {}: {test} didn't pass", row.name, item.name);
                    2
                }
            };
            found[at] += 1;
        }
        for (total, number) in self.items.iter_mut().zip(found) {
            *total += number;
        }
        let [green, _, red] = found;
        let at = if red > 0 {
            2
        } else if green > 0 {
            0
        } else {
            1
        };
        self.tables.entry(row.table.clone()).or_default()[at] += 1;
        tally.count(&format!("coverage: {} / {}", row.table, row.name), red == 0);
    }

    fn print(&self) {
        println!("xtask infra: {:<16} rows  green  later    red", "coverage");
        let line = |name: &str, [green, later, red]: [usize; 3]| {
            let all = green + later + red;
            println!("xtask infra: {name:<16} {all:>4} {green:>6} {later:>6} {red:>6}");
        };
        let mut all = [0_usize; 3];
        for (table, numbers) in &self.tables {
            line(table, *numbers);
            for (total, number) in all.iter_mut().zip(numbers) {
                *total += number;
            }
        }
        line("all rows", all);
        line("all items", self.items);
    }
}

/// Removes what an item names from the tree at a root; the text of its file before.
fn take_away(root: &Path, item: &Item) -> Result<Option<String>> {
    let Shown::By { file, block, .. } = &item.shown else { return Ok(None) };
    let path = root.join(file);
    let text = std::fs::read_to_string(&path)?;
    match block {
        None => std::fs::remove_file(&path)?,
        Some(block) => match rows::without(&text, block) {
            Some(rest) => std::fs::write(&path, rest)?,
            None => return Ok(None),
        },
    }
    Ok(Some(text))
}
