//! MAX_ORDER_QTY and MAX_ORDER_NOTIONAL, with UNKNOWN_ACCOUNT, UNKNOWN_SYMBOL and
//! NO_REFERENCE_PRICE.

use domain::{OrdType, Price, Reason, Reasons};

use super::Asked;
use crate::Scene;

/// Holds quantity and notional against the limits of account and instrument; returns the reference
/// price where one was used.
pub(super) fn check(scene: &Scene<'_>, asked: &Asked<'_>, reasons: &mut Reasons) -> Price {
    let account = scene.configuration.limits(asked.account);
    reasons.add_if(asked.instrument.is_none(), Reason::UnknownSymbol);
    reasons.add_if(account.is_none(), Reason::UnknownAccount);
    let reference = asked.instrument.map(|known| known.reference_price).unwrap_or_default();
    let is_market = asked.ord_type == OrdType::Market;
    reasons.add_if(is_market && reference.0 <= 0, Reason::NoReferencePrice);
    let priced = if is_market { reference } else { asked.price };
    let notional = asked.notional(scene);
    let of_instrument = asked.instrument.map(|instrument| &instrument.limits);
    for limits in [account, of_instrument].into_iter().flatten() {
        reasons.add_if(asked.order_qty > limits.max_order_qty, Reason::MaxOrderQty);
        // Of quantities and prices below zero the product says nothing; they are malformed anyway.
        let counts = asked.order_qty.0 > 0 && priced.0 > 0;
        reasons.add_if(counts && notional > limits.max_order_notional, Reason::MaxOrderNotional);
    }
    if is_market { reference } else { Price(0) }
}
