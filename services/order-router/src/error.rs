//! What stops a router, each with the code that an operator looks up.

use std::sync::{Arc, Mutex, PoisonError};

use domain::LaneId;
use lane::Halt;
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
    /// A lane was dropped: fenced, or an outcome stayed unknown. It is opened again.
    #[error("OR-0213: lane {lane} was dropped: {fault}", fault = text(.fault))]
    Dropped {
        /// The lane.
        lane: LaneId,
        /// Why.
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
        "OR-0208: configuration set {number} of hash {hash:02x?} is in force and can't be read: \
         {reason}; restore its \
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
    #[error(
        "OR-0210: lane {lane}: records after {after} have gone, the oldest left is {oldest}; \
         put the stream back from a copy, or begin a new folder and have producers send again"
    )]
    Trimmed {
        /// The lane.
        lane: LaneId,
        /// Where the lane is.
        after: domain::Position,
        /// What is left.
        oldest: domain::Sequence,
    },
}

/// The first failure of a line's stages, which stops all of them; and whether the line is over
/// because its lanes change, so that it drains and another begins.
#[derive(Clone, Debug, Default)]
pub struct Failure {
    halt: Halt,
    first: Arc<Mutex<Option<Error>>>,
    over: Halt,
    settled: Halt,
}

impl Failure {
    /// Stops the line; the first failure is the one that is told.
    pub fn fail(&self, error: Error) {
        self.first.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
        self.halt.set();
    }

    /// What failed first, if anything did.
    #[must_use]
    pub fn first(&self) -> Option<Error> {
        self.first.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Ends the line without a failure: a lane has ended, and others can begin.
    pub fn turn_over(&self) {
        self.over.set();
    }

    /// Whether the line is to end because its lanes change.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.over.is_set()
    }

    pub(crate) fn settled(&self) {
        self.settled.set();
    }

    /// Whether, draining, everything decided is in the chain.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.settled.is_set()
    }

    /// What stops the stages.
    #[must_use]
    pub fn halt(&self) -> Halt {
        self.halt.clone()
    }
}

/// A fault in words.
pub(crate) fn text(fault: &Fault) -> String {
    match fault {
        Fault::Retry(after) => format!("not now, try again in {after} ns"),
        Fault::Unknown => "its outcome stayed unknown".to_owned(),
        Fault::Fenced => "another owner has taken the lane".to_owned(),
        Fault::Fatal(text) => text.clone(),
    }
}
