//! How the demo venue answers: its orders, and what it does with each message, by settings.
//!
//! Entry points: [`Exchange::act`], [`Behaviour`].
//! What it draws is a hash of the output's own number, so that a venue that acts again after a
//! crash does the same. It trades with nobody: a fill comes at once or not at all.

use std::collections::BTreeMap;

use domain::amount::SCALE;
use domain::{ExecType, OrdStatus, OrderId, Price, Quantity, Side, Symbol, Text, Timestamp};
use wire::message::{Coded, ExecutionReport, Header, Message, NewOrderSingle};
use wire::venue::VenueOrder;

/// Shares of 100 new orders that are treated so; what is left rests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::Args)]
pub struct Behaviour {
    /// Of 100 new orders, filled whole at once
    #[arg(long, default_value_t = 35, value_name = "PERCENT")]
    pub fill: u8,
    /// Of 100 new orders, filled by half at once
    #[arg(long, default_value_t = 15, value_name = "PERCENT")]
    pub partial: u8,
    /// Of 100 new orders, rejected
    #[arg(long, default_value_t = 2, value_name = "PERCENT")]
    pub reject: u8,
    /// Of 100 messages of any kind, left without any answer
    #[arg(long, default_value_t = 0, value_name = "PERCENT")]
    pub silent: u8,
}

/// What the venue did with a message; the file keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Deed {
    /// A new order is live.
    Accepted = 1,
    /// A new order was refused.
    Rejected = 2,
    /// An order is no longer live.
    Canceled = 3,
    /// An order goes by another ClOrdID.
    Replaced = 4,
    /// A cancel or replace came too late, or names no order.
    CancelRejected = 5,
    /// A void moved the number.
    Voided = 6,
    /// A message that the venue doesn't take.
    Ignored = 7,
}

/// The venue's orders, by the name that the router gives them.
#[derive(Debug, Default)]
pub struct Exchange {
    orders: BTreeMap<OrderId, Order>,
}

/// One order.
#[derive(Clone, Copy, Debug)]
struct Order {
    live: bool,
    sender: Text<32>,
    /// ClOrdID that it goes by.
    cl_ord_id: Text<32>,
    symbol: Symbol,
    side: Side,
    order_qty: Quantity,
    cum_qty: Quantity,
    price: Price,
}

/// What one message led to.
#[derive(Debug)]
pub struct Done {
    /// What the venue did.
    pub deed: Deed,
    /// What it says of it; ExecID and times are the caller's to fill in.
    pub reports: Vec<ExecutionReport>,
}

impl Deed {
    /// The deed of its number.
    #[must_use]
    pub const fn of_code(code: u8) -> Option<Self> {
        Some(match code {
            1 => Self::Accepted,
            2 => Self::Rejected,
            3 => Self::Canceled,
            4 => Self::Replaced,
            5 => Self::CancelRejected,
            6 => Self::Voided,
            7 => Self::Ignored,
            _ => return None,
        })
    }

    /// The word in the dump.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
            Self::Canceled => "canceled",
            Self::Replaced => "replaced",
            Self::CancelRejected => "cancel-rejected",
            Self::Voided => "voided",
            Self::Ignored => "ignored",
        }
    }
}

impl Exchange {
    /// Does what `output` asks, `message` being its request. Without a `behaviour` (in a replay,
    /// where the file brings the reports) orders are taken and kept, and nothing is said.
    pub fn act(
        &mut self,
        output: &VenueOrder,
        message: Option<&Message>,
        behaviour: Option<&Behaviour>,
    ) -> Done {
        let draw = draw(output);
        let mut done = match message {
            None => Done { deed: Deed::Voided, reports: vec![void(output)] },
            Some(Message::NewOrderSingle(new)) => self.enter(output, new, behaviour, draw % 100),
            Some(Message::OrderCancelReplaceRequest(replace)) => {
                let asked = (replace.order_qty, replace.price);
                self.change(output, &replace.cl_ord_id, Some(asked))
            }
            Some(
                request @ (Message::OrderCancelRequest(_) | Message::OrderMassCancelRequest(_)),
            ) => self.change(output, request.cl_ord_id(), None),
            Some(_) => Done { deed: Deed::Ignored, reports: Vec::new() },
        };
        let silent = |of: &Behaviour| draw / 100 % 100 < u64::from(of.silent);
        if behaviour.is_none_or(silent) {
            done.reports.clear();
        }
        done
    }

    fn enter(
        &mut self,
        output: &VenueOrder,
        new: &NewOrderSingle,
        behaviour: Option<&Behaviour>,
        draw: u64,
    ) -> Done {
        let [fill, partial, reject] = behaviour.map_or([0; 3], |of| {
            let fill = u64::from(of.fill);
            let partial = fill + u64::from(of.partial);
            [fill, partial, partial + u64::from(of.reject)]
        });
        let mut order = Order::of(new);
        if (partial..reject).contains(&draw) {
            order.live = false;
            let mut report = order.report(output, ExecType::Rejected);
            "refused by the demo venue's settings".clone_into(&mut report.text);
            return Done { deed: Deed::Rejected, reports: vec![report] };
        }
        let mut reports = vec![order.report(output, ExecType::New)];
        let quantity = match draw {
            draw if draw < fill => new.order_qty,
            draw if draw < partial => half(new.order_qty),
            _ => Quantity::ZERO,
        };
        if quantity > Quantity::ZERO {
            order.cum_qty = quantity;
            order.live = order.cum_qty < order.order_qty;
            let trade = order.report(output, ExecType::Trade);
            let last_px = order.trade_price();
            reports.push(ExecutionReport { last_qty: quantity, last_px, ..trade });
        }
        self.orders.insert(output.order, order);
        Done { deed: Deed::Accepted, reports }
    }

    /// Replaces an order by what is `asked`, or cancels it.
    fn change(
        &mut self,
        output: &VenueOrder,
        cl_ord_id: &str,
        asked: Option<(Quantity, Price)>,
    ) -> Done {
        let Some(order) = self.orders.get_mut(&output.order) else {
            // A request of an order that the venue rejected, or never saw.
            let nothing = Order::none();
            let report = nothing.report(output, ExecType::CancelRejected);
            let report = ExecutionReport { cxl_rej_reason: 1, ..report };
            return refused(report, cl_ord_id);
        };
        let named = order.cl_ord_id.as_str().to_owned();
        if !order.live {
            let report = order.report(output, ExecType::CancelRejected);
            return refused(ExecutionReport { orig_cl_ord_id: named, ..report }, cl_ord_id);
        }
        let (deed, exec_type) = match asked {
            None => {
                order.live = false;
                (Deed::Canceled, ExecType::Canceled)
            }
            Some((order_qty, price)) => {
                // FIX: a replace to what is filled, or below, leaves exactly that.
                order.order_qty = order_qty.max(order.cum_qty);
                order.live = order.cum_qty < order.order_qty;
                order.price = if price == Price::default() { order.price } else { price };
                order.cl_ord_id = Text::new(cl_ord_id).unwrap_or_default();
                (Deed::Replaced, ExecType::Replaced)
            }
        };
        let mut report = order.report(output, exec_type);
        cl_ord_id.clone_into(&mut report.cl_ord_id);
        report.orig_cl_ord_id = named;
        Done { deed, reports: vec![report] }
    }
}

impl Order {
    fn of(new: &NewOrderSingle) -> Self {
        Self {
            live: true,
            sender: Text::new(&new.header.sender).unwrap_or_default(),
            cl_ord_id: Text::new(&new.cl_ord_id).unwrap_or_default(),
            symbol: Symbol::new(&new.symbol).unwrap_or_default(),
            side: new.side.known().unwrap_or(Side::Buy),
            order_qty: new.order_qty,
            cum_qty: Quantity::ZERO,
            price: new.price,
        }
    }

    const fn none() -> Self {
        Self {
            live: false,
            sender: Text::EMPTY,
            cl_ord_id: Text::EMPTY,
            symbol: Symbol::EMPTY,
            side: Side::Buy,
            order_qty: Quantity::ZERO,
            cum_qty: Quantity::ZERO,
            price: Price(0),
        }
    }

    /// A report of the order as it is, by the name that it goes by.
    fn report(&self, output: &VenueOrder, exec_type: ExecType) -> ExecutionReport {
        let filled = self.cum_qty > Quantity::ZERO && self.cum_qty >= self.order_qty;
        let ord_status = match exec_type {
            ExecType::Rejected => OrdStatus::Rejected,
            _ if filled => OrdStatus::Filled,
            _ if !self.live => OrdStatus::Canceled,
            _ if self.cum_qty > Quantity::ZERO => OrdStatus::PartiallyFilled,
            _ => OrdStatus::New,
        };
        let leaves = if self.live { self.order_qty.minus(self.cum_qty) } else { Quantity::ZERO };
        ExecutionReport {
            header: Header { account: output.account.clone(), ..Header::default() },
            target_comp_id: self.sender.as_str().to_owned(),
            cl_ord_id: self.cl_ord_id.as_str().to_owned(),
            exec_type: exec_type.into(),
            ord_status: ord_status.into(),
            order_qty: self.order_qty,
            price: self.price,
            cum_qty: self.cum_qty,
            leaves_qty: leaves,
            order_id: output.order.to_string(),
            symbol: self.symbol.as_str().to_owned(),
            side: self.side.into(),
            ..ExecutionReport::default()
        }
    }

    /// A market order trades at a price of 1: the demo venue has no book to find a better one.
    fn trade_price(&self) -> Price {
        if self.price == Price::default() { Price::whole(1) } else { self.price }
    }
}

/// Half, in whole units where it can be.
const fn half(quantity: Quantity) -> Quantity {
    let half = quantity.0 / 2;
    Quantity(if half > SCALE { half / SCALE * SCALE } else { half })
}

fn refused(mut report: ExecutionReport, cl_ord_id: &str) -> Done {
    cl_ord_id.clone_into(&mut report.cl_ord_id);
    Done { deed: Deed::CancelRejected, reports: vec![report] }
}

/// A void has no request to take names from.
fn void(output: &VenueOrder) -> ExecutionReport {
    ExecutionReport {
        exec_type: ExecType::Void.into(),
        cl_ord_id: format!("VOID-{}", output.venue_seq),
        venue_seq: output.venue_seq,
        ord_status: Coded::Absent,
        ..Order::none().report(output, ExecType::Void)
    }
}

/// Fills in what makes a report the venue's own: its name, its number and its time.
pub fn sign(report: &mut ExecutionReport, venue: &str, sequence: u64, now: Timestamp) {
    venue.clone_into(&mut report.header.sender);
    if report.target_comp_id.is_empty() {
        // Nobody is known to have sent it: the report is the venue's alone.
        venue.clone_into(&mut report.target_comp_id);
    }
    report.header.sequence = sequence;
    report.header.sending_time = now;
    report.transact_time = now;
    report.exec_id = format!("{venue}-{sequence}");
    venue.clone_into(&mut report.last_mkt);
    report.trade_date = now.day();
}

/// The draw of an output, the same whenever it is acted on.
fn draw(output: &VenueOrder) -> u64 {
    let mut text = output.account.as_bytes().to_vec();
    text.extend_from_slice(&output.venue_seq.to_be_bytes());
    domain::hash::row(&text) as u64
}

#[cfg(test)]
mod tests {
    use domain::Mic;
    use wire::message::{OrderCancelReplaceRequest, OrderCancelRequest};

    use super::*;

    fn output(venue_seq: u64) -> VenueOrder {
        let venue = Mic::new("XDEM").expect("four letters");
        let account = "A-1".to_owned();
        VenueOrder { venue_seq, id: 1, order: OrderId(7), account, venue, request: None }
    }

    fn header() -> Header {
        let (sender, account) = ("S".to_owned(), "A-1".to_owned());
        Header { sender, account, ..Header::default() }
    }

    fn new() -> Message {
        Message::from(NewOrderSingle {
            header: header(),
            cl_ord_id: "1".to_owned(),
            order_qty: Quantity::whole(300),
            price: Price::whole(5),
            ..NewOrderSingle::default()
        })
    }

    fn cancel() -> Message {
        Message::from(OrderCancelRequest {
            header: header(),
            cl_ord_id: "2".to_owned(),
            orig_cl_ord_id: "1".to_owned(),
            ..OrderCancelRequest::default()
        })
    }

    fn replace(order_qty: i64) -> Message {
        Message::from(OrderCancelReplaceRequest {
            header: header(),
            cl_ord_id: "3".to_owned(),
            orig_cl_ord_id: "1".to_owned(),
            order_qty: Quantity::whole(order_qty),
            ..OrderCancelReplaceRequest::default()
        })
    }

    fn behaviour(fill: u8, partial: u8, reject: u8, silent: u8) -> Behaviour {
        Behaviour { fill, partial, reject, silent }
    }

    /// What each message leads to: the deed, and of each report ExecType, OrdStatus, CumQty,
    /// LeavesQty.
    fn check(behaviour: Behaviour, messages: &[Message], expected: &[(Deed, &[Said])]) {
        let mut exchange = Exchange::default();
        for (index, message) in messages.iter().enumerate() {
            let output = output(index as u64 + 1);
            let done = exchange.act(&output, Some(message), Some(&behaviour));
            let said: Vec<Said> = done
                .reports
                .iter()
                .map(|report| {
                    let quantity = |quantity: Quantity| quantity.0 / SCALE;
                    let types = report.exec_type.known().zip(report.ord_status.known());
                    let (exec_type, ord_status) = types.expect("reports have both");
                    (exec_type, ord_status, quantity(report.cum_qty), quantity(report.leaves_qty))
                })
                .collect();
            assert_eq!((done.deed, said.as_slice()), expected[index], "message {index}");
        }
    }

    type Said = (ExecType, OrdStatus, i64, i64);

    #[test]
    fn an_order_rests_is_replaced_and_cancelled_once() {
        check(
            behaviour(0, 0, 0, 0),
            &[new(), replace(200), cancel(), cancel()],
            &[
                (Deed::Accepted, &[(ExecType::New, OrdStatus::New, 0, 300)]),
                (Deed::Replaced, &[(ExecType::Replaced, OrdStatus::New, 0, 200)]),
                (Deed::Canceled, &[(ExecType::Canceled, OrdStatus::Canceled, 0, 0)]),
                (Deed::CancelRejected, &[(ExecType::CancelRejected, OrdStatus::Canceled, 0, 0)]),
            ],
        );
    }

    #[test]
    fn a_half_fill_leaves_the_rest_and_a_replace_below_it_leaves_nothing() {
        check(
            behaviour(0, 100, 0, 0),
            &[new(), replace(100), cancel()],
            &[
                (
                    Deed::Accepted,
                    &[
                        (ExecType::New, OrdStatus::New, 0, 300),
                        (ExecType::Trade, OrdStatus::PartiallyFilled, 150, 150),
                    ],
                ),
                (Deed::Replaced, &[(ExecType::Replaced, OrdStatus::Filled, 150, 0)]),
                (Deed::CancelRejected, &[(ExecType::CancelRejected, OrdStatus::Filled, 150, 0)]),
            ],
        );
    }

    #[test]
    fn a_rejected_order_cant_be_cancelled_and_a_silent_venue_says_nothing() {
        check(
            behaviour(0, 0, 100, 0),
            &[new(), cancel()],
            &[
                (Deed::Rejected, &[(ExecType::Rejected, OrdStatus::Rejected, 0, 0)]),
                (Deed::CancelRejected, &[(ExecType::CancelRejected, OrdStatus::Canceled, 0, 0)]),
            ],
        );
        check(behaviour(100, 0, 0, 100), &[new()], &[(Deed::Accepted, &[])]);
    }

    #[test]
    fn a_void_moves_nothing_and_is_reported_by_its_number() {
        let mut exchange = Exchange::default();
        let done = exchange.act(&output(4), None, Some(&behaviour(100, 0, 0, 0)));
        assert_eq!(done.deed, Deed::Voided);
        let mut report = done.reports[0].clone();
        sign(&mut report, "XDEM", 9, Timestamp(1_577_682_000_000_000_000));
        assert_eq!((report.venue_seq, report.exec_id.as_str()), (4, "XDEM-9"));
        assert_eq!(Message::from(report).check(), Ok(()));
    }
}
