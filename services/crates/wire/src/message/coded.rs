//! A FIX enumeration value as it came, known or not.

use domain::{ExecType, OrdStatus, OrdType, Side, TimeInForce};

/// A value of a FIX enumeration that may be absent, or one that this version doesn't know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Coded<T> {
    /// The field isn't there.
    #[default]
    Absent,
    /// A value of the standard that we support.
    Known(T),
    /// Another number, never 0.
    Unknown(i32),
}

/// A FIX enumeration: numbers on the wire are the FIX characters' codes. Not reachable from
/// outside, so that nobody adds one.
pub trait Fix: Copy {
    /// The value of a FIX character.
    fn of(code: u8) -> Option<Self>;
    /// The FIX character.
    fn to(self) -> u8;
}

macro_rules! fix {
    ($($name:ident),+) => {
        $(impl Fix for $name {
            fn of(code: u8) -> Option<Self> {
                Self::of_code(code)
            }

            fn to(self) -> u8 {
                self.code()
            }
        })+
    };
}

fix!(ExecType, OrdStatus, OrdType, Side, TimeInForce);

impl<T: Copy> Coded<T> {
    /// The value, if it is there and known.
    #[must_use]
    pub const fn known(self) -> Option<T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Absent | Self::Unknown(_) => None,
        }
    }
}

impl<T: Fix> Coded<T> {
    /// The value of a number on the wire.
    pub(crate) fn of(number: i32) -> Self {
        if number == 0 {
            return Self::Absent;
        }
        match u8::try_from(number).ok().and_then(T::of) {
            Some(value) => Self::Known(value),
            None => Self::Unknown(number),
        }
    }

    /// The number on the wire.
    pub(crate) fn number(self) -> i32 {
        match self {
            Self::Absent => 0,
            Self::Known(value) => i32::from(value.to()),
            Self::Unknown(number) => number,
        }
    }
}

impl<T> From<T> for Coded<T> {
    fn from(value: T) -> Self {
        Self::Known(value)
    }
}
