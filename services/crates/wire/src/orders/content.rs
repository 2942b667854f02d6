//! The content of a request or report: a keyed hash of every field but PossResend, SendingTime,
//! hops and the producer's sequence (INV-8, INV-14).
//!
//! Part of the format: another order of parts would make every kept request another one. Fields
//! that this version doesn't know are no part of it.

use domain::IdentityKey;

use super::read::{Head, Report, Request};

/// Numbers side by side, so that they are one part of the hash.
struct Numbers {
    bytes: [u8; 80],
    length: usize,
}

/// The content of a request.
pub(super) fn of_request(key: &IdentityKey, head: &Head<'_>, body: &Request<'_>) -> u128 {
    let numbers = Numbers::of(body.kind as u8)
        .with(body.transact_time.0)
        .with(i64::from(body.side))
        .with(i64::from(body.ord_type))
        .with(i64::from(body.time_in_force))
        .with(body.order_qty)
        .with(body.price);
    let content = key.hash(&[
        b"content",
        numbers.bytes(),
        head.sender.as_bytes(),
        head.account.as_bytes(),
        body.cl_ord_id.as_bytes(),
        body.orig_cl_ord_id.as_bytes(),
        body.symbol.as_bytes(),
        body.ex_destination.as_bytes(),
        body.executing_firm.as_bytes(),
    ]);
    if has_more(body) { with_more(key, content, body) } else { content }
}

/// Whether a field is there that came to the format later.
const fn has_more(body: &Request<'_>) -> bool {
    !body.client.is_empty()
        || !body.trader.is_empty()
        || !body.desk.is_empty()
        || !body.strategy.is_empty()
        || body.expire_time.0 != 0
        || body.blocked.count > 0
}

/// Requests without those fields keep the content that they always had.
fn with_more(key: &IdentityKey, content: u128, body: &Request<'_>) -> u128 {
    let numbers = Numbers::of(1).with(body.expire_time.0).with(body.blocked.count as i64);
    let [first, second, third, fourth] = body.blocked.venues.map(str::as_bytes);
    key.hash(&[
        b"more",
        &content.to_be_bytes(),
        numbers.bytes(),
        body.client.as_bytes(),
        body.trader.as_bytes(),
        body.desk.as_bytes(),
        body.strategy.as_bytes(),
        first,
        second,
        third,
        fourth,
    ])
}

/// The content of a report.
pub(super) fn of_report(key: &IdentityKey, head: &Head<'_>, body: &Report<'_>) -> u128 {
    let states = Numbers::of(13)
        .with(body.transact_time.0)
        .with(i64::from(body.exec_type))
        .with(i64::from(body.ord_status))
        .with(i64::from(body.trade_date))
        .with(i64::from(body.side))
        .with(i64::from(body.ord_rej_reason))
        .with(i64::from(body.cxl_rej_reason))
        .with(body.venue_seq as i64);
    let amounts = Numbers::of(13)
        .with(body.last_qty)
        .with(body.last_px)
        .with(body.order_qty)
        .with(body.price)
        .with(body.cum_qty)
        .with(body.leaves_qty);
    let content = key.hash(&[
        b"content",
        states.bytes(),
        amounts.bytes(),
        head.sender.as_bytes(),
        head.account.as_bytes(),
        body.target_comp_id.as_bytes(),
        body.cl_ord_id.as_bytes(),
        body.orig_cl_ord_id.as_bytes(),
        body.exec_id.as_bytes(),
        body.exec_ref_id.as_bytes(),
        body.last_mkt.as_bytes(),
        body.order_id.as_bytes(),
        body.symbol.as_bytes(),
        body.text.as_bytes(),
    ]);
    // Reports without it keep the content that they always had.
    body.exec_restatement_reason.map_or(content, |reason| {
        key.hash(&[b"more", &content.to_be_bytes(), &reason.to_be_bytes()])
    })
}

// === impl Numbers ===

impl Numbers {
    fn of(kind: u8) -> Self {
        let mut bytes = [0; 80];
        bytes[0] = kind;
        Self { bytes, length: 1 }
    }

    fn with(mut self, number: i64) -> Self {
        let end = self.length + 8;
        self.bytes[self.length..end].copy_from_slice(&number.to_le_bytes());
        self.length = end;
        self
    }

    fn bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}
