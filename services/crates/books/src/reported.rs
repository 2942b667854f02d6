//! Applying venues' reports.
//!
//! Invariants: INV-14 (an ExecID that is known has no second effect; an unmatched one is remembered
//! and never applied). What a report does to an order's quantities is `life`'s part; here the
//! requests that it answers, the fills that it takes back, and the digests follow. On a crash the
//! same reports are applied again from the journal.

use domain::entry::FORMAT_OF_DAYS;
use domain::inbound::Report;
use domain::{ExecType, OrderId, Price, Quantity};

use crate::canonical::Canonical;
use crate::effect::{Change, Effect};
use crate::life::{self, Phase};
use crate::order::OrderRow;
use crate::report::{Fill, ReportRow};
use crate::request::{Answer, RequestKind, RequestRow};
use crate::state::Books;
use crate::table::Slot;

impl Books {
    pub(crate) fn unmatched(&mut self, report: &Report) {
        if self.reports.find(report.exec).is_none() {
            self.remember(Slot::NONE, report, Fill::No, self.lane.days);
        }
    }

    /// A report of an order. The outcome names the order, so that other rules of matching, in
    /// another release, don't change what is replayed.
    pub(crate) fn reported(&mut self, id: OrderId, report: &Report) -> Effect {
        let Some(slot) = self.orders.find(id) else { return Effect::NONE };
        if self.reports.find(report.exec).is_some() {
            return Effect::NONE;
        }
        let request = self.answered_request(slot, report);
        let row = request.and_then(|request| self.window.requests.get(request).copied());
        let referred = self.reports.row(report.exec_ref).copied();
        let Some(order) = self.orders.get_mut(slot) else { return Effect::NONE };
        if !life::fits(order, report, row.as_ref(), referred.as_ref()) {
            return Effect::NONE;
        }
        let (was_open, former) = (order.is_open(), order.name);
        let (last, fill) = match (report.exec_type, &referred) {
            (ExecType::Trade | ExecType::TradeCorrect, _) => {
                ((report.quantity, report.price), Fill::Live)
            }
            (ExecType::TradeCancel, Some(busted)) => ((busted.last_qty, busted.last_px), Fill::No),
            _ => ((Quantity::ZERO, Price(0)), Fill::No),
        };
        let day = self.take_back(slot, report, referred.as_ref()).unwrap_or(self.lane.days);
        let answer = self.step(slot, report, row.as_ref());
        if let (Some(answer), Some(request)) = (answer, request) {
            self.window.change(request, &mut self.sum, |row| row.answer = answer);
        }
        self.remember(slot, report, fill, day);
        self.changed(slot, was_open);
        if let Some(venue) = self.orders.get(slot).map(|order| order.venue) {
            self.probe_answered(venue, id, report.exec_type);
        }
        let effect = self.as_it_stands(Change::Reported, id, report.identity);
        Effect { former, last_qty: last.0, last_px: last.1, ..effect }
    }

    /// The order's own part of a report; says how it answers the request that it names.
    fn step(
        &mut self,
        slot: Slot,
        report: &Report,
        request: Option<&RequestRow>,
    ) -> Option<Answer> {
        let is_first = self.format < FORMAT_OF_DAYS;
        let order = self.orders.get_mut(slot)?;
        let (quantity, price) = (report.quantity, report.price);
        match report.exec_type {
            ExecType::Trade | ExecType::TradeCorrect if is_first => {
                order.fill_of_format_1(quantity, price);
                None
            }
            ExecType::Restated if is_first => {
                order.restate(quantity, price);
                None
            }
            ExecType::Calculated if is_first => None,
            ExecType::New => {
                order.acknowledge();
                request.filter(|request| request.kind == RequestKind::New)?;
                answer(order, report, request, Answer::Accepted)
            }
            ExecType::Trade => {
                order.fill(quantity, price);
                None
            }
            ExecType::TradeCorrect => {
                order.count(quantity, price);
                None
            }
            ExecType::Canceled => {
                let answered = answer(order, report, request, Answer::Accepted);
                order.end(Phase::Canceled);
                answered
            }
            ExecType::Expired => {
                order.end(Phase::Expired);
                None
            }
            ExecType::Replaced => replaced(order, report, request),
            ExecType::Restated => {
                order.restate(quantity, price);
                order.resume(report.ord_status);
                None
            }
            ExecType::CancelRejected => answer(order, report, request, Answer::Failed),
            // Of a change it refuses the change alone; of anything else, the order.
            ExecType::Rejected | ExecType::Void => {
                let is_change = request.is_some_and(|request| request.kind != RequestKind::New)
                    || report.identity == order.mass_cancel;
                let answered = answer(order, report, request, Answer::Failed);
                if !is_change {
                    order.end(Phase::Rejected);
                }
                answered
            }
            ExecType::DoneForDay => pause(order, Phase::DoneForDay),
            ExecType::Stopped => pause(order, Phase::Stopped),
            ExecType::Suspended => pause(order, Phase::Suspended),
            ExecType::Calculated => pause(order, Phase::Calculated),
            ExecType::TradeCancel
            | ExecType::PendingNew
            | ExecType::PendingCancel
            | ExecType::PendingReplace
            | ExecType::OrderStatus => None,
        }
    }

    /// The order's request that a report names.
    pub(crate) fn answered_request(&self, order: Slot, report: &Report) -> Option<Slot> {
        let slot = self.window.requests.find(report.identity)?;
        self.window.requests.get(slot).filter(|row| row.place == order).map(|_| slot)
    }

    /// Takes back the fill that a bust or correction names; says the business day in which it
    /// counted, and so what corrects it.
    fn take_back(
        &mut self,
        slot: Slot,
        report: &Report,
        referred: Option<&ReportRow>,
    ) -> Option<u32> {
        let corrected = match report.exec_type {
            ExecType::TradeCancel => Quantity::ZERO,
            ExecType::TradeCorrect => report.quantity,
            _ => return None,
        };
        let (order, taken) = (self.orders.get_mut(slot)?, referred?);
        order.bust(taken.last_qty, taken.last_px);
        if taken.day < order.day {
            order.day_base = order.day_base.minus(taken.last_qty).plus(corrected);
        }
        let Some(fill) = self.reports.find(taken.exec) else { return Some(taken.day) };
        self.busted(fill);
        Some(taken.day)
    }

    fn busted(&mut self, slot: Slot) {
        let Some(row) = self.reports.get_mut(slot) else { return };
        self.sum = self.sum.wrapping_sub(Canonical::report(row).digest());
        row.fill = Fill::Busted;
        self.sum = self.sum.wrapping_add(Canonical::report(row).digest());
    }

    fn remember(&mut self, slot: Slot, report: &Report, fill: Fill, day: u32) {
        let order = self.orders.get(slot);
        let (id, next) = order.map_or((OrderId(0), Slot::NONE), |row| (row.id, row.reports));
        let is_fill = fill == Fill::Live;
        let row = ReportRow {
            exec: report.exec,
            content: report.content,
            account: order.map_or(report.account, |row| row.account),
            order: id,
            last_qty: if is_fill { report.quantity } else { Quantity::ZERO },
            last_px: if is_fill { report.price } else { Price(0) },
            fill,
            day,
            next,
        };
        self.sum = self.sum.wrapping_add(Canonical::report(&row).digest());
        let at = self.reports.insert(row);
        if let Some(order) = self.orders.get_mut(slot) {
            order.reports = at;
        }
    }
}

/// Takes a pending request off the order's count; nothing if it was answered before.
fn answer(
    order: &mut OrderRow,
    report: &Report,
    request: Option<&RequestRow>,
    answer: Answer,
) -> Option<Answer> {
    if order.mass_cancel == report.identity && report.identity.0 != 0 {
        order.answered(RequestKind::MassCancel);
        return None;
    }
    let request = request.filter(|request| request.answer == Answer::Pending)?;
    order.answered(request.kind);
    Some(answer)
}

fn replaced(order: &mut OrderRow, report: &Report, request: Option<&RequestRow>) -> Option<Answer> {
    let request = request.filter(|request| life::is_replace(request));
    let asked = request.filter(|request| request.answer == Answer::Pending);
    // What the venue restates counts; else what was asked for, once.
    let mut price = report.price;
    let mut quantity = report.quantity;
    if let Some(asked) = asked {
        quantity = if quantity.0 > 0 { quantity } else { asked.order_qty };
        price = if price.0 > 0 { price } else { asked.price };
    }
    let is_over = order.phase.is_over();
    order.restate(quantity, price);
    if let (Some(request), false) = (request, is_over) {
        order.name = request.identity;
    }
    answer(order, report, asked, Answer::Accepted)
}

fn pause(order: &mut OrderRow, phase: Phase) -> Option<Answer> {
    order.pause(phase);
    None
}
