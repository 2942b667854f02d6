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

pub mod control;
mod events;
mod explain;
mod journal;
mod lanes;
mod order;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use domain::TradingState;
use local::Genesis;
use local::stream::Reshard;
use order_router::{LaneFacts, LaneSpec, Progress};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::config::Config;
use crate::error::Error;
use crate::world::{Stores, draw, lanes};

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
    },
    /// Publish a configuration set.
    Apply {
        /// Its text.
        text: String,
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
        })
    }

    /// Answers, or does what it is told. May take as long as reading the journal takes.
    ///
    /// # Errors
    /// What is wrong with the question or the folder, with its code.
    pub fn answer(&self, ask: Ask) -> Result<Value, Error> {
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
            Ask::Journal { lane, from, count } => self.journal(lane, from, count),
            Ask::Verify { redecide } => self.verify(redecide),
            Ask::Kill { scope, target, thrown, reducing } => {
                let state = match (thrown, reducing) {
                    (false, _) => TradingState::Active,
                    (true, true) => TradingState::Reducing,
                    (true, false) => TradingState::Halted,
                };
                self.kill(&scope, &target, state)
            }
            Ask::Apply { text } => self.apply(&text),
            Ask::Show => Ok(self.show()),
            Ask::Day { begin } => self.day(&begin),
            Ask::Release { account } => self.release(&account),
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
