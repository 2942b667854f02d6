//! Prices, quantities and money as scaled integers: one scale for all, 10^-8.

use std::fmt;

/// Units per whole: prices and quantities count 10^-8 of a currency unit or of a share.
pub const SCALE: i64 = 100_000_000;

/// A price (FIX `Price` 44, `LastPx` 31) in 10^-8 of the currency unit; 0 means absent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Price(pub i64);

/// A quantity (FIX `OrderQty` 38, `LastQty` 32) in 10^-8 of a share or contract; never negative
/// once accepted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quantity(pub i64);

/// Price times quantity in 10^-16 of the currency unit; exact in 128 bits for any two of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Notional(pub i128);

// === impl Price ===

impl Price {
    /// A price of `whole` currency units; saturates at the range of the type.
    #[must_use]
    pub const fn whole(whole: i64) -> Self {
        Self(whole.saturating_mul(SCALE))
    }

    /// The exact value of `quantity` at this price.
    #[must_use]
    pub fn times(self, quantity: Quantity) -> Notional {
        Notional(i128::from(self.0) * i128::from(quantity.0))
    }
}

impl fmt::Display for Price {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_scaled(i128::from(self.0), 8, f)
    }
}

// === impl Quantity ===

impl Quantity {
    /// No quantity.
    pub const ZERO: Self = Self(0);

    /// A quantity of `whole` shares or contracts; saturates at the range of the type.
    #[must_use]
    pub const fn whole(whole: i64) -> Self {
        Self(whole.saturating_mul(SCALE))
    }

    /// The sum, held at the range of the type.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// The difference, never below zero.
    #[must_use]
    pub fn minus(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0).max(0))
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_scaled(i128::from(self.0), 8, f)
    }
}

// === impl Notional ===

impl Notional {
    /// Money of `whole` currency units.
    #[must_use]
    pub const fn whole(whole: i64) -> Self {
        Self(whole as i128 * SCALE as i128 * SCALE as i128)
    }

    /// The sum, held at the range of the type.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// The difference, held at the range of the type.
    #[must_use]
    pub const fn minus(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl fmt::Display for Notional {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_scaled(self.0, 16, f)
    }
}

/// Writes `units` of 10^-`digits`, without trailing zeros.
fn write_scaled(units: i128, digits: u32, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let scale = 10_u128.pow(digits);
    let magnitude = units.unsigned_abs();
    let sign = if units < 0 { "-" } else { "" };
    let (whole, rest) = (magnitude / scale, magnitude % scale);
    if rest == 0 {
        return write!(f, "{sign}{whole}");
    }
    let rest = format!("{rest:0width$}", width = digits as usize);
    write!(f, "{sign}{whole}.{}", rest.trim_end_matches('0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_print_exactly_and_without_trailing_zeros() {
        assert_eq!(Price(123_450_000).to_string(), "1.2345");
        assert_eq!(Quantity::whole(-7).to_string(), "-7");
        assert_eq!(Price(1).to_string(), "0.00000001");
        assert_eq!(Price(50_000_000).times(Quantity::whole(3)).to_string(), "1.5");
        assert_eq!(Notional::whole(2), Price::whole(1).times(Quantity::whole(2)));
    }
}
