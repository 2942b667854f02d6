//! Records that a test puts between a file's own: repeats, conflicts, malformed ones and strangers.
//!
//! Entry point: [`Extras::after`].
//! The rule is so plain that an oracle follows it without this code. After the n-th request of the
//! file, n from 1, let r be (n + seed) modulo 60; then comes
//!
//! ```text
//! r =  0   the same request again, with PossResend set
//! r = 12   the same again, its TransactTime later by a nanosecond: other content
//! r = 24   a new order M<n> without side and quantity, otherwise like order n
//! r = 36   fourteen bytes that are no record, under the request's account
//! r = 48   a new order U<n> of 100 NOSUCH at 1, otherwise like order n
//! r = 54   a new order B<n> of 100 BOB at 1 for the account STRANGER
//! ```

use domain::{OrdType, Price, Quantity, Side};
use wire::message::{Coded, Header, Message, NewOrderSingle, encode};

/// Requests between two extras of one kind.
const PERIOD: u64 = 60;

/// The extras of a seed.
#[derive(Clone, Copy, Debug)]
pub struct Extras {
    seed: u64,
}

/// A record to put: whose it is, and its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extra {
    /// The account whose shard it goes to.
    pub account: String,
    /// The record.
    pub data: Vec<u8>,
}

impl Extras {
    /// The extras of `seed`.
    #[must_use]
    pub const fn of_seed(seed: u64) -> Self {
        Self { seed }
    }

    /// What comes after the file's `number`-th request.
    #[must_use]
    pub fn after(&self, number: u64, request: &Message) -> Option<Extra> {
        let account = request.header().account.clone();
        let data = match (number.wrapping_add(self.seed)) % PERIOD {
            0 => {
                let mut again = request.clone();
                again.header_mut().poss_resend = true;
                encode(&again)
            }
            12 => encode(&later(request)),
            24 => {
                let order = order(request, format!("M{number}"), &account, "BOB");
                let (side, order_qty) = (Coded::Absent, Quantity::ZERO);
                encode(&Message::from(NewOrderSingle { side, order_qty, ..order }))
            }
            36 => b"this is no one".to_vec(),
            48 => {
                let order = order(request, format!("U{number}"), &account, "NOSUCH");
                encode(&Message::from(order))
            }
            54 => {
                let account = "STRANGER".to_owned();
                let order = order(request, format!("B{number}"), &account, "BOB");
                return Some(Extra { account, data: encode(&Message::from(order)) });
            }
            _ => return None,
        };
        Some(Extra { account, data })
    }
}

fn order(request: &Message, cl_ord_id: String, account: &str, symbol: &str) -> NewOrderSingle {
    let header = Header { account: account.to_owned(), ..request.header().clone() };
    NewOrderSingle {
        header,
        cl_ord_id,
        transact_time: request.transact_time(),
        symbol: symbol.to_owned(),
        side: Side::Buy.into(),
        ord_type: OrdType::Limit.into(),
        order_qty: Quantity::whole(100),
        price: Price::whole(1),
        ..NewOrderSingle::default()
    }
}

/// The same request with another TransactTime.
fn later(request: &Message) -> Message {
    let mut later = request.clone();
    let time = match &mut later {
        Message::NewOrderSingle(body) => &mut body.transact_time,
        Message::OrderCancelRequest(body) => &mut body.transact_time,
        Message::OrderCancelReplaceRequest(body) => &mut body.transact_time,
        Message::OrderMassCancelRequest(body) => &mut body.transact_time,
        Message::OrderStatusRequest(body) => &mut body.transact_time,
        Message::ExecutionReport(body) => &mut body.transact_time,
    };
    *time = time.plus(1);
    later
}
