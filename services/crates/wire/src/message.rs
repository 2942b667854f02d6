//! Requests and reports as texts and amounts, owned: what producers, venues, the relay and people
//! write and read.
//!
//! Entry points: [`Message`], [`encode`], [`encode_into`], [`parse`].
//!
//! Invariants: what [`parse`] accepts is what `orders::decode` accepts, and the other way round;
//! what [`encode`] writes is canonical. Limits:
//! [`ORDER_BYTES_MAX`](crate::limits::ORDER_BYTES_MAX).
//!
//! It decides nothing: a request that makes no sense but has an identity is a message like any
//! other (control `MALFORMED` refuses it). The line itself reads by `orders`, which allocates
//! nothing.
//!
//! It holds nothing that a crash could lose.

use domain::inbound::DecodeFault;
use domain::{ExecType, OrdStatus, OrdType, Price, Quantity, Side, TimeInForce};
use domain::{Timestamp, TradeDate};
use prost::Message as _;

use crate::generated::orders::v1 as proto;

mod coded;
mod convert;

pub use coded::Coded;
pub(crate) use coded::Fix;
pub(crate) use convert::{moment, report_of, report_to, time};

/// One record of the stream `orders`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// 35=D.
    NewOrderSingle(NewOrderSingle),
    /// 35=F.
    OrderCancelRequest(OrderCancelRequest),
    /// 35=G.
    OrderCancelReplaceRequest(OrderCancelReplaceRequest),
    /// 35=q.
    OrderMassCancelRequest(OrderMassCancelRequest),
    /// 35=H.
    OrderStatusRequest(OrderStatusRequest),
    /// 35=8 and 35=9.
    ExecutionReport(ExecutionReport),
}

/// What every message says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// SenderCompID (49), 1 to 32 printable ASCII characters without spaces.
    pub sender: String,
    /// Account (1), 1 to 32 printable ASCII characters without spaces; the record's partition key.
    pub account: String,
    /// The producer's own count of its records, from 1; 0: it doesn't count. Not part of the
    /// content.
    pub sequence: u64,
    /// SendingTime (52); 0: absent. Not part of the content.
    pub sending_time: Timestamp,
    /// PossResend (97). Not part of the content.
    pub poss_resend: bool,
    /// How often the record was put back under its account (INV-9). Not part of the content.
    pub hops: u32,
}

/// NewOrderSingle (35=D).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewOrderSingle {
    /// Sender, account and times of the record.
    pub header: Header,
    /// ClOrdID (11), 1 to 32 printable ASCII characters without spaces.
    pub cl_ord_id: String,
    /// TransactTime (60); 0: absent, refused.
    pub transact_time: Timestamp,
    /// Symbol (55), up to 12 characters.
    pub symbol: String,
    /// Side (54).
    pub side: Coded<Side>,
    /// OrdType (40).
    pub ord_type: Coded<OrdType>,
    /// TimeInForce (59); absent means Day.
    pub time_in_force: Coded<TimeInForce>,
    /// OrderQty (38).
    pub order_qty: Quantity,
    /// Price (44); 0 where the type has none.
    pub price: Price,
    /// ExDestination (100), a MIC; empty lets the routes choose.
    pub ex_destination: String,
    /// PartyID (448) of PartyRole (452) 1, the executing firm, up to 32 characters; may be empty.
    pub executing_firm: String,
    /// PartyID of PartyRole 3, the client, in the same form; may be empty, as the next three.
    pub client: String,
    /// PartyID of PartyRole 12, the executing trader.
    pub trader: String,
    /// PartyID of PartyRole 76, the desk.
    pub desk: String,
    /// The algorithm behind the order.
    pub strategy: String,
    /// ExpireTime (126) of a good-till-date order; 0: absent.
    pub expire_time: Timestamp,
    /// Venues that it must not go to, at most 4 MICs.
    pub blocked_venues: Vec<String>,
}

/// OrderCancelRequest (35=F).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrderCancelRequest {
    /// Sender, account and times of the record.
    pub header: Header,
    /// ClOrdID (11) of this request.
    pub cl_ord_id: String,
    /// TransactTime (60); 0: absent, refused.
    pub transact_time: Timestamp,
    /// OrigClOrdID (41): any ClOrdID of the order's chain.
    pub orig_cl_ord_id: String,
}

/// OrderCancelReplaceRequest (35=G).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrderCancelReplaceRequest {
    /// Sender, account and times of the record.
    pub header: Header,
    /// ClOrdID (11) of this request, which the order bears afterwards.
    pub cl_ord_id: String,
    /// TransactTime (60); 0: absent, refused.
    pub transact_time: Timestamp,
    /// OrigClOrdID (41): any ClOrdID of the order's chain.
    pub orig_cl_ord_id: String,
    /// OrderQty (38): the new total, what was filled included.
    pub order_qty: Quantity,
    /// Price (44); 0 keeps the price.
    pub price: Price,
}

/// OrderMassCancelRequest (35=q) of the header's account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrderMassCancelRequest {
    /// Sender, account and times of the record.
    pub header: Header,
    /// ClOrdID (11) of this request.
    pub cl_ord_id: String,
    /// TransactTime (60); 0: absent, refused.
    pub transact_time: Timestamp,
    /// Symbol (55): only orders in it; empty means all.
    pub symbol: String,
}

/// OrderStatusRequest (35=H).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrderStatusRequest {
    /// Sender, account and times of the record.
    pub header: Header,
    /// ClOrdID (11) of the order that is asked for.
    pub cl_ord_id: String,
    /// TransactTime (60) of the question.
    pub transact_time: Timestamp,
}

/// ExecutionReport (35=8), or OrderCancelReject (35=9) with ExecType `CancelRejected`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExecutionReport {
    /// Sender (the venue's side), account and times of the record.
    pub header: Header,
    /// TargetCompID (56): the sender of the order.
    pub target_comp_id: String,
    /// ClOrdID (11) of the request that is answered, or of the order.
    pub cl_ord_id: String,
    /// OrigClOrdID (41) of the order, where a cancel or replace is answered; may be empty.
    pub orig_cl_ord_id: String,
    /// TransactTime (60).
    pub transact_time: Timestamp,
    /// ExecID (17), unique per venue and trade date.
    pub exec_id: String,
    /// ExecRefID (19): the execution that is busted or corrected; may be empty.
    pub exec_ref_id: String,
    /// ExecType (150); must be known.
    pub exec_type: Coded<ExecType>,
    /// OrdStatus (39) as the venue sees it; must be known, but may be absent from a void.
    pub ord_status: Coded<OrdStatus>,
    /// LastMkt (30): the venue's MIC.
    pub last_mkt: String,
    /// TradeDate (75), after 1970-01-01, up to 9999-12-31.
    pub trade_date: TradeDate,
    /// LastQty (32) of a trade or correction; never negative.
    pub last_qty: Quantity,
    /// LastPx (31) of a trade or correction.
    pub last_px: Price,
    /// OrderQty (38); never negative.
    pub order_qty: Quantity,
    /// Price (44).
    pub price: Price,
    /// CumQty (14) as the venue counts it.
    pub cum_qty: Quantity,
    /// LeavesQty (151) as the venue counts it.
    pub leaves_qty: Quantity,
    /// OrderID (37): the venue's name of the order, any text.
    pub order_id: String,
    /// Symbol (55), any text; the order's own counts.
    pub symbol: String,
    /// Side (54); the order's own counts.
    pub side: Coded<Side>,
    /// OrdRejReason (103).
    pub ord_rej_reason: u32,
    /// CxlRejReason (102).
    pub cxl_rej_reason: u32,
    /// Text (58), any text.
    pub text: String,
    /// Number of the output that a void stands for, from 1; else 0 (INV-13).
    pub venue_seq: u64,
    /// ExecRestatementReason (378) of a change that nobody asked for.
    pub exec_restatement_reason: Option<u32>,
}

/// The bytes of a message: canonical, the same for equal messages.
///
/// A time before 1970 is written as absent.
#[must_use]
pub fn encode(message: &Message) -> Vec<u8> {
    let mut out = Vec::new();
    encode_into(message, &mut out);
    out
}

/// Appends the bytes of a message.
pub fn encode_into(message: &Message, out: &mut Vec<u8>) {
    let envelope = convert::envelope_of(message);
    out.reserve(envelope.encoded_len());
    envelope.encode_raw(out);
}

/// Reads a message.
///
/// # Errors
/// The same fault as `orders::decode` gives for these bytes.
pub fn parse(bytes: &[u8]) -> Result<Message, DecodeFault> {
    crate::orders::check_outside(bytes)?;
    let envelope = proto::Envelope::decode(bytes).map_err(|_| DecodeFault::Protobuf)?;
    let message = convert::message_of(envelope).ok_or(DecodeFault::Body)?;
    message.check()?;
    Ok(message)
}

// === impl Message ===

impl Message {
    /// What it says of itself.
    #[must_use]
    pub const fn header(&self) -> &Header {
        match self {
            Self::NewOrderSingle(body) => &body.header,
            Self::OrderCancelRequest(body) => &body.header,
            Self::OrderCancelReplaceRequest(body) => &body.header,
            Self::OrderMassCancelRequest(body) => &body.header,
            Self::OrderStatusRequest(body) => &body.header,
            Self::ExecutionReport(body) => &body.header,
        }
    }

    /// The same, to be changed.
    pub const fn header_mut(&mut self) -> &mut Header {
        match self {
            Self::NewOrderSingle(body) => &mut body.header,
            Self::OrderCancelRequest(body) => &mut body.header,
            Self::OrderCancelReplaceRequest(body) => &mut body.header,
            Self::OrderMassCancelRequest(body) => &mut body.header,
            Self::OrderStatusRequest(body) => &mut body.header,
            Self::ExecutionReport(body) => &mut body.header,
        }
    }

    /// ClOrdID (11) of the request or report.
    #[must_use]
    pub fn cl_ord_id(&self) -> &str {
        match self {
            Self::NewOrderSingle(body) => &body.cl_ord_id,
            Self::OrderCancelRequest(body) => &body.cl_ord_id,
            Self::OrderCancelReplaceRequest(body) => &body.cl_ord_id,
            Self::OrderMassCancelRequest(body) => &body.cl_ord_id,
            Self::OrderStatusRequest(body) => &body.cl_ord_id,
            Self::ExecutionReport(body) => &body.cl_ord_id,
        }
    }

    /// OrigClOrdID (41) of a cancel, replace or report; else empty.
    #[must_use]
    pub fn orig_cl_ord_id(&self) -> &str {
        match self {
            Self::OrderCancelRequest(body) => &body.orig_cl_ord_id,
            Self::OrderCancelReplaceRequest(body) => &body.orig_cl_ord_id,
            Self::ExecutionReport(body) => &body.orig_cl_ord_id,
            _ => "",
        }
    }

    /// TransactTime (60).
    #[must_use]
    pub const fn transact_time(&self) -> Timestamp {
        match self {
            Self::NewOrderSingle(body) => body.transact_time,
            Self::OrderCancelRequest(body) => body.transact_time,
            Self::OrderCancelReplaceRequest(body) => body.transact_time,
            Self::OrderMassCancelRequest(body) => body.transact_time,
            Self::OrderStatusRequest(body) => body.transact_time,
            Self::ExecutionReport(body) => body.transact_time,
        }
    }

    /// Whether `orders::decode` would take it.
    ///
    /// # Errors
    /// The fault that it would give.
    pub fn check(&self) -> Result<(), DecodeFault> {
        let header = self.header();
        let ids = [&*header.sender, &*header.account, self.cl_ord_id()];
        if !ids.into_iter().all(crate::orders::is_identity) {
            return Err(DecodeFault::Identity);
        }
        match self {
            Self::ExecutionReport(report) => report.check(),
            _ => Ok(()),
        }
    }
}

// === impl ExecutionReport ===

impl ExecutionReport {
    /// Whether a report without regard to its header can be used.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn check(&self) -> Result<(), DecodeFault> {
        let named = crate::orders::is_identity(&self.target_comp_id)
            && crate::orders::is_identity(&self.cl_ord_id)
            && crate::orders::is_identity_or_empty(&self.orig_cl_ord_id);
        if !named {
            return Err(DecodeFault::Identity);
        }
        let status = matches!(
            (self.exec_type, self.ord_status),
            (Coded::Known(ExecType::Void), Coded::Absent) | (Coded::Known(_), Coded::Known(_))
        );
        let numbered = self.exec_type.known() != Some(ExecType::Void) || self.venue_seq > 0;
        let usable = status
            && numbered
            && crate::orders::is_identity(&self.exec_id)
            && crate::orders::is_identity_or_empty(&self.exec_ref_id)
            && crate::orders::is_mic(&self.last_mkt)
            && crate::orders::TRADE_DATES.contains(&self.trade_date.0)
            && self.last_qty >= Quantity::ZERO
            && self.order_qty >= Quantity::ZERO;
        if usable { Ok(()) } else { Err(DecodeFault::Report) }
    }
}

// === From for Message ===

/// Makes each body a message without naming the variant.
macro_rules! message_from {
    ($($body:ident),+) => {
        $(impl From<$body> for Message {
            fn from(body: $body) -> Self {
                Self::$body(body)
            }
        })+
    };
}

message_from!(
    NewOrderSingle,
    OrderCancelRequest,
    OrderCancelReplaceRequest,
    OrderMassCancelRequest,
    OrderStatusRequest,
    ExecutionReport
);
