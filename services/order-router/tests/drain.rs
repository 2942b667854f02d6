//! A lane that an operator drains reads nothing more, loses nothing, and goes on where it was.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test stops at the first surprise")]

#[path = "line/house.rs"]
mod house;

use std::time::{Duration, Instant};

use domain::{AccountKey, ExecType, Kill, OrdStatus, Position, Reason, Scope, Text, TradingState};
use house::{House, cancel, new, report, venue};
use lane::Stage;
use order_router::{Ended, Facts, Intake, LaneState, OrderRouter, Wired};
use ports::memory::MemoryWorld;
use ports::{Cursors, Fault, Leases, Snapshots, World};

const ACCOUNTS: [&str; 8] = ["A", "B", "C", "D", "E", "F", "G", "H"];

/// Part of each account's life: what is asked here is answered in the next part.
fn part(house: &mut House, number: u32) {
    for account in ACCOUNTS {
        let id = format!("{number}");
        house.put(&new(account, &id, 100, domain::Timestamp(house::DAY)));
        if let Some(before) = number.checked_sub(1) {
            let (first, exec) = (format!("{before}"), format!("{account}{before}"));
            let acknowledged = (ExecType::New, OrdStatus::New, 100);
            house.put(&report(account, (&first, ""), &exec, acknowledged, house.time()));
            house.put(&cancel(account, &format!("{before}c"), &first, house.time()));
            // Again: it has no second effect.
            house.put(&new(account, &first, 100, domain::Timestamp(house::DAY)));
        }
    }
}

fn tell(house: &House, lane: usize, drained: bool) {
    let lane = house.options.lanes[lane].lane;
    house.world.clone().leases().unwrap().drain(lane, drained).unwrap();
}

/// Where a lane is drained, once it is.
fn drained_at(facts: &Facts, lane: usize) -> Option<Position> {
    match facts.lanes[lane].intake {
        Intake::Drained(position) => Some(position),
        _ => None,
    }
}

/// What undisturbed lanes make of so many parts.
fn undisturbed(parts: u32) -> (u64, u64, u64, u128) {
    let mut house = House::new(2);
    (0..parts).for_each(|number| part(&mut house, number));
    essence(&mut house)
}

fn essence(house: &mut House) -> (u64, u64, u64, u128) {
    let (counts, digest) = house.run();
    (counts.read(), counts.routed, counts.duplicates, digest.accounts)
}

/// Venues hear each account's numbers without gaps.
fn check_outputs(house: &House) {
    let mut heard: std::collections::BTreeMap<String, u64> = std::collections::BTreeMap::new();
    for bytes in house.sent(venue()) {
        let output = wire::venue::parse(&bytes).unwrap();
        let last = heard.entry(output.account).or_default();
        assert!(output.venue_seq <= *last + 1, "a number is missing before {}", output.venue_seq);
        *last = output.venue_seq.max(*last);
    }
    assert_eq!(heard.len(), ACCOUNTS.len());
}

#[test]
fn a_drained_lane_stands_where_all_has_left_while_the_others_go_on() {
    let mut house = House::new(2);
    house.options.config.snapshot_entries = 1_000_000;
    part(&mut house, 0);
    let mut wired = house.open();
    for _ in 0..3 {
        house.now += 10_000_000;
        wired.turn(house.now).unwrap();
    }
    // In the middle of what there is.
    tell(&house, 0, true);
    house.settle(&mut wired);
    let before = wired.progress.facts();
    let at = drained_at(&before, 0).expect("it is drained");
    assert_eq!((before.lanes[0].position, before.lanes[1].intake), (at, Intake::Open));
    let (mut world, lane) = (house.world.clone(), house.options.lanes[0].lane);
    let committed = before.lanes[0].committed;
    let kept = world.snapshots().unwrap().newest(lane).unwrap();
    assert_eq!(kept[0].0.index, committed, "a snapshot holds it");
    let mut cursors = world.cursors().unwrap();
    for destination in cursors.destinations(lane).unwrap() {
        assert_eq!(cursors.cursor(lane, destination).unwrap(), Some(committed));
    }
    // Producers go on; the other lane decides theirs.
    part(&mut house, 1);
    part(&mut house, 2);
    house.settle(&mut wired);
    let after = wired.progress.facts();
    assert_eq!(after.lanes[0].counts, before.lanes[0].counts, "nothing was read");
    assert_eq!((after.lanes[0].position, drained_at(&after, 0)), (at, Some(at)));
    assert!(after.lanes[1].counts.read() > before.lanes[1].counts.read() + 10);
    assert!(after.readiness(house.now, &house.options.config).is_ok());
    tell(&house, 0, false);
    house.settle(&mut wired);
    assert_eq!(wired.progress.facts().lanes[0].intake, Intake::Open);
    drop(wired);
    assert_eq!(essence(&mut house), undisturbed(3));
    check_outputs(&house);
    house.verify(true).unwrap();
}

/// Turns until the lane is drained.
fn drain(house: &mut House, wired: &mut Wired<MemoryWorld>) -> Position {
    for _ in 0..1_000 {
        house.now += 10_000_000;
        wired.turn(house.now).unwrap();
        if let Some(at) = drained_at(&wired.progress.facts(), 0) {
            return at;
        }
    }
    panic!("it isn't drained: {:?}", wired.progress.facts().lanes);
}

#[test]
fn a_lane_is_not_drained_before_all_has_left_to_every_destination() {
    let mut house = House::new(1);
    house.world.publishing.lock().fail_with(|_| Err(Fault::Retry(1_000)));
    house.put(&new("A", "1", 10, house.time()));
    let mut wired = house.open();
    tell(&house, 0, true);
    for _ in 0..300 {
        house.now += 10_000_000;
        wired.turn(house.now).unwrap();
    }
    let facts = wired.progress.facts();
    assert_eq!(facts.lanes[0].intake, Intake::Closed(facts.lanes[0].position));
    house.world.publishing.lock().heal();
    assert_eq!(drain(&mut house, &mut wired), facts.lanes[0].position);
    assert_eq!(house.sent(venue()).len(), facts.counted().routed as usize);
}

#[test]
fn a_crash_while_a_lane_drains_or_is_drained_keeps_it_so_and_loses_nothing() {
    let expected = undisturbed(3);
    for seed in 0..60_usize {
        let mut house = House::new(2);
        house.options.config.cursor_ns = 20_000_000;
        part(&mut house, 0);
        let mut wired = house.open();
        for _ in 0..seed % 7 {
            house.now += 10_000_000;
            wired.turn(house.now).unwrap();
        }
        tell(&house, 0, true);
        // Dropped wherever it stands: asked, closing, closed, or drained.
        for turn in 0..seed * 2 {
            house.now += 5_000_000;
            let now = house.now;
            let line = &mut wired.line;
            let _ = match (turn * 31 + seed) % 5 {
                0 => line.ingest.turn(now),
                1 => line.decide.turn(now),
                2 => line.settle.turn(now),
                3 => line.follow.turn(now),
                _ => line.poll.turn(now),
            };
        }
        let before = wired.progress.facts();
        drop(wired);
        let mut wired = house.open();
        let at = drain(&mut house, &mut wired);
        if let Some(drained) = drained_at(&before, 0) {
            assert_eq!(at, drained, "seed {seed}: something was read after it was drained");
        }
        part(&mut house, 1);
        part(&mut house, 2);
        house.settle(&mut wired);
        drop(wired);
        // Killed while it is drained, and once more.
        let mut wired = house.open();
        house.settle(&mut wired);
        let facts = wired.progress.facts();
        assert_eq!((facts.lanes[0].position, drained_at(&facts, 0)), (at, Some(at)), "{seed}");
        drop(wired);
        tell(&house, 0, false);
        assert_eq!(essence(&mut house), expected, "seed {seed}");
        check_outputs(&house);
        house.verify(true).unwrap_or_else(|wrong| panic!("seed {seed}: {wrong}"));
    }
}

#[test]
fn a_kill_that_was_thrown_while_a_lane_was_drained_binds_its_first_record() {
    let mut house = House::new(1);
    house.put(&new("A", "1", 10, house.time()));
    let mut wired = house.open();
    house.settle(&mut wired);
    tell(&house, 0, true);
    drain(&mut house, &mut wired);
    house.put(&new("A", "2", 10, house.time()));
    let target = Text::new(domain::scope::ALL_TARGET).unwrap();
    let kill = Kill { number: 1, scope: Scope::All, target, state: TradingState::Halted };
    house.world.control.0.lock().kills.push(kill);
    let controls = wired.progress.facts().counted().controls;
    house.settle(&mut wired);
    let counts = wired.progress.facts().counted();
    assert_eq!((counts.controls, counts.routed), (controls + 1, 1), "it is recorded at its place");
    tell(&house, 0, false);
    house.settle(&mut wired);
    let counts = wired.progress.facts().counted();
    assert_eq!((counts.routed, counts.rejected_by[Reason::KillSwitch as usize]), (1, 1));
}

#[test]
fn a_drained_lane_whose_shard_was_closed_ends_after_its_release() {
    let mut house = House::new(2);
    part(&mut house, 0);
    let mut wired = house.open();
    house.settle(&mut wired);
    tell(&house, 0, true);
    drain(&mut house, &mut wired);
    // Who has the stream may split it whatever the lane does.
    house.split(0);
    part(&mut house, 1);
    house.settle(&mut wired);
    let facts = wired.progress.facts();
    assert_eq!(facts.lanes[0].state, LaneState::Running);
    assert!(drained_at(&facts, 0).is_some());
    tell(&house, 0, false);
    house.settle(&mut wired);
    let lanes: Vec<u32> = wired.progress.facts().lanes.iter().map(|lane| lane.shard).collect();
    assert_eq!(lanes, [1, 2, 3]);
    drop(wired);
    assert_eq!(essence(&mut house).3, undisturbed(2).3);
    check_outputs(&house);
}

#[expect(clippy::disallowed_methods, reason = "a test that waits in vain must end")]
fn now() -> Instant {
    Instant::now()
}

#[test]
fn on_threads_a_lane_is_drained_and_released_under_load() {
    let expected = undisturbed(12);
    let mut house = House::new(2);
    house.options.config.cursor_ns = 1_000_000;
    let router = OrderRouter::open(house.world.clone(), house.options.clone()).unwrap();
    let running = router.start().unwrap();
    let progress = running.progress();
    let wait_until = |what: &str, holds: &dyn Fn(&Facts) -> bool| {
        let began = now();
        while !holds(&progress.facts()) {
            assert!(began.elapsed() < Duration::from_secs(60), "in vain: {what}");
            std::thread::yield_now();
        }
    };
    for round in 0..3 {
        (round * 4..round * 4 + 2).for_each(|number| part(&mut house, number));
        tell(&house, 0, true);
        wait_until("drained", &|facts| drained_at(facts, 0).is_some());
        let before = progress.facts();
        (round * 4 + 2..round * 4 + 4).for_each(|number| part(&mut house, number));
        let own = |account: &&&str| house.options.lanes[1].range.contains(AccountKey::of(account));
        let others = 8 * ACCOUNTS.iter().filter(own).count() as u64;
        wait_until("the other lane", &|facts| {
            facts.lanes[1].counts.read() >= before.lanes[1].counts.read() + others
        });
        let after = progress.facts();
        assert_eq!(after.lanes[0].counts, before.lanes[0].counts);
        tell(&house, 0, false);
    }
    wait_until("the end", &|facts| facts.counted().read() >= expected.0);
    running.stop().drain();
    assert_eq!(running.join().unwrap(), Ended::Drained);
    assert_eq!(essence(&mut house), expected);
    check_outputs(&house);
}
