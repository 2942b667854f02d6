//! The designs that we compare with, each the way it is usually written.
//!
//! Entry points: [`prost_decode`], [`owned`], [`naive`].
//! All take the same bytes and count the same [`Answer`].

pub mod naive;
pub mod owned;
pub mod prost_decode;

/// What every design must agree on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// Orders admitted.
    pub admitted: u64,
    /// Orders refused by a limit.
    pub refused: u64,
    /// The same order again.
    pub repeated: u64,
    /// Price times quantity of what was admitted, in 10^-16.
    pub notional: i128,
}

/// Largest admitted price times quantity, in whole currency units; about a tenth of the flow is
/// above.
pub const MAX_NOTIONAL: i64 = 700_000;
