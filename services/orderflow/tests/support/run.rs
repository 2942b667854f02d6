//! Runs the binary for tests: to its end, or watched until it is killed.
//!
//! A watched run is a process group of its own, so that a kill takes the venue's process with it.

#![allow(dead_code, reason = "each test takes what it needs")]

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::Value;

/// A command of the product.
pub(crate) fn orderflow(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_orderflow"));
    command.args(arguments);
    command
}

/// Runs to the end, whatever it is.
pub(crate) fn output(arguments: &[&str]) -> Output {
    orderflow(arguments).output().expect("the binary starts")
}

/// Runs to a good end; its standard output.
pub(crate) fn done(arguments: &[&str]) -> String {
    let output = output(arguments);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {errors}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Runs to an end that must be a failure; its standard error.
pub(crate) fn refused(arguments: &[&str]) -> String {
    let output = output(arguments);
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success(), "{arguments:?} was not refused: {errors}");
    errors
}

/// The JSON of a last line.
pub(crate) fn last_line(text: &str) -> Value {
    let line = text.lines().last().unwrap_or_default();
    serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line:?}"))
}

/// The JSON of each line of a command's output, as it comes.
pub(crate) fn each_line(arguments: &[&str], mut see: impl FnMut(&str)) {
    let spawned = orderflow(arguments).stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn();
    let mut child = spawned.expect("the binary starts");
    let lines = BufReader::new(child.stdout.take().expect("it is piped")).lines();
    for line in lines {
        see(&line.expect("a line of text"));
    }
    let status = child.wait().expect("it can be waited for");
    assert!(status.success(), "{arguments:?}: {status}");
}

/// A folder of this test, empty.
pub(crate) fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("the folder of a test can be made");
    folder
}

/// A path as text.
pub(crate) fn text(path: &Path) -> String {
    path.to_str().expect("paths of tests are text").to_owned()
}

/// A made file of `copies` copies.
pub(crate) fn made(folder: &Path, seed: u64, copies: u64) -> String {
    let file = text(&folder.join(format!("{seed}-{copies}.itch")));
    let (seed, copies) = (seed.to_string(), copies.to_string());
    done(&["itch", "--seed", &seed, "--copies", &copies, &file]);
    file
}

/// When a watched run is killed.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Moment {
    /// So many records are committed, and more than were when it began.
    Committed(u64),
    /// The venue has so many outputs of this run.
    Taken(u64),
}

/// How a watched run ended.
#[derive(Debug)]
pub(crate) enum Ended {
    /// By itself, well; its standard output.
    Done(String),
    /// Killed when this many records were seen to be committed.
    Killed(u64),
}

/// A replay that says how many records it has committed.
pub(crate) struct Watched {
    child: Child,
    lines: std::io::Lines<BufReader<std::process::ChildStderr>>,
    /// Records seen to be committed when it had recovered.
    pub(crate) recovered: Option<u64>,
    /// Records seen to be committed last.
    pub(crate) committed: u64,
}

impl Watched {
    /// Starts `orderflow` with these arguments, which must make it watch.
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let mut command = orderflow(arguments);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
        let mut child = command.spawn().expect("the binary starts");
        let lines = BufReader::new(child.stderr.take().expect("it is piped")).lines();
        Self { child, lines, recovered: None, committed: 0 }
    }

    /// Waits for the moment, and kills the group with SIGKILL; or until it ends.
    pub(crate) fn until(mut self, moment: Moment) -> (Self, Ended) {
        let mut errors = String::new();
        while let Some(Ok(line)) = self.lines.next() {
            let Some((committed, taken)) = figures(&line) else {
                errors += &format!("{line}\n");
                continue;
            };
            self.committed = committed;
            let recovered = *self.recovered.get_or_insert(committed);
            let is_due = match moment {
                Moment::Committed(target) => committed >= target && committed > recovered,
                Moment::Taken(target) => taken >= target,
            };
            if is_due {
                self.kill();
                let killed = Ended::Killed(self.committed);
                return (self, killed);
            }
        }
        let mut text = String::new();
        let mut output = self.child.stdout.take().expect("it is piped");
        std::io::Read::read_to_string(&mut output, &mut text).expect("its output is text");
        let status = self.child.wait().expect("it can be waited for");
        assert!(status.success(), "{status}: {errors}");
        (self, Ended::Done(text))
    }

    fn kill(&mut self) {
        let group = Pid::from_child(&self.child);
        kill_process_group(group, Signal::KILL).expect("its group can be killed");
        let status = self.child.wait().expect("it can be waited for");
        assert!(!status.success());
    }
}

/// The figures of a line of a watched run.
fn figures(line: &str) -> Option<(u64, u64)> {
    let (committed, taken) = line.strip_prefix("committed ")?.split_once(" taken ")?;
    Some((committed.parse().ok()?, taken.parse().ok()?))
}
