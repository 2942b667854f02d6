//! When a lane that ended may go: nobody reads it again.
//!
//! Entry points: [`retire`].
//!
//! Invariants: everything of it has left, the order view has its rows, and every child has a
//! snapshot of its own to be recovered and followed from. It ends no lane.
//!
//! On a crash the row is still there, and the next start does the rest.

use domain::LaneId;
use ports::{Fault, Journal as _, LaneRow, Leases as _, Limits as _, OrderView as _};
use ports::{Snapshots as _, World};

use crate::follow::Hands;
use crate::relay;

/// Index of an ended lane's End.
pub(crate) fn end_of(row: Option<&LaneRow>) -> Option<u64> {
    row.and_then(|row| row.ended.as_ref()).map(|ended| ended.index)
}

/// A lane's parents that somebody still needs, with the indexes of their Ends.
pub(crate) fn parents_of(row: &LaneRow, rows: &[LaneRow]) -> Vec<(LaneId, u64)> {
    let end = |lane: &LaneId| {
        let parent = rows.iter().find(|row| row.lane == *lane);
        Some((*lane, end_of(parent)?))
    };
    row.parents.iter().filter_map(end).collect()
}

/// Whether a lane has a snapshot of its own to be followed from. The one at its End, which the
/// lanes after it waited for, is none while something before it hasn't left.
fn can_be_followed<W: World>(hands: &mut Hands<W>, row: &LaneRow) -> Result<bool, Fault> {
    let snapshots = hands.snapshots.newest(row.lane)?;
    match end_of(Some(row)) {
        Some(end) if snapshots.iter().all(|(head, _)| head.index >= end) => {
            relay::has_all_left(&mut hands.cursors, row.lane, end)
        }
        _ => Ok(!snapshots.is_empty()),
    }
}

/// Lets a lane that has ended go, when everything of it has left and every child has a snapshot of
/// its own, so that nobody reads it again; says whether it went.
///
/// # Errors
/// A [`Fault`] of the stores.
pub fn retire<W: World>(
    hands: &mut Hands<W>,
    row: &LaneRow,
    rows: &[LaneRow],
) -> Result<bool, Fault> {
    let Some(ended) = &row.ended else { return Ok(false) };
    let (lane, index) = (row.lane, ended.index);
    let is_shown = hands.view.index(lane)?.is_some_and(|shown| shown >= index);
    if !is_shown || !relay::has_all_left(&mut hands.cursors, lane, index)? {
        return Ok(false);
    }
    for child in &ended.children {
        let Some(child) = rows.iter().find(|row| row.lane == *child) else { continue };
        if !can_be_followed(hands, child)? {
            return Ok(false);
        }
    }
    // A child adds what it was given to its own part of each limit, and takes the lane's row out.
    let items = hands.limits.items()?;
    if items.iter().any(|item| item.row(lane).is_some()) {
        return Ok(false);
    }
    // The row last: until it has gone, the next start does the rest.
    hands.journal.release(lane, index)?;
    hands.snapshots.forget(lane)?;
    hands.leases.remove(lane)?;
    Ok(true)
}

/// Lets go of ended lanes that nobody needs; gives the others' rows.
pub(crate) fn retired<W: World>(
    hands: &mut Hands<W>,
    rows: &[LaneRow],
) -> Result<Vec<LaneRow>, Fault> {
    let mut left = Vec::new();
    for row in rows {
        if row.ended.is_none() || !retire(hands, row, rows)? {
            left.push(row.clone());
        }
    }
    Ok(left)
}
