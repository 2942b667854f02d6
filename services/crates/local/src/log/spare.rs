//! A segment's file that is filled and synced before it is needed, so that the writer doesn't wait
//! for its zeros.
//!
//! Entry point: [`Spare::prepare`], called off the line, by any thread.
//!
//! Invariant: until it is named as a segment it is no part of the log; the next open removes it.
//!
//! It knows neither number nor content of the segment that it becomes.
//!
//! On a crash it is gone, and made again.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::Error;
use crate::disk::{Disk, DiskFile, RealDisk, TEMPORARY};
use crate::log::Settings;

/// Makes spare segments for one log. Clones serve the same log.
#[derive(Debug)]
pub struct Spare<D: Disk = RealDisk> {
    shared: Arc<Shared<D>>,
}

#[derive(Debug)]
struct Shared<D: Disk> {
    disk: D,
    folder: PathBuf,
    settings: Settings,
    /// Held while the file is filled, and until a roll has given it its name.
    file: Mutex<Option<D::File>>,
    is_wanted: AtomicBool,
}

// === impl Spare ===

impl<D: Disk> Clone for Spare<D> {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared) }
    }
}

impl<D: Disk> Spare<D> {
    pub(super) fn new(disk: D, folder: PathBuf, settings: Settings) -> Self {
        let (file, is_wanted) = (Mutex::new(None), AtomicBool::new(false));
        Self { shared: Arc::new(Shared { disk, folder, settings, file, is_wanted }) }
    }

    /// Makes a spare segment when the current one is half full and there is none; true when one was
    /// made. Where the disk has no room beyond the reserve, none is made: the writer will say so.
    ///
    /// # Errors
    /// [`Error::Sync`], [`Error::Io`].
    pub fn prepare(&self) -> Result<bool, Error> {
        let Shared { disk, folder, settings, .. } = &*self.shared;
        if !self.shared.is_wanted.load(Ordering::Relaxed) {
            return Ok(false);
        }
        let mut kept = self.lock();
        let needed = settings.segment_bytes.saturating_add(settings.reserve_bytes);
        if kept.is_some() || disk.free_bytes(folder)? < needed {
            return Ok(false);
        }
        let path = self.path();
        let file = disk.create(&path)?;
        match file.allocate(settings.segment_bytes).and_then(|()| file.sync()) {
            Ok(()) => {
                *kept = Some(file);
                Ok(true)
            }
            Err(error) => {
                // Best effort: the next open removes what is left of it.
                let _ = disk.remove(&path);
                if matches!(error, Error::DiskFull { .. }) { Ok(false) } else { Err(error) }
            }
        }
    }

    pub(super) fn want(&self, is_wanted: bool) {
        self.shared.is_wanted.store(is_wanted, Ordering::Relaxed);
    }

    /// The spare file for a roll, or nothing while it is being filled: waiting for it would be
    /// longer than making another.
    pub(super) fn take(&self) -> Option<MutexGuard<'_, Option<D::File>>> {
        self.shared.file.try_lock().ok().filter(|file| file.is_some())
    }

    pub(super) fn path(&self) -> PathBuf {
        self.shared.folder.join(format!("spare{TEMPORARY}"))
    }

    fn lock(&self) -> MutexGuard<'_, Option<D::File>> {
        self.shared.file.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
