//! What must hold of every step, whatever the state.

use domain::OrdStatus::{
    Canceled, DoneForDay, Expired, Filled, New, PartiallyFilled, PendingCancel, PendingNew,
    PendingReplace, Rejected, Stopped,
};
use domain::{ExecType, OrdStatus, Outcome, amount};

use super::Case;
use super::facts::Kind;
use super::step::Step;

/// The transitions that Appendix D illustrates.
pub(super) const OF_THE_STANDARD: &[(OrdStatus, OrdStatus)] = &[
    (PendingNew, New),
    (PendingNew, Rejected),
    (New, New),
    (New, PartiallyFilled),
    (New, Filled),
    (New, DoneForDay),
    (New, PendingCancel),
    (New, PendingReplace),
    (New, Rejected),
    (New, Stopped),
    (PartiallyFilled, PartiallyFilled),
    (PartiallyFilled, Filled),
    (PartiallyFilled, DoneForDay),
    (PartiallyFilled, PendingCancel),
    (PartiallyFilled, PendingReplace),
    (PartiallyFilled, Canceled),
    (Filled, PartiallyFilled),
    (Filled, Filled),
    (Filled, PendingReplace),
    (DoneForDay, PartiallyFilled),
    (PendingCancel, New),
    (PendingCancel, PartiallyFilled),
    (PendingCancel, Filled),
    (PendingCancel, PendingCancel),
    (PendingCancel, Canceled),
    (PendingReplace, New),
    (PendingReplace, PartiallyFilled),
    (PendingReplace, Filled),
    (PendingReplace, PendingReplace),
    (PendingReplace, Canceled),
    (Stopped, PartiallyFilled),
];

/// A step, before and after.
struct Move<'a> {
    before: &'a Case,
    step: Step,
    outcome: Outcome,
    after: &'a Case,
    was: books::OrderRow,
    is: books::OrderRow,
}

type Rule = (&'static str, fn(&Move<'_>) -> bool);

const RULES: &[Rule] = &[
    ("what isn't let through changes nothing", nothing_without_leave),
    ("a finished order stays finished", finished_stays),
    ("an order that is filled has nothing left to end", filled_wins),
    ("a trade, its bust or its correction alone moves CumQty", executions_count),
    ("a request changes nothing before its answer", answers_change),
    ("what is filled is filled, whatever OrderQty is asked for", fills_stay),
    ("a request is pending until it is answered or its order ends", pending_stays),
    ("a refused change leaves the order as it was", refusal_changes_nothing),
    ("DAY orders end with their day, GTC orders don't", days_end),
    ("OrdStatus and quantities follow from what happened", as_the_facts_say),
];

/// The first rule that a step breaks.
pub(super) fn hold(
    before: &Case,
    step: Step,
    outcome: Outcome,
    after: &Case,
) -> Result<(), String> {
    let Some(was) = before.row().copied() else { return Err("it was let go too early".to_owned()) };
    let Some(is) = after.row().copied() else {
        return after.facts.gone.then_some(()).ok_or("it was let go too early".to_owned());
    };
    if after.facts.gone {
        return Err("it isn't let go at the second change after its end".to_owned());
    }
    let this = Move { before, step, outcome, after, was, is };
    if let Some((name, _)) = RULES.iter().find(|(_, rule)| !rule(&this)) {
        return Err((*name).to_owned());
    }
    after.books.check().map_err(|broken| format!("the books' own invariants: {broken}"))
}

fn nothing_without_leave(this: &Move<'_>) -> bool {
    let admitted =
        matches!(this.outcome, Outcome::Forwarded(_) | Outcome::Reported { .. } | Outcome::Applied);
    let admits = this.before.facts.admits(this.step);
    match this.step {
        Step::DayEnd => admits || this.was == this.is,
        _ => admitted == admits && (admitted || this.was == this.is),
    }
}

fn finished_stays(this: &Move<'_>) -> bool {
    // Late executions still count, so that it may turn out to be filled; nothing trades any more.
    let stays = this.was.phase == this.is.phase && this.is.leaves_qty().0 == 0;
    !this.was.phase.is_over() || stays
}

fn filled_wins(this: &Move<'_>) -> bool {
    !this.was.is_filled() || this.was.phase.is_over() || !this.is.phase.is_over()
}

fn executions_count(this: &Move<'_>) -> bool {
    let taken = |at: usize| this.before.facts.fills[at].lots;
    let moved = match this.step {
        _ if !this.before.facts.admits(this.step) => 0,
        Step::Fill(lots) => lots,
        Step::Bust(at) => -taken(at),
        Step::Correct(at, lots) => lots - taken(at),
        _ => 0,
    };
    this.is.cum_qty.0 - this.was.cum_qty.0 == moved * amount::SCALE
}

fn answers_change(this: &Move<'_>) -> bool {
    let of_order = |row: &books::OrderRow| (row.order_qty, row.price, row.name, row.phase);
    !matches!(this.step, Step::Cancel | Step::Replace(_))
        || of_order(&this.was) == of_order(&this.is)
}

fn fills_stay(this: &Move<'_>) -> bool {
    let parts = this.is.cum_qty.plus(this.is.leaves_qty()).plus(this.is.cancelled_qty());
    this.is.cum_qty <= this.is.order_qty && parts == this.is.order_qty
}

fn pending_stays(this: &Move<'_>) -> bool {
    let count = |kind: Kind| {
        let pending = this.after.facts.pending.iter().filter(|asked| asked.kind == kind);
        u16::try_from(pending.count()).unwrap_or(u16::MAX)
    };
    let counts = (this.is.pending_cancels, this.is.pending_replaces);
    this.is.phase.is_over() || counts == (count(Kind::Cancel), count(Kind::Replace))
}

fn refusal_changes_nothing(this: &Move<'_>) -> bool {
    let of_order = |row: &books::OrderRow| (row.order_qty, row.cum_qty, row.price, row.phase);
    let is_refusal = matches!(this.step, Step::Refused(_) | Step::Void(_) | Step::RefusedLate);
    !is_refusal || of_order(&this.was) == of_order(&this.is)
}

fn days_end(this: &Move<'_>) -> bool {
    let facts = &this.before.facts;
    if this.step != Step::DayEnd || !facts.admits(this.step) {
        return true;
    }
    if facts.lasting {
        return !this.is.phase.is_over() && this.is.day == facts.days;
    }
    !this.is.is_open() && (facts.is_filled() || this.is.status() == Expired)
}

fn as_the_facts_say(this: &Move<'_>) -> bool {
    let (row, facts) = (&this.is, &this.after.facts);
    let quantities =
        [row.order_qty, row.cum_qty, row.leaves_qty(), row.day_order_qty(), row.day_cum_qty()];
    let (lots, cum, base) = (facts.lots, facts.cum(), facts.base());
    let expected = [lots, cum, facts.leaves(), lots - base, cum - base];
    let as_expected =
        quantities.map(|quantity| quantity.0) == expected.map(|lots| lots * amount::SCALE);
    as_expected && row.status() == facts.status() && row.is_open() == facts.is_open()
}

/// Whether a step is a venue's word that nothing more will trade.
pub(super) const fn ends(step: Step) -> bool {
    matches!(step, Step::Says(ExecType::Canceled | ExecType::Expired | ExecType::Rejected))
}
