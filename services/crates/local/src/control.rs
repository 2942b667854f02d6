//! The control table on one disk: configuration sets, kill switch commands, releases, overrides,
//! changes of business day, and the records of who changed what.
//!
//! Entry points: [`LocalControl::open`]; [`LocalControl::enact`], [`LocalControl::propose`],
//! [`LocalControl::approve`], [`LocalControl::refuse`] and [`LocalControl::change_day`] write, the
//! trait reads. Clones see one table.
//!
//! Invariants: every change has a [`Record`], written with it; a proposal is never approved by who
//! made it; a reader never waits for a writer's disk, so that a kill switch doesn't either.
//!
//! Limits: the whole table is one small file that is replaced at each change, so it is meant for
//! hundreds of changes a day, not thousands a second. Nothing is ever taken out: an entry of the
//! journal may name any set.
//!
//! It reads no set: numbers and hashes are given by whoever publishes, and checked to grow.
//!
//! On a crash a change is there whole or not at all; it is acknowledged after it is durable.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::{
    AccountKey, Kill, Override, Quantity, Reasons, Scope, Text, Timestamp, TradeDate, TradingState,
};
use ports::{ControlTable, Fault};

use crate::Error;
use crate::disk::Disk;
use crate::small;

mod record;

pub use record::{Approval, Proposal, Proposed, Record};

const KIND: [u8; 4] = *b"CTRL";
const REMEDY: &str = "remove it and publish the configuration again with `orderflow control apply`";

/// A configuration set as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptSet {
    /// Its number, from 1, growing.
    pub number: u64,
    /// Content hash.
    pub hash: [u8; 16],
    /// Its text.
    pub text: String,
}

/// Whose word it is, and why.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct By {
    /// Who.
    pub subject: String,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Timestamp,
}

/// The control table; clones see one.
#[derive(Clone, Debug)]
pub struct LocalControl<D: Disk> {
    shared: Arc<Shared<D>>,
}

#[derive(Debug)]
struct Shared<D: Disk> {
    disk: D,
    path: PathBuf,
    /// Held over a whole change; readers go on with the table before it meanwhile.
    changing: Mutex<()>,
    table: Mutex<Table>,
}

#[derive(Clone, Debug, Default)]
struct Table {
    sets: Vec<KeptSet>,
    kills: Vec<Kill>,
    releases: Vec<(u64, String)>,
    days: Vec<TradeDate>,
    overrides: Vec<Override>,
    proposals: Vec<Proposal>,
    records: Vec<Record>,
}

// === impl LocalControl ===

impl<D: Disk> LocalControl<D> {
    /// The table in the file at `path`; empty when there is none.
    ///
    /// # Errors
    /// [`Error::Unreadable`], [`Error::NewerFormat`], [`Error::Io`].
    pub fn open(disk: D, path: &Path) -> Result<Self, Error> {
        let body = small::read(&disk, path, KIND, REMEDY)?;
        let table = match body {
            Some(body) => Table::read(&body).ok_or_else(|| Error::Unreadable {
                path: path.display().to_string(),
                remedy: REMEDY,
            })?,
            None => Table::default(),
        };
        let (path, changing) = (path.to_owned(), Mutex::default());
        let shared = Shared { disk, path, changing, table: Mutex::new(table) };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// The newest set, if any.
    #[must_use]
    pub fn newest(&self) -> Option<KeptSet> {
        self.table().sets.last().cloned()
    }

    /// Every set, in order.
    #[must_use]
    pub fn sets(&self) -> Vec<KeptSet> {
        self.table().sets.clone()
    }

    /// Every kill switch command, in order.
    #[must_use]
    pub fn kills(&self) -> Vec<Kill> {
        self.table().kills.clone()
    }

    /// The records, oldest first.
    #[must_use]
    pub fn records(&self) -> Vec<Record> {
        self.table().records.clone()
    }

    /// What waits for a second person.
    #[must_use]
    pub fn proposals(&self) -> Vec<Proposal> {
        self.table().proposals.clone()
    }

    /// Puts a change in force durably, by one person's word, and records it.
    ///
    /// # Errors
    /// [`Error::Control`] when it doesn't fit what is in force; a failed write.
    pub fn enact(&self, by: &By, what: Proposed) -> Result<Record, Error> {
        self.change(|table| {
            let proposal = by.proposal(0, what);
            table.enact(proposal, Approval::Single, &By { at: by.at, ..By::default() })
        })
    }

    /// Keeps a proposal durably; gives its number.
    ///
    /// # Errors
    /// A failed write.
    pub fn propose(&self, by: &By, what: Proposed) -> Result<u64, Error> {
        self.change(|table| {
            let of_records = table.records.iter().map(|record| record.proposal.number);
            let all = table.proposals.iter().map(|one| one.number).chain(of_records);
            let number = all.max().unwrap_or(0) + 1;
            table.proposals.push(by.proposal(number, what));
            Ok(number)
        })
    }

    /// Puts a proposal in force by a second person's word, and records it.
    ///
    /// # Errors
    /// [`Error::Control`] when there is no such proposal, it is the approver's own, or it doesn't
    /// fit what is in force any more; a failed write.
    pub fn approve(&self, by: &By, number: u64) -> Result<Record, Error> {
        self.change(|table| {
            let proposal = table.take_proposal(number)?;
            if proposal.by == by.subject {
                let what =
                    format!("proposal {number} is {}'s own: somebody else approves it", by.subject);
                return Err(Error::Control { what });
            }
            table.enact(proposal, Approval::FourEyes, by)
        })
    }

    /// Refuses a proposal, or takes it back, and records that.
    ///
    /// # Errors
    /// [`Error::Control`] when there is no such proposal; a failed write.
    pub fn refuse(&self, by: &By, number: u64) -> Result<Record, Error> {
        self.change(|table| {
            let proposal = table.take_proposal(number)?;
            Ok(table.record(proposal, (Approval::Refused, by), 0))
        })
    }

    /// The business day that began last; `None` before the first change.
    #[must_use]
    pub fn business_day(&self) -> Option<TradeDate> {
        self.table().days.last().copied()
    }

    /// Keeps a change of business day durably, under the next number, which is returned. The same
    /// day again changes nothing: `None`.
    ///
    /// # Errors
    /// [`Error::Control`] when the day isn't after the one that began last; a failed write.
    pub fn change_day(&self, date: TradeDate) -> Result<Option<u32>, Error> {
        if self.business_day() == Some(date) {
            return Ok(None);
        }
        self.change(|table| {
            if let Some(last) = table.days.last().filter(|last| **last > date) {
                let what = format!("business day {date} is before {last}, which has begun");
                return Err(Error::Control { what });
            }
            table.days.push(date);
            Ok(Some(table.days.len() as u32))
        })
    }

    /// Makes a change durable before anybody sees it; changes follow one another.
    fn change<T>(&self, change: impl FnOnce(&mut Table) -> Result<T, Error>) -> Result<T, Error> {
        let _one = self.shared.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut changed = self.table().clone();
        let told = change(&mut changed)?;
        small::write(&self.shared.disk, &self.shared.path, KIND, &changed.bytes())?;
        *self.table() = changed;
        Ok(told)
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.shared.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<D: Disk> ControlTable for LocalControl<D> {
    fn sets_after(&mut self, number: u64) -> Result<Vec<(u64, [u8; 16])>, Fault> {
        let table = self.table();
        let above = table.sets.iter().filter(|set| set.number > number);
        Ok(above.map(|set| (set.number, set.hash)).collect())
    }

    fn set(&mut self, hash: [u8; 16]) -> Result<Option<String>, Fault> {
        let table = self.table();
        // The newest of equal content, so that its own number stands in the text.
        Ok(table.sets.iter().rev().find(|set| set.hash == hash).map(|set| set.text.clone()))
    }

    fn kills_after(&mut self, number: u64) -> Result<Vec<Kill>, Fault> {
        let table = self.table();
        Ok(table.kills.iter().filter(|kill| kill.number > number).copied().collect())
    }

    fn releases_after(&mut self, number: u64) -> Result<Vec<(u64, AccountKey)>, Fault> {
        let table = self.table();
        let above = table.releases.iter().filter(|release| release.0 > number);
        Ok(above.map(|(number, account)| (*number, AccountKey::of(account))).collect())
    }

    fn days_after(&mut self, number: u32) -> Result<Vec<(u32, TradeDate)>, Fault> {
        let table = self.table();
        let numbered = (1..).zip(table.days.iter().copied());
        Ok(numbered.skip(number as usize).collect())
    }

    fn overrides_after(&mut self, number: u64) -> Result<Vec<Override>, Fault> {
        let table = self.table();
        Ok(table.overrides.iter().filter(|given| given.number > number).copied().collect())
    }
}

// === impl By ===

impl By {
    fn proposal(&self, number: u64, what: Proposed) -> Proposal {
        let (by, reason) = (self.subject.clone(), self.reason.clone());
        Proposal { number, at: self.at, by, reason, what }
    }
}

// === impl Table ===

impl Table {
    fn take_proposal(&mut self, number: u64) -> Result<Proposal, Error> {
        let at = self.proposals.iter().position(|one| one.number == number);
        let at = at.ok_or_else(|| Error::Control {
            what: format!("there is no proposal {number} that waits"),
        })?;
        Ok(self.proposals.remove(at))
    }

    /// Does what a proposal says.
    fn enact(
        &mut self,
        mut proposal: Proposal,
        approval: Approval,
        by: &By,
    ) -> Result<Record, Error> {
        let given = match &mut proposal.what {
            Proposed::Set(set) => {
                let newest = self.sets.last().map_or(0, |last| last.number);
                if set.number <= newest {
                    let what = format!("set {} is not above {newest}", set.number);
                    return Err(Error::Control { what });
                }
                let kept = KeptSet { text: std::mem::take(&mut set.text), ..set.clone() };
                self.sets.push(kept);
                set.number
            }
            Proposed::State { scope, target, state } => {
                let number = self.kills.last().map_or(1, |last| last.number + 1);
                self.kills.push(Kill { number, scope: *scope, target: *target, state: *state });
                number
            }
            Proposed::Release { account } => {
                if account.is_empty() || account.len() > domain::text::TEXT_LENGTH_MAX {
                    return Err(Error::Control { what: format!("{account:?} is no account") });
                }
                let number = self.releases.last().map_or(1, |last| last.0 + 1);
                self.releases.push((number, account.clone()));
                number
            }
            Proposed::Override { given, .. } => {
                given.number = self.overrides.last().map_or(1, |last| last.number + 1);
                self.overrides.push(*given);
                given.number
            }
        };
        Ok(self.record(proposal, (approval, by), given))
    }

    fn record(
        &mut self,
        mut proposal: Proposal,
        (approval, by): (Approval, &By),
        given: u64,
    ) -> Record {
        // A refused set's text isn't kept: nothing was decided under it.
        if let Proposed::Set(set) = &mut proposal.what {
            set.text.clear();
        }
        let last = self.records.last();
        let (number, previous) = last.map_or((0, [0; 16]), |last| (last.number, last.hash));
        let (number, hash) = (number + 1, [0; 16]);
        let record = Record {
            number,
            proposal,
            approval,
            approved_by: by.subject.clone(),
            remark: by.reason.clone(),
            at: by.at,
            given,
            previous,
            hash,
        };
        let record = record.sealed();
        self.records.push(record.clone());
        record
    }

    fn bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        put_number(&mut out, self.sets.len() as u64);
        for set in &self.sets {
            put_number(&mut out, set.number);
            out.extend_from_slice(&set.hash);
            put_text(&mut out, &set.text);
        }
        put_number(&mut out, self.kills.len() as u64);
        for kill in &self.kills {
            put_number(&mut out, kill.number);
            out.extend_from_slice(&[kill.scope as u8, kill.state as u8]);
            put_text(&mut out, kill.target.as_str());
        }
        put_number(&mut out, self.releases.len() as u64);
        for (number, account) in &self.releases {
            put_number(&mut out, *number);
            put_text(&mut out, account);
        }
        put_number(&mut out, self.days.len() as u64);
        for date in &self.days {
            put_number(&mut out, date.0 as u64);
        }
        put_number(&mut out, self.overrides.len() as u64);
        for given in &self.overrides {
            put_number(&mut out, given.number);
            put_number(&mut out, (given.account.0 >> 64) as u64);
            put_number(&mut out, given.account.0 as u64);
            put_text(&mut out, given.symbol.as_str());
            let (quantity, until) = (given.max_order_qty.0 as u64, given.until.0 as u64);
            for part in [quantity, given.reasons.0, until, given.count.into()] {
                put_number(&mut out, part);
            }
        }
        put_number(&mut out, self.proposals.len() as u64);
        self.proposals.iter().for_each(|proposal| proposal.put(&mut out));
        put_number(&mut out, self.records.len() as u64);
        self.records.iter().for_each(|record| record.put(&mut out));
        out
    }

    fn read(body: &[u8]) -> Option<Self> {
        let mut rest = body;
        let mut table = Self::default();
        for _ in 0..number(&mut rest)? {
            let number = number(&mut rest)?;
            let hash = <[u8; 16]>::try_from(take(&mut rest, 16)?).ok()?;
            let text = text(&mut rest)?;
            table.sets.push(KeptSet { number, hash, text });
        }
        for _ in 0..number(&mut rest)? {
            let number = number(&mut rest)?;
            let &[scope, state] = take(&mut rest, 2)? else { return None };
            let (scope, state) = (Scope::of_code(scope)?, TradingState::of_code(state)?);
            let target = Text::new(&text(&mut rest)?)?;
            table.kills.push(Kill { number, scope, target, state });
        }
        for _ in 0..number(&mut rest)? {
            let number = number(&mut rest)?;
            table.releases.push((number, text(&mut rest)?));
        }
        // Tables from before there were business days end here.
        let days = if rest.is_empty() { 0 } else { number(&mut rest)? };
        for _ in 0..days {
            let days = number(&mut rest)?;
            table.days.push(TradeDate(i32::try_from(days).ok()?));
        }
        // Tables from before there were records end here.
        if !rest.is_empty() {
            table.read_records(&mut rest)?;
        }
        rest.is_empty().then_some(table)
    }

    fn read_records(&mut self, rest: &mut &[u8]) -> Option<()> {
        for _ in 0..number(rest)? {
            self.overrides.push(Override {
                number: number(rest)?,
                account: AccountKey(u128::from(number(rest)?) << 64 | u128::from(number(rest)?)),
                symbol: Text::new(&text(rest)?)?,
                max_order_qty: Quantity(number(rest)? as i64),
                reasons: Reasons(number(rest)?),
                until: Timestamp(number(rest)? as i64),
                count: u32::try_from(number(rest)?).ok()?,
            });
        }
        for _ in 0..number(rest)? {
            self.proposals.push(Proposal::read(rest)?);
        }
        for _ in 0..number(rest)? {
            self.records.push(Record::read(rest)?);
        }
        Some(())
    }
}

fn put_number(out: &mut Vec<u8>, number: u64) {
    out.extend_from_slice(&number.to_be_bytes());
}

fn put_text(out: &mut Vec<u8>, text: &str) {
    put_number(out, text.len() as u64);
    out.extend_from_slice(text.as_bytes());
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (taken, left) = rest.split_at_checked(length)?;
    *rest = left;
    Some(taken)
}

fn number(rest: &mut &[u8]) -> Option<u64> {
    Some(u64::from_be_bytes(take(rest, 8)?.try_into().ok()?))
}

fn text(rest: &mut &[u8]) -> Option<String> {
    let length = usize::try_from(number(rest)?).ok()?;
    String::from_utf8(take(rest, length)?.to_vec()).ok()
}

#[cfg(test)]
mod tests;
