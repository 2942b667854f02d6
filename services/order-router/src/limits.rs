//! Every capacity of the line; their relations are asserted when this compiles.

use domain::entry::BODY_BYTES_MAX;

/// Most records in a batch.
pub const BATCH_RECORDS_MAX: usize = 1024;

/// Most batches of a lane that circulate.
pub const BATCHES_PER_LANE_MAX: usize = 256;

/// A batch takes no further record when it holds this many bytes.
pub const BATCH_BYTES: usize = 32 * 1024;

/// Longest record that is kept whole; a longer one is `Undecodable` by its length.
pub const RECORD_BYTES_MAX: usize = wire::limits::ORDER_BYTES_MAX;

/// Most that an input takes in an entry besides its record's data.
pub const STEP_BYTES: usize = 96;

/// A lane without records is looked at this often, so that what the control table says is recorded.
pub const HEARTBEAT_NS: i64 = 50_000_000;

/// Stages that may spin: all that are on the line.
pub const SPINNING_THREADS: usize = 3;

/// Figures are shown this often.
pub const SHOW_NS: i64 = 50_000_000;

/// Kinesis records asked for in one poll.
pub const POLL_RECORDS: usize = 256;

/// Most lanes of a process: a ticket has 16 bits for them.
pub const LANES_MAX: usize = 4096;

/// How often a record may be put back under its account (INV-9).
pub const HOPS_MAX: u8 = 3;

/// Starts at a position after which a lane takes one record at a time (INV-11).
pub const ATTEMPTS_SINGLE: u32 = 2;

/// Starts at a position after which the record is quarantined (INV-11).
pub const ATTEMPTS_QUARANTINE: u32 = 3;

/// Changes of the control table that wait for a lane.
pub const CONTROLS_MAX: usize = 1024;

/// Orders that expire or are restated in one batch after a change of business day.
pub const DAY_ENDS: u32 = 512;

/// Entries that the follower takes in one turn of a lane.
pub const FOLLOW_ENTRIES: u64 = 16;

/// Times at which entries became durable that wait for the follower; those of more aren't known.
pub const DURABLE_MAX: usize = 4096;

/// Outputs of a lane that wait for the publisher.
pub const OUTPUTS_MAX: usize = 1024;

// A batch ends within an entry, whatever its last record is.
const _: () =
    assert!(BATCH_BYTES + RECORD_BYTES_MAX + BATCH_RECORDS_MAX * STEP_BYTES <= BODY_BYTES_MAX);
const _: () = assert!(ATTEMPTS_SINGLE < ATTEMPTS_QUARANTINE);
const _: () = assert!(LANES_MAX <= u16::MAX as usize);
