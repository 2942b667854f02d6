//! Calls to AWS: signed by AWS's own signer, sent over TLS, bounded in time and tries.
//!
//! Entry points: [`Account`], and on it [`Secrets`], [`Resources`], [`Quotas`], [`Queues`] and
//! [`Tables`].
//!
//! Limits: an attempt has [`call::ATTEMPT_TIMEOUT`], a call [`call::ATTEMPTS_MAX`] attempts, an
//! answer [`call::ANSWER_BYTES_MAX`]. Every call here may be repeated without a second effect.
//!
//! It doesn't look for credentials (they are handed in), keeps nothing, and has no thread and no
//! runtime: a call blocks. These services speak one protocol, JSON under a header that names the
//! operation; what streams or is called thousands of times a second belongs to the SDK proper.
//!
//! A crash in the middle of a call leaves a call that may have happened; callers ask again.

mod account;
pub mod call;
mod error;
mod queues;
mod quotas;
mod resources;
mod secrets;
mod tables;

pub use account::{Account, Credentials, Problem};
pub use error::Error;
pub use queues::{BATCH_BYTES_MAX, BATCH_MAX, Outcomes, Outgoing, Queues, Received};
pub use quotas::{Quota, Quotas};
pub use resources::Resources;
pub use secrets::{Secrets, Value, Versions};
pub use tables::{Kill, Tables};
