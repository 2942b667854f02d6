//! `cargo xtask <verb>`: the house's own tools.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};
use xtask::house::House;
use xtask::{ci, infra, product, tidy, workflows};

/// The house's own tools. Each verb says what it checks before it starts.
#[derive(Parser)]
#[command(name = "cargo xtask", version)]
struct Arguments {
    /// Another tree than the one this was built from
    #[arg(long, hide = true)]
    root: Option<PathBuf>,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Check the rules of the house: storeys, purity, sizes, names, licences, links
    Tidy,
    /// Check `infra`: modules, pages and their tests
    Infra {
        #[command(subcommand)]
        verb: infra::Verb,
    },
    /// Check the workflows of .github: rules, zizmor, actionlint, yamllint, shellcheck
    Workflows,
    /// Kill a replay again and again with SIGKILL, and hold the end against an undisturbed run's
    Crashes {
        /// How often
        #[arg(long, default_value_t = 100)]
        kills: u64,
        /// Where: the same seed, the same places
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// Write an ITCH 5.0 file of a real day's shape
    Itch {
        /// Same seed, same file
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Where to write it
        file: PathBuf,
    },
    /// Write the golden examples of proto/golden anew
    Golden,
    /// Run a part of what lands a change
    Ci {
        #[command(subcommand)]
        part: Part,
    },
}

#[derive(Subcommand)]
enum Part {
    /// fmt, clippy, tidy (with licences and bans): everything that needs no test
    Smoke,
    /// Install the servers that tests start and PyPI has, into target/infra/tools
    Servers,
    /// Every test of the workspace, and what could not be run
    Test,
}

fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    let root = match arguments.root {
        Some(root) => root,
        None => workspace_root()?,
    };
    let clean = match arguments.verb {
        Verb::Tidy => tidy::report(&House::read(&root)?),
        Verb::Infra { verb } => infra::run(&root, verb)?,
        Verb::Workflows => workflows::run(&root)?,
        Verb::Crashes { kills, seed } => product::crashes(&root, kills, seed)?,
        Verb::Itch { seed, file } => product::itch(&root, seed, &file)?,
        Verb::Golden => product::golden(&root)?,
        Verb::Ci { part: Part::Smoke } => ci::smoke(&root)?,
        Verb::Ci { part: Part::Servers } => ci::servers(&root)?,
        Verb::Ci { part: Part::Test } => ci::test(&root)?,
    };
    Ok(if clean { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The folder of the workspace's manifest, three above this package's.
fn workspace_root() -> Result<PathBuf> {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let root = here.ancestors().nth(3).map(PathBuf::from);
    root.ok_or_else(|| anyhow::anyhow!("no workspace above {}", here.display()))
}
