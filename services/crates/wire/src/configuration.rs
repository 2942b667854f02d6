//! Configuration sets as text (TOML): limits, instruments and routes under one number.
//!
//! Entry points: [`parse`], [`render`], [`sample`].
//!
//! ```toml
//! number = 1                        # grows by one with every change
//!
//! [any_account]                     # accounts without limits of their own; absent: refused
//! max_order_qty = 1000000           # shares; a whole number, or text with up to 8 digits after
//! the point max_order_notional = "50000000"   # currency units; up to 16 digits after the point
//!
//! [[instrument]]
//! symbol = "ALC"
//! reference_price = "12.5"          # what a market order counts at; absent: market orders are
//! refused max_order_qty = 1000000 max_order_notional = 50000000
//!
//! [[account]]
//! account = "ITCH-7"                # or key = "<32 hex digits>", as rendered
//! max_order_qty = 500
//! max_order_notional = 10000
//!
//! [[route]]                         # the first that takes the symbol counts
//! rule = 1
//! symbol = "ALC"                    # absent: any
//! venue = "XDEM"
//!
//! [[limit]]                         # what all lanes together keep (INV-12)
//! name = "F-1-gross"
//! scope = "firm"                    # account, symbol, desk, strategy, trader, client, venue, all
//! target = "F-1"                    # absent with all
//! measure = "gross"                 # or open, net
//! shares = false                    # true: shares count, not their value
//! amount = "100000000"
//! ```
//!
//! Invariants: equal content has an equal hash, whatever its number, order of tables and writing;
//! what [`render`] writes, [`parse`] reads as the same set. Limits:
//! `limits::CONFIGURATION_BYTES_MAX`.
//!
//! It says all that is wrong at once, and refuses what it doesn't know. There are no defaults for
//! limits.
//!
//! It holds nothing that a crash could lose.

use std::fmt;

use domain::Configuration;

mod amount;
mod read;
mod render;
mod sample;
mod spanning;
mod table;

pub use read::parse;
pub use render::{hash, render};
pub use sample::sample;

/// One thing that is wrong with a text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// Where, as `instrument[2].symbol`, counted from 0; empty for the text as a whole.
    pub path: String,
    /// What is wrong and what mends it.
    pub reason: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.path {
            "" => f.write_str(&self.reason),
            path => write!(f, "{path}: {}", self.reason),
        }
    }
}

impl std::error::Error for Problem {}

/// Whether a set can be what decisions are made under; `parse` gives no other.
#[must_use]
pub fn is_sound(configuration: &Configuration) -> bool {
    configuration.hash == hash(configuration)
        && configuration.instruments.is_sorted_by_key(|instrument| instrument.symbol)
        && configuration.accounts.is_sorted_by_key(|account| account.key)
}
