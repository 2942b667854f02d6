//! What `wire` reads and writes, held against its schema, its examples and a slower reader.

#[expect(unreachable_pub, reason = "public where the fuzz targets see them")]
#[path = "../../fuzz/src/checks.rs"]
mod checks;
mod corpus;
mod golden;
mod samples;
mod schema;
