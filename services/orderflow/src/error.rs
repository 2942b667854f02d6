//! What a person at the command line or behind HTTP may meet, each with its code and what mends it.
//!
//! Entry points: [`Error`], [`Error::exit_code`].
//! Exit codes: 0 done, 1 something is wrong with what was looked at, 2 the call is wrong, 3 the
//! surroundings are.

use std::fmt::Write as _;

use order_router::config::Problem;

/// Why a command didn't do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Settings that can't be.
    #[error(
        "OR-0355 settings in {file} can't be used:{list}\n  `orderflow --print-config` shows \
         all",
        list = list(.problems)
    )]
    Settings {
        /// The file.
        file: String,
        /// All that is wrong.
        problems: Vec<Problem>,
    },
    /// Nobody can listen there.
    #[error(
        "OR-0356 can't listen on {listen}: {reason}; stop what uses it, or give another with \
         --listen"
    )]
    Listen {
        /// The address.
        listen: String,
        /// What the system said.
        reason: String,
    },
    /// A file that a command was given.
    #[error("OR-0357 {path}: can't be read: {reason}; check the path and its permissions")]
    File {
        /// The file.
        path: String,
        /// What the system said.
        reason: String,
    },
    /// A configuration set that can't be published.
    #[error(
        "OR-0358 the configuration set was not published:{list}\n  `orderflow control show` \
         prints the one in force",
        list = list(.problems)
    )]
    Set {
        /// All that is wrong.
        problems: Vec<Problem>,
    },
    /// No such order, entry or lane.
    #[error("OR-0359 {what}; {fix}")]
    Unknown {
        /// What isn't there.
        what: String,
        /// Where to look.
        fix: &'static str,
    },
    /// The running instance that the folder names.
    #[error(
        "OR-0360 the instance at {address} did not answer: {reason}; see whether it runs, or \
         start it again"
    )]
    Instance {
        /// Its address.
        address: String,
        /// What happened.
        reason: String,
    },
    /// The demo venue's process.
    #[error("OR-0361 the demo venue: {reason}; its own lines above say more")]
    Venue {
        /// What happened.
        reason: String,
    },
    /// A call that can't be right.
    #[error("OR-0362 {what}; {fix}")]
    Call {
        /// What is wrong.
        what: String,
        /// How to say it.
        fix: String,
    },
    /// The folder doesn't hold what the journal says.
    #[error(
        "OR-0363 the journal doesn't hold: {what}; keep the folder as it is and restore a copy"
    )]
    Wrong {
        /// The first wrong thing, with its place.
        what: String,
    },
    /// The system.
    #[error("OR-0364 {doing} failed: {reason}; check the machine's limits and the disk")]
    System {
        /// What was tried.
        doing: &'static str,
        /// What the system said.
        reason: String,
    },
    /// A decision that didn't come in time.
    #[error(
        "OR-0365 no decision within {seconds} s; the record lies on the stream at {place} and \
         will be decided: ask again with `orderflow order status`"
    )]
    Late {
        /// How long was waited.
        seconds: u64,
        /// Shard and sequence number.
        place: String,
    },
    /// There is no data folder.
    #[error(
        "OR-0366 {folder} is no data folder; start `orderflow` there once, or give another with \
         --data"
    )]
    NoFolder {
        /// The folder.
        folder: String,
    },
    /// A lane that can't be drained or released now.
    #[error("OR-0368 {what}; {fix}")]
    Intake {
        /// Why.
        what: String,
        /// What to do instead.
        fix: String,
    },
    /// A copy of a folder that can't be made or used.
    #[error("OR-0380 {path}: {what}; {fix}")]
    Copy {
        /// The copy, or the file of it.
        path: String,
        /// What is wrong.
        what: String,
        /// What mends it.
        fix: &'static str,
    },
    /// Who asks isn't known, or may not do this alone.
    #[error("OR-0385 {what}; {fix}")]
    Subject {
        /// What is wrong.
        what: String,
        /// What helps.
        fix: &'static str,
    },
    /// Dead letters that stay, or a run over them that didn't reach its end.
    #[error("OR-0390 {what}; {fix}")]
    Letters {
        /// How many, or where it ended.
        what: String,
        /// What to do.
        fix: &'static str,
    },
    /// The AWS account, or a call to it.
    #[error("OR-0391 {reason}; check who calls (`aws sts get-caller-identity`) and the Region")]
    Account {
        /// What happened.
        reason: String,
    },
    /// What the disk side says.
    #[error(transparent)]
    Local(#[from] local::Error),
    /// What the line says.
    #[error(transparent)]
    Router(#[from] order_router::Error),
    /// What a seam says.
    #[error("OR-0367 {0}")]
    Fault(String),
    /// What a running instance answered.
    #[error("{text}")]
    Answered {
        /// Its error, code included.
        text: String,
        /// Its exit code.
        exit: u8,
    },
    /// What a file for a replay says.
    #[error(transparent)]
    Itch(#[from] crate::itch::reader::Error),
}

// === impl Error ===

impl Error {
    /// 1, 2 or 3: see the card.
    #[must_use]
    pub const fn exit_code(&self) -> u8 {
        match self {
            Self::Wrong { .. }
            | Self::Unknown { .. }
            | Self::Late { .. }
            | Self::Letters { .. } => 1,
            Self::Settings { .. } | Self::Set { .. } | Self::Call { .. } => 2,
            Self::Subject { .. } | Self::Intake { .. } => 2,
            Self::Answered { exit, .. } => *exit,
            Self::Local(local::Error::Control { .. }) => 2,
            Self::Local(local::Error::Damaged { .. } | local::Error::Cut { .. }) => 1,
            Self::Itch(_) => 2,
            _ => 3,
        }
    }
}

impl From<ports::Fault> for Error {
    fn from(fault: ports::Fault) -> Self {
        match fault {
            ports::Fault::Fatal(text) if text.starts_with("OR-") => {
                Self::Answered { text, exit: 3 }
            }
            ports::Fault::Fatal(text) => Self::Fault(text),
            ports::Fault::Retry(_) => Self::Fault("not now; try again".to_owned()),
            ports::Fault::Unknown => {
                Self::Fault("the outcome stayed unknown; try again".to_owned())
            }
            ports::Fault::Fenced => Self::Fault("another owner has taken the lane".to_owned()),
        }
    }
}

fn list(problems: &[Problem]) -> String {
    problems.iter().fold(String::new(), |mut text, problem| {
        let _ = match problem.path.as_str() {
            "" => write!(text, "\n  {}", problem.reason),
            path => write!(text, "\n  {path}: {}", problem.reason),
        };
        text
    })
}
