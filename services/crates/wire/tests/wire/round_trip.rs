//! Any value that is written is read back as it was: messages, inputs, outcomes, entries, events.

use std::sync::Arc;

use domain::entry::{FORMAT, RULES};
use domain::outcome::{Forwarded, Notes, Rejection, Routed};
use domain::{AccountKey, Outcome, Position, Price, Reasons, Scope, Sequence, StateDigest, Text};
use domain::{Control, Entry, EntryKind, Epoch, IdentityKey, Inbound, Kill, LaneId, Mic, OrderId};
use domain::{
    Counting, Counts, LimitKey, Reservation, Reservations, Timestamp, TradingState, Writer,
};
use proptest::prelude::*;
use wire::journal::{BodyWriter, Input};
use wire::limits::{KEPT_BYTES_MAX, ORDER_BYTES_MAX};

use crate::{checks, schema};

/// What is appended to a body.
#[derive(Clone, Debug)]
enum Given {
    Record(Position, Timestamp, Vec<u8>, Outcome),
    Control(Control),
}

fn bytes(length_max: usize) -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 0..length_max)
}

fn mic() -> impl Strategy<Value = Mic> {
    "[A-Z0-9]{4}".prop_map(|text| Mic::new(&text).unwrap())
}

fn position() -> impl Strategy<Value = Position> {
    (any::<[u8; 24]>(), any::<u32>(), 0..4_u64).prop_map(|(wide, sub, near)| match near {
        // Embedded streams count by one; real sequence numbers are wide.
        0..3 => Position::new(Sequence::of(near), sub % 3),
        _ => Position::new(Sequence(wide), sub),
    })
}

fn outcome() -> impl Strategy<Value = Outcome> {
    let order = || prop_oneof![Just(0), any::<u128>()].prop_map(OrderId);
    let configuration = || prop_oneof![0..3_u64, any::<u64>()];
    let routed = (order(), mic(), any::<u64>(), 0..4_u32, configuration(), any::<i64>()).prop_map(
        |(order, venue, venue_seq, rule, configuration, price)| {
            let reference_price = Price(price);
            let mut reservations = Reservations::default();
            for (number, counts) in
                (0..venue_seq % 5).zip([Counts::Open, Counts::Gross, Counts::Buy, Counts::Sell])
            {
                let limit = LimitKey(u128::from(venue_seq) + u128::from(number) + 1);
                assert!(reservations.add(Reservation { limit, price: reference_price, counts }));
            }
            Outcome::Routed(Routed {
                order,
                venue,
                venue_seq,
                rule,
                configuration,
                reference_price,
                reserved_price: Price(price.rotate_left(7) / 3),
                notes: Notes(price as u8),
                overridden: price.rotate_left(9) as u64 % 5,
                reservations,
            })
        },
    );
    let forwarded = (order(), mic(), any::<u64>(), configuration(), any::<i64>()).prop_map(
        |(order, venue, venue_seq, configuration, price)| {
            let reserved_price = Price(price);
            Outcome::Forwarded(Forwarded { order, venue, venue_seq, configuration, reserved_price })
        },
    );
    let rejected = (order(), any::<u64>(), any::<bool>(), configuration()).prop_map(
        |(order, reasons, remembered, configuration)| {
            let reasons = Reasons(reasons);
            Outcome::Rejected(Rejection { order, reasons, remembered, configuration })
        },
    );
    let mass = (any::<u32>(), configuration())
        .prop_map(|(orders, configuration)| Outcome::MassForwarded { orders, configuration });
    prop_oneof![
        routed,
        forwarded,
        rejected,
        mass,
        order().prop_map(|order| Outcome::Duplicate { order }),
        order().prop_map(|order| Outcome::Stale { order }),
        order().prop_map(|order| Outcome::Answered { order }),
        order().prop_map(|order| Outcome::Reported { order }),
        prop::sample::select(vec![
            Outcome::Repeated,
            Outcome::ExecIdConflict,
            Outcome::Unmatched,
            Outcome::Misplaced,
            Outcome::Undecodable,
            Outcome::Quarantined,
            Outcome::Applied,
        ]),
    ]
}

fn control() -> impl Strategy<Value = Control> {
    let scope = prop::sample::select(Scope::ALL);
    let states = [TradingState::Active, TradingState::Halted, TradingState::Reducing];
    let kill = (any::<u64>(), scope, "[!-~]{0,32}", prop::sample::select(states.to_vec()))
        .prop_map(|(number, scope, target, state)| {
            let target = Text::new(&target).unwrap();
            Control::Kill(Kill { number, scope, target, state })
        });
    prop_oneof![
        (0..i64::MAX).prop_map(|time| Control::Tick(Timestamp(time))),
        (any::<u64>(), any::<[u8; 16]>())
            .prop_map(|(number, hash)| Control::Configuration { number, hash }),
        kill,
        any::<(bool, i64, i64, i64)>().prop_map(
            |(is_on, messages_ns, executions_ns, collar_ns)| {
                Control::Counting(Counting { is_on, messages_ns, executions_ns, collar_ns })
            }
        ),
        (mic(), any::<bool>(), any::<i64>()).prop_map(|(venue, healthy, retry_ns)| {
            Control::Health { venue, healthy, retry_ns }
        }),
        (any::<(u64, u128, i64, u64, i64, u32)>(), "[!-~]{0,12}").prop_map(
            |((number, account, quantity, reasons, until, count), symbol)| {
                Control::Override(domain::Override {
                    number,
                    account: AccountKey(account),
                    symbol: domain::Symbol::new(&symbol).unwrap(),
                    max_order_qty: domain::Quantity(quantity),
                    reasons: Reasons(reasons),
                    until: Timestamp(until),
                    count,
                })
            }
        ),
        any::<u128>().prop_map(|key| Control::Halt(AccountKey(key))),
        any::<u128>().prop_map(|key| Control::Release(AccountKey(key))),
        (any::<i64>(), any::<u32>())
            .prop_map(|(span_ns, identities)| Control::Window { span_ns, identities }),
        any::<bool>().prop_map(|closed| Control::Intake { closed }),
        (any::<u32>(), any::<i32>()).prop_map(|(number, date)| {
            Control::BusinessDay { number, date: domain::TradeDate(date) }
        }),
        any::<u32>().prop_map(|orders| Control::DayEnd { orders }),
        (any::<u128>(), any::<i128>(), any::<u64>()).prop_map(|(limit, amount, transfer)| {
            Control::Allotment { limit: LimitKey(limit), amount, transfer }
        }),
    ]
}

fn given() -> impl Strategy<Value = Given> {
    let data = prop::collection::vec(any::<u8>(), 0..200);
    prop_oneof![
        4 => (position(), any::<i64>(), data, outcome()).prop_map(|(position, at, data, outcome)| {
            Given::Record(position, Timestamp(at), data, outcome)
        }),
        1 => control().prop_map(Given::Control),
    ]
}

fn written(all: &[Given]) -> BodyWriter {
    let mut body = BodyWriter::default();
    for given in all {
        match given {
            Given::Record(position, arrival, data, outcome) => {
                body.record(*position, *arrival, data, outcome);
            }
            Given::Control(control) => body.control(control),
        }
    }
    body
}

proptest! {
    #[test]
    fn every_input_and_outcome_comes_back_from_a_body(
        all in prop::collection::vec(given(), 0..20),
    ) {
        let body = written(&all);
        let mut read = wire::journal::inputs(body.bytes());
        for given in &all {
            match (given, read.next().unwrap().unwrap()) {
                (Given::Record(position, arrival, data, outcome), Input::Record(record)) => {
                    prop_assert_eq!(record.position, *position);
                    prop_assert_eq!(record.arrival, *arrival);
                    prop_assert_eq!(record.data, &data[..]);
                    prop_assert_eq!(record.outcome, *outcome);
                    prop_assert_eq!(record.cut, None);
                }
                (Given::Control(given), Input::Control { control }) => {
                    prop_assert_eq!(control, *given);
                }
                _ => prop_assert!(false, "a record is no control"),
            }
        }
        prop_assert!(read.next().is_none());
    }

    #[test]
    fn a_body_is_canonical_protobuf_of_the_schema(
        all in prop::collection::vec(given(), 0..20),
    ) {
        let body = written(&all);
        prop_assert_eq!(schema::canonical("orderflow.journal.v1.Body", body.bytes()), body.bytes());
    }

    #[test]
    fn a_cleared_writer_writes_what_a_new_one_does(
        first in prop::collection::vec(given(), 0..5),
        second in prop::collection::vec(given(), 0..5),
    ) {
        let mut body = written(&first);
        body.clear();
        for given in &second {
            match given {
                Given::Record(position, arrival, data, outcome) => {
                    body.record(*position, *arrival, data, outcome);
                }
                Given::Control(control) => body.control(control),
            }
        }
        let fresh = written(&second);
        prop_assert_eq!(body.bytes(), fresh.bytes());
    }

    #[test]
    fn every_entry_comes_back_and_is_canonical(
        (ids, index, epoch) in (any::<[u128; 3]>(), any::<u64>(), any::<u64>()),
        (start, end) in (position(), position()),
        kind in 1..=6_u8,
        body in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        let entry = Entry {
            lane: LaneId(ids[0]),
            index,
            kind: EntryKind::of_code(kind).unwrap(),
            epoch: Epoch(epoch),
            writer: Writer(ids[1].to_be_bytes()),
            previous: ids[2].to_be_bytes(),
            start,
            end,
            state: StateDigest { accounts: ids[2], lane: ids[0] },
            format: FORMAT,
            rules: RULES,
            content: [0; 16],
            body: Arc::from(body),
        }
        .sealed();
        let mut bytes = Vec::new();
        wire::entry::encode(&entry, &mut bytes);
        prop_assert_eq!(schema::canonical("orderflow.journal.v1.Entry", &bytes), bytes.clone());
        prop_assert_eq!(wire::entry::decode(&bytes), Ok(entry));
    }

    #[test]
    fn any_bytes_pass_every_check(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        checks::orders(&bytes);
        checks::executions(&bytes);
        checks::aggregate(&bytes);
        checks::journal(&bytes);
        checks::events(&bytes);
        checks::configuration(&bytes);
    }

    #[test]
    fn user_records_come_back_in_their_order(
        records in prop::collection::vec(
            ("[a-z]{0,3}", prop::option::of("[0-9]{1,3}"), bytes(50)),
            1..40,
        ),
    ) {
        let mut writer = wire::aggregate::Writer::default();
        for (key, hash_key, data) in &records {
            prop_assert!(writer.push(key, hash_key.as_deref(), data));
        }
        let (count, length) = (writer.count(), writer.len());
        let bytes = writer.finish();
        prop_assert!(writer.is_empty());
        prop_assert_eq!((count, length), (records.len(), bytes.len()));
        let read: Vec<_> = wire::aggregate::records(&bytes).unwrap().collect();
        prop_assert_eq!(read.len(), records.len());
        for (number, (user, (_, _, data))) in read.iter().zip(&records).enumerate() {
            prop_assert_eq!(user.sub_sequence as usize, number);
            prop_assert_eq!(user.data, &data[..]);
        }
    }
}

#[test]
fn a_record_that_is_too_long_leaves_its_beginning_length_and_hash() {
    let key = IdentityKey([1; 16]);
    for first in [0x0a, 0xf3] {
        let mut data = vec![0; ORDER_BYTES_MAX + 1];
        data[..4].copy_from_slice(&[first, 0x89, 0x9a, 0xc2]);
        let mut body = BodyWriter::with_capacity(4_096);
        body.record(Position::START, Timestamp(5), &data, &Outcome::Undecodable);
        assert!(body.len() < 2 * KEPT_BYTES_MAX);
        let input = wire::journal::inputs(body.bytes()).next().unwrap().unwrap();
        let Input::Record(record) = input else { panic!("a record is no control") };
        assert_eq!(record.data, &data[..KEPT_BYTES_MAX]);
        assert_eq!(record.cut.unwrap().length as usize, data.len());
        // Recovery meets what the line met.
        assert_eq!(record.inbound(&key), wire::orders::decode(&key, &data));
        assert!(matches!(record.inbound(&key), Inbound::Undecodable(_)));
    }
}
