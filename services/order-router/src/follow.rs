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

use domain::{Control, Entry, LaneId, Position};
use lane::{Sender, Stage, Turn, Watermark};
use ports::chain::{self, Reader};
use ports::{Cursors, Fault, Journal, Publisher, World};
use ports::{OrderView as _, Published, SnapshotHead, Snapshots};
use wire::events::Place;
use wire::journal::Input;

use crate::admin::Progress;
use crate::control::Table;
use crate::decide::Change;
use crate::error::{Error, Failure};
use crate::fold::{Applied, Fold};
use crate::limits::FOLLOW_ENTRIES;
use crate::outputs::{Committed, Outputs};
use crate::recover;
use crate::relay::Relay;
use crate::router::{LaneSpec, OnLag, Options, Stop};
use crate::view::View;

/// The stage.
pub struct Follow<W: World> {
    hands: Hands<W>,
    lanes: Vec<Lane>,
    table: Table<W::Control>,
    changes: Sender<Change>,
    options: Options,
    published: Vec<Published>,
    stop: Stop,
    progress: Progress,
    failure: Failure,
    cursors_at: i64,
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
}

/// A lane that is followed.
pub struct Lane {
    slot: usize,
    outputs: Outputs,
    committed: Watermark,
    reader: Reader,
    fold: Fold,
    relay: Relay,
    view: View,
    /// Indexes of the two newest snapshots, newest first.
    snapshots: [u64; 2],
    /// What decide was told last; nothing yet after a start, when the books may say either.
    told_lagging: Option<bool>,
}

impl<W: World> Follow<W> {
    /// The stage over lanes that were opened with the same `hands`.
    #[must_use]
    pub fn new(
        hands: Hands<W>,
        lanes: Vec<Lane>,
        (table, changes): (Table<W::Control>, Sender<Change>),
        options: Options,
        (stop, progress, failure): (&Stop, &Progress, &Failure),
    ) -> Self {
        Self {
            hands,
            lanes,
            table,
            changes,
            options,
            published: Vec::new(),
            stop: stop.clone(),
            progress: progress.clone(),
            failure: failure.clone(),
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
        let mut worked = self.poll_control(now)?;
        for lane in &mut self.lanes {
            let followed = lane.follow(&mut self.hands, &self.options, now);
            if followed == Err(Fault::Fenced) {
                self.dropped = Some(lane.outputs.lane);
            }
            worked |= followed?;
            worked |= lane.relay.turn(&mut self.hands.publisher, now) > 0;
        }
        worked |= self.take_published(now);
        let due = now.saturating_sub(self.cursors_at) >= self.options.config.cursor_ns;
        if due {
            self.cursors_at = now;
            self.write_cursors(now)?;
        }
        for lane in &mut self.lanes {
            worked |= lane.snapshot(&mut self.hands, &self.options)?;
        }
        Ok(worked)
    }

    fn poll_control(&mut self, now: i64) -> Result<bool, Fault> {
        let problem = self.table.poll(now, &mut self.changes);
        match problem {
            Ok(polled) => {
                let unread = self.table.unread();
                self.progress.try_update(|facts| facts.unread_set = unread);
                Ok(polled)
            }
            Err(Fault::Retry(_) | Fault::Unknown) => Ok(false),
            Err(fault) => Err(fault),
        }
    }

    fn take_published(&mut self, now: i64) -> bool {
        self.hands.publisher.drain(&mut self.published);
        let any = !self.published.is_empty();
        for published in self.published.drain(..) {
            let number = usize::from(chain::slot(published.ticket));
            let Some(lane) = self.lanes.get_mut(number) else { continue };
            if let Some(refused) = lane.relay.answer(now, &published) {
                let place = Place { lane: lane.outputs.lane, index: refused.index, ..DEFAULT };
                let letter = lane.outputs.refused(&refused.output, place, &refused.reason);
                lane.relay.push_letter(refused.index, now, letter);
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

    fn write_cursors(&mut self, now: i64) -> Result<(), Fault> {
        for lane in &mut self.lanes {
            lane.relay.write_cursors(&mut self.hands.cursors)?;
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
    Place { lane: LaneId(0), index: 0, position: Position::START, arrival: domain::Timestamp(0) };

impl<W: World> Stage for Follow<W> {
    fn turn(&mut self, now: i64) -> Turn {
        if self.finished || self.stop.is_aborted() {
            return Turn::Finished;
        }
        let worked = self.work(now).and_then(|worked| {
            self.finished = self.drain(now)?;
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
    /// which every cursor has; else at index 0; else at the oldest snapshot there is.
    ///
    /// # Errors
    /// A [`Fault`] of the stores.
    pub fn open<W: World>(
        hands: &mut Hands<W>,
        options: &Options,
        (slot, spec): (u16, &LaneSpec),
        committed: Watermark,
    ) -> Result<Self, Fault> {
        let flushed = hands.view.index(spec.lane)?;
        let snapshots = hands.snapshots.newest(spec.lane)?;
        let settings = (&options.config, options.key);
        let mut started = None;
        for (head, bytes) in &snapshots {
            if started.is_none() && flushed.is_some_and(|flushed| head.index <= flushed) {
                started = recover::load(&mut hands.journal, head, bytes, settings)?;
            }
        }
        if started.is_none() {
            let Hands { journal, snapshots, .. } = &mut *hands;
            started = recover::oldest(journal, snapshots, spec.lane, settings)?;
        }
        let capacity = crate::fold::capacity(&options.config);
        let fresh = || (Reader::new(spec.lane), Fold::new(&capacity, options.key));
        let (reader, fold) = started.unwrap_or_else(fresh);
        let folded = reader.last().map_or(0, |last| last.index);
        let mut indexes = snapshots.iter().map(|(head, _)| head.index);
        let newest = indexes.next().unwrap_or(0);
        Ok(Self {
            slot: usize::from(slot),
            outputs: Outputs { lane: spec.lane, key: options.key },
            committed,
            reader,
            fold,
            relay: Relay::new(spec.lane, slot, folded),
            view: View::new(spec.lane, options.key, flushed),
            snapshots: [newest, indexes.next().unwrap_or(0)],
            told_lagging: None,
        })
    }

    fn folded(&self) -> u64 {
        self.reader.last().map_or(0, |last| last.index)
    }

    fn has_caught_up(&self) -> bool {
        let folded = self.folded();
        let shown = self.view.flushed().is_some_and(|flushed| flushed >= folded);
        folded >= self.committed.get() && self.relay.is_empty() && shown
    }

    /// Folds some entries and makes outputs and rows of them.
    fn follow<W: World>(
        &mut self,
        hands: &mut Hands<W>,
        options: &Options,
        now: i64,
    ) -> Result<bool, Fault> {
        self.flush(hands)?;
        let committed = self.committed.get();
        let is_ahead = self.reader.last().is_some_and(|last| last.index >= committed);
        if is_ahead || !self.relay.has_room() || self.is_snapshot_due(options) {
            return Ok(false);
        }
        let through = committed.min(self.reader.next_index() + FOLLOW_ENTRIES - 1);
        let mut taken = Taken {
            outputs: self.outputs,
            relay: &mut self.relay,
            view: &mut self.view,
            now,
            fault: None,
        };
        let Hands { journal, cursors, view, .. } = hands;
        let fold = &mut self.fold;
        let mut begun = false;
        let read = self.reader.read_on(journal, through, |entry| {
            begun = true;
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
        self.flush(hands)?;
        Ok(true)
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
        self.folded() >= newest.saturating_add(options.config.snapshot_entries)
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
        self.relay.write_cursors(&mut hands.cursors)?;
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
        Ok(true)
    }
}

/// What takes the inputs of entries apart while they are folded.
struct Taken<'a> {
    outputs: Outputs,
    relay: &'a mut Relay,
    view: &'a mut View,
    now: i64,
    fault: Option<Fault>,
}

impl Taken<'_> {
    fn input<C: Cursors, V: ports::OrderView>(
        &mut self,
        entry: &Entry,
        books: &books::Books,
        applied: &Applied<'_>,
        stores: (&mut C, &mut V),
    ) {
        if self.fault.is_none() {
            self.fault = self.try_input(entry, books, applied, stores).err();
        }
    }

    fn try_input<C: Cursors, V: ports::OrderView>(
        &mut self,
        entry: &Entry,
        books: &books::Books,
        applied: &Applied<'_>,
        (cursors, store): (&mut C, &mut V),
    ) -> Result<(), Fault> {
        let (lane, index) = (entry.lane, entry.index);
        let mut out = Vec::new();
        match &applied.input {
            Input::Control { control } => {
                let (position, arrival) = (entry.end, books.lane_time());
                let place = Place { lane, index, position, arrival };
                self.outputs.of_control(control, place, &mut out);
            }
            Input::Record(record) => {
                let (position, arrival) = (record.position, record.arrival);
                let place = Place { lane, index, position, arrival };
                let is_read = record.cut.is_none()
                    && !matches!(applied.inbound, domain::Inbound::Undecodable(_));
                let message = is_read.then(|| wire::message::parse(record.data).ok()).flatten();
                let committed = Committed {
                    record,
                    place,
                    inbound: &applied.inbound,
                    effect: &applied.effect,
                    message: message.as_ref(),
                };
                let mut fault = None;
                let view = &mut *self.view;
                let name = |order| {
                    view.text(&mut *store, order).unwrap_or_else(|error| {
                        fault = Some(error);
                        None
                    })
                };
                self.outputs.of_record(&committed, books, name, &mut out);
                fault.map_or(Ok(()), Err)?;
                self.view.touch(store, &committed, books)?;
            }
        }
        for output in out {
            self.relay.push(cursors, index, self.now, output)?;
        }
        Ok(())
    }
}
