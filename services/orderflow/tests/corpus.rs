//! The corpus of the fuzz target, and what came of it, over the same check.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test stops at the first surprise")]

#[expect(unreachable_pub, reason = "the fuzz target calls it from another crate")]
#[path = "../fuzz/src/check.rs"]
mod check;

#[test]
fn the_whole_corpus_passes_its_check() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus/itch");
    let mut count = 0;
    for file in std::fs::read_dir(folder).expect("the corpus is there") {
        let path = file.expect("the corpus can be listed").path();
        check::itch(&std::fs::read(&path).expect("it can be read"));
        count += 1;
    }
    assert!(count >= 5, "the corpus has {count} files");
}

#[test]
fn a_made_day_passes_the_check_and_so_does_each_piece_of_its_beginning() {
    let (bytes, _) = orderflow::itch::generate(9);
    check::itch(&bytes);
    for cut in 0..400 {
        check::itch(&bytes[..cut]);
    }
}
