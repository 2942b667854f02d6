//! A lane on a table: it decides, applies, checks every invariant after every step, and keeps the
//! journal.

use books::{Books, Capacity, Effect};
use domain::configuration::{Instrument, Limits, Route};
use domain::entry::RULES;
use domain::inbound::{Cancel, Faults, MassCancel, New, Replace, Report, RequestHead, Status};
use domain::time::SECOND_NS;
use domain::{
    AccountKey, Configuration, Control, ExecType, HashRange, IdentityKey, Inbound, Mic, Notional,
    OrdStatus, OrdType, OrderId, Outcome, Parties, PartyKey, Price, Quantity, Reason, Scope, Side,
    Symbol, TimeInForce, Timestamp,
};
use routing::Lane;

/// 2019-12-30 15:00 UTC.
pub(crate) const START: Timestamp = Timestamp(1_577_718_000 * SECOND_NS);

/// A lane with its books, the time, and everything that it was given.
pub(crate) struct Desk {
    pub(crate) books: Books,
    pub(crate) configuration: Configuration,
    pub(crate) lane: Lane,
    pub(crate) now: Timestamp,
    pub(crate) journal: Vec<(Timestamp, Inbound, Outcome)>,
    pub(crate) effect: Effect,
    capacity: Capacity,
    reports: u32,
}

const KEY: IdentityKey = IdentityKey([7; 16]);
pub(crate) const ACCOUNT: &str = "A-1";

/// Names that begin with "b-" are of another account.
fn account(cl_ord_id: &str) -> &'static str {
    if cl_ord_id.starts_with("b-") { "A-2" } else { ACCOUNT }
}

pub(crate) fn symbol(text: &str) -> Symbol {
    Symbol::new(text).expect("a short symbol")
}

pub(crate) fn mic(text: &str) -> Mic {
    Mic::new(text).expect("four letters")
}

pub(crate) fn limits(quantity: i64, notional: i64) -> Limits {
    Limits {
        max_order_qty: Quantity::whole(quantity),
        max_order_notional: Notional::whole(notional),
    }
}

/// Two instruments, the second without a reference price, and one route for any symbol.
pub(crate) fn configuration() -> Configuration {
    let instrument = |text: &str, reference| Instrument {
        symbol: symbol(text),
        reference_price: Price::whole(reference),
        limits: limits(1_000_000, 1_000_000_000),
        controls: Default::default(),
    };
    Configuration {
        number: 7,
        hash: [7; 16],
        instruments: vec![instrument("ALC", 10), instrument("BOB", 0)],
        any_account: Some(limits(1_000_000, 1_000_000_000)),
        routes: vec![Route::to(1, Symbol::EMPTY, mic("XDEM"))],
        ..Configuration::default()
    }
}

/// The head of a request; content tells apart what `salt` tells apart.
pub(crate) fn head(cl_ord_id: &str, transact_time: Timestamp, salt: u128) -> RequestHead {
    RequestHead {
        account: AccountKey::of(account(cl_ord_id)),
        identity: KEY.request("S", account(cl_ord_id), cl_ord_id),
        content: KEY.hash(&[cl_ord_id.as_bytes(), &transact_time.0.to_be_bytes()]) ^ salt,
        transact_time,
        poss_resend: false,
        hops: 0,
        faults: Faults::default(),
    }
}

/// A limit order to buy ALC at 10.
pub(crate) fn new(cl_ord_id: &str, quantity: i64, transact_time: Timestamp) -> New {
    New {
        head: head(cl_ord_id, transact_time, quantity as u128),
        firm: 0,
        symbol: symbol("ALC"),
        side: Side::Buy,
        ord_type: OrdType::Limit,
        time_in_force: TimeInForce::Day,
        order_qty: Quantity::whole(quantity),
        price: Price::whole(10),
        ex_destination: Mic::EMPTY,
        blocked: Default::default(),
        expire_time: Timestamp(0),
        sender: PartyKey::of(Scope::All, "S"),
        parties: Parties::default(),
    }
}

pub(crate) fn cancel(cl_ord_id: &str, original: &str, transact_time: Timestamp) -> Cancel {
    Cancel {
        head: head(cl_ord_id, transact_time, 2),
        original: KEY.request("S", account(original), original),
    }
}

pub(crate) fn replace(
    cl_ord_id: &str,
    original: &str,
    quantity: i64,
    transact_time: Timestamp,
) -> Replace {
    Replace {
        head: head(cl_ord_id, transact_time, quantity as u128),
        original: KEY.request("S", account(original), original),
        order_qty: Quantity::whole(quantity),
        price: Price(0),
    }
}

/// A report named `exec_id` of the order or request `named`, which changes `original`.
pub(crate) fn report(exec_id: &str, exec_type: ExecType, named: &str, original: &str) -> Report {
    let exec = KEY.report(mic("XDEM"), START.day(), exec_id);
    Report {
        account: AccountKey::of(account(named)),
        identity: KEY.request("S", account(named), named),
        original: KEY.request("S", account(original), original),
        exec,
        exec_ref: Default::default(),
        content: exec.0 ^ 1,
        venue: mic("XDEM"),
        trade_date: START.day(),
        exec_type,
        ord_status: OrdStatus::New,
        quantity: Quantity::ZERO,
        price: Price(0),
        transact_time: START,
        venue_seq: 0,
        hops: 0,
    }
}

/// A fill at 10.
pub(crate) fn fill(exec_id: &str, named: &str, quantity: i64) -> Report {
    Report {
        quantity: Quantity::whole(quantity),
        price: Price::whole(10),
        ..report(exec_id, ExecType::Trade, named, named)
    }
}

/// A bust of the report `exec_ref`.
pub(crate) fn bust(exec_id: &str, named: &str, exec_ref: &str) -> Report {
    Report {
        exec_ref: KEY.report(mic("XDEM"), START.day(), exec_ref),
        ..report(exec_id, ExecType::TradeCancel, named, named)
    }
}

impl Desk {
    pub(crate) fn new() -> Self {
        Self::with(Capacity::small())
    }

    pub(crate) fn with(capacity: Capacity) -> Self {
        Self {
            books: Books::new(&capacity),
            configuration: configuration(),
            lane: Lane { range: HashRange::ALL, clock: None, rules: RULES },
            now: START,
            journal: Vec::new(),
            effect: Effect::NONE,
            capacity,
            reports: 0,
        }
    }

    /// Decides and applies one input, and checks the books.
    pub(crate) fn take(&mut self, input: Inbound) -> Outcome {
        let outcome =
            routing::decide(&self.books, &self.configuration, &self.lane, self.now, &input);
        self.effect = self.books.apply(self.now, &input, &outcome);
        self.journal.push((self.now, input, outcome));
        assert_eq!(self.books.check(), Ok(()), "after {input:?}, {outcome:?}");
        outcome
    }

    pub(crate) fn wait(&mut self, seconds: i64) {
        self.now = self.now.plus(seconds * SECOND_NS);
    }

    pub(crate) fn order(&mut self, cl_ord_id: &str, quantity: i64) -> Outcome {
        self.take(Inbound::New(new(cl_ord_id, quantity, self.now)))
    }

    pub(crate) fn cancel(&mut self, cl_ord_id: &str, original: &str) -> Outcome {
        self.take(Inbound::Cancel(cancel(cl_ord_id, original, self.now)))
    }

    pub(crate) fn replace(&mut self, cl_ord_id: &str, original: &str, quantity: i64) -> Outcome {
        self.take(Inbound::Replace(replace(cl_ord_id, original, quantity, self.now)))
    }

    pub(crate) fn mass_cancel(&mut self, cl_ord_id: &str, only: Symbol) -> Outcome {
        let head = head(cl_ord_id, self.now, 3);
        self.take(Inbound::MassCancel(MassCancel { head, symbol: only }))
    }

    pub(crate) fn status(&mut self, cl_ord_id: &str) -> Outcome {
        self.take(Inbound::Status(Status { head: head(cl_ord_id, self.now, 4) }))
    }

    pub(crate) fn control(&mut self, control: Control) -> Outcome {
        self.take(Inbound::Control(control))
    }

    /// Ends the business day, and whatever it does to orders, `count` at a time.
    pub(crate) fn next_day(&mut self, count: u32) {
        let number = self.books.days() + 1;
        let date = domain::TradeDate(self.now.day().0 + i32::try_from(number).expect("few days"));
        self.control(Control::BusinessDay { number, date });
        while self.books.due() > 0 {
            self.control(Control::DayEnd { orders: count });
            assert!(!self.books.day_ended().is_empty(), "every turn takes some");
        }
    }

    /// DayOrderQty and DayCumQty of the order that a ClOrdID names, in whole shares.
    pub(crate) fn day(&self, cl_ord_id: &str) -> (i64, i64) {
        let order = self.books.order(self.order_id(cl_ord_id)).expect("the books hold the order");
        let whole = |quantity: Quantity| quantity.0 / domain::amount::SCALE;
        (whole(order.day_order_qty()), whole(order.day_cum_qty()))
    }

    /// A report with an ExecID of its own.
    pub(crate) fn report(&mut self, exec_type: ExecType, named: &str, original: &str) -> Outcome {
        self.reports += 1;
        let exec_id = format!("R-{}", self.reports);
        self.take(Inbound::Report(report(&exec_id, exec_type, named, original)))
    }

    pub(crate) fn fill(&mut self, named: &str, quantity: i64) -> Outcome {
        self.reports += 1;
        let exec_id = format!("R-{}", self.reports);
        self.take(Inbound::Report(fill(&exec_id, named, quantity)))
    }

    /// OrdStatus, OrderQty, CumQty and LeavesQty of the order that a ClOrdID names, in whole
    /// shares.
    pub(crate) fn state(&self, cl_ord_id: &str) -> (OrdStatus, i64, i64, i64) {
        let identity = KEY.request("S", ACCOUNT, cl_ord_id);
        let order = self.books.find(identity).expect("the books hold the order");
        let whole = |quantity: Quantity| quantity.0 / domain::amount::SCALE;
        let (order_qty, cum_qty) = (whole(order.order_qty), whole(order.cum_qty));
        (order.status(), order_qty, cum_qty, whole(order.leaves_qty()))
    }

    pub(crate) fn order_id(&self, cl_ord_id: &str) -> OrderId {
        let identity = KEY.request("S", ACCOUNT, cl_ord_id);
        self.books.find(identity).expect("the books hold the order").id
    }

    /// The books that the journal folds to.
    pub(crate) fn folded(&self) -> Books {
        let mut books = Books::new(&self.capacity);
        for (arrival, input, outcome) in &self.journal {
            books.apply(*arrival, input, outcome);
        }
        books
    }
}

/// The reasons of a rejection; none of any other outcome.
pub(crate) fn reasons(outcome: Outcome) -> Vec<Reason> {
    match outcome {
        Outcome::Rejected(rejection) => rejection.reasons.iter().collect(),
        _ => Vec::new(),
    }
}

/// The rows of books, to compare them whole.
pub(crate) fn rows(books: &Books) -> Vec<u8> {
    let mut rows = Vec::new();
    books.write_rows(&mut rows);
    rows
}
