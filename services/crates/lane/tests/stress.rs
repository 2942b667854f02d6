//! Rings, bells and runners under load, on real threads.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test stops at the first surprise")]

use std::panic::{AssertUnwindSafe, catch_unwind};

use lane::{
    Bell, Halt, Receiver, Seat, Sender, Stage, Turn, Wait, Watermark, plan, ring, run, turn_all,
};

const VALUES: u64 = 60_000;

/// Sends numbers, one or some in a turn.
struct Counting {
    next: u64,
    to: Sender<u64>,
}

/// Passes numbers on.
struct Passing {
    from: Receiver<u64>,
    held: Option<u64>,
    to: Sender<u64>,
}

/// Takes numbers and sees that each comes once, in order.
struct Checking {
    from: Receiver<u64>,
    next: u64,
    seen: Watermark,
}

impl Stage for Counting {
    fn turn(&mut self, _: i64) -> Turn {
        if self.next == VALUES {
            return Turn::Finished;
        }
        for _ in 0..=self.next % 7 {
            if self.next == VALUES || self.to.send(self.next).is_err() {
                return Turn::Idle;
            }
            self.next += 1;
        }
        Turn::Worked
    }
}

impl Stage for Passing {
    fn turn(&mut self, _: i64) -> Turn {
        let Some(value) = self.held.take().or_else(|| self.from.receive()) else {
            return Turn::Idle;
        };
        if let Err(value) = self.to.send(value) {
            self.held = Some(value);
            return Turn::Idle;
        }
        if value + 1 == VALUES { Turn::Finished } else { Turn::Worked }
    }
}

impl Stage for Checking {
    fn turn(&mut self, _: i64) -> Turn {
        let Some(value) = self.from.receive() else { return Turn::Idle };
        assert_eq!(value, self.next, "a ring keeps every value and their order");
        self.next += 1;
        self.seen.raise(self.next);
        if self.next == VALUES { Turn::Finished } else { Turn::Worked }
    }
}

fn line(slots: usize) -> (Counting, Passing, Checking, [Bell; 3]) {
    let bells: [Bell; 3] = std::array::from_fn(|_| Bell::default());
    let (to_pass, from_count) = ring(slots, &bells[1]);
    let (to_check, from_pass) = ring(slots, &bells[2]);
    let counting = Counting { next: 0, to: to_pass };
    let passing = Passing { from: from_count, held: None, to: to_check };
    let checking = Checking { from: from_pass, next: 0, seen: Watermark::default() };
    (counting, passing, checking, bells)
}

fn seat(name: &str, wait: Wait, bell: Bell, halt: &Halt) -> Seat {
    Seat { name: name.to_owned(), core: Some(0), wait, bell, halt: halt.clone() }
}

fn clock() -> impl FnMut() -> i64 + Send {
    let mut now = 0;
    move || {
        now += 1;
        now
    }
}

#[test]
fn values_pass_two_rings_in_order_whatever_the_wait_and_the_size() {
    for (wait, slots) in [(Wait::Park, 1), (Wait::Park, 64), (Wait::SpinWithHint, 1024)] {
        let (counting, passing, checking, [first, second, third]) = line(slots);
        let (halt, seen) = (Halt::default(), checking.seen.clone());
        // A ring of one slot hands over at every value; it is given fewer of them.
        let start = if slots == 1 { VALUES - 2_000 } else { 0 };
        let counting = Counting { next: start, ..counting };
        let checking = Checking { next: start, ..checking };
        let counting = run(seat("count", wait, first, &halt), counting, clock()).unwrap();
        let passing = run(seat("pass", wait, second, &halt), passing, clock()).unwrap();
        let checking = run(seat("check", wait, third, &halt), checking, clock()).unwrap();
        let gauges = checking.gauges();
        assert_eq!(counting.join().next, VALUES);
        assert!(passing.join().held.is_none());
        assert_eq!(checking.join().next, VALUES);
        assert_eq!(seen.get(), VALUES);
        assert!(gauges.turns() > 0);
    }
}

#[test]
fn the_inline_runner_gives_the_same() {
    let (mut counting, mut passing, mut checking, _bells) = line(64);
    let mut turns = 0;
    while turn_all(turns, &mut [&mut counting, &mut passing, &mut checking]) != Turn::Finished {
        turns += 1;
        if checking.next == VALUES {
            break;
        }
    }
    assert_eq!(checking.next, VALUES);
}

/// Never has anything to do.
struct Waiting;

impl Stage for Waiting {
    fn turn(&mut self, _: i64) -> Turn {
        Turn::Idle
    }
}

#[test]
fn a_halt_stops_stages_that_wait() {
    let (halt, bell) = (Halt::default(), Bell::default());
    let ringer = bell.ringer();
    let parked = run(seat("wait", Wait::Park, bell, &halt), Waiting, clock()).unwrap();
    let spinning =
        run(seat("spin", Wait::SpinWithHint, Bell::default(), &halt), Waiting, clock()).unwrap();
    halt.set();
    ringer.ring();
    parked.join();
    spinning.join();
}

/// Breaks at its third turn.
struct Breaking(u32);

impl Stage for Breaking {
    fn turn(&mut self, _: i64) -> Turn {
        self.0 += 1;
        assert!(self.0 < 3, "the third turn");
        Turn::Worked
    }
}

#[test]
fn a_panic_of_a_stage_goes_on_where_it_is_joined() {
    let halt = Halt::default();
    let bell = Bell::default();
    let broken = run(seat("break", Wait::Park, bell, &halt), Breaking(0), clock()).unwrap();
    assert!(catch_unwind(AssertUnwindSafe(|| broken.join())).is_err());
}

#[test]
fn spinning_on_too_few_cores_falls_back_to_parking_and_says_so() {
    let (wait, fell_back) = plan(Wait::Spin, usize::MAX);
    assert_eq!(wait, Wait::Park);
    assert!(fell_back.is_some_and(|fact| fact.cores < fact.threads));
    assert_eq!(plan(Wait::Park, usize::MAX), (Wait::Park, None));
    assert_eq!(plan(Wait::Spin, 0), (Wait::Spin, None));
}

#[test]
fn what_was_sent_by_a_sender_that_is_gone_still_arrives() {
    let bell = Bell::default();
    let (mut sender, mut receiver) = ring(4, &bell);
    assert_eq!((sender.send(1), sender.send(2), sender.room()), (Ok(()), Ok(()), 2));
    drop(sender);
    assert!(receiver.is_abandoned());
    assert_eq!((receiver.depth(), receiver.receive(), receiver.receive()), (2, Some(1), Some(2)));
    assert_eq!(receiver.receive(), None);
}
