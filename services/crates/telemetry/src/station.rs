//! Latency of a station: a histogram that its thread alone writes, handed over when it is asked
//! for.
//!
//! Entry points: [`station`] makes the two ends: [`StationRecorder`] for the stage, [`StationView`]
//! for whoever shows figures.
//! Limits: 1 ns to [`LATENCY_NS_MAX`], longer counts as that; 3 significant digits. All memory is
//! taken at start; recording and handing over allocate nothing.
//! It knows no clock: the stage measures and hands the figure in.
//! On a crash the window is lost.
//!
//! ```text
//!            ask()                      offer()                    take()
//!   idle ────────────▶ wanted ─────────────────────▶ offered ────────────────▶ idle
//! ```
//! Who may touch the shared histogram follows from the state, so its lock is never contended.

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use hdrhistogram::Histogram;

use crate::labels::Quantile;

/// The longest latency that is told apart: 100 s.
pub const LATENCY_NS_MAX: u64 = 100_000_000_000;

const IDLE: u8 = 0;
const WANTED: u8 = 1;
const OFFERED: u8 = 2;

/// The stage's end. One thread holds it.
pub struct StationRecorder {
    /// `None` only if the histogram's bounds were refused, which they aren't.
    window: Option<Histogram<u64>>,
    shared: Arc<Shared>,
}

/// The reader's end: the last window and everything since the start.
pub struct StationView {
    window: Option<Histogram<u64>>,
    records: u64,
    shared: Arc<Shared>,
}

struct Shared {
    state: AtomicU8,
    handed: Mutex<Option<Histogram<u64>>>,
}

/// The two ends of a station's latency.
#[must_use]
pub fn station() -> (StationRecorder, StationView) {
    let empty = || Histogram::new_with_bounds(1, LATENCY_NS_MAX, 3).ok();
    let shared = Arc::new(Shared { state: AtomicU8::new(IDLE), handed: Mutex::new(empty()) });
    let recorder = StationRecorder { window: empty(), shared: Arc::clone(&shared) };
    (recorder, StationView { window: empty(), records: 0, shared })
}

// === impl StationRecorder ===

impl StationRecorder {
    /// Notes that `records` records took `latency_ns` each.
    pub fn record(&mut self, latency_ns: u64, records: u64) {
        if let Some(window) = &mut self.window {
            window.saturating_record_n(latency_ns.clamp(1, LATENCY_NS_MAX), records);
        }
    }

    /// Hands the window over if it is asked for; call once per turn. Costs one load when it isn't.
    pub fn offer(&mut self) {
        if self.shared.state.load(Ordering::Acquire) != WANTED {
            return;
        }
        let mut handed = self.shared.handed.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::swap(&mut *handed, &mut self.window);
        drop(handed);
        self.shared.state.store(OFFERED, Ordering::Release);
    }
}

// === impl StationView ===

impl StationView {
    /// Takes what was handed over as the window, and asks for the next. True when the window is
    /// new.
    pub fn refresh(&mut self) -> bool {
        let state = self.shared.state.load(Ordering::Acquire);
        if state == IDLE {
            self.shared.state.store(WANTED, Ordering::Release);
        }
        if state != OFFERED {
            return false;
        }
        let mut handed = self.shared.handed.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::swap(&mut *handed, &mut self.window);
        if let Some(old) = handed.as_mut() {
            old.reset();
        }
        drop(handed);
        self.records += self.window.as_ref().map_or(0, Histogram::len);
        self.shared.state.store(WANTED, Ordering::Release);
        true
    }

    /// A figure of the window in nanoseconds; 0 when nothing was recorded in it.
    #[must_use]
    pub fn latency_ns(&self, quantile: Quantile) -> u64 {
        let Some(window) = self.window.as_ref().filter(|window| !window.is_empty()) else {
            return 0;
        };
        match quantile {
            Quantile::P50 => window.value_at_quantile(0.5),
            Quantile::P99 => window.value_at_quantile(0.99),
            Quantile::P999 => window.value_at_quantile(0.999),
            Quantile::Max => window.max(),
        }
    }

    /// Records measured in all windows that were taken.
    #[must_use]
    pub const fn records(&self) -> u64 {
        self.records
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_is_handed_over_once_and_the_next_begins_empty() {
        let (mut recorder, mut view) = station();
        assert!(!view.refresh());
        for latency in 1..=1_000 {
            recorder.record(latency * 1_000, 1);
        }
        recorder.offer();
        assert!(view.refresh());
        let p50 = view.latency_ns(Quantile::P50);
        assert!((499_000..=501_000).contains(&p50), "{p50}");
        assert_eq!(view.records(), 1_000);
        recorder.record(7, 2);
        recorder.offer();
        assert!(view.refresh());
        assert_eq!(view.latency_ns(Quantile::Max), 7);
        assert_eq!(view.records(), 1_002);
    }

    #[test]
    fn nothing_is_handed_over_unasked() {
        let (mut recorder, mut view) = station();
        recorder.record(5, 1);
        recorder.offer();
        assert!(!view.refresh());
        assert_eq!(view.latency_ns(Quantile::P99), 0);
    }

    #[test]
    fn a_latency_beyond_the_range_counts_as_the_longest() {
        let (mut recorder, mut view) = station();
        view.refresh();
        recorder.record(u64::MAX, 1);
        recorder.record(0, 1);
        recorder.offer();
        assert!(view.refresh());
        let max = view.latency_ns(Quantile::Max);
        let near = LATENCY_NS_MAX..LATENCY_NS_MAX + LATENCY_NS_MAX / 500;
        assert!(near.contains(&max), "{max}");
        assert_eq!(view.records(), 2);
    }
}
