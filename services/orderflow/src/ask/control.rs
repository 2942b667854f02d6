//! Configuration sets, kill switches and releases: what operators change while the line runs.

use domain::entry::FORMAT_OF_DAYS;
use domain::scope::ALL_TARGET;
use domain::{AccountKey, Configuration, Control, Scope, Text, TradeDate, TradingState};
use local::KeptSet;
use order_router::config::Problem;
use serde_json::{Value, json};
use wire::journal::{Input, inputs};

use super::Desk;
use crate::error::Error;
use crate::limits::{DECISION_WAIT, LOOK_AGAIN, READ_ENTRIES};
use crate::world::clock::moment;

impl Desk {
    /// Publishes a set; lanes take it between two records.
    pub(super) fn apply(&self, text: &str) -> Result<Value, Error> {
        let set = parse(text)?;
        let newest = self.stores.control.newest();
        let next = newest.as_ref().map_or(1, |newest| newest.number + 1);
        if set.number != next {
            let reason = format!("must be {next}, one above the set in force");
            let problems = vec![Problem { path: "number".to_owned(), reason }];
            return Err(Error::Set { problems });
        }
        let written = self.genesis.format;
        if set.format() > written {
            let reason = format!(
                "asks for what journal format {} records, this folder writes {written}: when no \
                 older release will run on it again, `orderflow journal format --raise`",
                set.format()
            );
            let problems = vec![Problem { path: "number".to_owned(), reason }];
            return Err(Error::Set { problems });
        }
        // The canonical text is kept, so that its hash can be checked for ever.
        let kept = wire::configuration::render(&set);
        self.stores.control.publish(KeptSet { number: set.number, hash: set.hash, text: kept })?;
        Ok(json!({ "number": set.number, "hash": hex(&set.hash), "sample": set.sample }))
    }

    /// The newest set, and the kill switches that are thrown.
    pub(super) fn show(&self) -> Value {
        let newest = self.stores.control.newest();
        let mut thrown = std::collections::BTreeMap::new();
        for kill in self.stores.control.kills() {
            let key = (kill.scope, kill.target.as_str().to_owned());
            if kill.state == TradingState::Active {
                thrown.remove(&key);
            } else {
                thrown.insert(key, (kill.number, kill.state));
            }
        }
        let row = |((scope, target), (number, state)): ((Scope, String), (u64, TradingState))| {
            json!({
                "number": number,
                "scope": scope.name(),
                "target": target,
                "state": state.name(),
            })
        };
        let kills: Vec<Value> = thrown.into_iter().map(row).collect();
        json!({
            "number": newest.as_ref().map(|newest| newest.number),
            "hash": newest.as_ref().map(|newest| hex(&newest.hash)),
            "text": newest.map(|newest| newest.text),
            "kills": kills,
        })
    }

    /// Sets a trading state; it binds before the next undecided record.
    pub(super) fn kill(
        &self,
        scope: &str,
        target: &str,
        state: TradingState,
    ) -> Result<Value, Error> {
        let Some(scope) = Scope::of_name(scope) else {
            let names: Vec<_> = Scope::ALL.iter().map(|scope| scope.name()).collect();
            return Err(Error::Call {
                what: format!("no scope {scope:?}"),
                fix: format!("give one of {}", names.join(", ")),
            });
        };
        let target = if scope == Scope::All { ALL_TARGET } else { target };
        let text =
            Text::new(target).filter(|text| !text.is_empty()).ok_or_else(|| Error::Call {
                what: format!("{target:?} is no {}", scope.name()),
                fix: "give 1 to 32 printable ASCII characters without spaces".to_owned(),
            })?;
        let kill = self.stores.control.command(scope, text, state)?;
        Ok(json!({
            "number": kill.number, "scope": scope.name(), "target": target,
            "thrown": state != TradingState::Active, "state": state.name(),
        }))
    }

    /// The business day that it is: before the first change, the one that the folder was made in.
    pub(crate) fn business_day(&self) -> TradeDate {
        let made = self.config.business_day(self.genesis.created);
        self.stores.control.business_day().unwrap_or(made)
    }

    /// Begins a business day; lanes take it between two records. Without one it says which it is.
    pub(super) fn day(&self, begin: &str) -> Result<Value, Error> {
        let control = &self.stores.control;
        let last = self.business_day();
        let date = match begin {
            "" => return Ok(json!({ "business_day": last.to_string() })),
            "next" => TradeDate(last.0.saturating_add(1)),
            text => TradeDate::parse(text).ok_or_else(|| Error::Call {
                what: format!("{text:?} is no day"),
                fix: "give --next, or --date with a day as 2019-12-31".to_owned(),
            })?,
        };
        let written = self.genesis.format;
        if written < FORMAT_OF_DAYS {
            return Err(Error::Call {
                what: format!(
                    "journal format {FORMAT_OF_DAYS} records business days, this folder writes \
                     {written}"
                ),
                fix: "when no older release will run on it again, `orderflow journal format \
                      --raise`"
                    .to_owned(),
            });
        }
        if last >= date {
            return Err(Error::Call {
                what: format!("business day {date} has begun before: it is {last}"),
                fix: "give a later day".to_owned(),
            });
        }
        let number = control.change_day(date)?;
        Ok(json!({ "business_day": date.to_string(), "number": number }))
    }

    /// Releases an account that was halted, and waits until its lane has recorded that.
    pub(super) fn release(&self, account: &str) -> Result<Value, Error> {
        let late = || Error::Late {
            seconds: DECISION_WAIT.as_secs(),
            place: "the control table (give the release again)".to_owned(),
        };
        self.progress.as_ref().ok_or_else(late)?;
        let key = AccountKey::of(account);
        let shard = self.stores.orders.shard_of(key);
        let mut seen = self.facts(shard).map_or(0, |lane| lane.committed);
        let number = self.stores.control.release(account)?;
        let began = moment();
        while began.elapsed() < DECISION_WAIT {
            for entry in self.live(shard, seen + 1, READ_ENTRIES)? {
                seen = entry.index;
                let released = inputs(&entry.body).flatten().any(|input| {
                    matches!(input, Input::Control { control: Control::Release(one) } if one == key)
                });
                if released {
                    return Ok(json!({
                        "number": number, "account": account, "lane": shard, "index": seen,
                    }));
                }
            }
            std::thread::park_timeout(LOOK_AGAIN);
        }
        Err(late())
    }
}

/// A set from text, with all that is wrong.
///
/// # Errors
/// [`Error::Set`].
pub fn parse(text: &str) -> Result<Configuration, Error> {
    wire::configuration::parse(text).map_err(|problems| Error::Set {
        problems: problems
            .into_iter()
            .map(|problem| Problem { path: problem.path, reason: problem.reason })
            .collect(),
    })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
