//! Whether two stacks of an account would make one thing: AWS takes the later one's word for both.
//!
//! Entry points: [`compare`].
//! Compared are the types whose creation replaces what has the name already, or fails on it.
//! Nothing is kept; names that a plan doesn't know are left out.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Tally;
use super::live::Live;
use super::plans::resources;

/// Types, and the argument that is unique in an account's Region.
const NAMED: [(&str, &str); 9] = [
    ("aws_cloudwatch_event_rule", "name"),
    ("aws_cloudwatch_log_group", "name"),
    ("aws_cloudwatch_metric_alarm", "alarm_name"),
    ("aws_dynamodb_table", "name"),
    ("aws_iam_role", "name"),
    ("aws_kinesis_stream", "name"),
    ("aws_lambda_function", "function_name"),
    ("aws_sns_topic", "name"),
    ("aws_sqs_queue", "name"),
];

/// Counts, per environment, whether everything is made once.
pub(super) fn compare(live: &Live, plans: &BTreeMap<String, Value>, tally: &mut Tally) {
    let mut environments: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for stack in &live.stacks {
        let held = environments.entry(stack.environment()).or_default();
        held.extend(plans.get(&stack.name));
    }
    for (environment, plans) in environments {
        let found = twice(&plans);
        found.iter().for_each(|found| println!("xtask infra: {environment}: {found}"));
        tally.count(&format!("{environment}: nothing is made twice"), found.is_empty());
    }
}

/// Names that two resources have.
fn twice(plans: &[&Value]) -> Vec<String> {
    let mut owners: BTreeMap<(&str, &str, &str), &str> = BTreeMap::new();
    let mut found = Vec::new();
    for resource in plans.iter().flat_map(|plan| resources(plan)) {
        let named = NAMED.iter().find(|(kind, _)| resource["type"] == *kind);
        let Some((kind, argument)) = named.filter(|_| resource["mode"] == "managed") else {
            continue;
        };
        let Some(name) = resource["values"][*argument].as_str() else { continue };
        let region = resource["values"]["region"].as_str().unwrap_or_default();
        let address = resource["address"].as_str().unwrap_or_default();
        if let Some(other) = owners.insert((*kind, region, name), address) {
            found.push(format!("{name} in {region}: {other} and {address}"));
        }
    }
    found
}

#[cfg(test)]
mod checks {
    use serde_json::{Value, json};

    use super::twice;

    fn plan(address: &str, region: &str) -> Value {
        let values = json!({ "alarm_name": "orderflow-prod-orders-late", "region": region });
        let kind = "aws_cloudwatch_metric_alarm";
        let alarm =
            json!({ "address": address, "mode": "managed", "type": kind, "values": values });
        json!({ "planned_values": { "root_module": { "resources": [alarm] } } })
    }

    #[test]
    fn two_stacks_with_one_name_are_told_by_both_addresses() {
        let (stream, table) = (plan("stream.a", "eu-west-1"), plan("table.b", "eu-west-1"));
        let found = twice(&[&stream, &table]);
        assert_eq!(found, ["orderflow-prod-orders-late in eu-west-1: stream.a and table.b"]);
    }

    #[test]
    fn the_same_name_in_another_region_is_another_thing() {
        let (here, there) = (plan("a", "eu-west-1"), plan("a", "eu-central-1"));
        assert_eq!(twice(&[&here, &there]), Vec::<String>::new());
    }
}
