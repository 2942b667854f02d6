//! The rules of the chain, without a store: which items are live, and whose a stored item is.
//!
//! Entry points: [`is_live_after`], [`whose`].
//! Invariants: INV-1, INV-4, INV-5. Who puts what, and when, is `ports::chain`'s part.

use crate::entry::{Entry, EntryKind};
use crate::lane::Epoch;

/// What a refused put found in its slot (INV-4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// Our own write, whose answer was lost: it is stored.
    Ours,
    /// Another owner's: this writer is fenced and never writes again.
    Fenced,
    /// A Begin or Seal lost its race: read again.
    Lost,
    /// The rules leave no room for it.
    Bug,
}

/// Whether `entry` is live, given the live entry before it (`None` at index 0) (INV-1).
#[must_use]
pub fn is_live_after(before: Option<&Entry>, entry: &Entry) -> bool {
    let Some(before) = before else {
        let opens = matches!(entry.kind, EntryKind::Begin | EntryKind::End);
        return entry.index == 0 && opens && entry.epoch == Epoch(1);
    };
    let follows = before.kind != EntryKind::End
        && !matches!(entry.kind, EntryKind::Begin | EntryKind::Barrier)
        && entry.index == before.index + 1
        && entry.previous == before.content
        && entry.start == before.end;
    let entitled =
        entry.epoch == before.epoch || entry.epoch > before.epoch && entry.kind == EntryKind::Seal;
    follows && entitled
}

/// Whose item a put of `mine` met (INV-4).
#[must_use]
pub fn whose(mine: &Entry, stored: &Entry) -> Whose {
    if mine.is_same_write(stored) {
        return Whose::Ours;
    }
    let races = match mine.kind {
        EntryKind::Begin | EntryKind::Seal | EntryKind::Barrier => true,
        EntryKind::End => mine.index == 0,
        EntryKind::Batch | EntryKind::Gap => false,
    };
    if races {
        return Whose::Lost;
    }
    if stored.index > mine.index || stored.epoch >= mine.epoch { Whose::Fenced } else { Whose::Bug }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::entry::{FORMAT, RULES, StateDigest, Writer};
    use crate::lane::LaneId;
    use crate::position::Position;

    fn entry(index: u64, kind: EntryKind, epoch: u64, before: Option<&Entry>) -> Entry {
        Entry {
            lane: LaneId(1),
            index,
            kind,
            epoch: Epoch(epoch),
            writer: Writer([epoch as u8; 16]),
            previous: before.map_or([0; 16], |before| before.content),
            start: Position::START,
            end: Position::START,
            state: StateDigest::default(),
            format: FORMAT,
            rules: RULES,
            content: [0; 16],
            body: Arc::from(&[][..]),
        }
        .sealed()
    }

    #[test]
    fn only_a_seal_raises_the_epoch_and_nothing_follows_an_end() {
        let begin = entry(0, EntryKind::Begin, 1, None);
        assert!(is_live_after(None, &begin));
        assert!(is_live_after(Some(&begin), &entry(1, EntryKind::Batch, 1, Some(&begin))));
        assert!(!is_live_after(Some(&begin), &entry(1, EntryKind::Batch, 2, Some(&begin))));
        assert!(is_live_after(Some(&begin), &entry(1, EntryKind::Seal, 2, Some(&begin))));
        assert!(!is_live_after(Some(&begin), &entry(1, EntryKind::Barrier, 1, Some(&begin))));
        assert!(!is_live_after(Some(&begin), &entry(2, EntryKind::Batch, 1, Some(&begin))));
        let end = entry(1, EntryKind::End, 1, Some(&begin));
        assert!(!is_live_after(Some(&end), &entry(2, EntryKind::Seal, 2, Some(&end))));
    }

    #[test]
    fn a_stored_item_is_ours_only_if_all_of_it_matches() {
        let begin = entry(0, EntryKind::Begin, 1, None);
        let mine = entry(1, EntryKind::Batch, 2, Some(&begin));
        assert_eq!(whose(&mine, &mine.clone()), Whose::Ours);
        let other = Entry { writer: Writer([9; 16]), ..mine.clone() }.sealed();
        assert_eq!(whose(&mine, &other), Whose::Fenced);
        assert_eq!(whose(&mine, &entry(1, EntryKind::Batch, 1, Some(&begin))), Whose::Bug);
        let seal = entry(1, EntryKind::Seal, 2, Some(&begin));
        let rival = Entry { writer: Writer([9; 16]), ..seal.clone() }.sealed();
        assert_eq!(whose(&seal, &rival), Whose::Lost);
    }
}
