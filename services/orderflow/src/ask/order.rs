//! Orders: put requests on the stream, wait for their decisions, look orders up.

use domain::amount::SCALE;
use domain::{
    AccountKey, OrdType, OrderId, Position, Price, Quantity, Sequence, Side, TimeInForce,
};
use local::stream::{Placed, Put};
use ports::{OrderView as _, ViewRow};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use wire::events::{OrderView, Times};
use wire::message::{
    Coded, Header, Message, NewOrderSingle, OrderCancelReplaceRequest, OrderCancelRequest,
    OrderMassCancelRequest, OrderStatusRequest, encode,
};

use super::Desk;
use crate::error::Error;
use crate::limits::{DECISION_WAIT, LOOK_AGAIN, VIEW_WAIT};
use crate::world::clock::{moment, now};

/// A request as people write it. Amounts are decimal texts; what isn't given is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Request {
    /// `new`, `cancel`, `replace`, `mass_cancel` or `status`.
    pub kind: String,
    /// SenderCompID (49).
    pub sender: String,
    /// Account (1).
    pub account: String,
    /// ClOrdID (11); empty makes one of the time.
    pub cl_ord_id: String,
    /// OrigClOrdID (41) of a cancel or replace.
    pub orig_cl_ord_id: String,
    /// Id of the order that a cancel, replace or status means, instead of the three above.
    pub order: String,
    /// Symbol (55).
    pub symbol: String,
    /// `buy`, `sell`, `sell-short` or `sell-short-exempt`.
    pub side: String,
    /// `limit` or `market`; empty: limit where there is a price.
    pub ord_type: String,
    /// `day`, `gtc`, `ioc` or `fok`; empty: day.
    pub time_in_force: String,
    /// OrderQty (38).
    pub order_qty: String,
    /// Price (44).
    pub price: String,
    /// Executing firm.
    pub firm: String,
    /// Client (PartyRole 3).
    pub client: String,
    /// Executing trader (PartyRole 12).
    pub trader: String,
    /// Desk (PartyRole 76).
    pub desk: String,
    /// Algorithm.
    pub strategy: String,
    /// ExDestination (100).
    pub ex_destination: String,
    /// Venues that it must not go to.
    pub blocked_venues: Vec<String>,
    /// ExpireTime (126) in nanoseconds since 1970; 0: absent.
    pub expire_time: i64,
    /// PossResend (97).
    pub poss_resend: bool,
    /// TransactTime (60) in nanoseconds since 1970; 0: now.
    pub transact_time: i64,
}

impl Desk {
    /// Puts a request on the stream; it is durable there when this returns.
    pub(super) fn submit(&self, request: &Request, wait: bool) -> Result<Value, Error> {
        let message = self.message(request)?;
        let bytes = encode(&message);
        wire::message::parse(&bytes).map_err(|_| Error::Call {
            what: "sender, account and ClOrdID must be 1 to 32 printable ASCII characters \
                   without spaces"
                .to_owned(),
            fix: "give them with --sender, --account and --cl-ord-id".to_owned(),
        })?;
        let account = AccountKey::of(&message.header().account);
        let placed = {
            let _order = self.putting.lock();
            let sequence = self.next_sequence();
            let (key, producer, arrival) = (account, self.producer, None);
            let put = Put { key, producer, sequence, arrival, data: &bytes };
            self.stores.orders.put(now(), &[put])?
        };
        let Some(Placed::At { shard, sequence }) = placed.first().copied() else {
            return Err(Error::Fault("the stream knows this producer already".to_owned()));
        };
        let order = match &message {
            Message::NewOrderSingle(new) => {
                let Header { sender, account, .. } = &new.header;
                let key = self.genesis.identity_key;
                let identity = key.request(sender, account, &new.cl_ord_id);
                OrderId::of(identity, new.transact_time).to_string()
            }
            _ => request.order.clone(),
        };
        let told = json!({
            "lane": shard, "sequence": sequence, "cl_ord_id": message.cl_ord_id(), "order": order,
        });
        if wait { self.decided(shard, sequence, told) } else { Ok(told) }
    }

    /// Waits for the decision of the record at `sequence` and says what it was.
    fn decided(&self, shard: u32, sequence: u64, mut told: Value) -> Result<Value, Error> {
        let position = Position::new(Sequence::of(sequence), 0);
        let late = || Error::Late {
            seconds: DECISION_WAIT.as_secs(),
            place: format!("shard {shard}, sequence {sequence}"),
        };
        self.progress.as_ref().ok_or_else(late)?;
        let began = moment();
        // A lane that has ended has decided all there was.
        let reached = || match self.facts(shard) {
            Some(lane) => lane.position >= position,
            None => self.has_ended(shard),
        };
        while !reached() {
            if began.elapsed() > DECISION_WAIT {
                return Err(late());
            }
            std::thread::park_timeout(LOOK_AGAIN);
        }
        let found = self.input_at(shard, position)?.ok_or_else(late)?;
        if let (Value::Object(told), row) = (&mut told, found.row) {
            told.extend(row);
        }
        let order = super::journal::told(&found.outcome).1.filter(|order| order.0 != 0);
        if let Some((view, _)) = order.and_then(|order| self.seen(order, shard, found.entry.index))
        {
            told["ord_status"] = json!(view.ord_status.name());
            told["venue"] = json!(view.venue.as_str());
        }
        Ok(told)
    }

    /// An order's row when the view has reached `index` of the lane, waiting a little.
    fn seen(&self, order: OrderId, lane: u32, index: u64) -> Option<(OrderView, Value)> {
        let id = self.genesis.lane(lane);
        let began = moment();
        let mut view = self.stores.view.clone();
        while view.index(id).ok().flatten().is_none_or(|at| at < index) {
            if began.elapsed() > VIEW_WAIT {
                return None;
            }
            std::thread::park_timeout(LOOK_AGAIN);
        }
        self.order(order).ok()
    }

    /// An order by its id.
    pub(super) fn order(&self, id: OrderId) -> Result<(OrderView, Value), Error> {
        let row = self.stores.view.clone().get(id)?.ok_or_else(|| Error::Unknown {
            what: format!("no order {id} in the view"),
            fix: "`orderflow order list` prints all; one that was just submitted may need --wait",
        })?;
        let view = read(&row)?;
        let shown = shown(&view);
        Ok((view, shown))
    }

    /// An id as given, or found by sender, account and ClOrdID.
    pub(super) fn named(
        &self,
        id: &str,
        sender: &str,
        account: &str,
        cl_ord_id: &str,
    ) -> Result<OrderId, Error> {
        if !id.is_empty() {
            return OrderId::parse(id).ok_or_else(|| Error::Call {
                what: format!("{id:?} is no order id"),
                fix: "give 32 hex digits, or --sender, --account and --cl-ord-id".to_owned(),
            });
        }
        let identity = self.genesis.identity_key.request(sender, account, cl_ord_id);
        let key = order_router::view::key_of_request(identity);
        let found = self.stores.view.clone().find(&key, 1)?;
        found.first().copied().ok_or_else(|| Error::Unknown {
            what: format!("no order {cl_ord_id:?} of sender {sender:?} and account {account:?}"),
            fix: "`orderflow order list` prints all orders",
        })
    }

    /// A page of orders by id.
    pub(super) fn orders(&self, after: &str, count: usize) -> Result<Value, Error> {
        let after = match after {
            "" => None,
            text => Some(self.named(text, "", "", "")?),
        };
        let count = Self::page(count);
        let rows = self.stores.view.page(after, count)?;
        let next = (rows.len() == count).then(|| rows.last().map(|row| row.order.to_string()));
        let rows: Result<Vec<_>, Error> = rows.iter().map(|row| Ok(shown(&read(row)?))).collect();
        Ok(json!({ "rows": rows?, "next": next.flatten() }))
    }

    fn message(&self, request: &Request) -> Result<Message, Error> {
        let mut request = request.clone();
        if !request.order.is_empty() {
            let (view, _) = self.order(self.named(&request.order, "", "", "")?)?;
            request.sender = view.sender;
            request.account = view.account;
            match request.kind.as_str() {
                "status" => request.cl_ord_id = view.cl_ord_id,
                _ => request.orig_cl_ord_id = view.cl_ord_id,
            }
        }
        let time = match request.transact_time {
            0 => now(),
            given => domain::Timestamp(given),
        };
        if request.cl_ord_id.is_empty() {
            request.cl_ord_id = format!("C{:x}", time.0);
        }
        let header = Header {
            sender: request.sender.clone(),
            account: request.account.clone(),
            poss_resend: request.poss_resend,
            ..Header::default()
        };
        Ok(match request.kind.as_str() {
            "new" => Message::from(new(&request, header, time)?),
            "cancel" => Message::from(OrderCancelRequest {
                header,
                cl_ord_id: request.cl_ord_id,
                transact_time: time,
                orig_cl_ord_id: request.orig_cl_ord_id,
            }),
            "replace" => Message::from(OrderCancelReplaceRequest {
                header,
                transact_time: time,
                order_qty: Quantity(amount("--qty", &request.order_qty)?),
                price: Price(amount("--price", &request.price)?),
                cl_ord_id: request.cl_ord_id,
                orig_cl_ord_id: request.orig_cl_ord_id,
            }),
            "mass_cancel" => Message::from(OrderMassCancelRequest {
                header,
                cl_ord_id: request.cl_ord_id,
                transact_time: time,
                symbol: request.symbol,
            }),
            "status" => Message::from(OrderStatusRequest {
                header,
                cl_ord_id: request.cl_ord_id,
                transact_time: time,
            }),
            kind => {
                return Err(Error::Call {
                    what: format!("no request {kind:?}"),
                    fix: "kinds are new, cancel, replace, mass_cancel, status".to_owned(),
                });
            }
        })
    }
}

fn new(
    request: &Request,
    header: Header,
    time: domain::Timestamp,
) -> Result<NewOrderSingle, Error> {
    let price = amount("--price", &request.price)?;
    let side = [
        ("buy", Side::Buy),
        ("sell", Side::Sell),
        ("sell-short", Side::SellShort),
        ("sell-short-exempt", Side::SellShortExempt),
    ];
    let kinds = [("limit", OrdType::Limit), ("market", OrdType::Market)];
    let times = [
        ("day", TimeInForce::Day),
        ("gtc", TimeInForce::GoodTillCancel),
        ("ioc", TimeInForce::ImmediateOrCancel),
        ("fok", TimeInForce::FillOrKill),
    ];
    let kind = match request.ord_type.as_str() {
        "" if price == 0 => "market",
        "" => "limit",
        kind => kind,
    };
    let time_in_force = match request.time_in_force.as_str() {
        "" => Coded::Absent,
        text => Coded::Known(one_of("--time-in-force", text, &times)?),
    };
    Ok(NewOrderSingle {
        header,
        cl_ord_id: request.cl_ord_id.clone(),
        transact_time: time,
        symbol: request.symbol.clone(),
        side: Coded::Known(one_of("--side", &request.side, &side)?),
        ord_type: Coded::Known(one_of("--type", kind, &kinds)?),
        time_in_force,
        order_qty: Quantity(amount("--qty", &request.order_qty)?),
        price: Price(price),
        ex_destination: request.ex_destination.clone(),
        executing_firm: request.firm.clone(),
        client: request.client.clone(),
        trader: request.trader.clone(),
        desk: request.desk.clone(),
        strategy: request.strategy.clone(),
        expire_time: domain::Timestamp(request.expire_time),
        blocked_venues: request.blocked_venues.clone(),
    })
}

fn one_of<T: Copy>(flag: &str, text: &str, known: &[(&str, T)]) -> Result<T, Error> {
    let found = known.iter().find(|one| one.0 == text);
    found.map(|one| one.1).ok_or_else(|| {
        let names: Vec<_> = known.iter().map(|one| one.0).collect();
        Error::Call {
            what: format!("{flag} {text:?} isn't known"),
            fix: format!("give one of {}", names.join(", ")),
        }
    })
}

/// A decimal text in units of 10^-8; empty is 0.
pub(super) fn amount(flag: &str, text: &str) -> Result<i64, Error> {
    let wrong = || Error::Call {
        what: format!("{flag} {text:?} is no amount"),
        fix: "give a number with at most 8 digits after the point, as 12.5".to_owned(),
    };
    if text.is_empty() {
        return Ok(0);
    }
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text),
    };
    let (whole, rest) = digits.split_once('.').unwrap_or((digits, "0"));
    let plain = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !plain(whole) || !plain(rest) || rest.len() > 8 {
        return Err(wrong());
    }
    let whole = whole.parse::<i64>().ok().and_then(|whole| whole.checked_mul(SCALE));
    let rest = format!("{rest:0<8}").parse::<i64>().map_err(|_| wrong())?;
    let sum = whole.and_then(|whole| whole.checked_add(rest)).ok_or_else(wrong)?;
    Ok(sign * sum)
}

fn read(row: &ViewRow) -> Result<OrderView, Error> {
    OrderView::decode(&row.bytes)
        .map_err(|error| Error::Fault(format!("a row of the view: {error}")))
}

/// An order as one flat object.
fn shown(view: &OrderView) -> Value {
    json!({
        "order": view.order.to_string(),
        "order_id": view.order.to_string(),
        "rev": view.rev,
        "sender": view.sender,
        "account": view.account,
        "cl_ord_id": view.root_cl_ord_id,
        "last_cl_ord_id": view.cl_ord_id,
        "symbol": view.symbol,
        "side": view.side.map_or("", Side::name),
        "ord_type": view.ord_type.map_or("", OrdType::name),
        "ord_status": view.ord_status.name(),
        "status": view.ord_status.name(),
        "order_qty": view.order_qty.to_string(),
        "cum_qty": view.cum_qty.to_string(),
        "leaves_qty": view.leaves_qty.to_string(),
        "day_order_qty": view.day_order_qty.to_string(),
        "day_cum_qty": view.day_cum_qty.to_string(),
        "price": view.price.to_string(),
        "cum_notional": view.cum_notional.to_string(),
        "venue": view.venue.as_str(),
        "rule": view.rule,
        "configuration": view.configuration,
        "reasons": view.reasons,
        "outcome": if view.reasons.is_empty() { "accepted" } else { "rejected" },
        "transact_time": view.transact_time.to_string(),
        "times": times(&view.times),
    })
}

/// Each time that is known, in the order in which things happen, with whose clock it is by and how
/// far that may be from UTC; `null` where the clock isn't ours to vouch for, or nobody has said.
pub(super) fn times(times: &Times) -> Value {
    let router = times.clock_source.name();
    let bound = (times.clock_error_ns > 0).then_some(times.clock_error_ns);
    let rows = [
        ("client_send", times.client_send, "client", None),
        // The embedded stream stamps by this machine's clock.
        ("stream_arrival", times.stream_arrival, router, bound),
        ("router_receive", times.router_receive, router, bound),
        ("risk_decision", times.risk_decision, router, bound),
        ("persist", times.persist, router, bound),
        ("route_send", times.route_send, router, bound),
        ("emit", times.emit, router, bound),
        ("venue_ack", times.venue_ack, "venue", None),
        ("execution", times.execution, "venue", None),
    ];
    let known = rows.into_iter().filter(|row| row.1.0 > 0);
    let shown = known.map(|(event, at, clock, error_ns)| {
        json!({ "event": event, "ns": at.0, "utc": at.to_string(), "clock": clock,
            "error_ns": error_ns })
    });
    shown.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_exactly_or_not_at_all() {
        assert_eq!(amount("--qty", "12.5").unwrap(), 1_250_000_000);
        assert_eq!(amount("--qty", "-0.00000001").unwrap(), -1);
        assert_eq!(amount("--qty", "").unwrap(), 0);
        for wrong in ["1e3", ".5", "1.", "0.000000001", "99999999999999999999", "one", "1,5"] {
            assert!(amount("--qty", wrong).is_err(), "{wrong}");
        }
    }
}
