//! Pre-trade controls: all of them are evaluated, every failing one is returned, what is missing
//! refuses.
//!
//! Entry points: [`new`], [`replace`], [`cancel`].
//! Controls: MALFORMED, KILL_SWITCH, UNKNOWN_ACCOUNT, UNKNOWN_SYMBOL, MAX_ORDER_QTY,
//! MAX_ORDER_NOTIONAL, NO_REFERENCE_PRICE, CAPACITY, and for changes UNKNOWN_ORDER, TOO_LATE and
//! ALREADY_PENDING. A cancel passes everything but what makes it senseless. A control that needs an
//! order isn't evaluated where none is known.

use books::{Named, OrderRow};
use domain::entry::FORMAT_OF_DAYS;
use domain::inbound::{Cancel, New, Replace};
use domain::{AccountKey, OrdType, Price, Quantity, Reason, Reasons, Symbol, TradingState};

use crate::Scene;

/// A new order that passed every control: the ticket to its route.
pub(crate) struct Admitted<'a> {
    pub(crate) new: &'a New,
    /// Reference price that a control used; 0 when none did.
    pub(crate) reference_price: Price,
}

/// What a limit is held against.
struct Asked<'a> {
    account: AccountKey,
    symbol: &'a Symbol,
    ord_type: OrdType,
    order_qty: Quantity,
    price: Price,
}

pub(crate) fn new<'a>(
    scene: &Scene<'_>,
    new: &'a New,
    mut reasons: Reasons,
) -> Result<Admitted<'a>, Reasons> {
    let account = new.head.account;
    let asked = Asked {
        account,
        symbol: &new.symbol,
        ord_type: new.ord_type,
        order_qty: new.order_qty,
        price: new.price,
    };
    if !new.head.faults.is_clean() || new.symbol.is_empty() || !asked.makes_sense() {
        reasons.add(Reason::Malformed);
    }
    let named = Named { firm: new.firm, account, parties: new.parties, symbol: new.symbol };
    trading_state(scene.books.trading_state(&named), &mut reasons);
    if !scene.books.has_room(account) {
        reasons.add(Reason::Capacity);
    }
    let reference_price = limits(scene, &asked, &mut reasons);
    if reasons.is_empty() { Ok(Admitted { new, reference_price }) } else { Err(reasons) }
}

pub(crate) fn replace<'a>(
    scene: &Scene<'_>,
    replace: &Replace,
    named: Option<&'a OrderRow>,
    mut reasons: Reasons,
) -> Result<&'a OrderRow, Reasons> {
    if !replace.head.faults.is_clean() || replace.order_qty.0 <= 0 || replace.price.0 < 0 {
        reasons.add(Reason::Malformed);
    }
    let Some(order) = named else {
        reasons.add(Reason::UnknownOrder);
        return Err(reasons);
    };
    let keeps_price = replace.price.0 == 0;
    let asked = Asked {
        account: order.account,
        symbol: &order.symbol,
        ord_type: order.ord_type,
        order_qty: replace.order_qty,
        price: if keeps_price { order.price } else { replace.price },
    };
    if !asked.makes_sense() {
        reasons.add(Reason::Malformed);
    }
    // FIX: a filled order may still be increased; the format before didn't know that.
    let increases = order.is_filled()
        && replace.order_qty > order.cum_qty
        && scene.books.format() >= FORMAT_OF_DAYS;
    if order.phase.is_over() || order.pending_cancels > 0 || !increases {
        still_possible(order, &mut reasons);
    }
    let whom = Named {
        firm: order.firm,
        account: order.account,
        parties: order.parties,
        symbol: order.symbol,
    };
    let state = scene.books.trading_state(&whom).and(scene.books.venue_state(order.venue));
    let dearer = replace.price.0 != 0 && replace.price != order.price;
    let reduces = !dearer && replace.order_qty <= order.order_qty;
    trading_state(
        if reduces && state == TradingState::Reducing { TradingState::Active } else { state },
        &mut reasons,
    );
    if !scene.books.has_room_for_replace() {
        reasons.add(Reason::Capacity);
    }
    limits(scene, &asked, &mut reasons);
    if reasons.is_empty() { Ok(order) } else { Err(reasons) }
}

pub(crate) fn cancel<'a>(
    cancel: &Cancel,
    named: Option<&'a OrderRow>,
    mut reasons: Reasons,
) -> Result<&'a OrderRow, Reasons> {
    if !cancel.head.faults.is_clean() {
        reasons.add(Reason::Malformed);
    }
    let Some(order) = named else {
        reasons.add(Reason::UnknownOrder);
        return Err(reasons);
    };
    still_possible(order, &mut reasons);
    if reasons.is_empty() { Ok(order) } else { Err(reasons) }
}

fn trading_state(state: TradingState, reasons: &mut Reasons) {
    reasons.add_if(state == TradingState::Halted, Reason::KillSwitch);
    reasons.add_if(state == TradingState::Reducing, Reason::Reducing);
}

/// Whether there is anything left to change, and nobody is cancelling it already.
fn still_possible(order: &OrderRow, reasons: &mut Reasons) {
    if order.pending_cancels > 0 {
        reasons.add(Reason::AlreadyPending);
    } else if order.leaves_qty().0 == 0 {
        reasons.add(Reason::TooLate);
    }
}

/// Holds quantity and notional against the limits of account and instrument; returns the reference
/// price where one was used.
fn limits(scene: &Scene<'_>, asked: &Asked<'_>, reasons: &mut Reasons) -> Price {
    let instrument = scene.configuration.instrument(asked.symbol);
    let account = scene.configuration.limits(asked.account);
    if instrument.is_none() {
        reasons.add(Reason::UnknownSymbol);
    }
    if account.is_none() {
        reasons.add(Reason::UnknownAccount);
    }
    let reference = instrument.map(|instrument| instrument.reference_price).unwrap_or_default();
    let is_market = asked.ord_type == OrdType::Market;
    let price = if is_market { reference } else { asked.price };
    if is_market && price.0 <= 0 {
        reasons.add(Reason::NoReferencePrice);
    }
    let notional = price.times(asked.order_qty);
    for limits in [account, instrument.map(|instrument| &instrument.limits)].into_iter().flatten() {
        if asked.order_qty > limits.max_order_qty {
            reasons.add(Reason::MaxOrderQty);
        }
        // Of quantities and prices below zero the product says nothing; they are malformed anyway.
        if asked.order_qty.0 > 0 && price.0 > 0 && notional > limits.max_order_notional {
            reasons.add(Reason::MaxOrderNotional);
        }
    }
    if is_market { reference } else { Price(0) }
}

impl Asked<'_> {
    /// Limit orders have a price, market orders none; other types aren't supported yet.
    fn makes_sense(&self) -> bool {
        self.order_qty.0 > 0
            && match self.ord_type {
                OrdType::Limit => self.price.0 > 0,
                OrdType::Market => self.price.0 == 0,
                OrdType::Stop | OrdType::StopLimit | OrdType::Pegged => false,
            }
    }
}
