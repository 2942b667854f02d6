//! Folds of the chain in files, the two newest of each lane.
//!
//! Entry points: [`LocalSnapshots::open`], [`ports::Snapshots`], [`LocalSnapshots::claims`].
//!
//! Invariants: a snapshot is durable when `put` returns, and only then an older one goes. It is a
//! promise about the journal too: one that ends before a good snapshot is refused (`OR-0102`).
//! Limit: [`KEPT`] of a lane.
//!
//! It knows nothing of rows; their digest is the state digest's business, the file's own says only
//! whether the bytes are those that were written.
//!
//! On a crash the older two are there, or the newer ones; a file that rotted is left out.

use std::path::{Path, PathBuf};

use domain::{LaneId, StateDigest, hash};
use ports::{Fault, SnapshotHead, Snapshots};

use crate::Error;
use crate::disk::{Disk, DiskFile, RealDisk, TEMPORARY};
use crate::journal::Claim;
use crate::log::frame::Reading;

/// Snapshots that are kept of a lane: the newest, and one in case it doesn't fit.
pub const KEPT: usize = 2;

const MAGIC: [u8; 4] = *b"OFSN";
/// The version of the format that this code writes.
const FORMAT: u16 = 1;
const ENDING: &str = ".snapshot";
const HEADER: usize = 4 + 2 + 16 + 8 + 16 + 32 + 8 + 16;

/// Snapshots of a folder; clones see the same files.
#[derive(Clone, Debug)]
pub struct LocalSnapshots<D: Disk = RealDisk> {
    disk: D,
    folder: PathBuf,
}

// === impl LocalSnapshots ===

impl<D: Disk> LocalSnapshots<D> {
    /// Opens the snapshots in `folder`, and removes what a crash left of one that wasn't finished.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn open(disk: D, folder: &Path) -> Result<Self, Error> {
        disk.make_folder(folder)?;
        for name in disk.list(folder)?.iter().filter(|name| name.ends_with(TEMPORARY)) {
            disk.remove(&folder.join(name))?;
        }
        // A process that was killed may have named a file and not synced: entries are let go
        // because of it, so it must not be the first to vanish.
        disk.sync_folder(folder)?;
        Ok(Self { disk, folder: folder.to_owned() })
    }

    /// What the journal must hold because it was folded already: heads of snapshots that fit.
    ///
    /// # Errors
    /// [`Error::Io`], [`Error::NewerFormat`].
    pub fn claims(&self) -> Result<Vec<Claim>, Error> {
        let mut claims = Vec::new();
        for name in self.disk.list(&self.folder)? {
            if let Some((head, _)) = self.read(&name)? {
                let what = format!("the snapshot {name}");
                claims.push(Claim { what, lane: head.lane, index: head.index });
            }
        }
        Ok(claims)
    }

    /// Names of a lane's files, newest first.
    fn names(&self, lane: LaneId) -> Result<Vec<String>, Error> {
        let mut names = self.disk.list(&self.folder)?;
        names.retain(|name| name.starts_with(&format!("{lane}-")) && name.ends_with(ENDING));
        names.reverse();
        Ok(names)
    }

    fn keep(&self, head: SnapshotHead, rows: &[u8]) -> Result<(), Error> {
        let mut bytes = Vec::with_capacity(HEADER + rows.len());
        bytes.extend_from_slice(&MAGIC);
        bytes.extend_from_slice(&FORMAT.to_be_bytes());
        bytes.extend_from_slice(&head.lane.0.to_be_bytes());
        bytes.extend_from_slice(&head.index.to_be_bytes());
        bytes.extend_from_slice(&head.content);
        bytes.extend_from_slice(&head.state.to_bytes());
        bytes.extend_from_slice(&(rows.len() as u64).to_be_bytes());
        let digest = digest(&bytes, rows);
        bytes.extend_from_slice(&digest);
        bytes.extend_from_slice(rows);
        let content = u128::from_be_bytes(head.content);
        let name = format!("{}-{:020}-{content:032x}{ENDING}", head.lane, head.index);
        self.disk.replace(&self.folder.join(name), &bytes)?;
        // Oldest first, each durable: a crash leaves more than two, never a newer one gone.
        for name in self.names(head.lane)?.iter().skip(KEPT).rev() {
            self.disk.remove(&self.folder.join(name))?;
            self.disk.sync_folder(&self.folder)?;
        }
        Ok(())
    }

    /// A snapshot that fits its digest, and its rows.
    fn read(&self, name: &str) -> Result<Option<(SnapshotHead, Vec<u8>)>, Error> {
        let path = self.folder.join(name);
        let Some(file) = self.disk.open(&path)? else { return Ok(None) };
        let mut bytes = vec![0; file.length()? as usize];
        if file.read_at(0, &mut bytes)? < bytes.len() || bytes.len() < HEADER {
            return Ok(None);
        }
        let (header, rows) = bytes.split_at(HEADER);
        let (header, stored) = header.split_at(HEADER - 16);
        if header[..4] != MAGIC || digest(header, rows) != *stored {
            return Ok(None);
        }
        let mut rest = Reading::new(&header[4..]);
        let found = rest.u16();
        if found > FORMAT {
            let path = path.display().to_string();
            return Err(Error::NewerFormat { path, found, known: FORMAT });
        }
        let (lane, index) = (LaneId(rest.u128()), rest.u64());
        let (content, state) = (rest.array(), StateDigest::from_bytes(&rest.array()));
        let head = SnapshotHead { lane, index, content, state };
        Ok(Some((head, bytes.split_off(HEADER))))
    }
}

impl<D: Disk> Snapshots for LocalSnapshots<D> {
    fn put(&mut self, head: SnapshotHead, rows: &[u8]) -> Result<(), Fault> {
        Ok(self.keep(head, rows)?)
    }

    fn newest(&mut self, lane: LaneId) -> Result<Vec<(SnapshotHead, Vec<u8>)>, Fault> {
        let mut snapshots = Vec::new();
        for name in self.names(lane)? {
            let read = self.read(&name)?;
            snapshots.extend(read.filter(|(head, _)| head.lane == lane));
        }
        Ok(snapshots)
    }

    fn forget(&mut self, lane: LaneId) -> Result<(), Fault> {
        for name in self.names(lane)? {
            self.disk.remove(&self.folder.join(name))?;
        }
        Ok(self.disk.sync_folder(&self.folder)?)
    }
}

/// Over head and rows, so that neither passes with the other's.
fn digest(head: &[u8], rows: &[u8]) -> [u8; 16] {
    let mut both = hash::row(rows).to_be_bytes().to_vec();
    both.extend_from_slice(head);
    hash::row(&both).to_be_bytes()
}
