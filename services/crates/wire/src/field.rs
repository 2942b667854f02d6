//! Protobuf's own grammar: fields of a message, read where they lie and written to a buffer.
//!
//! Entry points: [`Reader`], the `put_*` functions.
//!
//! Limits: unknown groups nest at most [`DEPTH_MAX`] deep.
//! It agrees with the reference decoder (`prost`) on what is well-formed, to the byte; the fuzz
//! target `orders` holds them against each other.
//!
//! It knows no message.
//!
//! It holds nothing that a crash could lose.

use crate::limits::DEPTH_MAX;

/// The bytes aren't protobuf, or a field has another type than its message gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Malformed;

/// Number and wire type of a field.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Key {
    /// Field number, from 1.
    pub(crate) tag: u32,
    kind: u8,
}

/// What is left of a message.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
    depth: u32,
}

const VARINT: u8 = 0;
const FIXED64: u8 = 1;
const LENGTH: u8 = 2;
const GROUP_START: u8 = 3;
const GROUP_END: u8 = 4;
const FIXED32: u8 = 5;

/// Writes a field's key.
#[inline]
fn put_key(tag: u32, kind: u8, out: &mut Vec<u8>) {
    put_varint(u64::from(tag << 3 | u32::from(kind)), out);
}

/// Writes a varint.
#[inline]
pub(crate) fn put_varint(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Writes an integer, enumeration or bool, unless it is 0.
#[inline]
pub(crate) fn put_integer(tag: u32, value: u64, out: &mut Vec<u8>) {
    if value != 0 {
        put_present_integer(tag, value, out);
    }
}

/// Writes an integer whose presence counts.
#[inline]
pub(crate) fn put_present_integer(tag: u32, value: u64, out: &mut Vec<u8>) {
    put_key(tag, VARINT, out);
    put_varint(value, out);
}

/// A `sint64` as it is written.
#[inline]
pub(crate) const fn zigzag(value: i64) -> u64 {
    (value << 1 ^ value >> 63) as u64
}

/// Writes a `sint64`, unless it is 0.
#[inline]
pub(crate) fn put_signed(tag: u32, value: i64, out: &mut Vec<u8>) {
    put_integer(tag, zigzag(value), out);
}

/// Writes a `fixed64`, unless it is 0.
#[inline]
pub(crate) fn put_fixed(tag: u32, value: u64, out: &mut Vec<u8>) {
    if value != 0 {
        put_key(tag, FIXED64, out);
        out.extend_from_slice(&value.to_le_bytes());
    }
}

/// Writes bytes or text, unless there are none.
#[inline]
pub(crate) fn put_bytes(tag: u32, value: &[u8], out: &mut Vec<u8>) {
    if !value.is_empty() {
        put_present_bytes(tag, value, out);
    }
}

/// Writes bytes, text or a message whose presence counts.
#[inline]
pub(crate) fn put_present_bytes(tag: u32, value: &[u8], out: &mut Vec<u8>) {
    put_key(tag, LENGTH, out);
    put_varint(value.len() as u64, out);
    out.extend_from_slice(value);
}

/// Writes a message by what `fill` appends, its length before it.
///
/// One byte is left for the length; a longer length moves the message, which is rare where this is
/// called for each record.
#[inline]
pub(crate) fn put_message(tag: u32, out: &mut Vec<u8>, fill: impl FnOnce(&mut Vec<u8>)) {
    put_key(tag, LENGTH, out);
    let at = out.len();
    out.push(0);
    fill(out);
    let length = out.len() - at - 1;
    if let (Ok(short @ 0..0x80), Some(byte)) = (u8::try_from(length), out.get_mut(at)) {
        *byte = short;
        return;
    }
    let mut prefix = [0; 10];
    let mut count = 0;
    let mut rest = length as u64;
    for byte in &mut prefix {
        *byte = rest as u8 & 0x7f | if rest >= 0x80 { 0x80 } else { 0 };
        count += 1;
        rest >>= 7;
        if rest == 0 {
            break;
        }
    }
    out.splice(at..=at, prefix.into_iter().take(count));
}

// === impl Reader ===

impl<'a> Reader<'a> {
    /// Reads a message from its first byte.
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, depth: DEPTH_MAX }
    }

    /// The message that is a field of this one.
    #[inline]
    pub(crate) fn inner_of(&mut self, key: Key) -> Result<Self, Malformed> {
        Ok(Self { bytes: self.bytes(key)?, depth: self.depth.saturating_sub(1) })
    }

    /// The next field's key; `None` at the end.
    #[inline]
    pub(crate) fn key(&mut self) -> Result<Option<Key>, Malformed> {
        if self.bytes.is_empty() {
            return Ok(None);
        }
        let key = u32::try_from(self.take_varint()?).map_err(|_| Malformed)?;
        let (tag, kind) = (key >> 3, key as u8 & 7);
        if tag == 0 || kind > FIXED32 {
            return Err(Malformed);
        }
        Ok(Some(Key { tag, kind }))
    }

    /// The integer, enumeration or bool of a field.
    #[inline]
    pub(crate) fn integer(&mut self, key: Key) -> Result<u64, Malformed> {
        self.expect(key, VARINT)?;
        self.take_varint()
    }

    /// The `sint64` of a field.
    #[inline]
    pub(crate) fn signed(&mut self, key: Key) -> Result<i64, Malformed> {
        let value = self.integer(key)?;
        Ok((value >> 1) as i64 ^ -((value & 1) as i64))
    }

    /// The `fixed64` of a field.
    #[inline]
    pub(crate) fn fixed(&mut self, key: Key) -> Result<u64, Malformed> {
        self.expect(key, FIXED64)?;
        let (value, rest) = self.bytes.split_first_chunk().ok_or(Malformed)?;
        self.bytes = rest;
        Ok(u64::from_le_bytes(*value))
    }

    /// The bytes, or the message, of a field.
    #[inline]
    pub(crate) fn bytes(&mut self, key: Key) -> Result<&'a [u8], Malformed> {
        self.expect(key, LENGTH)?;
        let length = self.take_varint()?;
        self.take(length)
    }

    /// The text of a field; any UTF-8.
    #[inline]
    pub(crate) fn text(&mut self, key: Key) -> Result<&'a str, Malformed> {
        std::str::from_utf8(self.bytes(key)?).map_err(|_| Malformed)
    }

    /// Passes over a field that isn't known.
    pub(crate) fn skip(&mut self, key: Key) -> Result<(), Malformed> {
        self.skip_at(key, self.depth)
    }

    fn skip_at(&mut self, key: Key, depth: u32) -> Result<(), Malformed> {
        if depth == 0 {
            return Err(Malformed);
        }
        match key.kind {
            VARINT => self.take_varint().map(drop),
            FIXED64 => self.take(8).map(drop),
            FIXED32 => self.take(4).map(drop),
            LENGTH => {
                let length = self.take_varint()?;
                self.take(length).map(drop)
            }
            GROUP_START => loop {
                let inner = self.key()?.ok_or(Malformed)?;
                match inner.kind {
                    GROUP_END if inner.tag == key.tag => return Ok(()),
                    GROUP_END => return Err(Malformed),
                    _ => self.skip_at(inner, depth - 1)?,
                }
            },
            _ => Err(Malformed),
        }
    }

    #[inline]
    const fn expect(&self, key: Key, kind: u8) -> Result<(), Malformed> {
        if key.kind == kind { Ok(()) } else { Err(Malformed) }
    }

    #[inline]
    fn take(&mut self, length: u64) -> Result<&'a [u8], Malformed> {
        let length = usize::try_from(length).map_err(|_| Malformed)?;
        let (value, rest) = self.bytes.split_at_checked(length).ok_or(Malformed)?;
        self.bytes = rest;
        Ok(value)
    }

    #[inline]
    fn take_varint(&mut self) -> Result<u64, Malformed> {
        let mut value = 0;
        for (index, byte) in self.bytes.iter().take(10).enumerate() {
            // The tenth byte holds the 64th bit alone.
            if index == 9 && *byte > 1 {
                return Err(Malformed);
            }
            value |= u64::from(byte & 0x7f) << (7 * index);
            if *byte < 0x80 {
                self.bytes = self.bytes.get(index + 1..).unwrap_or_default();
                return Ok(value);
            }
        }
        Err(Malformed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_of_every_length_come_back() {
        for bits in 0..64 {
            let value = 1_u64 << bits;
            let mut bytes = Vec::new();
            put_present_integer(3, value, &mut bytes);
            put_signed(4, (value as i64).wrapping_neg(), &mut bytes);
            put_fixed(5, value, &mut bytes);
            let mut reader = Reader::new(&bytes);
            let key = reader.key().unwrap().unwrap();
            assert_eq!((key.tag, reader.integer(key)), (3, Ok(value)));
            let key = reader.key().unwrap().unwrap();
            assert_eq!((key.tag, reader.signed(key)), (4, Ok((value as i64).wrapping_neg())));
            let key = reader.key().unwrap().unwrap();
            assert_eq!((key.tag, reader.fixed(key)), (5, Ok(value)));
            assert!(reader.key().unwrap().is_none());
        }
    }

    #[test]
    fn an_inner_message_of_any_length_has_its_length_before_it() {
        for length in [0, 1, 127, 128, 129, 16_383, 16_384, 70_000] {
            let mut bytes = vec![9];
            put_message(1, &mut bytes, |out| out.extend(std::iter::repeat_n(7, length)));
            let mut reader = Reader::new(&bytes[1..]);
            let key = reader.key().unwrap().unwrap();
            assert_eq!(reader.bytes(key).unwrap().len(), length);
            assert!(reader.key().unwrap().is_none());
        }
    }

    #[test]
    fn overlong_and_cut_varints_are_refused() {
        for bytes in [&[0x80][..], &[0xff; 11], &[0x80; 10]] {
            assert!(Reader::new(bytes).key().is_err());
        }
    }
}
