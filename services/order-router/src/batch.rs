//! What goes round the line: a batch of one lane's records, decided in place, settled, used again.
//!
//! ```text
//!  ingest fills bytes and records -> decide adds steps, digest, counts -> settle writes, clears
//!     ^---------------------------- recycle ring --------------------------------/
//! ```
//!
//! Limits: [`crate::limits::BATCH_RECORDS_MAX`], [`crate::limits::BATCH_BYTES`]. All room is kept
//! from round to round, so that the line allocates nothing once it is warm.

use domain::{Control, Inbound, Outcome, Position, StateDigest, Timestamp, TurnClock};

use wire::journal::End;

use crate::admin::Counted;
use crate::limits::{BATCH_BYTES, RECORD_BYTES_MAX, STEP_BYTES};

/// A batch of one lane.
#[derive(Debug)]
pub struct Batch {
    /// Which lane, among the process's.
    pub lane: u16,
    /// When ingest took it in hand, nanoseconds since 1970-01-01 UTC.
    pub received: i64,
    /// The lane's clock when the records were taken in hand and decided.
    pub clock: TurnClock,
    /// Nothing follows in this lane: its shard was closed, and these go on.
    pub end: Option<Box<End>>,
    /// Nothing follows, in any lane.
    pub last: bool,
    /// The data of all records, end to end.
    pub bytes: Vec<u8>,
    /// The records.
    pub records: Vec<Taken>,
    /// The first record crashed the process again and again: it is quarantined (INV-11).
    pub quarantine: bool,
    /// Its lane takes one record at a time: it comes back after its commit (INV-11).
    pub single: bool,
    /// The inputs in the order in which they were decided.
    pub steps: Vec<Step>,
    /// What the journal keeps of the data, in bytes.
    pub kept_bytes: usize,
    /// State after them.
    pub state: StateDigest,
    /// Counts after them.
    pub counts: Counted,
}

/// A record that was read.
#[derive(Clone, Copy, Debug)]
pub struct Taken {
    /// Its place in the shard.
    pub position: Position,
    /// When it arrived on the stream.
    pub arrival: Timestamp,
    /// Where its data begins.
    pub offset: usize,
    /// How long it is.
    pub length: usize,
    /// What it says.
    pub inbound: Inbound,
}

/// An input with its outcome.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// Which input.
    pub input: Input,
    /// What was decided.
    pub outcome: Outcome,
}

/// An input of a batch.
#[derive(Clone, Copy, Debug)]
pub enum Input {
    /// The record of this number in the batch.
    Record(u32),
    /// A control input.
    Control(Control),
}

impl Batch {
    /// An empty batch of a lane with room for `records`.
    #[must_use]
    pub fn new(lane: u16, records: usize) -> Box<Self> {
        Box::new(Self {
            lane,
            received: 0,
            clock: TurnClock::default(),
            end: None,
            last: false,
            bytes: Vec::with_capacity(2 * BATCH_BYTES),
            records: Vec::with_capacity(records),
            quarantine: false,
            single: false,
            steps: Vec::with_capacity(2 * records),
            kept_bytes: 0,
            state: StateDigest::default(),
            counts: Counted::default(),
        })
    }

    /// Empties it and keeps its room.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.records.clear();
        self.steps.clear();
        self.kept_bytes = 0;
        self.quarantine = false;
        self.single = false;
        self.end = None;
        self.last = false;
    }

    /// Appends a record.
    pub fn take(&mut self, position: Position, arrival: Timestamp, data: &[u8], inbound: Inbound) {
        let (offset, length) = (self.bytes.len(), data.len());
        self.bytes.extend_from_slice(data);
        let cut = length > RECORD_BYTES_MAX;
        self.kept_bytes += if cut { wire::limits::KEPT_BYTES_MAX } else { length };
        self.records.push(Taken { position, arrival, offset, length, inbound });
    }

    /// The data of a record of this batch.
    #[must_use]
    pub fn data(&self, record: &Taken) -> &[u8] {
        self.bytes.get(record.offset..record.offset + record.length).unwrap_or_default()
    }

    /// At most how many bytes it takes in an entry.
    #[must_use]
    pub fn entry_bytes(&self) -> usize {
        self.kept_bytes + self.steps.len() * STEP_BYTES
    }
}
