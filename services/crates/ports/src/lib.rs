//! The seams to the world: few, each with a memory side and a real one.
//!
//! Entry points: [`ShardSource`], [`Journal`], [`Publisher`], [`Cursors`], [`Snapshots`],
//! [`Leases`], [`ControlTable`], [`OrderView`], [`Attempts`], [`Clock`], and [`World`], the one
//! parameter that carries them.
//!
//! Invariants: INV-1 to INV-6 are kept by `chain` over any [`Journal`] that keeps its conditions.
//! All seams that carry load are submit and drain, never `async`: what is in flight is a counted
//! table. It knows no SDK, no file, no thread.
//!
//! A crash loses what was submitted and not drained; recovery reads the journal.

use domain::Writer;

pub mod allotment;
pub mod chain;
pub mod contract;
pub mod journal;
pub mod memory;
pub mod publish;
pub mod source;
pub mod store;

pub use allotment::{LimitItem, LimitRow, Limits};
pub use journal::{Answer, Completion, Condition, DeadItem, Journal, Put};
pub use publish::{Destination, Output, Published, Publisher};
pub use source::{ChildShard, Poll, Record, RecordBatch, ShardSource};
pub use store::{
    Attempts, Clock, ControlTable, Cursors, LaneEnd, LaneRow, Leases, OrderView, SnapshotHead,
    Snapshots, ViewRow,
};

/// Why the world didn't do what was asked, by what may be done about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Not now: the same again after this many nanoseconds.
    Retry(i64),
    /// It may have happened: submit the same bytes again, or read back; never guess (INV-4).
    Unknown,
    /// Somebody else owns the lane: never retried.
    Fenced,
    /// The lane, or the process, must stop; says what failed and what mends it.
    Fatal(String),
}

/// The world of one service: which side of each seam it runs on, and where its handles come from.
///
/// Each part of a service asks for handles of its own; a lane that is opened again asks anew. All
/// handles of one world see one store.
pub trait World {
    /// Where shard records come from.
    type Source: ShardSource + Send + 'static;
    /// Where entries go.
    type Journal: Journal + Send + 'static;
    /// Where outputs leave.
    type Publisher: Publisher + Send + 'static;
    /// How far each destination is.
    type Cursors: Cursors + Send + 'static;
    /// Where folds of the chain are kept.
    type Snapshots: Snapshots + Send + 'static;
    /// Which lanes there are.
    type Leases: Leases + Send + 'static;
    /// What lanes may use of limits that span them.
    type Limits: Limits + Send + 'static;
    /// Where configuration and commands come from.
    type Control: ControlTable + Send + 'static;
    /// Where look-ups by order are kept.
    type View: OrderView + Send + 'static;
    /// Where starts are counted.
    type Attempts: Attempts + Send + 'static;
    /// What time it is.
    type Clock: Clock + Send + 'static;

    /// A reader of the `shard`-th shard.
    ///
    /// # Errors
    /// A [`Fault`].
    fn source(&mut self, shard: u32) -> Result<Self::Source, Fault>;

    /// The number of the shard of a name, which an End names; `None` when there is none.
    ///
    /// # Errors
    /// A [`Fault`].
    fn shard(&mut self, name: &str) -> Result<Option<u32>, Fault>;

    /// A handle on the journal of all lanes.
    ///
    /// # Errors
    /// A [`Fault`].
    fn journal(&mut self) -> Result<Self::Journal, Fault>;

    /// A sender of outputs.
    ///
    /// # Errors
    /// A [`Fault`].
    fn publisher(&mut self) -> Result<Self::Publisher, Fault>;

    /// The cursors.
    ///
    /// # Errors
    /// A [`Fault`].
    fn cursors(&mut self) -> Result<Self::Cursors, Fault>;

    /// The snapshots.
    ///
    /// # Errors
    /// A [`Fault`].
    fn snapshots(&mut self) -> Result<Self::Snapshots, Fault>;

    /// The lanes.
    ///
    /// # Errors
    /// A [`Fault`].
    fn leases(&mut self) -> Result<Self::Leases, Fault>;

    /// The limits that span lanes.
    ///
    /// # Errors
    /// A [`Fault`].
    fn limits(&mut self) -> Result<Self::Limits, Fault>;

    /// The control table.
    ///
    /// # Errors
    /// A [`Fault`].
    fn control(&mut self) -> Result<Self::Control, Fault>;

    /// The order view.
    ///
    /// # Errors
    /// A [`Fault`].
    fn view(&mut self) -> Result<Self::View, Fault>;

    /// The counted starts.
    ///
    /// # Errors
    /// A [`Fault`].
    fn attempts(&mut self) -> Result<Self::Attempts, Fault>;

    /// A clock.
    fn clock(&mut self) -> Self::Clock;

    /// 128 random bits that no other writer was given (INV-4).
    fn writer(&mut self) -> Writer;
}
