//! What an account may do.

use crate::amount::{Notional, Quantity};
use crate::identity::AccountKey;

/// An account's own limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Account {
    /// The account.
    pub key: AccountKey,
    /// What one order may be.
    pub limits: Limits,
    /// What all its orders may be.
    pub controls: AccountControls,
}

/// What one order may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Largest `OrderQty` (38).
    pub max_order_qty: Quantity,
    /// Largest price times quantity.
    pub max_order_notional: Notional,
}

/// A limit that may be absent, which refuses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Bound {
    /// Nobody said: whatever needs it is refused (`MISSING_LIMIT`).
    #[default]
    Missing,
    /// Somebody said that there is none.
    Unlimited,
    /// At most so much: 10^-16 of a currency unit, 10^-8 of a share, or a count.
    At(i128),
}

/// What all orders of an account together may be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AccountControls {
    /// Largest sum of what was traded today and what is open (`CREDIT_LIMIT`).
    pub credit: Bound,
    /// Largest sum of what is open (`OPEN_ORDER_EXPOSURE`).
    pub open_notional: Bound,
    /// Largest long position in an instrument if everything open to buy trades, in shares.
    pub long: Bound,
    /// Largest short position in an instrument if everything open to sell trades.
    pub short: Bound,
    /// Largest position of either side if everything open trades.
    pub net: Bound,
    /// Largest sum of position and everything open.
    pub gross: Bound,
    /// Most requests in a period (`MESSAGE_RATE`).
    pub messages: Bound,
    /// Most orders of one strategy that trade in a period (`REPEAT_EXECUTION`).
    pub executions: Bound,
    /// Orders that could trade with an own one pass.
    pub self_match: bool,
}

// === impl Bound ===

impl Bound {
    /// Whether `value` is above it; `None` when nobody said where it is.
    #[must_use]
    pub const fn is_exceeded_by(self, value: i128) -> Option<bool> {
        match self {
            Self::Missing => None,
            Self::Unlimited => Some(false),
            Self::At(most) => Some(value > most),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_that_nobody_set_says_nothing() {
        assert_eq!(Bound::default().is_exceeded_by(0), None);
        assert_eq!(Bound::Unlimited.is_exceeded_by(i128::MAX), Some(false));
        assert_eq!(Bound::At(5).is_exceeded_by(5), Some(false));
        assert_eq!(Bound::At(5).is_exceeded_by(6), Some(true));
    }
}
