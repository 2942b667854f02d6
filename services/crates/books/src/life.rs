//! The life of an order: which phase follows which, and what a venue's report does to its
//! quantities.
//!
//! Entry points: [`Phase`], `fits`, and the changes on [`OrderRow`].
//! Invariants: CumQty is the sum of live fills and never above OrderQty; a finished order stays
//! finished, whatever comes late, but for a bust or an accepted replace of a filled one.
//! Pending requests aren't phases: they are counted beside, and [`OrderRow::status`] gives them
//! precedence. It knows neither tables nor digests; `apply` keeps those.

use domain::inbound::Report;
use domain::{ExecType, Identity, Notional, OrdStatus, Price, Quantity};

use crate::order::OrderRow;
use crate::report::{Fill, ReportRow};
use crate::request::{RequestKind, RequestRow};

/// Where an order stands, requests and fills left out.
///
/// ```text
///          ack, fill,                   stopped, suspended,       Stopped, Suspended,
///          replaced                     done for day, calculated  DoneForDay,
///   Sent ──────────────▶ Live ─────────────────────────────────▶  Calculated
///    │                  │ │ ▲                                │  │
///    │ rejected         │ │ └── fill, restatement, next day ─┘  │
///    ├─────────▶ Rejected │                                     │
///    │ cancelled          ▼                                     │
///    ├─────────▶ Canceled, Expired ◀────────────────────────────┘
///    └── expired ─▶ (the right-hand ones)
/// ```
///
/// Nothing leads out of Rejected, Canceled and Expired. Filled is no phase: it is CumQty =
/// OrderQty, so a crossing cancel or expiry finds nothing left, and a bust or a larger OrderQty
/// opens it again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Phase {
    /// On its way to the venue, not acknowledged.
    Sent = 1,
    /// At work.
    Live = 2,
    /// The venue guarantees a price and has yet to trade.
    Stopped = 3,
    /// Not eligible to trade for now.
    Suspended = 4,
    /// Trades no more today.
    DoneForDay = 5,
    /// Cancelled; what was filled stays filled.
    Canceled = 6,
    /// Refused by the venue, or never delivered.
    Rejected = 7,
    /// Ended by its time in force.
    Expired = 8,
    /// Complete for the day, its commissions and settlement known.
    Calculated = 9,
}

/// Whether a report makes sense for the order that it names; one that doesn't is `Unmatched`.
///
/// `request` is the order's request that the report names, `referred` the report that ExecRefID
/// names.
pub(crate) fn fits(
    order: &OrderRow,
    report: &Report,
    request: Option<&RequestRow>,
    referred: Option<&ReportRow>,
) -> bool {
    let priced = report.quantity.0 > 0 && report.price.0 > 0;
    let live = referred.filter(|fill| fill.order == order.id && fill.fill == Fill::Live);
    let room = |taken: Quantity| {
        let left = i128::from(order.order_qty.0) - i128::from(order.cum_qty.0);
        left + i128::from(taken.0) >= i128::from(report.quantity.0)
    };
    match report.exec_type {
        // More than the order asked for, or a fill of one that never lived, is disowned (DKReason
        // C).
        ExecType::Trade => priced && order.phase != Phase::Rejected && room(Quantity::ZERO),
        ExecType::TradeCancel => live.is_some(),
        ExecType::TradeCorrect => priced && live.is_some_and(|fill| room(fill.last_qty)),
        ExecType::Replaced => report.quantity.0 > 0 || request.is_some_and(is_replace),
        ExecType::Void => request.is_some() || report.identity == order.mass_cancel,
        _ => true,
    }
}

pub(crate) fn is_replace(request: &RequestRow) -> bool {
    request.kind == RequestKind::Replace
}

// === impl Phase ===

impl Phase {
    /// Whether the order is finished for good, filled ones aside.
    #[must_use]
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Canceled | Self::Rejected | Self::Expired)
    }

    pub(crate) const fn of_code(code: u8) -> Option<Self> {
        match code {
            1 => Some(Self::Sent),
            2 => Some(Self::Live),
            3 => Some(Self::Stopped),
            4 => Some(Self::Suspended),
            5 => Some(Self::DoneForDay),
            6 => Some(Self::Canceled),
            7 => Some(Self::Rejected),
            8 => Some(Self::Expired),
            9 => Some(Self::Calculated),
            _ => None,
        }
    }
}

// === impl OrderRow ===

impl OrderRow {
    /// The venue has it. A late acknowledgement of a finished order changes nothing.
    pub(crate) fn acknowledge(&mut self) {
        if self.phase == Phase::Sent {
            self.phase = Phase::Live;
        }
    }

    /// Part of it traded; a trade also acknowledges, keeps the guarantee of a stop, and shows that
    /// the day wasn't done. One from before a suspension doesn't end it. The quantity fits (see
    /// [`fits`]).
    pub(crate) fn fill(&mut self, quantity: Quantity, price: Price) {
        self.count(quantity, price);
        let is_idle = matches!(self.phase, Phase::Stopped | Phase::DoneForDay | Phase::Calculated);
        if is_idle {
            self.phase = Phase::Live;
        }
    }

    /// A trade or correction of the first format, which knew the end of a day alone.
    pub(crate) fn fill_of_format_1(&mut self, quantity: Quantity, price: Price) {
        self.count(quantity, price);
        if self.phase == Phase::DoneForDay {
            self.phase = Phase::Live;
        }
    }

    /// What traded before is counted otherwise: nothing else changes by it.
    pub(crate) fn count(&mut self, quantity: Quantity, price: Price) {
        self.cum_qty = self.cum_qty.plus(quantity);
        self.notional = self.notional.plus(price.times(quantity));
        self.acknowledge();
    }

    /// A fill is taken back; of an order that isn't finished it may trade again.
    pub(crate) fn bust(&mut self, quantity: Quantity, price: Price) {
        self.cum_qty = self.cum_qty.minus(quantity);
        self.notional = self.notional.minus(price.times(quantity));
    }

    /// Nothing more will trade. Of an order that is filled nothing is left to end: Filled wins.
    pub(crate) fn end(&mut self, phase: Phase) {
        if self.phase.is_over() || self.is_filled() {
            return;
        }
        let refused = phase == Phase::Rejected && self.cum_qty.0 > 0;
        // A rejection after fills can only mean the rest.
        self.phase = if refused { Phase::Canceled } else { phase };
        self.drop_requests();
    }

    /// No answer to a request is waited for any more.
    pub(crate) const fn drop_requests(&mut self) {
        self.pending_cancels = 0;
        self.pending_replaces = 0;
        self.mass_cancel = Identity(0);
    }

    /// The venue holds it back, for a while or for the day.
    pub(crate) fn pause(&mut self, phase: Phase) {
        if !self.phase.is_over() {
            self.phase = phase;
        }
    }

    /// Its venue says how it stands without being asked; whatever kept it from trading is over,
    /// unless the venue's `OrdStatus` (39) says that it isn't.
    pub(crate) const fn resume(&mut self, said: OrdStatus) {
        let holds = matches!(
            said,
            OrdStatus::Stopped
                | OrdStatus::Suspended
                | OrdStatus::DoneForDay
                | OrdStatus::Calculated
        );
        let is_held =
            matches!(self.phase, Phase::Suspended | Phase::DoneForDay | Phase::Calculated);
        if is_held && !holds {
            self.phase = Phase::Live;
        }
    }

    /// A replace or restatement takes effect: zeros keep what is in force, and what is filled is
    /// filled.
    pub(crate) fn restate(&mut self, quantity: Quantity, price: Price) {
        if self.phase.is_over() {
            return;
        }
        self.acknowledge();
        if quantity.0 > 0 {
            self.order_qty = quantity.max(self.cum_qty);
        }
        if price.0 > 0 {
            self.price = price;
        }
    }

    /// A pending request was answered, or its mass cancel.
    pub(crate) fn answered(&mut self, kind: RequestKind) {
        match kind {
            RequestKind::New => {}
            RequestKind::Replace => {
                self.pending_replaces = self.pending_replaces.saturating_sub(1);
            }
            RequestKind::Cancel => {
                self.pending_cancels = self.pending_cancels.saturating_sub(1);
            }
            RequestKind::MassCancel => {
                self.pending_cancels = self.pending_cancels.saturating_sub(1);
                self.mass_cancel = Identity(0);
            }
        }
    }

    /// What the fills of `reports` add up to.
    pub(crate) fn filled_by<'a>(
        reports: impl Iterator<Item = &'a ReportRow>,
    ) -> (Quantity, Notional) {
        let live = reports.filter(|report| report.fill == Fill::Live);
        live.fold((Quantity::ZERO, Notional(0)), |(quantity, notional), fill| {
            (quantity.plus(fill.last_qty), notional.plus(fill.last_px.times(fill.last_qty)))
        })
    }
}
