//! What the books count for controls from a place in the journal on.
//!
//! Entry points: [`Counting`].
//! Invariants: INV-10. Periods are recorded by value (`Control::Counting`), so that a fold counts
//! as the line did; rates and periods follow lane time alone.

use crate::time::Timestamp;

/// Whether exposure, positions, rates and repeats are counted, and over which periods.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counting {
    /// Off: nothing is counted, as in entries of the first decision rules.
    pub is_on: bool,
    /// Period of `MESSAGE_RATE` in nanoseconds; 0: not counted.
    pub messages_ns: i64,
    /// Period of `REPEAT_EXECUTION` in nanoseconds; 0: not counted.
    pub executions_ns: i64,
    /// Period of `PRICE_COLLAR` in nanoseconds; 0: not counted.
    pub collar_ns: i64,
}

/// When the period that holds `time` began: periods of one length follow one another from
/// 1970-01-01 on. 0 where nothing is counted.
#[must_use]
pub const fn period_start(time: Timestamp, period_ns: i64) -> Timestamp {
    if period_ns <= 0 {
        return Timestamp(0);
    }
    Timestamp(time.0 - time.0.rem_euclid(period_ns))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_follow_one_another_without_gaps() {
        assert_eq!(period_start(Timestamp(999), 1_000), Timestamp(0));
        assert_eq!(period_start(Timestamp(1_000), 1_000), Timestamp(1_000));
        assert_eq!(period_start(Timestamp(1_999), 1_000), Timestamp(1_000));
        assert_eq!(period_start(Timestamp(1_999), 0), Timestamp(0));
    }
}
