//! Fair rounds: candidates alternate, figures are medians, noise is shown and not hidden.
//!
//! Entry points: [`compare`], [`thread_ns`], [`wall_ns`].
//! The first candidate runs twice in each round; the ratio of the two (A/A) tells how far the
//! machine can be trusted, and above [`NOISE_MAX_PERCENT`] the comparison says so.

use rustix::time::{ClockId, clock_gettime};

/// Rounds of a comparison that may be quoted.
pub const ROUNDS: usize = 11;

/// An A/A ratio further than this from 1 makes a comparison too noisy to quote, in percent.
pub const NOISE_MAX_PERCENT: f64 = 5.0;

/// Something that is measured: does the whole work once, gives nanoseconds and the answer.
pub struct Candidate<'a, Answer> {
    /// Its name in tables.
    pub name: &'static str,
    /// One run.
    pub run: Box<dyn FnMut() -> (u64, Answer) + 'a>,
}

/// A candidate's figures, nanoseconds per operation.
#[derive(Clone, Debug)]
pub struct Figure {
    /// Its name.
    pub name: &'static str,
    /// Lower quartile, median, upper quartile.
    pub quartiles: [f64; 3],
}

/// Runs all candidates alternately, checks that their answers agree, and prints a table in which
/// each ratio is to the first.
///
/// # Panics
/// When two answers differ: a bench that computes something wrong measures nothing.
pub fn compare<Answer: PartialEq + std::fmt::Debug>(
    title: &str,
    operations: usize,
    rounds: usize,
    mut candidates: Vec<Candidate<'_, Answer>>,
) -> Vec<Figure> {
    let mut samples: Vec<Vec<f64>> = candidates.iter().map(|_| Vec::new()).collect();
    let mut repeats = Vec::new();
    for _ in 0..rounds {
        let mut expected = None;
        for (candidate, samples) in candidates.iter_mut().zip(&mut samples) {
            let (nanoseconds, answer) = (candidate.run)();
            samples.push(per(nanoseconds, operations));
            let first = expected.get_or_insert_with(|| format!("{answer:?}"));
            assert_eq!(*first, format!("{answer:?}"), "{title}: {} differs", candidate.name);
        }
        if let Some(first) = candidates.first_mut() {
            repeats.push(per((first.run)().0, operations));
        }
    }
    let names = candidates.iter().map(|candidate| candidate.name);
    let figures: Vec<Figure> = names
        .zip(samples)
        .map(|(name, samples)| Figure { name, quartiles: quartiles(samples) })
        .collect();
    print_table(title, &figures, quartiles(repeats)[1]);
    figures
}

/// Nanoseconds of this thread's processor time that `work` takes.
pub fn thread_ns<T>(work: impl FnOnce() -> T) -> (u64, T) {
    timed(ClockId::ThreadCPUTime, work)
}

/// Nanoseconds that pass while `work` runs.
pub fn wall_ns<T>(work: impl FnOnce() -> T) -> (u64, T) {
    timed(ClockId::Monotonic, work)
}

fn timed<T>(clock: ClockId, work: impl FnOnce() -> T) -> (u64, T) {
    let now = || {
        let time = clock_gettime(clock);
        time.tv_sec.unsigned_abs() * 1_000_000_000 + time.tv_nsec.unsigned_abs()
    };
    let start = now();
    let result = work();
    (now().saturating_sub(start), result)
}

fn per(nanoseconds: u64, operations: usize) -> f64 {
    nanoseconds as f64 / operations.max(1) as f64
}

fn quartiles(mut samples: Vec<f64>) -> [f64; 3] {
    samples.sort_by(f64::total_cmp);
    let at = |quarter: usize| samples.get((samples.len().saturating_sub(1)) * quarter / 4);
    [1, 2, 3].map(|quarter| at(quarter).copied().unwrap_or_default())
}

fn print_table(title: &str, figures: &[Figure], repeat: f64) {
    let Some(first) = figures.first() else { return };
    let base = first.quartiles[1];
    println!("\n{title}\n{:34} {:>9} {:>19} {:>7}", "", "ns", "quartiles", "ratio");
    for figure in figures {
        let [low, median, high] = figure.quartiles;
        println!(
            "{:34} {median:>9.1} {:>19} {:>7.2}",
            figure.name,
            format!("{low:.1}..{high:.1}"),
            median / base
        );
    }
    let noise = (repeat / base - 1.0).abs() * 100.0;
    let verdict = if noise > NOISE_MAX_PERCENT { ": machine too noisy to quote" } else { "" };
    println!("A/A of {} within {noise:.1} %{verdict}", first.name);
}
