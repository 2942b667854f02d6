//! RESTRICTED (with the watch list) and ENTITLEMENT.

use domain::inbound::New;
use domain::outcome::Notes;
use domain::{AccountKey, Reason, Reasons, Symbol};

use super::Asked;
use crate::Scene;

/// Holds a new order against both; says what surveillance should look at.
pub(super) fn check(scene: &Scene<'_>, new: &New, reasons: &mut Reasons) -> Notes {
    let set = scene.configuration;
    let is_entitled = !set.entitled_only || set.entitlements.iter().any(|line| line.covers(new));
    reasons.add_if(!is_entitled, Reason::Entitlement);
    let listed = |watch| is_listed(scene, new.head.account, &new.symbol, watch);
    reasons.add_if(listed(false), Reason::Restricted);
    if listed(true) { Notes::WATCHED } else { Notes::default() }
}

/// What makes an order smaller passes the list.
pub(super) fn restricted(scene: &Scene<'_>, asked: &Asked<'_>, reasons: &mut Reasons) {
    let is_restricted = is_listed(scene, asked.account, &asked.symbol, false);
    reasons.add_if(is_restricted && !asked.reduces, Reason::Restricted);
}

fn is_listed(scene: &Scene<'_>, account: AccountKey, symbol: &Symbol, watch: bool) -> bool {
    scene.configuration.restrictions.iter().any(|line| {
        line.watch == watch
            && line.symbol == *symbol
            && line.account.is_none_or(|one| one == account)
    })
}
