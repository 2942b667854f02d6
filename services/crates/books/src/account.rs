//! What the books keep per account, per (account, venue) and per kill switch.

use domain::inbound::scope_key;
use domain::{AccountKey, Kill, Mic, PartyKey, Scope, TradingState};

use crate::table::{Row, Slot};

/// An account that has had an order, or was halted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountRow {
    /// The account.
    pub key: AccountKey,
    /// New and changed orders are refused until a named person releases it (INV-11).
    pub halted: bool,
    /// Orders that may still trade or whose requests aren't answered.
    pub open_orders: u32,
    /// First of the account's open orders; they are linked in no order that means anything.
    pub(crate) first: Slot,
}

/// How many outputs an account has sent to a venue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct VenueRow {
    pub(crate) account: AccountKey,
    pub(crate) venue: Mic,
    /// Number of the last output (INV-13).
    pub(crate) last: u64,
}

/// A trading state that isn't active: a kill switch that is thrown, or only reducing goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KillRow {
    /// What kind of thing it stops.
    pub scope: Scope,
    /// Which one: see [`KillRow::target`].
    pub target: u128,
    /// Number of the command that set it.
    pub number: u64,
    /// Never active.
    pub state: TradingState,
}

// === impl AccountRow ===

impl AccountRow {
    pub(crate) const fn new(key: AccountKey) -> Self {
        Self { key, halted: false, open_orders: 0, first: Slot::NONE }
    }
}

impl Row for AccountRow {
    type Key = AccountKey;
    fn key(&self) -> AccountKey {
        self.key
    }
    // The high bits are alike in a lane, which owns a range of them.
    fn spread(key: AccountKey) -> u32 {
        key.0 as u32
    }
}

// === impl VenueRow ===

impl Row for VenueRow {
    type Key = (AccountKey, Mic);
    fn key(&self) -> Self::Key {
        (self.account, self.venue)
    }
    fn spread((account, venue): Self::Key) -> u32 {
        // Fibonacci's multiplier keeps venues of one account apart.
        account.0 as u32 ^ u32::from_be_bytes(*venue.padded()).wrapping_mul(0x9e37_79b9)
    }
}

// === impl KillRow ===

impl KillRow {
    /// What a command's target is found by: an account's key, a party's, or a `scope_key`.
    pub(crate) fn target(kill: &Kill) -> u128 {
        match kill.scope {
            // Requests carry the account's key, never its text.
            Scope::Account => AccountKey::of(kill.target.as_str()).0,
            Scope::Client | Scope::Trader | Scope::Desk | Scope::Strategy => {
                PartyKey::of(kill.scope, kill.target.as_str()).0.into()
            }
            _ => scope_key(kill.scope, kill.target.as_str()),
        }
    }
}

impl Row for KillRow {
    type Key = (Scope, u128);
    fn key(&self) -> Self::Key {
        (self.scope, self.target)
    }
    fn spread((_, target): Self::Key) -> u32 {
        target as u32
    }
}
