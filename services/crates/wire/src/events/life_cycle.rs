//! Life-cycle events as bytes.

use domain::{Price, Quantity, Timestamp};
use prost::Message as _;

use super::place::{code_of, code_to, number, order_of, order_to, text_to, venue_of};
use super::{LifeCycle, LifeCycleKind, Times, place, times};
use crate::Error;
use crate::generated::events::v1 as proto;

impl LifeCycle {
    /// Adds to an encoded one what was only known when it was handed over. A field that comes twice
    /// is merged into one, as protobuf says of messages.
    pub fn hand_over(bytes: &mut Vec<u8>, route_send: Timestamp, emit: Timestamp) {
        let times = times::to(&Times { route_send, emit, ..Times::default() });
        let more = proto::LifeCycle { times, ..proto::LifeCycle::default() };
        bytes.extend_from_slice(&more.encode_to_vec());
    }

    /// The bytes of the event: canonical.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        proto::LifeCycle {
            id: self.id.to_be_bytes().to_vec(),
            kind: self.kind as i32,
            place: Some(place::to(&self.place)),
            sender: self.sender.clone(),
            account: self.account.clone(),
            cl_ord_id: self.cl_ord_id.clone(),
            orig_cl_ord_id: self.orig_cl_ord_id.clone(),
            order: order_to(self.order),
            rev: self.rev,
            configuration: self.configuration,
            ord_status: code_to(self.ord_status),
            exec_type: code_to(self.exec_type),
            exec_id: self.exec_id.clone(),
            order_qty: self.order_qty.0,
            cum_qty: self.cum_qty.0,
            leaves_qty: self.leaves_qty.0,
            last_qty: self.last_qty.0,
            last_px: self.last_px.0,
            venue: self.venue.as_str().to_owned(),
            venue_seq: self.venue_seq,
            reasons: self.reasons.clone(),
            ord_rej_reason: self.ord_rej_reason,
            cxl_rej_reason: self.cxl_rej_reason,
            text: text_to(&self.text),
            orders: self.orders,
            day_order_qty: self.day_order_qty.0,
            day_cum_qty: self.day_cum_qty.0,
            exec_restatement_reason: self.exec_restatement_reason,
            times: times::to(&self.times),
        }
        .encode_to_vec()
    }

    /// Reads an event.
    ///
    /// # Errors
    /// [`Error`] when the bytes aren't one that this version knows.
    pub fn decode(bytes: &[u8]) -> Result<Self, Error> {
        let wire = proto::LifeCycle::decode(bytes)?;
        let kind = usize::try_from(wire.kind).ok().and_then(|number| number.checked_sub(1));
        let kind = kind.and_then(|at| LifeCycleKind::ALL.get(at).copied());
        Ok(Self {
            id: number(&wire.id, "id")?,
            kind: kind.ok_or(Error::Newer("kind"))?,
            place: place::of(wire.place)?,
            sender: wire.sender,
            account: wire.account,
            cl_ord_id: wire.cl_ord_id,
            orig_cl_ord_id: wire.orig_cl_ord_id,
            order: order_of(&wire.order)?,
            rev: wire.rev,
            configuration: wire.configuration,
            ord_status: code_of(wire.ord_status, "ord_status")?,
            exec_type: code_of(wire.exec_type, "exec_type")?,
            exec_id: wire.exec_id,
            order_qty: Quantity(wire.order_qty),
            cum_qty: Quantity(wire.cum_qty),
            leaves_qty: Quantity(wire.leaves_qty),
            last_qty: Quantity(wire.last_qty),
            last_px: Price(wire.last_px),
            venue: venue_of(&wire.venue)?,
            venue_seq: wire.venue_seq,
            reasons: wire.reasons,
            ord_rej_reason: wire.ord_rej_reason,
            cxl_rej_reason: wire.cxl_rej_reason,
            text: wire.text,
            orders: wire.orders,
            day_order_qty: Quantity(wire.day_order_qty),
            day_cum_qty: Quantity(wire.day_cum_qty),
            exec_restatement_reason: wire.exec_restatement_reason,
            times: times::of(wire.times),
        })
    }
}
