//! A stream on one disk: shards with sequence numbers from 1, put idempotently, read in order.
//!
//! Entry points: [`Stream::open`], [`Stream::put`], [`Stream::source`], [`Stream::reshard`],
//! [`Stream::retain`].
//!
//! Invariants: a put is answered after its sync. A producer's sequences rise; one that isn't above
//! its highest is already there and changes nothing, also after a restart and after retention
//! (INV-8 for producers that retry). Nothing unsettled goes. A key's records lie in the shard that
//! is open for it when they are written; a shard that was split or merged away ends, and says
//! which go on. Limits: [`RECORD_BYTES_MAX`], [`PRODUCERS_MAX`], [`POLL_BYTES_MAX`],
//! [`SHARDS_MAX`].
//!
//! It doesn't know what records hold, and reads no clock: the time is handed in. It has no thread:
//! of puts that wait, the first to get the log writes all, with one sync.
//!
//! After a crash every answered put is there; of the others, a beginning of each may be, and
//! putting it again adds the rest.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard};

use domain::{AccountKey, Timestamp};

use crate::Error;
use crate::disk::{Disk, RealDisk};
use crate::log::{self, Log, Reader, Spare};

mod block;
mod index;
mod queue;
mod shards;
mod source;
mod state;

use index::Index;
use queue::Queue;
use shards::Shards;
pub use shards::{Reshard, SHARDS_MAX, Shard};
pub use source::Source;
use state::State;

/// Largest record in bytes, as Kinesis takes them.
pub const RECORD_BYTES_MAX: usize = 1024 * 1024;

/// Producers that are remembered; beyond it the half that has been silent longest is forgotten.
pub const PRODUCERS_MAX: usize = 16 * 1024;

/// A poll ends after the record that brings it to so many bytes.
pub const POLL_BYTES_MAX: usize = 8 * 1024 * 1024;

/// What a stream is made with.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// The log under it.
    pub log: log::Settings,
    /// How many shards it begins with; another number than it was made with is refused.
    pub shards: u32,
}

/// A record to put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Put<'a> {
    /// Whose it is: it goes where that key's records lie when it is written.
    pub key: AccountKey,
    /// Who puts it.
    pub producer: u128,
    /// The producer's own number: each higher than the one before, over all shards.
    pub sequence: u64,
    /// When it arrived, where that isn't now: a replay gives the file's time.
    pub arrival: Option<Timestamp>,
    /// The record.
    pub data: &'a [u8],
}

/// What became of a put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placed {
    /// It lies there, durably.
    At {
        /// The shard.
        shard: u32,
        /// Its sequence number in the shard.
        sequence: u64,
    },
    /// The producer has put this sequence, or a higher one, before.
    AlreadyThere,
}

/// What of the settled records may go; what is absent keeps nothing back and drops nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Retention {
    /// Segments that were last written longer ago than these nanoseconds.
    pub age_ns: Option<i64>,
    /// The oldest segments, while all of them hold more bytes than this.
    pub bytes: Option<u64>,
}

/// A stream. Clones are handles on the same one, for any thread.
#[derive(Debug)]
pub struct Stream<D: Disk = RealDisk> {
    shared: Arc<Shared<D>>,
}

#[derive(Debug)]
struct Shared<D: Disk> {
    queue: Mutex<Queue>,
    /// Held over a write and its sync.
    writer: Mutex<Writer<D>>,
    reader: Reader<D>,
    spare: Spare<D>,
    /// Of what is durable.
    index: RwLock<Index>,
    shards: RwLock<Arc<Shards>>,
    /// How many of `tips` are shards.
    count: AtomicU32,
    /// So that a poll at the tip takes no lock.
    tips: Vec<Tip>,
}

#[derive(Debug, Default)]
struct Tip {
    /// The last sequence number.
    last: AtomicU64,
    /// Nothing comes any more.
    is_closed: AtomicBool,
}

/// Kind of the frames that say that shards were split or merged.
const RESHARD: u8 = 2;

#[derive(Debug)]
struct Writer<D: Disk> {
    log: Log<D>,
    state: State,
    blocks: block::Builder,
}

// === impl Stream ===

impl<D: Disk> Clone for Stream<D> {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared) }
    }
}

impl<D: Disk> Stream<D> {
    /// Opens the stream in `folder`, or makes it.
    ///
    /// # Errors
    /// [`Error::Damaged`], [`Error::Cut`], [`Error::NewerFormat`], [`Error::Foreign`] for another
    /// number of shards, and what the disk refuses.
    pub fn open(disk: D, folder: &Path, settings: Settings) -> Result<Self, Error> {
        let shards = settings.shards.max(1);
        let fresh = State::new(shards);
        let mut opening = index::Opening::new(folder, shards);
        let log = Log::open(disk, folder, settings.log, &fresh.carry(), &mut opening)?;
        let index::Opening { state, index, .. } = opening;
        let (reader, spare) = (log.reader(), log.spare());
        let blocks = block::Builder::new(state.shards());
        let shared = Shared {
            queue: Mutex::default(),
            writer: Mutex::new(Writer { log, state, blocks }),
            reader,
            spare,
            index: RwLock::new(index),
            shards: RwLock::default(),
            count: AtomicU32::new(0),
            tips: (0..SHARDS_MAX).map(|_| Tip::default()).collect(),
        };
        shared.show(&shared.writer().state);
        Ok(Self { shared: Arc::new(shared) })
    }

    /// How many shards it has had.
    #[must_use]
    pub fn shards(&self) -> u32 {
        self.shared.count.load(Ordering::Acquire)
    }

    /// The shards, by number.
    #[must_use]
    pub fn all_shards(&self) -> Vec<Shard> {
        self.shared.shards().all().to_vec()
    }

    /// The shard that is open for an account.
    #[must_use]
    pub fn shard_of(&self, account: AccountKey) -> u32 {
        self.shared.shards().of(account)
    }

    /// Splits a shard or merges two: those end, and others go on; durable when it returns. Gives
    /// the numbers of those that go on.
    ///
    /// # Errors
    /// [`Error::Reshard`] when it can't be done; what the disk refuses.
    pub fn reshard(&self, change: Reshard) -> Result<Vec<u32>, Error> {
        let mut writer = self.shared.writer();
        let Writer { log, state, blocks } = &mut *writer;
        let refused = |what| Error::Reshard { folder: self.shared.reader.name(), what };
        state.clone().reshard(change).map_err(refused)?;
        let body = change.bytes();
        log.check_reserve()?;
        log.make_room(body.len(), || state.carry())?;
        let children = state.reshard(change).map_err(refused)?;
        log.append(RESHARD, &body, || state.carry())?;
        log.commit()?;
        blocks.widen(state.shards());
        let mut index = self.shared.index.write().unwrap_or_else(PoisonError::into_inner);
        index.widen(state.shards());
        drop(index);
        self.shared.show(state);
        Ok(children)
    }

    /// Puts records; they are durable when it returns. `now` is their arrival where they have none.
    ///
    /// # Errors
    /// [`Error::DiskFull`] and [`Error::TooLarge`]: a beginning of `records` may be there, the same
    /// put later adds the rest. [`Error::Sync`] and [`Error::Stopped`] are final.
    pub fn put(&self, now: Timestamp, records: &[Put<'_>]) -> Result<Vec<Placed>, Error> {
        self.check(records)?;
        let number = self.shared.queue().submit(now, records);
        let mut writer = self.shared.writer();
        let waiting = {
            let mut queue = self.shared.queue();
            if let Some(answer) = queue.answer(number) {
                return answer;
            }
            queue.take()
        };
        let answers = self.shared.write(&mut writer, &waiting);
        let mut queue = self.shared.queue();
        queue.settle(&waiting, answers);
        queue.answer(number).unwrap_or_else(|| Ok(Vec::new()))
    }

    /// The last sequence number of a shard; 0 before its first record, and of a shard that isn't.
    #[must_use]
    pub fn tip(&self, shard: u32) -> u64 {
        let tip = self.shared.tips.get(shard as usize);
        tip.map_or(0, |tip| tip.last.load(Ordering::Acquire))
    }

    /// The sequence number of a shard's oldest record that is left; one above the tip when none is.
    #[must_use]
    pub fn oldest(&self, shard: u32) -> u64 {
        self.shared.index().trimmed(shard) + 1
    }

    /// The highest sequence that a producer has put.
    #[must_use]
    pub fn producer_high(&self, producer: u128) -> Option<u64> {
        self.shared.writer().state.producers.high(producer)
    }

    /// Bytes on the disk.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.shared.reader.bytes()
    }

    /// A reader of a shard; several may read at their own paces.
    #[must_use]
    pub fn source(&self, shard: u32) -> Source<D> {
        Source::new(Arc::clone(&self.shared), shard)
    }

    /// Lets whole segments go, oldest first: those that `retention` names and whose records are all
    /// at or below `settled`, by shard (a shard that isn't listed has settled nothing). Gives the
    /// number of segments that went.
    ///
    /// # Errors
    /// [`Error::Io`], [`Error::Sync`].
    pub fn retain(
        &self,
        now: Timestamp,
        retention: Retention,
        settled: &[u64],
    ) -> Result<u64, Error> {
        let mut writer = self.shared.writer();
        let (oldest, current) = (writer.log.oldest(), writer.log.end().segment);
        let below = {
            let mut index = self.shared.index.write().unwrap_or_else(PoisonError::into_inner);
            let bytes = self.shared.reader.bytes();
            let below = index.droppable(oldest..current, now, retention, (settled, bytes));
            index.drop_before(below);
            below
        };
        writer.log.drop_before(below)?;
        Ok(below - oldest)
    }

    /// Refuses a stream that ends before what `what` has read of it: acknowledged records are gone.
    ///
    /// # Errors
    /// [`Error::Cut`].
    pub fn must_reach(&self, shard: u32, sequence: u64, what: &str) -> Result<(), Error> {
        let tip = self.tip(shard);
        if tip >= sequence {
            return Ok(());
        }
        let end = format!("record {tip} of shard {shard}");
        let claim = format!("{what} has read record {sequence}");
        Err(Error::Cut { folder: self.shared.reader.name(), end, claim })
    }

    /// Makes the next segment before it is needed, off the line; without it the writer makes it and
    /// waits for its zeros. True when one was made.
    ///
    /// # Errors
    /// [`Error::Sync`], [`Error::Io`].
    pub fn prepare(&self) -> Result<bool, Error> {
        self.shared.spare.prepare()
    }

    /// Writes the mark of a clean close: a later open refuses a stream that ends before it.
    ///
    /// # Errors
    /// [`Error::Sync`] and the like.
    pub fn mark(&self) -> Result<(), Error> {
        self.shared.writer().log.mark()
    }
}

impl<D: Disk> Stream<D> {
    /// Refuses what can't be put before anything of it is.
    fn check(&self, records: &[Put<'_>]) -> Result<(), Error> {
        let folder = || self.shared.reader.name();
        for record in records {
            if record.data.len() > RECORD_BYTES_MAX {
                let (length, most) = (record.data.len() as u64, RECORD_BYTES_MAX as u64);
                return Err(Error::TooLarge { folder: folder(), length, most });
            }
        }
        Ok(())
    }
}

// === impl Shared ===

impl<D: Disk> Shared<D> {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn writer(&self) -> MutexGuard<'_, Writer<D>> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn index(&self) -> RwLockReadGuard<'_, Index> {
        self.index.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes what waits, with one sync, and shows it to readers.
    fn write(
        &self,
        writer: &mut Writer<D>,
        waiting: &[queue::Waiting],
    ) -> Vec<Result<Vec<Placed>, Error>> {
        let mut sections = Vec::new();
        let mut answers: Vec<_> =
            waiting.iter().map(|waiting| writer.append(waiting, &mut sections)).collect();
        if let Err(error) = writer.log.commit() {
            answers.fill(Err(error));
            return answers;
        }
        let mut index = self.index.write().unwrap_or_else(PoisonError::into_inner);
        for (now, section) in sections {
            index.add(now, section);
        }
        drop(index);
        for (shard, tip) in (0..writer.state.shards()).zip(&self.tips) {
            tip.last.store(writer.state.tip(shard), Ordering::Release);
        }
        answers
    }

    fn shards(&self) -> Arc<Shards> {
        Arc::clone(&self.shards.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Shows readers which shards there are, and how far each is.
    fn show(&self, state: &State) {
        let all = state.shards.all();
        for ((number, shard), tip) in (0..).zip(all).zip(&self.tips) {
            tip.last.store(state.tip(number), Ordering::Release);
            tip.is_closed.store(shard.is_closed, Ordering::Release);
        }
        let shown = Arc::new(state.shards.clone());
        *self.shards.write().unwrap_or_else(PoisonError::into_inner) = shown;
        self.count.store(all.len() as u32, Ordering::Release);
    }
}

// === impl Writer ===

impl<D: Disk> Writer<D> {
    /// Appends the records of one put, in blocks; what is already there is left out.
    fn append(
        &mut self,
        waiting: &queue::Waiting,
        sections: &mut Vec<(Timestamp, index::Section)>,
    ) -> Result<Vec<Placed>, Error> {
        self.log.check_reserve()?;
        let mut placed = Vec::with_capacity(waiting.records.len());
        let mut rest = waiting.records.as_slice();
        while !rest.is_empty() {
            let (count, bytes) = block::bound(rest, self.state.shards());
            // Room first: where there is none, nothing has changed.
            self.log.make_room(bytes, || self.state.carry())?;
            let (now, records) = rest.split_at(count);
            for record in now {
                placed.push(self.state.place(record.key, record.producer, record.sequence));
                if let Some(Placed::At { shard, sequence }) = placed.last() {
                    let arrival = record.arrival.unwrap_or(waiting.now);
                    let at = (*shard, *sequence);
                    self.blocks.add(record, at, arrival, waiting.data(record));
                }
            }
            rest = records;
            if let Some(body) = self.blocks.finish(waiting.now) {
                let place = self.log.append(block::BLOCK, body, || self.state.carry())?;
                let made = self.blocks.sections().map(|section| section.at(place));
                sections.extend(made.map(|section| (waiting.now, section)));
            }
        }
        Ok(placed)
    }
}

#[cfg(test)]
mod tests;
