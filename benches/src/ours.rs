//! Our own path on one thread: decode, decide, apply, write the journal body; no ring and no disk.
//!
//! Entry points: [`Router::new`], [`Router::take`].
//! It checks what the peers check and everything else that the line checks.

use books::{Books, Capacity};
use domain::configuration::{Instrument, InstrumentControls, Limits, Route};
use domain::time::SECOND_NS;
use domain::{
    Configuration, HashRange, IdentityKey, Inbound, Mic, Notional, Outcome, Position, Price,
    Quantity, Sequence, Symbol, Timestamp,
};
use routing::Lane;
use wire::journal::BodyWriter;

use crate::flow::{START_NS, SYMBOLS};
use crate::peers::{Answer, MAX_NOTIONAL};

/// Bytes at which the journal body is emptied, as the line closes an entry.
const BODY_BYTES: usize = 64 * 1_024;

/// Identities in the window of the comparison.
const WINDOW: u32 = 1 << 20;

/// One lane's decisions, without threads.
pub struct Router {
    books: Books,
    configuration: Configuration,
    lane: Lane,
    key: IdentityKey,
    body: BodyWriter,
    sequence: u64,
    answer: Answer,
}

impl Router {
    /// A router with room for `orders` orders.
    #[must_use]
    pub fn new(orders: usize) -> Self {
        let capacity = Capacity {
            orders,
            requests: 4 * orders,
            reports: 4 * orders,
            window: WINDOW,
            window_ns: 15 * 60 * SECOND_NS,
            ..Capacity::default()
        };
        Self {
            books: Books::new(&capacity),
            configuration: configuration(),
            lane: Lane { range: HashRange::ALL, clock: None, rules: domain::entry::RULES },
            key: IdentityKey([7; 16]),
            body: BodyWriter::with_capacity(2 * BODY_BYTES),
            sequence: 0,
            answer: Answer::default(),
        }
    }

    /// Decodes one order.
    #[must_use]
    pub fn decode(&self, bytes: &[u8]) -> Inbound {
        wire::orders::decode(&self.key, bytes)
    }

    /// Decides one decoded order.
    #[must_use]
    pub fn decide(&self, input: &Inbound) -> Outcome {
        routing::decide(&self.books, &self.configuration, &self.lane, self.arrival(), input)
    }

    /// Decodes, decides, applies and writes one order.
    ///
    /// # Panics
    /// When an order doesn't fit the journal's body.
    pub fn take(&mut self, bytes: &[u8]) {
        let input = self.decode(bytes);
        let outcome = self.decide(&input);
        let arrival = self.arrival();
        self.books.apply(arrival, &input, &outcome);
        self.sequence += 1;
        let position = Position::new(Sequence::of(self.sequence), 0);
        self.body.record(position, arrival, bytes, &outcome);
        if self.body.len() >= BODY_BYTES {
            std::hint::black_box(self.body.bytes());
            self.body.clear();
        }
        self.count(&input, &outcome);
    }

    /// What was counted.
    #[must_use]
    pub const fn answer(&self) -> Answer {
        self.answer
    }

    fn count(&mut self, input: &Inbound, outcome: &Outcome) {
        match (input, outcome) {
            (Inbound::New(new), Outcome::Routed(_)) => {
                self.answer.admitted += 1;
                self.answer.notional += new.price.times(new.order_qty).0;
            }
            (_, Outcome::Rejected(_)) => self.answer.refused += 1,
            (_, Outcome::Duplicate { .. }) => self.answer.repeated += 1,
            _ => {}
        }
    }

    /// Orders arrive a microsecond apart, as their TransactTime says.
    const fn arrival(&self) -> Timestamp {
        Timestamp(START_NS).plus(self.sequence as i64 * 1_000)
    }
}

/// What both the stations and the line decide under.
#[must_use]
pub fn configuration() -> Configuration {
    let limits = Limits {
        max_order_qty: Quantity::whole(1_000_000),
        max_order_notional: Notional::whole(MAX_NOTIONAL),
    };
    let mut instruments: Vec<_> = (0..SYMBOLS)
        .filter_map(|number| Symbol::new(&format!("S{number}")))
        .map(|symbol| Instrument {
            symbol,
            reference_price: Price(0),
            limits,
            controls: InstrumentControls::default(),
        })
        .collect();
    instruments.sort_by_key(|instrument| instrument.symbol);
    let venue = Mic::new("XDEM").unwrap_or_default();
    Configuration {
        number: 1,
        instruments,
        any_account: Some(limits),
        routes: vec![Route::to(1, Symbol::EMPTY, venue)],
        ..Configuration::default()
    }
}
