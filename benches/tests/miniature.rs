//! The benches in miniature: they run, and their candidates agree. No time is asserted.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test stops at the first surprise")]

use benches::{line, stations};

#[test]
fn stations_agree_with_their_peers() {
    let figures = stations::run(20_000, 1);
    assert_eq!(figures.len(), 5);
    assert!(figures.iter().all(|figure| figure.quartiles[1] > 0.0));
}

#[test]
fn the_line_agrees_with_its_peers() {
    let figures = line::run(5_000, 1);
    assert_eq!(figures.len(), 3);
}
