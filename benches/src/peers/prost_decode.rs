//! The reference decoder: owned messages as prost derives them, with the tags of `orders.v1`.

use prost::{Message, Oneof};

/// The inbound envelope, as far as benches use it.
#[derive(Clone, PartialEq, Message)]
pub struct Envelope {
    /// SenderCompID (49).
    #[prost(string, tag = "1")]
    pub sender: String,
    /// Account (1).
    #[prost(string, tag = "2")]
    pub account: String,
    /// The producer's count.
    #[prost(uint64, tag = "3")]
    pub sequence: u64,
    /// SendingTime (52).
    #[prost(fixed64, tag = "4")]
    pub sending_time: u64,
    /// PossResend (97).
    #[prost(bool, tag = "5")]
    pub poss_resend: bool,
    /// Times put back.
    #[prost(uint32, tag = "6")]
    pub hops: u32,
    /// What it asks.
    #[prost(oneof = "Body", tags = "8")]
    pub body: Option<Body>,
}

/// The one body that benches send.
#[derive(Clone, PartialEq, Oneof)]
pub enum Body {
    /// 35=D.
    #[prost(message, tag = "8")]
    NewOrderSingle(NewOrderSingle),
}

/// A new order.
#[derive(Clone, PartialEq, Message)]
pub struct NewOrderSingle {
    /// ClOrdID (11).
    #[prost(string, tag = "1")]
    pub cl_ord_id: String,
    /// TransactTime (60).
    #[prost(fixed64, tag = "2")]
    pub transact_time: u64,
    /// Symbol (55).
    #[prost(string, tag = "3")]
    pub symbol: String,
    /// Side (54).
    #[prost(int32, tag = "4")]
    pub side: i32,
    /// OrdType (40).
    #[prost(int32, tag = "5")]
    pub ord_type: i32,
    /// TimeInForce (59).
    #[prost(int32, tag = "6")]
    pub time_in_force: i32,
    /// OrderQty (38), 10^-8.
    #[prost(int64, tag = "7")]
    pub order_qty: i64,
    /// Price (44), 10^-8.
    #[prost(sint64, tag = "8")]
    pub price: i64,
    /// ExDestination (100).
    #[prost(string, tag = "9")]
    pub ex_destination: String,
    /// Executing firm.
    #[prost(string, tag = "10")]
    pub executing_firm: String,
}

/// Decodes every order and nothing else; gives the sum of quantities, so that nothing is left out.
///
/// # Panics
/// When an order can't be decoded.
pub fn sum<'a>(orders: impl Iterator<Item = &'a [u8]>) -> i64 {
    let mut sum = 0_i64;
    for bytes in orders {
        let envelope = Envelope::decode(bytes).expect("the flow is well-formed");
        if let Some(Body::NewOrderSingle(order)) = &envelope.body {
            sum = sum.wrapping_add(order.order_qty);
        }
        std::hint::black_box(&envelope);
    }
    sum
}
