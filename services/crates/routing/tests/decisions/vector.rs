//! A vector of order states: what comes in, step by step, and how the order stands after it.

use domain::inbound::Report;
use domain::{ExecType, Inbound, OrdStatus, Outcome, Price, Quantity, Reason, TimeInForce};

use crate::desk::{self, Desk, reasons};

/// One step: what comes in, and OrdStatus, OrderQty, CumQty, LeavesQty of the order after it.
pub(crate) struct Step(pub(crate) In, pub(crate) OrdStatus, pub(crate) [i64; 3]);

/// What a step brings; X is the order, Y and Z name replaces and cancels.
#[derive(Clone, Copy, Debug)]
pub(crate) enum In {
    /// The order, for the day.
    Order(i64),
    /// The order with another TimeInForce.
    Lasting(i64, TimeInForce),
    Ack,
    Fill(&'static str, i64),
    /// A fill with an ExecID, for a bust or correction to name.
    Exec(&'static str, i64),
    /// The bust of the execution.
    Bust(&'static str),
    /// A correction of the execution to this quantity, under a new ExecID.
    Correct(&'static str, &'static str, i64),
    Cancel(&'static str, &'static str),
    Replace(&'static str, &'static str, i64),
    Report(ExecType, &'static str, &'static str),
    /// A report of an OrderQty that nobody asked for.
    Restate(i64),
    /// The business day ends, and what it does to orders with it.
    NextDay,
    /// A request that must be refused for this reason: a cancel or replace by its names.
    Refused(&'static str, &'static str, Option<i64>, Reason),
    /// A status request, which must be answered.
    Ask,
}

/// Runs the steps, and checks the order under its first name after each.
pub(crate) fn conforms(steps: &[Step]) -> Desk {
    let mut desk = Desk::new();
    for (number, Step(input, status, [order_qty, cum_qty, leaves_qty])) in steps.iter().enumerate()
    {
        desk.wait(1);
        let outcome = take(&mut desk, *input, number);
        let expected = (*status, *order_qty, *cum_qty, *leaves_qty);
        assert_eq!(desk.state("X"), expected, "step {number}: {input:?} was {outcome:?}");
    }
    assert_eq!(desk::rows(&desk.folded()), desk::rows(&desk.books));
    desk
}

fn take(desk: &mut Desk, input: In, number: usize) -> Option<Outcome> {
    Some(match input {
        In::Order(quantity) => desk.order("X", quantity),
        In::Lasting(quantity, time_in_force) => {
            let order = desk::new("X", quantity, desk.now);
            desk.take(Inbound::New(domain::inbound::New { time_in_force, ..order }))
        }
        In::Ack => desk.report(ExecType::New, "X", "X"),
        In::Fill(named, quantity) => desk.fill(named, quantity),
        In::Exec(exec_id, quantity) => {
            desk.take(Inbound::Report(desk::fill(exec_id, "X", quantity)))
        }
        In::Bust(exec_ref) => {
            let bust = desk::bust(&format!("bust-{number}"), "X", exec_ref);
            desk.take(Inbound::Report(bust))
        }
        In::Correct(exec_ref, exec_id, quantity) => {
            let bust = desk::bust(exec_id, "X", exec_ref);
            let (quantity, price) = (Quantity::whole(quantity), Price::whole(11));
            let exec_type = ExecType::TradeCorrect;
            desk.take(Inbound::Report(Report { exec_type, quantity, price, ..bust }))
        }
        In::Cancel(named, original) => desk.cancel(named, original),
        In::Replace(named, original, quantity) => desk.replace(named, original, quantity),
        In::Report(exec_type, named, original) => desk.report(exec_type, named, original),
        In::Restate(quantity) => {
            let restated = desk::report(&format!("restate-{number}"), ExecType::Restated, "X", "X");
            let quantity = Quantity::whole(quantity);
            desk.take(Inbound::Report(Report { quantity, ..restated }))
        }
        In::NextDay => {
            desk.next_day(1);
            return None;
        }
        In::Refused(named, original, quantity, reason) => {
            let outcome = match quantity {
                Some(quantity) => desk.replace(named, original, quantity),
                None => desk.cancel(named, original),
            };
            assert_eq!(reasons(outcome), [reason], "step {number}");
            outcome
        }
        In::Ask => {
            let outcome = desk.status("X");
            assert_eq!(outcome, Outcome::Answered { order: desk.order_id("X") });
            outcome
        }
    })
}
