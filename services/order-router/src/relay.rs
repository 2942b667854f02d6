//! Sends what committed entries say, with one cursor per destination: twice perhaps, never skipped.
//!
//! ```text
//!  outputs in chain order -> queue -> publisher, one under way per (destination, account)
//!                               \-- done from the front -> cursors, written each interval
//! ```
//!
//! Entry points: [`Relay::push`], [`Relay::hold`], [`Relay::turn`], [`Relay::write_cursors`],
//! [`Relay::lags`].
//!
//! Invariants: INV-6, INV-13 (order per account and destination). A cursor never passes an output
//! that isn't done. Limits: [`crate::limits::OUTPUTS_MAX`] outputs before no entry is read.
//! It isn't fenced, and needn't be: numbers and computed ids make a second sending harmless.
//!
//! A crash sends again what the cursors hadn't passed.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use domain::{AccountKey, LaneId};
use ports::{Cursors, Destination, Fault, Output, Published, Publisher};

use crate::limits::OUTPUTS_MAX;

/// A lane's outputs on their way.
#[derive(Debug)]
pub struct Relay {
    lane: LaneId,
    slot: u16,
    queue: VecDeque<Sending>,
    /// Number of the queue's first output since the start: tickets count on from it.
    first: u64,
    cursors: BTreeMap<Destination, Cursor>,
    /// Everything up to here was pushed.
    folded: u64,
    /// The lanes before this one with the indexes of their Ends.
    parents: Vec<(LaneId, u64)>,
    /// Destinations that every parent's cursor has reached its End for.
    open: BTreeSet<Destination>,
    /// Destinations that nobody here takes, with the first index that waits for them.
    held: BTreeMap<Destination, u64>,
}

#[derive(Debug)]
struct Sending {
    index: u64,
    output: Output,
    /// Of a dead letter: where what it tells of was refused. Until the letter has left, that cursor
    /// stays as well, because after a crash only a second refusal makes the letter again.
    refused_by: Option<Destination>,
    state: State,
    since: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// To be sent at this time or later.
    Due(i64),
    Sent,
    Done,
}

#[derive(Clone, Copy, Debug, Default)]
struct Cursor {
    /// What was found at the start: everything up to it has left before.
    found: Option<u64>,
    written: Option<u64>,
}

/// An output that its destination refused for good.
#[derive(Clone, Debug)]
pub struct Refused {
    /// The output.
    pub output: Output,
    /// Index of its entry.
    pub index: u64,
    /// Why.
    pub reason: String,
}

impl Relay {
    /// The relay of a lane whose fold starts after `folded`.
    #[must_use]
    pub fn new(lane: LaneId, slot: u16, folded: u64) -> Self {
        let (queue, cursors, open) = (VecDeque::new(), BTreeMap::new(), BTreeSet::new());
        let (parents, held) = (Vec::new(), BTreeMap::new());
        Self { lane, slot, queue, first: 0, cursors, folded, parents, open, held }
    }

    /// Holds what is for a destination back until every parent's cursor there is at its End.
    pub fn follow_after(&mut self, parents: Vec<(LaneId, u64)>) {
        self.parents = parents;
    }

    /// Lets what is for a destination go where every parent's has left.
    ///
    /// # Errors
    /// A [`Fault`] of the cursors.
    pub fn open_gates(&mut self, cursors: &mut impl Cursors) -> Result<(), Fault> {
        if self.parents.is_empty() {
            return Ok(());
        }
        let shut = self.cursors.keys().filter(|at| !self.open.contains(*at));
        for destination in shut.copied().collect::<Vec<_>>() {
            let mut passed = true;
            for (parent, end) in &self.parents {
                passed &= has_left(cursors, *parent, destination, *end)?;
            }
            if passed {
                self.open.insert(destination);
            }
        }
        Ok(())
    }

    /// The lane has ended and everything was pushed: destinations that nothing went to lately, and
    /// those that nothing ever went to, are at the End as well.
    ///
    /// # Errors
    /// A [`Fault`] of the cursors.
    pub fn end(&mut self, cursors: &mut impl Cursors) -> Result<(), Fault> {
        let mut known = cursors.destinations(self.lane)?;
        known.push(Destination::Others);
        for destination in known {
            if !self.cursors.contains_key(&destination) {
                let found = cursors.cursor(self.lane, destination)?;
                self.cursors.insert(destination, Cursor { found, written: found });
            }
        }
        self.write_cursors(cursors)
    }

    /// Whether entries may be read.
    #[must_use]
    pub fn has_room(&self) -> bool {
        self.queue.len() < OUTPUTS_MAX
    }

    /// Whether everything that was pushed is done, and nothing is held.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.queue.is_empty() && !self.is_holding()
    }

    /// Whether something waits for a destination that nobody here takes.
    #[must_use]
    pub fn is_holding(&self) -> bool {
        !self.held.is_empty()
    }

    /// Takes an output of the entry `index`, unless its cursor says that it has left.
    ///
    /// # Errors
    /// A [`Fault`] of the cursors.
    pub fn push(
        &mut self,
        cursors: &mut impl Cursors,
        index: u64,
        now: i64,
        output: Output,
    ) -> Result<(), Fault> {
        if self.has_to_leave(cursors, index, output.destination)? {
            let (state, since, refused_by) = (State::Due(now), now, None);
            self.queue.push_back(Sending { index, output, refused_by, state, since });
        }
        Ok(())
    }

    /// Notes an output of the entry `index` for a destination that nobody here takes: its cursor
    /// stays below, and a start where somebody does sends it. It takes no room.
    ///
    /// # Errors
    /// A [`Fault`] of the cursors.
    pub fn hold(
        &mut self,
        cursors: &mut impl Cursors,
        index: u64,
        destination: Destination,
    ) -> Result<(), Fault> {
        if self.has_to_leave(cursors, index, destination)? {
            self.held.entry(destination).or_insert(index);
        }
        Ok(())
    }

    /// Whether an entry's output isn't below its destination's cursor as that was found.
    fn has_to_leave(
        &mut self,
        cursors: &mut impl Cursors,
        index: u64,
        destination: Destination,
    ) -> Result<bool, Fault> {
        if !self.cursors.contains_key(&destination) {
            let found = cursors.cursor(self.lane, destination)?;
            self.cursors.insert(destination, Cursor { found, written: found });
        }
        let found = self.cursors.get(&destination).and_then(|cursor| cursor.found);
        Ok(found.is_none_or(|found| index > found))
    }

    /// Says that all outputs up to entry `index` were pushed.
    pub fn pushed(&mut self, index: u64) {
        self.folded = self.folded.max(index);
    }

    /// Hands over what may go; at most one under way per destination and account (INV-13).
    pub fn turn(&mut self, publisher: &mut impl Publisher, now: i64) -> usize {
        let mut under_way: BTreeSet<(Destination, AccountKey)> = BTreeSet::new();
        let mut sent = 0;
        let (is_free, open) = (self.parents.is_empty(), &self.open);
        for (number, sending) in (self.first..).zip(&mut self.queue) {
            let output = &sending.output;
            if sending.state == State::Done || !is_free && !open.contains(&output.destination) {
                continue;
            }
            let is_first = under_way.insert((output.destination, output.account));
            let is_due = matches!(sending.state, State::Due(due) if due <= now);
            if is_first && is_due {
                let ticket = ports::chain::ticket(self.slot, number);
                if publisher.submit(ticket, output.clone()).is_err() {
                    break;
                }
                sending.state = State::Sent;
                sent += 1;
            }
        }
        sent
    }

    /// Takes an answer of the publisher; gives an output that was refused for good.
    pub fn answer(&mut self, now: i64, published: &Published) -> Option<Refused> {
        let first = self.first & 0xffff_ffff_ffff;
        let number = (published.ticket & 0xffff_ffff_ffff).wrapping_sub(first) as usize;
        let sending = self.queue.get_mut(number)?;
        let mut refused = None;
        match &published.result {
            Ok(()) => sending.state = State::Done,
            Err(Fault::Retry(after)) => sending.state = State::Due(now.saturating_add(*after)),
            Err(Fault::Unknown | Fault::Fenced) => sending.state = State::Due(now),
            Err(Fault::Fatal(reason)) => {
                sending.state = State::Done;
                let (output, index) = (sending.output.clone(), sending.index);
                refused = Some(Refused { output, index, reason: reason.clone() });
            }
        }
        refused
    }

    /// Lets go of what is done.
    pub fn pass(&mut self) {
        while self.queue.front().is_some_and(|sending| sending.state == State::Done) {
            self.queue.pop_front();
            self.first += 1;
        }
    }

    /// Puts the dead letter of a refused output in its entry's place.
    pub fn push_letter(&mut self, refused: &Refused, now: i64, letter: Output) {
        self.cursors.entry(letter.destination).or_default();
        let (index, refused_by) = (refused.index, Some(refused.output.destination));
        let (state, since) = (State::Due(now), now);
        self.queue.push_back(Sending { index, output: letter, refused_by, state, since });
    }

    /// Writes each cursor that moved.
    ///
    /// # Errors
    /// A [`Fault`] of the cursors.
    pub fn write_cursors(&mut self, cursors: &mut impl Cursors) -> Result<(), Fault> {
        let mut first = self.held.clone();
        for sending in self.queue.iter().filter(|sending| sending.state != State::Done) {
            let destination = Some(sending.output.destination);
            for destination in destination.into_iter().chain(sending.refused_by) {
                let index = first.entry(destination).or_insert(sending.index);
                *index = sending.index.min(*index);
            }
        }
        for (destination, cursor) in &mut self.cursors {
            let passed = first.get(destination).map_or(Some(self.folded), |i| i.checked_sub(1));
            if let Some(passed) = passed
                && cursor.written.is_none_or(|written| written < passed)
            {
                cursors.advance(self.lane, *destination, passed)?;
                cursor.written = Some(passed);
            }
        }
        Ok(())
    }

    /// Whether some output has waited for longer than the limit.
    #[must_use]
    pub fn lags(&self, now: i64, limit_ns: i64) -> bool {
        let oldest = self.queue.iter().find(|sending| sending.state != State::Done);
        oldest.is_some_and(|sending| now.saturating_sub(sending.since) > limit_ns)
    }
}

/// Whether everything up to `index` of a lane has left for a destination.
pub(crate) fn has_left(
    cursors: &mut impl Cursors,
    lane: LaneId,
    destination: Destination,
    index: u64,
) -> Result<bool, Fault> {
    let cursor = match cursors.cursor(lane, destination)? {
        Some(cursor) => Some(cursor),
        None => cursors.cursor(lane, Destination::Others)?,
    };
    Ok(cursor.is_some_and(|cursor| cursor >= index))
}

/// Whether everything up to `index` of a lane that ended there has left.
pub(crate) fn has_all_left(
    cursors: &mut impl Cursors,
    lane: LaneId,
    index: u64,
) -> Result<bool, Fault> {
    let mut all = has_left(cursors, lane, Destination::Others, index)?;
    for destination in cursors.destinations(lane)? {
        all &= has_left(cursors, lane, destination, index)?;
    }
    Ok(all)
}
