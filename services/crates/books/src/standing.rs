//! What controls read of the books: where an account stands in an instrument, with what it traded
//! and asked.
//!
//! Nothing here changes anything. Each row is looked up once per decision.

use domain::counting::period_start;
use domain::{AccountKey, Counting, Notional, PartyKey, Price, Quantity, Side, Symbol, Timestamp};

use crate::exposure::{ExposureRow, FlowRow, buys};
use crate::order::OrderRow;
use crate::state::Books;

impl Books {
    /// What is counted for controls.
    #[must_use]
    pub const fn counting(&self) -> Counting {
        self.lane.counting
    }

    /// Where an account stands in an instrument; nowhere, where it never had anything.
    #[must_use]
    pub fn exposure_of(&self, account: AccountKey, symbol: Symbol) -> ExposureRow {
        let row = self.exposures.row((account, symbol)).copied();
        row.unwrap_or_else(|| ExposureRow::new(account, symbol))
    }

    /// What an account traded today and has open.
    #[must_use]
    pub fn flow_of(&self, account: AccountKey) -> FlowRow {
        self.flows.row(account).copied().unwrap_or_else(|| FlowRow::new(account))
    }

    /// What is open of an order and what it counts for: the larger of what is in force and what its
    /// pending replaces ask for.
    #[must_use]
    pub fn counted_open(&self, order: &OrderRow) -> (Quantity, Notional) {
        self.open_of(order)
    }

    /// Requests of an account in the period that holds `time`.
    #[must_use]
    pub fn messages(&self, account: AccountKey, time: Timestamp) -> u32 {
        let since = period_start(time, self.lane.counting.messages_ns);
        let row = self.flows.row(account).filter(|row| row.since == since);
        row.map_or(0, |row| row.messages)
    }

    /// Orders of a strategy that traded in the period that holds `time`; `None` when it is disabled
    /// until a named person releases its account.
    #[must_use]
    pub fn executions(
        &self,
        account: AccountKey,
        strategy: PartyKey,
        time: Timestamp,
    ) -> Option<u32> {
        let Some(row) = self.strategies.row((account, strategy)) else { return Some(0) };
        let since = period_start(time, self.lane.counting.executions_ns);
        let count = if row.since == since { row.executions } else { 0 };
        (!row.disabled).then_some(count)
    }

    /// Whether an order could trade with an open one of its own account. A price of 0 is any price.
    #[must_use]
    pub fn would_match_itself(&self, row: &ExposureRow, side: Side, price: Price) -> bool {
        let against = if buys(side) { row.open_sell } else { row.open_buy };
        if against == 0 {
            return false;
        }
        let mut at = row.first;
        while let Some(order) = self.orders.get(at) {
            at = order.peers.after;
            if buys(order.side) != buys(side) && crosses(order, side, price) {
                return true;
            }
        }
        false
    }

    /// Whether there is room to count another pair of account and instrument, or strategy.
    #[must_use]
    pub fn has_room_to_count(
        &self,
        account: AccountKey,
        symbol: Symbol,
        strategy: PartyKey,
    ) -> bool {
        !self.lane.counting.is_on
            || (self.exposures.len() < self.capacity.exposures
                || self.exposures.find((account, symbol)).is_some())
                && (self.strategies.len() < self.capacity.strategies
                    || self.strategies.find((account, strategy)).is_some())
    }
}

fn crosses(order: &OrderRow, side: Side, price: Price) -> bool {
    if price.0 == 0 || order.price.0 == 0 {
        return true;
    }
    if buys(side) { price >= order.price } else { price <= order.price }
}
