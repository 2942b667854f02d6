//! Decisions as the line makes them: `decide`, then `apply`, step by step.

mod conformance;
mod controls;
mod desk;
mod reports;
mod streams;
mod window;
