//! What rules read: a stack's resources by type, each with what its configuration writes.
//!
//! Entry points: [`Document::of_state`], [`Document::of_plan`].
//! A resource is `address`, `values`, `written` and `with`: the resources that complete it, such as
//! a bucket's policy. Values that nobody wrote are left out, but for ids: a provider's default is
//! no decision. A value that is written and not known yet reads `(known after apply)`.
//! Policies stand as objects whose lists are always lists.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::configured::Written;

/// Made up by AWS, and what others refer by.
const IDS: [&str; 4] = ["id", "arn", "url", "region"];

/// Actions that stand for all of a service: its policies can't say `*`, or all others need these.
const DOORS: [&str; 2] = ["sns:Publish", "elasticfilesystem:ClientMount"];

/// What completes what: the part, its argument, the whole, and arguments of it that may equal it.
const PARTS: [(&str, &str, &str, &[&str]); 18] = [
    ("aws_s3_bucket_policy", "bucket", "aws_s3_bucket", &["bucket", "id"]),
    ("aws_s3_bucket_public_access_block", "bucket", "aws_s3_bucket", &["bucket", "id"]),
    ("aws_s3_bucket_versioning", "bucket", "aws_s3_bucket", &["bucket", "id"]),
    ("aws_s3_bucket_ownership_controls", "bucket", "aws_s3_bucket", &["bucket", "id"]),
    ("aws_s3_bucket_lifecycle_configuration", "bucket", "aws_s3_bucket", &["bucket", "id"]),
    ("aws_s3_bucket_object_lock_configuration", "bucket", "aws_s3_bucket", &["bucket", "id"]),
    (
        "aws_s3_bucket_server_side_encryption_configuration",
        "bucket",
        "aws_s3_bucket",
        &["bucket", "id"],
    ),
    ("aws_sqs_queue_policy", "queue_url", "aws_sqs_queue", &["id", "url"]),
    ("aws_sns_topic_policy", "arn", "aws_sns_topic", &["arn"]),
    ("aws_kms_key_policy", "key_id", "aws_kms_key", &["id", "arn"]),
    ("aws_efs_file_system_policy", "file_system_id", "aws_efs_file_system", &["id"]),
    ("aws_secretsmanager_secret_policy", "secret_arn", "aws_secretsmanager_secret", &["arn", "id"]),
    ("aws_backup_vault_policy", "backup_vault_name", "aws_backup_vault", &["name"]),
    ("aws_backup_vault_lock_configuration", "backup_vault_name", "aws_backup_vault", &["name"]),
    ("aws_flow_log", "vpc_id", "aws_vpc", &["id"]),
    ("aws_lb", "security_groups", "aws_vpc_security_group_ingress_rule", &["security_group_id"]),
    ("aws_wafv2_web_acl_association", "resource_arn", "aws_lb", &["arn"]),
    ("aws_wafv2_web_acl_logging_configuration", "resource_arn", "aws_wafv2_web_acl", &["arn"]),
];

/// A stack's resources, by type.
#[derive(Clone, Debug, Default)]
pub(super) struct Document {
    /// Stack, or fixture.
    pub(super) name: String,
    /// Resources of each type.
    pub(super) by_type: BTreeMap<String, Vec<Value>>,
}

impl Document {
    /// What is there after an apply; the plan tells what its configuration writes.
    pub(super) fn of_state(name: &str, state: &Value, plan: &Value) -> Self {
        let written = Written::of(plan);
        let mut resources = Vec::new();
        let mut open = vec![state];
        while let Some(module) = open.pop() {
            for resource in module["resources"].as_array().into_iter().flatten() {
                resources.push((resource, resource["values"].clone()));
            }
            open.extend(module["child_modules"].as_array().into_iter().flatten());
        }
        Self::of(name, resources, &written)
    }

    /// What will be there: unknown values that are written read as such.
    pub(super) fn of_plan(name: &str, plan: &Value) -> Self {
        let written = Written::of(plan);
        let mut resources = Vec::new();
        for change in plan["resource_changes"].as_array().into_iter().flatten() {
            let mut after = change["change"]["after"].clone();
            mark_unknown(&mut after, &change["change"]["after_unknown"]);
            resources.push((change, after));
        }
        Self::of(name, resources, &written)
    }

    fn of(name: &str, resources: Vec<(&Value, Value)>, written: &Written) -> Self {
        let mut by_type = BTreeMap::<String, Vec<Value>>::new();
        for (resource, mut values) in resources {
            let address = resource["address"].as_str().unwrap_or_default();
            if resource["mode"] != "managed" || !values.is_object() {
                continue;
            }
            let said = written.expressions(address);
            drop_unwritten(&mut values, said);
            parse_policies(&mut values);
            let kind = resource["type"].as_str().unwrap_or_default().to_owned();
            let said = said.cloned().unwrap_or_else(|| json!({}));
            let resource =
                json!({ "address": address, "values": values, "written": said, "with": {} });
            by_type.entry(kind).or_default().push(resource);
        }
        join(&mut by_type);
        Self { name: name.to_owned(), by_type }
    }

    /// The resources of a type.
    pub(super) fn each(&self, kind: &str) -> impl Iterator<Item = &Value> {
        self.by_type.get(kind).into_iter().flatten()
    }

    /// As rules read it: `stack` says which it is, all else are types.
    pub(super) fn json(&self) -> Value {
        let mut document = json!(self.by_type);
        let environment = self.name.split('/').next();
        document["stack"] = json!({ "name": self.name, "environment": environment });
        document
    }

    /// Address of the resource that a rule's path, such as `/aws_kms_key/1/values`, names.
    pub(super) fn address(&self, path: &str) -> Option<&str> {
        let mut parts = path.split('/').skip(1);
        let resources = self.by_type.get(parts.next()?)?;
        resources.get(parts.next()?.parse::<usize>().ok()?)?["address"].as_str()
    }
}

/// Puts a word in the place of each unknown value.
fn mark_unknown(after: &mut Value, unknown: &Value) {
    match unknown {
        Value::Bool(true) => *after = json!("(known after apply)"),
        Value::Object(unknown) => {
            for (name, unknown) in unknown {
                if let Some(after) = after.as_object_mut() {
                    mark_unknown(after.entry(name.clone()).or_insert(Value::Null), unknown);
                }
            }
        }
        Value::Array(unknown) => {
            for (at, unknown) in unknown.iter().enumerate() {
                if let Some(after) = after.get_mut(at) {
                    mark_unknown(after, unknown);
                }
            }
        }
        _ => {}
    }
}

/// Leaves out nulls, and simple values that the configuration doesn't write.
fn drop_unwritten(values: &mut Value, said: Option<&Value>) {
    let Some(values) = values.as_object_mut() else { return };
    values.retain(|name, value| {
        let simple = value.is_string() || value.is_number() || value.is_boolean();
        let written = said.is_none_or(|said| !said[name].is_null());
        !value.is_null() && (!simple || written || IDS.contains(&name.as_str()))
    });
}

/// Turns texts that hold a policy into objects, wherever they stand.
fn parse_policies(value: &mut Value) {
    match value {
        Value::String(text) if text.trim_start().starts_with('{') => {
            let Ok(parsed) = serde_json::from_str::<Value>(text) else { return };
            if parsed.get("Statement").is_some() {
                *value = normal(parsed);
            }
        }
        Value::String(text) if text.trim_start().starts_with("[{") => {
            if let Ok(parsed) = serde_json::from_str(text) {
                *value = parsed;
            }
        }
        Value::Array(values) => values.iter_mut().for_each(parse_policies),
        Value::Object(values) => values.values_mut().for_each(parse_policies),
        _ => {}
    }
}

/// A policy whose statements, actions, resources, principals and conditions are lists.
fn normal(mut policy: Value) -> Value {
    policy["Statement"] = listed(policy["Statement"].take());
    for statement in policy["Statement"].as_array_mut().into_iter().flatten() {
        let Some(statement) = statement.as_object_mut() else { continue };
        for (name, value) in statement.iter_mut() {
            match name.as_str() {
                "Sid" | "Effect" => {}
                "Principal" | "NotPrincipal" if value.is_string() => {
                    *value = json!({ "AWS": listed(value.take()) });
                }
                "Principal" | "NotPrincipal" => lists(value),
                "Condition" => {
                    value.as_object_mut().into_iter().flatten().for_each(|(_, test)| lists(test));
                }
                _ => *value = listed(value.take()),
            }
        }
    }
    policy["denies_without_tls"] = json!(denies_without_tls(&policy));
    policy
}

/// Whether everybody is denied all of a service without TLS.
fn denies_without_tls(policy: &Value) -> bool {
    let has = |list: &Value, wanted: &dyn Fn(&str) -> bool| {
        list.as_array().into_iter().flatten().filter_map(Value::as_str).any(wanted)
    };
    policy["Statement"].as_array().into_iter().flatten().any(|statement| {
        statement["Effect"] == "Deny"
            && has(&statement["Principal"]["AWS"], &|caller| caller == "*")
            && has(&statement["Action"], &|action| {
                action == "*" || action.ends_with(":*") || DOORS.contains(&action)
            })
            && has(&statement["Condition"]["Bool"]["aws:SecureTransport"], &|said| said == "false")
            // Of a bucket, what is denied is both the bucket and its objects.
            && (!has(&statement["Action"], &|action| action.starts_with("s3:"))
                || has(&statement["Resource"], &|place| place == "*")
                || (has(&statement["Resource"], &|place| place.ends_with("/*"))
                    && has(&statement["Resource"], &|place| !place.ends_with("/*"))))
    })
}

fn lists(value: &mut Value) {
    for (_, value) in value.as_object_mut().into_iter().flatten() {
        *value = listed(value.take());
    }
}

fn listed(value: Value) -> Value {
    if value.is_array() { value } else { json!([value]) }
}

/// Puts each part under `with` of what it completes.
fn join(by_type: &mut BTreeMap<String, Vec<Value>>) {
    for (part, argument, whole, equals) in PARTS {
        let parts = by_type.get(part).cloned().unwrap_or_default();
        for whole in by_type.get_mut(whole).into_iter().flatten() {
            let names: Vec<&Value> = equals.iter().map(|name| &whole["values"][name]).collect();
            let mine: Vec<Value> = parts
                .iter()
                .filter(|part| {
                    let name = &part["values"][argument];
                    let several = name.as_array().into_iter().flatten();
                    several.chain([name]).any(|name| !name.is_null() && names.contains(&name))
                })
                .map(|part| part["values"].clone())
                .collect();
            if let (false, Some(with)) = (mine.is_empty(), whole["with"].as_object_mut()) {
                _ = with.insert(part.to_owned(), Value::Array(mine));
            }
        }
    }
}

#[cfg(test)]
mod checks {
    use serde_json::json;

    use super::Document;

    fn plan(expressions: &serde_json::Value) -> serde_json::Value {
        let resource = json!({ "address": "aws_sqs_queue.q", "expressions": expressions });
        let policy = json!({ "address": "aws_sqs_queue_policy.p", "expressions": {
            "queue_url": { "references": ["aws_sqs_queue.q.id"] }, "policy": {},
        }});
        json!({ "configuration": { "root_module": { "resources": [resource, policy] } } })
    }

    #[test]
    fn a_queue_carries_its_policy_and_loses_what_nobody_wrote() {
        let policy = r#"{"Statement":{"Effect":"Deny","Action":"sqs:*","Principal":"*",
            "Condition":{"Bool":{"aws:SecureTransport":"false"}}}}"#;
        let values = json!({ "id": "url", "name": "q", "kms_master_key_id": "made-up" });
        let state = json!({ "resources": [
            { "address": "aws_sqs_queue.q", "type": "aws_sqs_queue", "mode": "managed",
              "values": values },
            { "address": "aws_sqs_queue_policy.p", "type": "aws_sqs_queue_policy",
              "mode": "managed", "values": { "queue_url": "url", "policy": policy } },
        ]});
        let plan = plan(&json!({ "name": { "constant_value": "q" } }));
        let document = Document::of_state("stack", &state, &plan);
        let queue = document.each("aws_sqs_queue").next().expect("it is there");
        assert_eq!(queue["values"], json!({ "id": "url", "name": "q" }));
        let statement = &queue["with"]["aws_sqs_queue_policy"][0]["policy"]["Statement"][0];
        assert_eq!(statement["Principal"], json!({ "AWS": ["*"] }));
        assert_eq!(statement["Condition"]["Bool"]["aws:SecureTransport"], json!(["false"]));
        let policy = &queue["with"]["aws_sqs_queue_policy"][0]["policy"];
        assert_eq!(policy["denies_without_tls"], true);
    }

    #[test]
    fn a_bucket_is_denied_with_its_objects() {
        let policy = |places: serde_json::Value| {
            let text = json!({ "Statement": [{
                "Effect": "Deny", "Action": "s3:*", "Principal": "*", "Resource": places,
                "Condition": { "Bool": { "aws:SecureTransport": "false" } },
            }]});
            let mut value = json!(text.to_string());
            super::parse_policies(&mut value);
            value["denies_without_tls"] == true
        };
        assert!(policy(json!(["arn:aws:s3:::b", "arn:aws:s3:::b/*"])));
        assert!(!policy(json!("arn:aws:s3:::b")));
        assert!(!policy(json!("arn:aws:s3:::b/*")));
    }

    #[test]
    fn what_is_written_and_unknown_says_so_and_the_rest_is_gone() {
        let mut plan =
            plan(&json!({ "kms_master_key_id": { "references": ["aws_kms_key.k.id"] } }));
        plan["resource_changes"] = json!([{
            "address": "aws_sqs_queue.q", "type": "aws_sqs_queue", "mode": "managed",
            "change": { "after": {}, "after_unknown": { "kms_master_key_id": true, "tags": true } },
        }]);
        let document = Document::of_plan("stack", &plan);
        let queue = document.each("aws_sqs_queue").next().expect("it is there");
        assert_eq!(queue["values"], json!({ "kms_master_key_id": "(known after apply)" }));
    }
}
