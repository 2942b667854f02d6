//! Whether every data store of a page is in the vault's plan.
//!
//! Entry points: [`compare`], [`one`].
//! A standby's stores are copies under the same names: the primary's selection covers them.
//! A file system has no name of its own; as many must be selected as there are.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Tally;
use super::live::{Live, Stack};

/// Stores and the argument that names each.
const STORES: [(&str, &str); 3] = [
    ("aws_dynamodb_table", "name"),
    ("aws_db_instance", "identifier"),
    ("aws_s3_bucket", "bucket"),
];

/// Buckets that hold no state, by their names' ends, each with the reason.
const NO_STATE: [(&str, &str); 3] = [
    ("-access-logs", "copied into the archive, which is object-locked"),
    ("-log-archive", "object-locked; nobody can delete it before its time"),
    ("-flow-logs", "a record of traffic, versioned and of no use to a restore"),
];

/// Counts each page's coverage, naming what isn't covered.
pub(super) fn compare(live: &Live, plans: &BTreeMap<String, Value>, tally: &mut Tally) {
    for stack in live.stacks.iter().filter(|stack| stack.is_page()) {
        one(stack, plans, tally);
    }
}

/// Counts one page's coverage.
pub(super) fn one(stack: &Stack, plans: &BTreeMap<String, Value>, tally: &mut Tally) {
    let held = held(stack, plans);
    let bare = bare(&held, &selecting(stack, plans));
    for store in &bare {
        println!("xtask infra: {}: nothing backs up {store}", stack.name);
    }
    let covered = bare.is_empty() && !held.is_empty();
    tally.count(&format!("{}: every store is backed up", stack.name), covered);
}

/// Plans of what a page holds: its own, and what its pair puts into its Region.
fn held(stack: &Stack, plans: &BTreeMap<String, Value>) -> Vec<Value> {
    let pairs = stack.needs.iter().filter(|need| need.contains("/pair-"));
    let mut changes = changes(plans.get(&stack.name));
    let of_pairs = pairs.flat_map(|pair| self::changes(plans.get(pair)));
    changes.extend(of_pairs.filter(|change| change["change"]["after"]["region"] == stack.place()));
    changes
}

/// Selections that count for a page: its own, and those of the pages that it stands by.
fn selecting(stack: &Stack, plans: &BTreeMap<String, Value>) -> Vec<Value> {
    let names = std::iter::once(&stack.name).chain(&stack.needs);
    let all = names.flat_map(|name| changes(plans.get(name)));
    all.filter(|change| change["type"] == "aws_backup_selection").collect()
}

fn changes(plan: Option<&Value>) -> Vec<Value> {
    let changes = plan.and_then(|plan| plan["resource_changes"].as_array());
    changes.cloned().unwrap_or_default()
}

/// Stores that no selection names.
fn bare(held: &[Value], selections: &[Value]) -> Vec<String> {
    let mut names = BTreeSet::new();
    let mut unnamed = 0_usize;
    for selection in selections {
        for arn in selection["change"]["after"]["resources"].as_array().into_iter().flatten() {
            match arn.as_str().and_then(|arn| arn.rsplit([':', '/']).next()) {
                Some(name) => _ = names.insert(name.to_owned()),
                None => unnamed += 1,
            }
        }
    }
    // A bucket's copy in the other Region differs by the Region in its name.
    let noun = |name: &str| name.rsplit('-').next().unwrap_or_default().to_owned();
    let mut bare = Vec::new();
    let mut file_systems = 0_usize;
    for change in held {
        let kind = change["type"].as_str().unwrap_or_default();
        file_systems += usize::from(kind == "aws_efs_file_system");
        let Some((_, argument)) = STORES.iter().find(|(store, _)| *store == kind) else { continue };
        let name = change["change"]["after"][argument].as_str().unwrap_or_default();
        let copied = kind == "aws_s3_bucket"
            && names
                .iter()
                .any(|other| other.matches('-').count() > 3 && noun(other) == noun(name));
        let exempt = NO_STATE.iter().any(|(end, _)| name.ends_with(end));
        if !(names.contains(name) || copied || exempt) {
            bare.push(format!("{kind} {name}"));
        }
    }
    if file_systems > unnamed {
        bare.push(format!("{} of {file_systems} file systems", file_systems - unnamed));
    }
    bare
}

#[cfg(test)]
mod checks {
    use serde_json::json;

    use super::bare;

    #[test]
    fn a_store_that_nothing_selects_is_named() {
        let table = |name: &str| {
            let after = json!({ "name": name });
            json!({ "type": "aws_dynamodb_table", "change": { "after": after } })
        };
        let files = json!({ "type": "aws_efs_file_system", "change": { "after": {} } });
        let resources = ["arn:aws:dynamodb:eu-west-1:123456789012:table/journal"];
        let selection = json!({ "change": { "after": { "resources": resources } } });
        let held = [table("journal"), table("forgotten"), files];
        let expected = ["aws_dynamodb_table forgotten", "1 of 1 file systems"];
        assert_eq!(bare(&held, &[selection]), expected);
    }
}
