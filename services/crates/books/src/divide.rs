//! Books that divide and unite where lanes do: a split takes the rows of an account range, a merge
//! puts those of several lanes together.
//!
//! Entry points: [`Books::united`], [`Books::accounts_in`].
//! Invariants: INV-8 (a merge takes the later horizon, a split hands it on), INV-9 and INV-13 (an
//! account's rows move whole, its numbers with them), INV-10 (equal parents give equal children).
//! After a split the children's account sums add up to the parent's.
//!
//! It decides nothing and allots nothing: what a lane may use comes from its parents' Ends.
//! On a crash the same parents' chains give the same books.

use std::borrow::Cow;

use domain::{AccountKey, Counting, HashRange, LimitKey};

use crate::canonical::{Canonical, tables};
use crate::capacity::Capacity;
use crate::limit::AllotmentRow;
use crate::snapshot::{Error, ROWS_VERSION};
use crate::state::{Books, LaneRow};

/// A part of a lane's books that another lane takes over.
#[derive(Clone, Copy)]
pub struct Part<'a> {
    /// The books at the lane's End.
    pub books: &'a Books,
    /// The accounts that are taken.
    pub range: HashRange,
}

/// Whose a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whose {
    Account(AccountKey),
    /// A kill switch or trading state: the lane's, as far as the lane has heard of them.
    Kill,
}

/// What parents must have in common before they are one: that of the parent ahead.
#[derive(Clone, Copy)]
struct Level {
    counting: Counting,
    days: u32,
}

impl Books {
    /// The books of a lane whose parents' are these. Each set, command and clock is as far as the
    /// parent that is behind, so that the lane takes what that one hasn't; kill switches and
    /// trading states, which are no account's, are as far as the one ahead. A business day that one
    /// of them has begun, and counting that one of them began, reach the accounts of the others
    /// here: taken again, they would reach those twice that had them.
    ///
    /// # Errors
    /// [`Error`] when two parents hold the same row: their ranges overlap.
    pub fn united(
        capacity: &Capacity,
        parts: &[Part<'_>],
        allotments: &[(LimitKey, i128)],
    ) -> Result<Self, Error> {
        let level = Level::of(parts);
        let level: Vec<Cow<'_, Self>> = parts.iter().map(|part| level.raise(part.books)).collect();
        let parts = level.iter().zip(parts);
        let parts = parts.map(|(books, part)| Part { books: books.as_ref(), range: part.range });
        let parts: &[Part<'_>] = &parts.collect::<Vec<_>>();
        let mut lane = Self::new(capacity);
        lane.take_lane_of(parts);
        let Some(ahead) = parts.iter().max_by_key(|part| part.books.lane.kill) else {
            return Ok(lane);
        };
        let mut rows = Rows::default();
        rows.push(&lane.lane_row());
        let counting = Canonical::counting(&lane.lane.counting);
        let given = Canonical::overrides(lane.lane.overrides);
        counting.iter().chain(&given).for_each(|row| rows.push(row));
        ahead.books.visit_rows(&mut |whose, row| {
            if whose == Whose::Kill {
                rows.push(row);
            }
        });
        for part in parts {
            part.books.visit_rows(&mut |whose, row| {
                let is_taken = matches!(whose, Whose::Account(key) if part.range.contains(key));
                if is_taken {
                    rows.push(row);
                }
            });
            part.books.push_requests(part.range, &lane, &mut rows);
        }
        for row in allotment_rows(parts, allotments) {
            rows.push(&Canonical::allotment(&row));
        }
        Self::from_rows(capacity, &rows.bytes(lane.lane.time.0))
    }

    /// Sum of the digests of the rows of accounts in `range`: what a child must find there.
    #[must_use]
    pub fn accounts_in(&self, range: HashRange) -> u128 {
        let mut sum = 0_u128;
        self.visit_rows(&mut |whose, row| {
            if matches!(whose, Whose::Account(key) if range.contains(key)) {
                sum = sum.wrapping_add(row.digest());
            }
        });
        let requests = self.window.requests.iter().map(|(_, row)| row);
        let requests = requests.filter(|row| range.contains(row.account));
        requests.fold(sum, |sum, row| sum.wrapping_add(Canonical::request(row).digest()))
    }

    /// What accounts in `range` use of a limit's half: the least share that lets them go on.
    #[must_use]
    pub fn used_in(&self, range: HashRange, limit: LimitKey) -> i128 {
        let rows = self.uses.iter().map(|(_, row)| row);
        let rows = rows.filter(|row| range.contains(row.account));
        rows.fold(0, |sum: i128, row| match limit {
            own if own == row.limit => sum.wrapping_add(row.long()),
            own if own == row.limit.short() => sum.wrapping_add(row.short()),
            _ => sum,
        })
    }

    /// What there is one of per lane.
    fn take_lane_of(&mut self, parts: &[Part<'_>]) {
        let Some((first, rest)) = parts.split_first() else { return };
        self.lane = first.books.lane;
        self.window.horizon = first.books.window.horizon;
        self.window.span_ns = first.books.window.span_ns;
        self.window.identities = first.books.window.identities;
        for part in rest {
            let (lane, window) = (&part.books.lane, &part.books.window);
            if lane.configuration < self.lane.configuration {
                let LaneRow { configuration, hash, .. } = *lane;
                (self.lane.configuration, self.lane.hash) = (configuration, hash);
            }
            self.lane.time = self.lane.time.max(lane.time);
            self.lane.kill = self.lane.kill.max(lane.kill);
            self.lane.overrides = self.lane.overrides.max(lane.overrides);
            self.window.horizon = self.window.horizon.max(window.horizon);
            self.window.span_ns = self.window.span_ns.max(window.span_ns);
            // Both windows fit; the settings' own reach is recorded before the first record.
            self.window.identities = self.window.identities.saturating_add(window.identities);
        }
    }

    /// Every row but the lane's own, its requests and its allotments.
    fn visit_rows(&self, visit: &mut dyn FnMut(Whose, &Canonical)) {
        use Whose::Account;
        self.kills.iter().for_each(|(_, row)| visit(Whose::Kill, &Canonical::kill(row)));
        for (_, row) in self.accounts.iter() {
            visit(Account(row.key), &Canonical::account(row));
        }
        self.venues.iter().for_each(|(_, row)| visit(Account(row.account), &Canonical::venue(row)));
        for (_, row) in self.orders.iter() {
            visit(Account(row.account), &Canonical::order(row));
            let apart =
                [Canonical::parties(row), Canonical::reserved_price(row), Canonical::day(row)];
            apart.iter().flatten().for_each(|part| visit(Account(row.account), part));
        }
        for (_, row) in self.reports.iter() {
            visit(Account(row.account), &Canonical::report(row));
        }
        self.uses.iter().for_each(|(_, row)| visit(Account(row.account), &Canonical::used(row)));
        for (_, row) in self.reserved.iter() {
            visit(Account(row.account), &Canonical::reserved(row));
        }
        self.visit_counted(visit);
    }

    /// The rows that controls count by.
    fn visit_counted(&self, visit: &mut dyn FnMut(Whose, &Canonical)) {
        use Whose::Account;
        self.healths.iter().for_each(|(_, row)| visit(Whose::Kill, &Canonical::health(row)));
        for (_, row) in self.exposures.iter() {
            visit(Account(row.account), &Canonical::exposure(row));
        }
        self.flows.iter().for_each(|(_, row)| visit(Account(row.account), &Canonical::flow(row)));
        for (_, row) in self.strategies.iter() {
            visit(Account(row.account), &Canonical::strategy(row));
        }
        for (_, row) in self.overrides.iter() {
            visit(Account(row.0.account), &Canonical::overriding(row));
        }
    }

    /// Requests of accounts in `range` that `lane`, with the later horizon, still keeps.
    fn push_requests(&self, range: HashRange, lane: &Self, rows: &mut Rows) {
        let horizon = lane.window.horizon;
        for (_, row) in self.window.requests.iter() {
            let is_kept = row.is_attached() || row.transact_time > horizon;
            if is_kept && range.contains(row.account) {
                rows.push(&Canonical::request(row));
            }
        }
    }
}

// === impl Level ===

impl Level {
    fn of(parts: &[Part<'_>]) -> Self {
        let lanes = parts.iter().map(|part| &part.books.lane);
        let days = lanes.clone().map(|lane| lane.days).max().unwrap_or_default();
        let counting = lanes.filter(|lane| lane.counting.is_on);
        let ahead = counting.max_by_key(|lane| lane.configuration);
        Self { counting: ahead.map(|lane| lane.counting).unwrap_or_default(), days }
    }

    /// A parent's books with what it hasn't done and others have. What its accounts have done was
    /// done in the day that ends for them here.
    fn raise<'a>(&self, books: &'a Books) -> Cow<'a, Books> {
        let Books { lane, .. } = books;
        let counts = lane.counting == self.counting || !self.counting.is_on;
        if counts && lane.days == self.days {
            return Cow::Borrowed(books);
        }
        let mut raised = books.clone();
        raised.set_counting(self.counting);
        raised.begin_day(self.days);
        Cow::Owned(raised)
    }
}

/// The allotments that a lane begins with: its shares, and a row for whatever is used besides.
fn allotment_rows(parts: &[Part<'_>], allotments: &[(LimitKey, i128)]) -> Vec<AllotmentRow> {
    let row = |(limit, amount): &(LimitKey, i128)| AllotmentRow {
        limit: *limit,
        amount: *amount,
        ..AllotmentRow::default()
    };
    let mut rows: Vec<AllotmentRow> = allotments.iter().map(row).collect();
    for part in parts {
        for (limit, _) in part.books.allotments() {
            let is_used = part.books.used_in(part.range, limit) != 0;
            if is_used && rows.iter().all(|row| row.limit != limit) {
                rows.push(AllotmentRow { limit, ..AllotmentRow::default() });
            }
        }
    }
    rows
}

/// Rows by table, as a snapshot has them.
#[derive(Default)]
struct Rows {
    count: u64,
    tables: std::collections::BTreeMap<u8, Vec<u8>>,
}

impl Rows {
    fn push(&mut self, row: &Canonical) {
        self.count += 1;
        let bytes = row.bytes();
        let table = bytes.first().copied().unwrap_or(tables::LANE);
        self.tables.entry(table).or_default().extend_from_slice(bytes);
    }

    fn bytes(&self, time: i64) -> Vec<u8> {
        let mut out = ROWS_VERSION.to_be_bytes().to_vec();
        out.extend_from_slice(&time.to_be_bytes());
        out.extend_from_slice(&self.count.to_be_bytes());
        self.tables.values().for_each(|rows| out.extend_from_slice(rows));
        out
    }
}
