//! Reads a log as it lies after any crash, and tells a torn tail from damage.
//!
//! Entry points: [`scan`], which writes nothing, and [`repair`].
//!
//! ```text
//! at a frame's place       last segment                         any other segment
//! whole frame              next                                 next
//! zeros, or a torn frame   the end, unless something proves it  damaged: the next segment
//!                          durable: damaged                     was made after its sync
//! anything else            damaged                              damaged
//! ```
//!
//! What proves: a later header whose durable mark lies beyond, the close mark, the visitor (INV-6:
//! cursors and snapshots know entries that have left).

use std::path::Path;

use crate::Error;
use crate::disk::{Disk, DiskFile, SECTOR};
use crate::log::frame::{self, Expected, Found, HEADER, Header};
use crate::log::segment::{self, CAPACITY};
use crate::log::{Frame, Mark, OPENING, Place, Settings, Visitor, closed};

/// Where a log ends.
#[derive(Debug)]
pub(super) struct Scanned {
    /// Where the next frame goes.
    pub(super) end: Mark,
    /// The next frame's number.
    pub(super) index: u64,
    /// What the last segment's length is to be.
    pub(super) capacity: u64,
    /// Number and length of each segment.
    pub(super) segments: Vec<(u64, u64)>,
    /// End of what isn't zero in the last segment.
    dirty: u64,
}

// === impl Scanned ===

impl Scanned {
    pub(super) fn of_new<F>(made: &segment::Made<F>) -> Self {
        Self {
            end: made.end,
            index: 1,
            capacity: made.capacity,
            segments: vec![(made.end.segment, made.capacity)],
            dirty: made.end.offset,
        }
    }
}

/// Reads all segments and shows their frames; `None` when there is no log yet.
pub(super) fn scan<D: Disk>(
    disk: &D,
    folder: &Path,
    settings: &Settings,
    visitor: &mut impl Visitor,
) -> Result<Option<Scanned>, Error> {
    let names = disk.list(folder)?;
    let mut numbers: Vec<_> = names.iter().filter_map(|name| segment::number(name)).collect();
    numbers.sort_unstable();
    let closed = closed::read(disk, folder, settings.identity)?;
    let mut walk = Walk { folder, settings, before: None, segments: Vec::new() };
    for (place, number) in numbers.iter().enumerate() {
        let bytes = disk.read(&folder.join(segment::name(*number)))?.unwrap_or_default();
        walk.segment(*number, &bytes, place + 1 == numbers.len(), visitor)?;
    }
    let end = walk.before.as_ref().map_or(Mark::default(), |before| before.end);
    if closed > end {
        let claim = format!("it was closed at {closed}");
        return Err(Error::Cut { folder: walk.name(), end: end.to_string(), claim });
    }
    let Some(last) = walk.before else { return Ok(None) };
    visitor.finish(last.end)?;
    Ok(Some(Scanned { segments: walk.segments, ..last }))
}

/// Zeros what is torn, restores the segment's length, and makes all of it durable: frames that were
/// written and never synced count from here on.
pub(super) fn repair(file: &impl DiskFile, last: &Scanned) -> Result<(), Error> {
    if last.dirty > last.end.offset {
        file.write_at(last.end.offset, &vec![0; (last.dirty - last.end.offset) as usize])?;
    }
    file.allocate(last.capacity)?;
    file.sync()
}

struct Walk<'a> {
    folder: &'a Path,
    settings: &'a Settings,
    before: Option<Scanned>,
    segments: Vec<(u64, u64)>,
}

// === impl Walk ===

impl Walk<'_> {
    fn segment(
        &mut self,
        number: u64,
        bytes: &[u8],
        is_last: bool,
        visitor: &mut impl Visitor,
    ) -> Result<(), Error> {
        let at = |offset| Mark { segment: number, offset };
        let opening = self.opening(number, bytes)?;
        let size = frame::size(opening.length as usize);
        let body = &bytes[HEADER..HEADER + opening.length as usize];
        let capacity = frame::Reading::new(body).u64();
        let place = Place { at: at(0), length: opening.length };
        visitor.frame(&Frame {
            kind: OPENING,
            place,
            body: body.get(CAPACITY..).unwrap_or(&[]),
        })?;
        let (mut offset, mut index) = (size, opening.index + 1);
        loop {
            let identity = self.settings.identity;
            let expected = Expected { segment: number, index, identity };
            match frame::examine(bytes, offset, &expected) {
                Found::Frame(header) => {
                    let place = Place { at: at(offset as u64), length: header.length };
                    let body = &bytes[offset + HEADER..][..header.length as usize];
                    visitor.frame(&Frame { kind: header.kind, place, body })?;
                    offset += frame::size(header.length as usize);
                    index += 1;
                }
                Found::Nothing | Found::Torn => break,
                Found::Rotten(what) => return Err(self.damaged(at(offset as u64), what)),
                Found::Newer(format) => return Err(self.newer(number, format)),
            }
        }
        let end = at(offset as u64);
        if is_last && proves_durable(bytes, end) {
            return Err(self.damaged(end, "a later frame was written after this one was durable"));
        }
        let dirty = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last as u64 + 1);
        self.segments.push((number, bytes.len() as u64));
        self.before = Some(Scanned { end, index, capacity, segments: Vec::new(), dirty });
        Ok(())
    }

    /// The opening frame, which no crash tears, and which says where the segment before it ended.
    fn opening(&self, number: u64, bytes: &[u8]) -> Result<Header, Error> {
        let at = Mark { segment: number, offset: 0 };
        let header = match frame::header_at(bytes, 0, 0) {
            Some(Ok(header)) => header,
            Some(Err(format)) => return Err(self.newer(number, format)),
            None => return Err(self.damaged(at, "the opening header doesn't fit its checksum")),
        };
        if header.at == at && header.identity != self.settings.identity {
            let path = self.folder.join(segment::name(number)).display().to_string();
            return Err(Error::Foreign { path, what: "it is a segment of another log".to_owned() });
        }
        let identity = self.settings.identity;
        let expected = Expected { segment: number, index: header.index, identity };
        let found = frame::examine(bytes, 0, &expected);
        let is_opening = header.kind == OPENING && header.length as usize >= CAPACITY;
        if found != Found::Frame(header) || !is_opening {
            return Err(self.damaged(at, "the opening frame isn't whole"));
        }
        let Some(before) = &self.before else { return Ok(header) };
        if number != before.end.segment + 1 {
            let what = format!("the next segment that is there is {number}");
            return Err(self.damaged(before.end, what));
        }
        if header.durable != before.end || header.index != before.index {
            let what = format!("frames are missing or torn; it ended at {}", header.durable);
            return Err(self.damaged(before.end, what));
        }
        Ok(header)
    }

    fn damaged(&self, at: Mark, what: impl Into<String>) -> Error {
        let (segment, offset) = (at.segment, at.offset);
        Error::Damaged { folder: self.name(), segment, offset, what: what.into() }
    }

    fn newer(&self, number: u64, found: u16) -> Error {
        let path = self.folder.join(segment::name(number)).display().to_string();
        Error::NewerFormat { path, found, known: frame::FORMAT }
    }

    fn name(&self) -> String {
        self.folder.display().to_string()
    }
}

/// Whether a header behind `end` was written when what begins at `end` was durable.
fn proves_durable(bytes: &[u8], end: Mark) -> bool {
    let sectors = (end.offset as usize..bytes.len()).step_by(SECTOR);
    let headers = sectors.flat_map(|sector| {
        let first = frame::header_at(bytes, sector, 0);
        let second = frame::header_at(bytes, sector + SECTOR - HEADER, 1);
        [(first, sector), (second, sector)]
    });
    headers.into_iter().any(|(header, sector)| match header {
        Some(Ok(header)) => {
            let begins = header.at.offset as usize;
            let is_here = header.at.segment == end.segment
                && (begins == sector
                    || begins + frame::size(header.length as usize) == sector + SECTOR);
            is_here && header.durable > end
        }
        _ => false,
    })
}
