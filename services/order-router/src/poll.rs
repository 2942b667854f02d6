//! Looks at the control table on a thread of its own, so that nothing else delays a kill switch.
//!
//! Entry points: [`Poll::new`], its turns; [`Poll::released`] for the line after this one.
//!
//! Invariants: two looks are never further apart than the setting, whatever the follower is busy
//! with: a snapshot, the order view, a destination. What was read is with decide in the same turn.
//! Limits: the settings' `control_poll`; [`EARLY`]. A look takes as long as the table's answer.
//! It touches no journal, no snapshot and no lane's books, and decides nothing.
//!
//! A crash loses nothing: numbers above the books' are asked for again.

use lane::{Sender, Stage, Turn};
use ports::{Fault, World};

use crate::admin::Progress;
use crate::control::Table;
use crate::decide::Change;
use crate::error::{Error, Failure};
use crate::router::Stop;

/// A look comes this part of the interval early: waking late then stays within the setting.
const EARLY: i64 = 8;

/// The stage.
pub struct Poll<W: World> {
    table: Table<W::Control>,
    changes: Sender<Change>,
    interval_ns: i64,
    polled_at: Option<i64>,
    longest_ns: i64,
    stop: Stop,
    progress: Progress,
    failure: Failure,
    finished: bool,
}

impl<W: World> Poll<W> {
    /// The stage over a table that is looked at every `interval_ns`.
    #[must_use]
    pub fn new(
        (table, changes): (Table<W::Control>, Sender<Change>),
        interval_ns: i64,
        (stop, progress, failure): (&Stop, &Progress, &Failure),
    ) -> Self {
        Self {
            table,
            changes,
            interval_ns: interval_ns - interval_ns / EARLY,
            polled_at: None,
            longest_ns: 0,
            stop: stop.clone(),
            progress: progress.clone(),
            failure: failure.clone(),
            finished: false,
        }
    }

    /// The last release that was taken.
    #[must_use]
    pub const fn released(&self) -> u64 {
        self.table.released()
    }

    /// Looks when it is time; says whether anything was new.
    fn look(&mut self, now: i64) -> Result<bool, Fault> {
        let since = self.polled_at.map(|at| now.saturating_sub(at));
        if since.is_some_and(|since| since < self.interval_ns) {
            return Ok(false);
        }
        self.polled_at = Some(now);
        self.longest_ns = self.longest_ns.max(since.unwrap_or(0));
        let any = match self.table.take(&mut self.changes) {
            Err(Fault::Retry(_) | Fault::Unknown) => false,
            taken => taken?,
        };
        let (unread, longest_ns) = (self.table.unread(), self.longest_ns);
        self.progress.try_update(|facts| {
            facts.unread_set = unread;
            facts.poll_interval_ns_max = facts.poll_interval_ns_max.max(longest_ns);
        });
        Ok(any)
    }
}

impl<W: World> Stage for Poll<W> {
    fn turn(&mut self, now: i64) -> Turn {
        // What is settled was the last that a command could bind.
        let is_over = self.failure.is_settled() || self.stop.is_aborted();
        if self.finished || is_over {
            return Turn::Finished;
        }
        match self.look(now) {
            Ok(true) => Turn::Worked,
            Ok(false) => Turn::Idle,
            Err(fault) => {
                self.failure.fail(Error::World { doing: "reading the control table", fault });
                self.finished = true;
                Turn::Finished
            }
        }
    }
}
