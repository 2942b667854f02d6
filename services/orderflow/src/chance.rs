//! Seeded chance for generated flow: the same seed gives the same draws on every machine.
//!
//! Entry point: [`Chance::of_seed`]. It is SplitMix64: small, and good enough to shape flow with;
//! nothing that must be hard to guess is drawn from it.

/// A sequence of draws.
#[derive(Clone, Debug)]
pub struct Chance(u64);

impl Chance {
    /// The draws of a seed.
    #[must_use]
    pub const fn of_seed(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub const fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ bits >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ bits >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ bits >> 31
    }

    /// A number from `low` up to, not including, `high`; `low` when there is none between.
    pub const fn between(&mut self, low: u64, high: u64) -> u64 {
        if high <= low {
            return low;
        }
        // The bias is below 2^-32 for the small ranges that flow is made of.
        low + self.bits() % (high - low)
    }

    /// True in `count` of `of` draws.
    pub const fn once_in(&mut self, count: u64, of: u64) -> bool {
        self.between(0, of) < count
    }

    /// One of `choices`; `None` when there is none.
    pub fn pick<'a, T>(&mut self, choices: &'a [T]) -> Option<&'a T> {
        choices.get(self.between(0, choices.len() as u64) as usize)
    }

    /// Brings `items` into a drawn order.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.between(0, last as u64 + 1) as usize);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_draws_the_same_twice_and_another_seed_something_else() {
        let draws = |seed| {
            let mut chance = Chance::of_seed(seed);
            [chance.bits(), chance.between(5, 9), chance.between(3, 3)]
        };
        assert_eq!(draws(1), draws(1));
        assert_ne!(draws(1), draws(2));
        assert_eq!(draws(1)[2], 3);
    }

    #[test]
    fn a_shuffle_loses_nothing() {
        let mut items: Vec<u32> = (0..100).collect();
        Chance::of_seed(7).shuffle(&mut items);
        assert_ne!(items, (0..100).collect::<Vec<_>>());
        items.sort_unstable();
        assert_eq!(items, (0..100).collect::<Vec<_>>());
    }
}
