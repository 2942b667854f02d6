//! Proves a chain: positions, digests, books = fold; names the place of the first wrong thing.
//!
//! Entry points: [`verify()`].
//!
//! Invariants: INV-1, INV-2 (positions grow without gaps between entries), INV-10 (the fold's
//! digest, counted again at the end), and with `redecide` that each decision follows from books and
//! set. It starts at index 0, or where that has gone, at the oldest snapshot that fits the chain,
//! and says where. It writes nothing and takes no lane over, so it may run beside an owner: it
//! proves what is live.
//!
//! A crash loses nothing.

use std::sync::Arc;

use books::Books;
use domain::entry::RULES;
use domain::{Configuration, Control, Entry, EntryKind, IdentityKey, Inbound, LaneId, Outcome};
use domain::{HashRange, Position, StateDigest, TurnClock};
use ports::chain::{self, Reader};
use ports::{ControlTable, Fault, Journal, LaneRow, Snapshots};
use routing::Reading;
use wire::journal::{self, Input};

use crate::admin::Counted;
use crate::config::Config;
use crate::control;
use crate::fold::Fold;
use crate::lineage::Kin;
use crate::recover;

/// What to verify, and how.
#[derive(Clone, Debug)]
pub struct Verify<'a> {
    /// The lane.
    pub lane: LaneId,
    /// The accounts that are its own.
    pub range: HashRange,
    /// The application's key for identities.
    pub key: IdentityKey,
    /// The settings: capacities of the books.
    pub config: &'a Config,
    /// Whether each input is decided again and compared.
    pub redecide: bool,
    /// Every lane that somebody still needs: one that came of others begins with what they gave it.
    pub rows: &'a [LaneRow],
}

/// What holds of a chain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// Index of the first entry proven: 0, or the one after the snapshot that the proof starts at,
    /// when what is older has gone.
    pub first: u64,
    /// Live entries.
    pub entries: u64,
    /// Inputs in them.
    pub inputs: u64,
    /// Inputs decided again with the same outcome; 0 when that wasn't asked.
    pub redecided: u64,
    /// Where the lane is.
    pub position: Position,
    /// Counts of what became of the inputs.
    pub counts: Counted,
    /// Digest of the books at the end.
    pub digest: StateDigest,
}

/// The first wrong thing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("OR-0211: lane {lane} entry {index}, input {input}: {reason}")]
pub struct Wrong {
    /// The lane.
    pub lane: LaneId,
    /// The entry.
    pub index: u64,
    /// Which of its inputs, from 0; 0 when the entry itself is wrong.
    pub input: usize,
    /// What is wrong.
    pub reason: String,
}

/// Folds what there is of a lane's chain and checks every digest on the way.
///
/// # Errors
/// The first thing that doesn't hold, and where.
pub fn verify(
    journal: &mut impl Journal,
    control: &mut impl ControlTable,
    snapshots: &mut impl Snapshots,
    asked: &Verify<'_>,
) -> Result<Verified, Wrong> {
    let (mut proof, mut reader) = Proof::start(journal, control, snapshots, asked)?;
    let read = reader.read_to_end(journal, |entry| {
        proof.entry(entry, control).map_err(|wrong| {
            let text = wrong.reason.clone();
            proof.wrong = Some(wrong);
            Fault::Fatal(text)
        })
    });
    let index = reader.next_index();
    let here = |reason| Wrong { lane: asked.lane, index, input: 0, reason };
    match (proof.wrong.take(), read) {
        (Some(wrong), _) => return Err(wrong),
        (None, Err(chain::Error::Fault(fault))) => return Err(here(crate::error::text(&fault))),
        (None, Err(lapped)) => return Err(here(lapped.to_string())),
        (None, Ok(())) => {}
    }
    proof.nothing_above(&reader, journal)?;
    let (digest, counted) = (proof.fold.books.digest(), proof.fold.books.recount());
    if digest != counted {
        return Err(here(format!("the running digest is {digest}, counted again {counted}")));
    }
    Ok(Verified { counts: proof.fold.counts, digest, ..proof.verified })
}

pub(crate) struct Proof<'a> {
    asked: &'a Verify<'a>,
    pub(crate) fold: Fold,
    verified: Verified,
    pub(crate) configuration: Option<Arc<Configuration>>,
    wrong: Option<Wrong>,
}

impl<'a> Proof<'a> {
    pub(crate) fn start(
        journal: &mut impl Journal,
        control: &mut impl ControlTable,
        snapshots: &mut impl Snapshots,
        asked: &'a Verify<'a>,
    ) -> Result<(Self, Reader), Wrong> {
        let here = |index, reason| Wrong { lane: asked.lane, index, input: 0, reason };
        let kin = Kin { rows: asked.rows, config: asked.config, key: asked.key };
        let oldest = recover::oldest(journal, snapshots, kin, asked.lane);
        let (reader, fold) = oldest.map_err(|error| here(0, error.to_string()))?;
        let first = reader.next_index();
        let (number, hash) = fold.books.configuration();
        let configuration = match number {
            0 => None,
            _ => {
                Some(control::load(control, number, hash).map_err(|e| here(first, e.to_string()))?)
            }
        };
        let position = reader.last().map_or(Position::START, |last| last.end);
        let verified = Verified { first, position, ..Verified::default() };
        Ok((Self { asked, fold, verified, configuration, wrong: None }, reader))
    }

    fn entry(&mut self, entry: &Entry, control: &mut impl ControlTable) -> Result<(), Wrong> {
        let wrong = |input, reason| Wrong { lane: entry.lane, index: entry.index, input, reason };
        if entry.start != self.verified.position && entry.index > 0 {
            let (start, end) = (entry.start, self.verified.position);
            return Err(wrong(0, format!("it starts at {start}, the one before ends at {end}")));
        }
        positions(entry).map_err(|(input, reason)| wrong(input, reason))?;
        let (asked, set, mut again) = (self.asked, &mut self.configuration, 0);
        let redecide = asked.redecide && entry.rules <= RULES;
        let lane = (asked.range, entry.rules);
        let mut inputs = 0;
        let check = |books: &Books, input: &Input<'_>, inbound: &Inbound| match redecide {
            true => decide_again(lane, control, set, (books, input, inbound), &mut again),
            false => in_force(control, set, input),
        };
        let folded = self.fold.checked(entry, check, |_, _| inputs += 1);
        folded.map_err(|unfolded| wrong(unfolded.input, unfolded.reason))?;
        self.verified.entries += 1;
        self.verified.inputs += inputs;
        self.verified.redecided += again;
        self.verified.position = entry.end;
        Ok(())
    }

    /// An item that continues the chain above its first gap would be a durable entry cut off.
    fn nothing_above(&self, reader: &Reader, journal: &mut impl Journal) -> Result<(), Wrong> {
        let (lane, index) = (self.asked.lane, reader.next_index());
        let above = journal.read(lane, index, 1);
        let damage = above.err().map(|fault| crate::error::text(&fault));
        damage.map_or(Ok(()), |reason| Err(Wrong { lane, index, input: 0, reason }))
    }
}

/// Takes the set that an input puts in force.
fn in_force(
    control: &mut impl ControlTable,
    configuration: &mut Option<Arc<Configuration>>,
    input: &Input<'_>,
) -> Result<(), String> {
    if let Input::Control { control: Control::Configuration { number, hash } } = input {
        let loaded = control::load(control, *number, *hash);
        *configuration = Some(loaded.map_err(|error| error.to_string())?);
    }
    Ok(())
}

/// Decides an input again under the rules and the set that were in force, and compares.
fn decide_again(
    (range, rules): (HashRange, u16),
    control: &mut impl ControlTable,
    configuration: &mut Option<Arc<Configuration>>,
    (books, input, inbound): (&Books, &Input<'_>, &Inbound),
    again: &mut u64,
) -> Result<(), String> {
    let record = match input {
        Input::Control { .. } => return in_force(control, configuration, input),
        Input::Record(record) if record.outcome == Outcome::Quarantined => return Ok(()),
        Input::Record(record) => record,
    };
    let set = configuration.as_ref().ok_or("it was decided before any configuration set")?;
    let lane = told((range, rules), record);
    let decided = routing::decide(books, set, &lane, record.arrival, inbound);
    if decided != record.outcome {
        let kept = record.outcome;
        return Err(format!("decided again it is {decided:?}, the entry says {kept:?}"));
    }
    *again += 1;
    Ok(())
}

/// What the lane was told of itself when it decided a record.
pub(crate) const fn told(
    (range, rules): (HashRange, u16),
    record: &journal::Record<'_>,
) -> routing::Lane {
    let TurnClock { decided, error_ns, .. } = record.clock;
    routing::Lane { range, clock: Some(Reading { now: decided, error_ns }), rules }
}

/// Positions of an entry grow, and its end is that of its last record.
fn positions(entry: &Entry) -> Result<(), (usize, String)> {
    if entry.kind != EntryKind::Batch {
        return Ok(());
    }
    let mut last = entry.start;
    for (number, input) in journal::inputs(&entry.body).enumerate() {
        match input {
            Err(error) => return Err((number, error.to_string())),
            Ok(Input::Record(record)) if record.position <= last => {
                let (position, after) = (record.position, last);
                return Err((number, format!("position {position} does not follow {after}")));
            }
            Ok(Input::Record(record)) => last = record.position,
            Ok(Input::Control { .. }) => {}
        }
    }
    let end = entry.end;
    if last == end {
        return Ok(());
    }
    Err((0, format!("it ends at {end}, its last record is at {last}")))
}
