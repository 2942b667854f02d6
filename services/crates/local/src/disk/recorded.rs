//! A disk in memory that records what is written and synced, and gives back what a crash may leave.
//! It serves tests; no running service uses it.
//!
//! Entry points: [`RecordedDisk`], and [`Crashes`], which steps over the recorded operations and
//! makes a disk of each state that a crash after them may leave.
//!
//! Limits: what is not modelled is a disk that lies about a sync, sectors that are half written,
//! and a folder that vanishes after [`Disk::make_folder`].
//!
//! It knows no format.
//!
//! It is the crash: every unsynced sector and name is kept or lost on its own, as the caller
//! chooses.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::Error;
use crate::disk::{Disk, DiskFile, SECTOR};

mod crashes;

pub use crashes::Crashes;

/// A disk in memory; clones see the same files.
#[derive(Clone, Debug, Default)]
pub struct RecordedDisk {
    state: Arc<Mutex<State>>,
}

/// A file of it, which lives on as long as it is open, whatever its name becomes.
#[derive(Debug)]
pub struct RecordedFile {
    disk: RecordedDisk,
    file: usize,
    path: PathBuf,
}

/// What lies on a disk: names, and contents by number.
#[derive(Clone, Debug, Default)]
struct Image {
    names: BTreeMap<PathBuf, usize>,
    contents: Vec<Arc<Vec<u8>>>,
}

#[derive(Debug, Default)]
struct State {
    image: Image,
    /// What lay there when recording began.
    first: Image,
    /// Since then; `None` while nothing is recorded.
    operations: Option<Vec<Operation>>,
    capacity: Option<u64>,
    syncs_left: Option<u64>,
    dies_after: Option<usize>,
}

#[derive(Clone, Debug)]
enum Operation {
    Made,
    Write { file: usize, offset: u64, bytes: Arc<Vec<u8>> },
    Sync { file: usize },
    Bind { path: PathBuf, file: usize },
    Move { from: PathBuf, to: PathBuf, file: usize },
    Unbind { path: PathBuf },
    SyncFolder { folder: PathBuf },
}

// === impl RecordedDisk ===

impl RecordedDisk {
    /// Forgets what was recorded and records from here on; all that lies there counts as durable.
    pub fn record(&self) {
        let mut state = self.lock();
        state.first = state.image.clone();
        state.operations = Some(Vec::new());
    }

    /// How many writes, syncs and changes of names have been recorded.
    #[must_use]
    pub fn operations(&self) -> usize {
        self.lock().operations.as_ref().map_or(0, Vec::len)
    }

    /// What crashes after each of the recorded operations may leave, beginning before the first.
    #[must_use]
    pub fn crashes(&self) -> Crashes {
        let state = self.lock();
        Crashes::new(state.first.clone(), state.operations.clone().unwrap_or_default())
    }

    /// From here on the files hold at most `bytes` together.
    pub fn limit(&self, bytes: u64) {
        self.lock().capacity = Some(bytes);
    }

    /// After this many syncs each further one fails.
    pub fn fail_after(&self, syncs: u64) {
        self.lock().syncs_left = Some(syncs);
    }

    /// After this many recorded operations the process is dead: each further one fails and does
    /// nothing.
    pub fn die_after(&self, operations: usize) {
        self.lock().dies_after = Some(operations);
    }

    /// Changes bytes behind everybody's back, as rot does.
    ///
    /// # Panics
    /// When there is no such file.
    pub fn rot(&self, path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
        let mut state = self.lock();
        let file = state.image.names.get(path).copied();
        let file = file.unwrap_or_else(|| panic!("{} is no file", path.display()));
        change(Arc::make_mut(&mut state.image.contents[file]));
    }

    /// Another disk that holds the same.
    #[must_use]
    pub fn copied(&self) -> Self {
        Self::holding(self.lock().image.clone())
    }

    fn holding(image: Image) -> Self {
        Self { state: Arc::new(Mutex::new(State { image, ..State::default() })) }
    }

    fn recording(image: Image, first: Image, operations: Vec<Operation>) -> Self {
        let operations = Some(operations);
        let state = State { image, first, operations, ..State::default() };
        Self { state: Arc::new(Mutex::new(state)) }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn alive(&self, path: &Path) -> Result<MutexGuard<'_, State>, Error> {
        let state = self.lock();
        let done = state.operations.as_ref().map_or(0, Vec::len);
        if state.dies_after.is_some_and(|dies_after| done >= dies_after) {
            let path = path.display().to_string();
            return Err(Error::Sync {
                path,
                action: "anything",
                reason: "planted death".to_owned(),
            });
        }
        Ok(state)
    }

    fn sync_one(&self, path: &Path, operation: Operation) -> Result<(), Error> {
        let mut state = self.alive(path)?;
        if let Some(left) = &mut state.syncs_left {
            if *left == 0 {
                let path = path.display().to_string();
                return Err(Error::Sync { path, action: "syncing", reason: "planted".to_owned() });
            }
            *left -= 1;
        }
        state.note(operation);
        Ok(())
    }
}

impl Disk for RecordedDisk {
    type File = RecordedFile;

    fn make_folder(&self, _folder: &Path) -> Result<(), Error> {
        Ok(())
    }

    fn list(&self, folder: &Path) -> Result<Vec<String>, Error> {
        let state = self.lock();
        let inside = state.image.names.keys().filter(|path| path.parent() == Some(folder));
        let names = inside.filter_map(|path| path.file_name()?.to_str().map(str::to_owned));
        Ok(names.collect())
    }

    fn create(&self, path: &Path) -> Result<RecordedFile, Error> {
        let mut state = self.alive(path)?;
        let file = state.image.contents.len();
        state.image.contents.push(Arc::default());
        state.image.names.insert(path.to_owned(), file);
        state.note(Operation::Made);
        state.note(Operation::Bind { path: path.to_owned(), file });
        Ok(RecordedFile { disk: self.clone(), file, path: path.to_owned() })
    }

    fn open(&self, path: &Path) -> Result<Option<RecordedFile>, Error> {
        let file = self.lock().image.names.get(path).copied();
        Ok(file.map(|file| RecordedFile { disk: self.clone(), file, path: path.to_owned() }))
    }

    fn rename(&self, from: &Path, to: &Path) -> Result<(), Error> {
        let mut state = self.alive(from)?;
        let Some(file) = state.image.names.remove(from) else {
            let path = from.display().to_string();
            return Err(Error::Io { path, action: "renaming", reason: "no such file".to_owned() });
        };
        state.image.names.insert(to.to_owned(), file);
        state.note(Operation::Move { from: from.to_owned(), to: to.to_owned(), file });
        Ok(())
    }

    fn remove(&self, path: &Path) -> Result<(), Error> {
        let mut state = self.alive(path)?;
        if state.image.names.remove(path).is_some() {
            state.note(Operation::Unbind { path: path.to_owned() });
        }
        Ok(())
    }

    fn sync_folder(&self, folder: &Path) -> Result<(), Error> {
        self.sync_one(folder, Operation::SyncFolder { folder: folder.to_owned() })
    }

    fn free_bytes(&self, _folder: &Path) -> Result<u64, Error> {
        let state = self.lock();
        Ok(state.capacity.map_or(u64::MAX, |capacity| capacity.saturating_sub(state.used())))
    }
}

// === impl RecordedFile ===

impl DiskFile for RecordedFile {
    fn length(&self) -> Result<u64, Error> {
        Ok(self.disk.lock().image.contents[self.file].len() as u64)
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<usize, Error> {
        let state = self.disk.lock();
        let content = &state.image.contents[self.file];
        let from = content.get(offset as usize..).unwrap_or_default();
        let count = from.len().min(buffer.len());
        buffer[..count].copy_from_slice(&from[..count]);
        Ok(count)
    }

    fn write_at(&self, offset: u64, bytes: &[u8]) -> Result<(), Error> {
        let mut state = self.disk.alive(&self.path)?;
        let length = state.image.contents[self.file].len() as u64;
        let grown = (offset + bytes.len() as u64).saturating_sub(length);
        if state.capacity.is_some_and(|capacity| state.used() + grown > capacity) {
            let path = self.path.display().to_string();
            return Err(Error::DiskFull { path, needed: grown });
        }
        write(&mut state.image.contents[self.file], offset, bytes);
        if state.operations.is_some() {
            let bytes = Arc::new(bytes.to_vec());
            state.note(Operation::Write { file: self.file, offset, bytes });
        }
        Ok(())
    }

    fn allocate(&self, length: u64) -> Result<(), Error> {
        let at = self.length()?;
        if at < length { self.write_at(at, &vec![0; (length - at) as usize]) } else { Ok(()) }
    }

    fn sync(&self) -> Result<(), Error> {
        self.disk.sync_one(&self.path, Operation::Sync { file: self.file })
    }
}

// === impl State ===

impl State {
    fn note(&mut self, operation: Operation) {
        if let Some(operations) = &mut self.operations {
            operations.push(operation);
        }
    }

    fn used(&self) -> u64 {
        self.image.names.values().map(|file| self.image.contents[*file].len() as u64).sum()
    }
}

fn write(content: &mut Arc<Vec<u8>>, offset: u64, bytes: &[u8]) {
    let content = Arc::make_mut(content);
    let range = offset as usize..offset as usize + bytes.len();
    if content.len() < range.end {
        content.resize(range.end, 0);
    }
    content[range].copy_from_slice(bytes);
}

/// The sectors of a write, as ranges of its bytes.
fn sectors(offset: u64, length: usize) -> impl Iterator<Item = Range<usize>> {
    let first = SECTOR - offset as usize % SECTOR;
    let starts = std::iter::once(0).chain((first..length).step_by(SECTOR));
    let ranges = starts.map(move |start| {
        let end = if start == 0 { first } else { start + SECTOR };
        start..end.min(length)
    });
    ranges.filter(|range| !range.is_empty())
}
