//! The set that a first start in an empty folder writes, marked as a sample.

use domain::configuration::{
    AccountControls, Bound, Instrument, InstrumentControls, Limits, Periods, RULES_ALL, Route,
    ShortSale, TypeMask, Venue,
};
use domain::time::SECOND_NS;
use domain::{Configuration, Mic, Notional, OrdType, Price, Quantity, Symbol, TimeInForce};

use super::render;

/// Symbols of the sample with their reference prices in currency units. The first three are those
/// of NASDAQ's sampled ITCH file.
const INSTRUMENTS: &[(&str, i64)] =
    &[("ALC", 57), ("BOB", 25), ("CHAR", 100), ("DELTA", 12), ("ECHO", 240), ("FOX", 3)];

/// The sample: limits that don't bind in ordinary flow, and one route to the demo venue.
#[must_use]
pub fn sample() -> Configuration {
    let limits = Limits {
        max_order_qty: Quantity::whole(10_000_000),
        max_order_notional: Notional::whole(100_000_000_000),
    };
    let instrument = |(symbol, price): &(&str, i64)| {
        let symbol = Symbol::new(symbol).unwrap_or_default();
        let reference_price = Price::whole(*price);
        Instrument { symbol, reference_price, limits, controls: instrument_controls() }
    };
    let venue = Mic::new("XDEM").unwrap_or_default();
    let mut set = Configuration {
        number: 1,
        sample: true,
        rules: RULES_ALL,
        periods: Periods {
            messages_ns: SECOND_NS,
            executions_ns: 60 * SECOND_NS,
            ..Periods::default()
        },
        instruments: INSTRUMENTS.iter().map(instrument).collect(),
        any_account: Some(limits),
        any_account_controls: account_controls(),
        venues: vec![Venue {
            mic: venue,
            taking_fee: 300_000,
            adding_fee: -200_000,
            latency_ns: 1,
        }],
        routes: vec![Route::to(1, Symbol::EMPTY, venue)],
        ..Configuration::default()
    };
    set.hash = render::hash(&set);
    set
}

/// Prices of a replayed day go where they go, and the flow's own steps are fine ones.
fn instrument_controls() -> InstrumentControls {
    InstrumentControls {
        collar: Bound::Unlimited,
        period_collar: Bound::Unlimited,
        tick: Price(1),
        lot: Quantity(1),
        ord_types: TypeMask::of_types(&[OrdType::Limit, OrdType::Market]),
        times_in_force: TypeMask::of_times(TimeInForce::ALL),
        short_sale: ShortSale::Allowed,
        easy_to_borrow: true,
        ..InstrumentControls::default()
    }
}

fn account_controls() -> AccountControls {
    AccountControls {
        credit: Bound::Unlimited,
        open_notional: Bound::Unlimited,
        long: Bound::Unlimited,
        short: Bound::Unlimited,
        net: Bound::Unlimited,
        gross: Bound::Unlimited,
        messages: Bound::At(1_000_000),
        executions: Bound::Unlimited,
        self_match: true,
    }
}
