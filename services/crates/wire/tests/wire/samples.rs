//! One small, readable value of each kind, with its bytes: what `proto/golden` is made of.

use std::sync::Arc;

use domain::Writer;
use domain::outcome::{Forwarded, Notes, Rejection, Routed};
use domain::{AccountKey, Control, Entry, EntryKind, Epoch, ExecType, HashRange, Kill, LaneId};
use domain::{Counting, Counts, LimitKey, Reservation, Reservations, TradingState};
use domain::{Mic, OrdStatus, OrdType, OrderId, Outcome, Position, Price, Quantity, TurnClock};
use domain::{Reason, Reasons, Scope, Sequence, Side, StateDigest, Text, TimeInForce, Timestamp};
use wire::journal::{Begin, BodyWriter, Child, End, Parent};
use wire::message::OrderStatusRequest;
use wire::message::{ExecutionReport, Header, Message, NewOrderSingle};
use wire::message::{OrderCancelReplaceRequest, OrderCancelRequest, OrderMassCancelRequest};
use wire::venue::VenueOrder;

#[path = "samples/events.rs"]
mod events;
use events::events;
pub(crate) use events::{letter, turn, view, view_of_next_day};

/// An example of `proto/golden`.
pub(crate) struct Sample {
    /// File name without its ending, folder before it.
    pub(crate) name: &'static str,
    /// Full name of its message.
    pub(crate) kind: &'static str,
    /// What is written of it.
    pub(crate) bytes: Vec<u8>,
}

/// The opening of 2019-12-30 in New York.
pub(crate) const OPENING: Timestamp = Timestamp(1_577_716_200_000_000_000);

/// Every example but the aggregate.
pub(crate) fn all() -> Vec<Sample> {
    let mut samples = Vec::new();
    let envelope = "orderflow.orders.v1.Envelope";
    for (name, message) in messages() {
        samples.push(Sample { name, kind: envelope, bytes: wire::message::encode(&message) });
    }
    for (name, output) in outputs() {
        let bytes = wire::venue::encode(&output);
        samples.push(Sample { name, kind: "orderflow.orders.v1.VenueOrder", bytes });
    }
    let bytes = wire::executions::encode(&trade());
    let kind = "orderflow.executions.v1.DropCopy";
    samples.push(Sample { name: "executions/drop_copy", kind, bytes });
    for (name, event) in events() {
        let kind = "orderflow.events.v1.LifeCycle";
        samples.push(Sample { name, kind, bytes: event.encode() });
    }
    let kind = "orderflow.events.v1.OrderView";
    samples.push(Sample { name: "events/order_view", kind, bytes: view().encode() });
    let bytes = view_of_next_day().encode();
    samples.push(Sample { name: "events/order_view_of_next_day", kind, bytes });
    let kind = "orderflow.events.v1.DeadLetter";
    samples.push(Sample { name: "events/dead_letter", kind, bytes: letter().encode() });
    for (name, entry) in entries() {
        let mut bytes = Vec::new();
        wire::entry::encode(&entry, &mut bytes);
        samples.push(Sample { name, kind: "orderflow.journal.v1.Entry", bytes });
    }
    let bodies = [
        ("journal/begin_body", begin_body()),
        ("journal/batch_body", batch_body()),
        ("journal/batch_body_trading_states", trading_states_body()),
        ("journal/batch_body_counted", counted_body()),
        ("journal/batch_body_limits", limits_body()),
        ("journal/end_body", end_body()),
        ("journal/days_body", days_body()),
        ("journal/clocked_body", clocked_body()),
    ];
    for (name, bytes) in bodies {
        samples.push(Sample { name, kind: "orderflow.journal.v1.Body", bytes });
    }
    samples
}

/// Requests and reports.
pub(crate) fn messages() -> Vec<(&'static str, Message)> {
    let mut messages = requests();
    messages.extend(reports().into_iter().map(|(name, report)| (name, report.into())));
    messages
}

fn header() -> Header {
    Header {
        sender: "ITCH".to_owned(),
        account: "ITCH-417".to_owned(),
        sequence: 1_001,
        sending_time: OPENING.plus(5),
        ..Header::default()
    }
}

/// A limit order as most of them are.
pub(crate) fn plain_order() -> NewOrderSingle {
    NewOrderSingle {
        header: header(),
        cl_ord_id: "8417".to_owned(),
        transact_time: OPENING,
        symbol: "CHAR".to_owned(),
        side: Side::Buy.into(),
        ord_type: OrdType::Limit.into(),
        order_qty: Quantity::whole(100),
        price: Price(9_934_000_000),
        ..NewOrderSingle::default()
    }
}

fn requests() -> Vec<(&'static str, Message)> {
    let full = NewOrderSingle {
        header: Header { poss_resend: true, hops: 1, ..header() },
        time_in_force: TimeInForce::ImmediateOrCancel.into(),
        side: Side::SellShort.into(),
        ex_destination: "XDEM".to_owned(),
        executing_firm: "FIRM-A".to_owned(),
        ..plain_order()
    };
    let parties = NewOrderSingle {
        time_in_force: TimeInForce::GoodTillDate.into(),
        client: "CLIENT-A".to_owned(),
        trader: "TRADER-A".to_owned(),
        desk: "DESK-A".to_owned(),
        strategy: "STRATEGY-A".to_owned(),
        expire_time: OPENING.plus(86_400_000_000_000),
        blocked_venues: vec!["XTWO".to_owned(), "XTRE".to_owned()],
        ..plain_order()
    };
    let unknown = NewOrderSingle {
        side: wire::message::Coded::Unknown(57),
        symbol: "NOT A SYMBOL".to_owned(),
        ..plain_order()
    };
    let cancel = OrderCancelRequest {
        header: header(),
        cl_ord_id: "8417D1".to_owned(),
        transact_time: OPENING.plus(1_000),
        orig_cl_ord_id: "8417".to_owned(),
    };
    let replace = OrderCancelReplaceRequest {
        header: header(),
        cl_ord_id: "8418".to_owned(),
        transact_time: OPENING.plus(2_000),
        orig_cl_ord_id: "8417".to_owned(),
        order_qty: Quantity::whole(80),
        price: Price(9_935_000_000),
    };
    let mass = OrderMassCancelRequest {
        header: header(),
        cl_ord_id: "MASS-1".to_owned(),
        transact_time: OPENING.plus(3_000),
        symbol: "CHAR".to_owned(),
    };
    let status = OrderStatusRequest {
        header: header(),
        cl_ord_id: "8417".to_owned(),
        transact_time: OPENING.plus(4_000),
    };
    vec![
        ("orders/new_order_single_plain", plain_order().into()),
        ("orders/new_order_single_full", full.into()),
        ("orders/new_order_single_malformed", unknown.into()),
        ("orders/new_order_single_parties", parties.into()),
        ("orders/order_cancel_request", cancel.into()),
        ("orders/order_cancel_replace_request", replace.into()),
        ("orders/order_mass_cancel_request", mass.into()),
        ("orders/order_status_request", status.into()),
    ]
}

/// The report New of the plain order.
pub(crate) fn acknowledged() -> ExecutionReport {
    ExecutionReport {
        header: Header { sender: "XDEM".to_owned(), ..header() },
        target_comp_id: "ITCH".to_owned(),
        cl_ord_id: "8417".to_owned(),
        transact_time: OPENING.plus(10),
        exec_id: "R-8417".to_owned(),
        exec_type: ExecType::New.into(),
        ord_status: OrdStatus::New.into(),
        last_mkt: "XDEM".to_owned(),
        trade_date: OPENING.day(),
        order_qty: Quantity::whole(100),
        leaves_qty: Quantity::whole(100),
        price: Price(9_934_000_000),
        order_id: "X-1".to_owned(),
        symbol: "CHAR".to_owned(),
        side: Side::Buy.into(),
        ..ExecutionReport::default()
    }
}

/// A fill of the plain order.
pub(crate) fn trade() -> ExecutionReport {
    ExecutionReport {
        exec_id: "M-55".to_owned(),
        exec_type: ExecType::Trade.into(),
        ord_status: OrdStatus::PartiallyFilled.into(),
        last_qty: Quantity::whole(40),
        last_px: Price(9_933_500_000),
        cum_qty: Quantity::whole(40),
        leaves_qty: Quantity::whole(60),
        ..acknowledged()
    }
}

fn reports() -> Vec<(&'static str, ExecutionReport)> {
    let of = |exec_id: &str, exec_type: ExecType, ord_status: OrdStatus| ExecutionReport {
        exec_id: exec_id.to_owned(),
        exec_type: exec_type.into(),
        ord_status: ord_status.into(),
        ..acknowledged()
    };
    let answered = |report: ExecutionReport| ExecutionReport {
        cl_ord_id: "8417D1".to_owned(),
        orig_cl_ord_id: "8417".to_owned(),
        ..report
    };
    let rejected = ExecutionReport {
        ord_rej_reason: 2,
        text: "the market is closed".to_owned(),
        ..of("R-1", ExecType::Rejected, OrdStatus::Rejected)
    };
    let corrected = ExecutionReport {
        exec_id: "M-56".to_owned(),
        exec_ref_id: "M-55".to_owned(),
        exec_type: ExecType::TradeCorrect.into(),
        last_qty: Quantity::whole(30),
        ..trade()
    };
    let busted = ExecutionReport {
        exec_ref_id: "M-55".to_owned(),
        ..of("M-57", ExecType::TradeCancel, OrdStatus::New)
    };
    let halted = ExecutionReport {
        exec_restatement_reason: Some(6),
        ..of("R-4", ExecType::Canceled, OrdStatus::Canceled)
    };
    let refused = ExecutionReport {
        cxl_rej_reason: 1,
        ..answered(of("R-2", ExecType::CancelRejected, OrdStatus::Filled))
    };
    let void = ExecutionReport {
        ord_status: wire::message::Coded::Absent,
        venue_seq: 7,
        ..of("R-3", ExecType::Void, OrdStatus::Rejected)
    };
    let canceled = answered(of("R-8417D1", ExecType::Canceled, OrdStatus::Canceled));
    let replaced = answered(of("R-8418", ExecType::Replaced, OrdStatus::PartiallyFilled));
    vec![
        ("orders/execution_report_new", acknowledged()),
        ("orders/execution_report_trade", trade()),
        ("orders/execution_report_rejected", rejected),
        ("orders/execution_report_canceled", canceled),
        ("orders/execution_report_canceled_on_halt", halted),
        ("orders/execution_report_replaced", replaced),
        ("orders/execution_report_trade_correct", corrected),
        ("orders/execution_report_trade_cancel", busted),
        ("orders/execution_report_void", void),
        ("orders/order_cancel_reject", refused),
    ]
}

fn outputs() -> Vec<(&'static str, VenueOrder)> {
    let order = VenueOrder {
        venue_seq: 1,
        id: 0xabcd,
        order: OrderId(0x1234),
        account: "ITCH-417".to_owned(),
        venue: mic(),
        request: Some(wire::message::encode(&plain_order().into())),
    };
    let void = VenueOrder { venue_seq: 2, request: None, ..order.clone() };
    vec![("orders/venue_order", order), ("orders/venue_order_void", void)]
}

fn mic() -> Mic {
    Mic::new("XDEM").unwrap()
}

/// Who a lane with one parent is.
pub(crate) fn begin() -> Begin {
    Begin {
        application: "orderflow".to_owned(),
        region: "local".to_owned(),
        stream: "orders".to_owned(),
        stream_created: OPENING,
        shard: "shard-0".to_owned(),
        region_epoch: 1,
        range: HashRange::part(0, 4),
        parents: vec![Parent {
            lane: LaneId(76),
            index: 9,
            content: [3; 16],
            state: StateDigest { accounts: 1, lane: 2 },
        }],
    }
}

/// A shard's end by a split.
pub(crate) fn end() -> End {
    let child = |index, shard: &str| Child {
        shard: shard.to_owned(),
        range: HashRange::part(index, 8),
        accounts: u128::from(index) + 40,
        parents: Vec::new(),
        shares: Vec::new(),
    };
    End { children: vec![child(0, "shard-4"), child(1, "shard-5")], moved: 0 }
}

fn begin_body() -> Vec<u8> {
    let mut body = BodyWriter::default();
    body.begin(&begin());
    body.bytes().to_vec()
}

fn end_body() -> Vec<u8> {
    let mut body = BodyWriter::default();
    body.end(&end());
    body.bytes().to_vec()
}

/// Every control.
pub(crate) fn controls() -> Vec<Control> {
    let account = AccountKey::of("ITCH-417");
    let target = Text::new("CHAR").unwrap();
    vec![
        Control::Tick(OPENING),
        Control::Configuration { number: 1, hash: [5; 16] },
        Control::Kill(Kill {
            number: 1,
            scope: Scope::Symbol,
            target,
            state: TradingState::Halted,
        }),
        Control::Halt(account),
        Control::Release(account),
        Control::Window { span_ns: 900_000_000_000, identities: 1_000_000 },
        Control::Intake { closed: true },
        Control::Intake { closed: false },
    ]
}

/// Controls that say what is counted and how venues are, and an order that tries one.
fn counted_body() -> Vec<u8> {
    let mut body = BodyWriter::default();
    body.control(&Control::Counting(Counting {
        is_on: true,
        messages_ns: 1_000_000_000,
        executions_ns: 60_000_000_000,
        collar_ns: 300_000_000_000,
    }));
    let (venue, healthy, retry_ns) = (mic(), false, 30_000_000_000);
    body.control(&Control::Health { venue, healthy, retry_ns });
    body.control(&Control::Override(domain::Override {
        number: 3,
        account: AccountKey::of("ITCH-417"),
        symbol: domain::Symbol::new("CHAR").unwrap(),
        max_order_qty: domain::Quantity::whole(500),
        reasons: Reasons::only(Reason::MaxOrderQty),
        until: domain::Timestamp(OPENING.0 + 60_000_000_000),
        count: 2,
    }));
    let outcome = Outcome::Routed(Routed {
        order: OrderId(0x1234),
        venue,
        venue_seq: 1,
        rule: 1,
        configuration: 1,
        reference_price: Price::whole(57),
        reserved_price: Price::whole(63),
        notes: Notes::PROBE.with(Notes::WATCHED),
        overridden: 3,
        reservations: Reservations::default(),
    });
    let data = wire::message::encode(&plain_order().into());
    body.record(Position::new(Sequence::of(345), 0), OPENING, &data, &outcome);
    body.bytes().to_vec()
}

/// A switch of each scope, reducing.
fn trading_states_body() -> Vec<u8> {
    let (target, state) = (Text::new("CHAR").unwrap(), TradingState::Reducing);
    let mut body = BodyWriter::default();
    for (number, scope) in (1..).zip(Scope::ALL) {
        body.control(&Control::Kill(Kill { number, scope: *scope, target, state }));
    }
    body.bytes().to_vec()
}

/// The controls of the change of business day.
pub(crate) fn day_controls() -> Vec<Control> {
    vec![Control::BusinessDay { number: 2, date: OPENING.day() }, Control::DayEnd { orders: 512 }]
}

/// Three records of one turn and one of the next.
fn clocked_body() -> Vec<u8> {
    let mut body = BodyWriter::default();
    let data = wire::message::encode(&plain_order().into());
    body.clock(turn());
    for number in 0..4 {
        let position = Position::new(Sequence::of(345 + number), 0);
        if number == 3 {
            let received = turn().received.plus(700_000);
            body.clock(TurnClock { received, decided: received.plus(9_000), ..turn() });
        }
        body.record(position, OPENING, &data, &outcomes()[0]);
    }
    body.bytes().to_vec()
}

/// What limits that span lanes add: an allotment, and orders that count under it.
fn limits_body() -> Vec<u8> {
    let mut body = BodyWriter::default();
    let limit = LimitKey::of("credit");
    let amount = 25_000 * i128::from(domain::amount::SCALE).pow(2);
    body.control(&Control::Allotment { limit, amount, transfer: 3 });
    let mut reservations = Reservations::default();
    for (limit, counts) in [(limit, Counts::Gross), (LimitKey::of("net"), Counts::Buy)] {
        assert!(reservations.add(Reservation { limit, price: Price::whole(57), counts }));
    }
    let data = wire::message::encode(&plain_order().into());
    let outcomes = outcomes().into_iter().filter_map(|outcome| match outcome {
        Outcome::Routed(routed) => Some(Outcome::Routed(Routed { reservations, ..routed })),
        Outcome::Forwarded(forwarded) => {
            let reserved_price = Price::whole(58);
            Some(Outcome::Forwarded(Forwarded { reserved_price, ..forwarded }))
        }
        _ => None,
    });
    for (number, outcome) in (345..).zip(outcomes) {
        body.record(Position::new(Sequence::of(number), 0), OPENING, &data, &outcome);
    }
    body.bytes().to_vec()
}

fn days_body() -> Vec<u8> {
    let mut body = BodyWriter::default();
    day_controls().iter().for_each(|control| body.control(control));
    body.bytes().to_vec()
}

/// Every outcome.
pub(crate) fn outcomes() -> Vec<Outcome> {
    let (order, venue, configuration) = (OrderId(0x1234), mic(), 1);
    let mut reasons = Reasons::only(Reason::MaxOrderQty);
    reasons.add(Reason::MaxOrderNotional);
    vec![
        Outcome::Routed(Routed {
            order,
            venue,
            venue_seq: 1,
            rule: 1,
            configuration,
            reference_price: Price::whole(57),
            reserved_price: Price(0),
            notes: Notes::default(),
            overridden: 0,
            reservations: Reservations::default(),
        }),
        Outcome::Forwarded(Forwarded {
            order,
            venue,
            venue_seq: 2,
            configuration,
            reserved_price: Price(0),
        }),
        Outcome::MassForwarded { orders: 3, configuration },
        Outcome::Rejected(Rejection { order, reasons, remembered: true, configuration: 2 }),
        Outcome::Duplicate { order },
        Outcome::Stale { order },
        Outcome::Answered { order },
        Outcome::Reported { order },
        Outcome::Repeated,
        Outcome::ExecIdConflict,
        Outcome::Unmatched,
        Outcome::Misplaced,
        Outcome::Undecodable,
        Outcome::Quarantined,
        Outcome::Applied,
    ]
}

fn batch_body() -> Vec<u8> {
    let mut body = BodyWriter::default();
    for control in controls() {
        body.control(&control);
    }
    let data = wire::message::encode(&plain_order().into());
    for (number, outcome) in (0..).zip(outcomes()) {
        let position = Position::new(Sequence::of(345 + number / 3), number as u32 % 3);
        body.record(position, OPENING.plus(number as i64 * 50), &data, &outcome);
    }
    body.bytes().to_vec()
}

/// One entry of each kind.
pub(crate) fn entries() -> Vec<(&'static str, Entry)> {
    let at = |number| Position::new(Sequence::of(number), 0);
    let entry = |index, kind, end, body: Vec<u8>| {
        Entry {
            lane: LaneId(77),
            index,
            kind,
            epoch: Epoch(if index < 2 { 1 } else { 2 }),
            writer: Writer([8; 16]),
            previous: if index == 0 { [0; 16] } else { [6; 16] },
            start: Position::START,
            end,
            state: StateDigest { accounts: 10, lane: 20 },
            // Examples stay as they were written.
            format: 1,
            rules: 1,
            content: [0; 16],
            body: Arc::from(body),
        }
        .sealed()
    };
    vec![
        ("journal/begin", entry(0, EntryKind::Begin, Position::START, begin_body())),
        ("journal/batch", entry(1, EntryKind::Batch, at(349), batch_body())),
        ("journal/seal", entry(2, EntryKind::Seal, Position::START, Vec::new())),
        ("journal/gap", entry(3, EntryKind::Gap, at(400), Vec::new())),
        ("journal/end", entry(4, EntryKind::End, Position::START, end_body())),
        ("journal/barrier", entry(5, EntryKind::Barrier, Position::START, Vec::new())),
    ]
}

/// User records under two keys, one with an explicit hash key.
pub(crate) fn aggregated() -> Vec<(&'static str, Option<&'static str>, Vec<u8>)> {
    let data = |message: Message| wire::message::encode(&message);
    vec![
        ("ITCH-417", None, data(plain_order().into())),
        ("ITCH-9", Some("170141183460469231731687303715884105728"), data(trade().into())),
        ("ITCH-417", None, data(acknowledged().into())),
        ("ITCH-417", None, Vec::new()),
    ]
}

/// The aggregate of those.
pub(crate) fn aggregate() -> Vec<u8> {
    let mut writer = wire::aggregate::Writer::default();
    for (key, hash_key, data) in aggregated() {
        assert!(writer.push(key, hash_key, &data));
    }
    writer.finish()
}
