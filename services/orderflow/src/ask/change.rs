//! Changes of what the line runs under: who may make them, and when they bind.
//!
//! ```text
//!  a set ──────────────┐               single: at once      four-eyes: a proposal ─▶ approve
//!  an account's release┤──▶ settings ──┤                                          └▶ refuse
//!  a release of a kill ┘
//!  a kill, or a stricter state: one person, at once        an override: always two
//! ```
//!
//! Entry points: [`Desk::change`], [`Desk::approve`], [`Desk::refuse`], [`Desk::proposals`],
//! [`Desk::records`].
//! Invariants: the subject is the caller's token's; under four-eyes whoever shows none changes
//! nothing. Every change has a record that holds the hash of the one before.

use std::sync::PoisonError;

use domain::{AccountKey, Override, Quantity, Reason, Reasons, Symbol, TradingState};
use local::{By, KeptSet, Proposal, Proposed, Record};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Desk;
use crate::config::Mode;
use crate::error::Error;
use crate::limits::PAGE_ROWS_MAX;
use crate::subject::Caller;
use crate::world::clock;

/// Longest reason in bytes.
const REASON_BYTES_MAX: usize = 500;

/// Longest time that an override may hold.
const OVERRIDE_SECONDS_MAX: u64 = 24 * 3_600;

/// An override as people ask for it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Exemption {
    /// Whose orders.
    pub account: String,
    /// Only in this instrument; empty: in any.
    pub symbol: String,
    /// Only orders of at most so much; empty: of any quantity.
    pub max_order_qty: String,
    /// Names of the controls that they pass.
    pub controls: Vec<String>,
    /// For how long, in seconds from its proposal on.
    pub seconds: u64,
    /// How many orders.
    pub count: u32,
}

impl Desk {
    /// Puts a change in force, or keeps it until a second person approves it.
    pub(super) fn change(
        &self,
        caller: &Caller,
        reason: &str,
        what: Proposed,
    ) -> Result<Value, Error> {
        let by = self.by(caller, reason)?;
        // Which state is stricter than which must not change meanwhile.
        let changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        if self.needs_two(&what) {
            if !caller.is_known {
                return Err(unknown("this needs two people, each with a token"));
            }
            let told = shown(&what);
            let number = self.stores.control.propose(&by, what)?;
            return Ok(json!({
                "proposal": number, "status": "pending", "proposed_by": by.subject, "change": told,
            }));
        }
        let since = self.committed(&what)?;
        let record = self.stores.control.enact(&by, what)?;
        drop(changing);
        self.in_force(&record, since)
    }

    /// Puts a proposal in force, by another subject's word.
    pub(super) fn approve(
        &self,
        caller: &Caller,
        number: u64,
        reason: &str,
    ) -> Result<Value, Error> {
        if !caller.is_known {
            return Err(unknown("an approval needs the token of its subject"));
        }
        let by = self.by(caller, reason)?;
        let proposals = self.stores.control.proposals();
        let waits = proposals.iter().find(|one| one.number == number);
        if waits.is_some_and(|one| one.by == caller.subject) {
            return Err(Error::Subject {
                what: format!("proposal {number} is {}'s own", caller.subject),
                fix: "let somebody else approve it",
            });
        }
        if let Some(Proposed::Set(set)) = waits.map(|one| &one.what) {
            self.must_be_next(set.number)?;
        }
        let since = waits.map_or(Ok(0), |one| self.committed(&one.what))?;
        self.in_force(&self.stores.control.approve(&by, number)?, since)
    }

    /// Refuses a proposal, or takes it back.
    pub(super) fn refuse(
        &self,
        caller: &Caller,
        number: u64,
        reason: &str,
    ) -> Result<Value, Error> {
        if !caller.is_known {
            return Err(unknown("a refusal needs the token of its subject"));
        }
        let by = self.by(caller, reason)?;
        Ok(row(&self.stores.control.refuse(&by, number)?))
    }

    /// What waits for a second person.
    pub(super) fn proposals(&self) -> Value {
        let rows = |one: &Proposal| {
            json!({
                "proposal": one.number, "proposed_by": one.by, "proposed_at": one.at.to_string(),
                "reason": one.reason, "change": shown(&one.what),
            })
        };
        let proposals: Vec<_> = self.stores.control.proposals().iter().map(rows).collect();
        json!({ "approval": self.config.approval.name(), "proposals": proposals })
    }

    /// Records above a number, and whether all of them are a chain.
    pub(super) fn records(&self, after: u64, count: usize) -> Value {
        let records = self.stores.control.records();
        let before = std::iter::once(None).chain(records.iter().map(Some));
        let holds = records.iter().zip(before).all(|(record, before)| record.follows(before));
        let rows = records.iter().filter(|record| record.number > after);
        let rows: Vec<_> = rows.take(count.clamp(1, PAGE_ROWS_MAX)).map(row).collect();
        json!({ "holds": holds, "records": rows })
    }

    /// An override as it is proposed.
    pub(super) fn exemption(&self, asked: &Exemption) -> Result<Proposed, Error> {
        let wrong = |what: String, fix: &str| Error::Call { what, fix: fix.to_owned() };
        let newest = self.stores.control.newest();
        let set = newest.and_then(|newest| wire::configuration::parse(&newest.text).ok());
        if !set.is_some_and(|set| set.asks_for_all()) {
            let what = "the set in force asks for no limits that could be passed".to_owned();
            return Err(wrong(what, "publish one with `rules = 2`"));
        }
        let mut reasons = Reasons::NONE;
        for name in &asked.controls {
            let named = Reason::ALL.iter().find(|reason| reason.name() == name);
            let allowed = named.filter(|one| domain::overrides::OVERRIDABLE.contains(one));
            reasons.add(*allowed.ok_or_else(|| {
                let names = domain::overrides::OVERRIDABLE.iter().map(|one| one.name());
                let names: Vec<_> = names.collect();
                wrong(format!("{name:?} can't be passed"), &format!("name of {}", names.join(", ")))
            })?);
        }
        let symbol = Symbol::new(&asked.symbol)
            .ok_or_else(|| wrong(format!("{:?} is no symbol", asked.symbol), "mend it"))?;
        let quantity = match asked.max_order_qty.as_str() {
            "" => Quantity::ZERO,
            text => Quantity(super::order::amount("--max-qty", text)?),
        };
        let length = asked.account.len();
        if length == 0 || length > domain::text::TEXT_LENGTH_MAX || reasons.is_empty() {
            let what = "an account and at least one control must be named".to_owned();
            return Err(wrong(what, "give --account and --control"));
        }
        if asked.count == 0 || !(1..=OVERRIDE_SECONDS_MAX).contains(&asked.seconds) {
            let what = "an override ends by count and by time".to_owned();
            return Err(wrong(what, "give a count from 1 on, and 1 to 86400 seconds"));
        }
        let nanoseconds = i64::try_from(asked.seconds).unwrap_or(i64::MAX) * 1_000_000_000;
        let given = Override {
            number: 0,
            account: AccountKey::of(&asked.account),
            symbol,
            max_order_qty: quantity,
            reasons,
            until: clock::now().plus(nanoseconds),
            count: asked.count,
        };
        Ok(Proposed::Override { account: asked.account.clone(), given })
    }

    /// Refuses a set whose number isn't the next one.
    pub(super) fn must_be_next(&self, number: u64) -> Result<(), Error> {
        let next = self.stores.control.newest().map_or(1, |newest| newest.number + 1);
        if number == next {
            return Ok(());
        }
        let reason = format!("must be {next}, one above the set in force");
        let path = "number".to_owned();
        Err(Error::Set { problems: vec![order_router::config::Problem { path, reason }] })
    }

    fn by(&self, caller: &Caller, reason: &str) -> Result<By, Error> {
        if self.config.approval == Mode::FourEyes && !caller.is_known {
            return Err(unknown("under four-eyes nobody changes anything without a token"));
        }
        if reason.len() > REASON_BYTES_MAX {
            let what = format!("the reason is longer than {REASON_BYTES_MAX} bytes");
            return Err(Error::Call { what, fix: "say it shorter".to_owned() });
        }
        let (subject, reason) = (caller.subject.clone(), reason.to_owned());
        Ok(By { subject, reason, at: clock::now() })
    }

    /// An override needs two people whatever the settings say; making a state stricter needs one.
    fn needs_two(&self, what: &Proposed) -> bool {
        match what {
            Proposed::Override { .. } => true,
            _ if self.config.approval == Mode::Single => false,
            Proposed::State { scope, target, state } => {
                let kills = self.stores.control.kills();
                let same = |kill: &&domain::Kill| kill.scope == *scope && kill.target == *target;
                let now = kills.iter().rev().find(same).map_or(TradingState::Active, |k| k.state);
                // Stricter, or as strict as it is.
                state.and(now) != *state
            }
            Proposed::Set(_) | Proposed::Release { .. } => true,
        }
    }

    /// What a change says once it binds.
    fn in_force(&self, record: &Record, since: u64) -> Result<Value, Error> {
        let mut told = row(record);
        if let Proposed::Release { account } = &record.proposal.what {
            let (lane, index) = self.released(account, since)?;
            told["lane"] = json!(lane);
            told["index"] = json!(index);
        }
        Ok(told)
    }
}

fn unknown(what: &str) -> Error {
    Error::Subject {
        what: what.to_owned(),
        fix: "show one with --token-file, or as `Authorization: Bearer`",
    }
}

/// A record as it is told; a change's own fields stand beside it, as scripts look for them.
fn row(record: &Record) -> Value {
    let mut told = json!({
        "record": record.number,
        "status": if record.approval == local::Approval::Refused { "refused" } else { "in force" },
        "approval": record.approval.name(),
        "proposal": Some(record.proposal.number).filter(|number| *number > 0),
        "proposed_by": record.proposal.by,
        "proposed_at": record.proposal.at.to_string(),
        "approved_by": Some(&record.approved_by).filter(|name| !name.is_empty()),
        "at": record.at.to_string(),
        "reason": record.proposal.reason,
        "remark": Some(&record.remark).filter(|remark| !remark.is_empty()),
        "number": record.given,
        "previous": hex(&record.previous),
        "record_hash": hex(&record.hash),
    });
    if let (Value::Object(told), Value::Object(change)) = (&mut told, shown(&record.proposal.what))
    {
        told.extend(change);
    }
    told
}

/// A change without its number.
fn shown(what: &Proposed) -> Value {
    match what {
        Proposed::Set(KeptSet { number, hash, .. }) => {
            json!({ "kind": "set", "set": number, "hash": hex(hash) })
        }
        Proposed::State { scope, target, state } => json!({
            "kind": "state", "scope": scope.name(), "target": target.as_str(),
            "thrown": *state != TradingState::Active, "state": state.name(),
        }),
        Proposed::Release { account } => json!({ "kind": "release", "account": account }),
        Proposed::Override { account, given } => json!({
            "kind": "override", "account": account, "symbol": given.symbol.as_str(),
            "max_order_qty": given.max_order_qty.to_string(),
            "controls": given.reasons.iter().map(Reason::name).collect::<Vec<_>>(),
            "until": given.until.to_string(), "count": given.count,
        }),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
