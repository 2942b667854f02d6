//! Every question and command that a folder answers, asked over HTTP or by a command that holds the
//! folder itself: one set of answers for both.
//!
//! Entry points: [`Ask`], [`Desk::answer`].
//!
//! Invariants: what is answered of decisions is of live entries alone (INV-6).
//! Limits: [`PAGE_ROWS_MAX`](crate::limits::PAGE_ROWS_MAX) rows of one answer.
//!
//! It decides nothing: requests are put on the stream like anybody's.
//!
//! On a crash nothing of its own is lost; it has nothing.

pub mod change;
pub mod control;
mod dry_run;
mod events;
mod explain;
mod intake;
mod journal;
mod lanes;
mod order;
mod parts;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use domain::TradingState;
use local::stream::Reshard;
use local::{Genesis, Proposed};
use order_router::{LaneFacts, LaneSpec, Progress};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::config::Config;
use crate::error::Error;
use crate::subject::Caller;
use crate::world::{Stores, draw, lanes};

pub use change::Exemption;
pub use order::Request;

/// A question or command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "snake_case", deny_unknown_fields)]
pub enum Ask {
    /// Put a request on the stream.
    Submit {
        /// The request.
        request: Box<Request>,
        /// Wait for its decision.
        wait: bool,
    },
    /// An order by its id, or by sender, account and ClOrdID.
    Order {
        /// 32 hex digits, or empty.
        id: String,
        /// SenderCompID (49), where there is no id.
        sender: String,
        /// Account (1).
        account: String,
        /// ClOrdID (11).
        cl_ord_id: String,
    },
    /// Orders in the order of their ids.
    Orders {
        /// Id of the last one that was seen; empty begins.
        after: String,
        /// How many.
        count: usize,
    },
    /// Who decided an order, when, under what.
    Explain {
        /// 32 hex digits.
        id: String,
    },
    /// Life-cycle events.
    Events {
        /// Only this sender's; empty: all.
        sender: String,
        /// For each shard the sequence number after which to begin; empty begins near the end.
        after: Vec<u64>,
        /// How many.
        count: usize,
    },
    /// What each lane does.
    Lanes,
    /// One lane, with those before and after it.
    Lane {
        /// Its number.
        lane: u32,
    },
    /// Split a lane in two, while orders come.
    Split {
        /// Its number.
        lane: u32,
        /// The second child's first account key, up to 32 hex digits; empty: the middle.
        at: String,
    },
    /// Merge two lanes whose ranges meet, while orders come.
    Merge {
        /// Their numbers, the lower range first.
        lanes: [u32; 2],
    },
    /// Have a lane read nothing more, until it is released.
    Drain {
        /// Its number.
        lane: u32,
        /// Wait this many seconds for all that was read to be decided and to leave.
        #[serde(default)]
        wait: u64,
    },
    /// Let a drained lane go on at its next record.
    ReleaseLane {
        /// Its number.
        lane: u32,
    },
    /// Inputs with their outcomes.
    Journal {
        /// Number of the lane.
        lane: u32,
        /// First entry.
        from: u64,
        /// How many entries.
        count: usize,
    },
    /// Prove the chains.
    Verify {
        /// Decide each input again and compare.
        redecide: bool,
    },
    /// Set a trading state: throw or release a kill switch, or let only what reduces go on.
    Kill {
        /// A scope's name.
        scope: String,
        /// Whom it names.
        target: String,
        /// Throw, or release.
        thrown: bool,
        /// Let what reduces go on.
        #[serde(default)]
        reducing: bool,
        /// Why.
        #[serde(default)]
        reason: String,
    },
    /// Publish a configuration set.
    Apply {
        /// Its text.
        text: String,
        /// Why.
        #[serde(default)]
        reason: String,
        /// Only say which decisions of the last day would have been others.
        #[serde(default)]
        dry_run: bool,
    },
    /// The set in force, and the kill switches.
    Show,
    /// Begin a business day, or say which one it is.
    Day {
        /// `next`, a date, or empty to ask.
        begin: String,
    },
    /// Release a halted account.
    Release {
        /// The account.
        account: String,
        /// Why.
        #[serde(default)]
        reason: String,
    },
    /// Let orders of an account pass some controls for a while.
    Override {
        /// Which, and for how long.
        exemption: Exemption,
        /// Why.
        #[serde(default)]
        reason: String,
    },
    /// What waits for a second person.
    Proposals,
    /// Approve what another proposed.
    Approve {
        /// Its number.
        proposal: u64,
        /// What there is to say of it.
        #[serde(default)]
        reason: String,
    },
    /// Refuse what another proposed, or take back what one proposed oneself.
    Refuse {
        /// Its number.
        proposal: u64,
        /// Why.
        #[serde(default)]
        reason: String,
    },
    /// Who changed what, when, why, and on whose approval.
    Records {
        /// Number of the last one that was seen; 0 begins.
        after: u64,
        /// How many.
        count: usize,
    },
}

/// What answers for a folder. Clones share its producer.
#[derive(Clone)]
pub struct Desk {
    pub(crate) stores: Stores,
    pub(crate) genesis: Genesis,
    pub(crate) config: Config,
    /// `None` when no line runs: then nothing is decided, and the journal is read as it lies.
    pub(crate) progress: Option<Progress>,
    producer: u128,
    /// Held over a put: a producer's sequences rise.
    putting: Arc<Mutex<()>>,
    sequence: Arc<AtomicU64>,
    /// Held while a change is judged and made.
    changing: Arc<Mutex<()>>,
}

// === impl Desk ===

impl Desk {
    /// A desk over stores that this process holds.
    ///
    /// # Errors
    /// The system gives no random bytes.
    pub fn new(
        stores: Stores,
        genesis: Genesis,
        config: Config,
        progress: Option<Progress>,
    ) -> Result<Self, Error> {
        let mut producer = [0; 16];
        draw(&mut producer)?;
        Ok(Self {
            stores,
            genesis,
            config,
            progress,
            producer: u128::from_be_bytes(producer),
            putting: Arc::default(),
            sequence: Arc::default(),
            changing: Arc::default(),
        })
    }

    /// Whose token it is.
    ///
    /// # Errors
    /// [`Error::Subject`] when nobody has it.
    pub fn caller(&self, token: Option<&str>) -> Result<Caller, Error> {
        self.config.subjects.caller(token)
    }

    /// Answers, or does what it is told. May take as long as reading the journal takes.
    ///
    /// # Errors
    /// What is wrong with the question or the folder, with its code.
    pub fn answer(&self, caller: &Caller, ask: Ask) -> Result<Value, Error> {
        match ask {
            Ask::Submit { request, wait } => self.submit(&request, wait),
            Ask::Order { id, sender, account, cl_ord_id } => {
                let id = self.named(&id, &sender, &account, &cl_ord_id)?;
                Ok(self.order(id)?.1)
            }
            Ask::Orders { after, count } => self.orders(&after, count),
            Ask::Explain { id } => self.explain(&id),
            Ask::Events { sender, after, count } => self.events(&sender, &after, count),
            Ask::Lanes => self.lanes(),
            Ask::Lane { lane } => self.lane(lane),
            Ask::Split { lane, at } => self.split(lane, &at),
            Ask::Merge { lanes } => self.reshard(Reshard::Merge { shards: lanes }),
            Ask::Drain { lane, wait } => self.drain(lane, wait),
            Ask::ReleaseLane { lane } => self.release_lane(lane),
            Ask::Journal { lane, from, count } => self.journal(lane, from, count),
            Ask::Verify { redecide } => self.verify(redecide),
            Ask::Show => Ok(self.show()),
            Ask::Day { begin } => self.day(&begin),
            Ask::Proposals => Ok(self.proposals()),
            Ask::Records { after, count } => Ok(self.records(after, count)),
            change => self.answer_change(caller, change),
        }
    }

    /// Does what needs to know who asks for it.
    fn answer_change(&self, caller: &Caller, ask: Ask) -> Result<Value, Error> {
        match ask {
            Ask::Kill { scope, target, thrown, reducing, reason } => {
                let state = match (thrown, reducing) {
                    (false, _) => TradingState::Active,
                    (true, true) => TradingState::Reducing,
                    (true, false) => TradingState::Halted,
                };
                self.change(caller, &reason, Self::kill(&scope, &target, state)?)
            }
            Ask::Apply { text, reason, dry_run } => self.apply(caller, &text, (&reason, dry_run)),
            Ask::Release { account, reason } => {
                self.change(caller, &reason, Proposed::Release { account })
            }
            Ask::Override { exemption, reason } => {
                self.change(caller, &reason, self.exemption(&exemption)?)
            }
            Ask::Approve { proposal, reason } => self.approve(caller, proposal, &reason),
            Ask::Refuse { proposal, reason } => self.refuse(caller, proposal, &reason),
            other => Err(Error::Call {
                what: format!("{other:?} changes nothing"),
                fix: "ask it as a question".to_owned(),
            }),
        }
    }

    /// The lanes that the folder has had, by number.
    fn specs(&self) -> Vec<LaneSpec> {
        lanes(&self.genesis, &self.stores.orders)
    }

    /// What a lane does, where a line runs and has it.
    fn facts(&self, lane: u32) -> Option<LaneFacts> {
        let facts = self.progress.as_ref()?.facts();
        facts.lanes.into_iter().find(|facts| facts.shard == lane)
    }

    fn next_sequence(&self) -> u64 {
        self.sequence.fetch_add(1, Ordering::Relaxed) + 1
    }
}
