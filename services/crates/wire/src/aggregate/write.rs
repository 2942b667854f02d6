//! An aggregate written record by record; keys that repeat stand in it once.

use std::collections::BTreeMap;

use md5::{Digest, Md5};

use super::CHECKSUM_BYTES;
use crate::field;
use crate::limits::AGGREGATE_RECORDS_MAX;
use crate::orders::AGGREGATE_MAGIC;

/// Collects user records for one Kinesis record. Whoever writes decides when it is full: by
/// [`Writer::len`] and `limits::AGGREGATE_BYTES_TARGET`.
#[derive(Debug, Default)]
pub struct Writer {
    keys: Table,
    hashes: Table,
    records: Vec<u8>,
    count: usize,
}

/// Texts with their numbers, in the order in which they came.
#[derive(Debug, Default)]
struct Table {
    numbers: BTreeMap<String, u64>,
    bytes: Vec<u8>,
}

impl Writer {
    /// Appends a user record under its partition key and, where it has one, its explicit hash key
    /// (a decimal number of 128 bits).
    ///
    /// Gives back false, and takes nothing, when the aggregate holds as many records as one may.
    pub fn push(&mut self, key: &str, hash_key: Option<&str>, data: &[u8]) -> bool {
        if self.count == AGGREGATE_RECORDS_MAX {
            return false;
        }
        let key = self.keys.number(1, key);
        let hash_key = hash_key.map(|hash_key| self.hashes.number(2, hash_key));
        field::put_message(3, &mut self.records, |out| {
            field::put_present_integer(1, key, out);
            if let Some(number) = hash_key {
                field::put_present_integer(2, number, out);
            }
            field::put_present_bytes(3, data, out);
        });
        self.count += 1;
        true
    }

    /// How many bytes the aggregate has so far, frame included.
    #[must_use]
    pub const fn len(&self) -> usize {
        let tables = self.keys.bytes.len() + self.hashes.bytes.len();
        AGGREGATE_MAGIC.len() + tables + self.records.len() + CHECKSUM_BYTES
    }

    /// How many user records it has.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.count
    }

    /// Whether it has none; an aggregate without records is refused by who reads it.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The Kinesis record's data; the writer is empty afterwards.
    #[must_use]
    pub fn finish(&mut self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.len());
        out.extend_from_slice(&AGGREGATE_MAGIC);
        out.append(&mut self.keys.bytes);
        out.append(&mut self.hashes.bytes);
        out.append(&mut self.records);
        let sum: [u8; CHECKSUM_BYTES] = Md5::digest(&out[AGGREGATE_MAGIC.len()..]).into();
        out.extend_from_slice(&sum);
        *self = Self::default();
        out
    }
}

impl Table {
    fn number(&mut self, tag: u32, text: &str) -> u64 {
        if let Some(number) = self.numbers.get(text) {
            return *number;
        }
        let number = self.numbers.len() as u64;
        field::put_present_bytes(tag, text.as_bytes(), &mut self.bytes);
        self.numbers.insert(text.to_owned(), number);
        number
    }
}
