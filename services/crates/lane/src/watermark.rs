//! A number that only grows, written by one thread and read by others.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crossbeam::utils::CachePadded;

/// A shared number that only grows; what was written before it rose is seen by who reads it.
#[derive(Clone, Debug, Default)]
pub struct Watermark(Arc<CachePadded<AtomicU64>>);

impl Watermark {
    /// A watermark at `value`.
    #[must_use]
    pub fn new(value: u64) -> Self {
        Self(Arc::new(CachePadded::new(AtomicU64::new(value))))
    }

    /// Raises it; a lower value changes nothing.
    pub fn raise(&self, value: u64) {
        self.0.fetch_max(value, Ordering::Release);
    }

    /// Where it is.
    #[must_use]
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Acquire)
    }
}
