//! Secrets Manager: ministack behind a front that counts, kills and refuses.
//!
//! ministack has versions and stages; two things are unlike AWS, and nothing here relies on them:
//! a label AWSPENDING isn't taken from older versions, and RotateSecret calls no function, so the
//! tests make its four calls themselves.

use std::collections::{BTreeMap, BTreeSet};
use std::io::BufReader;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws::{Account, Credentials, Secrets};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use crate::http::{Request, answer};

/// ministack takes a key's id of 12 digits for an account.
pub(crate) const ACCOUNT: &str = "123456789012";

/// What the front does to the calls of the function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Nothing.
    None,
    /// The process is killed when it makes the call of this number, which isn't carried out.
    Before(usize),
    /// The process is killed when the call of this number has been carried out.
    After(usize),
    /// Every connection is refused.
    Refuse,
}

/// What the front knows.
pub(crate) struct State {
    pub(crate) fault: Fault,
    pub(crate) victim: Option<u32>,
    pub(crate) calls: usize,
    pub(crate) struck: bool,
    /// Operations that were called.
    pub(crate) operations: BTreeSet<String>,
    /// Looks at the world at each call.
    pub(crate) watch: Option<Box<dyn FnMut() + Send>>,
}

/// The server and its front.
pub(crate) struct Manager {
    child: Child,
    address: String,
    pub(crate) front: String,
    pub(crate) state: Arc<Mutex<State>>,
}

/// The command, where it is installed.
pub(crate) fn command() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let command = root.join("target/infra/tools/servers/bin/ministack");
    command.is_file().then_some(command)
}

impl Manager {
    pub(crate) fn start(command: &Path, log: &Path) -> Self {
        let port = crate::server::free_port();
        let log = std::fs::File::create(log).expect("a log can be written");
        let child = Command::new(command)
            .env("GATEWAY_PORT", port.to_string())
            .env("BIND_HOST", "127.0.0.1")
            .stdout(log.try_clone().expect("a log can be shared"))
            .stderr(log)
            .stdin(Stdio::null())
            .spawn()
            .expect("ministack starts");
        let address = format!("http://127.0.0.1:{port}");
        let state = State {
            fault: Fault::None,
            victim: None,
            calls: 0,
            struck: false,
            operations: BTreeSet::new(),
            watch: None,
        };
        let state = Arc::new(Mutex::new(state));
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let front = format!("http://{}", listener.local_addr().expect("it is bound"));
        let mut manager = Self { child, address: address.clone(), front, state: state.clone() };
        manager.wait();
        #[expect(clippy::disallowed_methods, reason = "the test's own server")]
        std::thread::spawn(move || serve(&listener, &address, &state));
        manager
    }

    fn wait(&mut self) {
        for _ in 0..6000 {
            if ureq::get(format!("{}/_ministack/health", self.address)).call().is_ok() {
                return;
            }
            let ended = self.child.try_wait().expect("a child can be asked");
            assert!(ended.is_none(), "ministack ended: {ended:?}");
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("ministack isn't ready after two minutes");
    }

    /// Secrets as the application reads them, past the front.
    pub(crate) fn secrets(&self) -> Secrets {
        let variables = |name: &str| match name {
            "AWS_ACCESS_KEY_ID" => Some(ACCOUNT.to_owned()),
            "AWS_SECRET_ACCESS_KEY" => Some("test".to_owned()),
            _ => None,
        };
        let credentials = Credentials::from_variables(variables).expect("all are set");
        let endpoints = BTreeMap::from([("*".to_owned(), self.address.clone())]);
        Secrets::new(Account::open(credentials, "eu-west-1", endpoints).expect("it opens"))
    }

    /// Makes a secret with its first value, as Terraform does; its ARN.
    pub(crate) fn create(&self, name: &str, value: &Value) -> String {
        let body = json!({ "Name": name, "SecretString": value.to_string() }).to_string();
        let made = forward(&self.address, "secretsmanager.CreateSecret", &body);
        let made: Value = serde_json::from_slice(&made.1).expect("an answer is JSON");
        made["ARN"].as_str().expect("a secret has an ARN").to_owned()
    }

    /// Arms a fault and forgets the count.
    pub(crate) fn arm(&self, fault: Fault, victim: Option<u32>) {
        let mut state = self.state.lock().expect("no thread panics with it");
        (state.fault, state.victim, state.calls, state.struck) = (fault, victim, 0, false);
    }

    pub(crate) fn struck(&self) -> bool {
        self.state.lock().expect("no thread panics with it").struck
    }
}

impl Drop for Manager {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn serve(listener: &TcpListener, address: &str, state: &Arc<Mutex<State>>) {
    for stream in listener.incoming().flatten() {
        let (address, state) = (address.to_owned(), state.clone());
        #[expect(clippy::disallowed_methods, reason = "the test's own server")]
        std::thread::spawn(move || converse(stream, &address, &state));
    }
}

fn converse(stream: TcpStream, address: &str, state: &Mutex<State>) {
    let mut stream = BufReader::new(stream);
    while let Some(request) = Request::read(&mut stream) {
        let mut state = state.lock().expect("no thread panics with it");
        let call = state.calls;
        state.calls += 1;
        if let Some(watch) = &mut state.watch {
            watch();
        }
        if state.fault == Fault::Refuse {
            return;
        }
        if state.fault == Fault::Before(call) {
            return strike(&mut state);
        }
        let target = request.header("x-amz-target").to_owned();
        state.operations.insert(target.replace('.', ":"));
        let body = String::from_utf8(request.body).expect("JSON is text");
        let (status, body) = forward(address, &target, &body);
        if state.fault == Fault::After(call) {
            return strike(&mut state);
        }
        answer(&stream, status, &[], &body);
    }
}

fn strike(state: &mut State) {
    state.struck = true;
    if let Some(pid) = state.victim.and_then(|pid| Pid::from_raw(i32::try_from(pid).ok()?)) {
        kill_process(pid, Signal::KILL).expect("the function can be killed");
    }
}

fn forward(address: &str, target: &str, body: &str) -> (u16, Vec<u8>) {
    let config = ureq::Agent::config_builder().http_status_as_error(false).build();
    let agent: ureq::Agent = config.into();
    let scope = format!("AWS4-HMAC-SHA256 Credential={ACCOUNT}/20260101/eu-west-1/secretsmanager/");
    let answer = agent
        .post(address)
        .header("content-type", "application/x-amz-json-1.1")
        .header("x-amz-target", target)
        .header("authorization", format!("{scope}aws4_request, SignedHeaders=host, Signature=0"))
        .send(body);
    let mut answer = answer.expect("ministack answers");
    let status = answer.status().as_u16();
    (status, answer.body_mut().read_to_vec().expect("ministack answers"))
}
