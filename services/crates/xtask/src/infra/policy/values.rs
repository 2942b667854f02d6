//! Whether values are within the patterns, ranges and lists that AWS documents.
//!
//! Entry points: [`compare`].
//! What of an applied state has a CloudFormation type becomes a template, and cfn-lint says which
//! values AWS would refuse: neither Terraform's schema nor a plan knows. Types that are called
//! otherwise in CloudFormation stand in `infra/policy/cloudformation.toml`; arguments are joined by
//! their letters. What has no counterpart isn't judged.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::documents::Document;
use super::spec::ServiceSpec;
use super::{Finding, Judged, Tally, keep, report};

const FILE: &str = "infra/policy/cloudformation.toml";

/// The rule of this file, and its fixture's name.
const RULE: &str = "refused_value";

/// cfn-lint's rules over one value: list, pattern, numbers of items, of letters, and of itself.
const RULES: [&str; 5] = ["E3030", "E3031", "E3032", "E3033", "E3034"];

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    types: BTreeMap<String, String>,
    excepted: Vec<Excepted>,
}

/// A property, such as `AWS::SQS::Queue.QueueName`, whose documented values aren't all.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Excepted {
    property: String,
    reason: String,
}

/// Judges every state's values.
pub(super) fn compare(
    root: &Path,
    tools: &Path,
    spec: &ServiceSpec,
    judged: &Judged,
    tally: &mut Tally,
) -> Result<()> {
    let text = std::fs::read_to_string(root.join(FILE)).context(FILE)?;
    let named: File = toml::from_str(&text).context(FILE)?;
    let by_letters: BTreeMap<String, &str> =
        spec.kinds().map(|kind| (letters(kind.trim_start_matches("AWS::")), kind)).collect();
    let (mut findings, mut number, mut used) = (Vec::new(), 0, BTreeSet::new());
    let mut templates = Vec::new();
    for state in &judged.states {
        let (mut resources, mut placed) = (Map::new(), Vec::new());
        for (kind, each) in &state.by_type {
            let plain = letters(kind.trim_start_matches("aws_"));
            let other = named.types.get(kind).map(String::as_str);
            let Some(kind) = other.or_else(|| by_letters.get(&plain).copied()) else { continue };
            let properties = spec.resource(kind).map_or(&Value::Null, |one| &one["properties"]);
            for resource in each {
                let values = renamed(kind, &resource["values"]);
                let properties = spec.as_properties(&values, properties);
                let name = format!("R{}", placed.len());
                let address = resource["address"].as_str().unwrap_or_default();
                placed.push((kind.to_owned(), address.to_owned()));
                resources.insert(name, json!({ "Type": kind, "Properties": properties }));
            }
        }
        number += placed.len();
        let template = json!({ "Resources": resources });
        templates.push((keep(root, &state.name, "template", &template)?, state, placed));
    }
    // Started once for all: to read its data takes longer than a template.
    let mut lint = Command::new(tools.join("cfn-lint"));
    lint.args(["--format", "json", "--region", "eu-west-1", "--template"]);
    lint.args(templates.iter().map(|(path, _, _)| path)).current_dir(root);
    let output = lint.output().context("cfn-lint can't be started")?;
    let told: Value = serde_json::from_slice(&output.stdout).context("cfn-lint: no JSON")?;
    for (path, state, placed) in &templates {
        let told = told.as_array().into_iter().flatten();
        let told = told.filter(|one| one["Filename"].as_str() == path.to_str());
        findings.extend(refused(state, told, placed));
    }
    findings.retain(|(property, _)| {
        let known = named.excepted.iter().find(|one| one.property == *property);
        known.inspect(|one| _ = used.insert(&one.property)).is_none()
    });
    for one in named.excepted.iter().filter(|_| judged.whole) {
        let needed = used.contains(&one.property) && !one.reason.trim().is_empty();
        tally.count(&format!("{FILE}: {} is needed", one.property), needed);
    }
    let findings: Vec<Finding> = findings.into_iter().map(|(_, finding)| finding).collect();
    report(&[RULE.to_owned()].into(), &findings, tally);
    println!("xtask infra: policy: cfn-lint over the values of {number} resources");
    Ok(())
}

/// What cfn-lint says of single values, by the property that it is about; `placed` are the types
/// and addresses of the template's resources, in their order.
fn refused<'a>(
    state: &Document,
    told: impl Iterator<Item = &'a Value>,
    placed: &[(String, String)],
) -> Vec<(String, Finding)> {
    let mut found = Vec::new();
    for one in told {
        let path = one["Location"]["Path"].as_array().into_iter().flatten();
        let path: Vec<&str> = path.filter_map(Value::as_str).collect();
        let [_, name, _, property, ..] = &path[..] else { continue };
        let at = name.strip_prefix('R').and_then(|at| at.parse::<usize>().ok());
        let Some((kind, address)) = at.and_then(|at| placed.get(at)) else { continue };
        if RULES.iter().any(|rule| one["Rule"]["Id"] == *rule) {
            let said = one["Message"].as_str().unwrap_or_default();
            let finding = Finding {
                rule: RULE.to_owned(),
                document: state.name.clone(),
                address: address.clone(),
                why: format!("{property}: {said}"),
            };
            found.push((format!("{kind}.{property}"), finding));
        }
    }
    found
}

/// A type or an argument by its small letters and digits alone.
pub(super) fn letters(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|one| one.to_ascii_lowercase()).collect()
}

/// Values whose `name` is called as CloudFormation calls it: a queue's is `QueueName`.
fn renamed(kind: &str, values: &Value) -> Value {
    let mut values = values.clone();
    let last = letters(kind.rsplit(':').next().unwrap_or_default());
    if let Some(all) = values.as_object_mut() {
        if let Some(name) = all.get("name").cloned() {
            all.insert(format!("{last}name"), name);
        }
        if let Some(name) = all.get("identifier").cloned() {
            all.insert(format!("{last}identifier"), name);
        }
    }
    values
}

#[cfg(test)]
mod checks {
    use serde_json::json;

    use super::super::documents::Document;
    use super::{letters, refused, renamed};

    #[test]
    fn a_refused_value_is_told_by_its_address() {
        let told = json!([
            { "Rule": { "Id": "E3034" }, "Message": "less than 60",
              "Location": { "Path": ["Resources", "R0", "Properties", "MessageRetentionPeriod"] } },
            { "Rule": { "Id": "E3003" }, "Message": "required",
              "Location": { "Path": ["Resources", "R0", "Properties"] } },
            { "Rule": { "Id": "E3034" }, "Message": "elsewhere", "Location": { "Path": null } },
        ]);
        let document = Document { name: "prod/page".to_owned(), ..Document::default() };
        let placed = [("AWS::SQS::Queue".to_owned(), "aws_sqs_queue.q".to_owned())];
        let told = told.as_array().expect("a list").iter();
        let found = refused(&document, told, &placed);
        assert_eq!(found.len(), 1);
        let (property, finding) = &found[0];
        assert_eq!(property, "AWS::SQS::Queue.MessageRetentionPeriod");
        assert_eq!(finding.why, "MessageRetentionPeriod: less than 60");
        assert_eq!(finding.address, "aws_sqs_queue.q");
    }

    #[test]
    fn names_are_joined_by_their_letters() {
        assert_eq!(letters("retention_in_days"), letters("RetentionInDays"));
        let queue = renamed("AWS::SQS::Queue", &json!({ "name": "q" }));
        assert_eq!(queue["queuename"], "q");
    }
}
