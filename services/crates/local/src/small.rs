//! Small files that are only ever replaced whole: cursors, counted starts, close marks.
//!
//! Entry points: [`write`], [`read`].
//!
//! A file is magic, kind, format, length, body and a checksum over all of it; as no crash tears a
//! file that is replaced, one that doesn't fit its checksum has rotted and is refused (`OR-0106`).
//!
//! It knows no body.
//!
//! On a crash the file holds the old body or the new one.

use std::path::Path;

use domain::hash;

use crate::Error;
use crate::disk::{Disk, parent};

const MAGIC: [u8; 4] = *b"OFSM";
/// The version of the format that this code writes.
const FORMAT: u16 = 1;
const HEADER: usize = 10;
const CHECKSUM: usize = 16;

/// Replaces the file at `path`.
pub(crate) fn write<D: Disk>(
    disk: &D,
    path: &Path,
    kind: [u8; 4],
    body: &[u8],
) -> Result<(), Error> {
    let mut bytes = Vec::with_capacity(HEADER + body.len() + CHECKSUM);
    bytes.extend_from_slice(&MAGIC);
    bytes.extend_from_slice(&kind);
    bytes.extend_from_slice(&FORMAT.to_be_bytes());
    bytes.extend_from_slice(body);
    let checksum = hash::row(&bytes);
    bytes.extend_from_slice(&checksum.to_be_bytes());
    disk.replace(path, &bytes)
}

/// The body of the file at `path`; `None` when there is none. `remedy` says what may be done when
/// it has rotted.
pub(crate) fn read<D: Disk>(
    disk: &D,
    path: &Path,
    kind: [u8; 4],
    remedy: &'static str,
) -> Result<Option<Vec<u8>>, Error> {
    let Some(mut bytes) = disk.read(path)? else { return Ok(None) };
    // A process that was killed may have renamed it and not synced: what is built on it from here
    // on must not outlive it.
    disk.sync_folder(parent(path))?;
    let unreadable = || Error::Unreadable { path: path.display().to_string(), remedy };
    let end = bytes.len().checked_sub(CHECKSUM).filter(|end| *end >= HEADER);
    let end = end.ok_or_else(unreadable)?;
    let fits = bytes[..4] == MAGIC
        && bytes[4..8] == kind
        && hash::row(&bytes[..end]).to_be_bytes() == bytes[end..];
    if !fits {
        return Err(unreadable());
    }
    let found = u16::from_be_bytes([bytes[8], bytes[9]]);
    if found > FORMAT {
        let path = path.display().to_string();
        return Err(Error::NewerFormat { path, found, known: FORMAT });
    }
    bytes.truncate(end);
    bytes.drain(..HEADER);
    Ok(Some(bytes))
}
