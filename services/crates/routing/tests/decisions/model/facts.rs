//! What happened to an order, and how it must stand by that: the standard read a second time.

use domain::{ExecType, OrdStatus};

use super::step::Step;

/// Kinds of requests to change an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Cancel,
    Replace,
}

/// A request: its number, and of a replace the lots that it asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) number: u32,
    pub(super) kind: Kind,
    pub(super) lots: i64,
}

/// A live fill, and the business day that it counts in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fill {
    pub(super) number: u32,
    pub(super) lots: i64,
    pub(super) day: u32,
}

/// All that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Facts {
    pub(super) lots: i64,
    pub(super) lasting: bool,
    pub(super) acknowledged: bool,
    /// Stopped, Suspended, Done for day or Calculated.
    pub(super) held: Option<OrdStatus>,
    /// Canceled, Rejected or Expired.
    pub(super) ended: Option<OrdStatus>,
    pub(super) pending: Vec<Asked>,
    /// The last one that nothing waits for any more.
    pub(super) settled: Option<Asked>,
    pub(super) fills: Vec<Fill>,
    pub(super) busted: Option<u32>,
    /// Changes of business day, those before the order's own day, and those before its close.
    pub(super) days: u32,
    pub(super) day: u32,
    pub(super) closed: u32,
    /// It was let go.
    pub(super) gone: bool,
    /// The request that it goes by.
    pub(super) name: u32,
    /// Names that were given so far.
    pub(super) numbers: u32,
}

/// What makes two states one.
pub(super) type Key = (
    (i64, bool, bool, Option<OrdStatus>, Option<OrdStatus>),
    (Vec<(Kind, i64)>, Option<Kind>),
    (Vec<(i64, bool)>, bool),
    (u32, u32, u32),
);

impl Facts {
    pub(super) fn of(lots: i64, lasting: bool) -> Self {
        Self {
            lots,
            lasting,
            acknowledged: false,
            held: None,
            ended: None,
            pending: Vec::new(),
            settled: None,
            fills: Vec::new(),
            busted: None,
            days: 0,
            day: 0,
            closed: 0,
            gone: false,
            name: 0,
            numbers: 0,
        }
    }

    pub(super) fn key(&self) -> Key {
        let pending = self.pending.iter().map(|asked| (asked.kind, asked.lots)).collect();
        let mut fills: Vec<_> =
            self.fills.iter().map(|fill| (fill.lots, fill.day < self.day)).collect();
        fills.sort_unstable();
        let settled = self.settled.map(|asked| asked.kind);
        let closed = if self.is_open() { 0 } else { self.closed };
        (
            (self.lots, self.lasting, self.acknowledged, self.held, self.ended),
            (pending, settled),
            (fills, self.busted.is_some()),
            (self.days, self.day, closed),
        )
    }

    pub(super) fn cum(&self) -> i64 {
        self.fills.iter().map(|fill| fill.lots).sum()
    }

    pub(super) fn leaves(&self) -> i64 {
        if self.ended.is_some() { 0 } else { self.lots - self.cum() }
    }

    /// What was filled before its business day.
    pub(super) fn base(&self) -> i64 {
        let earlier = self.fills.iter().filter(|fill| fill.day < self.day);
        earlier.map(|fill| fill.lots).sum()
    }

    pub(super) fn is_filled(&self) -> bool {
        self.cum() == self.lots
    }

    pub(super) fn is_open(&self) -> bool {
        self.ended.is_none() && (!self.is_filled() || !self.pending.is_empty())
    }

    pub(super) fn is_pending(&self, kind: Kind) -> bool {
        self.pending.iter().any(|asked| asked.kind == kind)
    }

    /// OrdStatus by precedence: 12 Pending cancel, 11 Pending replace, 10 Done for day, 9
    /// Calculated, 8 Filled, 7 Stopped, 6 Suspended, 5 Canceled and Expired, 4 Partially filled, 2
    /// the others.
    pub(super) fn status(&self) -> OrdStatus {
        let held = |status| self.held == Some(status) && self.ended.is_none();
        let is_new = if self.acknowledged { OrdStatus::New } else { OrdStatus::PendingNew };
        let applies = [
            (self.is_pending(Kind::Cancel), OrdStatus::PendingCancel),
            (self.is_pending(Kind::Replace), OrdStatus::PendingReplace),
            (held(OrdStatus::DoneForDay), OrdStatus::DoneForDay),
            (held(OrdStatus::Calculated), OrdStatus::Calculated),
            (self.is_filled(), OrdStatus::Filled),
            (held(OrdStatus::Stopped), OrdStatus::Stopped),
            (held(OrdStatus::Suspended), OrdStatus::Suspended),
            (self.ended.is_some(), self.ended.unwrap_or(is_new)),
            (self.cum() > 0, OrdStatus::PartiallyFilled),
        ];
        applies.iter().find(|(applies, _)| *applies).map_or(is_new, |(_, status)| *status)
    }

    /// Whether it must be let through: requests by what is left, executions by what they fit.
    pub(super) fn admits(&self, step: Step) -> bool {
        let fits = |lots: i64| lots <= self.lots && self.ended != Some(OrdStatus::Rejected);
        let increases = |lots| self.ended.is_none() && self.is_filled() && lots > self.cum();
        match step {
            _ if self.gone => false,
            Step::Cancel => self.leaves() > 0 && !self.is_pending(Kind::Cancel),
            Step::Replace(lots) => {
                (self.leaves() > 0 || increases(lots)) && !self.is_pending(Kind::Cancel)
            }
            Step::Fill(lots) => fits(self.cum() + lots),
            Step::Correct(at, lots) => fits(self.cum() - self.fills[at].lots + lots),
            Step::FillAgain | Step::BustAgain => false,
            Step::DayEnd => self.is_open() && self.day < self.days,
            _ => true,
        }
    }

    /// What a step that is let through does; anything else does nothing.
    pub(super) fn take(&mut self, step: Step) {
        if !self.admits(step) {
            return;
        }
        let was_open = self.is_open();
        let number = self.numbers;
        match step {
            Step::Cancel => self.pending.push(Asked { number, kind: Kind::Cancel, lots: 0 }),
            Step::Replace(lots) => self.pending.push(Asked { number, kind: Kind::Replace, lots }),
            Step::Done(at) => {
                let asked = self.settle(at);
                self.done(asked, true);
            }
            Step::Refused(at) | Step::Void(at) => {
                self.settle(at);
            }
            Step::DoneLate => {
                if let Some(asked) = self.settled {
                    self.done(asked, false);
                }
            }
            Step::Fill(lots) => {
                self.fills.push(Fill { number, lots, day: self.days });
                self.acknowledged = true;
                if self.held != Some(OrdStatus::Suspended) {
                    self.held = None;
                }
            }
            Step::Bust(at) => self.busted = Some(self.fills.remove(at).number),
            Step::Correct(at, lots) => {
                let corrected = Fill { number, lots, ..self.fills[at] };
                self.busted = Some(std::mem::replace(&mut self.fills[at], corrected).number);
                self.acknowledged = true;
            }
            Step::Says(exec_type) => self.said(exec_type),
            Step::Restate(lots) => {
                self.restated(lots);
                if self.held != Some(OrdStatus::Stopped) {
                    self.held = None;
                }
            }
            Step::RestateHeld => self.restated(0),
            Step::NextDay => {
                self.days += 1;
                self.gone = !self.is_open() && self.closed + 2 <= self.days;
            }
            Step::DayEnd => self.day_ends(),
            Step::RefusedLate | Step::FillAgain | Step::BustAgain => {}
        }
        if was_open && !self.is_open() {
            self.closed = self.days;
        }
    }

    fn settle(&mut self, at: usize) -> Asked {
        let asked = self.pending.remove(at);
        self.settled = Some(asked);
        asked
    }

    /// A request was done by its venue, `first` unless that was said before.
    fn done(&mut self, asked: Asked, first: bool) {
        match asked.kind {
            Kind::Cancel => self.end(OrdStatus::Canceled),
            Kind::Replace if self.ended.is_none() => {
                self.restated(if first { asked.lots } else { 0 });
                self.name = asked.number;
            }
            Kind::Replace => {}
        }
    }

    fn said(&mut self, exec_type: ExecType) {
        match exec_type {
            ExecType::New => self.acknowledged = true,
            ExecType::Canceled => self.end(OrdStatus::Canceled),
            ExecType::Expired => self.end(OrdStatus::Expired),
            // Of an order that was filled in part, only the rest can be refused.
            ExecType::Rejected | ExecType::Void if self.cum() > 0 => self.end(OrdStatus::Canceled),
            ExecType::Rejected | ExecType::Void => self.end(OrdStatus::Rejected),
            ExecType::DoneForDay => self.hold(OrdStatus::DoneForDay),
            ExecType::Stopped => self.hold(OrdStatus::Stopped),
            ExecType::Suspended => self.hold(OrdStatus::Suspended),
            ExecType::Calculated => self.hold(OrdStatus::Calculated),
            _ => {}
        }
    }

    fn hold(&mut self, status: OrdStatus) {
        if self.ended.is_none() {
            self.held = Some(status);
            self.acknowledged = true;
        }
    }

    fn restated(&mut self, lots: i64) {
        if self.ended.is_none() {
            self.acknowledged = true;
            self.lots = if lots > 0 { lots.max(self.cum()) } else { self.lots };
        }
    }

    fn end(&mut self, status: OrdStatus) {
        if self.ended.is_none() && !self.is_filled() {
            self.ended = Some(status);
            self.held = None;
            self.drop_requests();
        }
    }

    fn drop_requests(&mut self) {
        self.settled = self.pending.last().copied().or(self.settled);
        self.pending.clear();
    }

    fn day_ends(&mut self) {
        if !self.lasting {
            self.end(OrdStatus::Expired);
            self.drop_requests();
            return;
        }
        self.day = self.days;
        if matches!(self.held, Some(OrdStatus::DoneForDay | OrdStatus::Calculated)) {
            self.held = None;
        }
    }
}
