//! Whether every alarm and dashboard looks at a metric that somebody emits.
//!
//! Entry points: [`compare`].
//! A metric is known when it is in AWS' own specification, in the services' catalogue, made by a
//! metric filter of the same stack, or in `infra/policy/metrics.toml` with the page that documents
//! it. A line of that file that nothing looks at is a finding.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::Value;

use super::documents::Document;
use super::spec::ServiceSpec;
use super::{Judged, Tally};

const FILE: &str = "infra/policy/metrics.toml";

/// The services' metrics; read as text, so that this tool doesn't build the services.
const CATALOGUE: &str = "services/crates/telemetry/src/catalogue.rs";

/// Dashboards of a page, and how many different metrics they show together, at least.
const DASHBOARDS: usize = 7;
const DIFFERENT: usize = 30;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    metric: Vec<Listed>,
}

/// Metrics of a namespace; `*/dr` is that of any stack.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Listed {
    namespace: String,
    names: Vec<String>,
    source: String,
}

/// Namespace and name.
type Metric = (String, String);

/// Looks up each metric of each state and of each plan.
pub(super) fn compare(
    root: &Path,
    spec: &ServiceSpec,
    judged: &Judged,
    tally: &mut Tally,
) -> Result<()> {
    let text = std::fs::read_to_string(root.join(FILE)).context(FILE)?;
    let listed: File = toml::from_str(&text).context(FILE)?;
    let catalogue = std::fs::read_to_string(root.join(CATALOGUE)).context(CATALOGUE)?;
    let catalogue: BTreeSet<&str> = catalogue.split('"').filter(|word| is_name(word)).collect();
    let specified: BTreeSet<(&str, &str)> = spec.metrics().collect();
    let mut needed = BTreeSet::new();
    let mut all = BTreeSet::new();
    for document in judged.states.iter().chain(&judged.configurations) {
        let made = made(document);
        for ((namespace, name), place) in used(document) {
            let metric = (namespace.as_str(), name.as_str());
            let entry = listed.metric.iter().find(|entry| entry.has(metric));
            if let Some(entry) = entry {
                needed.insert((entry.namespace.clone(), name.clone()));
            }
            let known = entry.is_some()
                || specified.contains(&metric)
                || catalogue.contains(name.as_str())
                || made.contains(&(namespace.clone(), name.clone()));
            if !known && !document.name.ends_with("/fixtures") {
                let said = format!("{}: {place}: nobody emits {namespace} {name}", document.name);
                tally.count(&said, false);
            }
            if document.name.ends_with("/fixtures") && place.ends_with(".unknown_metric") {
                tally.count("policy unknown_metric", !known);
                continue;
            }
            all.insert((namespace, name));
        }
    }
    for entry in &listed.metric {
        tally.count(
            &format!("{FILE}: {} has a source", entry.namespace),
            entry.source.starts_with("http"),
        );
        for name in entry.names.iter().filter(|_| judged.whole) {
            let used = needed.contains(&(entry.namespace.clone(), name.clone()));
            tally.count(&format!("{FILE}: something looks at {} {name}", entry.namespace), used);
        }
    }
    println!("xtask infra: policy: {} metrics, each emitted by somebody", all.len());
    if judged.whole {
        dashboards(&judged.states, tally);
    }
    Ok(())
}

impl Listed {
    fn has(&self, (namespace, name): (&str, &str)) -> bool {
        let same = match self.namespace.strip_prefix('*') {
            Some(end) => namespace.ends_with(end),
            None => namespace == self.namespace,
        };
        same && self.names.iter().any(|listed| listed == name)
    }
}

/// `order_router_decided_records_total`, and neither a unit nor a sentence.
fn is_name(word: &str) -> bool {
    word.contains('_') && word.chars().all(|letter| letter.is_ascii_lowercase() || letter == '_')
}

/// Counts the dashboards of each page that has some, and their metrics.
fn dashboards(states: &[Document], tally: &mut Tally) {
    let mut seen = false;
    for state in states {
        let boards: Vec<&Value> = state.each("aws_cloudwatch_dashboard").collect();
        if boards.is_empty() || state.name.ends_with("/fixtures") {
            continue;
        }
        seen = true;
        let metrics: BTreeSet<Metric> = boards.iter().flat_map(|board| shown(board)).collect();
        let (number, different) = (boards.len(), metrics.len());
        println!("xtask infra: policy: {}: {number} dashboards, {different} metrics", state.name);
        let enough = number >= DASHBOARDS && different >= DIFFERENT;
        tally.count(&format!("{}: seven dashboards, thirty metrics", state.name), enough);
    }
    tally.count("a state has dashboards", seen);
}

/// Metrics that the stack's own filters make of log lines.
fn made(document: &Document) -> BTreeSet<Metric> {
    let filters = document.each("aws_cloudwatch_log_metric_filter");
    let made = filters.flat_map(|filter| filter["values"]["metric_transformation"].as_array());
    made.flatten().filter_map(|one| metric(&one["namespace"], &one["name"])).collect()
}

/// Every metric that a stack looks at, with the first place that does.
fn used(document: &Document) -> BTreeMap<Metric, String> {
    let mut used = BTreeMap::new();
    for alarm in document.each("aws_cloudwatch_metric_alarm") {
        let values = &alarm["values"];
        let queries = values["metric_query"].as_array().into_iter().flatten();
        let queries = queries.filter_map(|query| query["metric"].as_array()).flatten();
        let place = alarm["address"].as_str().unwrap_or_default();
        for one in queries.chain([values]) {
            if let Some(metric) = metric(&one["namespace"], &one["metric_name"]) {
                used.entry(metric).or_insert_with(|| place.to_owned());
            }
        }
    }
    for board in document.each("aws_cloudwatch_dashboard") {
        let place = board["address"].as_str().unwrap_or_default();
        for metric in shown(board) {
            used.entry(metric).or_insert_with(|| place.to_owned());
        }
    }
    used
}

fn metric(namespace: &Value, name: &Value) -> Option<Metric> {
    Some((namespace.as_str()?.to_owned(), name.as_str()?.to_owned()))
}

/// Metrics of a dashboard. In a row, `.` is the word above.
fn shown(board: &Value) -> Vec<Metric> {
    let body = board["values"]["dashboard_body"].as_str().unwrap_or_default();
    let body: Value = serde_json::from_str(body).unwrap_or_default();
    let mut found = Vec::new();
    for widget in body["widgets"].as_array().into_iter().flatten() {
        let mut above: (String, String) = Default::default();
        for row in widget["properties"]["metrics"].as_array().into_iter().flatten() {
            let Some((mut namespace, mut name)) = metric(&row[0], &row[1]) else { continue };
            if namespace == "." {
                namespace.clone_from(&above.0);
            }
            if name == "." {
                name.clone_from(&above.1);
            }
            above = (namespace.clone(), name.clone());
            found.push((namespace, name));
        }
    }
    found
}

#[cfg(test)]
mod checks {
    use serde_json::json;

    use super::{Listed, is_name, shown};

    #[test]
    fn a_dot_repeats_the_word_above() {
        let body = json!({ "widgets": [{ "properties": { "metrics": [
            ["AWS/SQS", "NumberOfMessagesSent", "QueueName", "a"], [".", "AgeOfOldest", ".", "b"],
            [{ "expression": "a + b" }], [".", ".", ".", "c"],
        ]}}]});
        let board = json!({ "values": { "dashboard_body": body.to_string() } });
        let shown = shown(&board);
        assert_eq!(shown[1], ("AWS/SQS".to_owned(), "AgeOfOldest".to_owned()));
        assert_eq!(shown[2], shown[1]);
    }

    #[test]
    fn a_star_stands_for_the_start_of_a_namespace_and_names_are_told_from_sentences() {
        let entry = Listed {
            namespace: "*/dr".to_owned(),
            names: vec!["RecoverySeconds".to_owned()],
            source: String::new(),
        };
        assert!(entry.has(("orderflow-prod/dr", "RecoverySeconds")));
        assert!(!entry.has(("orderflow-prod/dr", "Other")));
        assert!(is_name("order_router_decided_records_total"));
        assert!(!is_name("records") && !is_name("Gauge of _"));
    }
}
