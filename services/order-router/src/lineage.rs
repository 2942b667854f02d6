//! Which lanes there are, and how one goes on from others: the carry-over of splits and merges.
//!
//! ```text
//!  shard end, confirmed by its children -> drained -> End -+- crash anywhere: the next start
//!     `ingest`, `decide`, `settle`                         |  goes on at the first step that
//!  snapshot at the End -> child rows -> the row's end  <---+  isn't done
//!     here, at every opening                     |
//!                                                v
//!  every parent's End is there -> Begin that names them -> records
//! ```
//!
//! Entry points: [`open_all`], [`base`], [`spec_of`].
//!
//! Invariants: a lane is opened only when every parent has ended, and begins with what their live
//! Ends give it: the End is found by the chain's rule, its digests are counted again (INV-1, INV-9,
//! INV-10). A root lane begins only from the settings' list, while there are no rows at all.
//! It writes rows and snapshots, never an entry.
//!
//! A crash between any two steps leaves the lane ended and un-noted; opening it again does the
//! rest.

use domain::{Entry, IdentityKey, LaneId};
use ports::chain::{self, Reader};
use ports::{Fault, Journal, LaneEnd, LaneRow, Leases, SnapshotHead, Snapshots, World};
use wire::journal::{Child, Parent};

use crate::allotter;
use crate::config::Config;
use crate::error::Error;
use crate::fold::{self, Fold};
use crate::recover::{self, Handles, Recovered, Taken};
use crate::router::{LaneSpec, Options};

/// What there is of lanes, and what their books are made with.
#[derive(Clone, Copy, Debug)]
pub struct Kin<'a> {
    /// Every lane that somebody still needs.
    pub rows: &'a [LaneRow],
    /// The settings: capacities of the books.
    pub config: &'a Config,
    /// The application's key for identities.
    pub key: IdentityKey,
}

/// What a lane begins with.
pub struct Base {
    /// Its books before any input.
    pub fold: Fold,
    /// The lanes that they come from; none of a root lane.
    pub parents: Vec<Parent>,
}

/// Recovers every lane that may be written, in the order of their shards, and finishes what
/// re-shards left; gives the rows as they are then. Blocks.
///
/// # Errors
/// What keeps a lane from being opened.
pub fn open_all<W: World>(
    world: &mut W,
    handles: &mut Handles<W>,
    options: &Options,
) -> Result<(Vec<Recovered>, Vec<LaneRow>), Error> {
    let mut open: Vec<Recovered> = Vec::new();
    loop {
        let rows = rows(&mut handles.leases, options).map_err(failed)?;
        let is_open = |row: &LaneRow| open.iter().any(|lane| lane.spec.lane == row.lane);
        let next = rows.iter().find(|row| may_begin(row, &rows) && !is_open(row)).cloned();
        let Some(row) = next else {
            open.sort_by_key(|lane| lane.spec.shard);
            return Ok((open, rows));
        };
        let slot = open.len() as u16;
        let writer = world.writer();
        match recover::lane(handles, options, (&rows, &row), (slot, writer))? {
            Taken::Owned(lane) => open.push(*lane),
            Taken::Ended(end, fold) => {
                let at_end = (&row, &*end, &*fold);
                hand_over(world, handles, options, at_end)?;
            }
        }
    }
}

/// The rows of all lanes; those of the settings where there are none yet.
///
/// # Errors
/// A [`Fault`] of the table.
pub fn rows(leases: &mut impl Leases, options: &Options) -> Result<Vec<LaneRow>, Fault> {
    let rows = leases.rows()?;
    if !rows.is_empty() {
        return Ok(rows);
    }
    let root = |spec: &LaneSpec| LaneRow {
        lane: spec.lane,
        shard: spec.shard,
        shard_name: spec.shard_name.clone(),
        range: spec.range,
        parents: Vec::new(),
        ended: None,
        drained: false,
    };
    let roots: Vec<_> = options.lanes.iter().map(root).collect();
    leases.create(&roots)?;
    leases.rows()
}

/// A lane as it is served: the stream is that of the root lanes.
#[must_use]
pub fn spec_of(row: &LaneRow, options: &Options) -> Option<LaneSpec> {
    let root = options.lanes.first()?;
    Some(LaneSpec {
        lane: row.lane,
        shard: row.shard,
        range: row.range,
        shard_name: row.shard_name.clone(),
        ..root.clone()
    })
}

/// The lane of another shard of the same stream.
fn sibling(options: &Options, shard: &str) -> LaneId {
    options.lanes.first().map_or(LaneId(0), |root| {
        let LaneSpec { application, region, stream, stream_created_ns, .. } = root;
        LaneId::of(application, region, stream, *stream_created_ns, shard)
    })
}

/// Whether a lane hasn't ended and all before it have. A parent without a row is long done with:
/// its row went when every child had a snapshot of its own.
fn may_begin(row: &LaneRow, rows: &[LaneRow]) -> bool {
    let has_ended = |lane: &LaneId| {
        let parent = rows.iter().find(|row| row.lane == *lane);
        parent.is_none_or(|parent| parent.ended.is_some())
    };
    row.ended.is_none() && row.parents.iter().all(has_ended)
}

/// Whether everything that a lane began with can still be had. A parent that is done with goes in
/// steps, its row last.
///
/// # Errors
/// A [`Fault`] of journal or snapshots.
pub(crate) fn has_parents(
    journal: &mut impl Journal,
    snapshots: &mut impl Snapshots,
    (rows, lane): (&[LaneRow], LaneId),
) -> Result<bool, Fault> {
    let row = rows.iter().find(|row| row.lane == lane);
    for parent in row.into_iter().flat_map(|row| &row.parents) {
        let is_there = rows.iter().any(|row| row.lane == *parent);
        if !is_there
            || snapshots.newest(*parent)?.is_empty() && !recover::is_whole(journal, *parent)?
        {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The steps after an End, each of which may have been done before: snapshot at the End, rows of
/// the children, the row's end.
fn hand_over<W: World>(
    world: &mut W,
    handles: &mut Handles<W>,
    options: &Options,
    (row, end, fold): (&LaneRow, &Entry, &Fold),
) -> Result<(), Error> {
    let (lane, index) = (row.lane, end.index);
    let children = children(&mut handles.journal, end)?;
    if children.is_empty() {
        return Err(Error::Ended { lane, index });
    }
    let newest = handles.snapshots.newest(lane).map_err(failed)?;
    if newest.first().is_none_or(|(head, _)| head.index < index) {
        let head = SnapshotHead { lane, index, content: end.content, state: end.state };
        handles.snapshots.put(head, &fold.snapshot()).map_err(failed)?;
    }
    let child = |child: &Child| -> Result<LaneRow, Error> {
        let shard = world.shard(&child.shard).map_err(failed)?;
        let unknown = || format!("its End names shard {}, which the stream hasn't", child.shard);
        Ok(LaneRow {
            lane: sibling(options, &child.shard),
            shard: shard.ok_or_else(|| Error::Chain { lane, reason: unknown() })?,
            shard_name: child.shard.clone(),
            range: child.range,
            parents: parents(options, row, child),
            ended: None,
            drained: false,
        })
    };
    let created: Vec<LaneRow> = children.iter().map(child).collect::<Result<_, _>>()?;
    handles.leases.create(&created).map_err(failed)?;
    let children = created.iter().map(|row| row.lane).collect();
    handles.leases.end(lane, LaneEnd { index, children }).map_err(failed)
}

/// The lanes that a child goes on from.
fn parents(options: &Options, row: &LaneRow, child: &Child) -> Vec<LaneId> {
    if child.parents.is_empty() {
        return vec![row.lane];
    }
    child.parents.iter().map(|name| sibling(options, name)).collect()
}

/// The books that a lane begins with: its parts of its parents' at their Ends.
///
/// # Errors
/// A parent that hasn't ended, whose End doesn't name the lane, or whose books don't fit it.
pub fn base(
    journal: &mut impl Journal,
    snapshots: &mut impl Snapshots,
    kin: Kin<'_>,
    lane: LaneId,
) -> Result<Base, Error> {
    let capacity = fold::capacity(kin.config);
    let row = kin.rows.iter().find(|row| row.lane == lane && !row.parents.is_empty());
    let Some(row) = row else {
        return Ok(Base { fold: Fold::new(&capacity, kin.key), parents: Vec::new() });
    };
    let mut taken = Vec::new();
    for parent in &row.parents {
        taken.push(ended(journal, snapshots, kin, (*parent, row))?);
    }
    let wrong = |reason: String| Error::Chain { lane, reason };
    let fold = Fold::united(&capacity, kin.key, &taken).map_err(wrong)?;
    Ok(Base { fold, parents: taken.into_iter().map(|taken| taken.parent).collect() })
}

/// A parent at its End.
pub(crate) struct AtEnd {
    pub(crate) parent: Parent,
    pub(crate) fold: Fold,
    /// What it gives to the child.
    pub(crate) child: Child,
    /// Whether the child is the first that it names: what can't be divided is the first's.
    pub(crate) is_first: bool,
}

/// Reads a parent's chain to its End, which must be live and name the child.
fn ended(
    journal: &mut impl Journal,
    snapshots: &mut impl Snapshots,
    kin: Kin<'_>,
    (lane, row): (LaneId, &LaneRow),
) -> Result<AtEnd, Error> {
    let wrong = |reason: &str| Error::Chain { lane, reason: reason.to_owned() };
    let (mut reader, mut fold): (Reader, Fold) = recover::start(journal, snapshots, kin, lane)?;
    let read = reader.read_to_end(journal, |entry| recover::folded(entry, &mut fold, |_, _| {}));
    match read {
        Ok(()) => {}
        Err(chain::Error::Fault(fault)) => return Err(failed(fault)),
        Err(lapped) => return Err(wrong(&lapped.to_string())),
    }
    let end = reader.last().filter(|_| reader.has_ended()).cloned();
    let end = end.ok_or_else(|| wrong("it hasn't ended: its child can't begin"))?;
    let children = children(journal, &end)?;
    let place = children.iter().position(|child| child.shard == row.shard_name);
    let place = place.ok_or_else(|| wrong("its End doesn't name the lane that goes on from it"))?;
    let child = children[place].clone();
    if fold.books.accounts_in(child.range) != child.accounts {
        return Err(wrong("its books don't add up to what its End says of a child"));
    }
    let Entry { index, content, state, .. } = end;
    let parent = Parent { lane, index, content, state };
    Ok(AtEnd { parent, fold, child, is_first: place == 0 })
}

/// Who goes on with what of the allotments of lanes that ended.
///
/// # Errors
/// An End that can't be read.
pub(crate) fn shares(
    journal: &mut impl Journal,
    options: &Options,
    ended: &[(LaneId, u64)],
) -> Result<Vec<allotter::Parent>, Error> {
    let mut parents = Vec::new();
    for (lane, index) in ended {
        let gone = || Error::Chain { lane: *lane, reason: "its End has gone".to_owned() };
        let end = journal.read(*lane, *index, 1).map_err(failed)?.pop().flatten();
        let children = children(journal, &end.ok_or_else(gone)?)?;
        let child = |child: Child| (sibling(options, &child.shard), child.shares);
        let children = children.into_iter().map(child).collect();
        parents.push(allotter::Parent { lane: *lane, children });
    }
    Ok(parents)
}

/// The children that a live End names. Readers keep heads alone, so the body is read again.
fn children(journal: &mut impl Journal, end: &Entry) -> Result<Vec<Child>, Error> {
    let lane = end.lane;
    let stored = journal.read(lane, end.index, 1).map_err(failed)?.pop().flatten();
    let stored = stored.filter(|stored| stored.is_same_write(end));
    let gone = || Error::Chain { lane, reason: "its End has gone".to_owned() };
    let named = wire::journal::end(&stored.ok_or_else(gone)?.body);
    let named = named.map_err(|error| Error::Chain { lane, reason: error.to_string() })?;
    Ok(named.children)
}

const fn failed(fault: Fault) -> Error {
    Error::World { doing: "opening the lanes", fault }
}
