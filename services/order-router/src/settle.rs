//! Stage 3: one journal entry per batch or more: decision, outbox and checkpoint in one write.
//!
//! ```text
//!  decided batches -> body of the open entry -> close (size, age, or what is there) -> window of
//!  puts
//!      \-> recycle                                            committed without gaps -> watermark
//! ```
//!
//! Entry points: [`Settle::new`], its turns.
//!
//! Invariants: INV-2, INV-4 to INV-6 by `ports::chain`; entries end where batches end, because the
//! digest is taken there. Limits: the settings' bytes, age and window; `BODY_BYTES_MAX`.
//!
//! It is the only place that waits for an answer. It doesn't read, decide or publish.
//!
//! A crash leaves entries in flight; the next start's read says which became live. A fence drops
//! the lane's objects whole: there is no rollback.

use std::collections::VecDeque;

use domain::entry::BODY_BYTES_MAX;
use domain::{EntryKind, LaneId, Position, StateDigest, Timestamp};
use lane::{Receiver, Sender, Stage, Turn, Watermark};
use ports::chain::{Draft, Owner};
use ports::{Completion, Fault, Journal, World, chain};
use wire::journal::{BodyWriter, End};

use crate::admin::{Counted, LaneState, Progress};
use crate::batch::{Batch, Input};
use crate::config::Config;
use crate::error::{Error, Failure};
use crate::limits::SHOW_NS;
use crate::router::Stop;

/// A lane as settle takes it on.
#[derive(Debug)]
pub struct Seed {
    /// Its name.
    pub lane: LaneId,
    /// Name of its shard.
    pub shard: String,
    /// Writes its entries.
    pub owner: Owner,
    /// Raised to each index that is in the chain.
    pub committed: Watermark,
}

/// The stage.
pub struct Settle<W: World> {
    journal: W::Journal,
    lanes: Vec<Lane>,
    entry_bytes: usize,
    entry_age_ns: i64,
    unresolved_ns: i64,
    rings: Rings,
    completions: Vec<Completion>,
    stop: Stop,
    progress: Progress,
    failure: Failure,
    shown_at: i64,
    draining: bool,
    finished: bool,
}

/// When entries of a lane were seen to be durable, for the follower.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Durable {
    /// Its place among the process's lanes.
    pub slot: u16,
    /// The first of them.
    pub first: u64,
    /// The last.
    pub last: u64,
    /// When.
    pub at: Timestamp,
}

/// The rings that it holds.
#[derive(Debug)]
pub struct Rings {
    /// Decided batches.
    pub decided: Receiver<Box<Batch>>,
    /// Empty batches, back to ingest.
    pub recycle: Sender<Box<Batch>>,
    /// What became durable, to the follower.
    pub durable: Sender<Durable>,
}

#[derive(Debug)]
struct Lane {
    lane: LaneId,
    shard: String,
    /// Its shard's end is decided and not in the chain.
    ending: Option<(Box<End>, Mark)>,
    /// Its End, once that is sent.
    end: Option<Box<End>>,
    owner: Owner,
    committed: Watermark,
    waiting: VecDeque<Box<Batch>>,
    body: BodyWriter,
    open: Option<Mark>,
    opened_at: i64,
    in_flight: VecDeque<(u64, Mark)>,
    /// Batches that go back when the entry after their index is committed.
    singles: VecDeque<(u64, Box<Batch>)>,
    moved_at: i64,
}

/// What holds at the end of an entry.
#[derive(Clone, Copy, Debug)]
struct Mark {
    end: Position,
    state: StateDigest,
    counts: Counted,
}

impl<W: World> Settle<W> {
    /// The stage over owned lanes.
    #[must_use]
    pub fn new(
        journal: W::Journal,
        seeds: Vec<Seed>,
        config: &Config,
        (stop, progress, failure): (&Stop, &Progress, &Failure),
        rings: Rings,
    ) -> Self {
        Self {
            journal,
            lanes: seeds.into_iter().map(|seed| Lane::new(seed, config)).collect(),
            entry_bytes: config.entry_bytes,
            entry_age_ns: config.entry_age_ns,
            unresolved_ns: config.unresolved_ns,
            rings,
            completions: Vec::new(),
            stop: stop.clone(),
            progress: progress.clone(),
            failure: failure.clone(),
            shown_at: 0,
            draining: false,
            finished: false,
        }
    }

    fn receive(&mut self, now: i64) -> bool {
        let mut received = false;
        while let Some(batch) = self.rings.decided.receive() {
            received = true;
            if batch.last {
                self.draining = true;
            } else if let Some(lane) = self.lanes.get_mut(usize::from(batch.lane)) {
                if lane.is_idle() && !batch.steps.is_empty() {
                    lane.moved_at = now;
                }
                lane.waiting.push_back(batch);
            }
        }
        received
    }

    /// Encodes what waits and closes what is ripe, as far as the window lets it.
    fn write(&mut self, now: i64) -> Result<bool, Error> {
        let mut wrote = false;
        let (bytes, age_ns) = (self.entry_bytes, self.entry_age_ns);
        let draining = self.draining;
        for lane in &mut self.lanes {
            let dropped = |lane, fault| Error::Dropped { lane, fault };
            while lane.encode(now, bytes, &mut self.rings.recycle) {
                wrote = true;
                let is_ripe = draining || lane.is_ripe(now, bytes, age_ns);
                if is_ripe
                    && !lane.close(&mut self.journal, now).map_err(|f| dropped(lane.lane, f))?
                {
                    break;
                }
            }
            let is_ripe = draining || lane.ending.is_some() || lane.is_ripe(now, bytes, age_ns);
            if is_ripe {
                wrote |= lane.close(&mut self.journal, now).map_err(|f| dropped(lane.lane, f))?;
            }
            lane.end(&mut self.journal, now).map_err(|fault| dropped(lane.lane, fault))?;
            lane.owner.turn(&mut self.journal, now);
        }
        Ok(wrote)
    }

    fn take_answers(&mut self, now: i64) -> Result<bool, Error> {
        self.journal.drain(&mut self.completions);
        let answered = !self.completions.is_empty();
        for completion in self.completions.drain(..) {
            let number = usize::from(chain::slot(completion.ticket));
            let Some(lane) = self.lanes.get_mut(number) else { continue };
            let taken = lane.owner.answer(now, completion.ticket, completion.answer);
            taken.map_err(|fault| Error::Dropped { lane: lane.lane, fault })?;
            if let Some((first, mark)) = lane.commit(now, &mut self.rings.recycle) {
                let (slot, last) = (number as u16, lane.owner.committed());
                let durable = Durable { slot, first, last, at: Timestamp(now) };
                // The follower reads what is committed before what it was told of that. In a full
                // ring it is lost, and not known.
                let _ = self.rings.durable.send(durable);
                lane.committed.raise(last);
                let has_ended = lane.has_ended();
                self.progress.lane(number, |facts| {
                    if has_ended {
                        facts.state = LaneState::Ended;
                    }
                    facts.committed = lane.owner.committed();
                    (facts.position, facts.digest) = (mark.end, mark.state);
                    facts.counts = mark.counts;
                    facts.busy = !lane.is_idle();
                    facts.moved_at = now;
                });
            }
        }
        if answered && self.can_a_child_begin() {
            self.failure.turn_over();
        }
        for lane in &self.lanes {
            if lane.owner.unknown_ns(now) > self.unresolved_ns {
                return Err(Error::Dropped { lane: lane.lane, fault: Fault::Unknown });
            }
        }
        Ok(answered)
    }

    /// Whether some child's parents have all ended: a merge waits for both.
    fn can_a_child_begin(&self) -> bool {
        let goes_on =
            |name: &String| self.lanes.iter().any(|lane| lane.shard == *name && !lane.has_ended());
        let ended = self.lanes.iter().filter(|lane| lane.has_ended());
        let mut children = ended.filter_map(|lane| lane.end.as_ref()).flat_map(|end| &end.children);
        children.any(|child| !child.parents.iter().any(goes_on))
    }

    fn show(&mut self, now: i64) {
        if now.saturating_sub(self.shown_at) < SHOW_NS {
            return;
        }
        self.shown_at = now;
        let (lanes, depth) = (&self.lanes, self.rings.decided.depth() as u64);
        self.progress.try_update(|facts| {
            facts.stages[2].ring_depth = depth;
            for (lane, shown) in lanes.iter().zip(&mut facts.lanes) {
                shown.busy = !lane.is_idle();
                shown.moved_at = lane.moved_at;
            }
        });
    }

    fn work(&mut self, now: i64) -> Result<bool, Error> {
        let received = self.receive(now);
        let wrote = self.write(now)?;
        let answered = self.take_answers(now)?;
        self.show(now);
        Ok(received || wrote || answered)
    }
}

impl<W: World> Stage for Settle<W> {
    fn turn(&mut self, now: i64) -> Turn {
        if self.finished || self.stop.is_aborted() {
            return Turn::Finished;
        }
        match self.work(now) {
            Err(error) => {
                self.failure.fail(error);
                self.finished = true;
                Turn::Finished
            }
            Ok(_) if self.draining && self.lanes.iter().all(Lane::is_idle) => {
                self.finished = true;
                self.failure.settled();
                if self.stop.is_draining() {
                    self.stop.settled();
                }
                Turn::Finished
            }
            Ok(true) => Turn::Worked,
            Ok(false) => Turn::Idle,
        }
    }
}

// === impl Lane ===

impl Lane {
    fn new(seed: Seed, config: &Config) -> Self {
        Self {
            lane: seed.lane,
            shard: seed.shard,
            ending: None,
            end: None,
            owner: seed.owner,
            committed: seed.committed,
            waiting: VecDeque::with_capacity(config.batches_per_lane),
            body: BodyWriter::with_capacity(BODY_BYTES_MAX),
            open: None,
            opened_at: 0,
            in_flight: VecDeque::with_capacity(chain::WINDOW_MAX as usize),
            singles: VecDeque::new(),
            moved_at: 0,
        }
    }

    /// Whether nothing is under way here.
    fn is_idle(&self) -> bool {
        self.waiting.is_empty()
            && self.open.is_none()
            && self.owner.is_idle()
            && self.ending.is_none()
    }

    /// Appends the next batch to the open entry, if it fits; says whether it did.
    fn encode(&mut self, now: i64, bytes: usize, recycle: &mut Sender<Box<Batch>>) -> bool {
        let fits = |batch: &Batch| {
            self.body.is_empty()
                || self.body.len() < bytes
                    && self.body.len() + batch.entry_bytes() <= BODY_BYTES_MAX
        };
        if !self.waiting.front().is_some_and(|batch| fits(batch)) {
            return false;
        }
        let Some(mut batch) = self.waiting.pop_front() else { return false };
        self.body.clock(batch.clock);
        for step in &batch.steps {
            match &step.input {
                Input::Control(control) => self.body.control(control),
                Input::Record(number) => {
                    if let Some(record) = batch.records.get(*number as usize) {
                        let data = batch.data(record);
                        self.body.record(record.position, record.arrival, data, &step.outcome);
                    }
                }
            }
        }
        if !batch.steps.is_empty() {
            let former = self.open.map_or_else(|| self.owner.tip().end, |mark| mark.end);
            let end = batch.records.last().map_or(former, |last| last.position);
            if self.open.is_none() {
                self.opened_at = now;
            }
            self.open = Some(Mark { end, state: batch.state, counts: batch.counts });
        }
        if let Some(end) = batch.end.take() {
            let at = self.open.map_or_else(|| self.owner.tip().end, |mark| mark.end);
            let mark = Mark { end: at, state: batch.state, counts: batch.counts };
            self.ending = Some((end, mark));
        }
        if batch.single {
            self.singles.push_back((self.owner.tip().index + 1, batch));
        } else {
            give_back(batch, recycle);
        }
        true
    }

    fn is_ripe(&self, now: i64, bytes: usize, age_ns: i64) -> bool {
        let aged = age_ns == 0 && self.waiting.is_empty()
            || age_ns > 0 && now.saturating_sub(self.opened_at) >= age_ns;
        self.open.is_some() && (aged || self.body.len() >= bytes || !self.waiting.is_empty())
    }

    /// Closes the open entry and sends it, if the window has room; says whether it did.
    fn close(&mut self, journal: &mut impl Journal, now: i64) -> Result<bool, Fault> {
        let Some(mark) = self.open else { return Ok(false) };
        if !self.owner.has_room() {
            return Ok(false);
        }
        let body = self.body.bytes().into();
        let draft = Draft { kind: EntryKind::Batch, end: mark.end, state: mark.state, body };
        let index = self.owner.append(journal, now, draft)?;
        self.in_flight.push_back((index, mark));
        self.open = None;
        self.body.clear();
        Ok(true)
    }

    /// Sends the End, alone, when everything before it is in the chain (INV-5).
    fn end(&mut self, journal: &mut impl Journal, now: i64) -> Result<(), Fault> {
        let is_due = self.waiting.is_empty() && self.open.is_none() && self.owner.is_idle();
        if !is_due {
            return Ok(());
        }
        let Some((end, mark)) = self.ending.take() else { return Ok(()) };
        self.body.clear();
        self.body.end(&end);
        let body = self.body.bytes().into();
        self.body.clear();
        let draft = Draft { kind: EntryKind::End, end: mark.end, state: mark.state, body };
        let index = self.owner.append(journal, now, draft)?;
        self.in_flight.push_back((index, mark));
        self.end = Some(end);
        Ok(())
    }

    /// Whether its End is in the chain.
    fn has_ended(&self) -> bool {
        self.end.is_some() && self.owner.is_idle()
    }

    /// Lets go of what became part of the chain; gives the index of the first and the mark of the
    /// last of it.
    fn commit(&mut self, now: i64, recycle: &mut Sender<Box<Batch>>) -> Option<(u64, Mark)> {
        let committed = self.owner.committed();
        let mut last: Option<(u64, Mark)> = None;
        while let Some((index, mark)) = self.in_flight.pop_front_if(|(at, _)| *at <= committed) {
            last = Some((last.map_or(index, |(first, _)| first), mark));
        }
        while self.singles.front().is_some_and(|(index, _)| *index <= committed) {
            if let Some((_, batch)) = self.singles.pop_front() {
                give_back(batch, recycle);
            }
        }
        if last.is_some() {
            self.moved_at = now;
        }
        last
    }
}

/// The ring has a slot for each batch that there is, so that sending never fails.
fn give_back(batch: Box<Batch>, recycle: &mut Sender<Box<Batch>>) {
    let sent = recycle.send(batch);
    debug_assert!(sent.is_ok(), "a ring has a slot for each batch");
}
