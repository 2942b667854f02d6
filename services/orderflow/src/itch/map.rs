//! A feed's messages as what producers and venues would have said: requests and reports.
//!
//! Entry point: [`Mapper::step`]; `record` gives a step's requests and reports their wire form.
//! Limits: it holds the references that are open at a time.
//! The feed holds all participants' orders, so that "our orders" is a convention: every add is an order
//! of the sender `ITCH`, of an account that its first reference chooses.
//! It doesn't ask whether an order is known to anyone: a message that runs ahead of its add becomes a
//! request and a report like any other, with the price and quantity of the add that follows it.
//! After a crash the file is mapped again from its start; the same message becomes the same bytes.

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
