//! A publisher in memory.

use std::collections::VecDeque;
use std::fmt;

use super::{Power, Shared};
use crate::{Fault, Output, Published, Publisher};

type Results = Box<dyn FnMut(&Output) -> Result<(), Fault> + Send>;

/// What becomes of outputs, for all handles of a world.
#[derive(Default)]
pub struct Plan(Option<Results>);

/// Keeps what is sent, in the order of sending, repeats included.
pub struct MemoryPublisher {
    sent: Shared<Vec<Output>>,
    queue: VecDeque<(u64, Output)>,
    plan: Shared<Plan>,
    /// What ends the process between two outputs.
    pub(super) power: Option<Power>,
}

/// Most outputs of a handle that wait for a drain.
pub const QUEUE_MAX: usize = 256;

impl MemoryPublisher {
    /// A sender into `sent` that does as `plan` says.
    #[must_use]
    pub const fn new(sent: Shared<Vec<Output>>, plan: Shared<Plan>) -> Self {
        Self { sent, queue: VecDeque::new(), plan, power: None }
    }
}

impl Plan {
    /// Asks `results` about every output from now on; those that fail are not kept.
    pub fn fail_with(
        &mut self,
        results: impl FnMut(&Output) -> Result<(), Fault> + Send + 'static,
    ) {
        self.0 = Some(Box::new(results));
    }

    /// Sends everything from now on.
    pub fn heal(&mut self) {
        self.0 = None;
    }
}

impl fmt::Debug for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Plan").field(&self.0.is_some()).finish()
    }
}

impl Publisher for MemoryPublisher {
    fn submit(&mut self, ticket: u64, output: Output) -> Result<(), Output> {
        if self.queue.len() >= QUEUE_MAX {
            return Err(output);
        }
        self.queue.push_back((ticket, output));
        Ok(())
    }

    fn drain(&mut self, done: &mut Vec<Published>) {
        while let Some((ticket, output)) = self.queue.pop_front() {
            if self.power.as_ref().is_some_and(|power| power.spend().is_err()) {
                done.push(Published { ticket, result: Err(Fault::Unknown) });
                continue;
            }
            let result = self.plan.lock().0.as_mut().map_or(Ok(()), |results| results(&output));
            if result.is_ok() {
                self.sent.lock().push(output);
            }
            done.push(Published { ticket, result });
        }
    }
}

impl fmt::Debug for MemoryPublisher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryPublisher").field("queue", &self.queue.len()).finish_non_exhaustive()
    }
}
