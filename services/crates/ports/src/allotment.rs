//! Limits that span lanes, as the control table keeps them: what each lane may use (INV-12).
//!
//! Entry points: [`Limits`], [`LimitItem`]. No write takes the sum of an item's rows above the
//! limit: [`LimitItem::may_follow`], which every side of the trait asks.

use domain::{LaneId, LimitKey};

use crate::Fault;

/// A limit, or a half of a net one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LimitItem {
    /// Its key.
    pub limit: LimitKey,
    /// Raised by one with every write.
    pub version: u64,
    /// What all lanes may use together, in 10^-16 of a currency unit or of a share.
    pub amount: i128,
    /// Number of the configuration set that said so.
    pub set: u64,
    /// One for each lane that has, or had, an allotment.
    pub rows: Vec<LimitRow>,
}

/// What a lane may use of a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LimitRow {
    /// The lane.
    pub lane: LaneId,
    /// What it may use; its own journal may say less, never more.
    pub amount: i128,
    /// Number of the last transfer.
    pub transfer: u64,
    /// It would take more if there were any.
    pub wants: bool,
}

/// The limits that span lanes.
pub trait Limits {
    /// Every item, as it is now.
    ///
    /// # Errors
    /// A [`Fault`].
    fn items(&mut self) -> Result<Vec<LimitItem>, Fault>;

    /// Writes an item if the stored one is of the version before; says whether it was. The first
    /// version is 1.
    ///
    /// # Errors
    /// A [`Fault`]; a fatal one for a write that would overspend.
    fn put(&mut self, item: LimitItem) -> Result<bool, Fault>;
}

impl LimitItem {
    /// What lanes have of it together.
    #[must_use]
    pub fn allotted(&self) -> i128 {
        self.rows.iter().fold(0, |sum: i128, row| sum.saturating_add(row.amount))
    }

    /// What is left to grant; below 0 after a limit was lowered.
    #[must_use]
    pub fn free(&self) -> i128 {
        self.amount.saturating_sub(self.allotted())
    }

    /// A lane's row.
    #[must_use]
    pub fn row(&self, lane: LaneId) -> Option<&LimitRow> {
        self.rows.iter().find(|row| row.lane == lane)
    }

    /// Whether it may be written over `before`: rows never come to more than the limit, and where
    /// they do already, not to more than they did.
    #[must_use]
    pub fn may_follow(&self, before: Option<&Self>) -> bool {
        let had = before.map_or(0, Self::allotted);
        self.rows.iter().all(|row| row.amount >= 0) && self.allotted() <= self.amount.max(had)
    }
}
