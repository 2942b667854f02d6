//! Moves what lanes may use of limits that span them, off the line.
//!
//! Entry points: [`Allotter::open`], [`Allotter::look`], [`Allotter::seen`].
//!
//! Invariants: INV-12, by the steps of `allot`: an item is written only over the version that was
//! read, a lane's journal only by decide, and one entry of a lane and limit is under way at a time.
//! Limits: [`STEPS_MAX`] writes of a lane and limit at one look.
//!
//! It reads books as far as their entries are committed, and decides nothing about orders.
//!
//! On a crash what was under way is found again at the next look.

use std::collections::{BTreeMap, BTreeSet};

use books::Books;
use domain::{Configuration, Control, LaneId, LimitKey};
use lane::Sender;
use ports::{Fault, LimitItem, Limits};

use crate::allot::{Limit, Next, Own, Shares};
use crate::control::InForce;
use crate::decide::Change;

/// Writes of a lane and limit at one look; the next goes on.
const STEPS_MAX: usize = 4;

/// A lane's parent: each child with its shares.
#[derive(Clone, Debug)]
pub struct Parent {
    /// The parent.
    pub lane: LaneId,
    /// Who goes on with what.
    pub children: Vec<(LaneId, Vec<(LimitKey, i128)>)>,
}

/// A lane whose committed books are all folded.
#[derive(Clone, Copy)]
pub struct Side<'a> {
    /// Its place among the process's lanes.
    pub slot: usize,
    /// The lane.
    pub lane: LaneId,
    /// Its books.
    pub books: &'a Books,
    /// The lanes that it came from.
    pub parents: &'a [Parent],
}

/// What is under way.
#[derive(Debug, Default)]
pub struct Allotter {
    under_way: BTreeSet<(usize, LimitKey)>,
}

impl Allotter {
    /// Shares out before a line reads its first record, so that none is refused for want of what
    /// is there. `sides` are all the lanes, as they were recovered.
    ///
    /// # Errors
    /// A [`Fault`] of the control table that doesn't pass; after one that does, the first look goes
    /// on.
    pub fn open<'a>(
        limits: &mut impl Limits,
        sets: &InForce,
        sides: impl Iterator<Item = Side<'a>>,
        changes: &mut Sender<Change>,
    ) -> Result<Self, Fault> {
        let mut allotter = Self::default();
        let sides: Vec<Side<'_>> = sides.collect();
        allotter.look(limits, sets.set().as_deref(), (&sides, sides.len()), changes)?;
        Ok(allotter)
    }

    /// A lane's committed entries say what it has of a limit.
    pub fn seen(&mut self, slot: usize, limit: LimitKey) {
        self.under_way.remove(&(slot, limit));
    }

    /// Does what is next for each lane and limit; says whether anything was.
    ///
    /// # Errors
    /// A [`Fault`] of the control table that doesn't pass; after one that does, the next look goes
    /// on.
    pub fn look(
        &mut self,
        limits: &mut impl Limits,
        set: Option<&Configuration>,
        sides: (&[Side<'_>], usize),
        changes: &mut Sender<Change>,
    ) -> Result<bool, Fault> {
        match self.try_look(limits, set, sides, changes) {
            Err(Fault::Retry(_) | Fault::Unknown) => Ok(false),
            looked => looked,
        }
    }

    fn try_look(
        &mut self,
        limits: &mut impl Limits,
        set: Option<&Configuration>,
        (sides, lanes): (&[Side<'_>], usize),
        changes: &mut Sender<Change>,
    ) -> Result<bool, Fault> {
        let items = limits.items()?;
        let asked = asked(set, &items, lanes);
        if asked.is_empty() {
            return Ok(false);
        }
        let mut items: BTreeMap<LimitKey, LimitItem> =
            items.into_iter().map(|item| (item.limit, item)).collect();
        let mut any = false;
        for side in sides {
            for limit in &asked {
                any |= self.step(limits, limit, (side, &mut items), changes)?;
            }
        }
        Ok(any)
    }

    fn step(
        &mut self,
        limits: &mut impl Limits,
        limit: &Limit,
        (side, items): (&Side<'_>, &mut BTreeMap<LimitKey, LimitItem>),
        changes: &mut Sender<Change>,
    ) -> Result<bool, Fault> {
        let key = limit.limit;
        if self.under_way.contains(&(side.slot, key)) {
            return Ok(false);
        }
        let parents: Vec<Shares> = side.parents.iter().map(|parent| shares(parent, key)).collect();
        let (lane, allotment) = (side.lane, side.books.allotment(key));
        let own = Own { lane, allotment, parents: &parents };
        let mut any = false;
        for _ in 0..STEPS_MAX {
            match own.next(limit, items.get(&key)) {
                Next::Rest => break,
                Next::Enter { amount, transfer } => {
                    let control = Control::Allotment { limit: key, amount, transfer };
                    let lane = Some(side.slot as u16);
                    if changes.send(Change { lane, control, configuration: None }).is_ok() {
                        self.under_way.insert((side.slot, key));
                        any = true;
                    }
                    break;
                }
                Next::Write(item) => {
                    if !limits.put(item.clone())? {
                        // Another came between: read again at the next look.
                        break;
                    }
                    items.insert(key, item);
                    any = true;
                }
            }
        }
        Ok(any)
    }
}

/// The limits that the set in force names, and those that lanes still have something of.
fn asked(set: Option<&Configuration>, items: &[LimitItem], lanes: usize) -> Vec<Limit> {
    let mut asked: BTreeMap<LimitKey, Limit> = BTreeMap::new();
    for item in items {
        let LimitItem { limit, amount, set, .. } = *item;
        asked.insert(limit, Limit { limit, amount, set, lanes });
    }
    for known in set.into_iter().flat_map(|set| &set.spanning) {
        for limit in known.halves() {
            let (amount, set) = (known.amount, set.map_or(0, |set| set.number));
            asked.insert(limit, Limit { limit, amount, set, lanes });
        }
    }
    asked.into_values().collect()
}

fn shares(parent: &Parent, limit: LimitKey) -> Shares {
    let share = |(child, shares): &(LaneId, Vec<(LimitKey, i128)>)| {
        let own = shares.iter().find(|share| share.0 == limit);
        (*child, own.map_or(0, |share| share.1))
    };
    Shares { parent: parent.lane, children: parent.children.iter().map(share).collect() }
}
