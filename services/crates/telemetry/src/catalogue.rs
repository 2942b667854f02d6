//! Every metric, once: name, kind, unit, meaning. What is exported is exactly this (tests compare
//! both).
//!
//! Entry points: [`Metric`] and [`Metric::ALL`].
//! Names are `<service>_<noun>_<unit>`, counters with `_total` after it, in base units.

/// How a metric behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Grows from 0 at the start of the process.
    Counter,
    /// Goes up and down.
    Gauge,
}

/// Makes the catalogue: variant, name, kind, unit, meaning.
macro_rules! catalogue {
    ($($value:ident, $name:literal, $kind:ident, $unit:literal, $meaning:literal;)+) => {
        /// A metric of the catalogue.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Metric {
            $(#[doc = $meaning] $value,)+
        }

        impl Metric {
            /// Every metric, in the order of the catalogue.
            pub const ALL: &'static [Self] = &[$(Self::$value,)+];

            /// The exported name.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$value => $name,)+ }
            }

            /// Counter or gauge.
            #[must_use]
            pub const fn kind(self) -> Kind {
                match self { $(Self::$value => Kind::$kind,)+ }
            }

            /// The unit, as it stands in the name.
            #[must_use]
            pub const fn unit(self) -> &'static str {
                match self { $(Self::$value => $unit,)+ }
            }

            /// What it says, in one sentence.
            #[must_use]
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$value => $meaning,)+ }
            }
        }
    };
}

catalogue! {
    DecidedRecords, "order_router_decided_records_total", Counter, "records",
        "Records whose decision is durable, by what became of them.";
    RejectionReasons, "order_router_rejection_reasons_total", Counter, "reasons",
        "Failing controls of refused requests; a request with two reasons counts in both.";
    CommittedEntries, "order_router_committed_entries_total", Counter, "entries",
        "Journal entries that became live, by lane.";
    CommittedIndex, "order_router_committed_index", Gauge, "index",
        "Index of the newest live journal entry, by lane.";
    UnsettledAge, "order_router_unsettled_age_seconds", Gauge, "seconds",
        "Age of the oldest record that was read and isn't settled, by lane; 0 when there is none.";
    UnsettledRecords, "order_router_unsettled_records", Gauge, "records",
        "Records on the stream behind the checkpoint, by lane.";
    StationLatency, "order_router_station_latency_seconds", Gauge, "seconds",
        "Latency of a station over the last window, by quantile.";
    StationRecords, "order_router_station_records_total", Counter, "records",
        "Records that a station's latency was measured for.";
    RelayLag, "order_router_relay_lag_entries", Gauge, "entries",
        "Live entries that have not left for a destination, summed over lanes.";
    StageTurns, "order_router_stage_turns_total", Counter, "turns",
        "Turns of a stage that did something, by stage.";
    StageLongestTurn, "order_router_stage_longest_turn_seconds", Gauge, "seconds",
        "Longest turn of a stage since the start, by stage.";
    RingDepth, "order_router_ring_depth_batches", Gauge, "batches",
        "Batches in the ring before a stage, by stage.";
    LaneOpenings, "order_router_lane_openings_total", Counter, "openings",
        "Times that a lane was opened by a start of the process, by lane.";
    LaneReopenings, "order_router_lane_reopenings_total", Counter, "reopenings",
        "Times that lanes were dropped for a fault and opened again, all together.";
    PollInterval, "order_router_control_poll_interval_seconds", Gauge, "seconds",
        "Longest time between two looks at the control table since the start.";
    ReadyState, "orderflow_ready_state", Gauge, "state",
        "1 when the process is ready, 0 when it isn't.";
    HealthState, "orderflow_health_state", Gauge, "state",
        "1 when every lane moves or is idle, 0 when one is stuck.";
    HttpRequests, "orderflow_http_requests_total", Counter, "requests",
        "Answered HTTP requests, by route and class of status.";
    VenueStarts, "orderflow_venue_starts_total", Counter, "starts",
        "Times that the demo venue's process was started.";
    SampleRequests, "orderflow_sample_requests_total", Counter, "requests",
        "Requests that the sample flow put on the stream.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_carry_service_and_unit_and_counters_say_total() {
        for metric in Metric::ALL {
            let name = metric.name();
            let service = ["order_router_", "orderflow_"];
            assert!(service.iter().any(|prefix| name.starts_with(prefix)), "{name}");
            let unit = match metric.kind() {
                Kind::Counter => format!("_{}_total", metric.unit()),
                Kind::Gauge => format!("_{}", metric.unit()),
            };
            assert!(name.ends_with(&unit), "{name} doesn't end with {unit}");
            assert!(metric.meaning().ends_with('.'), "{name}");
        }
    }

    #[test]
    fn no_name_stands_twice() {
        let names: std::collections::BTreeSet<_> =
            Metric::ALL.iter().map(|metric| metric.name()).collect();
        assert_eq!(names.len(), Metric::ALL.len());
    }
}
