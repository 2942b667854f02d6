//! Flow that doesn't repeat, so that no branch predictor learns it: new orders as a producer sends
//! them.
//!
//! Entry points: [`Flow::new`].
//! One in a hundred is the same order again; accounts are skewed as real ones are (80 % of the flow
//! on 2 % of the accounts).

use prost::Message;

use crate::peers::prost_decode::{Body, Envelope, NewOrderSingle};

/// Encoded orders, end to end.
pub struct Flow {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

/// The first order's TransactTime (60); each next is a microsecond later.
pub const START_NS: i64 = 1_700_000_000_000_000_000;

/// Symbols of the flow, `S0` to `S3999`.
pub const SYMBOLS: u64 = 4_000;

impl Flow {
    /// `count` orders for `accounts` accounts, the same for the same seed.
    #[must_use]
    pub fn new(seed: u64, count: usize, accounts: u64) -> Self {
        let mut flow = Self { bytes: Vec::new(), ends: Vec::new() };
        let mut state = seed;
        for number in 0..count as u64 {
            let repeats = number > 0 && draw(&mut state).is_multiple_of(100);
            if repeats {
                let back = 1 + draw(&mut state) % number.min(1_000);
                let earlier = flow.order((number - back) as usize).to_vec();
                flow.push(&earlier);
            } else {
                let order = order(&mut state, number, accounts).encode_to_vec();
                flow.push(&order);
            }
        }
        flow
    }

    /// How many orders there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The bytes of an order.
    #[must_use]
    pub fn order(&self, index: usize) -> &[u8] {
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.bytes[start..self.ends[index]]
    }

    /// All orders.
    pub fn orders(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.len()).map(|index| self.order(index))
    }

    fn push(&mut self, order: &[u8]) {
        self.bytes.extend_from_slice(order);
        self.ends.push(self.bytes.len());
    }
}

fn order(state: &mut u64, number: u64, accounts: u64) -> Envelope {
    let often = !draw(state).is_multiple_of(5);
    let few = (accounts / 50).max(1);
    let account = if often { draw(state) % few } else { draw(state) % accounts };
    let symbol = draw(state) % SYMBOLS;
    Envelope {
        sender: "BENCH".to_owned(),
        account: format!("ACC{account}"),
        sequence: number + 1,
        sending_time: 0,
        poss_resend: false,
        hops: 0,
        body: Some(Body::NewOrderSingle(NewOrderSingle {
            cl_ord_id: format!("{:016x}", number ^ 0x5bd1_e995_0000),
            transact_time: START_NS.unsigned_abs() + number * 1_000,
            symbol: format!("S{symbol}"),
            side: 49 + (draw(state) % 2) as i32,
            ord_type: 50,
            time_in_force: 0,
            order_qty: (1 + (draw(state) % 1_000) as i64) * 100_000_000,
            price: (100 + (draw(state) % 900) as i64) * 100_000_000,
            ex_destination: String::new(),
            executing_firm: String::new(),
        })),
    }
}

/// The next number of a splitmix64 sequence.
fn draw(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ mixed >> 31
}
