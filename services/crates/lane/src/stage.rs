//! A stage: given the time, it does a bounded turn and says how much was done.

/// How a turn went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Something was done: turn again at once.
    Worked,
    /// Nothing was there to do.
    Idle,
    /// Nothing will ever be done again.
    Finished,
}

/// A step function. It never blocks but for the one wait it exists for, and keeps its turns short.
pub trait Stage {
    /// One bounded turn at `now` (nanoseconds since 1970-01-01 UTC), read once and passed down.
    fn turn(&mut self, now: i64) -> Turn;
}

/// Turns each stage once, in order: the runner of tests and of the simulator. Says whether any
/// worked, or whether all have finished.
pub fn turn_all(now: i64, stages: &mut [&mut dyn Stage]) -> Turn {
    let mut all = Turn::Finished;
    for stage in stages {
        all = match (all, stage.turn(now)) {
            (Turn::Worked, _) | (_, Turn::Worked) => Turn::Worked,
            (Turn::Finished, Turn::Finished) => Turn::Finished,
            _ => Turn::Idle,
        };
    }
    all
}
