//! A request that the books remember: what it was, what was decided, and what its venue answered.

use domain::{AccountKey, Identity, OrderId, Price, Quantity, Reasons, Timestamp};

use crate::table::{Row, Slot};

/// Kinds of requests that are remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum RequestKind {
    /// A new order.
    New = 1,
    /// A change of one.
    Replace = 2,
    /// A cancel of one.
    Cancel = 3,
    /// A cancel of many.
    MassCancel = 4,
}

/// How far a request has got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Answer {
    /// We refused it; it never left.
    Refused = 1,
    /// It left; its venue hasn't answered.
    Pending = 2,
    /// The venue did it.
    Accepted = 3,
    /// The venue refused it, or it was voided.
    Failed = 4,
}

/// A remembered request (INV-8).
///
/// It is kept while its TransactTime is above the horizon or its order is open; beyond that the
/// names of orders that are still in the books stay findable, but no longer count as kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestRow {
    /// (sender, account, ClOrdID), hashed.
    pub identity: Identity,
    /// Every field that makes it the same request again.
    pub content: u128,
    /// Whose it was.
    pub account: AccountKey,
    /// The order that it made or named; 0 where it named none that was known.
    pub order: OrderId,
    /// `TransactTime` (60).
    pub transact_time: Timestamp,
    /// `OrderQty` (38) that it asked for; 0 for cancels.
    pub order_qty: Quantity,
    /// `Price` (44) that it asked for; 0 for cancels, and where a replace keeps the price.
    pub price: Price,
    /// Why it was refused, if it was.
    pub reasons: Reasons,
    /// What it was.
    pub kind: RequestKind,
    /// How far it got.
    pub answer: Answer,
    /// Its order's row when it was admitted; such rows live as long as the order's.
    pub(crate) place: Slot,
    /// The next of its order's requests.
    pub(crate) next: Slot,
}

impl RequestKind {
    pub(crate) const fn of_code(code: u8) -> Option<Self> {
        match code {
            1 => Some(Self::New),
            2 => Some(Self::Replace),
            3 => Some(Self::Cancel),
            4 => Some(Self::MassCancel),
            _ => None,
        }
    }
}

impl Answer {
    pub(crate) const fn of_code(code: u8) -> Option<Self> {
        match code {
            1 => Some(Self::Refused),
            2 => Some(Self::Pending),
            3 => Some(Self::Accepted),
            4 => Some(Self::Failed),
            _ => None,
        }
    }
}

impl RequestRow {
    /// Whether it belongs to an order that is in the books.
    #[must_use]
    pub fn is_attached(&self) -> bool {
        self.place != Slot::NONE
    }
}

impl Row for RequestRow {
    type Key = Identity;
    fn key(&self) -> Identity {
        self.identity
    }
    fn spread(key: Identity) -> u32 {
        key.0 as u32
    }
}
