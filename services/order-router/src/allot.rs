//! What a lane does next about its part of a limit that spans lanes.
//!
//! ```text
//!  grant       item: row t+1, more --> journal: amount, t+1        a crash between two of them is
//!  give back   journal: less, t    --> item: row, what it has      healed by the next look: a row
//!  re-shard    End: shares --> Begin: sum of shares                ahead is entered, a row above
//!                          --> item: parent's row out, shares in   its lane's amount is lowered
//! ```
//!
//! Entry points: [`Own::next`].
//!
//! Invariants: INV-12: a lane never has more than its row, nor rows together more than the limit;
//! one transfer of a lane and limit is under way at a time. While a parent's row stands, a child
//! writes nothing but its move. It neither reads nor writes: what to do is handed back.
//!
//! On a crash nothing is lost: item and journal say everything.

use domain::{Allotment, LaneId, LimitKey};
use ports::{LimitItem, LimitRow};

/// Allotments that a limit is thought to be divided into, per lane: one is what a lane keeps free.
const PARTS: i128 = 8;

/// A limit as the set in force has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// Its key.
    pub limit: LimitKey,
    /// What all lanes may use together.
    pub amount: i128,
    /// Number of the set.
    pub set: u64,
    /// How many lanes share it.
    pub lanes: usize,
}

/// A lane's parent, and who goes on with what of the limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shares {
    /// The parent.
    pub parent: LaneId,
    /// Each child's share, as the parent's live End says.
    pub children: Vec<(LaneId, i128)>,
}

/// A lane's side of a limit, as its chain has it.
#[derive(Clone, Copy, Debug)]
pub struct Own<'a> {
    /// The lane.
    pub lane: LaneId,
    /// What its books say.
    pub allotment: Allotment,
    /// The lanes that it came from.
    pub parents: &'a [Shares],
}

/// What to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// Nothing.
    Rest,
    /// Put this into the lane's journal.
    Enter {
        /// The amount from there on.
        amount: i128,
        /// Number of the transfer.
        transfer: u64,
    },
    /// Write the item, of the version above the one that was read.
    Write(LimitItem),
}

impl Own<'_> {
    /// The next step, over the item as it was just read.
    #[must_use]
    pub fn next(&self, limit: &Limit, item: Option<&LimitItem>) -> Next {
        let Some(item) = item else {
            let Limit { limit, amount, set, .. } = *limit;
            return Next::Write(LimitItem { limit, version: 1, amount, set, rows: Vec::new() });
        };
        if let Some(moved) = self.moved(item) {
            return Next::Write(moved);
        }
        let Allotment { amount, transfer, .. } = self.allotment;
        if let Some(row) = item.row(self.lane) {
            if row.transfer > transfer || row.transfer == transfer && row.amount < amount {
                return Next::Enter { amount: row.amount, transfer: row.transfer };
            }
            if row.transfer == transfer && row.amount > amount {
                return Next::Write(self.with_row(item, |row| row.amount = amount));
            }
        }
        match relimited(limit, item) {
            Some(item) => Next::Write(item),
            None => self.transfer(limit, item),
        }
    }

    /// The item with a parent's row taken out, and its shares added to its children's.
    fn moved(&self, item: &LimitItem) -> Option<LimitItem> {
        let stands = |shares: &&Shares| item.row(shares.parent).is_some();
        let shares = self.parents.iter().find(stands)?;
        let mut moved = next_version(item);
        moved.rows.retain(|row| row.lane != shares.parent);
        for (child, share) in &shares.children {
            match moved.rows.iter_mut().find(|row| row.lane == *child) {
                Some(row) => row.amount = row.amount.saturating_add(*share),
                None => moved.rows.push(LimitRow {
                    lane: *child,
                    amount: *share,
                    transfer: 0,
                    wants: false,
                }),
            }
        }
        Some(moved)
    }

    /// Grants, asks, or gives back.
    fn transfer(&self, limit: &Limit, item: &LimitItem) -> Next {
        let Allotment { amount, used, transfer } = self.allotment;
        let lanes = limit.lanes.max(1) as i128;
        // A lane that hasn't heard of the newest set goes by what the item says.
        let whole = if limit.set > item.set { limit.amount } else { item.amount };
        let spare = (whole / (PARTS * lanes)).max(1);
        let left = self.allotment.left();
        if item.amount > whole {
            // The limit was lowered and isn't in force yet: what isn't used makes it fit.
            return match left > 0 {
                true => Next::Enter { amount: used.max(0), transfer },
                false => Next::Rest,
            };
        }
        let wants = item.row(self.lane).is_some_and(|row| row.wants);
        if left < spare {
            let target = used.saturating_add(2 * spare).max(whole / lanes);
            let missing = target.saturating_sub(amount);
            let granted = missing.min(item.free()).max(0);
            let wants_more = granted < missing.min(spare.saturating_sub(left));
            if granted > 0 {
                return Next::Write(self.with_row(item, |row| {
                    row.amount = amount.saturating_add(granted);
                    row.transfer = transfer + 1;
                    row.wants = wants_more;
                }));
            }
            return match wants {
                true => Next::Rest,
                false => Next::Write(self.with_row(item, |row| row.wants = true)),
            };
        }
        if wants {
            return Next::Write(self.with_row(item, |row| row.wants = false));
        }
        let is_asked = item.rows.iter().any(|row| row.wants) && item.free() < spare;
        if is_asked && left > spare + spare / 4 {
            return Next::Enter { amount: used.saturating_add(spare), transfer };
        }
        Next::Rest
    }

    fn with_row(&self, item: &LimitItem, change: impl FnOnce(&mut LimitRow)) -> LimitItem {
        let mut changed = next_version(item);
        let Allotment { amount, transfer, .. } = self.allotment;
        if changed.row(self.lane).is_none() {
            changed.rows.push(LimitRow { lane: self.lane, amount, transfer, wants: false });
        }
        if let Some(row) = changed.rows.iter_mut().find(|row| row.lane == self.lane) {
            change(row);
        }
        changed
    }
}

/// The item with the newer set's limit, where its rows fit that.
fn relimited(limit: &Limit, item: &LimitItem) -> Option<LimitItem> {
    let is_newer = limit.set > item.set && limit.amount != item.amount;
    if !is_newer || limit.amount < item.allotted() {
        return None;
    }
    Some(LimitItem { amount: limit.amount, set: limit.set, ..next_version(item) })
}

fn next_version(item: &LimitItem) -> LimitItem {
    LimitItem { version: item.version + 1, ..item.clone() }
}
