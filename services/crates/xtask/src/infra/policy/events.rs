//! Whether every event rule matches an event that somebody sends.
//!
//! Entry points: [`compare`].
//! A pattern names its sources and types. Each of them must be in AWS' own specification, or in
//! `infra/policy/events.toml` with the page that documents it, and have every field that the
//! pattern looks at: a misspelt field matches nothing, for ever, and nobody is told.
//! It doesn't know the values that a field may have.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::Value;

use super::documents::Document;
use super::spec::ServiceSpec;
use super::{Finding, Judged, Tally, report};

const FILE: &str = "infra/policy/events.toml";

/// The rule of this file, and its fixture's name.
const RULE: &str = "unknown_event";

/// What every event has around its `detail`.
const ENVELOPE: [&str; 9] =
    ["version", "id", "detail-type", "source", "account", "time", "region", "resources", "detail"];

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    event: Vec<Listed>,
}

/// Types of events that the specification lacks; the source `*` is any.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Listed {
    source: String,
    types: Vec<String>,
    fields: Vec<String>,
    page: String,
}

/// All events that are known.
struct Known<'a> {
    spec: &'a ServiceSpec,
    listed: File,
    /// Source and type of what was looked up in the list.
    used: RefCell<BTreeSet<(String, String)>>,
}

/// Looks up each event rule of each document whose pattern is known.
pub(super) fn compare(
    root: &Path,
    spec: &ServiceSpec,
    judged: &Judged,
    tally: &mut Tally,
) -> Result<()> {
    let text = std::fs::read_to_string(root.join(FILE)).context(FILE)?;
    let listed: File = toml::from_str(&text).context(FILE)?;
    for entry in &listed.event {
        let there = entry.page.starts_with("https://") || root.join(&entry.page).is_file();
        tally.count(&format!("{FILE}: {} {:?} has a page", entry.source, entry.types), there);
    }
    let known = Known { spec, listed, used: RefCell::default() };
    let (mut number, mut findings) = (0, Vec::new());
    for document in judged.states.iter().chain(&judged.configurations) {
        for rule in document.each("aws_cloudwatch_event_rule") {
            let pattern = rule["values"]["event_pattern"].as_str().unwrap_or_default();
            let Ok(pattern) = serde_json::from_str::<Value>(pattern) else { continue };
            number += 1;
            for why in known.problems(&pattern) {
                findings.push(found(document, rule, why));
            }
        }
    }
    report(&BTreeSet::from([RULE.to_owned()]), &findings, tally);
    for entry in known.listed.event.iter().filter(|_| judged.whole) {
        for kind in &entry.types {
            let used = known.used.borrow().contains(&(entry.source.clone(), kind.clone()));
            tally.count(&format!("{FILE}: a rule waits for {} {kind}", entry.source), used);
        }
    }
    println!("xtask infra: policy: {number} event rules read");
    Ok(())
}

fn found(document: &Document, rule: &Value, why: String) -> Finding {
    Finding {
        rule: RULE.to_owned(),
        document: document.name.clone(),
        address: rule["address"].as_str().unwrap_or_default().to_owned(),
        why,
    }
}

impl Known<'_> {
    /// What a pattern waits for that nobody sends.
    fn problems(&self, pattern: &Value) -> Vec<String> {
        // The record of a bus takes whatever there is.
        if *pattern == serde_json::json!({ "source": [{ "prefix": "" }] }) {
            return Vec::new();
        }
        let keys = pattern.as_object().into_iter().flatten().map(|(key, _)| key);
        let strange = keys.filter(|key| !ENVELOPE.contains(&key.as_str()));
        let mut problems: Vec<String> =
            strange.map(|key| format!("events have no {key}")).collect();
        let (sources, types) = (words(&pattern["source"]), words(&pattern["detail-type"]));
        if sources.is_empty() || types.is_empty() {
            problems.push("it doesn't say whose events, or which".to_owned());
        }
        let detail = &pattern["detail"];
        let mut unmet: BTreeSet<String> = leaves(detail, "").into_iter().collect();
        for source in &sources {
            for kind in &types {
                let Some(fields) = self.fields(source, kind) else {
                    problems.push(format!("{source} sends no \"{kind}\""));
                    continue;
                };
                let missing = missing(detail, "", &fields);
                let missing = missing.into_iter();
                problems.extend(missing.map(|field| format!("\"{kind}\" has no {field}")));
                unmet.retain(|field| !has(&fields, field));
            }
        }
        if problems.is_empty() {
            problems.extend(unmet.into_iter().map(|field| format!("no event has {field}")));
        }
        problems
    }

    /// The fields of an event, with dots; one that ends with `*` is all below.
    fn fields(&self, source: &str, kind: &str) -> Option<BTreeSet<String>> {
        let mut listed = self.listed.event.iter();
        let entry = listed.find(|entry| {
            (entry.source == "*" || entry.source == source)
                && entry.types.iter().any(|listed| listed == kind)
        });
        if let Some(entry) = entry {
            self.used.borrow_mut().insert((entry.source.clone(), kind.to_owned()));
            return Some(entry.fields.iter().cloned().collect());
        }
        self.spec.event_fields(source, kind)
    }
}

/// The texts of a list that are texts.
fn words(value: &Value) -> Vec<&str> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

fn has(fields: &BTreeSet<String>, path: &str) -> bool {
    fields.iter().any(|field| match field.strip_suffix('*') {
        Some(start) => path.starts_with(start),
        None => field == path,
    })
}

/// Every field that a pattern looks at, in whichever alternative.
fn leaves(pattern: &Value, above: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (key, value) in pattern.as_object().into_iter().flatten() {
        let path = format!("{above}{key}");
        if key == "$or" {
            let alternatives = value.as_array().into_iter().flatten();
            found.extend(alternatives.flat_map(|one| leaves(one, above)));
        } else if value.is_object() {
            found.extend(leaves(value, &format!("{path}.")));
        } else {
            found.push(path);
        }
    }
    found
}

/// Fields that a pattern needs and an event lacks; of alternatives, one is enough.
fn missing(pattern: &Value, above: &str, fields: &BTreeSet<String>) -> Vec<String> {
    let mut found = Vec::new();
    for (key, value) in pattern.as_object().into_iter().flatten() {
        let path = format!("{above}{key}");
        if key == "$or" {
            let alternatives = value.as_array().into_iter().flatten();
            let each: Vec<Vec<String>> =
                alternatives.map(|one| missing(one, above, fields)).collect();
            if each.iter().all(|missing| !missing.is_empty()) {
                found.extend(each.into_iter().flatten());
            }
        } else if value.is_object() {
            found.extend(missing(value, &format!("{path}."), fields));
        } else if !has(fields, &path) {
            found.push(path);
        }
    }
    found
}

#[cfg(test)]
mod checks {
    use serde_json::{Value, json};

    use super::super::spec::ServiceSpec;
    use super::{File, Known};

    fn problems(pattern: &Value) -> Vec<String> {
        let spec: ServiceSpec = serde_json::from_value(json!({ "schema": {
            "resource": { "entities": [] }, "metric": { "entities": [] },
            "event": { "entities": [
                { "source": "aws.x", "detailType": "Job", "rootProperty": { "$ref": "1" } },
            ]},
            "eventTypeDefinition": { "entities": [
                { "$id": "1", "properties": {
                    "state": { "type": { "type": "string" } },
                    "job": { "type": { "type": "ref", "reference": { "$ref": "2" } } },
                    "more": { "type": { "type": "json" } } } },
                { "$id": "2", "properties": { "name": { "type": { "type": "string" } } } },
            ]},
        }}))
        .expect("it is a specification");
        let listed: File = toml::from_str(
            r#"event = [{ source = "aws.x", types = ["Trial"], fields = ["status"], page = "" }]"#,
        )
        .expect("it is a list");
        Known { spec: &spec, listed, used: Default::default() }.problems(pattern)
    }

    #[test]
    fn what_is_sent_is_met() {
        let job = json!({ "source": ["aws.x"], "detail-type": ["Job"],
            "detail": { "state": ["FAILED"], "job": { "name": ["a"] }, "more": { "b": [1] } } });
        assert!(problems(&job).is_empty());
        let either = json!({ "source": ["aws.x"], "detail-type": ["Job", "Trial"],
            "detail": { "$or": [{ "state": ["FAILED"] }, { "status": ["FAILED"] }] } });
        assert!(problems(&either).is_empty());
        assert!(problems(&json!({ "source": [{ "prefix": "" }] })).is_empty());
    }

    #[test]
    fn what_nobody_sends_is_told() {
        let both = json!({ "source": ["aws.x"], "detail-type": ["Job", "Trial"],
            "detail": { "state": ["FAILED"] } });
        assert_eq!(problems(&both), ["\"Trial\" has no state"]);
        let field = json!({ "source": ["aws.x"], "detail-type": ["Job"],
            "detail": { "job": { "nmae": ["a"] } } });
        assert_eq!(problems(&field), ["\"Job\" has no job.nmae"]);
        let neither = json!({ "source": ["aws.x"], "detail-type": ["Job"],
            "detail": { "$or": [{ "state": ["FAILED"] }, { "stat": ["FAILED"] }] } });
        assert_eq!(problems(&neither), ["no event has stat"]);
        let kind = json!({ "source": ["aws.x"], "detail-type": ["Jobs"] });
        assert_eq!(problems(&kind), ["aws.x sends no \"Jobs\""]);
        assert_eq!(problems(&json!({ "source": ["aws.x"] })).len(), 1);
        assert_eq!(problems(&json!({ "sources": ["aws.x"] })).len(), 2);
    }
}
