//! Copies logs and small files while their owner writes them.
//!
//! Entry points: [`log`], [`folder`], [`file`], [`first_segment`].
//!
//! Invariants: a copied log holds frames that were whole when they were read, from the oldest
//! segment on, and zeros behind them: what a crash at that moment could have left. Small files are
//! only ever replaced whole, so a copy is one of their states.
//! Which of them must be copied before which is the caller's knowledge.
//!
//! It takes no lock and changes nothing of what it copies.
//!
//! On a crash the copy is incomplete; the caller names it when it is done.

use std::fs::{self, File};
use std::io::{ErrorKind, Write as _};
use std::path::Path;

use crate::Error;
use crate::log::frame::{self, Expected, Found};
use crate::log::segment;

/// Copies a log's segments; the bytes written. Segments that retention lets go meanwhile are left
/// out.
///
/// # Errors
/// What the disk says.
pub fn log(from: &Path, to: &Path) -> Result<u64, Error> {
    make(to)?;
    let numbers = segments(from)?;
    let mut written = 0;
    for number in &numbers {
        let name = segment::name(*number);
        let Some(mut bytes) = read(&from.join(&name))? else { continue };
        if Some(number) == numbers.last() {
            let end = whole(&bytes, *number);
            bytes.get_mut(end..).unwrap_or_default().fill(0);
        }
        written += write(&to.join(&name), &bytes)?;
    }
    Ok(written)
}

/// Copies a folder of small files; the bytes written.
///
/// # Errors
/// What the disk says.
pub fn folder(from: &Path, to: &Path) -> Result<u64, Error> {
    make(to)?;
    let mut written = 0;
    for name in names(from)? {
        if from.join(&name).is_file() && !name.ends_with(".new") {
            written += file(&from.join(&name), &to.join(&name))?;
        }
    }
    Ok(written)
}

/// Copies a file, if it is there; the bytes written.
///
/// # Errors
/// What the disk says.
pub fn file(from: &Path, to: &Path) -> Result<u64, Error> {
    read(from)?.map_or(Ok(0), |bytes| write(to, &bytes))
}

/// Number of the oldest segment of a log: it grows when retention lets one go.
///
/// # Errors
/// What the disk says.
pub fn first_segment(folder: &Path) -> Result<Option<u64>, Error> {
    Ok(segments(folder)?.first().copied())
}

fn segments(folder: &Path) -> Result<Vec<u64>, Error> {
    let mut numbers: Vec<u64> =
        names(folder)?.iter().filter_map(|name| segment::number(name)).collect();
    numbers.sort_unstable();
    Ok(numbers)
}

/// Where the whole frames of a segment end that is being written.
fn whole(bytes: &[u8], number: u64) -> usize {
    let Some(Ok(opening)) = frame::header_at(bytes, 0, 0) else { return 0 };
    let (mut offset, mut index) = (0, opening.index);
    loop {
        let expected = Expected { segment: number, index, identity: opening.identity };
        match frame::examine(bytes, offset, &expected) {
            Found::Frame(header) => {
                offset += frame::size(header.length as usize);
                index += 1;
            }
            _ => return offset,
        }
    }
}

fn names(folder: &Path) -> Result<Vec<String>, Error> {
    let failed = |error| Error::io(folder, "listing", &error);
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        names.push(entry.map_err(failed)?.file_name().to_string_lossy().into_owned());
    }
    names.sort_unstable();
    Ok(names)
}

fn make(folder: &Path) -> Result<(), Error> {
    fs::create_dir_all(folder).map_err(|error| Error::io(folder, "making", &error))
}

/// The content of a file; `None` when it has gone.
fn read(path: &Path) -> Result<Option<Vec<u8>>, Error> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::io(path, "reading", &error)),
    }
}

/// Writes a file and syncs it. Zeros at its end take no room on the disk.
fn write(path: &Path, bytes: &[u8]) -> Result<u64, Error> {
    let failed = |error| Error::io(path, "writing", &error);
    let used = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    let mut file = File::create(path).map_err(failed)?;
    file.write_all(bytes.get(..used).unwrap_or_default()).map_err(failed)?;
    file.set_len(bytes.len() as u64).map_err(failed)?;
    file.sync_all().map_err(failed)?;
    Ok(bytes.len() as u64)
}
