//! MARKET_STATE, SHORT_SALE, LOCATE, UNSUPPORTED and EXPIRED.

use books::is_short;
use domain::configuration::{Instrument, ShortSale};
use domain::{OrdType, Reason, Reasons, Side, TimeInForce};

use super::Asked;
use crate::Scene;

pub(super) fn check(scene: &Scene<'_>, asked: &Asked<'_>, reasons: &mut Reasons) {
    let Some(instrument) = asked.instrument else { return };
    let controls = &instrument.controls;
    reasons.add_if(controls.halted, Reason::MarketState);
    if !controls.session.is_empty() {
        let sessions = &scene.configuration.sessions;
        let found = sessions.binary_search_by(|known| known.name.cmp(&controls.session));
        match found.ok().and_then(|at| sessions.get(at)) {
            Some(session) => {
                let is_open = session.is_open(scene.moment.lane_time);
                reasons.add_if(!is_open, Reason::MarketState);
            }
            None => reasons.add(Reason::MissingLimit),
        }
    }
    let is_supported = controls.ord_types.has_type(asked.ord_type)
        && controls.times_in_force.has_time(asked.time_in_force);
    reasons.add_if(!is_supported, Reason::Unsupported);
    if is_short(asked.side) {
        short_sale(scene, asked, instrument, reasons);
    }
}

/// A good-till-date order ends in the future.
pub(super) fn expiry(scene: &Scene<'_>, asked: &Asked<'_>, reasons: &mut Reasons) {
    let is_past = asked.time_in_force == TimeInForce::GoodTillDate
        && asked.expire_time <= scene.moment.lane_time;
    reasons.add_if(is_past, Reason::Expired);
}

fn short_sale(
    scene: &Scene<'_>,
    asked: &Asked<'_>,
    instrument: &Instrument,
    reasons: &mut Reasons,
) {
    let reference = instrument.reference_price;
    match instrument.controls.short_sale {
        ShortSale::Allowed => {}
        ShortSale::Forbidden => reasons.add(Reason::ShortSale),
        ShortSale::Above if asked.side == Side::SellShortExempt => {}
        ShortSale::Above => {
            reasons.add_if(reference.0 <= 0, Reason::NoReferencePrice);
            let is_above = asked.ord_type != OrdType::Market && asked.price > reference;
            reasons.add_if(!is_above, Reason::ShortSale);
        }
    }
    if !instrument.controls.easy_to_borrow {
        let located = scene.configuration.located(asked.account, &asked.symbol);
        let short = asked.exposure.open_short + (-asked.exposure.position).max(0) + asked.more_qty;
        reasons.add_if(short > i128::from(located.0), Reason::Locate);
    }
}
