//! `orderflow redrive` against queues and tables of ministack: what goes, what stays, and what a
//! crash between any two calls leaves.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test stops at the first surprise")]

#[path = "../../../secret-rotation/tests/rotation/http.rs"]
#[allow(dead_code, reason = "the other tests use the rest")]
mod http;
#[path = "../support/letters.rs"]
mod letters;
mod world;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::Path;

use domain::{OrdStatus, OrderId};
use letters::{cancel, new};
use orderflow::venue::receive::Receiver;
use rustix::process::Signal;
use serde_json::Value;
use wire::message::Message;
use wire::venue::{VenueOrder, queue};
use world::{DEAD_LETTERS, Desk, Done, QUEUE, Server};

const ONE: [&str; 2] = ["--queue", "venue-XLON"];
const GO: [&str; 3] = ["--queue", "venue-XLON", "--yes"];

/// An output of an account; each has an order of its own, but for cancels, which name `order`.
fn output(account: &str, venue_seq: u64, order: u128, request: &Message) -> VenueOrder {
    let id = order << 8 | u128::from(venue_seq);
    let account = account.to_owned();
    VenueOrder { venue_seq, id, order: OrderId(order), account, ..letters::output(request) }
}

/// Two letters of A-1 that go again, and one of A-2 that becomes a void.
fn fill(desk: &Desk<'_>) {
    let entered = output("A-1", 1, 1, &new(0));
    let cancelled = output("A-1", 2, 2, &cancel());
    let answered = output("A-2", 1, 3, &new(0));
    desk.order(&entered, OrdStatus::PendingNew);
    desk.order(&cancelled, OrdStatus::PendingCancel);
    desk.order(&answered, OrdStatus::Canceled);
    for letter in [&entered, &cancelled, &answered] {
        desk.send(letter, None);
    }
    desk.fail();
}

/// What a receiver that keeps the rule acts on: account, number, whether it is a void.
fn heard(messages: &[Value]) -> Vec<(String, u64, bool)> {
    let (mut receiver, mut due) = (Receiver::new(true), VecDeque::new());
    for message in messages {
        receiver.take(read(message).0, &mut due);
    }
    let mut heard: Vec<_> = due
        .into_iter()
        .map(|output| (output.account, output.venue_seq, output.request.is_none()))
        .collect();
    // Accounts go beside each other; within one the order stays.
    heard.sort_by(|a, b| a.0.cmp(&b.0));
    heard
}

fn read(message: &Value) -> (VenueOrder, u32) {
    let attributes = message["MessageAttributes"].as_object().unwrap();
    let attribute = |name: &str| attributes.get(name)?["StringValue"].as_str();
    let group = message["Attributes"]["MessageGroupId"].as_str().unwrap();
    queue::read(message["Body"].as_str().unwrap(), group, attribute).unwrap()
}

fn expected() -> Vec<(String, u64, bool)> {
    let expected = [("A-1", 1, false), ("A-1", 2, false), ("A-2", 1, true)];
    expected.map(|(account, number, void)| (account.to_owned(), number, void)).to_vec()
}

/// Rows of letters: what became of (account, number); "" where the letter can't be read.
fn fates(done: &Done) -> BTreeMap<(String, u64), String> {
    let letters = done.rows.iter().filter(|row| !row["letter"].is_null());
    let text = |row: &Value, name: &str| row[name].as_str().unwrap_or_default().to_owned();
    letters
        .map(|row| {
            let number = row["venue_seq"].as_u64().unwrap_or_default();
            let fate = format!("{} {}", text(row, "letter"), text(row, "why"));
            ((text(row, "account"), number), fate.trim().to_owned())
        })
        .collect()
}

#[test]
fn letters_go_again_become_voids_or_stay_and_each_is_told_of() {
    let Some(server) = Server::start("letters_go_again") else { return };
    let desk = server.desk(1);
    fill(&desk);
    let expired = output("A-3", 1, 4, &new(1));
    let halted = output("A-4", 1, 5, &new(0));
    let absent = output("A-5", 1, 6, &new(0));
    let (torn, behind) = (output("A-6", 1, 7, &new(0)), output("A-6", 2, 8, &new(0)));
    for letter in [&expired, &halted, &behind] {
        desk.order(letter, OrdStatus::PendingNew);
    }
    desk.halt("A-4");
    for letter in [&expired, &halted, &absent] {
        desk.send(letter, None);
    }
    desk.send(&torn, Some("not hex"));
    desk.send(&behind, None);
    desk.fail();
    let fate = |deed: &str, void: &str| {
        let rows = [
            (("A-1", 1), deed.to_owned()),
            (("A-1", 2), deed.to_owned()),
            (("A-2", 1), format!("{void} answered")),
            (("A-3", 1), format!("{void} expired")),
            (("A-4", 1), format!("{void} halted")),
        ];
        rows.map(|((account, number), fate)| ((account.to_owned(), number), fate))
    };
    let judged = |done: &Done| {
        let mut fates = fates(done);
        let unread = fates.remove(&(String::new(), 0)).unwrap();
        assert!(unread.starts_with("left "), "{unread}");
        let behind = fates.remove(&("A-6".to_owned(), 2)).unwrap();
        assert_eq!(behind, "left it waits behind a letter that stays");
        fates
    };
    assert_eq!(desk.count(DEAD_LETTERS), ["8", "0"]);
    // Every venue's queue: there is one.
    let dry = desk.redrive(&["--dry-run"], |_| ());
    assert_eq!(dry.code, Some(1), "{}", dry.err);
    assert_eq!(judged(&dry), fate("would be sent", "would be voided").into());
    assert_eq!(desk.count(DEAD_LETTERS), ["8", "0"], "and they are to be seen");
    assert_eq!(desk.count(QUEUE), ["0", "0"]);

    let done = desk.redrive(&GO, |_| ());
    assert_eq!(done.code, Some(1), "{}", done.err);
    assert!(done.err.contains("OR-0390 3 dead letters stay where they are"), "{}", done.err);
    assert_eq!(judged(&done), fate("sent", "voided").into());
    assert_eq!(desk.count(DEAD_LETTERS), ["3", "0"], "and they are to be seen");
    let messages = desk.drain(QUEUE);
    for message in &messages {
        let (output, attempt) = read(message);
        let id = message["Attributes"]["MessageDeduplicationId"].as_str().unwrap();
        assert_eq!((attempt, id), (1, format!("{:032x}-r1", output.id).as_str()));
    }
    let voids = [("A-3", true), ("A-4", true)];
    let voids = voids.map(|(account, void)| (account.to_owned(), 1, void));
    assert_eq!(heard(&messages), [expected(), voids.to_vec()].concat());

    let voided = desk.redrive(&[&GO[..], &["--void-absent"]].concat(), |_| ());
    let fates = fates(&voided);
    assert_eq!(fates[&("A-5".to_owned(), 1)], "voided absent", "{}", voided.err);
    named_in_the_runbook(&server.state().operations);
}

/// What an operator's role must permit is what was called: no more, no less. The keys' actions are
/// what AWS does in the caller's name.
fn named_in_the_runbook(called: &BTreeSet<String>) {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/runbooks/OR-0391.md");
    let text = std::fs::read_to_string(page).unwrap();
    let named = text
        .split('`')
        .filter(|word| ["sqs:", "dynamodb:"].iter().any(|service| word.starts_with(service)));
    assert_eq!(called, &named.map(str::to_owned).collect());
}

/// Strikes after each call, runs again, and holds what must hold then.
fn strike_everywhere(server: &Server, signal: Signal, first_desk: usize) {
    let mut struck = 0;
    for call in 0.. {
        let desk = server.desk(first_desk + call);
        fill(&desk);
        let done = desk.redrive(&GO, |state| state.strike = Some((call, signal)));
        if !server.state().struck {
            assert_eq!(done.code, Some(0), "{}", done.err);
            break;
        }
        struck += 1;
        if signal == Signal::KILL {
            assert_eq!(done.code, None, "call {call}: it was killed");
            desk.let_time_pass();
        }
        let [_, hidden] = desk.count(DEAD_LETTERS);
        assert_eq!(hidden, "0", "call {call}: every letter that is left is to be seen");
        let again = desk.redrive(&GO, |_| ());
        assert_eq!(again.code, Some(0), "call {call}: {}", again.err);
        let messages = desk.drain(QUEUE);
        assert_eq!(messages.len(), 3, "call {call}: nothing is doubled");
        assert_eq!(heard(&messages), expected(), "call {call}");
        assert_eq!(desk.count(DEAD_LETTERS), ["0", "0"], "call {call}: nothing stays");
        let twice = [messages.clone(), messages].concat();
        assert_eq!(heard(&twice), expected(), "call {call}: nor when SQS forgot");
    }
    assert!(struck >= 12, "{struck} calls: two rounds make at least as many");
}

#[test]
fn a_crash_after_any_call_loses_nothing_and_doubles_nothing() {
    let Some(server) = Server::start("a_crash_after_any_call") else { return };
    strike_everywhere(&server, Signal::KILL, 100);
}

#[test]
fn ctrl_c_after_any_call_leaves_every_letter_sent_or_to_be_seen() {
    let Some(server) = Server::start("ctrl_c_after_any_call") else { return };
    strike_everywhere(&server, Signal::INT, 100);
}

#[test]
fn behind_a_message_that_is_refused_its_account_waits_and_others_go_on() {
    let Some(server) = Server::start("behind_a_message_that_is_refused") else { return };
    let desk = server.desk(1);
    fill(&desk);
    let group = queue::message(&output("A-1", 1, 1, &new(0)), 0, None).group;
    let done = desk.redrive(&GO, |state| state.refused = Some(group));
    assert_eq!(done.code, Some(1), "{}", done.err);
    let fates = fates(&done);
    let of = |account: &str, number| fates[&(account.to_owned(), number)].as_str();
    assert!(of("A-1", 1).starts_with("left its queue didn't take it"), "{fates:?}");
    assert_eq!(of("A-1", 2), "left it waits behind a letter that stays");
    assert_eq!(of("A-2", 1), "voided answered");
    let first = desk.drain(QUEUE);
    assert_eq!(first.len(), 1, "A-1's second letter didn't overtake its first");

    let done = desk.redrive(&GO, |_| ());
    assert_eq!(done.code, Some(0), "{}", done.err);
    assert_eq!(heard(&[first, desk.drain(QUEUE)].concat()), expected());
}

#[test]
fn nothing_is_done_without_a_yes_or_on_a_queue_that_isnt_there() {
    let Some(server) = Server::start("nothing_is_done_without_a_yes") else { return };
    let desk = server.desk(1);
    fill(&desk);
    let unasked = desk.redrive(&ONE, |_| ());
    assert_eq!(unasked.code, Some(2), "{}", unasked.err);
    assert!(unasked.err.contains("about 3 dead letters of venue-XLON"), "{}", unasked.err);
    let nowhere = desk.redrive(&["--queue", "venue-XPAR", "--yes"], |_| ());
    assert_eq!(nowhere.code, Some(1), "{}", nowhere.err);
    assert!(nowhere.err.contains("OR-0359 there is no queue"), "{}", nowhere.err);
    let other = desk.redrive(&["--queue", "orders-dlq", "--yes"], |_| ());
    assert_eq!(other.code, Some(2), "{}", other.err);
    assert_eq!(desk.count(DEAD_LETTERS), ["3", "0"]);
}
