//! `orderflow` without a command: everything in one process, until Ctrl-C.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use clap::Args;
use domain::entry::FORMAT_OF_DAYS;
use order_router::Ended;
use serde_json::json;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use telemetry::Metric;
use telemetry::events::{LaneOpened, ProcessStopped, tell};
use telemetry::labels::Labels;

use super::door::Sign;
use super::{Global, show};
use crate::config::Config;
use crate::error::Error;
use crate::figures::Glance;
use crate::http::Server;
use crate::instance::{Instance, Options};
use crate::limits::READY_WAIT;
use crate::sample;
use crate::world::{clock, draw};

/// Laid over the settings of the file.
#[derive(Clone, Debug, Args)]
pub struct ServeArguments {
    /// Where HTTP listens; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", overrides_with = "listen")]
    listen: Option<SocketAddr>,
    /// Shards of a new folder; an existing one keeps its own
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=64))]
    shards: Option<u32>,
    /// Sample requests a second; 0 makes none
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=100_000))]
    sample_rate: Option<u32>,
    /// Of 100 new orders, filled whole at once by the demo venue
    #[arg(long, value_name = "PERCENT")]
    fill: Option<u8>,
    /// Of 100 new orders, filled by half at once by the demo venue
    #[arg(long, value_name = "PERCENT")]
    partial: Option<u8>,
    /// Of 100 new orders, rejected by the demo venue
    #[arg(long, value_name = "PERCENT")]
    reject: Option<u8>,
    /// Of 100 messages, left without any answer by the demo venue
    #[arg(long, value_name = "PERCENT")]
    silent: Option<u8>,
}

impl ServeArguments {
    /// Lays what was given over the settings, and checks them again.
    ///
    /// # Errors
    /// [`Error::Settings`].
    pub fn lay_over(&self, config: &mut Config) -> Result<(), Error> {
        config.listen = self.listen.unwrap_or(config.listen);
        config.shards = self.shards.or(config.shards);
        config.sample_rate = self.sample_rate.unwrap_or(config.sample_rate);
        let venue = &mut config.venue;
        venue.fill = self.fill.unwrap_or(venue.fill);
        venue.partial = self.partial.unwrap_or(venue.partial);
        venue.reject = self.reject.unwrap_or(venue.reject);
        venue.silent = self.silent.unwrap_or(venue.silent);
        let checked = Config::parse(&config.render());
        let settings = |problems| Error::Settings { file: "the arguments".to_owned(), problems };
        checked.map(|_| ()).map_err(settings)
    }
}

/// Runs until Ctrl-C, or until the line stops by itself.
///
/// # Errors
/// What keeps it from running, or stopped it.
pub fn run(global: &Global, config: Config) -> Result<(), Error> {
    let signals = signals()?;
    let server = Server::bind(config.listen)?;
    let address = server.address();
    let instance = Instance::open(Options::new(global.data.clone(), config.clone()))?;
    let serving = server.serve(
        instance.desk.clone(),
        instance.progress.clone(),
        config.line.clone(),
        instance.registry.clone(),
    )?;
    let sign = Sign::put_up(&global.data, address)?;
    // Not ready in time is for /readyz to say; the line goes on to try.
    if instance.desk.stores.control.newest().is_some() {
        let _ = instance.wait_ready(READY_WAIT);
    } else {
        eprintln!("no configuration set is in force: records wait until one was approved");
    }
    for lane in &instance.progress.facts().lanes {
        let (number, index) = (lane.shard as u16, lane.committed);
        tell(&LaneOpened { number, lane: lane.lane, epoch: lane.epoch, index }, &instance.registry);
    }
    begin_day(&instance, &config);
    let sample = Sample::start(&instance, config.sample_rate)?;
    eprintln!("orderflow runs in {}; Ctrl-C drains and ends", global.data.display());
    eprintln!("look at http://{address}/readyz, /metrics, /v1/orders, /v1/lanes");
    watch(&instance, &sample, &config, &signals);
    eprintln!("draining; Ctrl-C again stops at once");
    sample.stop();
    drop(sign);
    serving.stop();
    let (registry, progress) = (instance.registry.clone(), instance.progress.clone());
    let ended = instance.stop()?;
    tell(&ProcessStopped { drained: ended == Ended::Drained }, &registry);
    let facts = progress.facts();
    let counted = facts.counted();
    show::line(
        global.json,
        &json!({
            "ended": format!("{ended:?}").to_lowercase(),
            "read": counted.read(),
            "decided": counted.decided(),
            "rejected": counted.refused(),
            "unmatched": counted.unmatched,
            "duplicates": counted.duplicates,
            "stale": counted.stale,
            "undecodable": counted.undecodable,
            "state_digest": facts.digest().to_string(),
        }),
    );
    Ok(())
}

/// The sample flow on its thread.
struct Sample {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
    producer: u128,
}

impl Sample {
    fn start(instance: &Instance, rate: u32) -> Result<Self, Error> {
        let stop = Arc::new(AtomicBool::new(false));
        let newest = instance.desk.stores.control.newest();
        let set = newest.and_then(|newest| wire::configuration::parse(&newest.text).ok());
        let Some(set) = set.filter(|_| rate > 0) else {
            return Ok(Self { stop, thread: None, producer: 0 });
        };
        let mut producer = [0; 16];
        draw(&mut producer)?;
        let producer = u128::from_be_bytes(producer);
        let settings = sample::Settings { seed: producer as u64, producer, rate };
        let orders = instance.orders.clone();
        let asked = Arc::clone(&stop);
        let thread = std::thread::Builder::new().name("sample".to_owned()).spawn(move || {
            let stop = || asked.load(Ordering::Relaxed);
            if let Err(error) = sample::run(&orders, &set, &settings, clock::now, stop) {
                eprintln!("level=error event=SampleStopped why={:?}", error.to_string());
            }
        });
        let failed =
            |error: std::io::Error| Error::System { doing: "a thread", reason: error.to_string() };
        Ok(Self { stop, thread: Some(thread.map_err(failed)?), producer })
    }

    fn stop(self) {
        self.stop.store(true, Ordering::Relaxed);
        // A flow that panicked has aborted the process already.
        let _ = self.thread.map(JoinHandle::join);
    }
}

/// Shows what it does once a second until a signal comes or the line ends.
fn watch(instance: &Instance, sample: &Sample, config: &Config, signals: &Receiver<()>) {
    let mut glance = Glance::default();
    while signals.recv_timeout(Duration::from_secs(1)) == Err(RecvTimeoutError::Timeout) {
        if instance.has_ended() {
            return;
        }
        begin_day(instance, config);
        let made = instance.orders.producer_high(sample.producer).unwrap_or(0);
        instance.registry.raise(Metric::SampleRequests, Labels::NONE, made);
        eprintln!("{}", glance.line(&instance.progress.facts()));
    }
}

/// Begins the business day that it is by the clock and the settings, unless it has begun, or a
/// later one, or the folder's format records none.
fn begin_day(instance: &Instance, config: &Config) {
    let desk = &instance.desk;
    if config.business_day_ns.is_none() || desk.genesis.format < FORMAT_OF_DAYS {
        return;
    }
    let date = config.business_day(clock::now());
    if desk.business_day() < date
        && let Err(error) = desk.stores.control.change_day(date)
    {
        eprintln!("level=error event=BusinessDayNotChanged why={:?}", error.to_string());
    }
}

/// Passes the first Ctrl-C on; the second ends the process at once.
fn signals() -> Result<Receiver<()>, Error> {
    let failed = |error: std::io::Error| Error::System {
        doing: "listening for Ctrl-C",
        reason: error.to_string(),
    };
    let mut signals = Signals::new([SIGINT, SIGTERM]).map_err(failed)?;
    let (sender, receiver) = channel();
    let thread = std::thread::Builder::new().name("signals".to_owned());
    let spawned = thread.spawn(move || {
        for (count, _) in signals.forever().enumerate() {
            if count > 0 {
                // What was acknowledged is durable; what wasn't is read again at the next start.
                eprintln!("stopped at once; nothing is lost, the next start goes on");
                std::process::exit(130);
            }
            let _ = sender.send(());
        }
    });
    spawned.map(|_| receiver).map_err(failed)
}
