//! How a segment is made: under another name, filled, synced, then named.

use std::path::{Path, PathBuf};
use std::sync::MutexGuard;

use crate::Error;
use crate::disk::{Disk, DiskFile, temporary};
use crate::log::{Mark, OPENING, Place, Settings, frame};

/// Bytes before what the owner carries in an opening frame: the segment's length.
pub(super) const CAPACITY: usize = 8;

/// What a new segment opens with.
pub(super) struct Opening<'a, D: Disk> {
    pub(super) at: Mark,
    pub(super) index: u64,
    pub(super) durable: Mark,
    /// Bytes of the frame that it must have room for.
    pub(super) size: u64,
    /// A file that is filled already, and its path.
    pub(super) spare: Option<(MutexGuard<'a, Option<D::File>>, PathBuf)>,
}

/// A segment, ready for use.
#[derive(Debug)]
pub(super) struct Made<F> {
    pub(super) file: F,
    pub(super) place: Place,
    pub(super) capacity: u64,
    /// Behind the opening frame.
    pub(super) end: Mark,
}

/// The name of a segment's file.
pub(super) fn name(segment: u64) -> String {
    format!("{segment:012}.log")
}

/// The segment that a file's name stands for.
pub(super) fn number(name: &str) -> Option<u64> {
    name.strip_suffix(".log")?.parse().ok()
}

/// Makes a segment, of the spare file where there is one. Until it bears its own name it is no part
/// of the log; then it is complete.
pub(super) fn make<D: Disk>(
    disk: &D,
    folder: &Path,
    settings: &Settings,
    opening: Opening<'_, D>,
    carry: &[u8],
) -> Result<Made<D::File>, Error> {
    let length = CAPACITY + carry.len();
    let first = frame::size(length) as u64;
    let capacity = settings.segment_bytes.max(first + opening.size);
    let path = folder.join(name(opening.at.segment));
    // Kept until the file has its name, so that no other spare is made under the old one.
    let mut spare = opening.spare.filter(|_| capacity == settings.segment_bytes);
    let filled = spare.as_mut().and_then(|(spare, path)| Some((spare.take()?, path.clone())));
    let needed = if filled.is_some() { 0 } else { capacity };
    let needed = needed.saturating_add(settings.reserve_bytes);
    if disk.free_bytes(folder)? < needed {
        return Err(Error::DiskFull { path: path.display().to_string(), needed });
    }
    let header = frame::Header {
        kind: OPENING,
        at: opening.at,
        index: opening.index,
        length: 0,
        zeros: 0,
        durable: opening.durable,
        identity: settings.identity,
        digest: 0,
    };
    let mut bytes = Vec::new();
    frame::append(&mut bytes, header, [&capacity.to_be_bytes(), carry]);
    let (file, temporary) = match filled {
        Some(filled) => filled,
        None => (disk.create(&temporary(&path))?, temporary(&path)),
    };
    let filled = file.allocate(capacity).and_then(|()| file.write_at(0, &bytes));
    if let Err(error) = filled.and_then(|()| file.sync()) {
        // Best effort: the next open removes what is left of it.
        let _ = disk.remove(&temporary);
        return Err(error);
    }
    disk.rename(&temporary, &path)?;
    disk.sync_folder(folder)?;
    let place = Place { at: opening.at, length: length as u32 };
    let end = Mark { offset: first, ..opening.at };
    Ok(Made { file, place, capacity, end })
}
