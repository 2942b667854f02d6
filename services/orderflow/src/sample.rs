//! Sample flow: plausible orders of a few accounts, so that a first start shows something.
//!
//! Entry points: [`Flow::request`] (the requests of a seed), [`run`] (puts them at a steady rate).
//! Invariants: each run is a producer of its own, so that no run meets another's identities.
//! Limits: [`REMEMBERED_MAX`] orders are remembered for cancels and replaces; a rate above
//! [`RATE_MAX`] is held there.
//! It hears no answer: now and then it cancels what was filled meanwhile, or asks for too much, as
//! real producers do. On a crash the run ends with it; what is on the stream is decided.

use std::collections::VecDeque;
use std::time::Duration;

use domain::{AccountKey, Configuration, OrdType, Price, Quantity, Side, Symbol, Timestamp};
use local::stream::{Put, Stream};
use wire::message::{
    Header, Message, NewOrderSingle, OrderCancelReplaceRequest, OrderCancelRequest, encode,
};

use crate::chance::Chance;

/// Orders that a flow may cancel or replace.
pub const REMEMBERED_MAX: usize = 512;
/// Orders a second that a flow makes at most.
pub const RATE_MAX: u32 = 100_000;
/// Accounts that the flow spreads over.
const ACCOUNTS: u64 = 40;
/// Who sends it.
const SENDER: &str = "SAMPLE";
/// How long the flow sleeps between two looks at the clock.
const TURN: Duration = Duration::from_millis(10);

/// The requests of a seed.
#[derive(Debug)]
pub struct Flow {
    chance: Chance,
    /// Names the run in every ClOrdID.
    run: String,
    instruments: Vec<(Symbol, Price)>,
    open: VecDeque<Remembered>,
    count: u64,
}

/// An order that may still be open.
#[derive(Clone, Debug)]
struct Remembered {
    account: String,
    cl_ord_id: String,
    order_qty: Quantity,
    price: Price,
}

impl Flow {
    /// The flow of `seed` in the instruments of a configuration set; `run` tells runs apart.
    #[must_use]
    pub fn new(seed: u64, run: u64, configuration: &Configuration) -> Self {
        let instruments = configuration.instruments.iter();
        let priced = instruments.filter(|instrument| instrument.reference_price.0 > 0);
        Self {
            chance: Chance::of_seed(seed),
            run: format!("{:08x}", run as u32),
            instruments: priced.map(|of| (of.symbol, of.reference_price)).collect(),
            open: VecDeque::new(),
            count: 0,
        }
    }

    /// The next request, made at `now`; `None` when the set has no instrument with a price.
    pub fn request(&mut self, now: Timestamp) -> Option<Message> {
        self.count += 1;
        let cl_ord_id = format!("{}-{}", self.run, self.count);
        let draw = self.chance.between(0, 100);
        let known = self.open.len() as u64;
        if draw < 70 || known < 8 {
            return self.order(cl_ord_id, now);
        }
        let at = self.chance.between(0, known) as usize;
        if draw < 90 {
            let order = self.open.remove(at)?;
            return Some(Message::from(OrderCancelRequest {
                header: header(order.account),
                cl_ord_id,
                transact_time: now,
                orig_cl_ord_id: order.cl_ord_id,
            }));
        }
        let lots = self.chance.between(1, 20) as i64;
        let order = self.open.get_mut(at)?;
        order.order_qty = Quantity::whole(100 * lots);
        let orig_cl_ord_id = std::mem::replace(&mut order.cl_ord_id, cl_ord_id.clone());
        Some(Message::from(OrderCancelReplaceRequest {
            header: header(order.account.clone()),
            cl_ord_id,
            transact_time: now,
            orig_cl_ord_id,
            order_qty: order.order_qty,
            price: order.price,
        }))
    }

    fn order(&mut self, cl_ord_id: String, now: Timestamp) -> Option<Message> {
        let (symbol, reference) = *self.chance.pick(&self.instruments)?;
        // Within one percent of the reference price, in steps of a hundredth of that.
        let step = (reference.0 / 10_000).max(1);
        let price = Price(reference.0 + step * (self.chance.between(0, 201) as i64 - 100));
        let lots = self.chance.between(1, 20) as i64;
        // One in two hundred is asked for by mistake: far above any limit.
        let mistaken = self.chance.once_in(1, 200);
        let order_qty = Quantity::whole(if mistaken { 50_000_000 } else { 100 * lots });
        let account = format!("{SENDER}-{:02}", self.chance.between(0, ACCOUNTS));
        let side = if self.chance.once_in(1, 2) { Side::Buy } else { Side::Sell };
        if self.open.len() == REMEMBERED_MAX {
            self.open.pop_front();
        }
        if !mistaken {
            let (account, cl_ord_id) = (account.clone(), cl_ord_id.clone());
            self.open.push_back(Remembered { account, cl_ord_id, order_qty, price });
        }
        Some(Message::from(NewOrderSingle {
            header: header(account),
            cl_ord_id,
            transact_time: now,
            symbol: symbol.as_str().to_owned(),
            side: side.into(),
            ord_type: OrdType::Limit.into(),
            order_qty,
            price,
            ..NewOrderSingle::default()
        }))
    }
}

/// How a flow is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Shapes the flow.
    pub seed: u64,
    /// 128 drawn bits: the producer of this run.
    pub producer: u128,
    /// Orders a second.
    pub rate: u32,
}

/// Puts a flow on the stream at its rate until `stop` says so; returns how many records it put.
///
/// # Errors
/// The stream can't take more.
pub fn run(
    stream: &Stream,
    configuration: &Configuration,
    settings: &Settings,
    mut now: impl FnMut() -> Timestamp,
    stop: impl Fn() -> bool,
) -> Result<u64, local::Error> {
    let mut flow = Flow::new(settings.seed, settings.producer as u64, configuration);
    let rate = i128::from(settings.rate.min(RATE_MAX));
    let began = now();
    let mut sequence = 0;
    while !stop() {
        let moment = now();
        let due = i128::from(moment.since(began)) * rate / i128::from(domain::time::SECOND_NS);
        // After a pause it goes on at its rate, and doesn't catch up all at once.
        let due = due.min(i128::from(sequence) + rate.max(1));
        let mut records = Vec::new();
        while i128::from(sequence) < due {
            sequence += 1;
            let Some(mut message) = flow.request(moment) else { return Ok(sequence - 1) };
            message.header_mut().sequence = sequence;
            let key = AccountKey::of(&message.header().account);
            records.push((key, sequence, encode(&message)));
        }
        let puts: Vec<Put<'_>> = records
            .iter()
            .map(|(key, sequence, data)| Put {
                key: *key,
                producer: settings.producer,
                sequence: *sequence,
                arrival: None,
                data,
            })
            .collect();
        if !puts.is_empty() {
            stream.put(moment, &puts)?;
        }
        std::thread::sleep(TURN);
    }
    Ok(sequence)
}

fn header(account: String) -> Header {
    Header { sender: SENDER.to_owned(), account, ..Header::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_577_682_000_000_000_000);

    #[test]
    fn a_flow_has_orders_cancels_and_replaces_that_can_be_read() {
        let configuration = wire::configuration::sample();
        let mut flow = Flow::new(1, 2, &configuration);
        let (mut orders, mut cancels, mut replaces) = (0, 0, 0);
        for _ in 0..1_000 {
            let request = flow.request(NOW).expect("the sample has instruments");
            assert_eq!(wire::message::parse(&encode(&request)), Ok(request.clone()));
            match request {
                Message::NewOrderSingle(_) => orders += 1,
                Message::OrderCancelRequest(_) => cancels += 1,
                Message::OrderCancelReplaceRequest(_) => replaces += 1,
                other => panic!("{other:?}"),
            }
        }
        assert!(orders > 600 && cancels > 150 && replaces > 50, "{orders} {cancels} {replaces}");
    }

    #[test]
    fn two_runs_share_no_identity() {
        let configuration = wire::configuration::sample();
        let ids = |run| {
            let mut flow = Flow::new(1, run, &configuration);
            let ids = (0..100).filter_map(|_| flow.request(NOW));
            ids.map(|request| request.cl_ord_id().to_owned()).collect::<Vec<_>>()
        };
        assert!(ids(1).iter().all(|id| !ids(2).contains(id)));
    }
}
