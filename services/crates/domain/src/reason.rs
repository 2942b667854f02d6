//! Why requests are refused: the closed list, in the order in which the first is chosen.
//!
//! Entry points: [`Reason`], [`Reasons`].
//! Numbers are part of the format: a reason keeps its own for ever, and new ones come at the end.

/// Makes the list, each with FIX `OrdRejReason` (103) and `CxlRejReason` (102).
macro_rules! reasons {
    ($($(#[doc = $doc:literal])+ $name:ident = $number:literal, $ord:literal, $cxl:literal,
        $text:literal;)+) => {
        /// Why a request is refused.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Reason {
            $($(#[doc = $doc])+ $name = $number,)+
        }

        impl Reason {
            /// Every reason, first chosen first.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The name in answers, metrics and books.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)+
                }
            }

            /// FIX `OrdRejReason` (103) for a refused new order.
            #[must_use]
            pub const fn ord_rej_reason(self) -> u32 {
                match self {
                    $(Self::$name => $ord,)+
                }
            }

            /// FIX `CxlRejReason` (102) for a refused cancel or replace.
            #[must_use]
            pub const fn cxl_rej_reason(self) -> u32 {
                match self {
                    $(Self::$name => $cxl,)+
                }
            }
        }
    };
}

reasons! {
    /// A ClOrdID in use with other content, or the account's last order over again.
    DuplicateOrder = 0, 6, 6, "DUPLICATE_ORDER";
    /// `TransactTime` absent, or more than 1 s ahead of lane time.
    TransactTime = 1, 8, 99, "TRANSACT_TIME";
    /// A field is missing or makes no sense.
    Malformed = 2, 11, 99, "MALFORMED";
    /// Trading is halted for somebody or something that it names, or its account is halted.
    KillSwitch = 3, 99, 99, "KILL_SWITCH";
    /// No limits for the account.
    UnknownAccount = 4, 15, 99, "UNKNOWN_ACCOUNT";
    /// No instrument of the symbol.
    UnknownSymbol = 5, 1, 99, "UNKNOWN_SYMBOL";
    /// `OrderQty` above the limit of account or instrument.
    MaxOrderQty = 6, 26, 99, "MAX_ORDER_QTY";
    /// Price times quantity above the limit of account or instrument.
    MaxOrderNotional = 7, 27, 99, "MAX_ORDER_NOTIONAL";
    /// No reference price for an order that needs one.
    NoReferencePrice = 8, 19, 99, "NO_REFERENCE_PRICE";
    /// No route takes the order.
    NoRoute = 9, 99, 99, "NO_ROUTE";
    /// The lane's room for accounts, orders, fills or identities is used up, or what it decided
    /// doesn't leave.
    Capacity = 10, 99, 99, "CAPACITY";
    /// Cancel or replace of an order that isn't known.
    UnknownOrder = 11, 5, 1, "UNKNOWN_ORDER";
    /// Cancel or replace of an order that is finished.
    TooLate = 12, 4, 0, "TOO_LATE";
    /// Cancel of an order whose cancel is pending.
    AlreadyPending = 13, 99, 3, "ALREADY_PENDING";
    /// Only what reduces a position goes on, and this doesn't.
    Reducing = 14, 99, 99, "REDUCING";
    /// Price too far from the reference price, or from the period's first.
    PriceCollar = 15, 16, 99, "PRICE_COLLAR";
    /// More requests of the account in the period than its limit.
    MessageRate = 16, 99, 99, "MESSAGE_RATE";
    /// The strategy traded too often without a person: disabled until one re-enables it.
    RepeatExecution = 17, 21, 99, "REPEAT_EXECUTION";
    /// What the account traded and has open is above its credit.
    CreditLimit = 18, 25, 99, "CREDIT_LIMIT";
    /// The position, if what is open trades, is above a limit.
    PositionLimit = 19, 3, 99, "POSITION_LIMIT";
    /// What the account has open is above its limit.
    OpenOrderExposure = 20, 3, 99, "OPEN_ORDER_EXPOSURE";
    /// The instrument is on the restricted list.
    Restricted = 21, 12, 99, "RESTRICTED";
    /// A short sale of more than was located.
    Locate = 22, 22, 99, "LOCATE";
    /// Outside the instrument's session, or it is halted.
    MarketState = 23, 2, 99, "MARKET_STATE";
    /// The short-sale rule forbids it now.
    ShortSale = 24, 22, 99, "SHORT_SALE";
    /// The sender, or somebody that the order names, isn't entitled to the account.
    Entitlement = 25, 99, 99, "ENTITLEMENT";
    /// Price no multiple of the tick, or outside the instrument's prices.
    PriceIncrement = 26, 18, 99, "PRICE_INCREMENT";
    /// Quantity no multiple of the lot, or below the least.
    QuantityIncrement = 27, 13, 99, "QUANTITY_INCREMENT";
    /// The instrument doesn't take the order type or time in force.
    Unsupported = 28, 11, 99, "UNSUPPORTED";
    /// `ExpireTime` absent, or at or before lane time, of a good-till-date order.
    Expired = 29, 99, 99, "EXPIRED";
    /// Older at its decision than the set allows.
    StaleOrder = 30, 8, 99, "STALE_ORDER";
    /// It could trade with an open order of its own account.
    SelfMatch = 31, 99, 99, "SELF_MATCH";
    /// A limit that the set's rules ask for isn't there.
    MissingLimit = 32, 99, 99, "MISSING_LIMIT";
    /// No clock reading, or one too uncertain, for a control that needs it.
    ClockQuality = 33, 99, 99, "CLOCK_QUALITY";
    /// The lane's allotment of a limit that spans lanes is used up (INV-12).
    Allotment = 34, 3, 99, "ALLOTMENT";
}

/// A set of reasons.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reasons(pub u64);

// === impl Reasons ===

impl Reasons {
    /// No reason.
    pub const NONE: Self = Self(0);

    /// Just this one.
    #[must_use]
    pub const fn only(reason: Reason) -> Self {
        Self(1 << reason as u8)
    }

    /// Adds one.
    pub const fn add(&mut self, reason: Reason) {
        self.0 |= 1 << reason as u8;
    }

    /// Adds one if something failed.
    pub const fn add_if(&mut self, failed: bool, reason: Reason) {
        if failed {
            self.add(reason);
        }
    }

    /// These and those.
    #[must_use]
    pub const fn with(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    /// Whether it is among them.
    #[must_use]
    pub const fn contains(self, reason: Reason) -> bool {
        self.0 & 1 << reason as u8 != 0
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The reasons, first chosen first.
    pub fn iter(self) -> impl Iterator<Item = Reason> {
        Reason::ALL.iter().copied().filter(move |reason| self.contains(*reason))
    }

    /// The one that becomes the FIX reason.
    #[must_use]
    pub fn first(self) -> Option<Reason> {
        self.iter().next()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_reason_is_the_one_that_comes_first_in_the_list() {
        let mut reasons = Reasons::only(Reason::MaxOrderNotional);
        reasons.add(Reason::Malformed);
        assert_eq!(reasons.first(), Some(Reason::Malformed));
        assert_eq!(reasons.iter().count(), 2);
        assert!(!reasons.contains(Reason::KillSwitch));
    }

    #[test]
    fn every_reason_stands_in_the_list_at_its_own_number() {
        for (index, reason) in Reason::ALL.iter().enumerate() {
            assert_eq!(*reason as usize, index);
        }
    }
}
