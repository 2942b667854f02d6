//! All of memory's sides together.

use domain::Writer;

use super::Shared;
use super::journal::{MemoryJournal, Slots};
use super::publish::{MemoryPublisher, Plan};
use super::source::{MemorySource, Shards};
use super::store::{
    MemoryAttempts, MemoryClock, MemoryControl, MemoryCursors, MemoryLeases, MemoryLimits,
    MemorySnapshots, MemoryView, Power,
};
use crate::{Fault, Output, World};

/// A world in memory; clones see the same one.
#[derive(Clone, Debug, Default)]
pub struct MemoryWorld {
    /// What the journal holds.
    pub slots: Shared<Slots>,
    /// What the shards hold.
    pub shards: Shared<Shards>,
    /// What was sent.
    pub sent: Shared<Vec<Output>>,
    /// What becomes of what is sent.
    pub publishing: Shared<Plan>,
    /// The cursors.
    pub cursors: MemoryCursors,
    /// The snapshots.
    pub snapshots: MemorySnapshots,
    /// The lanes.
    pub leases: MemoryLeases,
    /// The limits that span lanes.
    pub limits: MemoryLimits,
    /// The control table.
    pub control: MemoryControl,
    /// The order view.
    pub view: MemoryView,
    /// The counted starts.
    pub attempts: MemoryAttempts,
    /// The time.
    pub clock: MemoryClock,
    writers: Shared<u128>,
}

impl MemoryWorld {
    /// What ends the process between any two writes of its stores.
    #[must_use]
    pub fn power(&self) -> Power {
        self.leases.power.clone()
    }
}

impl World for MemoryWorld {
    type Source = MemorySource;
    type Journal = MemoryJournal;
    type Publisher = MemoryPublisher;
    type Cursors = MemoryCursors;
    type Snapshots = MemorySnapshots;
    type Leases = MemoryLeases;
    type Limits = MemoryLimits;
    type Control = MemoryControl;
    type View = MemoryView;
    type Attempts = MemoryAttempts;
    type Clock = MemoryClock;

    fn source(&mut self, shard: u32) -> Result<MemorySource, Fault> {
        Ok(MemorySource::new(self.shards.clone(), shard as usize))
    }

    fn shard(&mut self, name: &str) -> Result<Option<u32>, Fault> {
        Ok(self.shards.lock().number(name))
    }

    fn journal(&mut self) -> Result<MemoryJournal, Fault> {
        let mut journal = MemoryJournal::new(self.slots.clone());
        journal.power = Some(self.power());
        Ok(journal)
    }

    fn publisher(&mut self) -> Result<MemoryPublisher, Fault> {
        let mut publisher = MemoryPublisher::new(self.sent.clone(), self.publishing.clone());
        publisher.power = Some(self.power());
        Ok(publisher)
    }

    fn cursors(&mut self) -> Result<MemoryCursors, Fault> {
        Ok(MemoryCursors(self.cursors.0.clone(), self.power()))
    }

    fn snapshots(&mut self) -> Result<MemorySnapshots, Fault> {
        Ok(MemorySnapshots(self.snapshots.0.clone(), self.power()))
    }

    fn leases(&mut self) -> Result<MemoryLeases, Fault> {
        Ok(self.leases.clone())
    }

    fn limits(&mut self) -> Result<MemoryLimits, Fault> {
        let (items, power) = (self.limits.items.clone(), self.power());
        Ok(MemoryLimits { items, power })
    }

    fn control(&mut self) -> Result<MemoryControl, Fault> {
        Ok(self.control.clone())
    }

    fn view(&mut self) -> Result<MemoryView, Fault> {
        Ok(self.view.clone())
    }

    fn attempts(&mut self) -> Result<MemoryAttempts, Fault> {
        Ok(self.attempts.clone())
    }

    fn clock(&mut self) -> MemoryClock {
        self.clock.clone()
    }

    /// Counted, not drawn: a test that runs twice writes the same bytes.
    fn writer(&mut self) -> Writer {
        let mut writers = self.writers.lock();
        *writers += 1;
        Writer(writers.to_be_bytes())
    }
}
