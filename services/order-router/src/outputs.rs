//! What leaves for one committed input: to its venue, to the sender, to the dead letters, back.
//!
//! ```text
//!  Routed, Forwarded, MassForwarded  -> venue (numbered) + events
//!  any other outcome                 -> events
//!  Undecodable, Quarantined          -> dead letters + events
//!  Misplaced                         -> inbound, hops + 1, at most 3; then dead letters; + events
//! ```
//!
//! Entry points: [`Outputs::of_record`], [`Outputs::of_control`].
//! Invariants: INV-6 (only committed inputs come here), INV-7 (ids are computed), INV-9 (hops),
//! INV-13 (`venue_seq`). It sends nothing (`relay`) and keeps nothing.

use books::{Books, Change, Effect, OrderRow};
use domain::{
    AccountKey, Control, ExecType, IdentityKey, Inbound, LaneId, OrdStatus, OrderId, Outcome,
    Timestamp, TradingState,
};
use ports::{Destination, Output};
use wire::events::{DeadLetter, DeadLetterKind, LifeCycle, LifeCycleKind, Place, Times};
use wire::journal::Record;
use wire::message::{Header, Message, OrderCancelRequest};
use wire::venue::VenueOrder;

use crate::limits::HOPS_MAX;

/// `ExecRestatementReason` (378): an order that isn't for one day alone begins another.
const GT_RENEWAL: u32 = 1;

/// Makes the outputs of a lane's inputs.
#[derive(Clone, Copy, Debug)]
pub struct Outputs {
    /// The lane.
    pub lane: LaneId,
    /// The application's key.
    pub key: IdentityKey,
}

/// A committed record with everything that is known of it.
#[derive(Clone, Copy, Debug)]
pub struct Committed<'a> {
    /// The record with its outcome.
    pub record: &'a Record<'a>,
    /// Where it was decided.
    pub place: Place,
    /// As the books took it.
    pub inbound: &'a Inbound,
    /// What it changed.
    pub effect: &'a Effect,
    /// Its texts; `None` when it couldn't be read.
    pub message: Option<&'a Message>,
    /// When its entry was seen to be durable; 0 when nobody here saw that.
    pub persisted: Timestamp,
}

impl Committed<'_> {
    /// The order that the record made; `None` when it made none.
    #[must_use]
    pub fn made(&self) -> Option<OrderId> {
        let Effect { change, order, rev, status, .. } = *self.effect;
        let is_new = matches!(self.message, Some(Message::NewOrderSingle(_))) && order.0 != 0;
        let is_refused = change == Change::Refused && rev == 1 && status == OrdStatus::Rejected;
        (is_new && (change == Change::Created || is_refused)).then_some(order)
    }

    /// When what happened to the record, as far as it is known before its outputs leave.
    #[must_use]
    pub fn times(&self) -> Times {
        let clock = &self.record.clock;
        let mut times = Times {
            stream_arrival: self.record.arrival,
            router_receive: clock.received,
            risk_decision: clock.decided,
            persist: self.persisted,
            clock_source: clock.source,
            clock_error_ns: clock.error_ns,
            ..Times::default()
        };
        match self.message {
            Some(Message::ExecutionReport(report)) => {
                let is_trade = report.exec_type.known() == Some(ExecType::Trade);
                let place = if is_trade { &mut times.execution } else { &mut times.venue_ack };
                *place = report.transact_time;
            }
            Some(message) => {
                let sent = message.header().sending_time;
                times.client_send = if sent.0 > 0 { sent } else { message.transact_time() };
            }
            None => {}
        }
        times
    }
}

impl Outputs {
    /// The outputs of a record. `name` gives the ClOrdID that an order goes by, for mass cancels.
    pub fn of_record(
        &self,
        committed: &Committed<'_>,
        books: &Books,
        mut name: impl FnMut(OrderId) -> Option<(String, String)>,
        out: &mut Vec<Output>,
    ) {
        let (record, message) = (committed.record, committed.message);
        let account = message.map_or("", |message| message.header().account.as_str());
        match record.outcome {
            Outcome::Routed(routed) => {
                let request = Some(record.data.to_vec());
                let to = (routed.venue, routed.venue_seq, routed.order);
                out.push(self.for_venue(account, to, request));
            }
            Outcome::Forwarded(forwarded) => {
                let request = Some(record.data.to_vec());
                let to = (forwarded.venue, forwarded.venue_seq, forwarded.order);
                out.push(self.for_venue(account, to, request));
            }
            Outcome::MassForwarded { .. } => {
                for cancelled in books.mass_cancelled() {
                    let named = name(cancelled.order);
                    let request = message
                        .zip(named)
                        .map(|(message, named)| wire::message::encode(&cancel(message, named)));
                    let to = (cancelled.venue, cancelled.venue_seq, cancelled.order);
                    out.push(self.for_venue(account, to, request));
                }
            }
            Outcome::Undecodable => {
                out.push(self.dead(committed, DeadLetterKind::Undecodable));
            }
            Outcome::Quarantined => {
                out.push(self.dead(committed, DeadLetterKind::Quarantined));
            }
            Outcome::Misplaced => out.push(self.back(committed)),
            _ => {}
        }
        out.push(self.told(committed));
    }

    /// The outputs of a control input, told under the lane's own name.
    pub fn of_control(&self, control: &Control, place: Place, out: &mut Vec<Output>) {
        let (kind, text, number) = match control {
            // What a day's end does to orders is told of each, see [`Self::of_day_ended`].
            Control::Tick(_)
            | Control::Window { .. }
            | Control::Counting(_)
            | Control::Allotment { .. }
            | Control::DayEnd { .. } => return,
            Control::BusinessDay { number, date } => {
                let text = format!("business day {date} has begun, change number {number}");
                (LifeCycleKind::BusinessDayChanged, text, u128::from(*number))
            }
            Control::Override(given) => {
                let names: Vec<_> = given.reasons.iter().map(domain::Reason::name).collect();
                let (account, names) = (given.account.0, names.join(", "));
                let (number, count) = (given.number, given.count);
                let text = format!(
                    "override {number}: {count} orders of account {account:032x} pass {names}"
                );
                (LifeCycleKind::KillSwitchChanged, text, u128::from(number))
            }
            Control::Health { venue, healthy, .. } => {
                let state = if *healthy { "well" } else { "unwell" };
                let text = format!("venue {venue} was found {state}");
                (LifeCycleKind::KillSwitchChanged, text, u128::from(place.index))
            }
            Control::Configuration { number, hash } => {
                let hash = u128::from_be_bytes(*hash);
                let text = format!("configuration set {number} of hash {hash:032x} is in force");
                (LifeCycleKind::ConfigurationChanged, text, u128::from(*number))
            }
            Control::Kill(kill) => {
                let (scope, state) = (
                    kill.scope.name(),
                    match kill.state {
                        TradingState::Halted => "thrown",
                        TradingState::Active => "released",
                        TradingState::Reducing => "reducing",
                    },
                );
                let text = format!("kill switch {scope} {} is {state}", kill.target);
                (LifeCycleKind::KillSwitchChanged, text, u128::from(kill.number))
            }
            Control::Halt(account) => {
                let text = format!("account {:032x} is halted", account.0);
                (LifeCycleKind::AccountHalted, text, account.0 ^ u128::from(place.index))
            }
            Control::Release(account) => {
                let text = format!("account {:032x} is released", account.0);
                (LifeCycleKind::AccountReleased, text, account.0 ^ u128::from(place.index))
            }
            Control::Intake { closed } => {
                let text = match closed {
                    true => "no new orders are taken: a destination lags",
                    false => "new orders are taken again",
                };
                (LifeCycleKind::IntakeChanged, text.to_owned(), u128::from(place.index))
            }
        };
        let id = self.id(&[
            b"control",
            &[kind as u8],
            &self.lane.0.to_be_bytes(),
            &number.to_be_bytes(),
        ]);
        let told = LifeCycle { id, kind, place, text, ..LifeCycle::default() };
        out.push(self.output(Destination::Events, id, "", told.encode()));
    }

    /// What the sender is told of an order whose business day has ended. `named` is its sender,
    /// its account and the ClOrdID that it goes by.
    #[must_use]
    pub fn of_day_ended(
        &self,
        order: &OrderRow,
        ended: bool,
        (sender, account, cl_ord_id): (String, String, String),
        place: Place,
    ) -> Output {
        let (order_id, rev) = (order.id, order.rev);
        let status = order.status();
        let exec_type = match status {
            _ if !ended => ExecType::Restated,
            OrdStatus::Canceled => ExecType::Canceled,
            OrdStatus::Expired => ExecType::Expired,
            // Of a filled order only the requests ended.
            _ => ExecType::OrderStatus,
        };
        let id = self.id(&[b"day", &order_id.0.to_be_bytes(), &rev.to_be_bytes()]);
        let told = LifeCycle {
            id,
            kind: LifeCycleKind::StateChanged,
            place,
            sender,
            account,
            cl_ord_id,
            order: order_id,
            rev,
            ord_status: Some(status),
            exec_type: Some(exec_type),
            order_qty: order.order_qty,
            cum_qty: order.cum_qty,
            leaves_qty: order.leaves_qty(),
            venue: order.venue,
            day_order_qty: order.day_order_qty(),
            day_cum_qty: order.day_cum_qty(),
            exec_restatement_reason: (!ended).then_some(GT_RENEWAL),
            ..LifeCycle::default()
        };
        self.output(Destination::Events, id, &told.account, told.encode())
    }

    /// The dead letter for an output that its destination refused for good.
    #[must_use]
    pub fn refused(&self, output: &Output, place: Place, text: &str) -> Output {
        let id = self.id(&[b"refused", &output.id.to_be_bytes()]);
        let letter = DeadLetter {
            id,
            kind: DeadLetterKind::Refused,
            place,
            text: text.to_owned(),
            hash: domain::hash::row(&output.bytes),
            length: u32::try_from(output.bytes.len()).unwrap_or(u32::MAX),
            data: output.bytes.clone(),
        };
        self.output(Destination::DeadLetters, id, &output.account_text, letter.encode())
    }

    fn for_venue(
        &self,
        account: &str,
        (venue, venue_seq, order): (domain::Mic, u64, OrderId),
        request: Option<Vec<u8>>,
    ) -> Output {
        // INV-13: of account, venue and number alone, so that no repeat can be taken for news.
        let id = self.id(&[b"venue", account.as_bytes(), venue.padded(), &venue_seq.to_be_bytes()]);
        let account_text = account.to_owned();
        let message = VenueOrder { venue_seq, id, order, account: account_text, venue, request };
        let bytes = wire::venue::encode(&message);
        let output = self.output(Destination::Venue(venue), id, account, bytes);
        Output { venue_seq, ..output }
    }

    fn dead(&self, committed: &Committed<'_>, kind: DeadLetterKind) -> Output {
        let record = committed.record;
        let cut = record.cut;
        let hash = cut.map_or_else(|| domain::hash::row(record.data), |cut| cut.hash);
        let length = cut.map_or(record.data.len() as u32, |cut| cut.length);
        // It has no identity: position and content hash are its name (INV-7).
        let position = committed.place.position;
        let id = self.id(&[
            b"dead",
            &self.lane.0.to_be_bytes(),
            &position.sequence.0,
            &position.sub_sequence.to_be_bytes(),
            &hash.to_be_bytes(),
        ]);
        let text = match (kind, committed.inbound) {
            (DeadLetterKind::Quarantined, _) => "it ended the process again and again".to_owned(),
            (DeadLetterKind::Misplaced, _) => {
                format!("its account is not this lane's, after {HOPS_MAX} hops")
            }
            (_, Inbound::Undecodable(what)) => format!("it can't be read: {:?}", what.fault),
            _ => String::new(),
        };
        let data = record.data.to_vec();
        let letter = DeadLetter { id, kind, place: committed.place, text, hash, length, data };
        self.output(Destination::DeadLetters, id, "", letter.encode())
    }

    /// Back on the inbound stream under its account, with one hop more (INV-9).
    fn back(&self, committed: &Committed<'_>) -> Output {
        let Some(message) = committed.message else {
            return self.dead(committed, DeadLetterKind::Misplaced);
        };
        let mut message = message.clone();
        let head = message.header_mut();
        if head.hops >= u32::from(HOPS_MAX) {
            return self.dead(committed, DeadLetterKind::Misplaced);
        }
        head.hops += 1;
        let (hops, account) = (head.hops, head.account.clone());
        let data = wire::message::encode(&message);
        let hash = domain::hash::row(committed.record.data);
        let id = self.id(&[b"back", &hops.to_be_bytes(), &hash.to_be_bytes()]);
        self.output(Destination::Inbound, id, &account, data)
    }

    /// The sender's answer.
    fn told(&self, committed: &Committed<'_>) -> Output {
        let (record, effect) = (committed.record, committed.effect);
        let mut told = LifeCycle {
            place: committed.place,
            order: effect.order,
            rev: effect.rev,
            order_qty: effect.order_qty,
            cum_qty: effect.cum_qty,
            leaves_qty: effect.leaves_qty,
            last_qty: effect.last_qty,
            last_px: effect.last_px,
            venue: effect.venue,
            times: committed.times(),
            ..LifeCycle::default()
        };
        let known = effect.rev > 0 || effect.change != Change::None;
        told.ord_status = known.then_some(effect.status);
        outcome_into(&mut told, committed);
        if let Some(message) = committed.message {
            texts_into(&mut told, message);
        }
        let data = domain::hash::row(record.data);
        told.id = self.id(&[
            b"told",
            &[told.kind as u8],
            &told.order.0.to_be_bytes(),
            &told.rev.to_be_bytes(),
            &data.to_be_bytes(),
        ]);
        let (id, account) = (told.id, told.account.clone());
        self.output(Destination::Events, id, &account, told.encode())
    }

    fn id(&self, parts: &[&[u8]]) -> u128 {
        self.key.hash(parts)
    }

    /// What has no account goes under the lane's name.
    fn output(&self, destination: Destination, id: u128, account: &str, bytes: Vec<u8>) -> Output {
        let text = if account.is_empty() { self.lane.to_string() } else { account.to_owned() };
        Output {
            destination,
            lane: self.lane,
            id,
            account: AccountKey::of(&text),
            account_text: text,
            venue_seq: 0,
            bytes,
        }
    }
}

/// Fills in what the outcome says.
fn outcome_into(told: &mut LifeCycle, committed: &Committed<'_>) {
    told.kind = match committed.record.outcome {
        Outcome::Routed(routed) => {
            told.configuration = routed.configuration;
            (told.venue, told.venue_seq) = (routed.venue, routed.venue_seq);
            LifeCycleKind::Accepted
        }
        Outcome::Forwarded(forwarded) => {
            told.configuration = forwarded.configuration;
            (told.venue, told.venue_seq) = (forwarded.venue, forwarded.venue_seq);
            LifeCycleKind::Routed
        }
        Outcome::MassForwarded { orders, configuration } => {
            (told.orders, told.configuration) = (orders, configuration);
            LifeCycleKind::MassCanceled
        }
        Outcome::Rejected(rejection) => {
            told.order = rejection.order;
            told.configuration = rejection.configuration;
            told.reasons = rejection.reasons.iter().map(|reason| reason.name().into()).collect();
            told.text = told.reasons.join(", ");
            let first = rejection.reasons.first();
            let is_new = matches!(committed.inbound, Inbound::New(_));
            told.ord_rej_reason = first.filter(|_| is_new).map_or(0, |r| r.ord_rej_reason());
            told.cxl_rej_reason = first.filter(|_| !is_new).map_or(0, |r| r.cxl_rej_reason());
            LifeCycleKind::Rejected
        }
        Outcome::Duplicate { order } => {
            told.order = order;
            LifeCycleKind::Duplicate
        }
        Outcome::Stale { order } => {
            told.order = order;
            told.text = "an earlier decision may exist: look the order up".to_owned();
            LifeCycleKind::Stale
        }
        Outcome::Answered { order } => {
            told.order = order;
            LifeCycleKind::Answered
        }
        Outcome::Reported { .. } => LifeCycleKind::StateChanged,
        Outcome::Repeated => LifeCycleKind::ReportRepeated,
        Outcome::ExecIdConflict => LifeCycleKind::ExecIdConflict,
        Outcome::Unmatched => LifeCycleKind::ReportUnmatched,
        Outcome::Misplaced => LifeCycleKind::Misplaced,
        Outcome::Undecodable | Outcome::Applied => LifeCycleKind::Undecodable,
        Outcome::Quarantined => LifeCycleKind::Quarantined,
    };
}

/// Fills in what the message says. A report is told to the order's sender.
fn texts_into(told: &mut LifeCycle, message: &Message) {
    let head = message.header();
    (told.sender, told.account) = (head.sender.clone(), head.account.clone());
    if let Message::ExecutionReport(report) = message {
        told.sender.clone_from(&report.target_comp_id);
        told.exec_id.clone_from(&report.exec_id);
        told.exec_type = report.exec_type.known();
        told.exec_restatement_reason = report.exec_restatement_reason;
    }
    message.cl_ord_id().clone_into(&mut told.cl_ord_id);
    message.orig_cl_ord_id().clone_into(&mut told.orig_cl_ord_id);
}

/// The cancel that a mass cancel makes of one order.
fn cancel(mass: &Message, (sender, name): (String, String)) -> Message {
    let head = mass.header();
    let (cl_ord_id, transact_time) = match mass {
        Message::OrderMassCancelRequest(mass) => (mass.cl_ord_id.clone(), mass.transact_time),
        _ => (String::new(), domain::Timestamp(0)),
    };
    Message::OrderCancelRequest(OrderCancelRequest {
        header: Header { sender, account: head.account.clone(), ..Header::default() },
        cl_ord_id,
        transact_time,
        orig_cl_ord_id: name,
    })
}
