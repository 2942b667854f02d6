//! Requests: what is wrong with a field becomes a fault of the request, never a refusal to read it.

use domain::inbound::{Cancel, Faults, MassCancel, New, Replace, RequestHead, Status, scope_key};
use domain::{AccountKey, Identity, IdentityKey, Inbound, Mic, Price, Quantity, Scope, Symbol};
use domain::{OrdType, Side, TimeInForce};

use super::read::{Head, Kind, Request};
use super::{content, is_identity, is_identity_or_empty, is_mic};
use crate::message::Coded;

/// The input of a request whose sender, account and ClOrdID are sound.
pub(super) fn inbound(key: &IdentityKey, head: &Head<'_>, body: &Request<'_>) -> Inbound {
    let mut request = RequestHead {
        account: AccountKey::of(head.account),
        identity: key.request(head.sender, head.account, body.cl_ord_id),
        content: content::of_request(key, head, body),
        transact_time: body.transact_time,
        poss_resend: head.poss_resend,
        hops: u8::try_from(head.hops).unwrap_or(u8::MAX),
        faults: Faults::default(),
    };
    match body.kind {
        Kind::New => new(request, body),
        Kind::Cancel => {
            let original = original(key, head, body, &mut request.faults);
            Inbound::Cancel(Cancel { head: request, original })
        }
        Kind::Replace => {
            let original = original(key, head, body, &mut request.faults);
            let (order_qty, price) = (Quantity(body.order_qty), Price(body.price));
            Inbound::Replace(Replace { head: request, original, order_qty, price })
        }
        Kind::MassCancel => {
            let symbol = symbol(body.symbol, &mut request.faults);
            Inbound::MassCancel(MassCancel { head: request, symbol })
        }
        Kind::Status => Inbound::Status(Status { head: request }),
    }
}

fn new(mut head: RequestHead, body: &Request<'_>) -> Inbound {
    let faults = &mut head.faults;
    let side = Coded::of(body.side).known().unwrap_or_else(|| {
        *faults = faults.with(Faults::SIDE);
        Side::Buy
    });
    let ord_type = Coded::of(body.ord_type).known().unwrap_or_else(|| {
        *faults = faults.with(Faults::ORD_TYPE);
        OrdType::Limit
    });
    let time_in_force = match Coded::of(body.time_in_force) {
        Coded::Known(known) => known,
        Coded::Absent => TimeInForce::Day,
        Coded::Unknown(_) => {
            *faults = faults.with(Faults::TIME_IN_FORCE);
            TimeInForce::Day
        }
    };
    if body.symbol.is_empty() {
        *faults = faults.with(Faults::SYMBOL);
    }
    let symbol = symbol(body.symbol, faults);
    let ex_destination = destination(body.ex_destination, faults);
    let firm = if is_identity_or_empty(body.executing_firm) {
        scope_key(Scope::Firm, body.executing_firm)
    } else {
        *faults = faults.with(Faults::FIRM);
        0
    };
    Inbound::New(New {
        head,
        firm,
        symbol,
        side,
        ord_type,
        time_in_force,
        order_qty: Quantity(body.order_qty),
        price: Price(body.price),
        ex_destination,
    })
}

fn original(
    key: &IdentityKey,
    head: &Head<'_>,
    body: &Request<'_>,
    faults: &mut Faults,
) -> Identity {
    if is_identity(body.orig_cl_ord_id) {
        return key.request(head.sender, head.account, body.orig_cl_ord_id);
    }
    *faults = faults.with(Faults::ORIGINAL);
    Identity::default()
}

fn symbol(text: &str, faults: &mut Faults) -> Symbol {
    Symbol::new(text).unwrap_or_else(|| {
        *faults = faults.with(Faults::SYMBOL);
        Symbol::EMPTY
    })
}

fn destination(text: &str, faults: &mut Faults) -> Mic {
    if text.is_empty() {
        return Mic::EMPTY;
    }
    Mic::new(text).filter(|_| is_mic(text)).unwrap_or_else(|| {
        *faults = faults.with(Faults::DESTINATION);
        Mic::EMPTY
    })
}
