//! Prices, steps, hours, permissions and rates: each control alone and at its edge.

use domain::configuration::{Bound, Entitlement, Locate, Party, Restriction, Session, ShortSale};
use domain::inbound::New;
use domain::outcome::Notes;
use domain::scope::PartyKey;
use domain::time::SECOND_NS;
use domain::{
    AccountKey, Control, OrdType, Outcome, Price, Quantity, Reason, Scope, Side, Text, TimeInForce,
};

use crate::desk::{ACCOUNT, reasons, symbol};
use crate::strict::{asked, market, order, sell, short, strict, strict_with};

fn priced(price: i64) -> impl FnOnce(&mut New) {
    move |new| new.price = Price(price)
}

#[test]
fn a_price_lies_within_the_collar_around_the_reference_price() {
    let mut desk = strict_with(|set| set.instruments[0].controls.collar = Bound::At(1_000));
    assert_eq!(asked(&mut desk, "A", priced(1_101_000_000)), [Reason::PriceCollar]);
    assert_eq!(asked(&mut desk, "B", priced(899_000_000)), [Reason::PriceCollar]);
    assert!(asked(&mut desk, "C", priced(1_100_000_000)).is_empty());
    assert!(asked(&mut desk, "D", priced(900_000_000)).is_empty());
    let mut dearer = crate::desk::replace("R", "C", 100, desk.now);
    dearer.price = Price(1_200_000_000);
    let replaced = desk.take(domain::Inbound::Replace(dearer));
    assert_eq!(reasons(replaced), [Reason::PriceCollar]);
    // Without a reference price nobody can tell.
    let mut desk = strict_with(|set| set.instruments[1].controls.collar = Bound::At(1_000));
    let elsewhere = |new: &mut New| new.symbol = symbol("BOB");
    assert_eq!(asked(&mut desk, "E", elsewhere), [Reason::NoReferencePrice]);
}

#[test]
fn a_price_lies_within_the_collar_around_the_first_of_its_period() {
    let mut desk = strict_with(|set| set.instruments[0].controls.period_collar = Bound::At(500));
    assert!(asked(&mut desk, "A", priced(2_000_000_000)).is_empty());
    desk.wait(1);
    assert!(asked(&mut desk, "B", priced(2_100_000_000)).is_empty());
    assert_eq!(asked(&mut desk, "C", priced(2_101_000_000)), [Reason::PriceCollar]);
    // The next period begins with a price of its own.
    desk.wait(10);
    assert!(asked(&mut desk, "D", priced(2_101_000_000)).is_empty());
    assert_eq!(asked(&mut desk, "E", priced(1_900_000_000)), [Reason::PriceCollar]);
}

#[test]
fn prices_and_quantities_come_in_steps_and_within_bounds() {
    let mut desk = strict_with(|set| {
        let controls = &mut set.instruments[0].controls;
        controls.lot = Quantity::whole(10);
        controls.min_order_qty = Quantity::whole(50);
        controls.min_price = Price::whole(5);
        controls.max_price = Price::whole(20);
    });
    assert_eq!(asked(&mut desk, "A", priced(1_000_500_000)), [Reason::PriceIncrement]);
    assert_eq!(asked(&mut desk, "B", priced(499_000_000)), [Reason::PriceIncrement]);
    assert_eq!(asked(&mut desk, "C", priced(2_001_000_000)), [Reason::PriceIncrement]);
    let quantity = |whole: i64| move |new: &mut New| new.order_qty = Quantity::whole(whole);
    assert_eq!(asked(&mut desk, "D", quantity(55)), [Reason::QuantityIncrement]);
    assert_eq!(asked(&mut desk, "E", quantity(40)), [Reason::QuantityIncrement]);
    assert!(asked(&mut desk, "F", quantity(50)).is_empty());
    assert_eq!(reasons(desk.replace("R", "F", 55)), [Reason::QuantityIncrement]);
}

#[test]
fn an_instrument_takes_only_its_types_and_times_in_force() {
    let mut desk = strict_with(|set| {
        let controls = &mut set.instruments[0].controls;
        controls.ord_types = domain::configuration::TypeMask::of_types(&[OrdType::Limit]);
        controls.times_in_force = domain::configuration::TypeMask::of_times(&[TimeInForce::Day]);
    });
    assert_eq!(asked(&mut desk, "A", market), [Reason::Unsupported]);
    let at_once = |new: &mut New| new.time_in_force = TimeInForce::ImmediateOrCancel;
    assert_eq!(asked(&mut desk, "B", at_once), [Reason::Unsupported]);
}

#[test]
fn a_good_till_date_order_ends_in_the_future() {
    let mut desk = strict();
    let now = desk.now;
    let until = |time| {
        move |new: &mut New| {
            new.time_in_force = TimeInForce::GoodTillDate;
            new.expire_time = time;
        }
    };
    assert_eq!(asked(&mut desk, "A", until(Default::default())), [Reason::Expired]);
    assert_eq!(asked(&mut desk, "B", until(now)), [Reason::Expired]);
    assert!(asked(&mut desk, "C", until(now.plus(1))).is_empty());
}

#[test]
fn outside_its_session_and_while_it_is_halted_nothing_trades() {
    let name = Text::new("us").expect("a short name");
    let session = Session {
        name,
        offset_ns: -Session::of_day(5, 0),
        opens_ns: Session::of_day(9, 30),
        closes_ns: Session::of_day(10, 0) + 1,
        weekdays: 0b1_1111,
        holidays: Vec::new(),
    };
    // The desk begins at 15:00 UTC, 10:00 there.
    let mut desk = strict_with(|set| {
        set.sessions.push(session);
        set.instruments[0].controls.session = name;
    });
    assert!(asked(&mut desk, "A", |_| {}).is_empty());
    desk.wait(1);
    assert_eq!(asked(&mut desk, "B", |_| {}), [Reason::MarketState]);
    assert_eq!(reasons(desk.replace("R", "A", 50)), [Reason::MarketState]);
    assert!(matches!(desk.cancel("C", "A"), Outcome::Forwarded(_)));
    let mut desk = strict_with(|set| set.instruments[0].controls.session = name);
    assert_eq!(asked(&mut desk, "D", |_| {}), [Reason::MissingLimit], "no such session");
    let mut desk = strict_with(|set| set.instruments[0].controls.halted = true);
    assert_eq!(asked(&mut desk, "E", |_| {}), [Reason::MarketState]);
}

#[test]
fn the_short_sale_rule_and_locates_hold_short_sales_alone() {
    let mut desk = strict_with(|set| {
        set.instruments[0].controls.short_sale = ShortSale::Forbidden;
    });
    assert_eq!(asked(&mut desk, "A", short), [Reason::ShortSale]);
    assert!(asked(&mut desk, "B", sell).is_empty());

    let mut desk = strict_with(|set| set.instruments[0].controls.short_sale = ShortSale::Above);
    assert_eq!(asked(&mut desk, "A", short), [Reason::ShortSale]);
    let above = |new: &mut New| {
        short(new);
        new.price = Price(1_001_000_000);
    };
    assert!(asked(&mut desk, "B", above).is_empty());
    assert!(asked(&mut desk, "C", |new| new.side = Side::SellShortExempt).is_empty());

    let account = AccountKey::of(ACCOUNT);
    let mut desk = strict_with(|set| {
        set.instruments[0].controls.easy_to_borrow = false;
        let quantity = Quantity::whole(150);
        set.locates.push(Locate { account, symbol: symbol("ALC"), quantity });
    });
    assert!(asked(&mut desk, "A", short).is_empty());
    assert_eq!(asked(&mut desk, "B", short), [Reason::Locate], "what is open counts");
    desk.fill("A", 100);
    assert_eq!(asked(&mut desk, "C", short), [Reason::Locate], "what is sold counts");
    let half = |new: &mut New| {
        short(new);
        new.order_qty = Quantity::whole(50);
    };
    assert!(asked(&mut desk, "D", half).is_empty());
    assert_eq!(asked(&mut desk, "b-E", short), [Reason::Locate], "nothing was located for it");
}

#[test]
fn restricted_instruments_are_refused_and_watched_ones_noted() {
    let line = |account, watch| Restriction { symbol: symbol("ALC"), account, watch };
    let mut desk = strict_with(|set| set.restrictions.push(line(None, false)));
    assert_eq!(asked(&mut desk, "A", |_| {}), [Reason::Restricted]);
    let other = Some(AccountKey::of("A-2"));
    let mut desk = strict_with(|set| set.restrictions.push(line(other, false)));
    assert!(asked(&mut desk, "A", |_| {}).is_empty());
    assert_eq!(asked(&mut desk, "b-A", |_| {}), [Reason::Restricted]);
    desk.configuration.restrictions = vec![line(None, false)];
    assert_eq!(reasons(desk.replace("R1", "A", 101)), [Reason::Restricted]);
    assert!(matches!(desk.replace("R2", "A", 50), Outcome::Forwarded(_)));
    let mut desk = strict_with(|set| set.restrictions.push(line(None, true)));
    let Outcome::Routed(routed) = desk.order("A", 100) else { panic!("it is routed") };
    assert!(routed.notes.contains(Notes::WATCHED));
}

#[test]
fn only_who_is_entitled_trades() {
    let mut desk = strict_with(|set| set.entitled_only = true);
    assert_eq!(asked(&mut desk, "A", |_| {}), [Reason::Entitlement]);
    let party = |scope, name| Some(Party::of(scope, Text::new(name).expect("a short name")));
    desk.configuration.entitlements = vec![Entitlement {
        account: Some(AccountKey::of(ACCOUNT)),
        sender: party(Scope::All, "S"),
        trader: party(Scope::Trader, "T"),
        ..Entitlement::default()
    }];
    let trader = |name: &'static str| {
        move |new: &mut New| new.parties.trader = PartyKey::of(Scope::Trader, name)
    };
    assert!(asked(&mut desk, "B", trader("T")).is_empty());
    assert_eq!(asked(&mut desk, "C", trader("U")), [Reason::Entitlement]);
    assert_eq!(asked(&mut desk, "D", |_| {}), [Reason::Entitlement]);
    assert_eq!(asked(&mut desk, "b-E", trader("T")), [Reason::Entitlement]);
    let sender = |new: &mut New| {
        trader("T")(new);
        new.sender = PartyKey::of(Scope::All, "Z");
    };
    assert_eq!(asked(&mut desk, "F", sender), [Reason::Entitlement]);
}

#[test]
fn requests_of_an_account_are_counted_per_period_and_cancels_pass() {
    let mut desk = strict_with(|set| set.any_account_controls.messages = Bound::At(3));
    assert!(asked(&mut desk, "A", |_| {}).is_empty());
    assert!(matches!(desk.replace("R1", "A", 90), Outcome::Forwarded(_)));
    assert!(asked(&mut desk, "B", |_| {}).is_empty());
    assert_eq!(asked(&mut desk, "C", |_| {}), [Reason::MessageRate]);
    assert_eq!(reasons(desk.replace("R2", "A", 80)), [Reason::MessageRate]);
    assert!(matches!(desk.cancel("C1", "B"), Outcome::Forwarded(_)));
    assert!(asked(&mut desk, "b-A", |_| {}).is_empty(), "each account by itself");
    desk.wait(1);
    assert!(asked(&mut desk, "D", |_| {}).is_empty());
    // A question and a repeat count for nothing.
    desk.status("D");
    let again = desk.journal.iter().rev().find(|(_, input, _)| input.head().is_some());
    let again = again.map(|(_, input, _)| *input).expect("a request");
    desk.take(again);
    assert!(asked(&mut desk, "E", |_| {}).is_empty());
    assert!(asked(&mut desk, "F", |_| {}).is_empty());
    assert_eq!(asked(&mut desk, "G", |_| {}), [Reason::MessageRate]);
}

#[test]
fn a_strategy_that_trades_too_often_is_disabled_until_a_named_person_releases_it() {
    let mut desk = strict_with(|set| set.any_account_controls.executions = Bound::At(2));
    let by = |name: &'static str| {
        move |new: &mut New| new.parties.strategy = PartyKey::of(Scope::Strategy, name)
    };
    for id in ["A", "B"] {
        assert!(asked(&mut desk, id, by("ALGO")).is_empty());
        desk.fill(id, 40);
        desk.fill(id, 60);
    }
    assert_eq!(asked(&mut desk, "C", by("ALGO")), [Reason::RepeatExecution]);
    assert!(asked(&mut desk, "D", by("OTHER")).is_empty(), "each strategy by itself");
    // Time alone doesn't enable it again.
    desk.wait(3_600);
    assert_eq!(asked(&mut desk, "E", by("ALGO")), [Reason::RepeatExecution]);
    let kept = books::Books::from_rows(&books::Capacity::small(), &crate::desk::rows(&desk.books));
    desk.books = kept.expect("sound rows");
    assert_eq!(asked(&mut desk, "F", by("ALGO")), [Reason::RepeatExecution]);
    desk.control(Control::Release(AccountKey::of(ACCOUNT)));
    assert!(asked(&mut desk, "G", by("ALGO")).is_empty());
}

#[test]
fn the_last_order_over_again_is_a_duplicate_for_a_while() {
    let mut desk = strict_with(|set| set.periods.duplicates_ns = 2 * SECOND_NS);
    assert!(asked(&mut desk, "A", |_| {}).is_empty());
    assert_eq!(asked(&mut desk, "B", |_| {}), [Reason::DuplicateOrder]);
    assert!(asked(&mut desk, "C", sell).is_empty());
    assert!(asked(&mut desk, "D", |_| {}).is_empty(), "another order came between");
    assert!(asked(&mut desk, "b-A", |_| {}).is_empty(), "each account by itself");
    desk.wait(2);
    assert!(asked(&mut desk, "E", |_| {}).is_empty());
}

#[test]
fn an_order_that_could_trade_with_an_own_one_is_refused() {
    let mut desk = strict_with(|set| set.any_account_controls.self_match = false);
    assert!(asked(&mut desk, "A", |_| {}).is_empty());
    let sale = |price: i64| {
        move |new: &mut New| {
            sell(new);
            new.price = Price::whole(price);
        }
    };
    assert_eq!(asked(&mut desk, "B", sale(10)), [Reason::SelfMatch]);
    assert_eq!(asked(&mut desk, "C", sale(9)), [Reason::SelfMatch]);
    assert!(asked(&mut desk, "D", sale(11)).is_empty());
    assert_eq!(asked(&mut desk, "E", market), [Reason::SelfMatch]);
    let mut dearer = crate::desk::replace("R", "A", 100, desk.now);
    dearer.price = Price::whole(11);
    let replaced = desk.take(domain::Inbound::Replace(dearer));
    assert_eq!(reasons(replaced), [Reason::SelfMatch]);
    assert!(asked(&mut desk, "b-F", sale(9)).is_empty(), "within an account alone");
    desk.cancel("X", "A");
    desk.report(domain::ExecType::Canceled, "X", "A");
    assert!(asked(&mut desk, "G", sale(9)).is_empty());
}

#[test]
fn an_order_that_is_too_old_by_a_sure_clock_is_refused() {
    let mut desk = strict_with(|set| {
        set.periods.age_max_ns = SECOND_NS;
        set.periods.clock_error_max_ns = 1_000_000;
    });
    assert_eq!(asked(&mut desk, "A", |_| {}), [Reason::ClockQuality], "nobody read a clock");
    let mut read = |id: &str, after: i64, error_ns: u32| {
        desk.lane.clock = Some(routing::Reading { now: desk.now.plus(after), error_ns });
        asked(&mut desk, id, |_| {})
    };
    assert_eq!(read("B", 0, 0), [Reason::ClockQuality], "nobody knows its error");
    assert_eq!(read("C", 0, 1_000_001), [Reason::ClockQuality]);
    assert_eq!(read("D", SECOND_NS + 1, 1_000_000), [Reason::StaleOrder]);
    assert!(read("E", SECOND_NS, 1_000_000).is_empty());
}

#[test]
fn all_that_fails_is_returned() {
    let account = AccountKey::of(ACCOUNT);
    let mut desk = strict_with(|set| {
        let controls = &mut set.instruments[0].controls;
        controls.collar = Bound::At(1);
        controls.lot = Quantity::whole(7);
        controls.halted = true;
        controls.short_sale = ShortSale::Forbidden;
        controls.easy_to_borrow = false;
        controls.times_in_force = Default::default();
        set.any_account_controls.credit = Bound::At(0);
        set.any_account_controls.open_notional = Bound::At(0);
        set.any_account_controls.short = Bound::At(0);
        set.any_account_controls.messages = Bound::At(0);
        set.any_account_controls.executions = Bound::At(0);
        set.entitled_only = true;
        let restriction = Restriction { symbol: symbol("ALC"), account: None, watch: false };
        set.restrictions.push(restriction);
        let quantity = Quantity::whole(1);
        set.locates.push(Locate { account, symbol: symbol("ALC"), quantity });
    });
    let all = asked(&mut desk, "A", |new| {
        short(new);
        new.price = Price(1_500_500_000);
        new.time_in_force = TimeInForce::GoodTillDate;
    });
    let expected = [
        Reason::PriceCollar,
        Reason::MessageRate,
        Reason::RepeatExecution,
        Reason::CreditLimit,
        Reason::PositionLimit,
        Reason::OpenOrderExposure,
        Reason::Restricted,
        Reason::Locate,
        Reason::MarketState,
        Reason::ShortSale,
        Reason::Entitlement,
        Reason::PriceIncrement,
        Reason::QuantityIncrement,
        Reason::Unsupported,
        Reason::Expired,
    ];
    assert_eq!(all, expected);
    let rejected = order(&mut desk, "B", |_| {});
    assert!(matches!(rejected, Outcome::Rejected(_)));
}
