//! Rows of the order view as bytes.

use domain::{Notional, OrderId, Price, Quantity};
use prost::Message as _;

use super::place::{code_of, code_to, number, venue_of};
use super::{OrderView, place, times};
use crate::Error;
use crate::generated::events::v1 as proto;
use crate::message::{moment, time};

impl OrderView {
    /// The bytes of the row: canonical.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let notional = self.cum_notional.0;
        let cum_notional = if notional == 0 { Vec::new() } else { notional.to_be_bytes().to_vec() };
        proto::OrderView {
            order: self.order.0.to_be_bytes().to_vec(),
            rev: self.rev,
            sender: self.sender.clone(),
            account: self.account.clone(),
            cl_ord_id: self.cl_ord_id.clone(),
            root_cl_ord_id: self.root_cl_ord_id.clone(),
            symbol: self.symbol.clone(),
            side: code_to(self.side),
            ord_type: code_to(self.ord_type),
            time_in_force: code_to(self.time_in_force),
            ord_status: code_to(Some(self.ord_status)),
            order_qty: self.order_qty.0,
            cum_qty: self.cum_qty.0,
            leaves_qty: self.leaves_qty.0,
            price: self.price.0,
            cum_notional,
            venue: self.venue.as_str().to_owned(),
            rule: self.rule,
            configuration: self.configuration,
            venue_seq: self.venue_seq,
            reasons: self.reasons.clone(),
            transact_time: time(self.transact_time),
            decided: Some(place::to(&self.decided)),
            changed: Some(place::to(&self.changed)),
            day_order_qty: self.day_order_qty.0,
            day_cum_qty: self.day_cum_qty.0,
            times: times::to(&self.times),
        }
        .encode_to_vec()
    }

    /// Reads a row.
    ///
    /// # Errors
    /// [`Error`] when the bytes aren't one that this version knows.
    pub fn decode(bytes: &[u8]) -> Result<Self, Error> {
        let wire = proto::OrderView::decode(bytes)?;
        let cum_notional = match &*wire.cum_notional {
            [] => 0,
            bytes => i128::from_be_bytes(crate::journal::exactly(bytes, "cum_notional")?),
        };
        let ord_status = code_of(wire.ord_status, "ord_status")?;
        Ok(Self {
            order: OrderId(number(&wire.order, "order")?),
            rev: wire.rev,
            sender: wire.sender,
            account: wire.account,
            cl_ord_id: wire.cl_ord_id,
            root_cl_ord_id: wire.root_cl_ord_id,
            symbol: wire.symbol,
            side: code_of(wire.side, "side")?,
            ord_type: code_of(wire.ord_type, "ord_type")?,
            time_in_force: code_of(wire.time_in_force, "time_in_force")?,
            ord_status: ord_status.ok_or(Error::Field("ord_status"))?,
            order_qty: Quantity(wire.order_qty),
            cum_qty: Quantity(wire.cum_qty),
            leaves_qty: Quantity(wire.leaves_qty),
            price: Price(wire.price),
            cum_notional: Notional(cum_notional),
            venue: venue_of(&wire.venue)?,
            rule: wire.rule,
            configuration: wire.configuration,
            venue_seq: wire.venue_seq,
            reasons: wire.reasons,
            transact_time: moment(wire.transact_time),
            day_order_qty: Quantity(wire.day_order_qty),
            day_cum_qty: Quantity(wire.day_cum_qty),
            times: times::of(wire.times),
            decided: place::of(wire.decided)?,
            changed: place::of(wire.changed)?,
        })
    }
}
