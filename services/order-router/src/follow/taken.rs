//! Takes the inputs of committed entries apart while they are folded: outputs, rows, what they show
//! of venues and allotments.
//!
//! Entry points: [`Taken::input`]. The first fault stops it; a crash loses what the relay sends
//! again.

use std::collections::VecDeque;

use domain::{Control, Entry, Inbound, LimitKey, Outcome, Timestamp};
use ports::{Cursors, Destination, Fault};
use wire::events::Place;
use wire::journal::Input;

use crate::fold::Applied;
use crate::health::Watch;
use crate::outputs::{Committed, Outputs};
use crate::relay::{Relay, ToldOf};
use crate::settle::Durable;
use crate::view::View;

/// What takes the inputs of entries apart while they are folded.
pub(super) struct Taken<'a> {
    /// Whether anybody here takes what is for a destination.
    pub(super) takes: &'a dyn Fn(Destination) -> bool,
    pub(super) outputs: Outputs,
    pub(super) relay: &'a mut Relay,
    pub(super) view: &'a mut View,
    pub(super) allotted: &'a mut Vec<LimitKey>,
    pub(super) watch: &'a mut Watch,
    pub(super) now: i64,
    /// When the entry was seen to be durable; 0: not known.
    pub(super) persisted: Timestamp,
    pub(super) fault: Option<Fault>,
}

impl Taken<'_> {
    /// What an input shows of its venue.
    fn look(&mut self, outcome: &Outcome, inbound: &Inbound) {
        match (outcome, inbound) {
            (Outcome::Routed(routed), _) => self.watch.sent(routed.venue, self.now),
            (Outcome::Forwarded(to), _) => self.watch.sent(to.venue, self.now),
            (Outcome::Reported { .. }, Inbound::Report(report)) => {
                self.watch.answered(report.venue, report.exec_type);
            }
            _ => {}
        }
    }

    pub(super) fn input<C: Cursors, V: ports::OrderView>(
        &mut self,
        entry: &Entry,
        books: &books::Books,
        applied: &Applied<'_>,
        stores: (&mut C, &mut V),
    ) {
        if self.fault.is_none() {
            self.fault = self.try_input(entry, books, applied, stores).err();
        }
    }

    fn try_input<C: Cursors, V: ports::OrderView>(
        &mut self,
        entry: &Entry,
        books: &books::Books,
        applied: &Applied<'_>,
        (cursors, store): (&mut C, &mut V),
    ) -> Result<(), Fault> {
        let (lane, index) = (entry.lane, entry.index);
        let mut out = Vec::new();
        let mut told_of = ToldOf::Other;
        match &applied.input {
            Input::Control { control } => {
                let (position, arrival) = (entry.end, books.lane_time());
                let place = Place { lane, index, position, arrival };
                self.outputs.of_control(control, place, &mut out);
                if let Control::Allotment { limit, .. } = control {
                    self.allotted.push(*limit);
                }
                for ended in books.day_ended() {
                    let Some(order) = books.order(ended.order) else { continue };
                    let named = self.view.day_ended(store, order, place)?;
                    let named = named.unwrap_or_default();
                    out.push(self.outputs.of_day_ended(order, ended.ended, named, place));
                }
            }
            Input::Record(record) => {
                let (position, arrival) = (record.position, record.arrival);
                let place = Place { lane, index, position, arrival };
                self.look(&record.outcome, &applied.inbound);
                let is_read =
                    record.cut.is_none() && !matches!(applied.inbound, Inbound::Undecodable(_));
                let message = is_read.then(|| wire::message::parse(record.data).ok()).flatten();
                let committed = Committed {
                    record,
                    place,
                    inbound: &applied.inbound,
                    effect: &applied.effect,
                    message: message.as_ref(),
                    persisted: self.persisted,
                };
                let mut fault = None;
                let view = &mut *self.view;
                let name = |order| {
                    view.text(&mut *store, order).unwrap_or_else(|error| {
                        fault = Some(error);
                        None
                    })
                };
                self.outputs.of_record(&committed, books, name, &mut out);
                fault.map_or(Ok(()), Err)?;
                told_of = ToldOf::Record(committed.made());
                self.view.touch(store, &committed, books)?;
            }
        }
        self.relay.begin(told_of);
        for output in out {
            match (self.takes)(output.destination) {
                true => self.relay.push(cursors, index, self.now, output)?,
                false => self.relay.hold(cursors, index, output.destination)?,
            }
        }
        Ok(())
    }
}

/// When an entry was seen to be durable; 0: nobody here saw it, or the ring to say so was full.
pub(super) fn durable_at(durable: &mut VecDeque<Durable>, index: u64) -> Timestamp {
    while durable.pop_front_if(|one| one.last < index).is_some() {}
    let one = durable.front().filter(|one| one.first <= index);
    one.map(|one| one.at).unwrap_or_default()
}
