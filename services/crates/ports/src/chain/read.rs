//! Reading a chain to its live end (INV-1, INV-3).
//!
//! Entry points: [`Reader::new`], [`Reader::after`] a snapshot, [`Reader::read_on`].
//!
//! Invariants: only live entries are visited, each once, in order; the first slot that holds none
//! ends the chain as far as it was read. A lapped read is never taken for the end.
//! It doesn't fold: what an entry means is its visitor's part.
//!
//! A crash loses nothing: a reader writes nothing.

use domain::entry::FORMAT;
use domain::{Entry, EntryKind, Epoch, LaneId};

use super::READ_COUNT;
use crate::{DeadItem, Fault, Journal, SnapshotHead};

/// Why a chain couldn't be read on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The store, or the visitor.
    #[error("{0:?}")]
    Fault(Fault),
    /// The index wanted has gone: start again from a newer snapshot; never the end.
    #[error("lane {lane}: entry {wanted} has gone, the oldest left is {found}")]
    Lapped {
        /// The lane.
        lane: LaneId,
        /// The index that was asked for.
        wanted: u64,
        /// The index that was found.
        found: u64,
    },
}

/// A place in a chain: the last live entry that was read, and what stands after it.
#[derive(Clone, Debug)]
pub struct Reader {
    lane: LaneId,
    /// The last live entry, its body left out.
    last: Option<Entry>,
    /// The highest epoch of anything read, dead items included.
    epoch: Epoch,
    /// The dead item at the first index after the last live entry, if one was read there.
    dead: Option<DeadItem>,
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl Reader {
    /// Before index 0.
    #[must_use]
    pub const fn new(lane: LaneId) -> Self {
        Self { lane, last: None, epoch: Epoch(0), dead: None }
    }

    /// At a snapshot's entry; `None` when the journal holds another entry there, so that the
    /// snapshot doesn't fit.
    ///
    /// # Errors
    /// [`Error::Lapped`] when the entry has gone; a [`Fault`].
    pub fn after(journal: &mut impl Journal, head: &SnapshotHead) -> Result<Option<Self>, Error> {
        let found = journal.read(head.lane, head.index, 1)?.pop().flatten();
        let Some(entry) = found else { return Ok(None) };
        if entry.index > head.index {
            let (wanted, found) = (head.index, entry.index);
            return Err(Error::Lapped { lane: head.lane, wanted, found });
        }
        let fits = entry.content == head.content && entry.state == head.state && entry.is_whole();
        if !fits {
            return Ok(None);
        }
        let mut reader = Self::new(head.lane);
        reader.pass(&entry);
        Ok(Some(reader))
    }

    /// The lane.
    #[must_use]
    pub const fn lane(&self) -> LaneId {
        self.lane
    }

    /// The last live entry read, its body left out.
    #[must_use]
    pub const fn last(&self) -> Option<&Entry> {
        self.last.as_ref()
    }

    /// The index after the last live one.
    #[must_use]
    pub fn next_index(&self) -> u64 {
        self.last.as_ref().map_or(0, |last| last.index + 1)
    }

    /// The highest epoch read, dead items included.
    #[must_use]
    pub const fn epoch(&self) -> Epoch {
        self.epoch
    }

    /// The dead item at [`Reader::next_index`], if one was read there.
    #[must_use]
    pub const fn dead(&self) -> Option<DeadItem> {
        self.dead
    }

    /// Counts an epoch as read: a taker's own barriers are above the chain's.
    pub fn saw(&mut self, epoch: Epoch) {
        self.epoch = self.epoch.max(epoch);
    }

    /// Visits the live entries of the next slots, at most up to index `through`; true when the live
    /// end was met, so that nothing more is there for now.
    ///
    /// # Errors
    /// [`Error::Lapped`]; a [`Fault`] of store or visitor; `Fatal` for an entry whose digest
    /// doesn't fit or whose format is newer than ours.
    pub fn read_on(
        &mut self,
        journal: &mut impl Journal,
        through: u64,
        mut visit: impl FnMut(&Entry) -> Result<(), Fault>,
    ) -> Result<bool, Error> {
        let from = self.next_index();
        let count = through.saturating_add(1).saturating_sub(from).min(READ_COUNT as u64) as usize;
        if count == 0 {
            return Ok(true);
        }
        let slots = journal.read(self.lane, from, count)?;
        self.dead = None;
        let mut live = true;
        for (wanted, slot) in (from..).zip(slots) {
            let Some(entry) = slot else {
                live = false;
                continue;
            };
            if live && entry.index > wanted {
                return Err(Error::Lapped { lane: self.lane, wanted, found: entry.index });
            }
            self.saw(entry.epoch);
            if live && self.is_live(&entry)? {
                visit(&entry)?;
                self.pass(&entry);
            } else if live {
                live = false;
                let Entry { epoch, writer, content, .. } = entry;
                self.dead = Some(DeadItem { epoch, writer, content });
            }
        }
        Ok(!live)
    }

    /// Visits every live entry up to the end as it stands now.
    ///
    /// # Errors
    /// As [`Reader::read_on`].
    pub fn read_to_end(
        &mut self,
        journal: &mut impl Journal,
        mut visit: impl FnMut(&Entry) -> Result<(), Fault>,
    ) -> Result<(), Error> {
        while !self.read_on(journal, u64::MAX - 1, &mut visit)? {}
        Ok(())
    }

    /// Whether nothing can follow the last live entry.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.last.as_ref().is_some_and(|last| last.kind == EntryKind::End)
    }

    fn is_live(&self, entry: &Entry) -> Result<bool, Error> {
        let place = || format!("lane {} entry {}", self.lane, entry.index);
        if !entry.is_whole() || entry.lane != self.lane {
            let text = format!("OR-0204: {}: its digest doesn't fit its content", place());
            return Err(Error::Fault(Fault::Fatal(text)));
        }
        if entry.format > FORMAT {
            let (theirs, at) = (entry.format, place());
            let text = format!(
                "OR-0205: {at}: format {theirs} is newer than {FORMAT}: run the newer release"
            );
            return Err(Error::Fault(Fault::Fatal(text)));
        }
        Ok(domain::chain::is_live_after(self.last.as_ref(), entry))
    }

    fn pass(&mut self, entry: &Entry) {
        self.saw(entry.epoch);
        self.last = Some(head_of(entry));
    }
}

/// The entry without its body, which the rules of the chain don't need.
pub(crate) fn head_of(entry: &Entry) -> Entry {
    Entry { body: [].into(), ..entry.clone() }
}
