//! What orders use of limits that span lanes, and what the lane may use of them.
//!
//! Entry points: [`Books::allotment`], [`Books::growth`], [`Books::growth_of_replace`] for
//! decisions; the rest follows each change of an order.
//! Invariants: INV-12. An order counts from its admission on; a pending replace counts for the
//! larger quantity. What an account uses is never below 0, so that one account's position doesn't
//! make room for another's. Sums wrap rather than saturate, so that what is added is taken off
//! again exactly; no order that a control lets pass comes near. It refuses nothing: a lane above
//! its allotment stays there until its use falls. On a crash the same inputs give the same sums.

use domain::{
    AccountKey, Allotment, Counts, LimitKey, OrderId, Price, Quantity, Reservation, Reservations,
};

use crate::canonical::Canonical;
use crate::limit::{AllotmentRow, ReservedRow, UseRow, value};
use crate::order::OrderRow;
use crate::request::{Answer, RequestKind};
use crate::state::Books;
use crate::table::Slot;

/// By how much a decision would raise the lane's use of a limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Growth {
    /// The limit, or a net limit's short half.
    pub limit: LimitKey,
    /// By how much; 0 or below when it takes no more.
    pub amount: i128,
}

impl Books {
    /// What the lane may use of a limit and uses of it; zeros where it has none.
    #[must_use]
    pub fn allotment(&self, limit: LimitKey) -> Allotment {
        self.allotments.row(limit).map(AllotmentRow::view).unwrap_or_default()
    }

    /// Every allotment, and every limit that is used without one, in no order that means anything.
    pub fn allotments(&self) -> impl Iterator<Item = (LimitKey, Allotment)> {
        self.allotments.iter().map(|(_, row)| (row.limit, row.view()))
    }

    /// What an account uses of a limit: against the limit itself, and against its short half.
    #[must_use]
    pub fn used_by(&self, account: AccountKey, limit: LimitKey) -> (i128, i128) {
        self.uses.row((account, limit)).map_or((0, 0), |row| (row.long(), row.short()))
    }

    /// By how much an order that isn't in the books yet would raise the use of a limit's two
    /// halves.
    #[must_use]
    pub fn growth(
        &self,
        account: AccountKey,
        reservation: &Reservation,
        order_qty: Quantity,
    ) -> [Growth; 2] {
        let Reservation { limit, price, counts } = *reservation;
        let row = self.use_row(account, limit, counts);
        halves(&row, &row.with(counts, value(price, order_qty), 0))
    }

    /// By how much a replace to `order_qty` would raise the use of each limit that the order counts
    /// under; `price` is what a share then counts for, 0 leaves it.
    pub fn growth_of_replace(
        &self,
        order: &OrderRow,
        order_qty: Quantity,
        price: Price,
    ) -> impl Iterator<Item = Growth> {
        let open = self.largest(order).max(order_qty).minus(order.cum_qty);
        let reserved = (0..).map_while(move |number| self.reserved.row((order.id, number)));
        reserved.flat_map(move |reserved| {
            let row = self.use_row(order.account, reserved.limit, reserved.counts);
            let raised = reserved.raised(price);
            let more = raised.value(open).wrapping_sub(reserved.open);
            halves(&row, &row.with(reserved.counts, more, 0))
        })
    }

    /// An order's reservations enter with it.
    pub(crate) fn reserve(&mut self, slot: Slot, reservations: &Reservations) {
        for (number, reservation) in (0..).zip(reservations.iter()) {
            let Some(order) = self.orders.get(slot) else { return };
            let row = ReservedRow::new(order, number, &reservation);
            self.sum = self.sum.wrapping_add(Canonical::reserved(&row).digest());
            self.reserved.insert(row);
        }
    }

    /// A replace on its way counts at the higher price from now on.
    pub(crate) fn raise_reserved(&mut self, id: OrderId, price: Price) {
        let mut number = 0;
        while let Some(slot) = self.reserved.find((id, number)) {
            if let Some(row) = self.reserved.get_mut(slot) {
                self.sum = self.sum.wrapping_sub(Canonical::reserved(row).digest());
                *row = row.raised(price);
                self.sum = self.sum.wrapping_add(Canonical::reserved(row).digest());
            }
            number += 1;
        }
    }

    /// Brings use up to date with an order that changed.
    pub(crate) fn count_use(&mut self, slot: Slot) {
        if self.reserved.len() == 0 {
            return;
        }
        let Some(order) = self.orders.get(slot).copied() else { return };
        let mut number = 0;
        while let Some(at) = self.reserved.find((order.id, number)) {
            self.count_one(&order, at);
            number += 1;
        }
    }

    /// Forgets an order's reservations; what it traded stays in its account's use.
    pub(crate) fn forget_reserved(&mut self, id: OrderId) {
        let mut number = 0;
        while let Some(row) = self.reserved.remove((id, number)) {
            self.sum = self.sum.wrapping_sub(Canonical::reserved(&row).digest());
            number += 1;
        }
    }

    /// What the lane may use from here on. An older transfer than the last changes nothing.
    pub(crate) fn allot(&mut self, limit: LimitKey, amount: i128, transfer: u64) {
        if limit.is_none() || transfer < self.allotment(limit).transfer {
            return;
        }
        self.change_allotment(limit, |row| {
            row.amount = amount.max(0);
            row.transfer = transfer;
        });
    }

    /// What was traded under daily limits doesn't count any more.
    pub(crate) fn reset_daily_use(&mut self) {
        let daily = self.uses.iter().map(|(_, row)| row);
        let daily = daily.filter(|row| row.daily && row.net != 0);
        for row in daily.copied().collect::<Vec<_>>() {
            self.change_use(&row, &UseRow { net: 0, ..row });
        }
    }

    fn count_one(&mut self, order: &OrderRow, at: Slot) {
        let largest = self.largest(order);
        let Some(row) = self.reserved.get_mut(at) else { return };
        let open = if order.phase.is_over() { 0 } else { row.value(largest.minus(order.cum_qty)) };
        let done = row.traded(order);
        let (more_open, more_done) = (open.wrapping_sub(row.open), done.wrapping_sub(row.done));
        if (more_open, more_done) == (0, 0) {
            return;
        }
        self.sum = self.sum.wrapping_sub(Canonical::reserved(row).digest());
        (row.open, row.done) = (open, done);
        self.sum = self.sum.wrapping_add(Canonical::reserved(row).digest());
        let (account, limit, counts) = (row.account, row.limit, row.counts);
        let before = self.use_row(account, limit, counts);
        self.change_use(&before, &before.with(counts, more_open, more_done));
    }

    fn change_use(&mut self, before: &UseRow, after: &UseRow) {
        let slot = match self.uses.find((before.account, before.limit)) {
            Some(slot) => {
                self.sum = self.sum.wrapping_sub(Canonical::used(before).digest());
                slot
            }
            None => self.uses.insert(*before),
        };
        if let Some(row) = self.uses.get_mut(slot) {
            *row = *after;
        }
        self.sum = self.sum.wrapping_add(Canonical::used(after).digest());
        for growth in halves(before, after).into_iter().filter(|growth| growth.amount != 0) {
            self.change_allotment(growth.limit, |row| {
                row.used = row.used.wrapping_add(growth.amount);
            });
        }
    }

    fn change_allotment(&mut self, limit: LimitKey, change: impl FnOnce(&mut AllotmentRow)) {
        let slot = match self.allotments.find(limit) {
            Some(slot) => slot,
            None => {
                let row = AllotmentRow { limit, ..AllotmentRow::default() };
                self.allotted = self.allotted.wrapping_add(Canonical::allotment(&row).digest());
                self.allotments.insert(row)
            }
        };
        if let Some(row) = self.allotments.get_mut(slot) {
            self.allotted = self.allotted.wrapping_sub(Canonical::allotment(row).digest());
            change(row);
            self.allotted = self.allotted.wrapping_add(Canonical::allotment(row).digest());
        }
    }

    fn use_row(&self, account: AccountKey, limit: LimitKey, counts: Counts) -> UseRow {
        let fresh = || {
            let daily = counts == Counts::Gross;
            UseRow { account, limit, daily, ..UseRow::default() }
        };
        self.uses.row((account, limit)).copied().unwrap_or_else(fresh)
    }

    /// The largest OrderQty that the order may come to have: its own, or a pending replace's.
    fn largest(&self, order: &OrderRow) -> Quantity {
        if order.pending_replaces == 0 {
            return order.order_qty;
        }
        let pending = self.requests(order).filter(|request| {
            request.kind == RequestKind::Replace && request.answer == Answer::Pending
        });
        pending.map(|request| request.order_qty).fold(order.order_qty, Quantity::max)
    }
}

impl ReservedRow {
    /// The row with a higher price, where it counts by value.
    fn raised(self, price: Price) -> Self {
        let price = if self.price.0 > 0 { self.price.max(price) } else { self.price };
        Self { price, ..self }
    }
}

/// By how much the use of a limit's halves grows from one row to another.
fn halves(before: &UseRow, after: &UseRow) -> [Growth; 2] {
    let long = after.long().wrapping_sub(before.long());
    let short = after.short().wrapping_sub(before.short());
    [
        Growth { limit: before.limit, amount: long },
        Growth { limit: before.limit.short(), amount: short },
    ]
}
