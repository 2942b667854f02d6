//! Every capacity of the whole that isn't the line's own; relations are asserted when this
//! compiles.

use std::time::Duration;

/// How long Ctrl-C may take: the line's drain and the closing of the files.
pub const DRAIN_LIMIT: Duration = Duration::from_secs(10);

/// Longest body of an HTTP request in bytes: a configuration set is the largest thing that is sent.
pub const BODY_BYTES_MAX: usize = 1024 * 1024;

/// Most rows or lines of one answer; more is asked for page by page.
pub const PAGE_ROWS_MAX: usize = 1_000;

/// How long a look-up waits for the view to reach what it was asked to show at least.
pub const VIEW_WAIT: Duration = Duration::from_millis(500);

/// How long a start waits for every lane to be ready before it says how it is reached.
pub const READY_WAIT: Duration = Duration::from_secs(30);

/// How long a command that holds the folder waits for the view to be rebuilt.
pub const VIEW_FILL: Duration = Duration::from_secs(300);

/// How long `--wait` waits for a decision.
pub const DECISION_WAIT: Duration = Duration::from_secs(10);

/// Longest that a drain of a lane is waited for; it goes on without a waiter.
pub const DRAIN_WAIT_MAX: Duration = Duration::from_secs(3_600);

/// How long a release waits for its lane to have heard it.
pub const INTAKE_WAIT: Duration = Duration::from_secs(5);

/// How often a lane that drains is looked at by who waits for it.
pub const INTAKE_LOOK: Duration = Duration::from_millis(20);

/// How often something that has no bell of its own is looked at again.
pub const LOOK_AGAIN: Duration = Duration::from_millis(2);

/// Outputs in flight to the venue; the relay waits above.
pub const VENUE_OUTPUTS_MAX: usize = 4_096;

/// Starts of the venue's process, one after the other, that may end before it took anything.
pub const VENUE_STARTS_MAX: u32 = 3;

/// Entries that one read of the journal asks for.
pub const READ_ENTRIES: usize = 64;

const _: () = assert!(PAGE_ROWS_MAX > 0 && READ_ENTRIES > 0);
