//! The settings of the whole, read once at start; those of the line stand under `[line]`.
//!
//! ```text
//!  shards is kept by the folder: another number is refused there
//!  drain of [line] < 10 s, so that Ctrl-C keeps its promise
//!  fill + partial + reject of [venue] <= 100
//!  approval = "four-eyes" needs two [subjects]
//! ```
//!
//! Entry points: [`Config::parse`], [`Config::render`].
//!
//! Limits: all problems are reported at once, each with its key; unknown keys are refused.
//! It reads no file and no environment: the text is handed in, and arguments are laid over it.
//!
//! A change needs a start. What changes while running is the control table's.

use std::fmt::Write as _;
use std::net::SocketAddr;

use domain::time::DAY_NS;
use domain::{Timestamp, TradeDate};
use order_router::config::Problem;
use toml::{Table, Value};

use crate::limits::DRAIN_LIMIT;
use crate::subject::Subjects;
use crate::venue::Behaviour;

/// Everything that can be set. Durations are nanoseconds, sizes are bytes.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// Where HTTP listens.
    pub listen: SocketAddr,
    /// Shards of a new folder; `None` takes an existing folder's, or 4.
    pub shards: Option<u32>,
    /// Sample requests a second; 0 makes none.
    pub sample_rate: u32,
    /// Settled records stay at least this long on the streams.
    pub retention_ns: i64,
    /// Bytes of a segment of journal and streams: the grain of retention.
    pub segment_bytes: u64,
    /// Bytes that stay free on the disk; intake stops before.
    pub reserve_bytes: u64,
    /// Time of day, UTC, at which one business day ends and the next begins; `None`: by command
    /// alone.
    pub business_day_ns: Option<i64>,
    /// How many people a change of what decisions are made under needs.
    pub approval: Mode,
    /// Who is known, by the hashes of their tokens.
    pub subjects: Subjects,
    /// How the demo venue answers.
    pub venue: Behaviour,
    /// The line's own.
    pub line: order_router::Config,
}

/// How many people a change needs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// One; every record says so.
    #[default]
    Single,
    /// Two with tokens of their own; a kill switch is thrown by one.
    FourEyes,
}

/// Key, default and why; `[venue]` and `[line]` have their own.
const SETTINGS: &[(&str, &str, &str)] = &[
    ("listen", "\"127.0.0.1:8080\"", "where HTTP listens: health, metrics, look-ups, commands"),
    (
        "shards",
        "4",
        "shards of `orders` in a new folder, 1 to 64; an existing folder keeps its own",
    ),
    ("sample_rate", "200", "sample requests a second, up to 100000; 0 makes none"),
    ("retention", "\"24h\"", "settled records stay at least this long on the streams"),
    ("segment_bytes", "\"16MiB\"", "a segment of journal and streams, 1MiB to 1GiB"),
    (
        "business_day",
        "\"00:00\"",
        "UTC time at which `orderflow` begins a business day: orders for the day expire; \"never\" \
         leaves it to `orderflow day`",
    ),
    ("reserve_bytes", "\"256MiB\"", "stays free on the disk; intake stops before, nothing tears"),
    (
        "approval",
        "\"single\"",
        "who puts limits and routes in force: single, or four-eyes (needs two under [subjects])",
    ),
];

const DURATIONS: &[(&str, i64)] = &[
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
    ("d", 86_400_000_000_000),
];

const SIZES: &[(&str, i64)] = &[("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30)];

// === impl Config ===

impl Config {
    /// Reads settings from text.
    ///
    /// # Errors
    /// All problems, each with its key.
    pub fn parse(text: &str) -> Result<Self, Vec<Problem>> {
        let table = text
            .parse::<Table>()
            .map_err(|error| vec![problem("", &format!("no TOML: {}", error.message()))])?;
        let mut config = Self::default();
        let mut problems = Vec::new();
        for (key, value) in &table {
            let read = match key.as_str() {
                "line" => {
                    problems.extend(config.read_line(value));
                    Ok(())
                }
                "subjects" => {
                    match Subjects::read(value) {
                        Ok(subjects) => config.subjects = subjects,
                        Err(wrong) => {
                            let named = |(name, reason): (String, String)| {
                                problem(&format!("subjects.{name}"), &reason)
                            };
                            problems.extend(wrong.into_iter().map(named));
                        }
                    }
                    Ok(())
                }
                "venue" => {
                    problems.extend(read_venue(&mut config.venue, value));
                    Ok(())
                }
                key => config.read(key, value),
            };
            problems.extend(read.err().map(|reason| problem(key, &reason)));
        }
        problems.extend(config.relations());
        if problems.is_empty() { Ok(config) } else { Err(problems) }
    }

    /// The settings as text that [`Config::parse`] reads, with what each is for.
    #[must_use]
    pub fn render(&self) -> String {
        let shards = self.shards.map(|shards| shards.to_string());
        let values = [
            format!("\"{}\"", self.listen),
            shards.unwrap_or_default(),
            self.sample_rate.to_string(),
            format!("\"{}\"", word(self.retention_ns, DURATIONS)),
            format!("\"{}\"", word(self.segment_bytes as i64, SIZES)),
            format!("\"{}\"", time_of_day(self.business_day_ns)),
            format!("\"{}\"", word(self.reserve_bytes as i64, SIZES)),
            format!("\"{}\"", self.approval.name()),
        ];
        let mut text = String::new();
        for ((key, default, why), value) in SETTINGS.iter().zip(values) {
            let _ = match value.as_str() {
                "" => writeln!(text, "# {why}\n# {key} = {default}"),
                value => writeln!(text, "# {why}\n{key} = {value}"),
            };
        }
        let Behaviour { fill, partial, reject, silent } = self.venue;
        let _ = writeln!(text, "\n[venue]\nfill = {fill}\npartial = {partial}");
        let _ = writeln!(text, "reject = {reject}\nsilent = {silent}");
        text += &self.subjects.render();
        let _ = write!(text, "\n[line]\n{}", self.line.render());
        text
    }

    /// The business day of a moment: past the setting's time of day it is the next day's business;
    /// at midnight, and without the setting, it is the calendar's.
    #[must_use]
    pub fn business_day(&self, now: Timestamp) -> TradeDate {
        let time_ns = self.business_day_ns.unwrap_or(0);
        now.plus((DAY_NS - time_ns) % DAY_NS).day()
    }

    fn read(&mut self, key: &str, value: &Value) -> Result<(), String> {
        match key {
            "listen" => {
                let text = value.as_str().and_then(|text| text.parse().ok());
                self.listen = text.ok_or("must be an address and port, as \"127.0.0.1:8080\"")?;
            }
            "shards" => self.shards = Some(whole(value, 1, 64)? as u32),
            "sample_rate" => self.sample_rate = whole(value, 0, 100_000)? as u32,
            "retention" => self.retention_ns = words(value, DURATIONS)?,
            "segment_bytes" => {
                let bytes = words(value, SIZES)?;
                let fits = (1 << 20..=1 << 30).contains(&bytes);
                self.segment_bytes = fits.then_some(bytes as u64).ok_or("must be 1MiB to 1GiB")?;
            }
            "business_day" => self.business_day_ns = of_day(value)?,
            "reserve_bytes" => self.reserve_bytes = words(value, SIZES)? as u64,
            "approval" => {
                let modes = [Mode::Single, Mode::FourEyes];
                let named = modes.into_iter().find(|mode| value.as_str() == Some(mode.name()));
                self.approval = named.ok_or("must be \"single\" or \"four-eyes\"")?;
            }
            _ => {
                let known: Vec<_> = SETTINGS.iter().map(|setting| setting.0).collect();
                return Err(format!(
                    "unknown key; known are {}, subjects, venue, line",
                    known.join(", ")
                ));
            }
        }
        Ok(())
    }

    fn read_line(&mut self, value: &Value) -> Vec<Problem> {
        let Some(table) = value.as_table() else { return vec![problem("line", "must be a table")] };
        match order_router::Config::from_table(table) {
            Ok(line) => {
                self.line = line;
                Vec::new()
            }
            Err(problems) => {
                let inner =
                    |inner: Problem| problem(&format!("line.{}", inner.path), &inner.reason);
                problems.into_iter().map(inner).collect()
            }
        }
    }

    fn relations(&self) -> Vec<Problem> {
        let Behaviour { fill, partial, reject, silent } = self.venue;
        let shares = u32::from(fill) + u32::from(partial) + u32::from(reject);
        let mut problems = Vec::new();
        if shares > 100 || silent > 100 {
            problems
                .push(problem("venue", "fill, partial and reject must be at most 100 together"));
        }
        if self.approval == Mode::FourEyes && self.subjects.count() < 2 {
            let reason = "four-eyes needs at least two under [subjects]";
            problems.push(problem("approval", reason));
        }
        if i128::from(self.line.drain_ns) >= DRAIN_LIMIT.as_nanos() as i128 {
            problems.push(problem("line.drain", "must be less than 10s"));
        }
        problems
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            shards: None,
            sample_rate: 200,
            retention_ns: 24 * 3_600_000_000_000,
            segment_bytes: 16 << 20,
            reserve_bytes: 256 << 20,
            business_day_ns: Some(0),
            approval: Mode::Single,
            subjects: Subjects::default(),
            venue: Behaviour { fill: 35, partial: 15, reject: 2, silent: 0 },
            line: order_router::Config::default(),
        }
    }
}

// === impl Mode ===

impl Mode {
    /// The word in settings and records.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Single => "single",
            Self::FourEyes => "four-eyes",
        }
    }
}

fn problem(path: &str, reason: &str) -> Problem {
    Problem { path: path.to_owned(), reason: reason.to_owned() }
}

fn read_venue(venue: &mut Behaviour, value: &Value) -> Vec<Problem> {
    let Some(table) = value.as_table() else { return vec![problem("venue", "must be a table")] };
    let mut problems = Vec::new();
    for (key, value) in table {
        let place = match key.as_str() {
            "fill" => Ok(&mut venue.fill),
            "partial" => Ok(&mut venue.partial),
            "reject" => Ok(&mut venue.reject),
            "silent" => Ok(&mut venue.silent),
            _ => Err("unknown key; known are fill, partial, reject, silent".to_owned()),
        };
        let read = place.and_then(|place| {
            *place = whole(value, 0, 100)? as u8;
            Ok(())
        });
        problems.extend(read.err().map(|reason| problem(&format!("venue.{key}"), &reason)));
    }
    problems
}

fn whole(value: &Value, least: i64, most: i64) -> Result<i64, String> {
    let number = value.as_integer().filter(|number| (least..=most).contains(number));
    number.ok_or_else(|| format!("must be a whole number from {least} to {most}"))
}

fn words(value: &Value, units: &[(&str, i64)]) -> Result<i64, String> {
    let names: Vec<_> = units.iter().map(|unit| unit.0).collect();
    let wrong = || format!("must be a whole number with {}", names.join(", "));
    let text = value.as_str().ok_or_else(wrong)?;
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let unit = units.iter().find(|known| known.0 == unit).ok_or_else(wrong)?;
    let number = number.parse::<i64>().map_err(|_| wrong())?;
    number.checked_mul(unit.1).ok_or_else(wrong)
}

const HOUR_NS: i64 = 3_600 * domain::time::SECOND_NS;
const MINUTE_NS: i64 = 60 * domain::time::SECOND_NS;

/// A time of day, `None` for never.
fn of_day(value: &Value) -> Result<Option<i64>, String> {
    let wrong = || "must be a time of day as \"22:00\", or \"never\"".to_owned();
    let text = value.as_str().ok_or_else(wrong)?;
    if text == "never" {
        return Ok(None);
    }
    let (hour, minute) = text.split_once(':').ok_or_else(wrong)?;
    let two = |text: &str, below: i64| {
        let is_plain = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|number: &i64| is_plain && *number < below)
    };
    let (hour, minute) = two(hour, 24).zip(two(minute, 60)).ok_or_else(wrong)?;
    Ok(Some(hour * HOUR_NS + minute * MINUTE_NS))
}

fn time_of_day(time_ns: Option<i64>) -> String {
    time_ns.map_or_else(
        || "never".to_owned(),
        |time| format!("{:02}:{:02}", time / HOUR_NS, time % HOUR_NS / MINUTE_NS),
    )
}

/// The number in the largest unit that leaves nothing over.
fn word(number: i64, units: &[(&str, i64)]) -> String {
    let unit = units.iter().rev().find(|unit| number % unit.1 == 0 && number != 0);
    match unit.or(units.first()) {
        Some((name, size)) => format!("{}{name}", number / size),
        None => number.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_rendered_is_read_again() {
        for business_day_ns in [None, Some(22 * HOUR_NS + 30 * MINUTE_NS)] {
            let shards = Some(2);
            let config = Config { shards, sample_rate: 0, business_day_ns, ..Config::default() };
            assert_eq!(Config::parse(&config.render()), Ok(config));
        }
        assert_eq!(Config::parse(&Config::default().render()), Ok(Config::default()));
        assert_eq!(Config::parse(""), Ok(Config::default()));
    }

    #[test]
    fn a_business_day_begins_at_its_time_the_evening_before() {
        let day = |time: Option<i64>, now: i64| {
            let config = Config { business_day_ns: time, ..Config::default() };
            config.business_day(Timestamp(now)).0
        };
        let ten = 22 * HOUR_NS;
        assert_eq!(
            [day(None, DAY_NS - 1), day(Some(0), DAY_NS - 1), day(Some(0), DAY_NS)],
            [0, 0, 1]
        );
        assert_eq!(
            [day(Some(ten), ten - 1), day(Some(ten), ten), day(Some(ten), DAY_NS)],
            [0, 1, 1]
        );
    }

    #[test]
    fn all_problems_are_reported_at_once_each_with_its_key() {
        let text = "port = 1\nlisten = \"here\"\nretention = \"7 weeks\"\nshards = 0\n\
                    business_day = \"24:00\"\n\
                    [venue]\nfill = 90\npartial = 90\n[line]\nwidow = 3";
        let problems = Config::parse(text).unwrap_err();
        let mut paths: Vec<_> = problems.iter().map(|problem| problem.path.as_str()).collect();
        paths.sort_unstable();
        let wrong =
            ["business_day", "line.widow", "listen", "port", "retention", "shards", "venue"];
        assert_eq!(paths, wrong);
    }
}
