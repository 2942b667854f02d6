//! Configuration sets, kill switches and releases: what operators change while the line runs.

use domain::entry::FORMAT_OF_DAYS;
use domain::scope::ALL_TARGET;
use domain::{AccountKey, Configuration, Control, Scope, Text, TradeDate, TradingState};
use local::{KeptSet, Proposed};
use order_router::config::Problem;
use serde_json::{Value, json};
use wire::journal::{Input, inputs};

use super::Desk;
use super::parts::versions;
use crate::error::Error;
use crate::limits::{DECISION_WAIT, LOOK_AGAIN, READ_ENTRIES};
use crate::subject::Caller;
use crate::world::clock::moment;

impl Desk {
    /// Publishes a set; lanes take it between two records. A dry run says which decisions of the
    /// last day would have been others, and publishes nothing.
    pub(super) fn apply(
        &self,
        caller: &Caller,
        text: &str,
        (reason, dry_run): (&str, bool),
    ) -> Result<Value, Error> {
        let set = parse(text)?;
        self.must_be_next(set.number)?;
        if dry_run {
            return self.differences(&set);
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
        let set = KeptSet { number: set.number, hash: set.hash, text: kept };
        self.change(caller, reason, Proposed::Set(set))
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
            "approval": self.config.approval.name(),
            "parts": versions(&self.stores.control.sets()),
        })
    }

    /// A trading state as it is proposed; it binds before the next undecided record.
    pub(super) fn kill(scope: &str, target: &str, state: TradingState) -> Result<Proposed, Error> {
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
        Ok(Proposed::State { scope, target: text, state })
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

    /// Index of the last committed entry of the lane that a release is for, before it is given; 0
    /// where it is no release.
    pub(super) fn committed(&self, what: &Proposed) -> Result<u64, Error> {
        let Proposed::Release { account } = what else { return Ok(0) };
        self.progress.as_ref().ok_or_else(late)?;
        let shard = self.stores.orders.shard_of(AccountKey::of(account));
        Ok(self.facts(shard).map_or(0, |lane| lane.committed))
    }

    /// Waits until the lane of a released account has recorded that; says which, and where.
    pub(super) fn released(&self, account: &str, since: u64) -> Result<(u32, u64), Error> {
        let key = AccountKey::of(account);
        let shard = self.stores.orders.shard_of(key);
        let mut seen = since;
        let began = moment();
        while began.elapsed() < DECISION_WAIT {
            for entry in self.live(shard, seen + 1, READ_ENTRIES)? {
                seen = entry.index;
                let released = inputs(&entry.body).flatten().any(|input| {
                    matches!(input, Input::Control { control: Control::Release(one) } if one == key)
                });
                if released {
                    return Ok((shard, seen));
                }
            }
            std::thread::park_timeout(LOOK_AGAIN);
        }
        Err(late())
    }
}

fn late() -> Error {
    Error::Late {
        seconds: DECISION_WAIT.as_secs(),
        place: "the control table (give the release again)".to_owned(),
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
