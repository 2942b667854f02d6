//! A table of rows that stay where they are: rows in one array, found by key through another.
//!
//! Entry points: [`Table::find`], [`Table::insert`], [`Table::remove`].
//! Keys are hashes already, so their low bits are their place; the index is at most half full,
//! probes linearly and closes its gaps on removal. So it never needs rebuilding in steady state, as
//! tombstones would, and allocates only when it grows past the room it was made with. It knows
//! nothing of what a row means, and keeps no order among rows.

/// A row that can be found by its key.
pub(crate) trait Row {
    /// What tells rows apart.
    type Key: Copy + Ord;
    /// The row's key.
    fn key(&self) -> Self::Key;
    /// 32 well-mixed bits of a key.
    fn spread(key: Self::Key) -> u32;
}

/// Where a row lies; stays the same until the row is removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Slot(u32);

impl Slot {
    /// No row.
    pub(crate) const NONE: Self = Self(u32::MAX);
}

/// Rows of one kind.
#[derive(Clone)]
pub(crate) struct Table<R> {
    rows: Vec<Option<R>>,
    free: Vec<u32>,
    /// 32 bits of the key, then slot + 1; 0 is empty. A power of two, at most half full.
    index: Vec<u64>,
    used: usize,
}

impl<R: Row> Table<R> {
    /// An empty table with room for `count` rows.
    pub(crate) fn with_room(count: usize) -> Self {
        let places = count.max(4).saturating_mul(2).next_power_of_two();
        Self {
            rows: Vec::with_capacity(count),
            free: Vec::with_capacity(count),
            index: vec![0; places],
            used: 0,
        }
    }

    /// Makes room for `count` rows in all, now rather than row by row.
    pub(crate) fn reserve(&mut self, count: usize) {
        while self.index.len() < count.saturating_mul(2) {
            self.grow();
        }
        self.rows.reserve_exact(count.saturating_sub(self.rows.len()));
        self.free.reserve_exact(count.saturating_sub(self.free.len()));
    }

    /// How many rows there are.
    pub(crate) const fn len(&self) -> usize {
        self.used
    }

    /// Where the row of `key` lies.
    pub(crate) fn find(&self, key: R::Key) -> Option<Slot> {
        self.place(key).map(|(_, slot)| slot)
    }

    /// The row at `slot`.
    pub(crate) fn get(&self, slot: Slot) -> Option<&R> {
        self.rows.get(slot.0 as usize)?.as_ref()
    }

    /// The row at `slot`, to change anything but its key.
    pub(crate) fn get_mut(&mut self, slot: Slot) -> Option<&mut R> {
        self.rows.get_mut(slot.0 as usize)?.as_mut()
    }

    /// The row of `key`.
    pub(crate) fn row(&self, key: R::Key) -> Option<&R> {
        self.get(self.find(key)?)
    }

    /// Every place that may hold a row; rows may be removed on the way.
    pub(crate) fn slots(&self) -> impl Iterator<Item = Slot> + use<R> {
        (0..self.rows.len() as u32).map(Slot)
    }

    /// Adds a row whose key isn't in the table.
    pub(crate) fn insert(&mut self, row: R) -> Slot {
        if (self.used + 1) * 2 > self.index.len() {
            self.grow();
        }
        let spread = R::spread(row.key());
        let slot = match self.free.pop() {
            Some(slot) => {
                if let Some(place) = self.rows.get_mut(slot as usize) {
                    *place = Some(row);
                }
                slot
            }
            None => {
                self.rows.push(Some(row));
                (self.rows.len() - 1) as u32
            }
        };
        self.used += 1;
        self.enter(spread, slot);
        Slot(slot)
    }

    /// Takes the row of `key` out.
    pub(crate) fn remove(&mut self, key: R::Key) -> Option<R> {
        let (mut hole, slot) = self.place(key)?;
        let mask = self.index.len() - 1;
        let mut at = hole;
        loop {
            at = (at + 1) & mask;
            let entry = self.index[at];
            if entry == 0 {
                break;
            }
            let home = (entry >> 32) as usize & mask;
            // An entry may move back into the hole unless its home lies after the hole.
            if at.wrapping_sub(home) & mask >= at.wrapping_sub(hole) & mask {
                self.index[hole] = entry;
                hole = at;
            }
        }
        self.index[hole] = 0;
        self.used -= 1;
        self.free.push(slot.0);
        self.rows.get_mut(slot.0 as usize)?.take()
    }

    /// The rows with their places, in no order that means anything.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Slot, &R)> {
        let rows = self.rows.iter().enumerate();
        rows.filter_map(|(slot, row)| row.as_ref().map(|row| (Slot(slot as u32), row)))
    }

    fn place(&self, key: R::Key) -> Option<(usize, Slot)> {
        let mask = self.index.len() - 1;
        let spread = R::spread(key);
        let mut at = spread as usize & mask;
        loop {
            let entry = self.index[at];
            if entry == 0 {
                return None;
            }
            if (entry >> 32) as u32 == spread {
                let slot = Slot((entry as u32).wrapping_sub(1));
                if self.get(slot).is_some_and(|row| row.key() == key) {
                    return Some((at, slot));
                }
            }
            at = (at + 1) & mask;
        }
    }

    fn enter(&mut self, spread: u32, slot: u32) {
        let mask = self.index.len() - 1;
        let mut at = spread as usize & mask;
        while self.index[at] != 0 {
            at = (at + 1) & mask;
        }
        self.index[at] = u64::from(spread) << 32 | u64::from(slot + 1);
    }

    fn grow(&mut self) {
        let larger = vec![0; self.index.len() * 2];
        let entries = std::mem::replace(&mut self.index, larger);
        for entry in entries.into_iter().filter(|entry| *entry != 0) {
            self.enter((entry >> 32) as u32, entry as u32 - 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    #[derive(Clone, Debug, PartialEq)]
    struct Pair(u32, u32);

    impl Row for Pair {
        type Key = u32;
        fn key(&self) -> u32 {
            self.0
        }
        // Few distinct values and neighbours that wrap around: as many collisions as can be.
        fn spread(key: u32) -> u32 {
            (key % 5).wrapping_sub(3)
        }
    }

    proptest! {
        #[test]
        fn a_table_is_a_map_whatever_is_put_in_and_taken_out(
            steps in prop::collection::vec((any::<bool>(), 0..24_u32, any::<u32>()), 0..400)
        ) {
            let mut table = Table::with_room(2);
            let mut model = BTreeMap::new();
            for (put, key, value) in steps {
                if put && table.find(key).is_none() {
                    let slot = table.insert(Pair(key, value));
                    prop_assert_eq!(table.get(slot), Some(&Pair(key, value)));
                    model.insert(key, value);
                } else if !put {
                    let taken = table.remove(key).map(|row| row.1);
                    prop_assert_eq!(taken, model.remove(&key));
                }
                prop_assert_eq!(table.len(), model.len());
                for key in 0..24 {
                    let found = table.row(key).map(|row| row.1);
                    prop_assert_eq!(found, model.get(&key).copied());
                }
            }
            prop_assert_eq!(table.iter().count(), model.len());
        }
    }
}
