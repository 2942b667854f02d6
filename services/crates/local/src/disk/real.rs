//! The system's disk: positioned reads and writes, `fdatasync`, folders synced by name.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use crate::Error;
use crate::disk::{Disk, DiskFile};

/// Zeros are written in pieces of this size when a segment is made.
const ZEROS: usize = 1024 * 1024;

/// The disk that the system mounts.
#[derive(Clone, Copy, Debug, Default)]
pub struct RealDisk;

/// A file on it.
#[derive(Debug)]
pub struct RealFile {
    file: File,
    path: PathBuf,
}

// === impl RealDisk ===

impl Disk for RealDisk {
    type File = RealFile;

    fn make_folder(&self, folder: &Path) -> Result<(), Error> {
        let missing: Vec<_> = folder.ancestors().take_while(|path| !path.is_dir()).collect();
        fs::create_dir_all(folder)
            .map_err(|error| Error::io(folder, "making the folder", &error))?;
        for made in missing.iter().rev() {
            let parent = made.parent().filter(|path| !path.as_os_str().is_empty());
            self.sync_folder(parent.unwrap_or(Path::new(".")))?;
        }
        Ok(())
    }

    fn list(&self, folder: &Path) -> Result<Vec<String>, Error> {
        let failed = |error: &io::Error| Error::io(folder, "listing", error);
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(failed(&error)),
        };
        let mut names = Vec::new();
        for entry in entries {
            let entry = entry.map_err(|error| failed(&error))?;
            if entry.file_type().map_err(|error| failed(&error))?.is_file() {
                names.extend(entry.file_name().into_string());
            }
        }
        names.sort();
        Ok(names)
    }

    fn create(&self, path: &Path) -> Result<RealFile, Error> {
        let options =
            OpenOptions::new().read(true).write(true).create(true).truncate(true).open(path);
        let file = options.map_err(|error| Error::io(path, "creating", &error))?;
        Ok(RealFile { file, path: path.to_owned() })
    }

    fn open(&self, path: &Path) -> Result<Option<RealFile>, Error> {
        match OpenOptions::new().read(true).write(true).open(path) {
            Ok(file) => Ok(Some(RealFile { file, path: path.to_owned() })),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::io(path, "opening", &error)),
        }
    }

    fn rename(&self, from: &Path, to: &Path) -> Result<(), Error> {
        fs::rename(from, to).map_err(|error| Error::io(from, "renaming", &error))
    }

    fn remove(&self, path: &Path) -> Result<(), Error> {
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(Error::io(path, "removing", &error))
            }
            _ => Ok(()),
        }
    }

    fn sync_folder(&self, folder: &Path) -> Result<(), Error> {
        let opened = File::open(folder).map_err(|error| Error::io(folder, "opening", &error))?;
        opened.sync_all().map_err(|error| failed(folder, "syncing the folder", &error))
    }

    fn free_bytes(&self, folder: &Path) -> Result<u64, Error> {
        let state = rustix::fs::statvfs(folder)
            .map_err(|error| Error::io(folder, "asking for free space", &error.into()))?;
        Ok(state.f_bavail.saturating_mul(state.f_frsize))
    }
}

// === impl RealFile ===

impl DiskFile for RealFile {
    fn length(&self) -> Result<u64, Error> {
        let data = self.file.metadata();
        Ok(data.map_err(|error| Error::io(&self.path, "asking for the length", &error))?.len())
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<usize, Error> {
        let mut filled = 0;
        while filled < buffer.len() {
            match self.file.read_at(&mut buffer[filled..], offset + filled as u64) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(Error::io(&self.path, "reading", &error)),
            }
        }
        Ok(filled)
    }

    fn write_at(&self, offset: u64, bytes: &[u8]) -> Result<(), Error> {
        let written = self.file.write_all_at(bytes, offset);
        written.map_err(|error| match error.kind() {
            io::ErrorKind::StorageFull => full(&self.path, bytes.len() as u64),
            _ => failed(&self.path, "writing", &error),
        })
    }

    fn allocate(&self, length: u64) -> Result<(), Error> {
        let mut at = self.length()?;
        if at >= length {
            return Ok(());
        }
        // Room first, so that a full disk is met before any byte is written.
        match rustix::fs::fallocate(
            &self.file,
            rustix::fs::FallocateFlags::empty(),
            at,
            length - at,
        ) {
            Ok(()) | Err(rustix::io::Errno::OPNOTSUPP) => {}
            Err(rustix::io::Errno::NOSPC) => return Err(full(&self.path, length)),
            Err(error) => return Err(Error::io(&self.path, "reserving room", &error.into())),
        }
        let zeros = vec![0; ZEROS];
        while at < length {
            let piece = (length - at).min(ZEROS as u64) as usize;
            self.write_at(at, &zeros[..piece])?;
            at += piece as u64;
        }
        Ok(())
    }

    fn sync(&self) -> Result<(), Error> {
        self.file.sync_data().map_err(|error| failed(&self.path, "syncing", &error))
    }
}

fn full(path: &Path, needed: u64) -> Error {
    Error::DiskFull { path: path.display().to_string(), needed }
}

fn failed(path: &Path, action: &'static str, error: &io::Error) -> Error {
    Error::Sync { path: path.display().to_string(), action, reason: error.to_string() }
}
