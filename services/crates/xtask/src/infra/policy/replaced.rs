//! What a change replaces: nothing may, when a zone is added, and nothing at all changes twice.
//!
//! Entry points: [`compare`].
//! Read: plans over an applied state, with nothing changed and with one more zone.
//! An address that is there already stays as it is, but for the updates that
//! `infra/policy/zone-added.toml` lists with a reason each. An update of an argument that AWS
//! can't change counts as a replacement: each listed one names its CloudFormation property, and the
//! service specification must say that AWS updates it.
//! It can't see replacements that depend on the value (the specification's `maybe`).

use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::Value;

use super::spec::ServiceSpec;
use super::{Tally, applied::Applied, name};

const FILE: &str = "infra/policy/zone-added.toml";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    updated: Vec<Updated>,
}

/// An argument that may change when a zone is added.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Updated {
    address: String,
    argument: String,
    cloudformation: String,
    reason: String,
}

/// Holds the plans over applied states against the list.
pub(super) fn compare(
    root: &Path,
    spec: &ServiceSpec,
    applied: &[Applied],
    whole: bool,
    tally: &mut Tally,
) -> Result<()> {
    let text = std::fs::read_to_string(root.join(FILE)).context(FILE)?;
    let list: File = toml::from_str(&text).context(FILE)?;
    for updated in &list.updated {
        let fixed = replaces(spec, &updated.cloudformation);
        let said = format!("{FILE}: AWS updates {}", updated.cloudformation);
        tally.count(&said, fixed == Some(false) && !updated.reason.is_empty());
    }
    let mut used = vec![false; list.updated.len()];
    for applied in applied {
        let place = name(&applied.source.display().to_string()).to_owned();
        if let Some(again) = applied.again.as_array() {
            let changed: Vec<String> = again.iter().filter_map(changed).collect();
            println!("xtask infra: policy: {place}: planned again, {} changes", changed.len());
            changed.iter().for_each(|change| println!("xtask infra: policy: {place}: {change}"));
            tally.count(&format!("policy {place}: a second plan is empty"), changed.is_empty());
        }
        if let Some(with) = applied.with.as_array() {
            let made = with.iter().filter(|one| one["change"]["actions"][0] == "create").count();
            let problems = zone_added(with, &list, &mut used);
            problems.iter().for_each(|problem| println!("xtask infra: policy: {place}: {problem}"));
            let updated = used.iter().filter(|used| **used).count();
            println!("xtask infra: policy: {place}: one zone more makes {made}, updates {updated}");
            let good = made > 0 && problems.is_empty();
            tally.count(&format!("policy {place}: one zone more replaces nothing"), good);
        }
    }
    for (updated, used) in list.updated.iter().zip(used).filter(|_| whole) {
        tally.count(&format!("{FILE}: a zone updates {}", updated.address), used);
    }
    Ok(())
}

/// Address and action of a change that is one.
fn changed(change: &Value) -> Option<String> {
    let actions: Vec<&str> = words(&change["change"]["actions"]);
    let address = change["address"].as_str().unwrap_or_default();
    (actions != ["no-op"] && actions != ["read"]).then(|| format!("{address}: {actions:?}"))
}

fn words(value: &Value) -> Vec<&str> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

/// What a zone's addition does that it mustn't.
fn zone_added(changes: &[Value], list: &File, used: &mut [bool]) -> Vec<String> {
    let mut problems = Vec::new();
    for change in changes {
        let Some(said) = changed(change) else { continue };
        match words(&change["change"]["actions"])[..] {
            ["create"] => {}
            ["update"] => {
                let address = change["address"].as_str().unwrap_or_default();
                for argument in arguments(&change["change"]) {
                    let listed = list.updated.iter().position(|updated| {
                        address.ends_with(&updated.address) && updated.argument == argument
                    });
                    match listed {
                        Some(at) => used[at] = true,
                        None => problems.push(format!("{said} of {argument}")),
                    }
                }
            }
            _ => problems.push(said),
        }
    }
    problems
}

/// Arguments that an update changes, those included whose new value isn't known yet.
fn arguments(change: &Value) -> Vec<String> {
    let (before, after) = (&change["before"], &change["after"]);
    let mut found = Vec::new();
    for (name, value) in after.as_object().into_iter().flatten() {
        if before[name] != *value {
            found.push(name.clone());
        }
    }
    for (name, unknown) in change["after_unknown"].as_object().into_iter().flatten() {
        if speaks(unknown) && !found.contains(name) {
            found.push(name.clone());
        }
    }
    found
}

/// Whether something below is unknown.
fn speaks(unknown: &Value) -> bool {
    match unknown {
        Value::Bool(unknown) => *unknown,
        Value::Array(values) => values.iter().any(speaks),
        Value::Object(values) => values.values().any(speaks),
        _ => false,
    }
}

/// Whether an update of `AWS::RDS::DBInstance.KmsKeyId` replaces; `None` when it isn't known.
fn replaces(spec: &ServiceSpec, property: &str) -> Option<bool> {
    let (kind, name) = property.split_once('.')?;
    let property = &spec.resource(kind)?["properties"][name];
    property.is_object().then(|| property["causesReplacement"] == "yes")
}

#[cfg(test)]
mod checks {
    use serde_json::json;

    use super::super::spec::ServiceSpec;
    use super::{File, Updated, changed, replaces, zone_added};

    #[test]
    fn a_second_plan_with_a_change_is_not_empty() {
        let plan = |actions: &[&str]| {
            changed(&json!({ "address": "aws_a.b", "change": { "actions": actions } }))
        };
        assert_eq!(plan(&["no-op"]), None);
        assert_eq!(plan(&["read"]), None);
        assert_eq!(plan(&["update"]).as_deref(), Some(r#"aws_a.b: ["update"]"#));
    }

    #[test]
    fn what_aws_cannot_change_is_known_as_a_replacement() {
        let spec: ServiceSpec = serde_json::from_value(json!({ "schema": {
            "metric": { "entities": [] }, "event": { "entities": [] },
            "eventTypeDefinition": { "entities": [] },
            "resource": { "entities": [{ "cloudFormationType": "AWS::RDS::DBSubnetGroup",
                "properties": { "SubnetIds": { "type": {} },
                    "DBSubnetGroupName": { "causesReplacement": "yes" } } }] },
        }}))
        .expect("it is a specification");
        assert_eq!(replaces(&spec, "AWS::RDS::DBSubnetGroup.SubnetIds"), Some(false));
        assert_eq!(replaces(&spec, "AWS::RDS::DBSubnetGroup.DBSubnetGroupName"), Some(true));
        assert_eq!(replaces(&spec, "AWS::RDS::DBSubnetGroup.Gone"), None);
    }

    #[test]
    fn only_listed_arguments_may_change_and_nothing_goes() {
        let updated = |address: &str| Updated {
            address: address.to_owned(),
            argument: "subnet_ids".to_owned(),
            cloudformation: String::new(),
            reason: String::new(),
        };
        let list = File { updated: vec![updated("aws_db_subnet_group.this")] };
        let change = |address: &str, actions: &[&str], after: serde_json::Value| {
            json!({ "address": address, "change": {
                "actions": actions, "before": { "subnet_ids": [1], "name": "a" }, "after": after,
                "after_unknown": {},
            }})
        };
        let wide = json!({ "subnet_ids": [1, 2], "name": "a" });
        let other = json!({ "subnet_ids": [1], "name": "b" });
        let changes = [
            change("module.db.aws_db_subnet_group.this", &["update"], wide),
            change("module.db.aws_db_subnet_group.this", &["update"], other),
            change("aws_subnet.new", &["create"], json!({})),
            change("aws_subnet.old", &["delete", "create"], json!({})),
        ];
        let mut used = [false];
        let problems = zone_added(&changes, &list, &mut used);
        assert_eq!(problems.len(), 2, "{problems:?}");
        assert!(problems[0].ends_with("of name") && problems[1].contains("aws_subnet.old"));
        assert_eq!(used, [true]);
    }
}
