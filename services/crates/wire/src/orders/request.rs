//! Requests: what is wrong with a field becomes a fault of the request, never a refusal to read it.

use domain::inbound::{
    BLOCKED_MAX, Cancel, Faults, MassCancel, New, Replace, RequestHead, Status, scope_key,
};
use domain::{AccountKey, Identity, IdentityKey, Inbound, Mic, Price, Quantity, Scope, Symbol};
use domain::{OrdType, Parties, PartyKey, Side, TimeInForce};

use super::read::{Blocked, Head, Kind, Request};
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
        Kind::New => new(request, head.sender, body),
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

fn new(mut head: RequestHead, sender: &str, body: &Request<'_>) -> Inbound {
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
    let blocked = blocked(&body.blocked, faults);
    let parties = parties(body, faults);
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
        blocked,
        expire_time: body.expire_time,
        sender: PartyKey::of(Scope::All, sender),
        parties,
    })
}

fn blocked(from: &Blocked<'_>, faults: &mut Faults) -> [Mic; BLOCKED_MAX] {
    let listed = from.venues.get(..from.count.min(BLOCKED_MAX)).unwrap_or_default();
    if from.count > BLOCKED_MAX || !listed.iter().all(|venue| is_mic(venue)) {
        *faults = faults.with(Faults::BLOCKED);
        return [Mic::EMPTY; BLOCKED_MAX];
    }
    from.venues.map(|venue| Mic::new(venue).unwrap_or_default())
}

fn parties(body: &Request<'_>, faults: &mut Faults) -> Parties {
    let mut of = |scope, name| {
        if is_identity_or_empty(name) {
            return PartyKey::of(scope, name);
        }
        *faults = faults.with(Faults::PARTY);
        PartyKey::default()
    };
    Parties {
        client: of(Scope::Client, body.client),
        trader: of(Scope::Trader, body.trader),
        desk: of(Scope::Desk, body.desk),
        strategy: of(Scope::Strategy, body.strategy),
    }
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
