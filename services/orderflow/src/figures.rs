//! The line's figures as metrics, and as one line a second for a person.
//!
//! Entry points: [`Figures::refresh`] (metrics), [`Glance`] (the live line).
//! It counts nothing itself; what the line shows is of what is committed (INV-6).

use std::fmt::Write as _;

use domain::Reason;
use hdrhistogram::Histogram;
use order_router::{Counted, Facts};
use telemetry::labels::{Labels, Quantile, Result as Became, Stage, Station, Target};
use telemetry::{Metric, Registry};

use crate::config::Config;
use crate::world::{Stores, clock};

/// What was shown before, for figures of the last window.
#[derive(Default)]
pub struct Figures {
    latency: Option<Histogram<u64>>,
}

/// What a person sees once a second.
#[derive(Default)]
pub struct Glance {
    latency: Option<Histogram<u64>>,
    counted: Counted,
}

// === impl Figures ===

impl Figures {
    /// Shows the facts as metrics.
    pub fn refresh(
        &mut self,
        facts: &Facts,
        stores: &Stores,
        registry: &Registry,
        config: &Config,
    ) {
        records(&facts.counted(), registry);
        stages(facts, registry);
        let now = clock::now().0;
        let mut behind = 0;
        for lane in &facts.lanes {
            let labels = Labels::lane(lane.shard as u16);
            registry.raise(Metric::CommittedEntries, labels, lane.committed + 1);
            registry.set(Metric::CommittedIndex, labels, lane.committed as f64);
            let settled = lane.position.sequence.number().unwrap_or(0);
            let unsettled = stores.orders.tip(lane.shard).saturating_sub(settled);
            registry.set(Metric::UnsettledRecords, labels, unsettled as f64);
            let age = if lane.busy { now.saturating_sub(lane.moved_at).max(0) } else { 0 };
            registry.set(Metric::UnsettledAge, labels, age as f64 / 1e9);
            behind += lane.committed.saturating_sub(lane.followed);
        }
        registry.set(Metric::RelayLag, Labels::target(Target::Events), behind as f64);
        let ready = facts.readiness(now, &config.line).is_ok();
        registry.set(Metric::ReadyState, Labels::NONE, f64::from(u8::from(ready)));
        let alive = facts.liveness(now, &config.line).is_ok();
        registry.set(Metric::HealthState, Labels::NONE, f64::from(u8::from(alive)));
        if let Some(window) = window(&mut self.latency, facts) {
            let count = facts.latency.as_ref().map_or(0, Histogram::len);
            registry.raise(Metric::StationRecords, Labels::station(Station::Decide), count);
            for quantile in Quantile::ALL {
                let labels = Labels::latency(Station::Decide, *quantile);
                let seconds = figure(&window, *quantile) as f64 / 1e9;
                registry.set(Metric::StationLatency, labels, seconds);
            }
        }
    }
}

// === impl Glance ===

impl Glance {
    /// The line for the last second, without its end.
    #[must_use]
    pub fn line(&mut self, facts: &Facts) -> String {
        // While lanes are opened anew nothing of them is known.
        let (told, before) = (facts.counted(), self.counted);
        let counted = if told.read() < before.read() { before } else { told };
        let rate = counted.read().saturating_sub(self.counted.read());
        self.counted = counted;
        let mut line = format!(
            "{rate:>7} orders/s | decided {} | rejected {}",
            counted.decided(),
            counted.refused()
        );
        let by_reason = Reason::ALL.iter().zip(counted.rejected_by);
        let named: Vec<_> = by_reason
            .filter(|(_, count)| *count > 0)
            .map(|(reason, count)| format!("{} {count}", reason.name()))
            .collect();
        if !named.is_empty() {
            let _ = write!(line, " ({})", named.join(", "));
        }
        if let Some(window) = window(&mut self.latency, facts) {
            let shown = |quantile| duration(figure(&window, quantile));
            let _ = write!(
                line,
                " | decision p50 {} p99 {} p99.9 {}",
                shown(Quantile::P50),
                shown(Quantile::P99),
                shown(Quantile::P999)
            );
        }
        line
    }
}

/// What was recorded since `before`, which becomes what is there now; `None` when that is nothing.
fn window(before: &mut Option<Histogram<u64>>, facts: &Facts) -> Option<Histogram<u64>> {
    let now = facts.latency.as_ref()?;
    let mut window = now.clone();
    if let Some(before) = before {
        // A line that was opened again begins its histogram anew: then all of it is new.
        let _ = window.subtract(&*before);
    }
    *before = Some(now.clone());
    (!window.is_empty()).then_some(window)
}

fn figure(window: &Histogram<u64>, quantile: Quantile) -> u64 {
    match quantile {
        Quantile::P50 => window.value_at_quantile(0.5),
        Quantile::P99 => window.value_at_quantile(0.99),
        Quantile::P999 => window.value_at_quantile(0.999),
        Quantile::Max => window.max(),
    }
}

fn duration(nanoseconds: u64) -> String {
    match nanoseconds {
        0..10_000 => format!("{nanoseconds} ns"),
        10_000..10_000_000 => format!("{} µs", nanoseconds / 1_000),
        _ => format!("{} ms", nanoseconds / 1_000_000),
    }
}

fn stages(facts: &Facts, registry: &Registry) {
    for (stage, shown) in Stage::ALL.iter().zip(facts.stages) {
        let labels = Labels::stage(*stage);
        registry.raise(Metric::StageTurns, labels, shown.turns);
        let longest = shown.longest_turn_ns as f64 / 1e9;
        registry.set(Metric::StageLongestTurn, labels, longest);
        registry.set(Metric::RingDepth, labels, shown.ring_depth as f64);
    }
    registry.raise(Metric::LaneReopenings, Labels::NONE, facts.reopened);
    let longest = facts.poll_interval_ns_max as f64 / 1e9;
    registry.set(Metric::PollInterval, Labels::NONE, longest);
}

fn records(counted: &Counted, registry: &Registry) {
    let shown = [
        (Became::Decided, counted.decided()),
        (Became::Rejected, counted.refused()),
        (Became::Unmatched, counted.unmatched),
        (Became::Duplicate, counted.duplicates),
        (Became::Stale, counted.stale),
        (Became::Undecodable, counted.undecodable),
        (Became::Misplaced, counted.misplaced),
    ];
    for (became, total) in shown {
        registry.raise(Metric::DecidedRecords, Labels::result(became), total);
    }
    for (reason, total) in Reason::ALL.iter().zip(counted.rejected_by) {
        registry.raise(Metric::RejectionReasons, Labels::reason(*reason), total);
    }
}
