//! An order as the books keep it.
//!
//! Entry points: [`OrderRow`] and its readings. What changes it is `life`.
//! Invariants: OrderQty = CumQty + LeavesQty + cancelled holds by construction, because the last
//! two are read from the first two and the phase.

use domain::{
    AccountKey, Identity, Mic, Notional, OrdStatus, OrdType, OrderId, Parties, Price, Quantity,
    Side, Symbol, TimeInForce, Timestamp,
};

use crate::exposure::Counted;
use crate::life::Phase;
use crate::table::{Row, Slot};

/// An order, open or finished.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderRow {
    /// Our name of it; the root of its chain of ClOrdIDs.
    pub id: OrderId,
    /// Whose it is.
    pub account: AccountKey,
    /// Hash of the executing firm's id; 0 when it gave none.
    pub firm: u128,
    /// Who else stands behind it.
    pub parties: Parties,
    /// Sum of LastQty times LastPx over its live fills.
    pub notional: Notional,
    /// Identity of the ClOrdID of its first request.
    pub root: Identity,
    /// Identity of the ClOrdID that it goes by: the first's, then each accepted replace's.
    pub name: Identity,
    /// The mass cancel that its venue hasn't answered; 0 when there is none.
    pub mass_cancel: Identity,
    /// `Symbol` (55).
    pub symbol: Symbol,
    /// Where it was sent.
    pub venue: Mic,
    /// `OrderQty` (38) in force.
    pub order_qty: Quantity,
    /// `Price` (44) in force; 0 for a market order.
    pub price: Price,
    /// `CumQty` (14): the sum of its live fills.
    pub cum_qty: Quantity,
    /// `TransactTime` (60) of its first request.
    pub transact_time: Timestamp,
    /// Lane time at which it was admitted.
    pub entered: Timestamp,
    /// Counts its changes from 1; the order view's condition.
    pub rev: u64,
    /// Number of the configuration set that it was admitted under.
    pub configuration: u64,
    /// Reference price that controls used; 0 when none was.
    pub reference_price: Price,
    /// Price at which what is open counts, where that isn't its own.
    pub reserved_price: Price,
    /// Rule that chose its venue.
    pub rule: u32,
    /// Business days that had ended in this lane when it was finished; means nothing while it is
    /// open.
    pub closed: u32,
    /// The business day that its day quantities count from: changes of day before it.
    pub day: u32,
    /// `CumQty` (14) that was of earlier days when that day began.
    pub day_base: Quantity,
    /// Cancels, mass cancels among them, that its venue hasn't answered.
    pub pending_cancels: u16,
    /// Replaces that its venue hasn't answered.
    pub pending_replaces: u16,
    /// `Side` (54).
    pub side: Side,
    /// `OrdType` (40).
    pub ord_type: OrdType,
    /// `TimeInForce` (59).
    pub time_in_force: TimeInForce,
    /// Where it stands, requests and fills left out.
    pub phase: Phase,
    /// What its row adds to the state digest as it is now.
    pub(crate) digest: u128,
    /// First of its requests.
    pub(crate) requests: Slot,
    /// First of its reports.
    pub(crate) reports: Slot,
    /// Neighbours among its account's open orders.
    pub(crate) links: Links,
    /// Neighbours among its account's open orders in its instrument, as counted.
    pub(crate) peers: Links,
    /// What it counts for.
    pub(crate) counted: Counted,
}

/// Neighbours in an account's list of open orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Links {
    pub(crate) before: Slot,
    pub(crate) after: Slot,
}

// === impl OrderRow ===

impl OrderRow {
    /// `OrdStatus` (39): the one that takes precedence among all that apply (FIX Appendix D).
    #[must_use]
    pub const fn status(&self) -> OrdStatus {
        let over = self.phase.is_over();
        if !over && self.pending_cancels > 0 {
            OrdStatus::PendingCancel
        } else if !over && self.pending_replaces > 0 {
            OrdStatus::PendingReplace
        } else if matches!(self.phase, Phase::DoneForDay) {
            OrdStatus::DoneForDay
        } else if matches!(self.phase, Phase::Calculated) {
            OrdStatus::Calculated
        } else if self.is_filled() {
            OrdStatus::Filled
        } else {
            match self.phase {
                Phase::Stopped => OrdStatus::Stopped,
                Phase::Suspended => OrdStatus::Suspended,
                Phase::Canceled => OrdStatus::Canceled,
                Phase::Expired => OrdStatus::Expired,
                Phase::Rejected => OrdStatus::Rejected,
                _ if self.cum_qty.0 > 0 => OrdStatus::PartiallyFilled,
                Phase::Sent => OrdStatus::PendingNew,
                _ => OrdStatus::New,
            }
        }
    }

    /// Whether all of it is filled.
    #[must_use]
    pub const fn is_filled(&self) -> bool {
        self.cum_qty.0 > 0 && self.cum_qty.0 >= self.order_qty.0
    }

    /// `LeavesQty` (151): what may still trade.
    #[must_use]
    pub fn leaves_qty(&self) -> Quantity {
        if self.phase.is_over() { Quantity::ZERO } else { self.order_qty.minus(self.cum_qty) }
    }

    /// What was cancelled, expired or rejected of it.
    #[must_use]
    pub fn cancelled_qty(&self) -> Quantity {
        if self.phase.is_over() { self.order_qty.minus(self.cum_qty) } else { Quantity::ZERO }
    }

    /// `DayOrderQty` (424): what may have been filled when its business day is over.
    #[must_use]
    pub fn day_order_qty(&self) -> Quantity {
        self.order_qty.minus(self.day_base)
    }

    /// `DayCumQty` (425): what was filled in its business day.
    #[must_use]
    pub fn day_cum_qty(&self) -> Quantity {
        self.cum_qty.minus(self.day_base)
    }

    /// `AvgPx` (6), rounded down to 10^-8; 0 without fills. The exact value is notional over
    /// CumQty.
    #[must_use]
    pub fn avg_px(&self) -> Price {
        let average = self.notional.0.checked_div_euclid(i128::from(self.cum_qty.0));
        Price(average.and_then(|average| i64::try_from(average).ok()).unwrap_or_default())
    }

    /// Whether it may still trade, or a request to it isn't answered: what keeps identities
    /// (INV-8).
    #[must_use]
    pub const fn is_open(&self) -> bool {
        !self.phase.is_over()
            && (!self.is_filled() || self.pending_cancels > 0 || self.pending_replaces > 0)
    }
}

impl Row for OrderRow {
    type Key = OrderId;
    fn key(&self) -> OrderId {
        self.id
    }
    fn spread(key: OrderId) -> u32 {
        key.0 as u32
    }
}

// === impl Links ===

impl Links {
    pub(crate) const NONE: Self = Self { before: Slot::NONE, after: Slot::NONE };
}
