//! What the venue's process and its parent say to each other over two pipes.
//!
//! Entry points: [`ToVenue`], [`FromVenue`], [`read`], [`write`].
//! A frame is its length (four bytes, big-endian), a kind, and fields; texts and messages carry
//! their lengths. Limit: [`FRAME_LENGTH_MAX`]. Messages inside are protobuf, as on the streams. A
//! pipe that ends between frames is a stop; one that ends inside a frame is an error.

use std::io::{self, Read, Write};

/// Longest frame in bytes, its length left out.
pub const FRAME_LENGTH_MAX: usize = 4 << 20;

/// From the parent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ToVenue {
    /// The first frame: reports up to this number are on the streams already.
    Hello {
        /// Highest report number that both streams have.
        reports_through: u64,
    },
    /// A routed output.
    Deliver(Delivery),
}

/// A routed output, as the relay sends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Under which the venue says that it has it.
    pub ticket: u64,
    /// `wire::venue` bytes.
    pub output: Vec<u8>,
}

/// From the venue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FromVenue {
    /// The first frame: the venue's file is open.
    Ready {
        /// The producer that its reports are put under.
        producer: u128,
    },
    /// An output is kept, or was kept before.
    Taken {
        /// Its ticket.
        ticket: u64,
    },
    /// An output can't be read and never will be.
    Refused {
        /// Its ticket.
        ticket: u64,
        /// Why.
        reason: String,
    },
    /// What the venue reports.
    Report(Report),
}

/// A report on its way to the streams.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The venue's own count of reports, from 1: the producer's sequence on both streams.
    pub sequence: u64,
    /// The account: partition key on both.
    pub account: String,
    /// Record for `orders`.
    pub orders: Vec<u8>,
    /// Record for `executions`.
    pub executions: Vec<u8>,
}

/// What travels on a pipe.
pub trait Pipe: Sized {
    /// Appends kind and fields.
    fn put(&self, out: &mut Vec<u8>);

    /// Reads them back; `None` when they aren't whole.
    fn take(fields: &mut Fields<'_>) -> Option<Self>;
}

/// Writes a frame; it leaves when the writer is flushed.
///
/// # Errors
/// What the pipe says.
pub fn write(frame: &impl Pipe, buffer: &mut Vec<u8>, pipe: &mut impl Write) -> io::Result<()> {
    buffer.clear();
    frame.put(buffer);
    pipe.write_all(&(buffer.len() as u32).to_be_bytes())?;
    pipe.write_all(buffer)
}

/// Reads a frame; `None` when the pipe ended before it.
///
/// # Errors
/// The pipe, or a frame that isn't one.
pub fn read<F: Pipe>(buffer: &mut Vec<u8>, pipe: &mut impl Read) -> io::Result<Option<F>> {
    let mut length = [0; 4];
    let mut have = 0;
    while have < length.len() {
        match pipe.read(&mut length[have..]) {
            Ok(0) if have == 0 => return Ok(None),
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(count) => have += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    let length = u32::from_be_bytes(length) as usize;
    if length > FRAME_LENGTH_MAX {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "a frame is too long"));
    }
    buffer.resize(length, 0);
    pipe.read_exact(buffer)?;
    let mut fields = Fields(buffer);
    F::take(&mut fields)
        .filter(|_| fields.0.is_empty())
        .map(Some)
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "a frame isn't whole"))
}

/// The fields of a frame, or of a record of the venue's file, that are left.
pub struct Fields<'a>(pub &'a [u8]);

impl<'a> Fields<'a> {
    /// A number of one byte.
    pub fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    /// A number of eight bytes.
    pub fn number(&mut self) -> Option<u64> {
        let (first, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u64::from_be_bytes(*first))
    }

    /// Bytes behind their length.
    pub fn bytes(&mut self) -> Option<&'a [u8]> {
        let (length, rest) = self.0.split_first_chunk()?;
        let (bytes, rest) = rest.split_at_checked(u32::from_be_bytes(*length) as usize)?;
        self.0 = rest;
        Some(bytes)
    }

    /// A text behind its length.
    pub fn text(&mut self) -> Option<&'a str> {
        std::str::from_utf8(self.bytes()?).ok()
    }
}

/// Appends bytes behind their length.
pub fn put_bytes(bytes: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(&(bytes.len() as u32).to_be_bytes());
    out.extend_from_slice(bytes);
}

impl Pipe for ToVenue {
    fn put(&self, out: &mut Vec<u8>) {
        match self {
            Self::Hello { reports_through } => {
                out.push(1);
                out.extend_from_slice(&reports_through.to_be_bytes());
            }
            Self::Deliver(delivery) => {
                out.push(2);
                out.extend_from_slice(&delivery.ticket.to_be_bytes());
                put_bytes(&delivery.output, out);
            }
        }
    }

    fn take(fields: &mut Fields<'_>) -> Option<Self> {
        Some(match fields.byte()? {
            1 => Self::Hello { reports_through: fields.number()? },
            2 => {
                let ticket = fields.number()?;
                Self::Deliver(Delivery { ticket, output: fields.bytes()?.to_vec() })
            }
            _ => return None,
        })
    }
}

impl Pipe for FromVenue {
    fn put(&self, out: &mut Vec<u8>) {
        match self {
            Self::Ready { producer } => {
                out.push(1);
                put_bytes(&producer.to_be_bytes(), out);
            }
            Self::Taken { ticket } => {
                out.push(2);
                out.extend_from_slice(&ticket.to_be_bytes());
            }
            Self::Refused { ticket, reason } => {
                out.push(3);
                out.extend_from_slice(&ticket.to_be_bytes());
                put_bytes(reason.as_bytes(), out);
            }
            Self::Report(report) => {
                out.push(4);
                report.put(out);
            }
        }
    }

    fn take(fields: &mut Fields<'_>) -> Option<Self> {
        Some(match fields.byte()? {
            1 => {
                let producer = <[u8; 16]>::try_from(fields.bytes()?).ok()?;
                Self::Ready { producer: u128::from_be_bytes(producer) }
            }
            2 => Self::Taken { ticket: fields.number()? },
            3 => Self::Refused { ticket: fields.number()?, reason: fields.text()?.to_owned() },
            4 => Self::Report(Report::take(fields)?),
            _ => return None,
        })
    }
}

impl Pipe for Report {
    fn put(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.sequence.to_be_bytes());
        put_bytes(self.account.as_bytes(), out);
        put_bytes(&self.orders, out);
        put_bytes(&self.executions, out);
    }

    fn take(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self {
            sequence: fields.number()?,
            account: fields.text()?.to_owned(),
            orders: fields.bytes()?.to_vec(),
            executions: fields.bytes()?.to_vec(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delivery() -> ToVenue {
        ToVenue::Deliver(Delivery { ticket: 7, output: vec![1, 2, 3] })
    }

    #[test]
    fn frames_come_out_as_they_went_in() {
        let report = Report {
            sequence: 3,
            account: "A-1".to_owned(),
            orders: vec![1; 300],
            executions: Vec::new(),
        };
        let frames = [
            FromVenue::Ready { producer: u128::MAX - 5 },
            FromVenue::Taken { ticket: 1 },
            FromVenue::Refused { ticket: 2, reason: "no".to_owned() },
            FromVenue::Report(report),
        ];
        let (mut buffer, mut pipe) = (Vec::new(), Vec::new());
        for frame in &frames {
            write(frame, &mut buffer, &mut pipe).expect("memory takes it");
        }
        let mut pipe = &pipe[..];
        for frame in frames {
            let read = read::<FromVenue>(&mut buffer, &mut pipe).expect("it was written");
            assert_eq!(read, Some(frame));
        }
        let ended = read::<FromVenue>(&mut buffer, &mut pipe).expect("the pipe ended");
        assert_eq!(ended, None);
    }

    #[test]
    fn a_pipe_that_ends_inside_a_frame_is_an_error() {
        let (mut buffer, mut pipe) = (Vec::new(), Vec::new());
        write(&delivery(), &mut buffer, &mut pipe).expect("memory takes it");
        for cut in 1..pipe.len() {
            assert!(read::<ToVenue>(&mut buffer, &mut &pipe[..cut]).is_err(), "{cut}");
        }
        // A field that is longer than its frame isn't believed.
        pipe[14] = 255;
        assert!(read::<ToVenue>(&mut buffer, &mut &pipe[..]).is_err());
    }
}
