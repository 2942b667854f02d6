//! Limits through a real folder: orders are put, decided and read back from the order view. Limits
//! of accounts by position and net, and limits that span lanes, each way and at a venue.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test stops at the first surprise")]

#[path = "support/process.rs"]
mod process;

use domain::{AccountKey, HashRange};
use process::{Place, Running};
use serde_json::{Value, json};

/// Every limit there is, none of which binds.
const WIDE: &str = r#"max_order_qty = 1000000
max_order_notional = 1000000000
credit_limit = "unlimited"
max_open_notional = "unlimited"
max_messages = "unlimited"
max_executions = "unlimited"
self_match = "allow"
"#;

/// A set of all rules with these accounts, limits and oldest order, for the symbol ALC.
fn set(accounts: &[(&str, [&str; 4])], limits: &str, max_age: &str) -> String {
    let positions = |[long, short, net, gross]: &[&str; 4]| {
        format!("max_long = {long}\nmax_short = {short}\nmax_net = {net}\nmax_gross = {gross}\n")
    };
    let mut set = format!(
        r#"number = 2
rules = 2
entitlements = "any"
[periods]
messages = "off"
executions = "off"
collar = "off"
duplicates = "off"
max_age = "{max_age}"
max_clock_error = "1ms"
[[instrument]]
symbol = "ALC"
max_order_qty = 500
max_order_notional = 1000000000
reference_price = "57"
collar_bps = "unlimited"
period_collar_bps = "unlimited"
tick = "0.01"
lot = 1
ord_types = ["limit"]
times_in_force = ["day"]
session = "always"
short_sale = "allowed"
borrow = "easy"
[any_account]
{WIDE}{}"#,
        positions(&[r#""unlimited""#; 4])
    );
    for (account, limits) in accounts {
        set += &format!("[[account]]\naccount = \"{account}\"\n{WIDE}{}", positions(limits));
    }
    set + limits + "[[route]]\nrule = 1\nvenue = \"XDEM\"\n"
}

/// A folder in which a set is in force, and the orders that are put into it.
struct Desk {
    place: Place,
    instance: Running,
    count: u32,
    /// What each was told: ClOrdID, and the reasons, none of one that was routed.
    told: Vec<(String, Vec<String>)>,
}

impl Desk {
    fn new(name: &str, set: &str, venue: &[&str]) -> Self {
        let place = Place::new(name);
        Self::at(place, set, venue)
    }

    fn at(place: Place, set: &str, venue: &[&str]) -> Self {
        place.start(&[]).drain();
        let file = place.file("set.toml", set.as_bytes());
        place.json(&["control", "apply", file.to_str().unwrap()]);
        let instance = place.start(venue);
        Self { place, instance, count: 0, told: Vec::new() }
    }

    /// Puts an order; the reasons for which it is refused.
    fn order(&mut self, account: &str, side: &str, quantity: u32) -> Vec<String> {
        self.changed(account, side, quantity, |_| {})
    }

    fn changed(
        &mut self,
        account: &str,
        side: &str,
        quantity: u32,
        change: impl FnOnce(&mut Value),
    ) -> Vec<String> {
        self.count += 1;
        let id = format!("L-{}", self.count);
        let mut order = json!({
            "kind": "new", "sender": "L", "account": account, "cl_ord_id": id, "symbol": "ALC",
            "side": side, "order_qty": quantity.to_string(), "price": "57",
        });
        change(&mut order);
        let (status, told) = self.instance.post("/v1/orders?wait=true", &order);
        assert_eq!(status, 200, "{told}");
        let reasons = told["reasons"].as_array().into_iter().flatten();
        let reasons: Vec<String> = reasons.map(|one| one.as_str().unwrap().to_owned()).collect();
        assert_eq!(told["outcome"] == "routed", reasons.is_empty(), "{told}");
        self.told.push((id, reasons.clone()));
        reasons
    }

    fn passes(&mut self, account: &str, side: &str, quantity: u32) {
        assert_eq!(self.order(account, side, quantity), [""; 0], "{account} {side} {quantity}");
    }

    fn fails(&mut self, account: &str, side: &str, quantity: u32, reasons: &[&str]) {
        assert_eq!(self.order(account, side, quantity), reasons, "{account} {side} {quantity}");
    }

    /// Waits until the venue has filled whatever was routed; asking is the clock.
    fn wait_for_fills(&self) {
        let routed = self.told.iter().filter(|told| told.1.is_empty()).count();
        loop {
            let (_, text) = self.instance.get("/v1/orders?count=1000");
            if text.matches("\"ord_status\":\"Filled\"").count() == routed {
                return;
            }
            self.instance.wait_for(" orders/s ");
        }
    }

    /// Stops, and holds what the view says of each order against what its sender was told.
    fn end(self) {
        let (status, out, _) = self.instance.drain();
        assert!(status.success(), "{out}");
        let rows = self.place.rows(&["order", "list"]);
        assert_eq!(rows.len(), self.told.len());
        for (id, reasons) in &self.told {
            let row = rows.iter().find(|row| row["cl_ord_id"] == id.as_str()).unwrap();
            assert_eq!(row["reasons"], json!(reasons), "{row}");
            assert_eq!(row["configuration"], 2, "{row}");
            let refused = row["ord_status"] == "Rejected";
            assert_eq!(refused, !reasons.is_empty(), "{row}");
        }
        assert_eq!(self.place.json(&["journal", "verify", "--redecide"])["holds"], true);
    }
}

const POSITION: &[&str] = &["POSITION_LIMIT"];
const ALLOTMENT: &[&str] = &["ALLOTMENT"];
const FREE: &str = r#""unlimited""#;

#[test]
fn limits_of_accounts_bind_each_way_by_what_is_open() {
    let accounts = [("NET", [FREE, FREE, "100", FREE]), ("SIDES", ["80", "50", FREE, FREE])];
    let none = ["--fill", "0", "--partial", "0", "--reject", "0"];
    let mut desk = Desk::new("limits-open", &set(&accounts, "", "off"), &none);
    // 100 to buy; then up to 200 to sell, which is 100 the other way.
    desk.passes("NET", "buy", 100);
    desk.fails("NET", "buy", 1, POSITION);
    desk.fails("NET", "sell", 201, POSITION);
    desk.passes("NET", "sell", 200);
    desk.fails("NET", "sell-short", 1, POSITION);
    desk.passes("NET", "buy", 200);
    // Long and short don't make room for each other while nothing has traded.
    desk.passes("SIDES", "sell-short", 50);
    desk.fails("SIDES", "sell", 1, POSITION);
    desk.passes("SIDES", "buy", 80);
    desk.fails("SIDES", "buy", 1, POSITION);
    desk.fails("SIDES", "sell-short", 1, POSITION);
    desk.fails("SIDES", "buy", 501, &["MAX_ORDER_QTY", "POSITION_LIMIT"]);
    desk.passes("ANYBODY", "sell-short", 500);
    desk.end();
}

#[test]
fn limits_of_accounts_bind_each_way_by_what_was_traded() {
    let accounts = [("NET", [FREE, FREE, "100", FREE]), ("SIDES", ["80", "50", FREE, FREE])];
    let all = ["--fill", "100", "--partial", "0", "--reject", "0"];
    let mut desk = Desk::new("limits-traded", &set(&accounts, "", "off"), &all);
    desk.passes("NET", "sell-short", 100);
    desk.passes("SIDES", "sell-short", 50);
    desk.wait_for_fills();
    desk.fails("NET", "sell-short", 1, POSITION);
    desk.fails("NET", "buy", 201, POSITION);
    desk.fails("SIDES", "sell", 1, POSITION);
    // From 50 short to 80 long.
    desk.fails("SIDES", "buy", 131, POSITION);
    desk.passes("SIDES", "buy", 130);
    desk.passes("NET", "buy", 200);
    desk.wait_for_fills();
    desk.fails("SIDES", "buy", 1, POSITION);
    desk.fails("SIDES", "sell-short", 131, POSITION);
    desk.passes("SIDES", "sell", 130);
    desk.fails("NET", "buy", 1, POSITION);
    desk.wait_for_fills();
    desk.end();
}

/// An account of each of the folder's two lanes.
fn of_lanes() -> [String; 2] {
    [0, 1].map(|lane| {
        let names = (0..).map(|number| format!("A-{number}"));
        let mut here = names.filter(|name| HashRange::part(lane, 2).contains(AccountKey::of(name)));
        here.next().unwrap()
    })
}

/// Buys or sells share by share in both lanes, until neither takes any more; how many were taken.
fn exhaust(desk: &mut Desk, side: &str) -> u32 {
    let (mut taken, mut refused) = (0, 0);
    // What one lane has left over goes to the other at the next looks at the limit's item.
    while refused < 200 {
        for account in of_lanes() {
            let reasons = desk.order(&account, side, 1);
            match reasons.is_empty() {
                true => (taken, refused) = (taken + 1, 0),
                false => {
                    assert_eq!(reasons, ALLOTMENT);
                    refused += 1;
                }
            }
        }
    }
    taken
}

#[test]
fn a_net_limit_that_spans_lanes_binds_each_way_for_all_of_them_together() {
    let limit = "[[limit]]\nname = \"net\"\nscope = \"all\"\nmeasure = \"net\"\nshares = true\n\
                 amount = 100\n";
    let none = ["--fill", "0", "--partial", "0", "--reject", "0"];
    let mut desk = Desk::new("limits-net", &set(&[], limit, "off"), &none);
    let [low, high] = of_lanes();
    // Each lane's even part is there for its first order; one that has used it up asks the other.
    desk.passes(&high, "buy", 30);
    desk.passes(&low, "buy", 50);
    desk.fails(&low, "buy", 51, ALLOTMENT);
    desk.fails(&low, "buy", 501, &["MAX_ORDER_QTY", "ALLOTMENT"]);
    let bought = 80 + exhaust(&mut desk, "buy");
    assert!((85..=100).contains(&bought), "{bought} shares, each lane may keep a sixteenth");
    // The short half is its own, and what is bought makes no room in it before it has traded.
    desk.passes(&high, "sell", 30);
    desk.passes(&low, "sell-short", 50);
    desk.fails(&low, "sell", 51, ALLOTMENT);
    let sold = 80 + exhaust(&mut desk, "sell-short");
    assert!((85..=100).contains(&sold), "{sold} shares");
    desk.end();
}

#[test]
fn a_limit_of_a_venue_binds_for_all_lanes_together_and_what_is_done_makes_room() {
    let limit = "[[limit]]\nname = \"venue\"\nscope = \"venue\"\ntarget = \"XDEM\"\n\
                 measure = \"open\"\nshares = true\namount = 100\n\
                 [[limit]]\nname = \"other\"\nscope = \"venue\"\ntarget = \"XELS\"\n\
                 measure = \"open\"\nshares = true\namount = 1\n";
    let none = ["--fill", "0", "--partial", "0", "--reject", "0"];
    let mut desk = Desk::new("limits-venue", &set(&[], limit, "off"), &none);
    let [low, high] = of_lanes();
    desk.passes(&high, "sell", 45);
    desk.passes(&low, "buy", 50);
    // What is open counts, whatever the side.
    desk.fails(&low, "sell", 51, ALLOTMENT);
    let open = 95 + exhaust(&mut desk, "buy");
    assert!((95..=100).contains(&open), "{open} shares");
    let cancel = json!({
        "kind": "cancel", "sender": "L", "account": low, "cl_ord_id": "C-1",
        "orig_cl_ord_id": "L-2", "symbol": "ALC", "side": "buy",
    });
    let (status, told) = desk.instance.post("/v1/orders?wait=true", &cancel);
    assert_eq!((status, &told["outcome"]), (200, &json!("forwarded")), "{told}");
    // It counts until the venue says that it is cancelled.
    loop {
        let (_, text) = desk.instance.get("/v1/orders?count=1000");
        if text.contains("\"ord_status\":\"Canceled\"") {
            break;
        }
        desk.instance.wait_for(" orders/s ");
    }
    let again = exhaust(&mut desk, "sell");
    assert!((40..=55).contains(&again), "{again} shares");
    desk.end();
}

#[test]
fn an_order_that_came_too_late_is_refused_by_the_recorded_clock() {
    let place = Place::new("limits-stale");
    place.set_line("clock_source = \"ntp\"\nclock_error = \"100us\"\n");
    let mut desk = Desk::at(place, &set(&[], "", "60s"), &[]);
    desk.passes("A", "buy", 10);
    let first = desk.place.rows(&["order", "list"]).remove(0);
    let times = first["times"].as_array().unwrap();
    let decided = times.iter().find(|time| time["event"] == "risk_decision").unwrap();
    let of_old = decided["ns"].as_i64().unwrap() - 61_000_000_000;
    let old = |order: &mut Value| order["transact_time"] = json!(of_old);
    assert_eq!(desk.changed("A", "buy", 10, old), ["STALE_ORDER"]);
    desk.end();
}
