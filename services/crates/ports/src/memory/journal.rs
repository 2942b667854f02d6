//! A journal in memory: slots in an ordered map, with the faults that a test asks for.
//!
//! Entry points: [`MemoryJournal::new`], [`MemoryJournal::fail_with`].
//! Invariants: INV-1, asserted at every put. A put is done at [`Journal::drain`], not before.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;

use domain::{Entry, LaneId};

use super::{Power, Shared};
use crate::{Answer, Completion, Condition, Fault, Journal, Put};

/// Most puts of a handle that wait for a drain.
pub const QUEUE_MAX: usize = 64;

/// What becomes of a put, as a test asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is done and answered.
    Done,
    /// It is not done; the answer says when to try again.
    Throttled,
    /// It is done; the answer is lost.
    AnswerLost,
    /// It isn't done; nobody knows.
    Lost,
    /// Nobody knows, and it is done at a later [`MemoryJournal::deliver_late`].
    Late,
    /// It is done and answered, and done once more later.
    Doubled,
    /// It waits for another drain.
    Held,
    /// The store fails for good.
    Broken,
}

/// What the slots hold; shared by all handles of a store.
#[derive(Debug, Default)]
pub struct Slots {
    entries: BTreeMap<(LaneId, u64), Entry>,
    late: Vec<Put>,
    puts: u64,
    plan: Plan,
    /// A weaker rule for batches, to see it caught: "stored epoch <= mine".
    pub batch_on_lower_or_equal: bool,
    /// A weaker rule for seals, to see it caught: "stored epoch < mine".
    pub seal_on_own_epoch: bool,
    /// A weaker rule for Begin, to see it caught: no condition.
    pub begin_over_anything: bool,
    /// Leaves (index, epoch) unasserted, so that a weaker rule shows in the chain itself.
    pub unasserted: bool,
}

type Fates = Box<dyn FnMut(&Put) -> Fate + Send>;

/// What is asked about puts of handles that have no fates of their own.
#[derive(Default)]
struct Plan(Option<Fates>);

/// One handle.
pub struct MemoryJournal {
    slots: Shared<Slots>,
    queue: VecDeque<(u64, Put)>,
    fates: Option<Fates>,
    /// What ends the process between two puts.
    pub(super) power: Option<Power>,
}

// === impl Slots ===

impl Slots {
    /// All items of a lane, dead ones included.
    pub fn items(&self, lane: LaneId) -> impl Iterator<Item = &Entry> {
        self.entries.range((lane, 0)..=(lane, u64::MAX)).map(|(_, entry)| entry)
    }

    /// How many puts were done.
    #[must_use]
    pub const fn puts(&self) -> u64 {
        self.puts
    }

    /// Asks `fates` about every put of handles that have none of their own.
    pub fn fail_with(&mut self, fates: impl FnMut(&Put) -> Fate + Send + 'static) {
        self.plan = Plan(Some(Box::new(fates)));
    }

    /// Does every put from now on.
    pub fn heal(&mut self) {
        self.plan = Plan(None);
    }

    /// Changes one stored item, as damage does.
    pub fn damage(&mut self, lane: LaneId, index: u64, change: impl FnOnce(&mut Entry)) {
        if let Some(entry) = self.entries.get_mut(&(lane, index)) {
            change(entry);
        }
    }

    /// How many puts are on their way although nobody waits for them.
    #[must_use]
    pub const fn late(&self) -> usize {
        self.late.len()
    }

    /// What a slot holds: where an index has gone, the oldest item that is left.
    fn slot(&self, lane: LaneId, index: u64) -> Option<&Entry> {
        let oldest = self.items(lane).next()?;
        if index < oldest.index {
            return Some(oldest);
        }
        self.entries.get(&(lane, index))
    }

    fn put(&mut self, put: &Put) -> Answer {
        let entry = &*put.entry;
        let stored = self.slot(entry.lane, entry.index);
        if let Some(stored) = stored
            && !self.passes(stored, put)
        {
            return Answer::Refused(Box::new(stored.clone()));
        }
        if let Some(stored) = stored {
            let raises = (stored.index, stored.epoch) < (entry.index, entry.epoch);
            assert!(raises || self.unasserted, "INV-1: a put lowered {stored:?} to {entry:?}");
        }
        self.entries.insert((entry.lane, entry.index), entry.clone());
        self.puts += 1;
        Answer::Stored
    }

    fn passes(&self, stored: &Entry, put: &Put) -> bool {
        let entry = &*put.entry;
        let freed = |free: Option<u64>| free.is_some_and(|free| stored.index <= free);
        let same = stored.index == entry.index;
        match put.condition {
            Condition::Absent => self.begin_over_anything,
            Condition::AbsentOrFreed { free } => freed(free),
            Condition::AbsentOrLowerEpoch { free } => {
                let lower = stored.epoch < entry.epoch
                    || self.batch_on_lower_or_equal && stored.epoch == entry.epoch;
                freed(free) || same && lower
            }
            Condition::AbsentOrDead { free, dead } => {
                let found = dead.is_some_and(|dead| {
                    let known = (dead.epoch, dead.writer, dead.content);
                    known == (stored.epoch, stored.writer, stored.content)
                });
                let weak = self.seal_on_own_epoch && stored.epoch < entry.epoch;
                freed(free) || same && (found || weak)
            }
        }
    }
}

// === impl MemoryJournal ===

impl MemoryJournal {
    /// A handle on `slots` that does every put.
    #[must_use]
    pub const fn new(slots: Shared<Slots>) -> Self {
        Self { slots, queue: VecDeque::new(), fates: None, power: None }
    }

    /// Asks `fates` about every put from now on.
    pub fn fail_with(&mut self, fates: impl FnMut(&Put) -> Fate + Send + 'static) {
        self.fates = Some(Box::new(fates));
    }

    /// Does every put from now on.
    pub fn heal(&mut self) {
        self.fates = None;
    }

    /// Does the `nth` of the puts that are late; its answer goes nowhere.
    pub fn deliver_late(&mut self, nth: usize) {
        let mut slots = self.slots.lock();
        if nth < slots.late.len() {
            let put = slots.late.swap_remove(nth);
            slots.put(&put);
        }
    }

    fn fate(&mut self, put: &Put) -> Fate {
        if let Some(fates) = &mut self.fates {
            return fates(put);
        }
        let mut slots = self.slots.lock();
        slots.plan.0.as_mut().map_or(Fate::Done, |fates| fates(put))
    }
}

impl Journal for MemoryJournal {
    fn submit(&mut self, ticket: u64, put: Put) -> Result<(), Put> {
        if self.queue.len() >= QUEUE_MAX {
            return Err(put);
        }
        self.queue.push_back((ticket, put));
        Ok(())
    }

    fn drain(&mut self, completions: &mut Vec<Completion>) {
        for _ in 0..self.queue.len() {
            let Some((ticket, put)) = self.queue.pop_front() else { return };
            if let Some(Err(fault)) = self.power.as_ref().map(Power::spend) {
                completions.push(Completion { ticket, answer: Answer::Fault(fault) });
                continue;
            }
            let fate = self.fate(&put);
            let mut slots = self.slots.lock();
            let answer = match fate {
                Fate::Done => slots.put(&put),
                Fate::Throttled => Answer::Fault(Fault::Retry(0)),
                Fate::AnswerLost => {
                    slots.put(&put);
                    Answer::Fault(Fault::Unknown)
                }
                Fate::Lost => Answer::Fault(Fault::Unknown),
                Fate::Late => {
                    slots.late.push(put);
                    Answer::Fault(Fault::Unknown)
                }
                Fate::Doubled => {
                    slots.late.push(put.clone());
                    slots.put(&put)
                }
                Fate::Held => {
                    drop(slots);
                    self.queue.push_back((ticket, put));
                    continue;
                }
                Fate::Broken => Answer::Fault(Fault::Fatal("the store broke".to_owned())),
            };
            completions.push(Completion { ticket, answer });
        }
    }

    fn read(&mut self, lane: LaneId, from: u64, count: usize) -> Result<Vec<Option<Entry>>, Fault> {
        let slots = self.slots.lock();
        let read = (from..).take(count).map(|index| slots.slot(lane, index).cloned());
        let read: Vec<_> = read.collect();
        let broken = read.iter().flatten().find(|entry| !entry.is_whole());
        broken.map_or(Ok(()), |entry| {
            let text = format!("lane {lane} entry {}: digest doesn't fit", entry.index);
            Err(Fault::Fatal(text))
        })?;
        Ok(read)
    }

    fn release(&mut self, lane: LaneId, below: u64) -> Result<(), Fault> {
        self.power.as_ref().map_or(Ok(()), Power::spend)?;
        let mut slots = self.slots.lock();
        if slots.entries.contains_key(&(lane, below)) {
            slots.entries.retain(|(of, index), _| *of != lane || *index >= below);
        }
        Ok(())
    }
}

impl fmt::Debug for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Plan").field(&self.0.is_some()).finish()
    }
}

impl fmt::Debug for MemoryJournal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryJournal").field("queue", &self.queue.len()).finish_non_exhaustive()
    }
}
