//! The line allocates nothing per order: new, cancel, replace and report, with the window full.
#![allow(clippy::expect_used, reason = "tests say what they expect")]

#[path = "decisions/desk.rs"]
#[expect(dead_code, reason = "the desk serves more tests than these")]
mod desk;

use allocation_counter::measure;
use books::Capacity;
use domain::{Control, ExecType, Inbound, Outcome, Timestamp};

use desk::{Desk, START};

/// Orders that fill the window before anything is counted.
const WARM_ORDERS: usize = 2_000;
/// Orders that are counted, eight inputs each.
const COUNTED_ORDERS: usize = 12_500;

/// An order's life in eight inputs, a duplicate among them.
fn life(number: usize) -> [(Timestamp, Inbound); 8] {
    let now = START.plus(number as i64 * 1_000_000);
    let [order, change, cancel] = ["O", "R", "C"].map(|kind| format!("{kind}{number}"));
    let exec = |kind: &str| format!("{kind}{number}");
    let inputs = [
        Inbound::New(desk::new(&order, 100, now)),
        Inbound::Report(desk::report(&exec("a"), ExecType::New, &order, &order)),
        Inbound::Replace(desk::replace(&change, &order, 80, now)),
        Inbound::New(desk::new(&order, 100, now)),
        Inbound::Report(desk::report(&exec("r"), ExecType::Replaced, &change, &order)),
        Inbound::Report(desk::fill(&exec("f"), &change, 30)),
        Inbound::Cancel(desk::cancel(&cancel, &change, now)),
        Inbound::Report(desk::report(&exec("c"), ExecType::Canceled, &cancel, &change)),
    ];
    inputs.map(|input| (now, input))
}

/// Decides and applies; says how many were refused, so that nothing is counted for nothing.
fn run(desk: &mut Desk, inputs: &[(Timestamp, Inbound)], mut plant: impl FnMut()) -> usize {
    let mut refused = 0;
    for (arrival, input) in inputs {
        let outcome =
            routing::decide(&desk.books, &desk.configuration, &desk.lane, *arrival, input);
        desk.books.apply(*arrival, input, &outcome);
        let expected = matches!(
            outcome,
            Outcome::Routed(_)
                | Outcome::Forwarded(_)
                | Outcome::Reported { .. }
                | Outcome::Duplicate { .. }
        );
        refused += usize::from(!expected);
        plant();
    }
    refused
}

fn warm_desk() -> (Desk, Vec<(Timestamp, Inbound)>) {
    let orders = WARM_ORDERS + COUNTED_ORDERS;
    let mut desk = Desk::with(Capacity {
        orders,
        requests: 4 * orders,
        reports: 8 * orders,
        window: 16,
        ..Capacity::small()
    });
    // The reach that counts is the recorded one; room for it is made when it is.
    desk.control(Control::Window { span_ns: i64::MAX, identities: 1_024 });
    let inputs: Vec<_> = (0..orders).flat_map(life).collect();
    let (warm, counted) = inputs.split_at(8 * WARM_ORDERS);
    assert_eq!(run(&mut desk, warm, || {}), 0);
    assert!(desk.books.counts().window > 1_000, "the window is full");
    (desk, counted.to_vec())
}

#[test]
fn a_hundred_thousand_inputs_allocate_nothing() {
    let (mut desk, inputs) = warm_desk();
    assert_eq!(inputs.len(), 100_000);
    let horizon = desk.books.horizon();
    let mut refused = 1;
    let counted = measure(|| refused = run(&mut desk, &inputs, || {}));
    assert_eq!(refused, 0);
    assert_eq!((counted.count_total, counted.bytes_total), (0, 0));
    assert!(desk.books.horizon() > horizon, "the window forced nothing out");
    assert_eq!(desk.books.check(), Ok(()));
}

#[test]
fn one_planted_allocation_among_them_is_found() {
    let (mut desk, inputs) = warm_desk();
    let mut left = 50_000;
    let counted = measure(|| {
        run(&mut desk, &inputs, || {
            left -= 1;
            if left == 0 {
                drop(std::hint::black_box(Box::new(7_u64)));
            }
        });
    });
    assert_eq!(counted.count_total, 1);
}
