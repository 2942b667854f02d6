//! The router's settings: one table says each key, its default, why, how it is read and shown.
//!
//! ```text
//!  entry_bytes <= largest body of an entry       window <= 8
//!  batch_records * batches_per_lane bounds what is decided and not settled
//!  control_poll <= 250 ms                        ready_within <= live_within
//! ```
//!
//! Entry points: [`Config::parse`], [`Config::from_table`], [`Config::render`],
//! [`Config::reference`].
//!
//! Limits: the relations above are checked in one function; all problems are reported at once.
//! It reads no file and no environment: the text is handed in. Unknown keys are refused.
//!
//! Read once at start; a change needs a start. What changes while running is the control table's.

use std::fmt::Write as _;

use domain::ClockSource;
use lane::Wait;
use toml::{Table, Value};

use crate::limits;

/// Everything that can be set. Durations are nanoseconds, sizes are bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// What a stage's thread does when idle.
    pub wait: Wait,
    /// Cores for ingest, decide and settle; empty leaves them unpinned.
    pub cores: Vec<usize>,
    /// Most records in a batch.
    pub batch_records: usize,
    /// Batches of a lane that circulate.
    pub batches_per_lane: usize,
    /// An entry closes at this many bytes.
    pub entry_bytes: usize,
    /// An entry closes when its first input is this old; 0 closes at what is there.
    pub entry_age_ns: i64,
    /// Entries of a lane in flight.
    pub window: u64,
    /// A put whose outcome is unknown for this long drops the lane, which is then recovered.
    pub unresolved_ns: i64,
    /// How often the control table is read.
    pub control_poll_ns: i64,
    /// An idle lane's time moves this often; 0 never, as a replay wants it.
    pub tick_ns: i64,
    /// What disciplines this machine's clock: recorded beside each decision.
    pub clock_source: ClockSource,
    /// How far the clock may be from UTC; 0: not known.
    pub clock_error_ns: i64,
    /// Entries between snapshots.
    pub snapshot_entries: u64,
    /// Entries that are kept whatever has passed them.
    pub retain_entries: u64,
    /// How often cursors are written.
    pub cursor_ns: i64,
    /// A destination that lags by more stops the intake of new orders.
    pub lag_ns: i64,
    /// A venue that answers nothing for longer is unwell; 0 never.
    pub venue_silence_ns: i64,
    /// A venue that rejects more of 100 new orders is unwell.
    pub venue_rejects_percent: usize,
    /// An unwell venue is left alone for so long before one order tries it.
    pub venue_retry_ns: i64,
    /// Ready only if committed within this time, or idle.
    pub ready_within_ns: i64,
    /// Alive only if every lane that has work moved within this time.
    pub live_within_ns: i64,
    /// How long a drain may take.
    pub drain_ns: i64,
    /// How long a request's identity is kept (INV-8).
    pub identity_window_ns: i64,
    /// Most accounts of a lane.
    pub accounts_max: usize,
    /// Most orders of a lane.
    pub orders_max: usize,
    /// Most reports of a lane that are kept (INV-14).
    pub reports_max: usize,
    /// Most identities of a lane that are kept (INV-8).
    pub identities_max: usize,
}

/// One thing that is wrong with a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The key.
    pub path: String,
    /// What is wrong and what would be right.
    pub reason: String,
}

struct Setting {
    key: &'static str,
    default: &'static str,
    why: &'static str,
    read: fn(&mut Config, &Value) -> Result<(), String>,
    show: fn(&Config) -> String,
}

macro_rules! setting {
    ($key:ident, $kind:ident, $field:ident, $default:literal, $why:literal) => {
        Setting {
            key: stringify!($key),
            default: $default,
            why: $why,
            read: |config, value| {
                config.$field = $kind::read(value)?;
                Ok(())
            },
            show: |config| $kind::show(&config.$field),
        }
    };
}

const SETTINGS: &[Setting] = &[
    setting!(
        wait,
        wait,
        wait,
        "\"park\"",
        "idle stages: park, spin or spin-with-hint; spinning needs a core for each stage"
    ),
    setting!(
        cores,
        cores,
        cores,
        "[]",
        "cores of ingest, decide and settle; empty leaves them unpinned"
    ),
    setting!(
        batch_records,
        count,
        batch_records,
        "256",
        "records decided between two looks at the control table's changes"
    ),
    setting!(
        batches_per_lane,
        count,
        batches_per_lane,
        "16",
        "batches of a lane under way; more decouple the stages, fewer bound the delay"
    ),
    setting!(
        entry_bytes,
        size,
        entry_bytes,
        "\"64KiB\"",
        "an entry closes at this size; larger ones cost fewer write units and more latency"
    ),
    setting!(
        entry_age,
        duration,
        entry_age_ns,
        "\"0ms\"",
        "an entry closes at this age; 0 closes at what is there while the last sync runs"
    ),
    setting!(window, number, window, "4", "entries of a lane in flight, at most 8"),
    setting!(
        unresolved,
        duration,
        unresolved_ns,
        "\"10s\"",
        "a put of unknown outcome drops the lane after this time; recovery then finds out"
    ),
    setting!(
        control_poll,
        duration,
        control_poll_ns,
        "\"100ms\"",
        "how long a kill switch may take to reach the lanes, at most 250 ms"
    ),
    setting!(
        tick,
        duration,
        tick_ns,
        "\"1s\"",
        "an idle lane's time moves this often, so that windows and expiries go on; 0 never"
    ),
    setting!(
        clock_source,
        clock,
        clock_source,
        "\"system\"",
        "what disciplines this machine's clock: unknown, system, ntp or ptp; recorded as evidence"
    ),
    setting!(
        clock_error,
        duration,
        clock_error_ns,
        "\"0ms\"",
        "how far the clock may be from UTC, at most 4s; 0 when that isn't known"
    ),
    setting!(
        snapshot_entries,
        number,
        snapshot_entries,
        "5000",
        "entries between snapshots: fewer start faster and write more"
    ),
    setting!(
        retain_entries,
        number,
        retain_entries,
        "1000000",
        "entries that are kept: the order view can be made again as far back as they reach"
    ),
    setting!(
        cursor,
        duration,
        cursor_ns,
        "\"500ms\"",
        "how often cursors are written: what may be sent twice after a crash"
    ),
    setting!(
        lag,
        duration,
        lag_ns,
        "\"60s\"",
        "a destination that lags by more stops the intake of new orders; cancels pass"
    ),
    setting!(
        venue_silence,
        duration,
        venue_silence_ns,
        "\"10s\"",
        "a venue that answers nothing for longer is unwell: fail-over rules pass it; 0 never"
    ),
    setting!(
        venue_rejects,
        count,
        venue_rejects_percent,
        "90",
        "a venue that rejects more of 100 new orders is unwell; 100 never"
    ),
    setting!(
        venue_retry,
        duration,
        venue_retry_ns,
        "\"30s\"",
        "how long an unwell venue is left alone before one order tries it"
    ),
    setting!(
        ready_within,
        duration,
        ready_within_ns,
        "\"5s\"",
        "ready only if committed within this time, or idle"
    ),
    setting!(
        live_within,
        duration,
        live_within_ns,
        "\"30s\"",
        "a lane with work that has not moved for this long needs a restart"
    ),
    setting!(
        drain,
        duration,
        drain_ns,
        "\"8s\"",
        "how long a stop waits for what was decided and for the relay"
    ),
    setting!(
        identity_window,
        duration,
        identity_window_ns,
        "\"15m\"",
        "how long a request's identity is kept: fail-over, retries and clock skew together"
    ),
    setting!(accounts_max, count, accounts_max, "16384", "room for accounts of a lane"),
    setting!(orders_max, count, orders_max, "131072", "room for orders of a lane"),
    setting!(reports_max, count, reports_max, "524288", "room for venues' reports of a lane"),
    setting!(identities_max, count, identities_max, "262144", "room for identities of a lane"),
];

// === impl Config ===

impl Config {
    /// Reads settings from text.
    ///
    /// # Errors
    /// All problems, each with its key.
    pub fn parse(text: &str) -> Result<Self, Vec<Problem>> {
        let table = text.parse::<Table>().map_err(|error| {
            vec![Problem { path: String::new(), reason: error.message().to_owned() }]
        })?;
        Self::from_table(&table)
    }

    /// Reads settings from a table.
    ///
    /// # Errors
    /// All problems, each with its key.
    pub fn from_table(table: &Table) -> Result<Self, Vec<Problem>> {
        let mut config = Self::default();
        let mut problems = Vec::new();
        for (key, value) in table {
            let read = match SETTINGS.iter().find(|setting| setting.key == key) {
                Some(setting) => (setting.read)(&mut config, value),
                None => Err("unknown key".to_owned()),
            };
            problems.extend(read.err().map(|reason| Problem { path: key.clone(), reason }));
        }
        problems.extend(config.relations());
        if problems.is_empty() { Ok(config) } else { Err(problems) }
    }

    /// The settings as text that [`Config::parse`] reads.
    #[must_use]
    pub fn render(&self) -> String {
        SETTINGS.iter().fold(String::new(), |mut text, setting| {
            let _ = writeln!(text, "{} = {}", setting.key, (setting.show)(self));
            text
        })
    }

    /// The reference page: each key with its default and why.
    #[must_use]
    pub fn reference() -> String {
        let mut text = "| key | default | why |\n|---|---|---|\n".to_owned();
        for setting in SETTINGS {
            let _ =
                writeln!(text, "| `{}` | `{}` | {} |", setting.key, setting.default, setting.why);
        }
        text
    }

    /// How far the clock may be from UTC, in nanoseconds, as it is recorded.
    #[must_use]
    pub fn clock_error(&self) -> u32 {
        u32::try_from(self.clock_error_ns).unwrap_or(u32::MAX)
    }

    fn relations(&self) -> Vec<Problem> {
        let body_max = domain::entry::BODY_BYTES_MAX;
        let rules = [
            ("entry_bytes", (1024..=body_max / 2).contains(&self.entry_bytes), "1KiB to 128KiB"),
            ("window", (1..=ports::chain::WINDOW_MAX).contains(&self.window), "1 to 8"),
            (
                "batch_records",
                (1..=limits::BATCH_RECORDS_MAX).contains(&self.batch_records),
                "1 to 1024",
            ),
            (
                "batches_per_lane",
                (2..=limits::BATCHES_PER_LANE_MAX).contains(&self.batches_per_lane),
                "2 to 256",
            ),
            (
                "control_poll",
                (1..=250_000_000).contains(&self.control_poll_ns),
                "more than 0 and at most 250ms",
            ),
            ("clock_error", (0..=4_000_000_000).contains(&self.clock_error_ns), "at most 4s"),
            ("live_within", self.ready_within_ns <= self.live_within_ns, "ready_within or more"),
            ("snapshot_entries", self.snapshot_entries > 0, "1 or more"),
            ("cursor", (1..=1_000_000_000).contains(&self.cursor_ns), "at most 1s"),
            ("venue_rejects", self.venue_rejects_percent <= 100, "0 to 100"),
            ("venue_retry", self.venue_retry_ns > 0, "more than 0"),
            ("identity_window", self.identity_window_ns > 0, "more than 0"),
            ("cores", matches!(self.cores.len(), 0 | 3), "none, or three: one for each stage"),
        ];
        let broken = rules.iter().filter(|(_, holds, _)| !holds);
        let problem = |(key, _, right): &(&str, bool, &str)| Problem {
            path: (*key).to_owned(),
            reason: format!("must be {right}"),
        };
        broken.map(problem).collect()
    }
}

impl Default for Config {
    fn default() -> Self {
        let mut config = Self {
            wait: Wait::Park,
            cores: Vec::new(),
            batch_records: 0,
            batches_per_lane: 0,
            entry_bytes: 0,
            entry_age_ns: 0,
            window: 0,
            unresolved_ns: 0,
            control_poll_ns: 0,
            tick_ns: 0,
            clock_source: ClockSource::Unknown,
            clock_error_ns: 0,
            snapshot_entries: 0,
            retain_entries: 0,
            cursor_ns: 0,
            lag_ns: 0,
            venue_silence_ns: 0,
            venue_rejects_percent: 0,
            venue_retry_ns: 0,
            ready_within_ns: 0,
            live_within_ns: 0,
            drain_ns: 0,
            identity_window_ns: 0,
            accounts_max: 0,
            orders_max: 0,
            reports_max: 0,
            identities_max: 0,
        };
        for setting in SETTINGS {
            let table = format!("value = {}", setting.default).parse::<Table>();
            let value = table.ok().and_then(|table| table.get("value").cloned());
            let read = value.map(|value| (setting.read)(&mut config, &value));
            debug_assert!(read.is_some_and(|read| read.is_ok()), "default of {}", setting.key);
        }
        config
    }
}

/// Durations as words: a whole number with ns, us, ms, s or m.
mod duration {
    use toml::Value;

    const UNITS: &[(&str, i64)] =
        &[("ns", 1), ("us", 1_000), ("ms", 1_000_000), ("s", 1_000_000_000), ("m", 60_000_000_000)];

    pub(super) fn read(value: &Value) -> Result<i64, String> {
        let wrong = || format!("{value} is no duration like \"250ms\", \"10s\" or \"15m\"");
        let text = value.as_str().ok_or_else(wrong)?;
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (count, unit) = text.split_at(digits);
        let (_, nanoseconds) = UNITS.iter().find(|known| known.0 == unit).ok_or_else(wrong)?;
        let count = count.parse::<i64>().map_err(|_| wrong())?;
        count.checked_mul(*nanoseconds).ok_or_else(wrong)
    }

    pub(super) fn show(nanoseconds: &i64) -> String {
        let fits = |known: &&(&str, i64)| nanoseconds % known.1 == 0;
        let (unit, one) = UNITS.iter().rev().find(fits).copied().unwrap_or(("ns", 1));
        if *nanoseconds == 0 {
            "\"0ms\"".into()
        } else {
            format!("\"{}{unit}\"", nanoseconds / one)
        }
    }
}

/// Sizes as words: a whole number with B, KiB or MiB.
mod size {
    use toml::Value;

    const UNITS: &[(&str, usize)] = &[("B", 1), ("KiB", 1024), ("MiB", 1024 * 1024)];

    pub(super) fn read(value: &Value) -> Result<usize, String> {
        let wrong = || format!("{value} is no size like \"64KiB\"");
        let text = value.as_str().ok_or_else(wrong)?;
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (count, unit) = text.split_at(digits);
        let (_, bytes) = UNITS.iter().find(|known| known.0 == unit).ok_or_else(wrong)?;
        count.parse::<usize>().ok().and_then(|count| count.checked_mul(*bytes)).ok_or_else(wrong)
    }

    pub(super) fn show(bytes: &usize) -> String {
        let fits = |known: &&(&str, usize)| bytes.is_multiple_of(known.1);
        let (unit, one) = UNITS.iter().rev().find(fits).copied().unwrap_or(("B", 1));
        format!("\"{}{unit}\"", bytes / one)
    }
}

mod clock {
    use domain::ClockSource;
    use toml::Value;

    pub(super) fn read(value: &Value) -> Result<ClockSource, String> {
        let named = |source: &&ClockSource| value.as_str() == Some(source.name());
        let found = ClockSource::ALL.iter().find(named).copied();
        found.ok_or_else(|| "must be unknown, system, ntp or ptp".to_owned())
    }

    pub(super) fn show(source: &ClockSource) -> String {
        format!("\"{}\"", source.name())
    }
}

mod count {
    use toml::Value;

    pub(super) fn read(value: &Value) -> Result<usize, String> {
        let count = value.as_integer().and_then(|count| usize::try_from(count).ok());
        count.ok_or_else(|| format!("{value} is no whole number from 0"))
    }

    pub(super) fn show(count: &usize) -> String {
        count.to_string()
    }
}

mod number {
    use toml::Value;

    pub(super) fn read(value: &Value) -> Result<u64, String> {
        super::count::read(value).map(|count| count as u64)
    }

    pub(super) fn show(number: &u64) -> String {
        number.to_string()
    }
}

mod cores {
    use toml::Value;

    pub(super) fn read(value: &Value) -> Result<Vec<usize>, String> {
        let list = value.as_array().ok_or_else(|| format!("{value} is no list of cores"))?;
        list.iter().map(super::count::read).collect()
    }

    pub(super) fn show(cores: &[usize]) -> String {
        format!("{cores:?}")
    }
}

mod wait {
    use lane::Wait;
    use toml::Value;

    const WORDS: &[(&str, Wait)] =
        &[("park", Wait::Park), ("spin", Wait::Spin), ("spin-with-hint", Wait::SpinWithHint)];

    pub(super) fn read(value: &Value) -> Result<Wait, String> {
        let word = value.as_str().and_then(|text| WORDS.iter().find(|known| known.0 == text));
        word.map(|known| known.1)
            .ok_or_else(|| format!("{value} is none of park, spin, spin-with-hint"))
    }

    pub(super) fn show(wait: &Wait) -> String {
        let word = WORDS.iter().find(|known| known.1 == *wait).map_or("park", |known| known.0);
        format!("\"{word}\"")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_rendered_is_read_again() {
        let config = Config { tick_ns: 0, window: 8, cores: vec![1, 2, 3], ..Config::default() };
        assert_eq!(Config::parse(&config.render()), Ok(config));
        assert_eq!(Config::parse(""), Ok(Config::default()));
    }

    #[test]
    fn all_problems_are_reported_at_once_each_with_its_key() {
        let text =
            "widow = 3\nwindow = 9\nentry_bytes = \"64 KB\"\ncontrol_poll = \"1s\"\ntick = 5";
        let problems = Config::parse(text).unwrap_err();
        let mut paths: Vec<_> = problems.iter().map(|problem| problem.path.as_str()).collect();
        paths.sort_unstable();
        assert_eq!(paths, ["control_poll", "entry_bytes", "tick", "widow", "window"]);
    }

    #[test]
    fn every_default_is_a_legal_value() {
        assert_eq!(Config::default().relations(), []);
        assert!(Config::reference().contains("| `entry_bytes` | `\"64KiB\"` |"));
    }
}
