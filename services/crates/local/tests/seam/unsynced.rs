//! A disk that leaves syncs out: the planted defect that the walk over all crashes must find.

use std::path::Path;

use local::Error;
use local::disk::DiskFile;
use local::disk::recorded::RecordedFile;
use local::disk::{Disk, RecordedDisk};

/// Which syncs are left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Skips {
    Files,
    Folders,
}

#[derive(Clone, Debug)]
pub(crate) struct Unsynced {
    disk: RecordedDisk,
    skips: Skips,
}

#[derive(Debug)]
pub(crate) struct UnsyncedFile {
    file: RecordedFile,
    skips: Skips,
}

impl Unsynced {
    pub(crate) fn new(disk: RecordedDisk, skips: Skips) -> Self {
        Self { disk, skips }
    }
}

impl Disk for Unsynced {
    type File = UnsyncedFile;

    fn make_folder(&self, folder: &Path) -> Result<(), Error> {
        self.disk.make_folder(folder)
    }

    fn list(&self, folder: &Path) -> Result<Vec<String>, Error> {
        self.disk.list(folder)
    }

    fn create(&self, path: &Path) -> Result<UnsyncedFile, Error> {
        Ok(UnsyncedFile { file: self.disk.create(path)?, skips: self.skips })
    }

    fn open(&self, path: &Path) -> Result<Option<UnsyncedFile>, Error> {
        let opened = self.disk.open(path)?;
        Ok(opened.map(|file| UnsyncedFile { file, skips: self.skips }))
    }

    fn rename(&self, from: &Path, to: &Path) -> Result<(), Error> {
        self.disk.rename(from, to)
    }

    fn remove(&self, path: &Path) -> Result<(), Error> {
        self.disk.remove(path)
    }

    fn sync_folder(&self, folder: &Path) -> Result<(), Error> {
        if self.skips == Skips::Folders { Ok(()) } else { self.disk.sync_folder(folder) }
    }

    fn free_bytes(&self, folder: &Path) -> Result<u64, Error> {
        self.disk.free_bytes(folder)
    }
}

impl DiskFile for UnsyncedFile {
    fn length(&self) -> Result<u64, Error> {
        self.file.length()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<usize, Error> {
        self.file.read_at(offset, buffer)
    }

    fn write_at(&self, offset: u64, bytes: &[u8]) -> Result<(), Error> {
        self.file.write_at(offset, bytes)
    }

    fn allocate(&self, length: u64) -> Result<(), Error> {
        self.file.allocate(length)
    }

    fn sync(&self) -> Result<(), Error> {
        if self.skips == Skips::Files { Ok(()) } else { self.file.sync() }
    }
}
