//! Outcomes as fields of a record, what repeats left out.

use domain::outcome::{Forwarded, Notes, Rejection, Routed};
use domain::{Counts, LimitKey, Mic, OrderId, Outcome, Price, Reasons, Reservation, Reservations};

use crate::Error;
use crate::field::{self, Key, Reader};
use crate::journal::exactly;

/// What the outcomes before said, so that it needn't be said again.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Before {
    venue: Mic,
    rule: u32,
    configuration: u64,
}

/// The fields of an outcome as they come; which of them count depends on the kind.
#[derive(Default)]
pub(super) struct Fields<'a> {
    kind: u64,
    order: &'a [u8],
    venue_seq: u64,
    venue: Option<&'a str>,
    rule: Option<u32>,
    configuration: Option<u64>,
    reference_price: i64,
    reasons: u64,
    remembered: bool,
    orders: u32,
    own_price: i64,
    notes: u8,
    overridden: u64,
    reservations: Reservations,
    reserved_price: i64,
}

/// Writes an outcome's fields.
pub(super) fn put(outcome: &Outcome, before: &mut Before, out: &mut Vec<u8>) {
    field::put_integer(5, kind(outcome), out);
    match outcome {
        Outcome::Routed(routed) => {
            put_order(routed.order, out);
            field::put_integer(7, routed.venue_seq, out);
            before.put_venue(routed.venue, out);
            before.put_rule(routed.rule, out);
            before.put_configuration(routed.configuration, out);
            field::put_signed(11, routed.reference_price.0, out);
            for reservation in routed.reservations.iter() {
                put_reservation(&reservation, out);
            }
            field::put_signed(30, routed.reserved_price.0, out);
            field::put_integer(31, u64::from(routed.notes.0), out);
            field::put_integer(32, routed.overridden, out);
        }
        Outcome::Forwarded(forwarded) => {
            put_order(forwarded.order, out);
            field::put_integer(7, forwarded.venue_seq, out);
            before.put_venue(forwarded.venue, out);
            before.put_configuration(forwarded.configuration, out);
            field::put_signed(18, forwarded.reserved_price.0, out);
        }
        Outcome::MassForwarded { orders, configuration } => {
            before.put_configuration(*configuration, out);
            field::put_integer(14, u64::from(*orders), out);
        }
        Outcome::Rejected(rejection) => {
            put_order(rejection.order, out);
            before.put_configuration(rejection.configuration, out);
            field::put_integer(12, rejection.reasons.0, out);
            field::put_integer(13, u64::from(rejection.remembered), out);
        }
        Outcome::Duplicate { order }
        | Outcome::Stale { order }
        | Outcome::Answered { order }
        | Outcome::Reported { order } => put_order(*order, out),
        Outcome::Repeated
        | Outcome::ExecIdConflict
        | Outcome::Unmatched
        | Outcome::Misplaced
        | Outcome::Undecodable
        | Outcome::Quarantined
        | Outcome::Applied => {}
    }
}

const fn kind(outcome: &Outcome) -> u64 {
    match outcome {
        Outcome::Routed(_) => 1,
        Outcome::Forwarded(_) => 2,
        Outcome::MassForwarded { .. } => 3,
        Outcome::Rejected(_) => 4,
        Outcome::Duplicate { .. } => 5,
        Outcome::Stale { .. } => 6,
        Outcome::Answered { .. } => 7,
        Outcome::Reported { .. } => 8,
        Outcome::Repeated => 9,
        Outcome::ExecIdConflict => 10,
        Outcome::Unmatched => 11,
        Outcome::Misplaced => 12,
        Outcome::Undecodable => 13,
        Outcome::Quarantined => 14,
        Outcome::Applied => 15,
    }
}

fn put_order(order: OrderId, out: &mut Vec<u8>) {
    if order.0 != 0 {
        field::put_bytes(6, &order.0.to_be_bytes(), out);
    }
}

fn put_reservation(reservation: &Reservation, out: &mut Vec<u8>) {
    field::put_message(17, out, |out| {
        field::put_bytes(1, &reservation.limit.0.to_be_bytes(), out);
        field::put_signed(2, reservation.price.0, out);
        field::put_integer(3, reservation.counts as u64, out);
    });
}

fn reservation(mut reader: Reader<'_>) -> Result<Reservation, Error> {
    let (mut limit, mut price, mut counts) = (&[][..], 0, 0);
    while let Some(key) = reader.key()? {
        match key.tag {
            1 => limit = reader.bytes(key)?,
            2 => price = reader.signed(key)?,
            3 => counts = reader.integer(key)?,
            _ => reader.skip(key)?,
        }
    }
    let counts = u8::try_from(counts).ok().and_then(Counts::of_code);
    Ok(Reservation {
        limit: LimitKey(u128::from_be_bytes(exactly(limit, "limit")?)),
        price: Price(price),
        counts: counts.ok_or(Error::Newer("counts"))?,
    })
}

// === impl Before ===

impl Before {
    fn put_venue(&mut self, venue: Mic, out: &mut Vec<u8>) {
        if venue != self.venue {
            self.venue = venue;
            field::put_present_bytes(8, venue.as_str().as_bytes(), out);
        }
    }

    fn put_rule(&mut self, rule: u32, out: &mut Vec<u8>) {
        if rule != self.rule {
            self.rule = rule;
            field::put_present_integer(9, u64::from(rule), out);
        }
    }

    fn put_configuration(&mut self, configuration: u64, out: &mut Vec<u8>) {
        if configuration != self.configuration {
            self.configuration = configuration;
            field::put_present_integer(10, configuration, out);
        }
    }
}

// === impl Fields ===

impl<'a> Fields<'a> {
    /// Takes a field if it is an outcome's.
    pub(super) fn take(&mut self, key: Key, reader: &mut Reader<'a>) -> Result<bool, Error> {
        match key.tag {
            5 => self.kind = reader.integer(key)?,
            6 => self.order = reader.bytes(key)?,
            7 => self.venue_seq = reader.integer(key)?,
            8 => self.venue = Some(reader.text(key)?),
            9 => self.rule = Some(reader.integer(key)? as u32),
            10 => self.configuration = Some(reader.integer(key)?),
            11 => self.reference_price = reader.signed(key)?,
            12 => self.reasons = reader.integer(key)?,
            13 => self.remembered = reader.integer(key)? != 0,
            14 => self.orders = reader.integer(key)? as u32,
            17 => {
                let reservation = reservation(reader.inner_of(key)?)?;
                if !self.reservations.add(reservation) {
                    return Err(Error::Field("reservations"));
                }
            }
            18 => self.reserved_price = reader.signed(key)?,
            30 => self.own_price = reader.signed(key)?,
            31 => self.notes = reader.integer(key)? as u8,
            32 => self.overridden = reader.integer(key)?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// The outcome that the fields make.
    pub(super) fn outcome(&self, before: &mut Before) -> Result<Outcome, Error> {
        let order = match self.order {
            [] => OrderId::default(),
            bytes => OrderId(u128::from_be_bytes(exactly(bytes, "order")?)),
        };
        if let Some(venue) = self.venue {
            before.venue = Mic::new(venue).ok_or(Error::Field("venue"))?;
        }
        before.rule = self.rule.unwrap_or(before.rule);
        before.configuration = self.configuration.unwrap_or(before.configuration);
        let Before { venue, rule, configuration } = *before;
        let venue_seq = self.venue_seq;
        Ok(match self.kind {
            1 => {
                let reference_price = Price(self.reference_price);
                let reservations = self.reservations;
                Outcome::Routed(Routed {
                    order,
                    venue,
                    venue_seq,
                    rule,
                    configuration,
                    reference_price,
                    reserved_price: Price(self.own_price),
                    notes: Notes(self.notes),
                    overridden: self.overridden,
                    reservations,
                })
            }
            2 => {
                let reserved_price = Price(self.reserved_price);
                Outcome::Forwarded(Forwarded {
                    order,
                    venue,
                    venue_seq,
                    configuration,
                    reserved_price,
                })
            }
            3 => Outcome::MassForwarded { orders: self.orders, configuration },
            4 => {
                let (reasons, remembered) = (Reasons(self.reasons), self.remembered);
                Outcome::Rejected(Rejection { order, reasons, remembered, configuration })
            }
            5 => Outcome::Duplicate { order },
            6 => Outcome::Stale { order },
            7 => Outcome::Answered { order },
            8 => Outcome::Reported { order },
            9 => Outcome::Repeated,
            10 => Outcome::ExecIdConflict,
            11 => Outcome::Unmatched,
            12 => Outcome::Misplaced,
            13 => Outcome::Undecodable,
            14 => Outcome::Quarantined,
            15 => Outcome::Applied,
            0 => return Err(Error::Field("outcome")),
            _ => return Err(Error::Newer("outcome")),
        })
    }
}
