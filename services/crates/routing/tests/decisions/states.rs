//! Kill switches and trading states, at every scope.

use domain::inbound::New;
use domain::scope::ALL_TARGET;
use domain::{
    Control, Inbound, Kill, Mic, Outcome, Parties, PartyKey, Price, Reason, Scope, Text,
    TradingState,
};

use crate::desk::{self, ACCOUNT, Desk, mic, reasons};

pub(crate) fn switch(number: u64, scope: Scope, target: &str, state: TradingState) -> Control {
    let target = Text::new(target).expect("a short target");
    Control::Kill(Kill { number, scope, target, state })
}

/// An order that names somebody in every scope.
pub(crate) fn named(desk: &Desk, cl_ord_id: &str) -> New {
    New {
        firm: domain::inbound::scope_key(Scope::Firm, "FIRM"),
        parties: Parties {
            client: PartyKey::of(Scope::Client, "CLIENT"),
            trader: PartyKey::of(Scope::Trader, "TRADER"),
            desk: PartyKey::of(Scope::Desk, "DESK"),
            strategy: PartyKey::of(Scope::Strategy, "STRATEGY"),
        },
        ..desk::new(cl_ord_id, 100, desk.now)
    }
}

const TARGETS: [(Scope, &str); 9] = [
    (Scope::Firm, "FIRM"),
    (Scope::Account, ACCOUNT),
    (Scope::Symbol, "ALC"),
    (Scope::Desk, "DESK"),
    (Scope::Strategy, "STRATEGY"),
    (Scope::Trader, "TRADER"),
    (Scope::Client, "CLIENT"),
    (Scope::Venue, "XDEM"),
    (Scope::All, ALL_TARGET),
];

#[test]
fn a_kill_at_every_scope_stops_orders_and_replaces_passes_cancels_and_is_released() {
    for (scope, target) in TARGETS {
        let mut desk = Desk::new();
        desk.take(Inbound::New(named(&desk, "X")));
        desk.control(switch(1, scope, target, TradingState::Halted));
        let order = Inbound::New(named(&desk, "Y"));
        assert_eq!(reasons(desk.take(order)), [Reason::KillSwitch], "{scope:?}");
        assert_eq!(reasons(desk.replace("R", "X", 50)), [Reason::KillSwitch], "{scope:?}");
        assert!(matches!(desk.cancel("C", "X"), Outcome::Forwarded(_)), "{scope:?}");
        desk.control(switch(2, scope, target, TradingState::Active));
        let order = Inbound::New(named(&desk, "Z"));
        assert!(matches!(desk.take(order), Outcome::Routed(_)), "{scope:?}");
    }
}

#[test]
fn a_kill_of_somebody_else_at_any_scope_stops_nothing() {
    for (scope, _) in TARGETS.into_iter().filter(|(scope, _)| *scope != Scope::All) {
        let mut desk = Desk::new();
        desk.control(switch(1, scope, "ELSE", TradingState::Halted));
        let order = Inbound::New(named(&desk, "X"));
        assert!(matches!(desk.take(order), Outcome::Routed(_)), "{scope:?}");
        // Nor does it touch who names nobody.
        assert!(matches!(desk.order("Y", 1), Outcome::Routed(_)), "{scope:?}");
    }
}

#[test]
fn reducing_at_every_scope_passes_what_makes_an_order_smaller() {
    for (scope, target) in TARGETS {
        let mut desk = Desk::new();
        desk.take(Inbound::New(named(&desk, "X")));
        desk.control(switch(1, scope, target, TradingState::Reducing));
        let order = Inbound::New(named(&desk, "Y"));
        assert_eq!(reasons(desk.take(order)), [Reason::Reducing], "{scope:?}");
        assert_eq!(reasons(desk.replace("R1", "X", 101)), [Reason::Reducing], "{scope:?}");
        let mut dearer = desk::replace("R2", "X", 90, desk.now);
        dearer.price = Price::whole(11);
        assert_eq!(reasons(desk.take(Inbound::Replace(dearer))), [Reason::Reducing], "{scope:?}");
        assert!(matches!(desk.replace("R3", "X", 90), Outcome::Forwarded(_)), "{scope:?}");
        assert!(matches!(desk.cancel("C", "X"), Outcome::Forwarded(_)), "{scope:?}");
    }
}

#[test]
fn the_strictest_state_of_all_scopes_counts() {
    let mut desk = Desk::new();
    desk.control(switch(1, Scope::Account, ACCOUNT, TradingState::Reducing));
    desk.control(switch(2, Scope::Trader, "TRADER", TradingState::Halted));
    let order = Inbound::New(named(&desk, "X"));
    assert_eq!(reasons(desk.take(order)), [Reason::KillSwitch]);
}

#[test]
fn who_stands_behind_an_order_is_kept_by_snapshots() {
    let mut desk = Desk::new();
    desk.take(Inbound::New(named(&desk, "X")));
    desk.control(switch(1, Scope::Client, "CLIENT", TradingState::Reducing));
    let rows = desk::rows(&desk.books);
    desk.books = books::Books::from_rows(&books::Capacity::small(), &rows).expect("sound rows");
    assert_eq!(desk::rows(&desk.books), rows);
    assert_eq!(reasons(desk.replace("R1", "X", 101)), [Reason::Reducing]);
}

#[test]
fn a_blocked_venue_is_not_gone_to() {
    let mut desk = Desk::new();
    let mut order = named(&desk, "X");
    order.blocked[0] = mic("XDEM");
    assert_eq!(reasons(desk.take(Inbound::New(order))), [Reason::NoRoute]);
    let mut order = named(&desk, "Y");
    order.blocked = [mic("XTWO"), Mic::EMPTY, Mic::EMPTY, Mic::EMPTY];
    assert!(matches!(desk.take(Inbound::New(order)), Outcome::Routed(_)));
}
