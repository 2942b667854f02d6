//! The relay: twice perhaps, never skipped, in order per account.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test stops at the first surprise")]

#[path = "line/house.rs"]
mod house;

use std::collections::{BTreeMap, BTreeSet};

use domain::{AccountKey, LaneId};
use house::{House, cancel, new, venue};
use order_router::relay::Relay;
use order_router::{OnLag, OrderRouter, Wired};
use ports::memory::publish::Plan;
use ports::memory::{MemoryCursors, MemoryPublisher, Shared};
use ports::{Cursors, Destination, Fault, Output, Publisher};
use wire::events::{DeadLetter, DeadLetterKind, LifeCycleKind};

const LANE: LaneId = LaneId(5);

struct Chance(u64);

impl Chance {
    fn below(&mut self, count: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963);
        (self.0 >> 33) % count
    }
}

fn output(number: u128, account: &str, destination: Destination) -> Output {
    Output {
        destination,
        lane: LANE,
        id: number,
        account: AccountKey::of(account),
        account_text: account.to_owned(),
        venue_seq: 0,
        bytes: Vec::new(),
    }
}

/// Ten entries with an output or two for each of some accounts.
fn outputs() -> Vec<(u64, Output)> {
    let mut outputs = Vec::new();
    for index in 1..=10 {
        for (number, account) in ["A", "B", "C"].into_iter().enumerate() {
            let id = u128::from(index) * 10 + number as u128;
            outputs.push((index, output(id, account, Destination::Events)));
            if number as u64 == index % 3 {
                outputs.push((index, output(id, account, venue())));
            }
        }
    }
    outputs
}

fn push_all(relay: &mut Relay, cursors: &mut MemoryCursors) {
    for (index, output) in outputs() {
        relay.push(cursors, index, 0, output).unwrap();
        relay.pushed(index);
    }
}

/// No cursor is above an output that hasn't left.
fn check_cursors(cursors: &mut MemoryCursors, sent: &Shared<Vec<Output>>) {
    let sent: BTreeSet<_> = sent.lock().iter().map(|o| (o.destination, o.id)).collect();
    for (index, output) in outputs() {
        let cursor = cursors.cursor(LANE, output.destination).unwrap();
        if cursor.is_some_and(|cursor| cursor >= index) {
            assert!(sent.contains(&(output.destination, output.id)), "{index} was skipped");
        }
    }
}

#[test]
fn whatever_fails_no_cursor_skips_and_accounts_keep_their_order() {
    for seed in 0..200 {
        let (sent, plan) = (Shared::new(Vec::new()), Shared::new(Plan::default()));
        let mut fates = Chance(!seed);
        plan.lock().fail_with(move |_| match fates.below(4) {
            0 => Err(Fault::Retry(5)),
            1 => Err(Fault::Unknown),
            _ => Ok(()),
        });
        let mut chance = Chance(seed);
        let mut cursors = MemoryCursors::default();
        // The process ends some times in between and begins again at the cursors.
        for life in 0..3 {
            let mut publisher = MemoryPublisher::new(sent.clone(), plan.clone());
            let mut relay = Relay::new(LANE, 0, 0);
            push_all(&mut relay, &mut cursors);
            let turns = if life == 2 { 10_000 } else { chance.below(12) };
            let mut done = Vec::new();
            for now in 0..turns as i64 {
                relay.turn(&mut publisher, now);
                publisher.drain(&mut done);
                for published in done.drain(..) {
                    assert!(relay.answer(now, &published).is_none());
                }
                relay.pass();
                if chance.below(3) == 0 {
                    relay.write_cursors(&mut cursors).unwrap();
                    check_cursors(&mut cursors, &sent);
                }
                if relay.is_empty() {
                    break;
                }
            }
            assert!(life < 2 || relay.is_empty());
            relay.write_cursors(&mut cursors).unwrap();
            check_cursors(&mut cursors, &sent);
        }
        let mut first: BTreeMap<_, Vec<u128>> = BTreeMap::new();
        for output in sent.lock().iter() {
            let heard = first.entry((output.destination, output.account)).or_default();
            if !heard.contains(&output.id) {
                heard.push(output.id);
            }
        }
        assert!(first.values().all(|heard| heard.is_sorted()), "seed {seed}");
    }
}

#[test]
fn what_a_destination_refuses_for_good_is_a_dead_letter_and_halts_its_account() {
    let mut house = House::new(1);
    house.world.publishing.lock().fail_with(|output| match output.destination {
        Destination::Venue(_) => Err(Fault::Fatal("no such queue".to_owned())),
        _ => Ok(()),
    });
    house.put(&new("A", "1", 10, house.time()));
    let mut wired = house.open();
    house.settle(&mut wired);
    house.put(&new("A", "2", 10, house.time()));
    house.put(&cancel("A", "3", "1", house.time()));
    house.settle(&mut wired);
    let letters = house.sent(Destination::DeadLetters);
    let kinds: Vec<_> = letters.iter().map(|b| DeadLetter::decode(b).unwrap().kind).collect();
    assert_eq!(kinds, [DeadLetterKind::Refused, DeadLetterKind::Refused]);
    let counts = wired.progress.facts().counted();
    assert_eq!((counts.routed, counts.rejected, counts.forwarded), (1, 1, 1), "cancels pass");
    let told = house.events();
    assert!(told.iter().any(|told| told.kind == LifeCycleKind::AccountHalted));
    assert!(wired.line.follow.has_caught_up(), "the cursor passes");
}

#[test]
fn while_a_destination_lags_new_orders_are_refused_and_cancels_pass() {
    let mut house = House::new(1);
    house.options.config.lag_ns = 100_000_000;
    house.world.publishing.lock().fail_with(|_| Err(Fault::Retry(1_000)));
    house.put(&new("A", "1", 10, house.time()));
    let mut wired = house.open();
    let turn = |house: &mut House, wired: &mut Wired<ports::memory::MemoryWorld>| {
        for _ in 0..200 {
            house.now += 10_000_000;
            wired.turn(house.now).unwrap();
        }
    };
    turn(&mut house, &mut wired);
    assert!(wired.progress.facts().lanes[0].lagging);
    house.put(&new("A", "2", 10, house.time()));
    house.put(&cancel("A", "3", "1", house.time()));
    turn(&mut house, &mut wired);
    let counts = wired.progress.facts().counted();
    assert_eq!((counts.routed, counts.rejected, counts.forwarded), (1, 1, 1));
    // A start takes over what the books say, and the lane opens when all has left.
    drop(wired);
    house.world.publishing.lock().heal();
    let mut wired = house.open();
    house.settle(&mut wired);
    house.settle(&mut wired);
    house.put(&new("A", "4", 10, house.time()));
    house.settle(&mut wired);
    assert_eq!(wired.progress.facts().counted().routed, 2);
    let told = house.events().into_iter().filter(|told| told.kind == LifeCycleKind::IntakeChanged);
    assert_eq!(told.count(), 2, "it closed once and opened once");
    house.verify(true).unwrap();
}

#[test]
fn a_destination_that_lags_holds_a_replay_until_it_is_back() {
    let mut house = House::new(1);
    house.options.on_lag = OnLag::Wait;
    house.options.config.lag_ns = 100_000_000;
    house.world.publishing.lock().fail_with(|_| Err(Fault::Retry(1_000)));
    house.put(&new("A", "1", 10, house.time()));
    let mut wired = house.open();
    for _ in 0..200 {
        house.now += 10_000_000;
        wired.turn(house.now).unwrap();
    }
    assert!(wired.progress.facts().lanes[0].lagging);
    house.put(&new("A", "2", 10, house.time()));
    for _ in 0..200 {
        house.now += 10_000_000;
        wired.turn(house.now).unwrap();
    }
    assert_eq!(wired.progress.facts().counted().routed, 1);
    house.world.publishing.lock().heal();
    house.settle(&mut wired);
    house.settle(&mut wired);
    assert_eq!(wired.progress.facts().counted().routed, 2);
    assert!(!wired.progress.facts().lanes[0].lagging);
}

#[test]
fn a_lane_whose_old_entries_have_gone_is_still_followed() {
    let mut house = House::new(1);
    house.options.config.retain_entries = 0;
    for number in 0..30 {
        house.put(&new("A", &format!("{number}"), 10, house.time()));
        house.run();
    }
    let lane = house.options.lanes[0].lane;
    let first = house.world.slots.lock().items(lane).next().map(|entry| entry.index);
    assert!(first > Some(0), "what all have passed has gone");
    assert_eq!(house.sent(venue()).len(), 30);
    let rows = house.world.view.0.lock().rows.len();
    assert_eq!(rows, 30, "the order view keeps what the journal has let go");
    let proven = house.verify(true).unwrap();
    assert!(proven[0].first > 0 && proven[0].entries > 0, "what is left is still proven");
    assert_eq!(proven[0].digest, house.run().1);
}

#[test]
fn a_view_that_fails_for_a_while_loses_no_row_and_nothing_else() {
    let flow = |house: &mut House| {
        for number in 0..12 {
            let (id, other) = (format!("{number}"), format!("c{number}"));
            house.put(&new("A", &id, 10, house.time()));
            house.put(&cancel("A", &other, &id, house.time()));
        }
    };
    let mut undisturbed = House::new(1);
    flow(&mut undisturbed);
    let expected = undisturbed.run();
    let mut house = House::new(1);
    flow(&mut house);
    let mut reopened = 0;
    for round in 0..20 {
        // A lane is opened while the store answers; what it asks later may fail.
        let mut wired = house.open();
        house.world.view.0.lock().faults =
            vec![[Fault::Retry(1), Fault::Unknown][round % 2].clone(); round % 4];
        match house.try_settle(&mut wired) {
            Ok(()) => {}
            Err(order_router::Error::Dropped { .. }) => reopened += 1,
            Err(error) => panic!("{error}"),
        }
        house.world.view.0.lock().faults.clear();
    }
    assert_eq!(house.run(), expected, "reopened {reopened} times");
    let rows = |house: &House| house.world.view.0.lock().rows.len();
    assert_eq!(rows(&house), rows(&undisturbed));
    let revisions = |house: &House| {
        house.world.view.0.lock().rows.values().map(|row| row.rev).collect::<Vec<_>>()
    };
    assert_eq!(revisions(&house), revisions(&undisturbed));
}

/// Records that can't be read, and orders that their venue refuses for good, before and after a
/// split.
fn story() -> House {
    let mut house = House::new(1);
    // So that whatever may be written between two steps is.
    house.options.config.cursor_ns = 1;
    house.world.publishing.lock().fail_with(|output| match output.destination {
        Destination::Venue(_) if output.account_text.starts_with('R') => {
            Err(Fault::Fatal("no such queue".to_owned()))
        }
        _ => Ok(()),
    });
    for (number, account) in ["R1", "B", "R2"].into_iter().enumerate() {
        house.put(&new(account, "1", 10, house.time()));
        house.put_bytes(0, format!("no record {number}").as_bytes());
    }
    let [low, _] = house.split(0)[..] else { unreachable!() };
    for (number, account) in ["R3", "C", "R4"].into_iter().enumerate() {
        house.put_bytes(low as usize, format!("nor this {number}").as_bytes());
        house.put(&new(account, "1", 10, house.time()));
    }
    house
}

fn letters(house: &House) -> BTreeSet<(u8, u128)> {
    let sent = house.sent(Destination::DeadLetters);
    let letter = |bytes: &Vec<u8>| {
        let letter = DeadLetter::decode(bytes).unwrap();
        (letter.kind as u8, letter.id)
    };
    sent.iter().map(letter).collect()
}

#[test]
fn every_dead_letter_arrives_whatever_write_was_the_last_before_a_crash() {
    let mut undisturbed = story();
    undisturbed.run();
    let expected = letters(&undisturbed);
    let of = |kind: DeadLetterKind| expected.iter().filter(|one| one.0 == kind as u8).count();
    assert_eq!((of(DeadLetterKind::Undecodable), of(DeadLetterKind::Refused)), (6, 4));
    let mut writes = 0;
    loop {
        let mut house = story();
        let power = house.world.power();
        power.fail_after(Some(writes));
        if let Ok(router) = OrderRouter::open(house.world.clone(), house.options.clone())
            && let Ok(mut wired) = router.wire()
        {
            let _ = house.try_settle(&mut wired);
        }
        let has_failed = power.has_failed();
        power.fail_after(None);
        house.run();
        let missing: Vec<_> = expected.difference(&letters(&house)).copied().collect();
        assert!(missing.is_empty(), "after {writes} writes: {missing:?}");
        if !has_failed {
            break;
        }
        writes += 1;
    }
    assert!(writes > 30, "{writes} writes are all there were");
}
