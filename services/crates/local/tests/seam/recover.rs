//! What must hold of a folder after a crash, by what was acknowledged before it.

use std::collections::BTreeMap;
use std::path::Path;

use domain::{Entry, LaneId, Position, Sequence, Timestamp};
use local::disk::RecordedDisk;
use local::{LocalCursors, LocalSnapshots, Starts};
use ports::{
    Attempts, Cursors, Destination, Journal, Poll, RecordBatch, ShardSource, SnapshotHead,
    Snapshots,
};

use super::work::{self, Fact, LANES, Part, SHARDS, STREAMS, Script};

/// What is known at a place of the script.
pub(crate) struct Known<'a> {
    script: &'a Script,
    facts: usize,
    parts: usize,
    /// Whose writes the last operation was among.
    part: Part,
    /// Last index, and the version of each that was acknowledged last.
    entries: BTreeMap<(LaneId, u64), u64>,
    floors: BTreeMap<LaneId, u64>,
    tips: BTreeMap<(usize, u32), u64>,
    trims: BTreeMap<(usize, u32), u64>,
    snapshots: BTreeMap<LaneId, SnapshotHead>,
    cursors: BTreeMap<(LaneId, Destination), u64>,
    starts: BTreeMap<LaneId, (Position, u32)>,
    venue: u64,
}

type Checked = Result<(), String>;

fn text(error: impl std::fmt::Debug) -> String {
    format!("{error:?}")
}

fn must(holds: bool, what: impl FnOnce() -> String) -> Checked {
    if holds { Ok(()) } else { Err(what()) }
}

impl<'a> Known<'a> {
    pub(crate) fn new(script: &'a Script) -> Self {
        Self {
            script,
            facts: 0,
            parts: 0,
            part: Part::All,
            entries: BTreeMap::new(),
            floors: BTreeMap::new(),
            tips: BTreeMap::new(),
            trims: BTreeMap::new(),
            snapshots: BTreeMap::new(),
            cursors: BTreeMap::new(),
            starts: BTreeMap::new(),
            venue: 0,
        }
    }

    /// Learns what was acknowledged until so many operations were done.
    pub(crate) fn pass(&mut self, operations: usize) {
        while let Some((_, part)) =
            self.script.parts.get(self.parts).filter(|(at, _)| *at < operations.max(1))
        {
            self.part = *part;
            self.parts += 1;
        }
        while let Some((_, fact)) =
            self.script.facts.get(self.facts).filter(|(at, _)| *at <= operations)
        {
            self.facts += 1;
            self.learn(fact.clone());
        }
    }

    fn learn(&mut self, fact: Fact) {
        match fact {
            Fact::Entry(entry) => {
                self.entries.insert((entry.lane, entry.index), entry.epoch.0 - 1);
            }
            Fact::MayGo(lane, below) => {
                self.floors.insert(lane, below);
            }
            Fact::Record(stream, shard, sequence) => {
                self.tips.insert((stream, shard), sequence);
            }
            Fact::MayTrim(stream, shard, sequence) => {
                self.trims.insert((stream, shard), sequence);
            }
            Fact::Snapshot(head) => {
                self.snapshots.insert(head.lane, head);
            }
            Fact::Cursor(lane, destination, index) => {
                self.cursors.insert((lane, destination), index);
            }
            Fact::Start(lane, position, count) => {
                self.starts.insert(lane, (position, count));
            }
            Fact::Venue(count) => self.venue = count,
        }
    }

    /// Recovers what was being written, or everything where it `is_thorough`.
    pub(crate) fn check(&self, disk: &RecordedDisk, is_thorough: bool) -> Checked {
        let concerns = |part| is_thorough || self.part == part || self.part == Part::All;
        if concerns(Part::Cursors) {
            self.check_cursors(disk)?;
        }
        if concerns(Part::Snapshots) {
            self.check_snapshots(disk)?;
        }
        if concerns(Part::Starts) {
            self.check_starts(disk)?;
        }
        if concerns(Part::Journal) || matches!(self.part, Part::Cursors | Part::Snapshots) {
            self.check_journal(disk, is_thorough)?;
        }
        for number in (0..STREAMS.len()).filter(|number| concerns(Part::Stream(*number))) {
            self.check_stream(disk, number, is_thorough)?;
        }
        if concerns(Part::Venue) {
            self.check_venue(disk)?;
        }
        Ok(())
    }

    /// Starts after a kill and puts one entry, record, message or snapshot more; gives what was
    /// acknowledged by that.
    pub(crate) fn go_on(&self, disk: &RecordedDisk) -> Result<Vec<Fact>, String> {
        self.check(disk, true)?;
        let mut facts = Vec::new();
        let mut journal = work::open_journal(disk).map_err(text)?;
        for (lane, _, last) in journal.lanes() {
            let entry = work::entry(lane, last + 1, 0);
            let condition = ports::Condition::AbsentOrLowerEpoch { free: None };
            let put = ports::Put { entry: entry.clone(), condition };
            journal.submit(0, put).map_err(text)?;
            facts.push(Fact::Entry(entry));
        }
        let mut completions = Vec::new();
        journal.drain(&mut completions);
        let refused = completions.iter().find(|done| done.answer != ports::Answer::Stored);
        must(refused.is_none(), || text(refused))?;
        for number in 0..STREAMS.len() {
            let stream = work::open_stream(disk, number).map_err(text)?;
            let sequence = stream.tip(0) + 1;
            let data = work::record(number, 0, sequence);
            let (key, producer, arrival) = (work::key(0), 0, None);
            let put = local::stream::Put { key, producer, sequence, arrival, data: &data };
            stream.put(Timestamp(0), &[put]).map_err(text)?;
            facts.push(Fact::Record(number, 0, sequence));
        }
        let (mut venue, bodies) = work::open_venue(disk).map_err(text)?;
        let count = bodies.len() as u64;
        venue.append(1, &work::message(count), || b"venue".to_vec()).map_err(text)?;
        venue.commit().map_err(text)?;
        facts.push(Fact::Venue(count + 1));
        // Entries go because of the newest snapshot that a start sees, whoever wrote it.
        let opened = LocalSnapshots::open(disk.clone(), Path::new("snapshots"));
        let mut snapshots = opened.map_err(text)?;
        for lane in LANES {
            let newest = snapshots.newest(lane).map_err(text)?;
            facts.extend(newest.first().map(|(head, _)| Fact::Snapshot(*head)));
        }
        Ok(facts)
    }

    /// Whether what was acknowledged after a kill is there.
    pub(crate) fn check_more(&self, disk: &RecordedDisk, facts: &[Fact]) -> Checked {
        let mut journal = work::open_journal(disk).map_err(text)?;
        let opened = LocalSnapshots::open(disk.clone(), Path::new("snapshots"));
        let mut snapshots = opened.map_err(text)?;
        for fact in facts {
            let is_there = match fact {
                Fact::Entry(entry) => {
                    let read = journal.read(entry.lane, entry.index, 1).map_err(text)?;
                    read[0].as_ref() == Some(&**entry)
                }
                Fact::Record(stream, shard, sequence) => {
                    let stream = work::open_stream(disk, *stream).map_err(text)?;
                    stream.tip(*shard) >= *sequence
                }
                Fact::Venue(count) => {
                    work::open_venue(disk).map_err(text)?.1.len() as u64 >= *count
                }
                Fact::Snapshot(head) => {
                    let kept = snapshots.newest(head.lane).map_err(text)?;
                    kept.iter().any(|(kept, _)| kept == head)
                }
                _ => true,
            };
            must(is_there, || format!("{fact:?} is lost"))?;
        }
        Ok(())
    }

    fn check_journal(&self, disk: &RecordedDisk, is_thorough: bool) -> Checked {
        let mut journal = work::open_journal(disk).map_err(text)?;
        let found: BTreeMap<_, _> =
            journal.lanes().into_iter().map(|(lane, first, last)| (lane, (first, last))).collect();
        for lane in LANES {
            let acknowledged = self.entries.range((lane, 0)..=(lane, u64::MAX)).next_back();
            let Some(((_, known), _)) = acknowledged else { continue };
            let Some((first, last)) = found.get(&lane).copied() else {
                return Err(format!("lane {lane} has gone"));
            };
            let floor = self.floors.get(&lane).copied().unwrap_or_default();
            must(first <= floor, || format!("lane {lane} begins at {first}, not {floor}"))?;
            must(last >= *known, || format!("lane {lane} ends at {last}, not {known}"))?;
            let from = if is_thorough { first } else { last.saturating_sub(1).max(first) };
            let entries = journal.read(lane, from, (last - from + 1) as usize).map_err(text)?;
            for (index, entry) in (from..).zip(entries) {
                self.check_entry(lane, index, entry)?;
            }
            let gone = journal.read(lane, 0, 1).map_err(text)?;
            let gone = gone[0].as_ref().map(|entry| entry.index);
            must(gone == Some(first), || format!("index 0 of lane {lane} is read as {gone:?}"))?;
        }
        Ok(())
    }

    fn check_entry(&self, lane: LaneId, index: u64, entry: Option<Entry>) -> Checked {
        let Some(entry) = entry else { return Err(format!("entry {index} of {lane} is absent")) };
        let version = entry.epoch.0 - 1;
        let known = self.entries.get(&(lane, index)).copied().unwrap_or_default();
        must(version >= known, || format!("entry {index} of {lane} is an older one again"))?;
        let asked = work::entry(lane, index, version);
        must(entry == *asked, || format!("entry {index} of {lane} is another one: {entry:?}"))
    }

    fn check_stream(&self, disk: &RecordedDisk, number: usize, is_thorough: bool) -> Checked {
        let stream = work::open_stream(disk, number).map_err(text)?;
        for shard in 0..SHARDS {
            let known = self.tips.get(&(number, shard)).copied().unwrap_or_default();
            let tip = stream.tip(shard);
            must(tip >= known, || format!("shard {shard} ends at {tip}, not {known}"))?;
            let high = stream.producer_high(u128::from(shard)).unwrap_or_default();
            must(high == tip, || format!("its producer is at {high}, not {tip}"))?;
            let trimmed = self.trims.get(&(number, shard)).copied().unwrap_or_default();
            let oldest = stream.oldest(shard);
            must(oldest <= trimmed + 1, || format!("shard {shard} begins at {oldest}"))?;
            let from = if is_thorough { oldest } else { tip.saturating_sub(1).max(oldest) };
            let (mut source, mut batch) = (stream.source(shard), RecordBatch::default());
            let mut next = from;
            while next <= tip {
                let after = Position::new(Sequence::of(next - 1), u32::MAX);
                let polled = source.poll(after, 7, &mut batch).map_err(text)?;
                let Poll::Records(count @ 1..) = polled else { return Err(text(polled)) };
                next += count as u64;
            }
            for (sequence, found) in (from..).zip(&batch.records) {
                let is_it = found.sequence.number() == Some(sequence)
                    && batch.data(found) == work::record(number, shard, sequence);
                must(is_it, || format!("record {sequence} of shard {shard} is another one"))?;
            }
        }
        Ok(())
    }

    fn check_snapshots(&self, disk: &RecordedDisk) -> Checked {
        let opened = LocalSnapshots::open(disk.clone(), Path::new("snapshots"));
        let mut snapshots = opened.map_err(text)?;
        for (lane, known) in &self.snapshots {
            let found = snapshots.newest(*lane).map_err(text)?;
            must(found.len() <= 3, || format!("{} snapshots of {lane}", found.len()))?;
            let is_there = found.iter().any(|(head, _)| head == known);
            must(is_there, || format!("snapshot {} of {lane} is gone", known.index))?;
            for (head, rows) in found {
                let is_it =
                    head == work::head(*lane, head.index) && rows == work::rows(*lane, head.index);
                must(is_it, || format!("snapshot {} of {lane} is another one", head.index))?;
            }
        }
        Ok(())
    }

    fn check_cursors(&self, disk: &RecordedDisk) -> Checked {
        let mut cursors = LocalCursors::open(disk.clone(), Path::new(".")).map_err(text)?;
        for ((lane, destination), known) in &self.cursors {
            let found = cursors.cursor(*lane, *destination).map_err(text)?;
            must(found >= Some(*known), || format!("a cursor is at {found:?}, not {known}"))?;
        }
        Ok(())
    }

    fn check_starts(&self, disk: &RecordedDisk) -> Checked {
        let mut starts = Starts::open(disk.clone(), Path::new(".")).map_err(text)?;
        for (lane, (position, known)) in &self.starts {
            let found = starts.count(*lane, *position).map_err(text)?;
            // Unless the next position has been begun, whose answer wasn't given yet.
            let next = Position::new(Sequence::of(position.sequence.number().unwrap() + 1), 0);
            let moved = (1..6).any(|step| {
                let later = next.sequence.number().unwrap() + step - 1;
                starts.count(*lane, Position::new(Sequence::of(later), 0)) == Ok(1)
            });
            must(found >= *known || moved, || format!("{found} starts are counted, not {known}"))?;
        }
        Ok(())
    }

    fn check_venue(&self, disk: &RecordedDisk) -> Checked {
        let (_, bodies) = work::open_venue(disk).map_err(text)?;
        must(bodies.len() as u64 >= self.venue, || {
            format!("the venue's log has {} messages, not {}", bodies.len(), self.venue)
        })?;
        for (number, body) in (0..).zip(&bodies) {
            must(*body == work::message(number), || format!("message {number} is another one"))?;
        }
        Ok(())
    }
}
