//! KILL_SWITCH and REDUCING: trading states at every scope.

use books::{ExposureRow, buys};
use domain::{Quantity, Reason, Reasons, Side, TradingState};

pub(crate) fn check(state: TradingState, reduces: bool, reasons: &mut Reasons) {
    reasons.add_if(state == TradingState::Halted, Reason::KillSwitch);
    reasons.add_if(state == TradingState::Reducing && !reduces, Reason::Reducing);
}

/// Whether an order only takes a position back, whatever trades of what is open already.
pub(super) fn takes_back(exposure: &ExposureRow, side: Side, order_qty: Quantity) -> bool {
    let (open, held) = if buys(side) {
        (exposure.open_buy, -exposure.position)
    } else {
        (exposure.open_sell, exposure.position)
    };
    order_qty.0 > 0 && open + i128::from(order_qty.0) <= held
}
