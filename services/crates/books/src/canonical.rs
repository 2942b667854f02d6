//! Canonical rows: the one byte form of each row, for digests and snapshots alike.
//!
//! Entry points: [`Canonical`] (to bytes), [`Reader`] (back).
//! A row is its table's number, its key and its fields, integers big-endian, always of the same
//! length per table; changing one is a new format version. Slots, links and caches never appear.

use domain::{Counting, TradingState, hash};

use crate::account::{AccountRow, KillRow, VenueRow};
use crate::exposure::{ExposureRow, FlowRow, StrategyRow};
use crate::health::HealthRow;
use crate::limit::{AllotmentRow, ReservedRow, UseRow};
use crate::order::OrderRow;
use crate::overrides::OverrideRow;
use crate::report::ReportRow;
use crate::request::RequestRow;

/// Longest row in bytes; up to 240 the hash takes its short way.
const ROW_BYTES_MAX: usize = 240;

/// Numbers of the tables.
pub(crate) mod tables {
    pub(crate) const LANE: u8 = 1;
    pub(crate) const KILL: u8 = 2;
    pub(crate) const ACCOUNT: u8 = 3;
    pub(crate) const VENUE: u8 = 4;
    pub(crate) const ORDER: u8 = 5;
    pub(crate) const REQUEST: u8 = 6;
    pub(crate) const REPORT: u8 = 7;
    pub(crate) const ALLOTMENT: u8 = 8;
    pub(crate) const USE: u8 = 9;
    pub(crate) const RESERVED: u8 = 10;
    /// Trading states that let through what reduces.
    pub(crate) const REDUCING: u8 = 20;
    /// Business days of orders, once their lane has seen one change.
    pub(crate) const DAY: u8 = 40;
    /// Who stands behind orders, of those where somebody is named.
    pub(crate) const PARTIES: u8 = 21;
    /// Prices at which orders count, where those aren't their own.
    pub(crate) const RESERVED_PRICE: u8 = 22;
    pub(crate) const EXPOSURE: u8 = 23;
    pub(crate) const FLOW: u8 = 24;
    pub(crate) const STRATEGY: u8 = 25;
    /// What is counted, once something is.
    pub(crate) const COUNTING: u8 = 26;
    /// Venues that aren't well.
    pub(crate) const HEALTH: u8 = 27;
    /// Overrides that may still be used.
    pub(crate) const OVERRIDE: u8 = 29;
    /// Number of the last override, once there was one.
    pub(crate) const OVERRIDES: u8 = 30;
}

/// A row's bytes.
#[derive(Clone, Copy)]
pub(crate) struct Canonical {
    bytes: [u8; ROW_BYTES_MAX],
    length: usize,
}

/// Bytes that rows are read from; `None` past the end.
pub(crate) struct Reader<'a>(pub(crate) &'a [u8]);

// === impl Canonical ===

impl Canonical {
    pub(crate) const fn new(table: u8) -> Self {
        let mut bytes = [0; ROW_BYTES_MAX];
        bytes[0] = table;
        Self { bytes, length: 1 }
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }

    /// What the row adds to the sum of its digest.
    pub(crate) fn digest(&self) -> u128 {
        hash::row(self.bytes())
    }

    // Inlined, lengths are constants, and a row is a run of plain stores.
    #[inline(always)]
    pub(crate) fn put<const N: usize>(&mut self, field: &[u8; N]) -> &mut Self {
        if let Some(room) = self.bytes.get_mut(self.length..self.length + N) {
            room.copy_from_slice(field);
            self.length += N;
        }
        self
    }

    pub(crate) fn account(row: &AccountRow) -> Self {
        let mut to = Self::new(tables::ACCOUNT);
        to.put(&row.key.0.to_be_bytes()).put(&[u8::from(row.halted)]);
        to
    }

    pub(crate) fn venue(row: &VenueRow) -> Self {
        let mut to = Self::new(tables::VENUE);
        to.put(&row.account.0.to_be_bytes()).put(row.venue.padded()).put(&row.last.to_be_bytes());
        to
    }

    pub(crate) fn kill(row: &KillRow) -> Self {
        let table = match row.state {
            TradingState::Reducing => tables::REDUCING,
            TradingState::Active | TradingState::Halted => tables::KILL,
        };
        let mut to = Self::new(table);
        to.put(&[row.scope as u8]).put(&row.target.to_be_bytes()).put(&row.number.to_be_bytes());
        to
    }

    pub(crate) fn order(row: &OrderRow) -> Self {
        let mut to = Self::new(tables::ORDER);
        to.put(&row.id.0.to_be_bytes())
            .put(&row.account.0.to_be_bytes())
            .put(&row.firm.to_be_bytes())
            .put(&row.notional.0.to_be_bytes())
            .put(&row.root.0.to_be_bytes())
            .put(&row.name.0.to_be_bytes())
            .put(&row.mass_cancel.0.to_be_bytes())
            .put(row.symbol.padded())
            .put(row.venue.padded())
            .put(&row.order_qty.0.to_be_bytes())
            .put(&row.price.0.to_be_bytes())
            .put(&row.cum_qty.0.to_be_bytes())
            .put(&row.transact_time.0.to_be_bytes())
            .put(&row.entered.0.to_be_bytes())
            .put(&row.rev.to_be_bytes())
            .put(&row.configuration.to_be_bytes())
            .put(&row.reference_price.0.to_be_bytes())
            .put(&row.rule.to_be_bytes())
            .put(&row.closed.to_be_bytes())
            .put(&row.pending_cancels.to_be_bytes())
            .put(&row.pending_replaces.to_be_bytes())
            .put(&[row.side.code(), row.ord_type.code(), row.time_in_force.code()])
            .put(&[row.phase as u8]);
        to
    }

    /// Who stands behind an order; `None` where nobody is named. Part of the order's row, apart
    /// because rows of the first format haven't it.
    pub(crate) fn parties(row: &OrderRow) -> Option<Self> {
        let mut to = Self::new(tables::PARTIES);
        to.put(&row.id.0.to_be_bytes());
        for (_, party) in row.parties.each() {
            to.put(&party.0.to_be_bytes());
        }
        row.parties.is_anyone().then_some(to)
    }

    /// The business day of an order; `None` before its lane has seen a change. Apart for the same
    /// reason.
    pub(crate) fn day(row: &OrderRow) -> Option<Self> {
        let mut to = Self::new(tables::DAY);
        to.put(&row.id.0.to_be_bytes())
            .put(&row.day.to_be_bytes())
            .put(&row.day_base.0.to_be_bytes());
        row.has_day().then_some(to)
    }

    /// What an order adds to the sum of its digest.
    pub(crate) fn order_digest(row: &OrderRow) -> u128 {
        let digest = |part: Canonical| part.digest();
        let parties = Self::parties(row).map_or(0, digest);
        let day = Self::day(row).map_or(0, digest);
        let reserved = Self::reserved_price(row).map_or(0, digest);
        let apart = parties.wrapping_add(day).wrapping_add(reserved);
        Self::order(row).digest().wrapping_add(apart)
    }

    /// The price at which an order counts; `None` where that is its own.
    pub(crate) fn reserved_price(row: &OrderRow) -> Option<Self> {
        let mut to = Self::new(tables::RESERVED_PRICE);
        to.put(&row.id.0.to_be_bytes()).put(&row.reserved_price.0.to_be_bytes());
        (row.reserved_price.0 != 0).then_some(to)
    }

    pub(crate) fn exposure(row: &ExposureRow) -> Self {
        let mut to = Self::new(tables::EXPOSURE);
        to.put(&row.account.0.to_be_bytes())
            .put(row.symbol.padded())
            .put(&row.position.to_be_bytes())
            .put(&row.anchor.0.to_be_bytes())
            .put(&row.anchored.0.to_be_bytes())
            .put(&row.last_asked.to_be_bytes())
            .put(&row.last_asked_at.0.to_be_bytes());
        to
    }

    pub(crate) fn health(row: &HealthRow) -> Self {
        let mut to = Self::new(tables::HEALTH);
        to.put(row.venue.padded())
            .put(&row.since.0.to_be_bytes())
            .put(&row.retry_ns.to_be_bytes())
            .put(&row.probe.0.to_be_bytes());
        to
    }

    pub(crate) fn overriding(row: &OverrideRow) -> Self {
        let mut to = Self::new(tables::OVERRIDE);
        to.put(&row.0.number.to_be_bytes())
            .put(&row.0.account.0.to_be_bytes())
            .put(row.0.symbol.padded())
            .put(&row.0.max_order_qty.0.to_be_bytes())
            .put(&row.0.reasons.0.to_be_bytes())
            .put(&row.0.until.0.to_be_bytes())
            .put(&row.0.count.to_be_bytes());
        to
    }

    /// Number of the last override; `None` before the first.
    pub(crate) fn overrides(number: u64) -> Option<Self> {
        let mut to = Self::new(tables::OVERRIDES);
        to.put(&number.to_be_bytes());
        (number > 0).then_some(to)
    }

    pub(crate) fn flow(row: &FlowRow) -> Self {
        let mut to = Self::new(tables::FLOW);
        to.put(&row.account.0.to_be_bytes())
            .put(&row.traded.0.to_be_bytes())
            .put(&row.since.0.to_be_bytes())
            .put(&row.messages.to_be_bytes());
        to
    }

    pub(crate) fn strategy(row: &StrategyRow) -> Self {
        let mut to = Self::new(tables::STRATEGY);
        to.put(&row.account.0.to_be_bytes())
            .put(&row.strategy.0.to_be_bytes())
            .put(&row.since.0.to_be_bytes())
            .put(&row.executions.to_be_bytes())
            .put(&[u8::from(row.disabled)]);
        to
    }

    /// What is counted; `None` before anything was.
    pub(crate) fn counting(row: &Counting) -> Option<Self> {
        let mut to = Self::new(tables::COUNTING);
        to.put(&[u8::from(row.is_on)])
            .put(&row.messages_ns.to_be_bytes())
            .put(&row.executions_ns.to_be_bytes())
            .put(&row.collar_ns.to_be_bytes());
        (*row != Counting::default()).then_some(to)
    }

    pub(crate) fn request(row: &RequestRow) -> Self {
        let mut to = Self::new(tables::REQUEST);
        to.put(&row.identity.0.to_be_bytes())
            .put(&row.content.to_be_bytes())
            .put(&row.account.0.to_be_bytes())
            .put(&row.order.0.to_be_bytes())
            .put(&row.transact_time.0.to_be_bytes())
            .put(&row.order_qty.0.to_be_bytes())
            .put(&row.price.0.to_be_bytes())
            .put(&row.reasons.0.to_be_bytes())
            .put(&[row.kind as u8, row.answer as u8]);
        to
    }

    pub(crate) fn report(row: &ReportRow) -> Self {
        let mut to = Self::new(tables::REPORT);
        to.put(&row.exec.0.to_be_bytes())
            .put(&row.content.to_be_bytes())
            .put(&row.account.0.to_be_bytes())
            .put(&row.order.0.to_be_bytes())
            .put(&row.last_qty.0.to_be_bytes())
            .put(&row.last_px.0.to_be_bytes())
            .put(&row.day.to_be_bytes())
            .put(&[row.fill as u8]);
        to
    }

    pub(crate) fn allotment(row: &AllotmentRow) -> Self {
        let mut to = Self::new(tables::ALLOTMENT);
        to.put(&row.limit.0.to_be_bytes())
            .put(&row.amount.to_be_bytes())
            .put(&row.transfer.to_be_bytes());
        to
    }

    pub(crate) fn used(row: &UseRow) -> Self {
        let mut to = Self::new(tables::USE);
        to.put(&row.account.0.to_be_bytes())
            .put(&row.limit.0.to_be_bytes())
            .put(&row.buys.to_be_bytes())
            .put(&row.sells.to_be_bytes())
            .put(&row.net.to_be_bytes())
            .put(&[u8::from(row.daily)]);
        to
    }

    pub(crate) fn reserved(row: &ReservedRow) -> Self {
        let mut to = Self::new(tables::RESERVED);
        to.put(&row.order.0.to_be_bytes())
            .put(&[row.number])
            .put(&row.account.0.to_be_bytes())
            .put(&row.limit.0.to_be_bytes())
            .put(&row.price.0.to_be_bytes())
            .put(&[row.counts as u8])
            .put(&row.open.to_be_bytes())
            .put(&row.done.to_be_bytes());
        to
    }
}

// === impl Reader ===

impl Reader<'_> {
    pub(crate) fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (field, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*field)
    }

    pub(crate) fn byte(&mut self) -> Option<u8> {
        self.take::<1>().map(|[byte]| byte)
    }

    pub(crate) fn flag(&mut self) -> Option<bool> {
        match self.byte()? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }

    pub(crate) fn u16(&mut self) -> Option<u16> {
        self.take().map(u16::from_be_bytes)
    }

    pub(crate) fn u32(&mut self) -> Option<u32> {
        self.take().map(u32::from_be_bytes)
    }

    pub(crate) fn u64(&mut self) -> Option<u64> {
        self.take().map(u64::from_be_bytes)
    }

    pub(crate) fn i64(&mut self) -> Option<i64> {
        self.take().map(i64::from_be_bytes)
    }

    pub(crate) fn u128(&mut self) -> Option<u128> {
        self.take().map(u128::from_be_bytes)
    }

    /// Texts are padded with zeros.
    pub(crate) fn text<const N: usize>(&mut self) -> Option<domain::Text<N>> {
        let field = self.take::<N>()?;
        let length = field.iter().position(|byte| *byte == 0).unwrap_or(N);
        let text = domain::Text::new(std::str::from_utf8(field.get(..length)?).ok()?)?;
        (*text.padded() == field).then_some(text)
    }
}
