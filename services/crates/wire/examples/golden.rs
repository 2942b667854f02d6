//! Writes the examples of `proto/golden` anew: `cargo run --release -p wire --example golden`.
//!
//! A file that git shows as changed afterwards is a change of the format (`proto/README.md`).
#![allow(dead_code, reason = "the modules serve the tests too")]
#![allow(clippy::unwrap_used, reason = "a developer's tool, read with its output")]

use std::fs;

#[path = "../tests/wire/golden.rs"]
mod golden;
#[path = "../tests/wire/samples.rs"]
mod samples;
#[path = "../tests/wire/schema.rs"]
mod schema;

fn main() -> Result<(), std::io::Error> {
    let folder = schema::folder().join("golden");
    for part in ["orders", "executions", "events", "journal"] {
        fs::create_dir_all(folder.join(part))?;
    }
    for sample in samples::all() {
        let json = schema::json(sample.kind, &sample.bytes);
        fs::write(folder.join(format!("{}.bin", sample.name)), &sample.bytes)?;
        fs::write(folder.join(format!("{}.json", sample.name)), json)?;
    }
    fs::write(folder.join("aggregate.bin"), samples::aggregate())?;
    fs::write(folder.join("aggregate.json"), golden::aggregate_json())?;
    Ok(())
}
