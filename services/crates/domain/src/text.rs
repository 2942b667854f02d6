//! Short texts held in place: printable ASCII of a bounded length, so that values stay `Copy`.

use std::fmt;

/// Longest text of the trade that is accepted anywhere, in bytes (account, sender, ClOrdID,
/// ExecID).
pub const TEXT_LENGTH_MAX: usize = 32;

/// Printable ASCII without spaces, at most `N` bytes, held in place.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text<const N: usize> {
    /// Zero after the end, so that comparing and hashing see the text alone.
    bytes: [u8; N],
}

/// An instrument's symbol (FIX `Symbol` 55).
pub type Symbol = Text<12>;

/// A market identifier code (ISO 10383), four characters; empty means none.
pub type Mic = Text<4>;

impl<const N: usize> Text<N> {
    /// The empty text.
    pub const EMPTY: Self = Self { bytes: [0; N] };

    /// Takes `text` if it is printable ASCII without spaces and not longer than `N`.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        if text.len() > N || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return None;
        }
        let mut bytes = [0; N];
        bytes[..text.len()].copy_from_slice(text.as_bytes());
        Some(Self { bytes })
    }

    /// The text itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let length = self.bytes.iter().position(|byte| *byte == 0).unwrap_or(N);
        std::str::from_utf8(&self.bytes[..length]).unwrap_or_default()
    }

    /// The bytes with the zeros after them, for hashing and fixed-width rows.
    #[must_use]
    pub const fn padded(&self) -> &[u8; N] {
        &self.bytes
    }

    /// Whether there is any text.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.bytes[0] == 0
    }
}

impl<const N: usize> Default for Text<N> {
    fn default() -> Self {
        Self::EMPTY
    }
}

impl<const N: usize> fmt::Display for Text<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl<const N: usize> fmt::Debug for Text<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_short_printable_ascii() {
        assert_eq!(Mic::new("XDEM").map(|mic| mic.as_str().to_owned()), Some("XDEM".to_owned()));
        assert_eq!(Mic::new("XDEMO"), None);
        assert_eq!(Symbol::new("A B"), None);
        assert_eq!(Symbol::new("é"), None);
        assert!(Symbol::new("").is_some_and(|symbol| symbol.is_empty()));
    }
}
