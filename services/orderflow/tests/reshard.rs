//! Splits and merges of a running instance's lanes, while orders come and while it is killed.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test stops at the first surprise")]

#[path = "support/process.rs"]
mod process;

use process::{Place, Running};
use rustix::process::Signal;
use serde_json::json;

/// Submits orders of many accounts, and waits for the last one's decision.
fn submit(instance: &Running, part: &str) -> Vec<String> {
    let ids: Vec<String> = (0..24).map(|number| format!("{part}-{number}")).collect();
    for (number, id) in (0..).zip(&ids) {
        let order = json!({
            "kind": "new", "sender": "T", "account": format!("A-{}", number % 12), "cl_ord_id": id,
            "symbol": "ALC", "side": "buy", "order_qty": "5", "price": "57",
        });
        let wait = if number % 12 == 11 { "?wait=true" } else { "" };
        let (status, told) = instance.post(&format!("/v1/orders{wait}"), &order);
        assert!(status == 202 || told["outcome"] == "routed", "{status} {told}");
    }
    ids
}

/// Waits until exactly these lanes run; asking is the clock.
fn wait_for(place: &Place, running: &[u64]) {
    for _ in 0..2_000 {
        let told = place.json(&["lanes", "list"]);
        let rows = told["lanes"].as_array().unwrap().iter();
        let found = rows.filter(|row| row["state"] == "running");
        let found: Vec<u64> = found.map(|row| row["lane"].as_u64().unwrap()).collect();
        if found == running {
            return;
        }
    }
    panic!("lanes {running:?} don't come to run: {}", place.json(&["lanes"]));
}

#[test]
fn lanes_are_split_and_merged_under_load_and_a_kill_changes_nothing() {
    let place = Place::new("reshard");
    let instance = place.start(&["--sample-rate", "50"]);
    let mut acknowledged = submit(&instance, "A");
    assert_eq!(place.json(&["lanes", "split", "0"])["lanes"], json!([2, 3]));
    acknowledged.extend(submit(&instance, "B"));
    wait_for(&place, &[1, 2, 3]);
    let refused = place.run(&["lanes", "split", "0"]);
    assert!(refused.err.contains("OR-0111"), "{}", refused.err);
    assert_eq!(place.json(&["lanes", "merge", "3", "1"])["lanes"], json!([4]));
    // Whatever step it is at now.
    instance.signal(Signal::KILL);
    drop(instance);
    let instance = place.start(&["--sample-rate", "50"]);
    acknowledged.extend(submit(&instance, "C"));
    wait_for(&place, &[2, 4]);
    let shown = place.json(&["lanes", "show", "4"]);
    assert_eq!((&shown["parents"], &shown["children"]), (&json!([3, 1]), &json!([])));
    assert_eq!(
        place.json(&["lanes", "split", "4", "--at", "c0000000000000000000000000000000"]),
        json!({ "lanes": [5, 6] })
    );
    acknowledged.extend(submit(&instance, "D"));
    wait_for(&place, &[2, 5, 6]);
    let (status, out, _) = instance.drain();
    assert!(status.success(), "{out}");
    place.is_whole(&acknowledged);
    // The next start goes on with the same books, and with what venues say meanwhile.
    let instance = place.start(&[]);
    instance.drain();
    place.is_whole(&acknowledged);
}

#[test]
fn a_folder_at_rest_is_split_and_its_next_start_begins_the_children() {
    let place = Place::new("reshard-rest");
    let instance = place.start(&[]);
    let mut acknowledged = submit(&instance, "A");
    instance.drain();
    place.json(&["lanes", "split", "1"]);
    let instance = place.start(&[]);
    acknowledged.extend(submit(&instance, "B"));
    wait_for(&place, &[0, 2, 3]);
    instance.drain();
    place.is_whole(&acknowledged);
}
