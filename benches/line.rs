//! `cargo bench -p benches --bench line`: an order through the whole line, against two pipelines.

use benches::{line, machine, rounds};

/// Orders of a full run.
const ORDERS: usize = 200_000;

fn main() {
    println!("{}\n{ORDERS} orders that don't repeat, wall time", machine::card());
    line::run(ORDERS, rounds::ROUNDS);
}
