//! Draining lanes and releasing them: a lane that is drained reads nothing, and the others go on.
//!
//! What is asked for stands in the lane's row, so that a restart keeps it; what has come of it is
//! the running line's to tell.

use std::sync::{MutexGuard, PoisonError};
use std::time::Duration;

use order_router::{Intake, LaneFacts, LaneState};
use ports::{LaneRow, Leases as _};
use serde_json::Value;

use super::Desk;
use crate::error::Error;
use crate::limits::{DRAIN_WAIT_MAX, INTAKE_LOOK, INTAKE_WAIT};
use crate::world::clock::moment;

impl Desk {
    /// Has a lane read nothing more, and waits at most `wait` seconds until what it read has left.
    pub(super) fn drain(&self, lane: u32, wait: u64) -> Result<Value, Error> {
        let row = self.row_to_tell(lane)?;
        {
            let _one = self.change_one();
            if self.stores.orders.all_shards().get(lane as usize).is_none_or(|it| it.is_closed) {
                return Err(Error::Intake {
                    what: format!("lane {lane} is being split or merged: it ends by itself"),
                    fix: format!("drain its children: `orderflow lanes show {lane}`"),
                });
            }
            let is_drained = |it: LaneFacts| matches!(it.intake, Intake::Drained(_));
            // One that is on its way is waited for once more.
            if self.is_to_drain(lane) && self.facts(lane).is_none_or(is_drained) {
                return Err(Error::Intake {
                    what: format!("lane {lane} is drained already"),
                    fix: format!("`orderflow lanes release {lane}` lets it go on"),
                });
            }
            self.stores.leases.clone().drain(row.lane, true)?;
        }
        let wait = Duration::from_secs(wait).min(DRAIN_WAIT_MAX);
        self.wait_intake(lane, wait, |intake| matches!(intake, Intake::Drained(_)));
        self.lane(lane)
    }

    /// Lets a drained lane go on at its next record.
    pub(super) fn release_lane(&self, lane: u32) -> Result<Value, Error> {
        let row = self.row_to_tell(lane)?;
        if !row.drained {
            return Err(Error::Intake {
                what: format!("lane {lane} isn't drained: there is nothing to release"),
                fix: "`orderflow lanes` shows which are".to_owned(),
            });
        }
        self.stores.leases.clone().drain(row.lane, false)?;
        self.wait_intake(lane, INTAKE_WAIT, |intake| intake == Intake::Open);
        self.lane(lane)
    }

    /// Whether a lane is drained or to be.
    pub(super) fn is_to_drain(&self, lane: u32) -> bool {
        self.stores.leases.all().iter().any(|row| row.shard == lane && row.drained)
    }

    /// Held over a change of lanes: one after the other.
    pub(super) fn change_one(&self) -> MutexGuard<'_, ()> {
        self.changing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The row of a lane that hasn't ended.
    fn row_to_tell(&self, lane: u32) -> Result<LaneRow, Error> {
        let id = self.spec(lane)?.lane;
        let row = self.stores.leases.all().into_iter().find(|row| row.lane == id);
        row.filter(|row| row.ended.is_none()).ok_or_else(|| Error::Intake {
            what: format!("lane {lane} has ended, or has never begun"),
            fix: "`orderflow lanes` shows those that run".to_owned(),
        })
    }

    /// Waits until a running line shows what was asked for; for one that doesn't run, not at all.
    fn wait_intake(&self, lane: u32, wait: Duration, holds: impl Fn(Intake) -> bool) {
        let began = moment();
        while began.elapsed() < wait && self.facts(lane).is_some_and(|it| !holds(it.intake)) {
            std::thread::park_timeout(INTAKE_LOOK);
        }
    }
}

/// What a lane of a running line does, in a word.
pub(super) fn state(lane: &LaneFacts) -> String {
    match (lane.state, lane.intake) {
        (LaneState::Running | LaneState::Unconfigured, Intake::Drained(_)) => "drained".to_owned(),
        (LaneState::Running, Intake::Closing | Intake::Closed(_)) => "draining".to_owned(),
        (state, _) => format!("{state:?}").to_lowercase(),
    }
}
