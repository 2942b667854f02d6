//! Start-up, which is crash recovery: seal the lane, then rebuild its books from snapshot and tail.
//!
//! ```text
//!  newest snapshot that fits -> fold the tail -> Begin or Seal -> owner, books, position
//!      \-- none fits: from index 0              \-- lapped: from a newer snapshot, a few times
//! ```
//!
//! Entry points: [`lane`].
//!
//! Invariants: INV-3, INV-10, INV-11 (counted starts). It decides nothing: recorded outcomes are
//! applied. Limits: [`LAPS_MAX`], and the settings' time for a put whose outcome stays unknown.
//! It starts no thread and reads no stream.
//!
//! A crash in the middle leaves at most a Seal more; the next start does the same again.

use std::time::Duration;

use domain::{Entry, EntryKind, IdentityKey, LaneId, Position, Timestamp};
use ports::chain::{Begin, Opened, Opening, Owner, Reader};
use ports::{
    Attempts, Clock, Completion, Fault, Journal, LaneRow, SnapshotHead, Snapshots, World, chain,
};
use wire::journal::{BodyWriter, Parent};

use crate::admin::{Intake, LaneFacts, LaneState};
use crate::config::Config;
use crate::error::Error;
use crate::fold::{self, Fold};
use crate::limits::LANES_MAX;
use crate::lineage::{self, Kin};
use crate::router::{LaneSpec, Options};

/// How often a lane that was lapped while it was read is read from a newer snapshot.
const LAPS_MAX: u32 = 3;

/// Between two steps of an opening that found nothing to do.
const PAUSE: Duration = Duration::from_millis(1);

/// A lane that is recovered and ours.
pub struct Recovered {
    /// Its place among the process's lanes.
    pub slot: u16,
    /// What it was asked for as.
    pub spec: LaneSpec,
    /// Writes its entries.
    pub owner: Owner,
    /// Its books and counts.
    pub fold: Fold,
    /// Starts that took the record after its position in hand and didn't pass it (INV-11).
    pub attempts: u32,
    /// Its row says that it is to read nothing.
    pub drained: bool,
}

impl Recovered {
    /// Its checkpoint (INV-2).
    #[must_use]
    pub const fn position(&self) -> Position {
        self.owner.tip().end
    }

    /// Gives it its place among the process's lanes, which its tickets carry.
    pub(crate) const fn take_place(&mut self, slot: u16) {
        self.slot = slot;
        self.owner.take_slot(slot);
    }

    /// Shows what was recovered.
    pub(crate) fn show(&self, now: i64, facts: &mut LaneFacts) {
        let is_configured = self.fold.books.configuration().0 > 0;
        facts.state = if is_configured { LaneState::Running } else { LaneState::Unconfigured };
        (facts.lane, facts.shard) = (self.spec.lane, self.spec.shard);
        facts.epoch = self.owner.tip().epoch;
        facts.format = self.owner.tip().format;
        facts.committed = self.owner.committed();
        facts.position = self.position();
        facts.digest = self.fold.books.digest();
        facts.counts = self.fold.counts;
        (facts.busy, facts.moved_at) = (false, now);
        facts.intake = if self.drained { Intake::Closing } else { Intake::Open };
    }
}

/// The handles that recovery needs.
pub struct Handles<W: World> {
    /// The journal.
    pub journal: W::Journal,
    /// The snapshots.
    pub snapshots: W::Snapshots,
    /// The lanes.
    pub leases: W::Leases,
    /// The counted starts.
    pub attempts: W::Attempts,
    /// The clock, for back-off alone.
    pub clock: W::Clock,
}

/// A lane that was read to its end.
pub enum Taken {
    /// It is ours.
    Owned(Box<Recovered>),
    /// It has ended: its End, body left out, and the books there.
    Ended(Box<Entry>, Box<Fold>),
}

/// Recovers a lane and takes it over for `writer`. Blocks.
///
/// # Errors
/// What keeps the lane from being opened.
pub fn lane<W: World>(
    handles: &mut Handles<W>,
    options: &Options,
    (rows, row): (&[LaneRow], &LaneRow),
    (slot, writer): (u16, domain::Writer),
) -> Result<Taken, Error> {
    let spec = lineage::spec_of(row, options).ok_or(Error::Lanes { count: 0, max: LANES_MAX })?;
    let kin = Kin { rows, config: &options.config, key: options.key };
    for _ in 0..LAPS_MAX {
        let (journal, snapshots) = (&mut handles.journal, &mut handles.snapshots);
        let (reader, mut fold, parents) = begun(journal, snapshots, kin, spec.lane)?;
        let begin = begin(&spec, &fold, parents);
        let opening = Opening::new(reader, slot, writer, begin, options.format);
        match take_over(handles, options, opening, &mut fold) {
            Ok(Opened::Owned(entry)) => {
                let lane = recovered(handles, options, (slot, &spec, row.drained), (*entry, fold))?;
                return Ok(Taken::Owned(Box::new(lane)));
            }
            Ok(Opened::Ended(end)) => return Ok(Taken::Ended(end, Box::new(fold))),
            Ok(Opened::Working) | Err(chain::Error::Lapped { .. }) => {}
            Err(chain::Error::Fault(fault)) => {
                return Err(Error::World { doing: "opening a lane", fault });
            }
        }
    }
    let reason = "its entries go faster than they are read; take a newer snapshot".to_owned();
    Err(Error::Chain { lane: spec.lane, reason })
}

/// Where the fold of a lane starts: the newest snapshot that fits the chain, or before index 0 with
/// what its parents give it.
pub(crate) fn start(
    journal: &mut impl Journal,
    snapshots: &mut impl Snapshots,
    kin: Kin<'_>,
    lane: LaneId,
) -> Result<(Reader, Fold), Error> {
    begun(journal, snapshots, kin, lane).map(|(reader, fold, _)| (reader, fold))
}

/// The same, with the parents that its Begin names, where it may have none yet.
fn begun(
    journal: &mut impl Journal,
    snapshots: &mut impl Snapshots,
    kin: Kin<'_>,
    lane: LaneId,
) -> Result<(Reader, Fold, Vec<Parent>), Error> {
    let world = |fault| Error::World { doing: "reading snapshots", fault };
    let settings = (kin.config, kin.key);
    for (head, bytes) in snapshots.newest(lane).map_err(world)? {
        if let Some((reader, fold)) = load(journal, &head, &bytes, settings).map_err(world)? {
            return Ok((reader, fold, Vec::new()));
        }
    }
    let base = lineage::base(journal, snapshots, kin, lane)?;
    Ok((Reader::new(lane), base.fold, base.parents))
}

/// A snapshot's fold and its place in the chain; `None` when it doesn't fit.
pub(crate) fn load(
    journal: &mut impl Journal,
    head: &SnapshotHead,
    bytes: &[u8],
    (config, key): (&Config, IdentityKey),
) -> Result<Option<(Reader, Fold)>, Fault> {
    let capacity = fold::capacity(config);
    let reader = match Reader::after(journal, head) {
        Ok(reader) => reader,
        Err(chain::Error::Lapped { .. }) => None,
        Err(chain::Error::Fault(fault)) => return Err(fault),
    };
    let Some(reader) = reader else { return Ok(None) };
    let fold = Fold::from_snapshot(&capacity, key, bytes);
    let fold = fold.filter(|fold| fold.books.recount() == head.state);
    Ok(fold.map(|fold| (reader, fold)))
}

/// The fold from as far back as there is one: before index 0 with what the parents give, or, where
/// the chain's or a parent's beginning has gone, at the oldest snapshot that fits.
pub(crate) fn oldest(
    journal: &mut impl Journal,
    snapshots: &mut impl Snapshots,
    kin: Kin<'_>,
    lane: LaneId,
) -> Result<(Reader, Fold), Error> {
    let world = |fault| Error::World { doing: "reading snapshots", fault };
    let is_whole = is_whole(journal, lane).map_err(world)?;
    let parents = lineage::has_parents(journal, snapshots, (kin.rows, lane));
    if !is_whole || !parents.map_err(world)? {
        for (head, bytes) in snapshots.newest(lane).map_err(world)?.iter().rev() {
            let loaded = load(journal, head, bytes, (kin.config, kin.key)).map_err(world)?;
            if let Some(loaded) = loaded {
                return Ok(loaded);
            }
        }
    }
    let base = lineage::base(journal, snapshots, kin, lane)?;
    Ok((Reader::new(lane), base.fold))
}

/// Whether a chain can be read from index 0, or hasn't begun.
pub(crate) fn is_whole(journal: &mut impl Journal, lane: LaneId) -> Result<bool, Fault> {
    let first = journal.read(lane, 0, 1)?.pop().flatten();
    Ok(first.is_none_or(|entry| entry.index == 0 && entry.kind != EntryKind::Barrier))
}

/// A fold step as the chain's reader asks for it.
pub(crate) fn folded(
    entry: &Entry,
    fold: &mut Fold,
    visit: impl FnMut(&books::Books, &fold::Applied<'_>),
) -> Result<(), Fault> {
    fold.entry(entry, visit).map_err(|wrong| {
        let (index, lane) = (entry.index, entry.lane);
        let fold::Unfolded { input, reason } = wrong;
        Fault::Fatal(format!("OR-0212: lane {lane} entry {index}, input {input}: {reason}"))
    })
}

fn take_over<W: World>(
    handles: &mut Handles<W>,
    options: &Options,
    mut opening: Opening,
    fold: &mut Fold,
) -> Result<Opened, chain::Error> {
    let mut completions: Vec<Completion> = Vec::new();
    let first = handles.clock.now();
    loop {
        let now = handles.clock.now();
        let visit = |entry: &Entry| folded(entry, fold, |_, _| {});
        match opening.step(&mut handles.journal, now.0, &mut completions, visit)? {
            Opened::Working => {}
            opened => return Ok(opened),
        }
        let before = completions.len();
        handles.journal.drain(&mut completions);
        let waits = opening.is_waiting() && completions.len() == before;
        if waits && now.since(first) > options.config.unresolved_ns {
            return Err(Fault::Unknown.into());
        }
        if waits {
            std::thread::park_timeout(PAUSE);
        }
    }
}

fn recovered<W: World>(
    handles: &mut Handles<W>,
    options: &Options,
    (slot, spec, drained): (u16, &LaneSpec, bool),
    (entry, fold): (Entry, Fold),
) -> Result<Recovered, Error> {
    let attempts = handles.attempts.count(spec.lane, entry.end);
    let attempts = attempts.map_err(|fault| Error::World { doing: "counting starts", fault })?;
    let owner = Owner::new(entry, slot, options.config.window);
    Ok(Recovered { slot, spec: spec.clone(), owner, fold, attempts, drained })
}

fn begin(spec: &LaneSpec, fold: &Fold, parents: Vec<Parent>) -> Begin {
    let mut body = BodyWriter::default();
    body.begin(&wire::journal::Begin {
        application: spec.application.clone(),
        region: spec.region.clone(),
        stream: spec.stream.clone(),
        stream_created: Timestamp(spec.stream_created_ns),
        shard: spec.shard_name.clone(),
        region_epoch: 0,
        range: spec.range,
        parents,
    });
    Begin { start: Position::START, body: body.bytes().into(), state: fold.books.digest() }
}
