//! What every journal must do, as one function over the trait; each side runs it by name.
//!
//! Entry points: [`Side`], which a side implements; [`run`]; the macro [`crate::contract_tests`],
//! which makes one test of each case.
//!
//! Invariants: INV-1 to INV-5, as far as a store keeps them. [`CASES`] are all names; a side's list
//! that differs fails. No case is left out for a side.
//! It doesn't know how a side stores, tears or damages; the side does.
//!
//! Crashes are part of it: a side is reopened as a process that was killed opens it.

use std::sync::Arc;

use domain::entry::{FORMAT, RULES};
use domain::{Entry, EntryKind, Epoch, LaneId, Position, Sequence, StateDigest, Writer};

use crate::chain::{Begin, Draft, Error, Opened, Opening, Owner, Reader};
use crate::{Answer, Completion, Condition, DeadItem, Fault, Journal, Put};

#[expect(clippy::expect_used, reason = "a case that can't go on has failed")]
mod cases;
#[expect(clippy::expect_used, reason = "a case that can't go on has failed")]
mod damage;

/// Writes until the store dies, and notes what it knows to be stored.
pub type Work<'a, J> = &'a dyn Fn(&mut J, &mut Vec<Arc<Entry>>);

/// Looks whether what was known to be stored is there.
pub type Check<'a, J> = &'a dyn Fn(&mut J, &[Arc<Entry>]);

/// A store under test.
pub trait Side {
    /// Its handles.
    type Journal: Journal;

    /// A handle of one more writer.
    fn journal(&mut self) -> Self::Journal;

    /// The process is killed and starts again: handles that are alive are of no use any more; what
    /// was submitted and not drained may be lost.
    fn reopen(&mut self);

    /// The next put of `journal` is stored, and its answer is lost ([`Fault::Unknown`]).
    fn lose_answer(&mut self, journal: &mut Self::Journal);

    /// `put` was being written when the power went: it lies there in part, or not at all. The store
    /// is then reopened.
    fn tear(&mut self, put: Put);

    /// One bit of a durable entry flips. The store is then reopened.
    fn flip_bit(&mut self, lane: LaneId, index: u64);

    /// Runs `work` again and again, killed at another point of its writes each time (at every write
    /// and sync that it makes, or at seeded ones where those can't be seen), reopens after each and
    /// calls `check` with what `work` knew to be stored.
    fn kill_at_every_point(
        &mut self,
        work: Work<'_, Self::Journal>,
        check: Check<'_, Self::Journal>,
    );
}

/// The names of all cases.
pub const CASES: &[&str] = &[
    "two_writers",
    "an_entry_that_lands_between_the_tail_read_and_the_seal",
    "two_equal_seals",
    "seal_over_a_dead_entry",
    "a_gap_below_a_durable_entry",
    "a_late_put_after_the_seal",
    "lost_answer",
    "torn_last_write",
    "flipped_bit",
    "stale_writer_after_its_index_has_gone",
    "kill_at_any_point",
    "begin_only_where_nothing_is",
    "a_barrier_fences_and_is_sealed_over",
    "nothing_follows_an_end",
    "what_is_stored_is_read_again_as_it_was",
    "lanes_of_one_store_dont_meet",
];

/// Runs one case on a fresh side.
///
/// # Panics
/// When the side breaks it, or there is no case of that name.
pub fn run<S: Side>(name: &str, side: &mut S) {
    match name {
        "two_writers" => cases::two_writers(side),
        "an_entry_that_lands_between_the_tail_read_and_the_seal" => cases::lands_between(side),
        "two_equal_seals" => cases::two_equal_seals(side),
        "seal_over_a_dead_entry" => cases::seal_over_dead(side),
        "a_gap_below_a_durable_entry" => cases::gap_below(side),
        "a_late_put_after_the_seal" => cases::late_put(side),
        "lost_answer" => cases::lost_answer(side),
        "torn_last_write" => damage::torn_last_write(side),
        "flipped_bit" => damage::flipped_bit(side),
        "stale_writer_after_its_index_has_gone" => damage::stale_writer(side),
        "kill_at_any_point" => damage::kill_at_any_point(side),
        "begin_only_where_nothing_is" => cases::begin_once(side),
        "a_barrier_fences_and_is_sealed_over" => cases::barrier(side),
        "nothing_follows_an_end" => cases::end(side),
        "what_is_stored_is_read_again_as_it_was" => cases::read_back(side),
        "lanes_of_one_store_dont_meet" => cases::lanes(side),
        other => panic!("the contract has no case {other}"),
    }
}

/// Makes one test of each case of the contract for a side, and one that compares the names:
/// `contract_tests!(make; two_writers, lost_answer, ...)`, where `make()` gives a fresh side.
#[macro_export]
macro_rules! contract_tests {
    ($make:expr; $($name:ident),+ $(,)?) => {
        $(
            #[test]
            fn $name() {
                $crate::contract::run(stringify!($name), &mut $make());
            }
        )+

        #[test]
        fn every_case_of_the_contract_is_run() {
            assert_eq!([$(stringify!($name)),+].as_slice(), $crate::contract::CASES);
        }
    };
}

/// The lane of the cases.
const LANE: LaneId = LaneId(0x1a);

fn writer(number: u8) -> Writer {
    Writer([number; 16])
}

fn at(number: u64) -> Position {
    Position::new(Sequence::of(number), 0)
}

fn begin() -> Begin {
    Begin { start: Position::START, body: b"begin"[..].into(), state: StateDigest::default() }
}

/// An entry with nothing special, after `before`.
fn entry(before: Option<&Entry>, kind: EntryKind, epoch: u64, of: Writer) -> Entry {
    let index = before.map_or(0, |before| before.index + 1);
    let start = before.map_or(Position::START, |before| before.end);
    Entry {
        lane: before.map_or(LANE, |before| before.lane),
        index,
        kind,
        epoch: Epoch(epoch),
        writer: of,
        previous: before.map_or([0; 16], |before| before.content),
        start,
        end: if kind == EntryKind::Batch { at(index) } else { start },
        state: StateDigest { accounts: u128::from(index), lane: 7 },
        format: FORMAT,
        rules: RULES,
        content: [0; 16],
        body: format!("body of {index}").into_bytes().into(),
    }
    .sealed()
}

/// Puts one entry and waits for its answer.
fn put(journal: &mut impl Journal, entry: &Entry, condition: Condition) -> Answer {
    let submitted = journal.submit(entry.index, Put { entry: Arc::new(entry.clone()), condition });
    assert!(submitted.is_ok(), "an idle handle takes a put");
    let answer = drain_one(journal);
    assert_eq!(answer.ticket, entry.index, "the answer bears the ticket of its put");
    answer.answer
}

fn drain_one(journal: &mut impl Journal) -> Completion {
    let mut completions = Vec::new();
    // A side answers within one drain or, where threads work for it, within a few thousand.
    for _ in 0..1_000_000 {
        journal.drain(&mut completions);
        if let Some(completion) = completions.pop() {
            return completion;
        }
        std::thread::yield_now();
    }
    panic!("a put is never answered");
}

const BATCH: Condition = Condition::AbsentOrLowerEpoch { free: None };

const fn seal_over(dead: Option<DeadItem>) -> Condition {
    Condition::AbsentOrDead { free: None, dead }
}

fn dead(entry: &Entry) -> DeadItem {
    DeadItem { epoch: entry.epoch, writer: entry.writer, content: entry.content }
}

fn stored(answer: &Answer) -> bool {
    *answer == Answer::Stored
}

fn refused_with(answer: &Answer, entry: &Entry) -> bool {
    matches!(answer, Answer::Refused(stored) if **stored == *entry)
}

/// Opens a lane by the protocol, as every owner does.
#[expect(clippy::expect_used, reason = "a case that can't go on has failed")]
fn own(journal: &mut impl Journal, of: Writer) -> Owner {
    let mut opening = Opening::new(Reader::new(LANE), 0, of, begin(), FORMAT);
    let mut completions = Vec::new();
    for now in 0..1_000_000 {
        let opened = opening.step(journal, now * 1_000_000_000, &mut completions, |_| Ok(()));
        match opened.expect("INV-3: a lane opens") {
            Opened::Owned(entry) => return Owner::new(*entry, 0, 4),
            Opened::Ended(end) => panic!("the lane ended at {}", end.index),
            Opened::Working => journal.drain(&mut completions),
        }
    }
    panic!("INV-3: a fresh taker always gets through");
}

fn draft(number: u64) -> Draft {
    let state = StateDigest { accounts: u128::from(number), lane: 7 };
    let body = format!("batch {number}").into_bytes().into();
    Draft { kind: EntryKind::Batch, end: at(number), state, body }
}

/// Appends one batch and waits until it is committed; gives its index.
fn append(journal: &mut impl Journal, owner: &mut Owner, number: u64) -> Result<u64, Fault> {
    let index = owner.append(journal, 0, draft(number))?;
    let mut completions = Vec::new();
    for now in 0..1_000_000 {
        if owner.committed() >= index {
            return Ok(index);
        }
        owner.turn(journal, now * 1_000_000_000);
        journal.drain(&mut completions);
        for completion in completions.drain(..) {
            owner.answer(now, completion.ticket, completion.answer)?;
        }
    }
    panic!("INV-4: an answer that was lost is resolved");
}

/// The chain as a reader sees it.
fn chain(journal: &mut impl Journal) -> Result<Vec<Entry>, Error> {
    let mut live = Vec::new();
    Reader::new(LANE).read_to_end(journal, |entry| {
        live.push(entry.clone());
        Ok(())
    })?;
    Ok(live)
}
