//! Decisions as the line makes them: `decide`, then `apply`, step by step.
#![allow(clippy::expect_used, reason = "tests say what they expect")]

mod appendix;
mod conformance;
mod controls;
mod days;
mod desk;
mod limits;
mod market;
mod model;
mod overrides;
mod reports;
mod routes;
mod spanning;
mod states;
mod streams;
mod strict;
mod vector;
mod window;
