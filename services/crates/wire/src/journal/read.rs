//! A body read where it lies.

use domain::{ClockSource, Position, Sequence, Timestamp, TurnClock};

use super::outcome::{Before, Fields};
use super::{Cut, Input, Record, control, exactly};
use crate::Error;
use crate::field::{Key, Reader};
use crate::limits::{KEPT_BYTES_MAX, ORDER_BYTES_MAX};

/// The inputs of a body, in order. After an error there is nothing more.
#[derive(Clone, Debug)]
pub struct Inputs<'a> {
    reader: Reader<'a>,
    position: Position,
    arrival: Timestamp,
    before: Before,
    clock: TurnClock,
    failed: bool,
}

/// A record's own fields; the outcome's are apart.
#[derive(Default)]
struct Place<'a> {
    step: &'a [u8],
    sub_sequence: u32,
    arrival_step: i64,
    data: &'a [u8],
    length: u32,
    hash: &'a [u8],
    received_step: i64,
    decided_after: Option<i64>,
    clock_source: Option<u8>,
    clock_error: Option<u32>,
}

/// The inputs of a body; none of a Begin, Seal, Gap or End. Allocates nothing.
#[must_use]
pub fn inputs(body: &[u8]) -> Inputs<'_> {
    Inputs {
        reader: Reader::new(body),
        position: Position::START,
        arrival: Timestamp(0),
        before: Before::default(),
        clock: TurnClock::default(),
        failed: false,
    }
}

// === impl Inputs ===

impl<'a> Inputs<'a> {
    fn next_input(&mut self) -> Result<Option<Input<'a>>, Error> {
        while let Some(key) = self.reader.key()? {
            if key.tag == 1 {
                let reader = self.reader.inner_of(key)?;
                return self.input(reader).map(Some);
            }
            self.reader.skip(key)?;
        }
        Ok(None)
    }

    fn input(&mut self, mut reader: Reader<'a>) -> Result<Input<'a>, Error> {
        let mut found = None;
        while let Some(key) = reader.key()? {
            let inner = match key.tag {
                1 | 2 => reader.inner_of(key)?,
                _ => {
                    reader.skip(key)?;
                    continue;
                }
            };
            // Writers are ours: one input is one record or one control.
            if found.replace((key.tag, inner)).is_some() {
                return Err(Error::Field("input"));
            }
        }
        match found {
            Some((1, inner)) => self.record(inner).map(Input::Record),
            Some((_, inner)) => control::read(inner).map(|control| Input::Control { control }),
            None => Err(Error::Newer("input")),
        }
    }

    fn record(&mut self, mut reader: Reader<'a>) -> Result<Record<'a>, Error> {
        let mut place = Place::default();
        let mut fields = Fields::default();
        while let Some(key) = reader.key()? {
            let taken = place.take(key, &mut reader)? || fields.take(key, &mut reader)?;
            if !taken {
                reader.skip(key)?;
            }
        }
        let sequence = add(self.position.sequence, place.step)?;
        self.position = Position::new(sequence, place.sub_sequence);
        self.arrival = Timestamp(self.arrival.0.wrapping_add(place.arrival_step));
        self.clock = place.clock(&self.clock);
        Ok(Record {
            clock: self.clock,
            position: self.position,
            arrival: self.arrival,
            data: place.data,
            cut: place.cut()?,
            outcome: fields.outcome(&mut self.before)?,
        })
    }
}

impl<'a> Iterator for Inputs<'a> {
    type Item = Result<Input<'a>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        let next = self.next_input().transpose();
        self.failed = matches!(next, Some(Err(_)));
        next
    }
}

// === impl Place ===

impl<'a> Place<'a> {
    fn take(&mut self, key: Key, reader: &mut Reader<'a>) -> Result<bool, Error> {
        match key.tag {
            1 => self.step = reader.bytes(key)?,
            2 => self.sub_sequence = reader.integer(key)? as u32,
            3 => self.arrival_step = reader.signed(key)?,
            4 => self.data = reader.bytes(key)?,
            15 => self.length = reader.integer(key)? as u32,
            16 => self.hash = reader.bytes(key)?,
            40 => self.received_step = reader.signed(key)?,
            41 => self.decided_after = Some(reader.signed(key)?),
            42 => self.clock_source = Some(u8::try_from(reader.integer(key)?).unwrap_or(u8::MAX)),
            43 => self.clock_error = Some(reader.integer(key)? as u32),
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn clock(&self, before: &TurnClock) -> TurnClock {
        let received = Timestamp(before.received.0.wrapping_add(self.received_step));
        let after = before.decided.0.wrapping_sub(before.received.0);
        let after = self.decided_after.unwrap_or(after);
        TurnClock {
            received,
            decided: Timestamp(received.0.wrapping_add(after)),
            source: self.clock_source.map_or(before.source, ClockSource::of_code),
            error_ns: self.clock_error.unwrap_or(before.error_ns),
        }
    }

    fn cut(&self) -> Result<Option<Cut>, Error> {
        if self.length == 0 && self.hash.is_empty() {
            return match self.data.len() <= ORDER_BYTES_MAX {
                true => Ok(None),
                false => Err(Error::Field("data")),
            };
        }
        if self.length as usize <= ORDER_BYTES_MAX || self.data.len() != KEPT_BYTES_MAX {
            return Err(Error::Field("data_length"));
        }
        let hash = u128::from_be_bytes(exactly(self.hash, "data_hash")?);
        Ok(Some(Cut { length: self.length, hash }))
    }
}

/// A sequence number and a step after it, modulo 2^192.
fn add(sequence: Sequence, step: &[u8]) -> Result<Sequence, Error> {
    let mut bytes = sequence.0;
    if step.len() > bytes.len() {
        return Err(Error::Field("sequence_step"));
    }
    let mut carry = 0;
    let digits = step.iter().rev().copied().chain(std::iter::repeat(0));
    for (byte, digit) in bytes.iter_mut().rev().zip(digits) {
        let sum = u16::from(*byte) + u16::from(digit) + carry;
        *byte = sum as u8;
        carry = sum >> 8;
    }
    Ok(Sequence(bytes))
}
