//! All of orderflow in one process on embedded stores, with sample flow and a demo venue beside it.
//!
//! It wires rooms together and decides nothing.

pub mod ask;
pub mod backup;
pub mod chance;
pub mod commands;
pub mod config;
pub mod error;
pub mod figures;
pub mod http;
pub mod instance;
pub mod itch;
pub mod limits;
pub mod redrive;
pub mod sample;
pub mod subject;
pub mod venue;
pub mod world;
