//! how many nanoseconds and instructions, against named peers.
