//! The duplicate window and its horizon (INV-8): forgetting refuses, and never doubles.

use books::Capacity;
use domain::{Control, ExecType, Inbound, Outcome, Reason, Symbol, Timestamp};

use crate::desk::{self, Desk, reasons};

const MINUTES_15: i64 = 15 * 60;

fn stale(new: &domain::inbound::New) -> Outcome {
    Outcome::Stale { order: domain::OrderId::of(new.head.identity, new.head.transact_time) }
}

#[test]
fn the_same_request_again_is_answered_with_its_order() {
    let mut desk = Desk::new();
    let new = Inbound::New(desk::new("X", 100, desk.now));
    desk.take(new);
    let order = desk.order_id("X");
    let before = desk.books.digest();
    for _ in 0..3 {
        assert_eq!(desk.take(new), Outcome::Duplicate { order });
    }
    assert_eq!(desk.books.digest(), before);
    let cancel = Inbound::Cancel(desk::cancel("C", "X", desk.now));
    desk.take(cancel);
    assert_eq!(desk.take(cancel), Outcome::Duplicate { order });
    assert_eq!(desk.books.next_venue_seq(new.account().unwrap(), desk::mic("XDEM")), 3);
}

#[test]
fn a_refused_request_again_is_a_duplicate_of_its_refusal() {
    let mut desk = Desk::new();
    let cancel = Inbound::Cancel(desk::cancel("C", "X", desk.now));
    assert_eq!(reasons(desk.take(cancel)), [Reason::UnknownOrder]);
    assert_eq!(desk.take(cancel), Outcome::Duplicate { order: Default::default() });
    let row = desk.books.request(cancel.head().unwrap().identity).unwrap();
    assert_eq!(row.reasons.first(), Some(Reason::UnknownOrder));
}

#[test]
fn an_open_order_keeps_its_identity_however_old_it_is() {
    let mut desk = Desk::new();
    let new = Inbound::New(desk::new("X", 100, desk.now));
    desk.take(new);
    desk.wait(10 * MINUTES_15);
    assert_eq!(desk.take(new), Outcome::Duplicate { order: desk.order_id("X") });
}

#[test]
fn a_finished_order_past_the_horizon_is_stale_and_never_decided_again() {
    let mut desk = Desk::new();
    let new = desk::new("X", 100, desk.now);
    desk.take(Inbound::New(new));
    desk.fill("X", 100);
    desk.wait(MINUTES_15 - 1);
    assert!(matches!(desk.take(Inbound::New(new)), Outcome::Duplicate { .. }));
    desk.wait(1);
    assert_eq!(desk.take(Inbound::New(new)), stale(&new));
    // Not even with other content.
    let other = domain::inbound::New { order_qty: domain::Quantity::whole(5), ..new };
    assert_eq!(desk.take(Inbound::New(other)), stale(&new));
    assert_eq!(desk.books.counts().orders, 1);
    // The same ClOrdID with a later time is another order; the former keeps its reports.
    let former = desk.order_id("X");
    assert!(matches!(desk.order("X", 7), Outcome::Routed(_)));
    assert_ne!(desk.order_id("X"), former);
    assert!(desk.books.order(former).is_some());
}

#[test]
fn an_old_request_that_was_never_seen_is_stale() {
    let mut desk = Desk::new();
    let old = desk::new("X", 100, desk.now);
    desk.wait(MINUTES_15);
    assert_eq!(desk.take(Inbound::New(old)), stale(&old));
    assert_eq!(desk.books.counts().window, 0);
}

#[test]
fn what_the_cap_forces_out_raises_the_horizon() {
    let mut desk = Desk::with(Capacity { window: 3, ..Capacity::small() });
    let mut first = None;
    for number in 0..4 {
        desk.wait(1);
        let new = desk::new(&format!("N{number}"), 1, desk.now);
        first = first.or(Some(new));
        desk.take(Inbound::New(new));
        desk.fill(&format!("N{number}"), 1);
    }
    let first = first.unwrap();
    assert_eq!(desk.books.horizon(), first.head.transact_time);
    assert_eq!(desk.books.counts().window, 3);
    assert_eq!(desk.take(Inbound::New(first)), stale(&first));
    // The oldest goes first, also when it comes last.
    let late = desk::new("late", 1, first.head.transact_time.plus(1));
    assert!(matches!(desk.take(Inbound::New(late)), Outcome::Routed(_)));
    assert_eq!(desk.books.horizon(), late.head.transact_time);
}

#[test]
fn the_reach_of_the_window_is_recorded_and_the_horizon_never_comes_back() {
    let mut desk = Desk::new();
    for number in 0..5 {
        desk.wait(1);
        desk.order(&format!("N{number}"), 1);
    }
    desk.control(Control::Window { span_ns: 1, identities: 2 });
    let horizon = desk.books.horizon();
    assert_eq!(desk.books.counts().window, 2);
    desk.control(Control::Window { span_ns: i64::MAX, identities: 1_000 });
    desk.wait(1);
    desk.order("N", 1);
    assert_eq!(desk.books.horizon(), horizon);
}

#[test]
fn a_clock_in_2099_neither_shuts_the_lane_nor_is_remembered() {
    let mut desk = Desk::new();
    let far = desk::new("F", 1, Timestamp(4_070_908_800_000_000_000));
    let before = desk.books.horizon();
    assert_eq!(reasons(desk.take(Inbound::New(far))), [Reason::TransactTime]);
    assert_eq!(reasons(desk.take(Inbound::New(far))), [Reason::TransactTime]);
    assert!(desk.books.horizon() <= desk.now && desk.books.horizon() >= before);
    assert!(matches!(desk.order("X", 1), Outcome::Routed(_)));
}

#[test]
fn a_late_cancel_passes_the_horizon_only_while_its_order_is_open() {
    let mut desk = Desk::new();
    desk.order("X", 100);
    desk.wait(1);
    let cancel = Inbound::Cancel(desk::cancel("C", "X", desk.now));
    let second = Inbound::Cancel(desk::cancel("C2", "X", desk.now));
    let early = Inbound::Cancel(desk::cancel("E", "X", desk::START.plus(-1)));
    desk.wait(2 * MINUTES_15);
    let order = desk.order_id("X");
    // It can't be a cancel of this order that was decided before: the order was younger.
    assert_eq!(desk.take(early), Outcome::Stale { order });
    assert!(matches!(desk.take(cancel), Outcome::Forwarded(_)));
    // Below the horizon, and kept: its order is open.
    assert_eq!(desk.take(cancel), Outcome::Duplicate { order });
    desk.report(ExecType::Canceled, "C", "X");
    assert_eq!(desk.take(cancel), Outcome::Stale { order });
    assert_eq!(desk.take(second), Outcome::Stale { order });
    let replace = Inbound::Replace(desk::replace("R", "X", 5, desk::START));
    assert_eq!(desk.take(replace), Outcome::Stale { order });
}

#[test]
fn ticks_move_lane_time_and_horizon_but_no_digest_depends_on_the_time() {
    let mut desk = Desk::new();
    desk.order("X", 1);
    let before = desk.books.digest();
    let lane_time = desk.books.lane_time();
    desk.control(Control::Window { span_ns: i64::MAX, identities: 1_024 });
    let reached = desk.books.digest();
    assert_eq!(reached.accounts, before.accounts);
    desk.control(Control::Tick(lane_time.plus(5)));
    assert_eq!(desk.books.lane_time(), lane_time.plus(5));
    assert_eq!(desk.books.digest(), reached);
    desk.control(Control::Tick(lane_time));
    assert_eq!(desk.books.lane_time(), lane_time.plus(5));
}

#[test]
fn a_mass_cancel_reaches_every_open_order_once_in_the_order_of_their_ids() {
    let mut desk = Desk::new();
    for name in ["A", "B", "C", "D", "E"] {
        desk.order(name, 100);
    }
    desk.fill("A", 100);
    desk.cancel("CB", "B");
    let outcome = desk.mass_cancel("M", Symbol::EMPTY);
    assert_eq!(outcome, Outcome::MassForwarded { orders: 3, configuration: 7 });
    let listed: Vec<_> = desk.books.mass_cancelled().to_vec();
    assert!(listed.windows(2).all(|pair| pair[0].order < pair[1].order));
    let numbers: Vec<_> = listed.iter().map(|listed| listed.venue_seq).collect();
    assert_eq!(numbers, [7, 8, 9]);
    for name in ["C", "D", "E"] {
        assert_eq!(desk.state(name).0, domain::OrdStatus::PendingCancel);
        assert!(listed.iter().any(|listed| listed.order == desk.order_id(name)));
    }
    let before = desk.books.digest();
    assert!(matches!(desk.mass_cancel("M", Symbol::EMPTY), Outcome::Duplicate { .. }));
    assert_eq!(desk.books.digest(), before);
    // The answers name the mass cancel's ClOrdID.
    desk.report(ExecType::Canceled, "M", "C");
    desk.report(ExecType::CancelRejected, "M", "D");
    assert_eq!(desk.state("C").0, domain::OrdStatus::Canceled);
    assert_eq!(desk.state("D").0, domain::OrdStatus::PendingNew);
    let only = desk.mass_cancel("M2", desk::symbol("BOB"));
    assert_eq!(only, Outcome::MassForwarded { orders: 0, configuration: 7 });
}
