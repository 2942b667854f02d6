//! The control table on one disk: configuration sets, kill switch commands, releases, changes of
//! business day.
//!
//! Entry points: [`LocalControl::open`]; [`LocalControl::publish`], [`LocalControl::command`],
//! [`LocalControl::release`] and [`LocalControl::change_day`] write, the trait reads. Clones see
//! one table.
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

use domain::{AccountKey, Kill, Scope, Text, TradeDate, TradingState};
use ports::{ControlTable, Fault};

use crate::Error;
use crate::disk::Disk;
use crate::small;

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

/// The control table; clones see one.
#[derive(Clone, Debug)]
pub struct LocalControl<D: Disk> {
    shared: Arc<Shared<D>>,
}

#[derive(Debug)]
struct Shared<D: Disk> {
    disk: D,
    path: PathBuf,
    table: Mutex<Table>,
}

#[derive(Clone, Debug, Default)]
struct Table {
    sets: Vec<KeptSet>,
    kills: Vec<Kill>,
    releases: Vec<(u64, String)>,
    days: Vec<TradeDate>,
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
        let shared = Shared { disk, path: path.to_owned(), table: Mutex::new(table) };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// The newest set, if any.
    #[must_use]
    pub fn newest(&self) -> Option<KeptSet> {
        self.table().sets.last().cloned()
    }

    /// Every kill switch command, in order.
    #[must_use]
    pub fn kills(&self) -> Vec<Kill> {
        self.table().kills.clone()
    }

    /// Keeps a set durably.
    ///
    /// # Errors
    /// [`Error::Control`] when its number isn't above the newest one's; a failed write.
    pub fn publish(&self, set: KeptSet) -> Result<(), Error> {
        self.change(|table| {
            let newest = table.sets.last().map_or(0, |last| last.number);
            if set.number <= newest {
                let what = format!("set {} is not above {newest}", set.number);
                return Err(Error::Control { what });
            }
            table.sets.push(set);
            Ok(())
        })
    }

    /// Keeps a kill switch command durably, under the next number.
    ///
    /// # Errors
    /// A failed write.
    pub fn command(
        &self,
        scope: Scope,
        target: Text<32>,
        state: TradingState,
    ) -> Result<Kill, Error> {
        self.change(|table| {
            let number = table.kills.last().map_or(1, |last| last.number + 1);
            let kill = Kill { number, scope, target, state };
            table.kills.push(kill);
            Ok(kill)
        })
    }

    /// Keeps the release of a halted account durably, under the next number, which is returned.
    ///
    /// # Errors
    /// [`Error::Control`] when the account's text is longer than a text may be; a failed write.
    pub fn release(&self, account: &str) -> Result<u64, Error> {
        if account.is_empty() || account.len() > domain::text::TEXT_LENGTH_MAX {
            return Err(Error::Control { what: format!("{account:?} is no account") });
        }
        self.change(|table| {
            let number = table.releases.last().map_or(1, |last| last.0 + 1);
            table.releases.push((number, account.to_owned()));
            Ok(number)
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
        let mut table = self.table();
        let mut changed = table.clone();
        let told = change(&mut changed)?;
        small::write(&self.shared.disk, &self.shared.path, KIND, &changed.bytes())?;
        *table = changed;
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
}

// === impl Table ===

impl Table {
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
        rest.is_empty().then_some(table)
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
mod tests {
    use super::*;
    use crate::disk::RecordedDisk;

    fn set(number: u64, text: &str) -> KeptSet {
        KeptSet { number, hash: domain::hash::content(&[text.as_bytes()]), text: text.to_owned() }
    }

    #[test]
    fn what_was_published_is_there_when_the_table_is_opened_again() {
        let (disk, path) = (RecordedDisk::default(), Path::new("control"));
        let control = LocalControl::open(disk.clone(), path).unwrap();
        control.publish(set(1, "one")).unwrap();
        control.publish(set(2, "two")).unwrap();
        assert_eq!(control.change_day(TradeDate(18_260)).unwrap(), Some(1));
        assert_eq!(control.change_day(TradeDate(18_261)).unwrap(), Some(2));
        assert_eq!(control.change_day(TradeDate(18_261)).unwrap(), None);
        assert!(control.change_day(TradeDate(18_260)).is_err());
        let target = Text::new("ALC").unwrap();
        let kill = control.command(Scope::Symbol, target, TradingState::Reducing).unwrap();
        assert_eq!(control.release("A-1").unwrap(), 1);
        let mut again = LocalControl::open(disk, path).unwrap();
        assert_eq!(again.sets_after(1).unwrap(), [(2, set(2, "two").hash)]);
        assert_eq!(again.set(set(1, "one").hash).unwrap().as_deref(), Some("one"));
        assert_eq!(again.kills_after(0).unwrap(), [kill]);
        assert_eq!(again.kills_after(kill.number).unwrap(), []);
        assert_eq!(again.days_after(1).unwrap(), [(2, TradeDate(18_261))]);
        assert_eq!(again.releases_after(0).unwrap(), [(1, AccountKey::of("A-1"))]);
    }

    #[test]
    fn numbers_of_sets_grow() {
        let control = LocalControl::open(RecordedDisk::default(), Path::new("control")).unwrap();
        control.publish(set(3, "three")).unwrap();
        assert!(matches!(control.publish(set(3, "other")), Err(Error::Control { .. })));
        assert_eq!(control.newest(), Some(set(3, "three")));
    }

    #[test]
    fn a_cut_body_is_no_table() {
        let whole = Table {
            sets: vec![set(1, "one")],
            kills: Vec::new(),
            releases: vec![(1, "A".to_owned())],
            days: vec![TradeDate(18_260)],
        }
        .bytes();
        assert!(Table::read(&whole).is_some_and(|table| table.days.len() == 1));
        // Number and date of one day are 16 bytes; tables from before there were days lack them.
        let older = whole.len() - 16;
        assert!(Table::read(&whole[..older]).is_some_and(|table| table.days.is_empty()));
        let mut others = (0..whole.len()).filter(|length| *length != older);
        assert!(others.all(|length| Table::read(&whole[..length]).is_none()));
    }
}
