//! A set read from text, all its problems at once.

use std::collections::BTreeSet;

use domain::configuration::{Account, Instrument, Route};
use domain::{AccountKey, Configuration, Mic, Symbol};

use super::table::Keys;
use super::{Problem, render, spanning};
use crate::limits::CONFIGURATION_BYTES_MAX;
use crate::orders::{is_identity, is_mic};

/// Reads a set.
///
/// # Errors
/// Everything that is wrong, each with its path.
pub fn parse(text: &str) -> Result<Configuration, Vec<Problem>> {
    let whole = |reason: String| vec![Problem { path: String::new(), reason }];
    if text.len() > CONFIGURATION_BYTES_MAX {
        return Err(whole(format!("longer than {CONFIGURATION_BYTES_MAX} bytes")));
    }
    let table = toml::from_str(text).map_err(|error| whole(error.to_string()))?;
    let mut problems = Vec::new();
    let configuration = set(Keys::new(String::new(), table), &mut problems);
    if problems.is_empty() { Ok(configuration) } else { Err(problems) }
}

fn set(mut keys: Keys, problems: &mut Vec<Problem>) -> Configuration {
    let number = keys.number("number", 1, problems);
    let sample = keys.flag("sample", problems);
    let any_account = keys.table("any_account", problems).map(|mut keys| {
        let limits = keys.limits(problems);
        keys.finish(problems);
        limits
    });
    let instruments = instruments(keys.tables("instrument", problems), problems);
    let accounts = accounts(keys.tables("account", problems), problems);
    let routes = routes(keys.tables("route", problems), problems);
    let spanning = spanning::read(keys.tables("limit", problems), problems);
    keys.finish(problems);
    let hash = [0; 16];
    let mut set = Configuration {
        number,
        hash,
        sample,
        instruments,
        accounts,
        any_account,
        routes,
        spanning,
    };
    set.hash = render::hash(&set);
    set
}

fn instruments(tables: Vec<Keys>, problems: &mut Vec<Problem>) -> Vec<Instrument> {
    let mut instruments = Vec::with_capacity(tables.len());
    let mut seen = BTreeSet::new();
    for mut keys in tables {
        let symbol = symbol(&mut keys, true, problems);
        let reference_price = keys.price("reference_price", problems);
        let limits = keys.limits(problems);
        if !symbol.is_empty() && !seen.insert(symbol) {
            keys.problem("symbol", "stands twice: keep one", problems);
        }
        keys.finish(problems);
        instruments.push(Instrument { symbol, reference_price, limits });
    }
    instruments.sort_by_key(|instrument: &Instrument| instrument.symbol);
    instruments
}

fn accounts(tables: Vec<Keys>, problems: &mut Vec<Problem>) -> Vec<Account> {
    let mut accounts = Vec::with_capacity(tables.len());
    let mut seen = BTreeSet::new();
    for mut keys in tables {
        let key = account_key(&mut keys, problems);
        let limits = keys.limits(problems);
        if key.is_some_and(|key| !seen.insert(key)) {
            keys.problem("account", "stands twice: keep one", problems);
        }
        keys.finish(problems);
        accounts.push(Account { key: key.unwrap_or_default(), limits });
    }
    accounts.sort_by_key(|account: &Account| account.key);
    accounts
}

fn routes(tables: Vec<Keys>, problems: &mut Vec<Problem>) -> Vec<Route> {
    let mut routes = Vec::with_capacity(tables.len());
    let mut seen = BTreeSet::new();
    for mut keys in tables {
        let number = keys.number("rule", 1, problems);
        let rule = u32::try_from(number).unwrap_or_else(|_| {
            keys.problem("rule", "too large", problems);
            0
        });
        if !seen.insert(rule) {
            keys.problem("rule", "stands twice: decisions name rules by it", problems);
        }
        let symbol = symbol(&mut keys, false, problems);
        let venue = keys.text("venue", problems).unwrap_or_default();
        let venue = Mic::new(&venue).filter(|_| is_mic(&venue)).unwrap_or_else(|| {
            keys.problem("venue", "must be a MIC: four capital letters or digits", problems);
            Mic::EMPTY
        });
        keys.finish(problems);
        routes.push(Route { rule, symbol, venue });
    }
    routes
}

fn symbol(keys: &mut Keys, must: bool, problems: &mut Vec<Problem>) -> Symbol {
    let Some(text) = keys.text("symbol", problems) else {
        if must {
            keys.problem("symbol", "missing", problems);
        }
        return Symbol::EMPTY;
    };
    let symbol = Symbol::new(&text).filter(|symbol| !symbol.is_empty());
    symbol.unwrap_or_else(|| {
        let reason = "must be 1 to 12 printable ASCII characters without spaces";
        keys.problem("symbol", reason, problems);
        Symbol::EMPTY
    })
}

fn account_key(keys: &mut Keys, problems: &mut Vec<Problem>) -> Option<AccountKey> {
    let account = keys.text("account", problems);
    let key = keys.text("key", problems);
    match (account, key) {
        (Some(account), None) if is_identity(&account) => Some(AccountKey::of(&account)),
        (Some(_), None) => {
            let reason = "must be 1 to 32 printable ASCII characters without spaces";
            keys.problem("account", reason, problems);
            None
        }
        (None, Some(key)) => {
            let digits = key.len() == 32 && key.bytes().all(|byte| byte.is_ascii_hexdigit());
            let number = u128::from_str_radix(&key, 16).ok().filter(|_| digits);
            if number.is_none() {
                keys.problem("key", "must be 32 hex digits", problems);
            }
            number.map(AccountKey)
        }
        (Some(_), Some(_)) => {
            keys.problem("key", "stands beside account: keep one", problems);
            None
        }
        (None, None) => {
            keys.problem("account", "missing", problems);
            None
        }
    }
}
