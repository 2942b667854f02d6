//! Order flow from a venue's feed: NASDAQ ITCH 5.0 files read, mapped, made and multiplied.
//!
//! Entry points: [`Reader`] (a file as its messages), [`Mapper`] (messages as requests and
//! reports), [`generate`] (a file of the same shape from a seed), [`multiply`] (a file, message by
//! message).
//!
//! Limits: one message is at most [`MESSAGE_LENGTH_MAX`] bytes; a reader holds one buffer of 64
//! KiB; a mapper holds what the file's open references need.
//!
//! Nothing here decides: a reference that no add named is handed on as the file has it.
//!
//! On a crash there is nothing to lose: whoever reads a file again gets the same.

pub mod generate;
pub mod map;
pub mod message;
pub mod multiply;
pub mod reader;
pub mod record;
pub mod survey;

pub use generate::{Facts, generate};
pub use map::{Act, Mapper, Step};
pub use message::{Body, MESSAGE_LENGTH_MAX, Message};
pub use multiply::multiply;
pub use reader::{Error, Reader};
pub use survey::Survey;
