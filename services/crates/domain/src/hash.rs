//! The hashes that are part of the format: changing one is a new format version.
//!
//! Entry points: [`row`] for state digests, [`content`] for journal entries.
//! Collisions of `row` change no decision, so it is fast; `content` holds the chain together, so it
//! is cryptographic.

use twox_hash::XxHash3_128;

/// 128 bits of a state row: XXH3-128 over table number, key and canonical row.
///
/// Digests of rows are summed modulo 2^128, so their order doesn't count (`books`).
#[must_use]
pub fn row(canonical: &[u8]) -> u128 {
    XxHash3_128::oneshot(canonical)
}

/// The first 16 bytes of BLAKE3 over the parts, each preceded by its length.
#[must_use]
pub fn content(parts: &[&[u8]]) -> [u8; 16] {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(&(part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    let mut digest = [0; 16];
    digest.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    digest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hashes_of_the_format_stay_what_they_are() {
        assert_eq!(row(b"orderflow"), 0x947e_a082_9d35_b4bd_d8ca_f468_1d97_d7df);
        assert_ne!(content(&[b"a", b"b"]), content(&[b"ab"]));
    }
}
