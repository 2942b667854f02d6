//! Decisions as the line makes them: `decide`, then `apply`, step by step.
#![allow(clippy::expect_used, reason = "tests say what they expect")]

mod conformance;
mod controls;
mod desk;
mod reports;
mod states;
mod streams;
mod window;
