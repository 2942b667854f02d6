//! `infra/docs/checklist.md`: the rows with what this run's tests said, for a reader.

use std::path::Path;

use anyhow::Result;

use super::Tally;
use super::outcome::Outcomes;
use super::rows::{Rows, Shown};

const FILE: &str = "infra/docs/checklist.md";

/// Compares the file with this run, or writes it.
pub(super) fn check(
    root: &Path,
    rows: &Rows,
    outcomes: &Outcomes,
    write: bool,
    tally: &mut Tally,
) -> Result<()> {
    let text = text(rows, outcomes);
    if write {
        std::fs::write(root.join(FILE), &text)?;
    }
    let same = std::fs::read_to_string(root.join(FILE)).unwrap_or_default() == text;
    if !same {
        println!("xtask infra: run `cargo xtask infra coverage --write` after `infra check`");
    }
    tally.count("checklist.md is what this run shows", same);
    Ok(())
}

fn text(rows: &Rows, outcomes: &Outcomes) -> String {
    let mut text = "# Checklist\n\nMade from the results of tests by `cargo xtask infra coverage \
                    --write`; [coverage.toml](coverage.toml) names each test and what it can't \
                    pass without.\n"
        .to_owned();
    let mut table = "";
    for row in &rows.rows {
        if row.table != table {
            table = &row.table;
            text.push_str(&format!("\n## {table}\n\n"));
        }
        let mut shown = 0;
        let mut open = Vec::new();
        for item in &row.items {
            match &item.shown {
                Shown::By { test, .. } if outcomes.passed(test) => shown += 1,
                Shown::By { .. } => open.push(format!("**{}: its test fails**", item.name)),
                Shown::Later { missing, .. } => open.push(format!("later: {missing}")),
            }
        }
        let red = open.iter().any(|item| item.starts_with("**"));
        let mark = if red || shown == 0 { " " } else { "x" };
        let open = if open.is_empty() { String::new() } else { format!("; {}", open.join("; ")) };
        let items = row.items.len();
        text.push_str(&format!("- [{mark}] {} ({shown} of {items} shown{open})\n", row.name));
    }
    text
}
