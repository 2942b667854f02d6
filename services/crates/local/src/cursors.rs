//! How far each destination is, for all lanes of a folder, in one small file.
//!
//! Entry points: [`LocalCursors::open`], [`ports::Cursors`], [`LocalCursors::claims`].
//!
//! Invariants: a cursor never goes back; each advance is durable when it returns. It is a promise
//! about the journal too: one that ends before a cursor is refused (`OR-0102`). It grows with lanes
//! times destinations only, so the file is replaced whole.
//!
//! It knows nothing of what was sent.
//!
//! On a crash the file holds the old cursors or the new ones; sending again is what the old ones
//! cost.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::{LaneId, Mic};
use ports::{Cursors, Destination, Fault};

use crate::Error;
use crate::disk::{Disk, RealDisk};
use crate::journal::Claim;
use crate::log::frame::Reading;
use crate::small;

const KIND: [u8; 4] = *b"CURS";
const ROW: usize = 16 + 1 + 4 + 8;
const REMEDY: &str = "remove it: outputs are then sent again, and receivers drop the repeats";

/// Cursors of a folder; clones see the same ones.
#[derive(Clone, Debug)]
pub struct LocalCursors<D: Disk = RealDisk> {
    disk: D,
    path: PathBuf,
    rows: Arc<Mutex<Rows>>,
}

type Rows = BTreeMap<(LaneId, Destination), u64>;

// === impl LocalCursors ===

impl<D: Disk> LocalCursors<D> {
    /// Opens the cursors in `folder`; there are none in a new one.
    ///
    /// # Errors
    /// [`Error::Unreadable`], [`Error::NewerFormat`], [`Error::Io`].
    pub fn open(disk: D, folder: &Path) -> Result<Self, Error> {
        let path = folder.join("cursors");
        let body = small::read(&disk, &path, KIND, REMEDY)?.unwrap_or_default();
        let rows: Option<Rows> = body.chunks(ROW).map(decode).collect();
        let unreadable = || Error::Unreadable { path: path.display().to_string(), remedy: REMEDY };
        let rows = Arc::new(Mutex::new(rows.ok_or_else(unreadable)?));
        disk.make_folder(folder)?;
        Ok(Self { disk, path, rows })
    }

    /// What the journal must hold because it has left already.
    #[must_use]
    pub fn claims(&self) -> Vec<Claim> {
        let rows = self.lock();
        let claims = rows.iter().map(|((lane, destination), index)| Claim {
            what: format!("the cursor of {destination:?}"),
            lane: *lane,
            index: *index,
        });
        claims.collect()
    }

    fn lock(&self) -> MutexGuard<'_, Rows> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<D: Disk> Cursors for LocalCursors<D> {
    fn cursor(&mut self, lane: LaneId, destination: Destination) -> Result<Option<u64>, Fault> {
        Ok(self.lock().get(&(lane, destination)).copied())
    }

    fn advance(&mut self, lane: LaneId, destination: Destination, index: u64) -> Result<(), Fault> {
        let mut rows = self.lock();
        let stored = rows.get(&(lane, destination)).copied();
        if stored.is_some_and(|stored| stored >= index) {
            return Ok(());
        }
        let mut moved = rows.clone();
        moved.insert((lane, destination), index);
        let body: Vec<u8> = moved.iter().flat_map(encode).collect();
        small::write(&self.disk, &self.path, KIND, &body)?;
        *rows = moved;
        Ok(())
    }

    fn destinations(&mut self, lane: LaneId) -> Result<Vec<Destination>, Fault> {
        let rows = self.lock();
        Ok(rows.keys().filter(|key| key.0 == lane).map(|key| key.1).collect())
    }
}

fn encode(((lane, destination), index): (&(LaneId, Destination), &u64)) -> [u8; ROW] {
    let (kind, mic) = match destination {
        Destination::Venue(mic) => (0, *mic),
        Destination::Events => (1, Mic::EMPTY),
        Destination::DeadLetters => (2, Mic::EMPTY),
        Destination::Inbound => (3, Mic::EMPTY),
        Destination::Others => (4, Mic::EMPTY),
    };
    let mut row = [0; ROW];
    row[..16].copy_from_slice(&lane.0.to_be_bytes());
    row[16] = kind;
    let mic = mic.as_str().as_bytes();
    row[17..17 + mic.len()].copy_from_slice(mic);
    row[21..].copy_from_slice(&index.to_be_bytes());
    row
}

fn decode(row: &[u8]) -> Option<((LaneId, Destination), u64)> {
    let mut rest = Reading::new(row);
    let (lane, kind, mic) = (LaneId(rest.u128()), rest.u8(), rest.array::<4>());
    let index = rest.u64();
    let length = mic.iter().position(|byte| *byte == 0).unwrap_or(mic.len());
    let destination = match kind {
        0 => Destination::Venue(Mic::new(std::str::from_utf8(&mic[..length]).ok()?)?),
        1 => Destination::Events,
        2 => Destination::DeadLetters,
        3 => Destination::Inbound,
        4 => Destination::Others,
        _ => return None,
    };
    (!rest.is_short).then_some(((lane, destination), index))
}
