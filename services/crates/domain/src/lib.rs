//! The values of the trade, and nothing that acts on the world.
//!
//! Entry points: [`Inbound`] (what a record asks or reports), [`Outcome`] (what was decided),
//! [`Entry`] (how a batch of decisions is kept), [`Configuration`] (what decisions are made under).
//!
//! Invariants: INV-1 and INV-4 (`chain`), INV-7 and INV-8 (`identity`).
//! Limits: texts are at most [`text::TEXT_LENGTH_MAX`] bytes.
//!
//! It knows no bytes on the wire (`wire`), no state (`books`), no rule of business (`routing`), and
//! neither time, chance, disks nor networks.
//!
//! On a crash there is nothing here to lose.
#![deny(clippy::float_arithmetic)]

pub mod amount;
pub mod chain;
pub mod clock;
pub mod configuration;
pub mod counting;
pub mod entry;
pub mod fix;
pub mod hash;
pub mod identity;
pub mod inbound;
pub mod lane;
pub mod limit;
pub mod outcome;
pub mod overrides;
pub mod position;
pub mod reason;
pub mod scope;
pub mod text;
pub mod time;

pub use amount::{Notional, Price, Quantity};
pub use clock::{ClockSource, TurnClock};
pub use configuration::Configuration;
pub use counting::Counting;
pub use entry::{Entry, EntryKind, StateDigest, Writer};
pub use fix::{ExecType, OrdStatus, OrdType, Side, TimeInForce};
pub use identity::{AccountKey, ExecIdentity, Identity, IdentityKey, OrderId};
pub use inbound::{Control, Inbound};
pub use lane::{Epoch, HashRange, LaneId};
pub use limit::{Allotment, Counts, LimitKey, Measure, Reservation, Reservations, Spanning};
pub use outcome::Outcome;
pub use overrides::Override;
pub use position::{Position, Sequence};
pub use reason::{Reason, Reasons};
pub use scope::{Kill, Parties, PartyKey, Scope, TradingState};
pub use text::{Mic, Symbol, Text};
pub use time::{Timestamp, TradeDate};
