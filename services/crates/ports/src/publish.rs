//! What leaves after the commit (INV-6), and where to.

use domain::{AccountKey, LaneId, Mic};

use crate::Fault;

/// Where an output goes; each has a cursor of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Destination {
    /// A venue's queue.
    Venue(Mic),
    /// The `order-events` stream.
    Events,
    /// The dead letters.
    DeadLetters,
    /// Back on `orders`, under the record's own account (INV-9).
    Inbound,
    /// Nothing goes there: its cursor stands for every destination that has none of its own. A lane
    /// that ended moves it to its End, so that the lanes after it know what never was.
    Others,
}

/// One output of a live entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// Where to.
    pub destination: Destination,
    /// The lane it comes from.
    pub lane: LaneId,
    /// Deduplication id, computed (INV-7, INV-13).
    pub id: u128,
    /// Whose it is: outputs of one account keep their order.
    pub account: AccountKey,
    /// The account's text: partition key and message group are made from it.
    pub account_text: String,
    /// Number to (account, venue) (INV-13); 0 elsewhere.
    pub venue_seq: u64,
    /// The message.
    pub bytes: Vec<u8>,
}

/// What became of an output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// As given to [`Publisher::submit`].
    pub ticket: u64,
    /// Done, or why not. A refusal for good is `Fatal`.
    pub result: Result<(), Fault>,
}

/// Sends outputs, at least once, in order per account.
pub trait Publisher {
    /// Hands an output over.
    ///
    /// # Errors
    /// Gives it back when too many are in flight.
    fn submit(&mut self, ticket: u64, output: Output) -> Result<(), Output>;

    /// Whether anybody here takes what is for a destination. Where nobody does nothing is handed
    /// over: it waits for a start where somebody does.
    fn takes(&self, destination: Destination) -> bool {
        let _ = destination;
        true
    }

    /// Appends what completed since the last call.
    fn drain(&mut self, done: &mut Vec<Published>);
}
