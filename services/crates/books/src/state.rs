//! The books of one lane: all tables, and the sums that stand for them.
//!
//! Entry points: [`Books::new`]; changes are in `apply`, readings in `views`, bytes in `snapshot`.
//! Invariants: `sum` is at all times the sum of the account rows' digests, `kill_sum` of the kill
//! switches'; each change of a row goes through a function here or in `window` that moves the sum
//! too. It decides nothing and calls no clock. On a crash it is built again from a snapshot and the
//! chain's tail.

use domain::entry::FORMAT;
use domain::{AccountKey, Counting, ExecIdentity, Mic, OrderId, StateDigest, Timestamp};

use crate::account::{AccountRow, KillRow, VenueRow};
use crate::canonical::{Canonical, tables};
use crate::capacity::Capacity;
use crate::day::Sweep;
use crate::effect::MassCancelled;
use crate::exposure::{ExposureRow, FlowRow, StrategyRow};
use crate::health::HealthRow;
use crate::limit::{AllotmentRow, ReservedRow, UseRow};
use crate::order::{Links, OrderRow};
use crate::overrides::OverrideRow;
use crate::report::ReportRow;
use crate::table::{Slot, Table};
use crate::window::Window;

/// All state that decisions of one lane are made from.
#[derive(Clone)]
pub struct Books {
    pub(crate) capacity: Capacity,
    /// Format of the entry that is applied; no row, each entry says its own.
    pub(crate) format: u16,
    pub(crate) accounts: Table<AccountRow>,
    pub(crate) venues: Table<VenueRow>,
    pub(crate) orders: Table<OrderRow>,
    pub(crate) reports: Table<ReportRow>,
    pub(crate) kills: Table<KillRow>,
    pub(crate) healths: Table<HealthRow>,
    pub(crate) exposures: Table<ExposureRow>,
    pub(crate) flows: Table<FlowRow>,
    pub(crate) strategies: Table<StrategyRow>,
    pub(crate) overrides: Table<OverrideRow>,
    pub(crate) allotments: Table<AllotmentRow>,
    pub(crate) uses: Table<UseRow>,
    pub(crate) reserved: Table<ReservedRow>,
    pub(crate) window: Window,
    pub(crate) lane: LaneRow,
    /// Orders that are open.
    pub(crate) open: usize,
    /// The last mass cancel's orders.
    pub(crate) mass: Vec<MassCancelled>,
    /// The change of business day that is under way.
    pub(crate) sweep: Sweep,
    /// Sum of the digests of rows keyed by account.
    pub(crate) sum: u128,
    /// Sum of the digests of kill switches and of venues that aren't well.
    pub(crate) kill_sum: u128,
    /// Sum of the digests of allotments.
    pub(crate) allotted: u128,
}

/// What there is one of per lane. Lane time isn't in its digest: ticks depend on when nothing came,
/// and an undisturbed run must end with the same digest as a killed one.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct LaneRow {
    pub(crate) time: Timestamp,
    pub(crate) configuration: u64,
    pub(crate) hash: [u8; 16],
    /// Number of the last kill command.
    pub(crate) kill: u64,
    /// Changes of business day so far.
    pub(crate) days: u32,
    /// No new and no changed orders are taken: a destination lags.
    pub(crate) closed: bool,
    pub(crate) counting: Counting,
    /// Number of the last override.
    pub(crate) overrides: u64,
}

impl Books {
    /// Empty books with all their room reserved.
    #[must_use]
    pub fn new(capacity: &Capacity) -> Self {
        Self {
            capacity: *capacity,
            format: FORMAT,
            accounts: Table::with_room(capacity.accounts),
            venues: Table::with_room(capacity.venues),
            orders: Table::with_room(capacity.orders),
            reports: Table::with_room(capacity.reports),
            kills: Table::with_room(capacity.kills),
            healths: Table::with_room(capacity.kills),
            exposures: Table::with_room(capacity.exposures),
            flows: Table::with_room(capacity.accounts),
            strategies: Table::with_room(capacity.strategies),
            overrides: Table::with_room(capacity.kills),
            allotments: Table::with_room(capacity.limits),
            uses: Table::with_room(capacity.uses),
            reserved: Table::with_room(capacity.reserved),
            window: Window::new(capacity.requests, capacity.window, capacity.window_ns),
            lane: LaneRow::default(),
            open: 0,
            mass: Vec::with_capacity(capacity.mass_cancels),
            sweep: Sweep::with_room(capacity.mass_cancels),
            sum: 0,
            kill_sum: 0,
            allotted: 0,
        }
    }

    /// What is applied from here on belongs to an entry of this format, and does what it did when
    /// that was the newest. New books begin with the newest.
    pub const fn read_as(&mut self, format: u16) {
        self.format = format;
    }

    /// Format of the entry that what is applied belongs to.
    #[must_use]
    pub const fn format(&self) -> u16 {
        self.format
    }

    /// The state digest: two sums that don't depend on how inputs were batched.
    #[must_use]
    pub fn digest(&self) -> StateDigest {
        let lane = self.kill_sum.wrapping_add(self.allotted);
        let lane = lane.wrapping_add(self.lane_digest());
        StateDigest { accounts: self.sum, lane }
    }

    /// The state digest, counted again from every row.
    #[must_use]
    pub fn recount(&self) -> StateDigest {
        let rows = self.accounts.iter().map(|(_, row)| Canonical::account(row));
        let rows = rows.chain(self.venues.iter().map(|(_, row)| Canonical::venue(row)));
        let rows = rows.chain(self.orders.iter().map(|(_, row)| Canonical::order(row)));
        let rows = rows.chain(self.orders.iter().filter_map(|(_, row)| Canonical::parties(row)));
        let rows = rows.chain(self.orders.iter().filter_map(|(_, row)| Canonical::day(row)));
        let rows = rows.chain(self.window.requests.iter().map(|(_, row)| Canonical::request(row)));
        let rows = rows.chain(self.reports.iter().map(|(_, row)| Canonical::report(row)));
        let prices = self.orders.iter().filter_map(|(_, row)| Canonical::reserved_price(row));
        let rows = rows.chain(prices);
        let rows = rows.chain(self.exposures.iter().map(|(_, row)| Canonical::exposure(row)));
        let rows = rows.chain(self.flows.iter().map(|(_, row)| Canonical::flow(row)));
        let rows = rows.chain(self.strategies.iter().map(|(_, row)| Canonical::strategy(row)));
        let rows = rows.chain(self.overrides.iter().map(|(_, row)| Canonical::overriding(row)));
        let rows = rows.chain(self.uses.iter().map(|(_, row)| Canonical::used(row)));
        let rows = rows.chain(self.reserved.iter().map(|(_, row)| Canonical::reserved(row)));
        let accounts = rows.fold(0, |sum: u128, row| sum.wrapping_add(row.digest()));
        let kills = self.kills.iter().map(|(_, row)| Canonical::kill(row).digest());
        let healths = self.healths.iter().map(|(_, row)| Canonical::health(row).digest());
        let allotted = self.allotments.iter().map(|(_, row)| Canonical::allotment(row).digest());
        let rows = kills.chain(healths).chain(allotted);
        let lane = rows.fold(self.lane_digest(), u128::wrapping_add);
        StateDigest { accounts, lane }
    }

    fn lane_digest(&self) -> u128 {
        let counting = Canonical::counting(&self.lane.counting);
        let counting = counting.map_or(0, |row| row.digest());
        let given = Canonical::overrides(self.lane.overrides).map_or(0, |row| row.digest());
        self.lane_row().digest().wrapping_add(counting).wrapping_add(given)
    }

    pub(crate) fn lane_row(&self) -> Canonical {
        let mut to = Canonical::new(tables::LANE);
        to.put(&self.window.horizon.0.to_be_bytes())
            .put(&self.window.span_ns.to_be_bytes())
            .put(&self.window.identities.to_be_bytes())
            .put(&self.lane.configuration.to_be_bytes())
            .put(&self.lane.hash)
            .put(&self.lane.kill.to_be_bytes())
            .put(&self.lane.days.to_be_bytes())
            .put(&[u8::from(self.lane.closed)]);
        to
    }

    pub(crate) fn forget_order(&mut self, id: OrderId) {
        let Some(order) = self.orders.remove(id) else { return };
        self.sum = self.sum.wrapping_sub(order.digest);
        self.forget_reserved(id);
        let mut at = order.requests;
        while let Some(next) = self.window.requests.get(at).map(|row| row.next) {
            self.window.detach(at, &mut self.sum);
            at = next;
        }
        let mut at = order.reports;
        while let Some((exec, next)) = self.reports.get(at).map(|row| (row.exec, row.next)) {
            self.forget_report(exec);
            at = next;
        }
    }

    pub(crate) fn forget_report(&mut self, exec: ExecIdentity) {
        if let Some(report) = self.reports.remove(exec) {
            self.sum = self.sum.wrapping_sub(Canonical::report(&report).digest());
        }
    }

    /// The account's row, made if it is new.
    pub(crate) fn account_slot(&mut self, key: AccountKey) -> Slot {
        if let Some(slot) = self.accounts.find(key) {
            return slot;
        }
        let row = AccountRow::new(key);
        self.sum = self.sum.wrapping_add(Canonical::account(&row).digest());
        self.accounts.insert(row)
    }

    pub(crate) fn set_halted(&mut self, key: AccountKey, halted: bool) {
        // Releasing an account that was never seen leaves nothing behind.
        if !halted && self.accounts.find(key).is_none() {
            return;
        }
        let slot = self.account_slot(key);
        if let Some(row) = self.accounts.get_mut(slot) {
            self.sum = self.sum.wrapping_sub(Canonical::account(row).digest());
            row.halted = halted;
            self.sum = self.sum.wrapping_add(Canonical::account(row).digest());
        }
    }

    /// The number `last` was used for (account, venue); numbers never go back (INV-13).
    pub(crate) fn number(&mut self, account: AccountKey, venue: Mic, last: u64) {
        let slot = match self.venues.find((account, venue)) {
            Some(slot) => slot,
            None => {
                let row = VenueRow { account, venue, last: 0 };
                self.sum = self.sum.wrapping_add(Canonical::venue(&row).digest());
                self.venues.insert(row)
            }
        };
        if let Some(row) = self.venues.get_mut(slot) {
            self.sum = self.sum.wrapping_sub(Canonical::venue(row).digest());
            row.last = row.last.max(last);
            self.sum = self.sum.wrapping_add(Canonical::venue(row).digest());
        }
    }

    /// Ends a change of an order: revision, open list, digest. `was_open` is from before the
    /// change.
    pub(crate) fn changed(&mut self, slot: Slot, was_open: bool) {
        let days = self.lane.days;
        let Some(order) = self.orders.get_mut(slot) else { return };
        let is_open = order.is_open();
        debug_assert!(order.cum_qty.0 <= order.order_qty.0.max(0), "INV-14: filled beyond it");
        order.rev = order.rev.saturating_add(1);
        if is_open {
            order.closed = 0;
        } else if was_open {
            order.closed = days;
        }
        let digest = Canonical::order_digest(order);
        self.sum = self.sum.wrapping_sub(order.digest).wrapping_add(digest);
        order.digest = digest;
        let (account, of_past) = (order.account, order.day < days);
        self.follow_due(account, was_open && of_past, is_open && of_past);
        match (was_open, is_open) {
            (false, true) => self.link(slot),
            (true, false) => self.unlink(slot),
            _ => {}
        }
        self.count_order(slot);
        self.count_use(slot);
    }

    /// Puts an order at the head of its account's open ones.
    pub(crate) fn link(&mut self, slot: Slot) {
        let Some(key) = self.orders.get(slot).map(|order| order.account) else { return };
        let account = self.account_slot(key);
        let Some(account) = self.accounts.get_mut(account) else { return };
        let after = std::mem::replace(&mut account.first, slot);
        account.open_orders += 1;
        self.open += 1;
        if let Some(next) = self.orders.get_mut(after) {
            next.links.before = slot;
        }
        if let Some(order) = self.orders.get_mut(slot) {
            order.links = Links { before: Slot::NONE, after };
        }
    }

    fn unlink(&mut self, slot: Slot) {
        let Some(order) = self.orders.get_mut(slot) else { return };
        let links = std::mem::replace(&mut order.links, Links::NONE);
        let key = order.account;
        if let Some(next) = self.orders.get_mut(links.after) {
            next.links.before = links.before;
        }
        if let Some(before) = self.orders.get_mut(links.before) {
            before.links.after = links.after;
        }
        self.open -= 1;
        let account = self.account_slot(key);
        if let Some(account) = self.accounts.get_mut(account) {
            account.open_orders -= 1;
            if links.before == Slot::NONE {
                account.first = links.after;
            }
        }
    }
}
