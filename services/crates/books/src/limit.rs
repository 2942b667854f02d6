//! What the books keep of limits that span lanes: allotments, use per account, reservations.

use domain::{
    AccountKey, Allotment, Counts, LimitKey, OrderId, Price, Quantity, Reservation, amount,
};

use crate::order::OrderRow;
use crate::table::Row;

/// What the lane may use of a limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct AllotmentRow {
    pub(crate) limit: LimitKey,
    pub(crate) amount: i128,
    /// Number of the transfer that set it; 0: nothing ever did, the row only counts.
    pub(crate) transfer: u64,
    /// The sum of what its accounts use: not in the row's bytes, because it follows from theirs.
    pub(crate) used: i128,
}

/// What an account uses of a limit. Kept per account, so that it divides with the accounts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct UseRow {
    pub(crate) account: AccountKey,
    pub(crate) limit: LimitKey,
    /// What is open: of a net limit, the buys alone.
    pub(crate) buys: i128,
    /// What is open of a net limit's sells.
    pub(crate) sells: i128,
    /// What was traded; of a net limit, bought less sold.
    pub(crate) net: i128,
    /// Whether what was traded counts until the change of business day alone.
    pub(crate) daily: bool,
}

/// What an order counts for under a limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ReservedRow {
    pub(crate) order: OrderId,
    /// Which of the order's, from 0.
    pub(crate) number: u8,
    pub(crate) account: AccountKey,
    pub(crate) limit: LimitKey,
    pub(crate) price: Price,
    pub(crate) counts: Counts,
    /// What of it is in the account's use as open.
    pub(crate) open: i128,
    /// What of it is there as traded.
    pub(crate) done: i128,
}

// === impl AllotmentRow ===

impl AllotmentRow {
    pub(crate) const fn view(&self) -> Allotment {
        Allotment { amount: self.amount, used: self.used, transfer: self.transfer }
    }
}

impl Row for AllotmentRow {
    type Key = LimitKey;
    fn key(&self) -> LimitKey {
        self.limit
    }
    fn spread(key: LimitKey) -> u32 {
        key.0 as u32
    }
}

// === impl UseRow ===

impl UseRow {
    /// What counts against the limit, or its long half.
    pub(crate) fn long(&self) -> i128 {
        self.net.wrapping_add(self.buys).max(0)
    }

    /// What counts against its short half; a limit whose traded part is daily has none.
    pub(crate) fn short(&self) -> i128 {
        if self.daily { 0 } else { self.sells.wrapping_sub(self.net).max(0) }
    }

    /// The row with this much more open and traded of an order that counts so.
    pub(crate) fn with(mut self, counts: Counts, open: i128, done: i128) -> Self {
        match counts {
            Counts::Open | Counts::Gross | Counts::Buy => {
                self.buys = self.buys.wrapping_add(open);
                self.net = self.net.wrapping_add(done);
            }
            Counts::Sell => {
                self.sells = self.sells.wrapping_add(open);
                self.net = self.net.wrapping_sub(done);
            }
        }
        self
    }
}

impl Row for UseRow {
    type Key = (AccountKey, LimitKey);
    fn key(&self) -> Self::Key {
        (self.account, self.limit)
    }
    fn spread((account, limit): Self::Key) -> u32 {
        account.0 as u32 ^ (limit.0 as u32).rotate_left(16)
    }
}

// === impl ReservedRow ===

impl ReservedRow {
    pub(crate) const fn new(order: &OrderRow, number: u8, reservation: &Reservation) -> Self {
        let Reservation { limit, price, counts } = *reservation;
        let (account, open, done) = (order.account, 0, 0);
        Self { order: order.id, number, account, limit, price, counts, open, done }
    }

    /// What so much of the order counts for while it is open.
    pub(crate) fn value(&self, open: Quantity) -> i128 {
        value(self.price, open)
    }

    /// What was traded of the order counts for.
    pub(crate) fn traded(&self, order: &OrderRow) -> i128 {
        match self.counts {
            Counts::Open => 0,
            _ if self.price.0 > 0 => order.notional.0,
            _ => value(self.price, order.cum_qty),
        }
    }
}

impl Row for ReservedRow {
    type Key = (OrderId, u8);
    fn key(&self) -> Self::Key {
        (self.order, self.number)
    }
    fn spread((order, number): Self::Key) -> u32 {
        // Fibonacci's multiplier keeps reservations of one order apart.
        order.0 as u32 ^ u32::from(number).wrapping_mul(0x9e37_79b9)
    }
}

/// A quantity at a price, or, where there is none, counted in shares.
pub(crate) fn value(price: Price, quantity: Quantity) -> i128 {
    let price = if price.0 > 0 { price } else { Price(amount::SCALE) };
    price.times(quantity).0
}
