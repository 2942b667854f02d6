//! Reports: one that can't be used at all is undecodable, all others reach the books (INV-14).

use domain::inbound::{DecodeFault, Report as Inner};
use domain::{AccountKey, ExecIdentity, ExecType, IdentityKey, Inbound, Mic, OrdStatus};
use domain::{Price, Quantity, TradeDate};

use super::read::{Head, Report};
use super::{TRADE_DATES, content, is_identity, is_identity_or_empty, is_mic};
use crate::message::Coded;

/// The input of a report whose sender, account and ClOrdID are sound.
pub(super) fn inbound(
    key: &IdentityKey,
    head: &Head<'_>,
    body: &Report<'_>,
) -> Result<Inbound, DecodeFault> {
    if !is_identity(body.target_comp_id) || !is_identity_or_empty(body.orig_cl_ord_id) {
        return Err(DecodeFault::Identity);
    }
    let (exec_type, ord_status) = state(body).ok_or(DecodeFault::Report)?;
    let (venue, trade_date) = execution(body).ok_or(DecodeFault::Report)?;
    if body.last_qty < 0 || body.order_qty < 0 {
        return Err(DecodeFault::Report);
    }
    let identity = key.request(body.target_comp_id, head.account, body.cl_ord_id);
    let original = match body.orig_cl_ord_id {
        "" => identity,
        original => key.request(body.target_comp_id, head.account, original),
    };
    let exec_ref = match body.exec_ref_id {
        "" => ExecIdentity::default(),
        exec_ref_id => key.report(venue, trade_date, exec_ref_id),
    };
    let (quantity, price) = match exec_type {
        ExecType::Trade | ExecType::TradeCorrect => (body.last_qty, body.last_px),
        ExecType::Replaced => (body.order_qty, body.price),
        ExecType::Restated => (body.order_qty, 0),
        _ => (0, 0),
    };
    Ok(Inbound::Report(Inner {
        account: AccountKey::of(head.account),
        identity,
        original,
        exec: key.report(venue, trade_date, body.exec_id),
        exec_ref,
        content: content::of_report(key, head, body),
        venue,
        trade_date,
        exec_type,
        ord_status,
        quantity: Quantity(quantity),
        price: Price(price),
        transact_time: body.transact_time,
        venue_seq: if exec_type == ExecType::Void { body.venue_seq } else { 0 },
        hops: u8::try_from(head.hops).unwrap_or(u8::MAX),
    }))
}

/// ExecType and OrdStatus, if they are usable. A void has no status of an order; it stands as
/// rejected, because the venue never had what it replaces.
fn state(body: &Report<'_>) -> Option<(ExecType, OrdStatus)> {
    let exec_type = Coded::of(body.exec_type).known()?;
    let voids = exec_type == ExecType::Void;
    if voids && body.venue_seq == 0 {
        return None;
    }
    match Coded::of(body.ord_status) {
        Coded::Known(ord_status) => Some((exec_type, ord_status)),
        Coded::Absent if voids => Some((exec_type, OrdStatus::Rejected)),
        Coded::Absent | Coded::Unknown(_) => None,
    }
}

/// Venue and trade date, if the execution has a whole identity.
fn execution(body: &Report<'_>) -> Option<(Mic, TradeDate)> {
    let named = is_identity(body.exec_id) && is_identity_or_empty(body.exec_ref_id);
    let venue = Mic::new(body.last_mkt).filter(|_| is_mic(body.last_mkt))?;
    let date = i32::try_from(body.trade_date).ok().filter(|day| TRADE_DATES.contains(day))?;
    named.then_some((venue, TradeDate(date)))
}
