//! Each control failing alone, and all that can fail together.

use books::Capacity;
use domain::configuration::Route;
use domain::inbound::{Faults, New};
use domain::{
    AccountKey, Control, ExecType, HashRange, Inbound, Kill, OrdType, Outcome, Price, Quantity,
    Reason, Scope, Symbol, Text, TradingState,
};

use crate::desk::{self, ACCOUNT, Desk, limits, mic, reasons, symbol};

/// What makes a good order a bad one.
type Change = Box<dyn FnOnce(&mut New)>;

fn refused(desk: &mut Desk, change: impl FnOnce(&mut New)) -> Vec<Reason> {
    let mut new = desk::new("N", 100, desk.now);
    change(&mut new);
    reasons(desk.take(Inbound::New(new)))
}

fn kill(number: u64, scope: Scope, target: &str, thrown: bool) -> Control {
    let target = Text::new(target).expect("a short target");
    let state = if thrown { TradingState::Halted } else { TradingState::Active };
    Control::Kill(Kill { number, scope, target, state })
}

#[test]
fn an_order_that_fails_nothing_is_routed() {
    let mut desk = Desk::new();
    let Outcome::Routed(routed) = desk.order("X", 100) else { panic!("it is routed") };
    assert_eq!((routed.venue, routed.venue_seq), (mic("XDEM"), 1));
    assert_eq!((routed.rule, routed.configuration), (1, 7));
}

#[test]
fn malformed_alone() {
    let mut cases: Vec<Change> = vec![
        Box::new(|new| new.order_qty = Quantity(0)),
        Box::new(|new| new.order_qty = Quantity(-5)),
        Box::new(|new| new.price = Price(0)),
        Box::new(|new| new.price = Price(-1)),
        Box::new(|new| new.ord_type = OrdType::Market),
        Box::new(|new| new.ord_type = OrdType::Stop),
        Box::new(|new| new.ord_type = OrdType::StopLimit),
        Box::new(|new| new.ord_type = OrdType::Pegged),
    ];
    for fault in [Faults::SIDE, Faults::ORD_TYPE, Faults::TIME_IN_FORCE, Faults::FIRM] {
        cases.push(Box::new(move |new| new.head.faults = fault));
    }
    for (number, change) in cases.into_iter().enumerate() {
        assert_eq!(refused(&mut Desk::new(), change), [Reason::Malformed], "case {number}");
    }
}

#[test]
fn transact_time_alone_and_then_it_is_not_remembered() {
    let mut desk = Desk::new();
    let ahead = desk.now.plus(domain::time::SECOND_NS + 1);
    let wrong = |new: &mut New| new.head.transact_time = ahead;
    assert_eq!(refused(&mut desk, wrong), [Reason::TransactTime]);
    assert_eq!(desk.books.counts().window, 0);
    let absent = |new: &mut New| new.head.transact_time = Default::default();
    assert_eq!(refused(&mut desk, absent), [Reason::TransactTime]);
    // A second ahead is still in time.
    assert_eq!(refused(&mut desk, |new| new.head.transact_time = ahead.plus(-1)), []);
}

#[test]
fn duplicate_order_alone_and_the_first_decision_stays() {
    let mut desk = Desk::new();
    desk.order("N", 50);
    assert_eq!(refused(&mut desk, |_| {}), [Reason::DuplicateOrder]);
    let last = desk.journal.last().map(|(.., outcome)| *outcome);
    let Some(Outcome::Rejected(rejection)) = last else { panic!("it is refused") };
    assert!(!rejection.remembered, "the identity is taken");
    assert_eq!(desk.state("N").1, 50);
}

#[test]
fn kill_switches_stop_orders_and_replaces_and_pass_cancels() {
    let firm = domain::inbound::scope_key(Scope::Firm, "FIRM");
    for (scope, target) in
        [(Scope::Firm, "FIRM"), (Scope::Account, ACCOUNT), (Scope::Symbol, "ALC")]
    {
        let mut desk = Desk::new();
        let mut first = desk::new("X", 100, desk.now);
        first.firm = firm;
        desk.take(Inbound::New(first));
        desk.report(ExecType::New, "X", "X");
        desk.control(kill(1, scope, target, true));
        assert_eq!(refused(&mut desk, |new| new.firm = firm), [Reason::KillSwitch]);
        assert_eq!(reasons(desk.replace("R", "X", 50)), [Reason::KillSwitch]);
        assert!(matches!(desk.cancel("C", "X"), Outcome::Forwarded(_)));
        // Others go on.
        let other = domain::inbound::New { symbol: symbol("BOB"), ..desk::new("B", 1, desk.now) };
        let stops_other = scope == Scope::Account;
        assert_eq!(reasons(desk.take(Inbound::New(other))).is_empty(), !stops_other);
        // An old command again changes nothing; a new one releases.
        desk.control(kill(1, scope, target, false));
        assert_eq!(desk.books.counts().kills, 1);
        desk.control(kill(2, scope, target, false));
        let mut late = desk::new("L", 100, desk.now);
        late.firm = firm;
        assert!(matches!(desk.take(Inbound::New(late)), Outcome::Routed(_)));
    }
}

#[test]
fn a_halted_account_waits_for_a_named_person() {
    let mut desk = Desk::new();
    desk.order("X", 100);
    let account = AccountKey::of(ACCOUNT);
    desk.control(Control::Halt(account));
    assert_eq!(reasons(desk.order("Y", 100)), [Reason::KillSwitch]);
    assert!(matches!(desk.cancel("C", "X"), Outcome::Forwarded(_)));
    desk.control(Control::Release(account));
    assert!(matches!(desk.order("Z", 100), Outcome::Routed(_)));
}

#[test]
fn a_quarantined_record_halts_its_account() {
    let mut desk = Desk::new();
    let input = Inbound::New(desk::new("X", 100, desk.now));
    desk.books.apply(desk.now, &input, &Outcome::Quarantined);
    assert_eq!(desk.books.counts().orders, 0);
    assert_eq!(reasons(desk.order("Y", 100)), [Reason::KillSwitch]);
}

#[test]
fn unknown_account_alone() {
    let mut desk = Desk::new();
    desk.configuration.any_account = None;
    assert_eq!(refused(&mut desk, |_| {}), [Reason::UnknownAccount]);
}

#[test]
fn unknown_symbol_alone() {
    let wrong = |new: &mut New| new.symbol = symbol("NONE");
    assert_eq!(refused(&mut Desk::new(), wrong), [Reason::UnknownSymbol]);
}

#[test]
fn the_smaller_limit_of_account_and_instrument_binds() {
    for (of_account, of_instrument) in [
        (limits(99, 1_000_000), limits(1_000, 1_000_000)),
        (limits(1_000, 1_000_000), limits(99, 1_000_000)),
    ] {
        let mut desk = Desk::new();
        desk.configuration.any_account = Some(of_account);
        desk.configuration.instruments[0].limits = of_instrument;
        assert_eq!(refused(&mut desk, |_| {}), [Reason::MaxOrderQty]);
    }
    for (of_account, of_instrument) in [
        (limits(1_000, 999), limits(1_000, 1_000_000)),
        (limits(1_000, 1_000_000), limits(1_000, 999)),
    ] {
        let mut desk = Desk::new();
        desk.configuration.any_account = Some(of_account);
        desk.configuration.instruments[0].limits = of_instrument;
        assert_eq!(refused(&mut desk, |_| {}), [Reason::MaxOrderNotional]);
        // At the limit is not above it.
        let price = Price(999_000_000);
        let mut fits = desk::new("F", 100, desk.now);
        fits.price = price;
        assert!(matches!(desk.take(Inbound::New(fits)), Outcome::Routed(_)));
    }
}

#[test]
fn a_market_order_counts_at_its_reference_price_and_is_refused_without() {
    let market = |new: &mut New| {
        new.ord_type = OrdType::Market;
        new.price = Price(0);
    };
    let mut desk = Desk::new();
    desk.configuration.any_account = Some(limits(1_000, 999));
    assert_eq!(refused(&mut desk, market), [Reason::MaxOrderNotional]);

    let mut desk = Desk::new();
    let mut new = desk::new("M", 100, desk.now);
    market(&mut new);
    let Outcome::Routed(routed) = desk.take(Inbound::New(new)) else { panic!("it is routed") };
    assert_eq!(routed.reference_price, Price::whole(10));

    let without = |new: &mut New| {
        market(new);
        new.symbol = symbol("BOB");
    };
    assert_eq!(refused(&mut Desk::new(), without), [Reason::NoReferencePrice]);
}

#[test]
fn no_route_alone_and_a_direction_chooses_among_routes() {
    let mut desk = Desk::new();
    desk.configuration.routes.clear();
    assert_eq!(refused(&mut desk, |_| {}), [Reason::NoRoute]);

    let mut desk = Desk::new();
    desk.configuration.routes.push(Route::to(2, Symbol::EMPTY, mic("XTWO")));
    let mut directed = desk::new("D", 100, desk.now);
    directed.ex_destination = mic("XTWO");
    let Outcome::Routed(routed) = desk.take(Inbound::New(directed)) else { panic!("routed") };
    assert_eq!((routed.venue, routed.rule), (mic("XTWO"), 2));
    let elsewhere = |new: &mut New| new.ex_destination = mic("XBAD");
    assert_eq!(refused(&mut desk, elsewhere), [Reason::NoRoute]);
}

#[test]
fn capacity_alone_and_reports_and_cancels_still_fit() {
    let mut desk = Desk::with(Capacity { orders: 2, ..Capacity::small() });
    desk.order("X", 100);
    desk.order("Y", 100);
    assert_eq!(refused(&mut desk, |_| {}), [Reason::Capacity]);
    assert!(matches!(desk.fill("X", 100), Outcome::Reported { .. }));
    assert!(matches!(desk.cancel("C", "Y"), Outcome::Forwarded(_)));

    let tight = [
        Capacity { accounts: 0, ..Capacity::small() },
        Capacity { venues: 0, ..Capacity::small() },
        Capacity { requests: 1, ..Capacity::small() },
        Capacity { reports: 3, ..Capacity::small() },
    ];
    for capacity in tight {
        assert_eq!(refused(&mut Desk::with(capacity), |_| {}), [Reason::Capacity]);
    }
}

#[test]
fn a_replace_leaves_room_for_the_cancel_of_each_open_order() {
    let mut desk = Desk::with(Capacity { requests: 4, ..Capacity::small() });
    desk.order("X", 100);
    assert!(matches!(desk.replace("R1", "X", 90), Outcome::Forwarded(_)));
    assert_eq!(reasons(desk.replace("R2", "X", 80)), [Reason::Capacity]);
    assert!(matches!(desk.cancel("C", "X"), Outcome::Forwarded(_)));
}

#[test]
fn all_that_can_fail_together_is_returned_first_chosen_first() {
    let mut desk = Desk::with(Capacity { orders: 1, ..Capacity::small() });
    desk.order("N", 1);
    desk.control(kill(1, Scope::Account, ACCOUNT, true));
    desk.configuration.any_account = Some(limits(99, 999));
    let all = refused(&mut desk, |new| {
        new.head.faults = Faults::SIDE;
        new.head.transact_time = Default::default();
        new.symbol = symbol("NONE");
    });
    let expected = [
        Reason::DuplicateOrder,
        Reason::TransactTime,
        Reason::Malformed,
        Reason::KillSwitch,
        Reason::UnknownSymbol,
        Reason::MaxOrderQty,
        Reason::MaxOrderNotional,
        Reason::Capacity,
    ];
    assert_eq!(all, expected);

    let mut desk = Desk::new();
    desk.configuration.any_account = None;
    let market = refused(&mut desk, |new| {
        new.ord_type = OrdType::Market;
        new.price = Price(0);
        new.symbol = symbol("NONE");
    });
    let missing = [Reason::UnknownAccount, Reason::UnknownSymbol, Reason::NoReferencePrice];
    assert_eq!(market, missing);
}

#[test]
fn a_replace_is_held_to_the_limits_of_its_new_quantity_and_price() {
    let mut desk = Desk::new();
    desk.order("X", 100);
    desk.configuration.any_account = Some(limits(150, 1_200));
    assert_eq!(
        reasons(desk.replace("R1", "X", 151)),
        [Reason::MaxOrderQty, Reason::MaxOrderNotional]
    );
    assert_eq!(reasons(desk.replace("R2", "X", 130)), [Reason::MaxOrderNotional]);
    let mut dearer = desk::replace("R3", "X", 100, desk.now);
    dearer.price = Price::whole(13);
    assert_eq!(reasons(desk.take(Inbound::Replace(dearer))), [Reason::MaxOrderNotional]);
    assert!(matches!(desk.replace("R4", "X", 120), Outcome::Forwarded(_)));
    let mut negative = desk::replace("R5", "X", 0, desk.now);
    negative.price = Price(-1);
    assert_eq!(reasons(desk.take(Inbound::Replace(negative))), [Reason::Malformed]);
}

#[test]
fn changes_of_unknown_finished_and_vanishing_orders_are_refused() {
    let mut desk = Desk::new();
    assert_eq!(reasons(desk.cancel("C1", "X")), [Reason::UnknownOrder]);
    assert_eq!(reasons(desk.replace("R1", "X", 5)), [Reason::UnknownOrder]);
    assert_eq!(reasons(desk.status("X")), [Reason::UnknownOrder]);
    desk.order("X", 100);
    assert_eq!(desk.status("X"), Outcome::Answered { order: desk.order_id("X") });
    desk.cancel("C2", "X");
    assert_eq!(reasons(desk.cancel("C3", "X")), [Reason::AlreadyPending]);
    assert_eq!(reasons(desk.replace("R2", "X", 5)), [Reason::AlreadyPending]);
    desk.report(ExecType::Canceled, "C2", "X");
    assert_eq!(reasons(desk.cancel("C4", "X")), [Reason::TooLate]);
    assert_eq!(reasons(desk.replace("R3", "X", 5)), [Reason::TooLate]);
}

#[test]
fn an_account_of_another_lane_is_misplaced_and_leaves_nothing() {
    let mut desk = Desk::new();
    desk.lane.range = HashRange { first: 0, last: 0 };
    let before = desk.books.digest();
    assert_eq!(desk.order("X", 100), Outcome::Misplaced);
    assert_eq!(desk.cancel("C", "X"), Outcome::Misplaced);
    assert_eq!(desk.fill("X", 100), Outcome::Misplaced);
    assert_eq!(desk.books.digest().accounts, before.accounts);
}
