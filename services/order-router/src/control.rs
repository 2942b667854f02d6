//! Reads the control table and hands what is new to decide.
//!
//! Entry points: [`Table::new`], [`Table::take`], [`InForce`], [`load`]. `poll` says when to look.
//!
//! Invariants: a set is taken whole, with its content; a set that can't be read changes nothing and
//! is asked for again: the older one stays in force, and [`Table::unread`] names it. Commands are
//! numbered, so that none is lost or taken twice. It decides nothing.
//!
//! A crash loses nothing: numbers above the books' are asked for again.

use std::sync::{Arc, Mutex, PoisonError};

use books::Books;
use domain::entry::FORMAT_OF_DAYS;
use domain::{Configuration, Control};
use lane::Sender;
use ports::{ControlTable, Fault};

use crate::decide::Change;
use crate::error::Error;

/// What is read of the control table, and how far.
#[derive(Debug)]
pub struct Table<C> {
    control: C,
    set: u64,
    /// The set above it that can't be read; 0: none.
    unread: u64,
    kill: u64,
    day: u32,
    /// The newest set that was handed on.
    in_force: InForce,
    /// Releases older than this start are for the lines that ran then.
    release: u64,
    /// The format that its lanes write.
    format: u16,
    /// Lanes pass over the overrides that they have.
    exemption: u64,
}

/// The newest set that lanes have, or were handed: told here, read beside. Clones see one.
#[derive(Clone, Debug, Default)]
pub struct InForce(Arc<Mutex<Option<Arc<Configuration>>>>);

/// Numbers of the last commands that a lane has taken, or that every lane has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Numbers {
    /// Of a configuration set.
    pub set: u64,
    /// Of a kill switch.
    pub kill: u64,
    /// Of a change of business day.
    pub day: u32,
}

impl Numbers {
    /// Above all numbers.
    pub const MAX: Self = Self { set: u64::MAX, kill: u64::MAX, day: u32::MAX };

    /// What these books have taken, where that is less.
    #[must_use]
    pub fn and(self, books: &Books) -> Self {
        Self {
            set: self.set.min(books.configuration().0),
            kill: self.kill.min(books.last_kill()),
            day: self.day.min(books.days()),
        }
    }
}

impl<C: ControlTable> Table<C> {
    /// Reads on above the numbers that every lane has taken, and above every release that is
    /// there, for lanes that write `format`.
    #[must_use]
    pub fn new(mut control: C, taken: Numbers, format: u16) -> Self {
        let Numbers { set, kill, day } = taken;
        let releases = control.releases_after(0).unwrap_or_default();
        let release = releases.last().map_or(0, |release| release.0);
        let (unread, exemption, in_force) = (0, 0, InForce::default());
        Self { control, set, unread, kill, day, in_force, release, format, exemption }
    }

    /// Goes on after the last release that a line before this one took.
    pub fn release_after(&mut self, number: Option<u64>) {
        self.release = number.unwrap_or(self.release);
    }

    /// Goes on from the set that a lane has.
    pub fn begin_with(&mut self, set: Option<Arc<Configuration>>) {
        let number = |set: &Option<Arc<Configuration>>| set.as_ref().map_or(0, |set| set.number);
        if number(&set) > number(&self.in_force.set()) {
            self.in_force.tell(set);
        }
    }

    /// Where the newest set is told.
    #[must_use]
    pub fn in_force(&self) -> InForce {
        self.in_force.clone()
    }

    /// The last release that was taken.
    #[must_use]
    pub const fn released(&self) -> u64 {
        self.release
    }

    /// Hands what is new to decide; says whether there was anything.
    ///
    /// # Errors
    /// A [`Fault`] of the table.
    pub fn take(&mut self, changes: &mut Sender<Change>) -> Result<bool, Fault> {
        let mut any = false;
        self.unread = 0;
        for (number, hash) in self.control.sets_after(self.set)? {
            self.unread = number;
            let Ok(configuration) = load(&mut self.control, number, hash) else { break };
            // What it asks for couldn't be recorded.
            if configuration.format() > self.format {
                break;
            }
            self.unread = 0;
            let control = Control::Configuration { number, hash };
            let configuration = Some(configuration);
            let change = Change { lane: None, control, configuration: configuration.clone() };
            if changes.send(change).is_err() {
                break;
            }
            self.set = number;
            // After the set itself: what is sent by it comes later.
            self.in_force.tell(configuration);
            any = true;
        }
        for kill in self.control.kills_after(self.kill)? {
            let control = Control::Kill(kill);
            if changes.send(Change { lane: None, control, configuration: None }).is_err() {
                break;
            }
            self.kill = kill.number;
            any = true;
        }
        // The format before knows no business days.
        let knows_days = self.format >= FORMAT_OF_DAYS;
        let days = if knows_days { self.control.days_after(self.day)? } else { Vec::new() };
        for (number, date) in days {
            let control = Control::BusinessDay { number, date };
            if changes.send(Change { lane: None, control, configuration: None }).is_err() {
                break;
            }
            self.day = number;
            any = true;
        }
        any |= self.poll_overrides(changes)?;
        Ok(self.poll_releases(changes)? || any)
    }

    /// Number of the oldest set that is published and can't be read; 0: none.
    #[must_use]
    pub const fn unread(&self) -> u64 {
        self.unread
    }

    fn poll_overrides(&mut self, changes: &mut Sender<Change>) -> Result<bool, Fault> {
        let mut any = false;
        for given in self.control.overrides_after(self.exemption)? {
            let control = Control::Override(given);
            if changes.send(Change { lane: None, control, configuration: None }).is_err() {
                break;
            }
            self.exemption = given.number;
            any = true;
        }
        Ok(any)
    }

    fn poll_releases(&mut self, changes: &mut Sender<Change>) -> Result<bool, Fault> {
        let mut any = false;
        for (number, account) in self.control.releases_after(self.release)? {
            let control = Control::Release(account);
            // Lanes that don't have the account change nothing.
            if changes.send(Change { lane: None, control, configuration: None }).is_err() {
                break;
            }
            self.release = number;
            any = true;
        }
        Ok(any)
    }
}

// === impl InForce ===

impl InForce {
    /// The set.
    #[must_use]
    pub fn set(&self) -> Option<Arc<Configuration>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn tell(&self, set: Option<Arc<Configuration>>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = set;
    }
}

/// The content of a set by its hash.
///
/// # Errors
/// [`Error::Configuration`] when it isn't there or isn't what its hash says.
pub fn load(
    control: &mut impl ControlTable,
    number: u64,
    hash: [u8; 16],
) -> Result<Arc<Configuration>, Error> {
    let failed = |reason| Error::Configuration { number, hash, reason };
    let text = control.set(hash).map_err(|fault| failed(crate::error::text(&fault)))?;
    let text = text.ok_or_else(|| failed("it is not in the control table".to_owned()))?;
    let mut parsed = wire::configuration::parse(&text).map_err(|problems| {
        let problems: Vec<_> = problems.iter().map(ToString::to_string).collect();
        failed(problems.join("; "))
    })?;
    if parsed.hash != hash {
        return Err(failed("its content has another hash".to_owned()));
    }
    // Equal content under two numbers is kept once.
    parsed.number = number;
    Ok(Arc::new(parsed))
}
