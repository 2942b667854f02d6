//! Time as integers: nanoseconds since 1970-01-01 UTC, and days.

use std::fmt;

/// Nanoseconds in one second.
pub const SECOND_NS: i64 = 1_000_000_000;
/// Nanoseconds in one day without leap seconds.
pub const DAY_NS: i64 = 86_400 * SECOND_NS;

/// A moment in UTC, nanoseconds since 1970-01-01; 0 means absent. Range: 1970 to 2262.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub i64);

/// A trade date (FIX `TradeDate` 75) as days since 1970-01-01.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TradeDate(pub i32);

impl Timestamp {
    /// This moment moved by `nanoseconds`, held at the range of the type.
    #[must_use]
    pub const fn plus(self, nanoseconds: i64) -> Self {
        Self(self.0.saturating_add(nanoseconds))
    }

    /// Nanoseconds from `earlier` to this moment; negative when `earlier` is later.
    #[must_use]
    pub const fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// The UTC day of this moment.
    #[must_use]
    pub const fn day(self) -> TradeDate {
        TradeDate(self.0.div_euclid(DAY_NS) as i32)
    }
}

impl TradeDate {
    /// Year, month (1 to 12) and day (1 to 31) of the Gregorian calendar.
    #[must_use]
    pub const fn civil(self) -> (i64, u32, u32) {
        // Days are counted from 0000-03-01, so that the leap day is a year's last.
        let days = self.0 as i64 + 719_468;
        let era = days.div_euclid(146_097);
        let of_era = days.rem_euclid(146_097);
        let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted = (5 * of_year + 2) / 153;
        let day = (of_year - (153 * shifted + 2) / 5 + 1) as u32;
        let month = if shifted < 10 { shifted + 3 } else { shifted - 9 } as u32;
        let year = year_of_era + era * 400 + if month <= 2 { 1 } else { 0 };
        (year, month, day)
    }

    /// Reads a date as ISO 8601 writes it, as `2019-12-31`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
        let is_plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
        let lengths = [year.len(), month.len(), day.len()];
        let is_iso = is_plain && lengths == [4, 2, 2] && parts.next().is_none();
        let date = Self::of_civil(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)?;
        is_iso.then_some(date)
    }

    /// The date of a Gregorian year, month and day; `None` for a day that doesn't exist.
    #[must_use]
    pub fn of_civil(year: i64, month: u32, day: u32) -> Option<Self> {
        if !(1..=12).contains(&month) || !(1..=31).contains(&day) || !(0..=9_999).contains(&year) {
            return None;
        }
        let shifted_year = if month <= 2 { year - 1 } else { year };
        let era = shifted_year.div_euclid(400);
        let year_of_era = shifted_year.rem_euclid(400);
        let shifted = i64::from(if month > 2 { month - 3 } else { month + 9 });
        let of_year = (153 * shifted + 2) / 5 + i64::from(day) - 1;
        let of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + of_year;
        let date = Self(i32::try_from(era * 146_097 + of_era - 719_468).ok()?);
        (date.civil() == (year, month, day)).then_some(date)
    }
}

impl fmt::Display for TradeDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.civil();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of_day = self.0.rem_euclid(DAY_NS);
        let (seconds, nanoseconds) = (of_day / SECOND_NS, of_day % SECOND_NS);
        let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
        write!(f, "{}T{hour:02}:{minute:02}:{second:02}.{nanoseconds:09}Z", self.day())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_print_as_iso_8601() {
        assert_eq!(Timestamp(0).to_string(), "1970-01-01T00:00:00.000000000Z");
        assert_eq!(
            Timestamp(1_577_716_245_000_000_007).to_string(),
            "2019-12-30T14:30:45.000000007Z"
        );
    }

    #[test]
    fn every_day_of_four_centuries_is_its_own_inverse() {
        for day in -1_000..146_097 {
            let (year, month, of_month) = TradeDate(day).civil();
            assert_eq!(TradeDate::of_civil(year, month, of_month), Some(TradeDate(day)));
            assert_eq!(TradeDate::parse(&TradeDate(day).to_string()), Some(TradeDate(day)));
        }
        assert_eq!(TradeDate::of_civil(2023, 2, 29), None);
        for wrong in ["", "2023", "2023-02-29", "2023-2-01", "2023-02-01-1", "+023-02-01"] {
            assert_eq!(TradeDate::parse(wrong), None, "{wrong}");
        }
    }
}
