//! What must hold of any bytes that are given as a feed. It panics when something doesn't.

use std::io::Read;

use orderflow::itch::message::length;
use orderflow::itch::{Error, Mapper, Message, Reader, Survey, record};

/// A feed is read up to its first wrong byte, the same however its bytes arrive; what was read is
/// written as it was; and every message that becomes records becomes records that the line reads.
pub fn itch(bytes: &[u8]) {
    let (messages, end) = read(bytes);
    let (slowly, slow_end) = read(OneByOne(bytes));
    assert_eq!((&messages, end), (&slowly, slow_end));
    assert_eq!(written(&messages), without_frames(bytes, end));
    let survey = Survey::read(bytes).expect("memory is readable");
    assert_eq!(survey.messages, messages.len() as u64);
    assert_eq!(survey.damage.is_none(), end == bytes.len() as u64);
    let mut mapper = Mapper::new(&survey);
    for step in messages.iter().filter_map(|message| mapper.step(message)) {
        let records = record::request(&step).into_iter();
        for record in records.chain([record::report(&step).into()]) {
            let bytes = wire::message::encode(&record);
            assert_eq!(wire::message::parse(&bytes), Ok(record));
        }
    }
}

/// The messages of a source and the byte at which they end.
fn read(source: impl Read) -> (Vec<Message>, u64) {
    let mut reader = Reader::new(source);
    let mut messages = Vec::new();
    loop {
        match reader.next_message() {
            Ok(Some(message)) => messages.push(message),
            Ok(None) => return (messages, reader.offset()),
            Err(Error::Read { .. }) => panic!("memory is readable"),
            Err(damage) => {
                let text = damage.to_string();
                assert!(text.starts_with(&format!("OR-0300 byte {}:", reader.offset())), "{text}");
                return (messages, reader.offset());
            }
        }
    }
}

/// The messages without their framing, which may be zeros or a length, and without the reference of
/// a trade, which is not kept.
fn written(messages: &[Message]) -> Vec<u8> {
    let mut all = Vec::new();
    for message in messages {
        let mut bytes = Vec::new();
        message.write(&mut bytes);
        all.extend_from_slice(&bytes[2..]);
    }
    all
}

fn without_frames(bytes: &[u8], end: u64) -> Vec<u8> {
    let mut all = Vec::new();
    let mut rest = &bytes[..end as usize];
    while let [_, _, kind, ..] = rest {
        let whole = 2 + length(*kind).expect("it was read");
        let mut message = rest[2..whole].to_vec();
        if *kind == b'P' {
            message[11..19].fill(0);
        }
        all.extend_from_slice(&message);
        rest = &rest[whole..];
    }
    all
}

/// A source that gives a byte at a time.
struct OneByOne<'a>(&'a [u8]);

impl Read for OneByOne<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let (Some((first, rest)), Some(place)) = (self.0.split_first(), buffer.first_mut()) else {
            return Ok(0);
        };
        *place = *first;
        self.0 = rest;
        Ok(1)
    }
}
