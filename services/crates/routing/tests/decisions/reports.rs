//! Venues' reports (INV-14): one effect each, never refused, never dropped.

use books::{Answer, Change};
use domain::OrdStatus::{Canceled, Filled, New, PartiallyFilled, PendingNew, Rejected};
use domain::inbound::Report;
use domain::{ExecType, Inbound, Notional, Outcome, Price, Quantity};

use crate::desk::{self, Desk};

#[test]
fn a_report_again_has_no_effect_and_other_content_is_a_conflict() {
    let mut desk = Desk::new();
    desk.order("X", 100);
    let fill = desk::fill("E-1", "X", 40);
    assert!(matches!(desk.take(Inbound::Report(fill)), Outcome::Reported { .. }));
    let before = desk.books.digest();
    assert_eq!(desk.take(Inbound::Report(fill)), Outcome::Repeated);
    let other = Report { content: 99, ..fill };
    assert_eq!(desk.take(Inbound::Report(other)), Outcome::ExecIdConflict);
    assert_eq!(desk.books.digest(), before);
    assert_eq!(desk.state("X"), (PartiallyFilled, 100, 40, 60));
}

#[test]
fn a_report_that_fits_nothing_is_unmatched_once_and_stays_so() {
    let mut desk = Desk::new();
    let early = desk::fill("E-1", "X", 40);
    assert_eq!(desk.take(Inbound::Report(early)), Outcome::Unmatched);
    desk.order("X", 100);
    // Its repeat has no effect either, although the order is there now.
    assert_eq!(desk.take(Inbound::Report(early)), Outcome::Repeated);
    assert_eq!(desk.state("X"), (PendingNew, 100, 0, 100));
    // More than the order asked for, nothing, for nothing, or of no fill.
    assert_eq!(desk.fill("X", 101), Outcome::Unmatched);
    assert_eq!(desk.fill("X", 0), Outcome::Unmatched);
    let free = Report { price: Price(0), ..desk::fill("E-2", "X", 1) };
    assert_eq!(desk.take(Inbound::Report(free)), Outcome::Unmatched);
    assert_eq!(desk.take(Inbound::Report(desk::bust("E-3", "X", "E-1"))), Outcome::Unmatched);
    // A replacement that nobody asked for and that says nothing.
    assert_eq!(desk.report(ExecType::Replaced, "X", "X"), Outcome::Unmatched);
    assert_eq!(desk.state("X"), (PendingNew, 100, 0, 100));
}

#[test]
fn a_canceled_report_whose_cancel_met_no_order_is_unmatched() {
    let mut desk = Desk::new();
    desk.cancel("C", "X");
    assert_eq!(desk.report(ExecType::Canceled, "C", "X"), Outcome::Unmatched);
    desk.order("X", 100);
    desk.report(ExecType::New, "X", "X");
    assert_eq!(desk.state("X"), (New, 100, 0, 100));
}

#[test]
fn a_venue_may_cancel_without_being_asked() {
    let mut desk = Desk::new();
    desk.order("X", 100);
    desk.fill("X", 40);
    desk.report(ExecType::Canceled, "X", "X");
    assert_eq!(desk.state("X"), (Canceled, 100, 40, 0));
    assert_eq!(desk.books.counts().open_orders, 0);
}

#[test]
fn nothing_late_brings_a_finished_order_back() {
    for (exec_type, status) in [(ExecType::Canceled, Canceled), (ExecType::Rejected, Rejected)] {
        let mut desk = Desk::new();
        desk.order("X", 100);
        desk.replace("R", "X", 200);
        desk.report(exec_type, "X", "X");
        assert_eq!(desk.state("X"), (status, 100, 0, 0));
        for late in [
            ExecType::New,
            ExecType::PendingNew,
            ExecType::PendingCancel,
            ExecType::PendingReplace,
            ExecType::Stopped,
            ExecType::Suspended,
            ExecType::DoneForDay,
            ExecType::Restated,
            ExecType::OrderStatus,
        ] {
            assert!(matches!(desk.report(late, "X", "X"), Outcome::Reported { .. }));
        }
        desk.report(ExecType::Replaced, "R", "X");
        desk.report(ExecType::CancelRejected, "R", "X");
        assert_eq!(desk.state("X"), (status, 100, 0, 0));
    }
}

#[test]
fn a_late_fill_of_a_cancelled_order_counts_and_filled_takes_precedence() {
    let mut desk = Desk::new();
    desk.order("X", 100);
    desk.report(ExecType::Canceled, "X", "X");
    desk.fill("X", 60);
    assert_eq!(desk.state("X"), (Canceled, 100, 60, 0));
    desk.fill("X", 40);
    assert_eq!(desk.state("X"), (Filled, 100, 100, 0));
}

#[test]
fn filled_wins_over_a_crossing_cancel() {
    let mut desk = Desk::new();
    desk.order("X", 100);
    desk.cancel("C", "X");
    desk.fill("X", 100);
    desk.report(ExecType::Canceled, "C", "X");
    assert_eq!(desk.state("X"), (Filled, 100, 100, 0));
    assert_eq!(desk.books.counts().open_orders, 0);
}

#[test]
fn an_end_that_finds_nothing_left_ends_nothing_when_a_fill_is_taken_back() {
    for end in [ExecType::Canceled, ExecType::Expired, ExecType::Rejected] {
        let mut desk = Desk::new();
        desk.order("X", 100);
        desk.take(Inbound::Report(desk::fill("E-1", "X", 100)));
        desk.report(end, "X", "X");
        assert_eq!(desk.state("X"), (Filled, 100, 100, 0));
        desk.take(Inbound::Report(desk::bust("B-1", "X", "E-1")));
        assert_eq!(desk.state("X"), (New, 100, 0, 100));
    }
}

#[test]
fn a_crossing_replace_up_opens_a_filled_order_again() {
    let mut desk = Desk::new();
    desk.order("X", 100);
    desk.replace("R", "X", 150);
    desk.fill("X", 100);
    desk.report(ExecType::Replaced, "R", "X");
    assert_eq!(desk.state("X"), (PartiallyFilled, 150, 100, 50));
    assert!(matches!(desk.cancel("C", "R"), Outcome::Forwarded(_)));
}

#[test]
fn a_bust_takes_a_fill_back_once_and_a_correction_changes_it() {
    let mut desk = Desk::new();
    desk.order("X", 100);
    desk.take(Inbound::Report(desk::fill("E-1", "X", 60)));
    desk.take(Inbound::Report(desk::fill("E-2", "X", 40)));
    assert_eq!(desk.state("X"), (Filled, 100, 100, 0));
    desk.take(Inbound::Report(desk::bust("B-1", "X", "E-2")));
    assert_eq!(desk.state("X"), (PartiallyFilled, 100, 60, 40));
    assert_eq!(desk.take(Inbound::Report(desk::bust("B-2", "X", "E-2"))), Outcome::Unmatched);
    let correct = Report {
        exec_type: ExecType::TradeCorrect,
        quantity: Quantity::whole(70),
        price: Price::whole(9),
        ..desk::bust("K-1", "X", "E-1")
    };
    desk.take(Inbound::Report(correct));
    assert_eq!(desk.state("X"), (PartiallyFilled, 100, 70, 30));
    assert_eq!(desk.effect.notional, Notional::whole(630));
    assert_eq!(desk.effect.avg_px, Price::whole(9));
    // A correction can be busted in its turn.
    desk.take(Inbound::Report(desk::bust("B-3", "X", "K-1")));
    assert_eq!(desk.state("X"), (New, 100, 0, 100));
    let too_much =
        Report { exec_type: ExecType::TradeCorrect, quantity: Quantity::whole(101), ..correct };
    let too_much = Report { exec: desk::fill("K-2", "X", 1).exec, content: 5, ..too_much };
    assert_eq!(desk.take(Inbound::Report(too_much)), Outcome::Unmatched);
}

#[test]
fn a_replacement_takes_what_the_venue_restates_before_what_was_asked() {
    let mut desk = Desk::new();
    desk.order("X", 100);
    desk.replace("R", "X", 80);
    let restated = Report {
        quantity: Quantity::whole(70),
        price: Price::whole(11),
        ..desk::report("E", ExecType::Replaced, "R", "X")
    };
    desk.take(Inbound::Report(restated));
    assert_eq!(desk.state("R"), (New, 70, 0, 70));
    assert_eq!(desk.effect.price, Price::whole(11));
    assert_eq!(desk.effect.change, Change::Reported);
    assert_ne!(desk.effect.former, desk.effect.name);
    assert_eq!(desk.books.request(desk.effect.name).unwrap().answer, Answer::Accepted);
    // Every name of the chain leads to the order.
    assert!(matches!(desk.cancel("C", "X"), Outcome::Forwarded(_)));
}

#[test]
fn one_request_is_answered_once_however_often_the_venue_says_so() {
    let mut desk = Desk::new();
    desk.order("X", 100);
    desk.replace("R1", "X", 90);
    desk.replace("R2", "X", 80);
    desk.report(ExecType::CancelRejected, "R1", "X");
    desk.report(ExecType::CancelRejected, "R1", "X");
    assert_eq!(desk.state("X"), (domain::OrdStatus::PendingReplace, 100, 0, 100));
    desk.report(ExecType::Replaced, "R2", "X");
    assert_eq!(desk.state("X"), (New, 80, 0, 80));
    // Said again it restates nothing, and no other answer takes it back.
    desk.report(ExecType::Replaced, "R2", "X");
    desk.report(ExecType::CancelRejected, "R2", "X");
    assert_eq!(desk.state("R2"), (New, 80, 0, 80));
}

#[test]
fn a_void_of_an_order_ends_it_and_a_void_of_a_change_ends_the_change() {
    let mut desk = Desk::new();
    desk.order("X", 100);
    desk.report(ExecType::Void, "X", "X");
    assert_eq!(desk.state("X"), (Rejected, 100, 0, 0));
    desk.order("Y", 100);
    desk.report(ExecType::New, "Y", "Y");
    desk.cancel("C", "Y");
    desk.report(ExecType::Void, "C", "Y");
    assert_eq!(desk.state("Y"), (New, 100, 0, 100));
    assert!(matches!(desk.cancel("C2", "Y"), Outcome::Forwarded(_)));
}
