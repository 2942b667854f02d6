//! Steps over recorded operations and makes a disk of what a crash may leave.

use std::path::PathBuf;
use std::sync::Arc;

use super::{Image, Operation, RecordedDisk, sectors, write};

/// A place between two recorded operations.
#[derive(Clone, Debug)]
pub struct Crashes {
    operations: Vec<Operation>,
    passed: usize,
    /// What is durable here.
    durable: Image,
    /// What may have reached the disk or not, in the order in which it was asked for.
    unsynced: Vec<Item>,
}

#[derive(Clone, Debug)]
enum Item {
    Sector { file: usize, offset: u64, bytes: Arc<Vec<u8>>, from: usize, to: usize },
    Bind { path: PathBuf, file: usize },
    Move { from: PathBuf, to: PathBuf, file: usize },
    Unbind { path: PathBuf },
}

impl Crashes {
    pub(super) fn new(first: Image, operations: Vec<Operation>) -> Self {
        Self { operations, passed: 0, durable: first, unsynced: Vec::new() }
    }

    /// How many operations lie before this place.
    #[must_use]
    pub fn passed(&self) -> usize {
        self.passed
    }

    /// How many sectors and names are not synced here.
    #[must_use]
    pub fn unsynced(&self) -> usize {
        self.unsynced.len()
    }

    /// Goes over the next operation; false after the last.
    pub fn step(&mut self) -> bool {
        let Some(operation) = self.operations.get(self.passed).cloned() else { return false };
        self.passed += 1;
        match operation {
            Operation::Made => self.durable.contents.push(Arc::default()),
            Operation::Write { file, offset, bytes } => {
                let items = sectors(offset, bytes.len()).map(|range| Item::Sector {
                    file,
                    offset: offset + range.start as u64,
                    bytes: Arc::clone(&bytes),
                    from: range.start,
                    to: range.end,
                });
                self.unsynced.extend(items);
            }
            Operation::Bind { path, file } => self.unsynced.push(Item::Bind { path, file }),
            Operation::Move { from, to, file } => {
                self.unsynced.push(Item::Move { from, to, file });
            }
            Operation::Unbind { path } => self.unsynced.push(Item::Unbind { path }),
            Operation::Sync { file: synced } => {
                self.settle(|item| matches!(item, Item::Sector { file, .. } if *file == synced))
            }
            Operation::SyncFolder { folder } => self.settle(|item| match item {
                Item::Sector { .. } => false,
                Item::Bind { path, .. } | Item::Unbind { path } => {
                    path.parent() == Some(folder.as_path())
                }
                Item::Move { to, .. } => to.parent() == Some(folder.as_path()),
            }),
        }
        true
    }

    /// The disk after a crash here, when of the unsynced sectors and names those are kept whose
    /// number `keeps` says.
    #[must_use]
    pub fn disk(&self, keeps: impl Fn(usize) -> bool) -> RecordedDisk {
        let mut image = self.durable.clone();
        for (number, item) in self.unsynced.iter().enumerate() {
            if keeps(number) {
                apply(&mut image, item);
            }
        }
        RecordedDisk::holding(image)
    }

    /// The disk after the process alone was killed here: the system still holds all that was
    /// written, and what isn't synced may yet be lost. It goes on recording.
    #[must_use]
    pub fn killed(&self) -> RecordedDisk {
        let mut image = self.durable.clone();
        self.unsynced.iter().for_each(|item| apply(&mut image, item));
        let operations = self.unsynced.iter().map(Item::operation).collect();
        RecordedDisk::recording(image, self.durable.clone(), operations)
    }

    /// Makes durable what `is_synced` chooses.
    fn settle(&mut self, is_synced: impl Fn(&Item) -> bool) {
        let durable = &mut self.durable;
        self.unsynced.retain(|item| {
            let synced = is_synced(item);
            if synced {
                apply(durable, item);
            }
            !synced
        });
    }
}

// === impl Item ===

impl Item {
    fn operation(&self) -> Operation {
        match self {
            Self::Sector { file, offset, bytes, from, to } => {
                let bytes = Arc::new(bytes[*from..*to].to_vec());
                Operation::Write { file: *file, offset: *offset, bytes }
            }
            Self::Bind { path, file } => Operation::Bind { path: path.clone(), file: *file },
            Self::Move { from, to, file } => {
                Operation::Move { from: from.clone(), to: to.clone(), file: *file }
            }
            Self::Unbind { path } => Operation::Unbind { path: path.clone() },
        }
    }
}

fn apply(image: &mut Image, item: &Item) {
    match item {
        Item::Sector { file, offset, bytes, from, to } => {
            write(&mut image.contents[*file], *offset, &bytes[*from..*to]);
        }
        Item::Bind { path, file } => {
            image.names.insert(path.clone(), *file);
        }
        Item::Move { from, to, file } => {
            image.names.remove(from);
            image.names.insert(to.clone(), *file);
        }
        Item::Unbind { path } => {
            image.names.remove(path);
        }
    }
}
