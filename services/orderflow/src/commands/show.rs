//! How answers are printed: JSON lines for machines, plain lines for people.

use std::io::Write as _;

use serde_json::{Map, Value};

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
