//! The journal on a disk against the one in memory: the same puts, reads and releases, with
//! restarts and crashes between them, give the same answers.

#![expect(clippy::unwrap_used, reason = "a test stops where it cannot go on")]

use std::path::Path;
use std::sync::Arc;

use domain::{Entry, EntryKind, Epoch, LaneId, Position, StateDigest, Writer};
use local::disk::RecordedDisk;
use local::{LocalJournal, log};
use ports::memory::{MemoryJournal, Shared, Slots};
use ports::{Completion, Condition, DeadItem, Journal, Put};
use proptest::prelude::*;

#[derive(Clone, Copy, Debug)]
enum Step {
    /// Lane, index, epoch, writer, bytes of the body, and which condition.
    Put(u8, u64, u64, u8, usize, u8),
    Drain,
    Read(u8, u64),
    Release(u8, u64),
    /// The process ends and starts again.
    Restart,
    /// The power goes; of what isn't synced these are kept.
    Crash(u64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let put = (0..2_u8, 0..12_u64, 1..4_u64, 0..2_u8, 0..2_000_usize, 0..4_u8);
    let step = prop_oneof![
        12 => put.prop_map(|(lane, index, epoch, writer, body, condition)| {
            Step::Put(lane, index, epoch, writer, body, condition)
        }),
        6 => Just(Step::Drain),
        3 => (0..2_u8, 0..12_u64).prop_map(|(lane, index)| Step::Read(lane, index)),
        1 => (0..2_u8, 0..12_u64).prop_map(|(lane, below)| Step::Release(lane, below)),
        1 => Just(Step::Restart),
        1 => any::<u64>().prop_map(Step::Crash),
    ];
    prop::collection::vec(step, 1..80)
}

fn entry(lane: u8, index: u64, epoch: u64, writer: u8, body: usize) -> Arc<Entry> {
    let entry = Entry {
        lane: LaneId(lane.into()),
        index,
        kind: EntryKind::Batch,
        epoch: Epoch(epoch),
        writer: Writer([writer; 16]),
        previous: [0; 16],
        start: Position::START,
        end: Position::START,
        state: StateDigest::default(),
        format: 1,
        rules: 1,
        content: [0; 16],
        body: vec![writer; body].into(),
    };
    Arc::new(entry.sealed())
}

fn open(disk: &RecordedDisk) -> LocalJournal<RecordedDisk> {
    let settings = log::Settings { segment_bytes: 8 * 1024, reserve_bytes: 0, identity: 1 };
    let journal = LocalJournal::open(disk.clone(), Path::new("journal"), settings, &[]).unwrap();
    disk.record();
    journal
}

/// What a seal that read the slot just now would ask for.
fn condition(memory: &mut MemoryJournal, lane: u8, index: u64, which: u8) -> Condition {
    let free = None;
    match which {
        0 => Condition::Absent,
        1 => Condition::AbsentOrLowerEpoch { free },
        2 => Condition::AbsentOrFreed { free },
        _ => {
            let read = memory.read(LaneId(lane.into()), index, 1).unwrap();
            let dead = read[0].as_ref().map(|entry| DeadItem {
                epoch: entry.epoch,
                writer: entry.writer,
                content: entry.content,
            });
            Condition::AbsentOrDead { free, dead }
        }
    }
}

fn drained(journal: &mut impl Journal) -> Vec<Completion> {
    let mut completions = Vec::new();
    journal.drain(&mut completions);
    completions.sort_by_key(|completion| completion.ticket);
    completions
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(512)
    })]

    #[test]
    fn the_disk_answers_as_memory_does(steps in steps()) {
        let slots = Shared::new(Slots::default());
        slots.lock().unasserted = true;
        let mut memory = MemoryJournal::new(slots.clone());
        let mut disk = RecordedDisk::default();
        let mut journal = open(&disk);
        // A lane begins at index 0: memory takes any index below its oldest item for gone.
        for (lane, ticket) in [(0, 1_000), (1, 1_001)] {
            let put = Put { entry: entry(lane, 0, 1, 0, 0), condition: Condition::Absent };
            prop_assert!(memory.submit(ticket, put.clone()).is_ok());
            prop_assert!(journal.submit(ticket, put).is_ok());
        }
        prop_assert_eq!(drained(&mut journal), drained(&mut memory));
        for (ticket, step) in (0..).zip(steps) {
            match step {
                Step::Put(lane, index, epoch, writer, body, which) => {
                    let condition = condition(&mut memory, lane, index, which);
                    let mut entry = entry(lane, index, epoch, writer, body);
                    if let Condition::AbsentOrDead { dead: Some(dead), .. } = condition {
                        // A seal has an epoch above every one that it has read.
                        let above = dead.epoch.0 + epoch;
                        entry = self::entry(lane, index, above, writer, body);
                    }
                    let put = Put { entry, condition };
                    let taken = memory.submit(ticket, put.clone()).is_ok();
                    prop_assert_eq!(journal.submit(ticket, put).is_ok(), taken);
                }
                Step::Drain => prop_assert_eq!(drained(&mut journal), drained(&mut memory)),
                Step::Read(lane, index) => {
                    let lane = LaneId(lane.into());
                    prop_assert_eq!(journal.read(lane, index, 4), memory.read(lane, index, 4));
                }
                Step::Release(lane, below) => {
                    let lane = LaneId(lane.into());
                    prop_assert_eq!(journal.release(lane, below), memory.release(lane, below));
                }
                Step::Restart | Step::Crash(_) => {
                    // What was submitted and not drained is lost on both sides.
                    memory = MemoryJournal::new(slots.clone());
                    drop(journal);
                    if let Step::Crash(keeps) = step {
                        let mut crashes = disk.crashes();
                        while crashes.step() {}
                        disk = crashes.disk(|number| keeps >> (number % 64) & 1 == 1);
                    }
                    journal = open(&disk);
                }
            }
        }
        prop_assert_eq!(drained(&mut journal), drained(&mut memory));
        for lane in [LaneId(0), LaneId(1)] {
            prop_assert_eq!(journal.read(lane, 0, 16), memory.read(lane, 0, 16));
        }
    }
}
