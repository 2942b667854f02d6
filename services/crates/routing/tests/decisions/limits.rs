//! Credit, open exposure, positions: each limit alone, at its edge, with what counts at send time.

use domain::configuration::{Bound, RULES_ALL};
use domain::{Control, ExecType, Inbound, Outcome, Price, Quantity, Reason, Scope, TradingState};

use crate::desk::{self, ACCOUNT, Desk, reasons};
use crate::states::switch;
use crate::strict::{asked, market, money, order, sell, shares, short, strict, strict_with};

#[test]
fn what_fails_nothing_under_all_rules_is_routed() {
    assert!(matches!(strict().order("X", 100), Outcome::Routed(_)));
}

#[test]
fn every_limit_that_nobody_set_refuses() {
    let narrow: [fn(&mut domain::configuration::AccountControls); 8] = [
        |account| account.credit = Bound::Missing,
        |account| account.open_notional = Bound::Missing,
        |account| account.long = Bound::Missing,
        |account| account.net = Bound::Missing,
        |account| account.gross = Bound::Missing,
        |account| account.messages = Bound::Missing,
        |account| account.executions = Bound::Missing,
        |account| *account = Default::default(),
    ];
    for (number, change) in narrow.into_iter().enumerate() {
        let mut desk = strict_with(|set| change(&mut set.any_account_controls));
        assert_eq!(asked(&mut desk, "X", |_| {}), [Reason::MissingLimit], "case {number}");
    }
    let mut desk = strict_with(|set| set.any_account_controls.short = Bound::Missing);
    assert_eq!(asked(&mut desk, "X", sell), [Reason::MissingLimit]);
    let narrow: [fn(&mut domain::configuration::InstrumentControls); 4] = [
        |instrument| instrument.collar = Bound::Missing,
        |instrument| instrument.period_collar = Bound::Missing,
        |instrument| instrument.tick = Price(0),
        |instrument| instrument.lot = Quantity(0),
    ];
    for (number, change) in narrow.into_iter().enumerate() {
        let mut desk = strict_with(|set| change(&mut set.instruments[0].controls));
        assert_eq!(asked(&mut desk, "X", |_| {}), [Reason::MissingLimit], "case {number}");
    }
    // A limit for a period that nobody set means nothing.
    let mut desk = strict_with(|set| {
        set.any_account_controls.messages = Bound::At(5);
        set.any_account_controls.executions = Bound::At(5);
        set.instruments[0].controls.period_collar = Bound::At(5);
        set.periods = Default::default();
    });
    assert_eq!(asked(&mut desk, "X", |_| {}), [Reason::MissingLimit]);
}

#[test]
fn credit_counts_what_is_open_and_what_was_traded_today() {
    let mut desk = strict_with(|set| set.any_account_controls.credit = money(2_500));
    desk.order("X", 100);
    desk.fill("X", 60);
    assert_eq!(
        asked(&mut desk, "Y", |new| new.order_qty = Quantity::whole(151)),
        [Reason::CreditLimit]
    );
    assert!(matches!(desk.order("Z", 150), Outcome::Routed(_)));
    assert_eq!(
        asked(&mut desk, "A", |new| new.order_qty = Quantity::whole(1)),
        [Reason::CreditLimit]
    );
    // A sale uses credit as a purchase does, and a cancelled order gives it back.
    assert_eq!(asked(&mut desk, "B", sell), [Reason::CreditLimit]);
    desk.cancel("C", "Z");
    assert_eq!(asked(&mut desk, "D", |_| {}), [Reason::CreditLimit], "a cancel isn't an end");
    desk.report(ExecType::Canceled, "C", "Z");
    assert!(matches!(desk.order("E", 100), Outcome::Routed(_)));
    // Another account has its own.
    assert!(matches!(desk.order("b-X", 250), Outcome::Routed(_)));
}

#[test]
fn a_bust_gives_credit_back_and_a_new_day_begins_with_all_of_it() {
    let mut desk = strict_with(|set| set.any_account_controls.credit = money(1_000));
    desk.order("X", 100);
    desk.fill("X", 100);
    assert_eq!(asked(&mut desk, "Y", |_| {}), [Reason::CreditLimit]);
    desk.take(Inbound::Report(desk::bust("B", "X", "R-1")));
    // What was busted is open again.
    assert_eq!(asked(&mut desk, "Z", |_| {}), [Reason::CreditLimit]);
    desk.cancel("C", "X");
    desk.report(ExecType::Canceled, "C", "X");
    assert!(matches!(desk.order("A", 100), Outcome::Routed(_)));
    desk.fill("A", 100);
    assert_eq!(asked(&mut desk, "D", |_| {}), [Reason::CreditLimit]);
}

#[test]
fn open_exposure_counts_at_send_time() {
    let mut desk = strict_with(|set| set.any_account_controls.open_notional = money(1_500));
    desk.order("X", 100);
    // Nothing was acknowledged, and it counts all the same.
    assert_eq!(asked(&mut desk, "Y", |_| {}), [Reason::OpenOrderExposure]);
    assert!(matches!(desk.order("Z", 50), Outcome::Routed(_)));
    desk.fill("X", 100);
    assert!(matches!(desk.order("A", 100), Outcome::Routed(_)), "what is filled is open no more");
}

#[test]
fn a_replace_counts_at_the_larger_of_what_is_and_what_it_asks_for() {
    let mut desk = strict_with(|set| set.any_account_controls.open_notional = money(1_500));
    desk.order("X", 100);
    assert_eq!(reasons(desk.replace("R1", "X", 151)), [Reason::OpenOrderExposure]);
    assert!(matches!(desk.replace("R2", "X", 150), Outcome::Forwarded(_)));
    assert_eq!(
        asked(&mut desk, "Y", |new| new.order_qty = Quantity::whole(1)),
        [Reason::OpenOrderExposure]
    );
    desk.report(ExecType::CancelRejected, "R2", "X");
    assert!(matches!(desk.order("Z", 50), Outcome::Routed(_)), "a refused replace counts no more");
    // One that asks for less counts as before until it is answered.
    assert!(matches!(desk.replace("R3", "X", 10), Outcome::Forwarded(_)));
    assert_eq!(
        asked(&mut desk, "A", |new| new.order_qty = Quantity::whole(1)),
        [Reason::OpenOrderExposure]
    );
    desk.report(ExecType::Replaced, "R3", "X");
    assert!(matches!(desk.order("B", 90), Outcome::Routed(_)));
}

#[test]
fn a_market_order_counts_at_the_reference_price_and_its_collar() {
    let mut desk = strict_with(|set| {
        set.any_account_controls.open_notional = money(1_100);
        set.instruments[0].controls.collar = Bound::At(1_000);
    });
    let Outcome::Routed(routed) = order(&mut desk, "M", market) else { panic!("it is routed") };
    assert_eq!(
        (routed.reference_price, routed.reserved_price),
        (Price::whole(10), Price::whole(11))
    );
    assert_eq!(
        asked(&mut desk, "N", |new| new.order_qty = Quantity::whole(1)),
        [Reason::OpenOrderExposure]
    );
    let kept = books::Books::from_rows(&books::Capacity::small(), &desk::rows(&desk.books));
    desk.books = kept.expect("sound rows");
    assert_eq!(
        asked(&mut desk, "O", |new| new.order_qty = Quantity::whole(1)),
        [Reason::OpenOrderExposure]
    );
}

#[test]
fn long_and_short_positions_count_what_is_open_on_their_side() {
    let mut desk = strict_with(|set| {
        set.any_account_controls.long = shares(150);
        set.any_account_controls.short = shares(50);
    });
    desk.order("X", 100);
    desk.fill("X", 100);
    assert_eq!(asked(&mut desk, "Y", |_| {}), [Reason::PositionLimit]);
    assert!(matches!(desk.order("Z", 50), Outcome::Routed(_)));
    // 100 long, so 150 may be sold; what might be bought doesn't count for that.
    let sale = |quantity: i64| {
        move |new: &mut domain::inbound::New| {
            sell(new);
            new.order_qty = Quantity::whole(quantity);
        }
    };
    assert_eq!(asked(&mut desk, "A", sale(151)), [Reason::PositionLimit]);
    assert!(matches!(order(&mut desk, "B", sale(150)), Outcome::Routed(_)));
    assert_eq!(asked(&mut desk, "C", sale(1)), [Reason::PositionLimit]);
    // In another instrument it begins anew.
    let elsewhere = |new: &mut domain::inbound::New| new.symbol = desk::symbol("BOB");
    assert!(matches!(order(&mut desk, "D", elsewhere), Outcome::Routed(_)));
}

#[test]
fn net_counts_both_sides_against_each_other_and_gross_adds_them() {
    let mut desk = strict_with(|set| set.any_account_controls.net = shares(100));
    desk.order("X", 100);
    assert_eq!(asked(&mut desk, "Y", |_| {}), [Reason::PositionLimit]);
    assert!(matches!(order(&mut desk, "Z", sell), Outcome::Routed(_)));
    assert!(matches!(desk.order("A", 100), Outcome::Routed(_)));

    let mut desk = strict_with(|set| set.any_account_controls.gross = shares(150));
    desk.order("X", 100);
    assert_eq!(asked(&mut desk, "Y", sell), [Reason::PositionLimit]);
    desk.fill("X", 100);
    // What only takes the position back is never refused for it.
    assert!(matches!(order(&mut desk, "Z", sell), Outcome::Routed(_)));
    assert_eq!(asked(&mut desk, "A", sell), [Reason::PositionLimit]);
}

#[test]
fn reducing_passes_orders_that_only_take_the_position_back() {
    let mut desk = strict();
    desk.order("X", 100);
    desk.fill("X", 100);
    desk.control(switch(1, Scope::Account, ACCOUNT, TradingState::Reducing));
    assert_eq!(asked(&mut desk, "Y", |_| {}), [Reason::Reducing]);
    let sale = |quantity: i64| {
        move |new: &mut domain::inbound::New| {
            sell(new);
            new.order_qty = Quantity::whole(quantity);
        }
    };
    assert_eq!(asked(&mut desk, "Z", sale(101)), [Reason::Reducing]);
    assert!(matches!(order(&mut desk, "A", sale(60)), Outcome::Routed(_)));
    assert_eq!(asked(&mut desk, "B", sale(41)), [Reason::Reducing], "60 are open already");
    assert!(matches!(order(&mut desk, "C", sale(40)), Outcome::Routed(_)));
    // A short position is taken back by buying.
    let mut desk = strict();
    order(&mut desk, "X", short);
    desk.fill("X", 100);
    desk.control(switch(1, Scope::Venue, "XDEM", TradingState::Reducing));
    assert_eq!(asked(&mut desk, "Y", short), [Reason::Reducing]);
    assert!(matches!(desk.order("Z", 100), Outcome::Routed(_)));
}

#[test]
fn what_was_there_before_anything_was_counted_counts_from_then_on() {
    let mut desk = Desk::new();
    desk.order("X", 100);
    desk.fill("X", 40);
    desk.order("Y", 50);
    let strict = strict_with(|set| set.any_account_controls.long = shares(200));
    desk.configuration = strict.configuration;
    assert_eq!(desk.configuration.rules, RULES_ALL);
    let before = desk.books.digest();
    desk.control(Control::Counting(desk.configuration.counting()));
    assert_ne!(desk.books.digest(), before);
    assert_eq!(
        asked(&mut desk, "Z", |new| new.order_qty = Quantity::whole(51)),
        [Reason::PositionLimit]
    );
    assert!(matches!(desk.order("A", 50), Outcome::Routed(_)));
}

#[test]
fn what_is_counted_is_kept_by_snapshots_and_folds() {
    let mut desk = strict_with(|set| set.any_account_controls.credit = money(10_000));
    for number in 0..20 {
        desk.order(&format!("X{number}"), 100 + number);
        desk.fill(&format!("X{number}"), 30 + number);
        desk.replace(&format!("R{number}"), &format!("X{number}"), 200);
        order(&mut desk, &format!("S{number}"), short);
        desk.wait(1);
    }
    let rows = desk::rows(&desk.books);
    let kept = books::Books::from_rows(&books::Capacity::small(), &rows).expect("sound rows");
    assert_eq!(kept.check(), Ok(()));
    assert_eq!(kept.digest(), desk.books.digest());
    assert_eq!(desk::rows(&desk.folded()), rows);
    let account = domain::AccountKey::of(ACCOUNT);
    assert_eq!(kept.flow_of(account), desk.books.flow_of(account));
}
