//! Where a record lies in its shard.

use std::fmt;

/// A Kinesis sequence number: 24 bytes big-endian, because real ones have about 186 bits.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sequence(pub [u8; 24]);

/// A place between records: everything at or before it is settled (INV-2).
///
/// A record that isn't aggregated has sub-sequence 0; positions compare by sequence, then
/// sub-sequence. The position before a shard's first record is [`Position::START`].
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The Kinesis record.
    pub sequence: Sequence,
    /// The user record inside an aggregate, from 0.
    pub sub_sequence: u32,
}

// === impl Sequence ===

impl Sequence {
    /// The sequence of a small number, as embedded streams count.
    #[must_use]
    pub fn of(number: u64) -> Self {
        let mut bytes = [0; 24];
        bytes[16..].copy_from_slice(&number.to_be_bytes());
        Self(bytes)
    }

    /// The number, if it fits 64 bits.
    #[must_use]
    pub fn number(&self) -> Option<u64> {
        let (high, low) = self.0.split_at(16);
        let low = <[u8; 8]>::try_from(low).ok()?;
        high.iter().all(|byte| *byte == 0).then(|| u64::from_be_bytes(low))
    }
}

impl fmt::Display for Sequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.number() {
            Some(number) => write!(f, "{number}"),
            None => self
                .0
                .iter()
                .skip_while(|byte| **byte == 0)
                .try_fold((), |(), byte| write!(f, "{byte:02x}")),
        }
    }
}

impl fmt::Debug for Sequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

// === impl Position ===

impl Position {
    /// Before the first record of a shard (sequence numbers start at 1).
    pub const START: Self = Self { sequence: Sequence([0; 24]), sub_sequence: 0 };

    /// A position of its parts.
    #[must_use]
    pub const fn new(sequence: Sequence, sub_sequence: u32) -> Self {
        Self { sequence, sub_sequence }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.sequence, self.sub_sequence)
    }
}

impl fmt::Debug for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_compare_by_sequence_then_sub_sequence() {
        let at = |number, sub| Position::new(Sequence::of(number), sub);
        assert!(Position::START < at(1, 0));
        assert!(at(1, 9) < at(2, 0));
        assert!(at(255, 0) < at(256, 0));
        assert_eq!(Sequence::of(77).number(), Some(77));
    }
}
