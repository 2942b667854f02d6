//! Whether the streams, tables and queues that a Region gets are those that the services name.
//!
//! Entry points: [`Names::read`], [`Names::problems`].
//! Tables with their keys stand in `proto/tables.toml`, streams and queues in what services may do
//! (`infra/policy/services.json`). A real name is `<product>-<environment>-<name>`; a venue's queue
//! is `venue-<MIC>.fifo`, the code that ISO 10383 gives the market.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;
use toml::Table;

use super::Tally;
use super::live::Live;

const PRODUCT: &str = "orderflow";

/// What can be named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Stream,
    Table,
    Queue,
}

const KINDS: [Kind; 3] = [Kind::Stream, Kind::Table, Kind::Queue];

/// The names that services know.
pub(super) struct Names {
    /// Each table with its keys and indexes, one line each.
    pub(super) tables: BTreeMap<String, BTreeSet<String>>,
    pub(super) streams: BTreeSet<String>,
    /// Queues but the venues', which are named by market.
    pub(super) queues: BTreeSet<String>,
}

impl Names {
    /// Reads both files.
    pub(super) fn read(root: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(root.join("proto/tables.toml"))?;
        let data: Table = text.parse().context("proto/tables.toml")?;
        let listed = data.get("tables").and_then(toml::Value::as_table);
        let listed = listed.context("proto/tables.toml has no tables")?;
        let tables = listed.iter().map(|(name, table)| (name.clone(), lines(table))).collect();
        let text = std::fs::read_to_string(root.join("infra/policy/services.json"))?;
        let data: Value = serde_json::from_str(&text).context("infra/policy/services.json")?;
        let (mut streams, mut queues) = (BTreeSet::new(), BTreeSet::new());
        for resource in strings(&data, "resources") {
            match resource.split_once('/') {
                Some(("stream" | "consumer", name)) => _ = streams.insert(name.to_owned()),
                Some(("queue", name)) if name != "venues" => _ = queues.insert(name.to_owned()),
                _ => {}
            }
        }
        Ok(Self { tables, streams, queues })
    }

    /// What differs between the names and a Region's planned resources.
    pub(super) fn problems(&self, kind: Kind, environment: &str, plans: &[&Value]) -> Vec<String> {
        let prefix = format!("{PRODUCT}-{environment}-");
        match kind {
            Kind::Stream => {
                let there = named(plans, "aws_kinesis_stream", &prefix);
                compared("stream", &self.streams, &there.into_keys().collect())
            }
            Kind::Table => self.tables_differ(&named(plans, "aws_dynamodb_table", &prefix)),
            Kind::Queue => {
                // Queues of what was refused stand beside these under labels of their own.
                let mut there = named(plans, "aws_sqs_queue", &prefix);
                there.retain(|_, change| {
                    change["name"] == "this"
                        && change["address"].as_str().is_some_and(|at| at.contains(".messaging."))
                });
                let (venues, others): (BTreeSet<String>, BTreeSet<String>) =
                    there.into_keys().partition(|name| venue(name));
                let mut problems = compared("queue", &self.queues, &others);
                if venues.is_empty() {
                    problems.push("queue venue-<MIC>.fifo: no market has one".to_owned());
                }
                problems
            }
        }
    }

    fn tables_differ(&self, there: &BTreeMap<String, &Value>) -> Vec<String> {
        let names = self.tables.keys().cloned().collect();
        let mut problems = compared("table", &names, &there.keys().cloned().collect());
        for (name, change) in there {
            let keys = planned_keys(&change["change"]["after"]);
            if let Some(listed) = self.tables.get(name).filter(|listed| **listed != keys) {
                problems.push(format!("table {name}: {listed:?} is planned as {keys:?}"));
            }
        }
        problems
    }
}

/// Counts, for each page with what its pair makes, whether the names are the services'.
pub(super) fn compare(
    root: &Path,
    live: &Live,
    plans: &BTreeMap<String, Value>,
    tally: &mut Tally,
) -> Result<()> {
    let names = Names::read(root)?;
    for stack in live.stacks.iter().filter(|stack| stack.is_page()) {
        let pairs = stack.needs.iter().filter(|need| need.contains("/pair-"));
        let held: Vec<&Value> =
            pairs.chain([&stack.name]).filter_map(|name| plans.get(name)).collect();
        let all = KINDS.iter();
        let problems = all.flat_map(|kind| names.problems(*kind, stack.environment(), &held));
        let problems: Vec<String> = problems.collect();
        problems.iter().for_each(|problem| println!("xtask infra: {}: {problem}", stack.name));
        tally.count(&format!("{}: names are the services'", stack.name), problems.is_empty());
    }
    Ok(())
}

/// Names on one side only.
fn compared(what: &str, known: &BTreeSet<String>, there: &BTreeSet<String>) -> Vec<String> {
    let missing = known.difference(there).map(|name| format!("{what} {name} is not planned"));
    let strange = there.difference(known).map(|name| format!("{what} {name}: no service names it"));
    missing.chain(strange).collect()
}

/// Planned resources of a type by name, the prefix left out; another product's keep their whole.
fn named<'a>(plans: &[&'a Value], kind: &str, prefix: &str) -> BTreeMap<String, &'a Value> {
    let mut found = BTreeMap::new();
    for plan in plans {
        for change in plan["resource_changes"].as_array().into_iter().flatten() {
            let name =
                change["change"]["after"]["name"].as_str().filter(|_| change["type"] == kind);
            if let Some(name) = name {
                found.insert(name.strip_prefix(prefix).unwrap_or(name).to_owned(), change);
            }
        }
    }
    found
}

/// Whether a queue is a venue's: `venue-XPAR.fifo`.
fn venue(name: &str) -> bool {
    let mic = name.strip_prefix("venue-").and_then(|rest| rest.strip_suffix(".fifo"));
    let of_mic = |letter: u8| letter.is_ascii_uppercase() || letter.is_ascii_digit();
    mic.is_some_and(|mic| mic.len() == 4 && mic.bytes().all(of_mic))
}

/// Every text in lists of a name, wherever they stand.
fn strings<'a>(data: &'a Value, name: &str) -> Vec<&'a str> {
    match data {
        Value::Array(values) => values.iter().flat_map(|value| strings(value, name)).collect(),
        Value::Object(fields) => {
            let list = fields.get(name).and_then(Value::as_array).into_iter().flatten();
            let deeper = fields.values().flat_map(|value| strings(value, name));
            list.filter_map(Value::as_str).chain(deeper).collect()
        }
        _ => Vec::new(),
    }
}

/// Keys of a table and its indexes as `proto/tables.toml` says them.
fn lines(table: &toml::Value) -> BTreeSet<String> {
    let key = |of: &toml::Value, kind: &str| {
        let key = of.get(kind)?;
        Some(format!("{kind} {} {}", key.get("name")?.as_str()?, key.get("type")?.as_str()?))
    };
    let kinds = ["hash", "range"];
    let mut lines: BTreeSet<String> = kinds.iter().filter_map(|kind| key(table, kind)).collect();
    let indexes = table.get("indexes").and_then(toml::Value::as_table);
    for (name, index) in indexes.into_iter().flatten() {
        let keys = kinds.iter().filter_map(|kind| key(index, kind));
        lines.extend(keys.map(|line| format!("index {name} {line}")));
        let projection = index.get("projection").and_then(toml::Value::as_str);
        lines.insert(format!("index {name} projects {}", projection.unwrap_or_default()));
    }
    lines
}

/// The same of a planned table.
fn planned_keys(table: &Value) -> BTreeSet<String> {
    let kind_of = |name: &str| {
        let attributes = table["attribute"].as_array().into_iter().flatten();
        let mut found = attributes.filter(|attribute| attribute["name"] == name);
        found.next().and_then(|attribute| attribute["type"].as_str()).unwrap_or("?")
    };
    let mut lines = BTreeSet::new();
    for (kind, argument) in [("hash", "hash_key"), ("range", "range_key")] {
        if let Some(name) = table[argument].as_str() {
            lines.insert(format!("{kind} {name} {}", kind_of(name)));
        }
    }
    for index in table["global_secondary_index"].as_array().into_iter().flatten() {
        let name = index["name"].as_str().unwrap_or_default();
        for key in index["key_schema"].as_array().into_iter().flatten() {
            let attribute = key["attribute_name"].as_str().unwrap_or_default();
            let kind = key["key_type"].as_str().unwrap_or_default().to_lowercase();
            lines.insert(format!("index {name} {kind} {attribute} {}", kind_of(attribute)));
        }
        let projection = index["projection_type"].as_str().unwrap_or_default();
        lines.insert(format!("index {name} projects {projection}"));
    }
    lines
}

#[cfg(test)]
mod checks {
    use std::path::PathBuf;

    use serde_json::{Value, json};

    use super::{Kind, Names};

    fn names() -> Names {
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../..");
        Names::read(&root).expect("both files can be read")
    }

    fn plan(kind: &str, names: &[&str]) -> Value {
        let change = |name: &&str| {
            json!({
                "type": kind, "name": "this",
                "address": "module.cell.module.messaging.aws_sqs_queue.this",
                "change": { "after": { "name": name } },
            })
        };
        json!({ "resource_changes": names.iter().map(change).collect::<Vec<_>>() })
    }

    #[test]
    fn a_queue_or_stream_of_another_name_is_told_with_the_one_that_is_missing() {
        let queues = ["orderflow-dev-orders-dlq", "orderflow-dev-venue-XPAR.fifo"];
        let found = |queues: &[&str]| {
            names().problems(Kind::Queue, "dev", &[&plan("aws_sqs_queue", queues)])
        };
        assert_eq!(found(&queues), Vec::<String>::new());
        assert_eq!(found(&[queues[0], "orderflow-dev-venue-PARIS.fifo"]).len(), 2);
        assert_eq!(found(&["orderflow-prod-orders-dlq", queues[1]]).len(), 2);
        let streams = ["orderflow-dev-orders", "orderflow-dev-executions", "orderflow-dev-events"];
        let plan = plan("aws_kinesis_stream", &streams);
        let expected = ["stream order-events is not planned", "stream events: no service names it"];
        assert_eq!(names().problems(Kind::Stream, "dev", &[&plan]), expected);
    }

    #[test]
    fn a_table_with_another_key_is_told() {
        let table = |key: &str| {
            let attribute = json!([{ "name": key, "type": "S" }, { "name": "s", "type": "S" }]);
            let after = json!({
                "name": "orderflow-dev-control",
                "hash_key": key, "range_key": "s", "attribute": attribute,
            });
            json!({ "resource_changes": [{
                "type": "aws_dynamodb_table", "change": { "after": after },
            }] })
        };
        // The other three tables aren't planned.
        assert_eq!(names().problems(Kind::Table, "dev", &[&table("p")]).len(), 3);
        assert_eq!(names().problems(Kind::Table, "dev", &[&table("pk")]).len(), 4);
    }
}
