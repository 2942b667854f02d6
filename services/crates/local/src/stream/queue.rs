//! Puts that wait for the log, and their answers.

use std::collections::BTreeMap;

use domain::{AccountKey, Timestamp};

use super::{Placed, Put};
use crate::Error;

type Answer = Result<Vec<Placed>, Error>;

/// Puts of all threads in the order in which they came.
#[derive(Debug, Default)]
pub(super) struct Queue {
    next: u64,
    waiting: Vec<Waiting>,
    done: BTreeMap<u64, Answer>,
}

/// One call of put, with its data.
#[derive(Debug)]
pub(super) struct Waiting {
    number: u64,
    pub(super) now: Timestamp,
    pub(super) records: Vec<Record>,
    bytes: Vec<u8>,
}

/// One of its records.
#[derive(Clone, Copy, Debug)]
pub(super) struct Record {
    pub(super) key: AccountKey,
    pub(super) producer: u128,
    pub(super) sequence: u64,
    pub(super) arrival: Option<Timestamp>,
    offset: usize,
    pub(super) length: usize,
}

// === impl Queue ===

impl Queue {
    /// Takes a put; gives the number under which it is answered.
    pub(super) fn submit(&mut self, now: Timestamp, records: &[Put<'_>]) -> u64 {
        let number = self.next;
        self.next += 1;
        let length = records.iter().map(|record| record.data.len()).sum();
        let mut bytes = Vec::with_capacity(length);
        let records = records.iter().map(|put| {
            let (offset, length) = (bytes.len(), put.data.len());
            bytes.extend_from_slice(put.data);
            let Put { key, producer, sequence, arrival, .. } = *put;
            Record { key, producer, sequence, arrival, offset, length }
        });
        let records = records.collect();
        self.waiting.push(Waiting { number, now, records, bytes });
        number
    }

    /// All that waits, for the one who has the log.
    pub(super) fn take(&mut self) -> Vec<Waiting> {
        std::mem::take(&mut self.waiting)
    }

    /// Lays the answers out for those who wait.
    pub(super) fn settle(&mut self, waiting: &[Waiting], answers: Vec<Answer>) {
        self.done.extend(waiting.iter().map(|waiting| waiting.number).zip(answers));
    }

    /// The answer to a put, once.
    pub(super) fn answer(&mut self, number: u64) -> Option<Answer> {
        self.done.remove(&number)
    }
}

// === impl Waiting ===

impl Waiting {
    pub(super) fn data(&self, record: &Record) -> &[u8] {
        &self.bytes[record.offset..record.offset + record.length]
    }
}
