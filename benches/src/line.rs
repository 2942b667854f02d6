//! The whole line on the memory world, threads, rings, journal entries and follower included,
//! against the owned design on one thread and the naive pipeline on two.
//!
//! Entry points: [`run`], which `cargo bench` calls in full and the tests in miniature.
//! The stream is filled before the clock starts; the clock stops when the last decision is durable,
//! as far as memory is. No disk and no network: those are the service's, and their own benches'.

use std::sync::Arc;
use std::time::Duration;

use domain::{HashRange, IdentityKey, LaneId, Timestamp};
use order_router::{Config, Counted, LaneSpec, OnLag, Options, OrderRouter};
use ports::memory::MemoryWorld;

use crate::flow::{Flow, START_NS};
use crate::ours;
use crate::peers::{naive, owned};
use crate::rounds::{Candidate, Figure, compare, wall_ns};

/// Accounts of the flow.
const ACCOUNTS: u64 = 100_000;

/// Between two looks at the line's figures.
const LOOK: Duration = Duration::from_micros(200);

/// Looks after which a line that isn't done stands still: about a minute.
const LOOKS_MAX: u64 = 300_000;

/// Admitted, refused, repeated.
type Counts = (u64, u64, u64);

/// Compares the pipelines over `orders` orders, wall time; every ratio is to ours.
///
/// # Panics
/// When two designs disagree, or the line stops.
pub fn run(orders: usize, rounds: usize) -> Vec<Figure> {
    let flow = Arc::new(Flow::new(2, orders, ACCOUNTS));
    let one_thread = || {
        let mut router = owned::Router::default();
        for bytes in flow.orders() {
            router.take(bytes);
        }
        let answer = router.answer();
        (answer.admitted, answer.refused, answer.repeated)
    };
    let pipeline = || {
        let answer = naive::run(&flow);
        (answer.admitted, answer.refused, answer.repeated)
    };
    let candidates = vec![
        Candidate { name: "ours, whole line", run: Box::new(|| whole_line(&flow)) },
        Candidate { name: "owned strings, one thread", run: Box::new(|| wall_ns(one_thread)) },
        Candidate { name: "three tokio tasks", run: Box::new(|| wall_ns(pipeline)) },
    ];
    compare("order through the line, wall time", orders, rounds, candidates)
}

fn whole_line(flow: &Flow) -> (u64, Counts) {
    let world = MemoryWorld::default();
    for (number, bytes) in flow.orders().enumerate() {
        let arrival = Timestamp(START_NS + number as i64 * 1_000);
        world.shards.lock().put(0, arrival, bytes);
    }
    let set = ours::configuration();
    let hash = wire::configuration::hash(&set);
    world.control.0.lock().sets.push((1, hash, wire::configuration::render(&set)));
    world.clock.pass(START_NS);
    let router = OrderRouter::open(world.clone(), options(flow.len())).expect("the lane opens");
    let (progress, stop) = (router.progress(), router.stop());
    let (nanoseconds, counted) = wall_ns(|| {
        let running = router.start().expect("the stages start");
        let mut looks = 0_u64;
        loop {
            let counted = progress.facts().counted();
            if records(&counted) >= flow.len() as u64 {
                stop.abort();
                running.join().expect("the line ends as it is asked to");
                return counted;
            }
            assert!(!running.has_ended(), "the line stopped by itself");
            looks += 1;
            assert!(looks < LOOKS_MAX, "the line stands still at {counted:?}");
            std::thread::sleep(LOOK);
            world.clock.pass(LOOK.as_nanos() as i64);
        }
    });
    (nanoseconds, (counted.routed, counted.rejected, counted.duplicates))
}

const fn records(counted: &Counted) -> u64 {
    counted.routed + counted.rejected + counted.duplicates
}

fn options(orders: usize) -> Options {
    let config = Config {
        tick_ns: 0,
        accounts_max: ACCOUNTS as usize,
        orders_max: orders,
        reports_max: 8 * orders,
        identities_max: orders,
        snapshot_entries: u64::MAX,
        ..Config::default()
    };
    let lane = LaneSpec {
        lane: LaneId::of("bench", "", "orders", 1, "shard-0"),
        shard: 0,
        range: HashRange::ALL,
        application: "bench".to_owned(),
        region: String::new(),
        stream: "orders".to_owned(),
        stream_created_ns: 1,
        shard_name: "shard-0".to_owned(),
    };
    let (key, format) = (IdentityKey([7; 16]), domain::entry::FORMAT);
    Options { lanes: vec![lane], key, config, format, on_lag: OnLag::Wait }
}
