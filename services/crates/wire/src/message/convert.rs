//! Between generated code and owned messages; nothing is refused here.

use domain::{Price, Quantity, Timestamp, TradeDate};

use super::{Coded, ExecutionReport, Header, Message, NewOrderSingle, OrderCancelReplaceRequest};
use super::{OrderCancelRequest, OrderMassCancelRequest, OrderStatusRequest};
use crate::generated::orders::v1 as proto;
use proto::envelope::Body;

/// A moment of the wire; what is beyond the range is its end.
pub(crate) fn moment(wire: u64) -> Timestamp {
    Timestamp(i64::try_from(wire).unwrap_or(i64::MAX))
}

/// A moment on the wire; what is before 1970 is absent.
pub(crate) fn time(moment: Timestamp) -> u64 {
    u64::try_from(moment.0).unwrap_or(0)
}

/// The envelope of a message.
pub(super) fn envelope_of(message: &Message) -> proto::Envelope {
    let header = message.header();
    proto::Envelope {
        sender: header.sender.clone(),
        account: header.account.clone(),
        sequence: header.sequence,
        sending_time: time(header.sending_time),
        poss_resend: header.poss_resend,
        hops: header.hops,
        body: Some(body_of(message)),
    }
}

/// The message of an envelope, if it has a body.
pub(super) fn message_of(envelope: proto::Envelope) -> Option<Message> {
    let header = Header {
        sender: envelope.sender,
        account: envelope.account,
        sequence: envelope.sequence,
        sending_time: moment(envelope.sending_time),
        poss_resend: envelope.poss_resend,
        hops: envelope.hops,
    };
    Some(match envelope.body? {
        Body::NewOrderSingle(body) => new_of(header, body).into(),
        Body::OrderCancelRequest(body) => Message::OrderCancelRequest(OrderCancelRequest {
            header,
            cl_ord_id: body.cl_ord_id,
            transact_time: moment(body.transact_time),
            orig_cl_ord_id: body.orig_cl_ord_id,
        }),
        Body::OrderCancelReplaceRequest(body) => {
            Message::OrderCancelReplaceRequest(OrderCancelReplaceRequest {
                header,
                cl_ord_id: body.cl_ord_id,
                transact_time: moment(body.transact_time),
                orig_cl_ord_id: body.orig_cl_ord_id,
                order_qty: Quantity(body.order_qty),
                price: Price(body.price),
            })
        }
        Body::OrderMassCancelRequest(body) => {
            Message::OrderMassCancelRequest(OrderMassCancelRequest {
                header,
                cl_ord_id: body.cl_ord_id,
                transact_time: moment(body.transact_time),
                symbol: body.symbol,
            })
        }
        Body::OrderStatusRequest(body) => Message::OrderStatusRequest(OrderStatusRequest {
            header,
            cl_ord_id: body.cl_ord_id,
            transact_time: moment(body.transact_time),
        }),
        Body::ExecutionReport(body) => report_of(header, body).into(),
    })
}

fn body_of(message: &Message) -> Body {
    match message {
        Message::NewOrderSingle(new) => Body::NewOrderSingle(new_to(new)),
        Message::OrderCancelRequest(cancel) => {
            Body::OrderCancelRequest(proto::OrderCancelRequest {
                cl_ord_id: cancel.cl_ord_id.clone(),
                transact_time: time(cancel.transact_time),
                orig_cl_ord_id: cancel.orig_cl_ord_id.clone(),
            })
        }
        Message::OrderCancelReplaceRequest(replace) => {
            Body::OrderCancelReplaceRequest(proto::OrderCancelReplaceRequest {
                cl_ord_id: replace.cl_ord_id.clone(),
                transact_time: time(replace.transact_time),
                orig_cl_ord_id: replace.orig_cl_ord_id.clone(),
                order_qty: replace.order_qty.0,
                price: replace.price.0,
            })
        }
        Message::OrderMassCancelRequest(mass) => {
            Body::OrderMassCancelRequest(proto::OrderMassCancelRequest {
                cl_ord_id: mass.cl_ord_id.clone(),
                transact_time: time(mass.transact_time),
                symbol: mass.symbol.clone(),
            })
        }
        Message::OrderStatusRequest(status) => {
            Body::OrderStatusRequest(proto::OrderStatusRequest {
                cl_ord_id: status.cl_ord_id.clone(),
                transact_time: time(status.transact_time),
            })
        }
        Message::ExecutionReport(report) => Body::ExecutionReport(report_to(report)),
    }
}

fn new_of(header: Header, body: proto::NewOrderSingle) -> NewOrderSingle {
    NewOrderSingle {
        header,
        side: Coded::of(body.side),
        ord_type: Coded::of(body.ord_type),
        time_in_force: Coded::of(body.time_in_force),
        cl_ord_id: body.cl_ord_id,
        transact_time: moment(body.transact_time),
        symbol: body.symbol,
        order_qty: Quantity(body.order_qty),
        price: Price(body.price),
        ex_destination: body.ex_destination,
        executing_firm: body.executing_firm,
        client: body.client,
        trader: body.trader,
        desk: body.desk,
        strategy: body.strategy,
        expire_time: moment(body.expire_time),
        blocked_venues: body.blocked_venues,
    }
}

fn new_to(new: &NewOrderSingle) -> proto::NewOrderSingle {
    proto::NewOrderSingle {
        cl_ord_id: new.cl_ord_id.clone(),
        transact_time: time(new.transact_time),
        symbol: new.symbol.clone(),
        side: new.side.number(),
        ord_type: new.ord_type.number(),
        time_in_force: new.time_in_force.number(),
        order_qty: new.order_qty.0,
        price: new.price.0,
        ex_destination: new.ex_destination.clone(),
        executing_firm: new.executing_firm.clone(),
        client: new.client.clone(),
        trader: new.trader.clone(),
        desk: new.desk.clone(),
        strategy: new.strategy.clone(),
        expire_time: time(new.expire_time),
        blocked_venues: new.blocked_venues.clone(),
    }
}

/// A report with the header of its record.
pub(crate) fn report_of(header: Header, body: proto::ExecutionReport) -> ExecutionReport {
    ExecutionReport {
        header,
        target_comp_id: body.target_comp_id,
        cl_ord_id: body.cl_ord_id,
        orig_cl_ord_id: body.orig_cl_ord_id,
        transact_time: moment(body.transact_time),
        exec_id: body.exec_id,
        exec_ref_id: body.exec_ref_id,
        exec_type: Coded::of(body.exec_type),
        ord_status: Coded::of(body.ord_status),
        last_mkt: body.last_mkt,
        trade_date: TradeDate(i32::try_from(body.trade_date).unwrap_or(i32::MAX)),
        last_qty: Quantity(body.last_qty),
        last_px: Price(body.last_px),
        order_qty: Quantity(body.order_qty),
        price: Price(body.price),
        cum_qty: Quantity(body.cum_qty),
        leaves_qty: Quantity(body.leaves_qty),
        order_id: body.order_id,
        symbol: body.symbol,
        side: Coded::of(body.side),
        ord_rej_reason: body.ord_rej_reason,
        cxl_rej_reason: body.cxl_rej_reason,
        text: body.text,
        venue_seq: body.venue_seq,
        exec_restatement_reason: body.exec_restatement_reason,
    }
}

/// A report without the header of its record.
pub(crate) fn report_to(report: &ExecutionReport) -> proto::ExecutionReport {
    proto::ExecutionReport {
        target_comp_id: report.target_comp_id.clone(),
        cl_ord_id: report.cl_ord_id.clone(),
        orig_cl_ord_id: report.orig_cl_ord_id.clone(),
        transact_time: time(report.transact_time),
        exec_id: report.exec_id.clone(),
        exec_ref_id: report.exec_ref_id.clone(),
        exec_type: report.exec_type.number(),
        ord_status: report.ord_status.number(),
        last_mkt: report.last_mkt.clone(),
        trade_date: u32::try_from(report.trade_date.0).unwrap_or(0),
        last_qty: report.last_qty.0,
        last_px: report.last_px.0,
        order_qty: report.order_qty.0,
        price: report.price.0,
        cum_qty: report.cum_qty.0,
        leaves_qty: report.leaves_qty.0,
        order_id: report.order_id.clone(),
        symbol: report.symbol.clone(),
        side: report.side.number(),
        ord_rej_reason: report.ord_rej_reason,
        cxl_rej_reason: report.cxl_rej_reason,
        text: report.text.clone(),
        venue_seq: report.venue_seq,
        exec_restatement_reason: report.exec_restatement_reason,
    }
}
