//! The command line: what it teaches, what it answers, and what it says to bad input.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test stops at the first surprise")]

#[path = "support/process.rs"]
mod process;

use process::Place;

const SUBMIT: [&str; 13] = [
    "order",
    "submit",
    "--account",
    "A-1",
    "--symbol",
    "ALC",
    "--side",
    "buy",
    "--qty",
    "100",
    "--price",
    "57.5",
    "--wait",
];

fn submit<'a>(more: &[&'a str]) -> Vec<&'a str> {
    SUBMIT.iter().copied().chain(more.iter().copied()).collect()
}

#[test]
fn help_of_every_command_has_an_example() {
    let place = Place::new("help");
    let commands: &[&[&str]] = &[
        &[],
        &["replay"],
        &["journal"],
        &["journal", "verify"],
        &["journal", "dump"],
        &["journal", "tail"],
        &["order"],
        &["order", "submit"],
        &["order", "cancel"],
        &["order", "replace"],
        &["order", "status"],
        &["order", "explain"],
        &["order", "list"],
        &["orders"],
        &["events"],
        &["events", "tail"],
        &["lanes"],
        &["kill"],
        &["control"],
        &["control", "apply"],
        &["control", "show"],
        &["control", "override"],
        &["control", "proposals"],
        &["control", "approve"],
        &["control", "refuse"],
        &["control", "records"],
        &["token"],
        &["redrive"],
        &["release"],
        &["day"],
    ];
    for command in commands {
        let mut arguments = command.to_vec();
        arguments.push("--help");
        let done = place.run(&arguments);
        assert!(done.status.success(), "{command:?}: {}", done.err);
        assert!(done.out.contains("Examples:\n  orderflow"), "{command:?}: {}", done.out);
        assert!(done.out.contains("--data <DIR>"), "{command:?}: {}", done.out);
    }
}

#[test]
fn an_order_is_decided_looked_up_and_explained_without_a_running_instance() {
    let place = Place::new("decided");
    let told = place.json(&submit(&["--cl-ord-id", "C-1"]));
    assert_eq!(told["outcome"], "routed", "{told}");
    let order = told["order"].as_str().unwrap().to_owned();

    let status = place.json(&["order", "status", &order]);
    assert_eq!(status["cl_ord_id"], "C-1");
    assert_eq!(status["order_qty"], "100");
    let times = status["times"].as_array().unwrap();
    let clocks: Vec<_> = times.iter().map(|time| (&time["event"], &time["clock"])).collect();
    for known in [
        ("client_send", "client"),
        ("stream_arrival", "system"),
        ("router_receive", "system"),
        ("risk_decision", "system"),
        ("persist", "system"),
        ("emit", "system"),
    ] {
        assert!(clocks.contains(&(&known.0.into(), &known.1.into())), "{known:?}: {times:?}");
    }
    let named = place.json(&["order", "status", "--account", "A-1", "--cl-ord-id", "C-1"]);
    assert_eq!(named["order"], order.as_str());

    let why = place.json(&["order", "explain", &order]);
    assert_eq!(why["decision"]["outcome"], "routed", "{why}");
    assert_eq!(why["configuration"]["sample"], true);
    assert_eq!(why["routes"][0]["chosen"], true);
    let controls = why["controls"].as_array().unwrap();
    let of = |name: &str| controls.iter().find(|row| row["control"] == name).unwrap();
    assert_eq!(of("MAX_ORDER_NOTIONAL")["value"], "5750");
    assert_eq!(of("MAX_ORDER_QTY")["passed"], true);

    let again = place.run(&submit(&["--cl-ord-id", "C-1", "--json"]));
    let told: serde_json::Value = serde_json::from_str(again.out.trim()).unwrap();
    assert_eq!(told["reasons"][0], "DUPLICATE_ORDER", "another TransactTime is other content");
    assert_eq!(again.status.code(), Some(1));
}

#[test]
fn an_order_is_replaced_and_cancelled_by_its_id() {
    let place = Place::new("changed");
    // The venue lets everything rest, so that there is something to change.
    let instance = place.start(&["--fill", "0", "--partial", "0", "--reject", "0"]);
    let order = place.json(&submit(&[]))["order"].as_str().unwrap().to_owned();
    let told = place.json(&["order", "replace", &order, "--qty", "50", "--wait"]);
    assert_eq!(told["outcome"], "forwarded", "{told}");
    let told = place.json(&["order", "cancel", &order, "--wait"]);
    assert_eq!(told["outcome"], "forwarded", "{told}");
    // The venue answers in its own time.
    while place.json(&["order", "status", &order])["ord_status"] != "Canceled" {
        instance.wait_for(" orders/s ");
    }
    instance.drain();
    let status = place.json(&["order", "status", &order]);
    assert_eq!(status["ord_status"], "Canceled", "{status}");
    assert_eq!(status["order_qty"], "50");
    assert_ne!(status["last_cl_ord_id"], status["cl_ord_id"]);
    assert_eq!(place.json(&["journal", "verify", "--redecide"])["holds"], true);
}

#[test]
fn a_refused_order_names_every_reason_and_what_mends_it() {
    let place = Place::new("refused");
    let done = place.run(&[
        "order",
        "submit",
        "--account",
        "A-1",
        "--symbol",
        "NOPE",
        "--side",
        "buy",
        "--qty",
        "90000000000",
        "--price",
        "1",
        "--wait",
        "--json",
    ]);
    assert_eq!(done.status.code(), Some(1), "{}", done.err);
    let told: serde_json::Value = serde_json::from_str(done.out.trim()).unwrap();
    assert_eq!(told["outcome"], "rejected");
    let reasons = told["reasons"].as_array().unwrap();
    assert!(reasons.iter().any(|reason| reason == "UNKNOWN_SYMBOL"), "{told}");
    assert!(done.err.contains("orderflow control show"), "{}", done.err);
}

#[test]
fn a_kill_switch_binds_the_next_order_until_it_is_released() {
    let place = Place::new("kill");
    assert_eq!(place.json(&submit(&[]))["outcome"], "routed");
    place.json(&["kill", "--account", "A-1"]);
    let done = place.run(&submit(&["--json"]));
    assert!(done.out.contains("KILL_SWITCH"), "{}", done.out);
    assert_eq!(place.json(&["control", "show"])["kills"][0]["target"], "A-1");
    place.json(&["kill", "--scope", "account", "--target", "A-1", "--release"]);
    assert_eq!(place.json(&submit(&[]))["outcome"], "routed");
}

#[test]
fn a_business_day_that_ends_takes_orders_for_the_day_with_it() {
    let place = Place::new("day");
    // The venue leaves orders without any answer, so that they stay as they are.
    let settings = ["--silent", "100", "--sample-rate", "0"];
    let instance = place.start(&settings);
    let day = place.json(&submit(&[]))["order"].as_str().unwrap().to_owned();
    let lasting = place.json(&submit(&["--time-in-force", "gtc"]));
    let lasting = lasting["order"].as_str().unwrap().to_owned();
    let began = place.json(&["day"])["business_day"].as_str().unwrap().to_owned();
    let ended = place.json(&["day", "--next"]);
    assert_ne!(ended["business_day"], began.as_str());
    while place.json(&["order", "status", &day])["ord_status"] != "Expired" {
        instance.wait_for(" orders/s ");
    }
    instance.drain();
    let status = place.json(&["order", "status", &lasting]);
    assert_eq!(
        (&status["ord_status"], &status["leaves_qty"]),
        (&"PendingNew".into(), &"100".into())
    );
    let events = place.rows(&["events", "tail", "--sender", "CLI"]);
    let told = |order: &str, exec_type: &str| {
        events.iter().any(|row| row["order"] == order && row["exec_type"] == exec_type)
    };
    assert!(told(&day, "Expired") && told(&lasting, "Restated"), "{events:?}");
    assert_eq!(place.json(&["journal", "verify", "--redecide"])["holds"], true);
    let over = place.run(&["day", "--date", &began]);
    assert_eq!(over.status.code(), Some(2), "{}", over.err);
}

#[test]
fn a_published_set_is_the_one_that_decides() {
    let place = Place::new("set");
    assert_eq!(place.json(&submit(&[]))["outcome"], "routed");
    let shown = place.run(&["control", "show"]).out;
    let same = place.file("same.toml", shown.as_bytes());
    let refused = place.run(&["control", "apply", same.to_str().unwrap()]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(
        refused.err.contains("OR-0358") && refused.err.contains("must be 2"),
        "{}",
        refused.err
    );
    let next = shown.replace("number = 1", "number = 2").replace("10000000\n", "99\n");
    let next = next.replace("\"10000000\"", "\"99\"");
    let next = place.file("next.toml", next.as_bytes());
    assert_eq!(place.json(&["control", "apply", next.to_str().unwrap()])["number"], 2);
    let done = place.run(&submit(&["--json"]));
    assert!(done.out.contains("MAX_ORDER_QTY"), "{}", done.out);
}

#[test]
fn orders_are_listed_in_columns() {
    let place = Place::new("columns");
    let order = place.json(&submit(&[]))["order"].as_str().unwrap().to_owned();
    let done = place.run(&["order", "list"]);
    let lines: Vec<_> = done.out.lines().collect();
    assert_eq!(lines.len(), 2, "{}", done.out);
    let at = |name: &str| lines[0].find(name).unwrap();
    assert!(lines[1][at("order")..].starts_with(&order), "{}", done.out);
    assert!(lines[1][at("symbol")..].starts_with("ALC "), "{}", done.out);
    assert_eq!(lines[0].split_whitespace().count(), lines[1].split_whitespace().count());
}

#[test]
fn every_command_ends_in_a_line_that_is_json() {
    let place = Place::new("json");
    let order = place.json(&submit(&[]))["order"].as_str().unwrap().to_owned();
    let commands: &[&[&str]] = &[
        &["journal", "verify"],
        &["journal", "dump"],
        &["journal", "tail"],
        &["order", "status", &order],
        &["order", "explain", &order],
        &["order", "list"],
        &["orders"],
        &["events", "tail"],
        &["lanes"],
        &["control", "show"],
        &["kill", "--symbol", "BOB"],
        &["release", "A-1"],
        &["day"],
        &["--check-config"],
    ];
    for command in commands {
        assert!(!place.rows(command).is_empty(), "{command:?}");
    }
    let inputs = place.rows(&["journal", "dump"]);
    let new = inputs.iter().find(|row| row["input"] == "new").unwrap();
    assert_eq!((&new["account"], &new["outcome"]), (&"A-1".into(), &"routed".into()));
    let events = place.rows(&["events", "tail", "--sender", "CLI"]);
    assert!(events.iter().any(|row| row["kind"] == "Accepted"), "{events:?}");
}

#[test]
fn settings_are_printed_read_again_and_refused_with_all_that_is_wrong() {
    let place = Place::new("settings");
    let printed = place.run(&["--print-config"]);
    assert!(printed.out.contains("segment_bytes = \"1MiB\""), "{}", printed.out);
    let same = place.file("same.toml", printed.out.as_bytes());
    let again = place.run(&["--config", same.to_str().unwrap(), "--print-config"]);
    assert_eq!(again.out, printed.out, "{}", again.err);
    let wrong = "port = 1\nlisten = \"here\"\n[line]\nwidow = 3\n[venue]\nfill = 101\n";
    let wrong = place.file("wrong.toml", wrong.as_bytes());
    let done = place.run(&["--config", wrong.to_str().unwrap(), "--check-config"]);
    assert_eq!(done.status.code(), Some(2));
    for key in ["OR-0355", "port: ", "listen: ", "line.widow: ", "venue.fill: "] {
        assert!(done.err.contains(key), "{key}: {}", done.err);
    }
}

#[test]
fn bad_input_is_told_with_its_code_and_what_mends_it() {
    let place = Place::new("bad");
    place.json(&submit(&[]));
    let garbage = place.file("garbage.toml", &[0xff; 64]);
    let garbled = place.file("garbled.toml", b"number = \"one\"\nroute = 7\nunknown = 1\n");
    let itch = place.file("garbage.itch", b"this is no feed, but it has bytes enough for one");
    let (garbage, garbled) = (garbage.to_str().unwrap(), garbled.to_str().unwrap());
    let itch = itch.to_str().unwrap();
    let mut amount = SUBMIT.to_vec();
    amount[9] = "1e3";
    let mut sender = SUBMIT.to_vec();
    sender[3] = "with space";
    let cases: &[(&[&str], i32, &str)] = &[
        (&["control", "apply", "absent.toml"], 3, "OR-0357 absent.toml"),
        (&["control", "apply", garbage], 3, "OR-0357"),
        (&["control", "apply", garbled], 2, "OR-0358"),
        (&["--config", "absent.toml", "lanes"], 3, "OR-0357 absent.toml"),
        (&["replay", "--format", "itch", "absent.itch"], 3, "OR-0357 absent.itch"),
        (&["replay", "--format", "itch", itch], 2, "OR-0300"),
        (&["order", "status", "123"], 2, "OR-0362"),
        (&["order", "status", "00000000000000000000000000000000"], 1, "OR-0359"),
        (&["order", "status", "--account", "A-1", "--cl-ord-id", "X"], 1, "OR-0359"),
        (&amount, 2, "OR-0362 --qty"),
        (&sender, 2, "OR-0362"),
        (&["kill", "--symbol", "with space"], 2, "OR-0362"),
        (&["kill"], 2, "--firm"),
        (&["day", "--date", "2019-02-29"], 2, "OR-0362"),
        (&["journal"], 2, "Usage"),
        (&["nothing"], 2, "nothing"),
    ];
    for (arguments, code, told) in cases {
        let done = place.run(arguments);
        assert_eq!(done.status.code(), Some(*code), "{arguments:?}: {}{}", done.out, done.err);
        assert!(done.err.contains(told), "{arguments:?}: {}", done.err);
    }
    assert_eq!(place.json(&["journal", "verify", "--redecide"])["holds"], true);
}
