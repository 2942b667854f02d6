//! A memory world with one store that stands still while a gate is shut, as on a slow disk.

use std::sync::{Arc, Condvar, Mutex};

use domain::{LaneId, OrderId, Writer};
use ports::memory::{
    MemoryAttempts, MemoryClock, MemoryControl, MemoryCursors, MemoryJournal, MemoryLeases,
    MemoryLimits, MemoryPublisher, MemorySnapshots, MemorySource, MemoryView, MemoryWorld,
};
use ports::{Fault, OrderView, SnapshotHead, Snapshots, ViewRow, World};

/// Which store stands still.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Seam {
    Snapshots,
    View,
    Publisher,
}

/// Shut until it is opened; clones are one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Gate(Arc<(Mutex<State>, Condvar)>);

#[derive(Debug, Default)]
struct State {
    is_open: bool,
    waiting: bool,
}

impl Gate {
    pub(crate) fn open(&self) {
        self.0.0.lock().unwrap().is_open = true;
        self.0.1.notify_all();
    }

    /// Whether somebody stands before it.
    pub(crate) fn is_waiting(&self) -> bool {
        self.0.0.lock().unwrap().waiting
    }

    fn pass(&self) {
        let mut state = self.0.0.lock().unwrap();
        while !state.is_open {
            state.waiting = true;
            state = self.0.1.wait(state).unwrap();
        }
        state.waiting = false;
    }
}

/// The world.
pub(crate) struct HeldWorld {
    inner: MemoryWorld,
    seam: Seam,
    gate: Gate,
}

/// A store whose writes pass the gate, if it has one.
pub(crate) struct Held<S> {
    inner: S,
    gate: Option<Gate>,
}

impl HeldWorld {
    pub(crate) fn new(inner: MemoryWorld, seam: Seam, gate: Gate) -> Self {
        if seam == Seam::Publisher {
            let gate = gate.clone();
            inner.publishing.lock().fail_with(move |_| {
                gate.pass();
                Ok(())
            });
        }
        Self { inner, seam, gate }
    }

    fn held<S>(&self, seam: Seam, inner: S) -> Held<S> {
        Held { inner, gate: (self.seam == seam).then(|| self.gate.clone()) }
    }
}

impl Snapshots for Held<MemorySnapshots> {
    fn put(&mut self, head: SnapshotHead, rows: &[u8]) -> Result<(), Fault> {
        self.gate.iter().for_each(Gate::pass);
        self.inner.put(head, rows)
    }

    fn newest(&mut self, lane: LaneId) -> Result<Vec<(SnapshotHead, Vec<u8>)>, Fault> {
        self.inner.newest(lane)
    }

    fn forget(&mut self, lane: LaneId) -> Result<(), Fault> {
        self.inner.forget(lane)
    }
}

impl OrderView for Held<MemoryView> {
    fn get(&mut self, order: OrderId) -> Result<Option<ViewRow>, Fault> {
        self.inner.get(order)
    }

    fn put(&mut self, lane: LaneId, index: u64, rows: Vec<ViewRow>) -> Result<(), Fault> {
        self.gate.iter().for_each(Gate::pass);
        self.inner.put(lane, index, rows)
    }

    fn index(&mut self, lane: LaneId) -> Result<Option<u64>, Fault> {
        self.inner.index(lane)
    }

    fn find(&mut self, key: &[u8], count: usize) -> Result<Vec<OrderId>, Fault> {
        self.inner.find(key, count)
    }
}

impl World for HeldWorld {
    type Source = MemorySource;
    type Journal = MemoryJournal;
    type Publisher = MemoryPublisher;
    type Cursors = MemoryCursors;
    type Snapshots = Held<MemorySnapshots>;
    type Leases = MemoryLeases;
    type Limits = MemoryLimits;
    type Control = MemoryControl;
    type View = Held<MemoryView>;
    type Attempts = MemoryAttempts;
    type Clock = MemoryClock;

    fn source(&mut self, shard: u32) -> Result<MemorySource, Fault> {
        self.inner.source(shard)
    }

    fn shard(&mut self, name: &str) -> Result<Option<u32>, Fault> {
        self.inner.shard(name)
    }

    fn journal(&mut self) -> Result<MemoryJournal, Fault> {
        self.inner.journal()
    }

    fn publisher(&mut self) -> Result<MemoryPublisher, Fault> {
        self.inner.publisher()
    }

    fn cursors(&mut self) -> Result<MemoryCursors, Fault> {
        self.inner.cursors()
    }

    fn snapshots(&mut self) -> Result<Held<MemorySnapshots>, Fault> {
        let inner = self.inner.snapshots()?;
        Ok(self.held(Seam::Snapshots, inner))
    }

    fn leases(&mut self) -> Result<MemoryLeases, Fault> {
        self.inner.leases()
    }

    fn limits(&mut self) -> Result<MemoryLimits, Fault> {
        self.inner.limits()
    }

    fn control(&mut self) -> Result<MemoryControl, Fault> {
        self.inner.control()
    }

    fn view(&mut self) -> Result<Held<MemoryView>, Fault> {
        let inner = self.inner.view()?;
        Ok(self.held(Seam::View, inner))
    }

    fn attempts(&mut self) -> Result<MemoryAttempts, Fault> {
        self.inner.attempts()
    }

    fn clock(&mut self) -> MemoryClock {
        self.inner.clock()
    }

    fn writer(&mut self) -> Writer {
        self.inner.writer()
    }
}
