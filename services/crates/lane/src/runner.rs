//! Runs stages on threads of their own, pinned when asked, and stops them cleanly.
//!
//! ```text
//!  turn --Worked--> turn        Idle: spin | spin with hint | spin a little, then wait on the bell
//!    \--Finished, or halted between two turns--> the stage is handed back by join
//! ```
//!
//! Entry points: [`plan`], [`run`], [`Seated::join`], [`Halt`].
//! Limits: [`PARK`] is the longest sleep, so that a lost wake-up costs no more than that.
//! It doesn't know what a stage does; draining is the stages' own matter.
//!
//! A panic of a stage goes on in `join`; in production main's hook has ended the process before.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::{Bell, Stage, Turn};

/// Longest wait of a parked stage.
pub const PARK: Duration = Duration::from_millis(1);

/// Idle turns before a stage parks.
const IDLE_TURNS: u32 = 64;

/// What a stage's thread does when there is nothing to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// Turns again: lowest latency, a core for each stage.
    Spin,
    /// Turns again after a pause instruction.
    SpinWithHint,
    /// Sleeps until its bell is rung: no core is burnt.
    Park,
}

/// Spinning was asked for and there aren't enough cores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FellBack {
    /// Threads that would have spun.
    pub threads: usize,
    /// Cores that there are.
    pub cores: usize,
}

/// Where and how a stage runs.
#[derive(Debug)]
pub struct Seat {
    /// Name of its thread.
    pub name: String,
    /// Core to pin it to.
    pub core: Option<usize>,
    /// How it waits.
    pub wait: Wait,
    /// What it waits on.
    pub bell: Bell,
    /// What stops it at once.
    pub halt: Halt,
}

/// Stops all stages that share it, between two turns.
#[derive(Clone, Debug, Default)]
pub struct Halt(Arc<AtomicBool>);

/// What a running stage shows of itself.
#[derive(Clone, Debug, Default)]
pub struct Gauges(Arc<Shown>);

#[derive(Debug, Default)]
struct Shown {
    turns: AtomicU64,
    longest_turn_ns: AtomicU64,
}

/// A stage on its thread.
#[derive(Debug)]
pub struct Seated<S> {
    thread: JoinHandle<S>,
    gauges: Gauges,
}

/// How stages wait: as asked, or parked when fewer cores are there than `threads` would spin on.
#[must_use]
pub fn plan(asked: Wait, threads: usize) -> (Wait, Option<FellBack>) {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    if asked == Wait::Park || threads <= cores {
        return (asked, None);
    }
    (Wait::Park, Some(FellBack { threads, cores }))
}

/// Runs `stage` on a thread of its own until it has finished or is halted.
///
/// # Errors
/// What the system says when it has no thread left.
pub fn run<S, C>(seat: Seat, mut stage: S, mut clock: C) -> std::io::Result<Seated<S>>
where
    S: Stage + Send + 'static,
    C: FnMut() -> i64 + Send + 'static,
{
    let gauges = Gauges::default();
    let shown = gauges.clone();
    let thread = std::thread::Builder::new().name(seat.name.clone()).spawn(move || {
        if let Some(core) = seat.core {
            pin(core);
        }
        turns(&seat, &mut stage, &mut clock, &shown);
        stage
    })?;
    Ok(Seated { thread, gauges })
}

fn turns(seat: &Seat, stage: &mut impl Stage, clock: &mut impl FnMut() -> i64, gauges: &Gauges) {
    let (mut now, mut idle) = (clock(), 0_u32);
    while !seat.halt.is_set() {
        match stage.turn(now) {
            Turn::Finished => return,
            Turn::Worked => {
                idle = 0;
                let after = clock();
                gauges.turned(after.saturating_sub(now));
                now = after;
                continue;
            }
            Turn::Idle => idle = idle.saturating_add(1),
        }
        match seat.wait {
            Wait::Spin => {}
            Wait::SpinWithHint => std::hint::spin_loop(),
            Wait::Park if idle < IDLE_TURNS => std::hint::spin_loop(),
            Wait::Park => seat.bell.wait(PARK),
        }
        now = clock();
    }
}

/// Pinning is a wish: where the system refuses, the stage runs unpinned.
#[cfg(target_os = "linux")]
fn pin(core: usize) {
    let mut cores = rustix::thread::CpuSet::new();
    if core < rustix::thread::CpuSet::MAX_CPU {
        cores.set(core);
        let _ = rustix::thread::sched_setaffinity(None, &cores);
    }
}

#[cfg(not(target_os = "linux"))]
const fn pin(_core: usize) {}

// === impl Halt ===

impl Halt {
    /// Stops the stages; ring their bells to be quick.
    pub fn set(&self) {
        self.0.store(true, Ordering::Release);
    }

    /// Whether it was set.
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

// === impl Gauges ===

impl Gauges {
    /// Turns that did something.
    #[must_use]
    pub fn turns(&self) -> u64 {
        self.0.turns.load(Ordering::Relaxed)
    }

    /// The longest of them in nanoseconds since it was last asked.
    #[must_use]
    pub fn take_longest_turn_ns(&self) -> u64 {
        self.0.longest_turn_ns.swap(0, Ordering::Relaxed)
    }

    fn turned(&self, nanoseconds: i64) {
        self.0.turns.fetch_add(1, Ordering::Relaxed);
        self.0.longest_turn_ns.fetch_max(nanoseconds.max(0).unsigned_abs(), Ordering::Relaxed);
    }
}

// === impl Seated ===

impl<S> Seated<S> {
    /// What it shows.
    #[must_use]
    pub fn gauges(&self) -> Gauges {
        self.gauges.clone()
    }

    /// Whether its thread has ended.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.thread.is_finished()
    }

    /// Waits for the thread's end and gives the stage back; a panic goes on here.
    pub fn join(self) -> S {
        self.thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    }
}
