//! Copies of a folder that is in use, and folders made of them.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test stops at the first surprise")]

#[path = "support/process.rs"]
mod process;

use std::fs;
use std::path::{Path, PathBuf};

use process::{Place, Running};
use serde_json::{Value, json};

fn order(cl_ord_id: &str) -> Value {
    json!({
        "kind": "new", "sender": "T", "account": "A-1", "cl_ord_id": cl_ord_id, "symbol": "BOB",
        "side": "sell", "order_qty": "5", "price": "25",
    })
}

fn decided(instance: &Running, cl_ord_id: &str) {
    let (status, told) = instance.post("/v1/orders?wait=true", &order(cl_ord_id));
    assert_eq!((status, &told["outcome"]), (200, &json!("routed")), "{told}");
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A copy of the folder beside it.
fn copied(place: &Place, name: &str) -> PathBuf {
    let to = place.data.with_file_name(name);
    let told = place.json(&["backup", text(&to)]);
    assert!(told["files"].as_u64().unwrap() > 8, "{told}");
    to
}

#[test]
fn a_copy_of_a_running_instance_has_all_that_was_decided_and_goes_on() {
    let place = Place::new("backup");
    let instance = place.start(&["--sample-rate", "300"]);
    instance.wait_for(" orders/s ");
    for round in 0..3 {
        let id = format!("B-{round}");
        decided(&instance, &id);
        let copy = copied(&place, &format!("copy-{round}"));
        let restored = Place::new(&format!("backup-restored-{round}"));
        let told = restored.json(&["restore", text(&copy)]);
        assert_eq!(told["holds"], true, "{told}");
        let other = restored.start(&[]);
        let (_, told) = other.post("/v1/orders?wait=true", &order(&id));
        assert_eq!(told["reasons"], json!(["DUPLICATE_ORDER"]), "{id} is in the copy: {told}");
        decided(&other, "NEXT");
        other.drain();
        assert_eq!(restored.json(&["journal", "verify", "--redecide"])["holds"], true);
    }
    instance.drain();
    assert_eq!(place.json(&["journal", "verify"])["holds"], true, "the source is as it was");
}

#[test]
fn a_copy_that_was_changed_or_has_no_room_is_refused() {
    let place = Place::new("backup-refused");
    place.start(&[]).drain();
    let copy = copied(&place, "copy");
    let again = place.run(&["backup", text(&copy)]);
    assert!(!again.status.success() && again.err.contains("OR-0380"), "{}", again.err);
    let there = place.run(&["restore", text(&copy)]);
    assert!(!there.status.success() && there.err.contains("is there already"), "{}", there.err);
    let control = copy.join("control");
    let mut bytes = fs::read(&control).unwrap();
    bytes[20] ^= 1;
    fs::write(&control, bytes).unwrap();
    let restored = Place::new("backup-refused-restored");
    let refused = restored.run(&["restore", text(&copy)]);
    assert!(!refused.status.success(), "{}", refused.out);
    assert!(refused.err.contains("OR-0380") && refused.err.contains("control"), "{}", refused.err);
    assert!(!restored.data.exists(), "nothing was made");
}

#[test]
fn the_view_is_made_again_from_the_journal() {
    let place = Place::new("backup-view");
    let instance = place.start(&[]);
    for number in 0..20 {
        decided(&instance, &format!("V-{number}"));
    }
    let running = place.run(&["view", "rebuild"]);
    assert!(!running.status.success() && running.err.contains("OR-0350"), "{}", running.err);
    instance.drain();
    // What the venue said last may lie on the stream undecided; a line that runs decides it.
    assert_eq!(place.json(&["view", "rebuild"])["view"], "rebuilt");
    let before = place.rows(&["orders"]);
    assert_eq!(before.len(), 20);
    let mark = place.data.join("view/mark");
    fs::write(&mark, "of the old view").unwrap();
    assert_eq!(place.json(&["view", "rebuild"])["view"], "rebuilt");
    assert!(!mark.exists(), "the old one is gone");
    assert_eq!(place.rows(&["orders"]), before);
}
