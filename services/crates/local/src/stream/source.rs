//! One reader of one shard.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use domain::{Position, Sequence, hash};
use ports::{ChildShard, Fault, Poll, RecordBatch, ShardSource};

use super::index::Section;
use super::{POLL_BYTES_MAX, Shared, block};
use crate::Error;
use crate::disk::{Disk, RealDisk};
use crate::log::frame::Reading;

/// Reads a shard in order. It keeps the section that it is in, so that small polls read nothing
/// twice.
#[derive(Debug)]
pub struct Source<D: Disk = RealDisk> {
    shared: Arc<Shared<D>>,
    shard: u32,
    section: Option<Section>,
    bytes: Vec<u8>,
    /// Where in `bytes` the record with this sequence number begins.
    next: (u64, usize),
}

// === impl Source ===

impl<D: Disk> Source<D> {
    pub(super) const fn new(shared: Arc<Shared<D>>, shard: u32) -> Self {
        Self { shared, shard, section: None, bytes: Vec::new(), next: (0, 0) }
    }

    /// Reads the section that holds `sequence`, unless it is the one at hand; false where there is
    /// none.
    fn enter(&mut self, sequence: u64) -> Result<bool, Error> {
        let holds = |section: &Section| {
            (section.first..section.first + u64::from(section.count)).contains(&sequence)
        };
        if !self.section.as_ref().is_some_and(holds) {
            let Some(section) = self.shared.index().find(self.shard, sequence) else {
                return Ok(false);
            };
            self.section = None;
            self.bytes.resize(section.length as usize, 0);
            self.shared.reader.read_part(section.at, &mut self.bytes)?;
            if hash::row(&self.bytes) != section.digest {
                let what = "the records don't fit their digest";
                return Err(self.shared.reader.damaged(section.at, what));
            }
            self.next = (section.first, 0);
            self.section = Some(section);
        }
        if let Some(section) = self.section.filter(|_| sequence < self.next.0) {
            self.next = (section.first, 0);
        }
        Ok(true)
    }

    /// Appends records of the section at hand from `first` on, at most `count`.
    fn copy(&mut self, first: u64, count: usize, out: &mut RecordBatch) -> usize {
        let (mut number, offset) = self.next;
        let mut rest = Reading::new(&self.bytes[offset..]);
        let mut copied = 0;
        while copied < count && out.bytes.len() < POLL_BYTES_MAX {
            let Some(record) = block::next(&mut rest) else { break };
            if number >= first {
                out.push(Sequence::of(number), record.arrival, record.data);
                copied += 1;
            }
            number += 1;
        }
        self.next = (number, self.bytes.len() - rest.rest.len());
        copied
    }
}

impl<D: Disk> ShardSource for Source<D> {
    fn poll(
        &mut self,
        after: Position,
        count: usize,
        out: &mut RecordBatch,
    ) -> Result<Poll, Fault> {
        let number = after.sequence.number().unwrap_or(u64::MAX);
        // A record whose end isn't known to be read comes again: it may be an aggregate.
        let is_whole = after.sub_sequence == u32::MAX;
        let mut first = number.saturating_add(u64::from(is_whole)).max(1);
        let Some(tip) = self.shared.tips.get(self.shard as usize) else {
            return Ok(Poll::Records(0));
        };
        // Asked in this order: nothing comes after what a closed shard's tip says.
        let is_closed = tip.is_closed.load(Ordering::Acquire);
        if first > tip.last.load(Ordering::Acquire) {
            return Ok(if is_closed { Poll::ShardEnd } else { Poll::Records(0) });
        }
        let trimmed = self.shared.index().trimmed(self.shard);
        if number < trimmed {
            return Ok(Poll::Trimmed(Sequence::of(trimmed + 1)));
        }
        first = first.max(trimmed + 1);
        let mut polled = 0;
        while polled < count && out.bytes.len() < POLL_BYTES_MAX {
            let entered = match self.enter(first) {
                // The segment went while we read: the next poll says what is left.
                Err(Error::Gone { .. }) => false,
                entered => entered?,
            };
            if !entered {
                break;
            }
            let copied = self.copy(first, count - polled, out);
            polled += copied;
            first += copied as u64;
        }
        Ok(Poll::Records(polled))
    }

    fn children(&mut self) -> Result<Vec<ChildShard>, Fault> {
        let shards = self.shared.shards();
        let child = |(number, shard): (u32, &super::Shard)| ChildShard {
            shard: number,
            name: number.to_string(),
            range: shard.range,
            parents: shard.parents.iter().map(u32::to_string).collect(),
        };
        Ok(shards.children(self.shard).map(child).collect())
    }
}
