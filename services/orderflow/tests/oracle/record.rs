//! What a feed becomes on the stream: records, with the extras of a seed between them.

use std::collections::BTreeMap;

use crate::feed::{Feed, number, text};

/// Midnight of the feed's day, in nanoseconds since 1970-01-01 UTC.
const MIDNIGHT: i128 = 1_577_682_000_000_000_000;

/// A record on the stream. Quantities are shares, prices count 10^-4.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Record {
    pub(crate) account: String,
    pub(crate) id: String,
    pub(crate) original: String,
    pub(crate) time: i128,
    pub(crate) what: What,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum What {
    /// `side` is B or S; anything else is malformed, and counts as a purchase.
    New {
        symbol: String,
        qty: i128,
        price: i128,
        firm: String,
        side: u8,
    },
    Replace {
        qty: i128,
        price: i128,
    },
    Cancel,
    Report {
        exec: String,
        says: Says,
    },
    Garbage,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Says {
    New,
    Canceled,
    Replaced { qty: i128, price: i128 },
    Trade { qty: i128, price: i128 },
}

/// An order as the venue knows it.
#[derive(Clone, Debug)]
pub(crate) struct Listed {
    pub(crate) root: i128,
    pub(crate) symbol: String,
    pub(crate) qty: i128,
    pub(crate) traded: i128,
    pub(crate) price: i128,
    pub(crate) requests: u32,
}

/// The records of each message of the feed, with the extras of a seed.
pub(crate) fn records(feed: &Feed, seed: Option<u64>) -> Vec<Vec<Record>> {
    // Adds are known beforehand: a message that runs ahead of its add takes price and quantity from
    // it.
    let mut listed = BTreeMap::new();
    for (_, _, m) in feed.iter().filter(|(kind, _, _)| matches!(kind, b'A' | b'F')) {
        let reference = number(&m[11..19]);
        let (qty, price) = (number(&m[20..24]), number(&m[32..36]));
        let symbol = text(&m[24..32]);
        let order = Listed { root: reference, symbol, qty, traded: 0, price, requests: 0 };
        listed.insert(reference, order);
    }
    let mut requests = 0;
    let mut all = Vec::new();
    for (kind, time, message) in feed {
        let mut made = made(*kind, MIDNIGHT + time, message, &mut listed);
        if let Some(request) = made.first().cloned().filter(Record::is_request) {
            requests += 1;
            made.extend(seed.and_then(|seed| extra(requests, seed, &request)));
        }
        all.push(made);
    }
    all
}

pub(crate) fn made(
    kind: u8,
    time: i128,
    m: &[u8],
    listed: &mut BTreeMap<i128, Listed>,
) -> Vec<Record> {
    let reference = if matches!(kind, b'A' | b'F' | b'D' | b'E' | b'X' | b'U') {
        number(&m[11..19])
    } else {
        return Vec::new();
    };
    let order = listed.get_mut(&reference).expect("a reference that some add names");
    let account = format!("ITCH-{}", order.root % 1_000);
    let record = |id: &str, original: &str, what| Record {
        account: account.clone(),
        id: id.to_owned(),
        original: original.to_owned(),
        time,
        what,
    };
    let name = reference.to_string();
    let pair = |id: &str, original: &str, asks: What, says: Says| {
        let exec = format!("R-{id}");
        vec![record(id, original, asks), record(id, original, What::Report { exec, says })]
    };
    match kind {
        b'A' | b'F' => {
            let firm = if kind == b'F' { text(&m[36..40]) } else { String::new() };
            let (qty, price) = (number(&m[20..24]), number(&m[32..36]));
            let asks = What::New { symbol: order.symbol.clone(), qty, price, firm, side: m[19] };
            pair(&name, "", asks, Says::New)
        }
        b'D' => {
            order.requests += 1;
            pair(&format!("{name}D{}", order.requests), &name, What::Cancel, Says::Canceled)
        }
        b'X' => {
            order.requests += 1;
            order.qty -= number(&m[19..23]);
            let (qty, price) = (order.qty, order.price);
            let id = format!("{name}X{}", order.requests);
            pair(&id, &name, What::Replace { qty, price }, Says::Replaced { qty, price })
        }
        b'E' => {
            let (qty, price) = (number(&m[19..23]), order.price);
            order.traded += qty;
            let (exec, says) = (number(&m[23..31]).to_string(), Says::Trade { qty, price });
            vec![record(&name, "", What::Report { exec, says })]
        }
        _ => {
            let successor = number(&m[19..27]);
            let price = number(&m[31..35]);
            // The feed tells what is open; OrderQty counts what was traded, too.
            let qty = number(&m[27..31]) + order.traded;
            let next = Listed { qty, price, requests: 0, ..order.clone() };
            listed.insert(successor, next);
            let says = Says::Replaced { qty, price };
            pair(&successor.to_string(), &name, What::Replace { qty, price }, says)
        }
    }
}

/// What `replay --extras` puts after the n-th request.
pub(crate) fn extra(n: u64, seed: u64, request: &Record) -> Option<Record> {
    let order = |id: String, account: &str, symbol: &str, qty: i128, side: u8| {
        let (symbol, firm) = (symbol.to_owned(), String::new());
        let what = What::New { symbol, qty, price: 10_000, firm, side };
        let original = String::new();
        Record { account: account.to_owned(), id, original, time: request.time, what }
    };
    let account = request.account.as_str();
    Some(match (n + seed) % 60 {
        0 => request.clone(),
        12 => Record { time: request.time + 1, ..request.clone() },
        24 => order(format!("M{n}"), account, "BOB", 0, b' '),
        36 => Record { what: What::Garbage, ..request.clone() },
        48 => order(format!("U{n}"), account, "NOSUCH", 100, b'B'),
        54 => order(format!("B{n}"), "STRANGER", "BOB", 100, b'B'),
        _ => return None,
    })
}

impl Record {
    pub(crate) fn is_request(&self) -> bool {
        !matches!(self.what, What::Report { .. } | What::Garbage)
    }
}
