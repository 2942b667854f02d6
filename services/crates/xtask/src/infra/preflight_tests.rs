//! Canned answers of Service Quotas over real HTTP, and a plan that needs more.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::path::PathBuf;

use aws::{Account, Credentials, Quotas};
use serde_json::{Value, json};

use super::plans::resources;
use super::{compare, cpus};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../..")
}

/// Answers every question about a quota with its value in `values`, else with a million.
fn service(values: &'static [(&'static str, f64)]) -> Quotas {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = format!("http://{}", listener.local_addr().expect("it is bound"));
    #[expect(clippy::disallowed_methods, reason = "the test's own server")]
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut stream = BufReader::new(stream);
            while let Some((target, request)) = read(&mut stream) {
                let answer = answer(values, &target, &request).to_string();
                let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", answer.len());
                let _ = stream.get_ref().write_all((head + &answer).as_bytes());
            }
        }
    });
    let variables = |_: &str| Some("test".to_owned());
    let credentials = Credentials::from_variables(variables).expect("all are set");
    let endpoints = BTreeMap::from([("*".to_owned(), address)]);
    Quotas::new(Account::open(credentials, "eu-west-1", endpoints).expect("it opens"))
}

fn read(stream: &mut BufReader<std::net::TcpStream>) -> Option<(String, Value)> {
    let (mut target, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let line = line.trim_end().to_lowercase();
        if let Some(value) = line.strip_prefix("x-amz-target:") {
            target = value.trim().to_owned();
        }
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        if line.is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    Some((target, serde_json::from_slice(&body).ok()?))
}

fn answer(values: &[(&str, f64)], target: &str, request: &Value) -> Value {
    let value = |code: &str| {
        let given = values.iter().find(|(other, _)| *other == code);
        given.map_or(1_000_000.0, |(_, value)| *value)
    };
    let quota = |code: &str, name: &str| {
        json!({
            "QuotaCode": code, "QuotaName": name, "Value": value(code), "Adjustable": true,
        })
    };
    if target.contains("listservicequotas") {
        return match request["NextToken"].as_str() {
            None => json!({ "Quotas": [quota("L-1", "Streams")], "NextToken": "more" }),
            Some(_) => json!({ "Quotas": [quota("L-SHARDS", "Shards per Region")] }),
        };
    }
    let code = request["QuotaCode"].as_str().unwrap_or_default();
    json!({ "Quota": quota(code, &format!("quota {code}")) })
}

/// A plan that needs something of each row in the table.
fn plan() -> Value {
    let resource =
        |kind: &str, values: Value| json!({ "mode": "managed", "type": kind, "values": values });
    let mut resources: Vec<Value> = [
        "aws_vpc",
        "aws_eip",
        "aws_security_group",
        "aws_dynamodb_table",
        "aws_lb",
        "aws_lb_target_group",
        "aws_eks_cluster",
        "aws_db_instance",
        "aws_s3_bucket",
    ]
    .iter()
    .map(|kind| resource(kind, json!({})))
    .collect();
    resources.push(resource("aws_vpc_endpoint", json!({ "vpc_endpoint_type": "Interface" })));
    resources.push(resource("aws_vpc_endpoint", json!({ "vpc_endpoint_type": "Gateway" })));
    resources.push(resource("aws_kinesis_stream", json!({ "shard_count": 10 })));
    resources.push(resource("aws_kinesis_stream", json!({ "shard_count": 20 })));
    let function = json!({ "reserved_concurrent_executions": 5 });
    resources.push(resource("aws_lambda_function", function));
    let group = json!({ "instance_types": ["m7g.large"], "scaling_config": [{ "max_size": 10 }] });
    resources.push(resource("aws_eks_node_group", group));
    let hot = json!({ "instance_types": null, "scaling_config": [{ "max_size": 2 }] });
    resources.push(resource("aws_eks_node_group", hot));
    let reservation = json!({ "instance_type": "c7i.8xlarge", "instance_count": 2 });
    resources.push(resource("aws_ec2_capacity_reservation", reservation));
    let modules = json!([{ "resources": resources }]);
    json!({ "planned_values": { "root_module": { "child_modules": modules } } })
}

#[test]
fn quotas_that_are_large_enough_are_not_named() {
    let exact = &[
        ("L-F678F1CE", 1.0),
        ("L-29B6F2EB", 1.0),
        ("L-1216C47A", 84.0),
        ("L-SHARDS", 30.0),
        ("L-B99A9384", 105.0),
    ];
    let (compared, short) =
        compare(&root(), &resources(&plan()), &service(exact)).expect("it compares");
    assert_eq!(compared, 13);
    assert_eq!(short, Vec::new());
}

#[test]
fn every_quota_that_is_too_small_is_named_with_the_request_that_raises_it() {
    let text = std::fs::read_to_string(root().join(super::TABLE)).expect("the table is there");
    let table: toml::Table = text.parse().expect("it is TOML");
    let rows = table["quota"].as_array().expect("it has rows").len();
    // Less than anything that the plan needs, for each code that a row names.
    let nothing: &'static [(&'static str, f64)] = Box::leak(
        text.split('"')
            .filter(|part| part.starts_with("L-"))
            .map(|code| (&*code.to_owned().leak(), 0.0))
            .chain([("L-SHARDS", 0.0)])
            .collect(),
    );
    let (_, short) = compare(&root(), &resources(&plan()), &service(nothing)).expect("it compares");
    assert_eq!(short.len(), rows, "{short:?}");
    let shards = short.iter().find(|short| short.quota == "Shards per Region").expect("named");
    let request = "aws service-quotas request-service-quota-increase --service-code kinesis \
                   --quota-code L-SHARDS --desired-value 30 --region eu-west-1";
    assert!(shards.what.ends_with(request), "{}", shards.what);
    let cpus = short.iter().find(|short| short.quota.ends_with("L-1216C47A")).expect("named");
    assert!(cpus.what.contains("--desired-value 84 "), "{}", cpus.what);
}

#[test]
fn an_empty_plan_needs_nothing() {
    let (compared, short) = compare(&root(), &[], &service(&[])).expect("it compares");
    assert!(compared == 0 && short.is_empty(), "{short:?}");
}

#[test]
fn instances_are_counted_by_the_size_in_their_names() {
    for (kind, number) in [
        ("m7g.large", 2),
        ("m7g.xlarge", 4),
        ("c7i.8xlarge", 32),
        ("c7i.metal-24xl", 96),
        ("g5.xlarge", 0),
        ("t4g.medium", 2),
    ] {
        assert_eq!(cpus(&json!(kind)), number, "{kind}");
    }
}
