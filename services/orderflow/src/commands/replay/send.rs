//! A file on its way to the streams: a producer that goes on where the stream ends.
//!
//! Entry points: [`Shipment::new`], [`Shipment::send`].
//! Invariants: the producer's id is the file's digest and a record's sequence is its ordinal, so
//! that the stream ignores what it has. A record's bytes depend on the file alone. A batch is on
//! `orders` before its trades are on `executions`; a start after a crash puts what either lacks.
//! Limits: [`BATCH_RECORDS`] records for one sync. It waits for the disk, and for the clock when it
//! keeps the recorded speed; it knows no lane. On a crash the batch under way is on the streams in
//! part; the next start maps the file again and goes on behind it.

use std::fs::File;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use domain::{AccountKey, Timestamp};
use local::stream::{Put, Stream};
use wire::message::{Message, encode_into};

use super::extra::Extras;
use crate::error::Error;
use crate::itch::{Act, Mapper, Message as Feed, Reader, Step, Survey, reader, record};
use crate::world::clock;

/// Records that one sync of a stream covers.
pub(super) const BATCH_RECORDS: usize = 2_048;

/// Longest sleep between two looks at whether to stop.
const SLEEP_MAX: Duration = Duration::from_millis(100);

/// How a file is sent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plan {
    /// Who sends it: the file's digest, or a new name under which it is sent anew.
    pub producer: u128,
    /// Stop after so many messages of the file.
    pub until: Option<u64>,
    /// As the file's times say, not as fast as possible.
    pub recorded_speed: bool,
    /// Extra records of a test.
    pub extras: Option<Extras>,
}

/// The streams that a file goes to.
#[derive(Clone, Debug)]
pub(super) struct Streams {
    /// Requests and reports.
    pub orders: Stream,
    /// The drop copy of trades.
    pub executions: Stream,
}

/// What was sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sent {
    /// Messages of the file, by the order of [`KINDS`].
    pub messages: [u64; 10],
    /// Records that it makes on `orders`, whether they were there before or not.
    pub records: u64,
    /// Of these, put now.
    pub put: u64,
}

/// Types of messages, in the order of the counts.
pub(super) const KINDS: [u8; 10] = *b"AFDEXUPRHS";

/// A file on its way.
#[derive(Debug)]
pub(super) struct Shipment<'a> {
    streams: &'a Streams,
    plan: Plan,
    /// Set when no more is to be sent.
    stop: &'a AtomicBool,
    sent: Sent,
    /// Requests of the file so far.
    requests: u64,
    orders: Batch,
    executions: Batch,
    /// When the first message was sent, and its time.
    began: Option<(Instant, Timestamp)>,
    bytes: Vec<u8>,
}

/// Records that wait for their sync.
#[derive(Debug, Default)]
struct Batch {
    /// Highest sequence that the stream has.
    high: u64,
    bytes: Vec<u8>,
    records: Vec<Waiting>,
}

#[derive(Clone, Copy, Debug)]
struct Waiting {
    key: AccountKey,
    sequence: u64,
    arrival: Timestamp,
    end: usize,
}

impl<'a> Shipment<'a> {
    /// A shipment that goes on where the streams end.
    #[must_use]
    pub(super) fn new(streams: &'a Streams, plan: Plan, stop: &'a AtomicBool) -> Self {
        let high = |stream: &Stream| stream.producer_high(plan.producer).unwrap_or(0);
        let orders = Batch { high: high(&streams.orders), ..Batch::default() };
        let executions = Batch { high: high(&streams.executions), ..Batch::default() };
        Self {
            streams,
            plan,
            stop,
            sent: Sent::default(),
            requests: 0,
            orders,
            executions,
            began: None,
            bytes: Vec::new(),
        }
    }

    /// Sends a file whose survey is given, up to its end, its damage, or a `stop`; `at` always
    /// holds how many messages were sent.
    ///
    /// # Errors
    /// The file can't be read, or isn't the one that was surveyed; the streams can't take more.
    pub(super) fn send(
        mut self,
        path: &Path,
        survey: &Survey,
        at: &AtomicU64,
    ) -> Result<Sent, Error> {
        let source =
            File::open(path).map_err(|source| reader::Error::Read { offset: 0, source })?;
        let mut reader = Reader::new(source);
        let mut mapper = Mapper::new(survey);
        let mut count = 0;
        let end = self.plan.until.map_or(survey.messages, |until| until.min(survey.messages));
        while count < end && !self.stop.load(Ordering::Relaxed) {
            let Some(message) = reader.next_message()? else { break };
            self.take(&mut mapper, &message)?;
            count += 1;
            at.store(count, Ordering::Relaxed);
        }
        self.put()?;
        Ok(self.sent)
    }

    fn take(&mut self, mapper: &mut Mapper, message: &Feed) -> Result<(), Error> {
        let kind = KINDS.iter().position(|kind| *kind == message.kind());
        if let Some(count) = kind.and_then(|kind| self.sent.messages.get_mut(kind)) {
            *count += 1;
        }
        let Some(step) = mapper.step(message) else { return Ok(()) };
        self.keep_time(step.time)?;
        let account = record::account(step.order.root);
        let request = record::request(&step);
        if let Some(request) = &request {
            self.requests += 1;
            self.message(&account, &step, request);
        }
        self.report(&account, &step);
        if let (Some(extras), Some(request)) = (self.plan.extras, &request)
            && let Some(extra) = extras.after(self.requests, request)
        {
            self.sent.records += 1;
            let key = AccountKey::of(&extra.account);
            self.orders.add(key, self.sent.records, step.time, &extra.data);
        }
        let waiting = self.orders.records.len().max(self.executions.records.len());
        if waiting >= BATCH_RECORDS { self.put() } else { Ok(()) }
    }

    fn report(&mut self, account: &str, step: &Step) {
        let trade = matches!(step.act, Act::Trade { .. });
        let ordinal = self.sent.records + 1;
        if ordinal <= self.orders.high && !(trade && ordinal > self.executions.high) {
            self.sent.records += 1;
            return;
        }
        let mut report = record::report(step);
        report.header.sequence = ordinal;
        if trade {
            let copy = wire::executions::encode(&report);
            self.executions.add(AccountKey::of(account), ordinal, step.time, &copy);
        }
        self.message(account, step, &Message::from(report));
    }

    /// Adds a request or report under its ordinal, unless the stream has it.
    fn message(&mut self, account: &str, step: &Step, message: &Message) {
        self.sent.records += 1;
        let ordinal = self.sent.records;
        if ordinal <= self.orders.high {
            return;
        }
        let mut message = message.clone();
        message.header_mut().sequence = ordinal;
        self.bytes.clear();
        encode_into(&message, &mut self.bytes);
        self.orders.add(AccountKey::of(account), ordinal, step.time, &self.bytes);
    }

    fn put(&mut self) -> Result<(), Error> {
        self.sent.put += self.orders.records.len() as u64;
        self.orders.put(&self.streams.orders, self.plan.producer)?;
        self.executions.put(&self.streams.executions, self.plan.producer)?;
        Ok(())
    }

    /// At the recorded speed: puts what waits and sleeps until the message is due.
    fn keep_time(&mut self, time: Timestamp) -> Result<(), Error> {
        if !self.plan.recorded_speed {
            return Ok(());
        }
        let now = clock::moment();
        let (began, first) = *self.began.get_or_insert((now, time));
        let due = began + Duration::from_nanos(time.since(first).max(0) as u64);
        if due > now {
            self.put()?;
        }
        while !self.stop.load(Ordering::Relaxed) {
            let left = due.saturating_duration_since(clock::moment());
            if left.is_zero() {
                break;
            }
            std::thread::sleep(left.min(SLEEP_MAX));
        }
        Ok(())
    }
}

impl Batch {
    fn add(&mut self, key: AccountKey, sequence: u64, arrival: Timestamp, data: &[u8]) {
        if sequence > self.high {
            self.bytes.extend_from_slice(data);
            self.records.push(Waiting { key, sequence, arrival, end: self.bytes.len() });
        }
    }

    fn put(&mut self, stream: &Stream, producer: u128) -> Result<(), local::Error> {
        let mut begin = 0;
        let puts: Vec<Put<'_>> = self
            .records
            .iter()
            .map(|waiting| {
                let data = self.bytes.get(begin..waiting.end).unwrap_or_default();
                begin = waiting.end;
                let Waiting { key, sequence, arrival, .. } = *waiting;
                Put { key, producer, sequence, arrival: Some(arrival), data }
            })
            .collect();
        let Some(last) = puts.last() else { return Ok(()) };
        stream.put(last.arrival.unwrap_or_default(), &puts)?;
        self.high = last.sequence;
        self.records.clear();
        self.bytes.clear();
        Ok(())
    }
}
