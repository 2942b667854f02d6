//! The examples of `proto/golden` are what this code writes and reads, in bytes and in JSON.

use crate::{samples, schema};

/// Where examples lie, and what is in the one that isn't protobuf.
pub(crate) fn aggregate_json() -> String {
    let records: Vec<_> = samples::aggregated()
        .into_iter()
        .map(|(key, hash_key, data)| {
            let data: String = data.iter().map(|byte| format!("{byte:02x}")).collect();
            // By name: another crate of the build may ask serde_json to keep the order of writing.
            serde_json::json!({ "data": data, "explicitHashKey": hash_key, "partitionKey": key })
        })
        .collect();
    let mut text =
        serde_json::to_string_pretty(&serde_json::json!({ "records": records })).unwrap();
    text.push('\n');
    text
}

fn file(name: &str, ending: &str) -> Vec<u8> {
    let path = schema::folder().join(format!("golden/{name}.{ending}"));
    std::fs::read(&path).unwrap_or_else(|error| {
        panic!("{}: {error}; run `cargo run --release -p wire --example golden`", path.display())
    })
}

#[test]
fn every_example_is_what_we_write_and_what_its_json_says() {
    for sample in samples::all() {
        let bytes = file(sample.name, "bin");
        assert_eq!(bytes, sample.bytes, "{}", sample.name);
        let json = String::from_utf8(file(sample.name, "json")).unwrap();
        assert_eq!(schema::json(sample.kind, &bytes), json, "{}", sample.name);
        assert_eq!(schema::of_json(sample.kind, &json), bytes, "{}", sample.name);
        assert!(!schema::has_strangers(&schema::read(sample.kind, &bytes)), "{}", sample.name);
    }
    assert_eq!(file("aggregate", "bin"), samples::aggregate());
    assert_eq!(String::from_utf8(file("aggregate", "json")).unwrap(), aggregate_json());
}

#[test]
fn every_file_of_the_examples_belongs_to_one() {
    let names: Vec<_> = samples::all().iter().map(|sample| sample.name).collect();
    let golden = schema::folder().join("golden");
    for folder in ["orders", "executions", "events", "journal"] {
        for found in std::fs::read_dir(golden.join(folder)).unwrap() {
            let found = found.unwrap().file_name().into_string().unwrap();
            let (name, ending) = found.split_once('.').unwrap();
            assert!(["bin", "json"].contains(&ending), "{found}");
            assert!(names.contains(&&*format!("{folder}/{name}")), "{found}");
        }
    }
}

#[test]
fn examples_read_back_as_the_values_they_are_of() {
    for (name, message) in samples::messages() {
        assert_eq!(wire::message::parse(&file(name, "bin")), Ok(message), "{name}");
    }
    for (name, entry) in samples::entries() {
        let read = wire::entry::decode(&file(name, "bin")).unwrap();
        assert_eq!(read, entry, "{name}");
        assert!(read.is_whole());
    }
    let copy = file("executions/drop_copy", "bin");
    assert_eq!(wire::executions::parse(&copy), Ok(samples::trade()));
    let view = file("events/order_view", "bin");
    assert_eq!(wire::events::OrderView::decode(&view), Ok(samples::view()));
    let view = file("events/order_view_of_next_day", "bin");
    assert_eq!(wire::events::OrderView::decode(&view), Ok(samples::view_of_next_day()));
    let letter = file("events/dead_letter", "bin");
    assert_eq!(wire::events::DeadLetter::decode(&letter), Ok(samples::letter()));
    assert_eq!(wire::journal::begin(&file("journal/begin_body", "bin")), Ok(samples::begin()));
    assert_eq!(wire::journal::end(&file("journal/end_body", "bin")), Ok(samples::end()));
}

#[test]
fn the_clock_of_a_turn_is_read_with_each_record_and_written_once() {
    let body = file("journal/clocked_body", "bin");
    let clocks: Vec<_> = wire::journal::inputs(&body)
        .map(|input| match input.unwrap() {
            wire::journal::Input::Record(record) => record.clock,
            wire::journal::Input::Control { .. } => panic!("records alone"),
        })
        .collect();
    let turn = samples::turn();
    assert_eq!(clocks[..3], [turn; 3]);
    assert_eq!(clocks[3].decided, turn.received.plus(709_000));
    assert_eq!((clocks[3].source, clocks[3].error_ns), (turn.source, turn.error_ns));
    // A body without clocks says so.
    let plain = file("journal/batch_body", "bin");
    let known = wire::journal::inputs(&plain).flatten().any(|input| {
        matches!(input, wire::journal::Input::Record(record)
            if record.clock != domain::TurnClock::default())
    });
    assert!(!known);
}

#[test]
fn a_plain_order_is_at_most_75_bytes_and_costs_the_journal_little_more() {
    let data = wire::message::encode(&samples::plain_order().into());
    assert!(data.len() <= 75, "{}", data.len());
    let mut body = wire::journal::BodyWriter::default();
    let (outcome, orders) = (samples::outcomes()[0], 500);
    for number in 0..orders {
        let position = domain::Position::new(domain::Sequence::of(345 + number), 0);
        let arrival = samples::OPENING.plus(number as i64 * 111_111);
        body.record(position, arrival, &data, &outcome);
    }
    let each = body.len() as u64 / orders;
    assert!(each <= 118, "{each} bytes: 0.12 write units are 122");
}
