//! What a lane takes in: a decoded record, or a control input placed between two records.
//!
//! Entry points: [`Inbound`], [`Control`].
//! Texts (sender, account, ClOrdID) are carried as the hashes that decisions need; the record's own
//! bytes travel beside it and are what the journal keeps.

use crate::amount::{Price, Quantity};
use crate::counting::Counting;
use crate::fix::{ExecType, OrdStatus, OrdType, Side, TimeInForce};
use crate::identity::{AccountKey, ExecIdentity, Identity};
use crate::limit::LimitKey;
use crate::overrides::Override;
pub use crate::scope::{Kill, Scope, scope_key};
use crate::scope::{Parties, PartyKey};
use crate::text::{Mic, Symbol};
use crate::time::{Timestamp, TradeDate};

/// Venues that an order may name as blocked.
pub const BLOCKED_MAX: usize = 4;

/// One input of a lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inbound {
    /// NewOrderSingle (35=D).
    New(New),
    /// OrderCancelReplaceRequest (35=G).
    Replace(Replace),
    /// OrderCancelRequest (35=F).
    Cancel(Cancel),
    /// OrderMassCancelRequest (35=q) of one account.
    MassCancel(MassCancel),
    /// OrderStatusRequest (35=H).
    Status(Status),
    /// ExecutionReport (35=8) or OrderCancelReject (35=9) of a venue.
    Report(Report),
    /// A record that is no message of ours; passed by and dead-lettered (INV-11).
    Undecodable(Undecodable),
    /// Something else than a record that decisions depend on.
    Control(Control),
}

/// What every request says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestHead {
    /// Whose books it changes.
    pub account: AccountKey,
    /// (sender, account, ClOrdID), hashed (INV-8).
    pub identity: Identity,
    /// Keyed hash of every field but PossResend, SendingTime and the producer's sequence (INV-8).
    pub content: u128,
    /// `TransactTime` (60); absent (0) is refused.
    pub transact_time: Timestamp,
    /// `PossResend` (97).
    pub poss_resend: bool,
    /// How often the record was put back under its account (INV-9); at most 3.
    pub hops: u8,
    /// Fields that are missing or have no known value; their places hold defaults.
    pub faults: Faults,
}

/// A new order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct New {
    /// Identity and times.
    pub head: RequestHead,
    /// Hash of the executing firm's id (PartyRole 1); 0 when absent. See [`scope_key`].
    pub firm: u128,
    /// `Symbol` (55).
    pub symbol: Symbol,
    /// `Side` (54).
    pub side: Side,
    /// `OrdType` (40).
    pub ord_type: OrdType,
    /// `TimeInForce` (59); absent means Day.
    pub time_in_force: TimeInForce,
    /// `OrderQty` (38).
    pub order_qty: Quantity,
    /// `Price` (44); 0 where the type has none.
    pub price: Price,
    /// `ExDestination` (100); empty lets the routes choose.
    pub ex_destination: Mic,
    /// Venues that it must not go to (RoutingType 216 = 4, block list); empty ones name none.
    pub blocked: [Mic; BLOCKED_MAX],
    /// `ExpireTime` (126) of a good-till-date order; 0 when absent.
    pub expire_time: Timestamp,
    /// Key of the sender's name.
    pub sender: PartyKey,
    /// Who stands behind it.
    pub parties: Parties,
}

/// A change of quantity or price. `OrigClOrdID` may name any ClOrdID of the order's chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Replace {
    /// Identity and times; `identity` is of the new ClOrdID.
    pub head: RequestHead,
    /// Identity of (sender, account, OrigClOrdID).
    pub original: Identity,
    /// New total `OrderQty` (38).
    pub order_qty: Quantity,
    /// New `Price` (44); 0 keeps the price.
    pub price: Price,
}

/// A cancel of one named order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cancel {
    /// Identity and times.
    pub head: RequestHead,
    /// Identity of (sender, account, OrigClOrdID).
    pub original: Identity,
}

/// A cancel of all the account's orders, or of those in one symbol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MassCancel {
    /// Identity and times.
    pub head: RequestHead,
    /// Only this symbol (MassCancelRequestType 1); empty means all (7).
    pub symbol: Symbol,
}

/// A question for an order's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status {
    /// Identity and times; `identity` is of the order that is asked for.
    pub head: RequestHead,
}

/// What a venue reports of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Report {
    /// Whose books it changes.
    pub account: AccountKey,
    /// Identity of (the order's sender, account, ClOrdID) that the report names.
    pub identity: Identity,
    /// The same with OrigClOrdID; equals `identity` when the report names none.
    pub original: Identity,
    /// (MIC, trade date, ExecID), hashed (INV-14).
    pub exec: ExecIdentity,
    /// The same with ExecRefID (19), of a bust or correction; 0 when absent.
    pub exec_ref: ExecIdentity,
    /// Keyed hash of every field but PossResend and SendingTime.
    pub content: u128,
    /// The venue (`LastMkt` 30).
    pub venue: Mic,
    /// `TradeDate` (75).
    pub trade_date: TradeDate,
    /// `ExecType` (150).
    pub exec_type: ExecType,
    /// `OrdStatus` (39) as the venue sees it.
    pub ord_status: OrdStatus,
    /// `LastQty` (32) of a trade or correction, `OrderQty` (38) of a restatement or replacement;
    /// else 0.
    pub quantity: Quantity,
    /// `LastPx` (31) of a trade or correction, `Price` (44) of a replacement; else 0.
    pub price: Price,
    /// `TransactTime` (60).
    pub transact_time: Timestamp,
    /// Number of the output that a void replaces (INV-13); else 0.
    pub venue_seq: u64,
    /// How often the record was put back under its account (INV-9).
    pub hops: u8,
}

/// A record that couldn't be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Undecodable {
    /// Why.
    pub fault: DecodeFault,
    /// Hash of its bytes: with the position, its name.
    pub hash: u128,
}

/// Why a record couldn't be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum DecodeFault {
    /// Not a protobuf message of the schema.
    Protobuf = 1,
    /// An envelope without a known body.
    Body = 2,
    /// Sender, account or ClOrdID is missing, too long, or not printable ASCII.
    Identity = 3,
    /// A report without a usable ExecID, ExecType or venue.
    Report = 4,
    /// An aggregate whose checksum or structure is wrong.
    Aggregate = 5,
    /// Longer than a record may be.
    Length = 6,
}

/// Fields of a request that are missing or have no known value (control `MALFORMED`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Faults(pub u16);

/// Anything but a record that decisions depend on, recorded at its place between records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    /// Lane time moves although no record arrived.
    Tick(Timestamp),
    /// A configuration set is in force from here on.
    Configuration {
        /// Number of the set; grows.
        number: u64,
        /// Its content hash, under which the set is kept.
        hash: [u8; 16],
    },
    /// A trading state is set: a kill switch is thrown or released, or only reducing goes on.
    Kill(Kill),
    /// This lane's account range lost a record to a crash loop (INV-11): the account is halted.
    Halt(AccountKey),
    /// A named person released an account that was halted.
    Release(AccountKey),
    /// How much the window of identities covers from here on (INV-8). Recorded, because the horizon
    /// that follows from it is state: a fold with other settings would give other books (INV-10).
    Window {
        /// Time that identities are kept, in nanoseconds.
        span_ns: i64,
        /// Most identities above the horizon.
        identities: u32,
    },
    /// The lane takes no new and no changed orders while what it decided doesn't leave; cancels and
    /// reports pass.
    Intake {
        /// True from here on: a destination lags.
        closed: bool,
    },
    /// A business day ends and another begins. What it does to orders comes in [`Control::DayEnd`]s
    /// after it; what was finished two changes ago is let go at once.
    BusinessDay {
        /// Number of the change; a lane takes each once, in order.
        number: u32,
        /// The day that begins.
        date: TradeDate,
    },
    /// The next of the open orders whose business day has ended, in account and order-id order:
    /// those for the day expire, the others are restated.
    DayEnd {
        /// At most so many; recorded, so that another release folds the same.
        orders: u32,
    },
    /// A venue was found unwell, or well again.
    Health {
        /// The venue.
        venue: Mic,
        /// Well.
        healthy: bool,
        /// How long it is left alone before one order may try it, in nanoseconds.
        retry_ns: i64,
    },
    /// Orders that pass some controls for a while, as two people decided.
    Override(Override),
    /// What the books count for controls from here on. Recorded, because what they count is state
    /// (INV-10).
    Counting(Counting),
    /// What this lane may use of a limit from here on (INV-12).
    Allotment {
        /// The limit.
        limit: LimitKey,
        /// In 10^-16 of a currency unit or of a share; never below 0.
        amount: i128,
        /// Number of the transfer that it comes of; grows.
        transfer: u64,
    },
}

// === impl Faults ===

impl Faults {
    /// `Side` is missing or unknown.
    pub const SIDE: Self = Self(1);
    /// `OrdType` is missing or unknown.
    pub const ORD_TYPE: Self = Self(1 << 1);
    /// `TimeInForce` is unknown.
    pub const TIME_IN_FORCE: Self = Self(1 << 2);
    /// `Symbol` is missing or not a symbol.
    pub const SYMBOL: Self = Self(1 << 3);
    /// `ExDestination` is not a MIC.
    pub const DESTINATION: Self = Self(1 << 4);
    /// The firm's id is not printable ASCII of at most 32 bytes.
    pub const FIRM: Self = Self(1 << 5);
    /// `OrigClOrdID` is missing or not an id.
    pub const ORIGINAL: Self = Self(1 << 6);
    /// Client, trader, desk or strategy is not printable ASCII of at most 32 bytes.
    pub const PARTY: Self = Self(1 << 7);
    /// A blocked venue is not a MIC, or too many are named.
    pub const BLOCKED: Self = Self(1 << 8);

    /// These and those.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether nothing is wrong.
    #[must_use]
    pub const fn is_clean(self) -> bool {
        self.0 == 0
    }
}

// === impl DecodeFault ===

impl DecodeFault {
    /// The fault of its number.
    #[must_use]
    pub const fn of_code(code: u8) -> Option<Self> {
        match code {
            1 => Some(Self::Protobuf),
            2 => Some(Self::Body),
            3 => Some(Self::Identity),
            4 => Some(Self::Report),
            5 => Some(Self::Aggregate),
            6 => Some(Self::Length),
            _ => None,
        }
    }
}

// === impl Inbound ===

impl Inbound {
    /// The account whose books the input changes, where there is one.
    #[must_use]
    pub const fn account(&self) -> Option<AccountKey> {
        match self {
            Self::Report(report) => Some(report.account),
            Self::Undecodable(_) | Self::Control(_) => None,
            _ => match self.head() {
                Some(head) => Some(head.account),
                None => None,
            },
        }
    }

    /// The head of a request; reports, controls and undecodable records have none.
    #[must_use]
    pub const fn head(&self) -> Option<&RequestHead> {
        match self {
            Self::New(new) => Some(&new.head),
            Self::Replace(replace) => Some(&replace.head),
            Self::Cancel(cancel) => Some(&cancel.head),
            Self::MassCancel(mass) => Some(&mass.head),
            Self::Status(status) => Some(&status.head),
            Self::Report(_) | Self::Undecodable(_) | Self::Control(_) => None,
        }
    }
}
