//! What is told of orders after the commit: life-cycle events, rows of the order view, dead
//! letters.
//!
//! Entry points: [`LifeCycle`], [`OrderView`], [`DeadLetter`], each with `encode` and `decode`.
//!
//! Invariants: INV-6 and INV-7 (ids are computed, so a repeat is known); equal values have equal
//! bytes. Limits: [`TEXT_BYTES_MAX`](crate::limits::TEXT_BYTES_MAX) for free text, longer ones
//! are cut.
//!
//! It doesn't say what is told when; that is the relay's and the view's part.
//!
//! It holds nothing that a crash could lose.

use domain::{
    ClockSource, ExecType, LaneId, Mic, Notional, OrdStatus, OrdType, OrderId, Position, Price,
};
use domain::{Quantity, Side, TimeInForce, Timestamp};

mod dead_letter;
mod life_cycle;
mod order_view;
mod place;
mod times;

/// Where something was decided.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The lane.
    pub lane: LaneId,
    /// Index of the journal entry.
    pub index: u64,
    /// The record.
    pub position: Position,
    /// When it arrived on the stream.
    pub arrival: Timestamp,
}

/// When what happened to an order or request, as far as it is known (RTS 25, CAT); 0: not known.
///
/// The client's, the stream's and the venue's are by their clocks, the others by the router's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Times {
    /// SendingTime (52), or TransactTime (60) where there is none.
    pub client_send: Timestamp,
    /// When it arrived on the stream.
    pub stream_arrival: Timestamp,
    /// When the router took it in hand.
    pub router_receive: Timestamp,
    /// When it was decided.
    pub risk_decision: Timestamp,
    /// When it was first handed over for its venue, and not turned away.
    pub route_send: Timestamp,
    /// TransactTime (60) of the venue's first report.
    pub venue_ack: Timestamp,
    /// TransactTime (60) of the last trade.
    pub execution: Timestamp,
    /// When its entry was seen to be durable.
    pub persist: Timestamp,
    /// When its sender's answer was first handed over, and not turned away.
    pub emit: Timestamp,
    /// What disciplines the router's clock.
    pub clock_source: ClockSource,
    /// How far it may be from UTC, in nanoseconds; 0: not known.
    pub clock_error_ns: u32,
}

/// What became of one input (stream `order-events`). Fields that don't concern it are empty or 0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LifeCycle {
    /// Computed id (INV-7).
    pub id: u128,
    /// What became of it.
    pub kind: LifeCycleKind,
    /// Where it was decided.
    pub place: Place,
    /// Sender (49) of the request, or of the order that was reported on.
    pub sender: String,
    /// Account (1).
    pub account: String,
    /// ClOrdID (11) of the request or report.
    pub cl_ord_id: String,
    /// OrigClOrdID (41) of the request or report.
    pub orig_cl_ord_id: String,
    /// The order; 0: none.
    pub order: OrderId,
    /// Its revision, from 1.
    pub rev: u64,
    /// Number of the configuration set that it was decided under.
    pub configuration: u64,
    /// OrdStatus (39) after it.
    pub ord_status: Option<OrdStatus>,
    /// ExecType (150) of a report.
    pub exec_type: Option<ExecType>,
    /// ExecID (17) of a report.
    pub exec_id: String,
    /// OrderQty (38) after it.
    pub order_qty: Quantity,
    /// CumQty (14) after it.
    pub cum_qty: Quantity,
    /// LeavesQty (151) after it.
    pub leaves_qty: Quantity,
    /// LastQty (32) of a trade.
    pub last_qty: Quantity,
    /// LastPx (31) of a trade.
    pub last_px: Price,
    /// The venue; empty: none.
    pub venue: Mic,
    /// Number of the output to (account, venue) (INV-13).
    pub venue_seq: u64,
    /// Names of all failing controls.
    pub reasons: Vec<String>,
    /// OrdRejReason (103) of a refused order.
    pub ord_rej_reason: u32,
    /// CxlRejReason (102) of a refused cancel or replace.
    pub cxl_rej_reason: u32,
    /// Text (58): the same for people.
    pub text: String,
    /// How many cancels a mass cancel made.
    pub orders: u32,
    /// DayOrderQty (424) of a restated order.
    pub day_order_qty: Quantity,
    /// DayCumQty (425) of a restated order.
    pub day_cum_qty: Quantity,
    /// ExecRestatementReason (378) of an order that changed without being asked.
    pub exec_restatement_reason: Option<u32>,
    /// When what happened to the request or report.
    pub times: Times,
}

/// What became of an input.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum LifeCycleKind {
    /// A new order was admitted.
    #[default]
    Accepted = 1,
    /// A request was refused.
    Rejected = 2,
    /// An admitted request has its number for its venue.
    Routed = 3,
    /// A report changed the order.
    StateChanged = 4,
    /// The same request again: no effect (INV-8).
    Duplicate = 5,
    /// An earlier decision may exist: look the order up (INV-8).
    Stale = 6,
    /// Put back under its account; no acknowledgement (INV-9).
    Misplaced = 7,
    /// A status request was answered.
    Answered = 8,
    /// A mass cancel was admitted.
    MassCanceled = 9,
    /// The same report again: no effect (INV-14).
    ReportRepeated = 10,
    /// A known ExecID with other content: no effect (INV-14).
    ExecIdConflict = 11,
    /// A report that fits nothing (INV-14).
    ReportUnmatched = 12,
    /// A record that couldn't be read (INV-11).
    Undecodable = 13,
    /// A record that crashed the process (INV-11).
    Quarantined = 14,
    /// A kill switch was thrown or released.
    KillSwitchChanged = 15,
    /// A configuration set is in force.
    ConfigurationChanged = 16,
    /// An account was halted.
    AccountHalted = 17,
    /// A halted account was released.
    AccountReleased = 18,
    /// The lane takes no new orders because a destination lags, or takes them again.
    IntakeChanged = 19,
    /// A business day ended and another began.
    BusinessDayChanged = 20,
}

/// A row of the order view: one order after one revision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderView {
    /// The order.
    pub order: OrderId,
    /// Its revision, from 1.
    pub rev: u64,
    /// Sender (49).
    pub sender: String,
    /// Account (1).
    pub account: String,
    /// ClOrdID (11) that it bears now.
    pub cl_ord_id: String,
    /// ClOrdID (11) of the first request of its chain.
    pub root_cl_ord_id: String,
    /// Symbol (55), any text of a refused order.
    pub symbol: String,
    /// Side (54); absent or unknown of a refused order.
    pub side: Option<Side>,
    /// OrdType (40); absent or unknown of a refused order.
    pub ord_type: Option<OrdType>,
    /// TimeInForce (59); absent means Day.
    pub time_in_force: Option<TimeInForce>,
    /// OrdStatus (39) of the highest precedence.
    pub ord_status: OrdStatus,
    /// OrderQty (38).
    pub order_qty: Quantity,
    /// CumQty (14).
    pub cum_qty: Quantity,
    /// LeavesQty (151).
    pub leaves_qty: Quantity,
    /// Price (44); 0 where the type has none.
    pub price: Price,
    /// Sum of LastQty times LastPx of its live fills; AvgPx (6) is this divided by CumQty.
    pub cum_notional: Notional,
    /// The venue; empty of a refused order.
    pub venue: Mic,
    /// The rule that chose the venue.
    pub rule: u32,
    /// Number of the configuration set that it was decided under.
    pub configuration: u64,
    /// Number of its last output to (account, venue) (INV-13).
    pub venue_seq: u64,
    /// Names of all failing controls of a refused order.
    pub reasons: Vec<String>,
    /// TransactTime (60) of its first request.
    pub transact_time: Timestamp,
    /// DayOrderQty (424): what its business day could fill of it.
    pub day_order_qty: Quantity,
    /// DayCumQty (425): what its business day filled of it.
    pub day_cum_qty: Quantity,
    /// When what happened to it.
    pub times: Times,
    /// Where it was decided first.
    pub decided: Place,
    /// Where it was changed last.
    pub changed: Place,
}

/// What could not be used, for a person to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadLetter {
    /// Computed id (INV-7).
    pub id: u128,
    /// Why it is here.
    pub kind: DeadLetterKind,
    /// Where it was read.
    pub place: Place,
    /// The same for people.
    pub text: String,
    /// `domain::hash::row` of the record.
    pub hash: u128,
    /// Length of the record in bytes.
    pub length: u32,
    /// The record, or its beginning.
    pub data: Vec<u8>,
}

/// Why something is a dead letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum DeadLetterKind {
    /// It couldn't be read (INV-11).
    Undecodable = 1,
    /// It crashed the process three times (INV-11).
    Quarantined = 2,
    /// It was put back three times and still lay in the wrong lane (INV-9).
    Misplaced = 3,
    /// Its destination refused it for good (INV-13).
    Refused = 4,
}

// === impl LifeCycleKind ===

impl LifeCycleKind {
    /// Every kind, in the order of their numbers.
    pub const ALL: &'static [Self] = &[
        Self::Accepted,
        Self::Rejected,
        Self::Routed,
        Self::StateChanged,
        Self::Duplicate,
        Self::Stale,
        Self::Misplaced,
        Self::Answered,
        Self::MassCanceled,
        Self::ReportRepeated,
        Self::ExecIdConflict,
        Self::ReportUnmatched,
        Self::Undecodable,
        Self::Quarantined,
        Self::KillSwitchChanged,
        Self::ConfigurationChanged,
        Self::AccountHalted,
        Self::AccountReleased,
        Self::IntakeChanged,
        Self::BusinessDayChanged,
    ];

    /// The name as people read it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
            Self::Routed => "routed",
            Self::StateChanged => "state changed",
            Self::Duplicate => "duplicate",
            Self::Stale => "stale",
            Self::Misplaced => "misplaced",
            Self::Answered => "answered",
            Self::MassCanceled => "mass canceled",
            Self::ReportRepeated => "report repeated",
            Self::ExecIdConflict => "ExecID conflict",
            Self::ReportUnmatched => "report unmatched",
            Self::Undecodable => "undecodable",
            Self::Quarantined => "quarantined",
            Self::KillSwitchChanged => "kill switch changed",
            Self::ConfigurationChanged => "configuration changed",
            Self::AccountHalted => "account halted",
            Self::AccountReleased => "account released",
            Self::IntakeChanged => "intake changed",
            Self::BusinessDayChanged => "business day changed",
        }
    }
}
