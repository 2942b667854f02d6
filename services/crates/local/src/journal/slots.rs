//! Which entry lies in which slot, rebuilt from the log at every open.
//!
//! Entry points: [`Slots::find`], [`passes`]; as a [`Visitor`] it is filled by the log.
//!
//! Invariants: INV-1, a later write of a slot has a higher (index, epoch). An index below the
//! lane's floor never becomes absent again: the oldest entry that is left stands for it.
//!
//! It holds no bodies, and asks nobody what is live.

use std::collections::BTreeMap;

use domain::{Entry, Epoch, LaneId, Writer};
use ports::Condition;

use super::item;
use crate::Error;
use crate::log::frame::Reading;
use crate::log::{Frame, Mark, OPENING, Place, Visitor};

/// Kinds of frames in a journal's log.
pub(super) const ENTRY: u8 = 1;
/// A lane's floor was raised.
pub(super) const RELEASE: u8 = 2;

/// What conditions are checked against, and where the rest lies.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slot {
    pub(super) index: u64,
    pub(super) epoch: Epoch,
    pub(super) writer: Writer,
    pub(super) content: [u8; 16],
    pub(super) place: Place,
}

#[derive(Debug, Default)]
pub(super) struct Slots {
    lanes: BTreeMap<LaneId, Lane>,
    /// How many slots lie in each segment.
    segments: BTreeMap<u64, u64>,
}

#[derive(Debug, Default)]
struct Lane {
    slots: BTreeMap<u64, Slot>,
    /// Entries below it are gone.
    floor: u64,
}

/// Whether a put's condition holds against what its slot holds.
pub(super) fn passes(stored: &Slot, entry: &Entry, condition: Condition) -> bool {
    let raises = (stored.index, stored.epoch) < (entry.index, entry.epoch);
    let freed = |free: Option<u64>| free.is_some_and(|free| stored.index <= free);
    let is_same = stored.index == entry.index;
    let passes = match condition {
        Condition::Absent => false,
        Condition::AbsentOrFreed { free } => freed(free),
        Condition::AbsentOrLowerEpoch { free } => {
            freed(free) || is_same && stored.epoch < entry.epoch
        }
        Condition::AbsentOrDead { free, dead } => {
            let is_dead = dead.is_some_and(|dead| {
                (dead.epoch, dead.writer, dead.content)
                    == (stored.epoch, stored.writer, stored.content)
            });
            freed(free) || is_same && is_dead
        }
    };
    // INV-1 is kept here too: a writer that believes too much may go is refused like any other.
    passes && raises
}

// === impl Slots ===

impl Slots {
    /// What a slot holds; for an index that has gone, the oldest entry that is left.
    pub(super) fn find(&self, lane: LaneId, index: u64) -> Option<&Slot> {
        let lane = self.lanes.get(&lane)?;
        if index < lane.floor {
            return lane.slots.first_key_value().map(|(_, slot)| slot);
        }
        lane.slots.get(&index)
    }

    /// First and last index of each lane.
    pub(super) fn lanes(&self) -> impl Iterator<Item = (LaneId, u64, u64)> {
        self.lanes.iter().filter_map(|(lane, slots)| {
            let (first, _) = slots.slots.first_key_value()?;
            let (last, _) = slots.slots.last_key_value()?;
            Some((*lane, *first, *last))
        })
    }

    pub(super) fn last(&self, lane: LaneId) -> Option<u64> {
        self.lanes.get(&lane)?.slots.last_key_value().map(|(last, _)| *last)
    }

    /// Sets a slot.
    pub(super) fn set(&mut self, lane: LaneId, slot: Slot) {
        let of_lane = self.lanes.entry(lane).or_default();
        if slot.index < of_lane.floor {
            return;
        }
        *self.segments.entry(slot.place.at.segment).or_default() += 1;
        if let Some(old) = of_lane.slots.insert(slot.index, slot) {
            leave(&mut self.segments, old.place.at.segment);
        }
    }

    /// Whether the entries below `below` may go, that is, whether one is left then.
    pub(super) fn may_release(&self, lane: LaneId, below: u64) -> bool {
        let lane = self.lanes.get(&lane);
        lane.is_some_and(|lane| below > lane.floor && lane.slots.contains_key(&below))
    }

    /// Lets the entries below `below` go.
    pub(super) fn release(&mut self, lane: LaneId, below: u64) {
        let lane = self.lanes.entry(lane).or_default();
        lane.floor = below.max(lane.floor);
        let kept = lane.slots.split_off(&lane.floor);
        for slot in std::mem::replace(&mut lane.slots, kept).values() {
            leave(&mut self.segments, slot.place.at.segment);
        }
    }

    /// The first segment in which a slot lies.
    pub(super) fn oldest_segment(&self) -> u64 {
        self.segments.first_key_value().map_or(u64::MAX, |(segment, _)| *segment)
    }

    /// What a new segment must carry, so that those before it may go.
    pub(super) fn carry(&self) -> Vec<u8> {
        let floors = self.lanes.iter().filter(|(_, lane)| lane.floor > 0);
        floors.flat_map(|(lane, slots)| release_body(*lane, slots.floor)).collect()
    }
}

/// The body of a frame that raises a floor.
pub(super) fn release_body(lane: LaneId, below: u64) -> [u8; 24] {
    let mut body = [0; 24];
    body[..16].copy_from_slice(&lane.0.to_be_bytes());
    body[16..].copy_from_slice(&below.to_be_bytes());
    body
}

fn leave(segments: &mut BTreeMap<u64, u64>, segment: u64) {
    let Some(count) = segments.get_mut(&segment) else { return };
    *count -= 1;
    if *count == 0 {
        segments.remove(&segment);
    }
}

impl Visitor for Slots {
    fn frame(&mut self, frame: &Frame<'_>) -> Result<(), Error> {
        match frame.kind {
            OPENING | RELEASE => {
                for floor in frame.body.chunks_exact(24) {
                    let mut rest = Reading::new(floor);
                    self.release(LaneId(rest.u128()), rest.u64());
                }
            }
            _ => {
                let Some(entry) = item::decode(frame.body, false) else {
                    return Err(no_entry(frame.place.at));
                };
                let (index, epoch) = (entry.index, entry.epoch);
                let (writer, content) = (entry.writer, entry.content);
                let slot = Slot { index, epoch, writer, content, place: frame.place };
                self.set(entry.lane, slot);
            }
        }
        Ok(())
    }
}

/// A frame that is whole and holds what we can't read.
pub(super) fn no_entry(at: Mark) -> Error {
    let what = "the frame holds no entry that this release reads".to_owned();
    let (segment, offset) = (at.segment, at.offset);
    Error::Damaged { folder: "journal".to_owned(), segment, offset, what }
}
