//! The metrics of a process, kept by OpenTelemetry and shown as Prometheus text.
//!
//! Entry points: [`Registry::new`], [`Registry::add`], [`Registry::raise`], [`Registry::set`],
//! [`Registry::text`].
//! Limits: one series per metric and label set; labels are closed (`labels`).
//! It starts no thread and serves nothing; the HTTP edge asks it for its text.
//! On a crash its figures are gone; counters begin at 0 again, as Prometheus expects.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use opentelemetry::metrics::{Counter, Gauge, MeterProvider};
use opentelemetry_sdk::metrics::SdkMeterProvider;
use prometheus::{Encoder, TextEncoder};

use crate::catalogue::{Kind, Metric};
use crate::labels::Labels;

/// Why metrics can't be kept or shown.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The exporter refused its registry.
    #[error("the metrics exporter did not start: {0}")]
    Exporter(String),
    /// The text couldn't be made.
    #[error("the metrics could not be written as text: {0}")]
    Text(#[from] prometheus::Error),
}

/// The metrics of one process. Clones share them.
#[derive(Clone)]
pub struct Registry {
    shared: Arc<Shared>,
}

struct Shared {
    exported: prometheus::Registry,
    /// Keeps the pipeline alive; instruments hold it weakly.
    _provider: SdkMeterProvider,
    counters: BTreeMap<Metric, Counter<u64>>,
    gauges: BTreeMap<Metric, Gauge<f64>>,
    /// Totals that [`Registry::raise`] has shown so far.
    totals: Mutex<BTreeMap<(Metric, Labels), u64>>,
}

// === impl Registry ===

impl Registry {
    /// An instrument for each metric of the catalogue, none with a value yet.
    ///
    /// # Errors
    /// The exporter doesn't start.
    pub fn new() -> Result<Self, Error> {
        let exported = prometheus::Registry::new();
        let exporter = opentelemetry_prometheus::exporter()
            .with_registry(exported.clone())
            .without_units()
            .without_counter_suffixes()
            .without_target_info()
            .scope_info_enabled(false)
            .build()
            .map_err(|error| Error::Exporter(error.to_string()))?;
        let provider = SdkMeterProvider::builder().with_reader(exporter).build();
        let meter = provider.meter("orderflow");
        let (mut counters, mut gauges) = (BTreeMap::new(), BTreeMap::new());
        for metric in Metric::ALL.iter().copied() {
            match metric.kind() {
                Kind::Counter => {
                    let counter = meter.u64_counter(metric.name());
                    counters.insert(metric, counter.with_description(metric.meaning()).build());
                }
                Kind::Gauge => {
                    let gauge = meter.f64_gauge(metric.name());
                    gauges.insert(metric, gauge.with_description(metric.meaning()).build());
                }
            }
        }
        let totals = Mutex::new(BTreeMap::new());
        let shared = Shared { exported, _provider: provider, counters, gauges, totals };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// Counts `more`; nothing for a gauge.
    pub fn add(&self, metric: Metric, labels: Labels, more: u64) {
        if let Some(counter) = self.shared.counters.get(&metric) {
            counter.add(more, &labels.attributes());
        }
    }

    /// Raises a counter to `total`, for counts that a stage keeps itself; a lower total changes
    /// nothing.
    pub fn raise(&self, metric: Metric, labels: Labels, total: u64) {
        let mut totals = self.shared.totals.lock().unwrap_or_else(PoisonError::into_inner);
        let shown = totals.entry((metric, labels)).or_insert(0);
        let more = total.saturating_sub(*shown);
        *shown = total.max(*shown);
        drop(totals);
        self.add(metric, labels, more);
    }

    /// Sets a gauge; nothing for a counter.
    pub fn set(&self, metric: Metric, labels: Labels, value: f64) {
        if let Some(gauge) = self.shared.gauges.get(&metric) {
            gauge.record(value, &labels.attributes());
        }
    }

    /// All series in the Prometheus text format.
    ///
    /// # Errors
    /// The text can't be made.
    pub fn text(&self) -> Result<String, Error> {
        let mut text = Vec::new();
        TextEncoder::new().encode(&self.shared.exported.gather(), &mut text)?;
        Ok(String::from_utf8_lossy(&text).into_owned())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::labels::{Result as Became, Station};

    fn names(text: &str) -> BTreeSet<String> {
        let types = text.lines().filter_map(|line| line.strip_prefix("# TYPE "));
        types.filter_map(|rest| rest.split(' ').next()).map(str::to_owned).collect()
    }

    #[test]
    fn what_is_exported_is_the_catalogue() {
        let registry = Registry::new().unwrap();
        for metric in Metric::ALL.iter().copied() {
            registry.add(metric, Labels::NONE, 1);
            registry.set(metric, Labels::NONE, 1.0);
        }
        let known = Metric::ALL.iter().map(|metric| metric.name().to_owned()).collect();
        assert_eq!(names(&registry.text().unwrap()), known);
    }

    #[test]
    fn a_total_is_raised_and_never_counted_twice() {
        let registry = Registry::new().unwrap();
        let labels = Labels::result(Became::Decided);
        for total in [3, 5, 5, 4] {
            registry.raise(Metric::DecidedRecords, labels, total);
        }
        let text = registry.text().unwrap();
        let line = "order_router_decided_records_total{result=\"decided\"";
        let value = text.lines().find(|shown| shown.starts_with(line)).unwrap();
        assert!(value.ends_with(" 5"), "{value}");
    }

    #[test]
    fn a_series_has_the_labels_it_was_given_and_no_other() {
        let registry = Registry::new().unwrap();
        registry.set(Metric::StationLatency, Labels::station(Station::Decide), 0.25);
        let text = registry.text().unwrap();
        let line = "order_router_station_latency_seconds{station=\"decide\"} 0.25";
        assert!(text.lines().any(|shown| shown == line), "{text}");
    }
}
