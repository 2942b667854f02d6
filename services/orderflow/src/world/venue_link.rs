//! The line's link to the demo venue: keeps its process running and what it hasn't answered.
//!
//! Entry points: [`VenueLink::start`], [`VenueLink::handle`], [`VenueLink::stop`].
//!
//! Invariants: INV-13's first half: an output is answered when the venue has it; when the process
//! is lost, what wasn't answered is handed to the next one in its order, and the receiver's rule
//! drops what it has.
//! Limits: [`VENUE_STARTS_MAX`] starts in a row that take nothing; then it gives up.
//!
//! It reads no output and makes no report.
//!
//! On a crash of this process the venue's pipe ends, and so does the venue.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::AccountKey;
use local::stream::{Put, Stream};
use ports::{Fault, Published};
use telemetry::Registry;
use telemetry::events::{VenueLost, VenueStarted, tell};

use super::clock;
use crate::error::Error;
use crate::limits::VENUE_STARTS_MAX;
use crate::venue::frame::Report;
use crate::venue::{Answer, Client, Program};

/// The link; clones share it.
#[derive(Clone)]
pub struct VenueLink {
    shared: Arc<Mutex<Link>>,
}

/// A publisher's end.
pub struct Handle {
    shared: Arc<Mutex<Link>>,
    number: u64,
    in_flight: usize,
}

struct Link {
    program: Program,
    orders: Stream,
    executions: Stream,
    registry: Registry,
    client: Option<Client>,
    /// Starts in a row whose process took nothing.
    idle_starts: u32,
    handles: u64,
    next: u64,
    /// Outputs that a process of this link said it has.
    taken: u64,
    /// What the venue hasn't answered, in the order of submission.
    unanswered: BTreeMap<u64, Unanswered>,
    /// Answers by handle.
    done: BTreeMap<u64, Vec<Published>>,
    failed: Option<String>,
}

struct Unanswered {
    handle: u64,
    ticket: u64,
    bytes: Vec<u8>,
}

// === impl VenueLink ===

impl VenueLink {
    /// Starts the venue's process; its reports are put on both streams.
    ///
    /// # Errors
    /// It doesn't start, or can't open its file.
    pub fn start(
        program: Program,
        orders: Stream,
        executions: Stream,
        registry: Registry,
    ) -> Result<Self, Error> {
        let mut link = Link {
            program,
            orders,
            executions,
            registry,
            client: None,
            idle_starts: 0,
            handles: 0,
            next: 0,
            taken: 0,
            unanswered: BTreeMap::new(),
            done: BTreeMap::new(),
            failed: None,
        };
        link.open().map_err(|reason| Error::Venue { reason })?;
        Ok(Self { shared: Arc::new(Mutex::new(link)) })
    }

    /// A publisher's end.
    #[must_use]
    pub fn handle(&self) -> Handle {
        let mut link = lock(&self.shared);
        let number = link.handles;
        link.handles += 1;
        link.done.insert(number, Vec::new());
        Handle { shared: Arc::clone(&self.shared), number, in_flight: 0 }
    }

    /// Outputs that the venue has said to have, since the start of this process.
    #[must_use]
    pub fn taken(&self) -> u64 {
        lock(&self.shared).taken
    }

    /// Why the venue was given up, if it was.
    #[must_use]
    pub fn failure(&self) -> Option<String> {
        lock(&self.shared).failed.clone()
    }

    /// Ends the process and takes its last reports.
    ///
    /// # Errors
    /// It ended with a failure.
    pub fn stop(&self) -> Result<(), Error> {
        let client = lock(&self.shared).client.take();
        let stopped = client.map_or(Ok(()), Client::stop);
        stopped.map_err(|error| Error::Venue { reason: error.to_string() })
    }
}

// === impl Handle ===

impl Handle {
    /// Hands an output over.
    pub fn submit(&mut self, ticket: u64, bytes: Vec<u8>) {
        lock(&self.shared).submit(self.number, ticket, bytes);
        self.in_flight += 1;
    }

    /// Appends what was answered.
    pub fn drain(&mut self, done: &mut Vec<Published>) {
        let mut link = lock(&self.shared);
        link.turn();
        if let Some(answers) = link.done.get_mut(&self.number) {
            self.in_flight = self.in_flight.saturating_sub(answers.len());
            done.append(answers);
        }
    }

    /// Outputs of this handle without an answer.
    #[must_use]
    pub const fn in_flight(&self) -> usize {
        self.in_flight
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        lock(&self.shared).done.remove(&self.number);
    }
}

fn lock(shared: &Mutex<Link>) -> MutexGuard<'_, Link> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

// === impl Link ===

impl Link {
    fn submit(&mut self, handle: u64, ticket: u64, bytes: Vec<u8>) {
        let number = self.next;
        self.next += 1;
        let sent = self.client.as_mut().map(|client| client.deliver(number, bytes.clone()));
        self.unanswered.insert(number, Unanswered { handle, ticket, bytes });
        if let Some(Err(error)) = sent {
            self.lost(&error.to_string());
        }
    }

    /// Takes answers; starts the process again when it was lost.
    fn turn(&mut self) {
        let mut answers = Vec::new();
        let drained = self.client.as_mut().map(|client| client.drain(&mut answers));
        let mut ended = match drained {
            Some(Err(error)) => Some(error.to_string()),
            _ => None,
        };
        for answer in answers {
            match answer {
                Answer::Taken(number) => {
                    self.idle_starts = 0;
                    self.taken += 1;
                    self.answer(number, Ok(()));
                }
                Answer::Refused(number, reason) => self.answer(number, Err(Fault::Fatal(reason))),
                Answer::Ended(how) => ended = Some(how),
            }
        }
        if let Some(how) = ended {
            self.lost(&how);
        }
        if self.failed.is_some() {
            self.refuse_all();
        }
    }

    /// Answers "not now" to everything: a start of the whole tries again.
    fn refuse_all(&mut self) {
        let numbers: Vec<_> = self.unanswered.keys().copied().collect();
        for number in numbers {
            self.answer(number, Err(Fault::Retry(domain::time::SECOND_NS)));
        }
    }

    fn answer(&mut self, number: u64, result: Result<(), Fault>) {
        let Some(one) = self.unanswered.remove(&number) else { return };
        if let Some(done) = self.done.get_mut(&one.handle) {
            done.push(Published { ticket: one.ticket, result });
        }
    }

    fn lost(&mut self, how: &str) {
        self.client = None;
        tell(&VenueLost { how: how.to_owned() }, &self.registry);
        self.idle_starts += 1;
        let opened = if self.idle_starts > VENUE_STARTS_MAX {
            Err(format!("started {VENUE_STARTS_MAX} times in vain; last: {how}"))
        } else {
            self.open()
        };
        if let Err(reason) = opened {
            self.failed = Some(Error::Venue { reason }.to_string());
            self.refuse_all();
        }
    }

    fn open(&mut self) -> Result<(), String> {
        let (orders, executions) = (self.orders.clone(), self.executions.clone());
        let through = |producer: u128| {
            let high = |stream: &Stream| stream.producer_high(producer).unwrap_or(0);
            high(&orders).min(high(&executions))
        };
        let (to_orders, to_executions) = (orders.clone(), executions.clone());
        let put = move |producer: u128, reports: &[Report]| {
            put(&to_orders, producer, reports, |report| &report.orders)?;
            put(&to_executions, producer, reports, |report| &report.executions)
        };
        let mut client =
            Client::start(&self.program, through, put).map_err(|error| error.to_string())?;
        for (number, one) in &self.unanswered {
            client.deliver(*number, one.bytes.clone()).map_err(|error| error.to_string())?;
        }
        tell(&VenueStarted { process: client.process() }, &self.registry);
        self.client = Some(client);
        Ok(())
    }
}

fn put(
    stream: &Stream,
    producer: u128,
    reports: &[Report],
    bytes: impl Fn(&Report) -> &[u8],
) -> Result<(), String> {
    // A stream remembers the highest sequence of a producer, and ignores what isn't above it.
    let puts: Vec<Put<'_>> = reports
        .iter()
        .map(|report| Put {
            key: AccountKey::of(&report.account),
            producer,
            sequence: report.sequence,
            arrival: None,
            data: bytes(report),
        })
        .collect();
    stream.put(clock::now(), &puts).map(|_| ()).map_err(|error| error.to_string())
}
