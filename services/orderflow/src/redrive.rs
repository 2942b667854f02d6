//! Dead letters of a venue's queue: back into the queue, or a void of their number in their place.
//!
//! ```text
//!  receive ▶ read, look up, judge ▶ by account and number: send ▶ delete ┐
//!     ▲                              (one of each account at a time)     │
//!     └──────────────────────────────────────────────────────────────────┘ until nothing is left
//! ```
//!
//! Entry points: [`Redrive::new`], [`Redrive::run`].
//! Invariants: INV-13. A letter is deleted only after what stands for it was accepted; an account's
//! next goes only after that. What can't be read, or has no order, stays, and so do the account's
//! letters behind it. Limits: [`HIDDEN`], [`TURN`], [`HELD_MAX`].
//!
//! Of an account SQS shows no more while some of its letters are out, ten at most; a venue parks
//! what comes before its turn, so that letters in another order than their numbers' do no harm.
//!
//! A crash between any two calls leaves letters hidden for [`HIDDEN`] at most. The next run sends
//! under the same deduplication id what was sent but not deleted: SQS swallows it within five
//! minutes, after that the receiver drops it by its number.

pub mod judge;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use aws::{Outgoing, Queues, Received, Tables};
use domain::Mic;
use serde_json::{Value, json};
use wire::events::OrderView;
use wire::venue::{VenueOrder, queue};

use crate::world::clock::{moment, now};
use judge::{Reason, Switches, Verdict, judge};

/// How long letters in hand are hidden from others, and by a crash from the next run.
pub const HIDDEN: Duration = Duration::from_secs(120);
/// After this time no more of what was received together is sent; it is shown again instead.
pub const TURN: Duration = Duration::from_secs(60);
/// Letters that may stay in one run.
pub const HELD_MAX: usize = 10_000;
/// How often a run says how far it is.
const PROGRESS: Duration = Duration::from_secs(2);
/// The longest call of `aws`, rounded up.
const CALL: Duration = Duration::from_secs(25);

// A round that begins within its turn has sent and deleted before its letters are seen again.
const _: () = assert!(TURN.as_secs() + 2 * CALL.as_secs() < HIDDEN.as_secs());

/// Where letters lie, and where what is known of their orders.
#[derive(Clone, Debug)]
pub struct Place {
    /// The venue.
    pub venue: Mic,
    /// URL of its queue.
    pub queue: String,
    /// URL of the queue of its dead letters.
    pub dead_letters: String,
    /// Name of the table of the order view.
    pub orders: String,
    /// Name of the control table.
    pub control: String,
}

/// What an operator may choose.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Say what would be done, and change nothing.
    pub dry_run: bool,
    /// Void letters whose order the view doesn't hold.
    pub void_absent: bool,
}

/// What became of the letters so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Sent again.
    pub sent: u64,
    /// Replaced by a void.
    pub voided: u64,
    /// Left among the dead letters, each of them named.
    pub left: u64,
    /// Whether the run ended early: it was stopped, or [`HELD_MAX`] letters were in hand.
    pub is_cut: bool,
}

/// Why a run ended early.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// A call; what was under way may have happened, and a second run does no harm.
    #[error(transparent)]
    Call(#[from] aws::Error),
    /// A switch that this version doesn't know: nothing may pass it.
    #[error("the control table has a kill switch with {0:?}: run the version that wrote it")]
    Switch(String),
}

/// A run over one venue's dead letters.
pub struct Redrive<'a> {
    queues: Queues,
    tables: Tables,
    place: Place,
    options: Options,
    stop: &'a AtomicBool,
    /// Takes a row for each letter.
    tell: &'a mut dyn FnMut(&Value),
    /// Receipts of letters in hand, by SQS's name of the letter.
    held: BTreeMap<String, String>,
    /// Sent in this run, by account and number.
    moved: BTreeSet<(String, u64)>,
    counts: Counts,
    said: Instant,
}

/// A letter that was read and judged.
#[derive(Clone, Debug)]
struct Job {
    id: String,
    receipt: String,
    output: VenueOrder,
    attempt: u32,
    void: Option<Reason>,
    message: Outgoing,
}

impl<'a> Redrive<'a> {
    /// A run that hasn't begun. It ends early, between two calls, when `stop` is set.
    pub fn new(
        account: &aws::Account,
        place: Place,
        options: Options,
        stop: &'a AtomicBool,
        tell: &'a mut dyn FnMut(&Value),
    ) -> Self {
        Self {
            queues: Queues::new(account.clone()),
            tables: Tables::new(account.clone()),
            place,
            options,
            stop,
            tell,
            held: BTreeMap::new(),
            moved: BTreeSet::new(),
            counts: Counts::default(),
            said: moment(),
        }
    }

    /// Runs until no letter is to be seen; then shows those again that stay.
    ///
    /// # Errors
    /// [`Failure`]; letters are then among the dead letters, sent, or both.
    pub fn run(mut self) -> Result<Counts, Failure> {
        let drained = self.drain();
        self.counts.is_cut = self.is_stopped() || self.held.len() >= HELD_MAX;
        let shown = self.show();
        drained.and(shown).map(|()| self.counts)
    }

    fn drain(&mut self) -> Result<(), Failure> {
        while !self.is_stopped() && self.held.len() < HELD_MAX {
            let letters = self.queues.receive(&self.place.dead_letters, HIDDEN)?;
            if letters.is_empty() {
                break;
            }
            self.batch(letters)?;
        }
        Ok(())
    }

    fn batch(&mut self, letters: Vec<Received>) -> Result<(), Failure> {
        let began = moment();
        let mut known = BTreeSet::new();
        for letter in &letters {
            // One that stays comes again when its time is over: it was told of before.
            if self.held.insert(letter.id.clone(), letter.receipt.clone()).is_some() {
                known.insert(letter.id.clone());
            }
        }
        let switches = self.tables.kills(&self.place.control)?;
        let switches = Switches::of(switches).map_err(Failure::Switch)?;
        let (mut jobs, mut blocked) = (Vec::new(), BTreeSet::new());
        for letter in &letters {
            if known.contains(&letter.id) {
                blocked.insert(letter.group.clone());
                continue;
            }
            match self.job(letter, &switches)? {
                Ok(job) => jobs.push(job),
                Err(why) => {
                    self.left(&letter.id, None, &why);
                    blocked.insert(letter.group.clone());
                }
            }
        }
        jobs.sort_by(|a: &Job, b| {
            (&a.output.account, a.output.venue_seq).cmp(&(&b.output.account, b.output.venue_seq))
        });
        while !jobs.is_empty() {
            if self.is_stopped() || began.elapsed() > TURN {
                return self.give_back(&jobs);
            }
            let round = round(&mut jobs, &blocked);
            if round.is_empty() {
                for job in jobs.drain(..) {
                    self.left(&job.id, Some(&job), "it waits behind a letter that stays");
                }
            }
            self.take(round, &mut blocked)?;
            self.progress();
        }
        Ok(())
    }

    /// Reads and judges a letter; why it stays when it can't be judged.
    fn job(
        &self,
        letter: &Received,
        switches: &Switches,
    ) -> Result<Result<Job, String>, aws::Error> {
        let attribute = |name: &str| letter.attributes.get(name).map(String::as_str);
        let (output, attempt) = match queue::read(&letter.body, &letter.group, attribute) {
            Ok(read) => read,
            Err(error) => return Ok(Err(error.to_string())),
        };
        if output.venue != self.place.venue {
            return Ok(Err(format!("it is for venue {}", output.venue.as_str())));
        }
        if self.moved.contains(&(output.account.clone(), output.venue_seq)) {
            return Ok(Err("it came back in this run: its receiver fails at it".to_owned()));
        }
        let row = self.tables.order(&self.place.orders, &output.order.to_string())?;
        let view = match row.as_deref().map(OrderView::decode).transpose() {
            Ok(view) => view,
            Err(error) => return Ok(Err(format!("its row in the order view: {error}"))),
        };
        let void = match judge(&output, view.as_ref(), switches, now()) {
            Verdict::Send => None,
            Verdict::Void(reason) => Some(reason),
            Verdict::Missing if self.options.void_absent => Some(Reason::Absent),
            Verdict::Missing => {
                let order = output.order;
                return Ok(Err(format!("its order {order} isn't in the order view")));
            }
            Verdict::Stay(why) => return Ok(Err(why.to_owned())),
        };
        Ok(Ok(Job::new(letter, output, attempt + 1, void)))
    }

    /// Sends a round and deletes what was accepted of it.
    fn take(&mut self, round: Vec<Job>, blocked: &mut BTreeSet<String>) -> Result<(), Failure> {
        if self.options.dry_run {
            round.iter().for_each(|job| self.done(job));
            return Ok(());
        }
        if round.is_empty() {
            return Ok(());
        }
        let messages: Vec<_> = round.iter().map(|job| job.message.clone()).collect();
        let outcomes = self.queues.send(&self.place.queue, &messages)?;
        let mut accepted = Vec::new();
        for (job, outcome) in round.into_iter().zip(outcomes) {
            match outcome {
                Ok(()) => accepted.push(job),
                Err(why) => {
                    self.left(&job.id, Some(&job), &format!("its queue didn't take it: {why}"));
                    blocked.insert(job.message.group);
                }
            }
        }
        if accepted.is_empty() {
            return Ok(());
        }
        let receipts: Vec<_> = accepted.iter().map(|job| job.receipt.as_str()).collect();
        let outcomes = self.queues.delete(&self.place.dead_letters, &receipts)?;
        for (job, outcome) in accepted.iter().zip(outcomes) {
            self.moved.insert((job.output.account.clone(), job.output.venue_seq));
            match outcome {
                Ok(()) => {
                    self.held.remove(&job.id);
                    self.done(job);
                }
                Err(why) => {
                    let why = format!("it was sent, and couldn't be deleted: {why}; run again");
                    self.left(&job.id, Some(job), &why);
                }
            }
        }
        Ok(())
    }

    /// Shows letters again that this turn didn't reach, to be received anew.
    fn give_back(&mut self, jobs: &[Job]) -> Result<(), Failure> {
        for jobs in jobs.chunks(aws::BATCH_MAX) {
            let receipts: Vec<_> = jobs.iter().map(|job| job.receipt.as_str()).collect();
            self.queues.show(&self.place.dead_letters, &receipts)?;
            jobs.iter().for_each(|job| drop(self.held.remove(&job.id)));
        }
        Ok(())
    }

    /// Shows every letter again that is in hand. One whose time was over is seen anyway.
    fn show(&self) -> Result<(), Failure> {
        let receipts: Vec<_> = self.held.values().map(String::as_str).collect();
        for receipts in receipts.chunks(aws::BATCH_MAX) {
            self.queues.show(&self.place.dead_letters, receipts)?;
        }
        Ok(())
    }

    fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    fn done(&mut self, job: &Job) {
        let number =
            if job.void.is_some() { &mut self.counts.voided } else { &mut self.counts.sent };
        *number += 1;
        let deed = match (self.options.dry_run, job.void) {
            (false, None) => "sent",
            (false, Some(_)) => "voided",
            (true, None) => "would be sent",
            (true, Some(_)) => "would be voided",
        };
        (self.tell)(&row(deed, &job.id, Some(job), job.void.map_or("", Reason::name)));
    }

    fn left(&mut self, id: &str, job: Option<&Job>, why: &str) {
        self.counts.left += 1;
        (self.tell)(&row("left", id, job, why));
    }

    fn progress(&mut self) {
        if self.said.elapsed() >= PROGRESS {
            self.said = moment();
            let Counts { sent, voided, left, .. } = self.counts;
            eprintln!("redrive: {sent} sent, {voided} voided, {left} left");
        }
    }
}

// === impl Job ===

impl Job {
    fn new(letter: &Received, output: VenueOrder, attempt: u32, void: Option<Reason>) -> Self {
        let request = output.request.clone().filter(|_| void.is_none());
        let sent = VenueOrder { request, ..output.clone() };
        let queued = queue::message(&sent, attempt, void.map(Reason::name));
        let message = Outgoing {
            group: queued.group,
            deduplication: queued.deduplication,
            body: queued.body,
            attributes: queued.attributes,
        };
        let (id, receipt) = (letter.id.clone(), letter.receipt.clone());
        Self { id, receipt, output, attempt, void, message }
    }
}

/// Takes the first letter of each account that isn't blocked, as many as one call may send.
fn round(jobs: &mut Vec<Job>, blocked: &BTreeSet<String>) -> Vec<Job> {
    let (mut round, mut rest, mut bytes) = (Vec::<Job>::new(), Vec::new(), 0);
    let mut groups = blocked.clone();
    for job in jobs.drain(..) {
        let is_first = groups.insert(job.message.group.clone());
        let fits = round.is_empty() || bytes + job.message.body.len() <= aws::BATCH_BYTES_MAX;
        if is_first && fits && round.len() < aws::BATCH_MAX {
            bytes += job.message.body.len();
            round.push(job);
        } else {
            rest.push(job);
        }
    }
    *jobs = rest;
    round
}

fn row(deed: &str, id: &str, job: Option<&Job>, why: &str) -> Value {
    let mut row = json!({ "letter": deed, "id": id, "why": why });
    if let Some(job) = job {
        row["account"] = json!(job.output.account);
        row["venue_seq"] = json!(job.output.venue_seq);
        row["order"] = json!(job.output.order.to_string());
        row["attempt"] = json!(job.attempt);
    }
    row
}
