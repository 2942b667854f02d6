//! The receiver's rule: each output of an account once, in order (INV-13).
//!
//! Entry point: [`Receiver::take`].
//! Invariants: INV-13. What is taken is a fold of the file's records, so that after a crash the
//! same outputs are next. A number that isn't greater than the account's last is dropped; one that
//! is later than the next waits until those before it are there. Limit: [`PARKED_MAX`] waiting
//! outputs for each account. It doesn't act and doesn't write: whoever calls it writes first
//! (`file`).

use std::collections::{BTreeMap, VecDeque};

use wire::venue::VenueOrder;

/// Outputs of one account that may wait for an earlier one.
pub const PARKED_MAX: usize = 100_000;

/// What becomes of an output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is the next: keep it, then act.
    Next,
    /// One before it is missing: keep it, act later.
    Parked,
    /// It was kept before: nothing to do.
    Known,
    /// There is no room to park it: it comes again.
    Full,
}

/// The outputs of all accounts as far as they were taken.
#[derive(Debug)]
pub struct Receiver {
    accounts: BTreeMap<String, Inbox>,
    /// Off in the test alone that shows what the rule is for.
    rule: bool,
}

#[derive(Debug, Default)]
struct Inbox {
    last: u64,
    parked: BTreeMap<u64, VenueOrder>,
}

impl Receiver {
    /// A receiver that has taken nothing. Without the `rule` every output is acted on.
    #[must_use]
    pub const fn new(rule: bool) -> Self {
        Self { accounts: BTreeMap::new(), rule }
    }

    /// What `take` would do.
    #[must_use]
    pub fn judge(&self, account: &str, venue_seq: u64) -> Verdict {
        if !self.rule {
            return Verdict::Next;
        }
        let inbox = self.accounts.get(account);
        let last = inbox.map_or(0, |inbox| inbox.last);
        if venue_seq <= last || inbox.is_some_and(|inbox| inbox.parked.contains_key(&venue_seq)) {
            return Verdict::Known;
        }
        if venue_seq == last + 1 {
            return Verdict::Next;
        }
        let full = inbox.is_some_and(|inbox| inbox.parked.len() >= PARKED_MAX);
        if full { Verdict::Full } else { Verdict::Parked }
    }

    /// Takes an output; appends to `due` what is now to be acted on, in order.
    pub fn take(&mut self, output: VenueOrder, due: &mut VecDeque<VenueOrder>) -> Verdict {
        let verdict = self.judge(&output.account, output.venue_seq);
        if matches!(verdict, Verdict::Known | Verdict::Full) {
            return verdict;
        }
        let inbox = match self.accounts.get_mut(&output.account) {
            Some(inbox) => inbox,
            None => self.accounts.entry(output.account.clone()).or_default(),
        };
        if verdict == Verdict::Parked {
            inbox.parked.insert(output.venue_seq, output);
            return verdict;
        }
        inbox.last = output.venue_seq;
        due.push_back(output);
        while let Some(output) = inbox.parked.remove(&(inbox.last + 1)) {
            inbox.last += 1;
            due.push_back(output);
        }
        verdict
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(receiver: &mut Receiver, sent: &[u64]) -> Vec<u64> {
        let mut due = VecDeque::new();
        for number in sent {
            let output = VenueOrder {
                venue_seq: *number,
                id: 0,
                order: domain::OrderId(1),
                account: "A".to_owned(),
                venue: domain::Mic::EMPTY,
                request: None,
            };
            receiver.take(output, &mut due);
        }
        due.into_iter().map(|output| output.venue_seq).collect()
    }

    #[test]
    fn what_was_taken_is_dropped() {
        let mut receiver = Receiver::new(true);
        assert_eq!(numbers(&mut receiver, &[1, 1, 2, 1, 2, 3]), [1, 2, 3]);
        assert_eq!(receiver.judge("A", 3), Verdict::Known);
        assert_eq!(receiver.judge("B", 1), Verdict::Next);
    }

    #[test]
    fn what_is_later_waits_for_what_is_before_it() {
        let mut receiver = Receiver::new(true);
        assert_eq!(numbers(&mut receiver, &[3, 2, 2, 5]), [] as [u64; 0]);
        assert_eq!(receiver.judge("A", 3), Verdict::Known);
        assert_eq!(numbers(&mut receiver, &[1]), [1, 2, 3]);
        assert_eq!(numbers(&mut receiver, &[4]), [4, 5]);
    }

    #[test]
    fn without_the_rule_a_repeat_is_acted_on() {
        assert_eq!(numbers(&mut Receiver::new(false), &[1, 1]), [1, 1]);
    }
}
