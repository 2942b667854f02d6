//! An envelope read where it lies: texts borrowed, numbers as they came.
//!
//! Fields may come in any order and more than once (the last one counts, and a body that comes
//! again is merged), as protobuf has it.

use domain::Timestamp;
use domain::inbound::BLOCKED_MAX;

use crate::field::{Malformed, Reader};
use crate::message::moment;

/// An envelope.
#[derive(Default)]
pub(super) struct Envelope<'a> {
    pub(super) head: Head<'a>,
    pub(super) body: Body<'a>,
}

/// What every record says of itself, as far as the line reads it.
#[derive(Default)]
pub(super) struct Head<'a> {
    pub(super) sender: &'a str,
    pub(super) account: &'a str,
    pub(super) poss_resend: bool,
    pub(super) hops: u32,
}

/// The one body of an envelope.
#[derive(Default)]
pub(super) enum Body<'a> {
    #[default]
    None,
    Request(Request<'a>),
    Report(Report<'a>),
}

/// Which request; the number is its field's in the envelope.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Kind {
    #[default]
    New = 8,
    Cancel = 9,
    Replace = 10,
    MassCancel = 11,
    Status = 12,
}

/// Any request: fields that a kind hasn't stay empty.
#[derive(Default)]
pub(super) struct Request<'a> {
    pub(super) kind: Kind,
    pub(super) cl_ord_id: &'a str,
    pub(super) transact_time: Timestamp,
    pub(super) orig_cl_ord_id: &'a str,
    pub(super) symbol: &'a str,
    pub(super) side: i32,
    pub(super) ord_type: i32,
    pub(super) time_in_force: i32,
    pub(super) order_qty: i64,
    pub(super) price: i64,
    pub(super) ex_destination: &'a str,
    pub(super) executing_firm: &'a str,
    pub(super) client: &'a str,
    pub(super) trader: &'a str,
    pub(super) desk: &'a str,
    pub(super) strategy: &'a str,
    pub(super) expire_time: Timestamp,
    pub(super) blocked: Blocked<'a>,
}

/// The venues that an order must not go to, as they came.
#[derive(Default)]
pub(super) struct Blocked<'a> {
    pub(super) venues: [&'a str; BLOCKED_MAX],
    /// How many came; more than there is room for is a fault.
    pub(super) count: usize,
}

/// A report.
#[derive(Default)]
pub(super) struct Report<'a> {
    pub(super) target_comp_id: &'a str,
    pub(super) cl_ord_id: &'a str,
    pub(super) orig_cl_ord_id: &'a str,
    pub(super) transact_time: Timestamp,
    pub(super) exec_id: &'a str,
    pub(super) exec_ref_id: &'a str,
    pub(super) exec_type: i32,
    pub(super) ord_status: i32,
    pub(super) last_mkt: &'a str,
    pub(super) trade_date: u32,
    pub(super) last_qty: i64,
    pub(super) last_px: i64,
    pub(super) order_qty: i64,
    pub(super) price: i64,
    pub(super) cum_qty: i64,
    pub(super) leaves_qty: i64,
    pub(super) order_id: &'a str,
    pub(super) symbol: &'a str,
    pub(super) side: i32,
    pub(super) ord_rej_reason: u32,
    pub(super) cxl_rej_reason: u32,
    pub(super) text: &'a str,
    pub(super) venue_seq: u64,
    pub(super) exec_restatement_reason: Option<u32>,
}

/// Reads an envelope.
pub(super) fn envelope(bytes: &[u8]) -> Result<Envelope<'_>, Malformed> {
    let mut reader = Reader::new(bytes);
    let mut envelope = Envelope::default();
    let head = &mut envelope.head;
    while let Some(key) = reader.key()? {
        match key.tag {
            1 => head.sender = reader.text(key)?,
            2 => head.account = reader.text(key)?,
            3 => drop(reader.integer(key)?),
            4 => drop(reader.fixed(key)?),
            5 => head.poss_resend = reader.integer(key)? != 0,
            6 => head.hops = reader.integer(key)? as u32,
            8 => request(&mut envelope.body, Kind::New, reader.inner_of(key)?)?,
            9 => request(&mut envelope.body, Kind::Cancel, reader.inner_of(key)?)?,
            10 => request(&mut envelope.body, Kind::Replace, reader.inner_of(key)?)?,
            11 => request(&mut envelope.body, Kind::MassCancel, reader.inner_of(key)?)?,
            12 => request(&mut envelope.body, Kind::Status, reader.inner_of(key)?)?,
            13 => report(&mut envelope.body, reader.inner_of(key)?)?,
            _ => reader.skip(key)?,
        }
    }
    Ok(envelope)
}

fn request<'a>(body: &mut Body<'a>, kind: Kind, reader: Reader<'a>) -> Result<(), Malformed> {
    if !matches!(body, Body::Request(known) if known.kind == kind) {
        *body = Body::Request(Request { kind, ..Request::default() });
    }
    let Body::Request(request) = body else { return Ok(()) };
    match kind {
        Kind::New => new(request, reader),
        Kind::Cancel | Kind::Replace => change(request, reader),
        Kind::MassCancel | Kind::Status => other(request, reader),
    }
}

fn new<'a>(body: &mut Request<'a>, mut reader: Reader<'a>) -> Result<(), Malformed> {
    while let Some(key) = reader.key()? {
        match key.tag {
            1 => body.cl_ord_id = reader.text(key)?,
            2 => body.transact_time = moment(reader.fixed(key)?),
            3 => body.symbol = reader.text(key)?,
            4 => body.side = reader.integer(key)? as i32,
            5 => body.ord_type = reader.integer(key)? as i32,
            6 => body.time_in_force = reader.integer(key)? as i32,
            7 => body.order_qty = reader.integer(key)? as i64,
            8 => body.price = reader.signed(key)?,
            9 => body.ex_destination = reader.text(key)?,
            10 => body.executing_firm = reader.text(key)?,
            11 => body.client = reader.text(key)?,
            12 => body.trader = reader.text(key)?,
            13 => body.desk = reader.text(key)?,
            14 => body.strategy = reader.text(key)?,
            15 => body.expire_time = moment(reader.fixed(key)?),
            16 => body.blocked.add(reader.text(key)?),
            _ => reader.skip(key)?,
        }
    }
    Ok(())
}

fn change<'a>(body: &mut Request<'a>, mut reader: Reader<'a>) -> Result<(), Malformed> {
    let replaces = body.kind == Kind::Replace;
    while let Some(key) = reader.key()? {
        match key.tag {
            1 => body.cl_ord_id = reader.text(key)?,
            2 => body.transact_time = moment(reader.fixed(key)?),
            3 => body.orig_cl_ord_id = reader.text(key)?,
            4 if replaces => body.order_qty = reader.integer(key)? as i64,
            5 if replaces => body.price = reader.signed(key)?,
            _ => reader.skip(key)?,
        }
    }
    Ok(())
}

fn other<'a>(body: &mut Request<'a>, mut reader: Reader<'a>) -> Result<(), Malformed> {
    let cancels = body.kind == Kind::MassCancel;
    while let Some(key) = reader.key()? {
        match key.tag {
            1 => body.cl_ord_id = reader.text(key)?,
            2 => body.transact_time = moment(reader.fixed(key)?),
            3 if cancels => body.symbol = reader.text(key)?,
            _ => reader.skip(key)?,
        }
    }
    Ok(())
}

fn report<'a>(body: &mut Body<'a>, mut reader: Reader<'a>) -> Result<(), Malformed> {
    if !matches!(body, Body::Report(_)) {
        *body = Body::Report(Report::default());
    }
    let Body::Report(report) = body else { return Ok(()) };
    while let Some(key) = reader.key()? {
        match key.tag {
            1 => report.target_comp_id = reader.text(key)?,
            2 => report.cl_ord_id = reader.text(key)?,
            3 => report.orig_cl_ord_id = reader.text(key)?,
            4 => report.transact_time = moment(reader.fixed(key)?),
            5 => report.exec_id = reader.text(key)?,
            6 => report.exec_ref_id = reader.text(key)?,
            7 => report.exec_type = reader.integer(key)? as i32,
            8 => report.ord_status = reader.integer(key)? as i32,
            9 => report.last_mkt = reader.text(key)?,
            10 => report.trade_date = reader.integer(key)? as u32,
            11 => report.last_qty = reader.integer(key)? as i64,
            12 => report.last_px = reader.signed(key)?,
            13 => report.order_qty = reader.integer(key)? as i64,
            14 => report.price = reader.signed(key)?,
            15 => report.cum_qty = reader.integer(key)? as i64,
            16 => report.leaves_qty = reader.integer(key)? as i64,
            17 => report.order_id = reader.text(key)?,
            18 => report.symbol = reader.text(key)?,
            19 => report.side = reader.integer(key)? as i32,
            20 => report.ord_rej_reason = reader.integer(key)? as u32,
            21 => report.cxl_rej_reason = reader.integer(key)? as u32,
            22 => report.text = reader.text(key)?,
            23 => report.venue_seq = reader.integer(key)?,
            24 => report.exec_restatement_reason = Some(reader.integer(key)? as u32),
            _ => reader.skip(key)?,
        }
    }
    Ok(())
}

// === impl Blocked ===

impl<'a> Blocked<'a> {
    fn add(&mut self, venue: &'a str) {
        if let Some(place) = self.venues.get_mut(self.count) {
            *place = venue;
        }
        self.count += 1;
    }
}
