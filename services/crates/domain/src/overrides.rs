//! Overrides: orders that controls would refuse and two people let pass (RTS 7 Art 18(2), as venues
//! offer them to members).
//!
//! Entry points: [`Override`].
//! Invariants: an override names one account, so that one lane alone counts it; it ends by lane
//! time or by use, whichever comes first, and lets pass only what fails nothing but its reasons.

use crate::amount::Quantity;
use crate::identity::AccountKey;
use crate::reason::{Reason, Reasons};
use crate::text::Symbol;
use crate::time::Timestamp;

/// Orders of an account that pass some controls for a while.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Override {
    /// Its number, growing; the decisions that it lets pass name it.
    pub number: u64,
    /// Whose orders.
    pub account: AccountKey,
    /// Only in this instrument; empty: in any.
    pub symbol: Symbol,
    /// Only orders of at most so much; 0: of any quantity.
    pub max_order_qty: Quantity,
    /// Which controls it passes.
    pub reasons: Reasons,
    /// Lane time from which it holds no more.
    pub until: Timestamp,
    /// How many orders.
    pub count: u32,
}

/// Controls that may be passed: limits on size, price, exposure and rate. What is wrong with an
/// order, who may send it, and who is halted are no limits.
pub const OVERRIDABLE: &[Reason] = &[
    Reason::MaxOrderQty,
    Reason::MaxOrderNotional,
    Reason::PriceCollar,
    Reason::MessageRate,
    Reason::CreditLimit,
    Reason::PositionLimit,
    Reason::OpenOrderExposure,
    Reason::Restricted,
    Reason::StaleOrder,
    Reason::SelfMatch,
];

impl Override {
    /// Whether it lets pass an order that fails these controls at a lane time.
    #[must_use]
    pub fn covers(
        &self,
        of: (AccountKey, Symbol, Quantity),
        failing: Reasons,
        at: Timestamp,
    ) -> bool {
        let (account, symbol, order_qty) = of;
        self.account == account
            && (self.symbol.is_empty() || self.symbol == symbol)
            && (self.max_order_qty.0 == 0 || order_qty <= self.max_order_qty)
            && self.reasons.with(failing) == self.reasons
            && at < self.until
            && self.count > 0
    }

    /// Whether it names only controls that may be passed, and at least one.
    #[must_use]
    pub fn is_allowed(&self) -> bool {
        !self.reasons.is_empty() && self.reasons.iter().all(|one| OVERRIDABLE.contains(&one))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_override_covers_its_own_orders_and_reasons_until_it_ends() {
        let account = AccountKey(1);
        let symbol = Symbol::new("ALC").unwrap();
        let one = Override {
            number: 1,
            account,
            symbol,
            max_order_qty: Quantity::whole(5),
            reasons: Reasons::only(Reason::MaxOrderQty).with(Reasons::only(Reason::PriceCollar)),
            until: Timestamp(10),
            count: 1,
        };
        let order = (account, symbol, Quantity::whole(5));
        let failing = Reasons::only(Reason::MaxOrderQty);
        assert!(one.covers(order, failing, Timestamp(9)));
        assert!(!one.covers(order, failing, Timestamp(10)));
        assert!(!one.covers((AccountKey(2), symbol, order.2), failing, Timestamp(9)));
        assert!(!one.covers((account, Symbol::EMPTY, order.2), failing, Timestamp(9)));
        assert!(!one.covers((account, symbol, Quantity::whole(6)), failing, Timestamp(9)));
        let more = failing.with(Reasons::only(Reason::KillSwitch));
        assert!(!one.covers(order, more, Timestamp(9)));
        assert!(!Override { count: 0, ..one }.covers(order, failing, Timestamp(9)));
        assert!(one.is_allowed());
        assert!(!Override { reasons: more, ..one }.is_allowed());
        assert!(!Override { reasons: Reasons::NONE, ..one }.is_allowed());
    }
}
