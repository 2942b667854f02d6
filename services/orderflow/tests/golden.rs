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
    let (status, _, _) = instance.drain();
    assert!(status.success());
    let proved = place.json(&["journal", "verify", "--redecide"]);
    assert_eq!(proved["holds"], true);
    let inputs = |of: &Value| of["inputs"].as_u64().unwrap();
    assert!(inputs(&proved) >= inputs(&said()) + 3, "{proved}");
}
