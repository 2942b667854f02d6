//! How an owner writes: a window of entries in flight, committed only without gaps (INV-4, INV-5).
//!
//! Entry points: [`Owner::new`] from an acknowledged Begin or Seal, [`Owner::has_room`],
//! [`Owner::append`], [`Owner::turn`], [`Owner::answer`], [`Owner::committed`].
//!
//! Invariants: an index once submitted is bound to its bytes; index *i* is sent when every index
//! <= *i - k* is acknowledged; an End is put alone; nothing above the committed index is anybody's
//! to see (INV-6). Limits: the window, at most [`WINDOW_MAX`].
//! It doesn't batch, wait or open; a fenced or failed owner never writes again.
//!
//! A crash leaves entries in flight; the next owner's read says which became live.

use std::collections::VecDeque;
use std::sync::Arc;

use domain::chain::{Whose, whose};
use domain::entry::rules_of;
use domain::{Entry, EntryKind, Position, StateDigest};

use super::{RETRY_NS_MAX, RETRY_NS_MIN, WINDOW_MAX, ticket};
use crate::{Answer, Condition, Fault, Journal, Put};

/// What an entry is made of besides its place in the chain.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Batch, Gap or End.
    pub kind: EntryKind,
    /// Where it ends.
    pub end: Position,
    /// State after it.
    pub state: StateDigest,
    /// `journal.v1` bytes.
    pub body: Arc<[u8]>,
}

/// The owner of a lane.
#[derive(Debug)]
pub struct Owner {
    slot: u16,
    window: u64,
    free: Option<u64>,
    /// The last entry appended, its body left out.
    tip: Entry,
    /// Every index up to this one is acknowledged.
    committed: u64,
    in_flight: VecDeque<InFlight>,
    /// A fenced or failed owner never writes again.
    fault: Option<Fault>,
}

#[derive(Debug)]
struct InFlight {
    put: Put,
    stored: bool,
    /// When to submit (again); `None` while the answer is awaited.
    due: Option<i64>,
    backoff_ns: i64,
    /// When its outcome first became unknown.
    unknown_since: Option<i64>,
}

impl Owner {
    /// The owner whose Begin or Seal `opened` was acknowledged. `window` is held to 1..=8.
    #[must_use]
    pub fn new(opened: Entry, slot: u16, window: u64) -> Self {
        let (committed, window) = (opened.index, window.clamp(1, WINDOW_MAX));
        let in_flight = VecDeque::with_capacity(WINDOW_MAX as usize);
        Self { slot, window, free: None, tip: opened, committed, in_flight, fault: None }
    }

    /// Changes the lane's number in tickets; nothing may be in flight.
    pub const fn take_slot(&mut self, slot: u16) {
        self.slot = slot;
    }

    /// The last entry appended, its body left out.
    #[must_use]
    pub const fn tip(&self) -> &Entry {
        &self.tip
    }

    /// Every index up to this one is in the chain.
    #[must_use]
    pub const fn committed(&self) -> u64 {
        self.committed
    }

    /// Whether another entry may be sent (INV-5).
    #[must_use]
    pub fn has_room(&self) -> bool {
        let ended = self.tip.kind == EntryKind::End;
        self.fault.is_none() && !ended && self.tip.index + 1 - self.committed <= self.window
    }

    /// Whether everything appended is in the chain.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.in_flight.is_empty()
    }

    /// The content digest of an entry that is in flight: what a test releases.
    #[cfg(test)]
    pub(crate) fn content_in_flight(&self, index: u64) -> Option<[u8; 16]> {
        let mut in_flight = self.in_flight.iter();
        in_flight.find(|flight| flight.put.entry.index == index).map(|f| f.put.entry.content)
    }

    /// For how long the oldest unknown outcome has been unknown, in nanoseconds.
    #[must_use]
    pub fn unknown_ns(&self, now: i64) -> i64 {
        let since = self.in_flight.iter().filter_map(|flight| flight.unknown_since).min();
        since.map_or(0, |since| now.saturating_sub(since))
    }

    /// Appends an entry and sends it; gives its index. The caller has asked [`Owner::has_room`].
    ///
    /// # Errors
    /// The fault that stopped this owner; `Retry` when there is no room, or for an End before all
    /// is acknowledged.
    pub fn append(
        &mut self,
        journal: &mut impl Journal,
        now: i64,
        draft: Draft,
    ) -> Result<u64, Fault> {
        if let Some(fault) = &self.fault {
            return Err(fault.clone());
        }
        if !self.has_room() || draft.kind == EntryKind::End && !self.is_idle() {
            return Err(Fault::Retry(RETRY_NS_MIN));
        }
        let entry = Entry {
            lane: self.tip.lane,
            index: self.tip.index + 1,
            kind: draft.kind,
            epoch: self.tip.epoch,
            writer: self.tip.writer,
            previous: self.tip.content,
            start: self.tip.end,
            end: draft.end,
            state: draft.state,
            format: self.tip.format,
            rules: rules_of(self.tip.format),
            content: [0; 16],
            body: draft.body,
        }
        .sealed();
        self.tip = super::read::head_of(&entry);
        let condition = Condition::AbsentOrLowerEpoch { free: self.free };
        self.in_flight.push_back(InFlight {
            put: Put { entry: Arc::new(entry), condition },
            stored: false,
            due: Some(now),
            backoff_ns: RETRY_NS_MIN,
            unknown_since: None,
        });
        self.turn(journal, now);
        Ok(self.tip.index)
    }

    /// Submits what is due, lowest index first; says how many.
    pub fn turn(&mut self, journal: &mut impl Journal, now: i64) -> usize {
        if self.fault.is_some() {
            return 0;
        }
        let mut submitted = 0;
        for flight in &mut self.in_flight {
            if flight.due.is_some_and(|due| due <= now) {
                let ticket = ticket(self.slot, flight.put.entry.index);
                if journal.submit(ticket, flight.put.clone()).is_err() {
                    break;
                }
                flight.due = None;
                submitted += 1;
            }
        }
        submitted
    }

    /// Takes the answer to a ticket of this lane.
    ///
    /// # Errors
    /// `Fenced`, or what else stops this owner for good.
    pub fn answer(&mut self, now: i64, of: u64, answer: Answer) -> Result<(), Fault> {
        let slot = self.slot;
        let asked = self.in_flight.iter_mut().find(|flight| {
            flight.due.is_none() && !flight.stored && ticket(slot, flight.put.entry.index) == of
        });
        let Some(flight) = asked else { return Ok(()) };
        if let Err(fault) = flight.take(now, answer) {
            self.fault = Some(fault.clone());
            return Err(fault);
        }
        while self.in_flight.front().is_some_and(|flight| flight.stored) {
            self.in_flight.pop_front();
            self.committed += 1;
        }
        Ok(())
    }
}

impl InFlight {
    fn take(&mut self, now: i64, answer: Answer) -> Result<(), Fault> {
        match answer {
            Answer::Stored => self.stored = true,
            Answer::Refused(stored) => match whose(&self.put.entry, &stored) {
                Whose::Ours => self.stored = true,
                Whose::Fenced => return Err(Fault::Fenced),
                Whose::Lost | Whose::Bug => {
                    let (mine, theirs) = (&self.put.entry, &stored);
                    return Err(Fault::Fatal(format!(
                        "OR-0207: lane {} entry {}: refused by an item of epoch {} index {}, which \
                         INV-4 leaves no room for",
                        mine.lane, mine.index, theirs.epoch.0, theirs.index
                    )));
                }
            },
            Answer::Fault(Fault::Retry(after)) => self.again(now, after),
            Answer::Fault(Fault::Unknown) => {
                self.unknown_since.get_or_insert(now);
                self.again(now, 0);
            }
            Answer::Fault(fault) => return Err(fault),
        }
        Ok(())
    }

    fn again(&mut self, now: i64, after: i64) {
        self.due = Some(now.saturating_add(after.max(self.backoff_ns)));
        self.backoff_ns = (self.backoff_ns * 2).min(RETRY_NS_MAX);
    }
}
