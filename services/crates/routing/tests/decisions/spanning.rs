//! Limits that span lanes (INV-12): what a refusal tells, and that it reserves nothing.

use domain::entry::{RULES, RULES_OF_ALLOTMENT};
use domain::inbound::New;
use domain::{
    Control, Inbound, LimitKey, Measure, Notional, Outcome, Price, Quantity, Reason, Scope,
    Spanning, Text,
};

use crate::desk::{self, Desk, reasons};
use crate::strict::{asked, market, money, order, sell, strict_with};

fn limit(name: &str, measure: Measure, shares: i64) -> Spanning {
    Spanning {
        name: Text::new(name).expect("a short name"),
        scope: Scope::All,
        target: Text::new("ALL").expect("a short name"),
        measure,
        in_shares: true,
        amount: Price::whole(1).times(Quantity::whole(shares)).0,
    }
}

/// What the lane may use of a limit.
fn allot(desk: &mut Desk, limit: LimitKey, amount: i128) {
    let transfer = desk.books.allotment(limit).transfer + 1;
    desk.control(Control::Allotment { limit, amount, transfer });
}

/// A desk under every limit and one that spans lanes, with all of that allotted to it.
fn spanned(limit: Spanning, change: impl FnOnce(&mut domain::Configuration)) -> Desk {
    let mut desk = strict_with(|set| {
        set.spanning = vec![limit];
        change(set);
    });
    limit.halves().for_each(|half| allot(&mut desk, half, limit.amount));
    desk
}

fn of(shares: i64) -> impl Fn(&mut New) {
    move |new| new.order_qty = Quantity::whole(shares)
}

/// What a limit on everything open has used.
fn used(desk: &Desk, name: &str) -> i128 {
    desk.books.allotment(LimitKey::of(name)).used
}

#[test]
fn want_of_allotment_is_told_beside_every_other_reason_and_comes_last() {
    let mut desk = spanned(limit("all", Measure::Open, 150), |set| {
        set.any_account_controls.credit = money(1_500);
        set.instruments[0].limits.max_order_qty = Quantity::whole(120);
    });
    assert_eq!(asked(&mut desk, "A", of(130)), [Reason::MaxOrderQty], "the allotment has room");
    let everything = [Reason::MaxOrderQty, Reason::CreditLimit, Reason::Allotment];
    assert_eq!(asked(&mut desk, "B", of(151)), everything);
    assert_eq!(used(&desk, "all"), 0, "what is refused reserves nothing");
    assert!(matches!(order(&mut desk, "C", of(100)), Outcome::Routed(_)));
    let used_by_one = used(&desk, "all");
    assert_eq!(asked(&mut desk, "D", of(51)), [Reason::CreditLimit, Reason::Allotment]);
    assert_eq!(used(&desk, "all"), used_by_one);
}

#[test]
fn a_route_that_is_missing_hides_no_want_of_allotment() {
    let mut desk = spanned(limit("all", Measure::Open, 50), |set| set.routes.clear());
    assert_eq!(asked(&mut desk, "A", of(50)), [Reason::NoRoute]);
    assert_eq!(asked(&mut desk, "B", of(51)), [Reason::NoRoute, Reason::Allotment]);
}

#[test]
fn a_limit_of_a_venue_is_looked_at_where_an_order_would_go() {
    let at = |venue: &str| Spanning {
        scope: Scope::Venue,
        target: Text::new(venue).expect("four letters"),
        ..limit("venue", Measure::Open, 50)
    };
    let narrow = |set: &mut domain::Configuration| {
        set.instruments[0].limits.max_order_qty = Quantity::whole(10);
    };
    let mut desk = spanned(at("XDEM"), narrow);
    assert_eq!(asked(&mut desk, "A", of(51)), [Reason::MaxOrderQty, Reason::Allotment]);
    let mut desk = spanned(at("XELS"), narrow);
    assert_eq!(asked(&mut desk, "A", of(51)), [Reason::MaxOrderQty], "it would not go there");
    let mut desk = spanned(at("XDEM"), |set| set.routes.clear());
    assert_eq!(asked(&mut desk, "A", of(51)), [Reason::NoRoute], "it would go nowhere");
}

#[test]
fn a_refused_market_order_counts_at_the_price_that_it_would_have_had() {
    let by_value = Spanning {
        in_shares: false,
        amount: Notional::whole(1_000).0,
        ..limit("all", Measure::Gross, 0)
    };
    let narrow = |set: &mut domain::Configuration| {
        set.any_account_controls.credit = money(1);
        set.instruments[0].controls.collar = domain::configuration::Bound::At(1_000);
    };
    // The reference price is 10, and a tenth of it the collar.
    let mut desk = spanned(by_value, narrow);
    let sized = |shares: i64| {
        move |new: &mut New| {
            market(new);
            of(shares)(new);
        }
    };
    assert_eq!(asked(&mut desk, "A", sized(90)), [Reason::CreditLimit]);
    assert_eq!(asked(&mut desk, "B", sized(91)), [Reason::CreditLimit, Reason::Allotment]);
    // Nobody knows what one without a reference price counts for; in shares everybody does.
    let unknown = |new: &mut New| {
        market(new);
        new.symbol = desk::symbol("BOB");
    };
    assert_eq!(asked(&mut desk, "C", unknown), [Reason::NoReferencePrice]);
    let mut desk = spanned(limit("all", Measure::Open, 99), |_| {});
    assert_eq!(asked(&mut desk, "D", unknown), [Reason::NoReferencePrice, Reason::Allotment]);
}

#[test]
fn a_replace_is_told_of_want_of_allotment_beside_other_reasons() {
    let mut desk = spanned(limit("all", Measure::Open, 150), |set| {
        set.instruments[0].limits.max_order_qty = Quantity::whole(120);
    });
    assert!(matches!(desk.order("X", 100), Outcome::Routed(_)));
    assert_eq!(reasons(desk.replace("R1", "X", 130)), [Reason::MaxOrderQty]);
    assert_eq!(reasons(desk.replace("R2", "X", 151)), [Reason::MaxOrderQty, Reason::Allotment]);
    assert_eq!(reasons(desk.replace("R3", "nobody", 151)), [Reason::UnknownOrder]);
}

#[test]
fn under_the_rules_before_want_of_allotment_is_looked_for_where_nothing_else_failed() {
    let narrow = |set: &mut domain::Configuration| {
        set.instruments[0].limits.max_order_qty = Quantity::whole(120);
    };
    let mut desk = spanned(limit("all", Measure::Open, 110), narrow);
    desk.lane.rules = RULES_OF_ALLOTMENT - 1;
    assert_eq!(asked(&mut desk, "A", of(121)), [Reason::MaxOrderQty]);
    assert_eq!(asked(&mut desk, "B", of(111)), [Reason::Allotment]);
    assert!(matches!(desk.order("X", 100), Outcome::Routed(_)));
    assert_eq!(reasons(desk.replace("R1", "X", 121)), [Reason::MaxOrderQty]);
    desk.lane.rules = RULES;
    assert_eq!(asked(&mut desk, "C", of(121)), [Reason::MaxOrderQty, Reason::Allotment]);
}

#[test]
fn an_override_passes_no_want_of_allotment() {
    let mut desk = spanned(limit("all", Measure::Open, 100), |set| {
        set.instruments[0].limits.max_order_qty = Quantity::whole(50);
    });
    desk.control(Control::Override(domain::Override {
        number: 1,
        account: domain::AccountKey::of(desk::ACCOUNT),
        reasons: domain::Reasons::only(Reason::MaxOrderQty),
        until: desk.now.plus(i64::from(u32::MAX)),
        count: 5,
        ..domain::Override::default()
    }));
    assert_eq!(asked(&mut desk, "A", of(101)), [Reason::Allotment]);
    assert!(matches!(order(&mut desk, "B", of(100)), Outcome::Routed(_)));
}

#[test]
fn the_two_halves_of_a_net_limit_are_used_apart() {
    let mut desk = spanned(limit("net", Measure::Net, 100), |_| {});
    let sale = |shares: i64| {
        move |new: &mut New| {
            sell(new);
            of(shares)(new);
        }
    };
    assert!(matches!(order(&mut desk, "A", of(100)), Outcome::Routed(_)));
    assert_eq!(asked(&mut desk, "B", of(1)), [Reason::Allotment], "all of what is long is used");
    assert!(matches!(order(&mut desk, "C", sale(100)), Outcome::Routed(_)));
    assert_eq!(asked(&mut desk, "D", sale(1)), [Reason::Allotment], "and all of what is short");
    desk.fill("A", 100);
    // What was bought may be sold, and what lies short besides.
    assert!(matches!(order(&mut desk, "E", sale(100)), Outcome::Routed(_)));
    assert_eq!(asked(&mut desk, "F", sale(1)), [Reason::Allotment]);
    desk.fill("C", 100);
    desk.fill("E", 100);
    assert_eq!(asked(&mut desk, "G", sale(1)), [Reason::Allotment]);
    assert!(matches!(order(&mut desk, "H", of(200)), Outcome::Routed(_)), "from short to long");
    assert_eq!(asked(&mut desk, "I", of(1)), [Reason::Allotment]);
    assert!(matches!(desk.take(Inbound::New(desk::new("b-A", 1, desk.now))), Outcome::Rejected(_)));
}
