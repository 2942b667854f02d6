//! Code made by `build.rs` from `proto/`: stays in this crate, behind owned values.

#![allow(
    clippy::all,
    clippy::pedantic,
    missing_docs,
    unreachable_pub,
    reason = "not written by hand"
)]

pub(crate) mod orders {
    pub(crate) mod v1 {
        include!(concat!(env!("OUT_DIR"), "/orderflow.orders.v1.rs"));
    }
}

pub(crate) mod executions {
    pub(crate) mod v1 {
        include!(concat!(env!("OUT_DIR"), "/orderflow.executions.v1.rs"));
    }
}

pub(crate) mod events {
    pub(crate) mod v1 {
        include!(concat!(env!("OUT_DIR"), "/orderflow.events.v1.rs"));
    }
}
