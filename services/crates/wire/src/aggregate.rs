//! The KPL's aggregation: many user records in one Kinesis record.
//!
//! Entry points: [`records`] reads, [`Writer`] writes.
//!
//! ```text
//! F3 89 9A C2 | protobuf: 1 = partition keys, 2 = explicit hash keys, 3 = records | MD5 of it
//! ```
//!
//! Invariants: INV-11: order is kept and no user record is dropped, wherever its key lies; a wrong
//! checksum or structure refuses the whole record, never a part. Limits: [`RECORD_BYTES_MAX`],
//! [`AGGREGATE_RECORDS_MAX`].
//!
//! It ignores partition keys when it reads: the account decides where an order belongs (INV-9).
//!
//! It holds nothing that a crash could lose.

use domain::inbound::DecodeFault;
use md5::{Digest, Md5};

use crate::field::{Malformed, Reader};
use crate::limits::{AGGREGATE_RECORDS_MAX, RECORD_BYTES_MAX};
use crate::orders::AGGREGATE_MAGIC;

mod write;

pub use write::Writer;

/// Length of the checksum at the end, in bytes.
pub(crate) const CHECKSUM_BYTES: usize = 16;

/// A record as its producer gave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UserRecord<'a> {
    /// Its place in the aggregate, from 0; 0 where records aren't aggregated.
    pub sub_sequence: u32,
    /// Its bytes.
    pub data: &'a [u8],
}

/// The user records of a Kinesis record, in order.
#[derive(Clone, Debug)]
pub struct Records<'a> {
    rest: Rest<'a>,
    sub_sequence: u32,
}

#[derive(Clone, Debug)]
enum Rest<'a> {
    Plain(Option<&'a [u8]>),
    Aggregate(Reader<'a>),
}

/// One record of the aggregate's protobuf.
#[derive(Clone, Copy, Default)]
struct Item<'a> {
    key_index: Option<u64>,
    hash_index: Option<u64>,
    data: Option<&'a [u8]>,
}

/// Takes a Kinesis record apart without allocating. One that isn't aggregated is its own user
/// record.
///
/// `orders::decode` of a whole record that is refused here gives the same fault, so that recovery,
/// which meets the record in the journal, reads what the line read.
///
/// # Errors
/// `Aggregate`: it begins like one, and checksum or structure is wrong, it holds nothing, or it is
/// longer than a record may be. `Length`: it is no aggregate and longer than a record may be.
pub fn records(data: &[u8]) -> Result<Records<'_>, DecodeFault> {
    let fits = data.len() <= RECORD_BYTES_MAX;
    let Some(framed) = data.strip_prefix(&AGGREGATE_MAGIC[..]) else {
        let rest = Rest::Plain(Some(data));
        return if fits { Ok(Records { rest, sub_sequence: 0 }) } else { Err(DecodeFault::Length) };
    };
    let content = checked(framed).filter(|_| fits).ok_or(DecodeFault::Aggregate)?;
    check(content).map_err(|_| DecodeFault::Aggregate)?;
    Ok(Records { rest: Rest::Aggregate(Reader::new(content)), sub_sequence: 0 })
}

/// Whether a Kinesis record begins like an aggregate.
#[must_use]
pub fn is_aggregate(data: &[u8]) -> bool {
    data.starts_with(&AGGREGATE_MAGIC)
}

/// The protobuf between magic and checksum, if the checksum fits.
fn checked(framed: &[u8]) -> Option<&[u8]> {
    let (content, checksum) = framed.split_at_checked(framed.len().checked_sub(CHECKSUM_BYTES)?)?;
    let sum: [u8; CHECKSUM_BYTES] = Md5::digest(content).into();
    (sum == checksum).then_some(content)
}

/// Looks through the whole structure once, so that reading it afterwards can't fail.
fn check(content: &[u8]) -> Result<(), Malformed> {
    let mut reader = Reader::new(content);
    let (mut keys, mut hashes, mut records) = (0, 0, 0);
    let mut highest = (None, None);
    while let Some(key) = reader.key()? {
        match key.tag {
            1 => {
                reader.text(key)?;
                keys += 1;
            }
            2 => {
                reader.text(key)?;
                hashes += 1;
            }
            3 => {
                let item = Item::read(reader.inner_of(key)?)?;
                item.data.ok_or(Malformed)?;
                highest.0 = highest.0.max(Some(item.key_index.ok_or(Malformed)?));
                highest.1 = highest.1.max(item.hash_index);
                records += 1;
            }
            _ => reader.skip(key)?,
        }
    }
    let within = |index: Option<u64>, count: u64| index.is_none_or(|index| index < count);
    let sound = (1..=AGGREGATE_RECORDS_MAX).contains(&records)
        && within(highest.0, keys)
        && within(highest.1, hashes);
    if sound { Ok(()) } else { Err(Malformed) }
}

// === impl Records ===

impl<'a> Iterator for Records<'a> {
    type Item = UserRecord<'a>;

    fn next(&mut self) -> Option<UserRecord<'a>> {
        let data = match &mut self.rest {
            Rest::Plain(data) => data.take()?,
            Rest::Aggregate(reader) => next_data(reader)?,
        };
        let sub_sequence = self.sub_sequence;
        self.sub_sequence += 1;
        Some(UserRecord { sub_sequence, data })
    }
}

/// The next record's data; the structure was looked through before.
fn next_data<'a>(reader: &mut Reader<'a>) -> Option<&'a [u8]> {
    loop {
        let key = reader.key().ok()??;
        if key.tag == 3 {
            return Item::read(reader.inner_of(key).ok()?).ok()?.data;
        }
        reader.skip(key).ok()?;
    }
}

// === impl Item ===

impl<'a> Item<'a> {
    fn read(mut reader: Reader<'a>) -> Result<Self, Malformed> {
        let mut item = Self::default();
        while let Some(key) = reader.key()? {
            match key.tag {
                1 => item.key_index = Some(reader.integer(key)?),
                2 => item.hash_index = Some(reader.integer(key)?),
                3 => item.data = Some(reader.bytes(key)?),
                _ => reader.skip(key)?,
            }
        }
        Ok(item)
    }
}
