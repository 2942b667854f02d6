//! The HTTP edge of a running instance: health, readiness, metrics, look-ups, and what it refuses.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test stops at the first surprise")]

#[path = "support/process.rs"]
mod process;

use std::collections::BTreeSet;

use process::Place;
use serde_json::{Value, json};

fn order(cl_ord_id: &str) -> Value {
    json!({
        "kind": "new", "sender": "HTTP", "account": "A-7", "cl_ord_id": cl_ord_id,
        "symbol": "ALC", "side": "buy", "order_qty": "10", "price": "57",
    })
}

#[test]
fn a_running_instance_is_ready_healthy_and_answers_for_its_orders() {
    let place = Place::new("http");
    let instance = place.start(&["--sample-rate", "50"]);
    assert_eq!(instance.get("/healthz").0, 200);
    let (status, told) = instance.post("/v1/orders?wait=true", &order("H-1"));
    assert_eq!((status, &told["outcome"]), (200, &"routed".into()), "{told}");
    // A decision was made, so every lane that had work has committed: it is ready.
    assert_eq!(instance.get("/readyz"), (200, "ok\n".to_owned()));
    let id = told["order"].as_str().unwrap();
    let shown = place.json(&["order", "status", id]);
    assert_eq!(shown["account"], "A-7");
    let (status, text) = instance.get(&format!("/v1/orders/{id}"));
    let shown: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((status, &shown["cl_ord_id"]), (200, &"H-1".into()));
    assert_eq!(instance.get(&format!("/v1/orders/{id}/explain")).0, 200);
    assert_eq!(instance.get("/v1/lanes").0, 200);
    let (status, told) = instance.post("/v1/orders", &order("H-2"));
    assert_eq!(status, 202, "{told}");
    assert_eq!(instance.post("/v1/ask", &json!({ "ask": "show" })).0, 200);
    let proved = place.json(&["journal", "verify", "--redecide"]);
    assert_eq!(proved["holds"], true, "a running line's journal holds as far as it is committed");
    let (status, _, _) = instance.drain();
    assert!(status.success());
}

#[test]
fn metrics_are_those_of_the_catalogue_and_count_what_was_decided() {
    let place = Place::new("metrics");
    let instance = place.start(&[]);
    instance.post("/v1/orders?wait=true", &order("M-1"));
    // The keeper shows figures once a second, and this line is printed as often.
    instance.wait_for(" orders/s ");
    let mut text = instance.get("/metrics").1;
    while !text.contains("order_router_station_latency_seconds") {
        instance.wait_for(" orders/s ");
        text = instance.get("/metrics").1;
    }
    let shown: BTreeSet<&str> =
        text.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next()).collect();
    let known: BTreeSet<&str> = telemetry::Metric::ALL.iter().map(|metric| metric.name()).collect();
    assert_eq!(shown, known, "what runs shows exactly the catalogue");
    for name in ["orderflow_ready_state 1", "orderflow_venue_starts_total 1"] {
        assert!(text.contains(name), "{name}: {text}");
    }
    assert!(!text.contains("A-7"), "no account is a label");
}

#[test]
fn what_cannot_be_answered_is_refused_with_a_code() {
    let place = Place::new("refusals");
    let instance = place.start(&[]);
    let absent = "/v1/orders/00000000000000000000000000000000";
    for (path, status, code) in
        [(absent, 404, "OR-0359"), ("/v1/orders/one", 400, "OR-0362"), ("/nothing", 404, "OR-0359")]
    {
        let (told, text) = instance.get(path);
        assert_eq!(told, status, "{path}: {text}");
        assert!(text.contains(code), "{path}: {text}");
    }
    for body in ["", "{", "[]", "{\"ask\":\"unknown\"}", "{\"kind\":7}", "\u{0}"] {
        for path in ["/v1/orders", "/v1/ask"] {
            let (status, _) = instance.post_text(path, body);
            assert!((400..500).contains(&status), "{path} {body:?}: {status}");
        }
    }
    let long = "x".repeat(2 * 1024 * 1024);
    assert_eq!(instance.post_text("/v1/orders", &long).0, 413);
    let (status, told) = instance.post("/v1/orders", &json!({ "kind": "dance" }));
    assert_eq!((status, told["exit"].as_u64()), (400, Some(2)), "{told}");
    // A page in a browser that points a name of its own at this machine gets nothing.
    assert_eq!(instance.get_as("/readyz", "evil.example").0, 403);
    assert_eq!(instance.get_as("/readyz", "localhost").0, 200);
    assert_eq!(instance.get("/healthz").0, 200);
}
