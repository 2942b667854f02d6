//! What must hold of any bytes that `wire` is given: one function for each fuzz target.
//!
//! Each panics when something doesn't hold: accepted bytes written again mean the same, and a
//! second reader (generated code, or one that is too simple to be wrong) agrees.

use domain::inbound::{BLOCKED_MAX, Faults, New, Report, RequestHead, Undecodable, scope_key};
use domain::{AccountKey, ExecIdentity, ExecType, Identity, IdentityKey, Inbound, Mic, OrdStatus};
use domain::{OrdType, Parties, PartyKey, Price, Quantity, Scope, Side, Symbol, TimeInForce};
use prost::Message as _;
use wire::events::{DeadLetter, LifeCycle, OrderView};
use wire::journal::{BodyWriter, Input};
use wire::message::{Coded, ExecutionReport, Message, NewOrderSingle};
use wire::orders::{is_identity, is_mic};

/// The key of all identities here.
const KEY: IdentityKey = IdentityKey([7; 16]);

/// The line's reader and the reference agree on what is accepted, on why something isn't, and on
/// every field; what was accepted means the same when it is written again.
pub fn orders(bytes: &[u8]) {
    let inbound = wire::orders::decode(&KEY, bytes);
    let message = match wire::message::parse(bytes) {
        Ok(message) => message,
        Err(fault) => {
            let hash = domain::hash::row(bytes);
            assert_eq!(inbound, Inbound::Undecodable(Undecodable { fault, hash }));
            return;
        }
    };
    assert_eq!(inbound, expected(&message, content(&inbound)));
    let again = wire::message::encode(&message);
    assert_eq!(wire::message::parse(&again).as_ref(), Ok(&message));
    assert_eq!(wire::orders::decode(&KEY, &again), inbound);
    assert_ne!(content(&inbound), content(&wire::orders::decode(&KEY, &changed(message))));
}

/// A drop copy that is accepted is the same when it is written again, and is accepted on `orders`.
pub fn executions(bytes: &[u8]) {
    let Ok(report) = wire::executions::parse(bytes) else { return };
    assert_eq!(wire::executions::parse(&wire::executions::encode(&report)).as_ref(), Ok(&report));
    let message = Message::from(report);
    assert_eq!(wire::message::parse(&wire::message::encode(&message)), Ok(message));
}

/// An aggregate is read as generated code reads it, or refused whole. The bytes are tried as they
/// are, and framed, so that the checksum doesn't keep the inside from being reached.
pub fn aggregate(bytes: &[u8]) {
    records(bytes);
    let sum: [u8; 16] = <md5::Md5 as md5::Digest>::digest(bytes).into();
    let framed = [&[0xf3, 0x89, 0x9a, 0xc2], bytes, &sum].concat();
    records(&framed);
    let expected = Aggregate::decode(bytes).ok().filter(Aggregate::is_sound);
    let read = wire::aggregate::records(&framed).ok();
    let read: Option<Vec<_>> = read.map(|records| records.map(|record| record.data).collect());
    // A record longer than a Kinesis record may be is refused by its length alone.
    if framed.len() <= wire::limits::RECORD_BYTES_MAX {
        let expected = expected.as_ref();
        assert_eq!(read, expected.map(|all| all.records.iter().map(Item::data).collect()));
    }
}

/// Bodies, Begins, Ends and entries that are accepted are the same when they are written again.
pub fn journal(bytes: &[u8]) {
    let mut body = BodyWriter::default();
    let inputs: Result<Vec<_>, _> = wire::journal::inputs(bytes).collect();
    let whole = |input: &Input<'_>| !matches!(input, Input::Record(record) if record.cut.is_some());
    if let Ok(inputs) = inputs {
        for input in &inputs {
            match input {
                Input::Record(record) => {
                    let _ = record.inbound(&KEY);
                    body.clock(record.clock);
                    body.record(record.position, record.arrival, record.data, &record.outcome);
                }
                Input::Control { control } => body.control(control),
            }
        }
        if inputs.iter().all(whole) {
            let again: Result<Vec<_>, _> = wire::journal::inputs(body.bytes()).collect();
            assert_eq!(again.as_ref(), Ok(&inputs));
        }
    }
    if let Ok(begin) = wire::journal::begin(bytes) {
        body.clear();
        body.begin(&begin);
        assert_eq!(wire::journal::begin(body.bytes()), Ok(begin));
    }
    if let Ok(end) = wire::journal::end(bytes) {
        body.clear();
        body.end(&end);
        assert_eq!(wire::journal::end(body.bytes()), Ok(end));
    }
    if let Ok(entry) = wire::entry::decode(bytes) {
        let mut again = Vec::new();
        wire::entry::encode(&entry, &mut again);
        assert_eq!(wire::entry::decode(&again), Ok(entry));
    }
}

/// What leaves after the commit is the same when it is written again.
pub fn events(bytes: &[u8]) {
    if let Ok(event) = LifeCycle::decode(bytes) {
        // A text that is too long is cut by the first writer.
        let cut = LifeCycle::decode(&event.encode()).expect("what is written can be read");
        assert_eq!(LifeCycle { text: event.text.clone(), ..cut.clone() }, event);
        assert_eq!(LifeCycle::decode(&cut.encode()), Ok(cut));
    }
    if let Ok(view) = OrderView::decode(bytes) {
        assert_eq!(OrderView::decode(&view.encode()), Ok(view));
    }
    if let Ok(letter) = DeadLetter::decode(bytes) {
        let cut = DeadLetter::decode(&letter.encode()).expect("what is written can be read");
        assert_eq!(DeadLetter { text: letter.text.clone(), ..cut }, letter);
    }
    if let Ok(output) = wire::venue::parse(bytes) {
        assert_eq!(wire::venue::parse(&wire::venue::encode(&output)), Ok(output));
    }
}

/// A set that is accepted is sound, and the same when it is rendered and read again; one that isn't
/// says why.
pub fn configuration(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match wire::configuration::parse(text) {
        Ok(set) => {
            assert!(wire::configuration::is_sound(&set));
            let again = wire::configuration::parse(&wire::configuration::render(&set));
            assert_eq!(again, Ok(set));
        }
        Err(problems) => assert!(!problems.is_empty()),
    }
}

/// The input that a message must become, but for its content, which `content` gives.
fn expected(message: &Message, content: u128) -> Inbound {
    let header = message.header();
    let identity = |id: &str| KEY.request(&header.sender, &header.account, id);
    let mut head = RequestHead {
        account: AccountKey::of(&header.account),
        identity: identity(message.cl_ord_id()),
        content,
        transact_time: message.transact_time(),
        poss_resend: header.poss_resend,
        hops: header.hops.min(255) as u8,
        faults: Faults::default(),
    };
    let original = match is_identity(message.orig_cl_ord_id()) {
        true => identity(message.orig_cl_ord_id()),
        false => Identity(0),
    };
    let named = |head: RequestHead| match original {
        Identity(0) => RequestHead { faults: head.faults.with(Faults::ORIGINAL), ..head },
        _ => head,
    };
    match message {
        Message::NewOrderSingle(new) => expected_new(new, head),
        Message::OrderCancelRequest(_) => {
            Inbound::Cancel(domain::inbound::Cancel { head: named(head), original })
        }
        Message::OrderCancelReplaceRequest(replace) => Inbound::Replace(domain::inbound::Replace {
            head: named(head),
            original,
            order_qty: replace.order_qty,
            price: replace.price,
        }),
        Message::OrderMassCancelRequest(mass) => {
            if Symbol::new(&mass.symbol).is_none() {
                head.faults = Faults::SYMBOL;
            }
            let symbol = Symbol::new(&mass.symbol).unwrap_or_default();
            Inbound::MassCancel(domain::inbound::MassCancel { head, symbol })
        }
        Message::OrderStatusRequest(_) => Inbound::Status(domain::inbound::Status { head }),
        Message::ExecutionReport(report) => expected_report(report, content),
    }
}

fn expected_new(new: &NewOrderSingle, mut head: RequestHead) -> Inbound {
    let symbol = Symbol::new(&new.symbol).unwrap_or_default();
    let is_firm = new.executing_firm.is_empty() || is_identity(&new.executing_firm);
    let is_destination = new.ex_destination.is_empty() || is_mic(&new.ex_destination);
    let venues = &new.blocked_venues;
    let is_blocked = venues.len() <= BLOCKED_MAX && venues.iter().all(|venue| is_mic(venue));
    let mut blocked = [Mic::EMPTY; BLOCKED_MAX];
    if is_blocked {
        for (place, venue) in blocked.iter_mut().zip(venues) {
            *place = Mic::new(venue).unwrap_or_default();
        }
    }
    let [client, trader, desk, strategy] = parties_of(new)
        .map(|(scope, name)| PartyKey::of(scope, if is_party(name) { name } else { "" }));
    let faults = [
        (new.side.known().is_none(), Faults::SIDE),
        (new.ord_type.known().is_none(), Faults::ORD_TYPE),
        (matches!(new.time_in_force, Coded::Unknown(_)), Faults::TIME_IN_FORCE),
        (symbol.is_empty(), Faults::SYMBOL),
        (!is_destination, Faults::DESTINATION),
        (!is_firm, Faults::FIRM),
        (!parties_of(new).iter().all(|(_, name)| is_party(name)), Faults::PARTY),
        (!is_blocked, Faults::BLOCKED),
    ];
    for (_, fault) in faults.into_iter().filter(|(wrong, _)| *wrong) {
        head.faults = head.faults.with(fault);
    }
    let ex_destination = if is_destination { &*new.ex_destination } else { "" };
    Inbound::New(New {
        head,
        firm: if is_firm { scope_key(Scope::Firm, &new.executing_firm) } else { 0 },
        symbol,
        side: new.side.known().unwrap_or(Side::Buy),
        ord_type: new.ord_type.known().unwrap_or(OrdType::Limit),
        time_in_force: new.time_in_force.known().unwrap_or(TimeInForce::Day),
        order_qty: new.order_qty,
        price: new.price,
        ex_destination: Mic::new(ex_destination).unwrap_or_default(),
        blocked,
        expire_time: new.expire_time,
        sender: PartyKey::of(Scope::All, &new.header.sender),
        parties: Parties { client, trader, desk, strategy },
    })
}

fn parties_of(new: &NewOrderSingle) -> [(Scope, &str); 4] {
    [
        (Scope::Client, &new.client),
        (Scope::Trader, &new.trader),
        (Scope::Desk, &new.desk),
        (Scope::Strategy, &new.strategy),
    ]
}

fn is_party(name: &str) -> bool {
    name.is_empty() || is_identity(name)
}

fn expected_report(report: &ExecutionReport, content: u128) -> Inbound {
    let account = &report.header.account;
    let identity = |id: &str| KEY.request(&report.target_comp_id, account, id);
    let venue = Mic::new(&report.last_mkt).unwrap_or_default();
    let exec = |id: &str| KEY.report(venue, report.trade_date, id);
    let exec_type = report.exec_type.known().expect("an accepted report has a type");
    let original = match &*report.orig_cl_ord_id {
        "" => identity(&report.cl_ord_id),
        original => identity(original),
    };
    let (quantity, price) = match exec_type {
        ExecType::Trade | ExecType::TradeCorrect => (report.last_qty, report.last_px),
        ExecType::Replaced => (report.order_qty, report.price),
        ExecType::Restated => (report.order_qty, Price(0)),
        _ => (Quantity::ZERO, Price(0)),
    };
    Inbound::Report(Report {
        account: AccountKey::of(account),
        identity: identity(&report.cl_ord_id),
        original,
        exec: exec(&report.exec_id),
        exec_ref: match &*report.exec_ref_id {
            "" => ExecIdentity(0),
            id => exec(id),
        },
        content,
        venue,
        trade_date: report.trade_date,
        exec_type,
        ord_status: report.ord_status.known().unwrap_or(OrdStatus::Rejected),
        quantity,
        price,
        transact_time: report.transact_time,
        venue_seq: if exec_type == ExecType::Void { report.venue_seq } else { 0 },
        hops: report.header.hops.min(255) as u8,
    })
}

fn content(inbound: &Inbound) -> u128 {
    match inbound {
        Inbound::Report(report) => report.content,
        _ => inbound.head().map_or(0, |head| head.content),
    }
}

/// The bytes of the same message with another TransactTime.
fn changed(mut message: Message) -> Vec<u8> {
    let time = match &mut message {
        Message::NewOrderSingle(body) => &mut body.transact_time,
        Message::OrderCancelRequest(body) => &mut body.transact_time,
        Message::OrderCancelReplaceRequest(body) => &mut body.transact_time,
        Message::OrderMassCancelRequest(body) => &mut body.transact_time,
        Message::OrderStatusRequest(body) => &mut body.transact_time,
        Message::ExecutionReport(body) => &mut body.transact_time,
    };
    time.0 ^= 1;
    wire::message::encode(&message)
}

/// Reads a Kinesis record, and what it holds again from an aggregate of ours.
fn records(bytes: &[u8]) {
    let records = match wire::aggregate::records(bytes) {
        Ok(records) => records,
        Err(fault) => {
            let hash = domain::hash::row(bytes);
            let whole = Inbound::Undecodable(Undecodable { fault, hash });
            assert_eq!(wire::orders::decode(&KEY, bytes), whole);
            return;
        }
    };
    let mut writer = wire::aggregate::Writer::default();
    let mut expected = Vec::new();
    for (number, record) in records.enumerate() {
        assert_eq!(record.sub_sequence as usize, number);
        assert!(writer.push("key", None, record.data));
        expected.push(record.data);
    }
    assert!(!expected.is_empty());
    if writer.len() > wire::limits::RECORD_BYTES_MAX {
        return;
    }
    let again = writer.finish();
    let read: Vec<_> = wire::aggregate::records(&again)
        .expect("what is written can be read")
        .map(|record| record.data)
        .collect();
    assert_eq!(read, expected);
}

/// The KPL's message, for generated code.
#[derive(prost::Message)]
struct Aggregate {
    #[prost(string, repeated, tag = "1")]
    keys: Vec<String>,
    #[prost(string, repeated, tag = "2")]
    hash_keys: Vec<String>,
    #[prost(message, repeated, tag = "3")]
    records: Vec<Item>,
}

/// A record of it.
#[derive(prost::Message)]
struct Item {
    #[prost(uint64, optional, tag = "1")]
    key: Option<u64>,
    #[prost(uint64, optional, tag = "2")]
    hash_key: Option<u64>,
    #[prost(bytes = "vec", optional, tag = "3")]
    data: Option<Vec<u8>>,
}

impl Aggregate {
    fn is_sound(&self) -> bool {
        let within = |index: u64, count: usize| index < count as u64;
        let count = 1..=wire::limits::AGGREGATE_RECORDS_MAX;
        count.contains(&self.records.len())
            && self.records.iter().all(|item| {
                item.data.is_some()
                    && item.key.is_some_and(|key| within(key, self.keys.len()))
                    && item.hash_key.is_none_or(|key| within(key, self.hash_keys.len()))
            })
    }
}
