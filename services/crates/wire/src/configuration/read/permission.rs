//! Lists of who may trade what for whom.

use domain::configuration::{Entitlement, Locate, Restriction};
use domain::{AccountKey, Quantity, Scope};

use super::super::Problem;
use super::super::table::Keys;
use super::{account_key, symbol};

pub(super) fn restrictions(tables: Vec<Keys>, problems: &mut Vec<Problem>) -> Vec<Restriction> {
    let mut all = Vec::with_capacity(tables.len());
    for mut keys in tables {
        let symbol = symbol(&mut keys, true, problems);
        let account = account(&mut keys, problems);
        let actions = [("refuse", false), ("watch", true)];
        let watch = keys.one_of("action", &actions, problems).unwrap_or_default();
        keys.finish(problems);
        all.push(Restriction { symbol, account, watch });
    }
    all
}

pub(super) fn locates(tables: Vec<Keys>, problems: &mut Vec<Problem>) -> Vec<Locate> {
    let mut all: Vec<Locate> = Vec::with_capacity(tables.len());
    for mut keys in tables {
        let symbol = symbol(&mut keys, true, problems);
        let account = account_key(&mut keys, problems).unwrap_or_default();
        let quantity = Quantity(keys.step("quantity", problems).0);
        if all.iter().any(|one| (one.account, one.symbol) == (account, symbol)) {
            keys.problem("symbol", "stands twice for the account: keep one", problems);
        }
        keys.finish(problems);
        all.push(Locate { account, symbol, quantity });
    }
    all.sort_by_key(|one: &Locate| (one.account, one.symbol));
    all
}

pub(super) fn entitlements(tables: Vec<Keys>, problems: &mut Vec<Problem>) -> Vec<Entitlement> {
    let mut all = Vec::with_capacity(tables.len());
    for mut keys in tables {
        all.push(Entitlement {
            account: account(&mut keys, problems),
            sender: keys.party("sender", Scope::All, problems),
            firm: keys.name("firm", problems),
            client: keys.party("client", Scope::Client, problems),
            trader: keys.party("trader", Scope::Trader, problems),
            desk: keys.party("desk", Scope::Desk, problems),
            strategy: keys.party("strategy", Scope::Strategy, problems),
        });
        keys.finish(problems);
    }
    all
}

/// The account of a line, if it names one.
pub(super) fn account(keys: &mut Keys, problems: &mut Vec<Problem>) -> Option<AccountKey> {
    if keys.has("account") || keys.has("key") { account_key(keys, problems) } else { None }
}
