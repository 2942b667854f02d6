//! `orderflow itch`: makes ITCH files for tests and load, from a seed or from another file.

use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::itch::multiply::Failure;
use crate::itch::{generate, multiply};

/// Make an ITCH 5.0 file of a real day's shape from a seed, or multiply one message by message
#[derive(Clone, Debug, clap::Args)]
pub struct ItchArguments {
    /// Where to write it
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Same seed, same file
    #[arg(long, default_value_t = 1, conflicts_with = "from")]
    seed: u64,
    /// Multiply this file instead
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
    /// Copies of each message, each with its own references
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..))]
    copies: u64,
}

/// Runs the command.
///
/// # Errors
/// The source is no ITCH, or a file can't be read or written.
pub fn run(arguments: &ItchArguments) -> Result<(), Failure> {
    let mut target = BufWriter::new(File::create(&arguments.file)?);
    let written = match &arguments.from {
        Some(source) => copy(source, arguments.copies, &mut target)?,
        None => {
            let (bytes, _) = generate(arguments.seed);
            multiply(&bytes[..], arguments.copies, &mut target)?
        }
    };
    target.flush()?;
    println!("{written} messages in {}", arguments.file.display());
    Ok(())
}

fn copy(source: &Path, copies: u64, target: &mut impl Write) -> Result<u64, Failure> {
    multiply(BufReader::new(File::open(source)?), copies, target)
}
