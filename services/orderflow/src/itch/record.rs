//! A step of the feed as the records that a producer and a venue would have put on `orders`.
//!
//! Entry points: [`request`], [`report`].
//! A request without an id in the feed is named by reference, kind and running number (`4711X1`); a
//! report without one by `R-` and the ClOrdID of its request. The same step makes the same records.

use domain::{ExecType, OrdStatus, OrdType, Price, Quantity, Side, TimeInForce};
use wire::message::{
    ExecutionReport, Header, Message, NewOrderSingle, OrderCancelReplaceRequest, OrderCancelRequest,
};

use super::map::{ACCOUNTS, Act, MIDNIGHT, Order, Step};

/// Who sent every order of the feed.
pub const SENDER: &str = "ITCH";
/// The demo venue, which made every report of the feed.
pub const VENUE: &str = "XDEM";

/// What a producer asked; a trade was asked by nobody.
#[must_use]
pub fn request(step: &Step) -> Option<Message> {
    let header = header(step, SENDER);
    let order = &step.order;
    let cl_ord_id = request_id(step);
    let transact_time = step.time;
    Some(match step.act {
        Act::New => Message::from(NewOrderSingle {
            header,
            cl_ord_id,
            transact_time,
            symbol: text(&order.stock),
            side: side(order).into(),
            ord_type: OrdType::Limit.into(),
            time_in_force: TimeInForce::Day.into(),
            order_qty: shares(order.shares),
            price: price(order.price),
            executing_firm: order.attribution.map(|mark| text(&mark)).unwrap_or_default(),
            ..NewOrderSingle::default()
        }),
        Act::Cancel(_) => Message::from(OrderCancelRequest {
            header,
            cl_ord_id,
            transact_time,
            orig_cl_ord_id: original_id(step),
        }),
        Act::Reduce(_) | Act::Replace { .. } => Message::from(OrderCancelReplaceRequest {
            header,
            cl_ord_id,
            transact_time,
            orig_cl_ord_id: original_id(step),
            order_qty: shares(order.shares),
            price: price(order.price),
        }),
        Act::Trade { .. } => return None,
    })
}

/// What the venue reported.
#[must_use]
pub fn report(step: &Step) -> ExecutionReport {
    let order = &step.order;
    let cl_ord_id = request_id(step);
    let (exec_type, exec_id, last) = match step.act {
        Act::New => (ExecType::New, format!("R-{cl_ord_id}"), 0),
        Act::Cancel(_) => (ExecType::Canceled, format!("R-{cl_ord_id}"), 0),
        Act::Reduce(_) | Act::Replace { .. } => (ExecType::Replaced, format!("R-{cl_ord_id}"), 0),
        Act::Trade { shares, match_number } => (ExecType::Trade, match_number.to_string(), shares),
    };
    let leaves = order.shares.saturating_sub(order.traded);
    let (ord_status, leaves) = match (exec_type, leaves) {
        (ExecType::Canceled, _) => (OrdStatus::Canceled, 0),
        (_, 0) => (OrdStatus::Filled, 0),
        (_, leaves) if order.traded > 0 => (OrdStatus::PartiallyFilled, leaves),
        (_, leaves) => (OrdStatus::New, leaves),
    };
    ExecutionReport {
        header: header(step, VENUE),
        target_comp_id: SENDER.to_owned(),
        cl_ord_id,
        orig_cl_ord_id: original_id(step),
        transact_time: step.time,
        exec_id,
        exec_type: exec_type.into(),
        ord_status: ord_status.into(),
        last_mkt: VENUE.to_owned(),
        trade_date: MIDNIGHT.day(),
        last_qty: shares(last),
        last_px: price(if last > 0 { order.price } else { 0 }),
        order_qty: shares(order.shares),
        price: price(order.price),
        cum_qty: shares(order.traded),
        leaves_qty: shares(leaves),
        order_id: order.reference.to_string(),
        symbol: text(&order.stock),
        side: side(order).into(),
        ..ExecutionReport::default()
    }
}

/// The account of a chain of references.
#[must_use]
pub fn account(root: u64) -> String {
    format!("{SENDER}-{}", root % ACCOUNTS)
}

fn header(step: &Step, sender: &str) -> Header {
    Header {
        sender: sender.to_owned(),
        account: account(step.order.root),
        sending_time: step.time,
        ..Header::default()
    }
}

/// ClOrdID of the request, or of the order that a trade is of.
fn request_id(step: &Step) -> String {
    let reference = step.order.reference;
    match step.act {
        Act::Cancel(number) => format!("{reference}D{number}"),
        Act::Reduce(number) => format!("{reference}X{number}"),
        Act::New | Act::Replace { .. } | Act::Trade { .. } => reference.to_string(),
    }
}

/// ClOrdID of the order that a request changes; empty where none is named.
fn original_id(step: &Step) -> String {
    match step.act {
        Act::Cancel(_) | Act::Reduce(_) => step.order.reference.to_string(),
        Act::Replace { original } => original.to_string(),
        Act::New | Act::Trade { .. } => String::new(),
    }
}

fn side(order: &Order) -> Side {
    if order.side == b'S' { Side::Sell } else { Side::Buy }
}

fn shares(count: u32) -> Quantity {
    Quantity::whole(i64::from(count))
}

/// Prices of the feed count 10^-4, ours 10^-8.
fn price(feed: u32) -> Price {
    Price(i64::from(feed) * 10_000)
}

/// A padded text of the feed. One that is no text becomes no symbol of ours, and is refused as
/// such.
fn text(padded: &[u8]) -> String {
    String::from_utf8_lossy(padded).trim_end().to_owned()
}
