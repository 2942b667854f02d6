//! streams, journal, snapshots and look-ups on one disk.
