//! What can come to an order, and what it does to the books.

use domain::entry::RULES;
use domain::inbound::Report;
use domain::{Control, ExecType, Inbound, OrdStatus, OrderId, Outcome, Quantity, TradeDate};

use super::facts::{Facts, Kind};
use super::{Case, DAYS, LOTS, PENDING};
use crate::desk::{self, START};

/// One input. Numbers are places in the facts' lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Requests of its sender.
    Cancel,
    Replace(i64),
    /// The venue's answers to the unanswered requests.
    Done(usize),
    Refused(usize),
    Void(usize),
    /// The same once more, under new ExecIDs, of the request that was settled last.
    DoneLate,
    RefusedLate,
    /// Executions.
    Fill(i64),
    FillAgain,
    Bust(usize),
    BustAgain,
    Correct(usize, i64),
    /// What a venue says of its own accord.
    Says(ExecType),
    Restate(i64),
    RestateHeld,
    /// The business day.
    NextDay,
    DayEnd,
}

/// Reports that name the order and nothing else.
const SAID: [ExecType; 12] = [
    ExecType::New,
    ExecType::PendingNew,
    ExecType::OrderStatus,
    ExecType::Canceled,
    ExecType::Expired,
    ExecType::Rejected,
    ExecType::Void,
    ExecType::DoneForDay,
    ExecType::Stopped,
    ExecType::Suspended,
    ExecType::Calculated,
    ExecType::PendingCancel,
];

/// The order's id.
pub(super) fn order() -> OrderId {
    let head = desk::head("X", START, 0);
    OrderId::of(head.identity, START)
}

/// The name of the request or execution of this number; the order itself has 0.
pub(super) fn name(number: u32) -> String {
    if number == 0 { "X".to_owned() } else { format!("N-{number}") }
}

impl Step {
    /// All that can come in a state.
    pub(super) fn all(facts: &Facts) -> Vec<Self> {
        let mut steps = vec![Self::RestateHeld, Self::DayEnd];
        steps.extend(SAID.map(Self::Says));
        steps.extend((0..=LOTS).map(Self::Restate));
        steps.extend((1..=LOTS).map(Self::Fill));
        if facts.pending.len() < PENDING {
            steps.push(Self::Cancel);
            steps.extend((1..=LOTS).map(Self::Replace));
        }
        for at in 0..facts.pending.len() {
            steps.extend([Self::Done(at), Self::Refused(at), Self::Void(at)]);
        }
        if facts.settled.is_some() {
            steps.extend([Self::DoneLate, Self::RefusedLate]);
        }
        for at in 0..facts.fills.len() {
            steps.push(Self::Bust(at));
            steps.extend((1..=LOTS).map(|lots| Self::Correct(at, lots)));
        }
        if !facts.fills.is_empty() {
            steps.push(Self::FillAgain);
        }
        if facts.busted.is_some() {
            steps.push(Self::BustAgain);
        }
        if facts.days < DAYS {
            steps.push(Self::NextDay);
        }
        steps
    }

    /// The input, of which new names get the facts' next number.
    fn input(self, facts: &Facts) -> Inbound {
        let new = name(facts.numbers + 1);
        let goes_by = name(facts.name);
        let said = |exec_type| desk::report(&new, exec_type, "X", "X");
        let report = match self {
            Self::Cancel => return Inbound::Cancel(desk::cancel(&new, &goes_by, START)),
            Self::Replace(lots) => {
                return Inbound::Replace(desk::replace(&new, &goes_by, lots, START));
            }
            Self::NextDay => {
                let number = facts.days + 1;
                let date = TradeDate(START.day().0 + i32::try_from(number).expect("few days"));
                return Inbound::Control(Control::BusinessDay { number, date });
            }
            Self::DayEnd => return Inbound::Control(Control::DayEnd { orders: 1 }),
            Self::Done(at) => done(facts.pending[at].kind, &new, &name(facts.pending[at].number)),
            Self::Refused(at) => refused(&new, &name(facts.pending[at].number)),
            Self::Void(at) => {
                let named = name(facts.pending[at].number);
                desk::report(&new, ExecType::Void, &named, &named)
            }
            Self::DoneLate => {
                let settled = facts.settled.expect("there is one");
                done(settled.kind, &new, &name(settled.number))
            }
            Self::RefusedLate => refused(&new, &name(facts.settled.expect("there is one").number)),
            Self::Fill(lots) => desk::fill(&new, "X", lots),
            Self::FillAgain => {
                let fill = facts.fills.last().expect("there is one");
                desk::fill(&name(fill.number), "X", fill.lots)
            }
            Self::Bust(at) => desk::bust(&new, "X", &name(facts.fills[at].number)),
            Self::BustAgain => desk::bust(&new, "X", &name(facts.busted.expect("there is one"))),
            Self::Correct(at, lots) => {
                let exec_ref = desk::bust("", "X", &name(facts.fills[at].number)).exec_ref;
                let exec_type = ExecType::TradeCorrect;
                Report { exec_ref, exec_type, ..desk::fill(&new, "X", lots) }
            }
            Self::Says(exec_type) => said(exec_type),
            Self::Restate(lots) => {
                Report { quantity: Quantity::whole(lots), ..said(ExecType::Restated) }
            }
            Self::RestateHeld => {
                Report { ord_status: OrdStatus::Suspended, ..said(ExecType::Restated) }
            }
        };
        Inbound::Report(report)
    }
}

impl Case {
    /// Decides and applies one input.
    pub(super) fn take(&self, step: Step) -> (Outcome, Self) {
        let mut next = self.clone();
        let input = step.input(&self.facts);
        let configuration = desk::configuration();
        let lane = routing::Lane { range: domain::HashRange::ALL, clock: None, rules: RULES };
        let outcome = routing::decide(&next.books, &configuration, &lane, START, &input);
        next.books.apply(START, &input, &outcome);
        next.facts.numbers += 1;
        next.facts.take(step);
        (outcome, next)
    }
}

fn done(kind: Kind, exec_id: &str, named: &str) -> Report {
    let exec_type = match kind {
        Kind::Cancel => ExecType::Canceled,
        Kind::Replace => ExecType::Replaced,
    };
    desk::report(exec_id, exec_type, named, "X")
}

fn refused(exec_id: &str, named: &str) -> Report {
    desk::report(exec_id, ExecType::CancelRejected, named, "X")
}
