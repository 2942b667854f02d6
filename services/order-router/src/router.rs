//! A router: its lanes recovered, run on threads, drained or stopped, opened again when fenced.
//!
//! Entry points, in the order of its life: [`OrderRouter::open`], [`OrderRouter::start`],
//! [`Running::progress`], [`Stop::drain`] and [`Stop::abort`], [`Running::join`].
//!
//! Invariants: no rollback: a fault drops every lane's objects, and recovery makes them again.
//! It decides nothing and keeps no state of a lane itself.
//!
//! A crash at any moment is what `open` recovers from; an abort is the same without a crash.

use std::thread::JoinHandle;
use std::time::Duration;

use domain::{HashRange, IdentityKey, LaneId};
use lane::{Halt, Seat, Turn};
use ports::{Attempts, Clock, Fault, LaneRow, World};

use crate::admin::{Facts, LaneFacts, Progress};
use crate::config::Config;
use crate::error::Error;
use crate::limits;
use crate::lineage;
use crate::recover::{self, Recovered};
use crate::topology::{self, Line};

/// Names of the stages' threads.
const STAGES: [&str; 5] = ["ingest", "decide", "settle", "follow", "poll"];

/// Before lanes are opened again.
const REOPEN_PAUSE: Duration = Duration::from_millis(50);

/// A lane to serve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LaneSpec {
    /// Its name: [`LaneId::of`] the parts below.
    pub lane: LaneId,
    /// Which shard of the world's source it reads.
    pub shard: u32,
    /// The accounts that are its own.
    pub range: HashRange,
    /// Name of the application.
    pub application: String,
    /// Name of the Region; empty on one machine.
    pub region: String,
    /// Name of the stream.
    pub stream: String,
    /// Creation time of the stream, nanoseconds since 1970-01-01 UTC.
    pub stream_created_ns: i64,
    /// Name of the shard.
    pub shard_name: String,
}

/// What a router needs besides its world.
#[derive(Clone, Debug)]
pub struct Options {
    /// The lanes, at most [`crate::limits::LANES_MAX`].
    pub lanes: Vec<LaneSpec>,
    /// The application's key for identities, from its genesis item.
    pub key: IdentityKey,
    /// The settings.
    pub config: Config,
    /// The format of the entries that it writes: the highest that every worker reads.
    pub format: u16,
    /// What a lane does while one of its destinations lags.
    pub on_lag: OnLag,
}

/// What a lane does while one of its destinations lags by more than the setting.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnLag {
    /// New and changed orders are rejected, cancels and reports pass.
    #[default]
    Refuse,
    /// Nothing is read until it has caught up: for replays, whose source can wait.
    Wait,
}

/// A router whose lanes are recovered and its own.
pub struct OrderRouter<W: World> {
    world: W,
    options: Options,
    shared: Shared,
    recovered: Vec<Recovered>,
    /// Every lane that somebody still needs, as it was when they were recovered.
    rows: Vec<LaneRow>,
    /// The last release that was taken; `None` before the first line.
    released: Option<u64>,
}

/// A router whose stages are wired and turned by the caller: tests and the simulator.
pub struct Wired<W: World> {
    /// The stages.
    pub line: Line<W>,
    /// What stops them.
    pub stop: Stop,
    /// The figures.
    pub progress: Progress,
}

/// A router on its threads.
#[derive(Debug)]
pub struct Running {
    shared: Shared,
    thread: JoinHandle<Result<Ended, Error>>,
}

/// What all parts of a router share.
#[derive(Clone, Debug, Default)]
pub struct Shared {
    /// What stops it.
    pub stop: Stop,
    /// What it shows.
    pub progress: Progress,
}

/// Stops a router; clones stop the same one.
#[derive(Clone, Debug, Default)]
pub struct Stop {
    drain: Halt,
    abort: Halt,
    settled: Halt,
}

/// How a router ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Everything read was decided, settled and sent.
    Drained,
    /// It was drained, but the limit came before everything was sent; what is left is sent at the
    /// next start.
    DrainedInPart,
    /// It was stopped at once; recovery goes on where it was.
    Aborted,
}

impl<W: World + Send + 'static> OrderRouter<W> {
    /// Opens every lane: reads its chain to the end, takes it over, rebuilds its books. Blocks.
    ///
    /// # Errors
    /// What keeps a lane from being opened, with its code.
    pub fn open(world: W, options: Options) -> Result<Self, Error> {
        let (count, max) = (options.lanes.len(), limits::LANES_MAX);
        if count == 0 || count > max {
            return Err(Error::Lanes { count, max });
        }
        let (shared, recovered, rows) = (Shared::default(), Vec::new(), Vec::new());
        let mut router = Self { world, options, shared, recovered, rows, released: None };
        router.recover()?;
        Ok(router)
    }

    /// The figures, which go on after `start`.
    #[must_use]
    pub fn progress(&self) -> Progress {
        self.shared.progress.clone()
    }

    /// What stops it.
    #[must_use]
    pub fn stop(&self) -> Stop {
        self.shared.stop.clone()
    }

    /// Wires the stages for a caller who turns them.
    ///
    /// # Errors
    /// What the world says when asked for handles.
    pub fn wire(mut self) -> Result<Wired<W>, Error> {
        let line = self.line()?;
        Ok(Wired { line, stop: self.stop(), progress: self.progress() })
    }

    /// Runs the stages on threads of their own, and opens the lanes again when one is fenced.
    ///
    /// # Errors
    /// What the world says when asked for handles; [`Error::Thread`].
    pub fn start(mut self) -> Result<Running, Error> {
        let line = self.line()?;
        let shared = self.shared.clone();
        let thread = std::thread::Builder::new().name("order-router".to_owned());
        let thread = thread.spawn(move || self.supervise(line));
        let thread = thread.map_err(|error| Error::Thread(error.to_string()))?;
        Ok(Running { shared, thread })
    }

    fn recover(&mut self) -> Result<(), Error> {
        let failed = |fault| Error::World { doing: "opening the lanes", fault };
        let recovering = |lane: LaneId, shard| LaneFacts { lane, shard, ..LaneFacts::default() };
        self.shared.progress.update(|facts| {
            let spec = |spec: &LaneSpec| recovering(spec.lane, spec.shard);
            facts.lanes = match self.rows.is_empty() {
                true => self.options.lanes.iter().map(spec).collect(),
                false => self.rows.iter().map(|row| recovering(row.lane, row.shard)).collect(),
            };
        });
        let mut handles = recover::Handles::<W> {
            journal: self.world.journal().map_err(failed)?,
            snapshots: self.world.snapshots().map_err(failed)?,
            leases: self.world.leases().map_err(failed)?,
            attempts: self.world.attempts().map_err(failed)?,
            clock: self.world.clock(),
        };
        let opened = lineage::open_all(&mut self.world, &mut handles, &self.options)?;
        (self.recovered, self.rows) = opened;
        let count = self.recovered.len();
        if count == 0 || count > limits::LANES_MAX {
            return Err(Error::Lanes { count, max: limits::LANES_MAX });
        }
        let now = handles.clock.now().0;
        self.shared.progress.update(|facts| {
            facts.lanes = vec![LaneFacts::default(); count];
            for (slot, (lane, shown)) in (0..).zip(self.recovered.iter_mut().zip(&mut facts.lanes))
            {
                lane.take_place(slot);
                lane.show(now, shown);
            }
        });
        Ok(())
    }

    fn line(&mut self) -> Result<Line<W>, Error> {
        let recovered = std::mem::take(&mut self.recovered);
        let since = topology::Since { rows: &self.rows, released: self.released };
        topology::line(&mut self.world, (recovered, since), &self.options, &self.shared)
    }

    /// Runs line after line until one ends for good.
    fn supervise(mut self, mut line: Line<W>) -> Result<Ended, Error> {
        loop {
            let ended = self.run(line);
            match ended {
                Err(Error::Dropped { fault: Fault::Fenced | Fault::Unknown, .. })
                    if !self.shared.stop.is_stopping() => {}
                Err(error) => {
                    self.shared.progress.update(Facts::fail);
                    return Err(error);
                }
                Ok(Some(ended)) => {
                    self.forget_starts();
                    return Ok(ended);
                }
                Ok(None) => {
                    self.shared.progress.update(|facts| facts.resharded += 1);
                    self.recover()?;
                    line = self.line()?;
                    continue;
                }
            }
            // Its objects are gone; whoever took the lane may still be busy with it.
            std::thread::park_timeout(REOPEN_PAUSE);
            self.shared.progress.update(|facts| facts.reopened += 1);
            self.recover()?;
            line = self.line()?;
        }
    }

    /// Runs one line to its end; `None` when it is over because its lanes change.
    fn run(&mut self, line: Line<W>) -> Result<Option<Ended>, Error> {
        let Line { ingest, decide, settle, follow, poll, bells, failure } = line;
        let config = &self.options.config;
        let (wait, fell_back) = lane::plan(config.wait, limits::SPINNING_THREADS);
        self.shared.progress.update(|facts| facts.parked_instead = fell_back.is_some());
        let [at_ingest, at_decide, at_settle, at_follow, at_poll] = bells;
        let seat = |number: usize, bell| Seat {
            name: STAGES[number].to_owned(),
            core: config.cores.get(number).copied(),
            wait: if number < limits::SPINNING_THREADS { wait } else { lane::Wait::Park },
            bell,
            halt: failure.halt(),
        };
        let world = &mut self.world;
        let mut clock = || {
            let mut clock = world.clock();
            move || clock.now().0
        };
        let failed = |error: std::io::Error| Error::Thread(error.to_string());
        let ingest = lane::run(seat(0, at_ingest), ingest, clock()).map_err(failed)?;
        let decide = lane::run(seat(1, at_decide), decide, clock()).map_err(failed)?;
        let settle = lane::run(seat(2, at_settle), settle, clock()).map_err(failed)?;
        let follow = lane::run(seat(3, at_follow), follow, clock()).map_err(failed)?;
        let poll = lane::run(seat(4, at_poll), poll, clock()).map_err(failed)?;
        self.shared.progress.watch([
            ingest.gauges(),
            decide.gauges(),
            settle.gauges(),
            follow.gauges(),
        ]);
        drop((ingest.join(), decide.join(), settle.join()));
        let (follow, poll) = (follow.join(), poll.join());
        if let Some(error) = failure.first() {
            return Err(error);
        }
        self.released = Some(poll.released());
        let stop = &self.shared.stop;
        if failure.is_over() && failure.is_settled() && !stop.is_stopping() {
            return Ok(None);
        }
        Ok(Some(match (stop.is_settled(), follow.has_caught_up()) {
            (true, true) => Ended::Drained,
            (true, false) if !stop.is_aborted() => Ended::DrainedInPart,
            _ => Ended::Aborted,
        }))
    }

    /// A stop on purpose is no crash: what was in hand is not to blame (INV-11).
    fn forget_starts(&mut self) {
        if let Ok(mut attempts) = self.world.attempts() {
            for row in &self.rows {
                // A start that stays counted costs nothing but a careful next start.
                let _ = attempts.clear(row.lane);
            }
        }
    }
}

impl<W: World> Wired<W> {
    /// Turns each stage once at `now`; what failed is in the line.
    ///
    /// # Errors
    /// The first failure of a stage.
    pub fn turn(&mut self, now: i64) -> Result<Turn, Error> {
        let Line { ingest, decide, settle, follow, poll, failure, .. } = &mut self.line;
        let turn = lane::turn_all(now, &mut [ingest, decide, settle, follow, poll]);
        failure.first().map_or(Ok(turn), Err)
    }
}

impl Running {
    /// The figures.
    #[must_use]
    pub fn progress(&self) -> Progress {
        self.shared.progress.clone()
    }

    /// What stops it.
    #[must_use]
    pub fn stop(&self) -> Stop {
        self.shared.stop.clone()
    }

    /// Whether it has ended by itself or by a stop, so that `join` doesn't wait.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.thread.is_finished()
    }

    /// Waits for its end.
    ///
    /// # Errors
    /// What stopped it, with its code.
    pub fn join(self) -> Result<Ended, Error> {
        self.thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    }
}

impl Stop {
    /// Stops intake; what was read is decided, settled and sent within the limit of the settings.
    pub fn drain(&self) {
        self.drain.set();
    }

    /// Stops at once; nothing that was acknowledged is lost.
    pub fn abort(&self) {
        self.abort.set();
    }

    /// Whether a drain was asked for.
    #[must_use]
    pub fn is_draining(&self) -> bool {
        self.drain.is_set()
    }

    /// Whether an abort was asked for.
    #[must_use]
    pub fn is_aborted(&self) -> bool {
        self.abort.is_set()
    }

    /// Whether any stop was asked for.
    #[must_use]
    pub fn is_stopping(&self) -> bool {
        self.is_draining() || self.is_aborted()
    }

    /// Whether, draining, everything decided is in the chain.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.settled.is_set()
    }

    pub(crate) fn settled(&self) {
        self.settled.set();
    }
}
