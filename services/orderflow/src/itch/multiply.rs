//! A file, message by message: all copies of the first, then of the second.
//!
//! Entry point: [`multiply`].
//! Each copy has references and match numbers of its own, so that copies are other orders; times
//! stay, so that they never go backwards and nothing gets stale. What names neither stays single.

use std::io::{Read, Write};

use super::message::{Add, Body, Message};
use super::reader::{Error, Reader};

/// Why a file can't be multiplied.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The source.
    #[error(transparent)]
    Read(#[from] Error),
    /// The copy.
    #[error("OR-0301 the copies can't be written: {0}: make room or choose another file")]
    Write(#[from] std::io::Error),
}

/// Writes `copies` of each message of `source` to `target`; returns how many messages it wrote.
///
/// References must stay below 2^64 / `copies`; real ones are far below.
///
/// # Errors
/// The source is no ITCH, or either side fails.
pub fn multiply(source: impl Read, copies: u64, target: &mut impl Write) -> Result<u64, Failure> {
    let mut reader = Reader::new(source);
    let mut bytes = Vec::new();
    let mut written = 0;
    while let Some(message) = reader.next_message()? {
        bytes.clear();
        let count = if names_an_order(&message.body) { copies } else { 1 };
        for copy in 0..count {
            own(&message, copies, copy).write(&mut bytes);
        }
        target.write_all(&bytes)?;
        written += count;
    }
    target.flush()?;
    Ok(written)
}

const fn names_an_order(body: &Body) -> bool {
    !matches!(body, Body::Directory { .. } | Body::Action { .. } | Body::System { .. })
}

/// The message with the numbers of its copy: number times copies plus copy, which no two share.
const fn own(message: &Message, copies: u64, copy: u64) -> Message {
    let mut own = *message;
    match &mut own.body {
        Body::Add(Add { reference, .. })
        | Body::Delete { reference }
        | Body::Reduce { reference, .. } => *reference = number(*reference, copies, copy),
        Body::Execute { reference, match_number, .. } => {
            *reference = number(*reference, copies, copy);
            *match_number = number(*match_number, copies, copy);
        }
        Body::Replace { original, reference, .. } => {
            *original = number(*original, copies, copy);
            *reference = number(*reference, copies, copy);
        }
        Body::Trade { match_number, .. } => *match_number = number(*match_number, copies, copy),
        Body::Directory { .. } | Body::Action { .. } | Body::System { .. } => {}
    }
    own
}

const fn number(number: u64, copies: u64, copy: u64) -> u64 {
    number.wrapping_mul(copies).wrapping_add(copy)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::generate::generate;
    use super::*;

    #[test]
    fn copies_follow_one_another_with_references_of_their_own() {
        let (bytes, facts) = generate(5);
        let mut copies = Vec::new();
        let written = multiply(&bytes[..], 3, &mut copies).expect("a made file is readable");
        assert_eq!(written, (facts.messages - 12) * 3 + 12);
        let mut reader = Reader::new(&copies[..]);
        let (mut references, mut latest) = (BTreeSet::new(), 0);
        while let Some(message) = reader.next_message().expect("copies are readable") {
            assert!(message.time_ns >= latest);
            latest = message.time_ns;
            if let Body::Add(add) = message.body {
                assert!(references.insert(add.reference));
            }
        }
        assert_eq!(references.len(), 15_000);
    }

    #[test]
    fn one_copy_is_the_file_itself() {
        let (bytes, _) = generate(6);
        let mut copy = Vec::new();
        multiply(&bytes[..], 1, &mut copy).expect("a made file is readable");
        assert_eq!(copy, bytes);
    }
}
