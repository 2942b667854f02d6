//! Every bound of what is read and written here.

/// Longest Kinesis record that is read, in bytes: the service's own default. An aggregate may be as
/// long as this.
pub const RECORD_BYTES_MAX: usize = 1024 * 1024;

/// Longest order record (alone or in an aggregate), in bytes. Longer ones are undecodable; the
/// journal keeps the first [`KEPT_BYTES_MAX`] of them, their length and their hash.
pub const ORDER_BYTES_MAX: usize = 64 * 1024;

/// What the journal and the dead letters keep of a record that is too long, in bytes.
pub const KEPT_BYTES_MAX: usize = 1024;

/// Most user records in an aggregate.
pub const AGGREGATE_RECORDS_MAX: usize = 65_536;

/// Most bytes that an aggregate of ours is filled to, as the KPL does it.
pub const AGGREGATE_BYTES_TARGET: usize = 51_200;

/// How deep unknown groups may nest; the reference decoder's own bound.
pub(crate) const DEPTH_MAX: u32 = 100;

/// Longest name in a Begin or End (application, Region, stream, shard), in bytes.
pub const NAME_BYTES_MAX: usize = 255;

/// Most parents in a Begin and children in an End.
pub const RELATIVES_MAX: usize = 64;

/// Longest free text in an event or dead letter, in bytes.
pub const TEXT_BYTES_MAX: usize = 512;

/// Longest text of a configuration set, in bytes.
pub const CONFIGURATION_BYTES_MAX: usize = 4 * 1024 * 1024;

const _: () = assert!(KEPT_BYTES_MAX < ORDER_BYTES_MAX);
const _: () = assert!(ORDER_BYTES_MAX < RECORD_BYTES_MAX);
// An entry closes at 64 KiB, and one more record must fit after that.
const _: () = assert!(64 * 1024 + ORDER_BYTES_MAX + 1024 < domain::entry::BODY_BYTES_MAX);
