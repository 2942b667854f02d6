//! A copy of the data folder, made while an instance writes it, and a folder made of such a copy.
//!
//! ```text
//!  leases, limits -> cursors, snapshots -> journal -> control, orders
//!     -> what left the line -> venue -> list
//! ```
//!
//! Entry points: [`copy`], [`restore`].
//!
//! Invariants: each part is copied after those that say how far it must reach at least, so the copy
//! never looks cut: a cursor or snapshot may only name entries that are in the journal, an entry
//! only records that are on the stream. Beyond that parts may be ahead of each other: outputs that
//! were sent after their cursor was copied are sent again, and their receivers know them. The list
//! of files with their hashes is written last; a copy without it is none.
//! Limits: [`TRIES`], when retention lets segments go meanwhile.
//!
//! It opens no store. The order view is left out: it is made again from the journal.
//!
//! On a crash a `.part` folder is left, which the next run replaces.

use std::fs;
use std::path::{Path, PathBuf};

use local::log::copy;
use serde::{Deserialize, Serialize};

use crate::error::Error;

/// Name of the list in a copy.
const LIST: &str = "backup.json";

/// Copies that are begun anew because retention let a segment of the journal go.
const TRIES: u32 = 5;

/// Logs of what left the line, and of the streams: after the journal.
const STREAMS: [&str; 4] = ["orders", "executions", "order-events", "dead-letters"];

/// What a copy holds.
#[derive(Debug, Deserialize, Serialize)]
pub struct List {
    /// Version of this list: 1.
    pub version: u32,
    /// When it was made, nanoseconds since 1970-01-01 UTC.
    pub made: i64,
    /// Every file of it.
    pub files: Vec<Copied>,
}

/// A file of a copy.
#[derive(Debug, Deserialize, Serialize)]
pub struct Copied {
    /// From the copy's folder on.
    pub path: String,
    /// Length in bytes.
    pub bytes: u64,
    /// Content hash, 32 hex digits.
    pub hash: String,
}

/// Copies the folder `data` to the new folder `to`; `told` hears of each part that is done.
///
/// # Errors
/// [`Error::NoFolder`]; [`Error::Copy`] when `to` is there already, or the journal loses segments
/// faster than it is copied; what the disk says.
pub fn make(data: &Path, to: &Path, made: i64, mut told: impl FnMut(&str)) -> Result<List, Error> {
    if !data.join("genesis").is_file() {
        return Err(Error::NoFolder { folder: data.display().to_string() });
    }
    let part = beside(to)?;
    for _ in 0..TRIES {
        remove(&part)?;
        let before = copy::first_segment(&data.join("journal"))?;
        parts(data, &part, &mut told)?;
        if copy::first_segment(&data.join("journal"))? == before {
            let list = list(&part, made)?;
            finish(&part, to)?;
            return Ok(list);
        }
        told("retention let a part of the journal go; once more");
    }
    Err(Error::Copy {
        path: to.display().to_string(),
        what: "the journal loses segments faster than it is copied".to_owned(),
        fix: "set retain_entries higher, or copy to a faster disk",
    })
}

/// Makes the new data folder `data` of the copy `from`, after checking every byte of it.
///
/// # Errors
/// [`Error::Copy`] when `from` is no whole copy or `data` is there already; what the disk says.
pub fn restore(from: &Path, data: &Path, mut told: impl FnMut(&str)) -> Result<List, Error> {
    let path = from.join(LIST);
    let wrong = |path: &Path, what: String| Error::Copy {
        path: path.display().to_string(),
        what,
        fix: "give a folder that `orderflow backup` made, whole",
    };
    let text = fs::read(&path).map_err(|error| wrong(&path, error.to_string()))?;
    let list: List =
        serde_json::from_slice(&text).map_err(|error| wrong(&path, error.to_string()))?;
    if list.version != 1 {
        return Err(wrong(&path, format!("its version is {}, this release reads 1", list.version)));
    }
    let part = beside(data)?;
    remove(&part)?;
    for file in &list.files {
        let relative = Path::new(&file.path);
        let inside = relative.components().all(|c| matches!(c, std::path::Component::Normal(_)));
        let source = from.join(relative);
        if !inside {
            return Err(wrong(&source, "it lies outside the copy".to_owned()));
        }
        let bytes = fs::read(&source).map_err(|error| wrong(&source, error.to_string()))?;
        if hash(&bytes) != file.hash {
            return Err(wrong(&source, "its content isn't what was copied".to_owned()));
        }
        let target = part.join(relative);
        if let Some(folder) = target.parent() {
            fs::create_dir_all(folder).map_err(|error| local(folder, "making", &error))?;
        }
        copy::file(&source, &target)?;
        told(&file.path);
    }
    finish(&part, data)?;
    Ok(list)
}

fn parts(data: &Path, to: &Path, told: &mut impl FnMut(&str)) -> Result<(), Error> {
    fs::create_dir_all(to).map_err(|error| local(to, "making", &error))?;
    // Lanes that end meanwhile are ended again by the copy: the journal says so.
    for name in ["genesis", "orderflow.toml", "leases", "limits"] {
        copy::file(&data.join(name), &to.join(name))?;
    }
    for name in ["cursors", "snapshots", "starts"] {
        copy::folder(&data.join(name), &to.join(name))?;
        told(name);
    }
    copy::log(&data.join("journal"), &to.join("journal"))?;
    told("journal");
    copy::file(&data.join("control"), &to.join("control"))?;
    for name in STREAMS {
        copy::log(&data.join(name), &to.join(name))?;
        told(name);
    }
    // A venue says again what the streams don't have, so it must know at least what they have.
    for name in venues(data)? {
        copy::log(&data.join(&name), &to.join(&name))?;
        told(&name);
    }
    Ok(())
}

/// Folders of venues' own files.
fn venues(data: &Path) -> Result<Vec<String>, Error> {
    let mut names = Vec::new();
    for entry in fs::read_dir(data).map_err(|error| local(data, "listing", &error))? {
        let entry = entry.map_err(|error| local(data, "listing", &error))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with("venue-") {
            names.push(name);
        }
    }
    Ok(names)
}

/// Writes the list of what is there.
fn list(part: &Path, made: i64) -> Result<List, Error> {
    let mut files = Vec::new();
    let mut folders = vec![part.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).map_err(|error| local(&folder, "listing", &error))? {
            let path = entry.map_err(|error| local(&folder, "listing", &error))?.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let bytes = fs::read(&path).map_err(|error| local(&path, "reading", &error))?;
            let relative = path.strip_prefix(part).unwrap_or(&path).display().to_string();
            files.push(Copied { path: relative, bytes: bytes.len() as u64, hash: hash(&bytes) });
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    let list = List { version: 1, made, files };
    let path = part.join(LIST);
    let text = serde_json::to_vec_pretty(&list).map_err(|error| Error::Fault(error.to_string()))?;
    fs::write(&path, text).map_err(|error| local(&path, "writing", &error))?;
    sync(&path)?;
    Ok(list)
}

/// The unfinished folder beside `to`, which must not be there, or be empty.
fn beside(to: &Path) -> Result<PathBuf, Error> {
    let mut found = fs::read_dir(to).into_iter().flatten();
    if to.is_file() || found.next().is_some() {
        return Err(Error::Copy {
            path: to.display().to_string(),
            what: "it is there already".to_owned(),
            fix: "give a new folder; nothing is ever written over",
        });
    }
    let Some(name) = to.file_name() else {
        return Err(Error::Copy {
            path: to.display().to_string(),
            what: "it has no name".to_owned(),
            fix: "give the path of a new folder",
        });
    };
    let mut name = name.to_os_string();
    name.push(".part");
    Ok(to.with_file_name(name))
}

fn remove(part: &Path) -> Result<(), Error> {
    if part.exists() {
        fs::remove_dir_all(part).map_err(|error| local(part, "removing", &error))?;
    }
    Ok(())
}

/// Gives the whole copy its name.
fn finish(part: &Path, to: &Path) -> Result<(), Error> {
    sync(part)?;
    fs::rename(part, to).map_err(|error| local(to, "naming", &error))?;
    match to.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        Some(parent) => sync(parent),
        None => sync(Path::new(".")),
    }
}

fn sync(path: &Path) -> Result<(), Error> {
    let synced = fs::File::open(path).and_then(|file| file.sync_all());
    synced.map_err(|error| local(path, "syncing", &error))
}

fn hash(bytes: &[u8]) -> String {
    domain::hash::content(&[bytes]).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn local(path: &Path, action: &'static str, error: &std::io::Error) -> Error {
    Error::Local(local::Error::io(path, action, error))
}
