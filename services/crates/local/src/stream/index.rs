//! Where the sections of each shard lie, rebuilt from the log at every open.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;
use std::path::Path;

use domain::Timestamp;

use super::shards::Reshard;
use super::state::State;
use super::{RESHARD, Retention, block};
use crate::Error;
use crate::log::{Frame, Mark, OPENING, Visitor};

/// Records of one shard that lie together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Section {
    pub(super) shard: u32,
    pub(super) count: u32,
    /// Sequence number of the first.
    pub(super) first: u64,
    /// Bytes of the records.
    pub(super) length: u32,
    /// Digest of those bytes.
    pub(super) digest: u128,
    /// Where they begin.
    pub(super) at: Mark,
}

#[derive(Debug)]
pub(super) struct Index {
    shards: Vec<Shard>,
    segments: BTreeMap<u64, Segment>,
}

#[derive(Debug, Default)]
struct Shard {
    sections: VecDeque<Section>,
    /// The last sequence number that has gone.
    trimmed: u64,
}

/// What retention asks of a segment.
#[derive(Debug)]
struct Segment {
    /// Its last sequence number of each shard that has records in it.
    lasts: BTreeMap<u32, u64>,
    written: Timestamp,
}

/// Fills index and state while the log is opened.
pub(super) struct Opening<'a> {
    folder: &'a Path,
    pub(super) state: State,
    pub(super) index: Index,
    is_first: bool,
}

// === impl Index ===

impl Index {
    fn new(shards: u32) -> Self {
        let shards = (0..shards).map(|_| Shard::default()).collect();
        Self { shards, segments: BTreeMap::new() }
    }

    /// Makes room for shards that were added.
    pub(super) fn widen(&mut self, shards: u32) {
        self.shards.resize_with(shards as usize, Shard::default);
    }

    pub(super) fn add(&mut self, written: Timestamp, section: Section) {
        let last = section.first + u64::from(section.count) - 1;
        self.shards[section.shard as usize].sections.push_back(section);
        let fresh = || Segment { lasts: BTreeMap::new(), written };
        let segment = self.segments.entry(section.at.segment).or_insert_with(fresh);
        segment.lasts.insert(section.shard, last);
        segment.written = written.max(segment.written);
    }

    /// The last sequence number of a shard that has gone; 0 when none has.
    pub(super) fn trimmed(&self, shard: u32) -> u64 {
        self.shards.get(shard as usize).map_or(0, |shard| shard.trimmed)
    }

    /// The section that holds a sequence number, if it is there.
    pub(super) fn find(&self, shard: u32, sequence: u64) -> Option<Section> {
        let sections = &self.shards.get(shard as usize)?.sections;
        let place = sections.partition_point(|section| section.first <= sequence);
        let section = sections.get(place.checked_sub(1)?)?;
        (sequence < section.first + u64::from(section.count)).then_some(*section)
    }

    /// The segment up to which those in `segments` may go. The last is not among them.
    pub(super) fn droppable(
        &self,
        segments: Range<u64>,
        now: Timestamp,
        retention: Retention,
        (settled, mut bytes): (&[u64], u64),
    ) -> u64 {
        let count = segments.end - segments.start + 1;
        let each = bytes / count.max(1);
        for number in segments.clone() {
            let segment = self.segments.get(&number);
            let is_settled = segment.is_none_or(|segment| {
                let mut lasts = segment.lasts.iter();
                lasts.all(|(shard, last)| settled.get(*shard as usize).is_some_and(|at| last <= at))
            });
            let age = segment.map_or(i64::MAX, |segment| now.since(segment.written));
            let is_old = retention.age_ns.is_some_and(|most| age > most);
            let is_much = retention.bytes.is_some_and(|most| bytes > most);
            if !is_settled || !(is_old || is_much) {
                return number;
            }
            bytes = bytes.saturating_sub(each);
        }
        segments.end
    }

    /// Forgets the segments below `segment`.
    pub(super) fn drop_before(&mut self, segment: u64) {
        for shard in &mut self.shards {
            while let Some(section) = shard.sections.front()
                && section.at.segment < segment
            {
                shard.trimmed = section.first + u64::from(section.count) - 1;
                shard.sections.pop_front();
            }
        }
        self.segments.retain(|number, _| *number >= segment);
    }
}

// === impl Opening ===

impl<'a> Opening<'a> {
    pub(super) fn new(folder: &'a Path, shards: u32) -> Self {
        Self { folder, state: State::new(shards), index: Index::new(shards), is_first: true }
    }

    fn open(&mut self, frame: &Frame<'_>) -> Result<(), Error> {
        let shards = self.state.shards.roots();
        let carried = State::of_carry(frame.body);
        let state = carried.ok_or_else(|| self.damaged(frame.place.at))?;
        let roots = state.shards.roots();
        if roots != shards {
            let path = self.folder.display().to_string();
            let what = format!("it was made with {roots} shards, not {shards}");
            return Err(Error::Foreign { path, what });
        }
        if !self.is_first {
            return Ok(());
        }
        self.is_first = false;
        self.index.widen(state.shards());
        for (number, shard) in self.index.shards.iter_mut().enumerate() {
            shard.trimmed = state.tip(number as u32);
        }
        self.state = state;
        Ok(())
    }

    fn damaged(&self, at: Mark) -> Error {
        let what = "the frame holds no records that this release reads".to_owned();
        let folder = self.folder.display().to_string();
        Error::Damaged { folder, segment: at.segment, offset: at.offset, what }
    }
}

impl Visitor for Opening<'_> {
    fn frame(&mut self, frame: &Frame<'_>) -> Result<(), Error> {
        if frame.kind == OPENING {
            return self.open(frame);
        }
        if frame.kind == RESHARD {
            let change = Reshard::read(frame.body).map(|change| self.state.reshard(change));
            change.and_then(Result::ok).ok_or_else(|| self.damaged(frame.place.at))?;
            self.index.widen(self.state.shards());
            return Ok(());
        }
        let written = block::put_at(frame.body);
        for section in block::sections(frame.body, frame.place) {
            let damaged = || self.damaged(frame.place.at);
            let (section, bytes) = section.ok_or_else(damaged)?;
            let follows = section.shard < self.state.shards()
                && section.count > 0
                && section.first == self.state.tip(section.shard) + 1;
            if !follows {
                return Err(damaged());
            }
            let mut rest = crate::log::frame::Reading::new(bytes);
            while let Some(record) = block::next(&mut rest) {
                self.state.restore(section.shard, record.producer, record.sequence);
            }
            if self.state.tip(section.shard) + 1 != section.first + u64::from(section.count) {
                return Err(self.damaged(frame.place.at));
            }
            self.index.add(written, section);
        }
        Ok(())
    }
}
