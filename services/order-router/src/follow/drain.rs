//! Drains lanes that an operator keeps from reading, and lets them go on.
//!
//! ```text
//!  row says drained -> Closing -> ingest reads nothing more -> Closed(position)
//!     -> committed, sent to every destination, shown, in a snapshot -> Drained(position)
//!  row says released -> Open: ingest goes on at the next record
//! ```
//!
//! Entry points: [`Follow::tend_intakes`], at every writing of cursors.
//!
//! Invariants: nothing is read after the position that is shown. A drained lane is an idle one:
//! what the control table says is recorded at its place meanwhile.
//! It stops no stage and holds no other lane up.
//!
//! A crash leaves what the row says: the next start reads nothing of the lane, and comes to
//! `Drained` by the same steps.

use domain::Position;
use ports::{Fault, Leases as _, World};

use super::{Follow, Lane};
use crate::admin::Intake;

impl<W: World> Follow<W> {
    /// Tells ingest what the rows say of intakes, and notes which lanes are drained.
    pub(super) fn tend_intakes(&mut self) -> Result<(), Fault> {
        let rows = self.hands.leases.rows()?;
        for lane in self.lanes.iter_mut().filter(|lane| lane.ended.is_none()) {
            let is_asked = rows.iter().any(|row| row.lane == lane.outputs.lane && row.drained);
            let mut told = Intake::Open;
            self.progress.lane(lane.slot, |facts| {
                facts.intake = match (is_asked, facts.intake) {
                    (false, _) => Intake::Open,
                    (true, Intake::Open) => Intake::Closing,
                    (true, so_far) => so_far,
                };
                told = facts.intake;
            });
            if let Intake::Closed(position) = told
                && lane.has_left(position)
            {
                if lane.folded() > lane.snapshots[0] {
                    lane.keep_snapshot(&mut self.hands, &self.options)?;
                }
                self.progress.lane(lane.slot, |facts| facts.intake = Intake::Drained(position));
            }
        }
        Ok(())
    }
}

impl Lane {
    /// Whether everything up to a position is committed, sent and shown.
    fn has_left(&self, position: Position) -> bool {
        self.reader.last().is_some_and(|last| last.end >= position) && self.has_caught_up()
    }
}
