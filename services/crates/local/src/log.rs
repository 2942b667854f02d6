//! An append-only log of frames in segments, which a crash can't tear below what was acknowledged.
//!
//! Entry points: [`Log::open`], [`Log::append`], [`Log::commit`], [`Log::reader`],
//! [`Log::drop_before`].
//!
//! Invariants: what [`Log::commit`] has returned for is there after any crash (INV-6 leans on it).
//! Each segment opens with a frame of kind 0 that carries what its owner must know of the segments
//! before it, so that these may go. A segment is filled with zeros and synced, it and its name,
//! before use; the one before it is synced first, so only the last segment can be torn. Limit:
//! [`Settings::segment_bytes`].
//!
//! It knows nothing of what bodies mean, and has no thread: the caller's sync is the only one.
//!
//! On a crash frames after the last commit are whole or gone. The tail is repaired at the next
//! open, unless a later frame, the close mark or a caller proves that it was durable: then it is
//! refused.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::Error;
use crate::disk::{Disk, DiskFile, RealDisk, TEMPORARY};

mod closed;
pub mod copy;
pub(crate) mod frame;
mod reader;
mod scan;
mod segment;
mod spare;

pub use frame::FORMAT;
pub use reader::Reader;
pub use spare::Spare;

/// Kind of the frame that opens a segment.
pub const OPENING: u8 = 0;

/// A place in a log; places compare as they were written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mark {
    /// Number of the segment, from 1.
    pub segment: u64,
    /// Byte in the segment.
    pub offset: u64,
}

/// Where a frame lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its first byte.
    pub at: Mark,
    /// Bytes of its body.
    pub length: u32,
}

/// A frame as [`Log::open`] shows it.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    /// What it is to the log's owner; [`OPENING`] opens a segment.
    pub kind: u8,
    /// Where it lies.
    pub place: Place,
    /// The body; of an opening frame what the owner gave to carry.
    pub body: &'a [u8],
}

/// Who reads a log while it is opened.
pub trait Visitor {
    /// A frame, in order.
    ///
    /// # Errors
    /// What it returns ends the opening.
    fn frame(&mut self, frame: &Frame<'_>) -> Result<(), Error>;

    /// All frames were shown, the log ends at `end`, and nothing was written yet: the last moment
    /// to refuse a log that ends too early.
    ///
    /// # Errors
    /// What it returns ends the opening.
    fn finish(&mut self, _end: Mark) -> Result<(), Error> {
        Ok(())
    }
}

/// What a log is made with.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Bytes of a segment, a multiple of 512; one that has to hold more is longer. It is the grain
    /// of retention, and what is written at once when a segment is made.
    pub segment_bytes: u64,
    /// Bytes that stay free on the disk: a stream refuses puts, and no segment is made, while fewer
    /// are. Intake has the largest reserve, so that it stops before what it feeds.
    pub reserve_bytes: u64,
    /// Whose log it is: the application's identity, with the log's name in it. A segment of another
    /// log is refused.
    pub identity: u128,
}

/// A log, open for appending.
#[derive(Debug)]
pub struct Log<D: Disk = RealDisk> {
    disk: D,
    folder: PathBuf,
    settings: Settings,
    reader: Reader<D>,
    spare: Spare<D>,
    file: Arc<D::File>,
    /// Length of the last segment.
    capacity: u64,
    /// Where the next frame goes.
    end: Mark,
    /// Number of the next frame.
    index: u64,
    durable: Mark,
    /// Frames between `durable` and `end`.
    pending: Vec<u8>,
    failed: Option<String>,
}

// === impl Visitor ===

impl<F: FnMut(&Frame<'_>) -> Result<(), Error>> Visitor for F {
    fn frame(&mut self, frame: &Frame<'_>) -> Result<(), Error> {
        self(frame)
    }
}

// === impl Mark ===

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "segment {} offset {}", self.segment, self.offset)
    }
}

// === impl Settings ===

impl Settings {
    /// The settings of a log of this identity: segments of 16 MiB, 64 MiB kept free.
    #[must_use]
    pub const fn new(identity: u128) -> Self {
        Self { segment_bytes: 16 << 20, reserve_bytes: 64 << 20, identity }
    }
}

// === impl Log ===

impl<D: Disk> Log<D> {
    /// Opens the log in `folder`, or makes it with `opening` as its first frame's body; shows all
    /// its frames to `visitor`, and repairs what a crash tore. Nothing is written before all was
    /// read and the visitor has agreed.
    ///
    /// # Errors
    /// [`Error::Damaged`], [`Error::Cut`], [`Error::NewerFormat`], what `visitor` returns, and what
    /// the disk refuses.
    pub fn open(
        disk: D,
        folder: &Path,
        settings: Settings,
        opening: &[u8],
        visitor: &mut impl Visitor,
    ) -> Result<Self, Error> {
        let scanned = scan::scan(&disk, folder, &settings, visitor)?;
        disk.make_folder(folder)?;
        for name in disk.list(folder)?.iter().filter(|name| name.ends_with(TEMPORARY)) {
            disk.remove(&folder.join(name))?;
        }
        let reader = Reader::new(disk.clone(), folder.to_owned());
        let last = match scanned {
            Some(last) => {
                // A process that was killed may have named a segment and not synced the name.
                disk.sync_folder(folder)?;
                last
            }
            None => {
                let at = Mark { segment: 1, offset: 0 };
                let durable = Mark::default();
                let first = segment::Opening { at, index: 0, durable, size: 0, spare: None };
                let made = segment::make(&disk, folder, &settings, first, opening)?;
                visitor.frame(&Frame { kind: OPENING, place: made.place, body: opening })?;
                scan::Scanned::of_new(&made)
            }
        };
        for (segment, bytes) in &last.segments {
            reader.remember(*segment, None, *bytes);
        }
        let file = reader.file(last.end.segment)?;
        scan::repair(&*file, &last)?;
        let spare = Spare::new(disk.clone(), folder.to_owned(), settings);
        spare.want(last.end.offset > last.capacity / 2);
        Ok(Self {
            disk,
            folder: folder.to_owned(),
            settings,
            reader,
            spare,
            file,
            capacity: last.capacity,
            end: last.end,
            index: last.index,
            durable: last.end,
            pending: Vec::new(),
            failed: None,
        })
    }

    /// Puts a frame behind the last one; it is durable after the next [`Log::commit`]. Where the
    /// segment has no room, what is pending is committed and a new segment begins with what `carry`
    /// gives.
    ///
    /// # Errors [`Error::DiskFull`] when no segment can be made: then nothing has changed, and it
    /// may be tried again. [`Error::Sync`] and [`Error::Stopped`] are final.
    pub fn append(
        &mut self,
        kind: u8,
        body: &[u8],
        carry: impl FnOnce() -> Vec<u8>,
    ) -> Result<Place, Error> {
        self.make_room(body.len(), carry)?;
        let at = self.end;
        let header = self.header(kind, at, self.index);
        frame::append(&mut self.pending, header, [body, &[]]);
        self.index += 1;
        self.end.offset += frame::size(body.len()) as u64;
        if self.end.offset > self.capacity / 2 {
            self.spare.want(true);
        }
        Ok(Place { at, length: body.len() as u32 })
    }

    /// Makes sure that a body of `length` bytes can be appended without a new segment; true when
    /// one was begun for it.
    ///
    /// # Errors
    /// As [`Log::append`].
    pub fn make_room(
        &mut self,
        length: usize,
        carry: impl FnOnce() -> Vec<u8>,
    ) -> Result<bool, Error> {
        self.check()?;
        let size = frame::size(length) as u64;
        if self.end.offset + size <= self.capacity {
            return Ok(false);
        }
        self.commit()?;
        self.roll(&carry(), size)?;
        Ok(true)
    }

    /// Refuses while less than the reserve is free: intake asks before each put, so that it stops
    /// while what it feeds still has room.
    ///
    /// # Errors
    /// [`Error::DiskFull`], [`Error::Io`].
    pub fn check_reserve(&self) -> Result<(), Error> {
        let needed = self.settings.reserve_bytes;
        if needed == 0 || self.disk.free_bytes(&self.folder)? >= needed {
            return Ok(());
        }
        Err(Error::DiskFull { path: self.folder.display().to_string(), needed })
    }

    /// Writes what is pending and syncs it. A failure is final: the log is then stopped.
    ///
    /// # Errors
    /// [`Error::Sync`], [`Error::Stopped`].
    pub fn commit(&mut self) -> Result<(), Error> {
        self.check()?;
        if self.pending.is_empty() {
            return Ok(());
        }
        let written = self.file.write_at(self.durable.offset, &self.pending);
        if let Err(error) = written.and_then(|()| self.file.sync()) {
            self.failed = Some(error.to_string());
            return Err(error);
        }
        self.pending.clear();
        self.durable = self.end;
        Ok(())
    }

    /// Where the next frame goes.
    #[must_use]
    pub const fn end(&self) -> Mark {
        self.end
    }

    /// Number of the oldest segment that is there.
    #[must_use]
    pub fn oldest(&self) -> u64 {
        self.reader.oldest().unwrap_or(self.end.segment)
    }

    /// Bytes of all segments.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.reader.bytes()
    }

    /// Reads committed frames beside the log, on any thread.
    #[must_use]
    pub fn reader(&self) -> Reader<D> {
        self.reader.clone()
    }

    /// Makes segments before they are needed, on any thread.
    #[must_use]
    pub fn spare(&self) -> Spare<D> {
        self.spare.clone()
    }

    /// Removes the segments below `segment`, oldest first; the last one stays.
    ///
    /// # Errors
    /// [`Error::Io`], [`Error::Sync`].
    pub fn drop_before(&mut self, segment: u64) -> Result<(), Error> {
        self.check()?;
        while self.oldest() < segment.min(self.end.segment) {
            let oldest = self.oldest();
            self.reader.forget(oldest);
            self.disk.remove(&self.folder.join(segment::name(oldest)))?;
            // One by one: a crash may lose any unsynced removal, and a hole is damage.
            self.disk.sync_folder(&self.folder)?;
        }
        Ok(())
    }

    /// Commits, and leaves a mark that proves where the log ended: a later open refuses a log that
    /// ends before it.
    ///
    /// # Errors
    /// As [`Log::commit`].
    pub fn close(mut self) -> Result<(), Error> {
        self.mark()
    }

    /// What [`Log::close`] does, without an end to the log.
    ///
    /// # Errors
    /// As [`Log::commit`].
    pub fn mark(&mut self) -> Result<(), Error> {
        self.commit()?;
        closed::write(&self.disk, &self.folder, self.settings.identity, self.durable)
    }

    fn check(&self) -> Result<(), Error> {
        let Some(reason) = self.failed.clone() else { return Ok(()) };
        Err(Error::Stopped { folder: self.folder.display().to_string(), reason })
    }

    fn header(&self, kind: u8, at: Mark, index: u64) -> frame::Header {
        let (durable, identity) = (self.durable, self.settings.identity);
        frame::Header { kind, at, index, length: 0, zeros: 0, durable, identity, digest: 0 }
    }

    /// Begins a new segment that has room for a frame of `size` bytes; what is pending was
    /// committed.
    fn roll(&mut self, carry: &[u8], size: u64) -> Result<(), Error> {
        let segment = self.end.segment + 1;
        let at = Mark { segment, offset: 0 };
        let spare = self.spare.take().map(|file| (file, self.spare.path()));
        let (index, durable) = (self.index, self.durable);
        let opening = segment::Opening { at, index, durable, size, spare };
        let made = match segment::make(&self.disk, &self.folder, &self.settings, opening, carry) {
            Ok(made) => made,
            Err(error) => {
                if matches!(error, Error::Sync { .. }) {
                    self.failed = Some(error.to_string());
                }
                return Err(error);
            }
        };
        let file = Arc::new(made.file);
        self.reader.remember(segment, Some(Arc::clone(&file)), made.capacity);
        self.file = file;
        self.capacity = made.capacity;
        self.index += 1;
        self.end = made.end;
        self.durable = made.end;
        self.spare.want(false);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
