//! Limits that span lanes: their names, how an order counts under one, and what a lane may use.
//!
//! Entry points: [`LimitKey::of`], [`Reservation`], [`Reservations`], [`Allotment`].
//! Invariants: INV-12. A limit's sum over lanes stands in the control table; a lane spends from its
//! allotment alone, so that no decision waits for another lane.

use crate::amount::Price;
use crate::identity::AccountKey;
use crate::scope::{PartyKey, Scope, scope_key};
use crate::text::Text;

/// Most limits that one order counts under.
pub const RESERVATIONS_MAX: usize = 4;

/// Name of a limit: hash of its name in the configuration. 0 names none.
///
/// A net limit has two allotments: its own for what is long, [`LimitKey::short`] for what is short.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LimitKey(pub u128);

/// How an order counts under a limit. What is open counts at the reserved price from the moment it
/// is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
pub enum Counts {
    /// What is open alone.
    #[default]
    Open = 1,
    /// What is open and what was traded, whatever the side; the traded part until the change of
    /// business day.
    Gross = 2,
    /// A buy under a net limit.
    Buy = 3,
    /// A sell under a net limit.
    Sell = 4,
}

/// A limit of a firm, client, venue and the like, that all lanes together keep (INV-12).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spanning {
    /// Its name, which stays its own: what lanes may use of it is kept under it.
    pub name: Text<32>,
    /// What `target` names.
    pub scope: Scope,
    /// Whose orders count; [`ALL_TARGET`](crate::scope::ALL_TARGET) of [`Scope::All`].
    pub target: Text<32>,
    /// What of them counts.
    pub measure: Measure,
    /// Whether shares count, rather than their value.
    pub in_shares: bool,
    /// The limit, in 10^-16 of a currency unit or of a share; of a net limit, each way.
    pub amount: i128,
}

/// What of orders counts under a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// What is open.
    Open,
    /// What is open and what was traded this business day.
    Gross,
    /// The position, if what is open on one side trades.
    Net,
}

/// What an order counts for under one limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reservation {
    /// The limit.
    pub limit: LimitKey,
    /// What one whole share counts for while it is open; 0: the limit counts shares.
    pub price: Price,
    /// How it counts.
    pub counts: Counts,
}

/// The limits that an order counts under, in a decision.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reservations {
    limits: [LimitKey; RESERVATIONS_MAX],
    prices: [Price; RESERVATIONS_MAX],
    counts: [Counts; RESERVATIONS_MAX],
}

/// What a lane may use of a limit, and what it uses, in 10^-16 of a currency unit or of a share.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Allotment {
    /// What it may use.
    pub amount: i128,
    /// What its accounts use.
    pub used: i128,
    /// Number of the last transfer that set the amount; 0: the lane never had an allotment.
    pub transfer: u64,
}

// === impl LimitKey ===

impl LimitKey {
    /// The limit of a name, of at most 32 bytes.
    #[must_use]
    pub fn of(name: &str) -> Self {
        Self(crate::hash::row(name.as_bytes()).max(1))
    }

    /// A limit's other half: what is short under a net limit.
    #[must_use]
    pub const fn short(self) -> Self {
        Self(!self.0)
    }

    /// Whether it names no limit.
    #[must_use]
    pub const fn is_none(self) -> bool {
        self.0 == 0
    }
}

// === impl Spanning ===

impl Spanning {
    /// Its key.
    #[must_use]
    pub fn key(&self) -> LimitKey {
        LimitKey::of(self.name.as_str())
    }

    /// Key of whose orders count, as orders carry it.
    #[must_use]
    pub fn target_key(&self) -> u128 {
        match self.scope {
            Scope::Account => AccountKey::of(self.target.as_str()).0,
            Scope::Client | Scope::Trader | Scope::Desk | Scope::Strategy => {
                u128::from(PartyKey::of(self.scope, self.target.as_str()).0)
            }
            scope => scope_key(scope, self.target.as_str()),
        }
    }

    /// The keys under which lanes have allotments of it.
    pub fn halves(&self) -> impl Iterator<Item = LimitKey> + use<> {
        let (key, is_net) = (self.key(), self.measure == Measure::Net);
        std::iter::once(key).chain(is_net.then_some(key.short()))
    }

    /// How an order of a side counts.
    #[must_use]
    pub const fn counts(&self, is_buy: bool) -> Counts {
        match (self.measure, is_buy) {
            (Measure::Open, _) => Counts::Open,
            (Measure::Gross, _) => Counts::Gross,
            (Measure::Net, true) => Counts::Buy,
            (Measure::Net, false) => Counts::Sell,
        }
    }
}

// === impl Measure ===

impl Measure {
    /// Each with its name.
    pub const ALL: [(&'static str, Self); 3] =
        [("open", Self::Open), ("gross", Self::Gross), ("net", Self::Net)];

    /// The name in sets.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Gross => "gross",
            Self::Net => "net",
        }
    }
}

// === impl Counts ===

impl Counts {
    /// The way of its number.
    #[must_use]
    pub const fn of_code(code: u8) -> Option<Self> {
        match code {
            1 => Some(Self::Open),
            2 => Some(Self::Gross),
            3 => Some(Self::Buy),
            4 => Some(Self::Sell),
            _ => None,
        }
    }
}

// === impl Reservations ===

impl Reservations {
    /// Adds one; false when there is no room, so that the order must be refused.
    pub fn add(&mut self, reservation: Reservation) -> bool {
        let room = self.limits.iter().position(|limit| limit.is_none());
        let Some(at) = room.filter(|_| !reservation.limit.is_none()) else { return false };
        self.limits[at] = reservation.limit;
        self.prices[at] = reservation.price;
        self.counts[at] = reservation.counts;
        true
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = Reservation> + use<> {
        let Self { limits, prices, counts } = *self;
        let each = limits.into_iter().zip(prices).zip(counts);
        each.take_while(|((limit, _), _)| !limit.is_none())
            .map(|((limit, price), counts)| Reservation { limit, price, counts })
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.limits[0].is_none()
    }
}

// === impl Allotment ===

impl Allotment {
    /// What is left of it; 0 or below when nothing is.
    #[must_use]
    pub const fn left(&self) -> i128 {
        self.amount.saturating_sub(self.used)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_counts_under_a_bounded_number_of_limits() {
        let mut reservations = Reservations::default();
        assert!(reservations.is_empty());
        let one = |name: &str| Reservation {
            limit: LimitKey::of(name),
            price: Price::whole(2),
            counts: Counts::Gross,
        };
        for number in 0..RESERVATIONS_MAX {
            assert!(reservations.add(one(&number.to_string())));
        }
        assert!(!reservations.add(one("one too many")));
        assert_eq!(reservations.iter().count(), RESERVATIONS_MAX);
        assert_eq!(reservations.iter().next(), Some(one("0")));
    }
}
