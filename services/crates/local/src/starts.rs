//! Starts of a lane that took a record in hand and didn't commit beyond it (INV-11), counted on
//! disk.
//!
//! Entry points: [`Starts::open`], [`ports::Attempts`].
//!
//! Invariants: INV-11. A start is durable before the record is touched, else the start that crashes
//! wouldn't count.
//!
//! It decides nothing: who is quarantined, and when, is the lane's part.
//!
//! On a crash the file holds the count before this start or after it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::{LaneId, Position, Sequence};
use ports::{Attempts, Fault};

use crate::Error;
use crate::disk::{Disk, RealDisk};
use crate::log::frame::Reading;
use crate::small;

const KIND: [u8; 4] = *b"STRT";
const ROW: usize = 16 + 24 + 4 + 4;
const REMEDY: &str = "remove it: starts are then counted from none";

/// Counted starts of a folder's lanes; clones see the same ones.
#[derive(Clone, Debug)]
pub struct Starts<D: Disk = RealDisk> {
    disk: D,
    path: PathBuf,
    rows: Arc<Mutex<Rows>>,
}

type Rows = BTreeMap<LaneId, (Position, u32)>;

// === impl Starts ===

impl<D: Disk> Starts<D> {
    /// Opens the counted starts in `folder`; there are none in a new one.
    ///
    /// # Errors
    /// [`Error::Unreadable`], [`Error::NewerFormat`], [`Error::Io`].
    pub fn open(disk: D, folder: &Path) -> Result<Self, Error> {
        let path = folder.join("starts");
        let body = small::read(&disk, &path, KIND, REMEDY)?.unwrap_or_default();
        let rows: Rows = body.chunks_exact(ROW).map(decode).collect();
        disk.make_folder(folder)?;
        Ok(Self { disk, path, rows: Arc::new(Mutex::new(rows)) })
    }

    fn lock(&self) -> MutexGuard<'_, Rows> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn replace(&self, rows: &mut Rows, changed: Rows) -> Result<(), Error> {
        let body: Vec<u8> = changed.iter().flat_map(encode).collect();
        small::write(&self.disk, &self.path, KIND, &body)?;
        *rows = changed;
        Ok(())
    }
}

impl<D: Disk> Attempts for Starts<D> {
    fn count(&mut self, lane: LaneId, position: Position) -> Result<u32, Fault> {
        let kept = self.lock().get(&lane).copied();
        Ok(kept.filter(|kept| kept.0 == position).map_or(0, |kept| kept.1))
    }

    fn begin(&mut self, lane: LaneId, position: Position) -> Result<(), Fault> {
        let mut rows = self.lock();
        let mut changed = rows.clone();
        let row = changed.entry(lane).or_insert((position, 0));
        if row.0 != position {
            *row = (position, 0);
        }
        row.1 = row.1.saturating_add(1);
        Ok(self.replace(&mut rows, changed)?)
    }

    fn clear(&mut self, lane: LaneId) -> Result<(), Fault> {
        let mut rows = self.lock();
        let mut changed = rows.clone();
        if changed.remove(&lane).is_none() {
            return Ok(());
        }
        Ok(self.replace(&mut rows, changed)?)
    }
}

fn encode((lane, (position, count)): (&LaneId, &(Position, u32))) -> [u8; ROW] {
    let mut row = [0; ROW];
    row[..16].copy_from_slice(&lane.0.to_be_bytes());
    row[16..40].copy_from_slice(&position.sequence.0);
    row[40..44].copy_from_slice(&position.sub_sequence.to_be_bytes());
    row[44..].copy_from_slice(&count.to_be_bytes());
    row
}

fn decode(row: &[u8]) -> (LaneId, (Position, u32)) {
    let mut rest = Reading::new(row);
    let lane = LaneId(rest.u128());
    let position = Position::new(Sequence(rest.array()), rest.u32());
    (lane, (position, rest.u32()))
}
