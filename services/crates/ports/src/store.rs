//! The smaller stores: cursors, snapshots, control table, order view, clock.

use domain::{
    AccountKey, HashRange, Kill, LaneId, OrderId, Override, Position, StateDigest, Timestamp,
    TradeDate,
};

use crate::{Destination, Fault};

/// How far each destination is: entries up to the cursor have left.
pub trait Cursors {
    /// The index up to which everything for `destination` has left; `None` before the first.
    ///
    /// # Errors
    /// A [`Fault`].
    fn cursor(&mut self, lane: LaneId, destination: Destination) -> Result<Option<u64>, Fault>;

    /// Moves a cursor; a lower index than the stored one changes nothing.
    ///
    /// # Errors
    /// A [`Fault`].
    fn advance(&mut self, lane: LaneId, destination: Destination, index: u64) -> Result<(), Fault>;

    /// Every destination of a lane that has a cursor.
    ///
    /// # Errors
    /// A [`Fault`].
    fn destinations(&mut self, lane: LaneId) -> Result<Vec<Destination>, Fault>;
}

/// Which lanes there are. Whether one may be written, its journal alone says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LaneRow {
    /// The lane.
    pub lane: LaneId,
    /// Number of its shard in the world.
    pub shard: u32,
    /// Name of its shard.
    pub shard_name: String,
    /// The account keys that are its own.
    pub range: HashRange,
    /// The lanes whose books it takes over; none of a root lane.
    pub parents: Vec<LaneId>,
    /// How it ended, if it has.
    pub ended: Option<LaneEnd>,
    /// An operator keeps it from reading: over restarts, until it is released.
    pub drained: bool,
}

/// How a lane ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LaneEnd {
    /// Index of its End.
    pub index: u64,
    /// The lanes that its End names.
    pub children: Vec<LaneId>,
}

/// The lanes of an application: each from its creation until every child has a snapshot of its own.
pub trait Leases {
    /// The rows, in the order of their shards.
    ///
    /// # Errors
    /// A [`Fault`].
    fn rows(&mut self) -> Result<Vec<LaneRow>, Fault>;

    /// Adds rows, all or nothing; one whose lane has a row already changes nothing.
    ///
    /// # Errors
    /// A [`Fault`].
    fn create(&mut self, rows: &[LaneRow]) -> Result<(), Fault>;

    /// Notes that a lane has ended.
    ///
    /// # Errors
    /// A [`Fault`].
    fn end(&mut self, lane: LaneId, end: LaneEnd) -> Result<(), Fault>;

    /// Notes that a lane is to read nothing more (`true`), or to go on (`false`).
    ///
    /// # Errors
    /// A [`Fault`].
    fn drain(&mut self, lane: LaneId, drained: bool) -> Result<(), Fault>;

    /// Takes a row out.
    ///
    /// # Errors
    /// A [`Fault`].
    fn remove(&mut self, lane: LaneId) -> Result<(), Fault>;
}

/// What a snapshot says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SnapshotHead {
    /// The lane.
    pub lane: LaneId,
    /// Last entry folded.
    pub index: u64,
    /// Content digest of that entry.
    pub content: [u8; 16],
    /// State after it.
    pub state: StateDigest,
}

/// Folds of the chain, the two newest of each lane.
pub trait Snapshots {
    /// Keeps a snapshot durably, then forgets all but the two newest.
    ///
    /// # Errors
    /// A [`Fault`].
    fn put(&mut self, head: SnapshotHead, rows: &[u8]) -> Result<(), Fault>;

    /// The lane's snapshots, newest first; one that is torn or doesn't fit its digest is left out.
    ///
    /// # Errors
    /// A [`Fault`].
    fn newest(&mut self, lane: LaneId) -> Result<Vec<(SnapshotHead, Vec<u8>)>, Fault>;

    /// Forgets all of a lane's: it ended, and nobody needs its books any more.
    ///
    /// # Errors
    /// A [`Fault`].
    fn forget(&mut self, lane: LaneId) -> Result<(), Fault>;
}

/// Configuration sets and one-shot commands, polled.
pub trait ControlTable {
    /// Numbers and hashes of configuration sets above `number`, in order.
    ///
    /// # Errors
    /// A [`Fault`].
    fn sets_after(&mut self, number: u64) -> Result<Vec<(u64, [u8; 16])>, Fault>;

    /// The text of a set, by its hash; kept as long as an entry names it.
    ///
    /// # Errors
    /// A [`Fault`].
    fn set(&mut self, hash: [u8; 16]) -> Result<Option<String>, Fault>;

    /// Kill switch commands above `number`, in order.
    ///
    /// # Errors
    /// A [`Fault`].
    fn kills_after(&mut self, number: u64) -> Result<Vec<Kill>, Fault>;

    /// Releases of halted accounts above `number`, in order. A release is for the line that runs
    /// when it is given: one that is older than a start is not taken again.
    ///
    /// # Errors
    /// A [`Fault`].
    fn releases_after(&mut self, number: u64) -> Result<Vec<(u64, AccountKey)>, Fault> {
        let _ = number;
        Ok(Vec::new())
    }

    /// Changes of business day above `number`, in order: their numbers, from 1 without gaps, and
    /// the days that begin.
    ///
    /// # Errors
    /// A [`Fault`].
    fn days_after(&mut self, number: u32) -> Result<Vec<(u32, TradeDate)>, Fault> {
        let _ = number;
        Ok(Vec::new())
    }

    /// Overrides above `number`, in order. Each is for the one lane that has its account.
    ///
    /// # Errors
    /// A [`Fault`].
    fn overrides_after(&mut self, number: u64) -> Result<Vec<Override>, Fault> {
        let _ = number;
        Ok(Vec::new())
    }
}

/// A row of the order view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ViewRow {
    /// The order.
    pub order: OrderId,
    /// The order's revision; a lower one replaces no row, the same one brings times that came
    /// later.
    pub rev: u64,
    /// `events.v1.OrderView` bytes.
    pub bytes: Vec<u8>,
    /// Keys under which the order is found besides its id: hashes of (sender, account, ClOrdID),
    /// and of the account followed by the order id.
    pub keys: Vec<Vec<u8>>,
}

/// Orders by id, behind the line, always rebuildable from the journal.
pub trait OrderView {
    /// The row of an order.
    ///
    /// # Errors
    /// A [`Fault`].
    fn get(&mut self, order: OrderId) -> Result<Option<ViewRow>, Fault>;

    /// Puts rows, none over a higher revision, and the index of the lane up to which the view
    /// is complete, all or nothing.
    ///
    /// # Errors
    /// A [`Fault`].
    fn put(&mut self, lane: LaneId, index: u64, rows: Vec<ViewRow>) -> Result<(), Fault>;

    /// The index up to which the view has a lane; `None` when it must be rebuilt.
    ///
    /// # Errors
    /// A [`Fault`].
    fn index(&mut self, lane: LaneId) -> Result<Option<u64>, Fault>;

    /// Order ids under a key (see [`ViewRow::keys`]), or under all keys that begin with it.
    ///
    /// # Errors
    /// A [`Fault`].
    fn find(&mut self, key: &[u8], count: usize) -> Result<Vec<OrderId>, Fault>;
}

/// Starts of a lane that took a record in hand and have not committed beyond it (INV-11).
pub trait Attempts {
    /// How many starts took the record after `position` in hand and didn't pass it; 0 when the
    /// position kept for the lane is another one.
    ///
    /// # Errors
    /// A [`Fault`].
    fn count(&mut self, lane: LaneId, position: Position) -> Result<u32, Fault>;

    /// Counts one more start at `position`, durably; another position than the kept one starts
    /// at 1.
    ///
    /// # Errors
    /// A [`Fault`].
    fn begin(&mut self, lane: LaneId, position: Position) -> Result<(), Fault>;

    /// Forgets what is kept of the lane: it was stopped on purpose.
    ///
    /// # Errors
    /// A [`Fault`].
    fn clear(&mut self, lane: LaneId) -> Result<(), Fault>;
}

/// What time it is; one production side reads the system, the other is moved by hand.
pub trait Clock {
    /// Now, in UTC.
    fn now(&mut self) -> Timestamp;
}
