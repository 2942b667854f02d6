//! A set as canonical text, and the hash of its content.

use std::fmt::Write;

use super::spanning;
use domain::Configuration;
use domain::configuration::Limits;

/// The set as text. Accounts stand by key, because the set doesn't keep their names.
#[must_use]
pub fn render(configuration: &Configuration) -> String {
    format!("number = {}\n{}", configuration.number, content(configuration))
}

/// Hash of the canonical content, number left out.
#[must_use]
pub fn hash(configuration: &Configuration) -> [u8; 16] {
    domain::hash::content(&[b"configuration", content(configuration).as_bytes()])
}

fn content(configuration: &Configuration) -> String {
    let mut text = String::new();
    // Writing to a String can't fail.
    let _ = write(configuration, &mut text);
    text
}

fn write(configuration: &Configuration, text: &mut String) -> std::fmt::Result {
    if configuration.sample {
        writeln!(text, "sample = true")?;
    }
    if let Some(limits) = &configuration.any_account {
        writeln!(text, "\n[any_account]")?;
        write_limits(limits, text)?;
    }
    for instrument in &configuration.instruments {
        writeln!(text, "\n[[instrument]]\nsymbol = {}", quoted(instrument.symbol.as_str()))?;
        if instrument.reference_price.0 != 0 {
            writeln!(text, "reference_price = \"{}\"", instrument.reference_price)?;
        }
        write_limits(&instrument.limits, text)?;
    }
    for account in &configuration.accounts {
        writeln!(text, "\n[[account]]\nkey = \"{:032x}\"", account.key.0)?;
        write_limits(&account.limits, text)?;
    }
    for route in &configuration.routes {
        writeln!(text, "\n[[route]]\nrule = {}", route.rule)?;
        if !route.symbol.is_empty() {
            writeln!(text, "symbol = {}", quoted(route.symbol.as_str()))?;
        }
        writeln!(text, "venue = {}", quoted(route.venue.as_str()))?;
    }
    spanning::write(&configuration.spanning, text)
}

fn write_limits(limits: &Limits, text: &mut String) -> std::fmt::Result {
    writeln!(text, "max_order_qty = \"{}\"", limits.max_order_qty)?;
    writeln!(text, "max_order_notional = \"{}\"", limits.max_order_notional)
}

/// A text as TOML writes it: our texts are printable ASCII, so two characters need care.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
