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
