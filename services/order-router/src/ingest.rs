//! Stage 1: reads shards, takes aggregates apart, decodes, and hands batches on.
//!
//! ```text
//!  source --poll--> Kinesis records --> user records --decode--> batch --ring--> decide
//!     ^ position read on             \-- those at or below the checkpoint are dropped
//! ```
//!
//! Entry points: [`Ingest::new`], its turns.
//!
//! Invariants: INV-9 (order of the stream), INV-11 (nothing is skipped: a record that can't be
//! taken apart is handed on whole; a start is counted before its first record is decided). Limits:
//! a batch's records and bytes, [`crate::limits::POLL_RECORDS`].
//!
//! It decides nothing and knows no books. When no empty batch is left it reads nothing: that is the
//! back-pressure.
//!
//! A crash loses what was read; it is read again from the checkpoint.

use domain::{IdentityKey, LaneId, Position};
use lane::{Receiver, Sender, Stage, Turn};
use ports::{Attempts, ChildShard, Fault, Poll, Record, RecordBatch, ShardSource, World};
use wire::aggregate::UserRecord;
use wire::journal::{Child, End};

use crate::admin::{Intake, Progress};
use crate::batch::Batch;
use crate::config::Config;
use crate::error::{Error, Failure};
use crate::limits::{
    ATTEMPTS_QUARANTINE, ATTEMPTS_SINGLE, BATCH_BYTES, HEARTBEAT_NS, POLL_RECORDS, SHOW_NS,
};
use crate::recover::Recovered;
use crate::router::{OnLag, Options, Stop};

/// The stage.
pub struct Ingest<W: World> {
    key: IdentityKey,
    batch_records: usize,
    lanes: Vec<Lane<W::Source>>,
    attempts: W::Attempts,
    stop: Stop,
    progress: Progress,
    decide: Sender<Box<Batch>>,
    recycle: Receiver<Box<Batch>>,
    on_lag: OnLag,
    shown_at: i64,
    finished: bool,
    failure: Failure,
}

/// The rings that it holds.
#[derive(Debug)]
pub struct Rings {
    /// Full batches, to decide.
    pub decide: Sender<Box<Batch>>,
    /// Empty batches, from settle.
    pub recycle: Receiver<Box<Batch>>,
}

#[derive(Debug)]
struct Lane<S> {
    lane: LaneId,
    source: S,
    /// The last user record handed on.
    position: Position,
    /// The same before the batch that is being filled.
    former: Position,
    /// Where the source reads on.
    read: Position,
    polled: RecordBatch,
    /// The next Kinesis record of `polled`.
    next: usize,
    #[expect(clippy::vec_box, reason = "the boxes circulate; moving what is in them costs more")]
    spares: Vec<Box<Batch>>,
    sent_at: i64,
    retry_at: i64,
    /// How often this lane's record in hand ended a start (INV-11).
    attempts: u32,
    /// Records that are still taken one at a time.
    single: usize,
    /// Whether this start is counted.
    counted: bool,
    /// A single record is under way.
    held: bool,
    /// A destination lags and the source can wait.
    waits: bool,
    /// An operator keeps it from reading; what the control table says goes on being recorded.
    drained: bool,
    /// What goes on where the shard was closed; everything before is handed on.
    children: Vec<ChildShard>,
    /// The end was handed on.
    ended: bool,
}

impl<W: World> Ingest<W> {
    /// The stage over recovered lanes.
    ///
    /// # Errors
    /// What the world says when asked for sources.
    pub fn new(
        world: &mut W,
        recovered: &[Recovered],
        options: &Options,
        (stop, progress, failure): (&Stop, &Progress, &Failure),
        rings: Rings,
    ) -> Result<Self, Error> {
        let failed = |fault| Error::World { doing: "opening a shard", fault };
        let mut lanes = Vec::new();
        for recovered in recovered {
            let source = world.source(recovered.spec.shard).map_err(failed)?;
            lanes.push(Lane::new(source, recovered, &options.config));
        }
        let attempts = world.attempts().map_err(failed)?;
        let Rings { decide, recycle } = rings;
        Ok(Self {
            key: options.key,
            batch_records: options.config.batch_records,
            lanes,
            attempts,
            stop: stop.clone(),
            progress: progress.clone(),
            decide,
            recycle,
            on_lag: options.on_lag,
            shown_at: 0,
            finished: false,
            failure: failure.clone(),
        })
    }

    fn fill(&mut self, number: usize, now: i64) -> Result<bool, Error> {
        let (key, records) = (self.key, self.batch_records);
        let Some(lane) = self.lanes.get_mut(number) else { return Ok(false) };
        if now < lane.retry_at || lane.held || lane.waits || lane.ended {
            return Ok(false);
        }
        let Some(mut batch) = lane.spares.pop() else { return Ok(false) };
        let most = if lane.single > 0 { 1 } else { records };
        let filled = lane.fill(&key, now, most, &mut batch);
        let beats = now.saturating_sub(lane.sent_at) >= HEARTBEAT_NS;
        if let Err(error) = filled {
            lane.spares.push(batch);
            return Err(error);
        }
        let ends = batch.records.is_empty() && !lane.drained && !lane.children.is_empty();
        if batch.records.is_empty() && !beats && !ends {
            lane.spares.push(batch);
            return Ok(false);
        }
        let worked = !batch.records.is_empty() || ends;
        if ends {
            lane.ended = true;
            batch.end = Some(Box::new(end(&lane.children)));
        } else if worked {
            lane.take_in_hand(&mut self.attempts, &mut batch)?;
        }
        lane.sent_at = now;
        batch.received = now;
        // The rings have a slot for each batch that there is, so that sending never fails.
        if let Err(batch) = self.decide.send(batch) {
            lane.spares.push(batch);
        }
        Ok(worked)
    }

    fn take_back(&mut self) {
        while let Some(batch) = self.recycle.receive() {
            if let Some(lane) = self.lanes.get_mut(usize::from(batch.lane)) {
                lane.held &= !batch.single;
                lane.spares.push(batch);
            }
        }
    }

    fn show(&mut self, now: i64) {
        if now.saturating_sub(self.shown_at) < SHOW_NS {
            return;
        }
        self.shown_at = now;
        let (lanes, depth) = (&mut self.lanes, self.recycle.depth() as u64);
        let can_wait = self.on_lag == OnLag::Wait;
        self.progress.try_update(|facts| {
            facts.stages[0].ring_depth = depth;
            for (lane, shown) in lanes.iter_mut().zip(&mut facts.lanes) {
                lane.waits = can_wait && shown.lagging;
                lane.drained = shown.intake != Intake::Open;
                if shown.intake == Intake::Closing {
                    shown.intake = Intake::Closed(lane.position);
                }
            }
        });
    }

    fn finish(&mut self, now: i64) -> Turn {
        let mut last = Batch::new(0, 0);
        (last.last, last.received) = (true, now);
        self.finished = self.decide.send(last).is_ok();
        if self.finished { Turn::Finished } else { Turn::Idle }
    }
}

impl<W: World> Stage for Ingest<W> {
    fn turn(&mut self, now: i64) -> Turn {
        if self.finished || self.stop.is_aborted() {
            return Turn::Finished;
        }
        self.take_back();
        self.show(now);
        if self.stop.is_draining() || self.failure.is_over() {
            return self.finish(now);
        }
        let mut worked = false;
        for number in 0..self.lanes.len() {
            match self.fill(number, now) {
                Ok(filled) => worked |= filled,
                Err(error) => {
                    self.failure.fail(error);
                    return Turn::Finished;
                }
            }
        }
        if worked { Turn::Worked } else { Turn::Idle }
    }
}

/// The End that a shard's end makes, before decide adds what the books say.
fn end(children: &[ChildShard]) -> End {
    let child = |child: &ChildShard| Child {
        shard: child.name.clone(),
        range: child.range,
        accounts: 0,
        parents: child.parents.clone(),
        shares: Vec::new(),
    };
    End { children: children.iter().map(child).collect(), moved: 0 }
}

// === impl Lane ===

impl<S: ShardSource> Lane<S> {
    fn new(source: S, recovered: &Recovered, config: &Config) -> Self {
        let position = recovered.position();
        let attempts = recovered.attempts;
        // Whatever of the former start's records did it lies within what can be under way.
        let under_way = config.batch_records * config.batches_per_lane;
        let mut spares = Vec::with_capacity(config.batches_per_lane);
        for _ in 0..config.batches_per_lane {
            spares.push(Batch::new(recovered.slot, config.batch_records));
        }
        Self {
            lane: recovered.spec.lane,
            source,
            position,
            former: position,
            read: position,
            polled: RecordBatch::default(),
            next: 0,
            spares,
            sent_at: 0,
            retry_at: 0,
            attempts,
            single: if attempts >= ATTEMPTS_SINGLE { under_way } else { 0 },
            counted: false,
            held: false,
            waits: false,
            drained: recovered.drained,
            children: Vec::new(),
            ended: false,
        }
    }

    /// Fills a batch with what there is, at most `most` records; a drained lane's with nothing.
    fn fill(
        &mut self,
        key: &IdentityKey,
        now: i64,
        most: usize,
        batch: &mut Batch,
    ) -> Result<(), Error> {
        batch.clear();
        if self.drained {
            return Ok(());
        }
        if self.next >= self.polled.records.len() {
            self.poll(now)?;
        }
        self.former = self.position;
        while batch.records.len() < most && batch.bytes.len() < BATCH_BYTES {
            let Some(record) = self.polled.records.get(self.next).copied() else { break };
            if !self.take_record(key, &record, most, batch) {
                break;
            }
            self.next += 1;
        }
        Ok(())
    }

    /// Takes the user records of a Kinesis record that are above the position; false when the batch
    /// was full before they were all taken.
    fn take_record(
        &mut self,
        key: &IdentityKey,
        record: &Record,
        most: usize,
        batch: &mut Batch,
    ) -> bool {
        let whole = self.polled.data(record);
        let apart = wire::aggregate::records(whole).ok();
        // A damaged aggregate is handed on whole: its decoding says what it is (INV-11).
        let damaged = apart.is_none().then_some(UserRecord { sub_sequence: 0, data: whole });
        for user in apart.into_iter().flatten().chain(damaged) {
            let position = Position::new(record.sequence, user.sub_sequence);
            if position <= self.position {
                continue;
            }
            if batch.records.len() >= most || batch.bytes.len() >= BATCH_BYTES {
                return false;
            }
            // Even its decoding may be what crashes, so the last resort is not to look into it.
            let blind = !self.counted && self.attempts > ATTEMPTS_QUARANTINE;
            let inbound = if blind {
                crate::fold::quarantined(user.data)
            } else {
                wire::orders::decode(key, user.data)
            };
            batch.take(position, record.arrival, user.data, inbound);
            self.position = position;
        }
        true
    }

    fn poll(&mut self, now: i64) -> Result<(), Error> {
        self.polled.clear();
        self.next = 0;
        match self.source.poll(self.read, POLL_RECORDS, &mut self.polled) {
            Ok(Poll::Records(_)) => {
                if let Some(last) = self.polled.records.last() {
                    self.read = Position::new(last.sequence, u32::MAX);
                }
            }
            // An end is believed with its children's names alone; until then it is asked again.
            Ok(Poll::ShardEnd) => match self.source.children() {
                Ok(children) => self.children = children,
                Err(Fault::Retry(_) | Fault::Unknown) => {}
                Err(fault) => return Err(Error::World { doing: "reading a shard's end", fault }),
            },
            Ok(Poll::Trimmed(oldest)) => {
                return Err(Error::Trimmed { lane: self.lane, after: self.position, oldest });
            }
            Err(Fault::Retry(after)) => self.retry_at = now.saturating_add(after.max(1)),
            Err(Fault::Unknown) => self.retry_at = now.saturating_add(HEARTBEAT_NS),
            Err(fault) => return Err(Error::World { doing: "reading a shard", fault }),
        }
        Ok(())
    }

    /// Counts this start before its first record is decided, durably (INV-11).
    fn take_in_hand(
        &mut self,
        attempts: &mut impl Attempts,
        batch: &mut Batch,
    ) -> Result<(), Error> {
        let failed = |fault| Error::World { doing: "counting a start", fault };
        if !self.counted {
            self.counted = true;
            attempts.begin(self.lane, self.former).map_err(failed)?;
            batch.quarantine = self.attempts >= ATTEMPTS_QUARANTINE;
        } else if self.single > 0 {
            attempts.begin(self.lane, self.former).map_err(failed)?;
        }
        // In single file the next record waits until the one before is committed.
        batch.single = self.single > 0;
        self.held = batch.single;
        self.single = self.single.saturating_sub(batch.records.len());
        Ok(())
    }
}
