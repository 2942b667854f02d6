//! What happened, in the past tense: each knows its counter and its log line.
//!
//! Entry points: [`Event::emit`] for the counter, [`Event::line`] for the text; [`tell`] does both
//! and writes the line to standard error.
//! Levels: error means that an operator must act, and names a runbook; warn means recovered by
//! itself; info means life-cycle and ownership.
//! Nothing here is made per order.

use std::fmt;

use domain::{Epoch, LaneId};

use crate::catalogue::Metric;
use crate::labels::Labels;
use crate::registry::Registry;

/// How much an event matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Life-cycle and ownership.
    Info,
    /// Recovered by itself.
    Warn,
    /// An operator must act; the line names a runbook.
    Error,
}

/// Something that happened.
pub trait Event: fmt::Display {
    /// Its name: noun and past verb.
    const NAME: &'static str;
    /// How much it matters.
    const LEVEL: Level;

    /// Counts it; most events have a counter.
    fn count(&self, _registry: &Registry) {}

    /// Its log line, without a time: whoever collects lines stamps them.
    fn line(&self) -> String {
        format!("level={} event={} {self}", Self::LEVEL.text(), Self::NAME)
    }
}

/// Counts an event and writes its line to standard error.
pub fn tell<E: Event>(event: &E, registry: &Registry) {
    event.count(registry);
    eprintln!("{}", event.line());
}

/// A lane is recovered and takes records.
#[derive(Clone, Debug)]
pub struct LaneOpened {
    /// Number of its shard, from 0.
    pub number: u16,
    /// The lane.
    pub lane: LaneId,
    /// Its epoch from here on.
    pub epoch: Epoch,
    /// Index of its newest live entry.
    pub index: u64,
}

/// The demo venue's process runs.
#[derive(Clone, Debug)]
pub struct VenueStarted {
    /// Its process id.
    pub process: u32,
}

/// The demo venue's process ended although nobody asked it to.
#[derive(Clone, Debug)]
pub struct VenueLost {
    /// How it ended.
    pub how: String,
}

/// A configuration set was published.
#[derive(Clone, Debug)]
pub struct ConfigurationPublished {
    /// Its number.
    pub number: u64,
    /// Whether it is the sample of a first start.
    pub sample: bool,
}

/// A kill switch was thrown or released.
#[derive(Clone, Debug)]
pub struct KillSwitchChanged {
    /// Number of the command.
    pub number: u64,
    /// What it names.
    pub target: String,
    /// Thrown, or released.
    pub thrown: bool,
}

/// The look-up store was unusable and is filled again from the journal.
#[derive(Clone, Debug)]
pub struct ViewRebuilt {
    /// What was wrong with it.
    pub why: String,
}

/// A configuration set was published and can't be read: the older one stays in force.
#[derive(Clone, Debug)]
pub struct ConfigurationUnread {
    /// Its number.
    pub number: u64,
}

/// The process stops.
#[derive(Clone, Debug)]
pub struct ProcessStopped {
    /// Whether everything that was read is settled.
    pub drained: bool,
}

// === impl Level ===

impl Level {
    /// The level's text.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
        }
    }
}

// === impl Event ===

impl Event for LaneOpened {
    const NAME: &'static str = "LaneOpened";
    const LEVEL: Level = Level::Info;

    fn count(&self, registry: &Registry) {
        registry.add(Metric::LaneOpenings, Labels::lane(self.number), 1);
    }
}

impl Event for VenueStarted {
    const NAME: &'static str = "VenueStarted";
    const LEVEL: Level = Level::Info;

    fn count(&self, registry: &Registry) {
        registry.add(Metric::VenueStarts, Labels::NONE, 1);
    }
}

impl Event for VenueLost {
    const NAME: &'static str = "VenueLost";
    const LEVEL: Level = Level::Warn;
}

impl Event for ConfigurationPublished {
    const NAME: &'static str = "ConfigurationPublished";
    const LEVEL: Level = Level::Info;
}

impl Event for KillSwitchChanged {
    const NAME: &'static str = "KillSwitchChanged";
    const LEVEL: Level = Level::Info;
}

impl Event for ViewRebuilt {
    const NAME: &'static str = "ViewRebuilt";
    const LEVEL: Level = Level::Warn;
}

impl Event for ConfigurationUnread {
    const NAME: &'static str = "ConfigurationUnread";
    const LEVEL: Level = Level::Error;
}

impl Event for ProcessStopped {
    const NAME: &'static str = "ProcessStopped";
    const LEVEL: Level = Level::Info;
}

// === impl Display ===

impl fmt::Display for LaneOpened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { number, lane, epoch, index } = self;
        write!(f, "lane={number} id={lane} epoch={} index={index}", epoch.0)
    }
}

impl fmt::Display for VenueStarted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "process={}", self.process)
    }
}

impl fmt::Display for VenueLost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "how={:?}", self.how)
    }
}

impl fmt::Display for ConfigurationPublished {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "number={} sample={}", self.number, self.sample)
    }
}

impl fmt::Display for KillSwitchChanged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "number={} target={:?} thrown={}", self.number, self.target, self.thrown)
    }
}

impl fmt::Display for ViewRebuilt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "why={:?}", self.why)
    }
}

impl fmt::Display for ConfigurationUnread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "code=OR-0215 number={} runbook=deploy/runbooks/OR-0215.md", self.number)
    }
}

impl fmt::Display for ProcessStopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "drained={}", self.drained)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_says_in_one_line_what_happened() {
        let lost = VenueLost { how: "it said \"no room\"\nand ended".to_owned() };
        let line = lost.line();
        assert!(line.starts_with("level=warn event=VenueLost how="), "{line}");
        assert_eq!(line.lines().count(), 1);
    }

    #[test]
    fn an_event_counts_under_its_own_metric() {
        let registry = Registry::new().unwrap();
        VenueStarted { process: 7 }.count(&registry);
        assert!(registry.text().unwrap().contains("orderflow_venue_starts_total 1"));
    }
}
