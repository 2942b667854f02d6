//! Goes through what a lane decided, with the books and the set that each record was decided from:
//! dry runs look at it.
//!
//! Entry points: [`walk`], [`Seen`].
//!
//! Invariants: INV-10: it folds live entries, from index 0 or where that has gone from the oldest
//! snapshot that fits; it changes nothing, takes nothing over, and may run beside an owner.
//! It decides nothing itself.
//!
//! A crash loses nothing.

use std::ops::ControlFlow;

use books::Books;
use domain::{Configuration, Control, Inbound, Outcome};
use ports::{ControlTable, Fault, Journal, Snapshots, chain};
use wire::journal::{Input, Record};

use crate::control;
use crate::verify::{self, Proof, Verify, Wrong};

/// A record as it was decided.
pub struct Seen<'a> {
    /// Index of its entry.
    pub index: u64,
    /// The books as they were.
    pub books: &'a Books,
    /// The set that was in force.
    pub set: &'a Configuration,
    /// The record, with its outcome.
    pub record: &'a Record<'a>,
    /// What it says.
    pub inbound: &'a Inbound,
    lane: routing::Lane,
}

/// Shows every record of a lane in chain order until `look` has seen enough.
///
/// # Errors
/// What doesn't hold of the chain, and where.
pub fn walk(
    journal: &mut impl Journal,
    control: &mut impl ControlTable,
    snapshots: &mut impl Snapshots,
    asked: &Verify<'_>,
    mut look: impl FnMut(&Seen<'_>) -> ControlFlow<()>,
) -> Result<(), Wrong> {
    let (mut proof, mut reader) = Proof::start(journal, control, snapshots, asked)?;
    let mut is_over = false;
    let read = reader.read_to_end(journal, |entry| {
        let Proof { fold, configuration, .. } = &mut proof;
        let check = |books: &Books, input: &Input<'_>, inbound: &Inbound| {
            if let Input::Control { control: Control::Configuration { number, hash } } = input {
                let loaded = control::load(control, *number, *hash);
                *configuration = Some(loaded.map_err(|error| error.to_string())?);
            }
            let (Input::Record(record), Some(set)) = (input, configuration.as_deref()) else {
                return Ok(());
            };
            let lane = verify::told((asked.range, entry.rules), record);
            let seen = Seen { index: entry.index, books, set, record, inbound, lane };
            is_over = look(&seen).is_break();
            if is_over { Err("enough was seen".to_owned()) } else { Ok(()) }
        };
        let folded = fold.checked(entry, check, |_, _| {});
        folded.map_err(|unfolded| Fault::Fatal(unfolded.reason))
    });
    let index = reader.next_index();
    let here = |reason| Wrong { lane: asked.lane, index, input: 0, reason };
    match read {
        Ok(()) => Ok(()),
        Err(_) if is_over => Ok(()),
        Err(chain::Error::Fault(fault)) => Err(here(crate::error::text(&fault))),
        Err(lapped) => Err(here(lapped.to_string())),
    }
}

// === impl Seen ===

impl Seen<'_> {
    /// What would be decided of it under a set, with the books as they were.
    #[must_use]
    pub fn decide(&self, set: &Configuration) -> Outcome {
        routing::decide(self.books, set, &self.lane, self.record.arrival, self.inbound)
    }

    /// How the venue of a new order is chosen; `None` of anything else, and where no rule takes it.
    #[must_use]
    pub fn choosing(&self) -> Option<routing::Choosing> {
        match self.inbound {
            Inbound::New(new) => {
                routing::candidates(self.books, self.set, self.record.arrival, new)
            }
            _ => None,
        }
    }
}
