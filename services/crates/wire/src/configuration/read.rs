//! A set read from text, all its problems at once.

use std::collections::BTreeSet;

use domain::configuration::{Account, AccountControls, Choice, RULES_ALL, RULES_FIRST};
use domain::{AccountKey, Configuration, Symbol};

use super::table::Keys;
use super::{Problem, render, spanning};
use crate::limits::CONFIGURATION_BYTES_MAX;
use crate::orders::is_identity;

pub(super) mod instrument;
mod permission;
mod route;

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
    let rules = if keys.has("rules") { keys.number("rules", 1, problems) } else { 1 };
    if rules > u64::from(RULES_ALL) {
        keys.problem("rules", &format!("must be 1 to {RULES_ALL}"), problems);
    }
    let all = rules > 1;
    let mut any_account_controls = AccountControls::default();
    let any_account = keys.table("any_account", problems).map(|mut keys| {
        let limits = keys.limits(problems);
        if all {
            any_account_controls = keys.account_controls(problems);
        }
        keys.finish(problems);
        limits
    });
    let instruments = instrument::instruments(keys.tables("instrument", problems), all, problems);
    let accounts = accounts(keys.tables("account", problems), all, problems);
    let routes = route::routes(keys.tables("route", problems), all, problems);
    let spanning = spanning::read(keys.tables("limit", problems), problems);
    let mut set = Configuration {
        number,
        sample,
        rules: if all { RULES_ALL } else { RULES_FIRST },
        instruments,
        accounts,
        any_account,
        any_account_controls,
        routes,
        spanning,
        ..Configuration::default()
    };
    if all {
        more(&mut keys, &mut set, problems);
    }
    keys.finish(problems);
    set.hash = render::hash(&set);
    set
}

/// What only sets of all rules have.
fn more(keys: &mut Keys, set: &mut Configuration, problems: &mut Vec<Problem>) {
    let entitled = [("any", false), ("listed", true)];
    set.entitled_only = keys.one_of("entitlements", &entitled, problems).unwrap_or(true);
    match keys.table("periods", problems) {
        Some(mut periods) => {
            set.periods = periods.periods(problems);
            periods.finish(problems);
        }
        None => keys.problem("periods", "missing: write [periods] with its keys", problems),
    }
    set.sessions = instrument::sessions(keys.tables("session", problems), problems);
    set.restrictions = permission::restrictions(keys.tables("restriction", problems), problems);
    set.locates = permission::locates(keys.tables("locate", problems), problems);
    set.entitlements = permission::entitlements(keys.tables("entitlement", problems), problems);
    set.venues = route::venues(keys.tables("venue", problems), problems);
    relations(keys, set, problems);
}

/// What one part says of another.
fn relations(keys: &Keys, set: &Configuration, problems: &mut Vec<Problem>) {
    for instrument in &set.instruments {
        let session = instrument.controls.session;
        if !session.is_empty() && !set.sessions.iter().any(|known| known.name == session) {
            let path = format!("instrument {}", instrument.symbol);
            keys.problem(&path, &format!("no session is named {session}: add it"), problems);
        }
    }
    for route in set.routes.iter().filter(|route| route.choice == Choice::Ranked) {
        for share in &route.venues {
            if set.venue(share.venue).is_none() {
                let path = format!("route {}", route.rule);
                let reason = format!("venue {} has no costs: add a [[venue]]", share.venue);
                keys.problem(&path, &reason, problems);
            }
        }
    }
    if set.periods.age_max_ns > 0 && set.periods.clock_error_max_ns == 0 {
        let reason = "must be there with max_age: an age means nothing without it";
        keys.problem("periods.max_clock_error", reason, problems);
    }
}

fn accounts(tables: Vec<Keys>, all: bool, problems: &mut Vec<Problem>) -> Vec<Account> {
    let mut accounts = Vec::with_capacity(tables.len());
    let mut seen = BTreeSet::new();
    for mut keys in tables {
        let key = account_key(&mut keys, problems);
        let limits = keys.limits(problems);
        let controls =
            if all { keys.account_controls(problems) } else { AccountControls::default() };
        if key.is_some_and(|key| !seen.insert(key)) {
            keys.problem("account", "stands twice: keep one", problems);
        }
        keys.finish(problems);
        accounts.push(Account { key: key.unwrap_or_default(), limits, controls });
    }
    accounts.sort_by_key(|account: &Account| account.key);
    accounts
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
