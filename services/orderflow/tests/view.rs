//! The look-up store is a library's files: deleted, cut or put back older, it is made again from
//! the journal.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test stops at the first surprise")]

#[path = "support/process.rs"]
mod process;

use std::fs;
use std::path::Path;

use process::Place;
use serde_json::{Value, json};

fn orders(place: &Place, from: u32, count: u32) {
    let instance = place.start(&["--reject", "0", "--fill", "100", "--partial", "0"]);
    for number in from..from + count {
        let body = json!({
            "kind": "new", "sender": "V", "account": format!("A-{}", number % 7),
            "cl_ord_id": format!("V-{number}"), "symbol": "ALC", "side": "buy",
            "order_qty": "10", "price": "57",
        });
        assert_eq!(instance.post("/v1/orders?wait=true", &body).0, 200);
    }
    // What the venue reports later would change rows between two looks.
    let filled = || {
        let (_, text) = instance.get("/v1/orders?count=1000");
        text.matches("\"ord_status\":\"Filled\"").count() as u32
    };
    while filled() < from + count {
        instance.wait_for(" orders/s ");
    }
    let (status, _, _) = instance.drain();
    assert!(status.success());
}

/// The orders as they stand. A view that is made again doesn't know when outputs left at first.
fn listed(place: &Place) -> Vec<Value> {
    let mut rows = place.rows(&["order", "list"]);
    for row in &mut rows {
        let times = row["times"].as_array_mut().unwrap();
        let kept = times.len();
        times.retain(|time| {
            !["persist", "route_send", "emit"].contains(&time["event"].as_str().unwrap())
        });
        assert!(kept > 0 && !times.is_empty());
    }
    rows
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Every file below a folder, longest first.
fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(files(&path));
        } else {
            all.push(path);
        }
    }
    all.sort_by_key(|path| std::cmp::Reverse(fs::metadata(path).unwrap().len()));
    all
}

#[test]
fn a_deleted_store_is_made_again() {
    let place = Place::new("view-deleted");
    orders(&place, 0, 40);
    let before = listed(&place);
    assert_eq!(before.len(), 40);
    fs::remove_dir_all(place.data.join("view")).unwrap();
    assert_eq!(listed(&place), before);
}

#[test]
fn a_store_with_any_file_cut_is_made_again() {
    let place = Place::new("view-cut");
    orders(&place, 0, 40);
    let before = listed(&place);
    let (view, kept) = (place.data.join("view"), place.data.with_file_name("kept"));
    copy(&view, &kept);
    let names: Vec<_> = files(&kept)
        .into_iter()
        .filter(|path| fs::metadata(path).unwrap().len() > 0)
        .map(|path| path.strip_prefix(&kept).unwrap().to_owned())
        .collect();
    for name in names {
        for part in [0, 1, 2] {
            fs::remove_dir_all(&view).unwrap();
            copy(&kept, &view);
            let path = view.join(&name);
            let length = fs::metadata(&path).unwrap().len();
            let file = fs::OpenOptions::new().write(true).open(&path).unwrap();
            file.set_len(length * part / 3).unwrap();
            drop(file);
            // A library that aborts on damage ends one command; the next one throws the store away.
            let first = place.run(&["order", "list", "--json"]);
            if !first.status.success() {
                eprintln!("{} cut to {part}/3: {}", name.display(), first.err);
            }
            assert_eq!(listed(&place), before, "{} cut to {part}/3", name.display());
        }
    }
}

#[test]
fn an_older_copy_that_is_put_back_is_brought_up_to_date() {
    let place = Place::new("view-older");
    orders(&place, 0, 20);
    let (view, kept) = (place.data.join("view"), place.data.with_file_name("kept"));
    copy(&view, &kept);
    orders(&place, 20, 20);
    let before = listed(&place);
    assert_eq!(before.len(), 40);
    fs::remove_dir_all(&view).unwrap();
    copy(&kept, &view);
    assert_eq!(listed(&place), before);
}

#[test]
fn a_store_of_another_folder_is_thrown_away() {
    let (place, other) = (Place::new("view-mine"), Place::new("view-theirs"));
    orders(&place, 0, 10);
    orders(&other, 0, 10);
    let before = listed(&place);
    fs::remove_dir_all(place.data.join("view")).unwrap();
    copy(&other.data.join("view"), &place.data.join("view"));
    assert_eq!(listed(&place), before);
}

#[test]
fn orders_are_listed_however_much_waits_for_the_venue() {
    let place = Place::new("view-unsent");
    let instance = place.start(&["--sample-rate", "2000"]);
    while instance.get("/v1/lanes").1.contains("\"read\":0") {
        instance.wait_for(" orders/s ");
    }
    let count = || {
        let told: Value = serde_json::from_str(&instance.get("/v1/lanes").1).unwrap();
        let read = |lane: &Value| lane["read"].as_u64().unwrap();
        told["lanes"].as_array().unwrap().iter().map(read).min().unwrap()
    };
    // More of each lane than its relay has room for.
    while count() < 2_500 {
        instance.wait_for(" orders/s ");
    }
    assert!(instance.drain().0.success());
    let before: Vec<Value> = ids(&place);
    for lost in ["view", "cursors"] {
        let path = place.data.join(lost);
        if path.is_dir() {
            fs::remove_dir_all(path).unwrap();
        } else {
            fs::remove_file(path).unwrap();
        }
    }
    // Nothing says any more what has left, and no venue is there.
    assert_eq!(ids(&place), before);
    // The next start sends it all, and the venue takes each once.
    let instance = place.start(&[]);
    let (status, out, _) = instance.drain();
    assert!(status.success(), "{out}");
    assert_eq!(place.json(&["journal", "verify"])["holds"], true);
}

fn ids(place: &Place) -> Vec<Value> {
    place.rows(&["orders"]).into_iter().map(|row| row["order"].clone()).collect()
}

#[test]
fn each_order_shows_when_it_was_durable_sent_and_answered_and_by_which_clock() {
    let place = Place::new("view-times");
    place.set_line("clock_source = \"ntp\"\nclock_error = \"100us\"\n");
    orders(&place, 0, 20);
    for row in place.rows(&["order", "list"]) {
        let shown = place.json(&["order", "status", row["order"].as_str().unwrap()]);
        let times = shown["times"].as_array().unwrap();
        let told = |event: &str| {
            let time = times.iter().find(|time| time["event"] == event);
            let time = time.unwrap_or_else(|| panic!("{event}: {times:?}"));
            assert_eq!((&time["clock"], &time["error_ns"]), (&json!("ntp"), &json!(100_000)));
            time["ns"].as_i64().unwrap()
        };
        let ours = ["router_receive", "risk_decision", "persist", "route_send"].map(told);
        assert!(ours.is_sorted(), "{times:?}");
        // Venue and sender are told independently of each other.
        assert!(told("emit") >= told("persist"), "{times:?}");
    }
}
