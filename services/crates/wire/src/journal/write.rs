//! A body written input by input, into a buffer that is kept from entry to entry.

use domain::{Control, Outcome, Position, Sequence, Timestamp, TurnClock};

use super::outcome::Before;
use super::{Begin, End, control, outcome, relations};
use crate::field;
use crate::limits::{KEPT_BYTES_MAX, ORDER_BYTES_MAX};

/// Appends inputs to a body. Once warm it allocates nothing.
#[derive(Debug, Default)]
pub struct BodyWriter {
    bytes: Vec<u8>,
    position: Position,
    arrival: Timestamp,
    before: Before,
    clock: TurnClock,
    written: TurnClock,
}

impl BodyWriter {
    /// An empty body with room for `bytes_count` bytes.
    #[must_use]
    pub fn with_capacity(bytes_count: usize) -> Self {
        Self { bytes: Vec::with_capacity(bytes_count), ..Self::default() }
    }

    /// The clock of the records that follow; without it they have none.
    pub const fn clock(&mut self, clock: TurnClock) {
        self.clock = clock;
    }

    /// Appends a record with its outcome. Of one that is longer than
    /// [`ORDER_BYTES_MAX`] (always undecodable) only beginning, length and hash are kept.
    pub fn record(
        &mut self,
        position: Position,
        arrival: Timestamp,
        data: &[u8],
        outcome: &Outcome,
    ) {
        let step = step(self.position.sequence, position.sequence);
        let lead = step.iter().take_while(|byte| **byte == 0).count();
        let arrival_step = arrival.0.wrapping_sub(self.arrival.0);
        let kept = if data.len() > ORDER_BYTES_MAX { &data[..KEPT_BYTES_MAX] } else { data };
        let (before, clock) = (&mut self.before, self.clock);
        let written = std::mem::replace(&mut self.written, clock);
        field::put_message(1, &mut self.bytes, |out| {
            field::put_message(1, out, |out| {
                field::put_bytes(1, &step[lead..], out);
                field::put_integer(2, u64::from(position.sub_sequence), out);
                field::put_signed(3, arrival_step, out);
                field::put_bytes(4, kept, out);
                outcome::put(outcome, before, out);
                if kept.len() < data.len() {
                    let length = u32::try_from(data.len()).unwrap_or(u32::MAX);
                    field::put_integer(15, u64::from(length), out);
                    field::put_bytes(16, &domain::hash::row(data).to_be_bytes(), out);
                }
                put_clock(&written, &clock, out);
            });
        });
        self.position = position;
        self.arrival = arrival;
    }

    /// Appends a control input.
    pub fn control(&mut self, control: &Control) {
        field::put_message(1, &mut self.bytes, |out| {
            field::put_message(2, out, |out| control::put(control, out));
        });
    }

    /// Appends who the lane is: the body of a Begin.
    pub fn begin(&mut self, begin: &Begin) {
        field::put_message(2, &mut self.bytes, |out| relations::put_begin(begin, out));
    }

    /// Appends how the lane ended: the body of an End.
    pub fn end(&mut self, end: &End) {
        field::put_message(3, &mut self.bytes, |out| relations::put_end(end, out));
    }

    /// The body so far.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Its length in bytes.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether nothing was appended.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Begins another body in the same buffer.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.position = Position::START;
        self.arrival = Timestamp(0);
        self.before = Before::default();
        self.written = TurnClock::default();
    }
}

/// Writes what of a clock is another than in the record before.
fn put_clock(before: &TurnClock, clock: &TurnClock, out: &mut Vec<u8>) {
    field::put_signed(40, clock.received.0.wrapping_sub(before.received.0), out);
    let after = |clock: &TurnClock| clock.decided.0.wrapping_sub(clock.received.0);
    if after(clock) != after(before) {
        field::put_present_integer(41, field::zigzag(after(clock)), out);
    }
    if clock.source != before.source {
        field::put_present_integer(42, clock.source as u64, out);
    }
    if clock.error_ns != before.error_ns {
        field::put_present_integer(43, u64::from(clock.error_ns), out);
    }
}

/// A sequence number minus the one before, modulo 2^192.
fn step(before: Sequence, after: Sequence) -> [u8; 24] {
    let mut bytes = after.0;
    let mut borrow = false;
    for (byte, digit) in bytes.iter_mut().rev().zip(before.0.iter().rev()) {
        let (less, first) = byte.overflowing_sub(*digit);
        let (less, second) = less.overflowing_sub(u8::from(borrow));
        *byte = less;
        borrow = first || second;
    }
    bytes
}
