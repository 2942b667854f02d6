//! Which shards there are: account keys, and what goes on where one was closed.
//!
//! The open shards' ranges cover every key once, at every moment.

use domain::{AccountKey, HashRange};

use crate::log::frame::Reading;

/// Shards of a stream in all its life, closed ones included.
pub const SHARDS_MAX: usize = 1_024;

/// A shard of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shard {
    /// The account keys whose records lie there.
    pub range: HashRange,
    /// The shards that it goes on from: none of a first one, one of a split, two of a merge.
    pub parents: Vec<u32>,
    /// Nothing is put there any more.
    pub is_closed: bool,
}

/// How open shards are replaced by others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reshard {
    /// One by two.
    Split {
        /// Which.
        shard: u32,
        /// First key of the second child: above the shard's first, at most its last.
        at: u128,
    },
    /// Two whose ranges meet by one.
    Merge {
        /// Which, the lower range first.
        shards: [u32; 2],
    },
}

/// All shards, by number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Shards(Vec<Shard>);

/// Of the first word of what a stream carries on, when it was ever split or merged.
const RELATED: u32 = 1 << 31;

// === impl Shards ===

impl Shards {
    /// The shards that a stream begins with: equal parts.
    pub(super) fn new(count: u32) -> Self {
        let shard = |number| Shard {
            range: HashRange::part(number, count),
            parents: Vec::new(),
            is_closed: false,
        };
        Self((0..count).map(shard).collect())
    }

    pub(super) fn all(&self) -> &[Shard] {
        &self.0
    }

    /// How many it began with.
    pub(super) fn roots(&self) -> u32 {
        self.0.iter().filter(|shard| shard.parents.is_empty()).count() as u32
    }

    /// The open shard that holds a key.
    pub(super) fn of(&self, key: AccountKey) -> u32 {
        let holds = |shard: &Shard| !shard.is_closed && shard.range.contains(key);
        self.0.iter().position(holds).unwrap_or_default() as u32
    }

    /// The shards that go on where one was closed.
    pub(super) fn children(&self, shard: u32) -> impl Iterator<Item = (u32, &Shard)> {
        let each = (0..).zip(&self.0);
        each.filter(move |(_, child)| child.parents.contains(&shard))
    }

    /// The numbers of the shards that it adds.
    ///
    /// # Errors
    /// Why it can't be done, for a person.
    pub(super) fn apply(&mut self, change: Reshard) -> Result<Vec<u32>, String> {
        let (parents, ranges) = self.plan(change)?;
        if self.0.len() + ranges.len() > SHARDS_MAX {
            return Err(format!("the stream has had its {SHARDS_MAX} shards"));
        }
        for parent in &parents {
            self.0[*parent as usize].is_closed = true;
        }
        let first = self.0.len() as u32;
        for range in &ranges {
            let (range, parents) = (*range, parents.clone());
            self.0.push(Shard { range, parents, is_closed: false });
        }
        Ok((first..first + ranges.len() as u32).collect())
    }

    fn open(&self, number: u32) -> Result<HashRange, String> {
        match self.0.get(number as usize) {
            None => Err(format!("there is no shard {number}")),
            Some(shard) if shard.is_closed => Err(format!("shard {number} is closed")),
            Some(shard) => Ok(shard.range),
        }
    }

    fn plan(&self, change: Reshard) -> Result<(Vec<u32>, Vec<HashRange>), String> {
        match change {
            Reshard::Split { shard, at } => {
                let HashRange { first, last } = self.open(shard)?;
                if at <= first || at > last {
                    let range = format!("{first:032x} and {last:032x}");
                    return Err(format!("shard {shard} can be split between {range} alone"));
                }
                let low = HashRange { first, last: at - 1 };
                Ok((vec![shard], vec![low, HashRange { first: at, last }]))
            }
            Reshard::Merge { shards: [low, high] } => {
                let (below, above) = (self.open(low)?, self.open(high)?);
                if below.last.checked_add(1) != Some(above.first) {
                    return Err(format!("the ranges of shards {low} and {high} don't meet"));
                }
                let whole = HashRange { first: below.first, last: above.last };
                Ok((vec![low, high], vec![whole]))
            }
        }
    }

    /// Their count and, once there was a split or merge, all about them.
    pub(super) fn put(&self, out: &mut Vec<u8>) {
        let (count, related) = (self.0.len() as u32, self.roots() != self.0.len() as u32);
        out.extend_from_slice(&(count | if related { RELATED } else { 0 }).to_be_bytes());
        for shard in self.0.iter().filter(|_| related) {
            out.extend_from_slice(&shard.range.first.to_be_bytes());
            out.extend_from_slice(&shard.range.last.to_be_bytes());
            out.extend_from_slice(&[u8::from(shard.is_closed), shard.parents.len() as u8]);
            shard.parents.iter().for_each(|parent| out.extend_from_slice(&parent.to_be_bytes()));
        }
    }

    /// The inverse of [`Shards::put`].
    pub(super) fn read(rest: &mut Reading<'_>) -> Option<Self> {
        let word = rest.u32();
        let count = word & !RELATED;
        if count as usize > SHARDS_MAX.min(rest.rest.len()) {
            return None;
        }
        if word & RELATED == 0 {
            return Some(Self::new(count));
        }
        let shards = (0..count).map(|_| {
            let range = HashRange { first: rest.u128(), last: rest.u128() };
            let (is_closed, parents) = (rest.u8() != 0, rest.u8());
            let parents = (0..parents).map(|_| rest.u32()).collect();
            Shard { range, parents, is_closed }
        });
        let shards = shards.collect();
        (!rest.is_short).then_some(Self(shards))
    }
}

// === impl Reshard ===

impl Reshard {
    /// As a frame's body.
    pub(super) fn bytes(self) -> Vec<u8> {
        let (kind, first, second) = match self {
            Self::Split { shard, at } => (1, shard, at),
            Self::Merge { shards: [low, high] } => (2, low, u128::from(high)),
        };
        let mut out = vec![kind];
        out.extend_from_slice(&u32::to_be_bytes(first));
        out.extend_from_slice(&second.to_be_bytes());
        out
    }

    /// The inverse of [`Reshard::bytes`].
    pub(super) fn read(body: &[u8]) -> Option<Self> {
        let mut rest = Reading::new(body);
        let (kind, first, second) = (rest.u8(), rest.u32(), rest.u128());
        match kind {
            _ if rest.is_short => None,
            1 => Some(Self::Split { shard: first, at: second }),
            2 => Some(Self::Merge { shards: [first, u32::try_from(second).ok()?] }),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_any_splits_and_merges_each_key_lies_in_one_open_shard() {
        let mut shards = Shards::new(2);
        let half = HashRange::part(1, 2).first;
        assert_eq!(shards.apply(Reshard::Split { shard: 0, at: 77 }), Ok(vec![2, 3]));
        assert_eq!(shards.apply(Reshard::Merge { shards: [3, 1] }), Ok(vec![4]));
        for (key, shard) in [(0, 2), (76, 2), (77, 4), (half, 4), (u128::MAX, 4)] {
            assert_eq!(shards.of(AccountKey(key)), shard);
        }
        let open = shards.all().iter().filter(|shard| !shard.is_closed);
        assert_eq!(open.count(), 2);
        assert_eq!(shards.children(1).map(|(number, _)| number).collect::<Vec<_>>(), [4]);
        assert_eq!(shards.roots(), 2);
        let mut bytes = Vec::new();
        shards.put(&mut bytes);
        assert_eq!(Shards::read(&mut Reading::new(&bytes)), Some(shards));
    }

    #[test]
    fn what_cant_be_split_or_merged_is_refused_and_changes_nothing() {
        let mut shards = Shards::new(2);
        let before = shards.clone();
        for change in [
            Reshard::Split { shard: 2, at: 9 },
            Reshard::Split { shard: 0, at: 0 },
            Reshard::Split { shard: 0, at: u128::MAX },
            Reshard::Merge { shards: [1, 0] },
            Reshard::Merge { shards: [0, 0] },
        ] {
            assert!(shards.apply(change).is_err(), "{change:?}");
            assert_eq!(Reshard::read(&change.bytes()), Some(change));
        }
        assert_eq!(shards, before);
        shards.apply(Reshard::Split { shard: 0, at: 9 }).unwrap();
        assert!(shards.apply(Reshard::Split { shard: 0, at: 5 }).is_err());
        assert_eq!(Reshard::read(&[3; 21]), None);
        assert_eq!(Reshard::read(&[1; 20]), None);
    }
}
