//! The change of business day: what was finished long ago is let go, orders for the day expire, the
//! others are restated.
//!
//! ```text
//!  BusinessDay ─▶ every open order is due ─▶ DayEnd, DayEnd, ... until none is
//!                 (reopened later with an older day: due again)
//! ```
//!
//! Entry points: `begin_day`, `end_orders`; [`Books::days`], [`Books::due`], [`Books::day_ended`].
//! Invariants: INV-10 (which orders a [`Control::DayEnd`](domain::Control::DayEnd) takes follows
//! from the rows alone: the due ones that come first in account and order-id order), INV-14 (an
//! order's reports stay until the second change after its end). Nothing that was due before
//! trades on: an order that a bust or a late replace opens again is due at once.
//! It knows no calendar: a day changes when a control says so. On a crash the controls are applied
//! again from the journal.

use domain::{AccountKey, OrderId, Quantity, TimeInForce};

use crate::effect::{Change, Effect};
use crate::life::Phase;
use crate::order::OrderRow;
use crate::request::{Answer, RequestKind};
use crate::state::Books;
use crate::table::Slot;

/// Accounts that are looked at together, so that their order needs no list of all of them.
const ACCOUNTS_AT_ONCE: usize = 64;

/// An order whose business day ended, as [`Books::day_ended`] lists them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayEnded {
    /// The order.
    pub order: OrderId,
    /// It ended; else it was restated for the day that began.
    pub ended: bool,
}

/// Room of a sweep, kept from one to the next.
#[derive(Clone, Default)]
pub(crate) struct Sweep {
    /// No account below has an order that is due.
    from: AccountKey,
    /// Open orders of days that have ended.
    pub(crate) due: usize,
    accounts: Vec<(AccountKey, Slot)>,
    orders: Vec<(OrderId, Slot)>,
    ended: Vec<DayEnded>,
}

impl Books {
    /// Changes of business day so far: the number of the last one.
    #[must_use]
    pub const fn days(&self) -> u32 {
        self.lane.days
    }

    /// Open orders whose business day has ended: while there are any, `DayEnd`s are to come.
    #[must_use]
    pub const fn due(&self) -> usize {
        self.sweep.due
    }

    /// The orders that the `DayEnd` applied last took, in account and order-id order; empty after
    /// any other input.
    #[must_use]
    pub fn day_ended(&self) -> &[DayEnded] {
        &self.sweep.ended
    }

    /// Begins the day of this number: finished orders, and reports that fit nothing, go at the
    /// second change after they came (INV-14); what is open is due.
    pub(crate) fn begin_day(&mut self, number: u32) {
        if number <= self.lane.days {
            return;
        }
        self.lane.days = number;
        self.begin_trading_day();
        self.reset_daily_use();
        let is_past = |day: u32| day.saturating_add(2) <= number;
        for slot in self.orders.slots() {
            let order = self.orders.get(slot);
            let order = order.filter(|order| !order.is_open() && is_past(order.closed));
            if let Some(id) = order.map(|order| order.id) {
                self.forget_order(id);
            }
        }
        for slot in self.reports.slots() {
            let report = self.reports.get(slot);
            let report = report.filter(|report| report.order.0 == 0 && is_past(report.day));
            if let Some(exec) = report.map(|report| report.exec) {
                self.forget_report(exec);
            }
        }
        self.count_due();
    }

    /// Takes the first `count` of the orders that are due.
    pub(crate) fn end_orders(&mut self, count: u32) -> Effect {
        let mut left = count as usize;
        while left > 0 && self.sweep.due > 0 && self.next_accounts() {
            for at in 0..self.sweep.accounts.len() {
                let Some((key, account)) = self.sweep.accounts.get(at).copied() else { break };
                self.sweep.from = key;
                left -= self.end_orders_of(account, left);
                if left == 0 {
                    break;
                }
                self.sweep.from = AccountKey(key.0.saturating_add(1));
            }
        }
        Effect { change: Change::DayEnded, ..Effect::NONE }
    }

    /// Counts what is due again, and looks at every account from now on.
    pub(crate) fn count_due(&mut self) {
        let days = self.lane.days;
        let due = self.orders.iter().filter(|(_, order)| order.is_due(days));
        self.sweep.due = due.count();
        self.sweep.from = AccountKey(0);
    }

    /// An order is due, or is no longer.
    pub(crate) fn follow_due(&mut self, account: AccountKey, was_due: bool, is_due: bool) {
        match (was_due, is_due) {
            (false, true) => {
                self.sweep.due += 1;
                self.sweep.from = self.sweep.from.min(account);
            }
            (true, false) => self.sweep.due -= 1,
            _ => {}
        }
    }

    /// Lists the next accounts with open orders, in the order of their keys.
    fn next_accounts(&mut self) -> bool {
        let (from, found) = (self.sweep.from, &mut self.sweep.accounts);
        found.clear();
        for (slot, account) in self.accounts.iter() {
            if account.open_orders == 0 || account.key < from {
                continue;
            }
            let is_full = found.len() == ACCOUNTS_AT_ONCE;
            if is_full && found.last().is_some_and(|last| account.key > last.0) {
                continue;
            }
            let place = found.partition_point(|listed| listed.0 < account.key);
            if is_full {
                found.pop();
            }
            found.insert(place, (account.key, slot));
        }
        !found.is_empty()
    }

    /// Takes up to `count` due orders of an account, and says how many.
    fn end_orders_of(&mut self, account: Slot, count: usize) -> usize {
        let days = self.lane.days;
        let mut listed = std::mem::take(&mut self.sweep.orders);
        listed.clear();
        let mut at = self.accounts.get(account).map_or(Slot::NONE, |row| row.first);
        while let Some(order) = self.orders.get(at) {
            if order.is_due(days) {
                listed.push((order.id, at));
            }
            at = order.links.after;
        }
        listed.sort_unstable();
        listed.truncate(count);
        for (order, slot) in &listed {
            let ended = self.end_order(*slot);
            self.sweep.ended.push(DayEnded { order: *order, ended });
        }
        let taken = listed.len();
        self.sweep.orders = listed;
        taken
    }

    fn end_order(&mut self, slot: Slot) -> bool {
        let days = self.lane.days;
        let Some(order) = self.orders.get(slot) else { return false };
        // A fill that came after the change counts in the day that it came in.
        let earlier = self.reports(order).filter(|report| report.day < days);
        let (base, _) = OrderRow::filled_by(earlier);
        let Some(order) = self.orders.get_mut(slot) else { return false };
        let ends = !order.time_in_force.outlives_day();
        if ends {
            // FIX: those that don't rest are cancelled, never expired.
            let at_once = matches!(
                order.time_in_force,
                TimeInForce::ImmediateOrCancel | TimeInForce::FillOrKill
            );
            order.end(if at_once { Phase::Canceled } else { Phase::Expired });
            // Of an order that is filled only requests were left.
            order.drop_requests();
            let requests = order.requests;
            self.fail_requests(requests);
        } else {
            order.renew(days, base);
            // What is due is told apart by its day, and that is another one now.
            self.sweep.due -= 1;
        }
        self.changed(slot, true);
        ends
    }

    /// Requests of a list that weren't answered have failed, so that an answer that comes late
    /// isn't taken for that of another one.
    fn fail_requests(&mut self, mut at: Slot) {
        while let Some(request) = self.window.requests.get(at) {
            let next = request.next;
            if request.kind != RequestKind::New && request.answer == Answer::Pending {
                self.window.change(at, &mut self.sum, |row| row.answer = Answer::Failed);
            }
            at = next;
        }
    }
}

impl Sweep {
    pub(crate) fn with_room(orders: usize) -> Self {
        Self {
            accounts: Vec::with_capacity(ACCOUNTS_AT_ONCE),
            orders: Vec::with_capacity(orders),
            ended: Vec::with_capacity(orders),
            ..Self::default()
        }
    }

    pub(crate) fn clear(&mut self) {
        self.ended.clear();
    }
}

impl OrderRow {
    /// Whether it is open although its business day has ended.
    pub(crate) const fn is_due(&self, days: u32) -> bool {
        self.day < days && self.is_open()
    }

    /// Whether its day is written: that of a lane that has seen no change isn't.
    pub(crate) const fn has_day(&self) -> bool {
        self.day != 0 || self.day_base.0 != 0
    }

    /// It goes on in the day of this number, which counts anew from `base`.
    const fn renew(&mut self, day: u32, base: Quantity) {
        if matches!(self.phase, Phase::DoneForDay | Phase::Calculated) {
            self.phase = Phase::Live;
        }
        self.day = day;
        self.day_base = base;
    }
}
