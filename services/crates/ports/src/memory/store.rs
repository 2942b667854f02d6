//! The smaller stores in memory: cursors, snapshots, control table, order view, starts, clock.

use std::collections::BTreeMap;

use domain::{Kill, LaneId, OrderId, Position, Timestamp};

use super::Shared;
use crate::{
    Attempts, Clock, ControlTable, Cursors, Destination, Fault, OrderView, SnapshotHead, Snapshots,
    ViewRow,
};

/// Cursors.
#[derive(Clone, Debug, Default)]
pub struct MemoryCursors(pub Shared<BTreeMap<(LaneId, Destination), u64>>);

/// Snapshots, newest first.
#[derive(Clone, Debug, Default)]
pub struct MemorySnapshots(pub Shared<BTreeMap<LaneId, Vec<Kept>>>);

/// A snapshot that is kept: what it says of itself, and its rows.
pub type Kept = (SnapshotHead, Vec<u8>);

/// The control table.
#[derive(Clone, Debug, Default)]
pub struct MemoryControl(pub Shared<Controls>);

/// What the control table holds.
#[derive(Clone, Debug, Default)]
pub struct Controls {
    /// Number, hash and text of each set, in order.
    pub sets: Vec<(u64, [u8; 16], String)>,
    /// Kill switch commands, in order.
    pub kills: Vec<Kill>,
}

/// The order view.
#[derive(Clone, Debug, Default)]
pub struct MemoryView(pub Shared<Rows>);

/// What the order view holds.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    /// Rows by order.
    pub rows: BTreeMap<u128, ViewRow>,
    /// Orders by key.
    pub keys: BTreeMap<Vec<u8>, OrderId>,
    /// How far each lane is.
    pub indexes: BTreeMap<LaneId, u64>,
    /// The next calls fail with these, last one first.
    pub faults: Vec<Fault>,
}

/// Starts.
#[derive(Clone, Debug, Default)]
pub struct MemoryAttempts(pub Shared<BTreeMap<LaneId, (Position, u32)>>);

/// A clock that is moved by hand, and by [`CLOCK_STEP_NS`] at each reading, so that whoever waits
/// by it waits a bounded number of readings.
#[derive(Clone, Debug, Default)]
pub struct MemoryClock(pub Shared<Timestamp>);

/// How far a reading moves the clock.
pub const CLOCK_STEP_NS: i64 = 100_000;

impl Cursors for MemoryCursors {
    fn cursor(&mut self, lane: LaneId, destination: Destination) -> Result<Option<u64>, Fault> {
        Ok(self.0.lock().get(&(lane, destination)).copied())
    }

    fn advance(&mut self, lane: LaneId, destination: Destination, index: u64) -> Result<(), Fault> {
        let mut cursors = self.0.lock();
        let cursor = cursors.entry((lane, destination)).or_insert(index);
        *cursor = index.max(*cursor);
        Ok(())
    }
}

impl Snapshots for MemorySnapshots {
    fn put(&mut self, head: SnapshotHead, rows: &[u8]) -> Result<(), Fault> {
        let mut snapshots = self.0.lock();
        let kept = snapshots.entry(head.lane).or_default();
        kept.insert(0, (head, rows.to_vec()));
        kept.truncate(2);
        Ok(())
    }

    fn newest(&mut self, lane: LaneId) -> Result<Vec<(SnapshotHead, Vec<u8>)>, Fault> {
        Ok(self.0.lock().get(&lane).cloned().unwrap_or_default())
    }
}

impl ControlTable for MemoryControl {
    fn sets_after(&mut self, number: u64) -> Result<Vec<(u64, [u8; 16])>, Fault> {
        let controls = self.0.lock();
        let above = controls.sets.iter().filter(|set| set.0 > number);
        Ok(above.map(|set| (set.0, set.1)).collect())
    }

    fn set(&mut self, hash: [u8; 16]) -> Result<Option<String>, Fault> {
        let controls = self.0.lock();
        Ok(controls.sets.iter().find(|set| set.1 == hash).map(|set| set.2.clone()))
    }

    fn kills_after(&mut self, number: u64) -> Result<Vec<Kill>, Fault> {
        let controls = self.0.lock();
        Ok(controls.kills.iter().filter(|kill| kill.number > number).copied().collect())
    }
}

impl OrderView for MemoryView {
    fn get(&mut self, order: OrderId) -> Result<Option<ViewRow>, Fault> {
        let mut view = self.0.lock();
        view.faults.pop().map_or(Ok(()), Err)?;
        Ok(view.rows.get(&order.0).cloned())
    }

    fn put(&mut self, lane: LaneId, index: u64, rows: Vec<ViewRow>) -> Result<(), Fault> {
        let mut view = self.0.lock();
        view.faults.pop().map_or(Ok(()), Err)?;
        for row in rows {
            for key in &row.keys {
                view.keys.insert(key.clone(), row.order);
            }
            let older = view.rows.get(&row.order.0).is_none_or(|stored| stored.rev < row.rev);
            if older {
                view.rows.insert(row.order.0, row);
            }
        }
        view.indexes.insert(lane, index);
        Ok(())
    }

    fn index(&mut self, lane: LaneId) -> Result<Option<u64>, Fault> {
        Ok(self.0.lock().indexes.get(&lane).copied())
    }

    fn find(&mut self, key: &[u8], count: usize) -> Result<Vec<OrderId>, Fault> {
        let view = self.0.lock();
        let found = view.keys.range(key.to_vec()..).take_while(|(at, _)| at.starts_with(key));
        Ok(found.map(|(_, order)| *order).take(count).collect())
    }
}

impl Attempts for MemoryAttempts {
    fn count(&mut self, lane: LaneId, position: Position) -> Result<u32, Fault> {
        let attempts = self.0.lock();
        let kept = attempts.get(&lane).filter(|kept| kept.0 == position);
        Ok(kept.map_or(0, |kept| kept.1))
    }

    fn begin(&mut self, lane: LaneId, position: Position) -> Result<(), Fault> {
        let count = self.count(lane, position)?;
        self.0.lock().insert(lane, (position, count + 1));
        Ok(())
    }

    fn clear(&mut self, lane: LaneId) -> Result<(), Fault> {
        self.0.lock().remove(&lane);
        Ok(())
    }
}

impl MemoryClock {
    /// Moves time by `nanoseconds`.
    pub fn pass(&self, nanoseconds: i64) {
        let mut now = self.0.lock();
        *now = now.plus(nanoseconds);
    }
}

impl Clock for MemoryClock {
    fn now(&mut self) -> Timestamp {
        self.pass(CLOCK_STEP_NS);
        *self.0.lock()
    }
}
