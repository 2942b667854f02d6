//! What a put is decided by: the next sequence of each shard, and how far each producer is.
//!
//! It outlives the segments that it came from: each new segment opens with it.

use std::collections::BTreeMap;

use domain::AccountKey;

use super::shards::{Reshard, Shards};
use super::{PRODUCERS_MAX, Placed};
use crate::log::frame::Reading;

/// Sequences and producers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct State {
    /// The last sequence of each shard.
    tips: Vec<u64>,
    pub(super) shards: Shards,
    pub(super) producers: Producers,
}

/// How far each producer is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Producers {
    /// Highest sequence, and when it last put something, by our own count of puts.
    highs: BTreeMap<u128, (u64, u64)>,
    puts: u64,
}

// === impl State ===

impl State {
    pub(super) fn new(shards: u32) -> Self {
        let (tips, shards) = (vec![0; shards as usize], Shards::new(shards));
        Self { tips, shards, producers: Producers::default() }
    }

    /// Splits or merges; gives the numbers of the shards that go on.
    ///
    /// # Errors
    /// Why it can't be done.
    pub(super) fn reshard(&mut self, change: Reshard) -> Result<Vec<u32>, String> {
        let children = self.shards.apply(change)?;
        self.tips.resize(self.shards.all().len(), 0);
        Ok(children)
    }

    pub(super) fn shards(&self) -> u32 {
        self.tips.len() as u32
    }

    pub(super) fn tip(&self, shard: u32) -> u64 {
        self.tips.get(shard as usize).copied().unwrap_or_default()
    }

    /// Gives a record its sequence, unless it is already there.
    pub(super) fn place(&mut self, key: AccountKey, producer: u128, sequence: u64) -> Placed {
        if !self.producers.admit(producer, sequence) {
            return Placed::AlreadyThere;
        }
        let shard = self.shards.of(key);
        let tip = &mut self.tips[shard as usize];
        *tip += 1;
        Placed::At { shard, sequence: *tip }
    }

    /// Counts a record that lies there. In a block records lie by shard, not in the order in which
    /// they were put, so a producer's sequences may seem to fall.
    pub(super) fn restore(&mut self, shard: u32, producer: u128, sequence: u64) {
        self.tips[shard as usize] += 1;
        self.producers.admit(producer, sequence);
    }

    /// All of it as bytes.
    pub(super) fn carry(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.shards.put(&mut bytes);
        for tip in &self.tips {
            bytes.extend_from_slice(&tip.to_be_bytes());
        }
        bytes.extend_from_slice(&self.producers.puts.to_be_bytes());
        for (producer, (high, last)) in &self.producers.highs {
            bytes.extend_from_slice(&producer.to_be_bytes());
            bytes.extend_from_slice(&high.to_be_bytes());
            bytes.extend_from_slice(&last.to_be_bytes());
        }
        bytes
    }

    /// The inverse of [`State::carry`].
    pub(super) fn of_carry(bytes: &[u8]) -> Option<Self> {
        let mut rest = Reading::new(bytes);
        let shards = Shards::read(&mut rest)?;
        let tips = shards.all().iter().map(|_| rest.u64()).collect();
        let puts = rest.u64();
        let mut highs = BTreeMap::new();
        while !rest.rest.is_empty() {
            highs.insert(rest.u128(), (rest.u64(), rest.u64()));
        }
        let producers = Producers { highs, puts };
        (!rest.is_short).then_some(Self { tips, shards, producers })
    }
}

// === impl Producers ===

impl Producers {
    pub(super) fn high(&self, producer: u128) -> Option<u64> {
        self.highs.get(&producer).map(|(high, _)| *high)
    }

    /// Moves a producer to `sequence`; false when it was there.
    fn admit(&mut self, producer: u128, sequence: u64) -> bool {
        let known = self.highs.get_mut(&producer);
        let is_new = known.is_none();
        let mut unknown = (0, 0);
        let row = known.unwrap_or(&mut unknown);
        if !is_new && sequence <= row.0 {
            return false;
        }
        self.puts += 1;
        *row = (sequence, self.puts);
        if is_new {
            self.forget_the_silent();
            self.highs.insert(producer, unknown);
        }
        true
    }

    fn forget_the_silent(&mut self) {
        if self.highs.len() < PRODUCERS_MAX {
            return;
        }
        let mut lasts: Vec<_> = self.highs.values().map(|(_, last)| *last).collect();
        lasts.sort_unstable();
        let median = lasts[lasts.len() / 2];
        self.highs.retain(|_, (_, last)| *last >= median);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sequence_counts_once_and_only_upwards() {
        let mut state = State::new(2);
        let (low, high) = (AccountKey(0), AccountKey(u128::MAX));
        assert_eq!(state.place(high, 7, 5), Placed::At { shard: 1, sequence: 1 });
        assert_eq!(state.place(low, 7, 5), Placed::AlreadyThere);
        assert_eq!(state.place(low, 7, 4), Placed::AlreadyThere);
        assert_eq!(state.place(low, 7, 9), Placed::At { shard: 0, sequence: 1 });
        assert_eq!(state.place(low, 8, 0), Placed::At { shard: 0, sequence: 2 });
        assert_eq!(state.place(low, 8, 0), Placed::AlreadyThere);
        assert_eq!(State::of_carry(&state.carry()), Some(state.clone()));
        assert_eq!(state.reshard(Reshard::Split { shard: 0, at: 5 }), Ok(vec![2, 3]));
        assert_eq!(state.place(low, 8, 1), Placed::At { shard: 2, sequence: 1 });
        assert_eq!(State::of_carry(&state.carry()), Some(state));
    }

    #[test]
    fn the_producers_that_were_silent_longest_are_forgotten_first() {
        let mut state = State::new(1);
        for producer in 0..PRODUCERS_MAX as u128 {
            state.place(AccountKey(0), producer, 1);
        }
        state.place(AccountKey(0), 0, 2);
        state.place(AccountKey(0), u128::MAX, 1);
        assert_eq!(state.producers.high(0), Some(2));
        assert_eq!(state.producers.high(1), None);
        assert_eq!(state.producers.high(u128::MAX), Some(1));
        assert!(state.producers.highs.len() <= PRODUCERS_MAX);
    }
}
