//! What becomes of a dead letter: sent again, or a void of its number, and why (INV-13).
//!
//! ```text
//!  request     sent again while the order view says          and, of new and changed orders
//!  new         PendingNew: routed and unacknowledged         not past ExpireTime (126), no switch
//!  replace     PendingReplace: routed and unacknowledged     no switch
//!  cancel      anything open: cancels pass every switch
//!  a void      always, as it is: its number must move
//! ```
//!
//! Entry points: [`judge`], [`Switches::of`].
//! In doubt it is a void, which undoes nothing: a venue that has the number drops it. It sees kill
//! switches, whose table it is handed; halts of single accounts are the line's and not there.

use std::collections::BTreeMap;

use domain::scope::ALL_TARGET;
use domain::{OrdStatus, Scope, Timestamp, TradingState};
use wire::events::OrderView;
use wire::message::{self, Message, NewOrderSingle};
use wire::venue::VenueOrder;

/// What becomes of a letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It goes again.
    Send,
    /// A void of its number goes.
    Void(Reason),
    /// The order view doesn't hold its order.
    Missing,
    /// It stays where it is.
    Stay(&'static str),
}

/// Why a letter becomes a void.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Its order isn't routed and unacknowledged any more, or its cancel's order is closed.
    Answered,
    /// Its ExpireTime (126) has passed.
    Expired,
    /// A kill switch that isn't active covers it, or may.
    Halted,
    /// The order view doesn't hold its order any more, and the operator said to void such.
    Absent,
}

/// The kill switches as they stand.
#[derive(Clone, Debug, Default)]
pub struct Switches {
    stopped: BTreeMap<(Scope, String), TradingState>,
}

// === impl Reason ===

impl Reason {
    /// The word in rows and in the attribute of the void.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Expired => "expired",
            Self::Halted => "halted",
            Self::Absent => "absent",
        }
    }
}

// === impl Switches ===

impl Switches {
    /// Folds the commands, the highest number of each scope and target counting. The name of what
    /// isn't known comes back: nothing may go past a switch that can't be read.
    ///
    /// # Errors
    /// A scope or state that this version doesn't know.
    pub fn of(mut kills: Vec<aws::Kill>) -> Result<Self, String> {
        kills.sort_by_key(|kill| kill.number);
        let mut stopped = BTreeMap::new();
        for kill in kills {
            let scope = Scope::of_name(&kill.scope).ok_or(kill.scope)?;
            match TradingState::of_name(&kill.state).ok_or(kill.state)? {
                TradingState::Active => drop(stopped.remove(&(scope, kill.target))),
                state => drop(stopped.insert((scope, kill.target), state)),
            }
        }
        Ok(Self { stopped })
    }

    /// Whether any of these is stopped; whether an order only reduces can't be told here.
    fn stop(&self, named: &[(Scope, &str)]) -> bool {
        named.iter().any(|(scope, target)| {
            !target.is_empty() && self.stopped.contains_key(&(*scope, (*target).to_owned()))
        })
    }

    fn stop_new(&self, output: &VenueOrder, new: &NewOrderSingle) -> bool {
        self.stop(&[
            (Scope::All, ALL_TARGET),
            (Scope::Account, &output.account),
            (Scope::Venue, output.venue.as_str()),
            (Scope::Symbol, &new.symbol),
            (Scope::Firm, &new.executing_firm),
            (Scope::Client, &new.client),
            (Scope::Trader, &new.trader),
            (Scope::Desk, &new.desk),
            (Scope::Strategy, &new.strategy),
        ])
    }

    /// A replace names no parties, and the order view keeps none: any switch of theirs stops it.
    fn stop_replace(&self, output: &VenueOrder, view: &OrderView) -> bool {
        let parties = [Scope::Firm, Scope::Client, Scope::Trader, Scope::Desk, Scope::Strategy];
        self.stopped.keys().any(|(scope, _)| parties.contains(scope))
            || self.stop(&[
                (Scope::All, ALL_TARGET),
                (Scope::Account, &output.account),
                (Scope::Venue, output.venue.as_str()),
                (Scope::Symbol, &view.symbol),
            ])
    }
}

/// What becomes of an output whose order stands as `view` says.
#[must_use]
pub fn judge(
    output: &VenueOrder,
    view: Option<&OrderView>,
    switches: &Switches,
    now: Timestamp,
) -> Verdict {
    let Some(request) = &output.request else { return Verdict::Send };
    let Ok(request) = message::parse(request) else {
        return Verdict::Stay("its request can't be read");
    };
    let Some(view) = view else { return Verdict::Missing };
    let is = |status| view.ord_status == status;
    let void = match &request {
        Message::NewOrderSingle(_) if !is(OrdStatus::PendingNew) => Some(Reason::Answered),
        Message::NewOrderSingle(new) if has_passed(new.expire_time, now) => Some(Reason::Expired),
        Message::NewOrderSingle(new) => switches.stop_new(output, new).then_some(Reason::Halted),
        Message::OrderCancelReplaceRequest(_) if !is(OrdStatus::PendingReplace) => {
            Some(Reason::Answered)
        }
        Message::OrderCancelReplaceRequest(_) => {
            switches.stop_replace(output, view).then_some(Reason::Halted)
        }
        Message::OrderCancelRequest(_) | Message::OrderMassCancelRequest(_) => {
            (!view.ord_status.is_open()).then_some(Reason::Answered)
        }
        Message::OrderStatusRequest(_) | Message::ExecutionReport(_) => {
            return Verdict::Stay("it is no request to a venue");
        }
    };
    void.map_or(Verdict::Send, Verdict::Void)
}

fn has_passed(expire_time: Timestamp, now: Timestamp) -> bool {
    expire_time.0 > 0 && expire_time <= now
}

#[cfg(test)]
mod tests;
