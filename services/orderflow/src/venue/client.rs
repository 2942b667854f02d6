//! The parent's side of the venue: starts its process, hands outputs over, takes reports.
//!
//! Entry points: [`Client::start`], [`Client::deliver`], [`Client::drain`], [`Client::stop`].
//! Invariants: INV-13's first half: an output counts as sent when the venue says that it has it.
//! Limits: none of its own; the relay bounds what is in flight.
//! One thread reads the venue's pipe and hands its reports to the caller's `put`, which returns
//! when they are durable on both streams. The venue keeps no account of what was put: its next
//! start is told. When either process dies the other's pipe ends; the relay sends again what wasn't
//! answered.

use std::io::{BufReader, BufWriter, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::thread::JoinHandle;

use super::answer::Behaviour;
use super::file::Error;
use super::frame::{self, Delivery, FromVenue, Report, ToVenue};

/// Most reports that are put at once.
const PUT_REPORTS: usize = 4_096;

/// Which process to start, and how.
#[derive(Clone, Debug)]
pub struct Program {
    /// The `orderflow` binary.
    pub binary: PathBuf,
    /// Data folder of orderflow.
    pub data: PathBuf,
    /// Market identifier code of the venue.
    pub mic: String,
    /// How it answers; `None`: not at all.
    pub behaviour: Option<Behaviour>,
    /// Off in one test alone.
    pub receiver_rule: bool,
}

/// What the venue said of an output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It has it.
    Taken(u64),
    /// It will never take it.
    Refused(u64, String),
    /// The pipe ended: nothing that is unanswered will be answered.
    Ended(String),
}

/// A venue's process.
#[derive(Debug)]
pub struct Client {
    child: Child,
    input: Option<BufWriter<ChildStdin>>,
    buffer: Vec<u8>,
    answers: Receiver<Answer>,
    reader: Option<JoinHandle<()>>,
}

impl Client {
    /// Starts the process and waits until its file is open.
    ///
    /// `through` gives the highest report number that both streams have of a producer; `put` puts
    /// reports of a producer on both streams, durably, and returns what to stop with.
    ///
    /// # Errors
    /// The process can't be started, or can't open its file.
    pub fn start(
        program: &Program,
        through: impl FnOnce(u128) -> u64,
        put: impl FnMut(u128, &[Report]) -> Result<(), String> + Send + 'static,
    ) -> Result<Self, Error> {
        let mut child = command(program).spawn()?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(std::io::Error::other("the venue has no pipes").into());
        };
        let mut input = BufWriter::with_capacity(1 << 20, input);
        let mut output = BufReader::with_capacity(1 << 20, output);
        let mut buffer = Vec::new();
        let first = frame::read(&mut buffer, &mut output)?;
        let Some(FromVenue::Ready { producer }) = first else {
            // It has said why on standard error, which is ours.
            let status = child.wait()?;
            return Err(std::io::Error::other(format!("the venue ended: {status}")).into());
        };
        let reports_through = through(producer);
        frame::write(&ToVenue::Hello { reports_through }, &mut buffer, &mut input)?;
        input.flush()?;
        let (sender, answers) = channel();
        let reader = listen(output, producer, sender, put)?;
        Ok(Self { child, input: Some(input), buffer, answers, reader: Some(reader) })
    }

    /// Number of its process.
    #[must_use]
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// Hands an output over (`wire::venue` bytes); it leaves with the next [`Client::drain`] at the
    /// latest.
    ///
    /// # Errors
    /// The pipe.
    pub fn deliver(&mut self, ticket: u64, output: Vec<u8>) -> Result<(), Error> {
        let frame = ToVenue::Deliver(Delivery { ticket, output });
        let input = self.input.as_mut().ok_or(std::io::ErrorKind::BrokenPipe);
        Ok(frame::write(&frame, &mut self.buffer, input.map_err(std::io::Error::from)?)?)
    }

    /// Appends what the venue has answered; never waits for it.
    ///
    /// # Errors
    /// The pipe.
    pub fn drain(&mut self, answers: &mut Vec<Answer>) -> Result<(), Error> {
        if let Some(input) = &mut self.input {
            input.flush()?;
        }
        loop {
            match self.answers.try_recv() {
                Ok(answer) => answers.push(answer),
                Err(TryRecvError::Empty | TryRecvError::Disconnected) => return Ok(()),
            }
        }
    }

    /// Ends the pipe, takes the last reports, and waits until the process has ended.
    ///
    /// # Errors
    /// The process ended with a failure.
    pub fn stop(mut self) -> Result<(), Error> {
        if let Some(mut input) = self.input.take() {
            input.flush()?;
        }
        if let Some(reader) = self.reader.take() {
            // A reader that failed has said so in its last answer.
            let _ = reader.join();
        }
        let status = self.child.wait()?;
        if status.success() {
            return Ok(());
        }
        Err(std::io::Error::other(format!("the venue ended: {status}")).into())
    }
}

impl Drop for Client {
    /// A parent that gives up leaves no process behind; its file survives being killed.
    fn drop(&mut self) {
        self.input = None;
        if self.reader.take().is_some() {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

fn command(program: &Program) -> Command {
    let mut command = Command::new(&program.binary);
    command.args(["venue", "serve", "--mic", &program.mic, "--data"]).arg(&program.data);
    match &program.behaviour {
        None => {
            command.arg("--mute");
        }
        Some(behaviour) => {
            let percents = [
                ("--fill", behaviour.fill),
                ("--partial", behaviour.partial),
                ("--reject", behaviour.reject),
                ("--silent", behaviour.silent),
            ];
            for (flag, percent) in percents {
                command.args([flag, &percent.to_string()]);
            }
        }
    }
    if !program.receiver_rule {
        command.arg("--no-receiver-rule");
    }
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    command
}

fn listen(
    output: BufReader<ChildStdout>,
    producer: u128,
    sender: Sender<Answer>,
    put: impl FnMut(u128, &[Report]) -> Result<(), String> + Send + 'static,
) -> Result<JoinHandle<()>, Error> {
    let thread = std::thread::Builder::new().name("venue".to_owned());
    let reader = thread.spawn(move || {
        let ended = match hear(output, producer, &sender, put) {
            Ok(()) => "the venue has ended".to_owned(),
            Err(reason) => reason,
        };
        // Nobody listens any more when the parent is stopping.
        let _ = sender.send(Answer::Ended(ended));
    })?;
    Ok(reader)
}

fn hear(
    mut output: BufReader<ChildStdout>,
    producer: u128,
    sender: &Sender<Answer>,
    mut put: impl FnMut(u128, &[Report]) -> Result<(), String>,
) -> Result<(), String> {
    let mut buffer = Vec::new();
    let mut reports = Vec::new();
    loop {
        let frame = frame::read(&mut buffer, &mut output).map_err(|error| error.to_string())?;
        let ended = frame.is_none();
        match frame {
            Some(FromVenue::Report(report)) => reports.push(report),
            Some(FromVenue::Taken { ticket }) => drop(sender.send(Answer::Taken(ticket))),
            Some(FromVenue::Refused { ticket, reason }) => {
                drop(sender.send(Answer::Refused(ticket, reason)));
            }
            Some(FromVenue::Ready { .. }) | None => {}
        }
        let all = output.buffer().is_empty() || reports.len() >= PUT_REPORTS || ended;
        if all && !reports.is_empty() {
            put(producer, &reports)?;
            reports.clear();
        }
        if ended {
            return Ok(());
        }
    }
}
