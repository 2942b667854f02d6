//! Stages, runners and rings: mechanics without meaning.
//!
//! Entry points: [`Stage`] (a step function), [`run`] (a stage on a thread of its own),
//! [`turn_all`] (stages stepped by the caller), [`ring`] (the only way between stages),
//! [`Watermark`].
//!
//! Limits: a ring's slots and a turn's work are the callers', fixed at start.
//! No stage knows its thread; no ring knows what it carries. There is no lock and no queue without
//! a limit. No `unsafe`: the rings are rtrb's.
//!
//! On a crash everything here is lost; what counts is in the journal.

pub mod ring;
pub mod runner;
pub mod stage;
pub mod watermark;

pub use ring::{Bell, Receiver, Ringer, Sender, ring};
pub use runner::{FellBack, Gauges, Halt, Seat, Seated, Wait, plan, run};
pub use stage::{Stage, Turn, turn_all};
pub use watermark::Watermark;
