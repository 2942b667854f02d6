//! what happened, as metrics and log lines.
