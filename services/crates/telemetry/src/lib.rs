//! What happened, as metrics and log lines: the only place where either is made.
//!
//! Entry points: [`events`] (what happened, each knowing its counter and its line), [`Registry`]
//! (the metrics of a process, through OpenTelemetry), [`StationRecorder`] (latency of one station),
//! [`catalogue::Metric`] (every metric with unit and meaning).
//! Limits: labels come from the closed enums of [`labels`]; at most [`labels::LANE_LABELS_MAX`]
//! lanes. It is called at the edges of stages, never by a pure crate, and never per order but for
//! the write into a histogram; it serves nothing over a network.
//! On a crash the figures since the start are lost: they say nothing that the journal doesn't.

pub mod catalogue;
pub mod events;
pub mod labels;
pub mod registry;
pub mod station;

pub use catalogue::{Kind, Metric};
pub use events::{Event, Level};
pub use labels::{Labels, Quantile, Result, Route, Stage, Station, Target};
pub use registry::{Error, Registry};
pub use station::{StationRecorder, StationView, station};
