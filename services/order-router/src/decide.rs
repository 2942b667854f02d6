//! Stage 2: places controls, decides each input, applies it; calls only pure crates.
//!
//! ```text
//!  batch -> [controls that came] -> decide(books, configuration) -> books.apply -> step -> settle
//! ```
//!
//! Entry points: [`Decide::new`], its turns; [`Change`] is what control table and follower bring.
//!
//! Invariants: INV-7 to INV-11 and INV-13, INV-14 by `routing` and `books`; a control takes effect
//! before the next undecided record. No record is decided before a configuration set is in force.
//! It allocates nothing per order, reads no clock, and knows no store and no thread.
//!
//! A crash loses what wasn't settled; the records are read and decided again.

use std::collections::VecDeque;
use std::sync::Arc;

use books::Books;
use domain::configuration::Choice;
use domain::entry::rules_of;
use domain::{
    ClockSource, Configuration, Control, Counting, HashRange, Inbound, LaneId, Outcome, Timestamp,
    TurnClock,
};
use hdrhistogram::Histogram;
use lane::{Receiver, Sender, Stage, Turn};
use wire::journal::End;

use crate::admin::{LaneState, Progress};
use crate::batch::{Batch, Input, Step};
use crate::config::Config;
use crate::fold::{self, Fold};
use crate::limits::{CONTROLS_MAX, DAY_ENDS, SHOW_NS};
use crate::router::Stop;

/// Longest latency that the histogram tells apart, in nanoseconds.
const LATENCY_NS_MAX: u64 = 60_000_000_000;

/// Something that the control table, or an operator, brings between two records.
#[derive(Clone, Debug)]
pub struct Change {
    /// For this lane alone; `None` for all.
    pub lane: Option<u16>,
    /// What is recorded.
    pub control: Control,
    /// Content of the set that `control` names.
    pub configuration: Option<Arc<Configuration>>,
}

/// A lane as the follower begins to follow it and decide goes on with it.
pub struct Seed {
    /// Its place among the process's lanes.
    pub slot: u16,
    /// Its name.
    pub lane: LaneId,
    /// The accounts that are its own.
    pub range: HashRange,
    /// Its books, read as the format that it writes, and counts.
    pub fold: Fold,
    /// The set in force, if there is one.
    pub configuration: Option<Arc<Configuration>>,
}

/// The stage.
pub struct Decide {
    lanes: Vec<Lane>,
    tick_ns: i64,
    clock: (ClockSource, u32),
    stop: Stop,
    progress: Progress,
    rings: Rings,
    /// Changes of the follower that wait for the commands before them; empty between turns.
    later: Vec<Change>,
    /// Arrival at ingest of the batch decided last: its latency ends with that turn.
    measured: Option<i64>,
    latency: Histogram<u64>,
    shown_at: i64,
    finished: bool,
}

/// The rings that it holds.
#[derive(Debug)]
pub struct Rings {
    /// Full batches, from ingest.
    pub ingest: Receiver<Box<Batch>>,
    /// Commands and sets, from the control table.
    pub commands: Receiver<Change>,
    /// Changes, from the follower.
    pub changes: Receiver<Change>,
    /// Decided batches, to settle.
    pub settle: Sender<Box<Batch>>,
}

struct Lane {
    slot: u16,
    range: HashRange,
    fold: Fold,
    configuration: Option<Arc<Configuration>>,
    changes: VecDeque<Change>,
    /// Batches that wait for the first configuration set.
    waiting: VecDeque<Box<Batch>>,
}

impl Decide {
    /// The stage over recovered lanes.
    #[must_use]
    pub fn new(
        seeds: Vec<Seed>,
        config: &Config,
        stop: &Stop,
        progress: &Progress,
        rings: Rings,
    ) -> Self {
        let lanes = seeds.into_iter().map(|seed| Lane::new(seed, config)).collect();
        #[expect(clippy::expect_used, reason = "the bounds are constants")]
        let latency = Histogram::new_with_max(LATENCY_NS_MAX, 3).expect("INV-10: legal bounds");
        Self {
            lanes,
            tick_ns: config.tick_ns,
            clock: (config.clock_source, config.clock_error()),
            stop: stop.clone(),
            progress: progress.clone(),
            rings,
            later: Vec::new(),
            measured: None,
            latency,
            shown_at: 0,
            finished: false,
        }
    }

    fn take_changes(&mut self) {
        // An allotment is sent after the set that it is of was: taken first, it is placed last.
        while let Some(change) = self.rings.changes.receive() {
            self.later.push(change);
        }
        while let Some(change) = self.rings.commands.receive() {
            self.place(&change);
        }
        let mut later = std::mem::take(&mut self.later);
        later.drain(..).for_each(|change| self.place(&change));
        self.later = later;
    }

    fn place(&mut self, change: &Change) {
        for lane in &mut self.lanes {
            if change.lane.is_none_or(|slot| slot == lane.slot) {
                lane.changes.push_back(change.clone());
            }
        }
    }

    fn take_batch(&mut self, now: i64) -> bool {
        let configured = self.lanes.iter_mut().find(|lane| lane.may_go_on());
        if let Some(lane) = configured
            && let Some(batch) = lane.waiting.pop_front()
        {
            self.decide(batch, now);
            return true;
        }
        let Some(batch) = self.rings.ingest.receive() else { return false };
        if batch.last {
            self.finished = self.rings.settle.send(batch).is_ok();
            // The last look that anybody gets at the latencies.
            self.shown_at = i64::MIN;
            return true;
        }
        let Some(lane) = self.lanes.get_mut(usize::from(batch.lane)) else { return true };
        if lane.must_wait(&batch) {
            lane.waiting.push_back(batch);
            return false;
        }
        self.decide(batch, now);
        true
    }

    fn decide(&mut self, mut batch: Box<Batch>, now: i64) {
        let number = usize::from(batch.lane);
        let Some(lane) = self.lanes.get_mut(number) else { return };
        let unconfigured = lane.configuration.is_none();
        let (source, error_ns) = self.clock;
        let (received, decided) = (Timestamp(batch.received), Timestamp(now));
        batch.clock = TurnClock { received, decided, source, error_ns };
        lane.decide(&mut batch, self.tick_ns);
        if unconfigured && lane.configuration.is_some() {
            self.progress.lane(number, |facts| facts.state = LaneState::Running);
        }
        if !batch.records.is_empty() {
            self.measured = Some(batch.received);
        }
        // The rings have a slot for each batch that there is, so that sending never fails.
        let sent = self.rings.settle.send(batch);
        debug_assert!(sent.is_ok(), "a ring has a slot for each batch");
    }

    fn measure(&mut self, now: i64) {
        if let Some(received) = self.measured.take() {
            let latency = now.saturating_sub(received).max(1).unsigned_abs();
            self.latency.saturating_record(latency);
        }
        if now.saturating_sub(self.shown_at) < SHOW_NS && !self.finished {
            return;
        }
        self.shown_at = now;
        let (latency, depth) = (&mut self.latency, self.rings.ingest.depth() as u64);
        self.progress.try_update(|facts| {
            facts.stages[1].ring_depth = depth;
            let shown = facts.latency.get_or_insert_with(|| Histogram::new_from(latency));
            // Both have the same bounds.
            let _ = shown.add(&*latency);
            latency.reset();
        });
    }
}

impl Stage for Decide {
    fn turn(&mut self, now: i64) -> Turn {
        self.measure(now);
        if self.finished || self.stop.is_aborted() {
            return Turn::Finished;
        }
        self.take_changes();
        if self.take_batch(now) { Turn::Worked } else { Turn::Idle }
    }
}

// === impl Lane ===

impl Lane {
    fn new(seed: Seed, config: &Config) -> Self {
        let mut changes = VecDeque::with_capacity(CONTROLS_MAX);
        let span_ns = config.identity_window_ns;
        let identities = u32::try_from(config.identities_max).unwrap_or(u32::MAX);
        if seed.fold.books.window_reach() != (span_ns, identities) {
            let control = Control::Window { span_ns, identities };
            changes.push_back(Change { lane: Some(seed.slot), control, configuration: None });
        }
        Self {
            slot: seed.slot,
            range: seed.range,
            fold: seed.fold,
            configuration: seed.configuration,
            changes,
            waiting: VecDeque::with_capacity(config.batches_per_lane),
        }
    }

    /// Records wait until a configuration set is in force or about to be.
    fn must_wait(&self, batch: &Batch) -> bool {
        let has_place = !batch.records.is_empty() || batch.end.is_some();
        has_place && (!self.waiting.is_empty() || !self.is_configured())
    }

    fn may_go_on(&self) -> bool {
        !self.waiting.is_empty() && self.is_configured()
    }

    fn is_configured(&self) -> bool {
        self.configuration.is_some()
            || self.changes.iter().any(|change| change.configuration.is_some())
    }

    fn decide(&mut self, batch: &mut Batch, tick_ns: i64) {
        self.place_changes(batch);
        self.end_day(batch);
        if batch.records.is_empty() {
            self.tick(batch, tick_ns);
        }
        for number in 0..batch.records.len() {
            self.decide_record(number, batch);
        }
        if let Some(end) = &mut batch.end {
            complete(end, &self.fold.books);
        }
        batch.state = self.fold.books.digest();
        batch.counts = self.fold.counts;
    }

    fn decide_record(&mut self, number: usize, batch: &mut Batch) {
        let Some(record) = batch.records.get(number).copied() else { return };
        #[expect(clippy::expect_used, reason = "a record passed over in silence would be lost")]
        let configuration =
            self.configuration.as_ref().expect("INV-11: records wait for a configuration set");
        let books = &mut self.fold.books;
        let (inbound, outcome) = if batch.quarantine && number == 0 {
            (fold::quarantined(batch.data(&record)), Outcome::Quarantined)
        } else {
            let (arrival, inbound) = (record.arrival, record.inbound);
            let TurnClock { decided, error_ns, .. } = batch.clock;
            let clock = Some(routing::Reading { now: decided, error_ns });
            let rules = rules_of(books.format());
            let lane = routing::Lane { range: self.range, clock, rules };
            let outcome = routing::decide(books, configuration, &lane, arrival, &inbound);
            (inbound, outcome)
        };
        books.apply(record.arrival, &inbound, &outcome);
        self.fold.counts.count(&outcome);
        batch.steps.push(Step { input: Input::Record(number as u32), outcome });
        if outcome == Outcome::Quarantined
            && let Some(halt) = fold::halt(&record.inbound)
        {
            self.place(halt, batch);
        }
    }

    fn place_changes(&mut self, batch: &mut Batch) {
        while let Some(change) = self.changes.pop_front() {
            let books = &self.fold.books;
            let is_new = match change.control {
                Control::Configuration { number, .. } => number > books.configuration().0,
                Control::Kill(kill) => kill.number > books.last_kill(),
                Control::Override(given) => {
                    // Under sets without limits there is nothing to pass.
                    books.counting().is_on
                        && self.range.contains(given.account)
                        && given.number > books.last_override()
                }
                Control::Intake { closed } => closed != books.is_closed(),
                Control::BusinessDay { number, .. } => number > books.days(),
                Control::Health { venue, healthy, .. } => {
                    healthy != books.is_well(venue) && self.chooses(venue)
                }
                _ => true,
            };
            if is_new {
                self.count_for(change.configuration.as_deref(), batch);
                let control = self.kept_for_use(change.control);
                self.place(control, batch);
                self.configuration = change.configuration.or(self.configuration.take());
            }
        }
    }

    /// The next orders whose business day has ended, so many in one batch.
    fn end_day(&mut self, batch: &mut Batch) {
        if self.fold.books.due() > 0 {
            self.place(Control::DayEnd { orders: DAY_ENDS }, batch);
        }
    }

    /// What a lane gives back it doesn't use: what was admitted since it was asked stays (INV-12).
    fn kept_for_use(&self, control: Control) -> Control {
        let Control::Allotment { limit, amount, transfer } = control else { return control };
        let own = self.fold.books.allotment(limit);
        if transfer != own.transfer || amount >= own.amount {
            return control;
        }
        let amount = amount.max(own.used.min(own.amount));
        Control::Allotment { limit, amount, transfer }
    }

    /// Whether a rule of the set may choose this venue or another: only then its health matters.
    fn chooses(&self, venue: domain::Mic) -> bool {
        self.configuration.as_ref().is_some_and(|set| {
            let mut choosing = set.routes.iter().filter(|route| route.choice != Choice::Static);
            choosing.any(|route| route.venues.iter().any(|share| share.venue == venue))
        })
    }

    /// A set says what the books count for it: that stands before it.
    fn count_for(&mut self, set: Option<&Configuration>, batch: &mut Batch) {
        let before = self.fold.books.counting();
        let Some(counting) = set.map(Configuration::counting) else { return };
        let counting = Counting { is_on: counting.is_on || before.is_on, ..counting };
        if counting != before {
            self.place(Control::Counting(counting), batch);
        }
    }

    fn tick(&mut self, batch: &mut Batch, tick_ns: i64) {
        let still = batch.received.saturating_sub(self.fold.books.lane_time().0);
        if tick_ns > 0 && still >= tick_ns {
            self.place(Control::Tick(Timestamp(batch.received)), batch);
        }
    }

    fn place(&mut self, control: Control, batch: &mut Batch) {
        let (time, inbound) = (self.fold.books.lane_time(), Inbound::Control(control));
        self.fold.books.apply(time, &inbound, &Outcome::Applied);
        self.fold.counts.count(&Outcome::Applied);
        batch.steps.push(Step { input: Input::Control(control), outcome: Outcome::Applied });
    }
}

/// Adds to an End what each child takes: the digest of its accounts, and of each allotment what
/// they use with an even part of what is left, so that shares add up to at most the amount.
fn complete(end: &mut End, books: &Books) {
    let count = end.children.len().max(1) as i128;
    let mut allotments: Vec<_> = books.allotments().collect();
    allotments.sort_unstable_by_key(|(limit, _)| *limit);
    for child in &mut end.children {
        child.accounts = books.accounts_in(child.range);
        for (limit, allotment) in &allotments {
            let used = books.used_in(child.range, *limit).max(0);
            let left = allotment.left();
            // Above its allotment a lane hands on what it has by what its parts use.
            let share = match left >= 0 {
                true => used + left / count,
                false => scaled(allotment.amount, used, allotment.used),
            };
            if share > 0 {
                child.shares.push((*limit, share));
            }
        }
    }
}

/// `amount` by the part that `used` is of `all`, rounded down.
fn scaled(amount: i128, used: i128, all: i128) -> i128 {
    if all <= 0 {
        return 0;
    }
    match amount.checked_mul(used) {
        Some(product) => product / all,
        None => amount / all * used,
    }
}
