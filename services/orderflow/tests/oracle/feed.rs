//! Messages of an ITCH file, read from its bytes.

use std::collections::BTreeMap;

/// One message: its type, its time, and its bytes.
pub(crate) type Feed = Vec<(u8, i128, Vec<u8>)>;

pub(crate) fn read_feed(bytes: &[u8]) -> Feed {
    let mut feed = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        assert_eq!(bytes[at..at + 2], [0, 0], "two zero bytes at {at}");
        let kind = bytes[at + 2];
        let lengths = BTreeMap::from([
            (b'S', 12),
            (b'R', 39),
            (b'H', 25),
            (b'A', 36),
            (b'F', 40),
            (b'E', 31),
            (b'X', 23),
            (b'D', 19),
            (b'U', 35),
            (b'P', 44),
        ]);
        let message = bytes[at + 2..at + 2 + lengths[&kind]].to_vec();
        at += 2 + message.len();
        feed.push((kind, number(&message[5..11]), message));
    }
    feed
}

pub(crate) fn number(bytes: &[u8]) -> i128 {
    bytes.iter().fold(0, |number, byte| number * 256 + i128::from(*byte))
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("symbols are text").trim_end().to_owned()
}
