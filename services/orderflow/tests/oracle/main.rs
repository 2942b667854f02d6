//! The oracle: decides a feed naively, from the documents alone, and must agree with the product.
//!
//! It imports nothing of ours: it reads ITCH from bytes, keeps everything in ordered maps, counts
//! in 128 bits, and talks to the product through its command line and its JSON lines. It is slow
//! and plain on purpose: where the two disagree, one look should tell which is wrong.
//!
//! What it takes from the documents: the mapping of the feed, the duplicate rule, the controls, the
//! life of an order, and the rule by which `replay --extras` puts records between the file's own.
//!
//! It doesn't know lanes, entries, windows that pass, or venues.
//!
//! Data that may be absent is listed as not run; a made file takes the same road everywhere.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test stops at the first surprise")]

mod decision;
mod digest;
mod feed;
mod product;
mod record;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::decision::{Limits, Oracle, Strict};
use crate::digest::sha_256;
use crate::feed::read_feed;
use crate::product::{Case, agree, folder, product};

const REAL: &str = "itch/ex20101224.TEST_ITCH_50";
const REAL_SHA: &str = "85a9720d2d8946b688f86e21e15b0752a136531e56679f7fcceeb2aa7d9bd9de";

/// The sample's limits, which bind nothing.
fn loose() -> Limits {
    let none = (i128::from(u64::MAX), i128::from(u64::MAX));
    let symbols = ["ALC", "BOB", "CHAR"].map(|symbol| (symbol.to_owned(), none));
    Limits { symbols: BTreeMap::from(symbols), any_account: Some(none), ..Limits::default() }
}

/// Limits that bind now and then, different for each account; nobody else may trade.
fn tight() -> Limits {
    let symbols = [("ALC", 2_000, 15_000), ("BOB", 2_500, 20_000), ("CHAR", 1_900, 30_000)];
    let symbols = symbols.map(|(name, qty, notional)| (name.to_owned(), (qty, notional * 10_000)));
    let accounts = (0..1_000).map(|number| {
        let limits = (600 + number % 7 * 300, (4_000 + number % 5 * 3_000) * 10_000);
        (format!("ITCH-{number}"), limits)
    });
    let (symbols, accounts) = (BTreeMap::from(symbols), accounts.collect());
    Limits { symbols, accounts, any_account: None, strict: None }
}

/// Every limit that sets of all rules have, each so wide that orders pass it often enough for the
/// others to be reached.
fn strict() -> Limits {
    let references = [("ALC", 160_000), ("BOB", 170_000), ("CHAR", 160_000)];
    let references = references.map(|(name, price)| (name.to_owned(), price));
    let strict = Strict {
        references: BTreeMap::from(references),
        collar: 5_000,
        tick: 2,
        lot: 1,
        credit: 70_000 * 10_000,
        open_notional: 60_000 * 10_000,
        long: 4_000,
        short: 4_000,
        gross: 5_000,
        messages: 2,
        executions: 1,
        restricted: BTreeSet::from(["CHAR".to_owned()]),
        // Half past nine in New York, in UTC.
        opens: ("BOB".to_owned(), 14 * 3_600_000_000_000 + 30 * 60_000_000_000),
        unentitled: (0..1_000).step_by(50).map(|number| format!("ITCH-{number}")).collect(),
        self_match: false,
    };
    let symbols = ["ALC", "BOB", "CHAR"].map(|name| (name.to_owned(), (2_700, 60_000 * 10_000)));
    let accounts = (0..1_000).map(|number| {
        let limits = (2_000 + number % 7 * 150, (35_000 + number % 5 * 5_000) * 10_000);
        (format!("ITCH-{number}"), limits)
    });
    let (symbols, accounts) = (BTreeMap::from(symbols), accounts.collect());
    Limits { symbols, accounts, any_account: None, strict: Some(strict) }
}

fn made_file(seed: &str) -> Vec<u8> {
    let file = folder(&format!("made-{seed}")).join("feed.itch").display().to_string();
    product(&["itch", "--seed", seed, &file]);
    fs::read(file).expect("the made file is there")
}

/// The real file, or nothing and a line in the list of what wasn't run.
fn real_file(test: &str) -> Option<Vec<u8>> {
    #[expect(clippy::disallowed_methods, reason = "where data lies is the machine's business")]
    let data = std::env::var("ORDERFLOW_DATA")
        .map(PathBuf::from)
        .unwrap_or_else(|_| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"));
    match fs::read(data.join(REAL)) {
        Ok(bytes) => {
            assert_eq!(sha_256(&bytes), REAL_SHA, "another file than the counted one");
            Some(bytes)
        }
        Err(_) => {
            let list = Path::new(env!("CARGO_TARGET_TMPDIR")).join("not-run.txt");
            let line = format!("oracle::{test}: {REAL} under ../shared/data or $ORDERFLOW_DATA\n");
            print!("NOT RUN {line}");
            let list = fs::OpenOptions::new().create(true).append(true).open(list);
            let written =
                list.and_then(|mut list| std::io::Write::write_all(&mut list, line.as_bytes()));
            written.expect("the list of what wasn't run can be written");
            None
        }
    }
}

/// [live, cancelled, filled, replaced] references, as the data's own page counts them.
fn references(oracle: &Oracle) -> [u64; 4] {
    let mut counts = [0; 4];
    for (status, _) in oracle.finals().values() {
        counts[match *status {
            "Canceled" => 1,
            "Filled" => 2,
            _ => 0,
        }] += 1;
    }
    counts[3] = oracle.orders.iter().map(|order| order.replaced).sum();
    counts
}

fn without_limits(name: &'static str, feed: Vec<u8>) -> Case {
    Case { name, feed, seed: None, limits: loose(), kills: Vec::new() }
}

/// Limits that bind, extras, and three switches thrown on the way.
fn with_everything(name: &'static str, feed: Vec<u8>, seed: u64) -> Case {
    let count = read_feed(&feed).len();
    let kills = vec![
        (count * 2 / 5, "account", "ITCH-123".to_owned()),
        (count / 2, "firm", "VIRT".to_owned()),
        (count * 4 / 5, "symbol", "CHAR".to_owned()),
    ];
    Case { name, feed, seed: Some(seed), limits: tight(), kills }
}

const EVERY_CONTROL: [&str; 9] = [
    "DUPLICATE_ORDER",
    "KILL_SWITCH",
    "MALFORMED",
    "MAX_ORDER_NOTIONAL",
    "MAX_ORDER_QTY",
    "TOO_LATE",
    "UNKNOWN_ACCOUNT",
    "UNKNOWN_ORDER",
    "UNKNOWN_SYMBOL",
];

/// The pre-trade controls by their numbers in the list of regulations, each with a reason of its
/// own that the strict day must give; and those that no day of the oracle can trip, with why.
const CONTROLS: [(u32, Result<&str, &str>); 16] = [
    (1, Ok("MAX_ORDER_QTY")),
    (2, Ok("MAX_ORDER_NOTIONAL")),
    (3, Ok("PRICE_COLLAR")),
    (4, Ok("DUPLICATE_ORDER")),
    (5, Ok("MESSAGE_RATE")),
    (6, Ok("REPEAT_EXECUTION")),
    (7, Ok("CREDIT_LIMIT")),
    (8, Ok("POSITION_LIMIT")),
    (9, Ok("OPEN_ORDER_EXPOSURE")),
    (10, Ok("RESTRICTED")),
    (11, Ok("MARKET_STATE")),
    (12, Ok("ENTITLEMENT")),
    (13, Ok("PRICE_INCREMENT")),
    (14, Err("STALE_ORDER: a replay's clock is the file's own, so no order of it is old")),
    (15, Ok("SELF_MATCH")),
    (16, Ok("KILL_SWITCH")),
];

#[test]
fn a_made_day_under_every_limit_trips_each_control_and_is_decided_as_the_oracle_says() {
    let case = Case { limits: strict(), ..with_everything("made-strict", made_file("9"), 17) };
    let (_, _, by_reason) = agree(&case);
    for (number, told) in CONTROLS {
        match told {
            Ok(reason) => {
                assert!(by_reason.contains_key(reason), "control {number}: {by_reason:?}");
            }
            // Should it become possible, it belongs on the list.
            Err(why) => {
                let reason = why.split(':').next().unwrap();
                assert!(!by_reason.contains_key(reason), "control {number}: {why}");
            }
        }
    }
}

#[test]
fn the_real_day_ends_as_it_was_counted() {
    let Some(feed) = real_file("the_real_day_ends_as_it_was_counted") else { return };
    let (oracle, last, _) = agree(&without_limits("real", feed));
    assert_eq!(references(&oracle), [3_204, 1_651, 145, 10]);
    let counted = [
        ("read", "13802"),
        ("decided", "13586"),
        ("rejected", "99"),
        ("unmatched", "117"),
        ("duplicates", "0"),
        ("stale", "0"),
        ("undecodable", "0"),
    ];
    for (name, count) in counted {
        assert_eq!(last[name], count, "{name}");
    }
}

#[test]
fn the_real_day_with_limits_switches_and_extras_is_decided_as_the_oracle_says() {
    let name = "the_real_day_with_limits_switches_and_extras_is_decided_as_the_oracle_says";
    let Some(feed) = real_file(name) else { return };
    let (_, _, by_reason) = agree(&with_everything("real-tight", feed, 5));
    assert_eq!(by_reason.keys().copied().collect::<Vec<_>>(), EVERY_CONTROL);
}

#[test]
fn a_made_day_ends_as_it_was_built() {
    let (oracle, last, _) = agree(&without_limits("made", made_file("7")));
    assert_eq!(references(&oracle), [3_199, 1_653, 148, 11]);
    assert_eq!((&*last["rejected"], &*last["unmatched"]), ("99", "117"));
}

#[test]
fn a_made_day_with_limits_switches_and_extras_is_decided_as_the_oracle_says() {
    let (_, _, by_reason) = agree(&with_everything("made-tight", made_file("8"), 31));
    assert_eq!(by_reason.keys().copied().collect::<Vec<_>>(), EVERY_CONTROL);
}
