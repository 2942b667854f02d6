//! What a running router shows of itself, and when it is ready and alive.
//!
//! Entry points: [`Progress::facts`], [`Facts::readiness`], [`Facts::liveness`].
//!
//! Invariants: every figure of a lane is of what is committed (INV-6). The stages write, anybody
//! reads; no stage waits for a reader.
//! It serves no HTTP and formats nothing: the edge does.
//!
//! A crash loses only figures; those of lanes are made again from the journal.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::{Epoch, LaneId, Position, StateDigest};
use hdrhistogram::Histogram;
use lane::Gauges;

use crate::config::Config;

/// The shared figures; clones show the same ones.
#[derive(Clone, Debug, Default)]
pub struct Progress(Arc<Mutex<Facts>>, Arc<Mutex<Option<[Gauges; 4]>>>);

/// Everything at one moment.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// Each lane.
    pub lanes: Vec<LaneFacts>,
    /// Ingest, decide, settle, follow.
    pub stages: [StageFacts; 4],
    /// From arrival at ingest to the decision, per batch, in nanoseconds; `None` before the first.
    pub latency: Option<Histogram<u64>>,
    /// Spinning was asked for and there are too few cores, so that the stages park.
    pub parked_instead: bool,
    /// How often lanes were dropped and opened again.
    pub reopened: u64,
    /// Number of a published configuration set that can't be read, so that the older one stays in
    /// force; 0: none.
    pub unread_set: u64,
    /// The longest time between two looks at the control table since the start, in nanoseconds.
    pub poll_interval_ns_max: i64,
    /// How often lanes ended and others began where they did.
    pub resharded: u64,
    /// Lanes that have ended and whose outputs haven't all left yet.
    pub leaving: u64,
}

/// A lane.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LaneFacts {
    /// Its name.
    pub lane: LaneId,
    /// Number of its shard.
    pub shard: u32,
    /// What it is doing.
    pub state: LaneState,
    /// Its owner's epoch.
    pub epoch: Epoch,
    /// Format of the entries that it writes.
    pub format: u16,
    /// Last index in the chain.
    pub committed: u64,
    /// Its checkpoint (INV-2).
    pub position: Position,
    /// The books' digest there.
    pub digest: StateDigest,
    /// What was counted there since the lane began.
    pub counts: Counted,
    /// Whether something is read or decided and not committed.
    pub busy: bool,
    /// When it last committed, or began to be busy: nanoseconds since 1970-01-01 UTC.
    pub moved_at: i64,
    /// The index up to which everything was sent to every destination and the view is written.
    pub followed: u64,
    /// Whether a destination lags by more than its limit, so that no new orders are taken in.
    pub lagging: bool,
    /// Whether it reads.
    pub intake: Intake,
}

/// Whether a lane reads: what its row says, and how far that has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Intake {
    /// Records are read.
    #[default]
    Open,
    /// It is to read nothing more, and hasn't heard it yet.
    Closing,
    /// Nothing is read after this position; what was read is on its way.
    Closed(Position),
    /// Everything up to this position has left, and a snapshot holds it.
    Drained(Position),
}

/// What a lane does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LaneState {
    /// The journal is read and sealed.
    #[default]
    Recovering,
    /// The first configuration set is awaited; records wait.
    Unconfigured,
    /// Decisions are made.
    Running,
    /// Its shard was closed and it has ended; its children go on.
    Ended,
    /// It stopped for a fault.
    Failed,
}

/// A stage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StageFacts {
    /// Turns that did something.
    pub turns: u64,
    /// The longest of them since the start, in nanoseconds.
    pub longest_turn_ns: u64,
    /// Batches in the ring before it.
    pub ring_depth: u64,
}

/// Room for reasons in counts and snapshots; the last place counts what has no reason.
pub const REASONS_MAX: usize = 48;

/// Inputs by what became of them: `read` is the sum of all but `controls` and `misplaced`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    /// New orders admitted.
    pub routed: u64,
    /// Cancels, replaces and mass cancels admitted.
    pub forwarded: u64,
    /// Status requests answered.
    pub answered: u64,
    /// Reports applied.
    pub reported: u64,
    /// Requests refused.
    pub rejected: u64,
    /// Reports with a known ExecID and other content.
    pub conflicts: u64,
    /// Reports that fit nothing.
    pub unmatched: u64,
    /// Requests and reports that came again.
    pub duplicates: u64,
    /// Requests whose earlier decision may be forgotten.
    pub stale: u64,
    /// Records that couldn't be read, quarantined ones too.
    pub undecodable: u64,
    /// Records of other lanes.
    pub misplaced: u64,
    /// Control inputs.
    pub controls: u64,
    /// Requests refused, by their first reason.
    pub rejected_by: [u64; REASONS_MAX],
}

// === impl Progress ===

impl Progress {
    /// Everything at this moment.
    #[must_use]
    pub fn facts(&self) -> Facts {
        let mut facts = self.lock();
        let gauges = self.1.lock().unwrap_or_else(PoisonError::into_inner);
        for (stage, gauges) in facts.stages.iter_mut().zip(gauges.iter().flatten()) {
            stage.turns = gauges.turns();
            stage.longest_turn_ns = stage.longest_turn_ns.max(gauges.take_longest_turn_ns());
        }
        facts.clone()
    }

    /// Shows the turns of these stages from now on.
    pub(crate) fn watch(&self, gauges: [Gauges; 4]) {
        *self.1.lock().unwrap_or_else(PoisonError::into_inner) = Some(gauges);
    }

    /// Changes figures.
    pub(crate) fn update(&self, change: impl FnOnce(&mut Facts)) {
        change(&mut self.lock());
    }

    /// Changes the figures of one lane.
    pub(crate) fn lane(&self, lane: usize, change: impl FnOnce(&mut LaneFacts)) {
        if let Some(facts) = self.lock().lanes.get_mut(lane) {
            change(facts);
        }
    }

    /// Changes figures unless somebody reads them just now: for stages that never wait.
    pub(crate) fn try_update(&self, change: impl FnOnce(&mut Facts)) -> bool {
        match self.0.try_lock() {
            Ok(mut facts) => {
                change(&mut facts);
                true
            }
            Err(_) => false,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Facts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

// === impl Facts ===

impl Facts {
    /// Every lane has stopped for a fault.
    pub(crate) fn fail(&mut self) {
        for lane in &mut self.lanes {
            lane.state = LaneState::Failed;
        }
    }

    /// Whether it may take load at `now`: recovered, and committed within the limit or idle. A lane
    /// that an operator drained is idle.
    ///
    /// # Errors
    /// What is missing, in words.
    pub fn readiness(&self, now: i64, config: &Config) -> Result<(), String> {
        if self.lanes.is_empty() {
            return Err("no lane is open yet".to_owned());
        }
        for facts in &self.lanes {
            let lane = facts.lane;
            match facts.state {
                LaneState::Recovering => return Err(format!("lane {lane} is recovering")),
                LaneState::Unconfigured => {
                    return Err(format!("lane {lane} awaits its first configuration set"));
                }
                LaneState::Failed => return Err(format!("lane {lane} has failed")),
                LaneState::Running | LaneState::Ended => {}
            }
            let still = now.saturating_sub(facts.moved_at);
            if facts.busy && still > config.ready_within_ns {
                let seconds = still / domain::time::SECOND_NS;
                return Err(format!("lane {lane} has not committed for {seconds} s"));
            }
        }
        Ok(())
    }

    /// Whether every lane that has work moved within its limit at `now`.
    ///
    /// # Errors
    /// Which lane hasn't, in words.
    pub fn liveness(&self, now: i64, config: &Config) -> Result<(), String> {
        for facts in &self.lanes {
            let lane = facts.lane;
            let still = now.saturating_sub(facts.moved_at);
            if facts.state == LaneState::Failed {
                return Err(format!("lane {lane} has failed"));
            }
            if facts.busy && still > config.live_within_ns {
                let seconds = still / domain::time::SECOND_NS;
                return Err(format!("lane {lane} has not moved for {seconds} s"));
            }
        }
        Ok(())
    }

    /// The counts of all lanes together.
    #[must_use]
    pub fn counted(&self) -> Counted {
        let sum = |sum: Counted, facts: &LaneFacts| sum.plus(&facts.counts);
        self.lanes.iter().fold(Counted::default(), sum)
    }

    /// The digest of all lanes together: a folder's `state_digest`.
    #[must_use]
    pub fn digest(&self) -> StateDigest {
        self.lanes.iter().fold(StateDigest::default(), |sum, facts| sum.plus(facts.digest))
    }
}

// === impl Counted ===

impl Counted {
    /// Records read: what became of each is in exactly one of the other figures.
    #[must_use]
    pub const fn read(&self) -> u64 {
        self.decided()
            + self.refused()
            + self.unmatched
            + self.duplicates
            + self.stale
            + self.undecodable
    }

    /// Requests admitted or answered, and reports applied.
    #[must_use]
    pub const fn decided(&self) -> u64 {
        self.routed + self.forwarded + self.answered + self.reported
    }

    /// Requests refused, and reports whose ExecID is known with other content.
    #[must_use]
    pub const fn refused(&self) -> u64 {
        self.rejected + self.conflicts
    }

    /// Both together.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        let mut rejected_by = self.rejected_by;
        for (sum, count) in rejected_by.iter_mut().zip(other.rejected_by) {
            *sum += count;
        }
        Self {
            routed: self.routed + other.routed,
            forwarded: self.forwarded + other.forwarded,
            answered: self.answered + other.answered,
            reported: self.reported + other.reported,
            rejected: self.rejected + other.rejected,
            conflicts: self.conflicts + other.conflicts,
            unmatched: self.unmatched + other.unmatched,
            duplicates: self.duplicates + other.duplicates,
            stale: self.stale + other.stale,
            undecodable: self.undecodable + other.undecodable,
            misplaced: self.misplaced + other.misplaced,
            controls: self.controls + other.controls,
            rejected_by,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(state: LaneState, busy: bool) -> Facts {
        let lane = LaneFacts { state, busy, moved_at: 1_000_000_000, ..LaneFacts::default() };
        Facts { lanes: vec![lane], ..Facts::default() }
    }

    #[test]
    fn a_lane_is_ready_when_it_committed_in_time_or_is_idle() {
        let config = Config::default();
        let late = 1_000_000_000 + config.ready_within_ns + 1;
        assert!(facts(LaneState::Running, true).readiness(late - 1, &config).is_ok());
        assert!(facts(LaneState::Running, true).readiness(late, &config).is_err());
        assert!(facts(LaneState::Running, false).readiness(late, &config).is_ok());
        assert!(facts(LaneState::Recovering, false).readiness(0, &config).is_err());
        assert!(Facts::default().readiness(0, &config).is_err());
    }

    #[test]
    fn a_lane_with_work_that_does_not_move_is_not_alive() {
        let config = Config::default();
        let late = 1_000_000_000 + config.live_within_ns + 1;
        assert!(facts(LaneState::Running, true).liveness(late - 1, &config).is_ok());
        assert!(facts(LaneState::Running, true).liveness(late, &config).is_err());
        assert!(facts(LaneState::Running, false).liveness(late, &config).is_ok());
    }
}
