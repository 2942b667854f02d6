//! A page's state against an account that ministack holds, filled through Cloud Control itself.
//!
//! The states are what `cargo xtask infra policy` applied, reduced to what is read back:
//! `cargo xtask infra states` writes them anew.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use aws::{Account, Credentials};
use serde_json::{Map, Value, json};

use super::{Check, Report, STATES, STATES_FOLDER, at, compare, reduced, resources, table};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../..")
}

fn state(name: &str) -> Value {
    let path = root().join(STATES_FOLDER).join(name);
    let text = std::fs::read_to_string(path).expect("the state is there");
    serde_json::from_str(&text).expect("it is JSON")
}

/// ministack in a process of its own.
struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(test: &str) -> Option<Self> {
        let command = root().join("target/infra/tools/servers/bin/ministack");
        if !command.is_file() {
            not_run(test);
            return None;
        }
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("it is bound").port();
        drop(listener);
        let mut start = Command::new(command);
        start.env("GATEWAY_PORT", port.to_string()).env("BIND_HOST", "127.0.0.1");
        let child = start.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let address = format!("http://127.0.0.1:{port}");
        let server = Self { child: child.expect("ministack starts"), address };
        for _ in 0..6000 {
            if ureq::get(format!("{}/_ministack/health", server.address)).call().is_ok() {
                return Some(server);
            }
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        panic!("ministack isn't ready after two minutes");
    }

    /// An account of its own for each number.
    fn account(&self, number: &str) -> Account {
        let variables = |name: &str| match name {
            "AWS_SESSION_TOKEN" => None,
            _ => Some(number.to_owned()),
        };
        let credentials = Credentials::from_variables(variables).expect("all are set");
        let endpoints = BTreeMap::from([("*".to_owned(), self.address.clone())]);
        Account::open(credentials, "eu-west-1", endpoints).expect("it opens")
    }

    fn create(&self, account: &str, region: &str, kind: &str, properties: &Value) {
        let scope = format!("{account}/20260101/{region}/cloudcontrolapi/aws4_request");
        let body = json!({ "TypeName": kind, "DesiredState": properties.to_string() }).to_string();
        let created = ureq::post(&self.address)
            .header("content-type", "application/x-amz-json-1.0")
            .header("x-amz-target", "CloudApiService.CreateResource")
            .header(
                "authorization",
                format!("AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"),
            )
            .send(body);
        created.expect("ministack takes it");
    }

    /// Makes what a state says, but for what `change` does to it.
    fn fill(&self, account: &str, state: &Value, change: impl Fn(&str, &mut Value) -> bool) {
        let table = table(&root()).expect("the table can be read");
        let mut made: BTreeMap<(String, String, String), Value> = BTreeMap::new();
        for resource in resources(state) {
            let mut resource = resource.clone();
            let address = resource["address"].as_str().expect("it has one").to_owned();
            let check = &table[resource["type"].as_str().expect("it has one")];
            let region = resource["values"]["region"].as_str().unwrap_or("eu-west-1").to_owned();
            if !change(&address, &mut resource["values"]) {
                continue;
            }
            let identifier = resource["values"][&check.identifier].as_str().expect("it has one");
            let key = (region, check.kind.clone(), identifier.to_owned());
            let properties = made.entry(key).or_insert_with(|| json!({ "Id": identifier }));
            describe(properties, check, &resource["values"]);
        }
        for ((region, kind, _), properties) in &made {
            self.create(account, region, kind, properties);
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Puts the arguments of a state where AWS shows them.
fn describe(properties: &mut Value, check: &Check, values: &Value) {
    for (argument, property) in &check.arguments {
        let value = at(values, argument);
        if value.is_null() {
            continue;
        }
        let mut place = &mut *properties;
        for part in property.split('.') {
            if part.parse::<usize>().is_ok() {
                if !place.is_array() {
                    *place = json!([{}]);
                }
                place = &mut place[0];
            } else {
                if !place.is_object() {
                    *place = Value::Object(Map::new());
                }
                place = &mut place[part];
            }
        }
        *place = value.clone();
    }
}

fn not_run(test: &str) {
    let list = root().join("target/tmp/not-run.txt");
    let needs = "ministack: cargo xtask ci servers";
    let line = format!("tool xtask::{test}: {needs}\n");
    print!("NOT RUN {line}");
    std::fs::create_dir_all(root().join("target/tmp")).expect("a folder can be made");
    let list = std::fs::OpenOptions::new().create(true).append(true).open(list);
    list.expect("a list").write_all(line.as_bytes()).expect("the list can be written");
}

fn told(report: &Report) -> Vec<(&str, Option<&str>)> {
    let mut found: Vec<_> = report
        .differences
        .iter()
        .map(|difference| (difference.address.as_str(), difference.argument.as_deref()))
        .collect();
    found.sort_unstable();
    found
}

#[test]
fn an_account_that_is_as_the_state_says_has_no_difference() {
    let Some(server) = Server::start("verify_finds_nothing") else { return };
    for (number, (_, name)) in STATES.iter().enumerate() {
        let account = format!("11111111111{number}");
        let state = state(name);
        server.fill(&account, &state, |_, _| true);
        let report = compare(&root(), &state, &server.account(&account)).expect("it compares");
        assert_eq!(told(&report), Vec::new(), "{name}");
        assert_eq!(report.read, resources(&state).len(), "{name}");
        assert!(report.compared > report.read, "{name}: {}", report.compared);
    }
}

#[test]
fn each_planted_difference_is_found_by_address_and_argument() {
    let Some(server) = Server::start("verify_finds_each") else { return };
    let mut state = state(STATES[0].1);
    let pair = self::state(STATES[1].1);
    let both = json!([state["values"]["root_module"], pair["values"]["root_module"]]);
    state["values"]["root_module"] = json!({ "child_modules": both });
    // Of each kind the first: what to change there, and what must be told.
    let planted = [
        ("aws_dynamodb_table", "deletion_protection_enabled", Some(json!(false))),
        ("aws_s3_bucket_public_access_block", "block_public_policy", Some(json!(false))),
        ("aws_db_instance", "publicly_accessible", Some(json!(true))),
        ("aws_sqs_queue", "kms_master_key_id", Some(json!("alias/aws/sqs"))),
        ("aws_kinesis_stream", "", None),
    ];
    let mut expected = Vec::new();
    for (kind, argument, value) in &planted {
        let first = resources(&state).into_iter().find(|resource| resource["type"] == *kind);
        let address = first.expect("there is one")["address"].as_str().expect("text").to_owned();
        expected.push((address, value.as_ref().map(|_| *argument)));
    }
    server.fill("222222222222", &state, |address, values| {
        let place = expected.iter().position(|(other, _)| other == address);
        let Some((_, argument, value)) = place.map(|place| &planted[place]) else { return true };
        let Some(value) = value else { return false };
        values[*argument] = value.clone();
        true
    });
    let report = compare(&root(), &state, &server.account("222222222222")).expect("it compares");
    let mut expected: Vec<_> =
        expected.iter().map(|(address, argument)| (address.as_str(), *argument)).collect();
    expected.sort_unstable();
    assert_eq!(told(&report), expected);
}

#[test]
fn a_state_without_resources_is_no_proof() {
    let Some(server) = Server::start("verify_of_nothing") else { return };
    let empty = json!({ "values": { "root_module": {} } });
    assert!(compare(&root(), &empty, &server.account("333333333333")).is_err());
}

#[test]
fn a_state_of_a_test_holds_what_is_read_back_and_nothing_else() {
    let table = table(&root()).expect("the table can be read");
    let values = json!({
        "name": "orderflow-prod-journal", "region": "eu-west-1", "billing_mode": "PROVISIONED",
        "point_in_time_recovery": [{ "enabled": true }], "hash_key": "p",
    });
    let resource = |kind: &str| json!({ "address": "a", "type": kind, "values": values });
    let table_of_orders = reduced(&table, &resource("aws_dynamodb_table")).expect("it is read");
    assert_eq!(table_of_orders["values"]["point_in_time_recovery"][0]["enabled"], true);
    assert_eq!(table_of_orders["values"]["region"], "eu-west-1");
    assert!(table_of_orders["values"]["hash_key"].is_null());
    assert!(reduced(&table, &resource("aws_route")).is_none());
    for (_, file) in STATES {
        let committed = state(file);
        for resource in resources(&committed) {
            assert_eq!(reduced(&table, resource).as_ref(), Some(resource), "{file}");
        }
    }
}
