//! Whether a policy says `*`: as an action, all of a service, a resource or a caller.
//!
//! Entry points: [`Exceptions::read`], [`findings`].
//! Statements that deny may say what they like. A statement that allows may not say `Not…`, because
//! what it means grows with each service of AWS. Nor may a role take one of AWS' own policies that
//! says so. What may say `*` nevertheless stands in `infra/policy/wildcards.toml`, with a reason
//! each.
//! It reads applied states: in a plan, a policy that names a new key isn't known at all.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::Value;

use super::Finding;
use super::documents::Document;

/// The rules of this file.
pub(super) const RULES: [&str; 6] = [
    "wildcard_action",
    "wildcard_resource",
    "wildcard_principal",
    "negated_statement",
    "wildcard_managed",
    "wildcard_service",
];

/// Policies of AWS' own that say `*`, beside all whose names end with `FullAccess`.
const MANAGED: [&str; 3] = ["AdministratorAccess", "PowerUserAccess", "SystemAdministrator"];

const FILE: &str = "infra/policy/wildcards.toml";

/// Where `*` may stand.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Exceptions {
    callers: Vec<String>,
    exception: Vec<Exception>,
    without_resource: Vec<WithoutResource>,
    #[serde(skip)]
    used: RefCell<BTreeSet<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Exception {
    rule: String,
    types: Vec<String>,
    /// Statements of these alone; of an attachment, the policy's name.
    #[serde(default)]
    sids: Vec<String>,
    /// Resources of these addresses alone, by how they end.
    #[serde(default)]
    addresses: Vec<String>,
    reason: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WithoutResource {
    actions: Vec<String>,
    reason: String,
}

impl Exceptions {
    /// Reads the list.
    pub(super) fn read(root: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(root.join(FILE)).context(FILE)?;
        Self::parse(&text)
    }

    fn parse(text: &str) -> Result<Self> {
        let read: Self = toml::from_str(text).context(FILE)?;
        let reasons = read.exception.iter().map(|one| &one.reason);
        let reasons = reasons.chain(read.without_resource.iter().map(|one| &one.reason));
        for reason in reasons {
            anyhow::ensure!(!reason.trim().is_empty(), "{FILE}: an exception has no reason");
        }
        Ok(read)
    }

    /// Actions that are said to have no resource.
    pub(super) fn actions(&self) -> impl Iterator<Item = &str> {
        self.without_resource.iter().flat_map(|one| &one.actions).map(String::as_str)
    }

    /// Exceptions that nothing needed.
    pub(super) fn unused(&self) -> Vec<String> {
        let used = self.used.borrow();
        let exceptions = self.exception.iter().map(|one| format!("{}: {}", one.rule, one.reason));
        let actions = self.without_resource.iter().flat_map(|one| one.actions.clone());
        exceptions.chain(actions).filter(|one| !used.contains(one)).collect()
    }

    fn excepts(&self, rule: &str, (kind, address): (&str, &str), sid: &str) -> bool {
        let found = self.exception.iter().find(|one| {
            one.rule == rule
                && one.types.iter().any(|name| name == kind)
                && (one.sids.is_empty() || one.sids.iter().any(|name| name == sid))
                && (one.addresses.is_empty()
                    || one.addresses.iter().any(|end| address.ends_with(end)))
        });
        if let Some(one) = found {
            self.used.borrow_mut().insert(format!("{}: {}", one.rule, one.reason));
        }
        found.is_some()
    }

    fn has_no_resource(&self, action: &str) -> bool {
        let mut listed = self.without_resource.iter().flat_map(|one| &one.actions);
        let found = listed.find(|listed| *listed == action);
        if let Some(listed) = found {
            self.used.borrow_mut().insert(listed.clone());
        }
        found.is_some()
    }
}

/// Every statement of a document that says too much.
pub(super) fn findings(document: &Document, exceptions: &Exceptions) -> Vec<Finding> {
    let mut found = Vec::new();
    for (kind, resources) in &document.by_type {
        for resource in resources {
            let address = resource["address"].as_str().unwrap_or_default();
            let place = (kind.as_str(), address);
            let mut push = |rule: &str, why: String| {
                let (document, address) = (document.name.clone(), address.to_owned());
                found.push(Finding { rule: rule.to_owned(), document, address, why });
            };
            let mut policies = Vec::new();
            collect(&resource["values"], &mut policies);
            let statements = policies.iter().filter_map(|policy| policy["Statement"].as_array());
            for statement in statements.flatten().filter(|one| one["Effect"] == "Allow") {
                for (rule, said) in wide(place, statement, exceptions) {
                    let sid = statement["Sid"].as_str().unwrap_or("without a Sid");
                    push(rule, format!("{sid}: {said}"));
                }
            }
            for policy in managed(&resource["values"]) {
                if !exceptions.excepts(RULES[4], place, policy) {
                    push(RULES[4], format!("takes {policy}"));
                }
            }
        }
    }
    found
}

/// Names of AWS' own policies that say `*` and that something takes.
fn managed(values: &Value) -> impl Iterator<Item = &str> {
    let several = values["managed_policy_arns"].as_array().into_iter().flatten();
    let taken = several.chain([&values["policy_arn"]]).filter_map(Value::as_str);
    let names =
        taken.filter(|arn| arn.contains(":aws:policy/")).filter_map(|arn| arn.rsplit('/').next());
    names.filter(|name| name.ends_with("FullAccess") || MANAGED.contains(name))
}

fn collect<'a>(value: &'a Value, found: &mut Vec<&'a Value>) {
    match value {
        Value::Object(object) if object.contains_key("Statement") => found.push(value),
        Value::Object(object) => object.values().for_each(|value| collect(value, found)),
        Value::Array(values) => values.iter().for_each(|value| collect(value, found)),
        _ => {}
    }
}

/// The rules that a statement breaks, each with what it says.
fn wide(
    place: (&str, &str),
    statement: &Value,
    exceptions: &Exceptions,
) -> Vec<(&'static str, String)> {
    let sid = statement["Sid"].as_str().unwrap_or_default();
    let texts = |value: &'_ Value| -> Vec<String> {
        value
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect()
    };
    let actions = texts(&statement["Action"]);
    let mut broken = Vec::new();
    if let Some(action) = actions.iter().find(|action| stars(action))
        && !exceptions.excepts(RULES[0], place, sid)
    {
        broken.push((RULES[0], format!("may do {action}")));
    }
    let all = |action: &&String| action.split_once(':').is_some_and(|(_, name)| stars(name));
    if let Some(action) = actions.iter().find(all)
        && !exceptions.excepts(RULES[5], place, sid)
    {
        broken.push((RULES[5], format!("may do {action}")));
    }
    if texts(&statement["Resource"]).iter().any(|resource| everywhere(resource))
        && !exceptions.excepts(RULES[1], place, sid)
    {
        let bound = actions.iter().filter(|action| !exceptions.has_no_resource(action));
        let bound: Vec<&str> = bound.map(String::as_str).collect();
        if !bound.is_empty() {
            broken.push((RULES[1], format!("{} on *", bound.join(", "))));
        }
    }
    // As AWS, Federated, Service, or a star alone, which reads as AWS.
    let callers = statement["Principal"].as_object().into_iter().flatten();
    let anyone = callers.flat_map(|(_, callers)| texts(callers)).any(|caller| stars(&caller));
    if anyone && !names_caller(statement, exceptions) && !exceptions.excepts(RULES[2], place, sid) {
        broken.push((RULES[2], "for anyone, with no condition on who calls".to_owned()));
    }
    for name in ["NotAction", "NotResource", "NotPrincipal"] {
        if !statement[name].is_null() && !exceptions.excepts(RULES[3], place, sid) {
            broken.push((RULES[3], format!("allows by {name}")));
        }
    }
    broken
}

/// Whether a pattern matches whatever there is.
fn stars(pattern: &str) -> bool {
    pattern.contains('*') && pattern.chars().all(|one| one == '*' || one == '?')
}

/// Whether a resource is all of them: `*`, or an ARN of which nothing is said but its partition.
fn everywhere(resource: &str) -> bool {
    let Some(arn) = resource.strip_prefix("arn:") else { return stars(resource) };
    let said = arn.split(':').skip(1).collect::<Vec<&str>>();
    said.iter().all(|part| part.is_empty() || stars(part))
}

/// Whether a condition says who calls.
fn names_caller(statement: &Value, exceptions: &Exceptions) -> bool {
    let tests = statement["Condition"].as_object().into_iter().flatten();
    let narrow = tests.filter(|(test, _)| {
        !test.contains("Not") && !test.ends_with("IfExists") && !test.starts_with("Null")
    });
    narrow.filter_map(|(_, keys)| keys.as_object()).flatten().any(|(key, values)| {
        let known = exceptions.callers.iter().any(|caller| caller.eq_ignore_ascii_case(key));
        known && !values.as_array().into_iter().flatten().any(|value| value == "*")
    })
}

#[cfg(test)]
mod checks {
    use serde_json::{Value, json};

    use super::{Exceptions, managed, wide};

    const LIST: &str = r#"
        callers = ["aws:PrincipalAccount"]
        [[exception]]
        rule = "wildcard_resource"
        types = ["aws_kms_key"]
        reason = "the key itself"
        [[without_resource]]
        actions = ["ec2:DescribeInstances"]
        reason = "descriptions"
    "#;

    fn broken(kind: &str, statement: &Value) -> Vec<&'static str> {
        let exceptions = Exceptions::parse(LIST).expect("the list is valid");
        wide((kind, ""), statement, &exceptions).into_iter().map(|(rule, _)| rule).collect()
    }

    #[test]
    fn each_way_to_say_everything_is_found() {
        let role = "aws_iam_role_policy";
        for (action, rule) in [
            ("*", "wildcard_action"),
            ("**", "wildcard_action"),
            ("s3:*", "wildcard_service"),
            ("s3:?*", "wildcard_service"),
        ] {
            let statement = json!({ "Action": [action], "Resource": ["arn:aws:s3:::b"] });
            assert_eq!(broken(role, &statement), [rule], "{action}");
        }
        for resource in ["**", "arn:aws:*:*:*:*", "arn:*"] {
            let statement = json!({ "Action": ["s3:GetObject"], "Resource": [resource] });
            assert_eq!(broken(role, &statement), ["wildcard_resource"], "{resource}");
        }
        let statement =
            json!({ "Action": ["s3:GetObject", "ec2:DescribeInstances"], "Resource": ["*"] });
        assert_eq!(broken(role, &statement), ["wildcard_resource"]);
        let statement = json!({ "NotAction": ["iam:*"], "Resource": ["arn:aws:s3:::b"] });
        assert_eq!(broken(role, &statement), ["negated_statement"]);
        for kind in ["AWS", "Federated", "Service", "*"] {
            let open = json!({ "Action": ["sqs:SendMessage"], "Principal": { kind: ["*"] } });
            assert_eq!(broken("aws_sqs_queue_policy", &open), ["wildcard_principal"], "{kind}");
        }
    }

    #[test]
    fn what_the_list_allows_passes() {
        let statement = json!({ "Action": ["ec2:DescribeInstances"], "Resource": ["*"] });
        assert!(broken("aws_iam_role_policy", &statement).is_empty());
        let statement = json!({ "Action": ["kms:Decrypt"], "Resource": ["*"] });
        assert!(broken("aws_kms_key", &statement).is_empty());
        let mut own = json!({ "Action": ["sqs:SendMessage"], "Principal": { "AWS": ["*"] },
            "Condition": { "StringEquals": { "aws:PrincipalAccount": ["123456789012"] } } });
        assert!(broken("aws_sqs_queue_policy", &own).is_empty());
        // A condition that everybody meets is none.
        own["Condition"] = json!({ "StringLike": { "aws:PrincipalAccount": ["*"] } });
        assert_eq!(broken("aws_sqs_queue_policy", &own), ["wildcard_principal"]);
    }
    #[test]
    fn the_widest_of_aws_own_policies_are_found() {
        let taken = |name: &str| json!({ "policy_arn": format!("arn:aws:iam::aws:policy/{name}") });
        assert_eq!(managed(&taken("AdministratorAccess")).count(), 1);
        assert_eq!(managed(&taken("job-function/SystemAdministrator")).count(), 1);
        assert_eq!(managed(&taken("AmazonS3FullAccess")).count(), 1);
        assert_eq!(managed(&taken("ReadOnlyAccess")).count(), 0);
        let list = json!({ "managed_policy_arns": ["arn:aws:iam::aws:policy/PowerUserAccess"] });
        assert_eq!(managed(&list).count(), 1);
    }

    #[test]
    fn an_exception_holds_where_it_says() {
        let list = r#"
            callers = []
            without_resource = []
            [[exception]]
            rule = "wildcard_action"
            types = ["aws_kms_key"]
            sids = ["Account"]
            addresses = [".this"]
            reason = "the account keeps control"
        "#;
        let exceptions = Exceptions::parse(list).expect("the list is valid");
        let excepts = |place, sid| exceptions.excepts("wildcard_action", place, sid);
        assert!(!excepts(("aws_kms_key", "aws_kms_key.that"), "Account"));
        assert!(!excepts(("aws_kms_key", "aws_kms_key.this"), "Other"));
        assert_eq!(exceptions.unused().len(), 1);
        assert!(excepts(("aws_kms_key", "module.k.aws_kms_key.this"), "Account"));
        assert!(exceptions.unused().is_empty());
        assert!(Exceptions::parse(&list.replace("the account keeps control", " ")).is_err());
    }
}
