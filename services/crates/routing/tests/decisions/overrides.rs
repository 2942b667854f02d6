//! Overrides: what two people let pass, so often and so long, and nothing else.

use domain::time::SECOND_NS;
use domain::{
    AccountKey, Control, Outcome, Override, Quantity, Reason, Reasons, Scope, Symbol, TradingState,
};

use crate::desk::{self, ACCOUNT, Desk, symbol};
use crate::states::switch;
use crate::strict::{asked, order, strict_with};

fn narrow() -> Desk {
    strict_with(|set| {
        for instrument in &mut set.instruments {
            instrument.limits.max_order_qty = Quantity::whole(50);
        }
    })
}

fn given(desk: &Desk, number: u64) -> Override {
    Override {
        number,
        account: AccountKey::of(ACCOUNT),
        symbol: symbol("ALC"),
        max_order_qty: Quantity::whole(100),
        reasons: Reasons::only(Reason::MaxOrderQty),
        until: desk.now.plus(60 * SECOND_NS),
        count: 2,
    }
}

fn named(outcome: Outcome) -> u64 {
    let Outcome::Routed(routed) = outcome else { panic!("{outcome:?}") };
    routed.overridden
}

#[test]
fn an_override_lets_pass_its_orders_so_often_and_each_decision_names_it() {
    let mut desk = narrow();
    assert_eq!(asked(&mut desk, "A", |_| {}), [Reason::MaxOrderQty]);
    let control = Control::Override(given(&desk, 4));
    desk.control(control);
    assert_eq!(named(order(&mut desk, "B", |new| new.order_qty = Quantity::whole(50))), 0);
    assert_eq!(named(desk.order("C", 100)), 4);
    // A command is taken once.
    desk.control(control);
    let kept = books::Books::from_rows(&books::Capacity::small(), &desk::rows(&desk.books));
    let kept = kept.expect("sound rows");
    assert_eq!(kept.digest(), desk.books.digest());
    desk.books = kept;
    assert_eq!(named(desk.order("D", 100)), 4);
    assert_eq!(asked(&mut desk, "E", |_| {}), [Reason::MaxOrderQty], "it is used up");
    desk.control(control);
    assert_eq!(asked(&mut desk, "F", |_| {}), [Reason::MaxOrderQty]);
    assert_eq!(desk::rows(&desk.folded()), desk::rows(&desk.books));
}

#[test]
fn an_override_ends_with_its_time() {
    let mut desk = narrow();
    desk.control(Control::Override(given(&desk, 1)));
    desk.wait(59);
    assert_eq!(named(desk.order("A", 100)), 1);
    desk.wait(1);
    assert_eq!(asked(&mut desk, "B", |_| {}), [Reason::MaxOrderQty]);
    // The next one takes what is over away.
    let later = Override { symbol: Symbol::EMPTY, ..given(&desk, 2) };
    desk.control(Control::Override(later));
    assert_eq!(named(order(&mut desk, "C", |new| new.symbol = symbol("BOB"))), 2);
}

#[test]
fn an_override_passes_nothing_that_it_does_not_name() {
    let mut desk = narrow();
    desk.control(Control::Override(given(&desk, 1)));
    let more = |new: &mut domain::inbound::New| new.order_qty = Quantity::whole(101);
    assert_eq!(asked(&mut desk, "A", more), [Reason::MaxOrderQty]);
    assert_eq!(asked(&mut desk, "b-A", |_| {}), [Reason::MaxOrderQty], "another account's");
    let elsewhere = |new: &mut domain::inbound::New| new.symbol = symbol("BOB");
    assert_eq!(asked(&mut desk, "B", elsewhere), [Reason::MaxOrderQty]);
    desk.control(switch(1, Scope::Symbol, "ALC", TradingState::Halted));
    let both = [Reason::KillSwitch, Reason::MaxOrderQty];
    assert_eq!(asked(&mut desk, "C", |_| {}), both, "a kill switch is no limit");
    desk.control(switch(2, Scope::Symbol, "ALC", TradingState::Active));
    assert_eq!(named(desk.order("D", 100)), 1);
}
