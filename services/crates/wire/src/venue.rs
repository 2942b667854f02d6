//! What a venue is handed: one numbered output of an account (INV-13).
//!
//! Entry points: [`VenueOrder`], [`encode`], [`parse`]; [`queue`]: how it lies in a queue.
//! The request travels as the bytes of its envelope, so that an order reaches its venue as it
//! came; a void has none.

use domain::{Mic, OrderId};
use prost::Message as _;

use crate::Error;
use crate::generated::orders::v1 as proto;

pub mod queue;

/// One output to a venue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VenueOrder {
    /// Number of the output to (account, venue), from 1 without gaps.
    pub venue_seq: u64,
    /// Computed id: the same however often it is sent (INV-7).
    pub id: u128,
    /// Our own name of the order.
    pub order: OrderId,
    /// Account (1): the outputs of one account keep their order.
    pub account: String,
    /// The venue.
    pub venue: Mic,
    /// Bytes of an envelope with a new order, cancel or replace (`message::parse`); `None`: a
    /// void, which moves the number and does nothing.
    pub request: Option<Vec<u8>>,
}

/// The bytes of an output: canonical.
#[must_use]
pub fn encode(output: &VenueOrder) -> Vec<u8> {
    proto::VenueOrder {
        venue_seq: output.venue_seq,
        id: output.id.to_be_bytes().to_vec(),
        order: output.order.0.to_be_bytes().to_vec(),
        account: output.account.clone(),
        venue: output.venue.as_str().to_owned(),
        request: output.request.clone().unwrap_or_default(),
    }
    .encode_to_vec()
}

/// Reads an output. Its request isn't looked into.
///
/// # Errors
/// [`Error`] when it isn't a numbered output of an account to a venue.
pub fn parse(bytes: &[u8]) -> Result<VenueOrder, Error> {
    let wire = proto::VenueOrder::decode(bytes)?;
    if wire.venue_seq == 0 {
        return Err(Error::Field("venue_seq"));
    }
    if !crate::orders::is_identity(&wire.account) {
        return Err(Error::Field("account"));
    }
    let venue = Mic::new(&wire.venue).filter(|_| crate::orders::is_mic(&wire.venue));
    let number = |bytes: &[u8], name| {
        <[u8; 16]>::try_from(bytes).map(u128::from_be_bytes).map_err(|_| Error::Field(name))
    };
    Ok(VenueOrder {
        venue_seq: wire.venue_seq,
        id: number(&wire.id, "id")?,
        order: OrderId(number(&wire.order, "order")?),
        account: wire.account,
        venue: venue.ok_or(Error::Field("venue"))?,
        request: Some(wire.request).filter(|request| !request.is_empty()),
    })
}
