//! takes each shard record to a durable decision.
