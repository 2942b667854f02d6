//! How venues do, as what leaves for them and what they answer shows it.
//!
//! Entry points: [`Watch::sent`], [`Watch::answered`], [`Watch::refused`], [`Watch::changes`].
//!
//! ```text
//!  silent: something was sent, and nothing of any kind came back for longer than the setting
//!  rejecting: of its last answers to new orders more than the setting's share were rejects
//!  refusing: its queue, or the connection to it, refused an output for good
//! ```
//!
//! Limits: [`ANSWERS`] answers are looked at, fewer than [`ANSWERS_MIN`] say nothing. It only
//! tells: `Control::Health` is what binds, at its place in the journal, and only decisions of rules
//! that may choose another venue look at it. An order that was sent is never sent elsewhere.
//!
//! A crash loses what it saw; the books keep what it told.

use std::collections::{BTreeMap, VecDeque};

use domain::{Control, ExecType, Mic};

use crate::config::Config;

/// Answers to new orders whose share of rejects counts.
const ANSWERS: usize = 100;

/// Fewer answers than these say nothing of a venue.
const ANSWERS_MIN: usize = 20;

/// What is seen of all venues of a process.
#[derive(Debug)]
pub struct Watch {
    venues: BTreeMap<Mic, Seen>,
    silence_ns: i64,
    rejects_percent: usize,
    retry_ns: i64,
}

#[derive(Debug, Default)]
struct Seen {
    /// When the first output left that nothing was heard after.
    silent_since: Option<i64>,
    /// Whether each of the last answers to new orders was a reject, oldest first.
    rejects: VecDeque<bool>,
    refused: bool,
    /// What was told last.
    unwell: bool,
}

impl Watch {
    /// A watch that has seen nothing.
    #[must_use]
    pub const fn new(config: &Config) -> Self {
        Self {
            venues: BTreeMap::new(),
            silence_ns: config.venue_silence_ns,
            rejects_percent: config.venue_rejects_percent,
            retry_ns: config.venue_retry_ns,
        }
    }

    /// Something was decided to go to a venue.
    pub fn sent(&mut self, venue: Mic, now: i64) {
        self.venues.entry(venue).or_default().silent_since.get_or_insert(now);
    }

    /// A venue said something of an order.
    pub fn answered(&mut self, venue: Mic, exec_type: ExecType) {
        let seen = self.venues.entry(venue).or_default();
        // A void stands for a message that the venue never saw.
        if exec_type == ExecType::Void {
            return;
        }
        seen.silent_since = None;
        if matches!(exec_type, ExecType::New | ExecType::Rejected) {
            seen.refused = false;
            if seen.rejects.len() == ANSWERS {
                seen.rejects.pop_front();
            }
            seen.rejects.push_back(exec_type == ExecType::Rejected);
        }
    }

    /// An output was refused for good on its way to a venue.
    pub fn refused(&mut self, venue: Mic) {
        self.venues.entry(venue).or_default().refused = true;
    }

    /// What has changed, as lanes record it.
    pub fn changes(&mut self, now: i64) -> Vec<Control> {
        let (silence_ns, percent, retry_ns) =
            (self.silence_ns, self.rejects_percent, self.retry_ns);
        let mut changes = Vec::new();
        for (venue, seen) in &mut self.venues {
            let unwell = seen.is_unwell(now, silence_ns, percent);
            if unwell != seen.unwell {
                seen.unwell = unwell;
                // What it answered before says nothing of how it does after.
                seen.rejects.clear();
                changes.push(Control::Health { venue: *venue, healthy: !unwell, retry_ns });
            }
        }
        changes
    }
}

// === impl Seen ===

impl Seen {
    fn is_unwell(&self, now: i64, silence_ns: i64, percent: usize) -> bool {
        let silent = self.silent_since.map_or(0, |since| now.saturating_sub(since));
        let rejects = self.rejects.iter().filter(|is_reject| **is_reject).count();
        // Told to be unwell, it is well again with the first order that it takes.
        let is_rejecting = if self.unwell && self.silent_since.is_none() {
            rejects == self.rejects.len()
        } else {
            self.rejects.len() >= ANSWERS_MIN && rejects * 100 > percent * self.rejects.len()
        };
        self.refused || silence_ns > 0 && silent > silence_ns || is_rejecting
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn watch() -> (Watch, Mic) {
        let config = Config {
            venue_silence_ns: 1_000,
            venue_rejects_percent: 50,
            venue_retry_ns: 7,
            ..Config::default()
        };
        (Watch::new(&config), Mic::new("XAAA").unwrap())
    }

    fn told(watch: &mut Watch, now: i64) -> Vec<bool> {
        let healthy = |control: Control| match control {
            Control::Health { healthy, retry_ns: 7, .. } => healthy,
            other => panic!("{other:?}"),
        };
        watch.changes(now).into_iter().map(healthy).collect()
    }

    #[test]
    fn a_venue_that_says_nothing_for_too_long_is_unwell_until_it_takes_an_order() {
        let (mut watch, venue) = watch();
        watch.sent(venue, 0);
        watch.sent(venue, 900);
        assert_eq!(told(&mut watch, 1_000), []);
        assert_eq!(told(&mut watch, 1_001), [false]);
        assert_eq!(told(&mut watch, 5_000), [], "it is told once");
        watch.answered(venue, ExecType::Void);
        assert_eq!(told(&mut watch, 5_000), []);
        watch.answered(venue, ExecType::Canceled);
        assert_eq!(told(&mut watch, 5_001), [], "a cancel isn't an order that it takes");
        watch.answered(venue, ExecType::New);
        assert_eq!(told(&mut watch, 5_002), [true]);
        assert_eq!(told(&mut watch, 99_000), [], "nothing was sent, so nothing is missing");
    }

    #[test]
    fn a_venue_that_rejects_too_many_is_unwell() {
        let (mut watch, venue) = watch();
        for _ in 0..ANSWERS {
            watch.answered(venue, ExecType::New);
        }
        for _ in 0..ANSWERS / 2 {
            watch.answered(venue, ExecType::Rejected);
        }
        assert_eq!(told(&mut watch, 0), []);
        watch.answered(venue, ExecType::Rejected);
        assert_eq!(told(&mut watch, 0), [false]);
        watch.answered(venue, ExecType::Rejected);
        assert_eq!(told(&mut watch, 0), []);
        watch.answered(venue, ExecType::New);
        assert_eq!(told(&mut watch, 0), [true]);
    }

    #[test]
    fn a_venue_whose_queue_refuses_is_unwell() {
        let (mut watch, venue) = watch();
        watch.refused(venue);
        assert_eq!(told(&mut watch, 0), [false]);
        watch.answered(venue, ExecType::New);
        assert_eq!(told(&mut watch, 0), [true]);
    }
}
