//! The real binary for tests: commands that end, and an instance that runs until it is stopped.

#![allow(dead_code, reason = "each file of tests uses its part")]
#![expect(clippy::unwrap_used, reason = "a test that can't start its process fails here")]
#![expect(clippy::zombie_processes, reason = "a running instance is killed and waited for on drop")]

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

/// Small segments and books, so that a folder is made quickly.
const SETTINGS: &str = "shards = 2\nsegment_bytes = \"1MiB\"\nreserve_bytes = \"1MiB\"\n\
    sample_rate = 0\n[line]\naccounts_max = 1024\norders_max = 8192\nreports_max = 16384\n\
    identities_max = 32768\nsnapshot_entries = 50\ncursor = \"10ms\"\n";

/// A data folder of one test, removed with it.
pub(crate) struct Place {
    pub data: PathBuf,
    settings: PathBuf,
}

/// An instance that runs.
pub(crate) struct Running {
    child: Child,
    pub address: String,
    /// What it says on standard error.
    lines: Receiver<String>,
}

/// What a command left behind.
pub(crate) struct Done {
    pub status: ExitStatus,
    pub out: String,
    pub err: String,
}

// === impl Place ===

impl Place {
    /// An empty place for the test of this name.
    pub(crate) fn new(name: &str) -> Self {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("orderflow-{name}"));
        let _ = std::fs::remove_dir_all(&root);
        std::fs::create_dir_all(&root).unwrap();
        let settings = root.join("settings.toml");
        std::fs::write(&settings, SETTINGS).unwrap();
        Self { data: root.join("data"), settings }
    }

    /// A file beside the data folder.
    pub(crate) fn file(&self, name: &str, content: &[u8]) -> PathBuf {
        let path = self.settings.with_file_name(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    /// Adds to the settings of the line.
    pub(crate) fn set_line(&self, more: &str) {
        std::fs::write(&self.settings, format!("{SETTINGS}{more}")).unwrap();
    }

    /// Each order that was acknowledged is there once, and the journal decides alike again.
    pub(crate) fn is_whole(&self, acknowledged: &[String]) {
        let listed = self.rows(&["order", "list"]);
        for id in acknowledged {
            let found = listed.iter().filter(|row| row["cl_ord_id"] == id.as_str()).count();
            assert_eq!(found, 1, "{id} was acknowledged, and is decided once");
        }
        assert_eq!(self.json(&["journal", "verify", "--redecide"])["holds"], true);
    }

    /// Runs a command on the folder to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Done {
        Done::from(self.command(arguments).output().unwrap())
    }

    /// Runs a command with `--json` that must succeed; gives its last line.
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        let mut all = arguments.to_vec();
        all.push("--json");
        let done = self.run(&all);
        assert!(done.status.success(), "{arguments:?}: {}{}", done.out, done.err);
        serde_json::from_str(done.out.lines().last().unwrap()).unwrap()
    }

    /// Runs a command with `--json` that must succeed; gives all its lines.
    pub(crate) fn rows(&self, arguments: &[&str]) -> Vec<Value> {
        let mut all = arguments.to_vec();
        all.push("--json");
        let done = self.run(&all);
        assert!(done.status.success(), "{arguments:?}: {}{}", done.out, done.err);
        done.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Starts an instance on a free port and waits until it runs.
    pub(crate) fn start(&self, arguments: &[&str]) -> Running {
        let mut all = vec!["--listen", "127.0.0.1:0"];
        all.extend(arguments);
        let mut child = self.command(&all).spawn().unwrap();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        let (sender, lines) = channel();
        std::thread::Builder::new()
            .spawn(move || {
                for line in stderr.lines().map_while(Result::ok) {
                    let _ = sender.send(line);
                }
            })
            .unwrap();
        let mut said = Vec::new();
        loop {
            let Ok(line) = lines.recv_timeout(Duration::from_secs(120)) else {
                panic!("the instance ended or stands still: {said:?}");
            };
            if let Some(rest) = line.strip_prefix("look at http://") {
                let address = rest.split('/').next().unwrap().to_owned();
                return Running { child, address, lines };
            }
            said.push(line);
        }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_orderflow"));
        command.arg("--data").arg(&self.data).arg("--config").arg(&self.settings);
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let _ = std::fs::remove_dir_all(self.settings.parent().unwrap());
        }
    }
}

// === impl Running ===

impl Running {
    /// GET; status and text.
    pub(crate) fn get(&self, path: &str) -> (u16, String) {
        self.get_as(path, &self.address)
    }

    /// GET under another Host; status and text.
    pub(crate) fn get_as(&self, path: &str, host: &str) -> (u16, String) {
        let url = format!("http://{}{path}", self.address);
        text(agent().get(url).header("host", host).call().unwrap())
    }

    /// POST of JSON; status and answer.
    pub(crate) fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        let (status, text) = self.post_text(path, &body.to_string());
        (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
    }

    /// POST of any text; status and text.
    pub(crate) fn post_text(&self, path: &str, body: &str) -> (u16, String) {
        let url = format!("http://{}{path}", self.address);
        text(agent().post(url).header("content-type", "application/json").send(body).unwrap())
    }

    /// POST of JSON with a token; status and answer.
    pub(crate) fn post_as(&self, token: &str, path: &str, body: &Value) -> (u16, Value) {
        let url = format!("http://{}{path}", self.address);
        let request = agent().post(url).header("content-type", "application/json");
        let request = request.header("authorization", format!("Bearer {token}"));
        let (status, text) = text(request.send(body.to_string()).unwrap());
        (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
    }

    /// Sends a signal.
    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Waits for a line that says so.
    pub(crate) fn wait_for(&self, text: &str) {
        loop {
            let line = self.lines.recv_timeout(Duration::from_secs(60)).unwrap();
            if line.contains(text) {
                return;
            }
        }
    }

    /// Waits for the end; status, standard output, and how long it took.
    pub(crate) fn end(mut self) -> (ExitStatus, String, Duration) {
        let began = now();
        let mut out = String::new();
        self.child.stdout.take().unwrap().read_to_string(&mut out).unwrap();
        let status = self.child.wait().unwrap();
        (status, out, began.elapsed())
    }

    /// Ctrl-C, and the end.
    pub(crate) fn drain(self) -> (ExitStatus, String, Duration) {
        self.signal(Signal::INT);
        self.end()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // A test that failed leaves nothing running.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl From<Output> for Done {
    fn from(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Self { status: output.status, out: text(output.stdout), err: text(output.stderr) }
    }
}

fn agent() -> ureq::Agent {
    let config = ureq::Agent::config_builder();
    config.http_status_as_error(false).proxy(None).build().new_agent()
}

fn text(mut response: ureq::http::Response<ureq::Body>) -> (u16, String) {
    (response.status().as_u16(), response.body_mut().read_to_string().unwrap())
}

#[expect(clippy::disallowed_methods, reason = "a limit of ten seconds is what is tested")]
fn now() -> Instant {
    Instant::now()
}
