//! The plain side of every seam, in memory: the contract in executable form.
//!
//! Entry points: [`MemoryWorld`], whose clones see one store, and its parts.
//!
//! Invariants: [`journal::MemoryJournal`] asserts that every successful put raises (index, epoch)
//! of its slot (INV-1). A dropped handle loses what was submitted and not drained, as a process
//! does. It has no file and no thread; faults are those that a test asks for.
//!
//! A crash is played by dropping handles: what was acknowledged stays in the world.

pub mod journal;
pub mod publish;
pub mod source;
pub mod store;
pub mod world;

pub use journal::{Fate, MemoryJournal, Slots};
pub use publish::MemoryPublisher;
pub use source::{MemorySource, Shards};
pub use store::{
    MemoryAttempts, MemoryClock, MemoryControl, MemoryCursors, MemoryLeases, MemoryLimits,
    MemorySnapshots, MemoryView, Power,
};
pub use world::MemoryWorld;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// State that handles share.
#[derive(Debug, Default)]
pub struct Shared<T>(Arc<Mutex<T>>);

impl<T> Shared<T> {
    /// Shares a value.
    pub fn new(value: T) -> Self {
        Self(Arc::new(Mutex::new(value)))
    }

    /// The value, for one look or change.
    pub fn lock(&self) -> MutexGuard<'_, T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}
