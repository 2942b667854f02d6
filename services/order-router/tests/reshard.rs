//! Splits and merges under load: nothing is lost, doubled or out of order, whatever crashes when.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test stops at the first surprise")]

#[path = "line/house.rs"]
mod house;

use std::collections::BTreeMap;

use domain::{ExecType, OrdStatus};
use house::{House, cancel, new, replace, report, venue};
use order_router::{Counted, Ended, OrderRouter};
use ports::{Destination, LaneRow, Leases, World};
use wire::events::LifeCycleKind;

const ACCOUNTS: [&str; 8] = ["A", "B", "C", "D", "E", "F", "G", "H"];

/// What is put on the stream, and what becomes of the shards meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reshards {
    None,
    All,
}

/// Part of each account's life: what is asked here is answered in a later part.
fn part(house: &mut House, number: u32) {
    for account in ACCOUNTS {
        let id = |of: u32| (format!("{of}"), format!("{of}r"), format!("{of}c"));
        let (own, changed, _) = id(number);
        let order = |id: &str| new(account, id, 100, domain::Timestamp(house::DAY));
        house.put(&order(&own));
        if let Some(before) = number.checked_sub(1) {
            let (first, replaced, cancelled) = id(before);
            let exec = |kind: &str| format!("{account}{before}{kind}");
            let acknowledged = (ExecType::New, OrdStatus::New, 100);
            house.put(&report(account, (&first, ""), &exec("a"), acknowledged, house.time()));
            let filled = (ExecType::Trade, OrdStatus::PartiallyFilled, 30);
            house.put(&report(account, (&first, ""), &exec("f"), filled, house.time()));
            let done = (ExecType::Replaced, OrdStatus::PartiallyFilled, 80);
            house.put(&report(account, (&replaced, &first), &exec("r"), done, house.time()));
            house.put(&cancel(account, &cancelled, &replaced, house.time()));
            // Again, from before the shards changed: it has no second effect.
            house.put(&order(&first));
        }
        house.put(&replace(account, &changed, &own, 80, house.time()));
    }
}

/// Four parts of life; between them a split, a merge across its border, and another split.
fn story(reshards: Reshards) -> House {
    let mut house = House::new(2);
    part(&mut house, 0);
    if reshards == Reshards::All {
        assert_eq!(house.split(0), [2, 3]);
    }
    part(&mut house, 1);
    if reshards == Reshards::All {
        assert_eq!(house.merge(3, 1), 4);
    }
    part(&mut house, 2);
    if reshards == Reshards::All {
        house.split(4);
    }
    part(&mut house, 3);
    house
}

/// What must come out the same whatever became of the shards.
fn essence(counts: &Counted, accounts: u128) -> (u64, u64, u64, u64, u64, u128) {
    let Counted { routed, forwarded, reported, rejected, .. } = *counts;
    (routed, forwarded, reported, rejected, counts.read(), accounts)
}

fn rows(house: &House) -> Vec<LaneRow> {
    house.world.clone().leases().unwrap().rows().unwrap()
}

/// Venues hear each account's numbers in order and without gaps, and each order was accepted once,
/// whatever was sent twice.
fn check_outputs(house: &House) {
    let mut heard: BTreeMap<String, u64> = BTreeMap::new();
    for bytes in house.sent(venue()) {
        let output = wire::venue::parse(&bytes).unwrap();
        let last = heard.entry(output.account).or_default();
        assert!(output.venue_seq <= *last + 1, "a number is missing before {}", output.venue_seq);
        *last = output.venue_seq.max(*last);
    }
    assert_eq!(heard.len(), ACCOUNTS.len());
    let accepted = house.events().into_iter().filter(|told| told.kind == LifeCycleKind::Accepted);
    let mut accepted: Vec<_> = accepted.map(|told| (told.account, told.cl_ord_id)).collect();
    accepted.sort();
    accepted.dedup();
    assert_eq!(accepted.len(), ACCOUNTS.len() * 4);
}

#[test]
fn orders_go_on_over_splits_and_merges_and_nothing_is_kept_of_lanes_that_ended() {
    let (counts, digest) = story(Reshards::None).run();
    let mut house = story(Reshards::All);
    let (resharded, after) = house.run();
    assert_eq!(essence(&resharded, after.accounts), essence(&counts, digest.accounts));
    assert!(counts.duplicates > 0);
    check_outputs(&house);
    let lanes = rows(&house);
    assert!(lanes.iter().all(|row| row.ended.is_none()), "{lanes:?}");
    assert_eq!(lanes.iter().map(|row| row.shard).collect::<Vec<_>>(), [2, 5, 6]);
    house.verify(true).unwrap();
    assert_eq!(house.run().1, after);
}

#[test]
fn a_crash_between_any_two_writes_of_a_reshard_ends_where_an_undisturbed_run_does() {
    let (counts, digest) = story(Reshards::None).run();
    let expected = essence(&counts, digest.accounts);
    let mut writes = 0;
    loop {
        let mut house = story(Reshards::All);
        let power = house.world.power();
        power.fail_after(Some(writes));
        if let Ok(router) = OrderRouter::open(house.world.clone(), house.options.clone())
            && let Ok(mut wired) = router.wire()
        {
            let _ = house.try_settle(&mut wired);
        }
        let has_failed = power.has_failed();
        // Once more, at another place, before it comes to its end.
        power.fail_after(Some(writes % 7));
        if let Ok(router) = OrderRouter::open(house.world.clone(), house.options.clone())
            && let Ok(mut wired) = router.wire()
        {
            let _ = house.try_settle(&mut wired);
        }
        power.fail_after(None);
        let (resharded, after) = house.run();
        assert_eq!(essence(&resharded, after.accounts), expected, "after {writes} writes");
        check_outputs(&house);
        house.verify(true).unwrap_or_else(|wrong| panic!("after {writes} writes: {wrong}"));
        if !has_failed {
            break;
        }
        writes += 1;
    }
    assert!(writes > 50, "{writes} writes are all there were");
}

#[test]
fn a_merge_begins_when_every_parent_has_ended() {
    let mut house = House::new(2);
    part(&mut house, 0);
    let whole = house.merge(0, 1);
    // The second parent's end isn't to be seen yet.
    let child = house.world.shards.lock().reopen(1);
    part(&mut house, 1);
    let mut wired = house.open();
    house.settle(&mut wired);
    let facts = wired.progress.facts();
    assert!(facts.lanes.iter().all(|lane| lane.shard != whole), "{:?}", facts.lanes);
    house.world.shards.lock().reshard(&[1], &child);
    house.settle(&mut wired);
    let facts = wired.progress.facts();
    assert_eq!(facts.lanes.iter().map(|lane| lane.shard).collect::<Vec<_>>(), [whole]);
    let unsplit = {
        let mut house = House::new(2);
        part(&mut house, 0);
        part(&mut house, 1);
        house.run()
    };
    assert_eq!(facts.digest().accounts, unsplit.1.accounts);
}

#[test]
fn on_threads_lanes_end_and_others_begin_while_orders_come() {
    let (counts, digest) = story(Reshards::None).run();
    let mut house = House::new(2);
    part(&mut house, 0);
    let router = OrderRouter::open(house.world.clone(), house.options.clone()).unwrap();
    let running = router.start().unwrap();
    let progress = running.progress();
    house.split(0);
    part(&mut house, 1);
    house.merge(3, 1);
    part(&mut house, 2);
    house.split(4);
    part(&mut house, 3);
    while progress.facts().counted().read() < counts.read() || progress.facts().leaving > 0 {
        assert!(!running.has_ended(), "{:?}", running.join());
        std::thread::yield_now();
    }
    running.stop().drain();
    assert_eq!(running.join().unwrap(), Ended::Drained);
    let facts = progress.facts();
    assert_eq!(
        essence(&facts.counted(), facts.digest().accounts),
        essence(&counts, digest.accounts)
    );
    assert!(facts.resharded >= 2);
    check_outputs(&house);
    assert_eq!(house.sent(Destination::DeadLetters).len(), 0);
}

/// A set of all rules in which an account may be long so many shares and trade for so much a day.
fn strict(number: u64, long: i64, credit: i64) -> domain::Configuration {
    let text = format!(
        r#"number = {number}
rules = 2
entitlements = "any"
[periods]
messages = "off"
executions = "off"
collar = "off"
duplicates = "off"
max_age = "off"
max_clock_error = "off"
[[instrument]]
symbol = "ALC"
max_order_qty = 1000000
max_order_notional = 1000000000
reference_price = "57"
collar_bps = "unlimited"
period_collar_bps = "unlimited"
tick = "0.01"
lot = 1
ord_types = ["limit"]
times_in_force = ["day"]
session = "always"
short_sale = "allowed"
borrow = "easy"
[any_account]
max_order_qty = 1000000
max_order_notional = 1000000000
credit_limit = {credit}
max_open_notional = "unlimited"
max_long = {long}
max_short = "unlimited"
max_net = "unlimited"
max_gross = "unlimited"
max_messages = "unlimited"
max_executions = "unlimited"
self_match = "allow"
[[route]]
rule = 1
venue = "XDEM"
"#
    );
    wire::configuration::parse(&text).unwrap_or_else(|problems| panic!("{problems:?}"))
}

/// Two lanes that are to be merged, of which the lower has ended while the higher goes on: what the
/// control table has meanwhile reaches only that one. Each account has bought 30 shares of 100.
struct Halfway {
    house: House,
    wired: order_router::Wired<ports::memory::MemoryWorld>,
    whole: u32,
    children: Vec<ports::ChildShard>,
}

impl Halfway {
    fn new(set: Option<&domain::Configuration>) -> Self {
        let mut house = House::new(2);
        set.into_iter().for_each(|set| house.configure(set));
        for account in ACCOUNTS {
            house.put(&new(account, "1", 100, house.time()));
            let filled = (ExecType::Trade, OrdStatus::PartiallyFilled, 30);
            house.put(&report(account, ("1", ""), &format!("{account}f"), filled, house.time()));
        }
        let mut wired = house.open();
        house.settle(&mut wired);
        let whole = house.merge(0, 1);
        let children = house.world.shards.lock().reopen(1);
        house.settle(&mut wired);
        Self { house, wired, whole, children }
    }

    /// The higher lane ends as well, and one lane goes on with both.
    fn merge(&mut self) {
        self.house.world.shards.lock().reshard(&[1], &self.children);
        self.house.settle(&mut self.wired);
        let lanes = self.wired.progress.facts().lanes;
        assert_eq!(lanes.iter().map(|lane| lane.shard).collect::<Vec<_>>(), [self.whole]);
    }

    /// Asks for so much for each account; which of them are refused, and why.
    fn refused(&mut self, id: &str, quantity: i64) -> Vec<(String, Vec<String>)> {
        for account in ACCOUNTS {
            self.house.put(&new(account, id, quantity, self.house.time()));
        }
        self.house.settle(&mut self.wired);
        let told = self.house.events().into_iter();
        let refused = told.filter(|told| told.kind == LifeCycleKind::Rejected);
        let refused = refused.filter(|told| told.cl_ord_id == id);
        refused.map(|told| (told.account, told.reasons)).collect()
    }

    /// How many lanes have begun a business day.
    fn days(&self) -> usize {
        let told = self.house.events().into_iter().map(|told| told.kind);
        told.filter(|kind| *kind == LifeCycleKind::BusinessDayChanged).count()
    }
}

#[test]
fn a_day_that_one_of_two_merged_lanes_has_begun_begins_for_the_other_where_they_are_one() {
    // Thirty shares at 57 are traded; so much is left of the credit that 100 more fit a new day.
    let set = strict(2, 1_000_000, 57 * 100 + 57 * 29);
    let mut halfway = Halfway::new(Some(&set));
    halfway.house.world.control.0.lock().days.push((1, domain::TradeDate(20_458)));
    let Halfway { house, wired, .. } = &mut halfway;
    house.settle(wired);
    assert_eq!(halfway.days(), 1, "the lane that ended never heard of it");
    halfway.merge();
    assert_eq!(halfway.days(), 1, "and it is not begun twice");
    // What was open for the day has expired, whichever lane it lay in, and what was traded then
    // uses nothing of today's credit.
    let told = halfway.house.events().into_iter();
    let expired = told.filter(|told| told.ord_status == Some(OrdStatus::Expired));
    let mut expired: Vec<_> = expired.map(|told| told.account).collect();
    expired.sort_unstable();
    expired.dedup();
    assert_eq!(expired, ACCOUNTS);
    assert_eq!(halfway.refused("2", 100), []);
    assert_eq!(halfway.refused("3", 30).len(), ACCOUNTS.len(), "the credit binds all of them");
    halfway.house.verify(true).unwrap();
    let (counts, digest) = halfway.house.run();
    assert_eq!(halfway.house.run(), (counts, digest));
}

#[test]
fn what_accounts_of_a_lane_that_didnt_count_have_done_counts_where_it_is_one_with_one_that_did() {
    let mut halfway = Halfway::new(None);
    // 30 were bought and 70 are open: 10 more are the limit.
    halfway.house.configure(&strict(2, 110, 1_000_000));
    let Halfway { house, wired, .. } = &mut halfway;
    house.settle(wired);
    halfway.merge();
    assert_eq!(halfway.refused("2", 10), []);
    let refused = halfway.refused("3", 1);
    assert_eq!(refused.len(), ACCOUNTS.len(), "{refused:?}");
    assert!(refused.iter().all(|(_, reasons)| *reasons == ["POSITION_LIMIT"]), "{refused:?}");
    halfway.house.verify(true).unwrap();
    let (counts, digest) = halfway.house.run();
    assert_eq!(halfway.house.run(), (counts, digest));
}
