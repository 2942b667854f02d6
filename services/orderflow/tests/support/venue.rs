//! Holds what the router routed against what the venue's own file says it did.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::run::{done, each_line};

/// What went to the venue, or what it did, of one order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Story {
    entered: u32,
    canceled: u32,
    replaced: u32,
    refused: u32,
}

/// Orders that were decided, by what their new request says.
#[derive(Debug, Default)]
pub(crate) struct Decided {
    /// Requests that were decided, repeats left out.
    pub(crate) requests: u64,
    orders: BTreeMap<String, Story>,
}

/// Reads the journal: each request decided once, and what each order sent to its venue.
pub(crate) fn decided(data: &str) -> Result<Decided, String> {
    let mut decided = Decided::default();
    let mut seen = BTreeSet::new();
    let mut wrong = None;
    each_line(&["journal", "dump", "--data", data, "--json"], |line| {
        let line: Value = serde_json::from_str(line).expect("each line is JSON");
        let text = |name: &str| line[name].as_str().unwrap_or_default();
        let outcome = text("outcome");
        if matches!(text("input"), "report" | "control" | "undecodable" | "")
            || matches!(outcome, "duplicate" | "stale")
        {
            return;
        }
        decided.requests += 1;
        if !seen.insert(format!("{} {}", text("account"), text("cl_ord_id"))) {
            wrong.get_or_insert(format!("decided twice: {line}"));
        }
        if matches!(outcome, "routed" | "forwarded") {
            let story = decided.orders.entry(text("order").to_owned()).or_default();
            match text("input") {
                "new" => story.entered += 1,
                "cancel" => story.canceled += 1,
                _ => story.replaced += 1,
            }
        }
    });
    wrong.map_or(Ok(decided), Err)
}

/// Whether the venue accepted each routed order once, missed none, and has nothing live after its
/// cancel.
pub(crate) fn check(decided: &Decided, data: &str) -> Result<(), String> {
    let mut orders: BTreeMap<String, Story> = BTreeMap::new();
    let mut live = BTreeSet::new();
    for line in done(&["venue", "dump", "--data", data]).lines() {
        let mut words = line.split(' ').skip(1);
        let (deed, order) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let story = orders.entry(order.to_owned()).or_default();
        match deed {
            "accepted" => {
                story.entered += 1;
                live.insert(order.to_owned());
            }
            "canceled" => {
                story.canceled += 1;
                live.remove(order);
            }
            "replaced" => story.replaced += 1,
            "cancel-rejected" => story.refused += 1,
            _ => return Err(format!("what no replay leads to: {line}")),
        }
    }
    for (order, routed) in &decided.orders {
        let accepted = orders.get(order).map_or(0, |at_venue| at_venue.entered);
        if accepted != routed.entered {
            return Err(format!("order {order} was accepted {accepted} times"));
        }
    }
    for (order, routed) in &decided.orders {
        let at_venue = orders.get(order).ok_or_else(|| format!("order {order} never arrived"))?;
        if at_venue != routed {
            return Err(format!("order {order}: routed {routed:?}, at the venue {at_venue:?}"));
        }
        if routed.canceled > 0 && live.contains(order) {
            return Err(format!("order {order} is live after its cancel"));
        }
    }
    match orders.len() == decided.orders.len() {
        true => Ok(()),
        false => Err(format!("{} orders that nobody routed", orders.len() - decided.orders.len())),
    }
}
