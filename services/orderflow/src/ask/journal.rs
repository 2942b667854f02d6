//! The journal as people read it: inputs with their outcomes, lanes, proof.
//!
//! What is above the live end is never shown.

use domain::chain::is_live_after;
use domain::{Control, Entry, Inbound, Outcome, Position, Reasons};
use order_router::{Verify, verify};
use ports::{Journal as _, OrderView as _};
use serde_json::{Map, Value, json};
use wire::journal::{Input, Record, inputs};
use wire::message::{Message, parse};

use super::Desk;
use crate::error::Error;
use crate::limits::{PAGE_ROWS_MAX, READ_ENTRIES};

/// An input of a live entry, found again.
pub(super) struct Found {
    pub(super) entry: Entry,
    pub(super) row: Map<String, Value>,
    pub(super) outcome: Outcome,
    pub(super) message: Option<Message>,
}

impl Desk {
    /// Up to `count` live entries of a lane from index `from` on.
    pub(super) fn live(&self, lane: u32, from: u64, count: usize) -> Result<Vec<Entry>, Error> {
        let (id, first, last) = self.span(lane)?;
        let from = from.max(first);
        let mut handle = self.stores.journal.handle();
        let mut before = None;
        if from > first {
            before = handle.read(id, from - 1, 1)?.pop().flatten();
        }
        let room = usize::try_from(last.saturating_sub(from) + 1).unwrap_or(count);
        let mut live: Vec<Entry> = Vec::new();
        if from > last {
            return Ok(live);
        }
        for entry in handle.read(id, from, count.min(room))? {
            let Some(entry) = entry.filter(|entry| entry.index == from + live.len() as u64) else {
                break;
            };
            let before = live.last().or(before.as_ref());
            let oldest_left = entry.index == first && first > 0;
            if !oldest_left && !is_live_after(before, &entry) {
                break;
            }
            live.push(entry);
        }
        Ok(live)
    }

    /// The lane of a number, its oldest index and the highest that may be live.
    pub(super) fn span(&self, lane: u32) -> Result<(domain::LaneId, u64, u64), Error> {
        let unknown = || Error::Unknown {
            what: format!("no lane {lane}"),
            fix: "`orderflow lanes` lists them",
        };
        let id = self.genesis.lane(lane);
        let stored = self.stores.journal.lanes().into_iter().find(|one| one.0 == id);
        let (_, first, mut last) = stored.ok_or_else(unknown)?;
        if let Some(facts) = self.facts(lane) {
            last = facts.committed;
        }
        Ok((id, first, last))
    }

    /// A page of inputs with their outcomes, in chain order.
    pub(super) fn journal(&self, lane: u32, from: u64, count: usize) -> Result<Value, Error> {
        if lane < self.stores.orders.shards() && self.span(lane).is_err() {
            // A lane that never began has nothing to show.
            return Ok(json!({ "lane": lane, "rows": [], "next": null }));
        }
        let entries = self.live(lane, from, count.clamp(1, READ_ENTRIES))?;
        let mut rows = Vec::new();
        for entry in &entries {
            for input in inputs(&entry.body) {
                let input = input.map_err(|error| self.unreadable(lane, entry, &error))?;
                rows.push(Value::Object(self.row(lane, entry, &input).0));
            }
        }
        let next = entries.last().map(|entry| entry.index + 1);
        Ok(json!({ "lane": lane, "rows": rows, "next": next }))
    }

    /// The input at a position, searched from the end of the chain back.
    pub(super) fn input_at(&self, lane: u32, position: Position) -> Result<Option<Found>, Error> {
        let (_, first, last) = self.span(lane)?;
        let mut until = last + 1;
        while until > first {
            let from = until.saturating_sub(READ_ENTRIES as u64).max(first);
            let entries = self.live(lane, from, (until - from) as usize)?;
            for entry in entries
                .iter()
                .rev()
                .filter(|entry| entry.start < position || entry.start == entry.end)
            {
                for input in inputs(&entry.body) {
                    let input = input.map_err(|error| self.unreadable(lane, entry, &error))?;
                    let Input::Record(record) = &input else { continue };
                    if record.position == position {
                        let outcome = record.outcome;
                        let (row, message) = self.row(lane, entry, &input);
                        return Ok(Some(Found { entry: entry.clone(), row, outcome, message }));
                    }
                }
            }
            until = from;
        }
        Ok(None)
    }

    fn unreadable(&self, lane: u32, entry: &Entry, error: &wire::Error) -> Error {
        Error::Wrong { what: format!("lane {lane} entry {}: {error}", entry.index) }
    }

    fn row(
        &self,
        lane: u32,
        entry: &Entry,
        input: &Input<'_>,
    ) -> (Map<String, Value>, Option<Message>) {
        let mut row = Map::new();
        row.insert("lane".to_owned(), json!(lane));
        row.insert("index".to_owned(), json!(entry.index));
        let mut message = None;
        match input {
            Input::Control { control } => {
                let text = control_text(control);
                for (key, value) in [("position", ""), ("input", "control"), ("control", &text)] {
                    row.insert(key.to_owned(), json!(value));
                }
                texts(&mut row, None);
                outcome(&mut row, &Outcome::Applied);
            }
            Input::Record(record) => {
                message = self.record(&mut row, record);
            }
        }
        (row, message)
    }

    fn record(&self, row: &mut Map<String, Value>, record: &Record<'_>) -> Option<Message> {
        let inbound = record.inbound(&self.genesis.identity_key);
        row.insert("position".to_owned(), json!(record.position.to_string()));
        row.insert("arrival".to_owned(), json!(record.arrival.to_string()));
        row.insert("input".to_owned(), json!(kind(&inbound)));
        let message = parse(record.data).ok().filter(|_| record.cut.is_none());
        texts(row, message.as_ref());
        outcome(row, &record.outcome);
        message
    }

    /// The last live entry of a lane at rest.
    pub(super) fn tip_entry(&self, lane: u32) -> Result<Option<Entry>, Error> {
        let Ok((_, first, last)) = self.span(lane) else { return Ok(None) };
        let mut until = last + 1;
        while until > first {
            let from = until.saturating_sub(READ_ENTRIES as u64).max(first);
            if let Some(entry) = self.live(lane, from, (until - from) as usize)?.pop() {
                return Ok(Some(entry));
            }
            until = from;
        }
        Ok(None)
    }

    /// Whether the order view has everything that is committed.
    ///
    /// # Errors
    /// The journal can't be read, or the view's store failed.
    pub fn is_view_complete(&self) -> Result<bool, Error> {
        let mut view = self.stores.view.clone();
        for spec in self.kept() {
            let Some(entry) = self.tip_entry(spec.shard)? else { continue };
            if view.index(entry.lane)?.is_none_or(|index| index < entry.index) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Proves every chain: positions, digests, books = fold; decides again when asked.
    pub(super) fn verify(&self, redecide: bool) -> Result<Value, Error> {
        let mut rows = Vec::new();
        let mut digest = domain::StateDigest::default();
        let leases = self.stores.leases.all();
        for spec in self.kept() {
            let number = spec.shard;
            if self.span(number).is_err() {
                continue;
            }
            let asked = Verify {
                lane: spec.lane,
                range: spec.range,
                key: self.genesis.identity_key,
                config: &self.config.line,
                redecide,
                rows: &leases,
            };
            let mut control = self.stores.control.clone();
            let mut snapshots = self.stores.snapshots.clone();
            let mut journal = self.stores.journal.handle();
            let verified = verify(&mut journal, &mut control, &mut snapshots, &asked)
                .map_err(|wrong| Error::Wrong { what: wrong.to_string() })?;
            // What a lane had that has ended, the lanes after it have.
            let has_ended = leases.iter().any(|row| row.lane == spec.lane && row.ended.is_some());
            if !has_ended {
                digest = digest.plus(verified.digest);
            }
            rows.push(json!({
                "lane": number,
                "first": verified.first,
                "entries": verified.entries,
                "inputs": verified.inputs,
                "redecided": verified.redecided,
                "digest": verified.digest.to_string(),
            }));
        }
        let sum = |key: &str| rows.iter().filter_map(|row| row[key].as_u64()).sum::<u64>();
        let (entries, inputs, redecided) = (sum("entries"), sum("inputs"), sum("redecided"));
        Ok(json!({
            "holds": true, "entries": entries, "inputs": inputs, "redecided": redecided,
            "state_digest": digest.to_string(), "lanes": rows,
        }))
    }

    /// Rows that fit one answer.
    pub(super) fn page(count: usize) -> usize {
        count.clamp(1, PAGE_ROWS_MAX)
    }
}

fn kind(inbound: &Inbound) -> &'static str {
    match inbound {
        Inbound::New(_) => "new",
        Inbound::Replace(_) => "replace",
        Inbound::Cancel(_) => "cancel",
        Inbound::MassCancel(_) => "mass_cancel",
        Inbound::Status(_) => "status",
        Inbound::Report(_) => "report",
        Inbound::Undecodable(_) => "undecodable",
        Inbound::Control(_) => "control",
    }
}

fn control_text(control: &Control) -> String {
    match control {
        Control::Tick(time) => format!("tick {time}"),
        Control::Configuration { number, .. } => format!("configuration {number}"),
        Control::Kill(kill) => {
            let (scope, state) = (kill.scope.name(), kill.state.name());
            format!("kill {} {scope} {} {state}", kill.number, kill.target)
        }
        Control::BusinessDay { number, date } => format!("business day {date} ({number})"),
        Control::DayEnd { orders } => format!("day end of {orders} orders"),
        Control::Halt(account) => format!("halt {:032x}", account.0),
        Control::Release(account) => format!("release {:032x}", account.0),
        other => format!("{other:?}"),
    }
}

/// Sender, account and ids of a message; empty where it has none.
fn texts(row: &mut Map<String, Value>, message: Option<&Message>) {
    let mut put = |key: &str, text: &str| row.insert(key.to_owned(), json!(text));
    let exec_id = match message {
        Some(Message::ExecutionReport(report)) => report.exec_id.as_str(),
        _ => "",
    };
    put("sender", message.map_or("", |message| &message.header().sender));
    put("account", message.map_or("", |message| &message.header().account));
    put("cl_ord_id", message.map_or("", Message::cl_ord_id));
    put("orig_cl_ord_id", message.map_or("", Message::orig_cl_ord_id));
    put("exec_id", exec_id);
}

fn outcome(row: &mut Map<String, Value>, outcome: &Outcome) {
    let (name, order, reasons) = told(outcome);
    row.insert("outcome".to_owned(), json!(name));
    let names: Vec<_> = reasons.iter().map(domain::Reason::name).collect();
    row.insert("reasons".to_owned(), json!(names));
    let order = order.filter(|order| order.0 != 0);
    row.insert("order".to_owned(), json!(order.map(|order| order.to_string()).unwrap_or_default()));
    if let Outcome::Routed(routed) = outcome
        && routed.overridden > 0
    {
        row.insert("override".to_owned(), json!(routed.overridden));
    }
}

/// An outcome's name, order and reasons.
pub(super) fn told(outcome: &Outcome) -> (&'static str, Option<domain::OrderId>, Reasons) {
    let none = Reasons::NONE;
    match outcome {
        Outcome::Routed(routed) => ("routed", Some(routed.order), none),
        Outcome::Forwarded(forwarded) => ("forwarded", Some(forwarded.order), none),
        Outcome::MassForwarded { .. } => ("mass_forwarded", None, none),
        Outcome::Rejected(rejection) => ("rejected", Some(rejection.order), rejection.reasons),
        Outcome::Duplicate { order } => ("duplicate", Some(*order), none),
        Outcome::Stale { order } => ("stale", Some(*order), none),
        Outcome::Answered { order } => ("answered", Some(*order), none),
        Outcome::Reported { order } => ("reported", Some(*order), none),
        Outcome::Repeated => ("repeated", None, none),
        Outcome::ExecIdConflict => ("exec_id_conflict", None, none),
        Outcome::Unmatched => ("unmatched", None, none),
        Outcome::Misplaced => ("misplaced", None, none),
        Outcome::Undecodable => ("undecodable", None, none),
        Outcome::Quarantined => ("quarantined", None, none),
        Outcome::Applied => ("applied", None, none),
    }
}
