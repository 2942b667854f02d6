//! Where an admitted order goes: the first static route that takes it.

use domain::outcome::Routed;
use domain::{OrderId, Reason, Reasons, Reservations, TradingState};

use crate::Scene;
use crate::risk::Admitted;

/// Routes an admitted order. A named `ExDestination` (100) must be the venue of a route that takes
/// the symbol: a client directs an order among the routes, never around them.
pub(crate) fn route(
    scene: &Scene<'_>,
    admitted: &Admitted<'_>,
    order: OrderId,
) -> Result<Routed, Reasons> {
    let new = admitted.new;
    let mut routes = scene.configuration.routes.iter();
    let route = routes.find(|route| {
        let takes = route.symbol.is_empty() || route.symbol == new.symbol;
        takes
            && (new.ex_destination.is_empty() || new.ex_destination == route.venue)
            && !new.blocked.contains(&route.venue)
    });
    let route = route.ok_or(Reasons::only(Reason::NoRoute))?;
    match scene.books.venue_state(route.venue) {
        TradingState::Active => {}
        TradingState::Halted => return Err(Reasons::only(Reason::KillSwitch)),
        TradingState::Reducing => return Err(Reasons::only(Reason::Reducing)),
    }
    if !scene.books.has_room_at(new.head.account, route.venue) {
        return Err(Reasons::only(Reason::Capacity));
    }
    Ok(Routed {
        order,
        venue: route.venue,
        venue_seq: scene.books.next_venue_seq(new.head.account, route.venue),
        rule: route.rule,
        configuration: scene.configuration.number,
        reference_price: admitted.reference_price,
        reservations: Reservations::default(),
    })
}
