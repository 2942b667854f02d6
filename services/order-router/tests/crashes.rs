//! Crashes at any turn, and starts that never get past a record.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test stops at the first surprise")]

#[path = "line/house.rs"]
mod house;

use std::collections::BTreeMap;

use domain::{ExecType, OrdStatus, Outcome};
use house::{House, cancel, new, replace, report, venue};
use lane::Stage;
use order_router::{Ended, LaneState, OrderRouter};
use ports::memory::Fate;
use wire::events::{DeadLetter, DeadLetterKind};
use wire::journal::Input;

/// A small generator, so that a seed is a schedule.
struct Chance(u64);

impl Chance {
    fn below(&mut self, count: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % count
    }
}

fn flow() -> House {
    let mut house = House::new(2);
    for account in ["A", "B", "C", "D"] {
        let order = new(account, "1", 100, house.time());
        house.put(&order);
        house.put(&order);
        let acknowledged = (ExecType::New, OrdStatus::New, 100);
        house.put(&report(account, ("1", ""), "e1", acknowledged, house.time()));
        house.put(&replace(account, "2", "1", 80, house.time()));
        house.put_bytes(0, account.as_bytes());
        let filled = (ExecType::Trade, OrdStatus::PartiallyFilled, 30);
        house.put(&report(account, ("1", ""), &format!("{account}2"), filled, house.time()));
        house.put(&cancel(account, "3", "1", house.time()));
    }
    house
}

/// Every request and report has exactly one decision in the chain, and venues hear numbers without
/// gaps, whatever was sent twice.
fn check_once(house: &House) {
    let mut positions = BTreeMap::new();
    let slots = house.world.slots.lock();
    for (number, spec) in house.options.lanes.iter().enumerate() {
        // Dead items may repeat a position; the chain may not.
        for entry in live(&slots, spec.lane) {
            for input in wire::journal::inputs(&entry.body) {
                if let Input::Record(record) = input.unwrap() {
                    *positions.entry((number, record.position)).or_insert(0) += 1;
                }
            }
        }
    }
    drop(slots);
    assert!(positions.values().all(|count| *count == 1), "each record is decided once");
    let mut numbers: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for bytes in house.sent(venue()) {
        let output = wire::venue::parse(&bytes).unwrap();
        let heard = numbers.entry(output.account).or_default();
        if heard.last().is_none_or(|last| *last < output.venue_seq) {
            heard.push(output.venue_seq);
        }
    }
    for heard in numbers.values() {
        assert_eq!(*heard, (1..=heard.len() as u64).collect::<Vec<_>>());
    }
}

fn live(slots: &ports::memory::Slots, lane: domain::LaneId) -> Vec<domain::Entry> {
    let mut live: Vec<domain::Entry> = Vec::new();
    for entry in slots.items(lane) {
        if !domain::chain::is_live_after(live.last(), entry) {
            break;
        }
        live.push(entry.clone());
    }
    live
}

#[test]
fn a_crash_at_any_turn_of_any_stage_ends_where_an_undisturbed_run_does() {
    let mut undisturbed = flow();
    let expected = undisturbed.run();
    check_once(&undisturbed);
    for seed in 0..200 {
        let mut chance = Chance(seed);
        let mut house = flow();
        for _ in 0..=chance.below(3) {
            let mut wired = house.open();
            let mut now = house.now;
            for _ in 0..chance.below(160) {
                now += 3_000_000;
                let line = &mut wired.line;
                // Nothing of this comes to a graceful end: the line is dropped where it stands.
                let _ = match chance.below(4) {
                    0 => line.ingest.turn(now),
                    1 => line.decide.turn(now),
                    2 => line.settle.turn(now),
                    _ => line.follow.turn(now),
                };
            }
            house.now = now;
        }
        assert_eq!(house.run(), expected, "seed {seed}");
        check_once(&house);
        house.verify(true).unwrap_or_else(|wrong| panic!("seed {seed}: {wrong}"));
    }
}

#[test]
fn crashes_while_answers_are_lost_end_where_an_undisturbed_run_does() {
    let expected = flow().run();
    for seed in 0..100 {
        let mut chance = Chance(seed);
        let mut house = flow();
        let mut fates = Chance(!seed);
        house.world.slots.lock().fail_with(move |_| match fates.below(6) {
            0 => Fate::AnswerLost,
            1 => Fate::Lost,
            2 => Fate::Doubled,
            3 => Fate::Throttled,
            _ => Fate::Done,
        });
        let mut wired = house.open();
        for _ in 0..chance.below(60) {
            house.now += 20_000_000;
            wired.turn(house.now).unwrap();
        }
        drop(wired);
        assert_eq!(house.run(), expected, "seed {seed}");
        check_once(&house);
    }
}

#[test]
fn a_record_that_crashes_every_start_is_quarantined_and_the_lane_goes_on() {
    let mut house = House::new(1);
    house.put(&new("A", "1", 10, house.time()));
    house.put(&new("B", "1", 10, house.time()));
    house.put(&new("A", "2", 10, house.time()));
    // What is in hand when the process dies is never settled.
    for _ in 0..3 {
        let mut wired = house.open();
        for _ in 0..30 {
            house.now += 20_000_000;
            let now = house.now;
            wired.line.follow.turn(now);
            wired.line.ingest.turn(now);
            wired.line.decide.turn(now);
        }
    }
    let (counts, _) = house.run();
    assert_eq!((counts.undecodable, counts.routed, counts.rejected), (1, 1, 1));
    let letters = house.sent(ports::Destination::DeadLetters);
    let kinds: Vec<_> = letters.iter().map(|b| DeadLetter::decode(b).unwrap().kind).collect();
    assert_eq!(kinds, [DeadLetterKind::Quarantined]);
    let lane = house.options.lanes[0].lane;
    let outcomes: Vec<_> = live(&house.world.slots.lock(), lane)
        .iter()
        .flat_map(|entry| {
            let inputs = wire::journal::inputs(&entry.body).map(Result::unwrap);
            inputs
                .filter_map(|input| match input {
                    Input::Record(record) => Some(record.outcome),
                    Input::Control { .. } => None,
                })
                .collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(outcomes[0], Outcome::Quarantined);
    assert!(matches!(outcomes[2], Outcome::Rejected(_)), "its account is halted");
    house.verify(true).unwrap();
}

#[test]
fn starts_that_had_nothing_in_hand_or_were_stopped_on_purpose_dont_count() {
    let mut house = House::new(1);
    for _ in 0..5 {
        let mut wired = house.open();
        house.now += 20_000_000;
        wired.line.ingest.turn(house.now);
    }
    house.put(&new("A", "1", 10, house.time()));
    for _ in 0..5 {
        let router = OrderRouter::open(house.world.clone(), house.options.clone()).unwrap();
        let running = router.start().unwrap();
        running.stop().abort();
        assert_eq!(running.join().unwrap(), Ended::Aborted);
    }
    let (counts, _) = house.run();
    assert_eq!((counts.undecodable, counts.routed), (0, 1));
}

#[test]
fn on_threads_the_line_decides_the_same_drains_and_goes_on() {
    let expected = flow().run();
    let house = flow();
    let router = OrderRouter::open(house.world.clone(), house.options.clone()).unwrap();
    let running = router.start().unwrap();
    let progress = running.progress();
    while progress.facts().digest() != expected.1 {
        assert!(!running.has_ended(), "{:?}", running.join());
        std::thread::yield_now();
    }
    running.stop().drain();
    assert_eq!(running.join().unwrap(), Ended::Drained);
    assert_eq!(progress.facts().counted(), expected.0);
    assert!(progress.facts().latency.is_some_and(|latency| !latency.is_empty()));
    check_once(&house);
    let mut house = house;
    assert_eq!(house.run(), expected);
}

#[test]
fn a_lane_that_was_fenced_is_opened_again_on_threads() {
    let mut house = House::new(1);
    house.put(&new("A", "1", 10, house.time()));
    let router = OrderRouter::open(house.world.clone(), house.options.clone()).unwrap();
    let running = router.start().unwrap();
    let progress = running.progress();
    while progress.facts().counted().routed < 1 {
        std::thread::yield_now();
    }
    drop(house.open());
    house.put(&new("A", "2", 10, house.time()));
    while progress.facts().counted().routed < 2 || progress.facts().reopened == 0 {
        assert!(!running.has_ended(), "{:?}", running.join());
        std::thread::yield_now();
    }
    assert_eq!(progress.facts().lanes[0].state, LaneState::Running);
    running.stop().abort();
    assert_eq!(running.join().unwrap(), Ended::Aborted);
    house.verify(true).unwrap();
}
