//! The idiomatic design: owned messages, `String` keys, the standard library's maps, one thread.
#![expect(clippy::disallowed_types, reason = "a peer is measured as it is usually written")]

use std::collections::HashMap;

use prost::Message;

use super::prost_decode::{Body, Envelope};
use super::{Answer, MAX_NOTIONAL};

/// A router as one would write it without thinking of the machine.
#[derive(Debug, Default)]
pub struct Router {
    seen: HashMap<(String, String, String), String>,
    open: HashMap<String, i128>,
    output: Vec<u8>,
    answer: Answer,
}

impl Router {
    /// Decodes, checks and routes one order, and writes what would be journalled.
    ///
    /// # Panics
    /// When the order can't be decoded.
    pub fn take(&mut self, bytes: &[u8]) {
        let envelope = Envelope::decode(bytes).expect("the flow is well-formed");
        let Some(Body::NewOrderSingle(order)) = envelope.body.clone() else { return };
        let key = (envelope.sender.clone(), envelope.account.clone(), order.cl_ord_id.clone());
        if self.seen.contains_key(&key) {
            self.answer.repeated += 1;
            return;
        }
        self.seen.insert(key, order.symbol.clone());
        let notional = i128::from(order.price) * i128::from(order.order_qty);
        if notional > i128::from(MAX_NOTIONAL) * 10_000_000_000_000_000 {
            self.answer.refused += 1;
            return;
        }
        *self.open.entry(envelope.account.clone()).or_default() += notional;
        self.answer.admitted += 1;
        self.answer.notional += notional;
        self.output.clear();
        self.output.extend_from_slice(&envelope.encode_to_vec());
        std::hint::black_box(&self.output);
    }

    /// What was counted.
    #[must_use]
    pub const fn answer(&self) -> Answer {
        self.answer
    }
}
