//! Who may change what: one person or two, told apart by tokens alone; and the records of it.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test stops at the first surprise")]

#[path = "support/process.rs"]
mod process;

use process::{Place, Running};
use serde_json::{Value, json};

/// Tokens of two people, whose hashes the settings have, and the files that hold them.
struct Desk {
    place: Place,
    ann: String,
    bob: String,
}

impl Desk {
    fn new(name: &str, approval: &str) -> Self {
        let place = Place::new(name);
        let draw = |subject: &str| {
            let drawn = place.run(&["token", subject]);
            assert!(drawn.status.success(), "{}", drawn.err);
            place.file(&format!("{subject}.token"), drawn.out.as_bytes());
            let line = drawn.err.lines().last().unwrap().to_owned();
            (drawn.out.trim().to_owned(), line)
        };
        let ((ann, ann_line), (bob, bob_line)) = (draw("ann"), draw("bob"));
        let settings = format!(
            "shards = 2\nsegment_bytes = \"1MiB\"\nreserve_bytes = \"1MiB\"\nsample_rate = 0\n\
             approval = \"{approval}\"\n[subjects]\n{ann_line}\n{bob_line}\n\
             [line]\naccounts_max = 1024\norders_max = 8192\nreports_max = 16384\n\
             identities_max = 32768\ncursor = \"10ms\"\n"
        );
        place.file("settings.toml", settings.as_bytes());
        Self { place, ann, bob }
    }

    fn token_file(&self, name: &str) -> String {
        self.place.data.with_file_name(format!("{name}.token")).display().to_string()
    }
}

/// The sample with a limit of so many shares an order.
fn set(number: u64, shares: i64) -> String {
    let mut set = wire::configuration::sample();
    set.number = number;
    for instrument in &mut set.instruments {
        instrument.limits.max_order_qty = domain::Quantity::whole(shares);
    }
    wire::configuration::render(&set)
}

fn order(instance: &Running, id: &str, quantity: &str) -> Value {
    let body = json!({
        "kind": "new", "sender": "CLI", "account": "A-1", "cl_ord_id": id, "symbol": "ALC",
        "side": "buy", "order_qty": quantity, "price": "57.5",
    });
    instance.post("/v1/orders?wait=true", &body).1
}

fn records(instance: &Running) -> Vec<Value> {
    let (status, text) = instance.get("/v1/control/records");
    let told: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((status, &told["holds"]), (200, &json!(true)), "{told}");
    told["records"].as_array().unwrap().clone()
}

#[test]
fn by_default_one_person_is_enough_and_every_record_says_so() {
    let place = Place::new("single");
    let instance = place.start(&[]);
    let body = json!({ "text": set(2, 50), "reason": "narrower" });
    let (status, told) = instance.post("/v1/control/sets", &body);
    assert_eq!((status, &told["status"]), (200, &json!("in force")), "{told}");
    instance.drain();
    place.json(&["kill", "--account", "A-1", "--reason", "a test"]);
    let records = place.rows(&["control", "records"]);
    let of = |at: usize, key: &str| records[at][key].as_str().unwrap().to_owned();
    assert_eq!(records.len(), 3);
    assert!((0..3).all(|at| of(at, "approval") == "single"), "{records:?}");
    assert!(records.iter().all(|record| record["approved_by"].is_null()));
    assert_eq!((of(0, "proposed_by"), of(0, "reason")), ("orderflow".into(), "first start".into()));
    assert_eq!(
        (of(1, "proposed_by"), of(1, "reason")),
        ("unauthenticated".into(), "narrower".into())
    );
    assert_eq!(of(2, "kind"), "state");
    assert_eq!(of(1, "previous"), of(0, "record_hash"));
    let shown = place.json(&["control", "show"]);
    assert_eq!(shown["parts"]["instruments"]["since"], 2);
    assert_eq!(shown["parts"]["routes"]["since"], 1);
}

#[test]
fn under_four_eyes_a_set_binds_only_after_another_subjects_approval() {
    let desk = Desk::new("four-eyes", "four-eyes");
    let instance = desk.place.start(&[]);
    let propose = json!({ "text": set(1, 50), "reason": "the first" });
    for (status, told) in [
        instance.post("/v1/control/sets", &propose),
        instance.post_as("somebody", "/v1/control/sets", &propose),
        instance.post("/v1/ask", &json!({ "ask": "apply", "text": set(1, 50) })),
    ] {
        assert_eq!(status, 403, "{told}");
        assert!(told["error"].as_str().unwrap().contains("OR-0385"), "{told}");
    }
    let (status, told) = instance.post_as(&desk.ann, "/v1/control/sets", &propose);
    assert_eq!((status, &told["status"]), (200, &json!("pending")), "{told}");
    assert_eq!(told["proposed_by"], "ann");
    let approve = format!("/v1/control/proposals/{}/approve", told["proposal"]);
    // No field and no flag makes ann somebody else.
    let (status, told) = instance.post_as(&desk.ann, &approve, &json!({}));
    assert_eq!(status, 403, "{told}");
    let (status, _) = instance.post_as(&desk.ann, &approve, &json!({ "approved_by": "bob" }));
    assert_eq!(status, 422);
    assert_eq!(instance.post(&approve, &json!({})).0, 403);
    assert_eq!(records(&instance).len(), 0);
    let (status, told) = instance.post_as(&desk.bob, &approve, &json!({ "reason": "fine" }));
    assert_eq!((status, &told["status"]), (200, &json!("in force")), "{told}");
    let who = (&told["proposed_by"], &told["approved_by"], &told["approval"], &told["remark"]);
    assert_eq!(who, (&json!("ann"), &json!("bob"), &json!("four-eyes"), &json!("fine")));
    assert_eq!(order(&instance, "1", "50")["outcome"], "routed");
    assert_eq!(order(&instance, "2", "51")["reasons"], json!(["MAX_ORDER_QTY"]));
    instance.drain();
    let other = desk.place.file("set.toml", set(2, 60).as_bytes());
    let apply = ["control", "apply", other.to_str().unwrap()];
    assert_eq!(desk.place.run(&apply).status.code(), Some(2));
    let bob = desk.token_file("bob");
    let told = desk.place.json(&[&apply[..], &["--token-file", &bob]].concat());
    assert_eq!((&told["status"], &told["proposed_by"]), (&json!("pending"), &json!("bob")));
    let number = told["proposal"].to_string();
    let ann = desk.token_file("ann");
    let told = desk.place.json(&["control", "refuse", &number, "--token-file", &ann]);
    assert_eq!((&told["status"], &told["approved_by"]), (&json!("refused"), &json!("ann")));
    assert_eq!(desk.place.json(&["control", "show"])["number"], 1);
    assert_eq!(desk.place.rows(&["control", "records"]).len(), 2);
}

#[test]
fn a_kill_needs_one_person_and_its_release_two() {
    let desk = Desk::new("kill-two", "four-eyes");
    let instance = desk.place.start(&[]);
    let (_, told) = instance.post_as(&desk.ann, "/v1/control/sets", &json!({ "text": set(1, 50) }));
    let approve = |number: &Value, token: &str| {
        let path = format!("/v1/control/proposals/{number}/approve");
        instance.post_as(token, &path, &json!({})).1
    };
    assert_eq!(approve(&told["proposal"], &desk.bob)["status"], "in force");
    let state = |token: &str, state: &str| {
        let body = json!({ "scope": "symbol", "target": "ALC", "state": state });
        instance.post_as(token, "/v1/control/states", &body).1
    };
    assert_eq!(state(&desk.ann, "reducing")["status"], "in force");
    assert_eq!(state(&desk.ann, "halted")["status"], "in force");
    // Each step back is a release.
    assert_eq!(state(&desk.ann, "reducing")["status"], "pending");
    let released = state(&desk.ann, "active");
    assert_eq!(released["status"], "pending");
    let refused = approve(&released["proposal"], &desk.ann);
    assert!(refused["error"].as_str().unwrap().contains("OR-0385"), "{refused}");
    // It binds within a poll of the control table.
    let told = (0..1_000).map(|id| order(&instance, &format!("{id}"), "10"));
    let refused = told.into_iter().find(|told| told["outcome"] != "routed").unwrap();
    assert_eq!(refused["reasons"], json!(["KILL_SWITCH"]));
    assert_eq!(approve(&released["proposal"], &desk.bob)["status"], "in force");
    assert_eq!(state(&desk.bob, "active")["status"], "in force", "it is so already");
    instance.drain();
    let instance = desk.place.start(&[]);
    assert_eq!(order(&instance, "last", "10")["outcome"], "routed");
}

#[test]
fn an_override_needs_two_people_and_the_decision_names_it() {
    let desk = Desk::new("override", "single");
    let instance = desk.place.start(&[]);
    let (status, told) = instance.post("/v1/control/sets", &json!({ "text": set(2, 50) }));
    assert_eq!(status, 200, "{told}");
    let body = json!({ "reason": "the client called", "exemption": {
        "account": "A-1", "symbol": "ALC", "max_order_qty": "80", "controls": ["MAX_ORDER_QTY"],
        "seconds": 600, "count": 1,
    } });
    assert_eq!(instance.post("/v1/control/overrides", &body).0, 403, "one person is never enough");
    let (_, told) = instance.post_as(&desk.ann, "/v1/control/overrides", &body);
    assert_eq!(told["status"], "pending", "{told}");
    let approve = format!("/v1/control/proposals/{}/approve", told["proposal"]);
    assert_eq!(instance.post_as(&desk.ann, &approve, &json!({})).0, 403);
    let (_, told) = instance.post_as(&desk.bob, &approve, &json!({}));
    assert_eq!((&told["status"], &told["number"]), (&json!("in force"), &json!(1)), "{told}");
    // A change is taken before the next record within a poll of the control table.
    instance.drain();
    let instance = desk.place.start(&[]);
    assert_eq!(order(&instance, "1", "81")["reasons"], json!(["MAX_ORDER_QTY"]));
    let passed = order(&instance, "2", "80");
    assert_eq!(passed["outcome"], "routed", "{passed}");
    assert_eq!(order(&instance, "3", "80")["reasons"], json!(["MAX_ORDER_QTY"]), "it is used up");
    let unlike = json!({ "exemption": {
        "account": "A-1", "controls": ["KILL_SWITCH"], "seconds": 1, "count": 1,
    } });
    assert_eq!(instance.post_as(&desk.ann, "/v1/control/overrides", &unlike).0, 400);
    instance.drain();
    let why = desk.place.json(&["order", "explain", passed["order"].as_str().unwrap()]);
    assert_eq!(why["decision"]["override"], 1, "{why}");
    assert_eq!(desk.place.json(&["journal", "verify", "--redecide"])["holds"], true);
}

#[test]
fn a_dry_run_names_the_decisions_that_would_have_been_others() {
    let place = Place::new("dry-run");
    let instance = place.start(&[]);
    for (id, quantity) in [("1", "10"), ("2", "60"), ("3", "50")] {
        assert_eq!(order(&instance, id, quantity)["outcome"], "routed");
    }
    let body = json!({ "text": set(2, 50), "dry_run": true });
    let (status, told) = instance.post("/v1/control/sets", &body);
    assert_eq!(
        (status, &told["looked_at"], &told["differ"]),
        (200, &json!(3), &json!(1)),
        "{told}"
    );
    let one = &told["differences"][0];
    assert_eq!((&one["cl_ord_id"], &one["was"]["outcome"]), (&json!("2"), &json!("routed")));
    assert_eq!(one["would_be"]["reasons"], json!(["MAX_ORDER_QTY"]));
    assert_eq!(records(&instance).len(), 1, "nothing was published");
    instance.drain();
    let file = place.file("set.toml", set(2, 5).as_bytes());
    let told = place.json(&["control", "apply", file.to_str().unwrap(), "--dry-run"]);
    assert_eq!(told["differ"], 3);
    assert_eq!(place.json(&["control", "show"])["number"], 1);
}
