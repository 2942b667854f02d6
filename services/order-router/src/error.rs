//! What stops a router, each with the code that an operator looks up.

use domain::LaneId;
use ports::Fault;

/// Why a router couldn't start, or stopped.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// No lane, or more lanes than tickets can tell apart.
    #[error("OR-0200: {count} lanes; give from 1 to {max}")]
    Lanes {
        /// How many were given.
        count: usize,
        /// How many there may be.
        max: usize,
    },
    /// The world didn't give a handle, or failed for good.
    #[error("OR-0201: {doing}: {fault}", fault = text(.fault))]
    World {
        /// What was being done.
        doing: &'static str,
        /// What the world said.
        fault: Fault,
    },
    /// The lane has ended; its successors go on.
    #[error("OR-0202: lane {lane} ended at entry {index}: open the lanes that its End names")]
    Ended {
        /// The lane.
        lane: LaneId,
        /// Index of its End.
        index: u64,
    },
    /// A chain can't be read or doesn't hold.
    #[error("OR-0203: lane {lane}: {reason}")]
    Chain {
        /// The lane.
        lane: LaneId,
        /// What is wrong, and where.
        reason: String,
    },
    /// The configuration set in force is not in the control table.
    #[error(
        "OR-0208: configuration set {number} of hash {hash:02x?} is in force and can't be read: {reason}; restore its \
         text in the control table"
    )]
    Configuration {
        /// Its number.
        number: u64,
        /// Its hash.
        hash: [u8; 16],
        /// What is wrong with it.
        reason: String,
    },
    /// The system has no thread left.
    #[error("OR-0209: no thread: {0}")]
    Thread(String),
    /// The shard's retention let records go that were never read.
    #[error("OR-0210: lane {lane}: records after {after} have gone, the oldest left is {oldest}: {fix}", fix = GAP)]
    Trimmed {
        /// The lane.
        lane: LaneId,
        /// Where the lane is.
        after: domain::Position,
        /// What is left.
        oldest: domain::Sequence,
    },
}

const GAP: &str = "set on_gap to continue to record the gap and go on";

/// A fault in words.
pub(crate) fn text(fault: &Fault) -> String {
    match fault {
        Fault::Retry(after) => format!("not now, try again in {after} ns"),
        Fault::Unknown => "its outcome stayed unknown".to_owned(),
        Fault::Fenced => "another owner has taken the lane".to_owned(),
        Fault::Fatal(text) => text.clone(),
    }
}
