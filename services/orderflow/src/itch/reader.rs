//! An ITCH file as a stream of messages, in bounded memory.
//!
//! Entry point: [`Reader::next_message`].
//! Limits: one buffer of [`BUFFER_LENGTH`] bytes, whatever the file's size.
//! Framing: two bytes before each message, zero or the message's length; the length follows from
//! the type. Nothing is skipped to find a next message: a file that is wrong at one byte is wrong
//! from there. Every error names the byte and what to do; what was read before it stays good.

use std::io::Read;

use super::message::{Message, kinds, length};

/// Bytes that a reader holds at most.
pub const BUFFER_LENGTH: usize = 64 * 1024;
/// Bytes that a reader begins with: most files of tests are small.
const FIRST_LENGTH: usize = 256;
/// Bytes before each message.
const FRAME_LENGTH: usize = 2;

/// Why a file can't be read on.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The two bytes before a message are neither zero nor its length.
    #[error(
        "OR-0300 byte {offset}: no ITCH 5.0 message begins here (found {found:02x?} where two zero \
         bytes or a message's length belong): the file is damaged from there on or of another \
         format, \
         take it again from its source; what came before is kept"
    )]
    Frame {
        /// Where, from the file's start.
        offset: u64,
        /// The two bytes.
        found: [u8; 2],
    },
    /// A type that isn't read.
    #[error(
        "OR-0300 byte {offset}: message type {kind:?} is none of {known}: leave such messages \
         out of \
         the file, or take it again from its source if it is damaged; what came before is kept",
        kind = char::from(*.kind), known = kinds()
    )]
    UnknownType {
        /// Where, from the file's start.
        offset: u64,
        /// The type's byte.
        kind: u8,
    },
    /// The file ends inside a message.
    #[error(
        "OR-0300 byte {offset}: the file ends {missing} bytes before its last message does: it was \
         cut, take it again from its source; what came before is kept"
    )]
    Truncated {
        /// Where the message begins, from the file's start.
        offset: u64,
        /// Bytes that are missing.
        missing: usize,
    },
    /// A field that can't be.
    #[error(
        "OR-0300 byte {offset}: a message of type {kind:?} whose side is neither B nor S: the \
         file is \
         damaged there, take it again from its source; what came before is kept",
        kind = char::from(*.kind)
    )]
    Field {
        /// Where the message begins, from the file's start.
        offset: u64,
        /// The type's byte.
        kind: u8,
    },
    /// The file system refused.
    #[error("OR-0301 byte {offset}: {source}: mend what it names and run the same command again")]
    Read {
        /// How far reading came.
        offset: u64,
        /// What it said.
        source: std::io::Error,
    },
}

/// Reads messages one after the other.
#[derive(Debug)]
pub struct Reader<R> {
    source: R,
    buffer: Vec<u8>,
    /// First byte of the buffer that wasn't read yet.
    begin: usize,
    /// End of what the buffer holds.
    end: usize,
    /// Offset in the file of `begin`.
    offset: u64,
}

impl<R: Read> Reader<R> {
    /// A reader at the start of `source`.
    pub fn new(source: R) -> Self {
        Self { source, buffer: vec![0; FIRST_LENGTH], begin: 0, end: 0, offset: 0 }
    }

    /// Byte of the file at which the next message begins.
    pub const fn offset(&self) -> u64 {
        self.offset
    }

    /// The next message; `None` at the end of the file. After an error the same error comes again.
    ///
    /// # Errors
    /// The file is no ITCH 5.0 from [`Reader::offset`] on, or can't be read.
    pub fn next_message(&mut self) -> Result<Option<Message>, Error> {
        let offset = self.offset;
        if self.end - self.begin <= FRAME_LENGTH {
            self.fill()?;
        }
        if self.begin == self.end {
            return Ok(None);
        }
        let Some([high, low, kind]) = self.held().first_chunk::<3>().copied() else {
            let missing = FRAME_LENGTH + 1 - (self.end - self.begin);
            return Err(Error::Truncated { offset, missing });
        };
        let framed = usize::from(u16::from_be_bytes([high, low]));
        let Some(length) = length(kind) else {
            // Without a known type nothing tells whether the frame is right; zeros mean that it is.
            return Err(match framed {
                0 => Error::UnknownType { offset, kind },
                _ => Error::Frame { offset, found: [high, low] },
            });
        };
        if framed != 0 && framed != length {
            return Err(Error::Frame { offset, found: [high, low] });
        }
        let whole = FRAME_LENGTH + length;
        if self.end - self.begin < whole {
            self.fill()?;
        }
        let Some(bytes) = self.held().get(FRAME_LENGTH..whole) else {
            let missing = whole - (self.end - self.begin);
            return Err(Error::Truncated { offset, missing });
        };
        let message = Message::parse(bytes).ok_or(Error::Field { offset, kind })?;
        self.begin += whole;
        self.offset += whole as u64;
        Ok(Some(message))
    }

    /// What is left behind the last message that was read, as far as it isn't in the buffer.
    pub fn into_source(self) -> R {
        self.source
    }

    fn held(&self) -> &[u8] {
        self.buffer.get(self.begin..self.end).unwrap_or_default()
    }

    /// Moves what is left to the front and reads until the buffer is full or the file ends.
    fn fill(&mut self) -> Result<(), Error> {
        self.buffer.copy_within(self.begin..self.end, 0);
        self.end -= self.begin;
        self.begin = 0;
        if self.offset > 0 && self.buffer.len() < BUFFER_LENGTH {
            self.buffer.resize(self.buffer.len() * 2, 0);
        }
        while let Some(room) = self.buffer.get_mut(self.end..).filter(|room| !room.is_empty()) {
            match self.source.read(room) {
                Ok(0) => break,
                Ok(count) => self.end += count,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(source) => return Err(Error::Read { offset: self.offset, source }),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::message::{Body, Message};
    use super::*;

    fn file(count: u64) -> Vec<u8> {
        let mut bytes = Vec::new();
        for reference in 0..count {
            let body = Body::Delete { reference };
            Message { locate: 1, tracking: 0, time_ns: reference, body }.write(&mut bytes);
        }
        bytes
    }

    fn read_all(bytes: &[u8]) -> (u64, Option<Error>) {
        let mut reader = Reader::new(bytes);
        let mut count = 0;
        loop {
            match reader.next_message() {
                Ok(Some(_)) => count += 1,
                Ok(None) => return (count, None),
                Err(error) => return (count, Some(error)),
            }
        }
    }

    #[test]
    fn a_file_longer_than_the_buffer_is_read_to_its_end() {
        let (count, error) = read_all(&file(10_000));
        assert_eq!(count, 10_000);
        assert!(error.is_none());
    }

    #[test]
    fn frames_may_carry_the_length() {
        let mut bytes = file(2);
        bytes[1] = 19;
        assert!(matches!(read_all(&bytes), (2, None)));
    }

    #[test]
    fn a_cut_file_names_the_byte_and_keeps_what_came_before() {
        let bytes = file(3);
        for cut in 43..63 {
            let (count, error) = read_all(&bytes[..cut]);
            assert_eq!(count, 2);
            let Some(Error::Truncated { offset: 42, .. }) = error else {
                panic!("cut at {cut}: {error:?}");
            };
        }
    }

    #[test]
    fn garbage_names_its_byte() {
        let mut bytes = file(2);
        bytes.extend_from_slice(b"xyzzy");
        let (count, error) = read_all(&bytes);
        assert_eq!(count, 2);
        let text = error.map(|error| error.to_string()).unwrap_or_default();
        assert!(text.starts_with("OR-0300 byte 42:"), "{text}");
    }

    #[test]
    fn an_unknown_type_is_named_and_not_skipped() {
        let mut bytes = file(1);
        bytes.extend_from_slice(&[0, 0, b'Z', 0, 0, 0, 0, 0, 0, 0]);
        let (count, error) = read_all(&bytes);
        assert_eq!(count, 1);
        assert!(matches!(error, Some(Error::UnknownType { offset: 21, kind: b'Z' })));
    }

    #[test]
    fn a_side_that_is_none_names_its_message() {
        let mut bytes = file(1);
        bytes.extend_from_slice(&[0, 0]);
        bytes.extend_from_slice(&[b'A'; 36]);
        let (count, error) = read_all(&bytes);
        assert_eq!(count, 1);
        assert!(matches!(error, Some(Error::Field { offset: 21, kind: b'A' })));
    }
}
