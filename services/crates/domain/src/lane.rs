//! A lane: one shard's ordered path, and which accounts are its own.

use std::fmt;

use crate::identity::AccountKey;

/// Name of a lane: application, Region, stream and its creation time, shard, Region epoch, hashed
/// to 128 bits, so that neither a re-created stream nor another Region's stream of the same name
/// meets a chain that isn't its own. The parts stand in the Begin entry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LaneId(pub u128);

/// Who may write: grows with every take-over; the journal is its only authority (INV-3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Epoch(pub u64);

/// The account keys of a lane, both ends included, as Kinesis gives a shard's hash range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HashRange {
    /// Lowest key.
    pub first: u128,
    /// Highest key.
    pub last: u128,
}

// === impl LaneId ===

impl LaneId {
    /// The lane of a shard of a stream that an application reads in a Region.
    #[must_use]
    pub fn of(application: &str, region: &str, stream: &str, created_ns: i64, shard: &str) -> Self {
        let created = created_ns.to_be_bytes();
        let parts: [&[u8]; 5] = [
            application.as_bytes(),
            region.as_bytes(),
            stream.as_bytes(),
            &created,
            shard.as_bytes(),
        ];
        Self(u128::from_be_bytes(crate::hash::content(&parts)))
    }
}

impl fmt::Display for LaneId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

// === impl HashRange ===

impl HashRange {
    /// The whole hash space.
    pub const ALL: Self = Self { first: 0, last: u128::MAX };

    /// The `index`-th of `count` equal parts of the space; the last takes what is left over.
    #[must_use]
    pub fn part(index: u32, count: u32) -> Self {
        let (index, count) = (u128::from(index), u128::from(count.max(1)));
        let width = u128::MAX / count;
        let last = if index + 1 >= count { u128::MAX } else { (index + 1) * width - 1 };
        Self { first: index * width, last }
    }

    /// Whether an account lies in the range.
    #[must_use]
    pub const fn contains(&self, account: AccountKey) -> bool {
        self.first <= account.0 && account.0 <= self.last
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_cover_the_space_without_overlap() {
        for count in [1, 2, 3, 4, 7, 64] {
            let parts: Vec<_> = (0..count).map(|index| HashRange::part(index, count)).collect();
            assert_eq!(parts[0].first, 0);
            assert_eq!(parts[parts.len() - 1].last, u128::MAX);
            assert!(parts.windows(2).all(|pair| pair[0].last + 1 == pair[1].first));
        }
    }
}
