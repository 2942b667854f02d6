//! What must hold of any bytes, for the fuzz targets beside it and for wire's tests.
//!
//! Entry points: [`checks`], one function for each target. From `services/crates/wire`:
//!
//! ```text
//! cargo +nightly fuzz run -O --sanitizer none orders -- -runs=10000000 -max_len=700
//! ```
//!
//! `corpus/<target>` holds the examples of `proto/golden` and what fuzzing found worth keeping; the
//! tests of `wire` replay all of it. A finding goes there too, under a name that says what it was.

pub mod checks;
