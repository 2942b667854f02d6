//! Where the router's outputs leave on one machine: the venue's process, and streams.
//!
//! Entry points: [`Outlets`], [`StreamPublisher`].
//!
//! Invariants: INV-6 is the relay's; here an output is answered only when it is durable where it
//! went, in the order given per destination. A stream's producer is drawn at each start, so an
//! output that is sent again lies there twice, under one id.
//! Limits: [`OUTPUTS_MAX`] in flight for each handle.
//!
//! It knows no cursor and makes no output.
//!
//! On a crash what wasn't answered is sent again by the relay.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use domain::AccountKey;
use local::stream::{Put, Stream};
use ports::{Destination, Fault, Output, Published, Publisher};

use super::{VenueLink, clock, draw};

/// Outputs of a handle that may be in flight.
pub const OUTPUTS_MAX: usize = 4_096;

/// Where outputs of a folder leave. Clones share them.
#[derive(Clone)]
pub struct Outlets {
    /// Life-cycle events.
    pub events: Stream,
    /// Dead letters.
    pub dead_letters: Stream,
    /// Misplaced records.
    pub orders: Stream,
    /// The demo venue; without one, what is for it waits.
    pub venue: Option<VenueLink>,
    /// Which venue that is; outputs to others are refused for good.
    pub mic: domain::Mic,
}

/// A handle of the relay.
pub struct StreamPublisher {
    outlets: Outlets,
    producer: u128,
    sequence: Arc<AtomicU64>,
    waiting: Vec<(u64, Output)>,
    venue: Option<super::venue_link::Handle>,
}

// === impl Outlets ===

impl Outlets {
    /// A handle.
    ///
    /// # Errors
    /// The system gives no random bytes.
    pub fn publisher(&self) -> Result<StreamPublisher, Fault> {
        let mut bytes = [0; 16];
        draw(&mut bytes)?;
        Ok(StreamPublisher {
            outlets: self.clone(),
            producer: u128::from_be_bytes(bytes),
            sequence: Arc::default(),
            waiting: Vec::new(),
            venue: self.venue.as_ref().map(VenueLink::handle),
        })
    }
}

// === impl StreamPublisher ===

impl StreamPublisher {
    /// Puts what waits for `stream`, with one sync, and says so.
    fn put(&self, stream: &Stream, outputs: &[(u64, Output)], done: &mut Vec<Published>) {
        if outputs.is_empty() {
            return;
        }
        let put = |(_, output): &(u64, Output)| (self.next(), key(output));
        let places: Vec<_> = outputs.iter().map(put).collect();
        let puts: Vec<Put<'_>> = outputs
            .iter()
            .zip(&places)
            .map(|((_, output), (sequence, key))| Put {
                key: *key,
                producer: self.producer,
                sequence: *sequence,
                arrival: None,
                data: &output.bytes,
            })
            .collect();
        let result = stream.put(clock::now(), &puts).map(|_| ()).map_err(Fault::from);
        let answer =
            |(ticket, _): &(u64, Output)| Published { ticket: *ticket, result: result.clone() };
        done.extend(outputs.iter().map(answer));
    }

    fn next(&self) -> u64 {
        self.sequence.fetch_add(1, Ordering::Relaxed) + 1
    }
}

fn key(output: &Output) -> AccountKey {
    if output.account_text.is_empty() {
        output.account
    } else {
        AccountKey::of(&output.account_text)
    }
}

impl Publisher for StreamPublisher {
    fn submit(&mut self, ticket: u64, output: Output) -> Result<(), Output> {
        let in_flight = self.venue.as_ref().map_or(0, |venue| venue.in_flight());
        if self.waiting.len() + in_flight >= OUTPUTS_MAX {
            return Err(output);
        }
        match (&output.destination, &mut self.venue) {
            (Destination::Venue(mic), Some(venue)) if *mic == self.outlets.mic => {
                venue.submit(ticket, output.bytes);
            }
            // Nobody here takes it: it isn't handed over.
            (Destination::Venue(mic), None) if *mic == self.outlets.mic => return Err(output),
            _ => self.waiting.push((ticket, output)),
        }
        Ok(())
    }

    fn takes(&self, destination: Destination) -> bool {
        self.venue.is_some() || destination != Destination::Venue(self.outlets.mic)
    }

    fn drain(&mut self, done: &mut Vec<Published>) {
        let waiting = std::mem::take(&mut self.waiting);
        let (mut events, mut letters, mut inbound) = (Vec::new(), Vec::new(), Vec::new());
        for (ticket, output) in waiting {
            match output.destination {
                Destination::Events => events.push((ticket, output)),
                Destination::DeadLetters => letters.push((ticket, output)),
                Destination::Inbound => inbound.push((ticket, output)),
                Destination::Others => done.push(Published { ticket, result: Ok(()) }),
                Destination::Venue(mic) => {
                    let text =
                        format!("no venue {mic} here; the demo venue is {}", self.outlets.mic);
                    done.push(Published { ticket, result: Err(Fault::Fatal(text)) });
                }
            }
        }
        self.put(&self.outlets.events, &events, done);
        self.put(&self.outlets.dead_letters, &letters, done);
        self.put(&self.outlets.orders, &inbound, done);
        if let Some(venue) = &mut self.venue {
            venue.drain(done);
        }
    }
}
