//! The health of venues, as control inputs and reports tell it.
//!
//! Entry points: [`Books::venue_health`], [`Health`].
//! Invariants: INV-10: who finds a venue unwell says so by `Control::Health`; from there on lane
//! time and reports alone move it, so that every fold sees the same.
//!
//! ```text
//!            unwell                     lane time passes `retry`
//!  Healthy ─────────▶ Down ────────────────────────────────────▶ one probe may go
//!     ▲                ▲                                                │
//!     │                └────────────── the probe is voided ─────────────┤
//!     └──── the venue answers the probe, or somebody says: well ────────┘
//! ```

use domain::{ExecType, Mic, OrderId, Timestamp};

use crate::canonical::Canonical;
use crate::state::Books;
use crate::table::Row;

/// Whether orders may go to a venue that rules choose by health.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    /// They may.
    Healthy,
    /// None may.
    Down,
    /// One may, to see.
    Probe,
}

/// A venue that isn't well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct HealthRow {
    pub(crate) venue: Mic,
    /// Lane time at which it was found unwell.
    pub(crate) since: Timestamp,
    /// How long it is left alone, in nanoseconds.
    pub(crate) retry_ns: i64,
    /// The order that tries it; 0 when none does.
    pub(crate) probe: OrderId,
}

impl Books {
    /// Whether orders may go to a venue at `time`.
    #[must_use]
    pub fn venue_health(&self, venue: Mic, time: Timestamp) -> Health {
        match self.healths.row(venue) {
            None => Health::Healthy,
            Some(row) if row.probe.0 != 0 => Health::Down,
            Some(row) if time.since(row.since) < row.retry_ns => Health::Down,
            Some(_) => Health::Probe,
        }
    }

    /// Whether nobody found a venue unwell since it was found well.
    #[must_use]
    pub fn is_well(&self, venue: Mic) -> bool {
        self.healths.find(venue).is_none()
    }

    pub(crate) fn set_health(&mut self, venue: Mic, healthy: bool, retry_ns: i64) {
        if let Some(row) = self.healths.remove(venue) {
            self.kill_sum = self.kill_sum.wrapping_sub(Canonical::health(&row).digest());
        }
        if !healthy {
            let row = HealthRow { venue, since: self.lane.time, retry_ns, probe: OrderId(0) };
            self.kill_sum = self.kill_sum.wrapping_add(Canonical::health(&row).digest());
            self.healths.insert(row);
        }
    }

    /// An order left to try its venue.
    pub(crate) fn probes(&mut self, venue: Mic, order: OrderId) {
        let Some(slot) = self.healths.find(venue) else { return };
        if let Some(row) = self.healths.get_mut(slot) {
            self.kill_sum = self.kill_sum.wrapping_sub(Canonical::health(row).digest());
            row.probe = order;
            self.kill_sum = self.kill_sum.wrapping_add(Canonical::health(row).digest());
        }
    }

    /// A venue answered an order: if that tried it, it is well again, or not.
    pub(crate) fn probe_answered(&mut self, venue: Mic, order: OrderId, exec_type: ExecType) {
        let row = self.healths.row(venue).copied();
        if let Some(row) = row.filter(|row| row.probe == order) {
            self.set_health(venue, exec_type != ExecType::Void, row.retry_ns);
        }
    }
}

impl Row for HealthRow {
    type Key = Mic;
    fn key(&self) -> Mic {
        self.venue
    }
    fn spread(venue: Mic) -> u32 {
        u32::from_be_bytes(*venue.padded()).wrapping_mul(0x9e37_79b9)
    }
}
