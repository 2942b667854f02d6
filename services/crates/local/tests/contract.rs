//! The contract of journals, run by name on the embedded side.

#![expect(clippy::unwrap_used, reason = "a test stops where it cannot go on")]

use std::path::Path;
use std::sync::Arc;

use domain::{Entry, LaneId};
use local::disk::{Disk, RecordedDisk};
use local::log::Settings;
use local::{Error, LocalJournal};
use ports::contract::{Check, Side, Work};
use ports::{Answer, Completion, Fault, Journal, Put};

/// A folder on a recorded disk, and what opening its journal gave.
struct Embedded {
    disk: RecordedDisk,
    opened: Result<LocalJournal<RecordedDisk>, Error>,
}

/// A handle, or what a process prints that can't open the folder.
struct Handle {
    opened: Result<LocalJournal<RecordedDisk>, Error>,
    loses_answer: bool,
}

fn open(disk: &RecordedDisk) -> Result<LocalJournal<RecordedDisk>, Error> {
    let settings = Settings { segment_bytes: 8 * 1024, reserve_bytes: 0, identity: 1 };
    LocalJournal::open(disk.clone(), Path::new("journal"), settings, &[])
}

fn embedded() -> Embedded {
    let disk = RecordedDisk::default();
    Embedded { opened: open(&disk), disk }
}

impl Embedded {
    /// The process and the machine stop; of what isn't synced a part is kept.
    fn crash(&mut self, seed: usize) {
        let mut crashes = self.disk.crashes();
        while crashes.step() {}
        self.restart(crashes.disk(|number| seed >> (number % 60) & 1 == 1));
    }

    fn restart(&mut self, disk: RecordedDisk) {
        self.opened = open(&disk);
        self.disk = disk;
    }
}

impl Side for Embedded {
    type Journal = Handle;

    fn journal(&mut self) -> Handle {
        Handle { opened: self.opened.clone(), loses_answer: false }
    }

    fn reopen(&mut self) {
        self.restart(self.disk.copied());
    }

    fn lose_answer(&mut self, journal: &mut Handle) {
        journal.loses_answer = true;
    }

    fn tear(&mut self, put: Put) {
        self.disk.record();
        let mut journal = self.journal();
        assert!(journal.submit(0, put).is_ok());
        // The write is the first thing that happens, its sync the second.
        self.disk.die_after(1);
        journal.drain(&mut Vec::new());
        self.crash(0b10);
    }

    fn flip_bit(&mut self, lane: LaneId, index: u64) {
        let read = self.journal().read(lane, index, 1).unwrap();
        let content = read[0].as_ref().unwrap().content;
        for name in self.disk.list(Path::new("journal")).unwrap() {
            self.disk.rot(&Path::new("journal").join(name), |bytes| {
                let found = bytes.windows(16).position(|window| window == content);
                if let Some(at) = found {
                    // The first byte of the body, which stands behind the content digest.
                    bytes[at + 16] ^= 1;
                }
            });
        }
        self.reopen();
    }

    fn kill_at_every_point(&mut self, work: Work<'_, Handle>, check: Check<'_, Handle>) {
        for point in 0.. {
            let disk = RecordedDisk::default();
            disk.record();
            disk.die_after(point);
            let mut side = Self { opened: open(&disk), disk };
            let mut known = Vec::new();
            work(&mut side.journal(), &mut known);
            let is_done = side.disk.operations() < point;
            for seed in [0, usize::MAX, 0x5555_5555, 0xaaaa_aaaa, 0x1234_5678 * (point + 1)] {
                let mut crashed = Self { opened: side.opened.clone(), disk: side.disk.clone() };
                crashed.crash(seed);
                check(&mut crashed.journal(), &known);
            }
            if is_done {
                return;
            }
        }
    }
}

impl Journal for Handle {
    fn submit(&mut self, ticket: u64, put: Put) -> Result<(), Put> {
        match &mut self.opened {
            Ok(journal) => journal.submit(ticket, put),
            Err(_) => Err(put),
        }
    }

    fn drain(&mut self, completions: &mut Vec<Completion>) {
        let before = completions.len();
        if let Ok(journal) = &mut self.opened {
            journal.drain(completions);
        }
        if self.loses_answer && before < completions.len() {
            self.loses_answer = false;
            completions[before].answer = Answer::Fault(Fault::Unknown);
        }
    }

    fn read(&mut self, lane: LaneId, from: u64, count: usize) -> Result<Vec<Option<Entry>>, Fault> {
        self.opened.as_mut().map_err(|error| Fault::from(error.clone()))?.read(lane, from, count)
    }

    fn release(&mut self, lane: LaneId, below: u64) -> Result<(), Fault> {
        self.opened.as_mut().map_err(|error| Fault::from(error.clone()))?.release(lane, below)
    }
}

#[test]
fn a_put_that_waits_is_done_by_whoever_drains_first() {
    let mut side = embedded();
    let (mut first, mut second) = (side.journal(), side.journal());
    let entry = |lane| {
        let entry = Entry {
            lane: LaneId(lane),
            index: 0,
            kind: domain::EntryKind::Begin,
            epoch: domain::Epoch(1),
            writer: domain::Writer([1; 16]),
            previous: [0; 16],
            start: domain::Position::START,
            end: domain::Position::START,
            state: domain::StateDigest::default(),
            format: domain::entry::FORMAT,
            rules: domain::entry::RULES,
            content: [0; 16],
            body: Arc::from(&[][..]),
        };
        Put { entry: Arc::new(entry.sealed()), condition: ports::Condition::Absent }
    };
    first.submit(1, entry(1)).unwrap();
    second.submit(2, entry(2)).unwrap();
    side.disk.record();
    let mut completions = Vec::new();
    first.drain(&mut completions);
    assert_eq!(side.disk.operations(), 2, "one write and one sync serve both");
    second.drain(&mut completions);
    assert_eq!(side.disk.operations(), 2);
    let tickets: Vec<_> = completions.iter().map(|completion| completion.ticket).collect();
    assert_eq!(tickets, [1, 2]);
    assert!(completions.iter().all(|completion| completion.answer == Answer::Stored));
}

ports::contract_tests!(embedded;
    two_writers,
    an_entry_that_lands_between_the_tail_read_and_the_seal,
    two_equal_seals,
    seal_over_a_dead_entry,
    a_gap_below_a_durable_entry,
    a_late_put_after_the_seal,
    lost_answer,
    torn_last_write,
    flipped_bit,
    stale_writer_after_its_index_has_gone,
    kill_at_any_point,
    begin_only_where_nothing_is,
    a_barrier_fences_and_is_sealed_over,
    nothing_follows_an_end,
    what_is_stored_is_read_again_as_it_was,
    lanes_of_one_store_dont_meet,
);
