//! How one frame lies in a segment, and what its bytes say after a crash.
//!
//! ```text
//! sector 0                          sectors between      last sector
//! | header (128) | body ............................ zeros | header again (128) |
//! ```
//!
//! Entry points: [`append`], [`examine`], [`header_at`].
//!
//! Frames begin and end at sectors and have two or more, so that a header shares no sector with its
//! copy or with a neighbour. Unwritten bytes of a segment are zeros, so of a frame whose sync was
//! cut off each sector is whole or zero: `zeros` counts the sectors that are zero by content, and
//! only a frame that shows *more* of them was torn. One that shows no more and doesn't fit its
//! digests rotted.
//!
//! It knows nothing of files, and of what a body means only that kind 0 opens a segment.

use domain::hash;

use crate::disk::SECTOR;
use crate::log::Mark;

/// The version of the format that this code writes.
pub const FORMAT: u16 = 1;

/// Bytes of a header.
pub(super) const HEADER: usize = 128;

const MAGIC: [u8; 4] = *b"OFLG";
const CHECKED: usize = HEADER - 16;

/// What a frame says of itself, in two copies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    /// What the body is, to the log's owner; 0 opens a segment.
    pub(super) kind: u8,
    /// Where it lies: a recycled block can't pass for a frame.
    pub(super) at: Mark,
    /// Number of the frame in its log, from 0.
    pub(super) index: u64,
    /// Bytes of the body.
    pub(super) length: u32,
    /// Sectors of the frame that are zero by content.
    pub(super) zeros: u32,
    /// What was durable when the frame was written.
    pub(super) durable: Mark,
    /// Whose log it is.
    pub(super) identity: u128,
    /// Of the body and the zeros after it.
    pub(super) digest: u128,
}

/// What lies at a place where a frame may begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// A frame, whole.
    Frame(Header),
    /// Zeros: nothing, or a frame whose first sector was lost.
    Nothing,
    /// A frame that wasn't written to its end.
    Torn,
    /// Bytes that no crash leaves; what doesn't fit.
    Rotten(&'static str),
    /// A frame of a newer format.
    Newer(u16),
}

/// What a frame at a place must say.
#[derive(Clone, Copy, Debug)]
pub(super) struct Expected {
    pub(super) segment: u64,
    pub(super) index: u64,
    pub(super) identity: u128,
}

/// Bytes that a frame takes with a body of this many.
pub(super) const fn size(length: usize) -> usize {
    let least = HEADER + length + HEADER;
    let least = if least < 2 * SECTOR { 2 * SECTOR } else { least };
    least.div_ceil(SECTOR) * SECTOR
}

/// Appends a frame to `out`; `length`, `zeros` and `digest` of `header` are set here.
pub(super) fn append(out: &mut Vec<u8>, mut header: Header, parts: [&[u8]; 2]) {
    let start = out.len();
    let length = parts[0].len() + parts[1].len();
    out.resize(start + HEADER, 0);
    out.extend_from_slice(parts[0]);
    out.extend_from_slice(parts[1]);
    out.resize(start + size(length), 0);
    let frame = &mut out[start..];
    let last = frame.len() - HEADER;
    header.length = length as u32;
    header.digest = hash::row(&frame[HEADER..last]);
    let inner = frame[SECTOR..frame.len() - SECTOR].chunks_exact(SECTOR);
    header.zeros = inner.filter(|sector| is_zero(sector)).count() as u32;
    frame[..HEADER].copy_from_slice(&header.to_bytes(0));
    frame[last..].copy_from_slice(&header.to_bytes(1));
}

/// What lies at `offset` of a segment's bytes.
pub(super) fn examine(bytes: &[u8], offset: usize, expected: &Expected) -> Found {
    let Some(first) = bytes.get(offset..offset + SECTOR) else { return Found::Nothing };
    if is_zero(first) {
        return Found::Nothing;
    }
    let header = match header_at(bytes, offset, 0) {
        Some(Ok(header)) => header,
        Some(Err(format)) => return Found::Newer(format),
        None => return Found::Rotten("the header doesn't fit its checksum"),
    };
    let at = Mark { segment: expected.segment, offset: offset as u64 };
    if header.at != at {
        return Found::Rotten("the header is of another place");
    }
    if (header.index, header.identity) != (expected.index, expected.identity) {
        return Found::Rotten("the header is of another log or of another frame");
    }
    let size = size(header.length as usize);
    let Some(frame) = bytes.get(offset..offset + size) else { return Found::Torn };
    let body = &frame[HEADER..size - HEADER];
    if header_at(frame, size - HEADER, 1) == Some(Ok(header)) && hash::row(body) == header.digest {
        return Found::Frame(header);
    }
    let zeros = frame.chunks_exact(SECTOR).filter(|sector| is_zero(sector)).count();
    if zeros > header.zeros as usize {
        return Found::Torn;
    }
    Found::Rotten("body and second header don't fit the first")
}

/// The header at `offset`, first copy (0) or second (1), or the newer format that it is of.
pub(super) fn header_at(bytes: &[u8], offset: usize, copy: u8) -> Option<Result<Header, u16>> {
    let bytes = bytes.get(offset..offset + HEADER)?;
    let begins = bytes[..4] == MAGIC && bytes[7] == copy;
    let fits = || hash::row(&bytes[..CHECKED]).to_be_bytes() == bytes[CHECKED..];
    if !begins || !fits() {
        return None;
    }
    let format = u16::from_be_bytes([bytes[4], bytes[5]]);
    Some(if format > FORMAT { Err(format) } else { Ok(Header::from_bytes(bytes)) })
}

/// Whether all bytes are zero.
pub(super) fn is_zero(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| *byte == 0)
}

// === impl Header ===

impl Header {
    fn to_bytes(self, copy: u8) -> [u8; HEADER] {
        let mut bytes = [0; HEADER];
        bytes[..4].copy_from_slice(&MAGIC);
        bytes[4..6].copy_from_slice(&FORMAT.to_be_bytes());
        bytes[6] = self.kind;
        bytes[7] = copy;
        bytes[8..16].copy_from_slice(&self.at.segment.to_be_bytes());
        bytes[16..24].copy_from_slice(&self.at.offset.to_be_bytes());
        bytes[24..32].copy_from_slice(&self.index.to_be_bytes());
        bytes[32..36].copy_from_slice(&self.length.to_be_bytes());
        bytes[36..40].copy_from_slice(&self.zeros.to_be_bytes());
        bytes[40..48].copy_from_slice(&self.durable.segment.to_be_bytes());
        bytes[48..56].copy_from_slice(&self.durable.offset.to_be_bytes());
        bytes[56..72].copy_from_slice(&self.identity.to_be_bytes());
        bytes[72..88].copy_from_slice(&self.digest.to_be_bytes());
        let checksum = hash::row(&bytes[..CHECKED]);
        bytes[CHECKED..].copy_from_slice(&checksum.to_be_bytes());
        bytes
    }

    fn from_bytes(bytes: &[u8]) -> Self {
        let mut rest = Reading::new(bytes.get(6..).unwrap_or_default());
        let kind = rest.u8();
        rest.u8();
        Self {
            kind,
            at: Mark { segment: rest.u64(), offset: rest.u64() },
            index: rest.u64(),
            length: rest.u32(),
            zeros: rest.u32(),
            durable: Mark { segment: rest.u64(), offset: rest.u64() },
            identity: rest.u128(),
            digest: rest.u128(),
        }
    }
}

/// Big-endian integers read one after the other; zero and `is_short` beyond the end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reading<'a> {
    pub(crate) rest: &'a [u8],
    /// More was read than was there.
    pub(crate) is_short: bool,
}

// === impl Reading ===

impl<'a> Reading<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, is_short: false }
    }

    pub(crate) fn array<const N: usize>(&mut self) -> [u8; N] {
        let Some((array, rest)) = self.rest.split_first_chunk::<N>() else {
            *self = Self { rest: &[], is_short: true };
            return [0; N];
        };
        self.rest = rest;
        *array
    }

    pub(crate) fn slice(&mut self, length: usize) -> &'a [u8] {
        let Some((slice, rest)) = self.rest.split_at_checked(length) else {
            *self = Self { rest: &[], is_short: true };
            return &[];
        };
        self.rest = rest;
        slice
    }

    pub(crate) fn u8(&mut self) -> u8 {
        u8::from_be_bytes(self.array())
    }

    pub(crate) fn u16(&mut self) -> u16 {
        u16::from_be_bytes(self.array())
    }

    pub(crate) fn u32(&mut self) -> u32 {
        u32::from_be_bytes(self.array())
    }

    pub(crate) fn u64(&mut self) -> u64 {
        u64::from_be_bytes(self.array())
    }

    pub(crate) fn i64(&mut self) -> i64 {
        i64::from_be_bytes(self.array())
    }

    pub(crate) fn u128(&mut self) -> u128 {
        u128::from_be_bytes(self.array())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXPECTED: Expected = Expected { segment: 3, index: 7, identity: 99 };

    fn frame(body: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let header = Header {
            kind: 1,
            at: Mark { segment: 3, offset: 0 },
            index: 7,
            length: 0,
            zeros: 0,
            durable: Mark { segment: 2, offset: 512 },
            identity: 99,
            digest: 0,
        };
        append(&mut bytes, header, [body, &[]]);
        bytes
    }

    fn bodies() -> [Vec<u8>; 5] {
        let mut holed = vec![7; 3_000];
        holed[700..2_300].fill(0);
        [vec![], vec![1; 10], vec![0; 900], vec![5; 2_000], holed]
    }

    #[test]
    fn a_frame_is_read_as_it_was_written() {
        for body in bodies() {
            let bytes = frame(&body);
            let Found::Frame(header) = examine(&bytes, 0, &EXPECTED) else {
                panic!("{:?}", examine(&bytes, 0, &EXPECTED));
            };
            assert_eq!(header.length as usize, body.len());
            assert_eq!(bytes.len() % SECTOR, 0);
            assert_eq!(bytes[HEADER..HEADER + body.len()], body);
        }
    }

    #[test]
    fn every_flipped_bit_is_rot_and_never_a_tear() {
        for body in bodies() {
            let bytes = frame(&body);
            for bit in 0..bytes.len() * 8 {
                let mut flipped = bytes.clone();
                flipped[bit / 8] ^= 1 << (bit % 8);
                let found = examine(&flipped, 0, &EXPECTED);
                assert!(matches!(found, Found::Rotten(_)), "bit {bit}: {found:?}");
            }
        }
    }

    #[test]
    fn every_lost_sector_is_a_tear_and_never_rot() {
        for body in bodies() {
            let bytes = frame(&body);
            let sectors = bytes.len() / SECTOR;
            for lost in 1..1_usize << sectors {
                let mut torn = bytes.clone();
                for sector in (0..sectors).filter(|sector| lost >> sector & 1 == 1) {
                    torn[sector * SECTOR..][..SECTOR].fill(0);
                }
                let found = examine(&torn, 0, &EXPECTED);
                let is_same = torn == bytes;
                assert_eq!(matches!(found, Found::Frame(_)), is_same);
                assert!(is_same || matches!(found, Found::Torn | Found::Nothing), "{found:?}");
            }
        }
    }

    #[test]
    fn a_frame_of_another_place_log_or_number_is_rot() {
        let bytes = frame(b"body");
        for other in [
            Expected { segment: 4, ..EXPECTED },
            Expected { index: 8, ..EXPECTED },
            Expected { identity: 98, ..EXPECTED },
        ] {
            assert!(matches!(examine(&bytes, 0, &other), Found::Rotten(_)));
        }
    }
}
