//! Why an order stands as it does: who decided, when, under which configuration set, which controls
//! with which numbers, the routes of the set, and the decision made again as a dry run: what was
//! counted before it, and each venue that its rule could have chosen.

use domain::{Configuration, Notional, Price, Quantity, Reason, Symbol};
use serde_json::{Value, json};
use wire::events::OrderView;
use wire::message::Message;

use super::Desk;
use crate::error::Error;

impl Desk {
    /// Everything that is known of an order's decision, from the journal.
    pub(super) fn explain(&self, id: &str) -> Result<Value, Error> {
        let (view, shown) = self.order(self.named(id, "", "", "")?)?;
        let lane = self.specs().iter().position(|spec| spec.lane == view.decided.lane);
        let lane = lane.ok_or_else(|| Error::Unknown {
            what: format!("the order was decided in lane {}", view.decided.lane),
            fix: "that lane isn't one of this folder's; look into the folder it came from",
        })?;
        let found = self.input_at(lane as u32, view.decided.position)?;
        let found = found.ok_or_else(|| Error::Unknown {
            what: format!("entry {} is gone from the journal", view.decided.index),
            fix: "retention let it go; the exported journal still holds it",
        })?;
        let set = self.set(view.configuration)?;
        let controls = match (&set, &found.message) {
            (Some(set), Some(Message::NewOrderSingle(new))) => {
                controls(set, &view, Figures { qty: new.order_qty, price: new.price })
            }
            _ => Vec::new(),
        };
        let again = self.again(lane as u32, view.decided.position);
        let routes = set.as_ref().map(|set| routes(set, &view));
        Ok(json!({
            "order": shown,
            "decided": {
                "by": format!("writer {:?}, epoch {}", found.entry.writer, found.entry.epoch.0),
                "lane": lane,
                "index": found.entry.index,
                "position": view.decided.position.to_string(),
                "arrival": view.decided.arrival.to_string(),
                "rules": found.entry.rules,
                "content": hex(&found.entry.content),
            },
            "decision": Value::Object(found.row),
            "configuration": {
                "number": view.configuration,
                "hash": set.as_ref().map(|set| hex(&set.hash)),
                "sample": set.as_ref().map(|set| set.sample),
            },
            "controls": controls,
            "routes": routes,
            "again": again,
        }))
    }

    fn set(&self, number: u64) -> Result<Option<Configuration>, Error> {
        use ports::ControlTable as _;
        let mut control = self.stores.control.clone();
        let sets = control.sets_after(number.saturating_sub(1))?;
        let Some((_, hash)) = sets.into_iter().find(|set| set.0 == number) else {
            return Ok(None);
        };
        let text = control.set(hash)?;
        Ok(text.and_then(|text| wire::configuration::parse(&text).ok()))
    }
}

struct Figures {
    qty: Quantity,
    price: Price,
}

/// Each control with what it saw and what it allows.
fn controls(set: &Configuration, view: &OrderView, figures: Figures) -> Vec<Value> {
    let symbol = Symbol::new(&view.symbol).unwrap_or_default();
    let instrument = set.instrument(&symbol);
    let limits = set.limits(domain::AccountKey::of(&view.account));
    let reference = instrument.map(|known| known.reference_price).filter(|price| price.0 != 0);
    let counted = if figures.price.0 == 0 { reference } else { Some(figures.price) };
    let notional = counted.map(|price| price.times(figures.qty));
    let qty_max =
        least(instrument.map(|one| one.limits.max_order_qty), limits.map(|one| one.max_order_qty));
    let notional_max = least(
        instrument.map(|one| one.limits.max_order_notional),
        limits.map(|one| one.max_order_notional),
    );
    let text = |value: Option<String>| value.unwrap_or_else(|| "none".to_owned());
    let seen = [
        (Reason::UnknownAccount, view.account.clone(), text(limits.map(|_| "listed".to_owned()))),
        (Reason::UnknownSymbol, view.symbol.clone(), text(instrument.map(|_| "listed".to_owned()))),
        (Reason::MaxOrderQty, figures.qty.to_string(), text(qty_max.map(|most| most.to_string()))),
        (
            Reason::MaxOrderNotional,
            text(notional.map(|notional: Notional| notional.to_string())),
            text(notional_max.map(|most| most.to_string())),
        ),
        (
            Reason::NoReferencePrice,
            text(counted.map(|price| price.to_string())),
            text(reference.map(|price| price.to_string())),
        ),
    ];
    let mut rows: Vec<Value> = seen
        .into_iter()
        .map(|(reason, value, limit)| {
            let failed = view.reasons.iter().any(|name| name == reason.name());
            json!({ "control": reason.name(), "value": value, "limit": limit, "passed": !failed })
        })
        .collect();
    // Controls that compare no numbers stand in the decision alone.
    let listed = |name: &str| rows.iter().any(|row| row["control"] == name);
    let others: Vec<Value> = view
        .reasons
        .iter()
        .filter(|name| !listed(name))
        .map(|name| json!({ "control": name, "passed": false }))
        .collect();
    rows.extend(others);
    rows
}

fn least<T: Ord>(one: Option<T>, other: Option<T>) -> Option<T> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

/// The routes as that set tries them, in their order.
fn routes(set: &Configuration, view: &OrderView) -> Vec<Value> {
    let symbol = Symbol::new(&view.symbol).unwrap_or_default();
    let chosen = set.route(&symbol).map(|route| route.rule);
    let row = |route: &domain::configuration::Route| {
        let takes = route.symbol.is_empty() || route.symbol == symbol;
        json!({
            "rule": route.rule,
            "symbol": if route.symbol.is_empty() { "any" } else { route.symbol.as_str() },
            "choice": route.choice.name(),
            "venues": route.venues.iter().map(|one| one.venue.as_str()).collect::<Vec<_>>(),
            "takes": takes,
            "chosen": chosen == Some(route.rule) && view.rule == route.rule,
        })
    };
    set.routes.iter().map(row).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
