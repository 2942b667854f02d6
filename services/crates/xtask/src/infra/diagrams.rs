//! Drawings of the stacks and of a cell's modules, made from the Terraform: SVG, and XML for
//! drawio.
//!
//! Entry points: [`check`].
//! Stacks and their order come from `stacks.json`; a cell's modules are the calls in
//! `infra/modules/cell`, and an arrow goes from each module to those whose outputs it reads there.
//! What a local hands on isn't followed.

mod draw;

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};

use super::Tally;
use super::live::Live;
use draw::{Drawing, Node};

const CELL: &str = "infra/modules/cell";
const FOLDER: &str = "infra/docs/architecture";

/// Compares every drawing with what the Terraform says, or writes it.
pub(super) fn check(root: &Path, write: bool, tally: &mut Tally) -> Result<()> {
    for (name, drawing) in [("stacks", stacks(root)?), ("cell", cell(root)?)] {
        for (ending, text) in [("svg", drawing.svg()), ("drawio", drawing.drawio())] {
            let path = root.join(FOLDER).join(format!("{name}.{ending}"));
            if write {
                std::fs::write(&path, &text)?;
            }
            let same = std::fs::read_to_string(&path).unwrap_or_default() == text;
            let what = format!("{name}.{ending} is what the Terraform says");
            if !same {
                println!("xtask infra: run `cargo xtask infra diagrams --write`");
            }
            tally.count(&what, same);
        }
    }
    Ok(())
}

/// Stacks in columns: each stands right of those that it needs.
fn stacks(root: &Path) -> Result<Drawing> {
    let live = Live::read(root)?;
    let mut depth: BTreeMap<&str, usize> = BTreeMap::new();
    let mut drawing = Drawing::new("Stacks, from left to right in the order of their application");
    let first = Node::new("bootstrap", "state backends of five Regions", 0);
    drawing.nodes.push(first);
    for stack in &live.stacks {
        let before = stack.needs.iter().filter_map(|need| depth.get(need.as_str()));
        let column = before.max().map_or(1, |deepest| deepest + 1);
        depth.insert(&stack.name, column);
        let note = format!("state in {}", stack.state);
        drawing.nodes.push(Node::new(&stack.name, &note, column));
        for need in &stack.needs {
            drawing.arrows.push((need.clone(), stack.name.clone()));
        }
        if stack.needs.is_empty() {
            drawing.arrows.push(("bootstrap".to_owned(), stack.name.clone()));
        }
    }
    Ok(drawing)
}

/// Module calls of a cell, a column per file.
fn cell(root: &Path) -> Result<Drawing> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(root.join(CELL)).context(CELL)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".tf") {
            files.push(name);
        }
    }
    files.sort();
    let mut drawing = Drawing::new("A cell: module calls by file; an arrow ends where it is read");
    let mut column = 0;
    for file in &files {
        let text = std::fs::read_to_string(root.join(CELL).join(file))?;
        let calls = calls(&text);
        for call in &calls {
            drawing.nodes.push(Node::new(&call.name, &call.source, column));
            for read in &call.reads {
                drawing.arrows.push((read.clone(), call.name.clone()));
            }
        }
        if !calls.is_empty() {
            drawing.columns.push(file.clone());
            column += 1;
        }
    }
    Ok(drawing)
}

/// A module call: its name, the module, and the calls whose outputs stand in its arguments.
#[derive(Debug, PartialEq, Eq)]
struct Call {
    name: String,
    source: String,
    reads: Vec<String>,
}

fn calls(text: &str) -> Vec<Call> {
    let mut found = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let Some(name) = line.strip_prefix("module \"").and_then(|rest| rest.split('"').next())
        else {
            continue;
        };
        let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "}").collect();
        let mut call = Call { name: name.to_owned(), source: String::new(), reads: Vec::new() };
        for line in block {
            if let Some(source) = line.trim().strip_prefix("source ") {
                let source = source.split('"').nth(1).unwrap_or_default();
                call.source = source.trim_start_matches("../").to_owned();
            }
            for read in line.split("module.").skip(1) {
                let word = |letter: char| letter.is_ascii_lowercase() || letter == '_';
                let read: String = read.chars().take_while(|letter| word(*letter)).collect();
                if read != name && !call.reads.contains(&read) {
                    call.reads.push(read);
                }
            }
        }
        found.push(call);
    }
    found
}

#[cfg(test)]
mod checks {
    use super::{Call, calls};

    #[test]
    fn a_call_reads_what_its_arguments_name() {
        let text = "module \"cluster\" {\n  source = \"../eks\"\n  key = module.keys.arns[\"x\"]\n\
                    \n  net = module.network[0].id\n}\n";
        let reads = vec!["keys".to_owned(), "network".to_owned()];
        let call = Call { name: "cluster".to_owned(), source: "eks".to_owned(), reads };
        assert_eq!(calls(text), [call]);
    }
}
