//! The ladder that every request climbs, and what becomes of it at the top.
//!
//! Invariants: INV-8. The order of the rungs: is the identity kept (duplicate, or taken), is the
//! TransactTime usable, may an earlier decision be forgotten (stale), do the controls pass.
//! Only what reaches the controls with an identity of its own and a usable time is remembered.

use books::OrderRow;
use domain::inbound::{Cancel, MassCancel, New, Replace, Report, RequestHead, Status};
use domain::outcome::{Forwarded, Rejection};
use domain::time::SECOND_NS;
use domain::{AccountKey, Identity, OrderId, Outcome, Price, Reason, Reasons};

use crate::{Scene, risk, route, spanning};

/// How far ahead of lane time a TransactTime may be.
const AHEAD_NS_MAX: i64 = SECOND_NS;

/// A request that no earlier decision answers; what failed so far goes on the list.
struct Undecided {
    reasons: Reasons,
    remembered: bool,
}

pub(crate) fn new(scene: &Scene<'_>, new: &New) -> Outcome {
    let order = OrderId::of(new.head.identity, new.head.transact_time);
    let step = match climb(scene, &new.head, order, None) {
        Ok(step) => step,
        Err(outcome) => return outcome,
    };
    let ticket = risk::new(scene, new, step.reasons);
    let routed = ticket.and_then(|admitted| route::route(scene, &admitted, order));
    let reserved = match routed {
        Ok(routed) => spanning::reserve(scene, new, routed),
        Err(reasons) => Err(reasons.with(behind(scene, new, order))),
    };
    match reserved {
        Ok(routed) => Outcome::Routed(routed),
        Err(reasons) => reject(scene, order, reasons, step.remembered),
    }
}

/// What stands in the way of a refused order behind what refused it: told with that.
fn behind(scene: &Scene<'_>, new: &New, order: OrderId) -> Reasons {
    let prospect = route::prospect(scene, new, order);
    let lacking = spanning::lacking(scene, new, prospect.ok());
    match prospect {
        Err(obstacles) if scene.configuration.asks_for_all() => lacking.with(obstacles),
        _ => lacking,
    }
}

pub(crate) fn replace(scene: &Scene<'_>, replace: &Replace) -> Outcome {
    let named = named(scene, replace.original, replace.head.account);
    let order = named.map(|order| order.id).unwrap_or_default();
    let step = match climb(scene, &replace.head, order, None) {
        Ok(step) => step,
        Err(outcome) => return outcome,
    };
    let price = match risk::replace(scene, replace, named, step.reasons) {
        Ok(order) => spanning::replace(scene, replace, order).map(|price| (order, price)),
        Err(reasons) => Err(reasons.with(spanning::lacking_of_replace(scene, replace, named))),
    };
    match price {
        Ok((order, price)) => forward(scene, order, price),
        Err(reasons) => reject(scene, order, reasons, step.remembered),
    }
}

pub(crate) fn cancel(scene: &Scene<'_>, cancel: &Cancel) -> Outcome {
    let named = named(scene, cancel.original, cancel.head.account);
    let order = named.map(|order| order.id).unwrap_or_default();
    let step = match climb(scene, &cancel.head, order, named) {
        Ok(step) => step,
        Err(outcome) => return outcome,
    };
    match risk::cancel(cancel, named, step.reasons) {
        Ok(order) => forward(scene, order, Price(0)),
        Err(reasons) => reject(scene, order, reasons, step.remembered),
    }
}

pub(crate) fn mass_cancel(scene: &Scene<'_>, mass: &MassCancel) -> Outcome {
    let step = match climb(scene, &mass.head, OrderId(0), None) {
        Ok(step) => step,
        Err(outcome) => return outcome,
    };
    let mut reasons = step.reasons;
    if !mass.head.faults.is_clean() {
        reasons.add(Reason::Malformed);
    }
    if !reasons.is_empty() {
        return reject(scene, OrderId(0), reasons, step.remembered);
    }
    let configuration = scene.configuration.number;
    Outcome::MassForwarded { orders: scene.books.mass_count(mass), configuration }
}

/// A question changes nothing, so it is answered as often and as late as it is asked.
pub(crate) fn status(scene: &Scene<'_>, status: &Status) -> Outcome {
    match named(scene, status.head.identity, status.head.account) {
        Some(order) => Outcome::Answered { order: order.id },
        None => reject(scene, OrderId(0), Reasons::only(Reason::UnknownOrder), false),
    }
}

/// No control refuses a report (INV-14).
pub(crate) fn report(scene: &Scene<'_>, report: &Report) -> Outcome {
    match scene.books.report(report.exec) {
        Some(known) if known.content == report.content => Outcome::Repeated,
        Some(_) => Outcome::ExecIdConflict,
        None => match scene.books.matching(report) {
            Some(order) => Outcome::Reported { order: order.id },
            None => Outcome::Unmatched,
        },
    }
}

/// Answers what an earlier decision answers, or may have. `cancels` is the one order that a cancel
/// names.
#[expect(clippy::result_large_err, reason = "an outcome is a value without a heap")]
fn climb(
    scene: &Scene<'_>,
    head: &RequestHead,
    order: OrderId,
    cancels: Option<&OrderRow>,
) -> Result<Undecided, Outcome> {
    let time = head.transact_time;
    let latest = scene.moment.lane_time.plus(AHEAD_NS_MAX);
    let is_mistimed = time.0 <= 0 || time > latest;
    let mut reasons = Reasons::NONE;
    if is_mistimed {
        reasons.add(Reason::TransactTime);
    }
    if let Some(known) = scene.books.window(head.identity, scene.moment.horizon) {
        if known.content == head.content {
            return Err(Outcome::Duplicate { order: known.order });
        }
        reasons.add(Reason::DuplicateOrder);
        return Ok(Undecided { reasons, remembered: false });
    }
    // While the order lives, so do the identities of its cancels: forgetting can't double one.
    let passes = cancels.is_some_and(|order| order.is_open() && order.transact_time <= time);
    if !is_mistimed && time <= scene.moment.horizon && !passes {
        return Err(Outcome::Stale { order });
    }
    Ok(Undecided { reasons, remembered: !is_mistimed })
}

/// The order that an OrigClOrdID names, if it is the account's.
fn named<'a>(scene: &Scene<'a>, identity: Identity, account: AccountKey) -> Option<&'a OrderRow> {
    scene.books.find(identity).filter(|order| order.account == account)
}

fn forward(scene: &Scene<'_>, order: &OrderRow, reserved_price: Price) -> Outcome {
    Outcome::Forwarded(Forwarded {
        order: order.id,
        venue: order.venue,
        venue_seq: scene.books.next_venue_seq(order.account, order.venue),
        configuration: scene.configuration.number,
        reserved_price,
    })
}

fn reject(scene: &Scene<'_>, order: OrderId, reasons: Reasons, remembered: bool) -> Outcome {
    let configuration = scene.configuration.number;
    Outcome::Rejected(Rejection { order, reasons, remembered, configuration })
}
