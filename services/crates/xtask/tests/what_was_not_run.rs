//! The last test of the test command: prints what the run could not test, and what each would need.
//!
//! Tests that miss something append a line `test: what it needs` to `tmp/not-run.txt` in cargo's
//! target
//! folder; one that misses a tool begins its line with `tool `. With `CI=true` a missing tool fails
//! the
//! run; absent data is only listed.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test stops at the first surprise")]

use std::collections::BTreeSet;
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let list = Path::new(env!("CARGO_TARGET_TMPDIR")).join("not-run.txt");
    let text = std::fs::read_to_string(&list).unwrap_or_default();
    let lines: BTreeSet<&str> = text.lines().filter(|line| !line.is_empty()).collect();
    // The next run makes its own list.
    let _ = std::fs::remove_file(&list);
    if lines.is_empty() {
        println!("\neverything was run: no tool and no data was missing\n");
        return ExitCode::SUCCESS;
    }
    println!("\nnot run here, and what each would need:");
    for line in &lines {
        println!("  {line}");
    }
    println!();
    let tool_missing = lines.iter().any(|line| line.starts_with("tool "));
    #[expect(clippy::disallowed_methods, reason = "the one question asked of the environment")]
    let strict = std::env::var("CI").is_ok_and(|value| value == "true");
    if strict && tool_missing {
        println!("CI=true: a missing tool is a failure");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
