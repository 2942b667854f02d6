//! Reads committed frames at their places, on any thread, beside the log that appends.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use crate::Error;
use crate::disk::{Disk, DiskFile, RealDisk};
use crate::log::frame::{self, HEADER};
use crate::log::{Mark, Place, segment};

/// Reads frames by place. Clones share the open files.
#[derive(Debug)]
pub struct Reader<D: Disk = RealDisk> {
    disk: D,
    folder: PathBuf,
    segments: Arc<RwLock<BTreeMap<u64, Segment<D::File>>>>,
}

#[derive(Debug)]
struct Segment<F> {
    /// Opened when it is first read.
    file: Option<Arc<F>>,
    bytes: u64,
}

// === impl Reader ===

impl<D: Disk> Clone for Reader<D> {
    fn clone(&self) -> Self {
        Self {
            disk: self.disk.clone(),
            folder: self.folder.clone(),
            segments: Arc::clone(&self.segments),
        }
    }
}

impl<D: Disk> Reader<D> {
    pub(super) fn new(disk: D, folder: PathBuf) -> Self {
        Self { disk, folder, segments: Arc::default() }
    }

    /// The body of a committed frame, checked; `buffer` is used for it.
    ///
    /// # Errors
    /// [`Error::Damaged`], [`Error::Gone`], [`Error::Io`].
    pub fn read<'a>(&self, place: Place, buffer: &'a mut Vec<u8>) -> Result<&'a [u8], Error> {
        let length = place.length as usize;
        buffer.resize(frame::size(length), 0);
        self.read_part(place.at, buffer)?;
        let last = buffer.len() - HEADER;
        let header = frame::header_at(buffer, 0, 0).and_then(Result::ok);
        let fits = header.is_some_and(|header| {
            header.at == place.at
                && header.length == place.length
                && header.digest == domain::hash::row(&buffer[HEADER..last])
        });
        if !fits {
            return Err(self.damaged(place.at, "the frame doesn't fit its digests"));
        }
        Ok(&buffer[HEADER..HEADER + length])
    }

    /// Fills `buffer` with a segment's bytes from `at` on, unchecked.
    ///
    /// # Errors
    /// [`Error::Damaged`] at the segment's end, [`Error::Gone`], [`Error::Io`].
    pub fn read_part(&self, at: Mark, buffer: &mut [u8]) -> Result<(), Error> {
        let file = self.file(at.segment)?;
        if file.read_at(at.offset, buffer)? < buffer.len() {
            return Err(self.damaged(at, "the segment ends before"));
        }
        Ok(())
    }

    /// Where in its segment the byte `offset` of a frame's body lies.
    #[must_use]
    pub const fn inside(place: Place, offset: u64) -> Mark {
        let Mark { segment, offset: begin } = place.at;
        Mark { segment, offset: begin + HEADER as u64 + offset }
    }

    /// The folder, for the operator.
    pub(crate) fn name(&self) -> String {
        self.folder.display().to_string()
    }

    /// The error of bytes at `at` that don't fit.
    pub(crate) fn damaged(&self, at: Mark, what: &str) -> Error {
        let folder = self.folder.display().to_string();
        Error::Damaged { folder, segment: at.segment, offset: at.offset, what: what.to_owned() }
    }

    pub(super) fn remember(&self, segment: u64, file: Option<Arc<D::File>>, bytes: u64) {
        self.lock().insert(segment, Segment { file, bytes });
    }

    pub(super) fn forget(&self, segment: u64) {
        self.lock().remove(&segment);
    }

    pub(super) fn oldest(&self) -> Option<u64> {
        let segments = self.segments.read().unwrap_or_else(PoisonError::into_inner);
        segments.first_key_value().map(|(segment, _)| *segment)
    }

    /// Bytes of all segments.
    pub(crate) fn bytes(&self) -> u64 {
        let segments = self.segments.read().unwrap_or_else(PoisonError::into_inner);
        segments.values().map(|segment| segment.bytes).sum()
    }

    /// The file of a segment, opened when it is first asked for.
    pub(super) fn file(&self, number: u64) -> Result<Arc<D::File>, Error> {
        let gone = || Error::Gone { folder: self.folder.display().to_string(), segment: number };
        {
            let segments = self.segments.read().unwrap_or_else(PoisonError::into_inner);
            let segment = segments.get(&number).ok_or_else(gone)?;
            if let Some(file) = &segment.file {
                return Ok(Arc::clone(file));
            }
        }
        let opened = self.disk.open(&self.folder.join(segment::name(number)))?;
        let file = Arc::new(opened.ok_or_else(gone)?);
        let mut segments = self.lock();
        let segment = segments.get_mut(&number).ok_or_else(gone)?;
        Ok(Arc::clone(segment.file.get_or_insert(file)))
    }

    fn lock(&self) -> std::sync::RwLockWriteGuard<'_, BTreeMap<u64, Segment<D::File>>> {
        self.segments.write().unwrap_or_else(PoisonError::into_inner)
    }
}
