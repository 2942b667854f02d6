//! A first reading of a file: its name, its length, and the adds that other messages run ahead of.
//!
//! Entry point: [`Survey::read`].
//! Limits: it holds the references that are open at a time and a few that are named early.
//! A replay reads the file twice: once for this, because the producer's id is the file's digest and
//! an early message needs the price and quantity of an add that comes later; once to send it. A
//! damaged file is surveyed up to its damage.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

use super::message::{Add, Body};
use super::reader::{Error, Reader};

/// What a first reading found.
#[derive(Debug, Default)]
pub struct Survey {
    /// BLAKE3 of the whole file, damage included: its name.
    pub digest: [u8; 32],
    /// Messages up to the end or the damage.
    pub messages: u64,
    /// Where and how the file is damaged.
    pub damage: Option<Error>,
    /// Adds whose reference some earlier message names.
    pub early: BTreeMap<u64, Add>,
}

impl Survey {
    /// Reads `source` to its end.
    ///
    /// # Errors
    /// The source can't be read; damage isn't an error here, but [`Survey::damage`].
    pub fn read(source: impl Read) -> Result<Self, Error> {
        let mut reader = Reader::new(Digesting { source, hasher: blake3::Hasher::new() });
        let mut survey = Self::default();
        let (mut open, mut wanted) = (BTreeSet::new(), BTreeSet::new());
        loop {
            match reader.next_message() {
                Ok(Some(message)) => survey.see(&message.body, &mut open, &mut wanted),
                Ok(None) => break,
                Err(error @ Error::Read { .. }) => return Err(error),
                Err(damage) => {
                    survey.damage = Some(damage);
                    break;
                }
            }
        }
        let mut rest = reader.into_source();
        let offset = survey.messages;
        std::io::copy(&mut rest, &mut std::io::sink())
            .map_err(|source| Error::Read { offset, source })?;
        survey.digest = rest.hasher.finalize().into();
        Ok(survey)
    }

    fn see(&mut self, body: &Body, open: &mut BTreeSet<u64>, wanted: &mut BTreeSet<u64>) {
        self.messages += 1;
        let ahead = match body {
            Body::Add(add) => {
                if wanted.remove(&add.reference) {
                    self.early.insert(add.reference, *add);
                }
                open.insert(add.reference);
                return;
            }
            Body::Delete { reference } => (!open.remove(reference)).then_some(*reference),
            Body::Execute { reference, .. } | Body::Reduce { reference, .. } => {
                (!open.contains(reference)).then_some(*reference)
            }
            Body::Replace { original, reference, .. } => {
                open.insert(*reference);
                (!open.remove(original)).then_some(*original)
            }
            _ => None,
        };
        wanted.extend(ahead);
    }
}

/// Hashes what passes.
struct Digesting<R> {
    source: R,
    hasher: blake3::Hasher,
}

impl<R: Read> Read for Digesting<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.source.read(buffer)?;
        self.hasher.update(buffer.get(..count).unwrap_or_default());
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::super::generate::generate;
    use super::*;

    #[test]
    fn every_early_message_of_a_made_file_finds_its_add() {
        let (bytes, facts) = generate(1);
        let survey = Survey::read(&bytes[..]).expect("memory is readable");
        assert_eq!(survey.messages, facts.messages);
        assert_eq!(survey.early.len(), 117);
        assert_eq!(survey.digest, *blake3::hash(&bytes).as_bytes());
        assert!(survey.damage.is_none());
    }

    #[test]
    fn a_damaged_file_has_a_name_of_its_own_and_says_where() {
        let (mut bytes, facts) = generate(1);
        bytes.truncate(bytes.len() - 3);
        let survey = Survey::read(&bytes[..]).expect("memory is readable");
        assert_eq!(survey.messages, facts.messages - 1);
        assert_eq!(survey.digest, *blake3::hash(&bytes).as_bytes());
        assert!(matches!(survey.damage, Some(Error::Truncated { .. })));
    }
}
