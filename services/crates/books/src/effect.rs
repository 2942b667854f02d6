//! What applying one input changed, for whoever tells others (relay, order view).

use domain::{Identity, Mic, Notional, OrdStatus, OrderId, Price, Quantity, Symbol};

use crate::order::OrderRow;

/// What one input changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effect {
    /// What kind of change.
    pub change: Change,
    /// The order that was touched or named; 0 where there is none.
    pub order: OrderId,
    /// Its revision now; 0 where the order isn't in the books. A refused new order says 1.
    pub rev: u64,
    /// `OrdStatus` (39) now.
    pub status: OrdStatus,
    /// `OrderQty` (38) now.
    pub order_qty: Quantity,
    /// `CumQty` (14) now.
    pub cum_qty: Quantity,
    /// `LeavesQty` (151) now.
    pub leaves_qty: Quantity,
    /// `DayOrderQty` (424) now.
    pub day_order_qty: Quantity,
    /// `DayCumQty` (425) now.
    pub day_cum_qty: Quantity,
    /// Sum of LastQty times LastPx of live fills now.
    pub notional: Notional,
    /// `AvgPx` (6), rounded down.
    pub avg_px: Price,
    /// `Price` (44) now.
    pub price: Price,
    /// `LastQty` (32) of a fill or correction; of a bust, what was taken back.
    pub last_qty: Quantity,
    /// `LastPx` (31) of the same.
    pub last_px: Price,
    /// `Symbol` (55) of the order.
    pub symbol: Symbol,
    /// The order's venue.
    pub venue: Mic,
    /// Identity of the ClOrdID that the input named: the request's own, or the one a report
    /// answers.
    pub request: Identity,
    /// Identity of the ClOrdID that the order went by before.
    pub former: Identity,
    /// Identity of the ClOrdID that the order goes by now.
    pub name: Identity,
}

/// Kinds of change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Change {
    /// No order changed.
    #[default]
    None,
    /// An order was admitted.
    Created,
    /// A cancel or replace is on its way.
    Requested,
    /// Cancels are on their way: [`crate::Books::mass_cancelled`] lists them.
    MassRequested,
    /// A request was refused.
    Refused,
    /// A venue's report was applied.
    Reported,
    /// Orders expired or were restated: [`crate::Books::day_ended`] lists them.
    DayEnded,
}

/// One order of a mass cancel, as [`crate::Books::mass_cancelled`] lists them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MassCancelled {
    /// The order.
    pub order: OrderId,
    /// Its venue.
    pub venue: Mic,
    /// Number of the cancel to (account, venue) (INV-13).
    pub venue_seq: u64,
    /// The order's revision after it.
    pub rev: u64,
    /// Identity of the ClOrdID that the order goes by: what the cancel's OrigClOrdID names.
    pub name: Identity,
}

impl Effect {
    /// Nothing of an order changed.
    pub const NONE: Self = Self {
        change: Change::None,
        order: OrderId(0),
        rev: 0,
        status: OrdStatus::Rejected,
        order_qty: Quantity::ZERO,
        cum_qty: Quantity::ZERO,
        leaves_qty: Quantity::ZERO,
        day_order_qty: Quantity::ZERO,
        day_cum_qty: Quantity::ZERO,
        notional: Notional(0),
        avg_px: Price(0),
        price: Price(0),
        last_qty: Quantity::ZERO,
        last_px: Price(0),
        symbol: Symbol::EMPTY,
        venue: Mic::EMPTY,
        request: Identity(0),
        former: Identity(0),
        name: Identity(0),
    };

    /// The order as it stands, changed in this way.
    pub(crate) fn of(change: Change, order: &OrderRow, request: Identity) -> Self {
        Self {
            change,
            order: order.id,
            rev: order.rev,
            status: order.status(),
            order_qty: order.order_qty,
            cum_qty: order.cum_qty,
            leaves_qty: order.leaves_qty(),
            day_order_qty: order.day_order_qty(),
            day_cum_qty: order.day_cum_qty(),
            notional: order.notional,
            avg_px: order.avg_px(),
            price: order.price,
            symbol: order.symbol,
            venue: order.venue,
            request,
            former: order.name,
            name: order.name,
            ..Self::NONE
        }
    }
}
