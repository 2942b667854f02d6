//! An ITCH file from a seed, of the shape of a real sampled day, with the facts it was built to
//! have.
//!
//! Entry point: [`generate`].
//! 5,000 orders live one of the lives below, 117 of them with a message that comes before their
//! add, as real feeds have it; 5,000 trades and the session's messages come between. Beyond the
//! real day, some orders trade before they are replaced, and some live on after it. The facts
//! follow from the lives alone, so that they don't repeat what any reader of the file does.

use super::message::{Add, Body, Message};
use crate::chance::Chance;

/// What a made file holds, by construction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Messages of any type.
    pub messages: u64,
    /// Records that the file becomes on the stream.
    pub read: u64,
    /// Of these: decided, or reports that were applied.
    pub decided: u64,
    /// Of these: requests for an order that nothing named before.
    pub rejected: u64,
    /// Of these: reports that fit no order.
    pub unmatched: u64,
    /// References that may still trade at the end.
    pub live: u64,
    /// References that were cancelled.
    pub cancelled: u64,
    /// References that were filled.
    pub filled: u64,
    /// References that ended in another one.
    pub replaced: u64,
}

/// Nanoseconds of an hour.
const HOUR_NS: u64 = 3_600_000_000_000;
/// Earliest and latest time of an order's add: later messages of its life fit before the session's
/// end.
const OPEN_NS: u64 = 4 * HOUR_NS;
const LAST_ADD_NS: u64 = 15 * HOUR_NS;
/// Longest time between two messages of one life.
const STEP_NS_MAX: u64 = HOUR_NS / 2;
/// How far before its add an early message comes.
const EARLY_NS: (u64, u64) = (10_000, 2_840_000);
/// Trades against hidden orders.
const TRADES: u64 = 5_000;
/// The instruments of a made file.
const STOCKS: [[u8; 8]; 3] = [*b"ALC     ", *b"BOB     ", *b"CHAR    "];

/// How an order lives; each with how many of 5,000 do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Life {
    Rests,
    Deleted,
    Filled,
    PartlyFilled,
    PartlyFilledThenDeleted,
    Reduced,
    ReducedThenDeleted,
    Replaced,
    ReplacedThenDeleted,
    TradedReplacedFilled,
    EarlyDelete,
    EarlyFill,
    EarlyReduce,
    EarlyReplace,
}

const LIVES: [(Life, usize); 14] = [
    (Life::Rests, 3_032),
    (Life::Deleted, 1_635),
    (Life::Filled, 145),
    (Life::PartlyFilled, 25),
    (Life::PartlyFilledThenDeleted, 3),
    (Life::Reduced, 20),
    (Life::ReducedThenDeleted, 12),
    (Life::Replaced, 5),
    (Life::ReplacedThenDeleted, 3),
    (Life::TradedReplacedFilled, 3),
    (Life::EarlyDelete, 94),
    (Life::EarlyFill, 18),
    (Life::EarlyReduce, 3),
    (Life::EarlyReplace, 2),
];

/// Makes the file of a seed: its bytes and its facts.
#[must_use]
pub fn generate(seed: u64) -> (Vec<u8>, Facts) {
    let mut maker = Maker::new(seed);
    let mut lives: Vec<Life> =
        LIVES.iter().flat_map(|(life, count)| std::iter::repeat_n(*life, *count)).collect();
    maker.chance.shuffle(&mut lives);
    maker.session();
    for life in lives {
        maker.order(life);
    }
    for _ in 0..TRADES {
        maker.trade();
    }
    // The sort is stable, and no life has two messages at one time.
    maker.messages.sort_by_key(|message| message.time_ns);
    attribute(&mut maker.messages);
    maker.facts.messages = maker.messages.len() as u64;
    let mut bytes = Vec::new();
    for message in &maker.messages {
        message.write(&mut bytes);
    }
    (bytes, maker.facts)
}

/// Three orders name who entered them: after a quarter, half and three quarters of the adds.
fn attribute(messages: &mut [Message]) {
    let adds = messages.iter_mut().filter_map(|message| match &mut message.body {
        Body::Add(add) => Some(add),
        _ => None,
    });
    for (_, add) in adds.enumerate().filter(|(index, _)| matches!(index, 1_250 | 2_500 | 3_750)) {
        add.attribution = Some(*b"VIRT");
    }
}

struct Maker {
    chance: Chance,
    messages: Vec<Message>,
    facts: Facts,
    next_reference: u64,
    next_match: u64,
}

/// The order that is being made.
struct Order {
    locate: u16,
    time_ns: u64,
    reference: u64,
    open: u32,
    price: u32,
}

impl Maker {
    fn new(seed: u64) -> Self {
        Self {
            chance: Chance::of_seed(seed),
            messages: Vec::new(),
            facts: Facts::default(),
            next_reference: 80,
            next_match: 17_000,
        }
    }

    fn push(&mut self, locate: u16, time_ns: u64, body: Body) {
        let tracking = if locate == 0 { 0 } else { 2 * self.chance.between(0, 4) as u16 };
        self.messages.push(Message { locate, tracking, time_ns, body });
    }

    fn session(&mut self) {
        let minute = HOUR_NS / 60;
        self.push(0, 3 * HOUR_NS, Body::System { code: b'O' });
        for (index, stock) in STOCKS.into_iter().enumerate() {
            let (locate, after) = (index as u16 + 1, index as u64);
            let rest = *b"N N\0\0dNAZ PNN2N\0\0\0\0N";
            let rest = rest.first_chunk().copied().unwrap_or([b' '; 20]);
            self.push(locate, 3 * HOUR_NS + minute + after, Body::Directory { stock, rest });
            let rest = *b"T     ";
            self.push(locate, 3 * HOUR_NS + 2 * minute + after, Body::Action { stock, rest });
        }
        let moments = [(240, b'S'), (570, b'Q'), (960, b'M'), (1_200, b'E'), (1_205, b'C')];
        for (minutes, code) in moments {
            self.push(0, minutes * minute, Body::System { code });
        }
    }

    fn order(&mut self, life: Life) {
        let mut order = self.add();
        match life {
            Life::Rests => self.facts.live += 1,
            Life::Deleted => self.delete(&mut order),
            Life::Filled => {
                let parts = self.chance.between(1, 4) as u32;
                self.execute(&mut order, parts, true);
                self.facts.filled += 1;
            }
            Life::PartlyFilled => {
                self.execute(&mut order, 2, false);
                self.facts.live += 1;
            }
            Life::PartlyFilledThenDeleted => {
                self.execute(&mut order, 1, false);
                self.delete(&mut order);
            }
            Life::Reduced => {
                self.reduce(&mut order);
                self.facts.live += 1;
            }
            Life::ReducedThenDeleted => {
                self.reduce(&mut order);
                self.delete(&mut order);
            }
            Life::Replaced => {
                self.replace(&mut order);
                self.facts.live += 1;
            }
            Life::ReplacedThenDeleted => {
                self.replace(&mut order);
                self.delete(&mut order);
            }
            Life::TradedReplacedFilled => {
                self.execute(&mut order, 1, false);
                self.replace(&mut order);
                self.execute(&mut order, 2, true);
                self.facts.filled += 1;
            }
            Life::EarlyDelete | Life::EarlyFill | Life::EarlyReduce | Life::EarlyReplace => {
                self.early(&order, life);
            }
        }
    }

    fn add(&mut self) -> Order {
        self.next_reference += self.chance.between(1, 5_000);
        let stock = self.chance.between(0, 3) as usize;
        let order = Order {
            locate: stock as u16 + 1,
            time_ns: self.chance.between(OPEN_NS, LAST_ADD_NS),
            reference: self.next_reference,
            open: 100 * self.chance.between(1, 30) as u32 + self.chance.between(0, 2) as u32 * 37,
            price: self.chance.between(52_000, 274_000) as u32,
        };
        let side = if self.chance.once_in(1, 2) { b'B' } else { b'S' };
        let stock = STOCKS.get(stock).copied().unwrap_or_default();
        let add = Add {
            reference: order.reference,
            side,
            shares: order.open,
            stock,
            price: order.price,
            attribution: None,
        };
        self.push(order.locate, order.time_ns, Body::Add(add));
        self.facts.read += 2;
        self.facts.decided += 2;
        order
    }

    /// Moves the order's time on, always.
    fn step(&mut self, order: &mut Order) -> u64 {
        order.time_ns += self.chance.between(1_000, STEP_NS_MAX);
        order.time_ns
    }

    fn delete(&mut self, order: &mut Order) {
        let time_ns = self.step(order);
        self.push(order.locate, time_ns, Body::Delete { reference: order.reference });
        self.facts.read += 2;
        self.facts.decided += 2;
        self.facts.cancelled += 1;
    }

    /// Trades the order in parts: of all that is open, or of less.
    fn execute(&mut self, order: &mut Order, parts: u32, whole: bool) {
        let mut left = if whole { order.open } else { order.open / 2 };
        for part in (1..=parts).rev() {
            let shares = if part == 1 { left } else { left / part };
            left -= shares;
            order.open -= shares;
            self.next_match += 1;
            let match_number = self.next_match;
            let time_ns = self.step(order);
            let reference = order.reference;
            self.push(order.locate, time_ns, Body::Execute { reference, shares, match_number });
            self.facts.read += 1;
            self.facts.decided += 1;
        }
    }

    /// Takes shares off one to three times, and always leaves some.
    fn reduce(&mut self, order: &mut Order) {
        for _ in 0..self.chance.between(1, 4) {
            let shares = order.open / 4;
            order.open -= shares;
            let time_ns = self.step(order);
            self.push(order.locate, time_ns, Body::Reduce { reference: order.reference, shares });
            self.facts.read += 2;
            self.facts.decided += 2;
        }
    }

    fn replace(&mut self, order: &mut Order) {
        let time_ns = self.step(order);
        let original = order.reference;
        self.next_reference += self.chance.between(1, 5_000);
        order.reference = self.next_reference;
        order.open += 100 * self.chance.between(0, 3) as u32;
        order.price += self.chance.between(0, 500) as u32;
        let body = Body::Replace {
            original,
            reference: order.reference,
            shares: order.open,
            price: order.price,
        };
        self.push(order.locate, time_ns, body);
        self.facts.read += 2;
        self.facts.decided += 2;
        self.facts.replaced += 1;
    }

    /// A message before its add: refused or unmatched, and the order rests.
    fn early(&mut self, order: &Order, life: Life) {
        let time_ns = order.time_ns - self.chance.between(EARLY_NS.0, EARLY_NS.1);
        let (reference, shares) = (order.reference, order.open);
        self.next_match += 1;
        self.next_reference += 1;
        let body = match life {
            Life::EarlyFill => Body::Execute { reference, shares, match_number: self.next_match },
            Life::EarlyReduce => Body::Reduce { reference, shares: shares / 4 },
            Life::EarlyReplace => Body::Replace {
                original: reference,
                reference: self.next_reference,
                shares,
                price: order.price + 100,
            },
            _ => Body::Delete { reference },
        };
        self.push(order.locate, time_ns, body);
        self.facts.live += 1;
        self.facts.unmatched += 1;
        self.facts.read += 1;
        if life != Life::EarlyFill {
            self.facts.rejected += 1;
            self.facts.read += 1;
        }
    }

    fn trade(&mut self) {
        self.next_match += 1;
        let stock = self.chance.between(0, 3) as usize;
        let body = Body::Trade {
            side: b'B',
            shares: self.chance.between(1, 500) as u32,
            stock: STOCKS.get(stock).copied().unwrap_or_default(),
            price: self.chance.between(52_000, 274_000) as u32,
            match_number: self.next_match,
        };
        let time_ns = self.chance.between(OPEN_NS, LAST_ADD_NS);
        self.push(stock as u16 + 1, time_ns, body);
    }
}

#[cfg(test)]
mod tests {
    use super::super::reader::Reader;
    use super::*;

    #[test]
    fn a_seed_makes_the_same_file_twice() {
        assert_eq!(generate(3), generate(3));
        assert_ne!(generate(3).0, generate(4).0);
    }

    #[test]
    fn a_made_file_reads_to_its_end_and_times_never_go_backwards() {
        let (bytes, facts) = generate(11);
        let mut reader = Reader::new(&bytes[..]);
        let (mut count, mut latest) = (0, 0);
        while let Some(message) = reader.next_message().expect("a made file is readable") {
            assert!(message.time_ns >= latest);
            latest = message.time_ns;
            count += 1;
        }
        assert_eq!(count, facts.messages);
        assert_eq!(facts.read, facts.decided + facts.rejected + facts.unmatched);
        assert_eq!((facts.rejected, facts.unmatched), (99, 117));
    }
}
