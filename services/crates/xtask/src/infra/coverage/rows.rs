//! `infra/docs/coverage.toml`: its rows, and what is wrong with them as they stand.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result, bail};
use toml::{Table, Value};

const FILE: &str = "infra/docs/coverage.toml";

/// All rows, and the parts of the product that are promised for later.
pub(super) struct Rows {
    pub(super) rows: Vec<Row>,
    later: BTreeSet<String>,
}

/// One row of a table.
pub(super) struct Row {
    pub(super) table: String,
    pub(super) name: String,
    pub(super) items: Vec<Item>,
}

/// One thing that a row names.
pub(super) struct Item {
    pub(super) name: String,
    pub(super) shown: Shown,
}

/// What shows an item.
pub(super) enum Shown {
    /// A test, which must fail without the block of the file, or without the file.
    By { file: String, block: Option<String>, test: Test },
    /// It comes with a part that is promised for later; what is missing until then.
    Later { part: String, missing: String },
}

/// Where a test's result is found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Test {
    /// `<module>/<run>`: a run of a module's terraform tests.
    Run { module: String, run: String },
    /// `xtask <verb>: <what>`: a check that a verb of `cargo xtask infra` counts.
    Verb { verb: String, what: String },
    /// `cargo <target>: <test>`: a test of a target of the workspace.
    Cargo { target: String, test: String },
}

impl std::fmt::Display for Test {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Run { module, run } => write!(to, "{module}/{run}"),
            Self::Verb { verb, what } => write!(to, "xtask {verb}: {what}"),
            Self::Cargo { target, test } => write!(to, "cargo {target}: {test}"),
        }
    }
}

impl Test {
    fn parse(text: &str) -> Option<Self> {
        if let Some((verb, what)) = text.strip_prefix("xtask ").and_then(|r| r.split_once(": ")) {
            return Some(Self::Verb { verb: verb.to_owned(), what: what.to_owned() });
        }
        if let Some((target, test)) = text.strip_prefix("cargo ").and_then(|r| r.split_once(": ")) {
            return Some(Self::Cargo { target: target.to_owned(), test: test.to_owned() });
        }
        let (module, run) = text.split_once('/')?;
        Some(Self::Run { module: module.to_owned(), run: run.to_owned() })
    }
}

impl Rows {
    /// Reads the file of a tree.
    pub(super) fn read(root: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(root.join(FILE)).context(FILE)?;
        let data: Table = text.parse().context(FILE)?;
        let later = data.get("later").and_then(Value::as_table).context("no table later")?;
        let later = later.keys().cloned().collect();
        let rows = data.get("row").and_then(Value::as_array).context("no rows")?;
        let rows = rows.iter().map(row).collect::<Result<Vec<Row>>>()?;
        Ok(Self { rows, later })
    }

    /// What is wrong without running anything.
    pub(super) fn problems(&self, root: &Path) -> Vec<String> {
        let mut problems = Vec::new();
        let mut names = BTreeSet::new();
        let mut claimed: BTreeMap<&Test, &str> = BTreeMap::new();
        for row in &self.rows {
            let name = &row.name;
            if !names.insert((&row.table, name)) {
                problems.push(format!("{name} stands twice"));
            }
            if row.items.is_empty() {
                problems.push(format!("{name} names nothing"));
            }
            for item in &row.items {
                match &item.shown {
                    Shown::Later { part, missing } => {
                        if !self.later.contains(part) || missing.is_empty() {
                            problems
                                .push(format!("{name} / {}: {part} isn't for later", item.name));
                        }
                    }
                    Shown::By { file, block, test } => {
                        let text = std::fs::read_to_string(root.join(file)).unwrap_or_default();
                        let there = match block {
                            None => root.join(file).is_file(),
                            Some(block) => without(&text, block).is_some(),
                        };
                        if !there {
                            let block = block.as_deref().unwrap_or("the file");
                            problems.push(format!("{name}: {file} hasn't {block}"));
                        }
                        let other = *claimed.entry(test).or_insert(name);
                        if other != name {
                            problems.push(format!("{test} stands for {other} and for {name}"));
                        }
                    }
                }
            }
        }
        problems
    }
}

fn row(value: &Value) -> Result<Row> {
    let table = value.as_table().context("a row is a table")?;
    let items = table.get("items").and_then(Value::as_array).context("a row has items")?;
    Ok(Row {
        table: word(table, "table")?,
        name: word(table, "name")?,
        items: items.iter().map(item).collect::<Result<_>>()?,
    })
}

fn item(value: &Value) -> Result<Item> {
    let table = value.as_table().context("an item is a table")?;
    let name = word(table, "name")?;
    let known = ["name", "file", "block", "test", "later", "missing"];
    if let Some(key) = table.keys().find(|key| !known.contains(&key.as_str())) {
        bail!("{FILE}: {name}: unknown key {key}");
    }
    let shown = if table.contains_key("later") {
        Shown::Later { part: word(table, "later")?, missing: word(table, "missing")? }
    } else {
        let test = word(table, "test")?;
        Shown::By {
            file: word(table, "file")?,
            block: word(table, "block").ok(),
            test: Test::parse(&test).with_context(|| format!("{FILE}: {test} is no test"))?,
        }
    };
    Ok(Item { name, shown })
}

fn word(table: &Table, key: &str) -> Result<String> {
    let found = table.get(key).and_then(Value::as_str).map(str::to_owned);
    found.with_context(|| format!("{FILE}: {table} has no {key}"))
}

/// A file's text without a block, which is named as Terraform addresses it: `aws_kms_key.this`,
/// `data.aws_iam_policy_document.this`, `module.network`, `var.zones`, `output.arn`; in other
/// files without the lines from the one that begins with `block` to the next empty one.
/// `None` when there is no such block.
pub(super) fn without(text: &str, block: &str) -> Option<String> {
    let parts: Vec<&str> = block.split('.').collect();
    let head = match parts.as_slice() {
        ["data", kind, name] => format!("data \"{kind}\" \"{name}\" {{"),
        ["module", name] => format!("module \"{name}\" {{"),
        ["var", name] => format!("variable \"{name}\" {{"),
        ["output", name] => format!("output \"{name}\" {{"),
        [kind, name] if kind.starts_with("aws_") || *kind == "terraform_data" => {
            format!("resource \"{kind}\" \"{name}\" {{")
        }
        _ => block.to_owned(),
    };
    let end = if head.ends_with('{') { "}" } else { "" };
    let mut rest = String::new();
    let (mut found, mut inside) = (false, false);
    for line in text.lines() {
        let begins = if end.is_empty() { line.starts_with(&head) } else { line == head };
        if !found && begins {
            (found, inside) = (true, true);
        }
        if !inside {
            rest.push_str(line);
            rest.push('\n');
        }
        inside = inside && line != end;
    }
    found.then_some(rest)
}

#[cfg(test)]
mod checks {
    use super::{Test, without};

    #[test]
    fn a_block_goes_and_the_rest_stays() {
        let text = "locals {\n}\n\nresource \"aws_kms_key\" \"this\" {\n  a = {\n  }\n}\nend\n";
        assert_eq!(without(text, "aws_kms_key.this").as_deref(), Some("locals {\n}\n\nend\n"));
        assert_eq!(without(text, "aws_kms_key.other"), None);
        assert_eq!(without("a\n*.tfstate\nb\n\nc\n", "*.tfstate").as_deref(), Some("a\nc\n"));
    }

    #[test]
    fn tests_are_named_by_where_they_run() {
        let run = Test::parse("kms/keys_rotate").map(|test| test.to_string());
        assert_eq!(run.as_deref(), Some("kms/keys_rotate"));
        let verb = Test::Verb { verb: "docs".to_owned(), what: "links: a/b".to_owned() };
        assert_eq!(Test::parse("xtask docs: links: a/b"), Some(verb));
        assert_eq!(Test::parse("nothing"), None);
    }
}
