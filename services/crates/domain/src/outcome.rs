//! What was decided of an input: every number that the books need, so that applying it reads no
//! configuration (INV-10).
//!
//! Entry points: [`Outcome`], [`Reasons`].
//! Invariants: INV-8 (`Duplicate`, `Stale`), INV-9 (`Misplaced`), INV-11 (`Undecodable`,
//! `Quarantined`), INV-13 (`venue_seq`), INV-14 (`Repeated`, `ExecIdConflict`, `Unmatched`).

use crate::amount::Price;
use crate::identity::OrderId;
use crate::text::Mic;

/// What was decided of one input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A new order was admitted; it goes to its venue.
    Routed(Routed),
    /// A cancel or replace was admitted; it goes to the order's venue.
    Forwarded(Forwarded),
    /// A mass cancel was admitted: one cancel for each of the account's open orders that it names,
    /// in order-id order, numbered from the account's next `venue_seq`s on.
    MassForwarded {
        /// How many cancels it makes.
        orders: u32,
        /// Number of the configuration set that it was decided under.
        configuration: u64,
    },
    /// A request was refused.
    Rejected(Rejection),
    /// The same request again, same content: no effect (INV-8).
    Duplicate {
        /// The order that the first decision made or named.
        order: OrderId,
    },
    /// An earlier decision may exist and is forgotten: not decided (INV-8).
    Stale {
        /// The order to look up.
        order: OrderId,
    },
    /// A status request, answered with the order's state.
    Answered {
        /// The order.
        order: OrderId,
    },
    /// A venue's report changed its order.
    Reported {
        /// The order.
        order: OrderId,
    },
    /// A venue's report again, same content: no effect (INV-14).
    Repeated,
    /// A known ExecID with other content: no effect, alert (INV-14).
    ExecIdConflict,
    /// A report that fits nothing: recorded, never applied (INV-14).
    Unmatched,
    /// The account belongs to another lane: put back under its account (INV-9).
    Misplaced,
    /// No message of ours; dead-lettered (INV-11).
    Undecodable,
    /// Crashed the process three times; dead-lettered, its account halted (INV-11).
    Quarantined,
    /// A control input, applied as it says.
    Applied,
}

/// A new order and where it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Routed {
    /// The order.
    pub order: OrderId,
    /// Its venue.
    pub venue: Mic,
    /// Number of the output to (account, venue), from 1 (INV-13).
    pub venue_seq: u64,
    /// Rule that chose the venue.
    pub rule: u32,
    /// Number of the configuration set that it was decided under.
    pub configuration: u64,
    /// Reference price that controls used; 0 when none was.
    pub reference_price: Price,
}

/// A cancel or replace on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Forwarded {
    /// The order.
    pub order: OrderId,
    /// Its venue.
    pub venue: Mic,
    /// Number of the output to (account, venue) (INV-13).
    pub venue_seq: u64,
    /// Number of the configuration set that it was decided under.
    pub configuration: u64,
}

/// A refusal, with every failing control.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// The order of a new request; the named order of a cancel or replace, 0 when unknown.
    pub order: OrderId,
    /// All that failed.
    pub reasons: Reasons,
    /// Whether the request enters the window (INV-8: misplaced, stale and mistimed ones don't, nor
    /// does one whose identity is taken).
    pub remembered: bool,
    /// Number of the configuration set that it was decided under.
    pub configuration: u64,
}

/// Why a request is refused. The order here is the order in which the first is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Reason {
    /// A ClOrdID in use with other content.
    DuplicateOrder = 0,
    /// `TransactTime` absent, or more than 1 s ahead of lane time.
    TransactTime = 1,
    /// A field is missing or makes no sense.
    Malformed = 2,
    /// A kill switch is thrown for its firm, account or symbol, or its account is halted.
    KillSwitch = 3,
    /// No limits for the account.
    UnknownAccount = 4,
    /// No instrument of the symbol.
    UnknownSymbol = 5,
    /// `OrderQty` above the limit of account or instrument.
    MaxOrderQty = 6,
    /// Price times quantity above the limit of account or instrument.
    MaxOrderNotional = 7,
    /// No reference price for an order that needs one.
    NoReferencePrice = 8,
    /// No route takes the order.
    NoRoute = 9,
    /// The lane's room for accounts, orders, fills or identities is used up.
    Capacity = 10,
    /// Cancel or replace of an order that isn't known.
    UnknownOrder = 11,
    /// Cancel or replace of an order that is finished.
    TooLate = 12,
    /// Cancel of an order whose cancel is pending.
    AlreadyPending = 13,
}

/// A set of reasons.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reasons(pub u64);

// === impl Reason ===

impl Reason {
    /// Every reason, first chosen first.
    pub const ALL: &'static [Self] = &[
        Self::DuplicateOrder,
        Self::TransactTime,
        Self::Malformed,
        Self::KillSwitch,
        Self::UnknownAccount,
        Self::UnknownSymbol,
        Self::MaxOrderQty,
        Self::MaxOrderNotional,
        Self::NoReferencePrice,
        Self::NoRoute,
        Self::Capacity,
        Self::UnknownOrder,
        Self::TooLate,
        Self::AlreadyPending,
    ];

    /// The name in answers, metrics and books.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::DuplicateOrder => "DUPLICATE_ORDER",
            Self::TransactTime => "TRANSACT_TIME",
            Self::Malformed => "MALFORMED",
            Self::KillSwitch => "KILL_SWITCH",
            Self::UnknownAccount => "UNKNOWN_ACCOUNT",
            Self::UnknownSymbol => "UNKNOWN_SYMBOL",
            Self::MaxOrderQty => "MAX_ORDER_QTY",
            Self::MaxOrderNotional => "MAX_ORDER_NOTIONAL",
            Self::NoReferencePrice => "NO_REFERENCE_PRICE",
            Self::NoRoute => "NO_ROUTE",
            Self::Capacity => "CAPACITY",
            Self::UnknownOrder => "UNKNOWN_ORDER",
            Self::TooLate => "TOO_LATE",
            Self::AlreadyPending => "ALREADY_PENDING",
        }
    }

    /// FIX `OrdRejReason` (103) for a refused new order.
    #[must_use]
    pub const fn ord_rej_reason(self) -> u32 {
        match self {
            Self::DuplicateOrder => 6,
            Self::UnknownSymbol => 1,
            Self::UnknownAccount => 15,
            Self::MaxOrderQty => 26,
            Self::MaxOrderNotional => 27,
            Self::NoReferencePrice => 19,
            Self::Malformed => 11,
            Self::TransactTime => 8,
            Self::UnknownOrder => 5,
            Self::TooLate => 4,
            Self::KillSwitch | Self::NoRoute | Self::Capacity | Self::AlreadyPending => 99,
        }
    }

    /// FIX `CxlRejReason` (102) for a refused cancel or replace.
    #[must_use]
    pub const fn cxl_rej_reason(self) -> u32 {
        match self {
            Self::TooLate => 0,
            Self::UnknownOrder => 1,
            Self::AlreadyPending => 3,
            Self::DuplicateOrder => 6,
            _ => 99,
        }
    }
}

// === impl Reasons ===

impl Reasons {
    /// No reason.
    pub const NONE: Self = Self(0);

    /// Just this one.
    #[must_use]
    pub const fn only(reason: Reason) -> Self {
        Self(1 << reason as u8)
    }

    /// Adds one.
    pub const fn add(&mut self, reason: Reason) {
        self.0 |= 1 << reason as u8;
    }

    /// Whether it is among them.
    #[must_use]
    pub const fn contains(self, reason: Reason) -> bool {
        self.0 & 1 << reason as u8 != 0
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The reasons, first chosen first.
    pub fn iter(self) -> impl Iterator<Item = Reason> {
        Reason::ALL.iter().copied().filter(move |reason| self.contains(*reason))
    }

    /// The one that becomes the FIX reason.
    #[must_use]
    pub fn first(self) -> Option<Reason> {
        self.iter().next()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_reason_is_the_one_that_comes_first_in_the_list() {
        let mut reasons = Reasons::only(Reason::MaxOrderNotional);
        reasons.add(Reason::Malformed);
        assert_eq!(reasons.first(), Some(Reason::Malformed));
        assert_eq!(reasons.iter().count(), 2);
        assert!(!reasons.contains(Reason::KillSwitch));
    }

    #[test]
    fn every_reason_stands_in_the_list_at_its_own_number() {
        for (index, reason) in Reason::ALL.iter().enumerate() {
            assert_eq!(*reason as usize, index);
        }
    }
}
