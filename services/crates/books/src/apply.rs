//! The one way in which state changes: an input with its outcome, as the journal keeps them.
//!
//! Entry points: [`Books::apply`].
//! Invariants: INV-8 (what enters window and horizon), INV-10 (no clock, no configuration), INV-11
//! (halts), INV-13 (numbers), INV-14 (one effect per report). Total: any input with any outcome
//! leaves books that hold their invariants; an outcome that the books contradict has no effect. It
//! refuses nothing: that was `routing`'s part, and is recorded in the outcome. On a crash the same
//! inputs and outcomes are applied again from the journal.

use domain::entry::FORMAT_OF_DAYS;
use domain::inbound::{MassCancel, New, RequestHead};
use domain::outcome::{Forwarded, Notes, Rejection, Routed};
use domain::{
    Control, Identity, Inbound, Kill, Notional, OrdStatus, OrderId, Outcome, Price, Quantity,
    Reasons, Timestamp, TradingState,
};

use crate::account::KillRow;
use crate::canonical::Canonical;
use crate::effect::{Change, Effect, MassCancelled};
use crate::exposure::Counted;
use crate::life::Phase;
use crate::order::{Links, OrderRow};
use crate::request::{Answer, RequestKind, RequestRow};
use crate::state::Books;
use crate::table::Slot;

impl Books {
    /// Applies one input that arrived at `arrival` with what was decided of it.
    ///
    /// A record's arrival moves lane time, and with it the horizon, before anything else; a control
    /// input's doesn't, but for a tick's own.
    pub fn apply(&mut self, arrival: Timestamp, input: &Inbound, outcome: &Outcome) -> Effect {
        self.mass.clear();
        self.sweep.clear();
        if let Inbound::Control(control) = input {
            return match outcome {
                Outcome::Applied => self.control(control),
                _ => Effect::NONE,
            };
        }
        self.pass(arrival);
        self.asked_something(input, outcome);
        match (outcome, input) {
            (Outcome::Routed(routed), Inbound::New(new)) => self.routed(new, routed),
            (Outcome::Forwarded(to), Inbound::Replace(replace)) => {
                let row = forwarded_row(RequestKind::Replace, &replace.head, to.order);
                let row = RequestRow { order_qty: replace.order_qty, price: replace.price, ..row };
                self.forwarded(row, to)
            }
            (Outcome::Forwarded(to), Inbound::Cancel(cancel)) => {
                let row = forwarded_row(RequestKind::Cancel, &cancel.head, to.order);
                self.forwarded(row, to)
            }
            (Outcome::MassForwarded { .. }, Inbound::MassCancel(mass)) => self.mass_forwarded(mass),
            (Outcome::Rejected(rejection), _) => self.rejected(input, rejection),
            (
                Outcome::Duplicate { order }
                | Outcome::Stale { order }
                | Outcome::Answered { order },
                _,
            ) => {
                let request = input.head().map(|head| head.identity).unwrap_or_default();
                self.as_it_stands(Change::None, *order, request)
            }
            (Outcome::Reported { order }, Inbound::Report(report)) => self.reported(*order, report),
            (Outcome::Unmatched, Inbound::Report(report)) => {
                self.unmatched(report);
                Effect::NONE
            }
            (Outcome::Quarantined, _) => {
                if let Some(account) = input.account() {
                    self.set_halted(account, true);
                }
                Effect::NONE
            }
            _ => Effect::NONE,
        }
    }

    /// The state of an order as an effect; only its id where it isn't in the books.
    pub(crate) fn as_it_stands(&self, change: Change, id: OrderId, request: Identity) -> Effect {
        match self.orders.row(id) {
            Some(order) => Effect::of(change, order, request),
            None => Effect { change, order: id, request, ..Effect::NONE },
        }
    }

    fn pass(&mut self, time: Timestamp) {
        self.lane.time = self.lane.time.max(time);
        self.window.advance(self.lane.time, &mut self.sum);
    }

    fn control(&mut self, control: &Control) -> Effect {
        match control {
            Control::Tick(time) => self.pass(*time),
            Control::Configuration { number, hash } => {
                if *number > self.lane.configuration {
                    self.lane.configuration = *number;
                    self.lane.hash = *hash;
                }
            }
            Control::Kill(kill) => self.kill(kill),
            Control::Halt(account) => self.set_halted(*account, true),
            Control::Release(account) => {
                self.set_halted(*account, false);
                self.enable_strategies(*account);
            }
            Control::Health { venue, healthy, retry_ns } => {
                self.set_health(*venue, *healthy, *retry_ns);
            }
            Control::Counting(counting) => self.set_counting(*counting),
            Control::Override(given) => self.give_override(given),
            Control::Window { span_ns, identities } => {
                self.window.reach(*span_ns, *identities, &mut self.sum);
            }
            Control::Intake { closed } => self.lane.closed = *closed,
            // The format before has no rows for days.
            Control::BusinessDay { .. } | Control::DayEnd { .. }
                if self.format < FORMAT_OF_DAYS => {}
            Control::BusinessDay { number, .. } => self.begin_day(*number),
            Control::DayEnd { orders } => return self.end_orders(*orders),
            Control::Allotment { limit, amount, transfer } => {
                self.allot(*limit, *amount, *transfer);
            }
        }
        Effect::NONE
    }

    /// Each command once, in the order of their numbers.
    fn kill(&mut self, kill: &Kill) {
        if kill.number <= self.lane.kill {
            return;
        }
        self.lane.kill = kill.number;
        let (scope, target) = (kill.scope, KillRow::target(kill));
        if let Some(row) = self.kills.remove((scope, target)) {
            self.kill_sum = self.kill_sum.wrapping_sub(Canonical::kill(&row).digest());
        }
        if kill.state != TradingState::Active {
            let row = KillRow { scope, target, number: kill.number, state: kill.state };
            self.kill_sum = self.kill_sum.wrapping_add(Canonical::kill(&row).digest());
            self.kills.insert(row);
        }
    }

    fn routed(&mut self, new: &New, routed: &Routed) -> Effect {
        let head = &new.head;
        if self.orders.find(routed.order).is_some() || !self.forget(head.identity) {
            return Effect::NONE;
        }
        let account = head.account;
        self.number(account, routed.venue, routed.venue_seq);
        self.account_slot(account);
        let slot = self.orders.insert(OrderRow {
            entered: self.lane.time,
            day: self.lane.days,
            ..new_order(new, routed)
        });
        let row = RequestRow {
            order_qty: new.order_qty,
            price: new.price,
            ..forwarded_row(RequestKind::New, head, routed.order)
        };
        self.attach(slot, row);
        self.reserve(slot, &routed.reservations);
        self.changed(slot, false);
        self.admitted(new);
        if routed.overridden > 0 {
            self.use_override(routed.overridden);
        }
        if routed.notes.contains(Notes::PROBE) {
            self.probes(routed.venue, routed.order);
        }
        self.as_it_stands(Change::Created, routed.order, head.identity)
    }

    fn forwarded(&mut self, row: RequestRow, to: &Forwarded) -> Effect {
        let Some(slot) = self.orders.find(to.order) else { return Effect::NONE };
        if !self.forget(row.identity) {
            return Effect::NONE;
        }
        let Some(order) = self.orders.get_mut(slot) else { return Effect::NONE };
        let was_open = order.is_open();
        let (account, venue) = (order.account, order.venue);
        match row.kind {
            RequestKind::Replace => {
                order.pending_replaces = order.pending_replaces.saturating_add(1);
            }
            _ => order.pending_cancels = order.pending_cancels.saturating_add(1),
        }
        self.number(account, venue, to.venue_seq);
        let request = row.identity;
        self.attach(slot, row);
        self.raise_reserved(to.order, to.reserved_price);
        self.changed(slot, was_open);
        self.as_it_stands(Change::Requested, to.order, request)
    }

    /// One cancel for each order that it names, in order-id order.
    fn mass_forwarded(&mut self, mass: &MassCancel) -> Effect {
        if !self.forget(mass.head.identity) {
            return Effect::NONE;
        }
        self.list_mass(mass);
        for index in 0..self.mass.len() {
            let Some(listed) = self.mass.get(index).copied() else { break };
            let seq = self.next_venue_seq(mass.head.account, listed.venue);
            self.number(mass.head.account, listed.venue, seq);
            let Some(slot) = self.orders.find(listed.order) else { continue };
            let Some(order) = self.orders.get_mut(slot) else { continue };
            order.mass_cancel = mass.head.identity;
            order.pending_cancels = order.pending_cancels.saturating_add(1);
            self.changed(slot, true);
            let rev = self.orders.get(slot).map(|order| order.rev).unwrap_or_default();
            if let Some(listed) = self.mass.get_mut(index) {
                *listed = MassCancelled { venue_seq: seq, rev, ..*listed };
            }
        }
        let row = forwarded_row(RequestKind::MassCancel, &mass.head, OrderId(0));
        self.window.insert(RequestRow { answer: Answer::Accepted, ..row }, &mut self.sum);
        Effect {
            change: Change::MassRequested,
            request: mass.head.identity,
            symbol: mass.symbol,
            ..Effect::NONE
        }
    }

    /// Lists what a mass cancel names, in order-id order: open, with something left, and not being
    /// cancelled already.
    fn list_mass(&mut self, mass: &MassCancel) {
        let Some(account) = self.accounts.row(mass.head.account) else { return };
        let mut at = account.first;
        while let Some(order) = self.orders.get(at) {
            at = order.links.after;
            if order.is_named_by(mass) {
                self.mass.push(MassCancelled {
                    order: order.id,
                    venue: order.venue,
                    venue_seq: 0,
                    rev: order.rev,
                    name: order.name,
                });
            }
        }
        self.mass.sort_unstable_by_key(|listed| listed.order);
    }

    fn rejected(&mut self, input: &Inbound, rejection: &Rejection) -> Effect {
        let Some(head) = input.head() else { return Effect::NONE };
        let (kind, order_qty, price) = match input {
            Inbound::New(new) => (RequestKind::New, new.order_qty, new.price),
            Inbound::Replace(replace) => (RequestKind::Replace, replace.order_qty, replace.price),
            Inbound::MassCancel(_) => (RequestKind::MassCancel, Quantity::ZERO, Price(0)),
            _ => (RequestKind::Cancel, Quantity::ZERO, Price(0)),
        };
        let is_status = matches!(input, Inbound::Status(_));
        if rejection.remembered && !is_status && self.forget(head.identity) {
            let row = RequestRow {
                order_qty,
                price,
                reasons: rejection.reasons,
                answer: Answer::Refused,
                ..forwarded_row(kind, head, rejection.order)
            };
            self.window.insert(row, &mut self.sum);
        }
        let effect = self.as_it_stands(Change::Refused, rejection.order, head.identity);
        match input {
            Inbound::New(new) if self.orders.find(rejection.order).is_none() => Effect {
                rev: 1,
                status: OrdStatus::Rejected,
                order_qty: new.order_qty,
                price: new.price,
                symbol: new.symbol,
                former: head.identity,
                name: head.identity,
                ..effect
            },
            _ => effect,
        }
    }

    /// Makes room for an identity that is about to be remembered; false when it is kept, and so
    /// stays what it is.
    fn forget(&mut self, identity: Identity) -> bool {
        let Some(slot) = self.window.requests.find(identity) else { return true };
        let Some(row) = self.window.requests.get(slot).copied() else { return true };
        if self.is_kept(&row, self.window.horizon) {
            return false;
        }
        // The name of an order that is finished and past the window: it names another from now on.
        if let Some(order) = self.orders.get_mut(row.place) {
            if order.requests == slot {
                order.requests = row.next;
            } else {
                let mut at = order.requests;
                while let Some(before) = self.window.requests.get_mut(at) {
                    if before.next == slot {
                        before.next = row.next;
                        break;
                    }
                    at = before.next;
                }
            }
        }
        self.window.remove(slot, &mut self.sum);
        true
    }

    /// Remembers a request as one of an order's.
    pub(crate) fn attach(&mut self, slot: Slot, row: RequestRow) {
        let next = self.orders.get(slot).map_or(Slot::NONE, |order| order.requests);
        let row = RequestRow { place: slot, next, ..row };
        let request = self.window.insert(row, &mut self.sum);
        if let Some(order) = self.orders.get_mut(slot) {
            order.requests = request;
        }
    }
}

fn new_order(new: &New, routed: &Routed) -> OrderRow {
    OrderRow {
        id: routed.order,
        account: new.head.account,
        firm: new.firm,
        parties: new.parties,
        notional: Notional(0),
        root: new.head.identity,
        name: new.head.identity,
        mass_cancel: Identity(0),
        symbol: new.symbol,
        venue: routed.venue,
        order_qty: new.order_qty,
        price: new.price,
        cum_qty: Quantity::ZERO,
        transact_time: new.head.transact_time,
        entered: Timestamp(0),
        rev: 0,
        configuration: routed.configuration,
        reference_price: routed.reference_price,
        reserved_price: routed.reserved_price,
        rule: routed.rule,
        closed: 0,
        day: 0,
        day_base: Quantity::ZERO,
        pending_cancels: 0,
        pending_replaces: 0,
        side: new.side,
        ord_type: new.ord_type,
        time_in_force: new.time_in_force,
        phase: Phase::Sent,
        digest: 0,
        requests: Slot::NONE,
        reports: Slot::NONE,
        links: Links::NONE,
        peers: Links::NONE,
        counted: Counted::default(),
    }
}

fn forwarded_row(kind: RequestKind, head: &RequestHead, order: OrderId) -> RequestRow {
    RequestRow {
        identity: head.identity,
        content: head.content,
        account: head.account,
        order,
        transact_time: head.transact_time,
        order_qty: Quantity::ZERO,
        price: Price(0),
        reasons: Reasons::NONE,
        kind,
        answer: Answer::Pending,
        place: Slot::NONE,
        next: Slot::NONE,
    }
}

impl OrderRow {
    /// Whether a mass cancel of its account cancels it.
    pub(crate) fn is_named_by(&self, mass: &MassCancel) -> bool {
        let named = mass.symbol.is_empty() || mass.symbol == self.symbol;
        named && self.pending_cancels == 0 && self.leaves_qty().0 > 0
    }
}
