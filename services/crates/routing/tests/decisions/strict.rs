//! A desk under the decision rules that ask for every limit: wide limits, which tests narrow.

use domain::configuration::{
    AccountControls, Bound, InstrumentControls, Periods, RULES_ALL, ShortSale, TypeMask,
};
use domain::inbound::New;
use domain::time::SECOND_NS;
use domain::{Control, Inbound, OrdType, Outcome, Price, Quantity, Reason, Side, TimeInForce};

use crate::desk::{self, Desk, reasons};

/// Shares as limits count them.
pub(crate) fn shares(whole: i64) -> Bound {
    Bound::At(i128::from(Quantity::whole(whole).0))
}

/// Money as limits count it.
pub(crate) fn money(whole: i64) -> Bound {
    Bound::At(domain::Notional::whole(whole).0)
}

pub(crate) fn wide_account() -> AccountControls {
    AccountControls {
        credit: Bound::Unlimited,
        open_notional: Bound::Unlimited,
        long: Bound::Unlimited,
        short: Bound::Unlimited,
        net: Bound::Unlimited,
        gross: Bound::Unlimited,
        messages: Bound::Unlimited,
        executions: Bound::Unlimited,
        self_match: true,
    }
}

pub(crate) fn wide_instrument() -> InstrumentControls {
    InstrumentControls {
        collar: Bound::Unlimited,
        period_collar: Bound::Unlimited,
        tick: Price(1_000_000),
        lot: Quantity::whole(1),
        ord_types: TypeMask::of_types(&[OrdType::Limit, OrdType::Market]),
        times_in_force: TypeMask::of_times(TimeInForce::ALL),
        short_sale: ShortSale::Allowed,
        easy_to_borrow: true,
        ..InstrumentControls::default()
    }
}

/// A desk whose set has every limit, and whose books count.
pub(crate) fn strict() -> Desk {
    strict_with(|_| {})
}

/// The same with a set changed before the books count for it.
pub(crate) fn strict_with(change: impl FnOnce(&mut domain::Configuration)) -> Desk {
    let mut desk = Desk::new();
    let set = &mut desk.configuration;
    set.rules = RULES_ALL;
    set.any_account_controls = wide_account();
    for instrument in &mut set.instruments {
        instrument.controls = wide_instrument();
    }
    set.periods = Periods {
        messages_ns: SECOND_NS,
        executions_ns: 60 * SECOND_NS,
        collar_ns: 10 * SECOND_NS,
        ..Periods::default()
    };
    change(set);
    let counting = desk.configuration.counting();
    desk.control(Control::Counting(counting));
    desk
}

/// A new order, changed.
pub(crate) fn order(desk: &mut Desk, id: &str, change: impl FnOnce(&mut New)) -> Outcome {
    let mut new = desk::new(id, 100, desk.now);
    change(&mut new);
    desk.take(Inbound::New(new))
}

/// The reasons of a new order, changed.
pub(crate) fn asked(desk: &mut Desk, id: &str, change: impl FnOnce(&mut New)) -> Vec<Reason> {
    reasons(order(desk, id, change))
}

/// Makes an order a sale.
pub(crate) fn sell(new: &mut New) {
    new.side = Side::Sell;
}

/// Makes it a short sale.
pub(crate) fn short(new: &mut New) {
    new.side = Side::SellShort;
}

/// Makes it a market order.
pub(crate) fn market(new: &mut New) {
    new.ord_type = OrdType::Market;
    new.price = Price(0);
}
