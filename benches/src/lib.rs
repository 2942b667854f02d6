//! What the benches share: flow that doesn't repeat, fair rounds, the machine's card, and the
//! peers.
//!
//! Entry points: [`flow::Flow`], [`rounds::compare`], [`machine::card`], [`peers`].
//! Limits: a run is some seconds; `tests/miniature.rs` runs each bench small, so that none rots.
//! No bench asserts a time. Each computes an answer that the peers must agree on, and fails if not.

#![expect(clippy::expect_used, reason = "a bench stops at the first surprise")]

pub mod flow;
pub mod line;
pub mod machine;
pub mod ours;
pub mod peers;
pub mod rounds;
pub mod stations;
