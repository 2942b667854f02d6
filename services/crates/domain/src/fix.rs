//! FIX enumerations (4.4 and 5.0 SP2) by their own names; each code is the FIX character.

/// Makes an enum whose discriminants are FIX characters, with its way back.
macro_rules! fix_enum {
    (
        $(#[$meta:meta])*
        $name:ident { $($(#[$value_meta:meta])* $value:ident = $code:literal),+ $(,)? }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum $name {
            $(
                #[doc = concat!("FIX `", stringify!($value), "`.")]
                $(#[$value_meta])*
                $value = $code,
            )+
        }

        impl $name {
            /// Every value, in the order of the standard.
            pub const ALL: &'static [Self] = &[$(Self::$value,)+];

            /// The FIX character.
            #[must_use]
            pub const fn code(self) -> u8 {
                self as u8
            }

            /// The value of a FIX character, if it is one that we know.
            #[must_use]
            pub const fn of_code(code: u8) -> Option<Self> {
                match code {
                    $($code => Some(Self::$value),)+
                    _ => None,
                }
            }

            /// The standard's name of the value.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$value => stringify!($value),)+
                }
            }
        }
    };
}

fix_enum!(
    /// FIX `Side` (54).
    Side { Buy = b'1', Sell = b'2', SellShort = b'5', SellShortExempt = b'6' }
);

fix_enum!(
    /// FIX `OrdType` (40).
    OrdType { Market = b'1', Limit = b'2', Stop = b'3', StopLimit = b'4', Pegged = b'P' }
);

fix_enum!(
    /// FIX `TimeInForce` (59).
    TimeInForce {
        Day = b'0',
        GoodTillCancel = b'1',
        AtTheOpening = b'2',
        ImmediateOrCancel = b'3',
        FillOrKill = b'4',
        GoodTillDate = b'6',
        AtTheClose = b'7',
    }
);

fix_enum!(
    /// FIX `OrdStatus` (39).
    OrdStatus {
        New = b'0',
        PartiallyFilled = b'1',
        Filled = b'2',
        DoneForDay = b'3',
        Canceled = b'4',
        PendingCancel = b'6',
        Stopped = b'7',
        Rejected = b'8',
        Suspended = b'9',
        PendingNew = b'A',
        Calculated = b'B',
        Expired = b'C',
        PendingReplace = b'E',
    }
);

fix_enum!(
    /// FIX `ExecType` (150). `CancelRejected` stands for the message OrderCancelReject (35=9),
    /// which has no ExecType of its own.
    ExecType {
        New = b'0',
        DoneForDay = b'3',
        Canceled = b'4',
        Replaced = b'5',
        PendingCancel = b'6',
        Stopped = b'7',
        Rejected = b'8',
        Suspended = b'9',
        PendingNew = b'A',
        Calculated = b'B',
        Expired = b'C',
        Restated = b'D',
        PendingReplace = b'E',
        Trade = b'F',
        TradeCorrect = b'G',
        TradeCancel = b'H',
        OrderStatus = b'I',
        CancelRejected = b'z',
        /// A routed output that will not be delivered: its number moves, nothing else happens
        /// (INV-13).
        Void = b'v',
    }
);

// === impl TimeInForce ===

impl TimeInForce {
    /// Whether an order outlives its business day. When a good-till-date order ends is its venue's
    /// word.
    #[must_use]
    pub const fn outlives_day(self) -> bool {
        matches!(self, Self::GoodTillCancel | Self::GoodTillDate)
    }
}

// === impl OrdStatus ===

impl OrdStatus {
    /// Whether an order in this status may still trade or be cancelled.
    #[must_use]
    pub const fn is_open(self) -> bool {
        !matches!(self, Self::Filled | Self::Canceled | Self::Rejected | Self::Expired)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_lead_back_to_their_values() {
        for status in OrdStatus::ALL {
            assert_eq!(OrdStatus::of_code(status.code()), Some(*status));
        }
        assert_eq!(Side::of_code(b'9'), None);
        assert_eq!(ExecType::Trade.name(), "Trade");
    }
}
