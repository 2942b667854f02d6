//! CREDIT_LIMIT, POSITION_LIMIT and OPEN_ORDER_EXPOSURE: what is sent counts at once (RTS 6 Art
//! 15(2)), a replace for what it adds.

use books::buys;
use domain::{Reason, Reasons};

use super::{Asked, hold};
use crate::Scene;

pub(super) fn check(scene: &Scene<'_>, asked: &Asked<'_>, reasons: &mut Reasons) {
    let controls = scene.configuration.account_controls(asked.account);
    let flow = scene.books.flow_of(asked.account);
    // What adds nothing is never held against what others added.
    if asked.more_notional > 0 {
        let open = flow.open.0.saturating_add(asked.more_notional);
        // Busts of earlier days may have taken off more than was traded today.
        let used = open.saturating_add(flow.traded.0.max(0));
        hold(controls.credit.is_exceeded_by(used), Reason::CreditLimit, reasons);
        hold(controls.open_notional.is_exceeded_by(open), Reason::OpenOrderExposure, reasons);
    }
    if asked.more_qty <= 0 || asked.reduces {
        return;
    }
    let row = &asked.exposure;
    let (mut buy, mut sell) = (row.open_buy, row.open_sell);
    *if buys(asked.side) { &mut buy } else { &mut sell } += asked.more_qty;
    let one_sided = if buys(asked.side) {
        controls.long.is_exceeded_by(row.position + buy)
    } else {
        controls.short.is_exceeded_by(sell - row.position)
    };
    let net = controls.net.is_exceeded_by((row.position + buy - sell).abs());
    let gross = controls.gross.is_exceeded_by(row.position.abs() + buy + sell);
    for exceeded in [one_sided, net, gross] {
        hold(exceeded, Reason::PositionLimit, reasons);
    }
}
