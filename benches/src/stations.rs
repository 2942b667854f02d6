//! The stations of the line, one order at a time on one thread, each against what it must beat.
//!
//! Entry points: [`run`], which `cargo bench` calls in full and the tests in miniature.

use std::hint::black_box;

use crate::flow::Flow;
use crate::ours::Router;
use crate::peers::{Answer, owned, prost_decode};
use crate::rounds::{Candidate, Figure, compare, thread_ns};

/// Accounts of the flow.
const ACCOUNTS: u64 = 100_000;

/// Compares decoding, then the full path, over `orders` orders; every ratio is to prost decoding.
///
/// # Panics
/// When two designs disagree.
pub fn run(orders: usize, rounds: usize) -> Vec<Figure> {
    let flow = Flow::new(1, orders, ACCOUNTS);
    let mut figures = compare("decode of an order", orders, rounds, decoders(&flow));
    let answers = [full(&flow, &mut Router::new(orders)), owned_answer(&flow)];
    assert_eq!(answers[0], answers[1], "our path and the owned design disagree");
    assert!(answers[0].admitted > 0 && answers[0].repeated > 0 && answers[0].refused > 0);
    let title = "full path of an order: decode, check, route, apply, journal body";
    figures.extend(compare(title, orders, rounds, paths(&flow)));
    figures
}

fn decoders(flow: &Flow) -> Vec<Candidate<'_, i64>> {
    let router = Router::new(1_024);
    let ours = move || {
        thread_ns(|| {
            let mut sum = 0_i64;
            for bytes in flow.orders() {
                let input = black_box(router.decode(bytes));
                if let domain::Inbound::New(new) = input {
                    sum = sum.wrapping_add(new.order_qty.0);
                }
            }
            sum
        })
    };
    vec![
        Candidate {
            name: "prost, owned",
            run: Box::new(move || thread_ns(|| prost_decode::sum(flow.orders()))),
        },
        Candidate { name: "ours, identities hashed", run: Box::new(ours) },
    ]
}

/// The first candidate decodes only, so its answer is the one that the others reach by deciding.
fn paths(flow: &Flow) -> Vec<Candidate<'_, Answer>> {
    let expected = owned_answer(flow);
    let decode = move || {
        let (nanoseconds, sum) = thread_ns(|| prost_decode::sum(flow.orders()));
        black_box(sum);
        (nanoseconds, expected)
    };
    let ours = move || {
        let mut router = Router::new(flow.len());
        thread_ns(|| full(flow, &mut router))
    };
    vec![
        Candidate { name: "prost decode alone", run: Box::new(decode) },
        Candidate { name: "ours, one by one", run: Box::new(ours) },
        Candidate {
            name: "owned strings",
            run: Box::new(move || thread_ns(|| owned_answer(flow))),
        },
    ]
}

fn full(flow: &Flow, router: &mut Router) -> Answer {
    for bytes in flow.orders() {
        router.take(bytes);
    }
    router.answer()
}

fn owned_answer(flow: &Flow) -> Answer {
    let mut router = owned::Router::default();
    for bytes in flow.orders() {
        router.take(bytes);
    }
    router.answer()
}
