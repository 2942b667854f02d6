//! Rings from one thread to one other: rtrb, and a bell for the receiver that parks.
//!
//! Entry points: [`ring`], [`Bell`].
//! Limits: the slots of a ring, fixed when it is made. A full ring gives the value back:
//! back-pressure is arithmetic. A dropped sender is seen as [`Receiver::is_abandoned`].
//! It doesn't batch and doesn't wait.

use std::time::Duration;

use crossbeam::sync::{Parker, Unparker};

/// What a receiving thread waits on; every ring it reads from rings it.
#[derive(Debug, Default)]
pub struct Bell(Parker);

/// Wakes the thread that waits on a bell.
#[derive(Clone, Debug)]
pub struct Ringer(Unparker);

/// The sending end of a ring.
#[derive(Debug)]
pub struct Sender<T> {
    ring: rtrb::Producer<T>,
    bell: Ringer,
}

/// The receiving end of a ring.
#[derive(Debug)]
pub struct Receiver<T> {
    ring: rtrb::Consumer<T>,
}

/// A ring of `slots` whose receiver waits on `bell`.
#[must_use]
pub fn ring<T>(slots: usize, bell: &Bell) -> (Sender<T>, Receiver<T>) {
    let (producer, consumer) = rtrb::RingBuffer::new(slots);
    (Sender { ring: producer, bell: bell.ringer() }, Receiver { ring: consumer })
}

// === impl Bell ===

impl Bell {
    /// Who may ring it.
    #[must_use]
    pub fn ringer(&self) -> Ringer {
        Ringer(self.0.unparker().clone())
    }

    /// Waits until it is rung, at most `limit`.
    pub fn wait(&self, limit: Duration) {
        self.0.park_timeout(limit);
    }
}

impl Ringer {
    /// Wakes the waiting thread, or lets its next wait end at once.
    pub fn ring(&self) {
        self.0.unpark();
    }
}

// === impl Sender ===

impl<T> Sender<T> {
    /// Sends a value.
    ///
    /// # Errors
    /// Gives it back when the ring is full.
    pub fn send(&mut self, value: T) -> Result<(), T> {
        let sent = self.ring.push(value).map_err(|rtrb::PushError::Full(value)| value);
        if sent.is_ok() {
            self.bell.ring();
        }
        sent
    }

    /// How many more values find room.
    #[must_use]
    pub fn room(&self) -> usize {
        self.ring.slots()
    }
}

// === impl Receiver ===

impl<T> Receiver<T> {
    /// The next value, if there is one.
    pub fn receive(&mut self) -> Option<T> {
        self.ring.pop().ok()
    }

    /// How many values wait.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.ring.slots()
    }

    /// Whether the sender is gone; what it sent may still wait.
    #[must_use]
    pub fn is_abandoned(&self) -> bool {
        self.ring.is_abandoned()
    }
}
