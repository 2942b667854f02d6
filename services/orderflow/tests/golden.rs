//! A folder that an earlier release wrote is opened, proved and used.
//!
//! `proto/golden/folder-1.tar.gz` holds two lanes of journal format 1: sample flow over two starts,
//! the first of which was killed, orders of a person, a symbol halted and then reducing, two
//! configuration sets, snapshots. Its view was left out: it is made again. The file beside it is
//! what `journal verify --redecide` of the release that wrote it said.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test stops at the first surprise")]

#[path = "support/process.rs"]
mod process;

use std::path::{Path, PathBuf};
use std::process::Command;

use process::Place;
use serde_json::{Value, json};

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../proto/golden").join(name)
}

/// The folder of format 1 as the data folder of a test.
fn unpacked(name: &str) -> Place {
    let place = Place::new(name);
    std::fs::create_dir(&place.data).unwrap();
    let mut tar = Command::new("tar");
    tar.arg("-xzf").arg(golden("folder-1.tar.gz")).arg("-C").arg(&place.data);
    assert!(tar.status().expect("tar runs").success());
    place
}

/// The format of each lane's newest entry.
fn formats(place: &Place) -> Vec<u64> {
    let told = place.json(&["lanes"]);
    told["lanes"].as_array().unwrap().iter().map(|lane| lane["format"].as_u64().unwrap()).collect()
}

fn said() -> Value {
    serde_json::from_slice(&std::fs::read(golden("folder-1.json")).unwrap()).unwrap()
}

#[test]
fn a_folder_of_format_1_is_proved_as_the_release_proved_it_that_wrote_it() {
    let place = unpacked("golden-proved");
    assert_eq!(place.json(&["journal", "verify", "--redecide"]), said());
}

#[test]
fn a_folder_of_format_1_goes_on_where_it_ended() {
    let place = unpacked("golden-on");
    let instance = place.start(&[]);
    let order = |id: &str, symbol: &str| {
        json!({
            "kind": "new", "sender": "CLI", "account": "A-1", "cl_ord_id": id, "symbol": symbol,
            "side": "buy", "order_qty": "100", "price": "57.5",
        })
    };
    let (status, told) = instance.post("/v1/orders?wait=true", &order("S-9", "ALC"));
    assert_eq!((status, &told["outcome"]), (200, &json!("routed")), "{told}");
    // What it knew still binds: an id that was used, a symbol that only takes what reduces.
    let (_, told) = instance.post("/v1/orders?wait=true", &order("S-1", "ALC"));
    assert_eq!(told["reasons"], json!(["DUPLICATE_ORDER"]), "{told}");
    let (_, told) = instance.post("/v1/orders?wait=true", &order("S-10", "BOB"));
    assert_eq!(told["reasons"], json!(["REDUCING"]), "{told}");
    // What its format can't record waits for it to be raised.
    let day = place.run(&["day", "--next"]);
    assert!(day.status.code() == Some(2) && day.err.contains("--raise"), "{}", day.err);
    let (status, _, _) = instance.drain();
    assert!(status.success());
    assert_eq!(formats(&place), [1, 1], "the release before can take over again");
    let proved = place.json(&["journal", "verify", "--redecide"]);
    assert_eq!(proved["holds"], true);
    let inputs = |of: &Value| of["inputs"].as_u64().unwrap();
    assert!(inputs(&proved) >= inputs(&said()) + 3, "{proved}");
}

#[test]
fn a_raised_folder_writes_the_newest_format_after_what_it_had() {
    let place = unpacked("golden-raised");
    let format = place.json(&["journal", "format"]);
    assert_eq!(format, json!({ "written": 1, "read": [1, 2] }));
    let instance = place.start(&[]);
    let refused = place.run(&["journal", "format", "--raise"]);
    assert!(!refused.status.success() && refused.err.contains("OR-0350"), "{}", refused.err);
    let refused = place.run(&["lanes", "split", "0"]);
    let named = refused.err.contains("journal format --raise");
    assert!(!refused.status.success() && named, "{}", refused.err);
    instance.drain();
    assert_eq!(place.json(&["journal", "format", "--raise"])["written"], 2);
    let instance = place.start(&["--sample-rate", "500"]);
    instance.wait_for(" orders/s ");
    let began = place.json(&["day"])["business_day"].clone();
    assert_ne!(place.json(&["day", "--next"])["business_day"], began);
    instance.wait_for(" orders/s ");
    instance.drain();
    assert_eq!(formats(&place), [2, 2]);
    assert_eq!(place.json(&["journal", "verify", "--redecide"])["holds"], true);
}
