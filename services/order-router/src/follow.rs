//! Off the line: reads what is committed and makes of it outputs, order view and snapshots.
//!
//! ```text
//!  journal up to the committed index --fold--> effects --> relay -> publisher, cursors
//!                                                     \--> view  -> rows
//!        every so many entries, when all of that has left: snapshot, and what is older may go
//! ```
//!
//! Entry points: [`Follow::new`], its turns; [`Lane::open`] finds where a lane's fold starts.
//!
//! Invariants: INV-6 (nothing above the committed index is read), INV-10 (its books are a fold, and
//! their digest is checked at every entry). A snapshot is taken only when every cursor and the view
//! have passed its index. Limits: [`crate::limits::FOLLOW_ENTRIES`] per lane and turn.
//! It shares no state with the line: it has books of its own.
//!
//! A crash loses its books; they are folded again from the newest snapshot that all have passed.

use std::collections::VecDeque;

use books::Books;
use domain::{Control, LaneId, LimitKey, Position, Timestamp};
use lane::{Receiver, Sender, Stage, Turn, Watermark};
use ports::chain::{self, Reader};
use ports::{Fault, Journal, LaneRow, Leases, Publisher, World};
use ports::{OrderView as _, Published, SnapshotHead, Snapshots};
use wire::events::Place;

use crate::admin::Progress;
use crate::allotter::{Allotter, Parent, Side};
use crate::control::InForce;
use crate::decide::Change;
use crate::error::{Error, Failure};
use crate::fold::Fold;
use crate::health::Watch;
use crate::limits::{DURABLE_MAX, FOLLOW_ENTRIES};
use crate::lineage::{self, Kin};
use crate::outputs::Outputs;
use crate::recover;
use crate::relay::{self, Relay};
use crate::retire::{end_of, parents_of, retire};
use crate::router::{OnLag, Options, Stop};
use crate::settle::Durable;
use crate::view::View;

mod drain;
mod taken;

use taken::{Taken, durable_at};

/// The stage.
pub struct Follow<W: World> {
    hands: Hands<W>,
    lanes: Vec<Lane>,
    sets: InForce,
    changes: Sender<Change>,
    allotter: Allotter,
    options: Options,
    published: Vec<Published>,
    watch: Watch,
    stop: Stop,
    progress: Progress,
    failure: Failure,
    durable: Receiver<Durable>,
    cursors_at: i64,
    /// When it last looked at the limits that span lanes.
    looked_at: i64,
    draining_since: Option<i64>,
    /// A lane whose books are not whole any more.
    dropped: Option<LaneId>,
    finished: bool,
}

/// The stores that it works with.
pub struct Hands<W: World> {
    /// The journal.
    pub journal: W::Journal,
    /// Where outputs leave.
    pub publisher: W::Publisher,
    /// How far each destination is.
    pub cursors: W::Cursors,
    /// The order view.
    pub view: W::View,
    /// The snapshots.
    pub snapshots: W::Snapshots,
    /// The lanes.
    pub leases: W::Leases,
    /// What lanes may use of limits that span them.
    pub limits: W::Limits,
}

/// The rings that it holds.
#[derive(Debug)]
pub struct Rings {
    /// What lanes may use, whom to halt and how venues are, to decide.
    pub changes: Sender<Change>,
    /// What became durable, from settle.
    pub durable: Receiver<Durable>,
}

/// A lane that is followed.
pub struct Lane {
    slot: usize,
    outputs: Outputs,
    committed: Watermark,
    /// The committed index as it was read in this turn.
    through: u64,
    /// When entries that aren't folded yet were seen to be durable.
    durable: VecDeque<Durable>,
    reader: Reader,
    fold: Fold,
    relay: Relay,
    view: View,
    /// Indexes of the two newest snapshots, newest first.
    snapshots: [u64; 2],
    /// Its row, of a lane that has ended.
    ended: Option<LaneRow>,
    /// Whether it came of others.
    is_child: bool,
    /// Lanes before it whose rows of the order view aren't all written: none of its own is, until
    /// they are.
    parents: Vec<(LaneId, u64)>,
    /// The lanes that it came from, as long as a limit may have rows of theirs.
    shares: Vec<Parent>,
    /// Limits whose allotment the entries folded last changed.
    allotted: Vec<LimitKey>,
    /// What decide was told last; nothing yet after a start, when the books may say either.
    told_lagging: Option<bool>,
}

impl<W: World> Follow<W> {
    /// The stage over lanes that were opened with the same `hands`.
    #[must_use]
    pub fn new(
        hands: Hands<W>,
        lanes: Vec<Lane>,
        (sets, allotter, rings): (InForce, Allotter, Rings),
        options: Options,
        (stop, progress, failure): (&Stop, &Progress, &Failure),
    ) -> Self {
        let watch = Watch::new(&options.config);
        let Rings { changes, durable } = rings;
        Self {
            hands,
            lanes,
            sets,
            changes,
            allotter,
            looked_at: i64::MIN,
            options,
            published: Vec::new(),
            watch,
            stop: stop.clone(),
            progress: progress.clone(),
            failure: failure.clone(),
            durable,
            cursors_at: 0,
            draining_since: None,
            dropped: None,
            finished: false,
        }
    }

    /// Whether everything committed has left.
    #[must_use]
    pub fn has_caught_up(&self) -> bool {
        self.lanes.iter().all(Lane::has_caught_up)
    }

    fn work(&mut self, now: i64) -> Result<bool, Fault> {
        let mut worked = self.look_at_limits(now)?;
        let now = self.take_durable(now);
        for lane in &mut self.lanes {
            let followed = lane.follow((&mut self.hands, &mut self.watch), &self.options, now);
            if followed == Err(Fault::Fenced) {
                self.dropped = Some(lane.outputs.lane);
            }
            worked |= followed?;
            lane.allotted.drain(..).for_each(|limit| self.allotter.seen(lane.slot, limit));
            worked |= lane.relay.turn(&mut self.hands.publisher, now) > 0;
            lane.show(&mut self.hands)?;
        }
        worked |= self.take_published(now);
        self.tell_health(now);
        let due = now.saturating_sub(self.cursors_at) >= self.options.config.cursor_ns;
        if due {
            self.cursors_at = now;
            self.write_cursors(now)?;
            self.tend_intakes()?;
            self.retire()?;
        }
        for lane in &mut self.lanes {
            worked |= lane.snapshot(&mut self.hands, &self.options)?;
        }
        Ok(worked)
    }

    /// What is committed is read before what settle says of it, so that nothing of that is missed;
    /// a turn that began before settle saw it goes on from then.
    fn take_durable(&mut self, now: i64) -> i64 {
        let mut latest = now;
        for lane in &mut self.lanes {
            lane.through = lane.committed.get();
        }
        while let Some(durable) = self.durable.receive() {
            latest = latest.max(durable.at.0);
            let lane = self.lanes.get_mut(usize::from(durable.slot));
            if let Some(lane) = lane.filter(|lane| lane.durable.len() < DURABLE_MAX) {
                lane.durable.push_back(durable);
            }
        }
        latest
    }

    /// Grants, takes and gives back what lanes may use of limits that span them.
    fn look_at_limits(&mut self, now: i64) -> Result<bool, Fault> {
        if now.saturating_sub(self.looked_at) < self.options.config.control_poll_ns {
            return Ok(false);
        }
        self.looked_at = now;
        let open = self.lanes.iter().filter(|lane| lane.ended.is_none());
        let lanes = open.clone().count();
        let current = open.filter(|lane| lane.folded() >= lane.committed.get());
        let sides: Vec<Side<'_>> = current.map(Lane::side).collect();
        let set = self.sets.set();
        let limits = &mut self.hands.limits;
        self.allotter.look(limits, set.as_deref(), (&sides, lanes), &mut self.changes)
    }

    fn take_published(&mut self, now: i64) -> bool {
        self.hands.publisher.drain(&mut self.published);
        let any = !self.published.is_empty();
        for published in self.published.drain(..) {
            let number = usize::from(chain::slot(published.ticket));
            let Some(lane) = self.lanes.get_mut(number) else { continue };
            if let Some(refused) = lane.relay.answer(now, &published) {
                if let ports::Destination::Venue(venue) = refused.output.destination {
                    self.watch.refused(venue);
                }
                let place = Place { lane: lane.outputs.lane, index: refused.index, ..DEFAULT };
                let letter = lane.outputs.refused(&refused.output, place, &refused.reason);
                lane.relay.push_letter(&refused, now, letter);
                let control = Control::Halt(refused.output.account);
                let slot = Some(lane.slot as u16);
                // Lost in a full ring it is told again with the dead letter's alarm.
                let _ = self.changes.send(Change { lane: slot, control, configuration: None });
            }
        }
        for lane in &mut self.lanes {
            lane.relay.pass();
        }
        any
    }

    /// Tells decide of venues that are unwell, or well again. A replay's venues aren't there.
    fn tell_health(&mut self, now: i64) {
        if self.options.on_lag == OnLag::Wait {
            return;
        }
        for control in self.watch.changes(now) {
            // Lost in a full ring, rules go on without it: health spares orders, it allows none.
            let _ = self.changes.send(Change { lane: None, control, configuration: None });
        }
    }

    /// Lets ended lanes go that nobody needs any more. They keep their places: tickets name those.
    fn retire(&mut self) -> Result<(), Fault> {
        if self.lanes.iter().all(|lane| lane.ended.is_none()) {
            return Ok(());
        }
        let rows = self.hands.leases.rows()?;
        for lane in &mut self.lanes {
            let is_done = lane.has_caught_up();
            if let Some(row) = lane.ended.take_if(|_| is_done)
                && !retire(&mut self.hands, &row, &rows)?
            {
                lane.ended = Some(row);
            }
        }
        let leaving =
            self.lanes.iter().filter(|lane| lane.ended.is_some() && !lane.has_caught_up());
        let leaving = leaving.count() as u64;
        self.progress.update(|facts| facts.leaving = leaving);
        Ok(())
    }

    fn write_cursors(&mut self, now: i64) -> Result<(), Fault> {
        for lane in &mut self.lanes {
            lane.write_cursors(&mut self.hands)?;
            lane.relay.open_gates(&mut self.hands.cursors)?;
            let lagging = lane.relay.lags(now, self.options.config.lag_ns);
            if self.options.on_lag == OnLag::Refuse && lane.told_lagging != Some(lagging) {
                let control = Control::Intake { closed: lagging };
                let slot = Some(lane.slot as u16);
                let told = self.changes.send(Change { lane: slot, control, configuration: None });
                lane.told_lagging = told.is_ok().then_some(lagging).or(lane.told_lagging);
            }
            let followed = if lane.relay.is_empty() { lane.view.flushed() } else { None };
            self.progress.lane(lane.slot, |facts| {
                facts.lagging = lagging;
                facts.followed = followed.unwrap_or(facts.followed);
            });
        }
        Ok(())
    }

    /// Ends a drain when all has left, or when its time is over.
    fn drain(&mut self, now: i64) -> Result<bool, Fault> {
        if !self.stop.is_draining() {
            return Ok(false);
        }
        let since = *self.draining_since.get_or_insert(now);
        let over = now.saturating_sub(since) > self.options.config.drain_ns;
        let done = self.stop.is_settled() && self.has_caught_up();
        if !over && !done {
            return Ok(false);
        }
        self.write_cursors(now)?;
        if over && !self.stop.is_settled() {
            self.stop.abort();
        }
        Ok(true)
    }
}

const DEFAULT: Place =
    Place { lane: LaneId(0), index: 0, position: Position::START, arrival: Timestamp(0) };

impl<W: World> Stage for Follow<W> {
    fn turn(&mut self, now: i64) -> Turn {
        if self.finished || self.stop.is_aborted() {
            return Turn::Finished;
        }
        let worked = self.work(now).and_then(|worked| {
            self.finished = self.drain(now)?;
            if !self.finished && self.failure.is_over() && self.failure.is_settled() {
                // What is left is sent by the next line, which follows every lane.
                self.write_cursors(now)?;
                self.finished = true;
            }
            Ok(worked)
        });
        match worked {
            Ok(_) if self.finished => Turn::Finished,
            Ok(true) => Turn::Worked,
            Ok(false) | Err(Fault::Retry(_) | Fault::Unknown) => Turn::Idle,
            Err(fault) => {
                self.failure.fail(match self.dropped {
                    Some(lane) => Error::Dropped { lane, fault },
                    None => Error::World { doing: "following the journal", fault },
                });
                self.finished = true;
                Turn::Finished
            }
        }
    }
}

// === impl Lane ===

impl Lane {
    /// Finds where the fold of a lane starts: at the newest snapshot that the view has passed,
    /// which every cursor has; else at index 0; else at the oldest snapshot there is. A snapshot at
    /// an End, which the lane's children waited for, counts only when everything has left.
    ///
    /// # Errors
    /// What the stores say, and a lane whose parents' books can't be had.
    pub fn open<W: World>(
        hands: &mut Hands<W>,
        options: &Options,
        (slot, lane): (u16, LaneId),
        committed: Watermark,
        rows: &[LaneRow],
    ) -> Result<Self, Error> {
        let failed = |fault| Error::World { doing: "following the journal", fault };
        let row = rows.iter().find(|row| row.lane == lane);
        let ended = row.filter(|row| row.ended.is_some()).cloned();
        let flushed = hands.view.index(lane).map_err(failed)?;
        let snapshots = hands.snapshots.newest(lane).map_err(failed)?;
        let settings = (&options.config, options.key);
        let mut started = None;
        for (head, bytes) in &snapshots {
            let has_left = match end_of(ended.as_ref()) {
                Some(end) if head.index >= end => {
                    relay::has_all_left(&mut hands.cursors, lane, end).map_err(failed)?
                }
                _ => true,
            };
            let is_shown = flushed.is_some_and(|flushed| head.index <= flushed);
            if started.is_none() && is_shown && has_left {
                let loaded = recover::load(&mut hands.journal, head, bytes, settings);
                started = loaded.map_err(failed)?;
            }
        }
        let Hands { journal, snapshots: stored, .. } = &mut *hands;
        let kin = Kin { rows, config: &options.config, key: options.key };
        let (reader, fold) = match started {
            Some(started) => started,
            None => recover::oldest(journal, stored, kin, lane)?,
        };
        let folded = reader.last().map_or(0, |last| last.index);
        let mut indexes = snapshots.iter().map(|(head, _)| head.index);
        let newest = indexes.next().unwrap_or(0);
        let parents = row.map(|row| parents_of(row, rows)).unwrap_or_default();
        let shares = lineage::shares(&mut hands.journal, options, &parents)?;
        let mut relay = Relay::new(lane, slot, folded);
        relay.follow_after(parents.clone());
        Ok(Self {
            slot: usize::from(slot),
            outputs: Outputs { lane, key: options.key },
            through: committed.get(),
            committed,
            durable: VecDeque::new(),
            reader,
            fold,
            relay,
            view: View::new(lane, options.key, flushed),
            snapshots: [newest, indexes.next().unwrap_or(0)],
            ended,
            is_child: row.is_some_and(|row| !row.parents.is_empty()),
            parents,
            shares,
            allotted: Vec::new(),
            told_lagging: None,
        })
    }

    fn folded(&self) -> u64 {
        self.reader.last().map_or(0, |last| last.index)
    }

    fn side(&self) -> Side<'_> {
        self.side_with(&self.fold.books)
    }

    /// Its side of limits that span lanes, with its committed books.
    pub(crate) fn side_with<'a>(&'a self, books: &'a Books) -> Side<'a> {
        Side { slot: self.slot, lane: self.outputs.lane, books, parents: &self.shares }
    }

    fn has_caught_up(&self) -> bool {
        let folded = self.folded();
        let shown = self.view.flushed().is_some_and(|flushed| flushed >= folded);
        folded >= self.committed.get() && self.relay.is_empty() && shown
    }

    /// Folds some entries and makes outputs and rows of them.
    fn follow<W: World>(
        &mut self,
        (hands, watch): (&mut Hands<W>, &mut Watch),
        options: &Options,
        now: i64,
    ) -> Result<bool, Fault> {
        if !self.is_shown_before(hands)? {
            return Ok(false);
        }
        self.flush(hands)?;
        let committed = self.through;
        let is_ahead = self.reader.last().is_some_and(|last| last.index >= committed);
        if is_ahead || !self.relay.has_room() || self.is_snapshot_due(options) {
            return Ok(false);
        }
        let through = committed.min(self.reader.next_index() + FOLLOW_ENTRIES - 1);
        let Hands { journal, cursors, view, publisher, .. } = hands;
        let mut taken = Taken {
            takes: &|destination| publisher.takes(destination),
            outputs: self.outputs,
            relay: &mut self.relay,
            view: &mut self.view,
            allotted: &mut self.allotted,
            watch,
            now,
            persisted: Timestamp(0),
            fault: None,
        };
        let (fold, durable) = (&mut self.fold, &mut self.durable);
        let mut begun = false;
        let read = self.reader.read_on(journal, through, |entry| {
            begun = true;
            taken.persisted = durable_at(durable, entry.index);
            recover::folded(entry, fold, |books, applied| {
                taken.input(entry, books, applied, (&mut *cursors, &mut *view));
            })?;
            taken.relay.pushed(entry.index);
            taken.fault.take().map_or(Ok(()), Err)
        });
        match read {
            Ok(_) => {}
            // Its books hold a part of an entry now: only recovery makes them whole again.
            Err(chain::Error::Fault(Fault::Retry(_) | Fault::Unknown)) if begun => {
                return Err(Fault::Fenced);
            }
            Err(chain::Error::Fault(fault)) => return Err(fault),
            Err(lapped) => return Err(Fault::Fatal(format!("OR-0214: {lapped}"))),
        }
        if self.reader.has_ended() {
            self.relay.end(&mut hands.cursors)?;
        }
        Ok(true)
    }

    /// Shows what changed, with when its outputs left, as far as they have.
    fn show<W: World>(&mut self, hands: &mut Hands<W>) -> Result<(), Fault> {
        for handed in self.relay.handed() {
            self.view.handed(&mut hands.view, handed)?;
        }
        // Until lanes before it are shown, nothing of its own is.
        if self.parents.is_empty() { self.flush(hands) } else { Ok(()) }
    }

    /// Writes each cursor that moved, when the view has what is known of what they pass.
    fn write_cursors<W: World>(&mut self, hands: &mut Hands<W>) -> Result<(), Fault> {
        self.view.flush_times(&mut hands.view)?;
        self.relay.write_cursors(&mut hands.cursors)
    }

    /// Whether the order view has every row of the lanes before: their rows are what this lane's
    /// change.
    fn is_shown_before<W: World>(&mut self, hands: &mut Hands<W>) -> Result<bool, Fault> {
        if self.parents.is_empty() {
            return Ok(true);
        }
        let rows = hands.leases.rows()?;
        let mut waits = Vec::new();
        for (parent, end) in std::mem::take(&mut self.parents) {
            let shown = hands.view.index(parent)?.is_some_and(|shown| shown >= end);
            // Without a row it is done with, and what a lost view had of it can't be had again.
            if !shown && rows.iter().any(|row| row.lane == parent) {
                waits.push((parent, end));
            }
        }
        self.parents = waits;
        Ok(self.parents.is_empty())
    }

    /// Puts the rows that changed. What the store didn't take is put at a later turn.
    fn flush<W: World>(&mut self, hands: &mut Hands<W>) -> Result<(), Fault> {
        match self.reader.last() {
            Some(last) => self.view.flush(&mut hands.view, last.index),
            None => Ok(()),
        }
    }

    fn is_snapshot_due(&self, options: &Options) -> bool {
        let [newest, _] = self.snapshots;
        // A lane that came of others takes its first at once: until then they are kept for it.
        let is_first = self.is_child && newest == 0;
        self.ended.is_none()
            && !self.relay.is_holding()
            && (self.folded() >= newest.saturating_add(options.config.snapshot_entries)
                || is_first && self.folded() > 0)
    }

    /// Takes a snapshot when it is due and everything up to it has left.
    fn snapshot<W: World>(
        &mut self,
        hands: &mut Hands<W>,
        options: &Options,
    ) -> Result<bool, Fault> {
        if !self.is_snapshot_due(options) || !self.relay.is_empty() {
            return Ok(false);
        }
        let Some(last) = self.reader.last() else { return Ok(false) };
        if self.view.flushed().is_none_or(|flushed| flushed < last.index) {
            return Ok(false);
        }
        self.keep_snapshot(hands, options)?;
        Ok(true)
    }

    /// Takes a snapshot of a fold of which everything has left.
    fn keep_snapshot<W: World>(
        &mut self,
        hands: &mut Hands<W>,
        options: &Options,
    ) -> Result<(), Fault> {
        self.write_cursors(hands)?;
        let Some(last) = self.reader.last() else { return Ok(()) };
        let (lane, index, content) = (last.lane, last.index, last.content);
        let state = self.fold.books.recount();
        if state != last.state {
            let text = format!("OR-0212: lane {lane} entry {index}: the books' recount is {state}");
            return Err(Fault::Fatal(text));
        }
        let head = SnapshotHead { lane, index, content, state };
        hands.snapshots.put(head, &self.fold.snapshot())?;
        let [newest, _] = self.snapshots;
        self.snapshots = [index, newest];
        // The entry of the older snapshot stays, because its digest proves that snapshot.
        let below = newest.min(index.saturating_sub(options.config.retain_entries));
        if below > 0 {
            hands.journal.release(lane, below)?;
        }
        Ok(())
    }
}
