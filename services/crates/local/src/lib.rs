//! Streams, journal, snapshots and look-ups on one disk; the default of `cargo run`.
//!
//! Entry points: [`LocalJournal`], [`Stream`], [`LocalCursors`], [`LocalSnapshots`], [`Starts`],
//! and under them [`log::Log`], which a venue keeps its own file with.
//!
//! Invariants: INV-1 to INV-6 lean on the journal's conditions and on its sync; INV-11 on `starts`.
//! Every write goes through [`disk::Disk`]; the look-up store alone is a library's and is rebuilt.
//!
//! It knows no order, no wire format and no rule of the chain: it keeps bytes and conditions.
//!
//! After a crash every acknowledged byte is there; what wasn't acknowledged is whole or gone.

pub mod control;
pub mod cursors;
pub mod disk;
pub mod error;
pub mod folder;
pub mod journal;
pub mod leases;
pub mod limits;
pub mod log;
mod small;
pub mod snapshots;
pub mod starts;
pub mod stream;
pub mod view;

pub use control::{Approval, By, KeptSet, LocalControl, Proposal, Proposed, Record};
pub use cursors::LocalCursors;
pub use error::Error;
pub use folder::{Folder, Genesis};
pub use journal::{Claim, LocalJournal};
pub use leases::LocalLeases;
pub use limits::LocalLimits;
pub use snapshots::LocalSnapshots;
pub use starts::Starts;
pub use stream::Stream;
pub use view::LocalView;
