//! Accounts, orders, fills and the duplicate window: the only state that changes.
//!
//! Entry points: [`Books::new`], [`Books::apply`], [`Books::from_rows`], [`Books::digest`], and the
//! read views that decisions are made from.
//!
//! Invariants: INV-7, INV-8, INV-10, INV-11 (halts), INV-12 (use), INV-13 (numbers),
//! INV-14; limits are [`Capacity`]'s fields. Everything is reserved at start; past a limit a table
//! grows rather than loses.
//!
//! It decides nothing (`routing`), reads no configuration, clock or bytes, and keeps no texts:
//! hashes and numbers only.
//!
//! On a crash nothing here is lost that matters: the books are a fold of the journal.
#![deny(clippy::float_arithmetic)]

mod account;
mod apply;
mod canonical;
mod capacity;
mod counting;
mod day;
mod divide;
mod effect;
mod exposure;
mod health;
mod invariants;
mod life;
mod limit;
mod order;
mod overrides;
mod report;
mod reported;
mod request;
mod snapshot;
mod spend;
mod standing;
mod state;
mod table;
mod views;
mod window;

pub use account::{AccountRow, KillRow};
pub use capacity::Capacity;
pub use day::DayEnded;
pub use divide::Part;
pub use effect::{Change, Effect, MassCancelled};
pub use exposure::{ExposureRow, FlowRow, StrategyRow, asked, buys, is_short};
pub use health::Health;
pub use invariants::Broken;
pub use life::Phase;
pub use order::OrderRow;
pub use report::{Fill, ReportRow};
pub use request::{Answer, RequestKind, RequestRow};
pub use snapshot::Error;
pub use spend::Growth;
pub use state::Books;
pub use views::{Counts, Moment, Named};
