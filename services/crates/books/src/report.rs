//! A venue's report that the books remember, so that its repeat has no effect (INV-14).

use domain::{AccountKey, ExecIdentity, OrderId, Price, Quantity};

use crate::table::{Row, Slot};

/// What a report counts for in its order's CumQty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Fill {
    /// It is no fill.
    No = 1,
    /// It counts.
    Live = 2,
    /// It was busted, or replaced by a correction.
    Busted = 3,
}

/// A remembered report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReportRow {
    /// (MIC, trade date, ExecID), hashed.
    pub exec: ExecIdentity,
    /// Every field that makes it the same report again.
    pub content: u128,
    /// Whose it was.
    pub account: AccountKey,
    /// Its order; 0 when it is unmatched.
    pub order: OrderId,
    /// `LastQty` (32) of a fill; else 0.
    pub last_qty: Quantity,
    /// `LastPx` (31) of a fill; else 0.
    pub last_px: Price,
    /// Whether it counts as a fill.
    pub fill: Fill,
    /// Business days that had ended in this lane when it came; of a correction, when the fill that
    /// it corrects came.
    pub day: u32,
    /// The next of its order's reports.
    pub(crate) next: Slot,
}

impl Fill {
    pub(crate) const fn of_code(code: u8) -> Option<Self> {
        match code {
            1 => Some(Self::No),
            2 => Some(Self::Live),
            3 => Some(Self::Busted),
            _ => None,
        }
    }
}

impl Row for ReportRow {
    type Key = ExecIdentity;
    fn key(&self) -> ExecIdentity {
        self.exec
    }
    fn spread(key: ExecIdentity) -> u32 {
        key.0 as u32
    }
}
