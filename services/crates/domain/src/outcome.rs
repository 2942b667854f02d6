//! What was decided of an input: every number that the books need, so that applying it reads no
//! configuration (INV-10).
//!
//! Entry points: [`Outcome`].
//! Invariants: INV-8 (`Duplicate`, `Stale`), INV-9 (`Misplaced`), INV-11 (`Undecodable`,
//! `Quarantined`), INV-13 (`venue_seq`), INV-14 (`Repeated`, `ExecIdConflict`, `Unmatched`).

use crate::amount::Price;
use crate::identity::OrderId;
use crate::limit::Reservations;
pub use crate::reason::{Reason, Reasons};
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
    /// Price at which what is open counts, where that isn't its own: of a market order the
    /// reference price and its collar; else 0.
    pub reserved_price: Price,
    /// What surveillance should look at; it changes nothing.
    pub notes: Notes,
    /// Number of the override that let it pass controls; 0: none was needed.
    pub overridden: u64,
    /// What it counts for under limits that span lanes (INV-12).
    pub reservations: Reservations,
}

/// Notes on an admitted order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Notes(pub u8);

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
    /// Price at which a replace counts from now on under limits by value (INV-12); 0 leaves it.
    pub reserved_price: Price,
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

// === impl Notes ===

impl Notes {
    /// The instrument is on the watch list.
    pub const WATCHED: Self = Self(1);
    /// The one order that tries a venue whose health isn't known again.
    pub const PROBE: Self = Self(1 << 1);

    /// These and those.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether it is among them.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}
