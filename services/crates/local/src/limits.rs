//! What each lane may use of limits that span lanes, in one small file.
//!
//! Entry points: [`LocalLimits::open`], [`ports::Limits`]. Clones see one table.
//!
//! Invariants: INV-12: no write takes an item's rows above its limit; a write is durable when it
//! returns, and is refused when another came between. Limits: the file is replaced whole, so it is
//! meant for some writes a second, as lanes ask a few times a second for what they use up.
//!
//! It knows no configuration and no books.
//!
//! On a crash the file holds the old items or the new ones; lanes heal what a transfer left half
//! done.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::{LaneId, LimitKey};
use ports::{Fault, LimitItem, LimitRow, Limits};

use crate::Error;
use crate::disk::{Disk, RealDisk};
use crate::log::frame::Reading;
use crate::small;

const KIND: [u8; 4] = *b"ALLO";
const REMEDY: &str = "restore the folder from a copy: it says what lanes may use of limits";

/// The limits of a folder; clones see the same ones.
#[derive(Clone, Debug)]
pub struct LocalLimits<D: Disk = RealDisk> {
    disk: D,
    path: PathBuf,
    items: Arc<Mutex<Vec<LimitItem>>>,
}

impl<D: Disk> LocalLimits<D> {
    /// Opens the items in the file at `path`; there are none in a new folder.
    ///
    /// # Errors
    /// [`Error::Unreadable`], [`Error::NewerFormat`], [`Error::Io`].
    pub fn open(disk: D, path: &Path) -> Result<Self, Error> {
        let body = small::read(&disk, path, KIND, REMEDY)?.unwrap_or_default();
        let unreadable = || Error::Unreadable { path: path.display().to_string(), remedy: REMEDY };
        let items = Arc::new(Mutex::new(read(&body).ok_or_else(unreadable)?));
        Ok(Self { disk, path: path.to_owned(), items })
    }

    fn lock(&self) -> MutexGuard<'_, Vec<LimitItem>> {
        self.items.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<D: Disk> Limits for LocalLimits<D> {
    fn items(&mut self) -> Result<Vec<LimitItem>, Fault> {
        Ok(self.lock().clone())
    }

    fn put(&mut self, item: LimitItem) -> Result<bool, Fault> {
        let mut items = self.lock();
        let at = items.iter().position(|known| known.limit == item.limit);
        let before = at.and_then(|at| items.get(at));
        if before.map_or(0, |before| before.version) + 1 != item.version {
            return Ok(false);
        }
        if !item.may_follow(before) {
            return Err(Fault::Fatal("INV-12: a write would overspend a limit".to_owned()));
        }
        let mut changed = items.clone();
        match at {
            Some(at) => changed[at] = item,
            None => changed.push(item),
        }
        let body: Vec<u8> = changed.iter().flat_map(bytes).collect();
        small::write(&self.disk, &self.path, KIND, &body)?;
        *items = changed;
        Ok(true)
    }
}

fn bytes(item: &LimitItem) -> Vec<u8> {
    let mut out = item.limit.0.to_be_bytes().to_vec();
    out.extend_from_slice(&item.version.to_be_bytes());
    out.extend_from_slice(&item.amount.to_be_bytes());
    out.extend_from_slice(&item.set.to_be_bytes());
    out.extend_from_slice(&(item.rows.len() as u32).to_be_bytes());
    for row in &item.rows {
        out.extend_from_slice(&row.lane.0.to_be_bytes());
        out.extend_from_slice(&row.amount.to_be_bytes());
        out.extend_from_slice(&row.transfer.to_be_bytes());
        out.push(u8::from(row.wants));
    }
    out
}

fn read(body: &[u8]) -> Option<Vec<LimitItem>> {
    let (mut rest, mut items) = (Reading::new(body), Vec::new());
    while !rest.rest.is_empty() {
        let (limit, version) = (LimitKey(rest.u128()), rest.u64());
        let (amount, set) = (rest.u128() as i128, rest.u64());
        let count = rest.u32() as usize;
        // A count of rows that can't be there must not reserve room for them.
        if count > rest.rest.len() {
            return None;
        }
        let row = |rest: &mut Reading<'_>| LimitRow {
            lane: LaneId(rest.u128()),
            amount: rest.u128() as i128,
            transfer: rest.u64(),
            wants: rest.u8() != 0,
        };
        let rows = (0..count).map(|_| row(&mut rest)).collect();
        if rest.is_short {
            return None;
        }
        items.push(LimitItem { limit, version, amount, set, rows });
    }
    Some(items)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::RecordedDisk;

    #[test]
    fn a_write_is_refused_when_another_came_between_or_it_overspends() {
        let (disk, path) = (RecordedDisk::default(), Path::new("limits"));
        let mut limits = LocalLimits::open(disk.clone(), path).unwrap();
        let row = |lane, amount| LimitRow { lane: LaneId(lane), amount, transfer: 1, wants: false };
        let item = |version, rows: &[LimitRow]| LimitItem {
            limit: LimitKey(7),
            version,
            amount: 100,
            set: 1,
            rows: rows.to_vec(),
        };
        assert_eq!(limits.put(item(1, &[row(1, 60)])), Ok(true));
        assert_eq!(limits.put(item(1, &[row(1, 10)])), Ok(false));
        assert!(limits.put(item(2, &[row(1, 60), row(2, 41)])).is_err());
        assert_eq!(limits.put(item(2, &[row(1, 60), row(2, 40)])), Ok(true));
        // A lowered limit stands above what its rows had, and lets them only fall.
        let lowered =
            |version, amount| LimitItem { amount: 50, ..item(version, &[row(1, amount)]) };
        assert_eq!(limits.put(lowered(3, 90)), Ok(true));
        assert!(limits.put(lowered(4, 91)).is_err());
        let mut again = LocalLimits::open(disk, path).unwrap();
        assert_eq!(again.items(), Ok(vec![lowered(3, 90)]));
        let whole = bytes(&lowered(3, 90));
        assert!((1..whole.len()).all(|length| read(&whole[..length]).is_none()));
    }
}
