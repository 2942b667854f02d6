//! Labels of metrics: closed enums, so that no metric grows with accounts or orders.
//!
//! Entry points: [`Labels`] and its `with_…` builders.

use domain::Reason;
use opentelemetry::KeyValue;

/// Most lanes of one process that are told apart; lanes above share the last label.
pub const LANE_LABELS_MAX: u16 = 64;

/// Makes an enum of label values, each with its text.
macro_rules! label {
    (
        $(#[$meta:meta])*
        $name:ident { $($(#[$value_meta:meta])* $value:ident = $text:literal),+ $(,)? }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $name {
            $($(#[$value_meta])* $value,)+
        }

        impl $name {
            /// Every value.
            pub const ALL: &'static [Self] = &[$(Self::$value,)+];

            /// The label's text.
            #[must_use]
            pub const fn text(self) -> &'static str {
                match self {
                    $(Self::$value => $text,)+
                }
            }
        }
    };
}

label!(
    /// A station of the line, or the line as a whole.
    Station {
        /// Wire bytes to values.
        Decode = "decode",
        /// Check, route and apply.
        Decide = "decide",
        /// From hand-over of an entry to its acknowledgement.
        Commit = "commit",
        /// From the arrival on the stream to the durable decision.
        Line = "line",
    }
);

label!(
    /// A figure of a latency distribution.
    Quantile {
        /// Half of the observations are at or below.
        P50 = "0.5",
        /// 99 of 100.
        P99 = "0.99",
        /// 999 of 1,000.
        P999 = "0.999",
        /// The worst.
        Max = "1",
    }
);

label!(
    /// What became of a record.
    Result {
        /// Accepted request, applied report, answered question.
        Decided = "decided",
        /// Refused with reasons.
        Rejected = "rejected",
        /// A report that fits nothing.
        Unmatched = "unmatched",
        /// The same again: no effect.
        Duplicate = "duplicate",
        /// Too old to be told from a repeat.
        Stale = "stale",
        /// No record of ours.
        Undecodable = "undecodable",
        /// Put back under its account.
        Misplaced = "misplaced",
    }
);

label!(
    /// Where outputs of the relay go.
    Target {
        /// A venue.
        Venue = "venue",
        /// Life-cycle events.
        Events = "events",
        /// Dead letters.
        DeadLetters = "dead_letters",
        /// Back on the inbound stream.
        Inbound = "inbound",
        /// The order view.
        View = "view",
    }
);

label!(
    /// A stage of the line.
    Stage {
        /// Reads the stream, decodes.
        Ingest = "ingest",
        /// Checks, routes, applies.
        Decide = "decide",
        /// Writes journal entries.
        Settle = "settle",
        /// Relays, shows, snapshots; off the line.
        Follow = "follow",
    }
);

label!(
    /// An HTTP route of the admin edge.
    Route {
        /// `/healthz`.
        Health = "/healthz",
        /// `/readyz`.
        Ready = "/readyz",
        /// `/metrics`.
        Metrics = "/metrics",
        /// `/v1/orders` and below.
        Orders = "/v1/orders",
        /// Everything else under `/v1`.
        Commands = "/v1",
        /// No route of ours.
        Unknown = "unknown",
    }
);

/// The labels of one series. Empty by default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Labels {
    /// `lane`: number of the shard, from 0.
    pub lane: Option<u16>,
    /// `station`.
    pub station: Option<Station>,
    /// `quantile`.
    pub quantile: Option<Quantile>,
    /// `result`.
    pub result: Option<Result>,
    /// `reason`.
    pub reason: Option<Reason>,
    /// `target`.
    pub target: Option<Target>,
    /// `stage`.
    pub stage: Option<Stage>,
    /// `route`.
    pub route: Option<Route>,
    /// `status`: class of an HTTP status, 2 to 5.
    pub status: Option<u8>,
}

// === impl Labels ===

impl Labels {
    /// No label.
    pub const NONE: Self = Self {
        lane: None,
        station: None,
        quantile: None,
        result: None,
        reason: None,
        target: None,
        stage: None,
        route: None,
        status: None,
    };

    /// Just the lane of a shard's number.
    #[must_use]
    pub const fn lane(number: u16) -> Self {
        let last = LANE_LABELS_MAX - 1;
        Self { lane: Some(if number > last { last } else { number }), ..Self::NONE }
    }

    /// Just what became of a record.
    #[must_use]
    pub const fn result(result: Result) -> Self {
        Self { result: Some(result), ..Self::NONE }
    }

    /// Just the reason of a refusal.
    #[must_use]
    pub const fn reason(reason: Reason) -> Self {
        Self { reason: Some(reason), ..Self::NONE }
    }

    /// Just a destination.
    #[must_use]
    pub const fn target(target: Target) -> Self {
        Self { target: Some(target), ..Self::NONE }
    }

    /// Station and figure.
    #[must_use]
    pub const fn latency(station: Station, quantile: Quantile) -> Self {
        Self { station: Some(station), quantile: Some(quantile), ..Self::NONE }
    }

    /// Just a station.
    #[must_use]
    pub const fn station(station: Station) -> Self {
        Self { station: Some(station), ..Self::NONE }
    }

    /// Just a stage.
    #[must_use]
    pub const fn stage(stage: Stage) -> Self {
        Self { stage: Some(stage), ..Self::NONE }
    }

    /// HTTP route and status code.
    #[must_use]
    pub const fn http(route: Route, status: u16) -> Self {
        Self { route: Some(route), status: Some((status / 100) as u8), ..Self::NONE }
    }

    /// As OpenTelemetry takes them.
    #[must_use]
    pub(crate) fn attributes(&self) -> Vec<KeyValue> {
        let texts = [
            ("station", self.station.map(Station::text)),
            ("quantile", self.quantile.map(Quantile::text)),
            ("result", self.result.map(Result::text)),
            ("reason", self.reason.map(Reason::name)),
            ("target", self.target.map(Target::text)),
            ("stage", self.stage.map(Stage::text)),
            ("route", self.route.map(Route::text)),
        ];
        let numbers = [
            ("lane", self.lane.map(|lane| lane.to_string())),
            ("status", self.status.map(|class| format!("{class}xx"))),
        ];
        let texts = texts.into_iter().filter_map(|(key, text)| Some(KeyValue::new(key, text?)));
        let numbers = numbers.into_iter().filter_map(|(key, text)| Some(KeyValue::new(key, text?)));
        texts.chain(numbers).collect()
    }
}
