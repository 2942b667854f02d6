//! How answers are printed: JSON lines for machines, plain lines for people.

use std::io::Write as _;

use serde_json::{Map, Value};

/// A column of a table: the field that it shows, and its least width in characters; numbers are
/// set to the right, which a negative width says.
pub type Column = (&'static str, i8);

/// Rows of many, in columns for people. A row that is wider than its column moves what follows.
pub struct Table {
    json: bool,
    columns: &'static [Column],
    is_headed: bool,
}

impl Table {
    /// None printed yet; with `json`, rows are lines with all their fields instead.
    #[must_use]
    pub const fn new(json: bool, columns: &'static [Column]) -> Self {
        Self { json, columns, is_headed: false }
    }

    /// Prints a row, and before the first the names of the columns.
    pub fn row(&mut self, row: &Value) {
        if self.json {
            return put(&row.to_string());
        }
        if !self.is_headed {
            self.is_headed = true;
            self.cells(|field| field.to_owned());
        }
        self.cells(|field| match &row[field] {
            value if is_empty(value) => "-".to_owned(),
            value => plain(value),
        });
    }

    fn cells(&self, text: impl Fn(&'static str) -> String) {
        let cells = self.columns.iter().map(|&(field, width)| {
            let (text, least) = (text(field), usize::from(width.unsigned_abs()));
            if width < 0 { format!("{text:>least$}") } else { format!("{text:<least$}") }
        });
        put(&cells.collect::<Vec<_>>().join("  "));
    }
}

/// Prints one answer: a JSON line, or a line for each of its fields.
pub fn line(json: bool, value: &Value) {
    let text = if json { value.to_string() } else { fields(value, "") };
    put(&text);
}

/// Prints one row of many: a JSON line, or its fields beside each other.
pub fn row(json: bool, value: &Value) {
    let text = match value {
        Value::Object(fields) if !json => beside(fields),
        value => value.to_string(),
    };
    put(&text);
}

/// A reader that has gone away ends the command, quietly.
fn put(text: &str) {
    let mut out = std::io::stdout().lock();
    if writeln!(out, "{}", text.trim_end()).is_err() {
        std::process::exit(0);
    }
}

fn beside(fields: &Map<String, Value>) -> String {
    let shown = fields.iter().filter(|(_, value)| !is_empty(value));
    let texts: Vec<_> = shown.map(|(key, value)| format!("{key}={}", plain(value))).collect();
    texts.join(" ")
}

fn fields(value: &Value, indent: &str) -> String {
    match value {
        Value::Object(object) => {
            let mut text = String::new();
            for (key, value) in object.iter().filter(|(_, value)| !is_empty(value)) {
                let inner = match value {
                    Value::Object(_) => {
                        format!("{indent}{key}:\n{}", fields(value, &format!("{indent}  ")))
                    }
                    Value::Array(rows) if rows.iter().any(Value::is_object) => {
                        let rows: Vec<_> = rows
                            .iter()
                            .map(|row| match row {
                                Value::Object(row) => format!("{indent}  {}\n", beside(row)),
                                row => format!("{indent}  {}\n", plain(row)),
                            })
                            .collect();
                        format!("{indent}{key}:\n{}", rows.concat())
                    }
                    Value::String(text) if text.contains('\n') => {
                        format!("{indent}{key}:\n{text}\n")
                    }
                    value => format!("{indent}{key}: {}\n", plain(value)),
                };
                text.push_str(&inner);
            }
            text
        }
        value => plain(value),
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(rows) => rows.is_empty(),
        _ => false,
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(rows) => rows.iter().map(plain).collect::<Vec<_>>().join(","),
        value => value.to_string(),
    }
}
