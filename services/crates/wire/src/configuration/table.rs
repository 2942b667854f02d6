//! A TOML table read key by key, every problem noted with its path.

use domain::Price;
use domain::amount::{Notional, Quantity};
use domain::configuration::Limits;
use toml::{Table, Value};

use super::{Problem, amount};

mod controls;

/// One table; keys that nobody asked for are problems in the end.
pub(super) struct Keys {
    path: String,
    table: Table,
}

impl Keys {
    /// The keys of the table at `path`.
    pub(super) const fn new(path: String, table: Table) -> Self {
        Self { path, table }
    }

    /// Notes a problem of a key.
    pub(super) fn problem(&self, key: &str, reason: &str, problems: &mut Vec<Problem>) {
        let dot = if self.path.is_empty() { "" } else { "." };
        let path = format!("{}{dot}{key}", self.path);
        problems.push(Problem { path, reason: reason.to_owned() });
    }

    /// A text, if the key is there.
    pub(super) fn text(&mut self, key: &str, problems: &mut Vec<Problem>) -> Option<String> {
        match self.table.remove(key)? {
            Value::String(text) => Some(text),
            _ => {
                self.problem(key, "write it as text in quotes", problems);
                None
            }
        }
    }

    /// A number from `least` on that must be there.
    pub(super) fn number(&mut self, key: &str, least: u64, problems: &mut Vec<Problem>) -> u64 {
        let number = match self.table.remove(key) {
            Some(Value::Integer(number)) => u64::try_from(number).ok(),
            Some(_) => None,
            None => {
                self.problem(key, "missing", problems);
                return least;
            }
        };
        number.filter(|number| *number >= least).unwrap_or_else(|| {
            self.problem(key, &format!("write a whole number from {least} on"), problems);
            least
        })
    }

    /// True or false; false when it isn't there.
    pub(super) fn flag(&mut self, key: &str, problems: &mut Vec<Problem>) -> bool {
        match self.table.remove(key) {
            None => false,
            Some(Value::Boolean(flag)) => flag,
            Some(_) => {
                self.problem(key, "write true or false", problems);
                false
            }
        }
    }

    /// A price above 0; 0 when it isn't there.
    pub(super) fn price(&mut self, key: &str, problems: &mut Vec<Problem>) -> Price {
        let units = self.amount(key, 8, false, problems);
        Price(self.within(key, units, problems))
    }

    /// An amount above 0 in 10^-8 units that must be there.
    pub(super) fn step(&mut self, key: &str, problems: &mut Vec<Problem>) -> Price {
        let units = self.amount(key, 8, true, problems);
        Price(self.within(key, units, problems))
    }

    /// Whether a key is there.
    pub(super) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// The limits that must be there.
    pub(super) fn limits(&mut self, problems: &mut Vec<Problem>) -> Limits {
        let (quantity, notional) = ("max_order_qty", "max_order_notional");
        let units = self.amount(quantity, 8, true, problems);
        Limits {
            max_order_qty: Quantity(self.within(quantity, units, problems)),
            max_order_notional: Notional(self.amount(notional, 16, true, problems)),
        }
    }

    /// The tables of an array; none when it isn't there.
    pub(super) fn tables(&mut self, key: &str, problems: &mut Vec<Problem>) -> Vec<Self> {
        let Some(value) = self.table.remove(key) else { return Vec::new() };
        let Value::Array(values) = value else {
            self.problem(key, &format!("write [[{key}]] before each"), problems);
            return Vec::new();
        };
        let mut tables = Vec::with_capacity(values.len());
        for (index, value) in values.into_iter().enumerate() {
            match value {
                Value::Table(table) => tables.push(Self::new(format!("{key}[{index}]"), table)),
                _ => self.problem(key, &format!("write [[{key}]] before each"), problems),
            }
        }
        tables
    }

    /// A table, if it is there.
    pub(super) fn table(&mut self, key: &str, problems: &mut Vec<Problem>) -> Option<Self> {
        match self.table.remove(key)? {
            Value::Table(table) => Some(Self::new(key.to_owned(), table)),
            _ => {
                self.problem(key, &format!("write [{key}] before its keys"), problems);
                None
            }
        }
    }

    /// Notes each key that is left.
    pub(super) fn finish(self, problems: &mut Vec<Problem>) {
        for key in self.table.keys() {
            self.problem(key, "not a key of this table: remove it or mend its name", problems);
        }
    }

    /// An amount above 0 in 10^-16 units that must be there.
    pub(super) fn total(&mut self, key: &str, problems: &mut Vec<Problem>) -> i128 {
        self.amount(key, 16, true, problems)
    }

    fn amount(&mut self, key: &str, digits: u32, must: bool, problems: &mut Vec<Problem>) -> i128 {
        let units = match self.table.remove(key) {
            None if must => Err("missing".to_owned()),
            None => return 0,
            Some(Value::Integer(whole)) => amount::parse(&whole.to_string(), digits),
            Some(Value::String(text)) => amount::parse(&text, digits),
            Some(Value::Float(_)) => Err("not exact: write it as text in quotes".to_owned()),
            Some(_) => Err("write a number, or text in quotes".to_owned()),
        };
        match units {
            Ok(units) if units > 0 => units,
            Ok(_) => {
                self.problem(key, "must be above 0", problems);
                0
            }
            Err(reason) => {
                self.problem(key, &reason, problems);
                0
            }
        }
    }

    fn within(&self, key: &str, units: i128, problems: &mut Vec<Problem>) -> i64 {
        i64::try_from(units).unwrap_or_else(|_| {
            self.problem(key, "too large", problems);
            0
        })
    }
}
