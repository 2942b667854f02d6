//! A folder in use: its stores open, its lanes running, its venue beside it.
//!
//! Entry points, in the order of its life: [`Instance::open`], [`Instance::wait_followed`],
//! [`Instance::stop`] or [`Instance::abort`]. [`Instance::desk`] answers questions meanwhile.
//!
//! Invariants: one process has a folder at a time (the lock is held until the end); nothing is lost
//! by any way of ending.
//! Limits: [`DRAIN_LIMIT`](crate::limits::DRAIN_LIMIT) for a stop.
//!
//! It decides nothing: it wires the router to this machine's stores.
//!
//! A crash at any moment is what `open` recovers from.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use domain::Mic;
use local::disk::RealDisk;
use local::stream::{Retention, Stream};
use local::{By, Folder, KeptSet, Proposed};
use order_router::config::Problem;
use order_router::{
    Ended, Facts, Intake, OnLag, Options as RouterOptions, OrderRouter, Progress, Running,
};
use telemetry::Registry;
use telemetry::events::{ConfigurationPublished, ConfigurationUnread, ViewRebuilt, tell};

use crate::ask::Desk;
use crate::config::{Config, Mode};
use crate::error::Error;
use crate::figures::Figures;
use crate::limits::{LOOK_AGAIN, VIEW_FILL};
use crate::venue::{Behaviour, Program};
use crate::world::clock::moment;
use crate::world::{LocalWorld, Outlets, Stores, VenueLink, clock, draw, lanes};

/// The demo venue's market identifier code.
pub const DEMO_VENUE: &str = "XDEM";

/// How a folder is opened.
#[derive(Clone, Debug)]
pub struct Options {
    /// The data folder.
    pub data: PathBuf,
    /// The settings.
    pub config: Config,
    /// Whether the demo venue's process is started; without it what is for it waits.
    pub venue: bool,
    /// How the venue answers; `None`: it takes and keeps, and answers nothing.
    pub behaviour: Option<Behaviour>,
    /// Off in one test alone (INV-13).
    pub receiver_rule: bool,
    /// The identity key of a new folder, for tests that compare digests; `None` draws it.
    pub key: Option<[u8; 16]>,
    /// A configuration set to be in force; `None` keeps the newest, or writes the sample.
    pub control_set: Option<String>,
}

/// A folder in use.
pub struct Instance {
    /// Requests and reports.
    pub orders: Stream,
    /// The venues' drop copy.
    pub executions: Stream,
    /// Life-cycle events.
    pub events: Stream,
    /// The line's figures.
    pub progress: Progress,
    /// What answers questions.
    pub desk: Desk,
    /// The metrics.
    pub registry: Registry,
    config: Config,
    stores: Stores,
    running: Running,
    venue: Option<VenueLink>,
    keeper: Keeper,
    /// Dropped last: it gives the folder back.
    _folder: Folder,
}

/// Follows figures and lets settled records go, once a second.
struct Keeper {
    stop: Sender<()>,
    thread: JoinHandle<()>,
}

impl Options {
    /// A folder with its settings' venue.
    #[must_use]
    pub fn new(data: PathBuf, config: Config) -> Self {
        let behaviour = Some(config.venue);
        let (venue, receiver_rule) = (true, true);
        Self { data, config, venue, behaviour, receiver_rule, key: None, control_set: None }
    }
}

// === impl Instance ===

impl Instance {
    /// Takes the folder, opens its stores, recovers its lanes and runs them.
    ///
    /// # Errors
    /// What keeps it from running, with its code; the folder is given back.
    pub fn open(options: Options) -> Result<Self, Error> {
        let Options { data, config, .. } = &options;
        let folder = take(data, config, options.key)?;
        let stores = Stores::open(&folder, config)?;
        let registry = registry()?;
        if let Some(why) = &stores.view_thrown_away {
            tell(&ViewRebuilt { why: why.clone() }, &registry);
        }
        publish(
            &stores,
            options.control_set.as_deref(),
            (config, &registry, folder.genesis().format),
        )?;
        let venue = start_venue(&options, &stores, &registry)?;
        let outlets = Outlets {
            events: stores.events.clone(),
            dead_letters: stores.dead_letters.clone(),
            orders: stores.orders.clone(),
            venue: venue.clone(),
            mic: Mic::new(DEMO_VENUE).unwrap_or_default(),
        };
        let world = LocalWorld { stores: stores.clone(), outlets, entropy_failed: false };
        let genesis = folder.genesis().clone();
        let key = genesis.identity_key;
        // A replay's file can wait for what lags; live orders can't.
        let on_lag = if options.behaviour.is_none() { OnLag::Wait } else { OnLag::Refuse };
        let mut lanes = lanes(&genesis, &stores.orders);
        lanes.truncate(genesis.shards as usize);
        let line = config.line.clone();
        let asked = RouterOptions { lanes, key, config: line, format: genesis.format, on_lag };
        let router = OrderRouter::open(world, asked)?;
        let running = router.start()?;
        let progress = running.progress();
        let desk = Desk::new(stores.clone(), genesis, config.clone(), Some(progress.clone()))?;
        let keeper = Keeper::start(&stores, progress.clone(), registry.clone(), config.clone())?;
        Ok(Self {
            orders: stores.orders.clone(),
            executions: stores.executions.clone(),
            events: stores.events.clone(),
            progress,
            desk,
            registry,
            config: options.config,
            stores,
            running,
            venue,
            keeper,
            _folder: folder,
        })
    }

    /// The settings it runs under.
    #[must_use]
    pub const fn config(&self) -> &Config {
        &self.config
    }

    /// Outputs that the venue has said to have since this opening.
    #[must_use]
    pub fn venue_taken(&self) -> u64 {
        self.venue.as_ref().map_or(0, VenueLink::taken)
    }

    /// Whether the line has ended by itself.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.running.has_ended()
    }

    /// Waits until every lane is recovered and has its first configuration set; false when `limit`
    /// came first or the line ended.
    #[must_use]
    pub fn wait_ready(&self, limit: Duration) -> bool {
        let began = moment();
        let ready = || {
            let now = clock::now().0;
            self.progress.facts().readiness(now, &self.config.line).is_ok()
        };
        while !ready() && began.elapsed() < limit && !self.has_ended() {
            std::thread::park_timeout(LOOK_AGAIN);
        }
        ready()
    }

    /// Waits until every lane has settled its shard's tip and everything has left; false when
    /// `limit` came first or the line ended.
    #[must_use]
    pub fn wait_followed(&self, limit: Duration) -> bool {
        let began = moment();
        while began.elapsed() < limit && !self.has_ended() {
            if self.is_followed(&self.progress.facts()) {
                return true;
            }
            std::thread::park_timeout(LOOK_AGAIN);
        }
        self.is_followed(&self.progress.facts())
    }

    /// Waits until the order view has everything that was committed when this was called.
    ///
    /// # Errors
    /// [`Error::Late`] when nothing moves for a while; what stopped the line says `stop`.
    pub fn wait_view(&self) -> Result<(), Error> {
        let began = moment();
        while !self.desk.is_view_complete()? {
            if began.elapsed() > VIEW_FILL {
                return Err(Error::Fault(
                    "the order view is not complete yet; start `orderflow` and ask again"
                        .to_owned(),
                ));
            }
            std::thread::park_timeout(LOOK_AGAIN);
        }
        Ok(())
    }

    /// Stops intake, settles and sends what was read, and closes the files.
    ///
    /// # Errors
    /// What stopped the line by itself; a close that failed.
    pub fn stop(self) -> Result<Ended, Error> {
        self.running.stop().drain();
        self.end()
    }

    /// Stops at once: what was decided and not committed is decided again at the next start.
    ///
    /// # Errors
    /// What stopped the line by itself; a close that failed.
    pub fn abort(self) -> Result<Ended, Error> {
        self.running.stop().abort();
        self.end()
    }

    fn end(self) -> Result<Ended, Error> {
        let ended = self.running.join();
        self.keeper.stop();
        let stopped = self.venue.as_ref().map_or(Ok(()), VenueLink::stop);
        let ended = ended?;
        stopped?;
        self.stores.mark()?;
        Ok(ended)
    }

    fn is_followed(&self, facts: &Facts) -> bool {
        !facts.lanes.is_empty()
            && facts.leaving == 0
            && facts.lanes.iter().all(|lane| {
                let settled = lane.position.sequence.number().unwrap_or(0);
                let is_drained = matches!(lane.intake, Intake::Drained(_));
                (settled >= self.orders.tip(lane.shard) || is_drained)
                    && !lane.busy
                    && lane.followed >= lane.committed
            })
            && self.has_all_lanes(facts)
    }

    /// Whether each open shard's lane is there.
    fn has_all_lanes(&self, facts: &Facts) -> bool {
        let shards = self.orders.all_shards();
        let mut open = (0..).zip(&shards).filter(|(_, shard)| !shard.is_closed);
        open.all(|(number, _)| facts.lanes.iter().any(|lane| lane.shard == number))
    }
}

/// Takes the folder for this process.
pub(crate) fn take(
    data: &std::path::Path,
    config: &Config,
    key: Option<[u8; 16]>,
) -> Result<Folder, Error> {
    let mut draws = 0;
    let folder = Folder::open(&RealDisk, data, config.shards, clock::now(), |bytes| {
        draws += 1;
        // The second thing drawn is the identity key.
        match key {
            Some(key) if draws == 2 => {
                bytes.copy_from_slice(&key);
                Ok(())
            }
            _ => draw(bytes),
        }
    });
    Ok(folder?)
}

/// A registry of its own for this process.
pub(crate) fn registry() -> Result<Registry, Error> {
    Registry::new()
        .map_err(|error| Error::System { doing: "starting the metrics", reason: error.to_string() })
}

/// Puts a set in force that a start asks for, or the sample at a first start. Under four-eyes a
/// start is nobody's second pair: records wait until a set was approved.
fn publish(
    stores: &Stores,
    asked: Option<&str>,
    (config, registry, format): (&Config, &Registry, u16),
) -> Result<(), Error> {
    let newest = stores.control.newest();
    let number = newest.as_ref().map_or(1, |newest| newest.number + 1);
    let mut set = match asked {
        Some(text) => crate::ask::control::parse(text)?,
        None if newest.is_none() => wire::configuration::sample(),
        None => return Ok(()),
    };
    if newest.is_some_and(|newest| newest.hash == set.hash) {
        return Ok(());
    }
    if set.format() > format {
        let reason = format!(
            "asks for journal format {}: raise the folder's, which is {format}",
            set.format()
        );
        return Err(Error::Set { problems: vec![Problem { path: "rules".to_owned(), reason }] });
    }
    set.number = number;
    let text = wire::configuration::render(&set);
    if config.approval == Mode::FourEyes {
        return match asked {
            Some(_) => Err(Error::Subject {
                what: "under four-eyes a start puts no set in force".to_owned(),
                fix: "propose it with `orderflow control apply`, and let another approve it",
            }),
            None => Ok(()),
        };
    }
    let by = By {
        subject: "orderflow".to_owned(),
        reason: if asked.is_some() { "asked for at the start" } else { "first start" }.to_owned(),
        at: clock::now(),
    };
    stores.control.enact(&by, Proposed::Set(KeptSet { number, hash: set.hash, text }))?;
    tell(&ConfigurationPublished { number, sample: set.sample }, registry);
    Ok(())
}

fn start_venue(
    options: &Options,
    stores: &Stores,
    registry: &Registry,
) -> Result<Option<VenueLink>, Error> {
    if !options.venue {
        return Ok(None);
    }
    let binary = std::env::current_exe().map_err(|error| Error::System {
        doing: "finding this program's own file",
        reason: error.to_string(),
    })?;
    let program = Program {
        binary,
        data: options.data.clone(),
        mic: DEMO_VENUE.to_owned(),
        behaviour: options.behaviour,
        receiver_rule: options.receiver_rule,
    };
    let (orders, executions) = (stores.orders.clone(), stores.executions.clone());
    VenueLink::start(program, orders, executions, registry.clone()).map(Some)
}

// === impl Keeper ===

impl Keeper {
    fn start(
        stores: &Stores,
        progress: Progress,
        registry: Registry,
        config: Config,
    ) -> Result<Self, Error> {
        let (stop, stopped) = channel();
        let stores = stores.clone();
        let thread = std::thread::Builder::new().name("keeper".to_owned());
        let thread =
            thread
                .spawn(move || keep(&stores, &progress, &registry, &config, &stopped))
                .map_err(|error| Error::System { doing: "a thread", reason: error.to_string() })?;
        Ok(Self { stop, thread })
    }

    fn stop(self) {
        drop(self.stop);
        // A keeper that panicked has aborted the process already.
        let _ = self.thread.join();
    }
}

fn keep(
    stores: &Stores,
    progress: &Progress,
    registry: &Registry,
    config: &Config,
    stopped: &Receiver<()>,
) {
    let mut figures = Figures::default();
    let mut unread = 0;
    while stopped.recv_timeout(Duration::from_secs(1)) == Err(RecvTimeoutError::Timeout) {
        let facts = progress.facts();
        figures.refresh(&facts, stores, registry, config);
        if facts.unread_set != unread && facts.unread_set > 0 {
            tell(&ConfigurationUnread { number: facts.unread_set }, registry);
        }
        unread = facts.unread_set;
        if let Err(error) = retain(&facts, stores, config) {
            eprintln!("level=warn event=RetentionFailed why={:?}", error.to_string());
        }
        if let Err(error) = prepare(stores) {
            eprintln!("level=warn event=PreparationFailed why={:?}", error.to_string());
        }
    }
}

/// Makes the next segments here, so that the line doesn't wait for their zeros.
fn prepare(stores: &Stores) -> Result<(), local::Error> {
    stores.journal.prepare()?;
    for stream in [&stores.orders, &stores.executions, &stores.events, &stores.dead_letters] {
        stream.prepare()?;
    }
    Ok(())
}

fn retain(facts: &Facts, stores: &Stores, config: &Config) -> Result<(), local::Error> {
    let retention = Retention { age_ns: Some(config.retention_ns), bytes: None };
    let settled = settled(facts, stores);
    stores.orders.retain(clock::now(), retention, &settled)?;
    // Nothing in this process waits for these: their readers come and look.
    for stream in [&stores.executions, &stores.events, &stores.dead_letters] {
        let tips: Vec<u64> = (0..stream.shards()).map(|shard| stream.tip(shard)).collect();
        stream.retain(clock::now(), retention, &tips)?;
    }
    Ok(())
}

/// For each shard of `orders` the last record that its lane has settled.
fn settled(facts: &Facts, stores: &Stores) -> Vec<u64> {
    let rows = stores.leases.all();
    let settled = |(number, shard): (u32, &local::stream::Shard)| {
        if let Some(lane) = facts.lanes.iter().find(|lane| lane.shard == number) {
            return lane.position.sequence.number().unwrap_or(0);
        }
        // A closed shard whose lane has ended, or has gone since, is settled to its end.
        let goes_on = rows.iter().any(|row| row.shard == number && row.ended.is_none());
        if shard.is_closed && !goes_on { u64::MAX } else { 0 }
    };
    (0..).zip(&stores.orders.all_shards()).map(settled).collect()
}
