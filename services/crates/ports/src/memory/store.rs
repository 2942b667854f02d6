//! The smaller stores in memory: cursors, snapshots, control table, order view, starts, clock.

use std::collections::BTreeMap;

use domain::{Kill, LaneId, OrderId, Position, Timestamp, TradeDate};

use super::Shared;
use crate::{
    Attempts, Clock, ControlTable, Cursors, Destination, Fault, LaneEnd, LaneRow, Leases,
    LimitItem, Limits, OrderView, SnapshotHead, Snapshots, ViewRow,
};

/// Cursors.
#[derive(Clone, Debug, Default)]
pub struct MemoryCursors(pub Shared<BTreeMap<(LaneId, Destination), u64>>, pub Power);

/// Snapshots, newest first.
#[derive(Clone, Debug, Default)]
pub struct MemorySnapshots(pub Shared<BTreeMap<LaneId, Vec<Kept>>>, pub Power);

/// A snapshot that is kept: what it says of itself, and its rows.
pub type Kept = (SnapshotHead, Vec<u8>);

/// The lanes.
#[derive(Clone, Debug, Default)]
pub struct MemoryLeases {
    /// The rows.
    pub rows: Shared<BTreeMap<LaneId, LaneRow>>,
    /// What ends the process.
    pub power: Power,
}

/// The limits that span lanes.
#[derive(Clone, Debug, Default)]
pub struct MemoryLimits {
    /// The items.
    pub items: Shared<Vec<LimitItem>>,
    /// What ends the process.
    pub power: Power,
}

/// What ends the process between two writes, where a test asks for it: clones share it.
#[derive(Clone, Debug, Default)]
pub struct Power(Shared<Option<u64>>);

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
    /// Changes of business day, in order.
    pub days: Vec<(u32, TradeDate)>,
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

impl Power {
    /// The process ends before the write after the next `writes`; `None`: it doesn't.
    pub fn fail_after(&self, writes: Option<u64>) {
        *self.0.lock() = writes;
    }

    /// Whether it has failed.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        *self.0.lock() == Some(0)
    }

    /// A write is about to be done.
    ///
    /// # Errors
    /// The process has ended.
    pub fn spend(&self) -> Result<(), Fault> {
        let mut left = self.0.lock();
        match &mut *left {
            Some(0) => Err(Fault::Fatal("the process has ended".to_owned())),
            Some(writes) => {
                *writes -= 1;
                Ok(())
            }
            None => Ok(()),
        }
    }
}

impl Leases for MemoryLeases {
    fn rows(&mut self) -> Result<Vec<LaneRow>, Fault> {
        let mut rows: Vec<LaneRow> = self.rows.lock().values().cloned().collect();
        rows.sort_by_key(|row| row.shard);
        Ok(rows)
    }

    fn create(&mut self, rows: &[LaneRow]) -> Result<(), Fault> {
        self.power.spend()?;
        let mut kept = self.rows.lock();
        for row in rows {
            kept.entry(row.lane).or_insert_with(|| row.clone());
        }
        Ok(())
    }

    fn end(&mut self, lane: LaneId, end: LaneEnd) -> Result<(), Fault> {
        self.power.spend()?;
        if let Some(row) = self.rows.lock().get_mut(&lane) {
            row.ended = Some(end);
        }
        Ok(())
    }

    fn drain(&mut self, lane: LaneId, drained: bool) -> Result<(), Fault> {
        self.power.spend()?;
        if let Some(row) = self.rows.lock().get_mut(&lane) {
            row.drained = drained;
        }
        Ok(())
    }

    fn remove(&mut self, lane: LaneId) -> Result<(), Fault> {
        self.power.spend()?;
        self.rows.lock().remove(&lane);
        Ok(())
    }
}

impl Limits for MemoryLimits {
    fn items(&mut self) -> Result<Vec<LimitItem>, Fault> {
        Ok(self.items.lock().clone())
    }

    fn put(&mut self, item: LimitItem) -> Result<bool, Fault> {
        self.power.spend()?;
        let mut items = self.items.lock();
        let at = items.iter().position(|known| known.limit == item.limit);
        let before = at.and_then(|at| items.get(at));
        if before.map_or(0, |before| before.version) + 1 != item.version {
            return Ok(false);
        }
        if !item.may_follow(before) {
            return Err(Fault::Fatal("INV-12: a write would overspend a limit".to_owned()));
        }
        match at {
            Some(at) => items[at] = item,
            None => items.push(item),
        }
        Ok(true)
    }
}

impl Cursors for MemoryCursors {
    fn cursor(&mut self, lane: LaneId, destination: Destination) -> Result<Option<u64>, Fault> {
        Ok(self.0.lock().get(&(lane, destination)).copied())
    }

    fn advance(&mut self, lane: LaneId, destination: Destination, index: u64) -> Result<(), Fault> {
        self.1.spend()?;
        let mut cursors = self.0.lock();
        let cursor = cursors.entry((lane, destination)).or_insert(index);
        *cursor = index.max(*cursor);
        Ok(())
    }

    fn destinations(&mut self, lane: LaneId) -> Result<Vec<Destination>, Fault> {
        let cursors = self.0.lock();
        Ok(cursors.keys().filter(|key| key.0 == lane).map(|key| key.1).collect())
    }
}

impl Snapshots for MemorySnapshots {
    fn put(&mut self, head: SnapshotHead, rows: &[u8]) -> Result<(), Fault> {
        self.1.spend()?;
        let mut snapshots = self.0.lock();
        let kept = snapshots.entry(head.lane).or_default();
        kept.insert(0, (head, rows.to_vec()));
        kept.truncate(2);
        Ok(())
    }

    fn newest(&mut self, lane: LaneId) -> Result<Vec<(SnapshotHead, Vec<u8>)>, Fault> {
        Ok(self.0.lock().get(&lane).cloned().unwrap_or_default())
    }

    fn forget(&mut self, lane: LaneId) -> Result<(), Fault> {
        self.1.spend()?;
        self.0.lock().remove(&lane);
        Ok(())
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

    fn days_after(&mut self, number: u32) -> Result<Vec<(u32, TradeDate)>, Fault> {
        let controls = self.0.lock();
        Ok(controls.days.iter().filter(|day| day.0 > number).copied().collect())
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
            let stored = view.rows.get(&row.order.0);
            if stored.is_none_or(|stored| stored.rev <= row.rev) {
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
