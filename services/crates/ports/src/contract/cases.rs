//! The cases that need nothing of a side but its handles.

use domain::chain::{Whose, whose};
use domain::entry::FORMAT;
use domain::{Entry, EntryKind, LaneId};

use super::{
    BATCH, LANE, Side, append, begin, chain, dead, draft, entry, own, put, refused_with, seal_over,
    stored, writer,
};
use crate::chain::{Opened, Opening, Reader};
use crate::{Answer, Condition, Journal};

/// A Begin and some batches of `writer(1)`, epoch 1.
fn three_entries(journal: &mut impl Journal) -> Vec<Entry> {
    let first = entry(None, EntryKind::Begin, 1, writer(1));
    assert!(stored(&put(journal, &first, Condition::Absent)));
    let mut entries = vec![first];
    for _ in 0..2 {
        let next = entry(entries.last(), EntryKind::Batch, 1, writer(1));
        assert!(stored(&put(journal, &next, BATCH)));
        entries.push(next);
    }
    entries
}

pub(super) fn two_writers<S: Side>(side: &mut S) {
    let (mut one, mut two) = (side.journal(), side.journal());
    let mut first = own(&mut one, writer(1));
    assert_eq!(append(&mut one, &mut first, 1), Ok(1));
    let mut second = own(&mut two, writer(2));
    assert!(append(&mut one, &mut first, 2).is_err(), "INV-4: the first owner is fenced");
    assert_eq!(append(&mut two, &mut second, 2), Ok(3));
    let kinds: Vec<_> =
        chain(&mut one).expect("INV-1: readable").iter().map(|e| (e.kind, e.epoch.0)).collect();
    let expected =
        [(EntryKind::Begin, 1), (EntryKind::Batch, 1), (EntryKind::Seal, 2), (EntryKind::Batch, 2)];
    assert_eq!(kinds, expected);
}

pub(super) fn lands_between<S: Side>(side: &mut S) {
    let (mut one, mut two) = (side.journal(), side.journal());
    let entries = three_entries(&mut one);
    let seal = entry(entries.last(), EntryKind::Seal, 2, writer(2));
    let landed = entry(entries.last(), EntryKind::Batch, 1, writer(1));
    assert!(stored(&put(&mut one, &landed, BATCH)));
    // With "stored epoch < mine" the seal would erase an entry whose order has left.
    let answer = put(&mut two, &seal, seal_over(None));
    assert!(refused_with(&answer, &landed), "INV-3: {answer:?}");
    assert_eq!(whose(&seal, &landed), Whose::Lost);
    let next = entry(Some(&landed), EntryKind::Seal, 2, writer(2));
    assert!(stored(&put(&mut two, &next, seal_over(None))));
    assert_eq!(chain(&mut one).map(|live| live.len()), Ok(5));
}

pub(super) fn two_equal_seals<S: Side>(side: &mut S) {
    let (mut one, mut two) = (side.journal(), side.journal());
    let entries = three_entries(&mut one);
    let seal = entry(entries.last(), EntryKind::Seal, 2, writer(2));
    let rival = entry(entries.last(), EntryKind::Seal, 2, writer(3));
    assert!(stored(&put(&mut one, &seal, seal_over(None))));
    let answer = put(&mut two, &rival, seal_over(None));
    assert!(refused_with(&answer, &seal), "INV-4: only one of them owns it: {answer:?}");
    // The same bytes again are recognised as one's own.
    let again = put(&mut one, &seal, seal_over(None));
    assert!(stored(&again) || refused_with(&again, &seal));
    assert_eq!(whose(&seal, &seal), Whose::Ours);
}

pub(super) fn seal_over_dead<S: Side>(side: &mut S) {
    let mut journal = side.journal();
    let entries = three_entries(&mut journal);
    let sealed = entry(entries.get(1), EntryKind::Seal, 2, writer(2));
    // An entry that lies at the live end and can't be live: its predecessor isn't the chain's.
    let unlinked =
        Entry { previous: [9; 16], ..entry(entries.last(), EntryKind::Batch, 1, writer(1)) }
            .sealed();
    assert!(stored(&put(&mut journal, &unlinked, BATCH)));
    let seal =
        Entry { epoch: domain::Epoch(3), ..entry(entries.last(), EntryKind::Seal, 3, writer(3)) }
            .sealed();
    let wrong = super::DeadItem { writer: writer(9), ..dead(&unlinked) };
    assert!(refused_with(&put(&mut journal, &seal, seal_over(Some(wrong))), &unlinked));
    assert!(refused_with(&put(&mut journal, &seal, seal_over(None)), &unlinked));
    assert!(stored(&put(&mut journal, &seal, seal_over(Some(dead(&unlinked))))));
    let live = chain(&mut journal).expect("INV-1: readable");
    assert_eq!(live.last(), Some(&seal));
    // A seal below the live end meets a live entry, whatever its epoch.
    let answer = put(&mut journal, &sealed, seal_over(None));
    assert!(matches!(answer, Answer::Refused(_)), "INV-3: {answer:?}");
}

pub(super) fn gap_below<S: Side>(side: &mut S) {
    let (mut one, mut two) = (side.journal(), side.journal());
    let entries = three_entries(&mut one);
    let lost = entry(entries.last(), EntryKind::Batch, 1, writer(1));
    let above = entry(Some(&lost), EntryKind::Batch, 1, writer(1));
    assert!(stored(&put(&mut one, &above, BATCH)));
    assert_eq!(chain(&mut two).map(|live| live.len()), Ok(3), "INV-1: the gap ends the chain");
    let mut owner = own(&mut two, writer(2));
    assert_eq!(owner.tip().index, 3);
    // The durable entry above the seal is dead and is written over.
    assert_eq!(append(&mut two, &mut owner, 4), Ok(4));
    let answer = put(&mut one, &lost, BATCH);
    assert!(matches!(answer, Answer::Refused(_)), "INV-4: {answer:?}");
    let live = chain(&mut one).expect("INV-1: readable");
    assert_eq!(live.iter().map(|entry| entry.epoch.0).collect::<Vec<_>>(), [1, 1, 1, 2, 2]);
}

pub(super) fn late_put<S: Side>(side: &mut S) {
    let (mut one, mut two) = (side.journal(), side.journal());
    let entries = three_entries(&mut one);
    let late = entry(entries.last(), EntryKind::Batch, 1, writer(1));
    let later = entry(Some(&late), EntryKind::Batch, 1, writer(1));
    let owner = own(&mut two, writer(2));
    let answer = put(&mut one, &late, BATCH);
    let Answer::Refused(found) = answer else { panic!("INV-4: {answer:?}") };
    assert_eq!((found.kind, &*found), (EntryKind::Seal, &*found));
    assert_eq!(whose(&late, &found), Whose::Fenced);
    // Above the seal nothing is there: it is stored, dead, and in nobody's way.
    assert!(stored(&put(&mut one, &later, BATCH)));
    let mut owner = owner;
    assert_eq!(append(&mut two, &mut owner, 4), Ok(4));
    assert_eq!(chain(&mut one).map(|live| live.len()), Ok(5));
}

pub(super) fn lost_answer<S: Side>(side: &mut S) {
    let mut journal = side.journal();
    let mut owner = own(&mut journal, writer(1));
    for number in 1..=3 {
        side.lose_answer(&mut journal);
        assert_eq!(append(&mut journal, &mut owner, number), Ok(number));
    }
    let live = chain(&mut journal).expect("INV-1: readable");
    assert_eq!(live.len(), 4, "INV-4: what was stored once is there once");
    // A taker whose seal's answer is lost knows its seal.
    let mut taker = side.journal();
    side.lose_answer(&mut taker);
    let owner = own(&mut taker, writer(2));
    assert_eq!((owner.tip().kind, owner.tip().index), (EntryKind::Seal, 4));
}

pub(super) fn begin_once<S: Side>(side: &mut S) {
    let mut journal = side.journal();
    let first = entry(None, EntryKind::Begin, 1, writer(1));
    let second = entry(None, EntryKind::Begin, 1, writer(2));
    assert!(stored(&put(&mut journal, &first, Condition::Absent)));
    assert!(refused_with(&put(&mut journal, &second, Condition::Absent), &first));
    assert_eq!(whose(&second, &first), Whose::Lost);
    assert_eq!(chain(&mut journal), Ok(vec![first]));
}

pub(super) fn barrier<S: Side>(side: &mut S) {
    let (mut one, mut two) = (side.journal(), side.journal());
    let mut busy = own(&mut one, writer(1));
    assert_eq!(append(&mut one, &mut busy, 1), Ok(1));
    let free = Condition::AbsentOrFreed { free: None };
    let mut fence = entry(None, EntryKind::Barrier, 2, writer(2));
    fence.index = 1;
    assert!(matches!(put(&mut two, &fence.clone().sealed(), free), Answer::Refused(_)));
    fence.index = 2;
    let fence = fence.sealed();
    assert!(stored(&put(&mut two, &fence, free)));
    assert!(append(&mut one, &mut busy, 2).is_err(), "INV-3: a barrier fences the writer there");
    assert_eq!(chain(&mut two).map(|live| live.len()), Ok(2), "a barrier is never live");
    let owner = own(&mut two, writer(3));
    assert_eq!((owner.tip().index, owner.tip().epoch.0), (2, 3), "INV-3: above its barriers");
}

pub(super) fn end<S: Side>(side: &mut S) {
    let mut journal = side.journal();
    let mut owner = own(&mut journal, writer(1));
    assert_eq!(append(&mut journal, &mut owner, 1), Ok(1));
    let last = super::Draft { kind: EntryKind::End, ..draft(1) };
    assert_eq!(owner.append(&mut journal, 0, last), Ok(2));
    let answer = super::drain_one(&mut journal);
    assert_eq!(owner.answer(0, answer.ticket, answer.answer), Ok(()));
    assert_eq!(owner.committed(), 2);
    assert!(!owner.has_room(), "INV-5: nothing after an End is live");
    let mut opening = Opening::new(Reader::new(LANE), 0, writer(2), begin(), FORMAT);
    let opened = opening.step(&mut journal, 0, &mut Vec::new(), |_| Ok(()));
    assert!(matches!(opened, Ok(Opened::Ended(end)) if end.index == 2));
}

pub(super) fn read_back<S: Side>(side: &mut S) {
    let mut journal = side.journal();
    let entries = three_entries(&mut journal);
    side.reopen();
    let mut journal = side.journal();
    let read = journal.read(LANE, 0, 5).expect("INV-1: readable");
    let expected: Vec<_> = entries.into_iter().map(Some).chain([None, None]).collect();
    assert_eq!(read, expected);
    assert_eq!(journal.read(LANE, 2, 1).expect("INV-1: readable").len(), 1);
    assert_eq!(journal.read(LaneId(99), 0, 1), Ok(vec![None]));
}

pub(super) fn lanes<S: Side>(side: &mut S) {
    let mut journal = side.journal();
    let first = entry(None, EntryKind::Begin, 1, writer(1));
    let other = Entry { lane: LaneId(0x1b), ..first.clone() }.sealed();
    assert!(stored(&put(&mut journal, &first, Condition::Absent)));
    assert!(stored(&put(&mut journal, &other, Condition::Absent)));
    let next = entry(Some(&other), EntryKind::Batch, 1, writer(1));
    assert!(stored(&put(&mut journal, &next, BATCH)));
    assert_eq!(journal.read(LANE, 0, 2), Ok(vec![Some(first), None]));
    assert_eq!(journal.read(other.lane, 0, 2), Ok(vec![Some(other), Some(next)]));
}
