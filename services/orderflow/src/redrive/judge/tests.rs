//! Every rule of the card's table, once held and once broken.

use wire::message::OrderStatusRequest;

use super::*;
use letters::{cancel, header, new, output, replace, view};

#[path = "../../../tests/support/letters.rs"]
mod letters;

const NOW: Timestamp = Timestamp(1_000);

fn kill(number: u64, scope: &str, target: &str, state: &str) -> aws::Kill {
    let [scope, target, state] = [scope, target, state].map(str::to_owned);
    aws::Kill { number, scope, target, state }
}

fn under(request: &Message, status: OrdStatus, kills: &[aws::Kill]) -> Verdict {
    let switches = Switches::of(kills.to_vec()).expect("all are known");
    judge(&output(request), Some(&view(status)), &switches, NOW)
}

#[test]
fn a_new_order_goes_again_only_while_it_is_routed_and_unacknowledged() {
    for status in OrdStatus::ALL {
        let expected = match status {
            OrdStatus::PendingNew => Verdict::Send,
            _ => Verdict::Void(Reason::Answered),
        };
        assert_eq!(under(&new(0), *status, &[]), expected, "{status:?}");
    }
}

#[test]
fn an_order_past_its_expiry_becomes_a_void() {
    let expired = Verdict::Void(Reason::Expired);
    assert_eq!(under(&new(1_001), OrdStatus::PendingNew, &[]), Verdict::Send);
    assert_eq!(under(&new(1_000), OrdStatus::PendingNew, &[]), expired);
}

#[test]
fn a_switch_over_anything_that_an_order_names_voids_it_until_it_is_released() {
    let named = [
        ("all", "ALL"),
        ("account", "A-1"),
        ("symbol", "ALC"),
        ("trader", "T-1"),
        ("venue", "XLON"),
    ];
    for (number, (scope, target)) in (1..).zip(named) {
        for state in ["halted", "reducing"] {
            let thrown = kill(number, scope, target, state);
            let released = kill(number + 1, scope, target, "active");
            let halted = under(&new(0), OrdStatus::PendingNew, std::slice::from_ref(&thrown));
            assert_eq!(halted, Verdict::Void(Reason::Halted), "{scope}");
            // Numbers count, not the order that rows come in.
            let sent = under(&new(0), OrdStatus::PendingNew, &[released, thrown]);
            assert_eq!(sent, Verdict::Send, "{scope}");
        }
    }
    let others = [kill(1, "account", "A-2", "halted"), kill(2, "client", "X", "halted")];
    assert_eq!(under(&new(0), OrdStatus::PendingNew, &others), Verdict::Send);
}

#[test]
fn a_replace_goes_while_it_is_pending_and_under_no_switch_that_may_cover_it() {
    let pending = OrdStatus::PendingReplace;
    assert_eq!(under(&replace(), pending, &[]), Verdict::Send);
    let late = under(&replace(), OrdStatus::PendingCancel, &[]);
    assert_eq!(late, Verdict::Void(Reason::Answered));
    for (scope, target) in [("symbol", "ALC"), ("account", "A-1"), ("desk", "anybody's")] {
        let halted = under(&replace(), pending, &[kill(1, scope, target, "halted")]);
        assert_eq!(halted, Verdict::Void(Reason::Halted), "{scope}");
    }
    let other = under(&replace(), pending, &[kill(1, "symbol", "XYZ", "halted")]);
    assert_eq!(other, Verdict::Send);
}

#[test]
fn a_cancel_passes_every_switch_while_its_order_is_open() {
    let all = [kill(1, "all", "ALL", "halted")];
    for status in OrdStatus::ALL {
        let expected =
            if status.is_open() { Verdict::Send } else { Verdict::Void(Reason::Answered) };
        assert_eq!(under(&cancel(), *status, &all), expected, "{status:?}");
    }
}

#[test]
fn a_void_goes_again_as_it_is_and_what_cant_be_judged_stays() {
    let none = Switches::default();
    let mut letter = output(&new(0));
    assert_eq!(judge(&letter, None, &none, NOW), Verdict::Missing);
    letter.request = Some(vec![0xff]);
    let unread = judge(&letter, Some(&view(OrdStatus::PendingNew)), &none, NOW);
    assert_eq!(unread, Verdict::Stay("its request can't be read"));
    letter.request = None;
    assert_eq!(judge(&letter, None, &none, NOW), Verdict::Send);
    let status = Message::OrderStatusRequest(OrderStatusRequest {
        header: header(),
        cl_ord_id: "C-4".to_owned(),
        transact_time: Timestamp(1),
    });
    assert!(matches!(under(&status, OrdStatus::New, &[]), Verdict::Stay(_)));
}

#[test]
fn a_switch_of_a_newer_version_is_named() {
    let newer = |scope, state| Switches::of(vec![kill(1, scope, "X", state)]).err();
    assert_eq!(newer("galaxy", "halted"), Some("galaxy".to_owned()));
    assert_eq!(newer("account", "frozen"), Some("frozen".to_owned()));
}
