//! Journal entries as bytes, for stores without attributes of their own.
//!
//! Entry points: [`encode`], [`decode`].
//!
//! Invariants: INV-1, INV-4 (equal entries have equal bytes). Limits:
//! `domain::entry::BODY_BYTES_MAX`.
//!
//! It looks neither at the content digest (`Entry::is_whole` does) nor into the body (`journal`).
//!
//! What a crash tears is the store's to find.

use std::sync::Arc;

use domain::entry::BODY_BYTES_MAX;
use domain::{Entry, EntryKind, Epoch, LaneId, Position, Sequence, StateDigest, Writer};

use crate::Error;
use crate::field::{self, Reader};
use crate::journal::exactly;

/// The fields of an entry as they come.
#[derive(Default)]
struct Fields<'a> {
    lane: &'a [u8],
    index: u64,
    kind: u64,
    epoch: u64,
    writer: &'a [u8],
    previous: &'a [u8],
    start: Position,
    end: Position,
    state: &'a [u8],
    format: u64,
    rules: u64,
    content: &'a [u8],
    body: &'a [u8],
}

/// Appends the bytes of an entry: canonical.
pub fn encode(entry: &Entry, out: &mut Vec<u8>) {
    out.reserve(entry.body.len() + 256);
    field::put_bytes(1, &entry.lane.0.to_be_bytes(), out);
    field::put_integer(2, entry.index, out);
    field::put_integer(3, entry.kind as u64, out);
    field::put_integer(4, entry.epoch.0, out);
    field::put_bytes(5, &entry.writer.0, out);
    field::put_bytes(6, &entry.previous, out);
    field::put_message(7, out, |out| put_position(entry.start, out));
    field::put_message(8, out, |out| put_position(entry.end, out));
    field::put_bytes(9, &entry.state.to_bytes(), out);
    field::put_integer(10, u64::from(entry.format), out);
    field::put_integer(11, u64::from(entry.rules), out);
    field::put_bytes(12, &entry.content, out);
    field::put_bytes(13, &entry.body, out);
}

/// Reads an entry; its content digest isn't checked.
///
/// # Errors
/// [`Error`] when the bytes aren't an entry's.
pub fn decode(bytes: &[u8]) -> Result<Entry, Error> {
    let mut reader = Reader::new(bytes);
    let mut fields = Fields::default();
    while let Some(key) = reader.key()? {
        match key.tag {
            1 => fields.lane = reader.bytes(key)?,
            2 => fields.index = reader.integer(key)?,
            3 => fields.kind = reader.integer(key)?,
            4 => fields.epoch = reader.integer(key)?,
            5 => fields.writer = reader.bytes(key)?,
            6 => fields.previous = reader.bytes(key)?,
            7 => fields.start = position(reader.inner_of(key)?)?,
            8 => fields.end = position(reader.inner_of(key)?)?,
            9 => fields.state = reader.bytes(key)?,
            10 => fields.format = reader.integer(key)?,
            11 => fields.rules = reader.integer(key)?,
            12 => fields.content = reader.bytes(key)?,
            13 => fields.body = reader.bytes(key)?,
            _ => reader.skip(key)?,
        }
    }
    fields.entry()
}

fn put_position(position: Position, out: &mut Vec<u8>) {
    if position.sequence != Sequence::default() {
        field::put_bytes(1, &position.sequence.0, out);
    }
    field::put_integer(2, u64::from(position.sub_sequence), out);
}

fn position(mut reader: Reader<'_>) -> Result<Position, Error> {
    let (mut sequence, mut sub_sequence) = (&[][..], 0);
    while let Some(key) = reader.key()? {
        match key.tag {
            1 => sequence = reader.bytes(key)?,
            2 => sub_sequence = reader.integer(key)? as u32,
            _ => reader.skip(key)?,
        }
    }
    let sequence = match sequence {
        [] => Sequence::default(),
        bytes => Sequence(exactly(bytes, "sequence")?),
    };
    Ok(Position::new(sequence, sub_sequence))
}

// === impl Fields ===

impl Fields<'_> {
    fn entry(&self) -> Result<Entry, Error> {
        let version = |number, field| u16::try_from(number).map_err(|_| Error::Newer(field));
        let kind = u8::try_from(self.kind).ok().and_then(EntryKind::of_code);
        if self.body.len() > BODY_BYTES_MAX {
            return Err(Error::Field("body"));
        }
        Ok(Entry {
            lane: LaneId(u128::from_be_bytes(exactly(self.lane, "lane")?)),
            index: self.index,
            kind: kind.ok_or(Error::Newer("kind"))?,
            epoch: Epoch(self.epoch),
            writer: Writer(exactly(self.writer, "writer")?),
            previous: exactly(self.previous, "previous")?,
            start: self.start,
            end: self.end,
            state: StateDigest::from_bytes(&exactly(self.state, "state")?),
            format: version(self.format, "format")?,
            rules: version(self.rules, "rules")?,
            content: exactly(self.content, "content")?,
            body: Arc::from(self.body),
        })
    }
}
