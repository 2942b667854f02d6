//! Venues and routes.

use std::collections::BTreeSet;

use domain::configuration::{Choice, Route, Share, Venue};

use super::super::Problem;
use super::super::table::Keys;
use super::permission::account;
use super::symbol;

pub(super) fn venues(tables: Vec<Keys>, problems: &mut Vec<Problem>) -> Vec<Venue> {
    let mut venues = Vec::with_capacity(tables.len());
    let mut seen = BTreeSet::new();
    for mut keys in tables {
        let mic = keys.mic("mic", problems);
        if !seen.insert(mic) {
            keys.problem("mic", "stands twice: keep one", problems);
        }
        let taking_fee = keys.signed("taking_fee", problems);
        let adding_fee = keys.signed("adding_fee", problems);
        let latency_ns = keys.duration("latency", problems);
        keys.finish(problems);
        venues.push(Venue { mic, taking_fee, adding_fee, latency_ns });
    }
    venues.sort_by_key(|venue: &Venue| venue.mic);
    venues
}

pub(super) fn routes(tables: Vec<Keys>, all: bool, problems: &mut Vec<Problem>) -> Vec<Route> {
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
        let mut route = Route { venues: Vec::new(), ..Route::to(rule, symbol, Default::default()) };
        if all {
            route.asset_class = keys.class("asset_class", problems);
            route.account = account(&mut keys, problems);
            let choices: Vec<_> = Choice::ALL.iter().map(|one| (one.name(), *one)).collect();
            if keys.has("choice") {
                route.choice = keys.one_of("choice", &choices, problems).unwrap_or_default();
            }
        }
        route.venues = shares(&mut keys, route.choice, problems);
        keys.finish(problems);
        routes.push(route);
    }
    routes
}

/// One venue of a static rule; of others a list, weighted ones with a weight for each.
fn shares(keys: &mut Keys, choice: Choice, problems: &mut Vec<Problem>) -> Vec<Share> {
    if choice == Choice::Static {
        return vec![Share { venue: keys.mic("venue", problems), weight: 1 }];
    }
    let Some(texts) = keys.texts("venues", problems) else {
        keys.problem("venues", "missing: list the venues", problems);
        return Vec::new();
    };
    let mut weights = vec![1; texts.len()];
    if choice == Choice::Weighted {
        weights = keys.numbers("weights", problems).unwrap_or_default();
        if weights.len() != texts.len() {
            keys.problem("weights", "must be one for each venue", problems);
        }
    }
    let mut shares: Vec<Share> = Vec::with_capacity(texts.len());
    for (text, weight) in texts.iter().zip(weights) {
        let venue = keys.mic_of("venues", text, problems);
        if shares.iter().any(|share| share.venue == venue) {
            keys.problem("venues", "a venue stands twice: keep one", problems);
        }
        shares.push(Share { venue, weight });
    }
    shares
}
