//! What `wire` reads and writes, held against its schema, its examples and a slower reader.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that can't go on has failed")]

mod allocation;
#[expect(unreachable_pub, reason = "public where the fuzz targets see them")]
#[path = "../../fuzz/src/checks.rs"]
mod checks;
mod configuration;
mod corpus;
mod golden;
mod messages;
mod refusals;
mod round_trip;
mod samples;
mod schema;
