//! `orderflow replay` as a person or a script meets it: interrupted, repeated, given bad files.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test stops at the first surprise")]

#[path = "support/run.rs"]
mod run;

use std::fs;

use run::{done, folder, last_line, made, refused, text};
use serde_json::Value;

const KEY: [&str; 2] = ["--application-key", "77"];

fn replay(file: &str, data: &str, flags: &[&str]) -> Value {
    let plain = ["replay", "--format", "itch", file, "--data", data, "--json"];
    last_line(&done(&[&plain[..], &KEY, flags].concat()))
}

fn balances(line: &Value) -> bool {
    let count = |name: &str| line[name].as_u64().expect("a count");
    let parts = ["decided", "rejected", "unmatched", "duplicates", "stale", "undecodable"];
    count("read") == parts.into_iter().map(count).sum::<u64>()
}

#[test]
fn a_replay_in_parts_ends_as_a_replay_at_once_and_a_complete_one_adds_nothing() {
    let folder = folder("replay-parts");
    let file = made(&folder, 21, 1);
    let (whole, parts) = (text(&folder.join("whole")), text(&folder.join("parts")));
    let at_once = replay(&file, &whole, &[]);
    assert!(balances(&at_once), "{at_once}");
    let first = replay(&file, &parts, &["--until", "5000"]);
    assert!(balances(&first), "{first}");
    assert!(first["read"].as_u64() < at_once["read"].as_u64());
    let rest = replay(&file, &parts, &[]);
    assert_eq!(rest["state_digest"], at_once["state_digest"]);
    assert_eq!(rest["read"], at_once["read"]);
    let nothing = replay(&file, &parts, &[]);
    assert_eq!(nothing["records_put"], 0);
    assert_eq!(nothing["state_digest"], at_once["state_digest"]);
    assert_eq!(nothing["read"], at_once["read"]);
}

#[test]
fn a_file_that_is_sent_again_decides_nothing_a_second_time() {
    let folder = folder("replay-again");
    let file = made(&folder, 22, 1);
    let data = text(&folder.join("data"));
    let first = replay(&file, &data, &[]);
    let again = replay(&file, &data, &["--again"]);
    assert!(balances(&again), "{again}");
    for name in ["decided", "rejected", "unmatched", "undecodable", "state_digest"] {
        assert_eq!(again[name], first[name], "{name}");
    }
    let count = |line: &Value, name: &str| line[name].as_u64().expect("a count");
    let more = count(&again, "duplicates") + count(&again, "stale");
    assert_eq!(more, count(&first, "read"));
    // Each report is a repeat, whatever became of it first; a request may be stale by now.
    let messages: u64 = ["A", "F", "D", "E", "X", "U"]
        .into_iter()
        .map(|kind| count(&first["messages"], kind))
        .sum();
    assert!(count(&again, "duplicates") >= messages, "{again}");
}

#[test]
fn a_cut_file_is_refused_at_its_byte_and_loses_nothing_that_came_before() {
    let folder = folder("replay-cut");
    let file = made(&folder, 23, 1);
    let whole = fs::read(&file).expect("it was made");
    let cut = text(&folder.join("cut.itch"));
    fs::write(&cut, &whole[..whole.len() / 2 + 1]).expect("the test's folder");
    let data = text(&folder.join("data"));
    let plain = ["replay", "--format", "itch", &cut, "--data", &data];
    let error = refused(&plain);
    assert!(error.contains("OR-0300 byte ") && error.contains("cut"), "{error}");
    // The whole file then decides the rest; the first half is known by its identities.
    let line = replay(&file, &data, &[]);
    assert!(balances(&line), "{line}");
    assert!(line["duplicates"].as_u64().expect("a count") > 1_000, "{line}");
    let digest = replay(&file, &text(&folder.join("fresh")), &[])["decided"].clone();
    assert_eq!(line["decided"], digest);
}

#[test]
fn what_is_no_feed_is_refused_before_a_folder_is_made() {
    let folder = folder("replay-garbage");
    let (garbage, data) = (text(&folder.join("garbage")), folder.join("data"));
    fs::write(&garbage, b"this is no feed at all").expect("the test's folder");
    let arguments = ["replay", "--format", "itch", &garbage, "--data", &text(&data)];
    let error = refused(&arguments);
    assert!(error.contains("OR-0300 byte 0: no ITCH 5.0 message begins here"), "{error}");
    assert!(!data.exists());
    let error = refused(&["replay", "--format", "itch", "nowhere.itch"]);
    assert!(error.contains("nowhere.itch") && error.contains("OR-"), "{error}");
}
