//! The contract, run by name on the memory side.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test stops at the first surprise")]

use domain::LaneId;
use ports::contract::{Check, Side, Work};
use ports::memory::{Fate, MemoryJournal, Shared, Slots};
use ports::{Journal, Put};

#[derive(Default)]
struct Memory {
    slots: Shared<Slots>,
}

impl Side for Memory {
    type Journal = MemoryJournal;

    fn journal(&mut self) -> MemoryJournal {
        MemoryJournal::new(self.slots.clone())
    }

    fn reopen(&mut self) {}

    fn lose_answer(&mut self, journal: &mut MemoryJournal) {
        let mut lost = false;
        journal.fail_with(move |_| {
            if std::mem::replace(&mut lost, true) { Fate::Done } else { Fate::AnswerLost }
        });
    }

    fn tear(&mut self, put: Put) {
        // What is submitted and never drained is lost with the handle.
        let mut journal = self.journal();
        assert!(journal.submit(0, put).is_ok());
    }

    fn flip_bit(&mut self, lane: LaneId, index: u64) {
        self.slots.lock().damage(lane, index, |entry| {
            let mut body = entry.body.to_vec();
            body[0] ^= 1;
            entry.body = body.into();
        });
    }

    fn kill_at_every_point(
        &mut self,
        work: Work<'_, MemoryJournal>,
        check: Check<'_, MemoryJournal>,
    ) {
        for point in 0.. {
            let mut side = Self::default();
            let (mut known, mut puts) = (Vec::new(), 0);
            let mut journal = side.journal();
            // From the killing point on nothing is stored and nothing is answered.
            journal.fail_with(move |_| {
                puts += 1;
                if puts > point { Fate::Held } else { Fate::Done }
            });
            work(&mut journal, &mut known);
            drop(journal);
            check(&mut side.journal(), &known);
            if known.len() >= 12 {
                return;
            }
        }
    }
}

ports::contract_tests!(Memory::default;
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
