//! The readers of feeds alone, so that fuzzing doesn't build the whole product by a nightly
//! compiler.

extern crate self as orderflow;

#[path = "../../src/chance.rs"]
pub mod chance;
pub mod check;

/// As `orderflow::itch`.
#[path = "../../src/itch"]
pub mod itch {
    pub mod generate;
    pub mod map;
    pub mod message;
    pub mod multiply;
    pub mod reader;
    pub mod record;
    pub mod survey;

    pub use map::{Act, Mapper, Step};
    pub use message::{Body, MESSAGE_LENGTH_MAX, Message};
    pub use multiply::multiply;
    pub use reader::{Error, Reader};
    pub use survey::Survey;
}
