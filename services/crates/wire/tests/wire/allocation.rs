//! What the line calls for each record allocates nothing once its buffers are warm.

use allocation_counter::measure;
use domain::{IdentityKey, Position, Sequence};
use wire::journal::BodyWriter;

use crate::samples;

const KEY: IdentityKey = IdentityKey([1; 16]);

#[test]
fn reading_records_allocates_nothing() {
    let aggregate = samples::aggregate();
    let messages: Vec<_> = samples::messages()
        .iter()
        .map(|(_, message)| wire::message::encode(message))
        .chain([b"garbage".to_vec(), aggregate])
        .collect();
    let counted = measure(|| {
        for data in &messages {
            let records = wire::aggregate::records(data).unwrap();
            for record in records {
                std::hint::black_box(wire::orders::decode(&KEY, record.data));
            }
        }
    });
    assert_eq!(counted.count_total, 0);
    // The counter counts: the reference reader does allocate.
    assert!(measure(|| drop(wire::message::parse(&messages[0]))).count_total > 0);
}

#[test]
fn writing_and_reading_a_body_allocates_nothing() {
    let data = wire::message::encode(&samples::plain_order().into());
    let mut body = BodyWriter::with_capacity(64 * 1024);
    let (outcomes, controls) = (samples::outcomes(), samples::controls());
    let counted = measure(|| {
        for (number, outcome) in (0..).zip(&outcomes) {
            let position = Position::new(Sequence::of(number), 0);
            body.record(position, samples::OPENING, &data, outcome);
        }
        controls.iter().for_each(|control| body.control(control));
        assert_eq!(wire::journal::inputs(body.bytes()).count(), outcomes.len() + controls.len());
        body.clear();
    });
    assert_eq!(counted.count_total, 0);
}
