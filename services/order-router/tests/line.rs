//! The line end to end on the memory world, with every stage turned by hand.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test stops at the first surprise")]

#[path = "line/house.rs"]
mod house;

use domain::{
    ClockSource, ExecType, OrdStatus, Outcome, Quantity, TimeInForce, Timestamp, TradeDate,
};
use house::{House, cancel, new, replace, report, venue};
use order_router::fold;
use ports::memory::Fate;
use ports::{Cursors, Destination, Fault, Journal, OrderView, Snapshots};
use wire::events::{DeadLetter, DeadLetterKind, LifeCycleKind, OrderView as Row, Times};
use wire::journal::Input;
use wire::message::{Coded, Message};

const NEW: (ExecType, OrdStatus, i64) = (ExecType::New, OrdStatus::New, 100);

/// Some life of three accounts: orders, an acknowledgement, a fill, a replace, a cancel, a refusal.
fn life(house: &mut House) {
    for account in ["A", "B", "C"] {
        house.put(&new(account, "1", 100, house.time()));
        house.put(&report(account, ("1", ""), &format!("{account}1"), NEW, house.time()));
        house.put(&replace(account, "2", "1", 80, house.time()));
        let filled = (ExecType::Trade, OrdStatus::PartiallyFilled, 30);
        house.put(&report(account, ("1", ""), &format!("{account}2"), filled, house.time()));
        house.put(&cancel(account, "9", "never", house.time()));
        let replaced = (ExecType::Replaced, OrdStatus::PartiallyFilled, 80);
        house.put(&report(account, ("2", "1"), &format!("{account}3"), replaced, house.time()));
        house.put(&cancel(account, "3", "2", house.time()));
        let cancelled = (ExecType::Canceled, OrdStatus::Canceled, 0);
        house.put(&report(account, ("3", "2"), &format!("{account}4"), cancelled, house.time()));
    }
}

#[test]
fn orders_are_decided_and_told_and_reports_change_them() {
    let mut house = House::new(2);
    life(&mut house);
    let (counts, digest) = house.run();
    assert_eq!((counts.routed, counts.forwarded, counts.reported), (3, 6, 12));
    assert_eq!((counts.rejected, counts.read()), (3, 24));
    assert_eq!(house.sent(venue()).len(), 9);
    let told: Vec<_> = house.events().into_iter().map(|told| told.kind).collect();
    let count = |kind| told.iter().filter(|told| **told == kind).count();
    assert_eq!(count(LifeCycleKind::Accepted), 3);
    assert_eq!(count(LifeCycleKind::Routed), 6);
    assert_eq!(count(LifeCycleKind::StateChanged), 12);
    assert_eq!(count(LifeCycleKind::Rejected), 3);
    let verified = house.verify(true).unwrap();
    assert_eq!(verified.iter().map(|lane| lane.redecided).sum::<u64>(), 24);
    assert_eq!(verified[0].digest.plus(verified[1].digest), digest);
}

#[test]
fn a_rejected_order_still_moves_the_checkpoint() {
    let mut house = House::new(1);
    house.put(&cancel("A", "1", "never", house.time()));
    let mut wired = house.open();
    house.settle(&mut wired);
    let facts = wired.progress.facts();
    assert_eq!(facts.lanes[0].position.sequence.number(), Some(1));
    assert_eq!(facts.counted().rejected, 1);
    let told = house.events().into_iter().find(|told| told.kind == LifeCycleKind::Rejected);
    assert_eq!(told.map(|told| told.reasons), Some(vec!["UNKNOWN_ORDER".to_owned()]));
}

#[test]
fn an_undecodable_record_passes_and_is_a_dead_letter() {
    let mut house = House::new(1);
    house.put_bytes(0, b"no message of ours");
    house.put_bytes(0, &[0xf3, 0x89, 0x9a, 0xc2, 1, 2, 3]);
    house.put(&new("A", "1", 10, house.time()));
    let (counts, _) = house.run();
    assert_eq!((counts.undecodable, counts.routed, counts.read()), (2, 1, 3));
    let letters = house.sent(Destination::DeadLetters);
    let kinds = letters.iter().map(|bytes| DeadLetter::decode(bytes).unwrap().kind);
    assert!(kinds.clone().all(|kind| kind == DeadLetterKind::Undecodable));
    assert_eq!(kinds.count(), 2);
}

#[test]
fn records_wait_until_a_configuration_set_is_in_force() {
    let mut house = House::unconfigured(1);
    house.put(&new("A", "1", 10, house.time()));
    let mut wired = house.open();
    house.settle(&mut wired);
    assert_eq!(wired.progress.facts().counted().read(), 0);
    house.configure(&wire::configuration::sample());
    house.settle(&mut wired);
    let facts = wired.progress.facts();
    assert_eq!((facts.counted().routed, facts.counted().rejected), (1, 0));
    assert!(facts.readiness(house.now, &house.options.config).is_ok());
}

#[test]
fn a_set_that_cant_be_read_is_named_and_the_older_one_stays_in_force() {
    let mut house = House::new(1);
    let mut wired = house.open();
    house.settle(&mut wired);
    let hash = [9; 16];
    house.world.control.0.lock().sets.push((2, hash, "not what the hash says".to_owned()));
    house.put(&new("A", "1", 10, house.time()));
    house.settle(&mut wired);
    let facts = wired.progress.facts();
    assert_eq!((facts.unread_set, facts.counted().routed), (2, 1));
    house.world.control.0.lock().sets.retain(|set| set.1 != hash);
    house.settle(&mut wired);
    assert_eq!(wired.progress.facts().unread_set, 0);
}

#[test]
fn a_kill_switch_binds_the_next_order_and_lets_cancels_pass() {
    let mut house = House::new(1);
    house.put(&new("A", "1", 10, house.time()));
    let mut wired = house.open();
    house.settle(&mut wired);
    let target = domain::Text::new("A").unwrap();
    let kill =
        |number, state| domain::Kill { number, scope: domain::Scope::Account, target, state };
    house.world.control.0.lock().kills.push(kill(1, domain::TradingState::Halted));
    house.settle(&mut wired);
    house.put(&new("A", "2", 10, house.time()));
    house.put(&cancel("A", "3", "1", house.time()));
    house.settle(&mut wired);
    let counts = wired.progress.facts().counted();
    assert_eq!((counts.routed, counts.rejected, counts.forwarded), (1, 1, 1));
    house.world.control.0.lock().kills.push(kill(2, domain::TradingState::Active));
    drop(wired);
    house.put(&new("A", "4", 10, house.time()));
    let mut wired = house.open();
    house.settle(&mut wired);
    house.put(&new("A", "5", 10, house.time()));
    house.settle(&mut wired);
    assert!(wired.progress.facts().counted().routed >= 2, "the release is taken after a restart");
}

#[test]
fn a_duplicate_has_no_second_effect_across_a_restart() {
    let mut house = House::new(2);
    let order = new("A", "1", 10, house.time());
    house.put(&order);
    house.run();
    house.put(&order);
    let (counts, _) = house.run();
    assert_eq!((counts.routed, counts.duplicates), (1, 1));
    assert_eq!(house.sent(venue()).len(), 1);
    let told = house.events();
    let again = told.iter().find(|told| told.kind == LifeCycleKind::Duplicate).unwrap();
    let first = told.iter().find(|told| told.kind == LifeCycleKind::Accepted).unwrap();
    assert_eq!(again.order, first.order, "a repeat is answered with the first decision's order");
}

#[test]
fn a_fenced_writer_drops_the_lane_and_recovery_goes_on() {
    let mut house = House::new(1);
    house.put(&new("A", "1", 10, house.time()));
    let mut first = house.open();
    house.settle(&mut first);
    let mut second = house.open();
    house.put(&new("A", "2", 10, house.time()));
    let fenced = house.try_settle(&mut first);
    let is_fenced =
        matches!(fenced, Err(order_router::Error::Dropped { fault: Fault::Fenced, .. }));
    assert!(is_fenced, "{fenced:?}");
    drop(first);
    house.settle(&mut second);
    assert_eq!(second.progress.facts().counted().routed, 2);
    drop(second);
    let (counts, _) = house.run();
    assert_eq!(counts.routed, 2);
    house.verify(true).unwrap();
}

#[test]
fn misplaced_records_go_back_under_their_account_at_most_three_times() {
    let mut house = House::new(2);
    let message = new("A", "1", 10, house.time());
    let account = domain::AccountKey::of("A");
    let other = house.options.lanes.iter().position(|spec| !spec.range.contains(account)).unwrap();
    let mut bytes = wire::message::encode(&message);
    for hops in 1..=3 {
        house.put_bytes(other, &bytes);
        house.run();
        let back = house.sent(Destination::Inbound);
        assert_eq!(back.len(), hops);
        bytes = back.last().unwrap().clone();
        let header = wire::message::parse(&bytes).unwrap();
        assert_eq!(header.header().hops, hops as u32);
    }
    house.put_bytes(other, &bytes);
    let (counts, _) = house.run();
    assert_eq!((house.sent(Destination::Inbound).len(), counts.misplaced), (3, 4));
    let letters = house.sent(Destination::DeadLetters);
    let kinds: Vec<_> = letters.iter().map(|b| DeadLetter::decode(b).unwrap().kind).collect();
    assert_eq!(kinds, [DeadLetterKind::Misplaced]);
    assert_eq!(counts.routed, 0);
}

#[test]
fn the_order_view_has_each_order_as_it_stands() {
    let mut house = House::new(2);
    life(&mut house);
    house.run();
    let mut view = house.world.view.clone();
    let key = house::KEY.request("S", "B", "2");
    let orders = view.find(&order_router::view::key_of_request(key), 9).unwrap();
    assert_eq!(orders.len(), 1, "any ClOrdID of the chain finds the order");
    let row = Row::decode(&view.get(orders[0]).unwrap().unwrap().bytes).unwrap();
    assert_eq!((row.root_cl_ord_id.as_str(), row.cl_ord_id.as_str()), ("1", "2"));
    assert_eq!((row.ord_status, row.rev), (OrdStatus::Canceled, 7));
    assert_eq!(row.cum_qty, domain::Quantity::whole(30));
    let of_account = order_router::view::key_of_account(domain::AccountKey::of("B"));
    assert_eq!(view.find(&of_account, 9).unwrap(), orders);
}

#[test]
fn a_view_that_was_lost_is_made_again() {
    let mut house = House::new(2);
    for _ in 0..4 {
        life(&mut house);
        house.run();
    }
    let seen = |house: &House| {
        let view = house.world.view.0.lock();
        let rows = view.rows.values().map(|row| {
            let mut row = Row::decode(&row.bytes).unwrap();
            // When entries were seen to be durable, whoever comes later doesn't know.
            let times = &mut row.times;
            (times.persist, times.route_send, times.emit) = Default::default();
            row
        });
        (rows.collect::<Vec<_>>(), view.keys.clone(), view.indexes.clone())
    };
    let before = seen(&house);
    *house.world.view.0.lock() = ports::memory::store::Rows::default();
    let sent = house.world.sent.lock().len();
    house.run();
    let after = seen(&house);
    assert!(after.0 == before.0 && after.1 == before.1, "rows and keys are the same again");
    assert_eq!(house.world.sent.lock().len(), sent, "cursors hold back what has left");
}

#[test]
fn snapshots_are_taken_when_all_has_left_and_recovery_starts_from_them() {
    let mut house = House::new(1);
    let mut digests = Vec::new();
    for round in 0..10 {
        house.put(&new("A", &format!("n{round}"), 10, house.time()));
        digests.push(house.run());
    }
    let lane = house.options.lanes[0].lane;
    let snapshots = house.world.snapshots.clone().newest(lane).unwrap();
    assert_eq!(snapshots.len(), 2);
    let folded = house.verify(true).unwrap();
    assert_eq!(digests.last().map(|last| last.1), Some(folded[0].digest));
    // What is below the older one may go, and the lane is still recovered.
    let mut journal = ports::memory::MemoryJournal::new(house.world.slots.clone());
    journal.release(lane, snapshots[1].0.index).unwrap();
    assert_eq!(house.run(), *digests.last().unwrap());
}

#[test]
fn cursors_are_never_ahead_of_what_has_left() {
    let mut house = House::new(1);
    for number in 0..6 {
        house.put(&new("A", &format!("{number}"), 10, house.time()));
        house.run();
    }
    let lane = house.options.lanes[0].lane;
    let mut cursors = house.world.cursors.clone();
    let (events, to_venue) = (Destination::Events, venue());
    let cursor = cursors.cursor(lane, to_venue).unwrap().unwrap();
    assert_eq!(Some(cursor), cursors.cursor(lane, events).unwrap());
    let numbers: Vec<_> = house
        .sent(to_venue)
        .iter()
        .map(|bytes| wire::venue::parse(bytes).unwrap().venue_seq)
        .collect();
    assert_eq!(numbers, [1, 2, 3, 4, 5, 6]);
}

#[test]
fn what_is_in_the_journal_is_what_was_decided() {
    let mut house = House::new(1);
    life(&mut house);
    house.run();
    let lane = house.options.lanes[0].lane;
    let slots = house.world.slots.lock();
    let mut outcomes = Vec::new();
    for entry in slots.items(lane) {
        for input in wire::journal::inputs(&entry.body) {
            if let Input::Record(record) = input.unwrap() {
                outcomes.push(record.outcome);
            }
        }
    }
    assert_eq!(outcomes.len(), 24);
    assert!(matches!(outcomes[0], Outcome::Routed(routed) if routed.venue_seq == 1));
}

#[test]
fn unknown_outcomes_are_resolved_by_the_same_bytes() {
    let mut house = House::new(1);
    life(&mut house);
    let undisturbed = house.run();
    let mut other = House::new(1);
    life(&mut other);
    let mut count = 0;
    other.world.slots.lock().fail_with(move |_| {
        count += 1;
        [Fate::Done, Fate::AnswerLost, Fate::Lost, Fate::Throttled, Fate::Doubled][count % 5]
    });
    assert_eq!(other.run(), undisturbed);
    other.verify(true).unwrap();
}

#[test]
fn decisions_under_sets_that_change_follow_again_and_a_forged_one_is_named() {
    let mut house = House::new(1);
    let mut wired = house.open();
    for number in 1..=6 {
        let mut set = wire::configuration::sample();
        set.number = number + 1;
        // Each second set takes nothing of this size.
        let largest = if number % 2 == 1 { 1_000 } else { 99 };
        let limits = set.instruments.iter_mut().map(|instrument| &mut instrument.limits);
        limits.for_each(|limits| limits.max_order_qty = Quantity::whole(largest));
        let set = wire::configuration::parse(&wire::configuration::render(&set)).unwrap();
        house.configure(&set);
        house.settle(&mut wired);
        house.put(&new("A", &number.to_string(), 100, house.time()));
        house.settle(&mut wired);
    }
    let counts = wired.progress.facts().counted();
    assert_eq!((counts.routed, counts.rejected), (3, 3));
    drop(wired);
    assert_eq!(house.verify(true).unwrap()[0].redecided, 6);

    // The last order was refused under the set in force; another story, which the books agree with.
    let (index, forged) = forged(&house, 6);
    house.world.slots.lock().damage(house.options.lanes[0].lane, index, |entry| *entry = forged);
    assert!(house.verify(false).is_ok(), "chain and books agree");
    let wrong = house.verify(true).unwrap_err();
    assert_eq!((wrong.index, wrong.input), (index, 0));
    assert!(wrong.reason.contains("decided again it is Rejected"), "{wrong}");
}

/// The entry of the lane's `nth` record as it would be if the record had passed.
fn forged(house: &House, nth: usize) -> (u64, domain::Entry) {
    let lane = &house.options.lanes[0];
    let mut fold = fold::Fold::new(&fold::capacity(&house.options.config), house.options.key);
    let slots = house.world.slots.lock();
    let mut records = 0;
    for entry in slots.items(lane.lane) {
        let record = wire::journal::inputs(&entry.body).find_map(|input| match input {
            Ok(Input::Record(record)) => Some(record),
            _ => None,
        });
        records += usize::from(record.is_some());
        let Some(record) = record.filter(|_| records == nth) else {
            fold.entry(entry, |_, _| {}).unwrap();
            continue;
        };
        let inbound = fold::inbound(&record, &house.options.key);
        let routing = routing::Lane { range: lane.range, clock: None, rules: 1 };
        let set = wire::configuration::sample();
        let outcome = routing::decide(&fold.books, &set, &routing, record.arrival, &inbound);
        fold.books.apply(record.arrival, &inbound, &outcome);
        let mut body = wire::journal::BodyWriter::default();
        body.record(record.position, record.arrival, record.data, &outcome);
        let state = fold.books.digest();
        let body = body.bytes().into();
        return (entry.index, domain::Entry { body, state, ..entry.clone() }.sealed());
    }
    panic!("there are fewer records");
}

#[test]
fn a_business_day_that_ends_expires_restates_and_tells_whatever_restarts_between() {
    let mut house = House::new(2);
    for account in ["A", "B", "C"] {
        for number in 0..3 {
            let mut order = new(account, &number.to_string(), 100, house.time());
            if let (Message::NewOrderSingle(order), 0) = (&mut order, number) {
                order.time_in_force = Coded::Known(TimeInForce::GoodTillCancel);
            }
            house.put(&order);
        }
    }
    house.run();
    house.world.control.0.lock().days.push((1, TradeDate(20_459)));
    house.run();
    // The next start takes no day twice.
    let (counts, digest) = house.run();
    assert_eq!(counts.routed, 9);
    let mut view = house.world.view.clone();
    let (mut expired, mut restated) = (0, 0);
    for told in house.events() {
        let row = view.get(told.order).unwrap().map(|row| Row::decode(&row.bytes).unwrap());
        match told.exec_type {
            Some(ExecType::Expired) => {
                expired += 1;
                assert_eq!(row.unwrap().ord_status, OrdStatus::Expired);
                assert_eq!(told.leaves_qty, Quantity::ZERO);
            }
            Some(ExecType::Restated) => {
                restated += 1;
                assert_eq!(row.unwrap().rev, told.rev);
                assert_eq!(told.exec_restatement_reason, Some(1));
                assert_eq!(told.day_order_qty, Quantity::whole(100));
            }
            _ => {}
        }
    }
    assert_eq!((expired, restated), (6, 3));
    let days =
        house.events().into_iter().filter(|told| told.kind == LifeCycleKind::BusinessDayChanged);
    assert_eq!(days.count(), 2, "each lane says so once");
    let verified = house.verify(true).unwrap();
    assert_eq!(verified[0].digest.plus(verified[1].digest), digest);
}

#[test]
fn every_order_carries_when_what_happened_to_it_through_to_the_view() {
    let mut house = House::new(1);
    house.options.config.clock_source = ClockSource::Ptp;
    house.options.config.clock_error_ns = 50_000;
    let mut wired = house.open();
    house.settle(&mut wired);
    let opened = house.now;
    // The venue's queue turns away two tries, the answers' stream five.
    let (mut venue, mut events) = (2, 5);
    house.world.publishing.lock().fail_with(move |output| {
        let left = match output.destination {
            Destination::Venue(_) => &mut venue,
            _ => &mut events,
        };
        *left -= 1;
        if *left >= 0 { Err(Fault::Retry(30_000_000)) } else { Ok(()) }
    });
    let sent = house.time();
    let arrived = house.put(&new("A", "1", 100, sent));
    house.settle(&mut wired);
    let settled = house.now;
    let (acked, filled) = (sent.plus(3), sent.plus(5));
    house.put(&report("A", ("1", "1"), "E-1", NEW, acked));
    let trade = (ExecType::Trade, OrdStatus::PartiallyFilled, 40);
    house.put(&report("A", ("1", "1"), "E-2", trade, filled));
    house.settle(&mut wired);

    let events = house.events();
    let routed = events.iter().find(|told| told.kind == LifeCycleKind::Accepted).unwrap();
    let mut view = house.world.view.clone();
    let row = Row::decode(&view.get(routed.order).unwrap().unwrap().bytes).unwrap();
    assert_eq!((row.times.client_send, row.times.stream_arrival), (sent, Timestamp(arrived)));
    assert_eq!((row.times.venue_ack, row.times.execution), (acked, filled));
    let times = row.times;
    let ours = [times.persist, times.route_send, times.emit];
    assert!(ours.is_sorted_by(|one, next| one < next), "each when it happened: {times:?}");
    let ours = [times.router_receive, times.risk_decision, times.persist];
    assert!(ours.is_sorted(), "{times:?}");
    let ours = [ours[0], ours[1], ours[2], times.route_send, times.emit];
    assert!(ours.iter().all(|time| (opened..=settled).contains(&time.0)), "{times:?}");
    assert_eq!((times.clock_source, times.clock_error_ns), (ClockSource::Ptp, 50_000));
    // The sender is told the same of its request, and of each report what is known of that.
    let told = wire::events::Times { venue_ack: Timestamp(0), execution: Timestamp(0), ..times };
    assert_eq!(routed.times, told);
    let trade = events.iter().find(|told| told.exec_id == "E-2").unwrap();
    assert_eq!((trade.times.execution, trade.times.route_send), (filled, Timestamp(0)));

    // Who folds the journal again has what was recorded there, and doesn't guess the rest: nothing
    // that has left is handed over again.
    drop(wired);
    {
        let mut rows = house.world.view.0.lock();
        rows.rows.clear();
        rows.indexes.clear();
    }
    house.world.snapshots.0.lock().clear();
    house.run();
    let mut view = house.world.view.clone();
    let again = Row::decode(&view.get(routed.order).unwrap().unwrap().bytes).unwrap();
    let unseen = Timestamp(0);
    let recorded =
        wire::events::Times { route_send: unseen, persist: unseen, emit: unseen, ..times };
    assert_eq!(again.times, recorded);
    assert!(again.decided == row.decided && again.ord_status == row.ord_status);
}

#[test]
fn the_first_time_that_an_order_left_stands_when_it_is_sent_again() {
    let mut house = House::new(1);
    house.put(&new("A", "1", 100, house.time()));
    house.run();
    let told = house.events().into_iter().find(|told| told.kind == LifeCycleKind::Accepted);
    let order = told.unwrap().order;
    let row = |house: &House| {
        let row = house.world.view.clone().get(order).unwrap().unwrap();
        Row::decode(&row.bytes).unwrap()
    };
    let first = row(&house);
    let Times { persist, route_send, emit, .. } = first.times;
    assert!(persist.0 > 0 && route_send >= persist && emit >= persist, "{:?}", first.times);
    // As after a crash before any cursor was written.
    house.world.cursors.0.lock().clear();
    let before = house.sent(venue()).len();
    house.run();
    assert_eq!(house.sent(venue()).len(), before + 1, "it is sent again");
    assert_eq!(row(&house), first);
}
