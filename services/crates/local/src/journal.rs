//! The journal on one disk: entries of all lanes of a folder in one log, one sync for all that
//! waits.
//!
//! Entry points: [`LocalJournal::open`], [`LocalJournal::handle`], and [`ports::Journal`].
//!
//! Invariants: INV-1 (every put raises index and epoch of its slot), INV-2 and INV-6 (an answer is
//! given after the sync), and an index that has gone never becomes absent again. Limits:
//! [`IN_FLIGHT_MAX`] puts per handle, [`domain::entry::BODY_BYTES_MAX`] per body.
//!
//! It knows no rule of the chain: which entry is live is `ports::chain`'s part. It has no thread;
//! the handle that drains first writes and syncs for all.
//!
//! After a crash every stored entry is there; of those without an answer, some may be.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard};

use domain::entry::BODY_BYTES_MAX;
use domain::{Entry, LaneId};
use ports::{Answer, Completion, Fault, Journal, Put};

use crate::Error;
use crate::disk::{Disk, RealDisk};
use crate::log::{Frame, Log, Mark, Reader, Settings, Spare, Visitor};

mod item;
mod slots;

use slots::{ENTRY, RELEASE, Slot, Slots};

/// Most puts of a handle that wait for their answers.
pub const IN_FLIGHT_MAX: usize = 64;

/// What somebody has seen of a lane: a cursor, a snapshot, the order view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Who has seen it, for the operator.
    pub what: String,
    /// The lane.
    pub lane: LaneId,
    /// The highest entry seen.
    pub index: u64,
}

/// One handle on a folder's journal.
#[derive(Debug)]
pub struct LocalJournal<D: Disk = RealDisk> {
    shared: Arc<Shared<D>>,
    number: u64,
    in_flight: usize,
}

#[derive(Debug)]
struct Shared<D: Disk> {
    /// Held over a write and its sync.
    log: Mutex<Log<D>>,
    reader: Reader<D>,
    spare: Spare<D>,
    /// Of what is durable.
    slots: RwLock<Slots>,
    queue: Mutex<Queue>,
}

#[derive(Debug, Default)]
struct Queue {
    handles: u64,
    waiting: Vec<Waiting>,
    done: BTreeMap<u64, Vec<Completion>>,
}

#[derive(Debug)]
struct Waiting {
    handle: u64,
    ticket: u64,
    put: Put,
}

// === impl LocalJournal ===

impl<D: Disk> LocalJournal<D> {
    /// Opens the journal in `folder`, or makes it. It must hold what `claims` say has been seen.
    ///
    /// # Errors [`Error::Damaged`], [`Error::Cut`], [`Error::NewerFormat`] before anything is
    /// written; and what the disk refuses.
    pub fn open(
        disk: D,
        folder: &Path,
        settings: Settings,
        claims: &[Claim],
    ) -> Result<Self, Error> {
        let mut opening = Opening { folder, claims, slots: Slots::default() };
        let log = Log::open(disk, folder, settings, &[], &mut opening)?;
        let queue = Queue { handles: 1, ..Queue::default() };
        let shared = Shared {
            reader: log.reader(),
            spare: log.spare(),
            log: Mutex::new(log),
            slots: RwLock::new(opening.slots),
            queue: Mutex::new(queue),
        };
        Ok(Self { shared: Arc::new(shared), number: 0, in_flight: 0 })
    }

    /// Another handle.
    #[must_use]
    pub fn handle(&self) -> Self {
        let mut queue = self.shared.queue();
        let number = queue.handles;
        queue.handles += 1;
        Self { shared: Arc::clone(&self.shared), number, in_flight: 0 }
    }

    /// Each lane with its first and its last index, dead entries included.
    #[must_use]
    pub fn lanes(&self) -> Vec<(LaneId, u64, u64)> {
        self.shared.slots().lanes().collect()
    }

    /// Bytes on the disk.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.shared.log().bytes()
    }

    /// Makes the next segment before it is needed, off the line; without it the writer makes it and
    /// waits for its zeros. True when one was made.
    ///
    /// # Errors
    /// [`Error::Sync`], [`Error::Io`].
    pub fn prepare(&self) -> Result<bool, Error> {
        self.shared.spare.prepare()
    }

    /// Writes the mark of a clean close: a later open refuses a journal that ends before it.
    ///
    /// # Errors
    /// [`Error::Sync`] and the like.
    pub fn mark(&self) -> Result<(), Error> {
        self.shared.log().mark()
    }
}

impl<D: Disk> Clone for LocalJournal<D> {
    fn clone(&self) -> Self {
        self.handle()
    }
}

impl<D: Disk> Drop for LocalJournal<D> {
    /// What was submitted and not drained is lost, as in a process that ends.
    fn drop(&mut self) {
        let mut queue = self.shared.queue();
        queue.waiting.retain(|waiting| waiting.handle != self.number);
        queue.done.remove(&self.number);
    }
}

impl<D: Disk> Journal for LocalJournal<D> {
    fn submit(&mut self, ticket: u64, put: Put) -> Result<(), Put> {
        if self.in_flight >= IN_FLIGHT_MAX {
            return Err(put);
        }
        self.in_flight += 1;
        self.shared.queue().waiting.push(Waiting { handle: self.number, ticket, put });
        Ok(())
    }

    fn drain(&mut self, completions: &mut Vec<Completion>) {
        if self.in_flight == 0 {
            return;
        }
        // Whoever gets the log writes for all; who waited for it finds its answers below.
        let mut log = self.shared.log();
        let waiting = std::mem::take(&mut self.shared.queue().waiting);
        let answers = self.shared.put_all(&mut log, &waiting);
        drop(log);
        let mut queue = self.shared.queue();
        for (waiting, answer) in waiting.iter().zip(answers) {
            let completion = Completion { ticket: waiting.ticket, answer };
            queue.done.entry(waiting.handle).or_default().push(completion);
        }
        let mut done = queue.done.remove(&self.number).unwrap_or_default();
        self.in_flight -= done.len();
        completions.append(&mut done);
    }

    fn read(&mut self, lane: LaneId, from: u64, count: usize) -> Result<Vec<Option<Entry>>, Fault> {
        let mut buffer = Vec::new();
        let mut entries = Vec::with_capacity(count);
        for index in (from..).take(count) {
            entries.push(self.shared.read(lane, index, &mut buffer)?);
        }
        Ok(entries)
    }

    fn release(&mut self, lane: LaneId, below: u64) -> Result<(), Fault> {
        Ok(self.shared.release(lane, below)?)
    }
}

// === impl Shared ===

impl<D: Disk> Shared<D> {
    fn log(&self) -> MutexGuard<'_, Log<D>> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn slots(&self) -> RwLockReadGuard<'_, Slots> {
        self.slots.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does all puts in order, with one sync; an answer for each.
    fn put_all(&self, log: &mut Log<D>, waiting: &[Waiting]) -> Vec<Answer> {
        let mut staged: Staged<'_> = BTreeMap::new();
        let mut bytes = Vec::new();
        let mut answers: Vec<_> = waiting
            .iter()
            .map(|waiting| {
                self.put(log, &waiting.put, &mut staged, &mut bytes)
                    .unwrap_or_else(|error| Answer::Fault(error.into()))
            })
            .collect();
        if let Err(error) = log.commit() {
            let fault = Fault::from(error);
            for answer in &mut answers {
                *answer = Answer::Fault(fault.clone());
            }
            return answers;
        }
        let mut slots = self.slots.write().unwrap_or_else(PoisonError::into_inner);
        for ((lane, _), (slot, _)) in staged {
            slots.set(lane, slot);
        }
        answers
    }

    /// Checks one put against the slots and those before it, and appends its entry.
    fn put<'a>(
        &self,
        log: &mut Log<D>,
        put: &'a Put,
        staged: &mut Staged<'a>,
        bytes: &mut Vec<u8>,
    ) -> Result<Answer, Error> {
        let entry = &*put.entry;
        let (lane, index) = (entry.lane, entry.index);
        if entry.body.len() > BODY_BYTES_MAX {
            let (length, most) = (entry.body.len() as u64, BODY_BYTES_MAX as u64);
            return Err(Error::TooLarge { folder: "journal".to_owned(), length, most });
        }
        let stored = self.slots().find(lane, index).copied();
        // An index that has gone stands for another slot, which may be staged too.
        let at = stored.map_or(index, |stored| stored.index);
        if let Some((stored, rival)) = staged.get(&(lane, at)) {
            if !slots::passes(stored, entry, put.condition) {
                return Ok(Answer::Refused(Box::new((*rival).clone())));
            }
        } else if let Some(stored) = stored
            && !slots::passes(&stored, entry, put.condition)
        {
            return Ok(Answer::Refused(Box::new(self.fetch(&stored, bytes)?)));
        }
        bytes.clear();
        item::encode(entry, bytes);
        let place = log.append(ENTRY, bytes, || self.slots().carry())?;
        let (epoch, writer, content) = (entry.epoch, entry.writer, entry.content);
        let slot = Slot { index, epoch, writer, content, place };
        staged.insert((lane, index), (slot, entry));
        Ok(Answer::Stored)
    }

    fn read(&self, lane: LaneId, index: u64, bytes: &mut Vec<u8>) -> Result<Option<Entry>, Error> {
        loop {
            let found = self.slots().find(lane, index).copied();
            let Some(slot) = found else { return Ok(None) };
            match self.fetch(&slot, bytes) {
                // Its segment went between the look and the read: look again.
                Err(Error::Gone { .. }) if self.has_moved(lane, index, &slot) => {}
                fetched => return fetched.map(Some),
            }
        }
    }

    fn has_moved(&self, lane: LaneId, index: u64, slot: &Slot) -> bool {
        self.slots().find(lane, index).is_none_or(|now| now.place != slot.place)
    }

    fn fetch(&self, slot: &Slot, bytes: &mut Vec<u8>) -> Result<Entry, Error> {
        let body = self.reader.read(slot.place, bytes)?;
        item::decode(body, true).ok_or_else(|| slots::no_entry(slot.place.at))
    }

    fn release(&self, lane: LaneId, below: u64) -> Result<(), Error> {
        let mut log = self.log();
        if !self.slots().may_release(lane, below) {
            return Ok(());
        }
        log.append(RELEASE, &slots::release_body(lane, below), || self.slots().carry())?;
        log.commit()?;
        let oldest = {
            let mut slots = self.slots.write().unwrap_or_else(PoisonError::into_inner);
            slots.release(lane, below);
            slots.oldest_segment()
        };
        log.drop_before(oldest)
    }
}

/// Entries of one group that passed their conditions and aren't durable yet.
type Staged<'a> = BTreeMap<(LaneId, u64), (Slot, &'a Entry)>;

/// Fills the slots while the log is opened, and compares them with what others have seen.
struct Opening<'a> {
    folder: &'a Path,
    claims: &'a [Claim],
    slots: Slots,
}

impl Visitor for Opening<'_> {
    fn frame(&mut self, frame: &Frame<'_>) -> Result<(), Error> {
        self.slots.frame(frame)
    }

    fn finish(&mut self, end: Mark) -> Result<(), Error> {
        for claim in self.claims {
            let last = self.slots.last(claim.lane);
            if last.is_none_or(|last| last < claim.index) {
                let last = last.map_or("no entry".to_owned(), |last| format!("entry {last}"));
                let (lane, folder) = (claim.lane, self.folder.display().to_string());
                let end = format!("{end} with {last} of lane {lane}");
                let claim = format!("{} has seen entry {}", claim.what, claim.index);
                return Err(Error::Cut { folder, end, claim });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
