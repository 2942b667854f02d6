//! Who may trade what for whom.

use crate::amount::Quantity;
use crate::identity::AccountKey;
use crate::inbound::{New, Scope, scope_key};
use crate::scope::PartyKey;
use crate::text::{Symbol, Text};

/// A line of the restricted or the watch list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Restriction {
    /// The instrument.
    pub symbol: Symbol,
    /// Only for this account; `None`: for all.
    pub account: Option<AccountKey>,
    /// Orders pass, and are noted.
    pub watch: bool,
}

/// What was located for an account's short sales.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Locate {
    /// The account.
    pub account: AccountKey,
    /// The instrument.
    pub symbol: Symbol,
    /// Largest short position.
    pub quantity: Quantity,
}

/// A name that an order may carry, with its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Party {
    /// The name.
    pub name: Text<32>,
    /// What orders carry of it.
    pub key: PartyKey,
}

/// A line that entitles orders: every part that it names must fit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Entitlement {
    /// For this account; `None`: for any.
    pub account: Option<AccountKey>,
    /// From this sender.
    pub sender: Option<Party>,
    /// Under this firm.
    pub firm: Option<Text<32>>,
    /// For this client.
    pub client: Option<Party>,
    /// By this trader.
    pub trader: Option<Party>,
    /// From this desk.
    pub desk: Option<Party>,
    /// By this algorithm.
    pub strategy: Option<Party>,
}

// === impl Party ===

impl Party {
    /// A name under its scope; senders stand under [`Scope::All`].
    #[must_use]
    pub fn of(scope: Scope, name: Text<32>) -> Self {
        Self { name, key: PartyKey::of(scope, name.as_str()) }
    }
}

// === impl Entitlement ===

impl Entitlement {
    /// Whether it entitles an order.
    #[must_use]
    pub fn covers(&self, new: &New) -> bool {
        let fits = |party: Option<Party>, key| party.is_none_or(|party| party.key == key);
        self.account.is_none_or(|account| account == new.head.account)
            && fits(self.sender, new.sender)
            && self.firm.is_none_or(|firm| scope_key(Scope::Firm, firm.as_str()) == new.firm)
            && fits(self.client, new.parties.client)
            && fits(self.trader, new.parties.trader)
            && fits(self.desk, new.parties.desk)
            && fits(self.strategy, new.parties.strategy)
    }
}
