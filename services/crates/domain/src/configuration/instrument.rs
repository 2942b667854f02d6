//! Instruments: prices, steps, hours, and what orders in them may be.

use super::account::{Bound, Limits};
use crate::amount::{Price, Quantity};
use crate::fix::{OrdType, TimeInForce};
use crate::text::{Symbol, Text};
use crate::time::{DAY_NS, SECOND_NS, Timestamp, TradeDate};

/// An instrument that may be traded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instrument {
    /// `Symbol` (55).
    pub symbol: Symbol,
    /// Price that a market order counts at; 0 when there is none.
    pub reference_price: Price,
    /// What one order may be.
    pub limits: Limits,
    /// What else is asked of an order.
    pub controls: InstrumentControls,
}

/// What is asked of an order in an instrument.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InstrumentControls {
    /// How far a price may be from the reference price, in hundredths of a percent.
    pub collar: Bound,
    /// How far a price may be from the first of the account's period, in hundredths of a percent.
    pub period_collar: Bound,
    /// Prices are multiples of it; 0: nobody said.
    pub tick: Price,
    /// Quantities are multiples of it; 0: nobody said.
    pub lot: Quantity,
    /// Least quantity; 0: the lot.
    pub min_order_qty: Quantity,
    /// Least price; 0: none.
    pub min_price: Price,
    /// Largest price; 0: none.
    pub max_price: Price,
    /// Order types that it takes.
    pub ord_types: TypeMask,
    /// Times in force that it takes.
    pub times_in_force: TypeMask,
    /// Name of its session; empty: at all hours.
    pub session: Text<32>,
    /// Trading in it is halted.
    pub halted: bool,
    /// What the short-sale rule says.
    pub short_sale: ShortSale,
    /// Short sales need no locate.
    pub easy_to_borrow: bool,
    /// Its asset class, for routes; may be empty.
    pub asset_class: Symbol,
}

/// A set of order types or times in force, by their places in the standard's order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TypeMask(pub u8);

/// What the short-sale rule says of an instrument.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ShortSale {
    /// Nobody said, or not at all.
    #[default]
    Forbidden,
    /// Only above the reference price (Regulation SHO Rule 201); exempt orders pass.
    Above,
    /// As any sale.
    Allowed,
}

/// Hours in which instruments trade, every listed weekday but holidays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Session {
    /// Its name.
    pub name: Text<32>,
    /// Local time minus UTC, in nanoseconds.
    pub offset_ns: i64,
    /// When it opens, in nanoseconds of the local day.
    pub opens_ns: i64,
    /// When it closes.
    pub closes_ns: i64,
    /// Bit 0 is Monday.
    pub weekdays: u8,
    /// Local days without trading, sorted.
    pub holidays: Vec<TradeDate>,
}

// === impl TypeMask ===

impl TypeMask {
    /// Of order types.
    #[must_use]
    pub fn of_types(types: &[OrdType]) -> Self {
        Self(types.iter().fold(0, |mask, one| mask | Self::bit(OrdType::ALL, *one)))
    }

    /// Of times in force.
    #[must_use]
    pub fn of_times(times: &[TimeInForce]) -> Self {
        Self(times.iter().fold(0, |mask, one| mask | Self::bit(TimeInForce::ALL, *one)))
    }

    /// Whether an order type is among them.
    #[must_use]
    pub fn has_type(self, one: OrdType) -> bool {
        self.0 & Self::bit(OrdType::ALL, one) != 0
    }

    /// Whether a time in force is among them.
    #[must_use]
    pub fn has_time(self, one: TimeInForce) -> bool {
        self.0 & Self::bit(TimeInForce::ALL, one) != 0
    }

    fn bit<T: PartialEq + Copy>(all: &[T], one: T) -> u8 {
        all.iter().position(|known| *known == one).map_or(0, |at| 1 << at)
    }
}

// === impl Session ===

impl Session {
    /// Whether it is open: from the opening on, and not at the close any more.
    #[must_use]
    pub fn is_open(&self, time: Timestamp) -> bool {
        let local = time.plus(self.offset_ns);
        let day = local.day();
        let of_day = local.0.rem_euclid(DAY_NS);
        // 1970-01-01 was a Thursday.
        let weekday = (i64::from(day.0) + 3).rem_euclid(7);
        self.weekdays & 1 << weekday != 0
            && (self.opens_ns..self.closes_ns).contains(&of_day)
            && self.holidays.binary_search(&day).is_err()
    }

    /// Nanoseconds of `hours` and `minutes`.
    #[must_use]
    pub const fn of_day(hours: i64, minutes: i64) -> i64 {
        (hours * 60 + minutes) * 60 * SECOND_NS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_open_on_its_days_between_its_hours_in_its_own_zone() {
        let session = Session {
            name: Text::EMPTY,
            offset_ns: -Session::of_day(5, 0),
            opens_ns: Session::of_day(9, 30),
            closes_ns: Session::of_day(16, 0),
            weekdays: 0b1_1111,
            holidays: vec![TradeDate::of_civil(2020, 1, 1).unwrap()],
        };
        let at = |year, month, day, hours, minutes| {
            let date = TradeDate::of_civil(year, month, day).unwrap();
            let utc = Session::of_day(hours, minutes) - session.offset_ns;
            session.is_open(Timestamp(i64::from(date.0) * DAY_NS + utc))
        };
        assert!(at(2019, 12, 30, 9, 30) && at(2019, 12, 30, 15, 59));
        assert!(!at(2019, 12, 30, 9, 29) && !at(2019, 12, 30, 16, 0));
        assert!(!at(2019, 12, 28, 12, 0), "a Saturday");
        assert!(!at(2020, 1, 1, 12, 0), "a holiday");
        assert!(at(2020, 1, 3, 12, 0), "a Friday");
    }
}
