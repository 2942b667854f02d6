//! The journal as its store sees it: slots, each put under a condition (`ledger.md`: conditions).
//!
//! Every successful put raises (index, epoch) of its slot; a store asserts it (INV-1).

use std::sync::Arc;

use domain::{Entry, Epoch, LaneId, Writer};

use crate::Fault;

/// What must hold of a slot for a put to succeed. `free` is the highest index that the writer knows
/// may go (`None` in the first lap): an item at or below it counts as absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// Begin, and `End{moved}` at index 0: nothing is there.
    Absent,
    /// Batch, Gap, End: absent, or the same index with a lower epoch than the entry's.
    AbsentOrLowerEpoch {
        /// Highest index that may go.
        free: Option<u64>,
    },
    /// Seal: absent, or still exactly the dead item that was read there.
    AbsentOrDead {
        /// Highest index that may go.
        free: Option<u64>,
        /// The dead item, if one was read.
        dead: Option<DeadItem>,
    },
    /// Barrier: absent.
    AbsentOrFreed {
        /// Highest index that may go.
        free: Option<u64>,
    },
}

/// What a dead item is recognised by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeadItem {
    /// Its epoch.
    pub epoch: Epoch,
    /// Its writer.
    pub writer: Writer,
    /// Its content digest.
    pub content: [u8; 16],
}

/// A conditional write of one entry. A retry carries the same bytes (INV-4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Put {
    /// The entry, content digest set.
    pub entry: Arc<Entry>,
    /// What must hold.
    pub condition: Condition,
}

/// What became of a put.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It is stored, durably.
    Stored,
    /// The condition failed; this is what the slot holds (never an item that counts as absent).
    Refused(Box<Entry>),
    /// Not done, or not known to be done.
    Fault(Fault),
}

/// An answer with the number it was submitted under.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// As given to [`Journal::submit`].
    pub ticket: u64,
    /// What became of it.
    pub answer: Answer,
}

/// A journal: one handle of one writer. Handles of one store see each other's puts.
pub trait Journal {
    /// Hands a put over; completions may come in any order.
    ///
    /// # Errors
    /// Gives the put back when too many are in flight.
    fn submit(&mut self, ticket: u64, put: Put) -> Result<(), Put>;

    /// Appends what completed since the last call, waiting no longer than the store's own sync
    /// takes.
    fn drain(&mut self, completions: &mut Vec<Completion>);

    /// Consistent read of `count` slots from index `from` on: `None` where there is no item.
    /// An item of a higher index than its slot was asked for means lapped; it is returned as it is.
    ///
    /// # Errors
    /// A [`Fault`]; damage that no crash explains is `Fatal` and names the place.
    fn read(&mut self, lane: LaneId, from: u64, count: usize) -> Result<Vec<Option<Entry>>, Fault>;

    /// Says that entries of `lane` below `below` may go (retention). A store may keep them longer,
    /// in whole segments. Where an index has gone, it never becomes absent again: a read of it
    /// gives the oldest item that is left, a put to it is refused with that item, so that a stale
    /// owner or reader sees that it was lapped. The entry at `below` itself is kept.
    ///
    /// # Errors
    /// A [`Fault`].
    fn release(&mut self, lane: LaneId, below: u64) -> Result<(), Fault>;
}
