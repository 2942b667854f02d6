//! Whom a switch or a limit names, and the trading states that a switch sets.
//!
//! Entry points: [`Scope`], [`scope_key`], [`Parties`], [`TradingState`], [`Kill`].
//! Texts are found by hash: requests carry keys, never names.

use crate::text::Text;

/// A switch of the trading state of whatever it names (RTS 6 Art 12, FIA 1.11). Cancels pass in
/// every state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kill {
    /// Number of the command; a lane applies each once, in order.
    pub number: u64,
    /// What `target` names.
    pub scope: Scope,
    /// Its name; [`ALL_TARGET`] of [`Scope::All`].
    pub target: Text<32>,
    /// The state from here on.
    pub state: TradingState,
}

/// What new and changed orders may do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum TradingState {
    /// Everything.
    #[default]
    Active = 0,
    /// Nothing: the kill switch is thrown.
    Halted = 1,
    /// Only what reduces a position that there is, or an order that is open.
    Reducing = 2,
}

/// What a switch can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Scope {
    /// An executing firm.
    Firm = 1,
    /// An account.
    Account = 2,
    /// An instrument.
    Symbol = 3,
    /// A trading desk.
    Desk = 4,
    /// An algorithm.
    Strategy = 5,
    /// A trader.
    Trader = 6,
    /// A client.
    Client = 7,
    /// A venue.
    Venue = 8,
    /// Everything.
    All = 9,
}

/// The one target of [`Scope::All`].
pub const ALL_TARGET: &str = "ALL";

/// Hash of a party's name under its scope; 0 names nobody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartyKey(pub u64);

/// Who stands behind an order, beside its firm and account (RTS 6 Art 12: algorithm, trader, desk
/// and client must be known).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Parties {
    /// PartyRole (452) 3, the client.
    pub client: PartyKey,
    /// PartyRole (452) 12, the executing trader.
    pub trader: PartyKey,
    /// PartyRole (452) 76, the desk.
    pub desk: PartyKey,
    /// The algorithm.
    pub strategy: PartyKey,
}

/// The key under which a scope's target is found: hash of scope and text; 0 for an empty text.
#[must_use]
pub fn scope_key(scope: Scope, target: &str) -> u128 {
    if target.is_empty() {
        return 0;
    }
    let mut bytes = [0; 33];
    bytes[0] = scope as u8;
    let length = target.len().min(32);
    bytes[1..=length].copy_from_slice(&target.as_bytes()[..length]);
    crate::hash::row(&bytes)
}

// === impl TradingState ===

impl TradingState {
    /// The state of its number.
    #[must_use]
    pub const fn of_code(code: u8) -> Option<Self> {
        match code {
            0 => Some(Self::Active),
            1 => Some(Self::Halted),
            2 => Some(Self::Reducing),
            _ => None,
        }
    }

    /// The state of its name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        [Self::Active, Self::Halted, Self::Reducing].into_iter().find(|state| state.name() == name)
    }

    /// The name in commands and answers.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Halted => "halted",
            Self::Reducing => "reducing",
        }
    }

    /// The stricter of two.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Halted, _) | (_, Self::Halted) => Self::Halted,
            (Self::Reducing, _) | (_, Self::Reducing) => Self::Reducing,
            _ => Self::Active,
        }
    }
}

// === impl Scope ===

impl Scope {
    /// Every scope.
    pub const ALL: &'static [Self] = &[
        Self::Firm,
        Self::Account,
        Self::Symbol,
        Self::Desk,
        Self::Strategy,
        Self::Trader,
        Self::Client,
        Self::Venue,
        Self::All,
    ];

    /// The scope of its number.
    #[must_use]
    pub fn of_code(code: u8) -> Option<Self> {
        Self::ALL.iter().copied().find(|scope| *scope as u8 == code)
    }

    /// The scope of its name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|scope| scope.name() == name)
    }

    /// The name in commands and answers.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Firm => "firm",
            Self::Account => "account",
            Self::Symbol => "symbol",
            Self::Desk => "desk",
            Self::Strategy => "strategy",
            Self::Trader => "trader",
            Self::Client => "client",
            Self::Venue => "venue",
            Self::All => "all",
        }
    }
}

// === impl PartyKey ===

impl PartyKey {
    /// The key of a name; nobody's of an empty one.
    #[must_use]
    pub fn of(scope: Scope, name: &str) -> Self {
        Self((scope_key(scope, name) >> 64) as u64)
    }

    /// Whether it names anybody.
    #[must_use]
    pub const fn is_someone(self) -> bool {
        self.0 != 0
    }
}

// === impl Parties ===

impl Parties {
    /// Each with its scope.
    #[must_use]
    pub const fn each(&self) -> [(Scope, PartyKey); 4] {
        [
            (Scope::Client, self.client),
            (Scope::Trader, self.trader),
            (Scope::Desk, self.desk),
            (Scope::Strategy, self.strategy),
        ]
    }

    /// Whether anybody is named.
    #[must_use]
    pub fn is_anyone(&self) -> bool {
        *self != Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names_lead_back_to_their_scopes() {
        for scope in Scope::ALL {
            assert_eq!(Scope::of_code(*scope as u8), Some(*scope));
            assert_eq!(Scope::of_name(scope.name()), Some(*scope));
        }
        assert_eq!((Scope::of_code(0), Scope::of_code(10)), (None, None));
    }

    #[test]
    fn the_same_name_under_two_scopes_is_two_keys() {
        assert_ne!(PartyKey::of(Scope::Desk, "X"), PartyKey::of(Scope::Trader, "X"));
        assert!(!PartyKey::of(Scope::Desk, "").is_someone());
    }

    #[test]
    fn the_stricter_state_counts() {
        let [active, halted, reducing] =
            [TradingState::Active, TradingState::Halted, TradingState::Reducing];
        assert_eq!(active.and(reducing), reducing);
        assert_eq!(reducing.and(halted), halted);
        assert_eq!(active.and(active), active);
        for state in [active, halted, reducing] {
            assert_eq!(TradingState::of_name(state.name()), Some(state));
        }
        assert_eq!(TradingState::of_name("frozen"), None);
    }
}
