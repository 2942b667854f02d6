//! `cargo bench -p benches --bench stations`: what one order costs on one thread.

use benches::{machine, rounds, stations};

/// Orders of a full run.
const ORDERS: usize = 500_000;

fn main() {
    println!("{}\n{ORDERS} orders that don't repeat, thread processor time", machine::card());
    stations::run(ORDERS, rounds::ROUNDS);
}
