//! Counting for controls: every change of an order moves what its account has open, holds and
//! traded, before the next decision.
//!
//! Entry points: [`Books::count_order`], [`Books::admitted`], [`Books::asked_something`],
//! [`Books::set_counting`].
//! Invariants: INV-10; RTS 6 Art 15(2): what is sent counts at once, a replace at the larger of
//! what is and what it asks for. It refuses nothing: that is `routing`'s part. Switched off, it
//! leaves no trace in the books, so that entries of the first rules fold to the digests that they
//! have.

use domain::counting::{Counting, period_start};
use domain::inbound::New;
use domain::{AccountKey, Inbound, Notional, Outcome, PartyKey, Price, Quantity, Reason};

use crate::canonical::Canonical;
use crate::exposure::{Counted, ExposureRow, FlowRow, StrategyRow, asked, buys};
use crate::order::{Links, OrderRow};
use crate::request::{Answer, RequestKind};
use crate::state::Books;
use crate::table::Slot;

impl Books {
    /// Counts in this way from here on. Switched on, it counts what the orders in the books have
    /// done and have open; it is never switched off again, because orders that come and go
    /// uncounted would leave positions that nobody can tell.
    pub(crate) fn set_counting(&mut self, counting: Counting) {
        let begins = counting.is_on && !self.lane.counting.is_on;
        self.lane.counting =
            Counting { is_on: counting.is_on || self.lane.counting.is_on, ..counting };
        if begins {
            self.count_all();
        }
    }

    /// Counts every order in the books, in the order of their places.
    pub(crate) fn count_all(&mut self) {
        let slots: Vec<Slot> = self.orders.iter().map(|(slot, _)| slot).collect();
        for slot in slots {
            self.count_order(slot);
        }
    }

    /// Moves the counts with an order that was changed.
    pub(crate) fn count_order(&mut self, slot: Slot) {
        if !self.lane.counting.is_on {
            return;
        }
        let Some(order) = self.orders.get(slot).copied() else { return };
        let before = order.counted;
        let (open_qty, open) = self.open_of(&order);
        let now = Counted { cum_qty: order.cum_qty, notional: order.notional, open_qty, open };
        if now == before {
            return;
        }
        let exposure = self.exposure_slot(&order);
        self.hold(exposure, &order, before, now);
        if now.notional != before.notional || now.open != before.open {
            self.flow(order.account, |row| {
                // Wrapping, so that what is added can be taken off whatever the amounts.
                let traded = now.notional.0.wrapping_sub(before.notional.0);
                row.traded = Notional(row.traded.0.wrapping_add(traded));
                let open = now.open.0.wrapping_sub(before.open.0);
                row.open = Notional(row.open.0.wrapping_add(open));
            });
        }
        if before.cum_qty.0 == 0 && now.cum_qty.0 > 0 {
            self.executed(&order);
        }
        if let Some(order) = self.orders.get_mut(slot) {
            order.counted = now;
        }
        match (before.open_qty.0 > 0, open_qty.0 > 0) {
            (false, true) => self.join(exposure, slot),
            (true, false) => self.leave(exposure, slot),
            _ => {}
        }
    }

    /// A new order was admitted: what it asked for, and the price that its period began with.
    pub(crate) fn admitted(&mut self, new: &New) {
        let counting = self.lane.counting;
        let Some(slot) = self.exposures.find((new.head.account, new.symbol)) else { return };
        let since = period_start(self.lane.time, counting.collar_ns);
        let time = self.lane.time;
        self.exposure(slot, |row| {
            row.last_asked = asked(new);
            row.last_asked_at = time;
            if counting.collar_ns > 0 && new.price.0 > 0 && row.anchored != since {
                row.anchored = since;
                row.anchor = new.price;
            }
        });
    }

    /// A request was decided: it counts for the rate of an account that is known.
    pub(crate) fn asked_something(&mut self, input: &Inbound, outcome: &Outcome) {
        let counting = self.lane.counting;
        if !counting.is_on {
            return;
        }
        let (Some(head), false) = (input.head(), matches!(input, Inbound::Status(_))) else {
            return;
        };
        let account = head.account;
        let is_refused = match outcome {
            Outcome::Rejected(rejection) => {
                if let (Inbound::New(new), true) =
                    (input, rejection.reasons.contains(Reason::RepeatExecution))
                {
                    self.strategy(account, new.parties.strategy, |row| row.disabled = true);
                }
                true
            }
            Outcome::Routed(_) | Outcome::Forwarded(_) | Outcome::MassForwarded { .. } => false,
            _ => return,
        };
        // Whoever isn't known is refused for that, and leaves nothing behind.
        let is_known = !is_refused || self.accounts.find(account).is_some();
        if is_known && counting.messages_ns > 0 {
            let since = period_start(self.lane.time, counting.messages_ns);
            self.flow(account, |row| {
                row.messages = if row.since == since { row.messages.saturating_add(1) } else { 1 };
                row.since = since;
            });
        }
    }

    /// A named person lets an account's strategies trade again.
    pub(crate) fn enable_strategies(&mut self, account: AccountKey) {
        let rows = self.strategies.iter().map(|(_, row)| *row);
        let disabled = rows.filter(|row| row.account == account && row.disabled);
        for row in disabled.collect::<Vec<_>>() {
            self.strategy(account, row.strategy, |row| {
                row.disabled = false;
                row.executions = 0;
            });
        }
    }

    /// The business day has ended: nothing was traded today yet.
    pub(crate) fn begin_trading_day(&mut self) {
        let accounts = self.flows.iter().map(|(_, row)| row.account);
        for account in accounts.collect::<Vec<_>>() {
            self.flow(account, |row| row.traded = Notional(0));
        }
    }

    /// What is open of an order and what it counts for: the larger of what is in force and what
    /// its pending replaces ask for.
    pub(crate) fn open_of(&self, order: &OrderRow) -> (Quantity, Notional) {
        if order.leaves_qty().0 == 0 && order.pending_replaces == 0 || order.phase.is_over() {
            return (Quantity::ZERO, Notional(0));
        }
        let mut quantity = order.order_qty;
        let mut price = order.counted_price();
        if order.pending_replaces > 0 {
            let pending = self.requests(order).filter(|request| {
                request.kind == RequestKind::Replace && request.answer == Answer::Pending
            });
            for request in pending {
                quantity = quantity.max(request.order_qty);
                price = price.max(request.price);
            }
        }
        let open = quantity.minus(order.cum_qty);
        (open, price.times(open))
    }

    fn hold(&mut self, slot: Slot, order: &OrderRow, before: Counted, now: Counted) {
        let filled = i128::from(now.cum_qty.0) - i128::from(before.cum_qty.0);
        if let Some(row) = self.exposures.get_mut(slot) {
            let opened = i128::from(now.open_qty.0) - i128::from(before.open_qty.0);
            row.open(order.side, opened);
        }
        if filled != 0 {
            let change = if buys(order.side) { filled } else { -filled };
            self.exposure(slot, |row| row.position += change);
        }
    }

    fn executed(&mut self, order: &OrderRow) {
        let period = self.lane.counting.executions_ns;
        if period > 0 {
            let since = period_start(self.lane.time, period);
            self.strategy(order.account, order.parties.strategy, |row| {
                row.executions = if row.since == since { row.executions + 1 } else { 1 };
                row.since = since;
            });
        }
    }

    fn exposure_slot(&mut self, order: &OrderRow) -> Slot {
        self.exposures.find((order.account, order.symbol)).unwrap_or_else(|| {
            let row = ExposureRow::new(order.account, order.symbol);
            self.sum = self.sum.wrapping_add(Canonical::exposure(&row).digest());
            self.exposures.insert(row)
        })
    }

    fn exposure(&mut self, slot: Slot, change: impl FnOnce(&mut ExposureRow)) {
        if let Some(row) = self.exposures.get_mut(slot) {
            self.sum = self.sum.wrapping_sub(Canonical::exposure(row).digest());
            change(row);
            self.sum = self.sum.wrapping_add(Canonical::exposure(row).digest());
        }
    }

    fn flow(&mut self, account: AccountKey, change: impl FnOnce(&mut FlowRow)) {
        let slot = self.flows.find(account).unwrap_or_else(|| {
            let row = FlowRow::new(account);
            self.sum = self.sum.wrapping_add(Canonical::flow(&row).digest());
            self.flows.insert(row)
        });
        if let Some(row) = self.flows.get_mut(slot) {
            let before = *row;
            change(row);
            if (before.traded, before.since, before.messages)
                != (row.traded, row.since, row.messages)
            {
                self.sum = self.sum.wrapping_sub(Canonical::flow(&before).digest());
                self.sum = self.sum.wrapping_add(Canonical::flow(row).digest());
            }
        }
    }

    fn strategy(
        &mut self,
        account: AccountKey,
        strategy: PartyKey,
        change: impl FnOnce(&mut StrategyRow),
    ) {
        let slot = self.strategies.find((account, strategy)).unwrap_or_else(|| {
            let since = domain::Timestamp(0);
            let row = StrategyRow { account, strategy, since, executions: 0, disabled: false };
            self.sum = self.sum.wrapping_add(Canonical::strategy(&row).digest());
            self.strategies.insert(row)
        });
        if let Some(row) = self.strategies.get_mut(slot) {
            self.sum = self.sum.wrapping_sub(Canonical::strategy(row).digest());
            change(row);
            self.sum = self.sum.wrapping_add(Canonical::strategy(row).digest());
        }
    }

    /// Puts an order at the head of its account's open ones in its instrument.
    fn join(&mut self, exposure: Slot, slot: Slot) {
        let Some(row) = self.exposures.get_mut(exposure) else { return };
        let after = std::mem::replace(&mut row.first, slot);
        if let Some(next) = self.orders.get_mut(after) {
            next.peers.before = slot;
        }
        if let Some(order) = self.orders.get_mut(slot) {
            order.peers = Links { before: Slot::NONE, after };
        }
    }

    fn leave(&mut self, exposure: Slot, slot: Slot) {
        let Some(order) = self.orders.get_mut(slot) else { return };
        let links = std::mem::replace(&mut order.peers, Links::NONE);
        if let Some(next) = self.orders.get_mut(links.after) {
            next.peers.before = links.before;
        }
        match self.orders.get_mut(links.before) {
            Some(before) => before.peers.after = links.after,
            None => {
                if let Some(row) = self.exposures.get_mut(exposure) {
                    row.first = links.after;
                }
            }
        }
    }
}

// === impl OrderRow ===

impl OrderRow {
    /// The price at which what is open counts.
    #[must_use]
    pub fn counted_price(&self) -> Price {
        self.price.max(self.reserved_price)
    }
}
