//! `orderflow replay`: a recorded file as order flow, from its first message to its last decision.
//!
//! Entry points: [`run`], [`ReplayArguments`].
//! Invariants: a replay is a producer whose id is the file's digest, so a start after a crash goes
//! on where the streams end, and a start after the end adds nothing. With `--again` it is another
//! producer with the same requests: nothing is decided a second time. Time is the file's: no tick
//! of the clock. Limits: those of the line and of the streams. It decides nothing; the venue takes
//! what is routed and stays silent, because the file brings the reports. A crash loses nothing that
//! is on the streams, and what isn't there yet is mapped again.

mod extra;
mod report;
mod send;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use clap::ValueEnum;
use indicatif::{ProgressBar, ProgressStyle};

use crate::config::Config;
use crate::error::Error;
use crate::instance::{Instance, Options};
use crate::itch::Survey;
use crate::world::clock::{moment, now};
pub use extra::{Extra, Extras};
use report::Report;
use send::{Plan, Sent, Shipment, Streams};

/// How often the progress is looked at.
const LOOK: Duration = Duration::from_millis(2);
/// How often it is drawn.
const DRAW: Duration = Duration::from_millis(100);
/// How long the line may stand still at the end before the replay gives up waiting.
const STILL: Duration = Duration::from_secs(60);

/// Send a recorded venue feed through the line, and wait until all of it is decided
///
/// The feed holds all participants' orders; each becomes an order of the sender ITCH. A replay that
/// was interrupted goes on where it ended when the same command is run again; a replay that was
/// complete adds nothing. Totals are of the folder.
#[derive(Clone, Debug, clap::Args)]
pub struct ReplayArguments {
    /// The recorded file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// What the file is
    #[arg(long, value_enum)]
    format: Format,
    /// As fast as possible, or as the file's times say
    #[arg(long, value_enum, default_value_t = Speed::Max)]
    speed: Speed,
    /// Send a file anew that was sent before: every request and report is known, nothing changes
    #[arg(long)]
    again: bool,
    /// Publish this configuration set first (TOML, as `orderflow control show` prints it)
    #[arg(long, value_name = "FILE")]
    control: Option<PathBuf>,
    /// Stop after so many messages of the file; the same command without it goes on
    #[arg(long, value_name = "N")]
    until: Option<u64>,
    /// Put repeats, conflicts and malformed records between the file's own
    #[arg(long, value_name = "SEED", hide = true)]
    extras: Option<u64>,
    /// Identity key of a new folder, 32 hex digits, so that digests of two folders compare
    #[arg(long, value_name = "HEX", hide = true, value_parser = parse_key)]
    application_key: Option<u128>,
    /// Let the venue act on every output, known or not
    #[arg(long, hide = true)]
    no_receiver_rule: bool,
    /// Print committed records and outputs that the venue has on standard error while running
    #[arg(long, hide = true)]
    watch: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// NASDAQ TotalView-ITCH 5.0
    Itch,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Speed {
    /// As fast as the line decides
    Max,
    /// As the times in the file say
    Recorded,
}

/// Where a replay runs.
#[derive(Clone, Debug)]
pub struct Place {
    /// The data folder.
    pub data: PathBuf,
    /// The settings of the folder.
    pub config: Config,
    /// Whether the last line on standard output is JSON.
    pub json: bool,
}

/// Runs the command.
///
/// # Errors
/// The file is damaged (what came before the damage is decided), the folder can't be used, or the
/// line stopped.
pub fn run(arguments: &ReplayArguments, place: Place) -> Result<(), Error> {
    let survey = survey(&arguments.file)?;
    let json = place.json;
    let instance = Instance::open(options(arguments, place)?)?;
    let began = moment();
    let before = instance.progress.facts().counted();
    let sent = send_and_wait(arguments, &survey, &instance)?;
    let progress = instance.progress.clone();
    instance.stop()?;
    let elapsed = began.elapsed();
    let report = Report { facts: &progress.facts(), sent: &sent, before, elapsed };
    println!("{}", if json { report.json() } else { report.text() });
    // A damage behind the place where it stopped is of no concern yet.
    let reached = sent.messages.iter().sum::<u64>() >= survey.messages;
    let is_over = arguments.until.is_none_or(|until| until > survey.messages);
    survey.damage.filter(|_| reached && is_over).map_or(Ok(()), |damage| Err(damage.into()))
}

fn survey(file: &std::path::Path) -> Result<Survey, Error> {
    let source = std::fs::File::open(file).map_err(|error| Error::File {
        path: file.display().to_string(),
        reason: error.to_string(),
    })?;
    let survey = Survey::read(std::io::BufReader::new(source))?;
    match survey.damage {
        // Nothing of it can be used, so no folder is made for it.
        Some(damage) if survey.messages == 0 => Err(damage.into()),
        _ => Ok(survey),
    }
}

fn options(arguments: &ReplayArguments, place: Place) -> Result<Options, Error> {
    let mut options = Options::new(place.data, place.config);
    // Lane time is the file's alone, so that decisions don't depend on when it is replayed.
    options.config.line.tick_ns = 0;
    options.behaviour = None;
    options.receiver_rule = !arguments.no_receiver_rule;
    options.key = arguments.application_key.map(u128::to_be_bytes);
    if let Some(file) = &arguments.control {
        let text = std::fs::read_to_string(file).map_err(|error| Error::File {
            path: file.display().to_string(),
            reason: error.to_string(),
        })?;
        options.control_set = Some(text);
    }
    Ok(options)
}

/// Sends the file on a thread of its own, shows how far it is, and waits until everything that was
/// sent is decided, durable and handed on.
fn send_and_wait(
    arguments: &ReplayArguments,
    survey: &Survey,
    instance: &Instance,
) -> Result<Sent, Error> {
    let streams =
        Streams { orders: instance.orders.clone(), executions: instance.executions.clone() };
    let plan = Plan {
        producer: producer(arguments, survey),
        until: arguments.until,
        recorded_speed: arguments.speed == Speed::Recorded,
        extras: arguments.extras.map(Extras::of_seed),
    };
    let (at, stop) = (AtomicU64::new(0), Arc::new(AtomicBool::new(false)));
    // A second Ctrl-C ends the process at once; nothing is lost by that either.
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
        let armed = signal_hook::flag::register_conditional_shutdown(signal, 130, stop.clone());
        armed.and_then(|_| signal_hook::flag::register(signal, stop.clone())).map_err(|error| {
            Error::System { doing: "listening for Ctrl-C", reason: error.to_string() }
        })?;
    }
    let mut watch = Watch::new(arguments, survey);
    std::thread::scope(|scope| {
        let shipment = Shipment::new(&streams, plan, &stop);
        let sending = scope.spawn(|| shipment.send(&arguments.file, survey, &at));
        while !sending.is_finished() {
            if instance.has_ended() {
                stop.store(true, Ordering::Relaxed);
            }
            watch.look(&at, instance);
            std::thread::park_timeout(LOOK);
        }
        let sent = sending.join().map_err(|_| Error::System {
            doing: "sending the file",
            reason: "its thread panicked".to_owned(),
        })?;
        let sent = sent?;
        watch.wait(&at, instance);
        Ok(sent)
    })
}

fn producer(arguments: &ReplayArguments, survey: &Survey) -> u128 {
    let mut name = [0; 16];
    name.copy_from_slice(&survey.digest[..16]);
    if arguments.again {
        // Each sending anew is a producer of its own; requests and reports keep their identities.
        name = domain::hash::content(&[&name, b"again", &now().0.to_be_bytes()]);
    }
    u128::from_be_bytes(name)
}

/// Shows how far a replay is.
struct Watch {
    bar: Option<ProgressBar>,
    lines: bool,
    /// Committed records and outputs that the venue has.
    shown: (u64, u64),
    drawn: Instant,
}

impl Watch {
    fn new(arguments: &ReplayArguments, survey: &Survey) -> Self {
        let length = arguments.until.map_or(survey.messages, |until| until.min(survey.messages));
        let is_terminal = std::io::IsTerminal::is_terminal(&std::io::stderr());
        let bar = is_terminal.then(|| {
            let template = "{bar:40} {pos}/{len} messages {elapsed} {msg}";
            let style = ProgressStyle::with_template(template);
            let plain = |_| ProgressStyle::default_bar();
            ProgressBar::new(length).with_style(style.unwrap_or_else(plain))
        });
        Self { bar, lines: arguments.watch, shown: (u64::MAX, 0), drawn: moment() }
    }

    fn look(&mut self, at: &AtomicU64, instance: &Instance) {
        if self.lines {
            let counted = instance.progress.facts().counted();
            let shown = (counted.read(), instance.venue_taken());
            if shown != self.shown {
                eprintln!("committed {} taken {}", shown.0, shown.1);
                self.shown = shown;
            }
        }
        if let Some(bar) = &self.bar
            && self.drawn.elapsed() >= DRAW
        {
            self.drawn = moment();
            let counted = instance.progress.facts().counted();
            bar.set_position(at.load(Ordering::Relaxed));
            bar.set_message(format!(
                "{} decided, {} refused",
                counted.decided(),
                counted.refused()
            ));
        }
    }

    /// Waits until nothing is left to decide or hand on, as long as something moves.
    fn wait(&mut self, at: &AtomicU64, instance: &Instance) {
        let mut moved = moment();
        let mut seen = 0;
        while !instance.wait_followed(LOOK) && !instance.has_ended() && moved.elapsed() < STILL {
            self.look(at, instance);
            let place = place(instance);
            if place != seen {
                (seen, moved) = (place, moment());
            }
        }
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// A number that changes while anything moves: what is committed, and what has left.
fn place(instance: &Instance) -> u64 {
    let facts = instance.progress.facts();
    let lanes: u64 = facts.lanes.iter().map(|lane| lane.committed + lane.followed).sum();
    let told: u64 = (0..instance.events.shards()).map(|shard| instance.events.tip(shard)).sum();
    lanes + told + instance.venue_taken()
}

fn parse_key(text: &str) -> Result<u128, String> {
    let parsed = u128::from_str_radix(text, 16);
    parsed.map_err(|_| "must be up to 32 hex digits".to_owned())
}
