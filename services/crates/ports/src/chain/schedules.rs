//! Random schedules over the memory side: several writers, lost, late and doubled puts, take-overs;
//! one chain. Rules that are weakened must be caught.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use domain::entry::FORMAT;
use domain::{Entry, EntryKind, LaneId, Position, Sequence, StateDigest, Writer};

use super::{Begin, Draft, Error, Opened, Opening, Owner, Reader};
use crate::memory::{Fate, MemoryJournal, Shared, Slots};
use crate::{Completion, Fault, Journal};

const LANE: LaneId = LaneId(7);
const WRITERS: usize = 3;

/// A small generator, so that a seed is a schedule.
#[derive(Clone)]
struct Chance(u64);

impl Chance {
    fn below(&mut self, count: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % count
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Weak {
    Nothing,
    SealOnOwnEpoch,
    BatchOnLowerOrEqual,
    ReleaseOnOwnAnswer,
    SealAfterEnd,
    BeginOverAnything,
}

/// One process: it opens the lane, writes, and may be paused at any step or start again.
struct Process {
    journal: MemoryJournal,
    completions: Vec<Completion>,
    role: Role,
}

#[expect(clippy::large_enum_variant, reason = "there are three of them, in a test")]
enum Role {
    Opening(Box<Opening>),
    Owner(Owner),
    Stopped,
}

/// The whole schedule with what it knows.
struct World {
    slots: Shared<Slots>,
    chance: Chance,
    weak: Weak,
    writers: u128,
    processes: Vec<Process>,
    /// Content of each entry whose outputs were released.
    released: BTreeMap<u64, [u8; 16]>,
    ended: bool,
}

impl World {
    fn new(seed: u64, weak: Weak) -> Self {
        let slots = Shared::new(Slots::default());
        {
            let mut inner = slots.lock();
            inner.seal_on_own_epoch = weak == Weak::SealOnOwnEpoch;
            inner.batch_on_lower_or_equal = weak == Weak::BatchOnLowerOrEqual;
            inner.begin_over_anything = weak == Weak::BeginOverAnything;
            // The chain itself must show it, not the store's own assertion; but without a ring a
            // batch over its like shows only there.
            inner.unasserted = !matches!(weak, Weak::Nothing | Weak::BatchOnLowerOrEqual);
        }
        let (chance, processes) = (Chance(seed), Vec::new());
        let released = BTreeMap::new();
        let mut world = Self { slots, chance, weak, writers: 0, processes, released, ended: false };
        for _ in 0..WRITERS {
            let process = world.start();
            world.processes.push(process);
        }
        world
    }

    fn start(&mut self) -> Process {
        let mut fates = Chance(self.chance.below(u64::MAX));
        let mut journal = MemoryJournal::new(self.slots.clone());
        journal.fail_with(move |_| match fates.below(12) {
            0 => Fate::AnswerLost,
            1 => Fate::Lost,
            2 => Fate::Late,
            3 => Fate::Doubled,
            4 | 5 => Fate::Held,
            6 => Fate::Throttled,
            _ => Fate::Done,
        });
        // Two writers draw the same epoch and the same bytes, never the same `writer`.
        self.writers += 1;
        let writer = Writer(self.writers.to_be_bytes());
        let begin =
            Begin { start: Position::START, body: [].into(), state: StateDigest::default() };
        let mut opening = Opening::new(Reader::new(LANE), 0, writer, begin, FORMAT);
        opening.seals_after_an_end = self.weak == Weak::SealAfterEnd;
        let role = Role::Opening(Box::new(opening));
        Process { journal, completions: Vec::new(), role }
    }

    /// One step of one process, or a late put.
    fn step(&mut self, now: i64) {
        let number = self.chance.below(WRITERS as u64) as usize;
        match self.chance.below(40) {
            0 => {
                let fresh = self.start();
                self.processes[number] = fresh;
            }
            1..=4 => {
                let late = self.slots.lock().late() as u64;
                if late > 0 {
                    let nth = self.chance.below(late) as usize;
                    self.processes[number].journal.deliver_late(nth);
                }
            }
            5..=14 => {
                let process = &mut self.processes[number];
                process.journal.drain(&mut process.completions);
            }
            _ => self.turn(number, now),
        }
    }

    fn turn(&mut self, number: usize, now: i64) {
        let ends = self.chance.below(200) == 0;
        let body = self.chance.below(u64::MAX).to_be_bytes();
        let weak = self.weak;
        let process = &mut self.processes[number];
        let Process { journal, completions, role } = process;
        match role {
            Role::Stopped => {
                let fresh = self.start();
                self.processes[number] = fresh;
            }
            Role::Opening(opening) => match opening.step(journal, now, completions, |_| Ok(())) {
                Ok(Opened::Working) => {}
                Ok(Opened::Owned(entry)) => *role = Role::Owner(Owner::new(*entry, 0, 4)),
                Ok(Opened::Ended(_)) => {
                    self.ended = true;
                    *role = Role::Stopped;
                }
                Err(Error::Fault(Fault::Fatal(text))) => panic!("{text}"),
                Err(_) => *role = Role::Stopped,
            },
            Role::Owner(owner) => {
                if let Err(stopped) = answer(owner, completions, now, weak, &mut self.released) {
                    assert!(!matches!(stopped, Fault::Fatal(_)), "{stopped:?}");
                    *role = Role::Stopped;
                    return;
                }
                owner.turn(journal, now);
                let kind = if ends { EntryKind::End } else { EntryKind::Batch };
                let position = owner.tip().index + 1;
                let end =
                    if ends { owner.tip().end } else { Position::new(Sequence::of(position), 0) };
                let state = StateDigest { accounts: u128::from(position), lane: 0 };
                let draft = Draft { kind, end, state, body: body[..].into() };
                // Without room, or an End that must wait, it is tried again at another turn.
                let _ = owner.append(journal, now, draft);
            }
        }
    }

    /// INV-1, INV-4, INV-5: whatever was released is in the chain for ever, and nothing follows an
    /// End.
    fn check(&self) {
        let slots = self.slots.lock();
        let mut live: Vec<&Entry> = Vec::new();
        for entry in slots.items(LANE) {
            if domain::chain::is_live_after(live.last().copied(), entry) {
                live.push(entry);
            }
        }
        let chain: BTreeMap<u64, [u8; 16]> =
            live.iter().map(|entry| (entry.index, entry.content)).collect();
        for (index, content) in &self.released {
            assert_eq!(chain.get(index), Some(content), "INV-5: entry {index} was released");
        }
        if let Some(end) = live.iter().find(|entry| entry.kind == EntryKind::End) {
            let after = slots
                .items(LANE)
                .find(|entry| entry.index > end.index && entry.kind == EntryKind::Seal);
            assert_eq!(after, None, "INV-3: nothing seals after an End");
        }
    }
}

/// Takes answers, and releases what is committed; the weaker rule releases on its own answer.
fn answer(
    owner: &mut Owner,
    completions: &mut Vec<Completion>,
    now: i64,
    weak: Weak,
    released: &mut BTreeMap<u64, [u8; 16]>,
) -> Result<(), Fault> {
    for completion in std::mem::take(completions) {
        let index = completion.ticket & 0xffff_ffff_ffff;
        let content = owner.content_in_flight(index);
        let own = completion.answer == crate::Answer::Stored;
        let before = owner.committed();
        let known: Vec<_> = (before + 1..=before + 8)
            .map(|index| (index, owner.content_in_flight(index)))
            .collect();
        let taken = owner.answer(now, completion.ticket, completion.answer);
        if weak == Weak::ReleaseOnOwnAnswer && own {
            released.extend(content.map(|content| (index, content)));
        }
        for (index, content) in known.into_iter().filter(|(index, _)| *index <= owner.committed()) {
            let content = content.expect("INV-5: what is committed was in flight");
            let other = released.insert(index, content);
            assert!(other.is_none_or(|other| other == content), "INV-1: {index} has two contents");
        }
        taken?;
    }
    Ok(())
}

fn run(seed: u64, weak: Weak) -> World {
    let mut world = World::new(seed, weak);
    for step in 0..400 {
        world.step(step * 50_000_000);
        if step % 20 == 0 {
            world.check();
        }
    }
    while world.slots.lock().late() > 0 {
        world.processes[0].journal.deliver_late(0);
    }
    world.check();
    world
}

#[test]
fn any_schedule_leaves_one_chain() {
    let mut entries = 0;
    for seed in 0..3_000 {
        entries += run(seed, Weak::Nothing).released.len();
    }
    assert!(entries > 30_000, "the schedules get somewhere: {entries}");
}

#[test]
fn a_fresh_taker_always_gets_through() {
    for seed in 0..300 {
        let mut world = run(seed, Weak::Nothing);
        // The others go on, one step each, while a taker without faults tries.
        let mut taker = world.start();
        taker.journal.fail_with(|_| Fate::Done);
        for step in 0.. {
            let now = 1_000_000_000_000 + step * 50_000_000;
            let Process { journal, completions, role } = &mut taker;
            let Role::Opening(opening) = role else { break };
            match opening.step(journal, now, completions, |_| Ok(())) {
                Ok(Opened::Working) => journal.drain(completions),
                Ok(_) => break,
                Err(error) => panic!("seed {seed}: {error}"),
            }
            world.step(now);
            assert!(step < 2_000, "seed {seed}: it never gets through");
        }
    }
}

/// Whether some seed shows that a weaker rule breaks the chain.
fn is_caught(weak: Weak, seeds: u64) -> bool {
    (0..seeds).any(|seed| catch_unwind(AssertUnwindSafe(|| drop(run(seed, weak)))).is_err())
}

#[test]
fn every_weaker_rule_is_caught() {
    assert!(is_caught(Weak::SealOnOwnEpoch, 5_000), "seal on the own epoch");
    assert!(is_caught(Weak::BatchOnLowerOrEqual, 5_000), "batch on stored <= mine");
    assert!(is_caught(Weak::ReleaseOnOwnAnswer, 5_000), "release on the own answer only");
    assert!(is_caught(Weak::SealAfterEnd, 5_000), "seal after an End");
    assert!(is_caught(Weak::BeginOverAnything, 5_000), "Begin not on \"no item\"");
}
