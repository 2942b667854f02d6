//! The log after crashes, rot, cuts and a full disk.
