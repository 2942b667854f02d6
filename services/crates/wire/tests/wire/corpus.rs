//! What fuzzing found worth keeping, and every cut and single flipped bit of the examples, run
//! through the same checks.

use std::path::Path;

use crate::checks;
use crate::samples;

/// A fuzz target and what it checks.
type Target = (&'static str, fn(&[u8]));

const TARGETS: &[Target] = &[
    ("orders", checks::orders),
    ("executions", checks::executions),
    ("aggregate", checks::aggregate),
    ("journal", checks::journal),
    ("events", checks::events),
    ("configuration", checks::configuration),
];

#[test]
fn the_whole_corpus_passes_its_checks() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    for (target, check) in TARGETS {
        let mut count = 0;
        for file in std::fs::read_dir(corpus.join(target)).unwrap() {
            check(&std::fs::read(file.unwrap().path()).unwrap());
            count += 1;
        }
        assert!(count > 0, "{target} has no corpus");
    }
}

#[test]
fn every_cut_and_every_flipped_bit_of_an_example_passes_every_check() {
    let mut examples: Vec<_> = samples::all().into_iter().map(|sample| sample.bytes).collect();
    examples.push(samples::aggregate());
    examples.push(wire::configuration::render(&wire::configuration::sample()).into_bytes());
    for example in examples {
        for (_, check) in TARGETS {
            check(&example);
        }
        let checks = |bytes: &[u8]| TARGETS[..5].iter().for_each(|(_, check)| check(bytes));
        (0..example.len()).for_each(|length| checks(&example[..length]));
        let mut flipped = example.clone();
        for bit in 0..example.len() * 8 {
            flipped[bit / 8] ^= 1 << (bit % 8);
            checks(&flipped);
            flipped[bit / 8] ^= 1 << (bit % 8);
        }
    }
}
