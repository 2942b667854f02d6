//! A record of the stream `orders` becomes what a lane takes in.
//!
//! Entry points: [`decode`]; [`is_identity`] and [`is_mic`] for whoever writes records.
//!
//! Invariants: INV-8 (identity and content), INV-11 (any bytes give an input, never an error),
//! INV-14. It allocates nothing, and agrees with `message::parse`, the reference, on every input.
//! Limits: [`ORDER_BYTES_MAX`].
//!
//! It doesn't decide: a request with an identity is a request, whatever else is wrong with it.
//!
//! It is a pure function of bytes and key, so recovery and the follower read what the line read.

use std::ops::RangeInclusive;

use domain::inbound::{DecodeFault, Undecodable};
use domain::text::TEXT_LENGTH_MAX;
use domain::{IdentityKey, Inbound};

use crate::limits::ORDER_BYTES_MAX;

mod content;
mod read;
mod report;
mod request;

/// First bytes of a KPL aggregate.
pub(crate) const AGGREGATE_MAGIC: [u8; 4] = [0xf3, 0x89, 0x9a, 0xc2];

/// Days that a trade may be dated: after 1970-01-01, up to 9999-12-31.
pub(crate) const TRADE_DATES: RangeInclusive<i32> = 1..=2_932_896;

/// Reads a record (a user record, where records are aggregated). Total: what can't be read is
/// [`Inbound::Undecodable`] (INV-11).
///
/// An aggregate given whole is refused as such: whoever reads records takes it apart first, and
/// hands over the whole only when that fails.
#[must_use]
pub fn decode(key: &IdentityKey, bytes: &[u8]) -> Inbound {
    match inbound(key, bytes) {
        Ok(inbound) => inbound,
        Err(fault) => Inbound::Undecodable(Undecodable { fault, hash: domain::hash::row(bytes) }),
    }
}

/// Whether a text can be a sender, account, ClOrdID or ExecID: 1 to 32 printable ASCII characters
/// without spaces.
#[must_use]
pub fn is_identity(text: &str) -> bool {
    !text.is_empty() && is_identity_or_empty(text)
}

/// Whether a text can be a market identifier code: four capital letters or digits.
#[must_use]
pub fn is_mic(text: &str) -> bool {
    text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

/// The same as [`is_identity`] for a text that may be absent.
pub(crate) fn is_identity_or_empty(text: &str) -> bool {
    text.len() <= TEXT_LENGTH_MAX && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// What is wrong with a record as seen from outside.
pub(crate) fn check_outside(bytes: &[u8]) -> Result<(), DecodeFault> {
    if bytes.starts_with(&AGGREGATE_MAGIC) {
        return Err(DecodeFault::Aggregate);
    }
    if bytes.len() > ORDER_BYTES_MAX {
        return Err(DecodeFault::Length);
    }
    Ok(())
}

fn inbound(key: &IdentityKey, bytes: &[u8]) -> Result<Inbound, DecodeFault> {
    check_outside(bytes)?;
    let envelope = read::envelope(bytes).map_err(|_| DecodeFault::Protobuf)?;
    let head = &envelope.head;
    let ids = |cl_ord_id: &str| {
        let all = [head.sender, head.account, cl_ord_id].into_iter().all(is_identity);
        if all { Ok(()) } else { Err(DecodeFault::Identity) }
    };
    match &envelope.body {
        read::Body::None => Err(DecodeFault::Body),
        read::Body::Request(body) => {
            ids(body.cl_ord_id)?;
            Ok(request::inbound(key, head, body))
        }
        read::Body::Report(body) => {
            ids(body.cl_ord_id)?;
            report::inbound(key, head, body)
        }
    }
}
