//! Streams: puts that repeat, restarts, retention, readers.
