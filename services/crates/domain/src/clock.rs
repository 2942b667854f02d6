//! What a lane's own clock said when it took a record in and when it decided it.
//!
//! Entry points: [`TurnClock`], [`ClockSource`].
//! It is recorded beside decisions, as evidence (RTS 25, CAT). Of the controls `STALE_ORDER` alone
//! reads it, as it is recorded.

use crate::time::Timestamp;

/// What disciplines a clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
pub enum ClockSource {
    /// Nobody has said.
    #[default]
    Unknown = 0,
    /// The machine's own oscillator.
    System = 1,
    /// NTP.
    Ntp = 2,
    /// PTP, a hardware clock.
    Ptp = 3,
}

/// The clock as it was read, once per turn of a stage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TurnClock {
    /// When the router took the record in hand.
    pub received: Timestamp,
    /// When it was decided.
    pub decided: Timestamp,
    /// What disciplines the clock.
    pub source: ClockSource,
    /// How far it may be from UTC, in nanoseconds; 0: not known.
    pub error_ns: u32,
}

impl ClockSource {
    /// Every source, in the order of their numbers.
    pub const ALL: &'static [Self] = &[Self::Unknown, Self::System, Self::Ntp, Self::Ptp];

    /// The source of its number; one that isn't known counts as unknown.
    #[must_use]
    pub fn of_code(code: u8) -> Self {
        Self::ALL.get(usize::from(code)).copied().unwrap_or_default()
    }

    /// The name in settings and answers.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::System => "system",
            Self::Ntp => "ntp",
            Self::Ptp => "ptp",
        }
    }
}
