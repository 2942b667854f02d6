//! Decides: reads books and configuration, changes nothing.
//!
//! Entry points: [`decide`].
//! Invariants: INV-7 (order ids), INV-8 (duplicates and staleness), INV-9 (misplaced), INV-13
//! (numbers), INV-14 (reports are never refused). Every failing control is in the answer; what is
//! missing refuses. Types are tickets: `route` takes only what `risk` admitted.
//!
//! It applies nothing (`books`), knows no bytes (`wire`), no clock and no thread, and allocates
//! nothing.
//!
//! On a crash nothing is lost: an outcome counts once it is in the journal.
#![deny(clippy::float_arithmetic)]

mod outcome;
mod risk;
mod route;
mod spanning;

pub use route::{Candidate, Choosing, Standing, candidates};

use books::{Books, Moment};
use domain::{Configuration, HashRange, Inbound, Outcome, Timestamp};

/// What a lane is told of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lane {
    /// The accounts that are its own (INV-9).
    pub range: HashRange,
    /// The clock as it was read and recorded for this turn; only `STALE_ORDER` looks at it, and
    /// without it refuses.
    pub clock: Option<Reading>,
    /// The version of the decision rules, at most [`RULES`](domain::entry::RULES).
    pub rules: u16,
}

/// A clock as it was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// What it said.
    pub now: Timestamp,
    /// How far it may be from UTC, in nanoseconds; 0: not known.
    pub error_ns: u32,
}

/// What a decision is made from.
pub(crate) struct Scene<'a> {
    pub(crate) books: &'a Books,
    pub(crate) configuration: &'a Configuration,
    pub(crate) moment: Moment,
    pub(crate) clock: Option<Reading>,
    pub(crate) rules: u16,
}

/// Decides one input that arrived at `arrival`; the answer goes to [`Books::apply`] with it.
#[must_use]
pub fn decide(
    books: &Books,
    configuration: &Configuration,
    lane: &Lane,
    arrival: Timestamp,
    input: &Inbound,
) -> Outcome {
    if input.account().is_some_and(|account| !lane.range.contains(account)) {
        return Outcome::Misplaced;
    }
    let (moment, Lane { clock, rules, .. }) = (books.moment(arrival), *lane);
    let scene = Scene { books, configuration, moment, clock, rules };
    match input {
        Inbound::New(new) => outcome::new(&scene, new),
        Inbound::Replace(replace) => outcome::replace(&scene, replace),
        Inbound::Cancel(cancel) => outcome::cancel(&scene, cancel),
        Inbound::MassCancel(mass) => outcome::mass_cancel(&scene, mass),
        Inbound::Status(status) => outcome::status(&scene, status),
        Inbound::Report(report) => outcome::report(&scene, report),
        Inbound::Undecodable(_) => Outcome::Undecodable,
        Inbound::Control(_) => Outcome::Applied,
    }
}
