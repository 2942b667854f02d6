//! A router over the memory world, turned by hand.
#![allow(dead_code, unreachable_pub, reason = "each test crate takes what it needs of it")]

use domain::entry::FORMAT;
use domain::{
    AccountKey, ExecType, HashRange, IdentityKey, LaneId, Mic, OrdStatus, OrdType, Price, Quantity,
    Side, StateDigest, TimeInForce, Timestamp, TradeDate,
};
use order_router::{
    Config, Counted, Error, LaneSpec, OnLag, Options, OrderRouter, Verified, Verify, Wired, Wrong,
    verify,
};
use ports::memory::MemoryWorld;
use ports::{ChildShard, Destination, Leases, World};
use wire::events::LifeCycle;
use wire::message::{
    Coded, ExecutionReport, Header, Message, NewOrderSingle, OrderCancelReplaceRequest,
    OrderCancelRequest, encode,
};

pub const KEY: IdentityKey = IdentityKey([3; 16]);

/// 2026-01-05, as lane time of the first record.
pub const DAY: i64 = 1_767_571_200_000_000_000;

pub struct House {
    pub world: MemoryWorld,
    pub options: Options,
    pub now: i64,
    arrival: i64,
    /// Each shard there was, and whether it is open.
    shards: Vec<(HashRange, bool)>,
}

impl House {
    /// A house with the sample configuration in force.
    pub fn new(lanes: u32) -> Self {
        let house = Self::unconfigured(lanes);
        house.configure(&wire::configuration::sample());
        house
    }

    pub fn unconfigured(lanes: u32) -> Self {
        let world = MemoryWorld::default();
        let spec = |shard: u32| {
            let name = format!("shard-{shard}");
            LaneSpec {
                lane: LaneId::of("test", "", "orders", 1, &name),
                shard,
                range: HashRange::part(shard, lanes),
                application: "test".to_owned(),
                region: String::new(),
                stream: "orders".to_owned(),
                stream_created_ns: 1,
                shard_name: name,
            }
        };
        let config = Config {
            tick_ns: 0,
            accounts_max: 64,
            orders_max: 1024,
            reports_max: 8192,
            identities_max: 4096,
            batch_records: 4,
            batches_per_lane: 4,
            snapshot_entries: 5,
            retain_entries: 1_000_000,
            ..Config::default()
        };
        let options = Options {
            lanes: (0..lanes).map(spec).collect(),
            key: KEY,
            config,
            format: FORMAT,
            on_lag: OnLag::Refuse,
        };
        let shards = (0..lanes).map(|shard| (HashRange::part(shard, lanes), true)).collect();
        Self { world, options, now: DAY, arrival: DAY, shards }
    }

    pub fn configure(&self, set: &domain::Configuration) {
        let text = wire::configuration::render(set);
        self.world.control.0.lock().sets.push((set.number, set.hash, text));
    }

    /// Puts a message on its account's shard and gives its arrival.
    pub fn put(&mut self, message: &Message) -> i64 {
        let account = AccountKey::of(&message.header().account);
        let lane = self.shards.iter().position(|(range, open)| *open && range.contains(account));
        self.put_bytes(lane.unwrap(), &encode(message))
    }

    /// Closes shards, and others take their accounts; gives the numbers of those.
    pub fn reshard(&mut self, parents: &[u32], ranges: &[HashRange]) -> Vec<u32> {
        let name = |shard: &u32| format!("shard-{shard}");
        let first = self.shards.len() as u32;
        let child = |(shard, range): (u32, &HashRange)| ChildShard {
            shard,
            name: name(&shard),
            range: *range,
            parents: parents.iter().map(name).collect(),
        };
        let children: Vec<_> = (first..).zip(ranges).map(child).collect();
        self.world.shards.lock().reshard(parents, &children);
        for parent in parents {
            self.shards[*parent as usize].1 = false;
        }
        self.shards.extend(ranges.iter().map(|range| (*range, true)));
        children.iter().map(|child| child.shard).collect()
    }

    /// Splits a shard in the middle.
    pub fn split(&mut self, shard: u32) -> Vec<u32> {
        let HashRange { first, last } = self.shards[shard as usize].0;
        let middle = first + (last - first) / 2;
        let low = HashRange { first, last: middle };
        self.reshard(&[shard], &[low, HashRange { first: middle + 1, last }])
    }

    /// Merges two shards, the lower first.
    pub fn merge(&mut self, low: u32, high: u32) -> u32 {
        let [(below, _), (above, _)] = [low, high].map(|shard| self.shards[shard as usize]);
        let whole = HashRange { first: below.first, last: above.last };
        self.reshard(&[low, high], &[whole])[0]
    }

    pub fn put_bytes(&mut self, shard: usize, bytes: &[u8]) -> i64 {
        self.arrival += 1_000_000;
        self.world.shards.lock().put(shard, Timestamp(self.arrival), bytes);
        self.arrival
    }

    pub fn time(&self) -> Timestamp {
        Timestamp(self.arrival + 1_000_000)
    }

    pub fn open(&self) -> Wired<MemoryWorld> {
        OrderRouter::open(self.world.clone(), self.options.clone()).unwrap().wire().unwrap()
    }

    /// Turns until nothing moves for a while of the house's time.
    pub fn settle(&mut self, wired: &mut Wired<MemoryWorld>) {
        self.try_settle(wired).unwrap();
    }

    pub fn try_settle(&mut self, wired: &mut Wired<MemoryWorld>) -> Result<(), Error> {
        let (mut still, mut before) = (0, None);
        for _ in 0..20_000 {
            self.now += 10_000_000;
            wired.turn(self.now)?;
            if wired.line.failure.is_over() && wired.line.failure.is_settled() {
                // Lanes changed: as the router's own thread does.
                let opened = OrderRouter::open(self.world.clone(), self.options.clone());
                *wired = opened?.wire()?;
                (still, before) = (0, None);
                continue;
            }
            let lanes = wired.progress.facts().lanes;
            let moves = !wired.line.follow.has_caught_up() || before.as_ref() != Some(&lanes);
            still = if moves { 0 } else { still + 1 };
            before = Some(lanes);
            // Longer than control table and cursors are left alone.
            if still > 60 {
                return Ok(());
            }
        }
        panic!("the line never comes to rest: {:?}", wired.progress.facts());
    }

    /// Opens, settles, and lets go of everything, as a crash does at rest.
    pub fn run(&mut self) -> (Counted, StateDigest) {
        let mut wired = self.open();
        self.settle(&mut wired);
        let facts = wired.progress.facts();
        (facts.counted(), facts.digest())
    }

    pub fn events(&self) -> Vec<LifeCycle> {
        self.sent(Destination::Events)
            .iter()
            .map(|bytes| LifeCycle::decode(bytes).unwrap())
            .collect()
    }

    pub fn sent(&self, destination: Destination) -> Vec<Vec<u8>> {
        let sent = self.world.sent.lock();
        let to = sent.iter().filter(|output| output.destination == destination);
        to.map(|output| output.bytes.clone()).collect()
    }

    pub fn verify(&self, redecide: bool) -> Result<Vec<Verified>, Wrong> {
        let mut world = self.world.clone();
        let (mut journal, mut control) = (world.journal().unwrap(), world.control().unwrap());
        let mut snapshots = world.snapshots().unwrap();
        let config = &self.options.config;
        let rows = world.leases().unwrap().rows().unwrap();
        let lanes = rows.iter().map(|row| {
            let (lane, range) = (row.lane, row.range);
            let asked = Verify { lane, range, key: KEY, config, redecide, rows: &rows };
            verify(&mut journal, &mut control, &mut snapshots, &asked)
        });
        lanes.collect()
    }
}

fn header(sender: &str, account: &str) -> Header {
    Header { sender: sender.to_owned(), account: account.to_owned(), ..Header::default() }
}

pub fn new(account: &str, id: &str, quantity: i64, time: Timestamp) -> Message {
    Message::NewOrderSingle(NewOrderSingle {
        header: header("S", account),
        cl_ord_id: id.to_owned(),
        transact_time: time,
        symbol: "ALC".to_owned(),
        side: Coded::Known(Side::Buy),
        ord_type: Coded::Known(OrdType::Limit),
        time_in_force: Coded::Known(TimeInForce::Day),
        order_qty: Quantity::whole(quantity),
        price: Price::whole(57),
        ..NewOrderSingle::default()
    })
}

pub fn cancel(account: &str, id: &str, original: &str, time: Timestamp) -> Message {
    Message::OrderCancelRequest(OrderCancelRequest {
        header: header("S", account),
        cl_ord_id: id.to_owned(),
        transact_time: time,
        orig_cl_ord_id: original.to_owned(),
    })
}

pub fn replace(account: &str, id: &str, original: &str, quantity: i64, time: Timestamp) -> Message {
    Message::OrderCancelReplaceRequest(OrderCancelReplaceRequest {
        header: header("S", account),
        cl_ord_id: id.to_owned(),
        transact_time: time,
        orig_cl_ord_id: original.to_owned(),
        order_qty: Quantity::whole(quantity),
        price: Price::whole(57),
    })
}

pub fn report(
    account: &str,
    (id, original): (&str, &str),
    exec_id: &str,
    (exec_type, ord_status, quantity): (ExecType, OrdStatus, i64),
    time: Timestamp,
) -> Message {
    let is_trade = exec_type == ExecType::Trade;
    Message::ExecutionReport(ExecutionReport {
        header: header("XDEM", account),
        target_comp_id: "S".to_owned(),
        cl_ord_id: id.to_owned(),
        orig_cl_ord_id: original.to_owned(),
        transact_time: time,
        exec_id: exec_id.to_owned(),
        exec_type: Coded::Known(exec_type),
        ord_status: Coded::Known(ord_status),
        last_mkt: "XDEM".to_owned(),
        trade_date: TradeDate(20_000),
        last_qty: Quantity::whole(if is_trade { quantity } else { 0 }),
        last_px: Price::whole(if is_trade { 57 } else { 0 }),
        order_qty: Quantity::whole(if is_trade { 0 } else { quantity }),
        price: Price::whole(57),
        ..ExecutionReport::default()
    })
}

pub fn venue() -> Destination {
    Destination::Venue(Mic::new("XDEM").unwrap())
}
