//! Random streams: what must hold whatever comes in.

use std::collections::BTreeMap;

use books::{Books, Capacity, Part};
use domain::inbound::{DecodeFault, Report, Status, Undecodable};
use domain::outcome::{Forwarded, Notes, Rejection, Routed};
use domain::{
    AccountKey, Control, Counting, Counts, ExecType, HashRange, Inbound, Kill, LimitKey, Mic,
    OrderId, Outcome, Price, Quantity, Reasons, Reservation, Reservations, Scope, Symbol, Text,
    TimeInForce, Timestamp, TradeDate, TradingState,
};
use proptest::prelude::*;

use crate::desk::{self, Desk};

const NAMES: [&str; 8] = ["W", "X", "Y", "Z", "b-W", "b-X", "b-Y", "b-Z"];

/// One thing that happens on a lane.
#[derive(Clone, Debug)]
struct Happening {
    kind: u8,
    name: usize,
    other: usize,
    quantity: i64,
    /// How much older than the lane a request is, in seconds; below zero it is ahead.
    age: i64,
    pause: i64,
}

fn happening() -> impl Strategy<Value = Happening> {
    let age =
        prop_oneof![4 => Just(0_i64), 2 => 0..40_i64, 1 => Just(-2_i64), 1 => Just(2_000_i64)];
    let pause = prop_oneof![6 => Just(0_i64), 3 => 0..5_i64, 1 => 0..1_200_i64];
    (0..16_u8, 0..8_usize, 0..8_usize, -1..12_i64, age, pause).prop_map(
        |(kind, name, other, quantity, age, pause)| Happening {
            kind,
            name,
            other,
            quantity,
            age,
            pause,
        },
    )
}

fn stream() -> impl Strategy<Value = Vec<Happening>> {
    prop::collection::vec(happening(), 1..120)
}

/// So small that everything is forced out, refused or grown at some time.
fn tiny() -> Capacity {
    let small = Capacity::small();
    Capacity { orders: 6, requests: 14, reports: 40, window: 5, mass_cancels: 1, ..small }
}

/// The input that something makes, where `given` is what came before.
fn input(desk: &Desk, given: &[Inbound], what: &Happening) -> Inbound {
    let (name, other) = (NAMES[what.name], NAMES[what.other]);
    let time = desk.now.plus(-what.age * domain::time::SECOND_NS);
    let exec_id = format!("E-{}", given.len());
    match what.kind {
        0..=3 => {
            let new = desk::new(name, what.quantity, time);
            let lasts = what.quantity % 2 == 0;
            let time_in_force = if lasts { TimeInForce::GoodTillCancel } else { new.time_in_force };
            Inbound::New(domain::inbound::New { time_in_force, ..new })
        }
        4 => Inbound::Cancel(desk::cancel(name, other, time)),
        5 => Inbound::Replace(desk::replace(name, other, what.quantity, time)),
        6 => Inbound::MassCancel(domain::inbound::MassCancel {
            head: desk::head(name, time, 3),
            symbol: Symbol::EMPTY,
        }),
        7 => Inbound::Status(Status { head: desk::head(name, time, 4) }),
        8 | 9 => Inbound::Report(desk::fill(&exec_id, name, what.quantity)),
        10 | 11 => {
            let types = ExecType::ALL;
            let exec_type = types[(what.quantity + 1) as usize % types.len()];
            let report = desk::report(&exec_id, exec_type, name, other);
            Inbound::Report(Report { quantity: Quantity::whole(what.age), ..report })
        }
        12 => {
            let exec_ref = format!("E-{}", what.age as usize % (given.len() + 1));
            let bust = desk::bust(&exec_id, name, &exec_ref);
            let corrects = what.quantity > 5;
            let exec_type = if corrects { ExecType::TradeCorrect } else { ExecType::TradeCancel };
            let quantity = Quantity::whole(what.quantity);
            Inbound::Report(Report { exec_type, quantity, price: Price::whole(3), ..bust })
        }
        13 => control(desk, what),
        14 if !given.is_empty() => given[what.name * 31 % given.len()],
        15 if !given.is_empty() => given[given.len() - 1 - what.other % given.len()],
        _ => Inbound::Undecodable(Undecodable { fault: DecodeFault::Body, hash: 1 }),
    }
}

fn control(desk: &Desk, what: &Happening) -> Inbound {
    let account = AccountKey::of(desk::ACCOUNT);
    Inbound::Control(match what.name {
        0 => Control::Tick(desk.now.plus(what.quantity)),
        1 => Control::Configuration { number: what.other as u64, hash: [what.other as u8; 16] },
        2 if what.quantity < 6 => Control::Counting(Counting {
            is_on: what.quantity > 0,
            messages_ns: what.quantity,
            executions_ns: 2,
            collar_ns: 3,
        }),
        2 => Control::Halt(account),
        3 if what.quantity > 6 => {
            Control::BusinessDay { number: desk.books.days() + 1, date: TradeDate(1) }
        }
        4 => Control::DayEnd { orders: what.other as u32 % 3 },
        3 => Control::Release(account),
        5 => Control::Window { span_ns: 1_000_000_000 * (what.quantity + 2), identities: 4 },
        _ => Control::Kill(Kill {
            number: desk.books.last_kill() + what.other as u64 % 3,
            scope: Scope::Symbol,
            target: Text::new("ALC").expect("a symbol"),
            state: match what.quantity {
                ..4 => TradingState::Active,
                4..7 => TradingState::Reducing,
                _ => TradingState::Halted,
            },
        }),
    })
}

/// Runs a stream; every step checks every invariant.
fn run(capacity: Capacity, stream: &[Happening]) -> Desk {
    let mut desk = Desk::with(capacity);
    let mut given = Vec::new();
    for what in stream {
        desk.wait(what.pause);
        let input = input(&desk, &given, what);
        given.push(input);
        desk.take(input);
    }
    desk
}

proptest! {
    #[test]
    fn no_request_has_a_second_effect_and_no_report_either(stream in stream()) {
        let desk = run(tiny(), &stream);
        let mut requests = BTreeMap::new();
        let (mut reports, mut days) = (BTreeMap::new(), 0);
        let mut numbers: BTreeMap<_, Vec<u64>> = BTreeMap::new();
        for (_, input, outcome) in &desk.journal {
            let seq = match outcome {
                Outcome::Routed(routed) => Some(routed.venue_seq),
                Outcome::Forwarded(forwarded) => Some(forwarded.venue_seq),
                _ => None,
            };
            if let (Some(seq), Some(head)) = (seq, input.head()) {
                *requests.entry((head.identity, head.content)).or_insert(0) += 1;
                numbers.entry(head.account).or_default().push(seq);
            }
            days += u32::from(matches!(input, Inbound::Control(Control::BusinessDay { .. })));
            if let (Outcome::Reported { .. }, Inbound::Report(report)) = (outcome, input) {
                // What is let go at the second change of business day is another's from then on.
                let before: Option<u32> = reports.insert(report.exec, days);
                prop_assert!(before.is_none_or(|day| days >= day + 2), "{report:?}");
            }
        }
        prop_assert!(requests.values().all(|count| *count == 1), "{requests:?}");
        for numbers in numbers.values() {
            prop_assert!(numbers.windows(2).all(|pair| pair[0] < pair[1]), "{numbers:?}");
        }
    }

    #[test]
    fn the_journal_folds_to_the_books_and_a_snapshot_goes_on_like_them(
        stream in stream(), cut in any::<prop::sample::Index>()
    ) {
        let desk = run(tiny(), &stream);
        prop_assert_eq!(desk::rows(&desk.folded()), desk::rows(&desk.books));
        prop_assert_eq!(desk.folded().digest(), desk.books.digest());

        let cut = cut.index(desk.journal.len());
        let (head, tail) = desk.journal.split_at(cut);
        let mut books = Books::new(&tiny());
        for (arrival, input, outcome) in head {
            books.apply(*arrival, input, outcome);
        }
        let mut books = match Books::from_rows(&Capacity::small(), &desk::rows(&books)) {
            Ok(read) => {
                prop_assert_eq!(read.digest(), books.digest());
                prop_assert_eq!(read.check(), Ok(()));
                prop_assert_eq!(desk::rows(&read), desk::rows(&books));
                read
            }
            Err(error) => return Err(TestCaseError::fail(error.to_string())),
        };
        for (arrival, input, outcome) in tail {
            books.apply(*arrival, input, outcome);
        }
        prop_assert_eq!(books.check(), Ok(()));
        prop_assert_eq!(desk::rows(&books), desk::rows(&desk.books));
    }

    #[test]
    fn changes_of_business_day_lose_only_what_is_finished(stream in stream()) {
        let mut desk = run(tiny(), &stream);
        let open = desk.books.counts().open_orders;
        let lasting = desk.books.orders().filter(|order| {
            order.is_open() && order.leaves_qty().0 > 0 && order.time_in_force.outlives_day()
        });
        let lasting = lasting.count();
        desk.next_day(2);
        prop_assert!(lasting <= desk.books.counts().open_orders);
        prop_assert!(desk.books.counts().open_orders <= open);
        let open = desk.books.counts().open_orders;
        for _ in 0..3 {
            desk.next_day(3);
            prop_assert_eq!(desk.books.counts().open_orders, open);
        }
        prop_assert_eq!(desk.books.counts().orders, open);
        prop_assert_eq!(desk::rows(&desk.folded()), desk::rows(&desk.books));
    }

    #[test]
    fn applying_is_total_whatever_is_said_to_have_been_decided(
        stream in stream(), outcomes in prop::collection::vec(outcome(), 120), extreme in extreme()
    ) {
        let desk = run(Capacity::small(), &stream);
        let mut books = Books::new(&tiny());
        let number = |books: &Books| {
            let venues = [Mic::EMPTY, desk::mic("XDEM")];
            venues.map(|venue| books.next_venue_seq(AccountKey::of(desk::ACCOUNT), venue))
        };
        for ((arrival, input, decided), outcome) in desk.journal.iter().zip(outcomes) {
            let before = number(&books);
            let outcome = outcome.with(&desk, decided);
            let input = stretched(*input, extreme);
            books.apply(arrival.plus(extreme), &input, &outcome);
            prop_assert_eq!(books.check(), Ok(()), "after {:?}, {:?}", input, outcome);
            let after = number(&books);
            prop_assert!(before[0] <= after[0] && before[1] <= after[1], "a number went back");
            let _ = routing::decide(&books, &desk.configuration, &desk.lane, *arrival, &input);
        }
        prop_assert!(Books::from_rows(&tiny(), &desk::rows(&books)).is_ok());
    }

    #[test]
    fn books_divide_with_their_accounts_and_unite_to_what_they_were(stream in stream()) {
        let books = run(tiny(), &stream).books;
        let cut = AccountKey::of(desk::ACCOUNT).0;
        let ranges = [
            HashRange { first: 0, last: cut - 1 },
            HashRange { first: cut, last: u128::MAX },
        ];
        let part = |range| Books::united(&tiny(), &[Part { books: &books, range }], &[]).unwrap();
        let [low, high] = ranges.map(part);
        let whole = part(HashRange::ALL);
        prop_assert_eq!(whole.digest(), books.digest());
        for (half, range) in [(&low, ranges[0]), (&high, ranges[1]), (&whole, HashRange::ALL)] {
            prop_assert_eq!(half.check(), Ok(()));
            prop_assert_eq!(half.digest().accounts, books.accounts_in(range));
            prop_assert_eq!(half.horizon(), books.horizon());
        }
        let sum = low.digest().accounts.wrapping_add(high.digest().accounts);
        prop_assert_eq!(sum, books.digest().accounts);
        let parts = [(&low, ranges[0]), (&high, ranges[1])];
        let parts = parts.map(|(books, range)| Part { books, range });
        let united = Books::united(&tiny(), &parts, &[]).unwrap();
        prop_assert_eq!(united.check(), Ok(()));
        prop_assert_eq!(united.digest().accounts, books.digest().accounts);
    }

    #[test]
    fn bytes_that_are_no_rows_are_refused_and_never_a_crash(
        stream in stream(), at in any::<prop::sample::Index>(), byte in any::<u8>()
    ) {
        let desk = run(tiny(), &stream);
        let mut rows = desk::rows(&desk.books);
        let cut = &rows[..at.index(rows.len())];
        prop_assert!(Books::from_rows(&tiny(), cut).is_err());
        let at = at.index(rows.len());
        rows[at] ^= byte;
        // What has the right digest is the right books: lane time alone is in no digest.
        if let Ok(books) = Books::from_rows(&tiny(), &rows)
            && books.digest() == desk.books.digest()
        {
            let (read, written) = (desk::rows(&books), desk::rows(&desk.books));
            prop_assert_eq!(&read[..2], &written[..2]);
            prop_assert_eq!(&read[10..], &written[10..]);
        }
    }
}

/// Some reservations under few limits, of every kind.
fn reservations(seed: u64) -> Reservations {
    let mut reservations = Reservations::default();
    let kinds = [Counts::Open, Counts::Gross, Counts::Buy, Counts::Sell];
    for (number, counts) in (0..seed % 5).zip(kinds.into_iter().cycle().skip(seed as usize % 4)) {
        let limit = LimitKey::of(["a", "b", "c"][(number % 3) as usize]);
        let price = Price([0, 3, i64::MAX][(seed % 3) as usize]);
        reservations.add(Reservation { limit, price, counts });
    }
    reservations
}

/// An outcome for an input that it needn't fit.
#[derive(Clone, Debug)]
struct Said {
    kind: u8,
    order: usize,
    seq: u64,
}

fn outcome() -> impl Strategy<Value = Said> {
    let seq = prop_oneof![Just(u64::MAX), 0..9_u64];
    (0..14_u8, any::<usize>(), seq).prop_map(|(kind, order, seq)| Said { kind, order, seq })
}

fn extreme() -> impl Strategy<Value = i64> {
    prop_oneof![3 => Just(0_i64), 1 => Just(i64::MAX), 1 => Just(i64::MIN), 1 => any::<i64>()]
}

impl Said {
    fn with(&self, desk: &Desk, decided: &Outcome) -> Outcome {
        let mut orders: Vec<_> = desk.books.orders().map(|order| order.id).collect();
        orders.push(OrderId(self.order as u128));
        orders.sort_unstable();
        let order = orders[self.order % orders.len()];
        let (venue, venue_seq, configuration) = (Mic::EMPTY, self.seq, self.seq);
        match self.kind {
            0 => Outcome::Routed(Routed {
                order,
                venue,
                venue_seq,
                rule: 1,
                configuration,
                reference_price: Price(0),
                reserved_price: Price(self.seq as i64 % 1_000),
                notes: Notes(self.seq as u8),
                overridden: self.seq % 3,
                reservations: reservations(self.seq),
            }),
            1 => Outcome::Forwarded(Forwarded {
                order,
                venue,
                venue_seq,
                configuration,
                reserved_price: Price(self.seq as i64),
            }),
            2 => Outcome::MassForwarded { orders: 1, configuration },
            3 => Outcome::Rejected(Rejection {
                order,
                reasons: Reasons(self.seq),
                remembered: self.order.is_multiple_of(2),
                configuration,
            }),
            4 => Outcome::Duplicate { order },
            5 => Outcome::Stale { order },
            6 => Outcome::Reported { order },
            7 => Outcome::Unmatched,
            8 => Outcome::Quarantined,
            _ => *decided,
        }
    }
}

/// The same input with amounts and times at the ends of their ranges.
fn stretched(mut input: Inbound, extreme: i64) -> Inbound {
    if extreme == 0 {
        return input;
    }
    match &mut input {
        Inbound::New(new) => {
            new.order_qty = Quantity(extreme);
            new.price = Price(extreme);
            new.head.transact_time = Timestamp(extreme);
        }
        Inbound::Replace(replace) => {
            replace.order_qty = Quantity(extreme);
            replace.price = Price(extreme);
        }
        Inbound::Report(report) => {
            report.quantity = Quantity(extreme);
            report.price = Price(extreme);
        }
        _ => {}
    }
    input
}
