//! What the contract doesn't ask: claims, retention on disk, limits, a full disk.

use std::path::Path;
use std::sync::Arc;

use domain::entry::{FORMAT, RULES};
use domain::{EntryKind, Epoch, LaneId, Position, Sequence, StateDigest, Writer};
use ports::Condition;

use super::*;
use crate::disk::RecordedDisk;

const LANE: LaneId = LaneId(0xa);
const SMALL: Settings = Settings { segment_bytes: 4 * 1024, reserve_bytes: 0, identity: 4 };

fn open(disk: &RecordedDisk, claims: &[Claim]) -> Result<LocalJournal<RecordedDisk>, Error> {
    LocalJournal::open(disk.clone(), Path::new("journal"), SMALL, claims)
}

fn entry(index: u64, body: usize) -> Arc<Entry> {
    let at = |number| Position::new(Sequence::of(number), 0);
    let entry = Entry {
        lane: LANE,
        index,
        kind: EntryKind::Batch,
        epoch: Epoch(1),
        writer: Writer([2; 16]),
        previous: [3; 16],
        start: at(index),
        end: at(index + 1),
        state: StateDigest::default(),
        format: FORMAT,
        rules: RULES,
        content: [0; 16],
        body: vec![index as u8; body].into(),
    };
    Arc::new(entry.sealed())
}

fn put(journal: &mut LocalJournal<RecordedDisk>, index: u64, body: usize) -> Answer {
    let condition = Condition::AbsentOrLowerEpoch { free: None };
    journal.submit(index, Put { entry: entry(index, body), condition }).unwrap();
    let mut completions = Vec::new();
    journal.drain(&mut completions);
    completions.pop().unwrap().answer
}

fn filled(disk: &RecordedDisk, count: u64) -> LocalJournal<RecordedDisk> {
    let mut journal = open(disk, &[]).unwrap();
    for index in 0..count {
        assert_eq!(put(&mut journal, index, 300), Answer::Stored);
    }
    journal
}

#[test]
fn a_journal_that_ends_before_a_cursor_is_refused_and_left_as_it_is() {
    let disk = RecordedDisk::default();
    filled(&disk, 5);
    let claim = |index| Claim { what: "the cursor of Events".to_owned(), lane: LANE, index };
    assert!(open(&disk, &[claim(4)]).is_ok());
    disk.record();
    let error = open(&disk, &[claim(3), claim(5)]).map(|_| ()).unwrap_err();
    assert!(matches!(error, Error::Cut { .. }), "{error}");
    let text = error.to_string();
    assert!(text.contains("the cursor of Events has seen entry 5"), "{text}");
    assert!(text.contains("segment 2 offset"), "{text}");
    assert_eq!(disk.operations(), 0);
}

#[test]
fn a_tail_that_was_cut_below_a_cursor_is_refused_and_one_above_it_is_repaired() {
    let disk = RecordedDisk::default();
    let journal = filled(&disk, 3);
    let last = journal.shared.slots().find(LANE, 2).unwrap().place.at;
    drop(journal);
    let segment = format!("journal/{:012}.log", last.segment);
    disk.rot(Path::new(&segment), |bytes| bytes[last.offset as usize..].fill(0));
    let claim = |index| Claim { what: "the snapshot".to_owned(), lane: LANE, index };
    let error = open(&disk, &[claim(2)]).map(|_| ()).unwrap_err();
    assert!(matches!(error, Error::Cut { .. }), "{error}");
    assert_eq!(open(&disk, &[claim(1)]).unwrap().lanes(), [(LANE, 0, 1)]);
}

#[test]
fn released_entries_leave_the_disk_and_never_become_absent_again() {
    let disk = RecordedDisk::default();
    let mut journal = filled(&disk, 40);
    let bytes = journal.bytes();
    assert_eq!(journal.release(LANE, 50), Ok(()));
    assert_eq!(journal.lanes(), [(LANE, 0, 39)]);
    assert_eq!(journal.release(LANE, 30), Ok(()));
    assert!(journal.bytes() < bytes / 2);
    for mut journal in [journal, open(&disk, &[]).unwrap()] {
        assert_eq!(journal.lanes(), [(LANE, 30, 39)]);
        assert_eq!(put(&mut journal, 29, 10), Answer::Refused(Box::new((*entry(30, 300)).clone())));
        assert_eq!(put(&mut journal, 0, 10), Answer::Refused(Box::new((*entry(30, 300)).clone())));
        let read = journal.read(LANE, 28, 4).unwrap();
        let indexes: Vec<_> = read.into_iter().flatten().map(|entry| entry.index).collect();
        assert_eq!(indexes, [30, 30, 30, 31]);
    }
}

#[test]
fn a_writer_that_believes_too_much_may_go_replaces_nothing() {
    let disk = RecordedDisk::default();
    let mut journal = filled(&disk, 5);
    let condition = Condition::AbsentOrLowerEpoch { free: Some(99) };
    journal.submit(0, Put { entry: entry(3, 1), condition }).unwrap();
    let mut completions = Vec::new();
    journal.drain(&mut completions);
    assert!(matches!(completions[0].answer, Answer::Refused(_)));
}

#[test]
fn a_body_above_the_limit_is_not_taken() {
    let mut journal = open(&RecordedDisk::default(), &[]).unwrap();
    let answer = put(&mut journal, 0, BODY_BYTES_MAX + 1);
    assert!(matches!(answer, Answer::Fault(Fault::Fatal(_))), "{answer:?}");
    assert_eq!(put(&mut journal, 0, BODY_BYTES_MAX), Answer::Stored);
}

#[test]
fn a_handle_has_a_limit_of_puts_in_flight() {
    let mut journal = open(&RecordedDisk::default(), &[]).unwrap();
    let of = |index| Put { entry: entry(index, 1), condition: Condition::Absent };
    for index in 0..IN_FLIGHT_MAX as u64 {
        journal.submit(index, of(index)).unwrap();
    }
    assert!(journal.submit(99, of(99)).is_err());
    let mut completions = Vec::new();
    journal.drain(&mut completions);
    assert_eq!(completions.len(), IN_FLIGHT_MAX);
    assert!(journal.submit(99, of(99)).is_ok());
}

#[test]
fn a_full_disk_stops_the_lane_with_a_clear_text_and_loses_nothing() {
    let disk = RecordedDisk::default();
    disk.limit(3 * SMALL.segment_bytes);
    let mut journal = open(&disk, &[]).unwrap();
    let mut stored = 0;
    let text = loop {
        match put(&mut journal, stored, 800) {
            Answer::Stored => stored += 1,
            Answer::Fault(Fault::Fatal(text)) => break text,
            other => panic!("{other:?}"),
        }
    };
    assert!(text.contains("OR-0103") && text.contains("the disk is full"), "{text}");
    assert_eq!(open(&disk, &[]).unwrap().lanes(), [(LANE, 0, stored - 1)]);
}

#[test]
fn rot_while_it_runs_is_told_with_its_place() {
    let disk = RecordedDisk::default();
    let mut journal = filled(&disk, 3);
    let at = journal.shared.slots().find(LANE, 1).unwrap().place.at;
    disk.rot(Path::new("journal/000000000001.log"), |bytes| bytes[at.offset as usize + 400] ^= 4);
    let read = journal.read(LANE, 1, 1);
    let Err(Fault::Fatal(text)) = read else { panic!("{read:?}") };
    assert!(text.starts_with("OR-0101 journal: segment 1"), "{text}");
    assert!(text.contains(&format!("offset {}", at.offset)), "{text}");
}
