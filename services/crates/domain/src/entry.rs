//! A journal entry: one batch of inputs with their outcomes, in one conditional write (INV-2).
//!
//! Entry points: [`Entry`], [`Entry::sealed`], [`Entry::is_whole`].
//! The body is bytes here; `wire` knows what is in it.

use std::fmt;
use std::sync::Arc;

use crate::lane::{Epoch, LaneId};
use crate::position::Position;

/// Largest body of an entry in bytes; a DynamoDB item holds 400 KB, keys and attributes included.
pub const BODY_BYTES_MAX: usize = 256 * 1024;

/// The newest version of the format: what this code can write. A chain's format never falls.
pub const FORMAT: u16 = 2;

/// The version before it, which this code reads too, and writes until it is told otherwise, so that
/// a release can be taken back.
pub const FORMAT_BEFORE: u16 = FORMAT - 1;

/// The version since which business days are recorded, and orders live by FIX's Appendix D whole.
pub const FORMAT_OF_DAYS: u16 = 2;

/// The newest version of the decision rules: what this code decides by where it writes the newest
/// format.
pub const RULES: u16 = 2;

/// The version since which want of allotment is told beside every other reason; before, it was
/// looked for only where nothing else failed.
pub const RULES_OF_ALLOTMENT: u16 = 2;

/// The decision rules that an entry of a format is decided by. The format before keeps its own, so
/// that the release that it is kept for can decide the entries again.
#[must_use]
pub const fn rules_of(format: u16) -> u16 {
    if format < FORMAT { RULES - 1 } else { RULES }
}

/// 128 random bits, drawn when a lane opens: two owners' equal bytes still differ (INV-4).
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Writer(pub [u8; 16]);

/// Kinds of items in a journal's slots. A barrier is never part of the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum EntryKind {
    /// The first entry of a lane, at index 0.
    Begin = 1,
    /// Inputs with their outcomes.
    Batch = 2,
    /// A take-over (INV-3).
    Seal = 3,
    /// Records were lost to the stream's retention: from, to.
    Gap = 4,
    /// The lane's end; nothing after it is live.
    End = 5,
    /// Fences a busy writer, owns nothing, binds nothing (INV-3).
    Barrier = 6,
}

/// The two running sums of state rows after an entry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StateDigest {
    /// Rows keyed by account: books, orders, fills, window.
    pub accounts: u128,
    /// Rows keyed by lane: configuration, kill switches, horizon.
    pub lane: u128,
}

/// One item of a journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The lane.
    pub lane: LaneId,
    /// Place in the chain, from 0.
    pub index: u64,
    /// What it is.
    pub kind: EntryKind,
    /// The writer's epoch.
    pub epoch: Epoch,
    /// Who wrote it.
    pub writer: Writer,
    /// Content digest of the entry before; zero at index 0.
    pub previous: [u8; 16],
    /// End position of the entry before.
    pub start: Position,
    /// Where this one ends: the lane's checkpoint once it is live (INV-2).
    pub end: Position,
    /// State after it.
    pub state: StateDigest,
    /// Format version of the body.
    pub format: u16,
    /// Version of the decision rules.
    pub rules: u16,
    /// Digest over all of the above and the body.
    pub content: [u8; 16],
    /// `journal.v1` bytes. Shared, because a retry sends the same bytes (INV-4).
    pub body: Arc<[u8]>,
}

// === impl EntryKind ===

impl EntryKind {
    /// The kind of its number.
    #[must_use]
    pub const fn of_code(code: u8) -> Option<Self> {
        match code {
            1 => Some(Self::Begin),
            2 => Some(Self::Batch),
            3 => Some(Self::Seal),
            4 => Some(Self::Gap),
            5 => Some(Self::End),
            6 => Some(Self::Barrier),
            _ => None,
        }
    }
}

// === impl StateDigest ===

impl StateDigest {
    /// The sums of two lanes, as a folder adds them up.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self {
            accounts: self.accounts.wrapping_add(other.accounts),
            lane: self.lane.wrapping_add(other.lane),
        }
    }

    /// Both sums in one, big-endian, as entries keep them.
    #[must_use]
    pub fn to_bytes(self) -> [u8; 32] {
        let mut bytes = [0; 32];
        bytes[..16].copy_from_slice(&self.accounts.to_be_bytes());
        bytes[16..].copy_from_slice(&self.lane.to_be_bytes());
        bytes
    }

    /// The inverse of [`StateDigest::to_bytes`].
    #[must_use]
    pub fn from_bytes(bytes: &[u8; 32]) -> Self {
        let (mut accounts, mut lane) = ([0; 16], [0; 16]);
        accounts.copy_from_slice(&bytes[..16]);
        lane.copy_from_slice(&bytes[16..]);
        Self { accounts: u128::from_be_bytes(accounts), lane: u128::from_be_bytes(lane) }
    }
}

impl fmt::Display for StateDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}-{:032x}", self.accounts, self.lane)
    }
}

// === impl Writer ===

impl fmt::Debug for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Writer({:032x})", u128::from_be_bytes(self.0))
    }
}

// === impl Entry ===

impl Entry {
    /// This entry with its content digest set.
    #[must_use]
    pub fn sealed(mut self) -> Self {
        self.content = self.digest();
        self
    }

    /// Whether the content digest fits the content.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.content == self.digest()
    }

    /// Whether two items are the same write: index, epoch, writer and content all match (INV-4).
    #[must_use]
    pub fn is_same_write(&self, other: &Self) -> bool {
        (self.index, self.epoch, self.writer, self.content)
            == (other.index, other.epoch, other.writer, other.content)
    }

    fn digest(&self) -> [u8; 16] {
        let positions = [self.start, self.end];
        let [start, end] = positions.map(|position| position.sub_sequence.to_be_bytes());
        crate::hash::content(&[
            &self.lane.0.to_be_bytes(),
            &self.index.to_be_bytes(),
            &[self.kind as u8],
            &self.epoch.0.to_be_bytes(),
            &self.writer.0,
            &self.previous,
            &self.start.sequence.0,
            &start,
            &self.end.sequence.0,
            &end,
            &self.state.to_bytes(),
            &self.format.to_be_bytes(),
            &self.rules.to_be_bytes(),
            &self.body,
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_change_of_an_entry_breaks_its_digest() {
        let entry = Entry {
            lane: LaneId(1),
            index: 3,
            kind: EntryKind::Batch,
            epoch: Epoch(2),
            writer: Writer([9; 16]),
            previous: [1; 16],
            start: Position::START,
            end: Position::START,
            state: StateDigest { accounts: 4, lane: 5 },
            format: FORMAT,
            rules: RULES,
            content: [0; 16],
            body: Arc::from(&b"body"[..]),
        }
        .sealed();
        assert!(entry.is_whole());
        assert!(!Entry { index: 4, ..entry.clone() }.is_whole());
        assert!(!Entry { body: Arc::from(&b"bodz"[..]), ..entry }.is_whole());
        assert_eq!(StateDigest::from_bytes(&entry.state.to_bytes()), entry.state);
    }
}
