//! What is refused, and why: hard faults by their name, soft ones as faults of the request.

use domain::inbound::{DecodeFault, Faults};
use domain::{IdentityKey, Inbound, Quantity, TradeDate};
use wire::aggregate::{is_aggregate, records};
use wire::limits::{ORDER_BYTES_MAX, RECORD_BYTES_MAX};
use wire::message::{Coded, Message, NewOrderSingle};

use crate::samples;

/// What breaks an order, and the fault that it must have.
type Broken = (fn(&mut NewOrderSingle), Faults);

const KEY: IdentityKey = IdentityKey([1; 16]);

fn fault(bytes: &[u8]) -> Option<DecodeFault> {
    match wire::orders::decode(&KEY, bytes) {
        Inbound::Undecodable(undecodable) => Some(undecodable.fault),
        _ => None,
    }
}

/// Checks that a change of a sound message makes this of it.
fn check(message: impl Into<Message>, expected: Option<DecodeFault>) {
    let message = message.into();
    let bytes = wire::message::encode(&message);
    assert_eq!(fault(&bytes), expected, "{message:?}");
    assert_eq!(wire::message::parse(&bytes).err(), expected, "{message:?}");
    assert_eq!(message.check().err(), expected, "{message:?}");
}

#[test]
fn senders_accounts_and_ids_must_be_short_printable_ascii() {
    for text in ["", "has space", "é", "123456789012345678901234567890123", "tab\t"] {
        let mut message = samples::plain_order();
        message.header.sender = text.to_owned();
        check(message, Some(DecodeFault::Identity));
        let mut message = samples::plain_order();
        message.header.account = text.to_owned();
        check(message, Some(DecodeFault::Identity));
        let message = NewOrderSingle { cl_ord_id: text.to_owned(), ..samples::plain_order() };
        check(message, Some(DecodeFault::Identity));
        let mut report = samples::trade();
        report.target_comp_id = text.to_owned();
        check(report, Some(DecodeFault::Identity));
        let mut report = samples::trade();
        report.exec_id = text.to_owned();
        check(report, Some(DecodeFault::Report));
    }
    check(
        NewOrderSingle {
            cl_ord_id: "12345678901234567890123456789012".to_owned(),
            ..samples::plain_order()
        },
        None,
    );
}

#[test]
fn a_report_needs_an_execution_that_can_be_identified() {
    let broken: [fn(&mut wire::message::ExecutionReport); 9] = [
        |report| report.exec_type = Coded::Absent,
        |report| report.exec_type = Coded::Unknown(200),
        |report| report.ord_status = Coded::Absent,
        |report| report.ord_status = Coded::Unknown(1),
        |report| report.last_mkt = "xdem".to_owned(),
        |report| report.last_mkt = String::new(),
        |report| report.trade_date = TradeDate(0),
        |report| report.trade_date = TradeDate(2_932_897),
        |report| report.last_qty = Quantity(-1),
    ];
    for change in broken {
        let mut report = samples::trade();
        change(&mut report);
        check(report, Some(DecodeFault::Report));
    }
}

#[test]
fn what_else_is_wrong_with_a_new_order_is_a_fault_of_it() {
    let broken: [Broken; 9] = [
        (|new| new.side = Coded::Absent, Faults::SIDE),
        (|new| new.side = Coded::Unknown(57), Faults::SIDE),
        (|new| new.ord_type = Coded::Unknown(7), Faults::ORD_TYPE),
        (|new| new.time_in_force = Coded::Unknown(-1), Faults::TIME_IN_FORCE),
        (|new| new.symbol = String::new(), Faults::SYMBOL),
        (|new| new.symbol = "THIRTEENCHARS".to_owned(), Faults::SYMBOL),
        (|new| new.ex_destination = "XDE".to_owned(), Faults::DESTINATION),
        (|new| new.executing_firm = "A FIRM".to_owned(), Faults::FIRM),
        (|_| {}, Faults(0)),
    ];
    for (change, faults) in broken {
        let mut new = samples::plain_order();
        change(&mut new);
        let bytes = wire::message::encode(&new.into());
        let Inbound::New(read) = wire::orders::decode(&KEY, &bytes) else {
            panic!("{faults:?} refused the order")
        };
        assert_eq!(read.head.faults, faults);
    }
}

#[test]
fn the_content_leaves_out_what_a_retry_changes_and_nothing_else() {
    let content = |message: &Message| match wire::orders::decode(&KEY, &encode(message)) {
        Inbound::Report(report) => report.content,
        other => other.head().unwrap().content,
    };
    for (name, message) in samples::messages() {
        let mut again = message.clone();
        let header = again.header_mut();
        header.sequence += 1;
        header.sending_time = header.sending_time.plus(1);
        header.poss_resend = !header.poss_resend;
        header.hops += 1;
        assert_eq!(content(&again), content(&message), "{name}");
        again.header_mut().sender.push('2');
        assert_ne!(content(&again), content(&message), "{name}");
    }
}

fn encode(message: &Message) -> Vec<u8> {
    wire::message::encode(message)
}

#[test]
fn bytes_that_are_no_envelope_are_named_for_what_they_are() {
    let sound = encode(&samples::plain_order().into());
    assert_eq!(fault(&[]), Some(DecodeFault::Body));
    assert_eq!(fault(b"garbage"), Some(DecodeFault::Protobuf));
    assert_eq!(fault(&[&sound[..], &[0]].concat()), Some(DecodeFault::Protobuf));
    assert_eq!(fault(&vec![0; ORDER_BYTES_MAX + 1]), Some(DecodeFault::Length));
    assert_eq!(fault(&samples::aggregate()), Some(DecodeFault::Aggregate));
    // A field that a later version adds doesn't stop this one.
    assert_eq!(fault(&[&sound[..], &[0x98, 0x06, 0x01]].concat()), None);
}

#[test]
fn an_aggregate_is_taken_apart_or_refused_whole() {
    let sound = samples::aggregate();
    assert!(is_aggregate(&sound));
    let read: Vec<_> = records(&sound).unwrap().map(|record| record.data.to_vec()).collect();
    let given: Vec<_> = samples::aggregated().into_iter().map(|(_, _, data)| data).collect();
    assert_eq!(read, given);
    for bit in 32..sound.len() * 8 {
        let mut flipped = sound.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(records(&flipped).err(), Some(DecodeFault::Aggregate), "bit {bit}");
    }
    let empty = wire::aggregate::Writer::default().finish();
    assert_eq!(records(&empty).err(), Some(DecodeFault::Aggregate));
    assert_eq!(records(&sound[..12]).err(), Some(DecodeFault::Aggregate));
    let long = vec![0; RECORD_BYTES_MAX + 1];
    assert_eq!(records(&long).err(), Some(DecodeFault::Length));
    let padded = [&sound[..], &long].concat();
    assert_eq!(records(&padded).err(), Some(DecodeFault::Aggregate));
}

#[test]
fn a_record_that_is_no_aggregate_is_its_own_user_record() {
    for data in [&b""[..], b"x", &[0xf3, 0x89, 0x9a]] {
        let read: Vec<_> =
            records(data).unwrap().map(|user| (user.sub_sequence, user.data)).collect();
        assert_eq!(read, [(0, data)]);
    }
}
