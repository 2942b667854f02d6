//! Instruments and trading hours.

use std::collections::BTreeSet;

use domain::configuration::{Instrument, InstrumentControls, Session, ShortSale, TypeMask};
use domain::{OrdType, Quantity, Text, TimeInForce, TradeDate};

use super::super::Problem;
use super::super::table::Keys;
use super::symbol;

/// Order types by their names.
pub(in super::super) const ORD_TYPES: [(&str, OrdType); 2] =
    [("limit", OrdType::Limit), ("market", OrdType::Market)];

/// Times in force by their names.
pub(in super::super) const TIMES: [(&str, TimeInForce); 7] = [
    ("day", TimeInForce::Day),
    ("gtc", TimeInForce::GoodTillCancel),
    ("opening", TimeInForce::AtTheOpening),
    ("ioc", TimeInForce::ImmediateOrCancel),
    ("fok", TimeInForce::FillOrKill),
    ("gtd", TimeInForce::GoodTillDate),
    ("close", TimeInForce::AtTheClose),
];

/// Short-sale rules by their names.
pub(in super::super) const SHORT_SALES: [(&str, ShortSale); 3] = [
    ("forbidden", ShortSale::Forbidden),
    ("above", ShortSale::Above),
    ("allowed", ShortSale::Allowed),
];

/// Weekdays, Monday first.
pub(in super::super) const WEEKDAYS: [(&str, u8); 7] =
    [("mon", 1), ("tue", 2), ("wed", 4), ("thu", 8), ("fri", 16), ("sat", 32), ("sun", 64)];

/// The session that never closes.
pub(in super::super) const ALWAYS: &str = "always";

pub(super) fn instruments(
    tables: Vec<Keys>,
    all: bool,
    problems: &mut Vec<Problem>,
) -> Vec<Instrument> {
    let mut instruments = Vec::with_capacity(tables.len());
    let mut seen = BTreeSet::new();
    for mut keys in tables {
        let symbol = symbol(&mut keys, true, problems);
        let reference_price = keys.price("reference_price", problems);
        let limits = keys.limits(problems);
        let controls =
            if all { controls(&mut keys, problems) } else { InstrumentControls::default() };
        if !symbol.is_empty() && !seen.insert(symbol) {
            keys.problem("symbol", "stands twice: keep one", problems);
        }
        keys.finish(problems);
        instruments.push(Instrument { symbol, reference_price, limits, controls });
    }
    instruments.sort_by_key(|instrument: &Instrument| instrument.symbol);
    instruments
}

fn controls(keys: &mut Keys, problems: &mut Vec<Problem>) -> InstrumentControls {
    let session = keys.name("session", problems);
    if session.is_none() {
        keys.problem("session", "missing: name a session, or \"always\"", problems);
    }
    let session = session.filter(|session| session.as_str() != ALWAYS).unwrap_or(Text::EMPTY);
    InstrumentControls {
        collar: keys.bound("collar_bps", 0, problems),
        period_collar: keys.bound("period_collar_bps", 0, problems),
        tick: keys.step("tick", problems),
        lot: Quantity(keys.step("lot", problems).0),
        min_order_qty: Quantity(keys.price("min_order_qty", problems).0),
        min_price: keys.price("min_price", problems),
        max_price: keys.price("max_price", problems),
        ord_types: TypeMask::of_types(&keys.some_of("ord_types", &ORD_TYPES, problems)),
        times_in_force: TypeMask::of_times(&keys.some_of("times_in_force", &TIMES, problems)),
        session,
        halted: keys.flag("halted", problems),
        short_sale: keys.one_of("short_sale", &SHORT_SALES, problems).unwrap_or_default(),
        easy_to_borrow: keys
            .one_of("borrow", &[("easy", true), ("locate", false)], problems)
            .unwrap_or_default(),
        asset_class: keys.class("asset_class", problems),
    }
}

pub(super) fn sessions(tables: Vec<Keys>, problems: &mut Vec<Problem>) -> Vec<Session> {
    let mut sessions = Vec::with_capacity(tables.len());
    let mut seen = BTreeSet::new();
    for mut keys in tables {
        let name = keys.name("name", problems).unwrap_or_default();
        if !seen.insert(name) || name.is_empty() || name.as_str() == ALWAYS {
            keys.problem("name", "must be there, once, and not \"always\"", problems);
        }
        let offset_ns = clock(&mut keys, "offset", problems);
        let opens_ns = clock(&mut keys, "opens", problems);
        let closes_ns = clock(&mut keys, "closes", problems);
        if opens_ns >= closes_ns || opens_ns < 0 {
            keys.problem("closes", "must be after opens, on the same local day", problems);
        }
        let weekdays = keys.some_of("weekdays", &WEEKDAYS, problems);
        let weekdays = weekdays.into_iter().fold(0, |mask, day| mask | day);
        let mut holidays = Vec::new();
        for text in keys.texts("holidays", problems).unwrap_or_default() {
            match date(&text) {
                Some(date) => holidays.push(date),
                None => keys.problem("holidays", "write dates like \"2026-12-25\"", problems),
            }
        }
        holidays.sort();
        keys.finish(problems);
        sessions.push(Session { name, offset_ns, opens_ns, closes_ns, weekdays, holidays });
    }
    sessions.sort_by_key(|session: &Session| session.name);
    sessions
}

/// Hours and minutes, as "09:30" or "-05:00".
fn clock(keys: &mut Keys, key: &str, problems: &mut Vec<Problem>) -> i64 {
    let text = keys.text(key, problems).unwrap_or_default();
    let (sign, digits) = text.strip_prefix('-').map_or((1, &*text), |digits| (-1, digits));
    let two = |text: &str| text.parse::<u8>().ok().filter(|_| text.len() == 2).map(i64::from);
    let read = digits.split_once(':').and_then(|(hours, minutes)| {
        let (hours, minutes) = (two(hours)?, two(minutes)?);
        (hours <= 24 && minutes < 60).then(|| sign * Session::of_day(hours, minutes))
    });
    read.unwrap_or_else(|| {
        keys.problem(key, "write hours and minutes like \"09:30\"", problems);
        0
    })
}

fn date(text: &str) -> Option<TradeDate> {
    let mut parts = text.splitn(3, '-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    TradeDate::of_civil(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}
