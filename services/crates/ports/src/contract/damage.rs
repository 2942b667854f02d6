//! The cases that a side must help with: crashes, torn writes, damage, and what has gone.

use std::sync::Arc;

use domain::chain::{Whose, whose};
use domain::entry::FORMAT;
use domain::{Entry, EntryKind};

use super::{BATCH, LANE, Side, append, chain, draft, entry, own, put, writer};
use crate::chain::{Error, Reader};
use crate::{Answer, Fault, Journal, Put};

pub(super) fn torn_last_write<S: Side>(side: &mut S) {
    let mut journal = side.journal();
    let mut owner = own(&mut journal, writer(1));
    for number in 1..=3 {
        assert_eq!(append(&mut journal, &mut owner, number), Ok(number));
    }
    let before = chain(&mut journal).expect("INV-1: readable");
    let torn = entry(before.last(), EntryKind::Batch, 1, writer(1));
    drop(journal);
    side.tear(Put { entry: Arc::new(torn.clone()), condition: BATCH });
    let mut journal = side.journal();
    let after = chain(&mut journal).expect("INV-1: a torn tail is no damage");
    let whole = after.last() == Some(&torn);
    assert!(after == before || whole && after.len() == before.len() + 1, "{after:?}");
    let mut owner = own(&mut journal, writer(2));
    assert!(append(&mut journal, &mut owner, 4).is_ok(), "the lane goes on after a torn tail");
}

pub(super) fn flipped_bit<S: Side>(side: &mut S) {
    let mut journal = side.journal();
    let mut owner = own(&mut journal, writer(1));
    for number in 1..=4 {
        assert_eq!(append(&mut journal, &mut owner, number), Ok(number));
    }
    drop(journal);
    side.flip_bit(LANE, 2);
    let mut journal = side.journal();
    // Silence here would be a shorter chain that looks whole, and decisions made a second time.
    match chain(&mut journal) {
        Err(Error::Fault(Fault::Fatal(text))) => {
            assert!(text.contains('2'), "it names the place: {text}");
        }
        other => panic!("a flipped bit passed for {other:?}"),
    }
}

pub(super) fn stale_writer<S: Side>(side: &mut S) {
    let (mut stale, mut journal) = (side.journal(), side.journal());
    let mut first = own(&mut stale, writer(1));
    assert_eq!(append(&mut stale, &mut first, 1), Ok(1));
    let mut owner = own(&mut journal, writer(2));
    for number in 3..=40 {
        assert_eq!(append(&mut journal, &mut owner, number), Ok(number));
    }
    assert_eq!(journal.release(LANE, 30), Ok(()));
    // It believed to be the next one at index 2, which has gone.
    assert!(append(&mut stale, &mut first, 2).is_err(), "INV-4: it is fenced");
    let late = entry(Some(first.tip()), EntryKind::Batch, 1, writer(1));
    let late = Entry { index: 5, ..late }.sealed();
    match put(&mut stale, &late, BATCH) {
        Answer::Refused(found) => assert_eq!(whose(&late, &found), Whose::Fenced, "{found:?}"),
        other => panic!("a gone index is never absent again: {other:?}"),
    }
    let read = Reader::new(LANE).read_to_end(&mut stale, |_| Ok(()));
    // Where the store still keeps the entries, the chain is read as it was.
    let kept = read == Ok(());
    let lapped = matches!(read, Err(Error::Lapped { wanted: 0, .. }));
    assert!(kept || lapped, "a lapped read is never the end: {read:?}");
    let tail = journal.read(LANE, 30, 12).expect("INV-1: what may not go stays");
    assert_eq!(tail.iter().flatten().count(), 11);
}

pub(super) fn kill_at_any_point<S: Side>(side: &mut S) {
    let work = |journal: &mut S::Journal, known: &mut Vec<Arc<Entry>>| {
        let Some(mut owner) = try_own(journal, 1) else { return };
        let mut completions = Vec::new();
        let mut sent = Vec::new();
        for number in 1..=12_u64 {
            if owner.has_room() && owner.append(journal, 0, draft(number)).is_ok() {
                sent.push(owner.tip().clone());
            }
            // Two entries share a drain, so that the kill also falls inside a group.
            if number % 2 == 0 {
                journal.drain(&mut completions);
            }
            for completion in completions.drain(..) {
                let _ = owner.answer(0, completion.ticket, completion.answer);
            }
            let committed = owner.committed();
            let new = sent.iter().filter(|entry| entry.index <= committed);
            let new: Vec<_> = new.skip(known.len()).cloned().map(Arc::new).collect();
            known.extend(new);
        }
    };
    let check = |journal: &mut S::Journal, known: &[Arc<Entry>]| {
        let live = chain(journal).expect("INV-1: a kill is no damage");
        for entry in known {
            let found = live.get(entry.index as usize).map(|live| live.content);
            assert_eq!(found, Some(entry.content), "an acknowledged entry is lost: {entry:?}");
        }
        let mut owner = own(journal, writer(9));
        assert!(append(journal, &mut owner, 99).is_ok(), "the lane goes on after a kill");
    };
    side.kill_at_every_point(&work, &check);
}

/// Like `own`, for a store that may die on the way.
fn try_own(journal: &mut impl Journal, number: u8) -> Option<crate::chain::Owner> {
    let begin = super::begin();
    let mut opening =
        crate::chain::Opening::new(Reader::new(LANE), 0, writer(number), begin, FORMAT);
    let mut completions = Vec::new();
    for now in 0..1_000 {
        let step = opening.step(journal, now * 1_000_000_000, &mut completions, |_| Ok(()));
        match step.ok()? {
            crate::chain::Opened::Owned(entry) => {
                return Some(crate::chain::Owner::new(*entry, 0, 4));
            }
            crate::chain::Opened::Ended(_) => return None,
            crate::chain::Opened::Working => journal.drain(&mut completions),
        }
    }
    None
}
