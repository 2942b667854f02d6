//! Shards in memory.

use domain::{Position, Sequence, Timestamp};

use super::Shared;
use crate::{ChildShard, Fault, Poll, RecordBatch, ShardSource};

/// The records of each shard, by sequence number from 1.
#[derive(Debug, Default)]
pub struct Shards {
    shards: Vec<Shard>,
    /// Names and numbers of shards that came of splits and merges.
    names: Vec<(String, u32)>,
}

#[derive(Debug, Default)]
struct Shard {
    records: Vec<(Timestamp, Vec<u8>)>,
    /// Records up to this number have gone.
    trimmed: u64,
    closed: bool,
    /// The shards that go on where it was closed.
    children: Vec<ChildShard>,
    /// Further polls fail with these, first one first.
    faults: Vec<Fault>,
}

/// A reader of one shard.
#[derive(Debug)]
pub struct MemorySource {
    shards: Shared<Shards>,
    shard: usize,
}

impl Shards {
    /// Appends a record to a shard and gives its sequence number.
    pub fn put(&mut self, shard: usize, arrival: Timestamp, data: &[u8]) -> u64 {
        let shard = self.shard(shard);
        shard.records.push((arrival, data.to_vec()));
        shard.records.len() as u64
    }

    /// Closes a shard.
    pub fn close(&mut self, shard: usize) {
        self.shard(shard).closed = true;
    }

    /// Splits or merges: closes `parents`, and `children` go on.
    pub fn reshard(&mut self, parents: &[u32], children: &[ChildShard]) {
        for parent in parents {
            let parent = self.shard(*parent as usize);
            parent.closed = true;
            parent.children = children.to_vec();
        }
        self.names.extend(children.iter().map(|child| (child.name.clone(), child.shard)));
    }

    /// Hides a shard's end again; gives the children that it had.
    pub fn reopen(&mut self, shard: usize) -> Vec<ChildShard> {
        let shard = self.shard(shard);
        shard.closed = false;
        std::mem::take(&mut shard.children)
    }

    /// The number of a shard that came of a split or merge.
    #[must_use]
    pub fn number(&self, name: &str) -> Option<u32> {
        self.names.iter().find(|known| known.0 == name).map(|known| known.1)
    }

    /// Lets a shard's records up to `number` go.
    pub fn trim(&mut self, shard: usize, number: u64) {
        self.shard(shard).trimmed = number;
    }

    /// Fails the next poll of a shard.
    pub fn fail(&mut self, shard: usize, fault: Fault) {
        self.shard(shard).faults.push(fault);
    }

    /// How many records a shard has.
    pub fn count(&mut self, shard: usize) -> usize {
        self.shard(shard).records.len()
    }

    fn shard(&mut self, shard: usize) -> &mut Shard {
        if self.shards.len() <= shard {
            self.shards.resize_with(shard + 1, Shard::default);
        }
        &mut self.shards[shard]
    }
}

impl MemorySource {
    /// A reader of the `shard`-th shard.
    #[must_use]
    pub const fn new(shards: Shared<Shards>, shard: usize) -> Self {
        Self { shards, shard }
    }
}

impl ShardSource for MemorySource {
    fn poll(
        &mut self,
        after: Position,
        count: usize,
        out: &mut RecordBatch,
    ) -> Result<Poll, Fault> {
        let mut shards = self.shards.lock();
        let shard = shards.shard(self.shard);
        if !shard.faults.is_empty() {
            return Err(shard.faults.remove(0));
        }
        let number = after.sequence.number().unwrap_or(u64::MAX);
        if number < shard.trimmed {
            return Ok(Poll::Trimmed(Sequence::of(shard.trimmed + 1)));
        }
        // The record at the position may be an aggregate that was cut: it comes again.
        let again = u64::from(after.sub_sequence == u32::MAX);
        let first = (number + again).max(shard.trimmed + 1);
        let mut polled = 0;
        for number in (first..=shard.records.len() as u64).take(count) {
            let (arrival, data) = &shard.records[number as usize - 1];
            out.push(Sequence::of(number), *arrival, data);
            polled += 1;
        }
        if polled == 0 && shard.closed {
            return Ok(Poll::ShardEnd);
        }
        Ok(Poll::Records(polled))
    }

    fn children(&mut self) -> Result<Vec<ChildShard>, Fault> {
        let mut shards = self.shards.lock();
        Ok(shards.shard(self.shard).children.clone())
    }
}
