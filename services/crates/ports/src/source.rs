//! Records of a shard, drained in bounded batches.

use domain::{HashRange, Position, Sequence, Timestamp};

use crate::Fault;

/// Records as they lie in a shard, bytes in one buffer, kept from turn to turn so that reading
/// allocates nothing once it is warm.
#[derive(Clone, Debug, Default)]
pub struct RecordBatch {
    /// All data, end to end.
    pub bytes: Vec<u8>,
    /// Where each record's data lies.
    pub records: Vec<Record>,
}

/// One Kinesis record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record {
    /// Its place in the shard.
    pub sequence: Sequence,
    /// ApproximateArrivalTimestamp; in a replay, the file's time.
    pub arrival: Timestamp,
    /// First byte in [`RecordBatch::bytes`].
    pub offset: usize,
    /// Length in bytes.
    pub length: usize,
}

/// How a poll went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Poll {
    /// This many records were appended; 0 when the tip is reached.
    Records(usize),
    /// The shard is closed and read to its end.
    ShardEnd,
    /// Records after the asked position are gone; the oldest left is this one (`Gap`).
    Trimmed(Sequence),
}

/// A shard that goes on where another was closed by a split or a merge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChildShard {
    /// Its number in the world, as [`crate::World::source`] takes it.
    pub shard: u32,
    /// Its name, 1 to 255 bytes.
    pub name: String,
    /// The account keys that it takes.
    pub range: HashRange,
    /// Names of the shards that it goes on from: one of a split, two of a merge.
    pub parents: Vec<String>,
}

/// One shard, read in order.
pub trait ShardSource {
    /// Appends records after `after`, at most `count`, whole. The record at `after` itself comes
    /// again, because the position may lie inside an aggregate, and the caller drops what it has;
    /// unless its sub-sequence is `u32::MAX`, which lies behind the whole record.
    ///
    /// # Errors
    /// A [`Fault`].
    fn poll(&mut self, after: Position, count: usize, out: &mut RecordBatch)
    -> Result<Poll, Fault>;

    /// The shards that go on where this one was closed; none while that isn't known. A shard's end
    /// is believed only with its children's names: a stream or a reader that is gone looks like an
    /// end too.
    ///
    /// # Errors
    /// A [`Fault`].
    fn children(&mut self) -> Result<Vec<ChildShard>, Fault> {
        Ok(Vec::new())
    }
}

impl RecordBatch {
    /// Empties the batch and keeps its room.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.records.clear();
    }

    /// The data of a record of this batch.
    #[must_use]
    pub fn data(&self, record: &Record) -> &[u8] {
        self.bytes.get(record.offset..record.offset + record.length).unwrap_or_default()
    }

    /// Appends a record.
    pub fn push(&mut self, sequence: Sequence, arrival: Timestamp, data: &[u8]) {
        let (offset, length) = (self.bytes.len(), data.len());
        self.bytes.extend_from_slice(data);
        self.records.push(Record { sequence, arrival, offset, length });
    }
}
