//! The set that a first start in an empty folder writes, marked as a sample.

use domain::configuration::{Instrument, Limits, Route};
use domain::{Configuration, Mic, Notional, Price, Quantity, Symbol};

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
        Instrument { symbol, reference_price: Price::whole(*price), limits }
    };
    let venue = Mic::new("XDEM").unwrap_or_default();
    let mut set = Configuration {
        number: 1,
        hash: [0; 16],
        sample: true,
        instruments: INSTRUMENTS.iter().map(instrument).collect(),
        accounts: Vec::new(),
        any_account: Some(limits),
        spanning: Vec::new(),
        routes: vec![Route { rule: 1, symbol: Symbol::EMPTY, venue }],
    };
    set.hash = render::hash(&set);
    set
}
