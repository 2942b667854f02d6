//! Places and the small values that all events have.

use domain::{LaneId, Mic, OrderId, Position, Sequence};

use super::Place;
use crate::Error;
use crate::generated::events::v1 as proto;
use crate::journal::exactly;
use crate::limits::TEXT_BYTES_MAX;
use crate::message::{Coded, Fix, moment, time};

/// A place on the wire.
pub(super) fn to(place: &Place) -> proto::Place {
    let sequence = place.position.sequence;
    let bytes = if sequence == Sequence::default() { Vec::new() } else { sequence.0.to_vec() };
    proto::Place {
        lane: place.lane.0.to_be_bytes().to_vec(),
        index: place.index,
        sequence: bytes,
        sub_sequence: place.position.sub_sequence,
        arrival: time(place.arrival),
    }
}

/// A place from the wire; it must be there.
pub(super) fn of(place: Option<proto::Place>) -> Result<Place, Error> {
    let place = place.ok_or(Error::Field("place"))?;
    let sequence = match &*place.sequence {
        [] => Sequence::default(),
        bytes => Sequence(exactly(bytes, "sequence")?),
    };
    Ok(Place {
        lane: LaneId(number(&place.lane, "lane")?),
        index: place.index,
        position: Position::new(sequence, place.sub_sequence),
        arrival: moment(place.arrival),
    })
}

/// 128 bits that must be there.
pub(super) fn number(bytes: &[u8], field: &'static str) -> Result<u128, Error> {
    exactly(bytes, field).map(u128::from_be_bytes)
}

/// An order on the wire; none is left out.
pub(super) fn order_to(order: OrderId) -> Vec<u8> {
    if order.0 == 0 { Vec::new() } else { order.0.to_be_bytes().to_vec() }
}

/// An order from the wire, if there is one.
pub(super) fn order_of(bytes: &[u8]) -> Result<OrderId, Error> {
    if bytes.is_empty() { Ok(OrderId::default()) } else { number(bytes, "order").map(OrderId) }
}

/// A venue from the wire; empty means none.
pub(super) fn venue_of(text: &str) -> Result<Mic, Error> {
    Mic::new(text).ok_or(Error::Field("venue"))
}

/// A FIX value on the wire; 0 means none.
pub(super) fn code_to<T: Fix>(value: Option<T>) -> i32 {
    value.map_or(0, |value| Coded::Known(value).number())
}

/// A FIX value from the wire.
pub(super) fn code_of<T: Fix>(number: i32, field: &'static str) -> Result<Option<T>, Error> {
    match Coded::of(number) {
        Coded::Absent => Ok(None),
        Coded::Known(value) => Ok(Some(value)),
        Coded::Unknown(_) => Err(Error::Newer(field)),
    }
}

/// A free text, cut at the limit.
pub(super) fn text_to(text: &str) -> String {
    text.get(..text.floor_char_boundary(TEXT_BYTES_MAX)).unwrap_or_default().to_owned()
}
