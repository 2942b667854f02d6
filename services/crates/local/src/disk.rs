//! The one seam for every write of journal, stream, snapshot and venue files.
//!
//! Entry points: [`Disk`], [`DiskFile`]; [`RealDisk`] is the system's, [`RecordedDisk`] lies in
//! memory and gives back what a crash may leave.
//!
//! What is promised: bytes below a [`DiskFile::sync`] survive it, in 512-byte sectors that are
//! whole or old; names below a [`Disk::sync_folder`] survive it. A failed sync is final
//! ([`Error::Sync`]): the page cache may have dropped what it covered, so a second sync that
//! succeeds proves nothing.
//!
//! It knows no format. The look-up store writes around it, because it is rebuilt.
//!
//! On a crash each unsynced sector and each unsynced name is there or not, in any combination.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::Error;

mod real;
pub mod recorded;

pub use real::RealDisk;
pub use recorded::RecordedDisk;

/// Bytes that a disk writes whole.
pub const SECTOR: usize = 512;

/// A place that holds files.
pub trait Disk: Clone + fmt::Debug + Send + Sync + 'static {
    /// A file of it.
    type File: DiskFile;

    /// Makes a folder and its parents, durably.
    ///
    /// # Errors
    /// [`Error::Io`].
    fn make_folder(&self, folder: &Path) -> Result<(), Error>;

    /// Names of the files in a folder, sorted; none when it doesn't exist.
    ///
    /// # Errors
    /// [`Error::Io`].
    fn list(&self, folder: &Path) -> Result<Vec<String>, Error>;

    /// Opens a new or emptied file; its name is durable after [`Disk::sync_folder`].
    ///
    /// # Errors
    /// [`Error::Io`], [`Error::DiskFull`].
    fn create(&self, path: &Path) -> Result<Self::File, Error>;

    /// Opens a file; `None` when there is none.
    ///
    /// # Errors
    /// [`Error::Io`].
    fn open(&self, path: &Path) -> Result<Option<Self::File>, Error>;

    /// Gives a file another name, over what had it.
    ///
    /// # Errors
    /// [`Error::Io`].
    fn rename(&self, from: &Path, to: &Path) -> Result<(), Error>;

    /// Removes a file; one that is absent is fine.
    ///
    /// # Errors
    /// [`Error::Io`].
    fn remove(&self, path: &Path) -> Result<(), Error>;

    /// Makes the names in a folder durable.
    ///
    /// # Errors
    /// [`Error::Sync`].
    fn sync_folder(&self, folder: &Path) -> Result<(), Error>;

    /// Bytes that may still be written where this folder is.
    ///
    /// # Errors
    /// [`Error::Io`].
    fn free_bytes(&self, folder: &Path) -> Result<u64, Error>;

    /// A small file's bytes; `None` when there is none.
    ///
    /// # Errors
    /// [`Error::Io`].
    fn read(&self, path: &Path) -> Result<Option<Vec<u8>>, Error> {
        let Some(file) = self.open(path)? else { return Ok(None) };
        let mut bytes = vec![0; file.length()? as usize];
        let length = file.read_at(0, &mut bytes)?;
        bytes.truncate(length);
        Ok(Some(bytes))
    }

    /// Replaces a file whole: after a crash it holds the old bytes or the new ones. A failure
    /// before the new name leaves the old file.
    ///
    /// # Errors
    /// [`Error::Io`], [`Error::DiskFull`], [`Error::Sync`].
    fn replace(&self, path: &Path, bytes: &[u8]) -> Result<(), Error> {
        let temporary = temporary(path);
        let file = self.create(&temporary)?;
        let written = file.write_at(0, bytes).and_then(|()| file.sync());
        if let Err(error) = written {
            // Best effort: the next start removes what is left of it.
            let _ = self.remove(&temporary);
            return Err(error);
        }
        self.rename(&temporary, path)?;
        self.sync_folder(parent(path))
    }
}

/// An open file, written and read at places.
pub trait DiskFile: fmt::Debug + Send + Sync + 'static {
    /// Its length in bytes.
    ///
    /// # Errors
    /// [`Error::Io`].
    fn length(&self) -> Result<u64, Error>;

    /// Fills `buffer` from `offset` on; less than its length only at the file's end.
    ///
    /// # Errors
    /// [`Error::Io`].
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<usize, Error>;

    /// Writes all of `bytes`.
    ///
    /// # Errors
    /// [`Error::DiskFull`], [`Error::Sync`].
    fn write_at(&self, offset: u64, bytes: &[u8]) -> Result<(), Error>;

    /// Fills the file with zeros from its end to `length`, so that no later write below it changes
    /// the file's size or extents, or finds the disk full.
    ///
    /// # Errors
    /// [`Error::DiskFull`], [`Error::Io`].
    fn allocate(&self, length: u64) -> Result<(), Error>;

    /// Makes all writes before it durable. Never retried.
    ///
    /// # Errors
    /// [`Error::Sync`].
    fn sync(&self) -> Result<(), Error>;
}

/// The name under which a file is made before it takes its own.
#[must_use]
pub fn temporary(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(TEMPORARY);
    PathBuf::from(name)
}

/// The folder that a file lies in.
pub(crate) fn parent(path: &Path) -> &Path {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    parent.unwrap_or(Path::new("."))
}

/// Ending of names that a crash may leave behind and a start removes.
pub const TEMPORARY: &str = ".new";
