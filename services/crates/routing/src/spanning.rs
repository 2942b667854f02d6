//! Limits that span lanes: what an order counts for under them, held against what the lane may use.
//!
//! Entry points: [`reserve`], [`replace`].
//! Invariants: INV-12: no admission takes a lane's use above its allotment; what takes no more of a
//! limit passes, however much is used. A lane without an allotment admits nothing (fail closed).

use books::{Growth, OrderRow};
use domain::inbound::{New, Replace};
use domain::outcome::Routed;
use domain::{Mic, OrdType, Price, Quantity, Reason, Reasons, Reservation, Scope, Side, Spanning};

use crate::Scene;

/// Whom an order names, with its venue.
struct Named<'a> {
    new: &'a New,
    venue: Mic,
}

/// Adds to a routed order what it counts for. `counted` is the price of a market order.
pub(crate) fn reserve(
    scene: &Scene<'_>,
    new: &New,
    (mut routed, counted): (Routed, Price),
) -> Result<Routed, Reasons> {
    let named = Named { new, venue: routed.venue };
    let price = if new.ord_type == OrdType::Market { counted } else { new.price };
    let mut fits = true;
    for limit in scene.configuration.spanning.iter().filter(|limit| named.counts_under(limit)) {
        let is_buy = new.side == Side::Buy;
        let reservation = Reservation {
            limit: limit.key(),
            price: if limit.in_shares { Price(0) } else { price },
            counts: limit.counts(is_buy),
        };
        let growth = scene.books.growth(new.head.account, &reservation, new.order_qty);
        fits &= growth.into_iter().all(|growth| has_room(scene, growth));
        // More limits than an order can be counted under.
        fits &= routed.reservations.add(reservation);
    }
    if fits { Ok(routed) } else { Err(Reasons::only(Reason::Allotment)) }
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

fn has_room(scene: &Scene<'_>, growth: Growth) -> bool {
    growth.amount <= 0 || growth.amount <= scene.books.allotment(growth.limit).left()
}

impl Named<'_> {
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
            Scope::Venue => text(self.venue.as_str()),
            scope => party(scope),
        }
    }
}
