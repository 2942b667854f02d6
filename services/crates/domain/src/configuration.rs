//! What decisions are made under: one set with one number, published and taken whole.
//!
//! Entry points: [`Configuration`] and its look-ups.
//! A missing limit or instrument refuses (fail closed). Kill switches aren't here: they are control
//! inputs and live in the books, so that they bind between two records.
//! `wire` reads sets from text; `routing` reads them to decide; `books` never sees them.

use crate::amount::{Notional, Price, Quantity};
use crate::entry::{FORMAT, FORMAT_BEFORE};
use crate::identity::AccountKey;
use crate::limit::Spanning;
use crate::text::{Mic, Symbol};

/// Limits, instruments and routes with one number and one content hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Configuration {
    /// Grows by one with every change.
    pub number: u64,
    /// Hash of the canonical content, number left out.
    pub hash: [u8; 16],
    /// Whether it is the sample that a first start writes.
    pub sample: bool,
    /// Instruments, sorted by symbol.
    pub instruments: Vec<Instrument>,
    /// Accounts with limits of their own, sorted by key.
    pub accounts: Vec<Account>,
    /// Limits of every other account; `None` refuses them.
    pub any_account: Option<Limits>,
    /// Routes, tried in this order.
    pub routes: Vec<Route>,
    /// Limits that all lanes keep together, sorted by name.
    pub spanning: Vec<Spanning>,
}

/// An instrument that may be traded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instrument {
    /// `Symbol` (55).
    pub symbol: Symbol,
    /// Price that a market order counts at; 0 when there is none.
    pub reference_price: Price,
    /// What one order may be.
    pub limits: Limits,
}

/// An account's own limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Account {
    /// The account.
    pub key: AccountKey,
    /// What one order may be.
    pub limits: Limits,
}

/// What one order may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Largest `OrderQty` (38).
    pub max_order_qty: Quantity,
    /// Largest price times quantity.
    pub max_order_notional: Notional,
}

/// A static route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Route {
    /// Number of the rule, kept in decisions.
    pub rule: u32,
    /// Only this symbol; empty takes any.
    pub symbol: Symbol,
    /// The venue.
    pub venue: Mic,
}

impl Configuration {
    /// The oldest format of the journal that records what the set asks for.
    #[must_use]
    pub const fn format(&self) -> u16 {
        if self.spanning.is_empty() { FORMAT_BEFORE } else { FORMAT }
    }

    /// The instrument of a symbol.
    #[must_use]
    pub fn instrument(&self, symbol: &Symbol) -> Option<&Instrument> {
        let at = self.instruments.binary_search_by(|known| known.symbol.cmp(symbol)).ok()?;
        self.instruments.get(at)
    }

    /// The limits of an account.
    #[must_use]
    pub fn limits(&self, account: AccountKey) -> Option<&Limits> {
        match self.accounts.binary_search_by(|known| known.key.cmp(&account)) {
            Ok(at) => self.accounts.get(at).map(|known| &known.limits),
            Err(_) => self.any_account.as_ref(),
        }
    }

    /// The first route that takes a symbol.
    #[must_use]
    pub fn route(&self, symbol: &Symbol) -> Option<&Route> {
        self.routes.iter().find(|route| route.symbol.is_empty() || route.symbol == *symbol)
    }
}
