//! A set as canonical text, and the hash of its content.

use std::fmt::Write;

use super::spanning;
use domain::configuration::{Choice, Limits, Route};
use domain::{AccountKey, Configuration};

mod controls;

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

/// A set of the first rules is written as it always was, so that its hash stays.
fn write(set: &Configuration, text: &mut String) -> std::fmt::Result {
    let all = set.asks_for_all();
    if set.sample {
        writeln!(text, "sample = true")?;
    }
    if all {
        controls::write_head(set, text)?;
    }
    if let Some(limits) = &set.any_account {
        writeln!(text, "\n[any_account]")?;
        write_limits(limits, text)?;
        if all {
            controls::write_account(&set.any_account_controls, text)?;
        }
    }
    for instrument in &set.instruments {
        writeln!(text, "\n[[instrument]]\nsymbol = {}", quoted(instrument.symbol.as_str()))?;
        if instrument.reference_price.0 != 0 {
            writeln!(text, "reference_price = \"{}\"", instrument.reference_price)?;
        }
        write_limits(&instrument.limits, text)?;
        if all {
            controls::write_instrument(&instrument.controls, text)?;
        }
    }
    for account in &set.accounts {
        writeln!(text, "\n[[account]]")?;
        write_key(Some(account.key), text)?;
        write_limits(&account.limits, text)?;
        if all {
            controls::write_account(&account.controls, text)?;
        }
    }
    if all {
        controls::write_lists(set, text)?;
    }
    set.routes.iter().try_for_each(|route| write_route(route, text))?;
    spanning::write(&set.spanning, text)
}

fn write_limits(limits: &Limits, text: &mut String) -> std::fmt::Result {
    writeln!(text, "max_order_qty = \"{}\"", limits.max_order_qty)?;
    writeln!(text, "max_order_notional = \"{}\"", limits.max_order_notional)
}

fn write_route(route: &Route, text: &mut String) -> std::fmt::Result {
    writeln!(text, "\n[[route]]\nrule = {}", route.rule)?;
    if !route.symbol.is_empty() {
        writeln!(text, "symbol = {}", quoted(route.symbol.as_str()))?;
    }
    if !route.asset_class.is_empty() {
        writeln!(text, "asset_class = {}", quoted(route.asset_class.as_str()))?;
    }
    write_key(route.account, text)?;
    let venues: Vec<_> = route.venues.iter().map(|share| quoted(share.venue.as_str())).collect();
    if route.choice == Choice::Static {
        return writeln!(text, "venue = {}", venues.concat());
    }
    writeln!(text, "choice = \"{}\"\nvenues = [{}]", route.choice.name(), venues.join(", "))?;
    if route.choice == Choice::Weighted {
        let weights: Vec<_> = route.venues.iter().map(|share| share.weight.to_string()).collect();
        writeln!(text, "weights = [{}]", weights.join(", "))?;
    }
    Ok(())
}

fn write_key(account: Option<AccountKey>, text: &mut String) -> std::fmt::Result {
    match account {
        Some(key) => writeln!(text, "key = \"{:032x}\"", key.0),
        None => Ok(()),
    }
}

/// A text as TOML writes it: our texts are printable ASCII, so two characters need care.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
