//! The data folder of one application on one disk: who it is, and that one process uses it at a
//! time.
//!
//! Entry points: [`Folder::open`], [`Folder::look`], [`Genesis`].
//!
//! Invariants: INV-7 and INV-8 (the identity key is drawn once and never changes), INV-1 (lane ids
//! come from the streams' creation times, which stand here).
//! Limits: one process; shard counts are fixed when the folder is made.
//!
//! It knows no journal, no stream and no order. Locks and the first write are the system's, because
//! a lock that is recorded and played back locks nothing.
//!
//! On a crash the system gives the lock back; the genesis file is there whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use domain::entry::FORMAT;
use domain::{IdentityKey, LaneId, Timestamp};
use rustix::fs::{FlockOperation, flock};

use crate::Error;
use crate::disk::Disk;
use crate::small;

const KIND: [u8; 4] = *b"GENE";
const REMEDY: &str = "begin with an empty folder (--data); without it the journal can't be read";

/// What an application is, drawn and decided once.
#[derive(Clone, PartialEq, Eq)]
pub struct Genesis {
    /// 128 random bits: the application.
    pub application: u128,
    /// Key of identities (INV-8); never shown.
    pub identity_key: IdentityKey,
    /// Shards of the inbound stream.
    pub shards: u32,
    /// When the streams were created; part of every lane's id.
    pub created: Timestamp,
    /// Format of the journal entries that are written here: the newest in a new folder; one that
    /// is there keeps its own until it is raised, so that the release before can take over again.
    pub format: u16,
}

/// A folder that this process alone uses, until it is dropped.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    genesis: Genesis,
    first_start: bool,
    /// Holds the lock; closing the file gives it back.
    _lock: File,
}

// === impl Genesis ===

impl Genesis {
    /// The lane of the `number`-th shard of `orders`.
    #[must_use]
    pub fn lane(&self, number: u32) -> LaneId {
        let application = self.application_name();
        LaneId::of(&application, "", "orders", self.created.0, &number.to_string())
    }

    /// The application as Begin entries name it.
    #[must_use]
    pub fn application_name(&self) -> String {
        format!("{:032x}", self.application)
    }

    fn bytes(&self) -> Vec<u8> {
        let mut out = self.format.to_be_bytes().to_vec();
        out.extend_from_slice(&self.application.to_be_bytes());
        out.extend_from_slice(&self.identity_key.0);
        out.extend_from_slice(&self.shards.to_be_bytes());
        out.extend_from_slice(&self.created.0.to_be_bytes());
        out
    }

    fn read(path: &Path, body: &[u8]) -> Result<Self, Error> {
        let path = path.display().to_string();
        let unreadable = || Error::Unreadable { path: path.clone(), remedy: REMEDY };
        let (format, rest) = body.split_first_chunk::<2>().ok_or_else(unreadable)?;
        let format = u16::from_be_bytes(*format);
        if format > FORMAT {
            return Err(Error::NewerFormat { path, found: format, known: FORMAT });
        }
        let (application, rest) = rest.split_first_chunk::<16>().ok_or_else(unreadable)?;
        let (key, rest) = rest.split_first_chunk::<16>().ok_or_else(unreadable)?;
        let (shards, rest) = rest.split_first_chunk::<4>().ok_or_else(unreadable)?;
        let (created, _) = rest.split_first_chunk::<8>().ok_or_else(unreadable)?;
        Ok(Self {
            application: u128::from_be_bytes(*application),
            identity_key: IdentityKey(*key),
            shards: u32::from_be_bytes(*shards),
            created: Timestamp(i64::from_be_bytes(*created)),
            format,
        })
    }
}

impl std::fmt::Debug for Genesis {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The key is left out: whoever has it can make requests whose identities collide.
        let Self { application, identity_key: _, shards, created, format } = self;
        write!(f, "Genesis {{ application: {application:032x}, identity_key: .., ")?;
        write!(f, "shards: {shards}, created: {created}, format: {format} }}")
    }
}

// === impl Folder ===

impl Folder {
    /// Takes the folder at `path` for this process; makes it, with `shards` shards and what `draw`
    /// gives as random bytes, when it is new. `shards` of `None` takes what an existing folder has.
    ///
    /// # Errors [`Error::Locked`], [`Error::Unwritable`], [`Error::NewerFormat`],
    /// [`Error::Foreign`] when the shard count is another one or the folder holds something else,
    /// [`Error::Entropy`].
    pub fn open<D: Disk>(
        disk: &D,
        path: &Path,
        shards: Option<u32>,
        now: Timestamp,
        draw: impl FnMut(&mut [u8]) -> Result<(), Error>,
    ) -> Result<Self, Error> {
        let unwritable = |error: &std::io::Error| Error::Unwritable {
            folder: path.display().to_string(),
            reason: error.to_string(),
        };
        fs::create_dir_all(path).map_err(|error| unwritable(&error))?;
        let lock = take_lock(path)?;
        disk.make_folder(path)?;
        let file = path.join("genesis");
        let kept = small::read(disk, &file, KIND, REMEDY)?;
        let first_start = kept.is_none();
        let genesis = match kept {
            Some(body) => Genesis::read(&file, &body)?,
            None => found(disk, path, shards.unwrap_or(DEFAULT_SHARDS), now, draw)?,
        };
        if shards.is_some_and(|shards| shards != genesis.shards) {
            return Err(Error::Foreign {
                path: path.display().to_string(),
                what: format!("made with shards = {}", genesis.shards),
            });
        }
        Ok(Self { path: path.to_owned(), genesis, first_start, _lock: lock })
    }

    /// The genesis of a folder without taking it; `None` when it has none.
    ///
    /// # Errors
    /// [`Error::Unreadable`], [`Error::NewerFormat`], [`Error::Io`].
    pub fn look<D: Disk>(disk: &D, path: &Path) -> Result<Option<Genesis>, Error> {
        let file = path.join("genesis");
        let body = small::read(disk, &file, KIND, REMEDY)?;
        body.map(|body| Genesis::read(&file, &body)).transpose()
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What the application is.
    #[must_use]
    pub const fn genesis(&self) -> &Genesis {
        &self.genesis
    }

    /// From the next start on entries are written in the newest format. Releases before this one
    /// refuse the folder then.
    ///
    /// # Errors [`Error::Disk`] and what else a write may meet; the folder is as it was then.
    pub fn raise<D: Disk>(&mut self, disk: &D) -> Result<(), Error> {
        let genesis = Genesis { format: FORMAT, ..self.genesis.clone() };
        small::write(disk, &self.path.join("genesis"), KIND, &genesis.bytes())?;
        self.genesis = genesis;
        Ok(())
    }

    /// Whether this start made it.
    #[must_use]
    pub const fn is_first_start(&self) -> bool {
        self.first_start
    }
}

/// Shards of a new folder when nobody says another number.
pub const DEFAULT_SHARDS: u32 = 4;

/// What may lie in a folder that isn't made yet.
const BEFORE: [&str; 3] = [LOCK, "genesis.new", "orderflow.toml"];

fn found<D: Disk>(
    disk: &D,
    path: &Path,
    shards: u32,
    now: Timestamp,
    mut draw: impl FnMut(&mut [u8]) -> Result<(), Error>,
) -> Result<Genesis, Error> {
    // A folder that holds files and no genesis is somebody's: nothing is made in it. Settings may
    // be written before the first start.
    let strange = disk.list(path)?.into_iter().find(|name| !BEFORE.contains(&name.as_str()));
    if let Some(name) = strange {
        return Err(Error::Foreign {
            path: path.display().to_string(),
            what: format!("holds {name:?} and no genesis file, so it is no data folder"),
        });
    }
    let (mut application, mut key) = ([0; 16], [0; 16]);
    draw(&mut application)?;
    draw(&mut key)?;
    let genesis = Genesis {
        application: u128::from_be_bytes(application),
        identity_key: IdentityKey(key),
        shards,
        created: now,
        format: FORMAT,
    };
    let file = path.join("genesis");
    small::write(disk, &file, KIND, &genesis.bytes())?;
    keep_private(&file)?;
    Ok(genesis)
}

/// The identity key is for this user's eyes alone.
fn keep_private(file: &Path) -> Result<(), Error> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(file, fs::Permissions::from_mode(0o600))
        .map_err(|error| Error::io(file, "set permissions of", &error))
}

const LOCK: &str = "lock";

fn take_lock(folder: &Path) -> Result<File, Error> {
    let path = folder.join(LOCK);
    let opened = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
    let mut lock = opened.map_err(|error| match error.kind() {
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            Error::Unwritable { folder: folder.display().to_string(), reason: error.to_string() }
        }
        _ => Error::io(&path, "open", &error),
    })?;
    if flock(&lock, FlockOperation::NonBlockingLockExclusive).is_err() {
        let mut holder = String::new();
        let _ = lock.read_to_string(&mut holder);
        let folder = folder.display().to_string();
        let holder = holder.trim();
        let holder = if holder.is_empty() { "unknown" } else { holder }.to_owned();
        return Err(Error::Locked { folder, holder });
    }
    // The process id is for people; only the lock itself counts.
    let written = lock
        .set_len(0)
        .and_then(|()| lock.rewind())
        .and_then(|()| writeln!(lock, "{}", std::process::id()));
    written.map_err(|error| Error::io(&path, "write", &error))?;
    Ok(lock)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::RealDisk;
    use domain::entry::FORMAT_BEFORE;

    fn folder(name: &str) -> PathBuf {
        let id = std::process::id();
        let path = std::env::temp_dir().join(format!("orderflow-folder-{id}-{name}"));
        let _ = fs::remove_dir_all(&path);
        path
    }

    fn open(path: &Path, shards: Option<u32>) -> Result<Folder, Error> {
        let mut next = 0_u8;
        Folder::open(&RealDisk, path, shards, Timestamp(5), |bytes| {
            next += 1;
            bytes.fill(next);
            Ok(())
        })
    }

    #[test]
    fn a_folder_keeps_what_it_was_made_with() {
        let path = folder("kept");
        let first = open(&path, Some(2)).unwrap();
        let genesis = first.genesis().clone();
        assert!(first.is_first_start());
        drop(first);
        let again = open(&path, None).unwrap();
        assert!(!again.is_first_start());
        assert_eq!(again.genesis(), &genesis);
        assert_ne!(genesis.lane(0), genesis.lane(1));
        drop(again);
        assert!(matches!(open(&path, Some(3)), Err(Error::Foreign { .. })));
        let before = Genesis { format: FORMAT_BEFORE, ..genesis };
        small::write(&RealDisk, &path.join("genesis"), KIND, &before.bytes()).unwrap();
        let mut older = open(&path, None).unwrap();
        assert_eq!(older.genesis(), &before, "a folder keeps its format");
        older.raise(&RealDisk).unwrap();
        drop(older);
        assert_eq!(open(&path, None).unwrap().genesis().format, FORMAT);
        fs::remove_dir_all(path).unwrap();
    }

    #[test]
    fn a_second_holder_is_told_who_the_first_is() {
        let path = folder("locked");
        let first = open(&path, None).unwrap();
        let refused = open(&path, None).unwrap_err();
        let holder = std::process::id().to_string();
        assert!(matches!(&refused, Error::Locked { holder: told, .. } if *told == holder));
        drop(first);
        assert!(open(&path, None).is_ok());
        fs::remove_dir_all(path).unwrap();
    }

    #[test]
    fn a_folder_of_something_else_and_one_of_a_newer_format_are_left_alone() {
        let path = folder("strange");
        fs::create_dir_all(&path).unwrap();
        fs::write(path.join("holiday.jpg"), "sea").unwrap();
        assert!(matches!(open(&path, None), Err(Error::Foreign { .. })));
        fs::remove_file(path.join("holiday.jpg")).unwrap();
        let body = (FORMAT + 1).to_be_bytes();
        small::write(&RealDisk, &path.join("genesis"), KIND, &body).unwrap();
        assert!(matches!(open(&path, None), Err(Error::NewerFormat { found: 3, .. })));
        fs::remove_dir_all(path).unwrap();
    }

    #[test]
    fn the_key_is_never_shown() {
        let genesis = Genesis {
            format: FORMAT,
            application: 1,
            identity_key: IdentityKey([0xab; 16]),
            shards: 4,
            created: Timestamp(0),
        };
        assert!(!format!("{genesis:?}").contains("ab"), "{genesis:?}");
    }
}
