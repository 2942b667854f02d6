//! An entry as bytes: 173 fixed ones, then its body.

use std::sync::Arc;

use domain::{Entry, EntryKind, Epoch, LaneId, Position, Sequence, StateDigest, Writer};

use crate::log::frame::Reading;

/// Appends an entry's bytes.
pub(super) fn encode(entry: &Entry, out: &mut Vec<u8>) {
    out.extend_from_slice(&entry.lane.0.to_be_bytes());
    out.extend_from_slice(&entry.index.to_be_bytes());
    out.push(entry.kind as u8);
    out.extend_from_slice(&entry.epoch.0.to_be_bytes());
    out.extend_from_slice(&entry.writer.0);
    out.extend_from_slice(&entry.previous);
    for position in [entry.start, entry.end] {
        out.extend_from_slice(&position.sequence.0);
        out.extend_from_slice(&position.sub_sequence.to_be_bytes());
    }
    out.extend_from_slice(&entry.state.to_bytes());
    out.extend_from_slice(&entry.format.to_be_bytes());
    out.extend_from_slice(&entry.rules.to_be_bytes());
    out.extend_from_slice(&entry.content);
    out.extend_from_slice(&entry.body);
}

/// The entry of these bytes, `with_body` or with an empty one; `None` when they are none.
pub(super) fn decode(bytes: &[u8], with_body: bool) -> Option<Entry> {
    let mut rest = Reading::new(bytes);
    let entry = Entry {
        lane: LaneId(rest.u128()),
        index: rest.u64(),
        kind: EntryKind::of_code(rest.u8())?,
        epoch: Epoch(rest.u64()),
        writer: Writer(rest.array()),
        previous: rest.array(),
        start: Position::new(Sequence(rest.array()), rest.u32()),
        end: Position::new(Sequence(rest.array()), rest.u32()),
        state: StateDigest::from_bytes(&rest.array()),
        format: rest.u16(),
        rules: rest.u16(),
        content: rest.array(),
        body: Arc::from(if with_body { rest.rest } else { &[] }),
    };
    (!rest.is_short).then_some(entry)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig {
            failure_persistence: None,
            ..ProptestConfig::with_cases(4_096)
        })]

        #[test]
        fn any_bytes_are_an_entry_that_is_written_as_it_was_read_or_none(
            bytes in prop::collection::vec(any::<u8>(), 0..260),
            kind in 0..8_u8,
        ) {
            let mut bytes = bytes;
            if let Some(byte) = bytes.get_mut(24) {
                *byte = kind;
            }
            let entry = decode(&bytes, true);
            prop_assert_eq!(entry.is_some(), bytes.len() >= 173 && (1..=6).contains(&kind));
            if let Some(entry) = entry {
                let mut again = Vec::new();
                encode(&entry, &mut again);
                prop_assert_eq!(again, bytes);
            }
        }
    }
}
