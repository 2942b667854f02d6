//! What the books keep for controls: exposure per account and instrument, what an account traded
//! and asked, and how often a strategy traded.
//!
//! Entry points: [`ExposureRow`], [`FlowRow`], [`StrategyRow`]. What changes them is `counting`.
//! Invariants: INV-10. What is open is summed from the orders and so never part of a row's bytes;
//! what is done (position, traded, periods) is state of its own, because orders are let go.

use domain::inbound::New;
use domain::{AccountKey, Notional, PartyKey, Price, Quantity, Side, Symbol, Timestamp};

use crate::table::{Row, Slot};

/// An account in an instrument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExposureRow {
    /// The account.
    pub account: AccountKey,
    /// The instrument.
    pub symbol: Symbol,
    /// Bought minus sold, in 10^-8 of a share, as the next three.
    pub position: i128,
    /// Price of the first order of the period, and when the period began (`PRICE_COLLAR`).
    pub anchor: Price,
    /// See `anchor`.
    pub anchored: Timestamp,
    /// What the last admitted order asked for, hashed, and when (`DUPLICATE_ORDER`).
    pub last_asked: u64,
    /// See `last_asked`.
    pub last_asked_at: Timestamp,
    /// What is open to buy, counted from the moment it is sent.
    pub open_buy: i128,
    /// What is open to sell, short sales among it.
    pub open_sell: i128,
    /// What is open to sell short.
    pub open_short: i128,
    /// First of its open orders.
    pub(crate) first: Slot,
}

/// What an account traded today and asked in the period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FlowRow {
    /// The account.
    pub account: AccountKey,
    /// LastQty times LastPx of today's fills of either side, busts taken off.
    pub traded: Notional,
    /// When the period of `messages` began.
    pub since: Timestamp,
    /// Requests in the period (`MESSAGE_RATE`).
    pub messages: u32,
    /// What is open, at the price at which it is counted.
    pub open: Notional,
}

/// How often a strategy of an account traded in the period (`REPEAT_EXECUTION`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StrategyRow {
    /// The account.
    pub account: AccountKey,
    /// The strategy; nobody's counts orders that name none.
    pub strategy: PartyKey,
    /// When the period began.
    pub since: Timestamp,
    /// Orders in the period that traded.
    pub executions: u32,
    /// It traded too often, and waits for a named person.
    pub disabled: bool,
}

/// What an order counts for now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counted {
    pub(crate) cum_qty: Quantity,
    pub(crate) notional: Notional,
    pub(crate) open_qty: Quantity,
    pub(crate) open: Notional,
}

/// A hash of what an order asks for beside its ClOrdID: never 0.
#[must_use]
pub fn asked(new: &New) -> u64 {
    let mut bytes = [0; 32];
    bytes[0] = new.side.code();
    bytes[1] = new.ord_type.code();
    bytes[2] = new.time_in_force.code();
    bytes[8..16].copy_from_slice(&new.order_qty.0.to_be_bytes());
    bytes[16..24].copy_from_slice(&new.price.0.to_be_bytes());
    bytes[24..32].copy_from_slice(&new.parties.strategy.0.to_be_bytes());
    (domain::hash::row(&bytes) as u64).max(1)
}

/// Whether a side buys.
#[must_use]
pub const fn buys(side: Side) -> bool {
    matches!(side, Side::Buy)
}

/// Whether a side sells short.
#[must_use]
pub const fn is_short(side: Side) -> bool {
    matches!(side, Side::SellShort | Side::SellShortExempt)
}

// === impl ExposureRow ===

impl ExposureRow {
    /// An account that never had anything in the instrument.
    #[must_use]
    pub const fn new(account: AccountKey, symbol: Symbol) -> Self {
        Self {
            account,
            symbol,
            position: 0,
            anchor: Price(0),
            anchored: Timestamp(0),
            last_asked: 0,
            last_asked_at: Timestamp(0),
            open_buy: 0,
            open_sell: 0,
            open_short: 0,
            first: Slot::NONE,
        }
    }

    /// Adds to what is open on a side.
    pub(crate) const fn open(&mut self, side: Side, change: i128) {
        let one = if buys(side) { &mut self.open_buy } else { &mut self.open_sell };
        *one += change;
        if is_short(side) {
            self.open_short += change;
        }
    }
}

impl Row for ExposureRow {
    type Key = (AccountKey, Symbol);
    fn key(&self) -> Self::Key {
        (self.account, self.symbol)
    }
    fn spread((account, symbol): Self::Key) -> u32 {
        let [a, b, c, d, e, f, g, h, i, j, k, l] = *symbol.padded();
        let one = u32::from_be_bytes([a, b, c, d]).wrapping_mul(0x9e37_79b9);
        let two = u32::from_be_bytes([e, f, g, h]).wrapping_mul(0x85eb_ca6b);
        let three = u32::from_be_bytes([i, j, k, l]).wrapping_mul(0xc2b2_ae35);
        account.0 as u32 ^ one ^ two ^ three
    }
}

// === impl FlowRow ===

impl FlowRow {
    /// An account that did nothing yet.
    #[must_use]
    pub const fn new(account: AccountKey) -> Self {
        Self { account, traded: Notional(0), since: Timestamp(0), messages: 0, open: Notional(0) }
    }
}

impl Row for FlowRow {
    type Key = AccountKey;
    fn key(&self) -> AccountKey {
        self.account
    }
    fn spread(key: AccountKey) -> u32 {
        key.0 as u32
    }
}

// === impl StrategyRow ===

impl Row for StrategyRow {
    type Key = (AccountKey, PartyKey);
    fn key(&self) -> Self::Key {
        (self.account, self.strategy)
    }
    fn spread((account, strategy): Self::Key) -> u32 {
        account.0 as u32 ^ strategy.0 as u32
    }
}
