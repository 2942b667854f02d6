//! The books' invariants, checked over every row: for tests, snapshots and `journal verify`.

use domain::{OrderId, Side};

use crate::exposure::{buys, is_short};
use crate::life::Phase;
use crate::limit::{ReservedRow, UseRow};
use crate::order::OrderRow;
use crate::state::Books;
use crate::table::Slot;

/// What doesn't hold, named by its invariant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// INV-10: the running digest isn't the digest of the rows.
    #[error("INV-10: the running digest isn't the digest of the rows")]
    Digest,
    /// INV-8: the window holds what lies behind the horizon, or more than its cap.
    #[error("INV-8: the window doesn't fit its horizon or its cap")]
    Window,
    /// INV-14: CumQty or notional isn't the sum of an order's live fills.
    #[error("INV-14: order {0}: CumQty or AvgPx isn't what its live fills say")]
    Fills(OrderId),
    /// OrderQty = CumQty + LeavesQty + cancelled doesn't hold.
    #[error("INV-14: order {0}: OrderQty isn't CumQty + LeavesQty + cancelled")]
    Quantities(OrderId),
    /// Open orders and their accounts' lists disagree.
    #[error("INV-9: the lists of open orders don't hold the open orders")]
    OpenOrders,
    /// The count of orders whose business day has ended isn't what the orders say.
    #[error("INV-10: the orders whose business day has ended are not counted right")]
    Due,
    /// What is counted for controls isn't what the orders say.
    #[error("INV-10: account {0:032x}: its exposure isn't what its orders say")]
    Exposure(u128),
    /// INV-12: what a lane uses of a limit isn't what its accounts do.
    #[error("INV-12: what the lane uses of a limit isn't the sum of what its accounts use")]
    Use,
    /// An order's requests don't lead back to it, or the count of those that do is wrong.
    #[error("INV-8: order {0}: its requests don't lead back to it")]
    Requests(OrderId),
}

impl Books {
    /// Checks every row.
    ///
    /// # Errors
    /// The first [`Broken`] invariant.
    pub fn check(&self) -> Result<(), Broken> {
        if self.digest() != self.recount() {
            return Err(Broken::Digest);
        }
        self.check_window()?;
        self.check_lists()?;
        self.check_counts()?;
        self.check_use()?;
        self.orders().try_for_each(|order| self.check_order(order))
    }

    fn check_window(&self) -> Result<(), Broken> {
        let rows = || self.window.requests.iter().map(|(_, row)| row);
        let above = rows().filter(|row| row.transact_time > self.window.horizon).count();
        let attached = rows().filter(|row| row.is_attached()).count();
        let useless =
            rows().any(|row| row.transact_time <= self.window.horizon && !row.is_attached());
        let fits = above == self.window.len()
            && above <= self.window.identities as usize
            && attached == self.window.attached
            && !useless
            && self.window.oldest().is_none_or(|oldest| oldest > self.window.horizon);
        if fits { Ok(()) } else { Err(Broken::Window) }
    }

    fn check_use(&self) -> Result<(), Broken> {
        for (limit, allotment) in self.allotments() {
            let used = |row: &UseRow| match row.limit {
                own if own == limit => row.long(),
                own if own.short() == limit => row.short(),
                _ => 0,
            };
            let used = self.uses.iter().fold(0_i128, |sum, (_, row)| sum.wrapping_add(used(row)));
            if used != allotment.used {
                return Err(Broken::Use);
            }
        }
        let is_reserved = |row: &ReservedRow| self.orders.find(row.order).is_some();
        if self.reserved.iter().all(|(_, row)| is_reserved(row)) {
            Ok(())
        } else {
            Err(Broken::Use)
        }
    }

    fn check_lists(&self) -> Result<(), Broken> {
        let mut listed = 0;
        for (_, account) in self.accounts.iter() {
            let (mut at, mut before, mut count) = (account.first, Slot::NONE, 0);
            while let Some(order) = self.orders.get(at) {
                if order.links.before != before || order.account != account.key {
                    return Err(Broken::OpenOrders);
                }
                if !order.is_open() || count > account.open_orders {
                    return Err(Broken::OpenOrders);
                }
                (before, at, count) = (at, order.links.after, count + 1);
            }
            if count != account.open_orders {
                return Err(Broken::OpenOrders);
            }
            listed += count as usize;
        }
        let open = self.orders().filter(|order| order.is_open()).count();
        if listed != open || open != self.open {
            return Err(Broken::OpenOrders);
        }
        let days = self.lane.days;
        let due = self.orders().filter(|order| order.is_due(days)).count();
        if due == self.sweep.due { Ok(()) } else { Err(Broken::Due) }
    }

    fn check_counts(&self) -> Result<(), Broken> {
        if !self.counting().is_on {
            return Ok(());
        }
        for (_, row) in self.exposures.iter() {
            let orders = || {
                let of =
                    |order: &&OrderRow| (order.account, order.symbol) == (row.account, row.symbol);
                self.orders().filter(of)
            };
            let open = |side: fn(Side) -> bool| {
                let of_side = orders().filter(|order| side(order.side));
                of_side.map(|order| i128::from(self.open_of(order).0.0)).sum()
            };
            let sells: fn(Side) -> bool = |side| !buys(side);
            let counted: [i128; 3] = [open(buys), open(sells), open(is_short)];
            let held = [row.open_buy, row.open_sell, row.open_short];
            let signed = |order: &OrderRow| {
                let filled = i128::from(order.cum_qty.0);
                if buys(order.side) { filled } else { -filled }
            };
            let position: i128 = orders().map(signed).sum();
            // Orders that are let go leave their fills behind.
            let holds = self.lane.days >= 2 || position == row.position;
            let (mut at, mut listed) = (row.first, 0_i128);
            while let Some(order) = self.orders.get(at) {
                (at, listed) = (order.peers.after, listed + i128::from(self.open_of(order).0.0));
            }
            if counted != held || !holds || listed != counted[0] + counted[1] {
                return Err(Broken::Exposure(row.account.0));
            }
        }
        self.check_flows()
    }

    fn check_flows(&self) -> Result<(), Broken> {
        for (_, row) in self.flows.iter() {
            let orders = || self.orders().filter(|order| order.account == row.account);
            let open = orders().map(|order| self.open_of(order).1.0).fold(0, i128::wrapping_add);
            let traded = orders().map(|order| order.notional.0).fold(0, i128::wrapping_add);
            let holds = self.lane.days > 0 || traded == row.traded.0;
            if open != row.open.0 || !holds {
                return Err(Broken::Exposure(row.account.0));
            }
        }
        Ok(())
    }

    fn check_order(&self, order: &OrderRow) -> Result<(), Broken> {
        if OrderRow::filled_by(self.reports(order)) != (order.cum_qty, order.notional) {
            return Err(Broken::Fills(order.id));
        }
        let earlier = self.reports(order).filter(|report| report.day < order.day);
        if OrderRow::filled_by(earlier).0 != order.day_base {
            return Err(Broken::Fills(order.id));
        }
        let parts = order.cum_qty.plus(order.leaves_qty()).plus(order.cancelled_qty());
        let unfilled = order.phase != Phase::Rejected || order.cum_qty.0 == 0;
        if order.order_qty.0 >= 0 && (parts != order.order_qty || !unfilled) {
            return Err(Broken::Quantities(order.id));
        }
        let slot = self.orders.find(order.id).unwrap_or(Slot::NONE);
        if self.requests(order).any(|request| request.place != slot) {
            return Err(Broken::Requests(order.id));
        }
        Ok(())
    }
}
