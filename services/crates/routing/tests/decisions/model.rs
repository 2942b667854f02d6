//! Every state that one order can reach, walked breadth first.
//!
//! An order of up to 3 lots, for the day or lasting, up to two requests unanswered, two changes of
//! business day; each state meets every input that can come. What the books hold after it is
//! compared with `facts`, which keeps what happened by itself and reads FIX by itself, and held
//! against `rules`. `wrong` switches single wrong transitions on, to show that the check sees them.
//!
//! Two states are one when the facts are: names of requests and executions don't count, and of the
//! requests that are settled the last alone is answered once more.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use books::{Books, Capacity};
use domain::{OrdStatus, TimeInForce};

use crate::desk::{self, Desk};

mod facts;
mod rules;
mod step;
mod wrong;

use facts::Facts;
use step::Step;
use wrong::Wrong;

const LOTS: i64 = 3;
const DAYS: u32 = 2;
const PENDING: usize = 2;

/// A state on the way: the books, and what happened to them.
#[derive(Clone)]
struct Case {
    books: Books,
    facts: Facts,
}

/// What a walk saw.
#[derive(Default)]
struct Walk {
    states: BTreeSet<facts::Key>,
    transitions: u64,
    moves: BTreeMap<(OrdStatus, OrdStatus), u64>,
    switched: u64,
}

fn capacity() -> Capacity {
    Capacity {
        accounts: 1,
        venues: 1,
        orders: 2,
        requests: 64,
        reports: 64,
        kills: 1,
        mass_cancels: 2,
        window: 64,
        ..Capacity::small()
    }
}

/// Walks everything; ends at the first rule that is broken, and names it with the way there.
fn walk(wrong: Option<&Wrong>) -> (Walk, Result<(), String>) {
    let mut seen = Walk::default();
    let mut waiting = VecDeque::new();
    for time_in_force in [TimeInForce::Day, TimeInForce::GoodTillCancel] {
        for lots in 1..=LOTS {
            let case = Case::of(time_in_force, lots);
            seen.states.insert(case.facts.key());
            waiting.push_back(case);
        }
    }
    while let Some(case) = waiting.pop_front() {
        for step in Step::all(&case.facts) {
            let (outcome, mut next) = case.take(step);
            if let Some(books) = wrong.and_then(|wrong| wrong.switch(&case, step, &next)) {
                next.books = books;
                seen.switched += 1;
            }
            seen.transitions += 1;
            if let Err(rule) = rules::hold(&case, step, outcome, &next) {
                return (
                    seen,
                    Err(format!("{rule}: {step:?} of {:?} was {outcome:?}", case.facts)),
                );
            }
            *seen.moves.entry((case.status(), next.status())).or_default() += 1;
            if !next.facts.gone && seen.states.insert(next.facts.key()) {
                waiting.push_back(next);
            }
        }
    }
    (seen, Ok(()))
}

impl Case {
    /// An order that has just been sent.
    fn of(time_in_force: TimeInForce, lots: i64) -> Self {
        let mut desk = Desk::with(capacity());
        let order = desk::new("X", lots, desk.now);
        let order = domain::inbound::New { time_in_force, ..order };
        desk.take(domain::Inbound::New(order));
        let lasting = time_in_force.outlives_day();
        Self { books: desk.books, facts: Facts::of(lots, lasting) }
    }

    fn row(&self) -> Option<&books::OrderRow> {
        self.books.order(step::order())
    }

    /// The status; of an order that was let go, the one that it had.
    fn status(&self) -> OrdStatus {
        self.row().map_or_else(|| self.facts.status(), books::OrderRow::status)
    }
}

#[test]
fn every_state_that_an_order_can_reach_follows_the_standard() {
    let (seen, held) = walk(None);
    assert_eq!(held, Ok(()));
    println!("states {}, transitions {}", seen.states.len(), seen.transitions);
    for ((from, to), count) in &seen.moves {
        println!("{from:?} -> {to:?}: {count}");
    }
    let from: BTreeSet<_> = seen.moves.keys().map(|(from, _)| *from).collect();
    assert_eq!(from.len(), OrdStatus::ALL.len(), "every OrdStatus is reached: {from:?}");
    for (from, to) in rules::OF_THE_STANDARD {
        assert!(seen.moves.contains_key(&(*from, *to)), "{from:?} -> {to:?} is never reached");
    }
}

#[test]
fn each_wrong_transition_is_caught_when_it_is_switched_on() {
    for wrong in wrong::ALL {
        let (seen, held) = walk(Some(wrong));
        let caught = held.expect_err(wrong.name);
        println!("{}: after {} transitions, {caught}", wrong.name, seen.transitions);
        assert!(seen.switched > 0, "{}: it was never met", wrong.name);
        let rule = caught.split(':').next();
        assert_eq!(rule, Some(wrong.breaks), "{}: {caught}", wrong.name);
    }
}
