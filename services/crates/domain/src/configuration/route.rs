//! Where orders go, and what venues cost.

use crate::identity::AccountKey;
use crate::text::{Mic, Symbol};

/// A venue, with what it costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Venue {
    /// Its code.
    pub mic: Mic,
    /// What a share costs that takes liquidity, in 10^-8 of the currency unit; below 0 a rebate.
    pub taking_fee: i64,
    /// What a share costs that adds liquidity.
    pub adding_fee: i64,
    /// How long it takes to acknowledge, in nanoseconds, as measured by whoever publishes the set.
    pub latency_ns: i64,
}

/// A rule that takes orders and chooses their venue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// Number of the rule, kept in decisions.
    pub rule: u32,
    /// Only this symbol; empty takes any.
    pub symbol: Symbol,
    /// Only instruments of this class; empty takes any.
    pub asset_class: Symbol,
    /// Only this account; `None` takes any.
    pub account: Option<AccountKey>,
    /// How a venue is chosen.
    pub choice: Choice,
    /// The venues that it may choose: at least one.
    pub venues: Vec<Share>,
}

/// A venue of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// The venue.
    pub venue: Mic,
    /// Its part of the whole, of a weighted rule; else 1.
    pub weight: u32,
}

/// How a rule chooses among its venues.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
pub enum Choice {
    /// The first, whatever its health.
    #[default]
    Static = 1,
    /// Each gets its part of the orders, by the hash of the order's id.
    Weighted = 2,
    /// The one that costs least: fee, then latency, then place in the list.
    Ranked = 3,
    /// The first that is healthy.
    FailOver = 4,
}

// === impl Route ===

impl Route {
    /// The rule that sends a symbol, or any where it is empty, to one venue.
    #[must_use]
    pub fn to(rule: u32, symbol: Symbol, venue: Mic) -> Self {
        let venues = vec![Share { venue, weight: 1 }];
        let (asset_class, account, choice) = (Symbol::EMPTY, None, Choice::Static);
        Self { rule, symbol, asset_class, account, choice, venues }
    }

    /// Whether it takes an order in an instrument; of no account, whether it takes any account's.
    #[must_use]
    pub fn takes(&self, symbol: &Symbol, class: &Symbol, account: Option<AccountKey>) -> bool {
        (self.symbol.is_empty() || self.symbol == *symbol)
            && (self.asset_class.is_empty() || self.asset_class == *class)
            && (self.account.is_none() || self.account == account)
    }
}

// === impl Choice ===

impl Choice {
    /// Every way.
    pub const ALL: &'static [Self] = &[Self::Static, Self::Weighted, Self::Ranked, Self::FailOver];

    /// Its name in sets.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Static => "static",
            Self::Weighted => "weighted",
            Self::Ranked => "ranked",
            Self::FailOver => "fail-over",
        }
    }
}
