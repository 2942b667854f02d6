//! What an entry's body holds: the inputs of a batch with their outcomes, a Begin's lane, an End's
//! children.
//!
//! Entry points: [`BodyWriter`] writes; [`inputs`], [`begin`] and [`end`] read.
//!
//! Invariants: INV-2 (outcomes stand beside their positions), INV-10 (what is read equals what was
//! written, so a fold meets the same inputs). Limits: [`ORDER_BYTES_MAX`](crate::limits),
//! [`RELATIVES_MAX`](crate::limits::RELATIVES_MAX).
//!
//! It keeps to the size that it is given: closing an entry before it is full is settle's part.
//!
//! On a crash the body that was being written is gone with its batch; nothing of it had left.

use domain::inbound::{DecodeFault, Undecodable};
use domain::{Control, HashRange, IdentityKey, Inbound, LaneId, LimitKey, Outcome, Position};
use domain::{StateDigest, Timestamp, TurnClock};

use crate::Error;
use crate::orders::AGGREGATE_MAGIC;

mod control;
mod outcome;
mod read;
mod relations;
mod write;

pub use read::{Inputs, inputs};
pub use relations::{begin, end};
pub use write::BodyWriter;

/// One input of a batch.
#[expect(clippy::large_enum_variant, reason = "it is read in place, one at a time, and copied")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input<'a> {
    /// A record of the stream.
    Record(Record<'a>),
    /// Something else that decisions depend on, at its place between records; its outcome is
    /// `Applied`.
    Control {
        /// What is applied.
        control: Control,
    },
}

/// A record with its outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record<'a> {
    /// Its place in the shard.
    pub position: Position,
    /// When it arrived on the stream.
    pub arrival: Timestamp,
    /// The record as it was read; of one that was too long, its beginning.
    pub data: &'a [u8],
    /// Of a record that was too long to be kept: what it was.
    pub cut: Option<Cut>,
    /// What was decided.
    pub outcome: Outcome,
    /// When the router took it in hand and decided it.
    pub clock: TurnClock,
}

/// A record that was longer than [`ORDER_BYTES_MAX`](crate::limits::ORDER_BYTES_MAX).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut {
    /// Its length in bytes.
    pub length: u32,
    /// `domain::hash::row` of it.
    pub hash: u128,
}

/// Who a lane is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Begin {
    /// Name of the application, 1 to 255 bytes.
    pub application: String,
    /// Name of the Region, up to 255 bytes.
    pub region: String,
    /// Name of the stream, 1 to 255 bytes.
    pub stream: String,
    /// When the stream was created.
    pub stream_created: Timestamp,
    /// Name of the shard, 1 to 255 bytes.
    pub shard: String,
    /// Region epoch under which the lane was opened.
    pub region_epoch: u64,
    /// Its account keys.
    pub range: HashRange,
    /// The lanes whose books it takes over; none of a root lane.
    pub parents: Vec<Parent>,
}

/// A lane that ended before another began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parent {
    /// The lane.
    pub lane: LaneId,
    /// Index of its End.
    pub index: u64,
    /// Content digest of its End.
    pub content: [u8; 16],
    /// State after its End.
    pub state: StateDigest,
}

/// How a lane ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct End {
    /// The lanes that go on.
    pub children: Vec<Child>,
    /// The Region epoch that the lane moved to; 0 when its shard ended.
    pub moved: u64,
}

/// A lane that goes on where another ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Child {
    /// Name of its shard, 1 to 255 bytes.
    pub shard: String,
    /// The account keys that it takes.
    pub range: HashRange,
    /// Sum of the account rows in the range.
    pub accounts: u128,
    /// Names of all shards that it goes on from, the ended lane's own among them.
    pub parents: Vec<String>,
    /// What it takes of the ended lane's allotments (INV-12), each limit once.
    pub shares: Vec<(LimitKey, i128)>,
}

// === impl Record ===

impl Record<'_> {
    /// The input that the line read from these bytes.
    #[must_use]
    pub fn inbound(&self, key: &IdentityKey) -> Inbound {
        let Some(cut) = self.cut else { return crate::orders::decode(key, self.data) };
        let whole = self.data.starts_with(&AGGREGATE_MAGIC);
        let fault = if whole { DecodeFault::Aggregate } else { DecodeFault::Length };
        Inbound::Undecodable(Undecodable { fault, hash: cut.hash })
    }
}

/// Bytes of a fixed length.
pub(crate) fn exactly<const N: usize>(bytes: &[u8], field: &'static str) -> Result<[u8; N], Error> {
    <[u8; N]>::try_from(bytes).map_err(|_| Error::Field(field))
}
