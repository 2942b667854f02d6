//! What only sets of all rules have, as canonical text.

use std::fmt::Write;

use domain::configuration::{AccountControls, Bound, InstrumentControls, Party, Session};
use domain::time::{DAY_NS, SECOND_NS};
use domain::{Configuration, Notional, OrdType, Price, TimeInForce};

use super::super::read::instrument::{ALWAYS, ORD_TYPES, SHORT_SALES, TIMES, WEEKDAYS};
use super::{quoted, write_key};

/// What 10^-8 units are in 10^-16 ones.
const EIGHT_DIGITS: i128 = 100_000_000;

pub(super) fn write_head(set: &Configuration, text: &mut String) -> std::fmt::Result {
    let entitled = if set.entitled_only { "listed" } else { "any" };
    writeln!(text, "rules = {}\nentitlements = \"{entitled}\"\n\n[periods]", set.rules)?;
    let periods = &set.periods;
    for (key, duration) in [
        ("messages", periods.messages_ns),
        ("executions", periods.executions_ns),
        ("collar", periods.collar_ns),
        ("duplicates", periods.duplicates_ns),
        ("max_age", periods.age_max_ns),
        ("max_clock_error", periods.clock_error_max_ns),
    ] {
        write_duration(key, duration, text)?;
    }
    Ok(())
}

pub(super) fn write_account(controls: &AccountControls, text: &mut String) -> std::fmt::Result {
    write_bound("credit_limit", controls.credit, 1, text)?;
    write_bound("max_open_notional", controls.open_notional, 1, text)?;
    for (key, bound) in [
        ("max_long", controls.long),
        ("max_short", controls.short),
        ("max_net", controls.net),
        ("max_gross", controls.gross),
    ] {
        write_bound(key, bound, EIGHT_DIGITS, text)?;
    }
    let whole = EIGHT_DIGITS * EIGHT_DIGITS;
    write_bound("max_messages", controls.messages, whole, text)?;
    write_bound("max_executions", controls.executions, whole, text)?;
    let self_match = if controls.self_match { "allow" } else { "refuse" };
    writeln!(text, "self_match = \"{self_match}\"")
}

pub(super) fn write_instrument(of: &InstrumentControls, text: &mut String) -> std::fmt::Result {
    let whole = EIGHT_DIGITS * EIGHT_DIGITS;
    write_bound("collar_bps", of.collar, whole, text)?;
    write_bound("period_collar_bps", of.period_collar, whole, text)?;
    let amounts = [
        ("tick", of.tick),
        ("lot", Price(of.lot.0)),
        ("min_order_qty", Price(of.min_order_qty.0)),
        ("min_price", of.min_price),
        ("max_price", of.max_price),
    ];
    for (key, amount) in amounts.into_iter().filter(|(_, amount)| amount.0 != 0) {
        writeln!(text, "{key} = \"{amount}\"")?;
    }
    let types = ORD_TYPES.iter().filter(|(_, one): &&(&str, OrdType)| of.ord_types.has_type(*one));
    write_list("ord_types", types.map(|(name, _)| *name), text)?;
    let has = |one: &&(&str, TimeInForce)| of.times_in_force.has_time(one.1);
    write_list("times_in_force", TIMES.iter().filter(has).map(|(name, _)| *name), text)?;
    let session = if of.session.is_empty() { ALWAYS } else { of.session.as_str() };
    writeln!(text, "session = {}", quoted(session))?;
    if of.halted {
        writeln!(text, "halted = true")?;
    }
    let rule = SHORT_SALES.iter().find(|(_, rule)| *rule == of.short_sale);
    writeln!(text, "short_sale = \"{}\"", rule.map_or("", |(name, _)| name))?;
    let borrow = if of.easy_to_borrow { "easy" } else { "locate" };
    writeln!(text, "borrow = \"{borrow}\"")?;
    if !of.asset_class.is_empty() {
        writeln!(text, "asset_class = {}", quoted(of.asset_class.as_str()))?;
    }
    Ok(())
}

pub(super) fn write_lists(set: &Configuration, text: &mut String) -> std::fmt::Result {
    set.sessions.iter().try_for_each(|session| write_session(session, text))?;
    for one in &set.restrictions {
        writeln!(text, "\n[[restriction]]\nsymbol = {}", quoted(one.symbol.as_str()))?;
        write_key(one.account, text)?;
        writeln!(text, "action = \"{}\"", if one.watch { "watch" } else { "refuse" })?;
    }
    for one in &set.locates {
        writeln!(text, "\n[[locate]]\nsymbol = {}", quoted(one.symbol.as_str()))?;
        write_key(Some(one.account), text)?;
        writeln!(text, "quantity = \"{}\"", one.quantity)?;
    }
    for one in &set.entitlements {
        writeln!(text, "\n[[entitlement]]")?;
        write_key(one.account, text)?;
        let name = |party: Option<Party>| party.map(|party| party.name);
        let named = [
            ("sender", name(one.sender)),
            ("firm", one.firm),
            ("client", name(one.client)),
            ("trader", name(one.trader)),
            ("desk", name(one.desk)),
            ("strategy", name(one.strategy)),
        ];
        for (key, name) in named.into_iter().filter_map(|(key, name)| Some((key, name?))) {
            writeln!(text, "{key} = {}", quoted(name.as_str()))?;
        }
    }
    for venue in &set.venues {
        writeln!(text, "\n[[venue]]\nmic = {}", quoted(venue.mic.as_str()))?;
        writeln!(text, "taking_fee = \"{}\"", Price(venue.taking_fee))?;
        writeln!(text, "adding_fee = \"{}\"", Price(venue.adding_fee))?;
        write_duration("latency", venue.latency_ns, text)?;
    }
    Ok(())
}

fn write_session(session: &Session, text: &mut String) -> std::fmt::Result {
    writeln!(text, "\n[[session]]\nname = {}", quoted(session.name.as_str()))?;
    for (key, moment) in
        [("offset", session.offset_ns), ("opens", session.opens_ns), ("closes", session.closes_ns)]
    {
        let minutes = moment.abs().min(DAY_NS) / SECOND_NS / 60;
        let sign = if moment < 0 { "-" } else { "" };
        writeln!(text, "{key} = \"{sign}{:02}:{:02}\"", minutes / 60, minutes % 60)?;
    }
    let days = WEEKDAYS.iter().filter(|(_, day)| session.weekdays & day != 0);
    write_list("weekdays", days.map(|(name, _)| *name), text)?;
    if !session.holidays.is_empty() {
        let dates = session.holidays.iter().map(|date| {
            let (year, month, day) = date.civil();
            format!("{year:04}-{month:02}-{day:02}")
        });
        write_list("holidays", dates, text)?;
    }
    Ok(())
}

fn write_bound(key: &str, bound: Bound, scale: i128, text: &mut String) -> std::fmt::Result {
    match bound {
        Bound::Missing => Ok(()),
        Bound::Unlimited => writeln!(text, "{key} = \"unlimited\""),
        Bound::At(most) => {
            writeln!(text, "{key} = \"{}\"", Notional(most.saturating_mul(scale)))
        }
    }
}

fn write_duration(key: &str, duration: i64, text: &mut String) -> std::fmt::Result {
    match duration {
        0 => writeln!(text, "{key} = \"off\""),
        _ => writeln!(text, "{key} = \"{duration}ns\""),
    }
}

fn write_list<T: AsRef<str>>(
    key: &str,
    names: impl Iterator<Item = T>,
    text: &mut String,
) -> std::fmt::Result {
    let names: Vec<_> = names.map(|name| format!("\"{}\"", name.as_ref())).collect();
    writeln!(text, "{key} = [{}]", names.join(", "))
}
