//! The books as a fold of the journal (INV-10): recovery, the follower and `verify` all fold here.
//!
//! Entry points: [`Fold::new`], [`Fold::entry`], [`Fold::snapshot`], [`Fold::from_snapshot`].
//!
//! Invariants: INV-10: it calls no clock, reads no configuration and decides nothing; after every
//! entry the books' digest is the entry's. It knows no chain: what it is given is live.
//!
//! A crash loses nothing: the same entries give the same books.

use std::collections::BTreeMap;

use books::{Books, Capacity, Effect, Part};
use domain::inbound::{DecodeFault, Undecodable};
use domain::{Control, Entry, IdentityKey, Inbound, LimitKey, Outcome};
use wire::journal::{self, Input, Record};

use crate::admin::{Counted, REASONS_MAX};
use crate::config::Config;
use crate::lineage::AtEnd;

/// The first bytes of a snapshot: what its rest is.
const SNAPSHOT_VERSION: u16 = 2;

/// The window's reach before the first control says another: part of the format. Small, because
/// room that is never used still costs memory when it is touched here and there.
const FIRST_IDENTITIES: u32 = 4_096;

/// Counts in a snapshot.
const FIGURES: usize = 12 + REASONS_MAX;

/// Counts in a snapshot of the first version.
const FIGURES_OF_VERSION_1: usize = 12 + 16;

/// Books with what was counted on the way.
pub struct Fold {
    /// The books.
    pub books: Books,
    /// The counts.
    pub counts: Counted,
    key: IdentityKey,
}

/// What became of one input, for whoever tells others.
#[derive(Debug)]
pub struct Applied<'a> {
    /// The input as the journal keeps it.
    pub input: Input<'a>,
    /// The same as the books took it.
    pub inbound: Inbound,
    /// What it changed.
    pub effect: Effect,
}

/// Why an entry can't be folded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfolded {
    /// Which input, from 0.
    pub input: usize,
    /// What is wrong.
    pub reason: String,
}

/// The capacities that the settings ask for. The window's reach is the format's own: settings enter
/// by a recorded control, so that the first digest doesn't depend on them (INV-10).
#[must_use]
pub fn capacity(config: &Config) -> Capacity {
    Capacity {
        accounts: config.accounts_max,
        venues: 2 * config.accounts_max,
        orders: config.orders_max,
        requests: 2 * config.orders_max,
        reports: config.reports_max,
        uses: 4 * config.accounts_max,
        reserved: 2 * config.orders_max,
        window: FIRST_IDENTITIES,
        ..Capacity::default()
    }
}

/// What a record of the journal says. A quarantined one is not looked into again (INV-11).
#[must_use]
pub fn inbound(record: &Record<'_>, key: &IdentityKey) -> Inbound {
    match record.outcome {
        Outcome::Quarantined => quarantined(record.data),
        _ => record.inbound(key),
    }
}

/// What stands for a record that crashed the process.
#[must_use]
pub fn quarantined(data: &[u8]) -> Inbound {
    let hash = domain::hash::row(data);
    Inbound::Undecodable(Undecodable { fault: DecodeFault::Body, hash })
}

// === impl Fold ===

impl Fold {
    /// Empty books.
    #[must_use]
    pub fn new(capacity: &Capacity, key: IdentityKey) -> Self {
        Self { books: Books::new(capacity), counts: Counted::default(), key }
    }

    /// The fold that a lane begins with: its parts of its parents' books. What was counted goes to
    /// the first child of each, so that sums over lanes go on.
    ///
    /// # Errors
    /// Why the parts don't make one.
    pub(crate) fn united(
        capacity: &Capacity,
        key: IdentityKey,
        parents: &[AtEnd],
    ) -> Result<Self, String> {
        let parts = parents.iter().map(|at| Part { books: &at.fold.books, range: at.child.range });
        let parts: Vec<Part<'_>> = parts.collect();
        let mut allotments: BTreeMap<LimitKey, i128> = BTreeMap::new();
        for (limit, amount) in parents.iter().flat_map(|at| &at.child.shares) {
            let sum = allotments.entry(*limit).or_default();
            *sum = sum.saturating_add(*amount);
        }
        let allotments: Vec<_> = allotments.into_iter().collect();
        let books = Books::united(capacity, &parts, &allotments);
        let books = books.map_err(|error| format!("its parents' books don't unite: {error}"))?;
        let mut counts = Counted::default();
        for at in parents.iter().filter(|at| at.is_first) {
            counts = counts.plus(&at.fold.counts);
        }
        Ok(Self { books, counts, key })
    }

    /// Applies every input of a live entry and checks the digest after it.
    ///
    /// # Errors
    /// What can't be read, or a digest that differs.
    pub fn entry(
        &mut self,
        entry: &Entry,
        visit: impl FnMut(&Books, &Applied<'_>),
    ) -> Result<(), Unfolded> {
        self.checked(entry, |_, _, _| Ok(()), visit)
    }

    /// The same, with a look at each input before it is applied, at its arrival.
    ///
    /// # Errors
    /// What `check` says, and as [`Fold::entry`].
    pub fn checked(
        &mut self,
        entry: &Entry,
        mut check: impl FnMut(&Books, &Input<'_>, &Inbound) -> Result<(), String>,
        mut visit: impl FnMut(&Books, &Applied<'_>),
    ) -> Result<(), Unfolded> {
        self.books.read_as(entry.format);
        for (number, input) in journal::inputs(&entry.body).enumerate() {
            let wrong = |reason| Unfolded { input: number, reason };
            let input = input.map_err(|error| wrong(error.to_string()))?;
            let (arrival, inbound, outcome) = match &input {
                Input::Record(record) => {
                    (record.arrival, inbound(record, &self.key), record.outcome)
                }
                Input::Control { control } => {
                    (self.books.lane_time(), Inbound::Control(*control), Outcome::Applied)
                }
            };
            check(&self.books, &input, &inbound).map_err(wrong)?;
            let effect = self.books.apply(arrival, &inbound, &outcome);
            self.counts.count(&outcome);
            visit(&self.books, &Applied { input, inbound, effect });
        }
        let (folded, kept) = (self.books.digest(), entry.state);
        if folded == kept {
            return Ok(());
        }
        let reason = format!("the books' digest is {folded}, the entry says {kept}");
        Err(Unfolded { input: 0, reason })
    }

    /// Counts and rows, as a snapshot keeps them.
    #[must_use]
    pub fn snapshot(&self) -> Vec<u8> {
        let mut bytes = SNAPSHOT_VERSION.to_be_bytes().to_vec();
        for figure in self.counts.figures() {
            bytes.extend_from_slice(&figure.to_be_bytes());
        }
        self.books.write_rows(&mut bytes);
        bytes
    }

    /// A fold from a snapshot; `None` when it can't be read.
    #[must_use]
    pub fn from_snapshot(capacity: &Capacity, key: IdentityKey, bytes: &[u8]) -> Option<Self> {
        let (version, rest) = bytes.split_first_chunk::<2>()?;
        let count = match u16::from_be_bytes(*version) {
            // The first version knew fewer reasons.
            1 => FIGURES_OF_VERSION_1,
            SNAPSHOT_VERSION => FIGURES,
            _ => return None,
        };
        let (written, rows) = rest.split_at_checked(8 * count)?;
        let written = written.chunks_exact(8).filter_map(|bytes| bytes.try_into().ok());
        let mut figures = [0; FIGURES];
        for (place, bytes) in figures.iter_mut().zip(written) {
            *place = u64::from_be_bytes(bytes);
        }
        let counts = Counted::of_figures(&figures);
        let books = Books::from_rows(capacity, rows).ok()?;
        Some(Self { books, counts, key })
    }
}

// === impl Counted ===

impl Default for Counted {
    fn default() -> Self {
        Self::of_figures(&[0; FIGURES])
    }
}

impl Counted {
    /// Counts one input.
    pub fn count(&mut self, outcome: &Outcome) {
        match outcome {
            Outcome::Routed(_) => self.routed += 1,
            Outcome::Forwarded(_) | Outcome::MassForwarded { .. } => self.forwarded += 1,
            Outcome::Answered { .. } => self.answered += 1,
            Outcome::Reported { .. } => self.reported += 1,
            Outcome::Rejected(rejection) => {
                self.rejected += 1;
                let first =
                    rejection.reasons.first().map_or(REASONS_MAX - 1, |reason| reason as usize);
                if let Some(by) = self.rejected_by.get_mut(first) {
                    *by += 1;
                }
            }
            Outcome::ExecIdConflict => self.conflicts += 1,
            Outcome::Unmatched => self.unmatched += 1,
            Outcome::Duplicate { .. } | Outcome::Repeated => self.duplicates += 1,
            Outcome::Stale { .. } => self.stale += 1,
            Outcome::Undecodable | Outcome::Quarantined => self.undecodable += 1,
            Outcome::Misplaced => self.misplaced += 1,
            Outcome::Applied => self.controls += 1,
        }
    }

    const fn figures(&self) -> [u64; FIGURES] {
        let mut figures = [0; FIGURES];
        let named = [
            self.routed,
            self.forwarded,
            self.answered,
            self.reported,
            self.rejected,
            self.conflicts,
            self.unmatched,
            self.duplicates,
            self.stale,
            self.undecodable,
            self.misplaced,
            self.controls,
        ];
        let mut at = 0;
        while at < FIGURES {
            figures[at] = if at < 12 { named[at] } else { self.rejected_by[at - 12] };
            at += 1;
        }
        figures
    }

    fn of_figures(figures: &[u64; FIGURES]) -> Self {
        let mut rejected_by = [0; REASONS_MAX];
        rejected_by.copy_from_slice(&figures[12..]);
        Self {
            routed: figures[0],
            forwarded: figures[1],
            answered: figures[2],
            reported: figures[3],
            rejected: figures[4],
            conflicts: figures[5],
            unmatched: figures[6],
            duplicates: figures[7],
            stale: figures[8],
            undecodable: figures[9],
            misplaced: figures[10],
            controls: figures[11],
            rejected_by,
        }
    }
}

/// The halt that goes with a quarantined record, when its account can be told.
#[must_use]
pub fn halt(inbound: &Inbound) -> Option<Control> {
    inbound.account().map(Control::Halt)
}
