//! The machine's card: a figure without its circumstances is no figure.

use std::fmt::Write;

/// Processor, cores, cache, kernel and build, one line.
#[must_use]
pub fn card() -> String {
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let field = |name: &str| {
        let line = cpu.lines().find(|line| line.starts_with(name));
        line.and_then(|line| line.split(':').nth(1)).unwrap_or("unknown").trim().to_owned()
    };
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let mut card = String::new();
    let _ = write!(card, "{}, {cores} cores, cache {}", field("model name"), field("cache size"));
    let _ =
        write!(card, ", kernel {}, load {}", kernel.trim(), load.split(' ').next().unwrap_or(""));
    let _ = write!(card, ", orderflow {}", env!("CARGO_PKG_VERSION"));
    card
}
