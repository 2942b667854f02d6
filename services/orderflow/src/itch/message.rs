//! The ten ITCH 5.0 messages of an equity book, byte for byte.
//!
//! Entry points: [`length`], [`Message::parse`], [`Message::write`].
//! Integers are big-endian; a time is nanoseconds since midnight in New York; prices count 10^-4.

/// Longest message (P, trade), in bytes without its framing.
pub const MESSAGE_LENGTH_MAX: usize = 44;

/// The types that are read, each with the length it must have.
const LENGTHS: [(u8, usize); 10] = [
    (b'A', 36),
    (b'F', 40),
    (b'D', 19),
    (b'E', 31),
    (b'X', 23),
    (b'U', 35),
    (b'P', MESSAGE_LENGTH_MAX),
    (b'R', 39),
    (b'H', 25),
    (b'S', 12),
];

/// One message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message {
    /// Number of the instrument in this file; 0 for a message of the whole session.
    pub locate: u16,
    /// The venue's own tracking number.
    pub tracking: u16,
    /// Nanoseconds since midnight in New York, below 2^48.
    pub time_ns: u64,
    /// What happened.
    pub body: Body,
}

/// What a message says, by its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body {
    /// A or F: an order entered the book.
    Add(Add),
    /// D: an order left the book.
    Delete {
        /// The order.
        reference: u64,
    },
    /// E: an order traded at its own price.
    Execute {
        /// The order.
        reference: u64,
        /// Shares that traded.
        shares: u32,
        /// The venue's number of the match.
        match_number: u64,
    },
    /// X: an order lost shares.
    Reduce {
        /// The order.
        reference: u64,
        /// Shares that were taken off.
        shares: u32,
    },
    /// U: an order was replaced by another reference.
    Replace {
        /// The order that ends.
        original: u64,
        /// The order that begins.
        reference: u64,
        /// Its open shares.
        shares: u32,
        /// Its price, 10^-4.
        price: u32,
    },
    /// P: a trade against an order that the book doesn't show.
    Trade {
        /// `B` or `S`.
        side: u8,
        /// Shares that traded.
        shares: u32,
        /// The symbol, padded with spaces.
        stock: [u8; 8],
        /// Price, 10^-4.
        price: u32,
        /// The venue's number of the match.
        match_number: u64,
    },
    /// R: an instrument's directory entry; the rest of its fields is kept as it is.
    Directory {
        /// The symbol, padded with spaces.
        stock: [u8; 8],
        /// Market category to inverse indicator.
        rest: [u8; 20],
    },
    /// H: an instrument's trading state.
    Action {
        /// The symbol, padded with spaces.
        stock: [u8; 8],
        /// State, reserved byte and reason.
        rest: [u8; 6],
    },
    /// S: a moment of the session.
    System {
        /// `O`, `S`, `Q`, `M`, `E` or `C`.
        code: u8,
    },
}

/// An order that enters the book.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Add {
    /// The order.
    pub reference: u64,
    /// `B` or `S`.
    pub side: u8,
    /// Shares.
    pub shares: u32,
    /// The symbol, padded with spaces.
    pub stock: [u8; 8],
    /// Price, 10^-4.
    pub price: u32,
    /// Who entered it: type F has it, type A hasn't.
    pub attribution: Option<[u8; 4]>,
}

/// Length of a type's messages in bytes; `None` for a type that isn't read.
#[must_use]
pub fn length(kind: u8) -> Option<usize> {
    LENGTHS.iter().find(|(known, _)| *known == kind).map(|(_, length)| *length)
}

/// The types that are read, for texts.
pub(super) fn kinds() -> String {
    LENGTHS.iter().map(|(kind, _)| char::from(*kind).to_string()).collect::<Vec<_>>().join(" ")
}

impl Message {
    /// Reads a message of exactly its type's length; `None` when length or type is wrong, or a side
    /// is neither `B` nor `S`.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let kind = *bytes.first()?;
        if length(kind) != Some(bytes.len()) {
            return None;
        }
        let mut fields = Fields(bytes.get(1..)?);
        let locate = fields.number(2) as u16;
        let tracking = fields.number(2) as u16;
        let time_ns = fields.number(6);
        let body = body(kind, &mut fields)?;
        Some(Self { locate, tracking, time_ns, body })
    }

    /// The type's letter.
    #[must_use]
    pub const fn kind(&self) -> u8 {
        match self.body {
            Body::Add(Add { attribution: None, .. }) => b'A',
            Body::Add(_) => b'F',
            Body::Delete { .. } => b'D',
            Body::Execute { .. } => b'E',
            Body::Reduce { .. } => b'X',
            Body::Replace { .. } => b'U',
            Body::Trade { .. } => b'P',
            Body::Directory { .. } => b'R',
            Body::Action { .. } => b'H',
            Body::System { .. } => b'S',
        }
    }

    /// Appends the message with its framing, two zero bytes before it.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&[0, 0, self.kind()]);
        out.extend_from_slice(&self.locate.to_be_bytes());
        out.extend_from_slice(&self.tracking.to_be_bytes());
        out.extend_from_slice(&self.time_ns.to_be_bytes()[2..]);
        match &self.body {
            Body::Add(add) => write_add(add, out),
            Body::Delete { reference } => out.extend_from_slice(&reference.to_be_bytes()),
            Body::Execute { reference, shares, match_number } => {
                out.extend_from_slice(&reference.to_be_bytes());
                out.extend_from_slice(&shares.to_be_bytes());
                out.extend_from_slice(&match_number.to_be_bytes());
            }
            Body::Reduce { reference, shares } => {
                out.extend_from_slice(&reference.to_be_bytes());
                out.extend_from_slice(&shares.to_be_bytes());
            }
            Body::Replace { original, reference, shares, price } => {
                out.extend_from_slice(&original.to_be_bytes());
                out.extend_from_slice(&reference.to_be_bytes());
                out.extend_from_slice(&shares.to_be_bytes());
                out.extend_from_slice(&price.to_be_bytes());
            }
            Body::Trade { side, shares, stock, price, match_number } => {
                // The reference of an order that isn't shown is zero.
                out.extend_from_slice(&[0; 8]);
                out.push(*side);
                out.extend_from_slice(&shares.to_be_bytes());
                out.extend_from_slice(stock);
                out.extend_from_slice(&price.to_be_bytes());
                out.extend_from_slice(&match_number.to_be_bytes());
            }
            Body::Directory { stock, rest } => {
                out.extend_from_slice(stock);
                out.extend_from_slice(rest);
            }
            Body::Action { stock, rest } => {
                out.extend_from_slice(stock);
                out.extend_from_slice(rest);
            }
            Body::System { code } => out.push(*code),
        }
    }
}

fn write_add(add: &Add, out: &mut Vec<u8>) {
    out.extend_from_slice(&add.reference.to_be_bytes());
    out.push(add.side);
    out.extend_from_slice(&add.shares.to_be_bytes());
    out.extend_from_slice(&add.stock);
    out.extend_from_slice(&add.price.to_be_bytes());
    out.extend_from_slice(add.attribution.as_ref().map_or(&[][..], |mark| &mark[..]));
}

fn body(kind: u8, fields: &mut Fields<'_>) -> Option<Body> {
    Some(match kind {
        b'A' | b'F' => Body::Add(Add {
            reference: fields.number(8),
            side: fields.side()?,
            shares: fields.number(4) as u32,
            stock: fields.array(),
            price: fields.number(4) as u32,
            attribution: (kind == b'F').then(|| fields.array()),
        }),
        b'D' => Body::Delete { reference: fields.number(8) },
        b'E' => Body::Execute {
            reference: fields.number(8),
            shares: fields.number(4) as u32,
            match_number: fields.number(8),
        },
        b'X' => Body::Reduce { reference: fields.number(8), shares: fields.number(4) as u32 },
        b'U' => Body::Replace {
            original: fields.number(8),
            reference: fields.number(8),
            shares: fields.number(4) as u32,
            price: fields.number(4) as u32,
        },
        b'P' => {
            fields.number(8);
            Body::Trade {
                side: fields.side()?,
                shares: fields.number(4) as u32,
                stock: fields.array(),
                price: fields.number(4) as u32,
                match_number: fields.number(8),
            }
        }
        b'R' => Body::Directory { stock: fields.array(), rest: fields.array() },
        b'H' => Body::Action { stock: fields.array(), rest: fields.array() },
        b'S' => Body::System { code: fields.number(1) as u8 },
        _ => return None,
    })
}

/// The fields that are left; the length was checked against the type before.
struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    fn number(&mut self, width: usize) -> u64 {
        let (field, rest) = self.0.split_at(width.min(self.0.len()));
        self.0 = rest;
        field.iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
    }

    fn array<const N: usize>(&mut self) -> [u8; N] {
        let (field, rest) = self.0.split_at(N.min(self.0.len()));
        self.0 = rest;
        <[u8; N]>::try_from(field).unwrap_or([0; N])
    }

    fn side(&mut self) -> Option<u8> {
        let side = self.number(1) as u8;
        matches!(side, b'B' | b'S').then_some(side)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(body: Body) -> Message {
        Message { locate: 2, tracking: 6, time_ns: 0x1234_5678_9abc, body }
    }

    fn every_kind() -> Vec<Message> {
        let add = Add {
            reference: 851,
            side: b'B',
            shares: 1_000,
            stock: *b"BOB     ",
            price: 53_167,
            attribution: None,
        };
        let bodies = [
            Body::Add(add),
            Body::Add(Add { attribution: Some(*b"VIRT"), ..add }),
            Body::Delete { reference: 1 },
            Body::Execute { reference: 1, shares: 2, match_number: 3 },
            Body::Reduce { reference: 1, shares: 2 },
            Body::Replace { original: 1, reference: 2, shares: 3, price: 4 },
            Body::Trade { side: b'S', shares: 5, stock: *b"ALC     ", price: 6, match_number: 7 },
            Body::Directory { stock: *b"CHAR    ", rest: [9; 20] },
            Body::Action { stock: *b"CHAR    ", rest: *b"T     " },
            Body::System { code: b'O' },
        ];
        bodies.map(message).to_vec()
    }

    #[test]
    fn each_type_reads_back_what_it_wrote_at_its_own_length() {
        for message in every_kind() {
            let mut bytes = Vec::new();
            message.write(&mut bytes);
            assert_eq!(bytes[..2], [0, 0]);
            assert_eq!(Some(bytes.len() - 2), length(message.kind()), "{message:?}");
            assert_eq!(Message::parse(&bytes[2..]), Some(message));
            assert_eq!(Message::parse(&bytes[2..bytes.len() - 1]), None);
        }
    }

    #[test]
    fn a_side_that_is_none_is_no_message() {
        let mut bytes = Vec::new();
        every_kind()[0].write(&mut bytes);
        bytes[2 + 19] = b'Q';
        assert_eq!(Message::parse(&bytes[2..]), None);
    }
}
