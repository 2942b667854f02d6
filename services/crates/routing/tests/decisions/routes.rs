//! Routes: how each kind of rule chooses, what health and trading states do to it, and that an
//! order goes to one venue for ever.

use std::collections::BTreeMap;

use domain::configuration::{Choice, Route, Share, Venue};
use domain::inbound::New;
use domain::outcome::Notes;
use domain::time::SECOND_NS;
use domain::{
    AccountKey, Control, ExecType, Inbound, Mic, Outcome, Reason, Scope, Symbol, TimeInForce,
    TradingState,
};
use proptest::prelude::*;

use crate::desk::{self, ACCOUNT, Desk, mic, reasons, symbol};
use crate::states::switch;
use crate::strict::{order, strict_with};

const VENUES: [&str; 3] = ["XAAA", "XBBB", "XCCC"];

fn rule(choice: Choice, weights: [u32; 3]) -> Route {
    let shares = VENUES.iter().zip(weights);
    let shares = shares.map(|(venue, weight)| Share { venue: mic(venue), weight });
    Route { choice, venues: shares.collect(), ..Route::to(5, Symbol::EMPTY, mic("XAAA")) }
}

fn desk_with(route: Route) -> Desk {
    strict_with(|set| set.routes = vec![route])
}

fn venue_of(outcome: Outcome) -> &'static str {
    let Outcome::Routed(routed) = outcome else { panic!("{outcome:?}") };
    VENUES.into_iter().find(|venue| mic(venue) == routed.venue).expect("a venue of the rule")
}

fn unwell(venue: &str) -> Control {
    Control::Health { venue: mic(venue), healthy: false, retry_ns: 30 * SECOND_NS }
}

#[test]
fn rules_take_orders_by_symbol_class_and_account_in_their_order() {
    let to = |rule, symbol: &str, venue| {
        Route::to(rule, Symbol::new(symbol).expect("a symbol"), mic(venue))
    };
    let mut desk = strict_with(|set| {
        set.instruments[1].controls.asset_class = symbol("BOND");
        set.routes = vec![
            Route { account: Some(AccountKey::of("A-2")), ..to(1, "", "XACC") },
            to(2, "ALC", "XSYM"),
            Route { asset_class: symbol("BOND"), ..to(3, "", "XBND") },
        ];
    });
    let mut rule = |id: &str, symbol_of: &str| {
        let outcome = order(&mut desk, id, |new| new.symbol = symbol(symbol_of));
        let Outcome::Routed(routed) = outcome else { panic!("{outcome:?}") };
        (routed.rule, routed.venue)
    };
    assert_eq!(rule("A", "ALC"), (2, mic("XSYM")));
    assert_eq!(rule("B", "BOB"), (3, mic("XBND")));
    assert_eq!(rule("b-C", "ALC"), (1, mic("XACC")));
    let fails = order(&mut desk_with(to(1, "BOB", "XAAA")), "D", |_| {});
    assert_eq!(reasons(fails), [Reason::NoRoute]);
}

#[test]
fn a_weighted_rule_gives_each_venue_its_part_and_every_order_its_own_venue() {
    let mut desk = desk_with(rule(Choice::Weighted, [70, 0, 30]));
    let mut counts = BTreeMap::new();
    for number in 0..900 {
        let outcome = desk.order(&format!("W{number}"), 1);
        *counts.entry(venue_of(outcome)).or_insert(0) += 1;
        desk.wait(1);
    }
    assert_eq!(counts.get("XBBB"), None);
    assert!((560..=700).contains(&counts["XAAA"]), "{counts:?}");
    // The same order is sent to the same venue by other books.
    let mut again = desk_with(rule(Choice::Weighted, [70, 0, 30]));
    for (arrival, input, outcome) in &desk.journal[1..50] {
        again.now = *arrival;
        assert_eq!(again.take(*input), *outcome);
    }
}

#[test]
fn a_ranked_rule_takes_the_cheapest_then_the_fastest_then_the_first() {
    let venue = |venue, taking_fee, adding_fee, latency_ns| Venue {
        mic: mic(venue),
        taking_fee,
        adding_fee,
        latency_ns,
    };
    let mut desk = strict_with(|set| {
        set.routes = vec![rule(Choice::Ranked, [1, 1, 1])];
        set.venues =
            vec![venue("XAAA", 10, 0, 5), venue("XBBB", 30, -20, 9), venue("XCCC", 10, -20, 5)];
    });
    let at_once = |new: &mut New| new.time_in_force = TimeInForce::ImmediateOrCancel;
    assert_eq!(venue_of(desk.order("A", 1)), "XCCC", "rebates alike, and faster");
    assert_eq!(venue_of(order(&mut desk, "B", at_once)), "XAAA", "alike, and first");
    desk.control(switch(1, Scope::Venue, "XCCC", TradingState::Halted));
    assert_eq!(venue_of(desk.order("C", 1)), "XBBB");
}

#[test]
fn a_dry_run_shows_each_candidate_with_what_speaks_for_and_against_it() {
    let mut desk = strict_with(|set| {
        set.routes = vec![rule(Choice::Ranked, [1, 1, 1])];
        let venue = |mic, adding_fee| Venue { mic, taking_fee: 9, adding_fee, latency_ns: 4 };
        set.venues = vec![venue(mic("XAAA"), 3), venue(mic("XBBB"), 2), venue(mic("XCCC"), 1)];
    });
    assert_eq!(venue_of(desk.order("Z", 1)), "XCCC");
    desk.control(unwell("XCCC"));
    let new = domain::inbound::New {
        blocked: [mic("XBBB"), Mic::EMPTY, Mic::EMPTY, Mic::EMPTY],
        ..desk::new("A", 100, desk.now)
    };
    let told = routing::candidates(&desk.books, &desk.configuration, desk.now, &new);
    let told = told.expect("a rule takes it");
    let seen = told.candidates.iter().map(|one| (one.fee, one.latency_ns, one.standing.name()));
    assert_eq!(seen.collect::<Vec<_>>(), [(3, 4, "open"), (2, 4, "not_offered"), (1, 4, "down")]);
    assert_eq!((told.rule, told.choice, told.chosen), (5, Choice::Ranked, Some(mic("XAAA"))));
    assert_eq!(venue_of(desk.take(Inbound::New(new))), "XAAA");
}

#[test]
fn a_direction_chooses_among_the_venues_of_rules_and_a_block_excludes() {
    let mut desk = desk_with(rule(Choice::FailOver, [1, 1, 1]));
    let to = |venue: &'static str| move |new: &mut New| new.ex_destination = mic(venue);
    assert_eq!(venue_of(order(&mut desk, "A", to("XBBB"))), "XBBB");
    assert_eq!(reasons(order(&mut desk, "B", to("XELS"))), [Reason::NoRoute]);
    let blocks = |new: &mut New| new.blocked = [mic("XAAA"), mic("XBBB"), Mic::EMPTY, Mic::EMPTY];
    assert_eq!(venue_of(order(&mut desk, "C", blocks)), "XCCC");
    // A direction to a venue that is down waits for nobody else.
    desk.control(unwell("XBBB"));
    assert_eq!(reasons(order(&mut desk, "D", to("XBBB"))), [Reason::NoRoute]);
}

#[test]
fn a_fail_over_rule_goes_on_to_the_next_that_is_well_and_probes_once() {
    let mut desk = desk_with(rule(Choice::FailOver, [1, 1, 1]));
    assert_eq!(venue_of(desk.order("A", 1)), "XAAA");
    desk.control(unwell("XAAA"));
    assert_eq!(venue_of(desk.order("B", 1)), "XBBB");
    desk.wait(30);
    let probe = desk.order("C", 1);
    assert_eq!(venue_of(probe), "XAAA");
    assert!(matches!(probe, Outcome::Routed(routed) if routed.notes.contains(Notes::PROBE)));
    let rows = desk::rows(&desk.books);
    let kept = books::Books::from_rows(&books::Capacity::small(), &rows).expect("sound rows");
    assert_eq!(kept.digest(), desk.books.digest());
    desk.books = kept;
    assert_eq!(venue_of(desk.order("D", 1)), "XBBB", "one probe is under way");
    desk.report(ExecType::Void, "C", "C");
    assert_eq!(venue_of(desk.order("E", 1)), "XBBB", "it wasn't delivered");
    desk.wait(30);
    assert_eq!(venue_of(desk.order("F", 1)), "XAAA");
    desk.report(ExecType::New, "F", "F");
    assert_eq!(venue_of(desk.order("G", 1)), "XAAA", "it is well again");
    for venue in VENUES {
        desk.control(unwell(venue));
    }
    assert_eq!(reasons(desk.order("H", 1)), [Reason::NoRoute]);
    desk.control(Control::Health { venue: mic("XCCC"), healthy: true, retry_ns: 0 });
    assert_eq!(venue_of(desk.order("I", 1)), "XCCC");
}

#[test]
fn a_static_rule_waits_for_its_venue_and_stops_with_its_kill_switch() {
    let mut desk = desk_with(Route::to(1, Symbol::EMPTY, mic("XAAA")));
    desk.control(unwell("XAAA"));
    assert_eq!(venue_of(desk.order("A", 1)), "XAAA");
    desk.control(switch(1, Scope::Venue, "XAAA", TradingState::Halted));
    assert_eq!(reasons(desk.order("B", 1)), [Reason::KillSwitch]);
}

#[test]
fn what_stands_in_the_way_of_an_order_is_told_with_the_controls_that_refuse_it() {
    let mut desk = strict_with(|set| {
        set.routes = vec![Route::to(1, Symbol::EMPTY, mic("XAAA"))];
        set.instruments[0].controls.halted = true;
    });
    desk.control(switch(1, Scope::Venue, "XAAA", TradingState::Halted));
    assert_eq!(reasons(desk.order("A", 1)), [Reason::KillSwitch, Reason::MarketState]);
    let elsewhere = |new: &mut New| new.ex_destination = mic("XBBB");
    let refused = order(&mut desk, "B", elsewhere);
    assert_eq!(reasons(refused), [Reason::NoRoute, Reason::MarketState]);
}

#[test]
fn an_order_whose_outcome_is_unknown_stays_at_its_venue() {
    let mut desk = desk_with(rule(Choice::FailOver, [1, 1, 1]));
    let first = desk::new("A", 100, desk.now);
    assert_eq!(venue_of(desk.take(Inbound::New(first))), "XAAA");
    // Nothing was answered, and the venue is gone.
    desk.control(unwell("XAAA"));
    desk.control(switch(1, Scope::Venue, "XAAA", TradingState::Reducing));
    let again = domain::inbound::New {
        head: domain::inbound::RequestHead { poss_resend: true, ..first.head },
        ..first
    };
    assert_eq!(desk.take(Inbound::New(again)), Outcome::Duplicate { order: desk.order_id("A") });
    let Outcome::Forwarded(to) = desk.replace("R", "A", 50) else { panic!("it is forwarded") };
    assert_eq!(to.venue, mic("XAAA"));
    let Outcome::Forwarded(to) = desk.cancel("C", "A") else { panic!("it is forwarded") };
    assert_eq!(to.venue, mic("XAAA"));
    assert_eq!(desk.state("A").1, 100);
}

proptest! {
    #[test]
    fn no_order_is_ever_sent_to_two_venues(
        steps in prop::collection::vec((0..8_u8, 0..12_usize, 0..3_usize), 1..120)
    ) {
        let mut desk = desk_with(rule(Choice::FailOver, [1, 1, 1]));
        let mut number = 0;
        for (kind, name, venue) in steps {
            let id = format!("O{name}");
            number += 1;
            let other = format!("Q{number}");
            match kind {
                0..=2 => drop(desk.order(&id, 100)),
                3 => drop(desk.replace(&other, &id, 90)),
                4 => drop(desk.cancel(&other, &id)),
                5 => drop(desk.control(unwell(VENUES[venue]))),
                6 => drop(desk.report(ExecType::Void, &id, &id)),
                _ => desk.wait(20),
            }
        }
        let mut venues = BTreeMap::new();
        for (_, _, outcome) in &desk.journal {
            let sent = match outcome {
                Outcome::Routed(routed) => (routed.order, routed.venue),
                Outcome::Forwarded(forwarded) => (forwarded.order, forwarded.venue),
                _ => continue,
            };
            let before = venues.insert(sent.0, sent.1);
            prop_assert!(before.is_none_or(|venue| venue == sent.1));
        }
        prop_assert_eq!(desk.books.account(AccountKey::of(ACCOUNT)).is_some(), !venues.is_empty());
    }
}
