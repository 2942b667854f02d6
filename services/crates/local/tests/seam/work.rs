//! The work whose writes are recorded: everything that a folder holds, round by round, with a note
//! of what was acknowledged after which operation.

use std::path::Path;
use std::sync::Arc;

use domain::entry::{FORMAT, RULES};
use domain::{
    AccountKey, Entry, EntryKind, Epoch, HashRange, LaneId, Position, Sequence, StateDigest,
    Timestamp, Writer,
};
use local::disk::{Disk, RecordedDisk};
use local::log::{self, Frame, Log, OPENING};
use local::stream::{self, Placed, Retention, Stream};
use local::{LocalCursors, LocalJournal, LocalSnapshots, Starts};
use ports::{
    Answer, Attempts, Condition, Cursors, Destination, Journal, Put, SnapshotHead, Snapshots,
};

/// Rounds of the whole test.
pub(crate) const ROUNDS: u64 = 80;
pub(crate) const LANES: [LaneId; 3] = [LaneId(1), LaneId(2), LaneId(3)];
pub(crate) const SHARDS: u32 = 2;
pub(crate) const STREAMS: [&str; 2] = ["orders", "events"];

/// What was acknowledged, or begun.
#[derive(Clone, Debug)]
pub(crate) enum Fact {
    Entry(Arc<Entry>),
    /// Entries below it may be gone from here on.
    MayGo(LaneId, u64),
    /// Last sequence of a shard of a stream.
    Record(usize, u32, u64),
    /// Records up to here may be gone from here on.
    MayTrim(usize, u32, u64),
    Snapshot(SnapshotHead),
    Cursor(LaneId, Destination, u64),
    Start(LaneId, Position, u32),
    /// So many messages are in the venue's log.
    Venue(u64),
}

/// Whose files were written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    All,
    Journal,
    Stream(usize),
    Snapshots,
    Cursors,
    Starts,
    Venue,
}

/// What was done, in order, each with the number of operations before it.
#[derive(Debug, Default)]
pub(crate) struct Script {
    pub(crate) facts: Vec<(usize, Fact)>,
    pub(crate) parts: Vec<(usize, Part)>,
}

/// The parts of a folder, open.
pub(crate) struct Parts<D: Disk> {
    pub(crate) cursors: LocalCursors<D>,
    pub(crate) snapshots: LocalSnapshots<D>,
    pub(crate) starts: Starts<D>,
    pub(crate) journal: LocalJournal<D>,
    pub(crate) streams: Vec<Stream<D>>,
    pub(crate) venue: Log<D>,
    /// What the venue's log held.
    pub(crate) bodies: Vec<Vec<u8>>,
}

pub(crate) fn settings(identity: u128) -> log::Settings {
    log::Settings { segment_bytes: 8 * 1024, reserve_bytes: 0, identity }
}

pub(crate) fn open_journal<D: Disk>(disk: &D) -> Result<LocalJournal<D>, local::Error> {
    let cursors = LocalCursors::open(disk.clone(), Path::new("."))?;
    let snapshots = LocalSnapshots::open(disk.clone(), Path::new("snapshots"))?;
    let claims = [cursors.claims(), snapshots.claims()?].concat();
    LocalJournal::open(disk.clone(), Path::new("journal"), settings(1), &claims)
}

pub(crate) fn open_stream<D: Disk>(disk: &D, number: usize) -> Result<Stream<D>, local::Error> {
    let settings = stream::Settings { log: settings(number as u128 + 2), shards: SHARDS };
    Stream::open(disk.clone(), Path::new(STREAMS[number]), settings)
}

pub(crate) fn open_venue<D: Disk>(disk: &D) -> Result<(Log<D>, Vec<Vec<u8>>), local::Error> {
    let mut bodies = Vec::new();
    let mut visit = |frame: &Frame<'_>| {
        if frame.kind != OPENING {
            bodies.push(frame.body.to_vec());
        }
        Ok(())
    };
    let log = Log::open(disk.clone(), Path::new("venue"), settings(9), b"venue", &mut visit)?;
    Ok((log, bodies))
}

/// The entry of a slot; every seventh is written twice, the second time by a later owner.
pub(crate) fn entry(lane: LaneId, index: u64, version: u64) -> Arc<Entry> {
    let length = super::mix(index ^ (lane.0 as u64) << 40) as usize % 1_700;
    let at = |number| Position::new(Sequence::of(number), 0);
    // A part of zeros, so that zero sectors are also found in what is whole.
    let mut body = vec![0; length];
    body[..length / 3].fill(index as u8);
    let entry = Entry {
        lane,
        index,
        kind: EntryKind::Batch,
        epoch: Epoch(1 + version),
        writer: Writer([7; 16]),
        previous: [index as u8; 16],
        start: at(index),
        end: at(index + 1),
        state: StateDigest { accounts: u128::from(index), lane: lane.0 },
        format: FORMAT,
        rules: RULES,
        content: [0; 16],
        body: body.into(),
    };
    Arc::new(entry.sealed())
}

pub(crate) fn is_written_twice(index: u64) -> bool {
    index % 7 == 3
}

/// A key that lies in a shard.
pub(crate) fn key(shard: u32) -> AccountKey {
    AccountKey(HashRange::part(shard, SHARDS).first)
}

pub(crate) fn record(stream: usize, shard: u32, sequence: u64) -> Vec<u8> {
    let length = super::mix(sequence ^ u64::from(shard) << 50) as usize % 400;
    let mut data = format!("{stream}/{shard}/{sequence}/").into_bytes();
    data.resize(data.len() + length, sequence as u8);
    data
}

pub(crate) fn rows(lane: LaneId, index: u64) -> Vec<u8> {
    format!("rows of {lane} at {index} ").into_bytes().repeat(20 + index as usize)
}

pub(crate) fn message(number: u64) -> Vec<u8> {
    vec![number as u8 | 1; super::mix(number) as usize % 900]
}

pub(crate) fn head(lane: LaneId, index: u64) -> SnapshotHead {
    let entry = entry(lane, index, u64::from(is_written_twice(index)));
    SnapshotHead { lane, index, content: entry.content, state: entry.state }
}

impl Script {
    /// Runs the rounds on `disk`, which records into `recorded`.
    pub(crate) fn run<D: Disk>(disk: D, recorded: &RecordedDisk, rounds: u64) -> Self {
        let mut script = Self::default();
        script.begin(recorded, Part::All);
        let (venue, bodies) = open_venue(&disk).unwrap();
        let mut parts = Parts {
            cursors: LocalCursors::open(disk.clone(), Path::new(".")).unwrap(),
            snapshots: LocalSnapshots::open(disk.clone(), Path::new("snapshots")).unwrap(),
            starts: Starts::open(disk.clone(), Path::new(".")).unwrap(),
            journal: open_journal(&disk).unwrap(),
            streams: (0..STREAMS.len()).map(|number| open_stream(&disk, number).unwrap()).collect(),
            venue,
            bodies,
        };
        assert!(parts.bodies.is_empty());
        for round in 0..rounds {
            script.entries(recorded, &mut parts.journal, round);
            for number in 0..STREAMS.len() {
                script.records(recorded, &parts.streams[number], number, round);
            }
            script.venue(recorded, &mut parts.venue, round);
            script.small(recorded, &mut parts, round);
            if round % 2 == 1 {
                script.spares(recorded, &parts);
            }
            if round % 10 == 9 {
                script.retention(recorded, &mut parts, round);
            }
        }
        script
    }

    pub(crate) fn entries_acknowledged(&self) -> usize {
        self.facts.iter().filter(|(_, fact)| matches!(fact, Fact::Entry(_))).count()
    }

    fn begin(&mut self, disk: &RecordedDisk, part: Part) {
        self.parts.push((disk.operations(), part));
    }

    fn note(&mut self, disk: &RecordedDisk, fact: Fact) {
        self.facts.push((disk.operations(), fact));
    }

    /// An entry of each lane in one group; then the second versions in another.
    fn entries<D: Disk>(&mut self, disk: &RecordedDisk, journal: &mut LocalJournal<D>, index: u64) {
        self.begin(disk, Part::Journal);
        for version in 0..=u64::from(is_written_twice(index)) {
            let entries: Vec<_> = LANES.iter().map(|lane| entry(*lane, index, version)).collect();
            for entry in &entries {
                let condition = Condition::AbsentOrLowerEpoch { free: None };
                let put = Put { entry: Arc::clone(entry), condition };
                journal.submit(index, put).unwrap();
            }
            let mut completions = Vec::new();
            journal.drain(&mut completions);
            assert!(completions.iter().all(|completion| completion.answer == Answer::Stored));
            for entry in entries {
                self.note(disk, Fact::Entry(entry));
            }
        }
    }

    /// Some records of each shard, some of them put before.
    fn records<D: Disk>(
        &mut self,
        disk: &RecordedDisk,
        stream: &Stream<D>,
        number: usize,
        round: u64,
    ) {
        self.begin(disk, Part::Stream(number));
        let mut plan = Vec::new();
        for shard in 0..SHARDS {
            let tip = stream.tip(shard);
            let more = 1 + super::mix(round ^ u64::from(shard) << 8) % 4;
            plan.extend((tip.saturating_sub(1).max(1)..=tip + more).map(|at| (shard, at)));
        }
        let data: Vec<_> = plan.iter().map(|(shard, at)| record(number, *shard, *at)).collect();
        let puts: Vec<_> = plan
            .iter()
            .zip(&data)
            .map(|((shard, at), data)| stream::Put {
                key: key(*shard),
                producer: u128::from(*shard),
                sequence: *at,
                arrival: None,
                data,
            })
            .collect();
        let placed = stream.put(Timestamp(round as i64), &puts).unwrap();
        for ((shard, at), placed) in plan.iter().zip(placed) {
            if placed != Placed::AlreadyThere {
                assert_eq!(placed, Placed::At { shard: *shard, sequence: *at });
                self.note(disk, Fact::Record(number, *shard, *at));
            }
        }
    }

    fn venue<D: Disk>(&mut self, disk: &RecordedDisk, venue: &mut Log<D>, round: u64) {
        self.begin(disk, Part::Venue);
        for number in round * 2..round * 2 + 2 {
            venue.append(1, &message(number), || b"venue".to_vec()).unwrap();
        }
        venue.commit().unwrap();
        self.note(disk, Fact::Venue(round * 2 + 2));
    }

    fn small<D: Disk>(&mut self, disk: &RecordedDisk, parts: &mut Parts<D>, round: u64) {
        let lane = LANES[round as usize % LANES.len()];
        if round.is_multiple_of(3) {
            self.begin(disk, Part::Cursors);
            parts.cursors.advance(lane, Destination::Events, round).unwrap();
            self.note(disk, Fact::Cursor(lane, Destination::Events, round));
        }
        if round.is_multiple_of(8) {
            self.begin(disk, Part::Starts);
            let position = Position::new(Sequence::of(round / 16), 0);
            parts.starts.begin(lane, position).unwrap();
            let count = parts.starts.count(lane, position).unwrap();
            self.note(disk, Fact::Start(lane, position, count));
        }
    }

    /// Segments that are made before they are needed.
    fn spares<D: Disk>(&mut self, disk: &RecordedDisk, parts: &Parts<D>) {
        self.begin(disk, Part::Journal);
        parts.journal.prepare().unwrap();
        self.begin(disk, Part::Stream(0));
        parts.streams[0].prepare().unwrap();
    }

    fn retention<D: Disk>(&mut self, disk: &RecordedDisk, parts: &mut Parts<D>, round: u64) {
        for lane in LANES {
            self.begin(disk, Part::Snapshots);
            parts.snapshots.put(head(lane, round), &rows(lane, round)).unwrap();
            self.note(disk, Fact::Snapshot(head(lane, round)));
            self.begin(disk, Part::Journal);
            let below = (round + 1).saturating_sub(20);
            self.note(disk, Fact::MayGo(lane, below));
            parts.journal.release(lane, below).unwrap();
        }
        for (number, stream) in parts.streams.iter().enumerate() {
            self.begin(disk, Part::Stream(number));
            let settled: Vec<_> =
                (0..SHARDS).map(|shard| stream.tip(shard).saturating_sub(30)).collect();
            for (shard, at) in (0..).zip(&settled) {
                self.note(disk, Fact::MayTrim(number, shard, *at));
            }
            let retention = Retention { age_ns: Some(5), bytes: None };
            stream.retain(Timestamp(round as i64), retention, &settled).unwrap();
        }
        self.begin(disk, Part::Venue);
        parts.venue.mark().unwrap();
    }
}
