//! Keys that sets of all rules have: limits that may be "unlimited", periods, choices and lists.

use domain::configuration::{AccountControls, Bound, Party, Periods};
use domain::time::SECOND_NS;
use domain::{Mic, Scope, Symbol, Text};
use toml::Value;

use super::super::{Problem, amount};
use super::Keys;
use crate::orders::{is_identity, is_mic};

/// Units of durations, longest first.
const UNITS: [(&str, i64); 6] = [
    ("ns", 1),
    ("us", 1_000),
    ("ms", 1_000_000),
    ("s", SECOND_NS),
    ("m", 60 * SECOND_NS),
    ("h", 3_600 * SECOND_NS),
];

impl Keys {
    /// A limit that must be there: an amount, or "unlimited".
    pub(crate) fn bound(&mut self, key: &str, digits: u32, problems: &mut Vec<Problem>) -> Bound {
        let amount = match self.table.remove(key) {
            None => Err("missing: write an amount, or \"unlimited\"".to_owned()),
            Some(Value::String(text)) if text == "unlimited" => return Bound::Unlimited,
            Some(Value::String(text)) => amount::parse(&text, digits),
            Some(Value::Integer(whole)) => amount::parse(&whole.to_string(), digits),
            Some(_) => Err("write an amount as text in quotes, or \"unlimited\"".to_owned()),
        };
        match amount {
            Ok(units) => Bound::At(units),
            Err(reason) => {
                self.problem(key, &reason, problems);
                Bound::Missing
            }
        }
    }

    /// All limits of an account.
    pub(crate) fn account_controls(&mut self, problems: &mut Vec<Problem>) -> AccountControls {
        AccountControls {
            credit: self.bound("credit_limit", 16, problems),
            open_notional: self.bound("max_open_notional", 16, problems),
            long: self.bound("max_long", 8, problems),
            short: self.bound("max_short", 8, problems),
            net: self.bound("max_net", 8, problems),
            gross: self.bound("max_gross", 8, problems),
            messages: self.bound("max_messages", 0, problems),
            executions: self.bound("max_executions", 0, problems),
            self_match: self
                .one_of("self_match", &[("refuse", false), ("allow", true)], problems)
                .unwrap_or_default(),
        }
    }

    /// All periods, in nanoseconds.
    pub(crate) fn periods(&mut self, problems: &mut Vec<Problem>) -> Periods {
        Periods {
            messages_ns: self.duration("messages", problems),
            executions_ns: self.duration("executions", problems),
            collar_ns: self.duration("collar", problems),
            duplicates_ns: self.duration("duplicates", problems),
            age_max_ns: self.duration("max_age", problems),
            clock_error_max_ns: self.duration("max_clock_error", problems),
        }
    }

    /// A duration above 0 that must be there, or "off", which is 0.
    pub(crate) fn duration(&mut self, key: &str, problems: &mut Vec<Problem>) -> i64 {
        let text = match self.table.remove(key) {
            Some(Value::String(text)) => text,
            _ => String::new(),
        };
        if text == "off" {
            return 0;
        }
        let read = UNITS.iter().find_map(|(unit, scale)| {
            let whole: i64 = text.strip_suffix(unit)?.parse().ok()?;
            whole.checked_mul(*scale).filter(|units| *units > 0)
        });
        read.unwrap_or_else(|| {
            self.problem(key, "write a duration like \"250ms\", or \"off\"", problems);
            0
        })
    }

    /// One of a few words that must be there.
    pub(crate) fn one_of<T: Copy>(
        &mut self,
        key: &str,
        known: &[(&str, T)],
        problems: &mut Vec<Problem>,
    ) -> Option<T> {
        let text = self.text(key, problems);
        let found = known.iter().find(|(name, _)| text.as_deref() == Some(name));
        if found.is_none() {
            let names: Vec<_> = known.iter().map(|(name, _)| format!("\"{name}\"")).collect();
            self.problem(key, &format!("write {}", names.join(" or ")), problems);
        }
        found.map(|(_, value)| *value)
    }

    /// A list of texts; `None` when it isn't there.
    pub(crate) fn texts(&mut self, key: &str, problems: &mut Vec<Problem>) -> Option<Vec<String>> {
        let Value::Array(values) = self.table.remove(key)? else {
            self.problem(key, "write a list of texts in quotes", problems);
            return None;
        };
        let texts: Vec<_> = values.iter().filter_map(|value| value.as_str()).collect();
        if texts.len() != values.len() || texts.is_empty() {
            self.problem(key, "write a list of texts in quotes", problems);
            return None;
        }
        Some(texts.into_iter().map(str::to_owned).collect())
    }

    /// A list of a few words that must be there.
    pub(crate) fn some_of<T: Copy>(
        &mut self,
        key: &str,
        known: &[(&str, T)],
        problems: &mut Vec<Problem>,
    ) -> Vec<T> {
        let texts = self.texts(key, problems).unwrap_or_default();
        let find = |text: &String| known.iter().find(|(name, _)| name == text);
        let found: Vec<_> = texts.iter().filter_map(find).map(|(_, value)| *value).collect();
        if found.is_empty() || found.len() != texts.len() {
            let names: Vec<_> = known.iter().map(|(name, _)| format!("\"{name}\"")).collect();
            self.problem(key, &format!("list some of {}", names.join(", ")), problems);
        }
        found
    }

    /// Whole numbers from 1 on; `None` when the list isn't there.
    pub(crate) fn numbers(&mut self, key: &str, problems: &mut Vec<Problem>) -> Option<Vec<u32>> {
        let values = self.table.remove(key)?;
        let values = values.as_array().cloned().unwrap_or_default();
        let read = |value: &Value| u32::try_from(value.as_integer()?).ok().filter(|one| *one > 0);
        let numbers: Vec<_> = values.iter().filter_map(read).collect();
        if numbers.is_empty() || numbers.len() != values.len() {
            self.problem(key, "write a list of whole numbers from 1 on", problems);
        }
        Some(numbers)
    }

    /// An amount of either sign in 10^-8 units that must be there.
    pub(crate) fn signed(&mut self, key: &str, problems: &mut Vec<Problem>) -> i64 {
        let text = match self.table.remove(key) {
            Some(Value::String(text)) => text,
            Some(Value::Integer(whole)) => whole.to_string(),
            _ => String::new(),
        };
        let (negative, digits) = match text.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, &*text),
        };
        let units = amount::parse(digits, 8).ok().and_then(|units| i64::try_from(units).ok());
        let units = units.map(|units| if negative { -units } else { units });
        units.unwrap_or_else(|| {
            self.problem(key, "write an amount like \"0.003\" or \"-0.002\"", problems);
            0
        })
    }

    /// A name of 1 to 32 characters, if it is there.
    pub(crate) fn name(&mut self, key: &str, problems: &mut Vec<Problem>) -> Option<Text<32>> {
        let text = self.text(key, problems)?;
        let name = Text::new(&text).filter(|_| is_identity(&text));
        if name.is_none() {
            let reason = "must be 1 to 32 printable ASCII characters without spaces";
            self.problem(key, reason, problems);
        }
        name
    }

    /// The name of a party, if it is there.
    pub(crate) fn party(
        &mut self,
        key: &str,
        scope: Scope,
        problems: &mut Vec<Problem>,
    ) -> Option<Party> {
        self.name(key, problems).map(|name| Party::of(scope, name))
    }

    /// A class of instruments; empty when it isn't there.
    pub(crate) fn class(&mut self, key: &str, problems: &mut Vec<Problem>) -> Symbol {
        let Some(text) = self.text(key, problems) else { return Symbol::EMPTY };
        Symbol::new(&text).filter(|class| !class.is_empty()).unwrap_or_else(|| {
            let reason = "must be 1 to 12 printable ASCII characters without spaces";
            self.problem(key, reason, problems);
            Symbol::EMPTY
        })
    }

    /// A MIC that must be there.
    pub(crate) fn mic(&mut self, key: &str, problems: &mut Vec<Problem>) -> Mic {
        let text = self.text(key, problems).unwrap_or_default();
        self.mic_of(key, &text, problems)
    }

    /// A text as a MIC.
    pub(crate) fn mic_of(&self, key: &str, text: &str, problems: &mut Vec<Problem>) -> Mic {
        Mic::new(text).filter(|_| is_mic(text)).unwrap_or_else(|| {
            self.problem(key, "must be a MIC: four capital letters or digits", problems);
            Mic::EMPTY
        })
    }
}
