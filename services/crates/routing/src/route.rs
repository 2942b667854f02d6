//! Where an admitted order goes: the first rule that takes it, and the venue that the rule chooses.
//!
//! Entry points: [`route`]; [`candidates`] for `explain`, which shows the same choice.
//! Invariants: the choice is a function of order, set and books: no chance, no clock. An order goes
//! to one venue, once: only a new order is ever routed, so one whose outcome at a venue isn't known
//! is never sent to another.

use books::{Books, Health};
use domain::configuration::{Choice, Configuration, Route, Share};
use domain::entry::RULES;
use domain::inbound::New;
use domain::outcome::{Notes, Routed};
use domain::{
    Mic, OrdType, OrderId, Reason, Reasons, Reservations, Symbol, TimeInForce, Timestamp,
    TradingState,
};

use crate::Scene;
use crate::risk::{self, Admitted};

/// A venue that a rule could choose, and what speaks for and against it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The venue.
    pub venue: Mic,
    /// Its part, of a weighted rule.
    pub weight: u32,
    /// What a share costs there, in 10^-8 of the currency unit; below 0 a rebate.
    pub fee: i64,
    /// How long it takes to acknowledge, in nanoseconds.
    pub latency_ns: i64,
    /// Whether it may be chosen, or why not.
    pub standing: Standing,
}

/// Whether a venue may be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It may.
    Open,
    /// It may once, to see whether it is well again.
    Probe,
    /// The order names another venue, or blocks this one.
    NotOffered,
    /// Trading there is halted.
    Halted,
    /// Only what reduces goes there, and the order doesn't.
    Reducing,
    /// It isn't well.
    Down,
}

/// How an order's venue is chosen: `explain` shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choosing {
    /// The rule that takes it.
    pub rule: u32,
    /// How that rule chooses.
    pub choice: Choice,
    /// Its venues, in the rule's order, with what speaks for and against each.
    pub candidates: Vec<Candidate>,
    /// The one that is chosen.
    pub chosen: Option<Mic>,
}

/// The rule that takes an order, with its venues in the rule's order.
#[derive(Clone, Copy)]
struct Candidates<'a> {
    scene: &'a Scene<'a>,
    route: &'a Route,
    new: &'a New,
    reduces: bool,
}

/// How the venue of a new order that arrives at `arrival` is chosen, whatever the controls say of
/// it: a dry run. `None` when no rule takes it.
#[must_use]
pub fn candidates(
    books: &Books,
    configuration: &Configuration,
    arrival: Timestamp,
    new: &New,
) -> Option<Choosing> {
    let (moment, clock, rules) = (books.moment(arrival), None, RULES);
    let scene = Scene { books, configuration, moment, clock, rules };
    let instrument = configuration.instrument(&new.symbol);
    let class = instrument.map(|known| known.controls.asset_class).unwrap_or_default();
    let found = Candidates::of(&scene, new, &class, risk::reduces(&scene, new))?;
    let order = OrderId::of(new.head.identity, new.head.transact_time);
    Some(Choosing {
        rule: found.route.rule,
        choice: found.route.choice,
        candidates: found.iter().collect(),
        chosen: found.choose(order).map(|one| one.venue),
    })
}

/// Where a new order that the controls refuse would go, or why it couldn't be routed either.
pub(crate) fn prospect(scene: &Scene<'_>, new: &New, order: OrderId) -> Result<Mic, Reasons> {
    let instrument = scene.configuration.instrument(&new.symbol);
    // Without an instrument nobody knows its class.
    let class = instrument.ok_or(Reasons::NONE)?.controls.asset_class;
    let found = Candidates::of(scene, new, &class, risk::reduces(scene, new));
    let found = found.ok_or(Reasons::only(Reason::NoRoute))?;
    found.choose(order).map(|one| one.venue).ok_or_else(|| found.reasons())
}

/// Routes an admitted order. A named `ExDestination` (100) must be a venue of a rule that takes the
/// order: a client directs an order among the routes, never around them.
pub(crate) fn route(
    scene: &Scene<'_>,
    admitted: &Admitted<'_>,
    order: OrderId,
) -> Result<Routed, Reasons> {
    let new = admitted.new;
    let class = admitted.instrument.map(|known| known.controls.asset_class).unwrap_or_default();
    let found = Candidates::of(scene, new, &class, admitted.reduces);
    let candidates = found.ok_or(Reasons::only(Reason::NoRoute))?;
    let chosen = candidates.choose(order).ok_or_else(|| candidates.reasons())?;
    if !scene.books.has_room_at(new.head.account, chosen.venue) {
        return Err(Reasons::only(Reason::Capacity));
    }
    let probes = chosen.standing == Standing::Probe;
    Ok(Routed {
        order,
        venue: chosen.venue,
        venue_seq: scene.books.next_venue_seq(new.head.account, chosen.venue),
        rule: candidates.route.rule,
        configuration: scene.configuration.number,
        reference_price: admitted.prices.0,
        reserved_price: admitted.prices.1,
        overridden: admitted.overridden,
        reservations: Reservations::default(),
        notes: if probes { admitted.notes.with(Notes::PROBE) } else { admitted.notes },
    })
}

// === impl Candidates ===

impl<'a> Candidates<'a> {
    /// The first rule that takes the order and offers it a venue.
    fn of(scene: &'a Scene<'a>, new: &'a New, class: &Symbol, reduces: bool) -> Option<Self> {
        let route = scene.configuration.routes.iter().find(|route| {
            route.takes(&new.symbol, class, Some(new.head.account))
                && route.venues.iter().any(|share| is_offered(new, share.venue))
        })?;
        Some(Self { scene, route, new, reduces })
    }

    /// Each of them.
    fn iter(&self) -> impl Iterator<Item = Candidate> {
        self.route.venues.iter().map(|share| self.candidate(share))
    }

    /// The one that the rule chooses for an order.
    fn choose(&self, order: OrderId) -> Option<Candidate> {
        let mut open = self.iter().filter(|one| one.standing.is_open());
        match self.route.choice {
            Choice::Static | Choice::FailOver => open.next(),
            // Of equal ones the first is the least.
            Choice::Ranked => open.min_by_key(|one| (one.fee, one.latency_ns)),
            Choice::Weighted => {
                let total: u64 = open.map(|one| u64::from(one.weight)).sum();
                let mut at = u64::try_from(order.0 % u128::from(total.max(1))).unwrap_or_default();
                self.iter().filter(|one| one.standing.is_open()).find(|one| {
                    let weight = u64::from(one.weight);
                    let is_here = at < weight;
                    at = at.saturating_sub(weight);
                    is_here
                })
            }
        }
    }

    /// Why none could be chosen.
    fn reasons(&self) -> Reasons {
        let mut reasons = Reasons::NONE;
        for one in self.iter() {
            match one.standing {
                Standing::Halted => reasons.add(Reason::KillSwitch),
                Standing::Reducing => reasons.add(Reason::Reducing),
                Standing::Down => reasons.add(Reason::NoRoute),
                Standing::Open | Standing::Probe | Standing::NotOffered => {}
            }
        }
        if reasons.is_empty() { Reasons::only(Reason::NoRoute) } else { reasons }
    }

    fn candidate(&self, share: &Share) -> Candidate {
        let (fee, latency_ns) = cost(self.scene.configuration, self.new, share.venue);
        let standing = self.standing(share.venue);
        Candidate { venue: share.venue, weight: share.weight, fee, latency_ns, standing }
    }

    fn standing(&self, venue: Mic) -> Standing {
        if !is_offered(self.new, venue) {
            return Standing::NotOffered;
        }
        let books = self.scene.books;
        match books.venue_state(venue) {
            TradingState::Halted => return Standing::Halted,
            TradingState::Reducing if !self.reduces => return Standing::Reducing,
            TradingState::Reducing | TradingState::Active => {}
        }
        // A static rule has nowhere else to go: its venue's queue waits for it.
        match books.venue_health(venue, self.scene.moment.lane_time) {
            Health::Healthy => Standing::Open,
            Health::Probe => Standing::Probe,
            Health::Down if self.route.choice == Choice::Static => Standing::Open,
            Health::Down => Standing::Down,
        }
    }
}

// === impl Standing ===

impl Standing {
    /// The word in answers.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Probe => "probe",
            Self::NotOffered => "not_offered",
            Self::Halted => "halted",
            Self::Reducing => "reducing",
            Self::Down => "down",
        }
    }

    /// Whether it may be chosen.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Open | Self::Probe)
    }
}

fn is_offered(new: &New, venue: Mic) -> bool {
    (new.ex_destination.is_empty() || new.ex_destination == venue) && !new.blocked.contains(&venue)
}

/// What a share costs: orders that can't rest take liquidity, others add it.
fn cost(set: &Configuration, new: &New, venue: Mic) -> (i64, i64) {
    let takes = new.ord_type == OrdType::Market
        || matches!(new.time_in_force, TimeInForce::ImmediateOrCancel | TimeInForce::FillOrKill);
    set.venue(venue).map_or((0, 0), |known| {
        (if takes { known.taking_fee } else { known.adding_fee }, known.latency_ns)
    })
}
