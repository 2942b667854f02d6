//! Proves a chain: positions, digests, books = fold, and names the place of the first wrong thing.
//!
//! Entry points: [`verify`].

use domain::{IdentityKey, LaneId, StateDigest};
use ports::{ControlTable, Journal};

use crate::admin::Counted;
use crate::config::Config;

/// What to verify, and how.
#[derive(Clone, Debug)]
pub struct Verify<'a> {
    /// The lane.
    pub lane: LaneId,
    /// The accounts that are its own.
    pub range: domain::HashRange,
    /// The application's key for identities.
    pub key: IdentityKey,
    /// The settings: capacities of the books.
    pub config: &'a Config,
    /// Whether each input is decided again and compared.
    pub redecide: bool,
}

/// What holds of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Live entries.
    pub entries: u64,
    /// Inputs in them.
    pub inputs: u64,
    /// Inputs decided again with the same outcome; 0 when that wasn't asked.
    pub redecided: u64,
    /// Counts of what became of them.
    pub counts: Counted,
    /// Digest of the books at the end.
    pub digest: StateDigest,
}

/// The first wrong thing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("OR-0211: lane {lane} entry {index}, input {input}: {reason}")]
pub struct Wrong {
    /// The lane.
    pub lane: LaneId,
    /// The entry.
    pub index: u64,
    /// Which of its inputs, from 0; 0 when the entry itself is wrong.
    pub input: usize,
    /// What is wrong.
    pub reason: String,
}

/// Folds the whole chain of a lane and checks every digest on the way.
///
/// # Errors
/// The first thing that doesn't hold, and where.
pub fn verify(
    journal: &mut impl Journal,
    control: &mut impl ControlTable,
    asked: &Verify<'_>,
) -> Result<Verified, Wrong> {
    let _ = (journal, control, asked);
    let reason = "verification isn't built yet".to_owned();
    Err(Wrong { lane: asked.lane, index: 0, input: 0, reason })
}
