//! A Begin's lane with its parents, an End's children.

use domain::{HashRange, LaneId, LimitKey, StateDigest};

use super::{Begin, Child, End, Parent, exactly};
use crate::Error;
use crate::field::{self, Reader};
use crate::limits::{NAME_BYTES_MAX, RELATIVES_MAX};
use crate::message::{moment, time};

/// Who the lane of a Begin is.
///
/// # Errors
/// [`Error`] when the body isn't a Begin's.
pub fn begin(body: &[u8]) -> Result<Begin, Error> {
    let mut reader = part(body, 2, "begin")?;
    let mut begin = Begin {
        application: String::new(),
        region: String::new(),
        stream: String::new(),
        stream_created: moment(0),
        shard: String::new(),
        region_epoch: 0,
        range: HashRange::ALL,
        parents: Vec::new(),
    };
    let mut found = None;
    while let Some(key) = reader.key()? {
        match key.tag {
            1 => begin.application = reader.text(key)?.to_owned(),
            2 => begin.region = reader.text(key)?.to_owned(),
            3 => begin.stream = reader.text(key)?.to_owned(),
            4 => begin.stream_created = moment(reader.fixed(key)?),
            5 => begin.shard = reader.text(key)?.to_owned(),
            6 => begin.region_epoch = reader.integer(key)?,
            7 => found = Some(range(reader.inner_of(key)?)?),
            8 => begin.parents.push(parent(reader.inner_of(key)?)?),
            _ => reader.skip(key)?,
        }
    }
    begin.range = found.ok_or(Error::Field("range"))?;
    if begin.region.len() > NAME_BYTES_MAX {
        return Err(Error::Field("region"));
    }
    for (name, field) in
        [(&begin.application, "application"), (&begin.stream, "stream"), (&begin.shard, "shard")]
    {
        check_name(name, field)?;
    }
    if begin.parents.len() > RELATIVES_MAX {
        return Err(Error::Field("parents"));
    }
    Ok(begin)
}

/// How the lane of an End ended.
///
/// # Errors
/// [`Error`] when the body isn't an End's.
pub fn end(body: &[u8]) -> Result<End, Error> {
    let mut reader = part(body, 3, "end")?;
    let mut end = End::default();
    while let Some(key) = reader.key()? {
        match key.tag {
            1 => end.children.push(child(reader.inner_of(key)?)?),
            2 => end.moved = reader.integer(key)?,
            _ => reader.skip(key)?,
        }
    }
    if end.children.len() > RELATIVES_MAX {
        return Err(Error::Field("children"));
    }
    Ok(end)
}

/// Writes a Begin.
pub(super) fn put_begin(begin: &Begin, out: &mut Vec<u8>) {
    field::put_bytes(1, begin.application.as_bytes(), out);
    field::put_bytes(2, begin.region.as_bytes(), out);
    field::put_bytes(3, begin.stream.as_bytes(), out);
    field::put_fixed(4, time(begin.stream_created), out);
    field::put_bytes(5, begin.shard.as_bytes(), out);
    field::put_integer(6, begin.region_epoch, out);
    field::put_message(7, out, |out| put_range(begin.range, out));
    for parent in &begin.parents {
        field::put_message(8, out, |out| {
            field::put_bytes(1, &parent.lane.0.to_be_bytes(), out);
            field::put_integer(2, parent.index, out);
            field::put_bytes(3, &parent.content, out);
            field::put_bytes(4, &parent.state.to_bytes(), out);
        });
    }
}

/// Writes an End.
pub(super) fn put_end(end: &End, out: &mut Vec<u8>) {
    for child in &end.children {
        field::put_message(1, out, |out| {
            field::put_bytes(1, child.shard.as_bytes(), out);
            field::put_message(2, out, |out| put_range(child.range, out));
            field::put_bytes(3, &child.accounts.to_be_bytes(), out);
            for parent in &child.parents {
                field::put_bytes(4, parent.as_bytes(), out);
            }
            for (limit, amount) in &child.shares {
                field::put_message(5, out, |out| {
                    field::put_bytes(1, &limit.0.to_be_bytes(), out);
                    field::put_bytes(2, &amount.to_be_bytes(), out);
                });
            }
        });
    }
    field::put_integer(2, end.moved, out);
}

fn put_range(range: HashRange, out: &mut Vec<u8>) {
    field::put_bytes(1, &range.first.to_be_bytes(), out);
    field::put_bytes(2, &range.last.to_be_bytes(), out);
}

/// The one part of a body that a Begin or End has.
fn part<'a>(body: &'a [u8], tag: u32, name: &'static str) -> Result<Reader<'a>, Error> {
    let mut reader = Reader::new(body);
    let mut found = None;
    while let Some(key) = reader.key()? {
        if key.tag != tag {
            reader.skip(key)?;
        } else if found.replace(reader.inner_of(key)?).is_some() {
            return Err(Error::Field(name));
        }
    }
    found.ok_or(Error::Field(name))
}

fn check_name(name: &str, field: &'static str) -> Result<(), Error> {
    let sound = !name.is_empty() && name.len() <= NAME_BYTES_MAX;
    if sound { Ok(()) } else { Err(Error::Field(field)) }
}

fn range(mut reader: Reader<'_>) -> Result<HashRange, Error> {
    let (mut first, mut last) = (&[][..], &[][..]);
    while let Some(key) = reader.key()? {
        match key.tag {
            1 => first = reader.bytes(key)?,
            2 => last = reader.bytes(key)?,
            _ => reader.skip(key)?,
        }
    }
    let range = HashRange {
        first: u128::from_be_bytes(exactly(first, "first")?),
        last: u128::from_be_bytes(exactly(last, "last")?),
    };
    if range.first > range.last { Err(Error::Field("range")) } else { Ok(range) }
}

fn parent(mut reader: Reader<'_>) -> Result<Parent, Error> {
    let (mut lane, mut index, mut content, mut state) = (&[][..], 0, &[][..], &[][..]);
    while let Some(key) = reader.key()? {
        match key.tag {
            1 => lane = reader.bytes(key)?,
            2 => index = reader.integer(key)?,
            3 => content = reader.bytes(key)?,
            4 => state = reader.bytes(key)?,
            _ => reader.skip(key)?,
        }
    }
    Ok(Parent {
        lane: LaneId(u128::from_be_bytes(exactly(lane, "lane")?)),
        index,
        content: exactly(content, "content")?,
        state: StateDigest::from_bytes(&exactly(state, "state")?),
    })
}

fn child(mut reader: Reader<'_>) -> Result<Child, Error> {
    let (mut shard, mut found, mut accounts) = ("", None, &[][..]);
    let (mut parents, mut shares) = (Vec::new(), Vec::new());
    while let Some(key) = reader.key()? {
        match key.tag {
            1 => shard = reader.text(key)?,
            2 => found = Some(range(reader.inner_of(key)?)?),
            3 => accounts = reader.bytes(key)?,
            4 => parents.push(reader.text(key)?.to_owned()),
            5 => shares.push(share(reader.inner_of(key)?)?),
            _ => reader.skip(key)?,
        }
    }
    check_name(shard, "shard")?;
    if parents.len() > RELATIVES_MAX || parents.iter().any(|name| name.len() > NAME_BYTES_MAX) {
        return Err(Error::Field("parents"));
    }
    Ok(Child {
        shard: shard.to_owned(),
        range: found.ok_or(Error::Field("range"))?,
        accounts: u128::from_be_bytes(exactly(accounts, "accounts")?),
        parents,
        shares,
    })
}

fn share(mut reader: Reader<'_>) -> Result<(LimitKey, i128), Error> {
    let (mut limit, mut amount) = (&[][..], &[][..]);
    while let Some(key) = reader.key()? {
        match key.tag {
            1 => limit = reader.bytes(key)?,
            2 => amount = reader.bytes(key)?,
            _ => reader.skip(key)?,
        }
    }
    let limit = LimitKey(u128::from_be_bytes(exactly(limit, "limit")?));
    Ok((limit, i128::from_be_bytes(exactly(amount, "amount")?)))
}
