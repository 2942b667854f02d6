//! THE STRAIGHT LINE: three stages, two rings, follower and control poll beside them.
//!
//! ```text
//!  shards -> ingest ==ring==> decide ==ring==> settle -> journal
//!              ^               ^   ^ changes      |         | committed index
//!              \---- recycle ==|===|==============/          v
//!   control table -> poll ======/   \========= follow -> venues, events, view, snapshots
//! ```
//!
//! Entry points: [`line()`].

use std::sync::Arc;

use domain::Configuration;
use lane::{Bell, Watermark, ring};
use ports::{LaneRow, World};

use crate::allotter::Allotter;
use crate::config::Config;
use crate::control::{self, Numbers, Table};
use crate::decide::{self, Decide};
use crate::error::{Error, Failure};
use crate::follow::{self, Follow, Hands};
use crate::ingest::{self, Ingest};
use crate::limits::{CONTROLS_MAX, DURABLE_MAX};
use crate::poll::Poll;
use crate::recover::Recovered;
use crate::retire;
use crate::router::{Options, Shared};
use crate::settle::{self, Settle};

/// The stages of a line with what they wait on.
pub struct Line<W: World> {
    /// Stage 1.
    pub ingest: Ingest<W>,
    /// Stage 2.
    pub decide: Decide,
    /// Stage 3.
    pub settle: Settle<W>,
    /// Off the line.
    pub follow: Follow<W>,
    /// Off the line, waiting for nothing but the control table.
    pub poll: Poll<W>,
    /// What each of them waits on, in this order.
    pub bells: [Bell; 5],
    /// The first failure of any of them.
    pub failure: Failure,
}

/// What a line takes on from what was before it.
#[derive(Clone, Copy, Debug)]
pub struct Since<'a> {
    /// Every lane that somebody still needs; those that ended are followed to their Ends.
    pub rows: &'a [LaneRow],
    /// The last release that was taken; `None` takes those that come from now on.
    pub released: Option<u64>,
}

/// Wires recovered lanes into a line.
///
/// # Errors
/// What the world says when asked for handles; a set in force that can't be read.
pub fn line<W: World>(
    world: &mut W,
    (recovered, since): (Vec<Recovered>, Since<'_>),
    options: &Options,
    shared: &Shared,
) -> Result<Line<W>, Error> {
    let config: &Config = &options.config;
    let failed = |fault| Error::World { doing: "opening the line", fault };
    let failure = Failure::default();
    let (stop, progress) = (&shared.stop, &shared.progress);
    let bells: [Bell; 5] = std::array::from_fn(|_| Bell::default());
    let [at_ingest, at_decide, at_settle, ..] = &bells;
    // One slot for each batch that there is, and one for the last.
    let slots = recovered.len() * config.batches_per_lane + 1;
    let (to_decide, from_ingest) = ring(slots, at_decide);
    let (to_settle, from_decide) = ring(slots, at_settle);
    let (to_ingest, recycled) = ring(slots, at_ingest);
    let (mut to_changes, changes) = ring(CONTROLS_MAX, at_decide);
    let (mut to_commands, commands) = ring(CONTROLS_MAX, at_decide);
    // The follower looks by itself: nobody waits for what it is told of times.
    let (to_follow, durable) = ring(DURABLE_MAX, &Bell::default());

    let mut control = world.control().map_err(failed)?;
    let rings = ingest::Rings { decide: to_decide, recycle: recycled };
    let told = (stop, progress, &failure);
    let ingest = Ingest::new(world, &recovered, options, told, rings)?;

    let mut hands = Hands {
        journal: world.journal().map_err(failed)?,
        publisher: world.publisher().map_err(failed)?,
        cursors: world.cursors().map_err(failed)?,
        view: world.view().map_err(failed)?,
        snapshots: world.snapshots().map_err(failed)?,
        leases: world.leases().map_err(failed)?,
        limits: world.limits().map_err(failed)?,
    };
    let (mut decided, mut settled, mut followed) = (Vec::new(), Vec::new(), Vec::new());
    let mut taken = Numbers::MAX;
    let mut in_force = Vec::new();
    let rows = retire::retired(&mut hands, since.rows).map_err(failed)?;
    for lane in recovered {
        let books = &lane.fold.books;
        let (number, hash) = books.configuration();
        taken = taken.and(books);
        let configuration: Option<Arc<Configuration>> = match number {
            0 => None,
            number => Some(control::load(&mut control, number, hash)?),
        };
        in_force.extend(configuration.clone());
        let committed = Watermark::new(lane.owner.committed());
        let at = (lane.slot, lane.spec.lane);
        followed.push(follow::Lane::open(&mut hands, options, at, committed.clone(), &rows)?);
        let (range, format) = (lane.spec.range, lane.owner.tip().format);
        let mut fold = lane.fold;
        fold.books.read_as(format);
        decided.push(decide::Seed { slot: at.0, lane: at.1, range, fold, configuration });
        let shard = lane.spec.shard_name;
        settled.push(settle::Seed { lane: at.1, shard, owner: lane.owner, committed });
    }
    for row in rows.iter().filter(|row| row.ended.is_some()) {
        let ended = Watermark::new(row.ended.as_ref().map_or(0, |ended| ended.index));
        let at = (followed.len() as u16, row.lane);
        followed.push(follow::Lane::open(&mut hands, options, at, ended, &rows)?);
    }

    let mut table = Table::new(control, taken, options.format);
    table.release_after(since.released);
    in_force.into_iter().for_each(|set| table.begin_with(Some(set)));
    // What was published while nothing ran binds before the first record; what lanes may use of its
    // limits stands there too, so that no order is refused for want of what there is.
    table.take(&mut to_commands).map_err(failed)?;
    let sets = table.in_force();
    let sides = decided.iter().zip(&followed).map(|(seed, lane)| lane.side_with(&seed.fold.books));
    let allotter = Allotter::open(&mut hands.limits, &sets, sides, &mut to_changes);
    let allotter = allotter.map_err(failed)?;

    let rings = decide::Rings { ingest: from_ingest, commands, changes, settle: to_settle };
    let decide = Decide::new(decided, config, stop, progress, rings);
    let rings = settle::Rings { decided: from_decide, recycle: to_ingest, durable: to_follow };
    let settle = Settle::new(world.journal().map_err(failed)?, settled, config, told, rings);
    let poll = Poll::new((table, to_commands), config.control_poll_ns, told);
    let rings = follow::Rings { changes: to_changes, durable };
    let follow = Follow::new(hands, followed, (sets, allotter, rings), options.clone(), told);
    Ok(Line { ingest, decide, settle, follow, poll, bells, failure })
}
