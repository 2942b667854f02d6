//! How records lie in a frame: by shard, each shard's section with a digest of its own.
//!
//! ```text
//! body    = put at (i64), section...
//! section = shard (u32), count (u32), first sequence (u64), bytes (u32), digest (u128), record...
//! record  = arrival (i64), producer (u128), its sequence (u64), length (u32), data
//! ```
//!
//! So a reader of one shard reads that shard's bytes alone, and still checks them.

use domain::{Timestamp, hash};

use super::index::Section;
use super::queue::Record;
use crate::log::frame::Reading;
use crate::log::{Place, Reader};

/// Kind of the frames.
pub(super) const BLOCK: u8 = 1;

/// A block is closed above so many bytes.
const BLOCK_BYTES: usize = 1024 * 1024;
const SECTION: usize = 4 + 4 + 8 + 4 + 16;
const RECORD: usize = 8 + 16 + 8 + 4;

/// How many of `records` one block takes, at least one, and the most bytes that it may have.
pub(super) fn bound(records: &[Record], shards: u32) -> (usize, usize) {
    let mut bytes = 8 + SECTION * records.len().min(shards as usize);
    for (count, record) in records.iter().enumerate() {
        let more = RECORD + record.length;
        if count > 0 && bytes + more > BLOCK_BYTES {
            return (count, bytes);
        }
        bytes += more;
    }
    (records.len(), bytes)
}

/// Makes blocks, and keeps its room.
#[derive(Debug)]
pub(super) struct Builder {
    shards: Vec<Shard>,
    body: Vec<u8>,
}

#[derive(Debug, Default)]
struct Shard {
    count: u32,
    first: u64,
    bytes: Vec<u8>,
    /// Of the section that was made last; its place is inside the frame's body.
    made: Option<InBody>,
}

/// A section before its frame has a place.
#[derive(Clone, Copy, Debug)]
pub(super) struct InBody {
    section: Section,
    offset: u64,
}

// === impl InBody ===

impl InBody {
    /// The section, now that its frame lies at `place`.
    pub(super) fn at(self, place: Place) -> Section {
        Section { at: Reader::<crate::disk::RealDisk>::inside(place, self.offset), ..self.section }
    }
}

// === impl Builder ===

impl Builder {
    pub(super) fn new(shards: u32) -> Self {
        let shards = (0..shards).map(|_| Shard::default()).collect();
        Self { shards, body: Vec::new() }
    }

    /// Makes room for shards that were added.
    pub(super) fn widen(&mut self, shards: u32) {
        self.shards.resize_with(shards as usize, Shard::default);
    }

    /// Adds a record that was placed.
    pub(super) fn add(
        &mut self,
        record: &Record,
        (shard, sequence): (u32, u64),
        arrival: Timestamp,
        data: &[u8],
    ) {
        let shard = &mut self.shards[shard as usize];
        if shard.count == 0 {
            shard.first = sequence;
        }
        shard.count += 1;
        shard.bytes.extend_from_slice(&arrival.0.to_be_bytes());
        shard.bytes.extend_from_slice(&record.producer.to_be_bytes());
        shard.bytes.extend_from_slice(&record.sequence.to_be_bytes());
        shard.bytes.extend_from_slice(&(data.len() as u32).to_be_bytes());
        shard.bytes.extend_from_slice(data);
    }

    /// The body of what was added, if anything was; the next block begins empty.
    pub(super) fn finish(&mut self, now: Timestamp) -> Option<&[u8]> {
        self.body.clear();
        self.body.extend_from_slice(&now.0.to_be_bytes());
        for (number, shard) in self.shards.iter_mut().enumerate() {
            shard.made = None;
            if shard.count == 0 {
                continue;
            }
            let (digest, length) = (hash::row(&shard.bytes), shard.bytes.len() as u32);
            self.body.extend_from_slice(&(number as u32).to_be_bytes());
            self.body.extend_from_slice(&shard.count.to_be_bytes());
            self.body.extend_from_slice(&shard.first.to_be_bytes());
            self.body.extend_from_slice(&length.to_be_bytes());
            self.body.extend_from_slice(&digest.to_be_bytes());
            let section = Section {
                shard: number as u32,
                count: shard.count,
                first: shard.first,
                length,
                digest,
                at: crate::log::Mark::default(),
            };
            shard.made = Some(InBody { section, offset: self.body.len() as u64 });
            self.body.extend_from_slice(&shard.bytes);
            shard.bytes.clear();
            shard.count = 0;
        }
        (self.body.len() > 8).then_some(&self.body)
    }

    /// The sections of the block that was finished last.
    pub(super) fn sections(&self) -> impl Iterator<Item = InBody> {
        self.shards.iter().filter_map(|shard| shard.made)
    }
}

/// When a block was put.
pub(super) fn put_at(body: &[u8]) -> Timestamp {
    Timestamp(Reading::new(body).i64())
}

/// The sections of a block's body, each with its records' bytes; `None` where they don't fit in.
pub(super) fn sections(
    body: &[u8],
    place: Place,
) -> impl Iterator<Item = Option<(Section, &[u8])>> {
    let mut rest = Reading::new(body);
    rest.i64();
    std::iter::from_fn(move || {
        if rest.rest.is_empty() {
            return None;
        }
        let (shard, count, first, length) = (rest.u32(), rest.u32(), rest.u64(), rest.u32());
        let digest = rest.u128();
        let offset = (body.len() - rest.rest.len()) as u64;
        let at = Reader::<crate::disk::RealDisk>::inside(place, offset);
        let bytes = rest.slice(length as usize);
        let section = Section { shard, count, first, length, digest, at };
        Some((!rest.is_short).then_some((section, bytes)))
    })
}

/// One record of a section.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stored<'a> {
    pub(super) arrival: Timestamp,
    pub(super) producer: u128,
    pub(super) sequence: u64,
    pub(super) data: &'a [u8],
}

/// Reads one record off the front; `None` at the end.
pub(super) fn next<'a>(rest: &mut Reading<'a>) -> Option<Stored<'a>> {
    if rest.rest.is_empty() {
        return None;
    }
    let (arrival, producer, sequence) = (Timestamp(rest.i64()), rest.u128(), rest.u64());
    let length = rest.u32() as usize;
    let data = rest.slice(length);
    (!rest.is_short).then_some(Stored { arrival, producer, sequence, data })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::log::Mark;

    proptest! {
        #![proptest_config(ProptestConfig {
            failure_persistence: None,
            ..ProptestConfig::with_cases(4_096)
        })]

        #[test]
        fn any_bytes_are_sections_or_none_and_never_a_panic(
            body in prop::collection::vec(any::<u8>(), 0..200),
            zeros in 0..40_usize,
        ) {
            let body = [vec![0; zeros], body].concat();
            let place = Place { at: Mark::default(), length: body.len() as u32 };
            let mut read = 0;
            for section in sections(&body, place) {
                let Some((section, bytes)) = section else { break };
                prop_assert_eq!(bytes.len(), section.length as usize);
                let mut rest = Reading::new(bytes);
                while let Some(record) = next(&mut rest) {
                    read += record.data.len();
                }
            }
            prop_assert!(read <= body.len());
        }
    }
}
