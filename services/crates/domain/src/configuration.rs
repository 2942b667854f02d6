//! What decisions are made under: one set with one number, published and taken whole.
//!
//! Entry points: [`Configuration`] and its look-ups.
//! A missing limit or instrument refuses (fail closed). Kill switches aren't here: they are control
//! inputs and live in the books, so that they bind between two records.
//! `wire` reads sets from text; `routing` reads them to decide; `books` never sees them.

mod account;
mod instrument;
mod permission;
mod route;

pub use account::{Account, AccountControls, Bound, Limits};
pub use instrument::{Instrument, InstrumentControls, Session, ShortSale, TypeMask};
pub use permission::{Entitlement, Locate, Party, Restriction};
pub use route::{Choice, Route, Share, Venue};

use crate::counting::Counting;
use crate::entry::{FORMAT, FORMAT_BEFORE};
use crate::identity::AccountKey;
use crate::limit::Spanning;
use crate::text::{Mic, Symbol};

/// The first decision rules: quantity, notional, kill switches and static routes alone.
pub const RULES_FIRST: u32 = 1;
/// The decision rules that ask for every limit.
pub const RULES_ALL: u32 = 2;

/// Limits, instruments, permissions and routes with one number and one content hash.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Configuration {
    /// Grows by one with every change.
    pub number: u64,
    /// Hash of the canonical content, number left out.
    pub hash: [u8; 16],
    /// Whether it is the sample that a first start writes.
    pub sample: bool,
    /// Which limits it must have: [`RULES_FIRST`] or [`RULES_ALL`].
    pub rules: u32,
    /// Periods and ages of the whole set.
    pub periods: Periods,
    /// Whether an order must be entitled by a line of `entitlements`.
    pub entitled_only: bool,
    /// Instruments, sorted by symbol.
    pub instruments: Vec<Instrument>,
    /// Accounts with limits of their own, sorted by key.
    pub accounts: Vec<Account>,
    /// Limits of every other account; `None` refuses them.
    pub any_account: Option<Limits>,
    /// Controls of every other account.
    pub any_account_controls: AccountControls,
    /// Trading hours, sorted by name.
    pub sessions: Vec<Session>,
    /// The restricted and watch lists.
    pub restrictions: Vec<Restriction>,
    /// What was located for short sales, sorted by account and symbol.
    pub locates: Vec<Locate>,
    /// Who may trade for whom.
    pub entitlements: Vec<Entitlement>,
    /// Venues with what they cost, sorted by code.
    pub venues: Vec<Venue>,
    /// Routes, tried in this order.
    pub routes: Vec<Route>,
    /// Limits that all lanes keep together, sorted by name.
    pub spanning: Vec<Spanning>,
}

/// Periods and ages, in nanoseconds; 0: off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Periods {
    /// Of `MESSAGE_RATE`.
    pub messages_ns: i64,
    /// Of `REPEAT_EXECUTION`.
    pub executions_ns: i64,
    /// Of `PRICE_COLLAR`.
    pub collar_ns: i64,
    /// For so long the account's last order over again is a duplicate.
    pub duplicates_ns: i64,
    /// Oldest order, by the recorded clock, that is decided (`STALE_ORDER`).
    pub age_max_ns: i64,
    /// Largest error of the clock under which ages mean anything.
    pub clock_error_max_ns: i64,
}

impl Configuration {
    /// The oldest format of the journal that records what the set asks for.
    #[must_use]
    pub const fn format(&self) -> u16 {
        let is_old = !self.asks_for_all() && self.spanning.is_empty();
        if is_old { FORMAT_BEFORE } else { FORMAT }
    }

    /// Whether every limit must be there.
    #[must_use]
    pub const fn asks_for_all(&self) -> bool {
        self.rules >= RULES_ALL
    }

    /// What the books must count for it.
    #[must_use]
    pub const fn counting(&self) -> Counting {
        Counting {
            is_on: self.asks_for_all(),
            messages_ns: self.periods.messages_ns,
            executions_ns: self.periods.executions_ns,
            collar_ns: self.periods.collar_ns,
        }
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
        match self.own(account) {
            Some(own) => Some(&own.limits),
            None => self.any_account.as_ref(),
        }
    }

    /// The controls of an account.
    #[must_use]
    pub fn account_controls(&self, account: AccountKey) -> &AccountControls {
        self.own(account).map_or(&self.any_account_controls, |own| &own.controls)
    }

    /// What an account has located of an instrument.
    #[must_use]
    pub fn located(&self, account: AccountKey, symbol: &Symbol) -> crate::Quantity {
        let key = (account, *symbol);
        let found = self.locates.binary_search_by(|one| (one.account, one.symbol).cmp(&key));
        let found = found.ok().and_then(|at| self.locates.get(at));
        found.map(|one| one.quantity).unwrap_or_default()
    }

    /// A venue, with what it costs.
    #[must_use]
    pub fn venue(&self, mic: Mic) -> Option<&Venue> {
        let at = self.venues.binary_search_by(|known| known.mic.cmp(&mic)).ok()?;
        self.venues.get(at)
    }

    /// The first route that takes a symbol of any account.
    #[must_use]
    pub fn route(&self, symbol: &Symbol) -> Option<&Route> {
        let class = self.instrument(symbol).map(|known| known.controls.asset_class);
        let class = class.unwrap_or_default();
        self.routes.iter().find(|route| route.takes(symbol, &class, None))
    }

    fn own(&self, account: AccountKey) -> Option<&Account> {
        let at = self.accounts.binary_search_by(|known| known.key.cmp(&account)).ok()?;
        self.accounts.get(at)
    }
}
