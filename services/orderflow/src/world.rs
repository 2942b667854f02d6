//! The world of one machine: which embedded side each seam of the router runs on.
//!
//! Entry points: [`Stores::open`] (the files of a folder), [`LocalWorld`] (what the router is
//! given).
//!
//! Invariants: every store carries the application's identity, so that files of two folders can't
//! be mixed; the journal must hold what cursors, snapshots and view say has been seen.
//!
//! It decides nothing and reads no settings but sizes.
//!
//! On a crash the stores are opened again; what was acknowledged is there.

pub mod clock;
pub mod publish;
pub mod venue_link;

use std::path::Path;

use domain::Writer;
use local::disk::RealDisk;
use local::journal::Claim;
use local::stream::{Settings, Stream};
use local::{
    Folder, Genesis, LocalControl, LocalCursors, LocalJournal, LocalLeases, LocalLimits,
    LocalSnapshots, LocalView, Starts, log,
};
use order_router::LaneSpec;
use ports::{Fault, Journal as _, OrderView as _, World};

use crate::config::Config;
use crate::error::Error;
pub use clock::SystemClock;
pub use publish::{Outlets, StreamPublisher};
pub use venue_link::VenueLink;

/// Every store of a folder. Clones are handles on the same ones.
#[derive(Clone)]
pub struct Stores {
    /// Requests and reports.
    pub orders: Stream,
    /// The venues' drop copy.
    pub executions: Stream,
    /// Life-cycle events.
    pub events: Stream,
    /// What could not be used.
    pub dead_letters: Stream,
    /// The journal of all lanes.
    pub journal: LocalJournal,
    /// How far each destination is.
    pub cursors: LocalCursors,
    /// Folds of the chains.
    pub snapshots: LocalSnapshots,
    /// Which lanes there are.
    pub leases: LocalLeases,
    /// What lanes may use of limits that span them.
    pub limits: LocalLimits,
    /// Configuration and commands.
    pub control: LocalControl<RealDisk>,
    /// Look-ups.
    pub view: LocalView,
    /// Counted starts.
    pub starts: Starts,
    /// Why the look-up store was thrown away at this opening, if it was.
    pub view_thrown_away: Option<String>,
}

/// What the router runs on.
#[derive(Clone)]
pub struct LocalWorld {
    /// The stores.
    pub stores: Stores,
    /// Where outputs leave.
    pub outlets: Outlets,
    /// Random bits for writers were refused by the system once; the next `journal` says so.
    pub entropy_failed: bool,
}

// === impl Stores ===

impl Stores {
    /// Opens every store of a folder that this process holds.
    ///
    /// # Errors
    /// Damage, a newer format, what the disk refuses: with its code.
    pub fn open(folder: &Folder, config: &Config) -> Result<Self, Error> {
        let (path, genesis) = (folder.path(), folder.genesis());
        let stream = |name: &str, shards: u32| {
            let log = settings(genesis, config, name);
            Stream::open(RealDisk, &path.join(name), Settings { log, shards })
        };
        let cursors = LocalCursors::open(RealDisk, &path.join("cursors"))?;
        let snapshots = LocalSnapshots::open(RealDisk, &path.join("snapshots"))?;
        let opened = LocalView::open(&path.join("view"), genesis.application)?;
        let mut claims = cursors.claims();
        claims.extend(snapshots.claims()?);
        let orders = stream("orders", genesis.shards)?;
        claims.extend(view_claims(&opened.view, &lanes(genesis, &orders))?);
        let journal = LocalJournal::open(
            RealDisk,
            &path.join("journal"),
            settings(genesis, config, "journal"),
            &claims,
        )?;
        check_inbound(&orders, &journal, genesis)?;
        Ok(Self {
            orders,
            executions: stream("executions", genesis.shards)?,
            events: stream("order-events", genesis.shards)?,
            dead_letters: stream("dead-letters", 1)?,
            journal,
            cursors,
            snapshots,
            leases: LocalLeases::open(RealDisk, &path.join("leases"))?,
            limits: LocalLimits::open(RealDisk, &path.join("limits"))?,
            control: LocalControl::open(RealDisk, &path.join("control"))?,
            view: opened.view,
            starts: Starts::open(RealDisk, &path.join("starts"))?,
            view_thrown_away: opened.thrown_away,
        })
    }

    /// Marks a clean close: a later opening refuses files that end before it.
    ///
    /// # Errors
    /// A failed write.
    pub fn mark(&self) -> Result<(), Error> {
        for stream in [&self.orders, &self.executions, &self.events, &self.dead_letters] {
            stream.mark()?;
        }
        Ok(self.journal.mark()?)
    }
}

/// The lanes that a folder has had, by number: one for each shard of `orders`. Those that it began
/// with come first.
#[must_use]
pub fn lanes(genesis: &Genesis, orders: &Stream) -> Vec<LaneSpec> {
    let spec = |(shard, of): (u32, &local::stream::Shard)| LaneSpec {
        lane: genesis.lane(shard),
        shard,
        range: of.range,
        application: genesis.application_name(),
        region: String::new(),
        stream: "orders".to_owned(),
        stream_created_ns: genesis.created.0,
        shard_name: shard.to_string(),
    };
    (0..).zip(&orders.all_shards()).map(spec).collect()
}

/// Whether a folder has a journal at all.
#[must_use]
pub fn has_journal(data: &Path) -> bool {
    data.join("journal").is_dir()
}

fn settings(genesis: &Genesis, config: &Config, name: &str) -> log::Settings {
    let application = genesis.application.to_be_bytes();
    let identity = domain::hash::content(&[&application, name.as_bytes()]);
    // Intake stops first; what it feeds may use three quarters of what is then left.
    let share = if name == "orders" { 1 } else { 4 };
    log::Settings {
        segment_bytes: config.segment_bytes,
        reserve_bytes: config.reserve_bytes / share,
        identity: u128::from_be_bytes(identity),
    }
}

/// Refuses an inbound stream that ends before what the journal has decided of it.
fn check_inbound(orders: &Stream, journal: &LocalJournal, genesis: &Genesis) -> Result<(), Error> {
    let (mut handle, known) = (journal.handle(), lanes(genesis, orders));
    for (lane, _, last) in journal.lanes() {
        let Some(spec) = known.iter().find(|spec| spec.lane == lane) else {
            continue;
        };
        for entry in handle.read(lane, last, 1)?.iter().flatten() {
            let read = entry.end.sequence.number().unwrap_or_default();
            orders.must_reach(spec.shard, read, &format!("the journal of lane {lane}"))?;
        }
    }
    Ok(())
}

fn view_claims(view: &LocalView, lanes: &[LaneSpec]) -> Result<Vec<Claim>, Error> {
    let mut claims = Vec::new();
    for spec in lanes {
        if let Some(index) = view.clone().index(spec.lane)? {
            claims.push(Claim { what: "the order view".to_owned(), lane: spec.lane, index });
        }
    }
    Ok(claims)
}

// === impl World ===

impl World for LocalWorld {
    type Source = local::stream::Source;
    type Journal = LocalJournal;
    type Publisher = StreamPublisher;
    type Cursors = LocalCursors;
    type Snapshots = LocalSnapshots;
    type Leases = LocalLeases;
    type Limits = LocalLimits;
    type Control = LocalControl<RealDisk>;
    type View = LocalView;
    type Attempts = Starts;
    type Clock = SystemClock;

    fn source(&mut self, shard: u32) -> Result<Self::Source, Fault> {
        Ok(self.stores.orders.source(shard))
    }

    fn shard(&mut self, name: &str) -> Result<Option<u32>, Fault> {
        let number = name.parse().ok();
        Ok(number.filter(|number| *number < self.stores.orders.shards()))
    }

    fn journal(&mut self) -> Result<Self::Journal, Fault> {
        if self.entropy_failed {
            return Err(Fault::Fatal("the system gave no random bytes for a writer".to_owned()));
        }
        Ok(self.stores.journal.handle())
    }

    fn publisher(&mut self) -> Result<Self::Publisher, Fault> {
        self.outlets.publisher()
    }

    fn cursors(&mut self) -> Result<Self::Cursors, Fault> {
        Ok(self.stores.cursors.clone())
    }

    fn snapshots(&mut self) -> Result<Self::Snapshots, Fault> {
        Ok(self.stores.snapshots.clone())
    }

    fn leases(&mut self) -> Result<Self::Leases, Fault> {
        Ok(self.stores.leases.clone())
    }

    fn limits(&mut self) -> Result<Self::Limits, Fault> {
        Ok(self.stores.limits.clone())
    }

    fn control(&mut self) -> Result<Self::Control, Fault> {
        Ok(self.stores.control.clone())
    }

    fn view(&mut self) -> Result<Self::View, Fault> {
        Ok(self.stores.view.clone())
    }

    fn attempts(&mut self) -> Result<Self::Attempts, Fault> {
        Ok(self.stores.starts.clone())
    }

    fn clock(&mut self) -> SystemClock {
        SystemClock
    }

    fn writer(&mut self) -> Writer {
        let mut bytes = [0; 16];
        self.entropy_failed |= draw(&mut bytes).is_err();
        Writer(bytes)
    }
}

/// Random bytes of the system.
///
/// # Errors
/// [`local::Error::Entropy`].
pub fn draw(bytes: &mut [u8]) -> Result<(), local::Error> {
    getrandom::fill(bytes).map_err(|error| local::Error::Entropy { reason: error.to_string() })
}
