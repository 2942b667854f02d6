//! How a lane gets its owner: Begin on a fresh lane, Seal on any other (INV-3).
//!
//! ```text
//!            +--------------------- lost ----------------------+
//!            v                                                 |
//!  read to the live end --- nothing there: Begin --+--> put, retried with the same bytes --> owned
//!      |         |   \----- else: Seal above all --+           |
//!      |         +--> an End: stop                             | lost twice
//!      +<------------ barriers at the next 2k indexes <--------+
//! ```
//!
//! Entry points: [`Opening::new`], [`Opening::step`].
//! Invariants: INV-3, INV-4. The journal is the only authority for the epoch; no clock decides.
//! It doesn't know who else tries, nor why; it never waits.
//! A crash leaves a Seal or barriers that own nothing for anybody else.

use std::sync::Arc;

use domain::chain::{Whose, whose};
use domain::entry::rules_of;
use domain::{Entry, EntryKind, Epoch, Position, StateDigest, Writer};

use super::read::{Error, Reader};
use super::{RETRY_NS_MAX, RETRY_NS_MIN, WINDOW_MAX, ticket};
use crate::{Answer, Completion, Condition, Fault, Journal, Put};

/// What the first entry of a fresh lane says.
#[derive(Clone, Debug)]
pub struct Begin {
    /// Where the lane starts in its shard.
    pub start: Position,
    /// `journal.v1` bytes: the parts that the lane id was made of.
    pub body: Arc<[u8]>,
    /// Digest of the books before any input.
    pub state: StateDigest,
}

/// A lane that is being taken.
#[derive(Debug)]
pub struct Opening {
    slot: u16,
    writer: Writer,
    begin: Begin,
    /// The format to write.
    format: u16,
    /// Highest index that may go (INV-3: a ring's slots).
    free: Option<u64>,
    reader: Reader,
    losses: u32,
    waiting: Vec<Waiting>,
    #[cfg(test)]
    pub(crate) seals_after_an_end: bool,
}

/// How far an opening is.
#[derive(Debug)]
pub enum Opened {
    /// Step again.
    Working,
    /// The lane is ours: its Begin or Seal, body left out, acknowledged.
    Owned(Box<Entry>),
    /// The lane has ended; this is its End.
    Ended(Box<Entry>),
}

#[derive(Debug)]
struct Waiting {
    put: Put,
    /// When to submit (again); `None` while the answer is awaited.
    due: Option<i64>,
    backoff_ns: i64,
    outcome: Option<bool>,
}

impl Opening {
    /// Opens a lane for `writer` from where `reader` is; `slot` is the lane's number in tickets.
    /// Its entries are of `format`, or of the chain's where that is newer.
    #[must_use]
    pub const fn new(reader: Reader, slot: u16, writer: Writer, begin: Begin, format: u16) -> Self {
        Self {
            slot,
            writer,
            begin,
            format,
            free: None,
            reader,
            losses: 0,
            waiting: Vec::new(),
            #[cfg(test)]
            seals_after_an_end: false,
        }
    }

    /// One bounded step: what is due is submitted, or the chain is read on and a put is made.
    /// `completions` are drained by the caller; those of other lanes are left in it.
    ///
    /// # Errors
    /// [`Error::Lapped`]; a [`Fault`] that no retry mends.
    pub fn step(
        &mut self,
        journal: &mut impl Journal,
        now: i64,
        completions: &mut Vec<Completion>,
        visit: impl FnMut(&Entry) -> Result<(), Fault>,
    ) -> Result<Opened, Error> {
        self.take_answers(now, completions)?;
        if self.waiting.is_empty() {
            return self.read_and_put(journal, now, visit);
        }
        self.submit_due(journal, now);
        if self.waiting.iter().any(|waiting| waiting.outcome.is_none()) {
            return Ok(Opened::Working);
        }
        let answered = std::mem::take(&mut self.waiting);
        let stored = answered.iter().filter(|waiting| waiting.outcome == Some(true)).count();
        let Some(first) = answered.first() else { return Ok(Opened::Working) };
        if first.put.entry.kind == EntryKind::Barrier {
            // With none stored the writer was quicker than all of them: fence again further on.
            self.losses = if stored == 0 { 2 } else { 0 };
            return Ok(Opened::Working);
        }
        if stored == 1 {
            return Ok(Opened::Owned(Box::new(super::read::head_of(&first.put.entry))));
        }
        self.losses += 1;
        Ok(Opened::Working)
    }

    /// Whether a put is on its way: nothing else is to be done until its answer comes.
    #[must_use]
    pub const fn is_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    fn take_answers(&mut self, now: i64, completions: &mut Vec<Completion>) -> Result<(), Error> {
        let slot = self.slot;
        let mut failed = None;
        let waiting = &mut self.waiting;
        completions.retain(|completion| {
            if super::slot(completion.ticket) != slot {
                return true;
            }
            let asked = waiting.iter_mut().find(|waiting| {
                waiting.outcome.is_none()
                    && waiting.due.is_none()
                    && ticket(slot, waiting.put.entry.index) == completion.ticket
            });
            if let Some(asked) = asked
                && let Err(fault) = asked.take(now, &completion.answer)
            {
                failed = Some(fault);
            }
            false
        });
        failed.map_or(Ok(()), |fault| Err(Error::Fault(fault)))
    }

    fn submit_due(&mut self, journal: &mut impl Journal, now: i64) {
        for waiting in &mut self.waiting {
            if waiting.outcome.is_none() && waiting.due.is_some_and(|due| due <= now) {
                let ticket = ticket(self.slot, waiting.put.entry.index);
                if journal.submit(ticket, waiting.put.clone()).is_ok() {
                    waiting.due = None;
                }
            }
        }
    }

    fn read_and_put(
        &mut self,
        journal: &mut impl Journal,
        now: i64,
        visit: impl FnMut(&Entry) -> Result<(), Fault>,
    ) -> Result<Opened, Error> {
        if !self.reader.read_on(journal, u64::MAX - 1, visit)? {
            return Ok(Opened::Working);
        }
        let last = self.reader.last().cloned();
        if let Some(last) = &last
            && last.kind == EntryKind::End
            && !self.passes_an_end()
        {
            return Ok(Opened::Ended(Box::new(last.clone())));
        }
        let puts = match (&last, self.losses) {
            (None, _) => vec![self.begin_put()?],
            (Some(last), 0 | 1) => vec![self.seal_put(last)],
            (Some(_), _) => self.barrier_puts(),
        };
        let waiting =
            |put| Waiting { put, due: Some(now), backoff_ns: RETRY_NS_MIN, outcome: None };
        self.waiting = puts.into_iter().map(waiting).collect();
        self.submit_due(journal, now);
        Ok(Opened::Working)
    }

    fn begin_put(&self) -> Result<Put, Error> {
        if self.reader.dead().is_some() {
            let lane = self.reader.lane();
            let text = format!("OR-0206: lane {lane}: an item at index 0 is no Begin");
            return Err(Error::Fault(Fault::Fatal(text)));
        }
        let start = self.begin.start;
        let entry = self.entry(EntryKind::Begin, 0, Epoch(1));
        let body = Arc::clone(&self.begin.body);
        let entry = Entry { start, end: start, state: self.begin.state, body, ..entry };
        Ok(Put { entry: Arc::new(entry.sealed()), condition: Condition::Absent })
    }

    /// The epoch is above everything read, dead items and our own barriers included (INV-3).
    fn seal_put(&self, last: &Entry) -> Put {
        let epoch = Epoch(self.reader.epoch().0 + 1);
        let entry = Entry {
            previous: last.content,
            start: last.end,
            end: last.end,
            state: last.state,
            ..self.entry(EntryKind::Seal, last.index + 1, epoch)
        };
        let condition = Condition::AbsentOrDead { free: self.free, dead: self.reader.dead() };
        Put { entry: Arc::new(entry.sealed()), condition }
    }

    fn barrier_puts(&mut self) -> Vec<Put> {
        let epoch = Epoch(self.reader.epoch().0 + 1);
        let first = self.reader.next_index();
        let put = |index| {
            let entry = self.entry(EntryKind::Barrier, index, epoch).sealed();
            Put { entry: Arc::new(entry), condition: Condition::AbsentOrFreed { free: self.free } }
        };
        let puts = (first..first + 2 * WINDOW_MAX).map(put).collect();
        self.reader.saw(epoch);
        puts
    }

    fn entry(&self, kind: EntryKind, index: u64, epoch: Epoch) -> Entry {
        let newest = self.reader.last().map_or(self.format, |last| last.format);
        let format = self.format.max(newest);
        Entry {
            lane: self.reader.lane(),
            index,
            kind,
            epoch,
            writer: self.writer,
            previous: [0; 16],
            start: Position::START,
            end: Position::START,
            state: StateDigest::default(),
            format,
            rules: rules_of(format),
            content: [0; 16],
            body: [].into(),
        }
    }

    #[cfg(test)]
    const fn passes_an_end(&self) -> bool {
        self.seals_after_an_end
    }

    #[cfg(not(test))]
    const fn passes_an_end(&self) -> bool {
        false
    }
}

impl Waiting {
    fn take(&mut self, now: i64, answer: &Answer) -> Result<(), Fault> {
        match answer {
            Answer::Stored => self.outcome = Some(true),
            Answer::Refused(stored) => {
                self.outcome = Some(whose(&self.put.entry, stored) == Whose::Ours);
            }
            Answer::Fault(Fault::Retry(after)) => self.again(now, *after),
            // The same bytes: a put that was done after all is recognised as ours (INV-4).
            Answer::Fault(Fault::Unknown) => self.again(now, 0),
            Answer::Fault(fault) => return Err(fault.clone()),
        }
        Ok(())
    }

    fn again(&mut self, now: i64, after: i64) {
        self.due = Some(now.saturating_add(after.max(self.backoff_ns)));
        self.backoff_ns = (self.backoff_ns * 2).min(RETRY_NS_MAX);
    }
}
