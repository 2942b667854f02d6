//! Dead letters as bytes.

use prost::Message as _;

use super::place::{number, text_to};
use super::{DeadLetter, DeadLetterKind, place};
use crate::Error;
use crate::generated::events::v1 as proto;

impl DeadLetter {
    /// The bytes of the letter: canonical.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        proto::DeadLetter {
            id: self.id.to_be_bytes().to_vec(),
            kind: self.kind as i32,
            place: Some(place::to(&self.place)),
            text: text_to(&self.text),
            hash: self.hash.to_be_bytes().to_vec(),
            length: self.length,
            data: self.data.clone(),
        }
        .encode_to_vec()
    }

    /// Reads a letter.
    ///
    /// # Errors
    /// [`Error`] when the bytes aren't one that this version knows.
    pub fn decode(bytes: &[u8]) -> Result<Self, Error> {
        let wire = proto::DeadLetter::decode(bytes)?;
        let kind = match wire.kind {
            1 => DeadLetterKind::Undecodable,
            2 => DeadLetterKind::Quarantined,
            3 => DeadLetterKind::Misplaced,
            4 => DeadLetterKind::Refused,
            _ => return Err(Error::Newer("kind")),
        };
        Ok(Self {
            id: number(&wire.id, "id")?,
            kind,
            place: place::of(wire.place)?,
            text: wire.text,
            hash: number(&wire.hash, "hash")?,
            length: wire.length,
            data: wire.data,
        })
    }
}
