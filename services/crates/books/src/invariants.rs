//! The books' invariants, checked over every row: for tests, snapshots and `journal verify`.

use domain::OrderId;

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
    /// INV-12: what a lane uses of a limit isn't what its accounts do.
    #[error("INV-12: what the lane uses of a limit isn't the sum of what its accounts use")]
    Use,
    /// The count of orders whose business day has ended isn't what the orders say.
    #[error("INV-10: the orders whose business day has ended are not counted right")]
    Due,
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
