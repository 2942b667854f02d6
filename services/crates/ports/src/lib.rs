//! The seams to the world: few, each with a memory side and a real one.
//!
//! Entry points: [`ShardSource`], [`Journal`], [`Publisher`], [`Cursors`], [`Snapshots`],
//! [`ControlTable`], [`OrderView`], [`Clock`], and [`World`], the one parameter that carries them.
//!
//! Invariants: INV-1 to INV-6 are kept by `chain` over any [`Journal`] that keeps its conditions.
//! All seams that carry load are submit and drain, never `async`: what is in flight is a counted
//! table. It knows no SDK, no file, no thread.
//!
//! A crash loses what was submitted and not drained; recovery reads the journal.

pub mod journal;
pub mod publish;
pub mod source;
pub mod store;

pub use journal::{Answer, Completion, Condition, DeadItem, Journal, Put};
pub use publish::{Destination, Output, Published, Publisher};
pub use source::{Poll, Record, RecordBatch, ShardSource};
pub use store::{Clock, ControlTable, Cursors, OrderView, SnapshotHead, Snapshots, ViewRow};

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

/// The world of one service: which side of each seam it runs on.
pub trait World {
    /// Where shard records come from.
    type Source: ShardSource;
    /// Where entries go.
    type Journal: Journal;
    /// Where outputs leave.
    type Publisher: Publisher;
    /// How far each destination is.
    type Cursors: Cursors;
    /// Where folds of the chain are kept.
    type Snapshots: Snapshots;
    /// Where configuration and commands come from.
    type Control: ControlTable;
    /// Where look-ups by order are kept.
    type View: OrderView;
    /// What time it is.
    type Clock: Clock;
}
