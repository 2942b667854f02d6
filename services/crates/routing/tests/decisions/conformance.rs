//! Vectors of FIX's Appendix D: "crosses" means that the lane meets the report before the request.

use domain::OrdStatus::{
    Canceled, DoneForDay, Filled, New, PartiallyFilled, PendingCancel, PendingNew, PendingReplace,
};
use domain::{ExecType, Inbound, Outcome, Reason, TimeInForce};

use crate::desk::{self, Desk, reasons};
use crate::vector::{In, Step, conforms};

#[test]
fn vector_1_cancel_while_executions_occur() {
    conforms(&[
        Step(In::Order(10_000), PendingNew, [10_000, 0, 10_000]),
        Step(In::Ack, New, [10_000, 0, 10_000]),
        Step(In::Fill("X", 2_000), PartiallyFilled, [10_000, 2_000, 8_000]),
        Step(In::Fill("X", 3_000), PartiallyFilled, [10_000, 5_000, 5_000]),
        Step(In::Cancel("Y", "X"), PendingCancel, [10_000, 5_000, 5_000]),
        Step(In::Report(ExecType::PendingCancel, "Y", "X"), PendingCancel, [10_000, 5_000, 5_000]),
        Step(In::Fill("X", 1_000), PendingCancel, [10_000, 6_000, 4_000]),
        Step(In::Report(ExecType::Canceled, "Y", "X"), Canceled, [10_000, 6_000, 0]),
    ]);
}

#[test]
fn vector_1_alternatives_the_cancel_is_rejected_at_once_or_after_pending() {
    for pending in [false, true] {
        let mut steps = vec![
            Step(In::Order(10_000), PendingNew, [10_000, 0, 10_000]),
            Step(In::Ack, New, [10_000, 0, 10_000]),
            Step(In::Fill("X", 5_000), PartiallyFilled, [10_000, 5_000, 5_000]),
            Step(In::Cancel("Y", "X"), PendingCancel, [10_000, 5_000, 5_000]),
        ];
        if pending {
            let report = In::Report(ExecType::PendingCancel, "Y", "X");
            steps.push(Step(report, PendingCancel, [10_000, 5_000, 5_000]));
        }
        let rejected = In::Report(ExecType::CancelRejected, "Y", "X");
        steps.push(Step(rejected, PartiallyFilled, [10_000, 5_000, 5_000]));
        conforms(&steps);
    }
}

#[test]
fn vector_2_replace_of_an_order_that_is_filled_meanwhile_is_too_late() {
    let mut desk = conforms(&[
        Step(In::Order(10_000), PendingNew, [10_000, 0, 10_000]),
        Step(In::Ack, New, [10_000, 0, 10_000]),
        Step(In::Fill("X", 1_000), PartiallyFilled, [10_000, 1_000, 9_000]),
        Step(In::Fill("X", 9_000), Filled, [10_000, 10_000, 0]),
        Step(In::Replace("Y", "X", 10_000), Filled, [10_000, 10_000, 0]),
    ]);
    let refused = reasons(desk.replace("Y2", "X", 10_000));
    assert_eq!(refused, [Reason::TooLate]);
    assert_eq!(refused[0].cxl_rej_reason(), 0);
}

#[test]
fn vector_2_where_the_fill_crosses_on_the_way_to_the_venue_filled_wins() {
    conforms(&[
        Step(In::Order(10_000), PendingNew, [10_000, 0, 10_000]),
        Step(In::Ack, New, [10_000, 0, 10_000]),
        Step(In::Fill("X", 1_000), PartiallyFilled, [10_000, 1_000, 9_000]),
        Step(In::Replace("Y", "X", 10_000), PendingReplace, [10_000, 1_000, 9_000]),
        Step(In::Fill("X", 9_000), PendingReplace, [10_000, 10_000, 0]),
        Step(In::Report(ExecType::CancelRejected, "Y", "X"), Filled, [10_000, 10_000, 0]),
    ]);
}

#[test]
fn vector_3_replace_down_still_above_what_is_filled() {
    conforms(&[
        Step(In::Order(10_000), PendingNew, [10_000, 0, 10_000]),
        Step(In::Ack, New, [10_000, 0, 10_000]),
        Step(In::Fill("X", 1_000), PartiallyFilled, [10_000, 1_000, 9_000]),
        Step(In::Fill("X", 500), PartiallyFilled, [10_000, 1_500, 8_500]),
        Step(In::Replace("Y", "X", 8_000), PendingReplace, [10_000, 1_500, 8_500]),
        Step(
            In::Report(ExecType::PendingReplace, "Y", "X"),
            PendingReplace,
            [10_000, 1_500, 8_500],
        ),
        Step(In::Fill("X", 100), PendingReplace, [10_000, 1_600, 8_400]),
        Step(In::Report(ExecType::Replaced, "Y", "X"), PartiallyFilled, [8_000, 1_600, 6_400]),
        Step(In::Fill("Y", 6_400), Filled, [8_000, 8_000, 0]),
    ]);
}

#[test]
fn vector_4_replace_down_to_exactly_what_is_filled() {
    conforms(&[
        Step(In::Order(10_000), PendingNew, [10_000, 0, 10_000]),
        Step(In::Ack, New, [10_000, 0, 10_000]),
        Step(In::Fill("X", 7_000), PartiallyFilled, [10_000, 7_000, 3_000]),
        Step(In::Replace("Y", "X", 7_000), PendingReplace, [10_000, 7_000, 3_000]),
        Step(In::Report(ExecType::Replaced, "Y", "X"), Filled, [7_000, 7_000, 0]),
    ]);
}

#[test]
fn a_replace_below_what_is_filled_leaves_what_is_filled() {
    conforms(&[
        Step(In::Order(10_000), PendingNew, [10_000, 0, 10_000]),
        Step(In::Ack, New, [10_000, 0, 10_000]),
        Step(In::Fill("X", 7_000), PartiallyFilled, [10_000, 7_000, 3_000]),
        Step(In::Replace("Y", "X", 5_000), PendingReplace, [10_000, 7_000, 3_000]),
        Step(In::Report(ExecType::Replaced, "Y", "X"), Filled, [7_000, 7_000, 0]),
    ]);
}

#[test]
fn vector_5_two_accepted_replaces_in_sequence() {
    conforms(&[
        Step(In::Order(10_000), PendingNew, [10_000, 0, 10_000]),
        Step(In::Ack, New, [10_000, 0, 10_000]),
        Step(In::Fill("X", 1_000), PartiallyFilled, [10_000, 1_000, 9_000]),
        Step(In::Replace("Y", "X", 8_000), PendingReplace, [10_000, 1_000, 9_000]),
        Step(
            In::Report(ExecType::PendingReplace, "Y", "X"),
            PendingReplace,
            [10_000, 1_000, 9_000],
        ),
        Step(In::Fill("X", 500), PendingReplace, [10_000, 1_500, 8_500]),
        Step(In::Report(ExecType::Replaced, "Y", "X"), PartiallyFilled, [8_000, 1_500, 6_500]),
        Step(In::Fill("Y", 2_000), PartiallyFilled, [8_000, 3_500, 4_500]),
        Step(In::Replace("Z", "Y", 6_000), PendingReplace, [8_000, 3_500, 4_500]),
        Step(In::Report(ExecType::PendingReplace, "Z", "Y"), PendingReplace, [8_000, 3_500, 4_500]),
        Step(In::Report(ExecType::Replaced, "Z", "Y"), PartiallyFilled, [6_000, 3_500, 2_500]),
        Step(In::Fill("Z", 2_500), Filled, [6_000, 6_000, 0]),
    ]);
}

#[test]
fn vector_6_gtc_over_two_days_is_restated_and_then_replaced_up() {
    for done_for_day in [false, true] {
        let mut desk = Desk::new();
        let mut order = desk::new("X", 10_000, desk.now);
        order.time_in_force = TimeInForce::GoodTillCancel;
        desk.take(Inbound::New(order));
        desk.report(ExecType::New, "X", "X");
        desk.fill("X", 2_000);
        assert_eq!(desk.state("X"), (PartiallyFilled, 10_000, 2_000, 8_000));
        if done_for_day {
            desk.report(ExecType::DoneForDay, "X", "X");
            assert_eq!(desk.state("X"), (DoneForDay, 10_000, 2_000, 8_000));
        }
        desk.next_day(1);
        assert_eq!(desk.state("X"), (PartiallyFilled, 10_000, 2_000, 8_000));
        assert_eq!(desk.day("X"), (8_000, 0));
        // Its venue says so, too.
        desk.report(ExecType::Restated, "X", "X");
        assert_eq!(desk.state("X"), (PartiallyFilled, 10_000, 2_000, 8_000));
        desk.replace("Y", "X", 15_000);
        desk.report(ExecType::PendingReplace, "Y", "X");
        assert_eq!(desk.state("X"), (PendingReplace, 10_000, 2_000, 8_000));
        desk.fill("X", 1_000);
        assert_eq!(desk.state("X"), (PendingReplace, 10_000, 3_000, 7_000));
        assert_eq!(desk.day("X"), (8_000, 1_000));
        desk.report(ExecType::Replaced, "Y", "X");
        assert_eq!(desk.state("X"), (PartiallyFilled, 15_000, 3_000, 12_000));
        assert_eq!(desk.day("X"), (13_000, 1_000));
        assert_eq!(desk::rows(&desk.folded()), desk::rows(&desk.books));
    }
}

#[test]
fn vector_7_poss_resend_is_answered_and_an_unseen_one_is_an_order() {
    let mut desk = Desk::new();
    let first = desk::new("X", 10_000, desk.now);
    desk.take(Inbound::New(first));
    desk.report(ExecType::New, "X", "X");
    assert_eq!(desk.state("X"), (New, 10_000, 0, 10_000));

    let mut again = first;
    again.head.poss_resend = true;
    let answer = desk.take(Inbound::New(again));
    assert_eq!(answer, Outcome::Duplicate { order: desk.order_id("X") });
    assert_eq!((desk.effect.status, desk.effect.order_qty), (New, first.order_qty));
    assert_eq!(desk.books.counts().orders, 1);

    let mut unseen = desk::new("Y", 15_000, desk.now);
    unseen.head.poss_resend = true;
    assert!(matches!(desk.take(Inbound::New(unseen)), Outcome::Routed(_)));
    desk.report(ExecType::New, "Y", "Y");
    assert_eq!(desk.state("Y"), (New, 15_000, 0, 15_000));
}

#[test]
fn vector_8_cancel_of_an_unacknowledged_order_crosses_its_acknowledgement() {
    conforms(&[
        Step(In::Order(10_000), PendingNew, [10_000, 0, 10_000]),
        Step(In::Ack, New, [10_000, 0, 10_000]),
        Step(In::Cancel("Y", "X"), PendingCancel, [10_000, 0, 10_000]),
        Step(In::Report(ExecType::PendingCancel, "Y", "X"), PendingCancel, [10_000, 0, 10_000]),
        Step(In::Report(ExecType::Canceled, "Y", "X"), Canceled, [10_000, 0, 0]),
    ]);
    // The other way round: the cancel leaves before the acknowledgement comes.
    conforms(&[
        Step(In::Order(10_000), PendingNew, [10_000, 0, 10_000]),
        Step(In::Cancel("Y", "X"), PendingCancel, [10_000, 0, 10_000]),
        Step(In::Ack, PendingCancel, [10_000, 0, 10_000]),
        Step(In::Report(ExecType::Canceled, "Y", "X"), Canceled, [10_000, 0, 0]),
        Step(In::Ack, Canceled, [10_000, 0, 0]),
    ]);
}
