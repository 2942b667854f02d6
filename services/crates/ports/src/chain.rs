//! The protocol of the chain that every owner follows, over any [`crate::Journal`].
//!
//! Entry points, in the order of a lane's life: [`Reader`] (to the live end), [`Opening`] (Begin,
//! or take-over by Seal), [`Owner`] (entries in a window, contiguous commits, the End).
//!
//! Invariants: INV-1 (only live entries are visited), INV-3 (`own`), INV-4 and INV-5 (`write`).
//! Limits: [`WINDOW_MAX`] entries in flight, [`READ_COUNT`] slots per read.
//!
//! It knows no store, no body, no thread and no clock: `now` is handed in, and only back-off reads
//! it. Whether a lane may be written is answered by the journal alone.
//!
//! A crash at any step leaves items in slots; the next opening reads them as any other's.

pub mod own;
pub mod read;
pub mod write;

pub use own::{Begin, Opened, Opening};
pub use read::{Error, Reader};
pub use write::{Draft, Owner};

/// Most entries of a lane in flight (INV-5).
pub const WINDOW_MAX: u64 = 8;

/// Slots per read: few enough for one answer, enough that a long tail is read quickly.
pub const READ_COUNT: usize = 64;

/// First back-off after a put wasn't done, in nanoseconds; it doubles up to [`RETRY_NS_MAX`].
pub const RETRY_NS_MIN: i64 = 1_000_000;

/// Longest back-off, in nanoseconds.
pub const RETRY_NS_MAX: i64 = 500_000_000;

/// Tickets carry the lane's number among its process's lanes above the index, so that one handle
/// serves all of them.
#[must_use]
pub const fn ticket(slot: u16, index: u64) -> u64 {
    (slot as u64) << 48 | index & 0xffff_ffff_ffff
}

/// The lane's number in a ticket.
#[must_use]
pub const fn slot(ticket: u64) -> u16 {
    (ticket >> 48) as u16
}

#[cfg(test)]
mod schedules;
