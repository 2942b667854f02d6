//! Books as bytes and back: canonical rows, sorted, so that equal books give equal bytes.
//!
//! Entry points: [`Books::write_rows`], [`Books::from_rows`].
//! Invariants: INV-10: books from rows have the digest of the books that wrote them and go on
//! alike. Bytes that aren't rows are refused; whether they are the right ones is the caller's
//! comparison of digests. Names and chunks of snapshots are `order-router`'s part.

use domain::{
    AccountKey, Counts, ExecIdentity, Identity, LimitKey, Notional, OrdType, OrderId, Parties,
    PartyKey, Price, Quantity, Reasons, Scope, Side, TimeInForce, Timestamp, TradingState, hash,
};

use crate::account::{AccountRow, KillRow, VenueRow};
use crate::canonical::{Canonical, Reader, tables};
use crate::capacity::Capacity;
use crate::exposure::Counted;
use crate::life::Phase;
use crate::limit::{AllotmentRow, ReservedRow, UseRow};
use crate::order::{Links, OrderRow};
use crate::report::{Fill, ReportRow};
use crate::request::{Answer, RequestKind, RequestRow};
use crate::state::Books;
use crate::table::{Row, Slot, Table};

mod counted;

/// Version of the rows' form.
pub(crate) const ROWS_VERSION: u16 = 1;

/// Why bytes are no books.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Another version wrote them.
    #[error("the snapshot's rows have version {0}, this release reads 1: use an older snapshot")]
    Version(u16),
    /// They end too early, go on too long, or hold what no row holds.
    #[error("row {0} of the snapshot is damaged: use an older snapshot")]
    Row(u64),
}

impl Books {
    /// Appends the books as canonical rows, sorted by table and key.
    pub fn write_rows(&self, out: &mut Vec<u8>) {
        let counts = self.counts();
        let rows = [counts.accounts, counts.venues, counts.orders, counts.reports, counts.kills];
        let more = self.orders.iter().map(|(_, row)| {
            usize::from(row.parties.is_anyone())
                + usize::from(row.reserved_price.0 != 0)
                + usize::from(row.has_day())
        });
        let counted =
            self.exposures.len() + self.flows.len() + self.strategies.len() + self.healths.len();
        let counting = Canonical::counting(&self.lane.counting);
        let rows = rows.iter().sum::<usize>()
            + self.window.requests.len()
            + more.sum::<usize>()
            + counted
            + usize::from(counting.is_some())
            + self.overrides.len()
            + usize::from(self.lane.overrides > 0)
            + self.allotments.len()
            + self.uses.len()
            + self.reserved.len()
            + 1;
        out.extend_from_slice(&ROWS_VERSION.to_be_bytes());
        out.extend_from_slice(&self.lane.time.0.to_be_bytes());
        out.extend_from_slice(&(rows as u64).to_be_bytes());
        out.extend_from_slice(self.lane_row().bytes());
        let halted =
            |row: &KillRow| (row.state == TradingState::Halted).then(|| Canonical::kill(row));
        write_some(&self.kills, halted, out);
        write_table(&self.accounts, Canonical::account, out);
        write_table(&self.venues, Canonical::venue, out);
        write_table(&self.orders, Canonical::order, out);
        write_table(&self.window.requests, Canonical::request, out);
        write_table(&self.reports, Canonical::report, out);
        write_table(&self.allotments, Canonical::allotment, out);
        write_table(&self.uses, Canonical::used, out);
        write_table(&self.reserved, Canonical::reserved, out);
        let reducing =
            |row: &KillRow| (row.state != TradingState::Halted).then(|| Canonical::kill(row));
        write_some(&self.kills, reducing, out);
        write_some(&self.orders, Canonical::parties, out);
        write_some(&self.orders, Canonical::reserved_price, out);
        write_table(&self.exposures, Canonical::exposure, out);
        write_table(&self.flows, Canonical::flow, out);
        write_table(&self.strategies, Canonical::strategy, out);
        if let Some(counting) = counting {
            out.extend_from_slice(counting.bytes());
        }
        write_table(&self.healths, Canonical::health, out);
        write_table(&self.overrides, Canonical::overriding, out);
        if let Some(given) = Canonical::overrides(self.lane.overrides) {
            out.extend_from_slice(given.bytes());
        }
        write_some(&self.orders, Canonical::day, out);
    }

    /// Books with the room of `capacity` and the rows that [`Books::write_rows`] wrote.
    ///
    /// # Errors
    /// [`Error`], when the bytes are no such rows.
    pub fn from_rows(capacity: &Capacity, bytes: &[u8]) -> Result<Self, Error> {
        let mut from = Reader(bytes);
        let version = from.u16().ok_or(Error::Row(0))?;
        if version != ROWS_VERSION {
            return Err(Error::Version(version));
        }
        let mut books = Self::new(capacity);
        let head = from.i64().zip(from.u64());
        let (time, count) = head.ok_or(Error::Row(0))?;
        books.lane.time = Timestamp(time);
        let (mut sum, mut kill_sum, mut allotted) = (0_u128, 0_u128, 0_u128);
        let mut last = 0;
        for row in 0..count {
            let rest = from.0;
            // Tables come in the order of their numbers, so that what a row belongs to is there.
            let table = rest.first().copied().filter(|table| *table >= last);
            last = table.ok_or(Error::Row(row))?;
            books.take_row(&mut from).ok_or(Error::Row(row))?;
            // Rows are canonical as they lie there, so their digests needn't be made again.
            let taken = rest.get(..rest.len() - from.0.len()).unwrap_or_default();
            match last {
                tables::LANE | tables::COUNTING | tables::OVERRIDES => {}
                tables::KILL | tables::REDUCING | tables::HEALTH => {
                    kill_sum = kill_sum.wrapping_add(hash::row(taken))
                }
                tables::ALLOTMENT => allotted = allotted.wrapping_add(hash::row(taken)),
                _ => sum = sum.wrapping_add(hash::row(taken)),
            }
        }
        if !from.0.is_empty() {
            return Err(Error::Row(count));
        }
        books.count_open();
        // What loading added on its way to links and heaps is counted here.
        books.sum = sum;
        books.kill_sum = kill_sum;
        books.count_due();
        books.allotted = allotted;
        Ok(books)
    }

    /// Takes one row.
    fn take_row(&mut self, from: &mut Reader<'_>) -> Option<()> {
        match from.byte()? {
            tables::LANE => self.take_lane(from),
            tables::KILL => self.take_kill(from, TradingState::Halted),
            tables::ACCOUNT => self.take_account(from),
            tables::VENUE => self.take_venue(from),
            tables::ORDER => self.take_order(from),
            tables::REQUEST => self.take_request(from),
            tables::REPORT => self.take_report(from),
            tables::ALLOTMENT => self.take_allotment(from),
            tables::USE => self.take_use(from),
            tables::RESERVED => self.take_reserved(from),
            tables::DAY => self.take_day(from),
            tables::REDUCING => self.take_kill(from, TradingState::Reducing),
            tables::PARTIES => self.take_parties(from),
            tables::RESERVED_PRICE => self.take_reserved_price(from),
            tables::EXPOSURE => self.take_exposure(from),
            tables::FLOW => self.take_flow(from),
            tables::STRATEGY => self.take_strategy(from),
            tables::COUNTING => self.take_counting(from),
            tables::HEALTH => self.take_health(from),
            tables::OVERRIDE => self.take_override(from),
            tables::OVERRIDES => {
                self.lane.overrides = from.u64()?;
                Some(())
            }
            _ => None,
        }
    }

    fn take_lane(&mut self, from: &mut Reader<'_>) -> Option<()> {
        self.window.horizon = Timestamp(from.i64()?);
        self.window.span_ns = from.i64()?;
        self.window.identities = from.u32()?;
        self.lane.configuration = from.u64()?;
        self.lane.hash = from.take()?;
        self.lane.kill = from.u64()?;
        self.lane.days = from.u32()?;
        self.lane.closed = from.flag()?;
        Some(())
    }

    fn take_kill(&mut self, from: &mut Reader<'_>, state: TradingState) -> Option<()> {
        let row = KillRow {
            scope: Scope::of_code(from.byte()?)?,
            target: from.u128()?,
            number: from.u64()?,
            state,
        };
        self.kills.find((row.scope, row.target)).is_none().then(|| self.kills.insert(row))?;
        Some(())
    }

    fn take_account(&mut self, from: &mut Reader<'_>) -> Option<()> {
        let row = AccountRow::new(AccountKey(from.u128()?));
        let row = AccountRow { halted: from.flag()?, ..row };
        self.accounts.find(row.key).is_none().then(|| self.accounts.insert(row))?;
        Some(())
    }

    fn take_venue(&mut self, from: &mut Reader<'_>) -> Option<()> {
        let account = AccountKey(from.u128()?);
        let row = VenueRow { account, venue: from.text()?, last: from.u64()? };
        self.venues.find((account, row.venue)).is_none().then(|| self.venues.insert(row))?;
        Some(())
    }

    fn take_order(&mut self, from: &mut Reader<'_>) -> Option<()> {
        let mut row = OrderRow {
            id: OrderId(from.u128()?),
            account: AccountKey(from.u128()?),
            firm: from.u128()?,
            parties: Parties::default(),
            notional: Notional(from.u128()? as i128),
            root: Identity(from.u128()?),
            name: Identity(from.u128()?),
            mass_cancel: Identity(from.u128()?),
            symbol: from.text()?,
            venue: from.text()?,
            order_qty: Quantity(from.i64()?),
            price: Price(from.i64()?),
            cum_qty: Quantity(from.i64()?),
            transact_time: Timestamp(from.i64()?),
            entered: Timestamp(from.i64()?),
            rev: from.u64()?,
            configuration: from.u64()?,
            reference_price: Price(from.i64()?),
            reserved_price: Price(0),
            rule: from.u32()?,
            closed: from.u32()?,
            day: 0,
            day_base: Quantity::ZERO,
            pending_cancels: from.u16()?,
            pending_replaces: from.u16()?,
            side: Side::of_code(from.byte()?)?,
            ord_type: OrdType::of_code(from.byte()?)?,
            time_in_force: TimeInForce::of_code(from.byte()?)?,
            phase: Phase::of_code(from.byte()?)?,
            digest: 0,
            requests: Slot::NONE,
            reports: Slot::NONE,
            links: Links::NONE,
            peers: Links::NONE,
            counted: Counted::default(),
        };
        row.digest = Canonical::order(&row).digest();
        self.accounts.find(row.account)?;
        self.orders.find(row.id).is_none().then_some(())?;
        let slot = self.orders.insert(row);
        if row.is_open() {
            self.link(slot);
        }
        Some(())
    }

    fn take_parties(&mut self, from: &mut Reader<'_>) -> Option<()> {
        let slot = self.orders.find(OrderId(from.u128()?))?;
        let mut party = || from.u64().map(PartyKey);
        let parties =
            Parties { client: party()?, trader: party()?, desk: party()?, strategy: party()? };
        let order = self.orders.get_mut(slot).filter(|order| !order.parties.is_anyone())?;
        order.parties = parties;
        order.digest = Canonical::order_digest(order);
        parties.is_anyone().then_some(())
    }

    fn take_request(&mut self, from: &mut Reader<'_>) -> Option<()> {
        let row = RequestRow {
            identity: Identity(from.u128()?),
            content: from.u128()?,
            account: AccountKey(from.u128()?),
            order: OrderId(from.u128()?),
            transact_time: Timestamp(from.i64()?),
            order_qty: Quantity(from.i64()?),
            price: Price(from.i64()?),
            reasons: Reasons(from.u64()?),
            kind: RequestKind::of_code(from.byte()?)?,
            answer: Answer::of_code(from.byte()?)?,
            place: Slot::NONE,
            next: Slot::NONE,
        };
        self.window.requests.find(row.identity).is_none().then_some(())?;
        // A refused request only names its order.
        let place = match row.answer {
            Answer::Refused => None,
            _ => self.orders.find(row.order),
        };
        match place {
            Some(place) => self.attach(place, row),
            None if row.transact_time > self.window.horizon => self.window.load(row),
            None => return None,
        }
        Some(())
    }

    fn take_report(&mut self, from: &mut Reader<'_>) -> Option<()> {
        let mut row = ReportRow {
            exec: ExecIdentity(from.u128()?),
            content: from.u128()?,
            account: AccountKey(from.u128()?),
            order: OrderId(from.u128()?),
            last_qty: Quantity(from.i64()?),
            last_px: Price(from.i64()?),
            day: from.u32()?,
            fill: Fill::of_code(from.byte()?)?,
            next: Slot::NONE,
        };
        self.reports.find(row.exec).is_none().then_some(())?;
        let place = self.orders.find(row.order);
        let order = place.and_then(|place| self.orders.get(place));
        row.next = order.map_or(Slot::NONE, |order| order.reports);
        let slot = self.reports.insert(row);
        if let Some(order) = place.and_then(|place| self.orders.get_mut(place)) {
            order.reports = slot;
        }
        Some(())
    }

    fn take_day(&mut self, from: &mut Reader<'_>) -> Option<()> {
        let slot = self.orders.find(OrderId(from.u128()?))?;
        let order = self.orders.get_mut(slot).filter(|order| !order.has_day())?;
        order.day = from.u32()?;
        order.day_base = Quantity(from.i64()?);
        order.has_day().then_some(())?;
        order.digest = Canonical::order_digest(order);
        Some(())
    }
}

impl Books {
    fn take_allotment(&mut self, from: &mut Reader<'_>) -> Option<()> {
        let row = AllotmentRow {
            limit: LimitKey(from.u128()?),
            amount: from.u128()? as i128,
            transfer: from.u64()?,
            used: 0,
        };
        self.allotments.find(row.limit).is_none().then(|| self.allotments.insert(row))?;
        Some(())
    }

    fn take_use(&mut self, from: &mut Reader<'_>) -> Option<()> {
        let row = UseRow {
            account: AccountKey(from.u128()?),
            limit: LimitKey(from.u128()?),
            buys: from.u128()? as i128,
            sells: from.u128()? as i128,
            net: from.u128()? as i128,
            daily: from.flag()?,
        };
        self.uses.find((row.account, row.limit)).is_none().then(|| self.uses.insert(row))?;
        for (limit, used) in [(row.limit, row.long()), (row.limit.short(), row.short())] {
            if used != 0 {
                let slot = self.allotments.find(limit)?;
                let allotment = self.allotments.get_mut(slot)?;
                allotment.used = allotment.used.wrapping_add(used);
            }
        }
        Some(())
    }

    fn take_reserved(&mut self, from: &mut Reader<'_>) -> Option<()> {
        let row = ReservedRow {
            order: OrderId(from.u128()?),
            number: from.byte()?,
            account: AccountKey(from.u128()?),
            limit: LimitKey(from.u128()?),
            price: Price(from.i64()?),
            counts: Counts::of_code(from.byte()?)?,
            open: from.u128()? as i128,
            done: from.u128()? as i128,
        };
        let order = self.orders.row(row.order).filter(|order| order.account == row.account);
        let is_new = self.reserved.find((row.order, row.number)).is_none();
        order.filter(|_| is_new)?;
        self.reserved.insert(row);
        Some(())
    }
}

/// Rows in the order of their keys.
fn write_table<R: Row>(table: &Table<R>, canonical: fn(&R) -> Canonical, out: &mut Vec<u8>) {
    write_some(table, |row| Some(canonical(row)), out);
}

/// The same of those rows that have that form.
fn write_some<R: Row>(
    table: &Table<R>,
    canonical: impl Fn(&R) -> Option<Canonical>,
    out: &mut Vec<u8>,
) {
    let mut rows: Vec<&R> = table.iter().map(|(_, row)| row).collect();
    rows.sort_unstable_by_key(|row| row.key());
    let rows = rows.into_iter().filter_map(canonical);
    rows.for_each(|row| out.extend_from_slice(row.bytes()));
}
