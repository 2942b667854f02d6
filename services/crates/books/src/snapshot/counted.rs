//! The rows that controls count by, read back.

use domain::{
    AccountKey, Counting, Notional, OrderId, Override, PartyKey, Price, Quantity, Reasons,
    Timestamp,
};

use crate::canonical::{Canonical, Reader};
use crate::exposure::{Counted, ExposureRow, FlowRow, StrategyRow};
use crate::health::HealthRow;
use crate::overrides::OverrideRow;
use crate::state::Books;
use crate::table::Slot;

impl Books {
    pub(super) fn take_reserved_price(&mut self, from: &mut Reader<'_>) -> Option<()> {
        let slot = self.orders.find(OrderId(from.u128()?))?;
        let price = Price(from.i64()?);
        let order = self.orders.get_mut(slot).filter(|order| order.reserved_price.0 == 0)?;
        order.reserved_price = price;
        order.digest = Canonical::order_digest(order);
        (price.0 != 0).then_some(())
    }

    pub(super) fn take_exposure(&mut self, from: &mut Reader<'_>) -> Option<()> {
        let row = ExposureRow::new(AccountKey(from.u128()?), from.text()?);
        let row = ExposureRow {
            position: from.u128()? as i128,
            anchor: Price(from.i64()?),
            anchored: Timestamp(from.i64()?),
            last_asked: from.u64()?,
            last_asked_at: Timestamp(from.i64()?),
            ..row
        };
        let key = (row.account, row.symbol);
        self.exposures.find(key).is_none().then(|| self.exposures.insert(row))?;
        Some(())
    }

    pub(super) fn take_flow(&mut self, from: &mut Reader<'_>) -> Option<()> {
        let row = FlowRow {
            account: AccountKey(from.u128()?),
            traded: Notional(from.u128()? as i128),
            since: Timestamp(from.i64()?),
            messages: from.u32()?,
            open: Notional(0),
        };
        self.flows.find(row.account).is_none().then(|| self.flows.insert(row))?;
        Some(())
    }

    pub(super) fn take_strategy(&mut self, from: &mut Reader<'_>) -> Option<()> {
        let row = StrategyRow {
            account: AccountKey(from.u128()?),
            strategy: PartyKey(from.u64()?),
            since: Timestamp(from.i64()?),
            executions: from.u32()?,
            disabled: from.flag()?,
        };
        let key = (row.account, row.strategy);
        self.strategies.find(key).is_none().then(|| self.strategies.insert(row))?;
        Some(())
    }

    pub(super) fn take_counting(&mut self, from: &mut Reader<'_>) -> Option<()> {
        self.lane.counting = Counting {
            is_on: from.flag()?,
            messages_ns: from.i64()?,
            executions_ns: from.i64()?,
            collar_ns: from.i64()?,
        };
        Some(())
    }

    pub(super) fn take_health(&mut self, from: &mut Reader<'_>) -> Option<()> {
        let row = HealthRow {
            venue: from.text()?,
            since: Timestamp(from.i64()?),
            retry_ns: from.i64()?,
            probe: OrderId(from.u128()?),
        };
        self.healths.find(row.venue).is_none().then(|| self.healths.insert(row))?;
        Some(())
    }

    pub(super) fn take_override(&mut self, from: &mut Reader<'_>) -> Option<()> {
        let row = OverrideRow(Override {
            number: from.u64()?,
            account: AccountKey(from.u128()?),
            symbol: from.text()?,
            max_order_qty: Quantity(from.i64()?),
            reasons: Reasons(from.u64()?),
            until: Timestamp(from.i64()?),
            count: from.u32()?,
        });
        self.overrides.find(row.0.number).is_none().then(|| self.overrides.insert(row))?;
        Some(())
    }

    /// What orders have done is in the rows; what they have open is counted from them.
    pub(super) fn count_open(&mut self) {
        if !self.lane.counting.is_on {
            return;
        }
        let slots: Vec<Slot> = self.orders.iter().map(|(slot, _)| slot).collect();
        for slot in slots {
            if let Some(order) = self.orders.get_mut(slot) {
                let done =
                    Counted { cum_qty: order.cum_qty, notional: order.notional, ..order.counted };
                order.counted = done;
            }
            self.count_order(slot);
        }
    }
}
