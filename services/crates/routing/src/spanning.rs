//! Limits that span lanes: what an order counts for under them, held against what the lane may use.
//!
//! Entry points: [`reserve`], [`replace`]; [`lacking`] and [`lacking_of_replace`] of what is
//! refused anyway, for which nothing is reserved.
//! Invariants: INV-12: no admission takes a lane's use above its allotment; what takes no more of a
//! limit passes, however much is used. A lane without an allotment admits nothing (fail closed).

use books::{Growth, OrderRow};
use domain::entry::RULES_OF_ALLOTMENT;
use domain::inbound::{New, Replace};
use domain::outcome::Routed;
use domain::{
    Mic, OrdType, Price, Quantity, Reason, Reasons, Reservation, Reservations, Scope, Side,
    Spanning,
};

use crate::{Scene, risk};

/// Whom an order names, with its venue.
struct Named<'a> {
    new: &'a New,
    /// Where it goes, if that is known.
    venue: Option<Mic>,
}

/// Adds to a routed order what it counts for: a market order at the price that the controls used.
pub(crate) fn reserve(scene: &Scene<'_>, new: &New, mut routed: Routed) -> Result<Routed, Reasons> {
    let named = Named { new, venue: Some(routed.venue) };
    let counted = routed.reference_price.max(routed.reserved_price);
    let price = if new.ord_type == OrdType::Market { counted } else { new.price };
    let mut fits = true;
    for limit in named.limits(scene) {
        let reservation = named.reservation(limit, price);
        fits &= named.fits(scene, &reservation);
        // More limits than an order can be counted under.
        fits &= routed.reservations.add(reservation);
    }
    if fits { Ok(routed) } else { Err(Reasons::only(Reason::Allotment)) }
}

/// Whether a new order that is refused for something else lacks allotment, too. Without a `venue`
/// limits of venues aren't looked at, nor without a price those of values.
pub(crate) fn lacking(scene: &Scene<'_>, new: &New, venue: Option<Mic>) -> Reasons {
    let mut reasons = Reasons::NONE;
    if scene.rules < RULES_OF_ALLOTMENT || scene.configuration.spanning.is_empty() {
        return reasons;
    }
    let named = Named { new, venue };
    let price = risk::counted_price(scene, new);
    let mut all = Reservations::default();
    for limit in named.limits(scene) {
        let reservation = named.reservation(limit, price);
        let is_known = limit.in_shares || price.0 > 0;
        let lacks = is_known && !named.fits(scene, &reservation) || !all.add(reservation);
        reasons.add_if(lacks, Reason::Allotment);
    }
    reasons
}

/// Holds a changed order against the limits that it counts under; gives the price at which a share
/// counts from now on, 0 for the one it has.
pub(crate) fn replace(
    scene: &Scene<'_>,
    replace: &Replace,
    order: &OrderRow,
) -> Result<Price, Reasons> {
    let order_qty: Quantity = replace.order_qty;
    let mut growth = scene.books.growth_of_replace(order, order_qty, replace.price);
    // An order that counts under no limit has no price to count at.
    let mut price = Price(0);
    let fits = growth.all(|growth| {
        price = replace.price;
        has_room(scene, growth)
    });
    if fits { Ok(price) } else { Err(Reasons::only(Reason::Allotment)) }
}

/// The same of a replace.
pub(crate) fn lacking_of_replace(
    scene: &Scene<'_>,
    asked: &Replace,
    named: Option<&OrderRow>,
) -> Reasons {
    let named = named.filter(|_| scene.rules >= RULES_OF_ALLOTMENT);
    named.and_then(|order| replace(scene, asked, order).err()).unwrap_or_default()
}

fn has_room(scene: &Scene<'_>, growth: Growth) -> bool {
    growth.amount <= 0 || growth.amount <= scene.books.allotment(growth.limit).left()
}

impl Named<'_> {
    /// The limits that it counts under.
    fn limits<'s>(&self, scene: &'s Scene<'_>) -> impl Iterator<Item = &'s Spanning> {
        scene.configuration.spanning.iter().filter(|limit| self.counts_under(limit))
    }

    /// What it counts for under one of them.
    fn reservation(&self, limit: &Spanning, price: Price) -> Reservation {
        Reservation {
            limit: limit.key(),
            price: if limit.in_shares { Price(0) } else { price },
            counts: limit.counts(self.new.side == Side::Buy),
        }
    }

    /// Whether the lane's allotment has room for it.
    fn fits(&self, scene: &Scene<'_>, reservation: &Reservation) -> bool {
        let growth = scene.books.growth(self.new.head.account, reservation, self.new.order_qty);
        growth.into_iter().all(|growth| has_room(scene, growth))
    }

    fn counts_under(&self, limit: &Spanning) -> bool {
        let target = limit.target_key();
        let party = |scope| {
            let parties = self.new.parties.each();
            parties.iter().any(|(one, key)| *one == scope && u128::from(key.0) == target)
        };
        let text = |text: &str| domain::scope::scope_key(limit.scope, text) == target;
        match limit.scope {
            Scope::All => true,
            Scope::Firm => self.new.firm == target,
            Scope::Account => self.new.head.account.0 == target,
            Scope::Symbol => text(self.new.symbol.as_str()),
            Scope::Venue => self.venue.is_some_and(|venue| text(venue.as_str())),
            scope => party(scope),
        }
    }
}
