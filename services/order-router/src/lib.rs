//! The order router: takes each shard record to a durable decision, exactly once.
//!
//! ```text
//! let router = OrderRouter::open(world, options)?;  // recovers every lane
//! let (progress, stop) = (router.progress(), router.stop());
//! let running = router.start()?;               // ingest, decide, settle, follow, poll: threads
//! progress.facts().readiness(now, &config);    // for /readyz; liveness for /healthz
//! stop.drain();                                // or stop.abort(): at once, nothing lost
//! running.join()?;                             // Ended::Drained, or the error that stopped it
//! verify(&mut journal, &mut control, &Verify { .. })?;   // `journal verify [--redecide]`
//! ```
//!
//! Entry points: [`OrderRouter`], [`Progress`], [`Stop`], [`verify()`], [`Config`].
//!
//! Invariants: INV-1 to INV-11, INV-13, INV-14 of `ledger.md`, each named where it is kept.
//! Limits: `limits` (fixed) and [`Config`] (settings).
//!
//! It talks to the world through `ports` alone: no file, no network, no HTTP.
//!
//! A crash at any moment is recovered by `open`, which is the only way to start.

// In the order in which data flows.
pub mod config;
pub mod limits;
pub mod router;
pub mod topology;

pub mod batch;
pub mod decide;
pub mod ingest;
pub mod settle;

pub mod fold;
pub mod lineage;
pub mod recover;
pub mod retire;

pub mod allot;
pub mod allotter;
pub mod control;
pub mod follow;
pub mod health;
pub mod outputs;
pub mod poll;
pub mod relay;
pub mod view;

pub mod admin;
pub mod error;
pub mod verify;
pub mod walk;

pub use admin::{Counted, Facts, Intake, LaneFacts, LaneState, Progress};
pub use config::Config;
pub use error::Error;
pub use router::{Ended, LaneSpec, OnLag, Options, OrderRouter, Running, Shared, Stop, Wired};
pub use verify::{Verified, Verify, Wrong, verify};
pub use walk::{Seen, walk};
