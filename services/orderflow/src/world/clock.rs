//! The system's clock: the one place of the whole that reads what time it is.
//!
//! Entry points: [`SystemClock`], [`now`], [`moment`].
//! A wall clock may jump; what measures durations uses [`moment`].

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use domain::Timestamp;
use ports::Clock;

/// Reads the system.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&mut self) -> Timestamp {
        now()
    }
}

/// Now, in UTC.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the true seam to the system's clock")]
pub fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    Timestamp(since.map_or(0, |since| i64::try_from(since.as_nanos()).unwrap_or(i64::MAX)))
}

/// A moment to measure durations from.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "limits on waiting are kept at the edge")]
pub fn moment() -> Instant {
    Instant::now()
}
