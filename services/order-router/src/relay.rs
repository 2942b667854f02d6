//! Sends what committed entries say, with one cursor per destination: twice perhaps, never skipped.
//!
//! ```text
//!  outputs in chain order -> queue -> publisher, one under way per (destination, account)
//!                               \-- done from the front -> cursors, written each interval
//! ```
//!
//! Entry points: [`Relay::begin`], [`Relay::push`], [`Relay::hold`], [`Relay::turn`],
//! [`Relay::handed`], [`Relay::write_cursors`], [`Relay::lags`].
//!
//! Invariants: INV-6, INV-13 (order per account and destination). A cursor never passes an output
//! that isn't done. Limits: [`crate::limits::OUTPUTS_MAX`] outputs before no entry is read.
//! It isn't fenced, and needn't be: numbers and computed ids make a second sending harmless.
//!
//! A crash sends again what the cursors hadn't passed.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use domain::{AccountKey, LaneId, OrderId, Timestamp};
use ports::{Cursors, Destination, Fault, Output, Published, Publisher};
use wire::events::LifeCycle;

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
    /// Number of the input whose outputs are pushed, and what they tell of.
    input: (u64, ToldOf),
    /// What was handed over, or turned away, and nobody was told of.
    handed: Vec<Handed>,
}

#[derive(Debug)]
struct Sending {
    index: u64,
    /// Which input's output it is: outputs of one stand together.
    input: u64,
    told_of: ToldOf,
    output: Output,
    /// Of a dead letter: where what it tells of was refused. Until the letter has left, that cursor
    /// stays as well, because after a crash only a second refusal makes the letter again.
    refused_by: Option<Destination>,
    state: State,
    since: i64,
    /// When it was first handed over and not turned away; 0: not yet.
    handed: i64,
    /// The same of what its input sends to its venue.
    routed: i64,
}

/// What outputs tell of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ToldOf {
    /// A control input, or what became of another output.
    Other,
    /// A record; the order that it made, if it made one.
    Record(Option<OrderId>),
}

/// An output of a record that made an order has been handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handed {
    /// The order.
    pub order: OrderId,
    /// To its venue; else the answer to its sender.
    pub is_route: bool,
    /// When; 0 when it was turned away, so that it isn't yet.
    pub at: Timestamp,
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
        let (input, handed) = ((0, ToldOf::Other), Vec::new());
        Self { lane, slot, queue, first: 0, cursors, folded, parents, open, held, input, handed }
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

    /// What is pushed from here on are the outputs of another input.
    pub const fn begin(&mut self, told_of: ToldOf) {
        self.input = (self.input.0 + 1, told_of);
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
            self.queue.push_back(self.sending(index, now, output));
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
        // What the outputs of one input have routed so far.
        let (mut input, mut routed) = (0, 0);
        for (number, sending) in (self.first..).zip(&mut self.queue) {
            if input != sending.input {
                (input, routed) = (sending.input, 0);
            }
            sending.routed = sending.routed.max(routed);
            let output = &sending.output;
            if sending.state != State::Done && (is_free || open.contains(&output.destination)) {
                let is_first = under_way.insert((output.destination, output.account));
                let is_due = matches!(sending.state, State::Due(due) if due <= now);
                if is_first && is_due {
                    let ticket = ports::chain::ticket(self.slot, number);
                    let output = sending.at(now);
                    if publisher.submit(ticket, output).is_err() {
                        break;
                    }
                    self.handed.extend(sending.hand_over(now));
                    sent += 1;
                }
            }
            if matches!(sending.output.destination, Destination::Venue(_)) {
                routed = routed.max(sending.handed);
            }
        }
        sent
    }

    /// What was handed over, or turned away, since it was asked last.
    pub fn handed(&mut self) -> std::vec::Drain<'_, Handed> {
        self.handed.drain(..)
    }

    /// Takes an answer of the publisher; gives an output that was refused for good.
    pub fn answer(&mut self, now: i64, published: &Published) -> Option<Refused> {
        let first = self.first & 0xffff_ffff_ffff;
        let number = (published.ticket & 0xffff_ffff_ffff).wrapping_sub(first) as usize;
        let sending = self.queue.get_mut(number)?;
        let mut refused = None;
        match &published.result {
            Ok(()) => sending.state = State::Done,
            Err(Fault::Retry(after)) => {
                sending.state = State::Due(now.saturating_add(*after));
                self.handed.extend(sending.turn_away());
            }
            Err(Fault::Unknown | Fault::Fenced) => sending.state = State::Due(now),
            Err(Fault::Fatal(reason)) => {
                sending.state = State::Done;
                self.handed.extend(sending.turn_away());
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
        let refused_by = Some(refused.output.destination);
        self.begin(ToldOf::Other);
        let sending = self.sending(refused.index, now, letter);
        self.queue.push_back(Sending { refused_by, ..sending });
    }

    const fn sending(&self, index: u64, now: i64, output: Output) -> Sending {
        let ((input, told_of), state, refused_by) = (self.input, State::Due(now), None);
        let (since, handed, routed) = (now, 0, 0);
        Sending { index, input, told_of, output, refused_by, state, since, handed, routed }
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

// === impl Sending ===

impl Sending {
    /// The output as it is handed over at `now`: the answer to a record says when that is.
    fn at(&self, now: i64) -> Output {
        let mut output = self.output.clone();
        if output.destination == Destination::Events && self.told_of != ToldOf::Other {
            let emitted = if self.handed > 0 { self.handed } else { now };
            let (routed, emitted) = (Timestamp(self.routed), Timestamp(emitted));
            LifeCycle::hand_over(&mut output.bytes, routed, emitted);
        }
        output
    }

    /// It was handed over; after an answer that left its outcome open, that is no news.
    fn hand_over(&mut self, now: i64) -> Option<Handed> {
        self.state = State::Sent;
        if self.handed > 0 {
            return None;
        }
        self.handed = now;
        self.news()
    }

    fn turn_away(&mut self) -> Option<Handed> {
        self.handed = 0;
        self.news()
    }

    fn news(&self) -> Option<Handed> {
        let ToldOf::Record(Some(order)) = self.told_of else { return None };
        let is_route = match self.output.destination {
            Destination::Venue(_) => true,
            Destination::Events => false,
            _ => return None,
        };
        Some(Handed { order, is_route, at: Timestamp(self.handed) })
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
