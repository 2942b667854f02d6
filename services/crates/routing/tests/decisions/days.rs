//! The change of business day: expiry, restatement, what is let go and when.

use books::DayEnded;
use domain::OrdStatus::{Canceled, Expired, Filled, New, PartiallyFilled, Stopped, Suspended};
use domain::{Control, ExecType, Inbound, OrderId, Reason, TimeInForce, TradeDate};

use crate::desk::{self, Desk};

const LASTING: TimeInForce = TimeInForce::GoodTillCancel;

fn order(desk: &mut Desk, cl_ord_id: &str, time_in_force: TimeInForce) -> OrderId {
    let mut order = desk::new(cl_ord_id, 100, desk.now);
    order.time_in_force = time_in_force;
    desk.take(Inbound::New(order));
    OrderId::of(order.head.identity, order.head.transact_time)
}

#[test]
fn orders_for_the_day_expire_and_the_others_go_on() {
    for (time_in_force, status) in [
        (TimeInForce::Day, Expired),
        (TimeInForce::AtTheOpening, Expired),
        (TimeInForce::ImmediateOrCancel, Canceled),
        (TimeInForce::FillOrKill, Canceled),
        (TimeInForce::AtTheClose, Expired),
        (TimeInForce::GoodTillCancel, PartiallyFilled),
        (TimeInForce::GoodTillDate, PartiallyFilled),
    ] {
        let mut desk = Desk::new();
        order(&mut desk, "X", time_in_force);
        desk.fill("X", 40);
        desk.cancel("C", "X");
        desk.report(domain::ExecType::CancelRejected, "C", "X");
        desk.next_day(1);
        let leaves = if status == PartiallyFilled { 60 } else { 0 };
        assert_eq!(desk.state("X"), (status, 100, 40, leaves), "{time_in_force:?}");
    }
}

#[test]
fn entries_of_the_first_format_do_what_they_did() {
    let mut desk = Desk::new();
    desk.books.read_as(domain::entry::FORMAT_OF_DAYS - 1);
    order(&mut desk, "X", TimeInForce::Day);
    desk.control(Control::BusinessDay { number: 1, date: TradeDate(1) });
    assert_eq!((desk.books.days(), desk.books.due()), (0, 0));
    desk.report(ExecType::Stopped, "X", "X");
    desk.fill("X", 40);
    assert_eq!(desk.state("X"), (Stopped, 100, 40, 60));
    desk.report(ExecType::Suspended, "X", "X");
    desk.report(ExecType::Calculated, "X", "X");
    desk.report(ExecType::Restated, "X", "X");
    assert_eq!(desk.state("X"), (Suspended, 100, 40, 60));
    desk.report(ExecType::DoneForDay, "X", "X");
    desk.fill("X", 60);
    assert_eq!(desk.state("X"), (Filled, 100, 100, 0));
    assert_eq!(desk::reasons(desk.replace("Y", "X", 200)), [Reason::TooLate]);
}

#[test]
fn orders_end_in_account_and_order_id_order_so_many_at_a_time() {
    let mut desk = Desk::new();
    let mut expected = Vec::new();
    for number in 0..40 {
        for account in ["", "b-"] {
            let time_in_force = if number % 3 == 0 { LASTING } else { TimeInForce::Day };
            let id = order(&mut desk, &format!("{account}{number}"), time_in_force);
            let key = desk.books.order(id).expect("it was admitted").account;
            expected.push((key, DayEnded { order: id, ended: time_in_force != LASTING }));
        }
    }
    expected.sort_unstable_by_key(|(key, ended)| (*key, ended.order));
    desk.control(Control::BusinessDay { number: 1, date: TradeDate(1) });
    assert_eq!(desk.books.due(), 80);
    let mut ended = Vec::new();
    while desk.books.due() > 0 {
        // A restart between two turns changes nothing.
        desk.books = books::Books::from_rows(&books::Capacity::small(), &desk::rows(&desk.books))
            .expect("books read what they wrote");
        desk.control(Control::DayEnd { orders: 7 });
        assert!(desk.books.day_ended().len() <= 7);
        ended.extend_from_slice(desk.books.day_ended());
    }
    let expected: Vec<_> = expected.into_iter().map(|(_, ended)| ended).collect();
    assert_eq!(ended, expected);
    assert_eq!(desk::rows(&desk.folded()), desk::rows(&desk.books));
}

#[test]
fn a_change_counts_once_and_an_older_number_changes_nothing() {
    let mut desk = Desk::new();
    order(&mut desk, "X", LASTING);
    desk.next_day(9);
    let before = desk.books.digest();
    for number in [0, 1] {
        desk.control(Control::BusinessDay { number, date: TradeDate(9) });
    }
    assert_eq!((desk.books.digest(), desk.books.due()), (before, 0));
}

#[test]
fn an_order_of_the_new_day_is_not_taken_for_one_of_the_old() {
    let mut desk = Desk::new();
    order(&mut desk, "X", TimeInForce::Day);
    desk.control(Control::BusinessDay { number: 1, date: TradeDate(1) });
    order(&mut desk, "Y", TimeInForce::Day);
    assert_eq!(desk.books.due(), 1);
    desk.control(Control::DayEnd { orders: 100 });
    assert_eq!(desk.state("X"), (Expired, 100, 0, 0));
    assert_eq!(desk.state("Y"), (domain::OrdStatus::PendingNew, 100, 0, 100));
}

#[test]
fn what_a_bust_opens_again_after_its_day_expires_too() {
    let mut desk = Desk::new();
    order(&mut desk, "X", TimeInForce::Day);
    order(&mut desk, "Y", LASTING);
    for name in ["X", "Y"] {
        desk.take(Inbound::Report(desk::fill(&format!("E-{name}"), name, 100)));
    }
    desk.next_day(9);
    for name in ["X", "Y"] {
        assert_eq!(desk.state(name), (Filled, 100, 100, 0));
        desk.take(Inbound::Report(desk::bust(&format!("B-{name}"), name, &format!("E-{name}"))));
    }
    assert_eq!(desk.books.due(), 2);
    desk.control(Control::DayEnd { orders: 9 });
    assert_eq!(desk.state("X"), (Expired, 100, 0, 0));
    assert_eq!((desk.state("Y"), desk.day("Y")), ((New, 100, 0, 100), (100, 0)));
}

#[test]
fn busts_and_corrections_of_an_earlier_day_leave_the_day_quantities_alone() {
    let mut desk = Desk::new();
    order(&mut desk, "X", LASTING);
    desk.take(Inbound::Report(desk::fill("E-1", "X", 30)));
    desk.take(Inbound::Report(desk::fill("E-2", "X", 20)));
    desk.next_day(9);
    desk.take(Inbound::Report(desk::fill("E-3", "X", 10)));
    assert_eq!((desk.state("X"), desk.day("X")), ((PartiallyFilled, 100, 60, 40), (50, 10)));
    desk.take(Inbound::Report(desk::bust("B-1", "X", "E-1")));
    assert_eq!((desk.state("X"), desk.day("X")), ((PartiallyFilled, 100, 30, 70), (80, 10)));
    let correction = domain::inbound::Report {
        exec_type: domain::ExecType::TradeCorrect,
        ..desk::fill("K-1", "X", 25)
    };
    let exec_ref = desk::bust("", "X", "E-2").exec_ref;
    desk.take(Inbound::Report(domain::inbound::Report { exec_ref, ..correction }));
    assert_eq!((desk.state("X"), desk.day("X")), ((PartiallyFilled, 100, 35, 65), (75, 10)));
    // What was corrected still counts in the day in which it was filled.
    desk.take(Inbound::Report(desk::bust("B-2", "X", "K-1")));
    assert_eq!((desk.state("X"), desk.day("X")), ((PartiallyFilled, 100, 10, 90), (100, 10)));
    desk.take(Inbound::Report(desk::bust("B-3", "X", "E-3")));
    assert_eq!((desk.state("X"), desk.day("X")), ((New, 100, 0, 100), (100, 0)));
}

#[test]
fn finished_orders_and_reports_go_at_the_second_change_and_late_fills_count_until_then() {
    let mut desk = Desk::new();
    order(&mut desk, "X", TimeInForce::Day);
    order(&mut desk, "Y", LASTING);
    desk.fill("nothing", 1);
    desk.wait(16 * 60);
    desk.status("Y");
    desk.next_day(9);
    assert_eq!(desk.state("X"), (Expired, 100, 0, 0));
    desk.next_day(9);
    // X was finished within the first day's end, so this was its first whole day.
    desk.fill("X", 60);
    assert_eq!(desk.state("X"), (Expired, 100, 60, 0));
    desk.next_day(9);
    let counts = desk.books.counts();
    assert_eq!((counts.orders, counts.open_orders, counts.reports, counts.requests), (1, 1, 0, 1));
    assert_eq!(desk.fill("X", 1), domain::Outcome::Unmatched);
}

#[test]
fn capacity_comes_back_with_the_days_however_long_a_lane_runs() {
    let orders = 10;
    let mut desk = Desk::with(books::Capacity {
        orders,
        requests: 3 * orders,
        reports: 8 * orders,
        window: 16,
        ..books::Capacity::small()
    });
    for day in 0..50 {
        for number in 0..3 {
            let name = format!("{day}-{number}");
            let outcome = desk.order(&name, 100);
            assert!(matches!(outcome, domain::Outcome::Routed(_)), "{name}: {outcome:?}");
            desk.fill(&name, 50);
            desk.wait(1);
        }
        desk.wait(3_600);
        desk.next_day(2);
    }
    assert!(desk.books.counts().orders <= orders);
    assert_eq!(desk::rows(&desk.folded()).len(), desk::rows(&desk.books).len());
}
