//! All of orderflow in one process on embedded stores, with sample flow and a demo venue beside it.
//!
//! It wires rooms together and decides nothing.

pub mod chance;
pub mod itch;
pub mod venue;
