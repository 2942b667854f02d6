//! Outputs of one account and the rows of their orders, for tests of what is redriven.

#![allow(dead_code, reason = "each file of tests uses its part")]

use domain::amount::SCALE;
use domain::{
    Mic, Notional, OrdStatus, OrdType, OrderId, Price, Quantity, Side, TimeInForce, Timestamp,
};
use wire::events::OrderView;
use wire::message::{
    self, Header, Message, NewOrderSingle, OrderCancelReplaceRequest, OrderCancelRequest,
};
use wire::venue::VenueOrder;

pub(crate) fn output(request: &Message) -> VenueOrder {
    VenueOrder {
        venue_seq: 1,
        id: 1,
        order: OrderId(1),
        account: "A-1".to_owned(),
        venue: Mic::new("XLON").expect("four letters"),
        request: Some(message::encode(request)),
    }
}

pub(crate) fn header() -> Header {
    Header { sender: "DESK".to_owned(), account: "A-1".to_owned(), ..Header::default() }
}

pub(crate) fn new(expire_time: i64) -> Message {
    Message::NewOrderSingle(NewOrderSingle {
        header: header(),
        cl_ord_id: "C-1".to_owned(),
        transact_time: Timestamp(1),
        symbol: "ALC".to_owned(),
        side: Side::Buy.into(),
        ord_type: OrdType::Limit.into(),
        time_in_force: TimeInForce::GoodTillDate.into(),
        order_qty: Quantity(SCALE),
        price: Price(SCALE),
        trader: "T-1".to_owned(),
        expire_time: Timestamp(expire_time),
        ..NewOrderSingle::default()
    })
}

pub(crate) fn replace() -> Message {
    Message::OrderCancelReplaceRequest(OrderCancelReplaceRequest {
        header: header(),
        cl_ord_id: "C-2".to_owned(),
        transact_time: Timestamp(1),
        orig_cl_ord_id: "C-1".to_owned(),
        order_qty: Quantity(SCALE),
        price: Price(SCALE),
    })
}

pub(crate) fn cancel() -> Message {
    Message::OrderCancelRequest(OrderCancelRequest {
        header: header(),
        cl_ord_id: "C-3".to_owned(),
        transact_time: Timestamp(1),
        orig_cl_ord_id: "C-1".to_owned(),
    })
}

pub(crate) fn view(ord_status: OrdStatus) -> OrderView {
    OrderView {
        order: OrderId(1),
        rev: 1,
        sender: "DESK".to_owned(),
        account: "A-1".to_owned(),
        cl_ord_id: "C-1".to_owned(),
        root_cl_ord_id: "C-1".to_owned(),
        symbol: "ALC".to_owned(),
        side: None,
        ord_type: None,
        time_in_force: None,
        ord_status,
        order_qty: Quantity::ZERO,
        cum_qty: Quantity::ZERO,
        leaves_qty: Quantity::ZERO,
        price: Price(0),
        cum_notional: Notional(0),
        venue: Mic::EMPTY,
        rule: 0,
        configuration: 0,
        venue_seq: 1,
        reasons: Vec::new(),
        transact_time: Timestamp(1),
        day_order_qty: Quantity::ZERO,
        day_cum_qty: Quantity::ZERO,
        times: wire::events::Times::default(),
        decided: wire::events::Place::default(),
        changed: wire::events::Place::default(),
    }
}
