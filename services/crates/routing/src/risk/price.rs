//! PRICE_COLLAR per order and over a period, PRICE_INCREMENT, QUANTITY_INCREMENT.

use domain::configuration::Bound;
use domain::counting::period_start;
use domain::{OrdType, Price, Reason, Reasons};

use super::{Asked, hold};
use crate::Scene;

/// Hundredths of a percent in a whole.
const POINTS: i128 = 10_000;

pub(super) fn check(scene: &Scene<'_>, asked: &Asked<'_>, reasons: &mut Reasons) {
    let Some(instrument) = asked.instrument else { return };
    let controls = &instrument.controls;
    let is_missing = controls.tick.0 <= 0 || controls.lot.0 <= 0;
    reasons.add_if(is_missing, Reason::MissingLimit);
    let whole = |amount: i64, step: i64| step <= 0 || amount.rem_euclid(step) == 0;
    let min = controls.min_order_qty.max(controls.lot);
    let is_odd = !whole(asked.order_qty.0, controls.lot.0) || asked.order_qty < min;
    reasons.add_if(is_odd, Reason::QuantityIncrement);
    if asked.ord_type == OrdType::Market {
        // It has no price of its own; a collar of it needs the reference price all the same.
        reasons.add_if(controls.collar == Bound::Missing, Reason::MissingLimit);
        return;
    }
    let is_outside = asked.price < controls.min_price
        || controls.max_price.0 > 0 && asked.price > controls.max_price;
    let is_between = !whole(asked.price.0, controls.tick.0);
    reasons.add_if(is_outside || is_between, Reason::PriceIncrement);
    collar(asked.price, instrument.reference_price, controls.collar, reasons);
    let since = period_start(scene.moment.lane_time, scene.configuration.periods.collar_ns);
    let row = &asked.exposure;
    match controls.period_collar {
        Bound::At(_) if scene.configuration.periods.collar_ns <= 0 => {
            reasons.add(Reason::MissingLimit);
        }
        Bound::At(_) if row.anchor.0 == 0 || row.anchored != since => {}
        bound => collar(asked.price, row.anchor, bound, reasons),
    }
}

/// Whether a price lies within so many hundredths of a percent of another.
fn collar(price: Price, around: Price, bound: Bound, reasons: &mut Reasons) {
    let is_bound = matches!(bound, Bound::At(_));
    if is_bound && around.0 <= 0 {
        reasons.add(Reason::NoReferencePrice);
        return;
    }
    let apart = (i128::from(price.0) - i128::from(around.0)).abs() * POINTS;
    let exceeded = match bound {
        Bound::At(points) => Some(apart > points.saturating_mul(i128::from(around.0))),
        other => other.is_exceeded_by(0),
    };
    hold(exceeded, Reason::PriceCollar, reasons);
}

/// A price moved up by so many hundredths of a percent, rounded up.
pub(super) fn moved(price: Price, points: i128) -> Price {
    let more = i128::from(price.0).saturating_mul(points.max(0));
    let more = (more.saturating_add(POINTS - 1)) / POINTS;
    let sum = i128::from(price.0).saturating_add(more);
    Price(i64::try_from(sum).unwrap_or(i64::MAX))
}
