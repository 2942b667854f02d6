//! The order view on one disk, in a library's store (fjall): look-ups by order and by key.
//!
//! Entry points: [`LocalView::open`], the trait, [`LocalView::page`]. Clones see one store.
//!
//! Invariants: rows and the lane's index are one batch, so that whatever the library loses, what is
//! left is the view at an earlier index. Everything here can be rebuilt from the journal, so
//! nothing is synced, and a store that is damaged, foreign, or whose last opening crashed is thrown
//! away.
//!
//! It knows no order: rows and keys are bytes.
//!
//! On a crash the last batches may be gone; the follower begins again at the index that is left.

use std::fs;
use std::path::{Path, PathBuf};

use domain::{LaneId, OrderId};
use fjall::{Database, Keyspace, KeyspaceCreateOptions};
use ports::{Fault, OrderView, ViewRow};

use crate::Error;

/// Bytes that the library may keep of what it read.
const CACHE_BYTES: u64 = 32 * 1024 * 1024;
/// Its log on disk before it must tidy up; the smallest that it takes.
const JOURNAL_BYTES: u64 = 64 * 1024 * 1024;

/// The order view; clones see one store.
#[derive(Clone)]
pub struct LocalView {
    path: PathBuf,
    database: Database,
    rows: Keyspace,
    keys: Keyspace,
    lanes: Keyspace,
}

/// A view and, when it begins empty although there was a store, why.
pub struct Opened {
    /// The view.
    pub view: LocalView,
    /// What was wrong with the store that was thrown away.
    pub thrown_away: Option<String>,
}

// === impl LocalView ===

impl LocalView {
    /// The store in the folder at `path`, made by the application `stamp`; one that can't be used
    /// is thrown away and begins empty.
    ///
    /// # Errors
    /// [`Error::Io`], [`Error::View`] when even an empty store doesn't open.
    pub fn open(path: &Path, stamp: u128) -> Result<Opened, Error> {
        let mark = mark(path);
        let mut why = fs::read_to_string(&mark).ok();
        if why.is_none() && path.exists() {
            // A library that panics on damage would crash every start: the mark makes the second
            // one throw the store away.
            write_mark(&mark, "the last start crashed while it opened the store")?;
            match Self::open_as_it_is(path, stamp) {
                Ok(view) => {
                    clear_mark(&mark)?;
                    return Ok(Opened { view, thrown_away: None });
                }
                Err(reason) => why = Some(reason),
            }
        }
        if path.exists() {
            fs::remove_dir_all(path).map_err(|error| Error::io(path, "remove", &error))?;
        }
        let view = Self::open_as_it_is(path, stamp)
            .map_err(|reason| Error::View { folder: path.display().to_string(), reason })?;
        clear_mark(&mark)?;
        Ok(Opened { view, thrown_away: why })
    }

    /// Rows in order-id order, the first after `after`, at most `count`.
    ///
    /// # Errors
    /// A [`Fault`]: the store failed and is rebuilt at the next start.
    pub fn page(&self, after: Option<OrderId>, count: usize) -> Result<Vec<ViewRow>, Fault> {
        let start = after.map_or(Some(0), |order| order.0.checked_add(1));
        let Some(start) = start else { return Ok(Vec::new()) };
        let mut rows = Vec::new();
        for guard in self.rows.range(start.to_be_bytes()..).take(count) {
            let (key, value) = guard.into_inner().map_err(|error| self.failed(&error))?;
            rows.push(self.row(&key, &value)?);
        }
        Ok(rows)
    }

    fn open_as_it_is(path: &Path, stamp: u128) -> Result<Self, String> {
        let text = |error: fjall::Error| error.to_string();
        let database = Database::builder(path)
            .cache_size(CACHE_BYTES)
            .max_journaling_size(JOURNAL_BYTES)
            .worker_threads(1)
            .open()
            .map_err(text)?;
        let keyspace =
            |name: &str| database.keyspace(name, KeyspaceCreateOptions::default).map_err(text);
        let (rows, keys, lanes) = (keyspace("rows")?, keyspace("keys")?, keyspace("lanes")?);
        match lanes.get(STAMP).map_err(text)? {
            Some(kept) if kept.as_ref() == stamp.to_be_bytes() => {}
            Some(_) => return Err("the store belongs to another data folder".to_owned()),
            None if lanes.is_empty().map_err(text)? => {
                lanes.insert(STAMP, stamp.to_be_bytes()).map_err(text)?;
            }
            None => return Err("the store has lost its owner's name".to_owned()),
        }
        Ok(Self { path: path.to_owned(), database, rows, keys, lanes })
    }

    fn row(&self, key: &[u8], value: &[u8]) -> Result<ViewRow, Fault> {
        read_row(key, value).ok_or_else(|| self.damaged("a row is too short"))
    }

    fn failed(&self, error: &fjall::Error) -> Fault {
        self.damaged(&error.to_string())
    }

    /// Leaves the mark that makes the next start throw the store away.
    fn damaged(&self, reason: &str) -> Fault {
        let folder = self.path.display().to_string();
        let error = match write_mark(&mark(&self.path), reason) {
            Ok(()) => Error::View { folder, reason: reason.to_owned() },
            Err(error) => error,
        };
        error.into()
    }
}

impl OrderView for LocalView {
    fn get(&mut self, order: OrderId) -> Result<Option<ViewRow>, Fault> {
        let key = order.0.to_be_bytes();
        let value = self.rows.get(key).map_err(|error| self.failed(&error))?;
        value.map(|value| self.row(&key, &value)).transpose()
    }

    fn put(&mut self, lane: LaneId, index: u64, rows: Vec<ViewRow>) -> Result<(), Fault> {
        let mut batch = self.database.batch();
        for row in rows {
            for key in row.keys.iter().filter(|key| !key.is_empty()) {
                batch.insert(&self.keys, key.as_slice(), row.order.0.to_be_bytes());
            }
            let stored = self.get(row.order)?;
            if stored.is_none_or(|stored| stored.rev <= row.rev) {
                let mut value = row.rev.to_be_bytes().to_vec();
                value.extend_from_slice(&row.bytes);
                batch.insert(&self.rows, row.order.0.to_be_bytes(), value);
            }
        }
        batch.insert(&self.lanes, lane.0.to_be_bytes(), index.to_be_bytes());
        batch.commit().map_err(|error| self.failed(&error))
    }

    fn index(&mut self, lane: LaneId) -> Result<Option<u64>, Fault> {
        let kept = self.lanes.get(lane.0.to_be_bytes()).map_err(|error| self.failed(&error))?;
        let Some(kept) = kept else { return Ok(None) };
        let index = <[u8; 8]>::try_from(kept.as_ref());
        index
            .map(|index| Some(u64::from_be_bytes(index)))
            .map_err(|_| self.damaged("an index is cut"))
    }

    fn find(&mut self, key: &[u8], count: usize) -> Result<Vec<OrderId>, Fault> {
        let mut orders = Vec::new();
        for guard in self.keys.prefix(key).take(count) {
            let (_, order) = guard.into_inner().map_err(|error| self.failed(&error))?;
            let order = <[u8; 16]>::try_from(order.as_ref());
            let order = order.map_err(|_| self.damaged("an order id is cut"))?;
            orders.push(OrderId(u128::from_be_bytes(order)));
        }
        Ok(orders)
    }
}

/// Key of the owner's name among the lanes: shorter than a lane's.
const STAMP: &[u8] = b"stamp";

fn read_row(key: &[u8], value: &[u8]) -> Option<ViewRow> {
    let order = OrderId(u128::from_be_bytes(key.try_into().ok()?));
    let (rev, bytes) = value.split_first_chunk::<8>()?;
    let rev = u64::from_be_bytes(*rev);
    Some(ViewRow { order, rev, bytes: bytes.to_vec(), keys: Vec::new() })
}

/// The mark lies beside the store, so that it outlives it.
fn mark(path: &Path) -> PathBuf {
    path.with_extension("unusable")
}

fn write_mark(mark: &Path, reason: &str) -> Result<(), Error> {
    fs::write(mark, reason).map_err(|error| Error::io(mark, "write", &error))
}

fn clear_mark(mark: &Path) -> Result<(), Error> {
    match fs::remove_file(mark) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(Error::io(mark, "remove", &error))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let id = std::process::id();
        let path = std::env::temp_dir().join(format!("orderflow-view-{id}-{name}"));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        path.join("view")
    }

    fn row(order: u128, rev: u64, text: &str) -> ViewRow {
        let keys = vec![format!("account/{order:03}").into_bytes()];
        ViewRow { order: OrderId(order), rev, bytes: text.as_bytes().to_vec(), keys }
    }

    fn text(view: &mut LocalView, order: u128) -> Option<String> {
        let row = view.get(OrderId(order)).unwrap()?;
        Some(String::from_utf8(row.bytes).unwrap())
    }

    #[test]
    fn a_row_yields_to_no_lower_revision_and_is_found_by_its_keys() {
        let path = folder("rows");
        let mut view = LocalView::open(&path, 1).unwrap().view;
        view.put(LaneId(9), 4, vec![row(1, 2, "second"), row(2, 1, "other")]).unwrap();
        view.put(LaneId(9), 5, vec![row(1, 1, "first")]).unwrap();
        assert_eq!(text(&mut view, 1).as_deref(), Some("second"));
        view.put(LaneId(9), 5, vec![row(2, 1, "later")]).unwrap();
        assert_eq!(text(&mut view, 2).as_deref(), Some("later"));
        assert_eq!(view.index(LaneId(9)).unwrap(), Some(5));
        assert_eq!(view.index(LaneId(8)).unwrap(), None);
        assert_eq!(view.find(b"account/", 9).unwrap(), [OrderId(1), OrderId(2)]);
        assert_eq!(view.find(b"account/002", 9).unwrap(), [OrderId(2)]);
        assert_eq!(view.page(Some(OrderId(1)), 9).unwrap().len(), 1);
        drop(view);
        let mut opened = LocalView::open(&path, 1).unwrap();
        assert!(opened.thrown_away.is_none());
        assert_eq!(text(&mut opened.view, 2).as_deref(), Some("later"));
    }

    #[test]
    fn a_store_of_another_folder_begins_empty() {
        let path = folder("foreign");
        let mut view = LocalView::open(&path, 1).unwrap().view;
        view.put(LaneId(9), 4, vec![row(1, 2, "theirs")]).unwrap();
        drop(view);
        let mut opened = LocalView::open(&path, 2).unwrap();
        assert!(opened.thrown_away.is_some());
        assert_eq!(opened.view.index(LaneId(9)).unwrap(), None);
        assert_eq!(text(&mut opened.view, 1), None);
    }

    #[test]
    fn a_store_that_crashed_its_last_opening_is_thrown_away() {
        let path = folder("crashed");
        let mut view = LocalView::open(&path, 1).unwrap().view;
        view.put(LaneId(9), 4, vec![row(1, 2, "text")]).unwrap();
        drop(view);
        write_mark(&mark(&path), "crashed").unwrap();
        let mut opened = LocalView::open(&path, 1).unwrap();
        assert_eq!(opened.thrown_away.as_deref(), Some("crashed"));
        assert_eq!(opened.view.index(LaneId(9)).unwrap(), None);
        assert!(LocalView::open(&folder("crashed-not"), 1).unwrap().thrown_away.is_none());
    }
}
