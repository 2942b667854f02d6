//! What the control table and the venues' health do to a running line.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test stops at the first surprise")]

#[path = "line/held.rs"]
mod held;
#[path = "line/house.rs"]
mod house;

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use domain::configuration::{Choice, Route, Share};
use domain::{ExecType, Kill, Mic, OrdStatus, Outcome, Reason, Scope, Symbol, Text, TradingState};
use held::{Gate, HeldWorld, Seam};
use house::{House, new, report};
use order_router::{Facts, OrderRouter, Progress, Verify, walk};
use ports::World;
use wire::message::Message;

/// An order that names somebody at every scope.
fn named(house: &House, id: &str) -> Message {
    let Message::NewOrderSingle(mut order) = new("A", id, 10, house.time()) else { unreachable!() };
    order.executing_firm = "FIRM".to_owned();
    order.client = "CLIENT".to_owned();
    order.trader = "TRADER".to_owned();
    order.desk = "DESK".to_owned();
    order.strategy = "ALGO".to_owned();
    Message::NewOrderSingle(order)
}

fn target(scope: Scope) -> Text<32> {
    let name = match scope {
        Scope::Firm => "FIRM",
        Scope::Account => "A",
        Scope::Symbol => "ALC",
        Scope::Desk => "DESK",
        Scope::Strategy => "ALGO",
        Scope::Trader => "TRADER",
        Scope::Client => "CLIENT",
        Scope::Venue => "XDEM",
        Scope::All => domain::scope::ALL_TARGET,
    };
    Text::new(name).unwrap()
}

#[test]
fn a_trading_state_of_every_scope_binds_the_first_turn_after_it_was_polled() {
    let mut house = House::new(1);
    let mut wired = house.open();
    house.settle(&mut wired);
    let mut number = 0;
    for scope in Scope::ALL {
        for state in [TradingState::Halted, TradingState::Reducing, TradingState::Active] {
            number += 1;
            let kill = Kill { number, scope: *scope, target: target(*scope), state };
            house.world.control.0.lock().kills.push(kill);
            // One look at the control table, at the end of the longest interval between two.
            house.now += 250_000_000;
            wired.turn(house.now).unwrap();
            let before = wired.progress.facts().counted();
            let order = named(&house, &format!("{number}"));
            house.put(&order);
            house.settle(&mut wired);
            let after = wired.progress.facts().counted();
            let refused = |reason: Reason| {
                after.rejected_by[reason as usize] - before.rejected_by[reason as usize]
            };
            let told = (refused(Reason::KillSwitch), refused(Reason::Reducing));
            let expected = match state {
                TradingState::Halted => (1, 0),
                TradingState::Reducing => (0, 1),
                TradingState::Active => (0, 0),
            };
            assert_eq!(told, expected, "{} {}", scope.name(), state.name());
            assert_eq!(after.routed - before.routed, u64::from(state == TradingState::Active));
        }
    }
    assert!(house.verify(true).is_ok());
}

/// The sample with a rule that goes on to another venue.
fn with_fail_over() -> domain::Configuration {
    let share = |venue: &str| Share { venue: Mic::new(venue).unwrap(), weight: 1 };
    let mut set = wire::configuration::sample();
    set.routes = vec![Route {
        choice: Choice::FailOver,
        venues: vec![share("XDEM"), share("XELS")],
        ..Route::to(1, Symbol::EMPTY, Mic::new("XDEM").unwrap())
    }];
    set
}

#[test]
fn orders_go_on_to_another_venue_while_one_is_silent_and_back_when_it_answers() {
    let mut house = House::unconfigured(1);
    let set = wire::configuration::parse(&wire::configuration::render(&with_fail_over())).unwrap();
    house.configure(&set);
    house.put(&new("A", "1", 10, house.time()));
    let mut wired = house.open();
    house.settle(&mut wired);
    let venues = |house: &House| {
        let at = |mic| house.sent(ports::Destination::Venue(Mic::new(mic).unwrap())).len();
        (at("XDEM"), at("XELS"))
    };
    assert_eq!(venues(&house), (1, 0));
    // Nothing comes back for longer than the setting.
    house.now += house.options.config.venue_silence_ns;
    house.settle(&mut wired);
    house.put(&new("A", "2", 10, house.time()));
    house.settle(&mut wired);
    assert_eq!(venues(&house), (1, 1));
    let is_new = (ExecType::New, OrdStatus::New, 10);
    house.put(&report("A", ("1", "1"), "E-1", is_new, house.time()));
    house.settle(&mut wired);
    house.put(&new("A", "3", 10, house.time()));
    house.settle(&mut wired);
    assert_eq!(venues(&house), (2, 1));
    assert!(house.verify(true).is_ok());
}

#[test]
fn what_was_decided_is_decided_again_from_the_books_that_it_was_decided_from() {
    let mut house = House::new(1);
    for number in 0..40 {
        house.put(&new("A", &format!("{number}"), 10, house.time()));
    }
    house.run();
    let mut narrow = wire::configuration::sample();
    for instrument in &mut narrow.instruments {
        instrument.limits.max_order_qty = domain::Quantity::whole(9);
    }
    let mut world = house.world.clone();
    let (mut journal, mut control) = (world.journal().unwrap(), world.control().unwrap());
    let mut snapshots = world.snapshots().unwrap();
    let spec = &house.options.lanes[0];
    let asked = Verify {
        lane: spec.lane,
        range: spec.range,
        key: house::KEY,
        config: &house.options.config,
        redecide: false,
        rows: &[],
    };
    let mut looked_at = 0;
    walk(&mut journal, &mut control, &mut snapshots, &asked, |seen| {
        assert_eq!(seen.decide(seen.set), seen.record.outcome);
        let Outcome::Rejected(rejection) = seen.decide(&narrow) else { panic!("it is refused") };
        assert_eq!(rejection.reasons.first(), Some(Reason::MaxOrderQty));
        assert_eq!(seen.choosing().unwrap().chosen, Mic::new("XDEM"));
        looked_at += 1;
        if looked_at < 30 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })
    .unwrap();
    assert_eq!(looked_at, 30);
}

#[expect(clippy::disallowed_methods, reason = "a test that waits in vain must end")]
fn now() -> Instant {
    Instant::now()
}

fn wait_until(progress: &Progress, what: &str, holds: impl Fn(&Facts) -> bool) {
    let began = now();
    while !holds(&progress.facts()) {
        assert!(began.elapsed() < Duration::from_secs(60), "in vain: {what}");
        std::thread::yield_now();
    }
}

fn halt_all(number: u64) -> Kill {
    let target = Text::new(domain::scope::ALL_TARGET).unwrap();
    Kill { number, scope: Scope::All, target, state: TradingState::Halted }
}

/// Orders come, `seam` stands still under the follower, and a kill is thrown meanwhile.
fn kill_while(seam: Seam) {
    let mut house = House::new(1);
    let gate = Gate::default();
    let world = HeldWorld::new(house.world.clone(), seam, gate.clone());
    let router = OrderRouter::open(world, house.options.clone()).unwrap();
    let running = router.start().unwrap();
    let progress = running.progress();
    let mut number = 0;
    while !gate.is_waiting() {
        number += 1;
        house.put(&new("A", &format!("{number}"), 1, house.time()));
        wait_until(&progress, "the orders before", |facts| facts.counted().routed >= number);
    }
    let recorded = progress.facts().counted().controls;
    house.world.control.0.lock().kills.push(halt_all(1));
    wait_until(&progress, "the kill", |facts| facts.counted().controls > recorded);
    house.put(&new("A", "after", 1, house.time()));
    wait_until(&progress, "the refusal", |facts| {
        facts.counted().rejected_by[Reason::KillSwitch as usize] == 1
    });
    assert!(gate.is_waiting(), "what was slow is slow still");
    assert_eq!(progress.facts().counted().routed, number);
    gate.open();
    running.stop().drain();
    running.join().unwrap();
    assert!(house.verify(true).is_ok());
}

#[test]
fn a_kill_binds_while_a_snapshot_is_written() {
    kill_while(Seam::Snapshots);
}

#[test]
fn a_kill_binds_while_the_order_view_is_written() {
    kill_while(Seam::View);
}

#[test]
fn a_kill_binds_while_a_destination_takes_its_time() {
    kill_while(Seam::Publisher);
}

#[test]
fn two_looks_at_the_control_table_are_never_further_apart_than_the_setting() {
    let mut house = House::new(1);
    house.options.config.control_poll_ns = 40_000_000;
    let mut wired = house.open();
    for _ in 0..2_000 {
        // As late as a parked thread may wake.
        house.now += 1_000_000;
        wired.turn(house.now).unwrap();
    }
    let longest = wired.progress.facts().poll_interval_ns_max;
    assert!((30_000_000..=40_000_000).contains(&longest), "{longest} ns");
}
