//! A feed's messages as what producers and venues would have said: requests and reports.
//!
//! Entry point: [`Mapper::step`]; `record` gives a step's requests and reports their wire form.
//! Limits: it holds the references that are open at a time.
//! The feed holds all participants' orders, so that "our orders" is a convention: every add is an
//! order of the sender `ITCH`, of an account that its first reference chooses. It doesn't ask
//! whether an order is known to anyone: a message that runs ahead of its add becomes a request and
//! a report like any other, with the price and quantity of the add that follows it. After a crash
//! the file is mapped again from its start; the same message becomes the same bytes.

use std::collections::BTreeMap;

use domain::Timestamp;

use super::message::{Add, Body, Message};
use super::survey::Survey;

/// 2019-12-30 00:00 in New York, the day of the sampled feed, as UTC.
pub const MIDNIGHT: Timestamp = Timestamp(1_577_682_000_000_000_000);
/// Accounts that references are spread over.
pub const ACCOUNTS: u64 = 1_000;

/// What one message becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// When: lane time and TransactTime.
    pub time: Timestamp,
    /// The order as it stands after the step.
    pub order: Order,
    /// What happens to it.
    pub act: Act,
}

/// An order of the feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order {
    /// Its present reference: the ClOrdID of the order.
    pub reference: u64,
    /// The reference that its chain began with: chooses the account.
    pub root: u64,
    /// `B` or `S`; `B` for an order that no add names.
    pub side: u8,
    /// The symbol, padded with spaces; empty for an order that no add names.
    pub stock: [u8; 8],
    /// OrderQty in shares.
    pub shares: u32,
    /// CumQty in shares, as the venue counts.
    pub traded: u32,
    /// Price, 10^-4.
    pub price: u32,
    /// Who entered it, where the feed says so: its executing firm.
    pub attribution: Option<[u8; 4]>,
    /// Requests of the present reference that had no id of their own.
    requests: u32,
    /// Whether its add was seen.
    added: bool,
}

/// What happens to an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// New, and the report New.
    New,
    /// Cancel with this running number, and the report Canceled.
    Cancel(u32),
    /// Replace to the order's shares, with this running number, and the report Replaced.
    Reduce(u32),
    /// Replace under the order's present reference, and the report Replaced.
    Replace {
        /// The reference that ends.
        original: u64,
    },
    /// The report Trade, and its copy on `executions`.
    Trade {
        /// LastQty in shares.
        shares: u32,
        /// The match.
        match_number: u64,
    },
}

/// Maps a file's messages in file order.
#[derive(Debug)]
pub struct Mapper {
    orders: BTreeMap<u64, Order>,
    early: BTreeMap<u64, Add>,
}

impl Mapper {
    /// A mapper at the start of the file that was surveyed.
    #[must_use]
    pub fn new(survey: &Survey) -> Self {
        Self { orders: BTreeMap::new(), early: survey.early.clone() }
    }

    /// What `message` becomes; `None` for the types that are counted and put on no stream.
    pub fn step(&mut self, message: &Message) -> Option<Step> {
        let (order, act) = match message.body {
            Body::Add(add) => (self.add(&add), Act::New),
            Body::Delete { reference } => {
                let mut order = self.known(reference);
                order.requests += 1;
                self.end(&order);
                (order, Act::Cancel(order.requests))
            }
            Body::Reduce { reference, shares } => {
                let mut order = self.known(reference);
                order.requests += 1;
                order.shares = order.shares.saturating_sub(shares);
                self.keep(&order);
                (order, Act::Reduce(order.requests))
            }
            Body::Execute { reference, shares, match_number } => {
                let mut order = self.known(reference);
                order.traded = order.traded.saturating_add(shares);
                self.keep(&order);
                (order, Act::Trade { shares, match_number })
            }
            Body::Replace { original, reference, shares, price } => {
                let before = self.known(original);
                self.end(&before);
                // The feed tells what is open; OrderQty counts what was traded before, too.
                let shares = shares.saturating_add(before.traded);
                let order = Order { reference, shares, price, requests: 0, added: true, ..before };
                self.keep(&order);
                (order, Act::Replace { original })
            }
            _ => return None,
        };
        Some(Step { time: MIDNIGHT.plus(message.time_ns as i64), order, act })
    }

    /// The order of an add as the add has it; what ran ahead of it stays remembered.
    fn add(&mut self, add: &Add) -> Order {
        let order = Order { added: true, ..Order::of(add) };
        match self.orders.get_mut(&add.reference) {
            Some(early) => early.added = true,
            None => self.keep(&order),
        }
        self.early.remove(&add.reference);
        order
    }

    fn known(&self, reference: u64) -> Order {
        if let Some(order) = self.orders.get(&reference) {
            return *order;
        }
        match self.early.get(&reference) {
            Some(add) => Order::of(add),
            None => Order::unknown(reference),
        }
    }

    fn keep(&mut self, order: &Order) {
        let finished = order.added && order.traded >= order.shares;
        if finished {
            self.orders.remove(&order.reference);
        } else {
            self.orders.insert(order.reference, *order);
        }
    }

    /// Forgets an order; one that ended before its add stays until the add comes.
    fn end(&mut self, order: &Order) {
        if order.added {
            self.orders.remove(&order.reference);
        } else {
            self.orders.insert(order.reference, *order);
        }
    }
}

impl Order {
    const fn of(add: &Add) -> Self {
        Self {
            reference: add.reference,
            root: add.reference,
            side: add.side,
            stock: add.stock,
            shares: add.shares,
            traded: 0,
            price: add.price,
            attribution: add.attribution,
            requests: 0,
            added: false,
        }
    }

    const fn unknown(reference: u64) -> Self {
        Self {
            reference,
            root: reference,
            side: b'B',
            stock: [b' '; 8],
            shares: 0,
            traded: 0,
            price: 0,
            attribution: None,
            requests: 0,
            added: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::record::{account, report, request};
    use super::super::{generate, reader::Reader};
    use super::*;

    const ADD: Add = Add {
        reference: 4_711,
        side: b'S',
        shares: 500,
        stock: *b"BOB     ",
        price: 53_167,
        attribution: Some(*b"VIRT"),
    };

    fn steps(bodies: &[Body]) -> Vec<Step> {
        let mut bytes = Vec::new();
        for (time_ns, body) in bodies.iter().enumerate() {
            let time_ns = time_ns as u64;
            Message { locate: 2, tracking: 0, time_ns, body: *body }.write(&mut bytes);
        }
        let survey = Survey::read(&bytes[..]).expect("memory is readable");
        let mut mapper = Mapper::new(&survey);
        let mut reader = Reader::new(&bytes[..]);
        std::iter::from_fn(|| reader.next_message().expect("written messages are readable"))
            .filter_map(|message| mapper.step(&message))
            .collect()
    }

    fn names(step: &Step) -> (String, String, String) {
        let report = report(step);
        (report.cl_ord_id, report.orig_cl_ord_id, report.exec_id)
    }

    #[test]
    fn an_order_keeps_its_account_through_reductions_trades_and_replacements() {
        let steps = steps(&[
            Body::Add(ADD),
            Body::Reduce { reference: 4_711, shares: 100 },
            Body::Execute { reference: 4_711, shares: 150, match_number: 9 },
            Body::Replace { original: 4_711, reference: 5_000, shares: 300, price: 53_000 },
            Body::Delete { reference: 5_000 },
        ]);
        let named: Vec<_> = steps.iter().map(names).collect();
        let expected = [
            ("4711", "", "R-4711"),
            ("4711X1", "4711", "R-4711X1"),
            ("4711", "", "9"),
            ("5000", "4711", "R-5000"),
            ("5000D1", "5000", "R-5000D1"),
        ];
        let expected = expected.map(|(a, b, c)| (a.to_owned(), b.to_owned(), c.to_owned()));
        assert_eq!(named, expected);
        assert!(steps.iter().all(|step| account(step.order.root) == "ITCH-711"));
        let quantities: Vec<_> =
            steps.iter().map(|step| (step.order.shares, step.order.traded)).collect();
        assert_eq!(quantities, [(500, 0), (400, 0), (400, 150), (450, 150), (450, 150)]);
        assert!(request(&steps[2]).is_none());
    }

    #[test]
    fn what_runs_ahead_of_its_add_takes_price_and_quantity_from_it() {
        let steps = steps(&[
            Body::Reduce { reference: 4_711, shares: 100 },
            Body::Execute { reference: 4_711, shares: 50, match_number: 9 },
            Body::Add(ADD),
            Body::Reduce { reference: 4_711, shares: 100 },
        ]);
        let known: Vec<_> = steps
            .iter()
            .map(|step| (step.order.shares, step.order.traded, step.order.price))
            .collect();
        let expected = [(400, 0), (400, 50), (500, 0), (300, 50)];
        assert_eq!(known, expected.map(|(shares, traded)| (shares, traded, 53_167)));
        assert_eq!(names(&steps[3]).0, "4711X2");
    }

    #[test]
    fn a_made_file_becomes_as_many_records_as_it_was_built_for() {
        let (bytes, facts) = generate::generate(2);
        let survey = Survey::read(&bytes[..]).expect("memory is readable");
        let mut mapper = Mapper::new(&survey);
        let mut reader = Reader::new(&bytes[..]);
        let mut records = 0;
        while let Some(message) = reader.next_message().expect("a made file is readable") {
            let Some(step) = mapper.step(&message) else { continue };
            records += 1 + u64::from(request(&step).is_some());
        }
        assert_eq!(records, facts.read);
    }
}
