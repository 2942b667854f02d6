//! The data folder: who may use it, what it survives, and how a run ends.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test stops at the first surprise")]

#[path = "support/process.rs"]
mod process;

use std::fs;
use std::time::Duration;

use process::Place;
use rustix::process::Signal;
use serde_json::{Value, json};

fn order(cl_ord_id: &str) -> Value {
    json!({
        "kind": "new", "sender": "T", "account": format!("A-{}", cl_ord_id.len() % 5),
        "cl_ord_id": cl_ord_id, "symbol": "BOB", "side": "sell", "order_qty": "5", "price": "25",
    })
}

#[test]
fn ctrl_c_drains_within_ten_seconds_and_the_next_start_goes_on() {
    let place = Place::new("drain");
    let instance = place.start(&["--sample-rate", "2000", "--json"]);
    instance.wait_for(" orders/s ");
    let (status, out, took) = instance.drain();
    assert!(status.success(), "{out}");
    assert!(took < Duration::from_secs(10), "{took:?}");
    let told: Value = serde_json::from_str(out.lines().last().unwrap()).unwrap();
    assert_eq!(told["ended"], "drained", "{told}");
    assert!(told["read"].as_u64().unwrap() > 0, "{told}");
    let parts = ["decided", "rejected", "unmatched", "duplicates", "stale", "undecodable"];
    let sum: u64 = parts.iter().map(|part| told[*part].as_u64().unwrap()).sum();
    assert_eq!(told["read"].as_u64(), Some(sum), "{told}");
    let proved = place.json(&["journal", "verify", "--redecide"]);
    assert_eq!(proved["state_digest"], told["state_digest"]);
    assert!(!place.data.join("instance.json").exists());
    place.start(&[]).drain();
    assert_eq!(place.json(&["journal", "verify"])["holds"], true);
}

#[test]
fn a_second_ctrl_c_stops_at_once_and_loses_nothing() {
    let place = Place::new("second");
    let instance = place.start(&["--sample-rate", "5000"]);
    let acknowledged: Vec<String> = (0..50)
        .map(|number| {
            let id = format!("S-{number}");
            assert_eq!(instance.post("/v1/orders", &order(&id)).0, 202);
            id
        })
        .collect();
    instance.signal(Signal::INT);
    instance.signal(Signal::INT);
    let (_, _, took) = instance.end();
    assert!(took < Duration::from_secs(10), "{took:?}");
    let instance = place.start(&[]);
    let (status, told) = instance.post("/v1/orders?wait=true", &order("LAST"));
    assert_eq!(status, 200, "{told}");
    instance.drain();
    place.is_whole(&acknowledged);
}

#[test]
fn a_second_instance_and_a_taken_port_are_told_what_mends_it() {
    let place = Place::new("taken");
    let instance = place.start(&[]);
    let second = place.run(&["--listen", "127.0.0.1:0"]);
    assert_eq!(second.status.code(), Some(3), "{}", second.err);
    assert!(second.err.contains("OR-0350") && second.err.contains("--data"), "{}", second.err);
    let other = Place::new("taken-other");
    let third = other.run(&["--listen", &instance.address]);
    assert_eq!(third.status.code(), Some(3), "{}", third.err);
    assert!(third.err.contains("OR-0356") && third.err.contains("--listen"), "{}", third.err);
    assert!(!other.data.join("genesis").exists(), "nothing was made");
    assert_eq!(instance.get("/readyz").0, 200, "the first goes on");
}

#[test]
fn a_folder_that_takes_no_files_is_refused() {
    let place = Place::new("unwritable");
    let file = place.file("file", b"no folder");
    let inside = file.join("data");
    let done = place.run(&["--data", inside.to_str().unwrap(), "--listen", "127.0.0.1:0"]);
    assert_eq!(done.status.code(), Some(3), "{}", done.err);
    assert!(done.err.contains("OR-0351") && done.err.contains("--data"), "{}", done.err);
    let done = place.run(&["lanes"]);
    assert_eq!(done.status.code(), Some(3));
    assert!(done.err.contains("OR-0366"), "{}", done.err);
}

#[test]
fn a_folder_of_something_else_is_left_alone() {
    let place = Place::new("strange");
    fs::create_dir_all(&place.data).unwrap();
    fs::write(place.data.join("letter.txt"), "dear").unwrap();
    let done = place.run(&["--listen", "127.0.0.1:0"]);
    assert_eq!(done.status.code(), Some(3), "{}", done.err);
    assert!(done.err.contains("OR-0109") && done.err.contains("letter.txt"), "{}", done.err);
}

#[test]
fn settings_may_lie_in_the_folder_before_its_first_start() {
    let place = Place::new("settled");
    fs::create_dir_all(&place.data).unwrap();
    fs::write(place.data.join("orderflow.toml"), "sample_rate = 0\n").unwrap();
    place.start(&[]).drain();
    assert_eq!(place.json(&["journal", "verify"])["holds"], true);
}

#[test]
fn a_folder_of_a_newer_format_is_refused_and_not_changed() {
    let place = Place::new("newer");
    place.start(&[]).drain();
    let path = place.data.join("genesis");
    let mut bytes = fs::read(&path).unwrap();
    // Magic and kind are eight bytes, the file's own format two; then comes the folder's.
    bytes[10..12].copy_from_slice(&3_u16.to_be_bytes());
    let end = bytes.len() - 16;
    let checksum = domain::hash::row(&bytes[..end]).to_be_bytes();
    bytes[end..].copy_from_slice(&checksum);
    fs::write(&path, &bytes).unwrap();
    let done = place.run(&["--listen", "127.0.0.1:0"]);
    assert_eq!(done.status.code(), Some(3), "{}", done.err);
    assert!(done.err.contains("OR-0105") && done.err.contains("newer"), "{}", done.err);
    assert_eq!(fs::read(&path).unwrap(), bytes);
}

#[test]
fn a_flipped_byte_of_the_journal_is_found_and_named() {
    let place = Place::new("flipped");
    let instance = place.start(&[]);
    for number in 0..20 {
        instance.post("/v1/orders?wait=true", &order(&format!("F-{number}")));
    }
    instance.drain();
    let segment = place.data.join("journal").join("000000000001.log");
    let mut bytes = fs::read(&segment).unwrap();
    bytes[2_100] ^= 0x40;
    fs::write(&segment, bytes).unwrap();
    let done = place.run(&["journal", "verify"]);
    assert_eq!(done.status.code(), Some(1), "{}{}", done.out, done.err);
    assert!(done.err.contains("OR-01") && done.err.contains("segment"), "{}", done.err);
}

#[test]
fn no_secret_is_printed_and_the_key_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::new("secret");
    place.start(&[]).drain();
    let genesis = place.data.join("genesis");
    let mode = fs::metadata(&genesis).unwrap().permissions().mode();
    assert_eq!(mode & 0o077, 0, "{mode:o}");
    let bytes = fs::read(&genesis).unwrap();
    let key: String = bytes[28..44].iter().map(|byte| format!("{byte:02x}")).collect();
    for command in [&["lanes", "--json"][..], &["--print-config"], &["journal", "dump", "--json"]] {
        let done = place.run(command);
        assert!(!done.out.contains(&key) && !done.err.contains(&key), "{command:?}");
    }
}
