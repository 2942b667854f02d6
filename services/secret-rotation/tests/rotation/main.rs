//! The function against a real PostgreSQL, a real MariaDB and a real Secrets Manager protocol.
#![expect(clippy::expect_used, clippy::panic, reason = "a test stops at the first surprise")]

mod certificates;
mod faults;
mod function;
mod http;
mod ministack;
mod relay;
mod rules;
mod server;
mod world;
