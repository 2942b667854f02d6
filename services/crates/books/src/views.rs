//! What decisions, look-ups and metrics read of the books.
//!
//! Nothing here changes anything. `routing` looks each key up once and passes rows on.

use domain::TradingState;
use domain::inbound::{MassCancel, Report, scope_key};
use domain::scope::ALL_TARGET;
use domain::{AccountKey, ExecIdentity, Identity, Mic, OrderId, Parties, Scope, Symbol, Timestamp};

use crate::account::{AccountRow, KillRow};
use crate::capacity::{Capacity, REPORTS_PER_OPEN_ORDER};
use crate::effect::MassCancelled;
use crate::life;
use crate::order::OrderRow;
use crate::report::ReportRow;
use crate::request::RequestRow;
use crate::state::Books;
use crate::table::Slot;

/// Lane time and horizon as they are while a record is decided: its own arrival counts already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The later of lane time before it and its arrival.
    pub lane_time: Timestamp,
    /// The horizon at that time.
    pub horizon: Timestamp,
}

/// Whom an order names, for trading states.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Named {
    /// Hash of its executing firm's id; 0 when it gave none.
    pub firm: u128,
    /// Its account.
    pub account: AccountKey,
    /// Who else stands behind it.
    pub parties: Parties,
    /// Its instrument.
    pub symbol: Symbol,
}

/// How many rows there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Accounts.
    pub accounts: usize,
    /// Pairs of account and venue.
    pub venues: usize,
    /// Orders in the books.
    pub orders: usize,
    /// Those of them that are open.
    pub open_orders: usize,
    /// Requests of those orders.
    pub requests: usize,
    /// Identities above the horizon.
    pub window: usize,
    /// Reports, unmatched ones among them.
    pub reports: usize,
    /// Kill switches that are thrown.
    pub kills: usize,
}

impl Books {
    /// Lane time and horizon for a record that arrived at `arrival`.
    #[must_use]
    pub fn moment(&self, arrival: Timestamp) -> Moment {
        let lane_time = self.lane.time.max(arrival);
        Moment { lane_time, horizon: self.window.horizon_at(lane_time) }
    }

    /// Lane time of the last record or tick.
    #[must_use]
    pub const fn lane_time(&self) -> Timestamp {
        self.lane.time
    }

    /// At or below this TransactTime nothing is decided whose identity isn't kept (INV-8).
    #[must_use]
    pub const fn horizon(&self) -> Timestamp {
        self.window.horizon
    }

    /// The oldest TransactTime above the horizon: what the window covers, as a metric.
    #[must_use]
    pub fn window_from(&self) -> Option<Timestamp> {
        self.window.oldest()
    }

    /// The window's reach as it is recorded: span in nanoseconds, most identities.
    #[must_use]
    pub const fn window_reach(&self) -> (i64, u32) {
        (self.window.span_ns, self.window.identities)
    }

    /// The request of an identity, whether it is still kept or only names an order.
    #[must_use]
    pub fn request(&self, identity: Identity) -> Option<&RequestRow> {
        self.window.requests.row(identity)
    }

    /// The request of an identity if it is kept under this horizon (INV-8).
    #[must_use]
    pub fn window(&self, identity: Identity, horizon: Timestamp) -> Option<&RequestRow> {
        self.request(identity).filter(|row| self.is_kept(row, horizon))
    }

    /// Whether a request is kept: its TransactTime is above the horizon, or its order is open.
    #[must_use]
    pub fn is_kept(&self, row: &RequestRow, horizon: Timestamp) -> bool {
        row.transact_time > horizon || self.orders.get(row.place).is_some_and(OrderRow::is_open)
    }

    /// An order by our name of it.
    #[must_use]
    pub fn order(&self, id: OrderId) -> Option<&OrderRow> {
        self.orders.row(id)
    }

    /// An order by any ClOrdID of its chain.
    #[must_use]
    pub fn find(&self, identity: Identity) -> Option<&OrderRow> {
        self.orders.get(self.request(identity)?.place)
    }

    /// Every order in the books, in no order that means anything.
    pub fn orders(&self) -> impl Iterator<Item = &OrderRow> {
        self.orders.iter().map(|(_, order)| order)
    }

    /// The reports of an order, last first.
    pub fn reports(&self, order: &OrderRow) -> impl Iterator<Item = &ReportRow> {
        let mut at = order.reports;
        std::iter::from_fn(move || {
            let row = self.reports.get(at)?;
            at = row.next;
            Some(row)
        })
    }

    /// The requests that an order's chain is made of, last first.
    pub fn requests(&self, order: &OrderRow) -> impl Iterator<Item = &RequestRow> {
        let mut at = order.requests;
        std::iter::from_fn(move || {
            let row = self.window.requests.get(at)?;
            at = row.next;
            Some(row)
        })
    }

    /// A venue's report by its identity.
    #[must_use]
    pub fn report(&self, exec: ExecIdentity) -> Option<&ReportRow> {
        self.reports.row(exec)
    }

    /// The order that a report changes: found by ClOrdID, then OrigClOrdID, then ExecRefID. `None`
    /// when there is none or the report makes no sense for it: it is `Unmatched` (INV-14).
    #[must_use]
    pub fn matching(&self, report: &Report) -> Option<&OrderRow> {
        let named = self.window.requests.row(report.identity);
        let attached = |row: &RequestRow| row.is_attached().then_some(row.place);
        let slot = named
            .and_then(attached)
            .or_else(|| self.window.requests.row(report.original).and_then(attached))
            .or_else(|| self.orders.find(self.reports.row(report.exec_ref)?.order))?;
        let order = self.orders.get(slot).filter(|order| order.account == report.account)?;
        let request = named.filter(|row| row.place == slot);
        let referred = self.reports.row(report.exec_ref);
        life::fits(order, report, request, referred).then_some(order)
    }

    /// An account's row, if it has had an order or was halted.
    #[must_use]
    pub fn account(&self, key: AccountKey) -> Option<&AccountRow> {
        self.accounts.row(key)
    }

    /// Number of the next output to (account, venue) (INV-13).
    #[must_use]
    pub fn next_venue_seq(&self, account: AccountKey, venue: Mic) -> u64 {
        self.venues.row((account, venue)).map_or(1, |row| row.last.saturating_add(1))
    }

    /// How many orders a mass cancel names.
    #[must_use]
    pub fn mass_count(&self, mass: &MassCancel) -> u32 {
        let mut at = self.accounts.row(mass.head.account).map_or(Slot::NONE, |row| row.first);
        let mut count = 0;
        while let Some(order) = self.orders.get(at) {
            at = order.links.after;
            count += u32::from(order.is_named_by(mass));
        }
        count
    }

    /// The orders of the mass cancel that was applied last, in order-id order; empty after any
    /// other input.
    #[must_use]
    pub fn mass_cancelled(&self) -> &[MassCancelled] {
        &self.mass
    }

    /// The trading state of an order of these: the strictest of all scopes that name one of them,
    /// venues left out. A halted account is halted (INV-11).
    #[must_use]
    pub fn trading_state(&self, named: &Named) -> TradingState {
        if self.accounts.row(named.account).is_some_and(|row| row.halted) {
            return TradingState::Halted;
        }
        if self.kills.len() == 0 {
            return TradingState::Active;
        }
        let state = |scope, target| {
            self.kills.row((scope, target)).map_or(TradingState::Active, |row| row.state)
        };
        let all = scope_key(Scope::All, ALL_TARGET);
        let symbol = scope_key(Scope::Symbol, named.symbol.as_str());
        let parties = named.parties.each();
        let parties = parties.into_iter().filter(|(_, party)| party.is_someone());
        let parties = parties.map(|(scope, party)| state(scope, u128::from(party.0)));
        let firm =
            if named.firm == 0 { TradingState::Active } else { state(Scope::Firm, named.firm) };
        parties
            .fold(state(Scope::All, all), TradingState::and)
            .and(firm)
            .and(state(Scope::Account, named.account.0))
            .and(state(Scope::Symbol, symbol))
    }

    /// The trading state of a venue.
    #[must_use]
    pub fn venue_state(&self, venue: Mic) -> TradingState {
        if self.kills.len() == 0 {
            return TradingState::Active;
        }
        let target = scope_key(Scope::Venue, venue.as_str());
        self.kills.row((Scope::Venue, target)).map_or(TradingState::Active, |row| row.state)
    }

    /// The trading states that aren't active, in no order that means anything.
    pub fn kills(&self) -> impl Iterator<Item = &KillRow> {
        self.kills.iter().map(|(_, row)| row)
    }

    /// Number of the last kill command that was applied.
    #[must_use]
    pub const fn last_kill(&self) -> u64 {
        self.lane.kill
    }

    /// Number and content hash of the configuration set in force; number 0 before the first.
    #[must_use]
    pub const fn configuration(&self) -> (u64, [u8; 16]) {
        (self.lane.configuration, self.lane.hash)
    }

    /// Whether new and changed orders are refused because a destination lags.
    #[must_use]
    pub const fn is_closed(&self) -> bool {
        self.lane.closed
    }

    /// Whether a new order has room, so that reports and cancels of all open orders still fit.
    #[must_use]
    pub fn has_room(&self, account: AccountKey) -> bool {
        let limits = &self.capacity;
        let open = self.open + 1;
        self.orders.len() < limits.orders
            && self.reports.len() + open * REPORTS_PER_OPEN_ORDER <= limits.reports
            && self.has_room_for_replace()
            && (self.accounts.len() < limits.accounts || self.accounts.find(account).is_some())
    }

    /// Whether (account, venue) has a number, or room for one.
    #[must_use]
    pub fn has_room_at(&self, account: AccountKey, venue: Mic) -> bool {
        self.venues.len() < self.capacity.venues || self.venues.find((account, venue)).is_some()
    }

    /// Whether another replace has room beside a cancel of each open order, and is taken at all.
    #[must_use]
    pub fn has_room_for_replace(&self) -> bool {
        !self.lane.closed && self.window.attached + self.open + 2 <= self.capacity.requests
    }

    /// The limits that the books were made with.
    #[must_use]
    pub const fn capacity(&self) -> &Capacity {
        &self.capacity
    }

    /// How many rows there are.
    #[must_use]
    pub fn counts(&self) -> Counts {
        Counts {
            accounts: self.accounts.len(),
            venues: self.venues.len(),
            orders: self.orders.len(),
            open_orders: self.open,
            requests: self.window.attached,
            window: self.window.len(),
            reports: self.reports.len(),
            kills: self.kills.len(),
        }
    }
}
