//! Whether the role that applies may make and take down every type of resource that a stack has.
//!
//! Entry points: [`compare`].
//! Read: all stacks' plans, the policies that an environment's `global` plan gives the role, and
//! `infra/policy/applying.toml`: the actions of each type. A type that isn't listed fails by name,
//! so that a new service can't be forgotten in the policies.
//! An action counts when a statement allows it where it can work: on `*` when AWS has no resource
//! for it, else on an ARN of a service that it has resources of. AWS' own policies that a stack's
//! roles take, and the services that its roles trust, must be among those that the conditions name.
//! It can't see whether a name is the right one: that is for the module's tests.

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

/// The policy of AWS' that the workflows' own roles take, which a person gives them.
const READ: &str = "/ReadOnlyAccess";

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
        for problem in unconditioned(stack, account) {
            println!("xtask infra: policy: {}: {problem}", stack.name);
            good = false;
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

/// The allowing statements of the role's policies, by an account's plan.
fn statements(account: &Document) -> impl Iterator<Item = &Value> {
    let policies = account.each("aws_iam_policy").filter(|policy| {
        policy["address"].as_str().is_some_and(|address| address.contains(POLICIES))
    });
    policies
        .filter_map(|policy| policy["values"]["policy"]["Statement"].as_array())
        .flatten()
        .filter(|statement| statement["Effect"] == "Allow")
}

fn texts(value: &Value) -> Vec<String> {
    let values = value.as_array().into_iter().flatten();
    values.filter_map(Value::as_str).map(str::to_owned).collect()
}

/// What the role is given by an account's plan.
fn allowed(account: &Document) -> Vec<Allowed> {
    statements(account)
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

/// Policies of AWS' that a stack gives and services that it passes roles to, which the role's
/// conditions don't name.
fn unconditioned(stack: &Document, account: &Document) -> Vec<String> {
    let named = |key: &str| -> Vec<String> {
        let conditions = statements(account).filter_map(|one| one["Condition"].as_object());
        conditions.flatten().flat_map(|(_, test)| texts(&test[key])).collect()
    };
    let (policies, services) = (named("iam:PolicyARN"), named("iam:PassedToService"));
    let given = stack.each("aws_iam_role_policy_attachment");
    let given = given.filter_map(|one| one["values"]["policy_arn"].as_str());
    let given = given.filter(|arn| arn.contains(":aws:policy/") && !arn.ends_with(READ));
    let trusts = stack
        .each("aws_iam_role")
        .filter_map(|role| role["values"]["assume_role_policy"]["Statement"].as_array())
        .flatten()
        .flat_map(|statement| texts(&statement["Principal"]["Service"]));
    let lacking = |of: &[String], one: &str| !of.iter().any(|pattern| matches(pattern, one));
    let mut found: BTreeSet<String> = given
        .filter(|arn| lacking(&policies, arn))
        .map(|arn| format!("the applying role may not give {arn}"))
        .collect();
    let passed = trusts.filter(|service| lacking(&services, service));
    found.extend(passed.map(|service| format!("the applying role may pass no role to {service}")));
    found.into_iter().collect()
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
    use super::{File, allowed, matches, missing, unconditioned};

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
    fn what_a_stack_gives_and_passes_is_among_what_conditions_name() {
        let mut account = account("iam:PassRole", "arn:aws:iam::1:role/orderflow-*");
        let policies = account.by_type.get_mut("aws_iam_policy").expect("there is one");
        policies[0]["values"]["policy"]["Statement"][0]["Condition"] = json!({
            "ArnLike": { "iam:PolicyARN": ["arn:aws:iam::aws:policy/AmazonEKS*"] },
            "StringEquals": { "iam:PassedToService": ["eks.amazonaws.com"] },
        });
        let stack = |policy: &str, service: &str| {
            let arn = format!("arn:aws:iam::aws:policy/{policy}");
            let attachment = json!({ "values": { "policy_arn": arn } });
            let statement = json!({ "Principal": { "Service": [service] } });
            let trust = json!({ "Statement": [statement] });
            let role = json!({ "values": { "assume_role_policy": trust } });
            let by_type = BTreeMap::from([
                ("aws_iam_role_policy_attachment".to_owned(), vec![attachment]),
                ("aws_iam_role".to_owned(), vec![role]),
            ]);
            Document { name: "prod/eu-west-1".to_owned(), by_type }
        };
        let told = |policy, service| unconditioned(&stack(policy, service), &account);
        assert!(told("AmazonEKSClusterPolicy", "eks.amazonaws.com").is_empty());
        assert_eq!(told("AmazonECSPolicy", "eks.amazonaws.com").len(), 1);
        assert_eq!(told("AmazonEKSClusterPolicy", "ecs.amazonaws.com").len(), 1);
        assert!(told("ReadOnlyAccess", "eks.amazonaws.com").is_empty());
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
