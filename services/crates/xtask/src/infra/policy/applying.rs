//! Whether the role that applies may make and take down every type of resource that a stack has.
//!
//! Entry points: [`compare`].
//! Read: all stacks' plans, the policies that an environment's `global` plan gives the role, and
//! `infra/policy/applying.toml`: the actions of each type. A type that isn't listed fails by name,
//! so that a new service can't be forgotten in the policies.
//! An action counts when a statement allows it where it can work: on `*` when AWS has no resource
//! for it, else on an ARN of a service that it has resources of.
//! It can't see conditions, nor whether a name is the right one: those are the module's tests.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::Value;

use super::authorization::Reference;
use super::documents::Document;
use super::{FIXTURES, Tally, name};

const FILE: &str = "infra/policy/applying.toml";

/// How the addresses of the role's policies end, before the key.
const POLICIES: &str = "aws_iam_policy.apply[";

/// The stack that isn't applied by the role: it makes what the role stands on.
const BY_HAND: &str = "bootstrap";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// Types that the role doesn't make, each with the reason.
    by_hand: BTreeMap<String, String>,
    /// Actions that the reference doesn't have yet, each with its page.
    newer: BTreeMap<String, String>,
    /// What making and taking down a type takes.
    types: BTreeMap<String, Vec<String>>,
}

/// An allowing statement: its actions and resources.
struct Allowed {
    actions: Vec<String>,
    resources: Vec<String>,
}

/// Counts each type that there is, and each line of the list.
pub(super) fn compare(
    root: &Path,
    reference: &Reference,
    planned: &[Document],
    whole: bool,
    tally: &mut Tally,
) -> Result<()> {
    let text = std::fs::read_to_string(root.join(FILE)).context(FILE)?;
    let list: File = toml::from_str(&text).context(FILE)?;
    for action in list.types.values().flatten() {
        if reference.knows(action) == list.newer.contains_key(action) {
            tally.count(&format!("{FILE}: AWS has {action}"), false);
        }
    }
    let (mut seen, mut good) = (BTreeSet::new(), true);
    let stacks = planned.iter().filter(|one| one.name != name(FIXTURES) && one.name != BY_HAND);
    for stack in stacks {
        let environment = stack.name.split('/').next().unwrap_or_default();
        let account = format!("{environment}/global");
        let Some(account) = planned.iter().find(|one| one.name == account) else { continue };
        let allowed = allowed(account);
        for kind in stack.by_type.keys() {
            seen.insert(kind.clone());
            for problem in missing(kind, &list, &allowed, reference) {
                println!("xtask infra: policy: {}: {kind}: {problem}", stack.name);
                good = false;
            }
        }
    }
    // One stack alone is judged with its account's plan, which is another stack's.
    if whole || !seen.is_empty() {
        let applied = good && !seen.is_empty();
        tally.count("policy applying: every type can be made and taken down", applied);
    }
    for kind in list.types.keys().chain(list.by_hand.keys()).filter(|_| whole) {
        if !seen.contains(kind) {
            tally.count(&format!("{FILE}: a stack has {kind}"), false);
        }
    }
    println!("xtask infra: policy: applying makes {} types", seen.len());
    Ok(())
}

/// What the role is given by an account's plan.
fn allowed(account: &Document) -> Vec<Allowed> {
    let policies = account.each("aws_iam_policy").filter(|policy| {
        policy["address"].as_str().is_some_and(|address| address.contains(POLICIES))
    });
    let statements = policies
        .filter_map(|policy| policy["values"]["policy"]["Statement"].as_array())
        .flatten()
        .filter(|statement| statement["Effect"] == "Allow");
    let texts = |value: &Value| -> Vec<String> {
        let values = value.as_array().into_iter().flatten();
        values.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    statements
        .map(|statement| Allowed {
            actions: texts(&statement["Action"]),
            resources: texts(&statement["Resource"]),
        })
        .collect()
}

/// What keeps a type from being made or taken down.
fn missing(kind: &str, list: &File, allowed: &[Allowed], reference: &Reference) -> Vec<String> {
    if list.by_hand.get(kind).is_some_and(|reason| !reason.trim().is_empty()) {
        return Vec::new();
    }
    let Some(actions) = list.types.get(kind) else {
        return vec![format!("{FILE} doesn't say what it takes")];
    };
    let lacking = actions.iter().filter(|action| {
        let mut services = reference.services(action);
        if list.newer.contains_key(*action) {
            services.extend(action.split(':').next().map(str::to_owned));
        }
        !allowed.iter().any(|one| {
            one.actions.iter().any(|pattern| matches(pattern, action)) && works(one, &services)
        })
    });
    lacking.map(|action| format!("the applying role may not {action}")).collect()
}

/// Whether a statement's resources are of a service that the action has resources of.
fn works(statement: &Allowed, services: &BTreeSet<String>) -> bool {
    statement.resources.iter().any(|resource| {
        let service = resource.split(':').nth(2);
        service.map_or(services.is_empty(), |service| services.contains(service))
    })
}

/// Whether a pattern, whose stars stand for any letters, is of an action.
fn matches(pattern: &str, action: &str) -> bool {
    let (pattern, action) = (pattern.to_ascii_lowercase(), action.to_ascii_lowercase());
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| action.strip_prefix(first)) else {
        return false;
    };
    let Some(last) = parts.next_back() else { return rest.is_empty() };
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod checks {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::super::authorization::Reference;
    use super::super::documents::Document;
    use super::{File, allowed, matches, missing};

    /// An account whose role may do this on that.
    fn account(action: &str, resource: &str) -> Document {
        let statement = json!({ "Effect": "Allow", "Action": [action], "Resource": [resource] });
        let policy = json!({
            "address": "module.account.aws_iam_policy.apply[\"a\"]",
            "values": { "policy": { "Statement": [statement] } },
        });
        let by_type = BTreeMap::from([("aws_iam_policy".to_owned(), vec![policy])]);
        Document { name: "prod/global".to_owned(), by_type }
    }

    fn problems(kind: &str, action: &str, resource: &str) -> Vec<String> {
        let list: File = toml::from_str(
            r#"
            [by_hand]
            aws_root = "a person does"
            [newer]
            [types]
            aws_queue = ["sqs:CreateQueue"]
            aws_zone = ["dns:CreateZone"]
            "#,
        )
        .expect("it is a list");
        let queue = json!({ "queue": {} });
        let reference = Reference::of(json!({
            "sqs": {
                "privileges": { "CreateQueue": { "resource_types": queue } },
                "resources": { "queue": { "arn": "arn:${Partition}:sqs:${Region}:1:q" } },
            },
            "dns": { "privileges": { "CreateZone": { "resource_types": { "": {} } } } },
        }));
        missing(kind, &list, &allowed(&account(action, resource)), &reference)
    }

    #[test]
    fn a_type_that_the_role_may_make_passes() {
        assert!(problems("aws_queue", "sqs:Create*", "arn:aws:sqs:*:1:orderflow-*").is_empty());
        assert!(problems("aws_zone", "dns:CreateZone", "*").is_empty());
        assert!(problems("aws_root", "sqs:CreateQueue", "*").is_empty());
    }

    #[test]
    fn a_type_that_nobody_thought_of_is_named() {
        let told = problems("aws_new", "sqs:CreateQueue", "*");
        assert!(told[0].contains("applying.toml"), "{told:?}");
    }

    #[test]
    fn an_action_counts_only_where_it_works() {
        let own = "arn:aws:sqs:*:1:orderflow-*";
        assert_eq!(problems("aws_queue", "sqs:Delete*", own).len(), 1);
        assert_eq!(problems("aws_queue", "sqs:Create*", "arn:aws:sns:*:1:orderflow-*").len(), 1);
        assert_eq!(problems("aws_zone", "dns:CreateZone", own).len(), 1);
    }

    #[test]
    fn stars_stand_for_any_letters() {
        assert!(matches("ec2:Create*", "ec2:CreateVpc"));
        assert!(matches("ec2:Create*Acl*", "ec2:CreateNetworkAclEntry"));
        assert!(matches("ec2:createvpc", "ec2:CreateVpc"));
        assert!(!matches("ec2:CreateVpc", "ec2:CreateVpcEndpoint"));
        assert!(!matches("ec2:Create*", "eks:CreateCluster"));
    }
}
