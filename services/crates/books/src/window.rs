//! The duplicate window: which requests are remembered, and from where on forgetting is safe
//! (INV-8).
//!
//! Entry points: [`Window::insert`], [`Window::advance`], [`Window::horizon_at`].
//! Invariants: INV-8. A row lies in the heap exactly while its TransactTime is above the horizon,
//! so the horizon only ever rises past rows that it takes out. Limits: span and count are state,
//! changed by `Control::Window` alone. It decides nothing: whether a request is a duplicate or
//! stale is `routing`'s word.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use domain::{Identity, Timestamp};

use crate::canonical::Canonical;
use crate::request::RequestRow;
use crate::table::{Slot, Table};

/// Most identities that room is made for at once; a larger window grows as it fills.
const IDENTITIES_RESERVED_MAX: usize = 1 << 24;

/// Remembered requests and the horizon.
#[derive(Clone)]
pub(crate) struct Window {
    /// In the window, or names of orders in the books, or both.
    pub(crate) requests: Table<RequestRow>,
    /// Rows above the horizon, oldest first. No row in it is removed before it is popped.
    oldest: BinaryHeap<Reverse<(Timestamp, Slot)>>,
    pub(crate) horizon: Timestamp,
    pub(crate) span_ns: i64,
    pub(crate) identities: u32,
    /// Rows that belong to an order in the books.
    pub(crate) attached: usize,
    /// How many of those there is room for.
    room: usize,
}

impl Window {
    pub(crate) fn new(room: usize, identities: u32, span_ns: i64) -> Self {
        let count = identities as usize;
        Self {
            requests: Table::with_room(room.saturating_add(count)),
            // One more, because a row enters before the oldest is forced out.
            oldest: BinaryHeap::with_capacity(count + 1),
            horizon: Timestamp(0),
            span_ns,
            identities,
            attached: 0,
            room,
        }
    }

    /// How many identities lie above the horizon.
    pub(crate) fn len(&self) -> usize {
        self.oldest.len()
    }

    /// The oldest TransactTime above the horizon.
    pub(crate) fn oldest(&self) -> Option<Timestamp> {
        self.oldest.peek().map(|Reverse((time, _))| *time)
    }

    /// The horizon once lane time is `lane_time`.
    pub(crate) fn horizon_at(&self, lane_time: Timestamp) -> Timestamp {
        self.horizon.max(Timestamp(lane_time.0.saturating_sub(self.span_ns.max(0))))
    }

    /// Moves the horizon with lane time and lets go what falls behind it; `sum` follows.
    pub(crate) fn advance(&mut self, lane_time: Timestamp, sum: &mut u128) {
        self.horizon = self.horizon_at(lane_time);
        self.let_go(sum);
    }

    /// Remembers a request whose identity isn't in the table, and forces out what is too much.
    pub(crate) fn insert(&mut self, row: RequestRow, sum: &mut u128) -> Slot {
        *sum = sum.wrapping_add(Canonical::request(&row).digest());
        let (time, is_attached) = (row.transact_time, row.is_attached());
        self.attached += usize::from(is_attached);
        let slot = self.requests.insert(row);
        if time > self.horizon {
            self.oldest.push(Reverse((time, slot)));
            self.force_out(sum);
        } else if !is_attached {
            self.remove(slot, sum);
        }
        slot
    }

    /// Takes a row that the window held before, as snapshots do; digests are counted afterwards.
    pub(crate) fn load(&mut self, row: RequestRow) {
        let mut uncounted = 0;
        self.insert(row, &mut uncounted);
    }

    /// Changes how far the window reaches; the horizon never comes back.
    pub(crate) fn reach(&mut self, span_ns: i64, identities: u32, sum: &mut u128) {
        self.span_ns = span_ns;
        self.identities = identities;
        let count = IDENTITIES_RESERVED_MAX.min(identities as usize);
        self.requests.reserve(self.room.saturating_add(count));
        self.oldest.reserve_exact((count + 1).saturating_sub(self.oldest.len()));
        self.force_out(sum);
    }

    /// Changes a row, and the digest with it.
    pub(crate) fn change(
        &mut self,
        slot: Slot,
        sum: &mut u128,
        change: impl FnOnce(&mut RequestRow),
    ) {
        if let Some(row) = self.requests.get_mut(slot) {
            *sum = sum.wrapping_sub(Canonical::request(row).digest());
            change(row);
            *sum = sum.wrapping_add(Canonical::request(row).digest());
        }
    }

    /// Its order has left the books: the row goes, unless it is still above the horizon.
    pub(crate) fn detach(&mut self, slot: Slot, sum: &mut u128) {
        let horizon = self.horizon;
        let Some(row) = self.requests.get_mut(slot) else { return };
        self.attached -= usize::from(row.is_attached());
        row.place = Slot::NONE;
        row.next = Slot::NONE;
        if row.transact_time <= horizon {
            self.remove(slot, sum);
        }
    }

    /// Takes a row out that lies at or below the horizon.
    pub(crate) fn remove(&mut self, slot: Slot, sum: &mut u128) {
        let Some(identity) = self.identity(slot) else { return };
        if let Some(row) = self.requests.remove(identity) {
            self.attached -= usize::from(row.is_attached());
            *sum = sum.wrapping_sub(Canonical::request(&row).digest());
        }
    }

    fn identity(&self, slot: Slot) -> Option<Identity> {
        self.requests.get(slot).map(|row| row.identity)
    }

    fn force_out(&mut self, sum: &mut u128) {
        while self.oldest.len() > self.identities as usize {
            if let Some(oldest) = self.oldest() {
                self.horizon = self.horizon.max(oldest);
            }
            self.let_go(sum);
        }
    }

    fn let_go(&mut self, sum: &mut u128) {
        while let Some(Reverse((time, slot))) = self.oldest.peek().copied() {
            if time > self.horizon {
                return;
            }
            self.oldest.pop();
            if self.requests.get(slot).is_some_and(|row| !row.is_attached()) {
                self.remove(slot, sum);
            }
        }
    }
}
