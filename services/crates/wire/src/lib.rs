//! Bytes to and from the values of `domain`; the only crate that sees generated code.
//!
//! Entry points: [`orders::decode`] (the line), [`message`] (whoever writes records),
//! [`aggregate`], [`journal`] and [`entry`] (what is kept), [`events`], [`executions`], [`venue`]
//! (what leaves), [`configuration`].
//!
//! Invariants: any bytes give a value or a reason, never a panic; what is written is canonical,
//! the same bytes for the same values. Limits: [`limits`].
//!
//! It decides nothing and keeps nothing: no file, thread, clock, chance or environment.
//!
//! On a crash there is nothing here to lose.
#![deny(clippy::float_arithmetic)]

pub mod aggregate;
pub mod configuration;
pub mod entry;
pub mod error;
pub mod events;
pub mod executions;
pub mod journal;
pub mod limits;
pub mod message;
pub mod orders;
pub mod venue;

mod field;
mod generated;

pub use error::Error;
