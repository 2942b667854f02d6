//! The venue's own file: every output that it took, what it did with it, and what it said.
//!
//! Entry points: [`VenueFile::open`], [`VenueFile::take`], [`VenueFile::commit`], [`history`].
//! Invariants: INV-13. Number and message are one record, written on the condition that the
//! receiver's rule allows the number; what was done with it is a second record behind it. One
//! commit covers many. Limits: the file only grows; a report's number and place are held for each
//! report. It has no pipe and no clock: time is handed in.
//!
//! On a crash records after the last commit are whole or gone. An output that was taken and not
//! acted on is acted on at the next open; nothing of it had left, because what leaves waits for the
//! commit.

use std::collections::VecDeque;
use std::path::Path;

use domain::{OrderId, Timestamp};
use local::disk::{Disk, RealDisk};
use local::log::{Frame, Log, OPENING, Place, Settings};
use wire::message::Message;
use wire::venue::VenueOrder;

use super::answer::{Behaviour, Deed, Exchange, sign};
use super::frame::{Fields, Pipe as _, Report, put_bytes};
use super::receive::{Receiver, Verdict};

/// Kind of a record: an output and its number.
const TAKEN: u8 = 1;
/// Kind of a record: what was done with it.
const DEED: u8 = 2;
/// Kind of a record: what was said.
const REPORT: u8 = 3;

/// How a venue is opened.
#[derive(Clone, Copy, Debug)]
pub struct Rules<'a> {
    /// Its MIC.
    pub venue: &'a str,
    /// How it answers; `None` keeps silent, as a replay wants it.
    pub behaviour: Option<Behaviour>,
    /// Whether the receiver's rule holds; off in one test alone.
    pub rule: bool,
    /// 128 drawn bits that name a new file's reports; a file that exists keeps its own.
    pub drawn: u128,
}

/// An open file with what it folds to.
#[derive(Debug)]
pub struct VenueFile<D: Disk = RealDisk> {
    log: Log<D>,
    state: State,
    venue: String,
    behaviour: Option<Behaviour>,
}

#[derive(Debug)]
struct State {
    receiver: Receiver,
    exchange: Exchange,
    /// Taken and not acted on, in the order in which they are due.
    due: VecDeque<VenueOrder>,
    reports: Vec<(u64, Place)>,
    producer: u128,
}

/// Why a venue stops.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Its disk.
    #[error(transparent)]
    Disk(#[from] local::Error),
    /// A record that this release doesn't read.
    #[error(
        "OR-0302 the venue's file has a record that this release can't read (kind {kind}): start \
         with the release that wrote it, or move the venue's folder away"
    )]
    Record {
        /// Its kind.
        kind: u8,
    },
    /// More outputs wait for an earlier one than may.
    #[error(
        "OR-0303 account {account} has too many outputs that wait for an earlier one: its relay \
         skips; run `orderflow journal verify`"
    )]
    Parked {
        /// The account.
        account: String,
    },
    /// The pipe to the parent.
    #[error("OR-0304 the venue's pipe failed: {0}: start orderflow again")]
    Pipe(#[from] std::io::Error),
}

/// One line of a venue's history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The account.
    pub account: String,
    /// Number of the output.
    pub venue_seq: u64,
    /// The router's name of the order.
    pub order: OrderId,
    /// What was done with it.
    pub deed: Deed,
    /// Who sent the order.
    pub sender: String,
    /// ClOrdID of the message.
    pub cl_ord_id: String,
    /// OrigClOrdID of the message; may be empty.
    pub orig_cl_ord_id: String,
}

/// What `folder` says that the venue did, oldest first.
///
/// # Errors
/// The file is damaged, or a process has it open.
pub fn history(folder: &Path, venue: &str) -> Result<Vec<Line>, Error> {
    let mut lines = Vec::new();
    let mut unread = None;
    Log::open(RealDisk, folder, settings(venue), &[0; 16], &mut |frame: &Frame<'_>| {
        if frame.kind == DEED {
            match line(frame.body) {
                Some((line, _)) => lines.push(line),
                None => unread = Some(frame.kind),
            }
        }
        Ok(())
    })?;
    unread.map_or(Ok(lines), |kind| Err(Error::Record { kind }))
}

fn settings(venue: &str) -> Settings {
    let name = format!("venue {venue}");
    Settings::new(domain::hash::row(name.as_bytes()))
}

impl<D: Disk> VenueFile<D> {
    /// Opens the file in `folder`, or makes it; acts on what was taken and not acted on.
    ///
    /// # Errors
    /// What the disk refuses, or a file that this release doesn't read.
    pub fn open(disk: D, folder: &Path, rules: &Rules<'_>, now: Timestamp) -> Result<Self, Error> {
        let mut state = State {
            receiver: Receiver::new(rules.rule),
            exchange: Exchange::default(),
            due: VecDeque::new(),
            reports: Vec::new(),
            producer: rules.drawn,
        };
        let opening = rules.drawn.to_be_bytes();
        let mut unread = None;
        let settings = settings(rules.venue);
        let log = Log::open(disk, folder, settings, &opening, &mut |frame: &Frame<'_>| {
            if state.fold(frame).is_none() {
                unread.get_or_insert(frame.kind);
            }
            Ok(())
        })?;
        if let Some(kind) = unread {
            return Err(Error::Record { kind });
        }
        let venue = rules.venue.to_owned();
        let mut file = Self { log, state, venue, behaviour: rules.behaviour };
        let mut said = Vec::new();
        file.act(now, &mut said)?;
        file.commit()?;
        Ok(file)
    }

    /// Under which its reports are put.
    pub const fn producer(&self) -> u128 {
        self.state.producer
    }

    /// Takes an output (`wire::venue` bytes) by the receiver's rule, and acts on what is due;
    /// appends what is to be said after the next [`VenueFile::commit`]. `None`: the bytes are no
    /// output.
    ///
    /// # Errors
    /// What the disk refuses; a gap that grows too long.
    pub fn take(
        &mut self,
        bytes: &[u8],
        now: Timestamp,
        said: &mut Vec<Report>,
    ) -> Result<Option<Verdict>, Error> {
        let Some(output) = readable(bytes) else { return Ok(None) };
        match self.state.receiver.judge(&output.account, output.venue_seq) {
            Verdict::Known => return Ok(Some(Verdict::Known)),
            Verdict::Full => return Err(Error::Parked { account: output.account }),
            Verdict::Next | Verdict::Parked => {}
        }
        self.append(TAKEN, bytes)?;
        let verdict = self.state.take(output);
        self.act(now, said)?;
        Ok(Some(verdict))
    }

    /// Makes everything durable that was taken, done and said.
    ///
    /// # Errors
    /// What the disk refuses: final.
    pub fn commit(&mut self) -> Result<(), Error> {
        Ok(self.log.commit()?)
    }

    /// The reports above a number, in order.
    ///
    /// # Errors
    /// What the disk refuses.
    pub fn reports_after(&self, sequence: u64) -> Result<Vec<Report>, Error> {
        let reader = self.log.reader();
        let first = self.state.reports.partition_point(|(number, _)| *number <= sequence);
        let mut buffer = Vec::new();
        let mut reports = Vec::new();
        for (_, place) in self.state.reports.get(first..).unwrap_or_default() {
            let body = reader.read(*place, &mut buffer)?;
            let report = Report::take(&mut Fields(body)).ok_or(Error::Record { kind: REPORT })?;
            reports.push(report);
        }
        Ok(reports)
    }

    fn act(&mut self, now: Timestamp, said: &mut Vec<Report>) -> Result<(), Error> {
        while let Some(output) = self.state.due.pop_front() {
            let message = request(&output);
            let behaviour = self.behaviour;
            let done = self.state.exchange.act(&output, message.as_ref(), behaviour.as_ref());
            let mut body = Vec::with_capacity(128);
            put_line(&Line::of(&output, message.as_ref(), done.deed), behaviour, &mut body);
            self.append(DEED, &body)?;
            for mut report in done.reports {
                let sequence = self.state.reports.last().map_or(1, |(last, _)| last + 1);
                sign(&mut report, &self.venue, sequence, now);
                let account = report.header.account.clone();
                let executions = wire::executions::encode(&report);
                let orders = wire::message::encode(&Message::from(report));
                let report = Report { sequence, account, orders, executions };
                body.clear();
                report.put(&mut body);
                let place = self.append(REPORT, &body)?;
                self.state.reports.push((sequence, place));
                said.push(report);
            }
        }
        Ok(())
    }

    fn append(&mut self, kind: u8, body: &[u8]) -> Result<Place, Error> {
        let producer = self.state.producer;
        Ok(self.log.append(kind, body, || producer.to_be_bytes().to_vec())?)
    }
}

impl State {
    /// Takes a record of the file; `None` when it isn't one of ours.
    fn fold(&mut self, frame: &Frame<'_>) -> Option<()> {
        match frame.kind {
            OPENING => self.producer = u128::from_be_bytes(frame.body.try_into().ok()?),
            TAKEN => {
                self.take(readable(frame.body)?);
            }
            DEED => {
                let (line, behaviour) = line(frame.body)?;
                let output = self.due.pop_front()?;
                let message = request(&output);
                let done = self.exchange.act(&output, message.as_ref(), behaviour.as_ref());
                (line == Line::of(&output, message.as_ref(), done.deed)).then_some(())?;
            }
            REPORT => self.reports.push((Fields(frame.body).number()?, frame.place)),
            _ => return None,
        }
        Some(())
    }

    fn take(&mut self, output: VenueOrder) -> Verdict {
        self.receiver.take(output, &mut self.due)
    }
}

impl Line {
    fn of(output: &VenueOrder, message: Option<&Message>, deed: Deed) -> Self {
        let text = |of: fn(&Message) -> &str| message.map(of).unwrap_or_default().to_owned();
        Self {
            account: output.account.clone(),
            venue_seq: output.venue_seq,
            order: output.order,
            deed,
            sender: text(|message| &message.header().sender),
            cl_ord_id: text(Message::cl_ord_id),
            orig_cl_ord_id: text(Message::orig_cl_ord_id),
        }
    }
}

/// An output whose request, if it has one, can be read.
fn readable(bytes: &[u8]) -> Option<VenueOrder> {
    let output = wire::venue::parse(bytes).ok()?;
    let void = output.request.is_none();
    (void || request(&output).is_some()).then_some(output)
}

fn request(output: &VenueOrder) -> Option<Message> {
    wire::message::parse(output.request.as_ref()?).ok()
}

/// A deed with the settings that led to it, so that another start with other settings folds the
/// same.
fn put_line(line: &Line, behaviour: Option<Behaviour>, out: &mut Vec<u8>) {
    out.extend_from_slice(&line.venue_seq.to_be_bytes());
    out.push(line.deed as u8);
    put_bytes(&line.order.0.to_be_bytes(), out);
    for text in [&line.account, &line.sender, &line.cl_ord_id, &line.orig_cl_ord_id] {
        put_bytes(text.as_bytes(), out);
    }
    let behaviour = behaviour.map(|of| [of.fill, of.partial, of.reject, of.silent]);
    put_bytes(behaviour.as_ref().map_or(&[][..], |percent| &percent[..]), out);
}

fn line(body: &[u8]) -> Option<(Line, Option<Behaviour>)> {
    let mut fields = Fields(body);
    let venue_seq = fields.number()?;
    let deed = Deed::of_code(fields.byte()?)?;
    let line = Line {
        venue_seq,
        deed,
        order: OrderId(u128::from_be_bytes(fields.bytes()?.try_into().ok()?)),
        account: fields.text()?.to_owned(),
        sender: fields.text()?.to_owned(),
        cl_ord_id: fields.text()?.to_owned(),
        orig_cl_ord_id: fields.text()?.to_owned(),
    };
    let behaviour = match fields.bytes()? {
        [] => None,
        [fill, partial, reject, silent] => {
            Some(Behaviour { fill: *fill, partial: *partial, reject: *reject, silent: *silent })
        }
        _ => return None,
    };
    Some((line, behaviour))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use domain::{Mic, OrdType, Price, Quantity, Side};
    use local::disk::RecordedDisk;
    use wire::message::{Header, NewOrderSingle, OrderCancelRequest};

    use super::*;

    const NOW: Timestamp = Timestamp(1_577_682_000_000_000_000);

    fn rules(behaviour: Option<Behaviour>) -> Rules<'static> {
        Rules { venue: "XDEM", behaviour, rule: true, drawn: 77 }
    }

    fn all_filled() -> Option<Behaviour> {
        Some(Behaviour { fill: 100, partial: 0, reject: 0, silent: 0 })
    }

    fn output(venue_seq: u64, order: u128, request: &Message) -> Vec<u8> {
        wire::venue::encode(&VenueOrder {
            venue_seq,
            id: 9,
            order: OrderId(order),
            account: "A-1".to_owned(),
            venue: Mic::new("XDEM").expect("four letters"),
            request: Some(wire::message::encode(request)),
        })
    }

    fn header() -> Header {
        let (sender, account) = ("S".to_owned(), "A-1".to_owned());
        Header { sender, account, ..Header::default() }
    }

    fn new(cl_ord_id: &str) -> Message {
        Message::from(NewOrderSingle {
            header: header(),
            cl_ord_id: cl_ord_id.to_owned(),
            transact_time: NOW,
            symbol: "BOB".to_owned(),
            side: Side::Buy.into(),
            ord_type: OrdType::Limit.into(),
            order_qty: Quantity::whole(100),
            price: Price::whole(5),
            ..NewOrderSingle::default()
        })
    }

    fn cancel(cl_ord_id: &str, original: &str) -> Message {
        Message::from(OrderCancelRequest {
            header: header(),
            cl_ord_id: cl_ord_id.to_owned(),
            transact_time: NOW,
            orig_cl_ord_id: original.to_owned(),
        })
    }

    fn open(disk: &RecordedDisk, behaviour: Option<Behaviour>) -> VenueFile<RecordedDisk> {
        let folder = PathBuf::from("venue");
        VenueFile::open(disk.clone(), &folder, &rules(behaviour), NOW).expect("the disk is whole")
    }

    #[test]
    fn an_output_that_comes_again_is_dropped_also_after_a_restart() {
        let disk = RecordedDisk::default();
        let mut said = Vec::new();
        let first = output(1, 5, &new("1"));
        {
            let mut file = open(&disk, None);
            let taken = file.take(&first, NOW, &mut said).expect("the disk takes it");
            assert_eq!(taken, Some(Verdict::Next));
            file.commit().expect("the disk syncs");
        }
        let mut file = open(&disk, None);
        assert_eq!(file.producer(), 77);
        let again = file.take(&first, NOW, &mut said).expect("the disk takes it");
        assert_eq!(again, Some(Verdict::Known));
        assert!(said.is_empty(), "a mute venue says nothing");
    }

    #[test]
    fn what_was_said_is_said_again_from_the_number_that_is_asked_for() {
        let disk = RecordedDisk::default();
        let mut said = Vec::new();
        {
            let mut file = open(&disk, all_filled());
            for (number, request) in [(1, new("1")), (2, cancel("2", "1"))] {
                let output = output(number, 5, &request);
                file.take(&output, NOW, &mut said).expect("the disk takes it");
            }
            file.commit().expect("the disk syncs");
        }
        let kinds: Vec<_> = said
            .iter()
            .map(|report| match wire::message::parse(&report.orders) {
                Ok(Message::ExecutionReport(report)) => report.exec_type.known(),
                other => panic!("{other:?}"),
            })
            .collect();
        use domain::ExecType::{CancelRejected, New, Trade};
        assert_eq!(kinds, [Some(New), Some(Trade), Some(CancelRejected)]);
        // Another start with other settings folds the same.
        let file = open(&disk, None);
        assert_eq!(file.reports_after(1).expect("the disk is whole"), said[1..]);
        assert!(wire::executions::parse(&said[0].executions).is_ok());
    }

    #[test]
    fn what_is_no_output_is_refused_and_moves_nothing() {
        let disk = RecordedDisk::default();
        let mut file = open(&disk, None);
        let mut said = Vec::new();
        assert_eq!(file.take(b"nonsense", NOW, &mut said).expect("nothing is written"), None);
        let first = output(1, 5, &new("1"));
        let taken = file.take(&first, NOW, &mut said).expect("the disk takes it");
        assert_eq!(taken, Some(Verdict::Next));
    }
}
