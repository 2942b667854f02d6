//! Queues and tables on ministack, and a front before them that kills and refuses.
//!
//! ministack keeps groups, deduplication ids and redrive policies as AWS does; its attempt ids of
//! receives do nothing, which nothing here relies on.

use std::collections::BTreeSet;
use std::io::{BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use domain::OrdStatus;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use wire::venue::{VenueOrder, queue};

use crate::http::{Request, answer};
use crate::letters::view;

/// Name of the queue, and of what stands behind it.
pub(crate) const QUEUE: &str = "orderflow-test-venue-XLON.fifo";
pub(crate) const DEAD_LETTERS: &str = "orderflow-test-venue-XLON-dlq.fifo";

/// What the front does.
#[derive(Clone, Debug, Default)]
pub(crate) struct State {
    /// After the call of this number the process gets this signal; of a kill it hears no answer.
    pub(crate) strike: Option<(usize, Signal)>,
    /// Messages of this group are refused.
    pub(crate) refused: Option<String>,
    victim: Option<Pid>,
    calls: usize,
    pub(crate) struck: bool,
    /// Operations that were called, as IAM names them.
    pub(crate) operations: BTreeSet<String>,
    /// Receipts of all that was received.
    receipts: Vec<String>,
}

/// ministack and its front.
pub(crate) struct Server {
    child: Child,
    address: String,
    front: String,
    state: Arc<Mutex<State>>,
}

/// An account of its own on the server.
pub(crate) struct Desk<'a> {
    server: &'a Server,
    number: String,
}

/// What a command left behind.
pub(crate) struct Done {
    pub(crate) code: Option<i32>,
    pub(crate) rows: Vec<Value>,
    pub(crate) err: String,
}

// === impl Server ===

impl Server {
    /// A new one, or nothing and a line in the list of what wasn't run.
    pub(crate) fn start(test: &str) -> Option<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let command = root.join("target/infra/tools/servers/bin/ministack");
        if !command.is_file() {
            not_run(test);
            return None;
        }
        let port = TcpListener::bind("127.0.0.1:0").and_then(|bound| bound.local_addr());
        let port = port.expect("a free port").port();
        let mut start = Command::new(command);
        start.env("GATEWAY_PORT", port.to_string()).env("BIND_HOST", "127.0.0.1");
        start.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let child = start.spawn().expect("ministack starts");
        let address = format!("http://127.0.0.1:{port}");
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let front = format!("http://{}", listener.local_addr().expect("it is bound"));
        let state = Arc::<Mutex<State>>::default();
        let server = Self { child, address: address.clone(), front, state: state.clone() };
        server.wait();
        #[expect(clippy::disallowed_methods, reason = "the test's own server")]
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (address, state) = (address.clone(), state.clone());
                std::thread::spawn(move || converse(stream, &address, &state));
            }
        });
        Some(server)
    }

    fn wait(&self) {
        for _ in 0..6000 {
            if ureq::get(format!("{}/_ministack/health", self.address)).call().is_ok() {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("ministack isn't ready after two minutes");
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no thread panics with it")
    }

    /// The account of this number with queues as `infra/modules/messaging` makes them, but that
    /// one failure is enough, and tables as `proto/tables.toml` says.
    pub(crate) fn desk(&self, number: usize) -> Desk<'_> {
        let desk = Desk { server: self, number: format!("{number:012}") };
        let arn = format!("arn:aws:sqs:eu-west-1:{}:{DEAD_LETTERS}", desk.number);
        let redrive = json!({ "deadLetterTargetArn": arn, "maxReceiveCount": 1 }).to_string();
        for (name, redrive) in [(DEAD_LETTERS, None), (QUEUE, Some(redrive))] {
            let mut attributes = json!({
                "FifoQueue": "true",
                "ContentBasedDeduplication": "false",
                "DeduplicationScope": "messageGroup",
                "FifoThroughputLimit": "perMessageGroupId",
                "VisibilityTimeout": "30",
                "ReceiveMessageWaitTimeSeconds": "20",
            });
            if let Some(redrive) = redrive {
                attributes["RedrivePolicy"] = json!(redrive);
            }
            let request = json!({ "QueueName": name, "Attributes": attributes });
            desk.call("AmazonSQS.CreateQueue", &request);
        }
        for (name, keys) in [("orders", &["o"][..]), ("control", &["p", "s"])] {
            let kinds = ["HASH", "RANGE"];
            let schema = keys.iter().zip(kinds);
            let schema: Vec<_> = schema
                .map(|(key, kind)| json!({ "AttributeName": key, "KeyType": kind }))
                .collect();
            let keys = keys.iter();
            let keys: Vec<_> =
                keys.map(|key| json!({ "AttributeName": key, "AttributeType": "S" })).collect();
            let request = json!({
                "TableName": format!("orderflow-test-{name}"),
                "KeySchema": schema,
                "AttributeDefinitions": keys,
                "BillingMode": "PAY_PER_REQUEST",
            });
            desk.call("DynamoDB_20120810.CreateTable", &request);
        }
        desk
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

// === impl Desk ===

impl Desk<'_> {
    pub(crate) fn call(&self, target: &str, request: &Value) -> Value {
        let service = if target.starts_with("AmazonSQS") { "sqs" } else { "dynamodb" };
        let scope = format!("{}/20260101/eu-west-1/{service}/aws4_request", self.number);
        let signed =
            format!("AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0");
        let headers = [("x-amz-target", target), ("authorization", &signed)];
        let (status, body) = forward(&self.server.address, &headers, &request.to_string());
        let answer: Value = serde_json::from_slice(&body).expect("an answer is JSON");
        assert_eq!(status, 200, "{target}: {answer}");
        answer
    }

    fn on(&self, name: &str, target: &str, request: &Value) -> Value {
        let url = format!("{}/{}/{name}", self.server.address, self.number);
        let mut request = request.clone();
        request["QueueUrl"] = json!(url);
        self.call(&format!("AmazonSQS.{target}"), &request)
    }

    /// Puts an order's row into the view.
    pub(crate) fn order(&self, output: &VenueOrder, ord_status: OrdStatus) {
        let mut row = view(ord_status);
        row.order = output.order;
        let item = json!({
            "o": { "S": output.order.to_string() },
            "rev": { "N": "1" },
            "b": { "B": base64(&row.encode()) },
        });
        let request = json!({ "TableName": "orderflow-test-orders", "Item": item });
        self.call("DynamoDB_20120810.PutItem", &request);
    }

    pub(crate) fn halt(&self, account: &str) {
        let item = json!({
            "p": { "S": "kill" }, "s": { "S": format!("{:020}", 1) }, "n": { "N": "1" },
            "sc": { "S": "account" }, "t": { "S": account }, "st": { "S": "halted" },
        });
        let request = json!({ "TableName": "orderflow-test-control", "Item": item });
        self.call("DynamoDB_20120810.PutItem", &request);
    }

    /// Sends an output as the relay does, with another body where one is given.
    pub(crate) fn send(&self, output: &VenueOrder, body: Option<&str>) {
        let sent = queue::message(output, 0, None);
        let text = |value: &str| json!({ "DataType": "String", "StringValue": value });
        let attributes = sent.attributes.iter();
        let attributes: serde_json::Map<_, _> =
            attributes.map(|(name, value)| ((*name).to_owned(), text(value))).collect();
        let request = json!({
            "MessageBody": body.unwrap_or(&sent.body),
            "MessageGroupId": sent.group,
            "MessageDeduplicationId": sent.deduplication,
            "MessageAttributes": attributes,
        });
        self.on(QUEUE, "SendMessage", &request);
    }

    /// A receiver that fails at everything: the redrive policy moves it to the dead letters.
    pub(crate) fn fail(&self) {
        let fails = json!({
            "MaxNumberOfMessages": 10, "VisibilityTimeout": 0, "WaitTimeSeconds": 0,
        });
        while self.on(QUEUE, "ReceiveMessage", &fails)["Messages"].is_array() {}
    }

    /// Takes out all that is to be seen in a queue, in its order.
    pub(crate) fn drain(&self, name: &str) -> Vec<Value> {
        let takes = json!({
            "MaxNumberOfMessages": 10, "VisibilityTimeout": 600, "WaitTimeSeconds": 0,
            "MessageAttributeNames": ["All"],
            "MessageSystemAttributeNames": ["MessageGroupId", "MessageDeduplicationId"],
        });
        let mut all = Vec::new();
        loop {
            let answer = self.on(name, "ReceiveMessage", &takes);
            let Some(messages) = answer["Messages"].as_array() else { return all };
            for message in messages {
                let receipt = json!({ "ReceiptHandle": message["ReceiptHandle"] });
                self.on(name, "DeleteMessage", &receipt);
                all.push(message.clone());
            }
        }
    }

    /// Messages that are to be seen, and those that are hidden.
    pub(crate) fn count(&self, name: &str) -> [String; 2] {
        let names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"];
        let answer = self.on(name, "GetQueueAttributes", &json!({ "AttributeNames": names }));
        names.map(|name| answer["Attributes"][name].as_str().unwrap_or_default().to_owned())
    }

    /// The time of what a killed process had in hand is over.
    pub(crate) fn let_time_pass(&self) {
        let receipts = std::mem::take(&mut self.server.state().receipts);
        for (at, receipt) in receipts.iter().enumerate() {
            let entry =
                json!({ "Id": at.to_string(), "ReceiptHandle": receipt, "VisibilityTimeout": 0 });
            let request = json!({ "Entries": [entry] });
            self.on(DEAD_LETTERS, "ChangeMessageVisibilityBatch", &request);
        }
    }

    /// Runs the command through the front, as it was armed by `arm`.
    pub(crate) fn redrive(&self, more: &[&str], arm: impl FnOnce(&mut State)) -> Done {
        let mut command = Command::new(env!("CARGO_BIN_EXE_orderflow"));
        command.args(["redrive", "--environment", "test", "--region", "eu-west-1", "--json"]);
        command.args(["--endpoint-url", &self.server.front]).args(more);
        command.env("AWS_ACCESS_KEY_ID", &self.number).env("AWS_SECRET_ACCESS_KEY", "test");
        command.env_remove("AWS_SESSION_TOKEN");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut state = self.server.state();
        let State { receipts, operations, .. } = std::mem::take(&mut *state);
        *state = State { receipts, operations, ..State::default() };
        arm(&mut state);
        let child = command.spawn().expect("orderflow starts");
        state.victim = Some(Pid::from_child(&child));
        drop(state);
        Done::from(child.wait_with_output().expect("it ends"))
    }
}

impl From<Output> for Done {
    fn from(output: Output) -> Self {
        let out = String::from_utf8(output.stdout).expect("rows are text");
        let rows = out.lines().map(|line| serde_json::from_str(line).expect("a row is JSON"));
        let err = String::from_utf8(output.stderr).expect("it is text");
        Self { code: output.status.code(), rows: rows.collect(), err }
    }
}

fn converse(stream: TcpStream, address: &str, state: &Mutex<State>) {
    let mut stream = BufReader::new(stream);
    while let Some(request) = Request::read(&mut stream) {
        let mut state = state.lock().expect("no thread panics with it");
        let call = state.calls;
        state.calls += 1;
        let headers = ["x-amz-target", "authorization"].map(|name| (name, request.header(name)));
        state.operations.extend(action(request.header("x-amz-target")));
        let mut body: Value = serde_json::from_slice(&request.body).expect("a request is JSON");
        let refused = refuse(&mut body, state.refused.as_deref());
        let (status, said) = match body["Entries"].as_array() {
            // SQS takes no empty batch, and has said no to all of this one.
            Some(entries) if entries.is_empty() => (200, b"{}".to_vec()),
            _ => forward(address, &headers, &body.to_string()),
        };
        let mut said: Value = serde_json::from_slice(&said).unwrap_or_default();
        if !refused.is_empty() {
            said["Failed"] = json!(refused);
        }
        let received = said["Messages"].as_array().into_iter().flatten();
        let receipts = received.filter_map(|message| message["ReceiptHandle"].as_str());
        state.receipts.extend(receipts.map(str::to_owned));
        if let Some((at, signal)) = state.strike
            && at == call
        {
            state.struck = true;
            kill_process(state.victim.expect("it runs"), signal).expect("it can be signalled");
            if signal == Signal::KILL {
                return;
            }
        }
        answer(&stream, status, &[], said.to_string().as_bytes());
    }
}

/// The action of IAM: a batch is permitted as its operation is.
fn action(target: &str) -> Option<String> {
    let (service, operation) = target.split_once('.')?;
    let service = if service == "AmazonSQS" { "sqs" } else { "dynamodb" };
    let operation = operation.strip_suffix("Batch").unwrap_or(operation);
    Some(format!("{service}:{operation}"))
}

/// Takes messages of a group out of a batch that is sent; what SQS would say of them.
fn refuse(body: &mut Value, group: Option<&str>) -> Vec<Value> {
    let Some(entries) = body["Entries"].as_array_mut() else { return Vec::new() };
    let is_refused = |entry: &Value| group.is_some() && entry["MessageGroupId"].as_str() == group;
    let refused = entries.iter().filter(|entry| is_refused(entry));
    let said = |entry: &Value| json!({ "Id": entry["Id"], "Code": "InternalError" });
    let said = refused.map(said).collect();
    entries.retain(|entry| !is_refused(entry));
    said
}

fn forward(address: &str, headers: &[(&str, &str)], body: &str) -> (u16, Vec<u8>) {
    let config = ureq::Agent::config_builder().http_status_as_error(false).build();
    let agent: ureq::Agent = config.into();
    let mut request = agent.post(address).header("content-type", "application/x-amz-json-1.0");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut said = request.send(body).expect("ministack answers");
    let status = said.status().as_u16();
    (status, said.body_mut().read_to_vec().expect("ministack answers"))
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let word = chunk.iter().fold(0_u32, |word, byte| word << 8 | u32::from(*byte));
        let word = word << (8 * (3 - chunk.len()));
        for at in 0..4 {
            let digit = DIGITS[(word >> (18 - 6 * at) & 63) as usize] as char;
            text.push(if at <= chunk.len() { digit } else { '=' });
        }
    }
    text
}

fn not_run(test: &str) {
    let list: PathBuf = Path::new(env!("CARGO_TARGET_TMPDIR")).join("not-run.txt");
    let venv = "python3 -m venv target/infra/tools/servers";
    let pip = "target/infra/tools/servers/bin/pip install -r .config/servers.txt";
    let line = format!("tool orderflow::{test}: ministack: {venv} && {pip}\n");
    print!("NOT RUN {line}");
    let list = std::fs::OpenOptions::new().create(true).append(true).open(list);
    list.expect("a list").write_all(line.as_bytes()).expect("the list can be written");
}
