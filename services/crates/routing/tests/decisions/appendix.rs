//! Vectors by the groups of FIX's Appendix D (4.4 volume 4, and 5.0 SP2), beside the eight of
//! `conformance`: D.1.a, C.2.a, C.3.a, C.3.b, B.1.b, B.1.e, F.1.b and H.1.d stand there.
//!
//! Quantities are ours where the group's point doesn't hang on them.
//!
//! Left out, and why:
//!
//! - E.1.a, an order taken by telephone that the sell-side reports first: a report without a
//!   request that it answers is `Unmatched` (INV-14), the reconciler's to pair.
//! - F.1.c, an order refused because it was given by voice before: the sell-side's own knowledge;
//!   its report is that of any rejected order (`f_*`).
//! - H.1.b, a stock split overnight: it multiplies what was filled, and CumQty here is the sum of
//!   live fills and nothing else. A venue cancels and the sender orders anew.
//! - G.1.b, "nothing done" in answer to a status request: the same reports as `g_*`.
//! - L.1.b, CashOrderQty: amounts instead of quantities aren't taken.
//! - The matrices for exchanges (5.0 SP2 chapter 4): the same with fewer reports, which the model
//!   check walks through.
//! - LeavesQty of an order that is done for the day: the appendix shows 0 for orders for the day;
//!   here it is what may trade until the day ends and the order expires.

use domain::OrdStatus::{
    Calculated, Canceled, DoneForDay, Expired, Filled, New, PartiallyFilled, PendingCancel,
    PendingNew, PendingReplace, Rejected, Stopped, Suspended,
};
use domain::{ExecType, Inbound, Outcome, Reason, TimeInForce};

use crate::desk::{self, Desk, reasons};
use crate::vector::{In, Step, conforms};

const GTC: TimeInForce = TimeInForce::GoodTillCancel;

/// X for 10,000, acknowledged, then `rest`.
fn working(rest: Vec<Step>) -> Desk {
    let mut steps = vec![
        Step(In::Order(10_000), PendingNew, [10_000, 0, 10_000]),
        Step(In::Ack, New, [10_000, 0, 10_000]),
    ];
    steps.extend(rest);
    conforms(&steps)
}

/// X for 10,000, acknowledged, 1,000 of it filled, then `rest`.
fn part_filled(rest: Vec<Step>) -> Desk {
    let mut steps = vec![Step(In::Fill("X", 1_000), PartiallyFilled, [10_000, 1_000, 9_000])];
    steps.extend(rest);
    working(steps)
}

// === A, vanilla ===

#[test]
fn a_1_a_a_filled_order() {
    working(vec![
        Step(In::Fill("X", 2_000), PartiallyFilled, [10_000, 2_000, 8_000]),
        Step(In::Fill("X", 1_000), PartiallyFilled, [10_000, 3_000, 7_000]),
        Step(In::Fill("X", 7_000), Filled, [10_000, 10_000, 0]),
    ]);
}

#[test]
fn a_1_b_a_part_filled_day_order_done_for_the_day() {
    part_filled(vec![
        Step(In::Report(ExecType::DoneForDay, "X", "X"), DoneForDay, [10_000, 1_000, 9_000]),
        Step(In::Report(ExecType::Calculated, "X", "X"), Calculated, [10_000, 1_000, 9_000]),
        Step(In::NextDay, Expired, [10_000, 1_000, 0]),
    ]);
    working(vec![
        Step(In::Fill("X", 10_000), Filled, [10_000, 10_000, 0]),
        // Calculated takes precedence over Filled, and Done for day over both.
        Step(In::Report(ExecType::Calculated, "X", "X"), Calculated, [10_000, 10_000, 0]),
        Step(In::Report(ExecType::DoneForDay, "X", "X"), DoneForDay, [10_000, 10_000, 0]),
    ]);
}

// === B, cancel ===

#[test]
fn b_1_a_cancel_of_a_zero_filled_order() {
    working(vec![
        Step(In::Cancel("Y", "X"), PendingCancel, [10_000, 0, 10_000]),
        Step(In::Report(ExecType::PendingCancel, "Y", "X"), PendingCancel, [10_000, 0, 10_000]),
        Step(In::Report(ExecType::Canceled, "Y", "X"), Canceled, [10_000, 0, 0]),
        Step(In::Refused("Z", "X", None, Reason::TooLate), Canceled, [10_000, 0, 0]),
    ]);
    // Its alternative: refused by the market.
    working(vec![
        Step(In::Cancel("Y", "X"), PendingCancel, [10_000, 0, 10_000]),
        Step(
            In::Refused("Z", "X", None, Reason::AlreadyPending),
            PendingCancel,
            [10_000, 0, 10_000],
        ),
        Step(In::Report(ExecType::CancelRejected, "Y", "X"), New, [10_000, 0, 10_000]),
    ]);
}

#[test]
fn b_1_c_cancel_of_an_order_that_is_filled_before_it_can_be_accepted() {
    part_filled(vec![
        Step(In::Cancel("Y", "X"), PendingCancel, [10_000, 1_000, 9_000]),
        Step(In::Fill("X", 3_000), PendingCancel, [10_000, 4_000, 6_000]),
        Step(In::Report(ExecType::PendingCancel, "Y", "X"), PendingCancel, [10_000, 4_000, 6_000]),
        Step(In::Fill("X", 6_000), PendingCancel, [10_000, 10_000, 0]),
        Step(In::Report(ExecType::CancelRejected, "Y", "X"), Filled, [10_000, 10_000, 0]),
    ]);
}

#[test]
fn b_1_d_cancel_of_an_unknown_order_leaves_its_name_free() {
    let mut desk = Desk::new();
    let refused = reasons(desk.cancel("Y", "X"));
    assert_eq!(refused, [Reason::UnknownOrder]);
    assert_eq!(refused[0].cxl_rej_reason(), 1);
    // The name of the order that wasn't there is not used up by that.
    assert!(matches!(desk.order("X", 10_000), Outcome::Routed(_)));
}

// === C, changes of quantity ===

#[test]
fn c_1_a_a_zero_filled_order_is_increased() {
    working(vec![
        Step(In::Replace("Y", "X", 11_000), PendingReplace, [10_000, 0, 10_000]),
        Step(In::Report(ExecType::PendingReplace, "Y", "X"), PendingReplace, [10_000, 0, 10_000]),
        Step(In::Report(ExecType::Replaced, "Y", "X"), New, [11_000, 0, 11_000]),
        Step(In::Fill("Y", 1_000), PartiallyFilled, [11_000, 1_000, 10_000]),
        Step(In::Fill("Y", 2_000), PartiallyFilled, [11_000, 3_000, 8_000]),
    ]);
}

#[test]
fn c_1_b_a_part_filled_order_is_increased_while_executions_occur() {
    part_filled(vec![
        Step(In::Replace("Y", "X", 12_000), PendingReplace, [10_000, 1_000, 9_000]),
        // A fill while it is pending carries the original's quantities.
        Step(In::Fill("X", 100), PendingReplace, [10_000, 1_100, 8_900]),
        Step(In::Report(ExecType::Replaced, "Y", "X"), PartiallyFilled, [12_000, 1_100, 10_900]),
        Step(In::Fill("Y", 10_900), Filled, [12_000, 12_000, 0]),
    ]);
}

#[test]
fn c_1_c_a_filled_order_is_increased() {
    working(vec![
        Step(In::Fill("X", 10_000), Filled, [10_000, 10_000, 0]),
        Step(In::Replace("Y", "X", 12_000), PendingReplace, [10_000, 10_000, 0]),
        Step(In::Report(ExecType::PendingReplace, "Y", "X"), PendingReplace, [10_000, 10_000, 0]),
        Step(In::Report(ExecType::Replaced, "Y", "X"), PartiallyFilled, [12_000, 10_000, 2_000]),
        Step(In::Fill("Y", 2_000), Filled, [12_000, 12_000, 0]),
    ]);
    // To anything that it has already, it is too late.
    working(vec![
        Step(In::Fill("X", 10_000), Filled, [10_000, 10_000, 0]),
        Step(In::Refused("Y", "X", Some(10_000), Reason::TooLate), Filled, [10_000, 10_000, 0]),
        Step(In::Refused("Z", "X", Some(9_000), Reason::TooLate), Filled, [10_000, 10_000, 0]),
    ]);
}

#[test]
fn c_3_c_a_decrease_below_what_is_filled_leaves_what_is_filled() {
    working(vec![
        Step(In::Fill("X", 8_000), PartiallyFilled, [10_000, 8_000, 2_000]),
        Step(In::Replace("Y", "X", 7_000), PendingReplace, [10_000, 8_000, 2_000]),
        Step(In::Report(ExecType::Replaced, "Y", "X"), Filled, [8_000, 8_000, 0]),
    ]);
}

// === D, sequencing and chaining ===

#[test]
fn d_1_b_one_replace_is_refused_at_once_or_once_pending_and_another_accepted() {
    for pending in [false, true] {
        let mut steps =
            vec![Step(In::Replace("Y", "X", 8_000), PendingReplace, [10_000, 1_000, 9_000])];
        if pending {
            let report = In::Report(ExecType::PendingReplace, "Y", "X");
            steps.push(Step(report, PendingReplace, [10_000, 1_000, 9_000]));
        }
        let refused = In::Report(ExecType::CancelRejected, "Y", "X");
        steps.extend([
            Step(refused, PartiallyFilled, [10_000, 1_000, 9_000]),
            Step(In::Fill("X", 500), PartiallyFilled, [10_000, 1_500, 8_500]),
            Step(In::Replace("Z", "X", 6_000), PendingReplace, [10_000, 1_500, 8_500]),
            Step(In::Report(ExecType::Replaced, "Z", "X"), PartiallyFilled, [6_000, 1_500, 4_500]),
            Step(In::Fill("Z", 4_500), Filled, [6_000, 6_000, 0]),
        ]);
        part_filled(steps);
    }
}

#[test]
fn d_1_d_two_replaces_in_a_row_are_done_in_a_row() {
    part_filled(vec![
        Step(In::Replace("Y", "X", 8_000), PendingReplace, [10_000, 1_000, 9_000]),
        Step(In::Replace("Z", "Y", 7_000), PendingReplace, [10_000, 1_000, 9_000]),
        Step(In::Report(ExecType::Replaced, "Y", "X"), PendingReplace, [8_000, 1_000, 7_000]),
        Step(In::Report(ExecType::Replaced, "Z", "Y"), PartiallyFilled, [7_000, 1_000, 6_000]),
        Step(In::Fill("Z", 6_000), Filled, [7_000, 7_000, 0]),
    ]);
}

#[test]
fn d_1_e_two_replaces_in_a_row_of_which_the_second_is_refused_as_pending() {
    part_filled(vec![
        Step(In::Replace("Y", "X", 8_000), PendingReplace, [10_000, 1_000, 9_000]),
        Step(In::Replace("Z", "Y", 7_000), PendingReplace, [10_000, 1_000, 9_000]),
        Step(
            In::Report(ExecType::CancelRejected, "Z", "X"),
            PendingReplace,
            [10_000, 1_000, 9_000],
        ),
        Step(In::Report(ExecType::Replaced, "Y", "X"), PartiallyFilled, [8_000, 1_000, 7_000]),
        Step(In::Fill("Y", 2_000), PartiallyFilled, [8_000, 3_000, 5_000]),
    ]);
}

#[test]
fn d_2_a_cancel_after_a_replace_takes_precedence_while_both_are_pending() {
    part_filled(vec![
        Step(In::Replace("Y", "X", 8_000), PendingReplace, [10_000, 1_000, 9_000]),
        Step(In::Cancel("Z", "Y"), PendingCancel, [10_000, 1_000, 9_000]),
        Step(In::Report(ExecType::Replaced, "Y", "X"), PendingCancel, [8_000, 1_000, 7_000]),
        Step(In::Report(ExecType::Canceled, "Z", "Y"), Canceled, [8_000, 1_000, 0]),
    ]);
}

// === E, unsolicited ===

#[test]
fn e_1_b_an_unsolicited_cancel_of_a_part_filled_order() {
    part_filled(vec![Step(In::Report(ExecType::Canceled, "X", "X"), Canceled, [10_000, 1_000, 0])]);
}

#[test]
fn e_1_c_an_unsolicited_increase() {
    part_filled(vec![
        Step(In::Restate(11_000), PartiallyFilled, [11_000, 1_000, 10_000]),
        Step(In::Fill("X", 2_000), PartiallyFilled, [11_000, 3_000, 8_000]),
    ]);
}

#[test]
fn e_1_d_an_unsolicited_reduction() {
    working(vec![
        Step(In::Restate(9_000), New, [9_000, 0, 9_000]),
        Step(In::Fill("X", 1_000), PartiallyFilled, [9_000, 1_000, 8_000]),
        Step(In::Restate(500), Filled, [1_000, 1_000, 0]),
    ]);
}

// === F, reject ===

#[test]
fn f_1_a_a_name_in_use_is_refused_and_the_order_stays_as_it_is() {
    let mut desk = working(Vec::new());
    let other = desk::new("X", 15_000, desk.now);
    let refused = reasons(desk.take(Inbound::New(other)));
    assert_eq!(refused, [Reason::DuplicateOrder]);
    assert_eq!(refused[0].ord_rej_reason(), 6);
    assert_eq!(desk.state("X"), (New, 10_000, 0, 10_000));
}

#[test]
fn f_2_an_order_is_refused_by_its_venue_before_or_after_it_took_it() {
    conforms(&[
        Step(In::Order(10_000), PendingNew, [10_000, 0, 10_000]),
        Step(In::Report(ExecType::PendingNew, "X", "X"), PendingNew, [10_000, 0, 10_000]),
        Step(In::Report(ExecType::Rejected, "X", "X"), Rejected, [10_000, 0, 0]),
        Step(In::Ack, Rejected, [10_000, 0, 0]),
    ]);
    working(vec![
        Step(In::Report(ExecType::Rejected, "X", "X"), Rejected, [10_000, 0, 0]),
        Step(In::Refused("Y", "X", Some(1), Reason::TooLate), Rejected, [10_000, 0, 0]),
    ]);
}

// === G, status ===

#[test]
fn g_1_a_status_of_an_unknown_order_is_refused() {
    assert_eq!(reasons(Desk::new().status("X")), [Reason::UnknownOrder]);
}

#[test]
fn g_1_c_status_is_answered_throughout_an_orders_life() {
    let said = |status, quantities| Step(In::Ask, status, quantities);
    let venue =
        |status, quantities| Step(In::Report(ExecType::OrderStatus, "X", "X"), status, quantities);
    conforms(&[
        Step(In::Order(10_000), PendingNew, [10_000, 0, 10_000]),
        said(PendingNew, [10_000, 0, 10_000]),
        Step(In::Ack, New, [10_000, 0, 10_000]),
        said(New, [10_000, 0, 10_000]),
        Step(In::Fill("X", 2_000), PartiallyFilled, [10_000, 2_000, 8_000]),
        said(PartiallyFilled, [10_000, 2_000, 8_000]),
        venue(PartiallyFilled, [10_000, 2_000, 8_000]),
        Step(In::Fill("X", 8_000), Filled, [10_000, 10_000, 0]),
        said(Filled, [10_000, 10_000, 0]),
        venue(Filled, [10_000, 10_000, 0]),
    ]);
}

// === H, good till cancelled ===

/// A lasting X, part-filled on its first day and restated on its second, then `rest`.
fn restated(rest: Vec<Step>) -> Desk {
    let mut steps = vec![
        Step(In::Lasting(10_000, GTC), PendingNew, [10_000, 0, 10_000]),
        Step(In::Ack, New, [10_000, 0, 10_000]),
        Step(In::Exec("E-1", 2_000), PartiallyFilled, [10_000, 2_000, 8_000]),
        Step(In::Report(ExecType::DoneForDay, "X", "X"), DoneForDay, [10_000, 2_000, 8_000]),
        Step(In::NextDay, PartiallyFilled, [10_000, 2_000, 8_000]),
    ];
    steps.extend(rest);
    conforms(&steps)
}

#[test]
fn h_1_a_restated_and_part_filled_the_next_day() {
    let desk = restated(vec![
        Step(In::Fill("X", 3_000), PartiallyFilled, [10_000, 5_000, 5_000]),
        Step(In::Report(ExecType::DoneForDay, "X", "X"), DoneForDay, [10_000, 5_000, 5_000]),
        Step(In::NextDay, PartiallyFilled, [10_000, 5_000, 5_000]),
    ]);
    assert_eq!(desk.day("X"), (5_000, 0));
}

#[test]
fn h_1_c_restated_and_cancelled_the_next_day() {
    restated(vec![
        Step(In::Cancel("Y", "X"), PendingCancel, [10_000, 2_000, 8_000]),
        Step(In::Report(ExecType::Canceled, "Y", "X"), Canceled, [10_000, 2_000, 0]),
        Step(In::NextDay, Canceled, [10_000, 2_000, 0]),
    ]);
}

// === I, time in force ===

#[test]
fn i_1_a_fill_or_kill_that_cannot_be_filled() {
    let fok = TimeInForce::FillOrKill;
    conforms(&[
        Step(In::Lasting(10_000, fok), PendingNew, [10_000, 0, 10_000]),
        Step(In::Ack, New, [10_000, 0, 10_000]),
        Step(In::Report(ExecType::Canceled, "X", "X"), Canceled, [10_000, 0, 0]),
    ]);
}

#[test]
fn i_1_b_immediate_or_cancel_that_is_filled_in_part_or_not_at_all() {
    let ioc = TimeInForce::ImmediateOrCancel;
    conforms(&[
        Step(In::Lasting(10_000, ioc), PendingNew, [10_000, 0, 10_000]),
        Step(In::Ack, New, [10_000, 0, 10_000]),
        Step(In::Fill("X", 1_000), PartiallyFilled, [10_000, 1_000, 9_000]),
        Step(In::Report(ExecType::Canceled, "X", "X"), Canceled, [10_000, 1_000, 0]),
    ]);
    // One whose venue said nothing ends with the day: such orders are cancelled, never expired.
    conforms(&[
        Step(In::Lasting(10_000, ioc), PendingNew, [10_000, 0, 10_000]),
        Step(In::NextDay, Canceled, [10_000, 0, 0]),
    ]);
}

// === J, execution cancel and correct ===

#[test]
fn j_1_a_a_filled_order_whose_executions_are_corrected_and_cancelled() {
    let desk = working(vec![
        Step(In::Exec("E-1", 1_000), PartiallyFilled, [10_000, 1_000, 9_000]),
        Step(In::Exec("E-2", 9_000), Filled, [10_000, 10_000, 0]),
        Step(In::Bust("E-1"), PartiallyFilled, [10_000, 9_000, 1_000]),
        Step(In::Correct("E-2", "K-2", 8_500), PartiallyFilled, [10_000, 8_500, 1_500]),
        // Neither can be taken back twice.
        Step(In::Bust("E-1"), PartiallyFilled, [10_000, 8_500, 1_500]),
        Step(In::Bust("E-2"), PartiallyFilled, [10_000, 8_500, 1_500]),
        Step(In::Exec("E-3", 1_500), Filled, [10_000, 10_000, 0]),
        Step(In::Correct("E-3", "K-3", 1_501), Filled, [10_000, 10_000, 0]),
        Step(In::Bust("K-2"), PartiallyFilled, [10_000, 1_500, 8_500]),
        Step(In::Bust("E-3"), New, [10_000, 0, 10_000]),
    ]);
    let order = desk.books.order(desk.order_id("X")).expect("the books hold the order");
    assert_eq!((order.notional.0, order.avg_px().0), (0, 0), "nothing is left of any fill");
}

#[test]
fn j_1_b_a_cancelled_order_whose_execution_is_busted_and_which_executes_anew() {
    working(vec![
        Step(In::Exec("E-1", 5_000), PartiallyFilled, [10_000, 5_000, 5_000]),
        Step(In::Cancel("Y", "X"), PendingCancel, [10_000, 5_000, 5_000]),
        Step(In::Report(ExecType::Canceled, "Y", "X"), Canceled, [10_000, 5_000, 0]),
        Step(In::Bust("E-1"), Canceled, [10_000, 0, 0]),
        Step(In::Exec("E-2", 4_000), Canceled, [10_000, 4_000, 0]),
    ]);
}

#[test]
fn j_1_c_a_lasting_order_whose_executions_of_both_days_are_corrected() {
    let desk = restated(vec![
        Step(In::Exec("E-2", 1_000), PartiallyFilled, [10_000, 3_000, 7_000]),
        Step(In::Correct("E-1", "K-1", 1_500), PartiallyFilled, [10_000, 2_500, 7_500]),
        Step(In::Correct("E-2", "K-2", 1_200), PartiallyFilled, [10_000, 2_700, 7_300]),
    ]);
    // 1,500 of it is of the day before, however late that was known.
    assert_eq!(desk.day("X"), (8_500, 1_200));
}

#[test]
fn j_1_d_an_order_done_for_the_day_whose_execution_is_corrected_and_busted() {
    working(vec![
        Step(In::Exec("E-1", 1_000), PartiallyFilled, [10_000, 1_000, 9_000]),
        Step(In::Report(ExecType::DoneForDay, "X", "X"), DoneForDay, [10_000, 1_000, 9_000]),
        Step(In::Correct("E-1", "K-1", 500), DoneForDay, [10_000, 500, 9_500]),
        Step(In::Bust("K-1"), DoneForDay, [10_000, 0, 10_000]),
        // A new trade shows that it wasn't done.
        Step(In::Exec("E-2", 100), PartiallyFilled, [10_000, 100, 9_900]),
    ]);
}

// === K, trading halt ===

#[test]
fn k_1_a_a_halt_suspends_the_order_and_its_end_reinstates_it() {
    part_filled(vec![
        Step(In::Report(ExecType::Suspended, "X", "X"), Suspended, [10_000, 1_000, 9_000]),
        // Neither a trade from before the halt nor a late acknowledgement ends it.
        Step(In::Fill("X", 500), Suspended, [10_000, 1_500, 8_500]),
        Step(In::Ack, Suspended, [10_000, 1_500, 8_500]),
        Step(In::Report(ExecType::Restated, "X", "X"), PartiallyFilled, [10_000, 1_500, 8_500]),
        Step(In::Fill("X", 8_500), Filled, [10_000, 10_000, 0]),
    ]);
}

#[test]
fn k_1_b_a_halt_cancels_the_order_suspended_or_not() {
    part_filled(vec![Step(In::Report(ExecType::Canceled, "X", "X"), Canceled, [10_000, 1_000, 0])]);
    part_filled(vec![
        Step(In::Report(ExecType::Suspended, "X", "X"), Suspended, [10_000, 1_000, 9_000]),
        Step(In::Cancel("Y", "X"), PendingCancel, [10_000, 1_000, 9_000]),
        Step(In::Report(ExecType::CancelRejected, "Y", "X"), Suspended, [10_000, 1_000, 9_000]),
        Step(In::Report(ExecType::Canceled, "X", "X"), Canceled, [10_000, 1_000, 0]),
        Step(In::Report(ExecType::Restated, "X", "X"), Canceled, [10_000, 1_000, 0]),
    ]);
}

// === L, miscellaneous ===

#[test]
fn l_1_a_a_guaranteed_execution_is_followed_by_it() {
    working(vec![
        Step(In::Report(ExecType::Stopped, "X", "X"), Stopped, [10_000, 0, 10_000]),
        Step(In::Fill("X", 1_000), PartiallyFilled, [10_000, 1_000, 9_000]),
        Step(In::Fill("X", 9_000), Filled, [10_000, 10_000, 0]),
    ]);
}
