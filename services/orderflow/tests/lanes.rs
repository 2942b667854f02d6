//! Draining and releasing a running instance's lanes: what the command says, and what survives.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test stops at the first surprise")]

#[path = "support/process.rs"]
mod process;

use process::{Place, Running};
use rustix::process::Signal;
use serde_json::{Value, json};

/// Submits orders of twelve accounts without waiting for them.
fn submit(instance: &Running, part: &str) -> Vec<String> {
    let ids: Vec<String> = (0..24).map(|number| format!("{part}-{number}")).collect();
    for (number, id) in (0..).zip(&ids) {
        let order = json!({
            "kind": "new", "sender": "T", "account": format!("A-{}", number % 12), "cl_ord_id": id,
            "symbol": "ALC", "side": "buy", "order_qty": "5", "price": "57",
        });
        assert_eq!(instance.post("/v1/orders", &order).0, 202);
    }
    ids
}

fn lane(place: &Place, number: &str) -> Value {
    place.json(&["lanes", "show", number])
}

/// Waits until a lane shows what it should; asking is the clock.
fn wait_for(place: &Place, number: &str, what: &str, holds: impl Fn(&Value) -> bool) -> Value {
    for _ in 0..2_000 {
        let shown = lane(place, number);
        if holds(&shown) {
            return shown;
        }
    }
    panic!("lane {number} isn't {what}: {}", lane(place, number));
}

#[test]
fn a_lane_is_drained_under_load_stays_so_over_a_kill_and_goes_on_at_the_next_record() {
    let place = Place::new("lane-drain");
    let instance = place.start(&["--sample-rate", "50"]);
    let mut acknowledged = submit(&instance, "A");
    let drained = place.json(&["lanes", "drain", "0", "--wait", "60"]);
    assert_eq!((&drained["state"], &drained["lane"]), (&json!("drained"), &json!(0)), "{drained}");
    let (position, others) = (drained["position"].clone(), lane(&place, "1")["read"].as_u64());
    // Producers go on; only the other lane's are decided.
    acknowledged.extend(submit(&instance, "B"));
    wait_for(&place, "1", "going on", |shown| shown["read"].as_u64() > others);
    let shown = wait_for(&place, "0", "waited for", |shown| shown["left"].as_u64() > Some(0));
    assert_eq!((&shown["state"], &shown["position"]), (&json!("drained"), &position));
    assert_eq!(instance.get("/readyz").0, 200, "an operator's wish is no fault");
    instance.signal(Signal::KILL);
    drop(instance);
    assert_eq!(lane(&place, "0")["intake"], "closed");
    let instance = place.start(&["--sample-rate", "50"]);
    acknowledged.extend(submit(&instance, "C"));
    let shown = wait_for(&place, "0", "drained", |shown| shown["state"] == "drained");
    assert_eq!(shown["position"], position, "nothing was read after it was drained");
    let released = place.json(&["lanes", "release", "0"]);
    assert_eq!(released["state"], "running", "{released}");
    wait_for(&place, "0", "caught up", |shown| shown["left"] == 0);
    let (status, out, _) = instance.drain();
    assert!(status.success(), "{out}");
    place.is_whole(&acknowledged);
}

#[test]
fn what_cannot_be_drained_released_or_split_is_refused_with_what_to_do() {
    let place = Place::new("lane-drain-refused");
    let instance = place.start(&[]);
    let refused = |arguments: &[&str], with: &str| {
        let done = place.run(arguments);
        assert!(!done.status.success() && done.err.contains(with), "{arguments:?}: {}", done.err);
    };
    refused(&["lanes", "drain", "9"], "OR-0359 no lane 9");
    refused(&["lanes", "release", "0"], "OR-0368 lane 0 isn't drained");
    let (status, told) = instance.post("/v1/lanes/0/drain", &json!({ "wait": 60 }));
    assert_eq!((status, &told["state"]), (200, &json!("drained")), "{told}");
    refused(&["lanes", "drain", "0"], "OR-0368 lane 0 is drained already");
    refused(&["lanes", "split", "0"], "release 0");
    refused(&["lanes", "merge", "0", "1"], "release 0");
    let (status, told) = instance.post("/v1/lanes/0/release", &json!({}));
    assert_eq!((status, &told["state"]), (200, &json!("running")), "{told}");
    place.json(&["lanes", "split", "0"]);
    let done = place.run(&["lanes", "drain", "0"]);
    assert!(done.err.contains("OR-0368"), "{}", done.err);
    wait_for(&place, "2", "running", |shown| shown["state"] == "running");
    assert_eq!(place.json(&["lanes", "drain", "2"])["state"], "drained");
    instance.drain();
}

#[test]
fn a_drain_that_is_cut_short_goes_on_at_the_next_start() {
    let place = Place::new("lane-drain-cut");
    let instance = place.start(&["--sample-rate", "200"]);
    let mut acknowledged = submit(&instance, "A");
    let asked = place.json(&["lanes", "drain", "1", "--wait", "0"]);
    assert!(asked["state"] == "draining" || asked["state"] == "running", "{asked}");
    assert_eq!(asked["intake"], "closed");
    let (status, out, _) = instance.drain();
    assert!(status.success(), "{out}");
    let instance = place.start(&[]);
    acknowledged.extend(submit(&instance, "B"));
    wait_for(&place, "1", "drained", |shown| shown["state"] == "drained");
    instance.drain();
    // At rest it is released as well.
    assert_eq!(place.json(&["lanes", "release", "1"])["intake"], "open");
    let instance = place.start(&[]);
    wait_for(&place, "1", "caught up", |shown| shown["left"] == 0);
    instance.drain();
    place.is_whole(&acknowledged);
}
