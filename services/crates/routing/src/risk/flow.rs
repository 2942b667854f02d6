//! MESSAGE_RATE, REPEAT_EXECUTION, DUPLICATE_ORDER (the last order over again), SELF_MATCH and
//! STALE_ORDER.

use books::asked as hash_of;
use domain::configuration::Bound;
use domain::inbound::New;
use domain::{Reason, Reasons};

use super::{Asked, hold};
use crate::Scene;

pub(super) fn new(scene: &Scene<'_>, new: &New, asked: &Asked<'_>, reasons: &mut Reasons) {
    let time = scene.moment.lane_time;
    let periods = &scene.configuration.periods;
    super::market::expiry(scene, asked, reasons);
    age(scene, new, reasons);
    replace(scene, asked, reasons);
    let bound = scene.configuration.account_controls(asked.account).executions;
    let executions = scene.books.executions(asked.account, new.parties.strategy, time);
    match executions {
        None => reasons.add(Reason::RepeatExecution),
        Some(count) => {
            let exceeded = counted(bound, periods.executions_ns, count);
            hold(exceeded, Reason::RepeatExecution, reasons);
        }
    }
    let row = &asked.exposure;
    let is_again =
        row.last_asked == hash_of(new) && time.since(row.last_asked_at) < periods.duplicates_ns;
    reasons.add_if(is_again, Reason::DuplicateOrder);
}

/// An order's age by the recorded clock. Who can't tell the time can't tell that it is young.
fn age(scene: &Scene<'_>, new: &New, reasons: &mut Reasons) {
    let periods = &scene.configuration.periods;
    if periods.age_max_ns <= 0 {
        return;
    }
    let is_sure = |error: i64| error > 0 && error <= periods.clock_error_max_ns;
    match scene.clock.filter(|clock| is_sure(i64::from(clock.error_ns))) {
        None => reasons.add(Reason::ClockQuality),
        Some(clock) => {
            let is_old = clock.now.since(new.head.transact_time) > periods.age_max_ns;
            reasons.add_if(is_old, Reason::StaleOrder);
        }
    }
}

/// What a replace is held against, too.
pub(super) fn replace(scene: &Scene<'_>, asked: &Asked<'_>, reasons: &mut Reasons) {
    let controls = scene.configuration.account_controls(asked.account);
    let count = scene.books.messages(asked.account, scene.moment.lane_time);
    let period = scene.configuration.periods.messages_ns;
    hold(counted(controls.messages, period, count), Reason::MessageRate, reasons);
    let matches = !controls.self_match
        && scene.books.would_match_itself(&asked.exposure, asked.side, asked.price);
    reasons.add_if(matches, Reason::SelfMatch);
}

/// Whether one more is above a limit; a limit without a period is none.
fn counted(bound: Bound, period_ns: i64, count: u32) -> Option<bool> {
    match bound {
        Bound::At(_) if period_ns <= 0 => None,
        bound => bound.is_exceeded_by(i128::from(count) + 1),
    }
}
