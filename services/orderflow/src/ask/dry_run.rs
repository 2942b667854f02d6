//! Decisions made again without effect: one for `explain`, a day's for a set that isn't in force.
//!
//! Books and set are those that the journal folds to before the record; nothing is written.

use std::ops::ControlFlow;

use domain::configuration::Configuration;
use domain::time::DAY_NS;
use domain::{Inbound, Mic, Outcome, Position, Timestamp};
use order_router::{Seen, Verify, walk};
use serde_json::{Value, json};
use wire::message::{Message, parse};

use super::Desk;
use super::journal::told;
use crate::error::Error;
use crate::limits::PAGE_ROWS_MAX;

/// What would have been decided otherwise, and how much was looked at.
#[derive(Default)]
struct Differences {
    rows: Vec<Value>,
    count: u64,
    looked_at: u64,
    uncounted: u64,
}

impl Desk {
    /// The decision of one record again, with the venues that its rule could have chosen; `None`
    /// when the journal doesn't reach back to books that it could be made from.
    pub(super) fn again(&self, lane: u32, position: Position) -> Option<Value> {
        let mut found = None;
        let looked = self.walk(lane, |seen| {
            if seen.record.position != position {
                return ControlFlow::Continue(());
            }
            found = Some(again(seen));
            ControlFlow::Break(())
        });
        looked.ok().and(found)
    }

    /// The decisions since a day before the newest one that `set` would have changed.
    pub(super) fn differences(&self, set: &Configuration) -> Result<Value, Error> {
        let mut all = Differences::default();
        let mut since = Timestamp(i64::MIN);
        let lanes: Vec<u32> = self.kept().iter().map(|spec| spec.shard).collect();
        for lane in lanes.iter().copied() {
            if let Some(last) = self.tip_entry(lane)? {
                let records = wire::journal::inputs(&last.body).flatten();
                let arrivals = records.filter_map(|input| match input {
                    wire::journal::Input::Record(record) => Some(record.arrival),
                    wire::journal::Input::Control { .. } => None,
                });
                since = since.max(arrivals.max().unwrap_or(since).plus(-DAY_NS));
            }
        }
        for lane in lanes {
            if self.span(lane).is_err() {
                continue;
            }
            self.walk(lane, |seen| {
                if seen.record.arrival >= since && is_decision(seen.inbound) {
                    all.look(lane, seen, set);
                }
                ControlFlow::Continue(())
            })?;
        }
        Ok(json!({
            "looked_at": all.looked_at, "differ": all.count, "uncounted": all.uncounted,
            "differences": all.rows,
        }))
    }

    fn walk(&self, lane: u32, look: impl FnMut(&Seen<'_>) -> ControlFlow<()>) -> Result<(), Error> {
        let (lane_id, _, _) = self.span(lane)?;
        let range = self.specs().get(lane as usize).map(|spec| spec.range);
        let leases = self.stores.leases.all();
        let asked = Verify {
            lane: lane_id,
            range: range.unwrap_or(domain::HashRange::ALL),
            key: self.genesis.identity_key,
            config: &self.config.line,
            redecide: false,
            rows: &leases,
        };
        let (mut control, mut snapshots) =
            (self.stores.control.clone(), self.stores.snapshots.clone());
        let mut journal = self.stores.journal.handle();
        walk(&mut journal, &mut control, &mut snapshots, &asked, look)
            .map_err(|wrong| Error::Wrong { what: wrong.to_string() })
    }
}

// === impl Differences ===

impl Differences {
    fn look(&mut self, lane: u32, seen: &Seen<'_>, set: &Configuration) {
        self.looked_at += 1;
        // Under a set that counts nothing the books can't say what was open or held.
        self.uncounted += u64::from(set.asks_for_all() && !seen.books.counting().is_on);
        let (was, now) = (shown(&seen.record.outcome), shown(&seen.decide(set)));
        if was == now {
            return;
        }
        self.count += 1;
        if self.rows.len() < PAGE_ROWS_MAX {
            let message = parse(seen.record.data).ok();
            let header = message.as_ref().map(Message::header);
            self.rows.push(json!({
                "lane": lane, "index": seen.index, "position": seen.record.position.to_string(),
                "account": header.map(|header| header.account.as_str()),
                "cl_ord_id": message.as_ref().map(Message::cl_ord_id),
                "was": was, "would_be": now,
            }));
        }
    }
}

/// Whether a set has a say in it.
const fn is_decision(inbound: &Inbound) -> bool {
    matches!(
        inbound,
        Inbound::New(_) | Inbound::Replace(_) | Inbound::Cancel(_) | Inbound::MassCancel(_)
    )
}

/// What a sender or a venue would notice of an outcome.
fn shown(outcome: &Outcome) -> Value {
    let (name, _, reasons) = told(outcome);
    let names: Vec<_> = reasons.iter().map(domain::Reason::name).collect();
    let venue = match outcome {
        Outcome::Routed(routed) => Some(routed.venue),
        _ => None,
    };
    json!({ "outcome": name, "reasons": names, "venue": venue.as_ref().map(Mic::as_str) })
}

fn again(seen: &Seen<'_>) -> Value {
    let decided = seen.decide(seen.set);
    let mut value = json!({
        "same": decided == seen.record.outcome, "decision": shown(&decided),
    });
    let Inbound::New(new) = seen.inbound else { return value };
    let (books, account) = (seen.books, new.head.account);
    let (row, flow) = (books.exposure_of(account, new.symbol), books.flow_of(account));
    let shares = |units: i128| domain::Quantity(i64::try_from(units).unwrap_or(i64::MAX));
    value["counted"] = json!({
        "position": shares(row.position).to_string(),
        "open_buy": shares(row.open_buy).to_string(),
        "open_sell": shares(row.open_sell).to_string(),
        "open_notional": flow.open.to_string(),
        "traded_notional": flow.traded.to_string(),
        "messages": books.messages(account, books.moment(seen.record.arrival).lane_time),
    });
    value["route"] = seen.choosing().map_or(Value::Null, |choosing| {
        let candidates = choosing.candidates.iter().map(|one| {
            json!({
                "venue": one.venue.as_str(), "weight": one.weight,
                "fee": domain::Price(one.fee).to_string(), "latency_ns": one.latency_ns,
                "standing": one.standing.name(),
            })
        });
        json!({
            "rule": choosing.rule, "choice": choosing.choice.name(),
            "chosen": choosing.chosen.as_ref().map(Mic::as_str),
            "candidates": candidates.collect::<Vec<_>>(),
        })
    });
    value
}
