//! Which lanes a folder has, in one small file.
//!
//! Entry points: [`LocalLeases::open`], [`ports::Leases`]. Clones see one table.
//!
//! Invariants: a change is durable when it returns; rows that are created together are there
//! together. Limits: [`ports::ChildShard`]s of one folder only ever number as many as there were
//! splits and merges, so the file is replaced whole.
//!
//! It knows no journal: whether a lane may be written, its chain alone says.
//!
//! On a crash the file holds the old rows or the new ones.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::{HashRange, LaneId};
use ports::{Fault, LaneEnd, LaneRow, Leases};

use crate::Error;
use crate::disk::{Disk, RealDisk};
use crate::log::frame::Reading;
use crate::small;

const KIND: [u8; 4] = *b"LEAS";
const REMEDY: &str = "restore the folder from a copy: it says which lanes go on after a split";

/// The lanes of a folder; clones see the same ones.
#[derive(Clone, Debug)]
pub struct LocalLeases<D: Disk = RealDisk> {
    disk: D,
    path: PathBuf,
    rows: Arc<Mutex<Vec<LaneRow>>>,
}

/// Bits of a row's flags.
const ENDED: u8 = 1;
const DRAINED: u8 = 2;

// === impl LocalLeases ===

impl<D: Disk> LocalLeases<D> {
    /// Opens the rows in the file at `path`; there are none in a new folder.
    ///
    /// # Errors
    /// [`Error::Unreadable`], [`Error::NewerFormat`], [`Error::Io`].
    pub fn open(disk: D, path: &Path) -> Result<Self, Error> {
        let body = small::read(&disk, path, KIND, REMEDY)?.unwrap_or_default();
        let unreadable = || Error::Unreadable { path: path.display().to_string(), remedy: REMEDY };
        let rows = Arc::new(Mutex::new(read(&body).ok_or_else(unreadable)?));
        Ok(Self { disk, path: path.to_owned(), rows })
    }

    /// The rows, in the order of their shards.
    #[must_use]
    pub fn all(&self) -> Vec<LaneRow> {
        self.lock().clone()
    }

    fn change(&self, change: impl FnOnce(&mut Vec<LaneRow>)) -> Result<(), Error> {
        let mut rows = self.lock();
        let mut changed = rows.clone();
        change(&mut changed);
        if changed != *rows {
            changed.sort_by_key(|row| row.shard);
            let body: Vec<u8> = changed.iter().flat_map(bytes).collect();
            small::write(&self.disk, &self.path, KIND, &body)?;
            *rows = changed;
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Vec<LaneRow>> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<D: Disk> Leases for LocalLeases<D> {
    fn rows(&mut self) -> Result<Vec<LaneRow>, Fault> {
        Ok(self.all())
    }

    fn create(&mut self, created: &[LaneRow]) -> Result<(), Fault> {
        Ok(self.change(|rows| {
            for row in created {
                if rows.iter().all(|known| known.lane != row.lane) {
                    rows.push(row.clone());
                }
            }
        })?)
    }

    fn end(&mut self, lane: LaneId, end: LaneEnd) -> Result<(), Fault> {
        Ok(self.change(|rows| {
            if let Some(row) = rows.iter_mut().find(|row| row.lane == lane) {
                row.ended = Some(end);
            }
        })?)
    }

    fn drain(&mut self, lane: LaneId, drained: bool) -> Result<(), Fault> {
        Ok(self.change(|rows| {
            if let Some(row) = rows.iter_mut().find(|row| row.lane == lane) {
                row.drained = drained;
            }
        })?)
    }

    fn remove(&mut self, lane: LaneId) -> Result<(), Fault> {
        Ok(self.change(|rows| rows.retain(|row| row.lane != lane))?)
    }
}

fn put_lanes(lanes: &[LaneId], out: &mut Vec<u8>) {
    out.extend_from_slice(&(lanes.len() as u32).to_be_bytes());
    lanes.iter().for_each(|lane| out.extend_from_slice(&lane.0.to_be_bytes()));
}

fn lanes(rest: &mut Reading<'_>) -> Vec<LaneId> {
    let count = rest.u32() as usize;
    (0..count.min(rest.rest.len())).map(|_| LaneId(rest.u128())).collect()
}

fn bytes(row: &LaneRow) -> Vec<u8> {
    let mut out = row.lane.0.to_be_bytes().to_vec();
    out.extend_from_slice(&row.shard.to_be_bytes());
    out.extend_from_slice(&row.range.first.to_be_bytes());
    out.extend_from_slice(&row.range.last.to_be_bytes());
    out.extend_from_slice(&(row.shard_name.len() as u32).to_be_bytes());
    out.extend_from_slice(row.shard_name.as_bytes());
    put_lanes(&row.parents, &mut out);
    let ended = if row.ended.is_some() { ENDED } else { 0 };
    out.push(ended | if row.drained { DRAINED } else { 0 });
    if let Some(ended) = &row.ended {
        out.extend_from_slice(&ended.index.to_be_bytes());
        put_lanes(&ended.children, &mut out);
    }
    out
}

fn read(body: &[u8]) -> Option<Vec<LaneRow>> {
    let (mut rest, mut rows) = (Reading::new(body), Vec::new());
    while !rest.rest.is_empty() {
        let (lane, shard) = (LaneId(rest.u128()), rest.u32());
        let range = HashRange { first: rest.u128(), last: rest.u128() };
        let length = rest.u32() as usize;
        let shard_name = std::str::from_utf8(rest.slice(length)).ok()?.to_owned();
        let parents = lanes(&mut rest);
        let flags = rest.u8();
        let ended = (flags & ENDED != 0).then(|| {
            let index = rest.u64();
            LaneEnd { index, children: lanes(&mut rest) }
        });
        if rest.is_short || flags > (ENDED | DRAINED) {
            return None;
        }
        let drained = flags & DRAINED != 0;
        rows.push(LaneRow { lane, shard, shard_name, range, parents, ended, drained });
    }
    Some(rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::RecordedDisk;

    fn row(number: u32) -> LaneRow {
        LaneRow {
            lane: LaneId(u128::from(number) + 1),
            shard: number,
            shard_name: number.to_string(),
            range: HashRange::part(number, 4),
            parents: vec![LaneId(8), LaneId(9)],
            ended: None,
            drained: false,
        }
    }

    #[test]
    fn what_was_written_is_there_when_the_table_is_opened_again() {
        let (disk, path) = (RecordedDisk::default(), Path::new("leases"));
        let mut leases = LocalLeases::open(disk.clone(), path).unwrap();
        leases.create(&[row(1), row(0)]).unwrap();
        let end = LaneEnd { index: 7, children: vec![LaneId(3)] };
        leases.end(row(0).lane, end.clone()).unwrap();
        leases.create(&[row(0), row(2)]).unwrap();
        leases.remove(row(1).lane).unwrap();
        leases.drain(row(0).lane, true).unwrap();
        leases.drain(row(2).lane, true).unwrap();
        leases.drain(row(2).lane, false).unwrap();
        let again = LocalLeases::open(disk, path).unwrap();
        assert_eq!(again.all(), [LaneRow { ended: Some(end), drained: true, ..row(0) }, row(2)]);
        let whole: Vec<u8> = again.all().iter().flat_map(bytes).collect();
        assert!(read(&whole[..whole.len() - 1]).is_none());
    }
}
