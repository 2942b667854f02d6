//! Examples of what is told of orders.

use domain::{ClockSource, ExecType, LaneId, Notional, OrdStatus, OrdType, OrderId, Position};
use domain::{Mic, Price, Quantity, Sequence, Side, TimeInForce, TurnClock};
use wire::events::{DeadLetter, DeadLetterKind, LifeCycle, LifeCycleKind, OrderView, Place, Times};

use super::{OPENING, mic};

fn place() -> Place {
    Place {
        lane: LaneId(77),
        index: 12,
        position: Position::new(Sequence::of(345), 2),
        arrival: OPENING.plus(9),
    }
}

pub(super) fn events() -> Vec<(&'static str, LifeCycle)> {
    let accepted = LifeCycle {
        id: 0xfeed,
        kind: LifeCycleKind::Accepted,
        place: place(),
        sender: "ITCH".to_owned(),
        account: "ITCH-417".to_owned(),
        cl_ord_id: "8417".to_owned(),
        order: OrderId(0x1234),
        rev: 1,
        configuration: 1,
        ord_status: Some(OrdStatus::PendingNew),
        order_qty: Quantity::whole(100),
        leaves_qty: Quantity::whole(100),
        venue: mic(),
        venue_seq: 1,
        ..LifeCycle::default()
    };
    let rejected = LifeCycle {
        kind: LifeCycleKind::Rejected,
        rev: 0,
        ord_status: Some(OrdStatus::Rejected),
        leaves_qty: Quantity::ZERO,
        venue: Mic::EMPTY,
        venue_seq: 0,
        reasons: vec!["MAX_ORDER_QTY".to_owned(), "MAX_ORDER_NOTIONAL".to_owned()],
        ord_rej_reason: 26,
        text: "100 shares are above the account's 50".to_owned(),
        ..accepted.clone()
    };
    let changed = LifeCycle {
        kind: LifeCycleKind::StateChanged,
        rev: 3,
        ord_status: Some(OrdStatus::PartiallyFilled),
        exec_type: Some(ExecType::Trade),
        exec_id: "M-55".to_owned(),
        cum_qty: Quantity::whole(40),
        leaves_qty: Quantity::whole(60),
        last_qty: Quantity::whole(40),
        last_px: Price(9_933_500_000),
        ..accepted.clone()
    };
    let restated = LifeCycle {
        rev: 4,
        exec_type: Some(ExecType::Restated),
        exec_id: String::new(),
        last_qty: Quantity::ZERO,
        last_px: Price(0),
        day_order_qty: Quantity::whole(60),
        exec_restatement_reason: Some(1),
        times: times(),
        ..changed.clone()
    };
    vec![
        ("events/life_cycle_restated", restated),
        ("events/life_cycle_accepted", accepted),
        ("events/life_cycle_rejected", rejected),
        ("events/life_cycle_state_changed", changed),
    ]
}

/// The plain order after its fill.
pub(crate) fn view() -> OrderView {
    OrderView {
        order: OrderId(0x1234),
        rev: 3,
        sender: "ITCH".to_owned(),
        account: "ITCH-417".to_owned(),
        cl_ord_id: "8417".to_owned(),
        root_cl_ord_id: "8417".to_owned(),
        symbol: "CHAR".to_owned(),
        side: Some(Side::Buy),
        ord_type: Some(OrdType::Limit),
        time_in_force: Some(TimeInForce::Day),
        ord_status: OrdStatus::PartiallyFilled,
        order_qty: Quantity::whole(100),
        cum_qty: Quantity::whole(40),
        leaves_qty: Quantity::whole(60),
        price: Price(9_934_000_000),
        cum_notional: Notional(9_933_500_000 * 4_000_000_000),
        venue: mic(),
        rule: 1,
        configuration: 1,
        venue_seq: 1,
        reasons: Vec::new(),
        transact_time: OPENING,
        decided: place(),
        changed: Place { index: 14, ..place() },
        day_order_qty: Quantity::ZERO,
        day_cum_qty: Quantity::ZERO,
        times: Times::default(),
    }
}

/// The times of the plain order up to its fill.
fn times() -> Times {
    Times {
        client_send: OPENING,
        stream_arrival: OPENING.plus(1_000_000),
        router_receive: OPENING.plus(1_200_000),
        risk_decision: OPENING.plus(1_210_000),
        route_send: OPENING.plus(3_000_000),
        venue_ack: OPENING.plus(5_000_000),
        execution: OPENING.plus(6_000_000),
        persist: OPENING.plus(3_000_000),
        emit: OPENING.plus(3_000_000),
        clock_source: ClockSource::Ptp,
        clock_error_ns: 50_000,
    }
}

/// The turn in which it was decided.
pub(crate) fn turn() -> TurnClock {
    let times = times();
    TurnClock {
        received: times.router_receive,
        decided: times.risk_decision,
        source: times.clock_source,
        error_ns: times.clock_error_ns,
    }
}

/// The same, were it good till cancelled, in the next business day.
pub(crate) fn view_of_next_day() -> OrderView {
    OrderView {
        rev: 4,
        time_in_force: Some(TimeInForce::GoodTillCancel),
        day_order_qty: Quantity::whole(60),
        times: times(),
        ..view()
    }
}

/// A record that is no message.
pub(crate) fn letter() -> DeadLetter {
    DeadLetter {
        id: 0xdead,
        kind: DeadLetterKind::Undecodable,
        place: place(),
        text: "not a message of the schema".to_owned(),
        hash: domain::hash::row(b"garbage"),
        length: 7,
        data: b"garbage".to_vec(),
    }
}
