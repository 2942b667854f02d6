//! Makes Rust of the messages in `proto/`, by a protobuf compiler in Rust, so that nothing but
//! cargo is needed.

use std::error::Error;
use std::path::Path;

/// All files that messages of ours stand in; imports are found from them.
const FILES: &[&str] = &[
    "orderflow/orders/v1/envelope.proto",
    "orderflow/orders/v1/venue_order.proto",
    "orderflow/executions/v1/drop_copy.proto",
    "orderflow/events/v1/dead_letter.proto",
    "orderflow/events/v1/life_cycle.proto",
    "orderflow/events/v1/order_view.proto",
    "orderflow/journal/v1/body.proto",
    "orderflow/journal/v1/entry.proto",
];

fn main() -> Result<(), Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../proto");
    println!("cargo:rerun-if-changed={}", root.join("orderflow").display());
    let files = protox::compile(FILES, [&root])?;
    let mut config = prost_build::Config::new();
    // Indented comments would be taken for documentation tests.
    config.disable_comments(["."]);
    config.compile_fds(files)?;
    Ok(())
}
