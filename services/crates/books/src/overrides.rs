//! Overrides as the books keep them: how often each may still be used.
//!
//! Entry points: [`Books::override_for`]; what changes them is `apply`.
//! Invariants: INV-10; each command once, in the order of their numbers; a used one counts down
//! with the order that it let pass, and goes with its last. It decides nothing.

use domain::{AccountKey, Override, Quantity, Reasons, Symbol, Timestamp};

use crate::canonical::Canonical;
use crate::state::Books;
use crate::table::Row;

/// An override that may still be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OverrideRow(pub(crate) Override);

impl Books {
    /// The oldest override that lets an order of an account pass what it fails, at a lane time.
    #[must_use]
    pub fn override_for(
        &self,
        of: (AccountKey, Symbol, Quantity),
        failing: Reasons,
        time: Timestamp,
    ) -> Option<u64> {
        let rows = self.overrides.iter().map(|(_, row)| row.0);
        rows.filter(|row| row.covers(of, failing, time)).map(|row| row.number).min()
    }

    /// Number of the last override that this lane was given.
    #[must_use]
    pub const fn last_override(&self) -> u64 {
        self.lane.overrides
    }

    pub(crate) fn give_override(&mut self, given: &Override) {
        if given.number <= self.lane.overrides {
            return;
        }
        self.lane.overrides = given.number;
        let time = self.lane.time;
        let rows = self.overrides.iter().map(|(_, row)| row.0);
        let over = rows.filter(|row| row.until <= time).map(|row| row.number).collect::<Vec<_>>();
        for number in over {
            self.take_override_back(number);
        }
        if given.count > 0 {
            let row = OverrideRow(*given);
            self.sum = self.sum.wrapping_add(Canonical::overriding(&row).digest());
            self.overrides.insert(row);
        }
    }

    /// An order passed by it.
    pub(crate) fn use_override(&mut self, number: u64) {
        let Some(mut row) = self.take_override_back(number) else { return };
        row.0.count = row.0.count.saturating_sub(1);
        if row.0.count > 0 {
            self.sum = self.sum.wrapping_add(Canonical::overriding(&row).digest());
            self.overrides.insert(row);
        }
    }

    fn take_override_back(&mut self, number: u64) -> Option<OverrideRow> {
        let row = self.overrides.remove(number)?;
        self.sum = self.sum.wrapping_sub(Canonical::overriding(&row).digest());
        Some(row)
    }
}

impl Row for OverrideRow {
    type Key = u64;
    fn key(&self) -> u64 {
        self.0.number
    }
    fn spread(number: u64) -> u32 {
        number as u32
    }
}
