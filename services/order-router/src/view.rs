//! Rows of the order view, made from what was committed.
//!
//! Entry points: [`View::touch`] for each record, [`View::handed`] when its outputs leave,
//! [`View::flush`], [`View::flush_times`], [`View::text`];
//! [`key_of_request`] and [`key_of_account`] for whoever looks up.
//!
//! Invariants: a row carries the revision that the books count; the store takes no lower one, and
//! what it has already isn't made again, so a fold that starts earlier changes nothing. Limits:
//! [`CACHE_MAX`] rows are kept in memory.
//! When an order's outputs left is known after its row was made. Mostly that is in the same turn;
//! else the row is put once more, with what comes next or before cursors pass it.
//! It decides nothing; texts that the books don't keep come from the rows themselves.
//!
//! A crash loses rows that weren't flushed; the fold that follows makes them again.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use books::{Books, Change, OrderRow};
use domain::{AccountKey, Identity, IdentityKey, LaneId, Notional, OrderId, Outcome};
use ports::{Fault, OrderView as Store, ViewRow};
use wire::events::{OrderView, Place};
use wire::message::{Message, NewOrderSingle};

use crate::outputs::Committed;
use crate::relay::Handed;

/// Rows that are kept in memory between flushes.
pub const CACHE_MAX: usize = 65_536;

/// A lane's part of the view.
#[derive(Debug)]
pub struct View {
    lane: LaneId,
    key: IdentityKey,
    /// Orders as they stand, by id; those in `changed` aren't flushed yet.
    cache: BTreeMap<u128, OrderView>,
    changed: BTreeMap<u128, Vec<Vec<u8>>>,
    /// Orders of which only times are newer than in the store.
    timed: BTreeSet<u128>,
    /// The store has every row up to this index.
    flushed: Option<u64>,
}

/// The key under which an order is found by one of its requests.
#[must_use]
pub fn key_of_request(identity: Identity) -> Vec<u8> {
    let mut key = vec![b'r'];
    key.extend_from_slice(&identity.0.to_be_bytes());
    key
}

/// The key under which the orders of an account are found: all keys that begin with it.
#[must_use]
pub fn key_of_account(account: AccountKey) -> Vec<u8> {
    let mut key = vec![b'a'];
    key.extend_from_slice(&account.0.to_be_bytes());
    key
}

impl View {
    /// The view of a lane, complete up to `flushed`.
    #[must_use]
    pub const fn new(lane: LaneId, key: IdentityKey, flushed: Option<u64>) -> Self {
        let cache = BTreeMap::new();
        Self { lane, key, cache, changed: BTreeMap::new(), timed: BTreeSet::new(), flushed }
    }

    /// The index up to which the store is complete.
    #[must_use]
    pub const fn flushed(&self) -> Option<u64> {
        self.flushed
    }

    /// Sender and ClOrdID that an order goes by.
    ///
    /// # Errors
    /// A [`Fault`] of the store.
    pub fn text(
        &mut self,
        store: &mut impl Store,
        order: OrderId,
    ) -> Result<Option<(String, String)>, Fault> {
        let row = self.row(store, order)?;
        Ok(row.map(|row| (row.sender.clone(), row.cl_ord_id.clone())))
    }

    /// Takes over what a record changed. Entries that the store has already change nothing.
    ///
    /// # Errors
    /// A [`Fault`] of the store.
    pub fn touch(
        &mut self,
        store: &mut impl Store,
        committed: &Committed<'_>,
        books: &Books,
    ) -> Result<(), Fault> {
        if self.flushed.is_some_and(|flushed| committed.place.index <= flushed) {
            return Ok(());
        }
        let effect = committed.effect;
        match (effect.change, committed.message) {
            (Change::Created | Change::Refused, Some(Message::NewOrderSingle(new))) => {
                self.create(committed, new);
            }
            (Change::Requested, Some(message)) => {
                self.change(store, committed)?;
                let header = message.header();
                let name = message.cl_ord_id();
                let identity = self.key.request(&header.sender, &header.account, name);
                self.find_by(effect.order, identity);
            }
            (Change::Reported, _) => self.change(store, committed)?,
            (Change::MassRequested, _) => {
                for cancelled in books.mass_cancelled() {
                    let Some(row) = self.row(store, cancelled.order)? else { continue };
                    (row.rev, row.venue_seq) = (cancelled.rev, cancelled.venue_seq);
                    row.changed = committed.place;
                    if let Some(order) = books.order(cancelled.order) {
                        row.ord_status = order.status();
                    }
                    self.changed.entry(cancelled.order.0).or_default();
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Takes over what the end of its business day did to an order; gives the order's sender,
    /// account and ClOrdID. Rows that the store has already stay as they are.
    ///
    /// # Errors
    /// A [`Fault`] of the store.
    pub fn day_ended(
        &mut self,
        store: &mut impl Store,
        order: &OrderRow,
        place: Place,
    ) -> Result<Option<(String, String, String)>, Fault> {
        let is_news = self.flushed.is_none_or(|flushed| place.index > flushed);
        let Some(row) = self.row(store, order.id)? else { return Ok(None) };
        let named = (row.sender.clone(), row.account.clone(), row.cl_ord_id.clone());
        if is_news {
            row.rev = order.rev;
            row.ord_status = order.status();
            row.leaves_qty = order.leaves_qty();
            row.day_order_qty = order.day_order_qty();
            row.day_cum_qty = order.day_cum_qty();
            row.changed = place;
            self.changed.entry(order.id.0).or_default();
        }
        Ok(Some(named))
    }

    /// Takes over when an output of a new order left. The first time stands, over restarts too.
    ///
    /// # Errors
    /// A [`Fault`] of the store.
    pub fn handed(&mut self, store: &mut impl Store, handed: Handed) -> Result<(), Fault> {
        let Some(row) = self.row(store, handed.order)? else { return Ok(()) };
        let time = match handed.is_route {
            true => &mut row.times.route_send,
            false => &mut row.times.emit,
        };
        if time.0 == 0 || handed.at.0 == 0 {
            *time = handed.at;
            self.timed.insert(handed.order.0);
        }
        Ok(())
    }

    /// Puts rows of which only times are newer.
    ///
    /// # Errors
    /// A [`Fault`] of the store; nothing was put then.
    pub fn flush_times(&mut self, store: &mut impl Store) -> Result<(), Fault> {
        // What else changed goes with its index.
        let Some(index) = self.flushed.filter(|_| self.changed.is_empty()) else { return Ok(()) };
        if !self.timed.is_empty() {
            store.put(
                self.lane,
                index,
                self.rows(self.timed.iter().map(|order| (order, Vec::new()))),
            )?;
            self.timed.clear();
        }
        Ok(())
    }

    /// Puts what changed, complete up to `index`.
    ///
    /// # Errors
    /// A [`Fault`] of the store; nothing was put then.
    pub fn flush(&mut self, store: &mut impl Store, index: u64) -> Result<(), Fault> {
        if self.flushed.is_some_and(|flushed| index <= flushed) {
            return Ok(());
        }
        let changed = self.changed.iter().map(|(order, keys)| (order, keys.clone()));
        store.put(self.lane, index, self.rows(changed))?;
        self.timed.retain(|order| !self.changed.contains_key(order));
        self.changed.clear();
        self.flushed = Some(index);
        if self.cache.len() > CACHE_MAX {
            self.flush_times(store)?;
            self.cache.clear();
        }
        Ok(())
    }

    /// Orders as they stand, with new keys.
    fn rows<'a>(&self, orders: impl Iterator<Item = (&'a u128, Vec<Vec<u8>>)>) -> Vec<ViewRow> {
        let row = |(order, keys): (&u128, Vec<Vec<u8>>)| {
            let row = self.cache.get(order)?;
            Some(ViewRow { order: row.order, rev: row.rev, bytes: row.encode(), keys })
        };
        orders.filter_map(row).collect()
    }

    fn create(&mut self, committed: &Committed<'_>, new: &NewOrderSingle) {
        let effect = committed.effect;
        let refused = effect.change == Change::Refused;
        let header = &new.header;
        // A refused request that names a known order is an answer, not an order.
        if effect.order.0 == 0 || refused && self.cache.contains_key(&effect.order.0) {
            return;
        }
        let mut row = OrderView {
            order: effect.order,
            rev: effect.rev.max(1),
            sender: header.sender.clone(),
            account: header.account.clone(),
            cl_ord_id: new.cl_ord_id.clone(),
            root_cl_ord_id: new.cl_ord_id.clone(),
            symbol: new.symbol.clone(),
            side: new.side.known(),
            ord_type: new.ord_type.known(),
            time_in_force: new.time_in_force.known(),
            ord_status: effect.status,
            order_qty: new.order_qty,
            cum_qty: effect.cum_qty,
            leaves_qty: effect.leaves_qty,
            price: new.price,
            cum_notional: Notional(0),
            venue: effect.venue,
            rule: 0,
            configuration: 0,
            venue_seq: 0,
            reasons: Vec::new(),
            transact_time: new.transact_time,
            day_order_qty: effect.day_order_qty,
            day_cum_qty: effect.day_cum_qty,
            times: committed.times(),
            decided: committed.place,
            changed: committed.place,
        };
        match committed.record.outcome {
            Outcome::Routed(routed) => {
                (row.rule, row.configuration) = (routed.rule, routed.configuration);
                (row.venue, row.venue_seq) = (routed.venue, routed.venue_seq);
            }
            Outcome::Rejected(rejection) => {
                row.configuration = rejection.configuration;
                row.reasons = rejection.reasons.iter().map(|reason| reason.name().into()).collect();
            }
            _ => {}
        }
        let mut of_account = key_of_account(AccountKey::of(&header.account));
        of_account.extend_from_slice(&effect.order.0.to_be_bytes());
        let identity = self.key.request(&header.sender, &header.account, &new.cl_ord_id);
        let keys = self.changed.entry(effect.order.0).or_default();
        keys.push(of_account);
        // A refused request must not take the name of the order that holds its identity.
        let taken = matches!(committed.record.outcome,
            Outcome::Rejected(rejection) if !rejection.remembered);
        if !taken {
            keys.push(key_of_request(identity));
        }
        self.cache.insert(effect.order.0, row);
    }

    fn change(&mut self, store: &mut impl Store, committed: &Committed<'_>) -> Result<(), Fault> {
        let (effect, key) = (committed.effect, self.key);
        let Some(row) = self.row(store, effect.order)? else { return Ok(()) };
        row.rev = effect.rev;
        row.ord_status = effect.status;
        (row.order_qty, row.cum_qty) = (effect.order_qty, effect.cum_qty);
        (row.leaves_qty, row.price) = (effect.leaves_qty, effect.price);
        (row.day_order_qty, row.day_cum_qty) = (effect.day_order_qty, effect.day_cum_qty);
        row.cum_notional = effect.notional;
        row.changed = committed.place;
        let times = committed.times();
        if row.times.venue_ack.0 == 0 {
            // A trade acknowledges, too.
            row.times.venue_ack = times.venue_ack.max(times.execution);
        }
        row.times.execution = row.times.execution.max(times.execution);
        if let Outcome::Forwarded(forwarded) = committed.record.outcome {
            row.venue_seq = forwarded.venue_seq;
        }
        if effect.name != effect.former
            && let Some(message) = committed.message
        {
            let names = [message.cl_ord_id(), message.orig_cl_ord_id()];
            let named = names
                .into_iter()
                .find(|name| key.request(&row.sender, &row.account, name) == effect.name);
            if let Some(name) = named {
                name.clone_into(&mut row.cl_ord_id);
            }
        }
        self.changed.entry(effect.order.0).or_default();
        Ok(())
    }

    fn find_by(&mut self, order: OrderId, identity: Identity) {
        if self.cache.contains_key(&order.0) {
            self.changed.entry(order.0).or_default().push(key_of_request(identity));
        }
    }

    fn row(
        &mut self,
        store: &mut impl Store,
        order: OrderId,
    ) -> Result<Option<&mut OrderView>, Fault> {
        match self.cache.entry(order.0) {
            Entry::Occupied(kept) => Ok(Some(kept.into_mut())),
            Entry::Vacant(room) => {
                let Some(row) = store.get(order)? else { return Ok(None) };
                let Ok(row) = OrderView::decode(&row.bytes) else { return Ok(None) };
                Ok(Some(room.insert(row)))
            }
        }
    }
}
