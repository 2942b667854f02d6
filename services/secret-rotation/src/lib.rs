//! Rotates a database's passwords: four steps that Secrets Manager asks for, each repeatable.
//!
//! ```text
//!  createSecret   a new value under AWSPENDING
//!  setSecret      the database takes it
//!  testSecret     it opens the database
//!  finishSecret   AWSCURRENT moves to it
//! ```
//!
//! Reading order: `lambda` → `rotation` → `secret` → `database` → `database::{postgres,mysql}`.

pub mod config;
pub mod database;
pub mod error;
pub mod lambda;
pub mod rotation;
pub mod secret;
