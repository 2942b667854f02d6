//! decides: reads books and configuration, changes nothing.
