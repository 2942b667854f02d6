//! `orderflow journal`: what was decided, entry by entry, and proof that it
//! holds.

use clap::Subcommand;
use domain::entry::{FORMAT, FORMAT_BEFORE};
use local::Folder;
use local::disk::RealDisk;
use serde_json::{Value, json};

use super::door::{Absent, Door};
use super::{Global, show};
use crate::ask::Ask;
use crate::config::Config;
use crate::error::Error;
use crate::instance::take;
use crate::limits::READ_ENTRIES;

/// Parts of the command.
#[derive(Clone, Debug, Subcommand)]
pub enum Part {
    /// Prove every chain: links, positions, digests, books = fold of the journal
    ///
    /// Ends with status 1 and the place of the first wrong thing when something doesn't hold. With
    /// a running instance, what is committed so far is proved.
    #[command(after_help = "Examples:
  orderflow journal verify
  orderflow journal verify --redecide --json    decide every input again and compare")]
    Verify {
        /// Decide every input again under the configuration sets that the journal names, and
        /// compare
        #[arg(long)]
        redecide: bool,
    },
    /// Print every input with its outcome, in chain order, lane after lane
    #[command(after_help = "Examples:
  orderflow journal dump
  orderflow journal dump --lane 2 --json | grep '\"rejected\"'")]
    Dump {
        /// Only this lane
        #[arg(long, value_name = "N")]
        lane: Option<u32>,
    },
    /// Print which format of the journal the folder writes, or raise it to the newest
    ///
    /// A folder keeps the format of the release that made it, so that this release can be taken
    /// back. What is new with a format is refused until the folder writes it.
    #[command(after_help = "Examples:
  orderflow journal format
  orderflow journal format --raise              releases before this one refuse the folder then")]
    Format {
        /// Write the newest format from the next start on; no instance may run
        #[arg(long)]
        raise: bool,
    },
    /// Print the newest inputs of each lane with their outcomes
    #[command(after_help = "Examples:
  orderflow journal tail
  orderflow journal tail --entries 1 --json")]
    Tail {
        /// Journal entries of each lane to look back
        #[arg(long, value_name = "N", default_value_t = 4)]
        entries: u64,
    },
}

/// Runs the command.
///
/// # Errors
/// The folder can't be opened, or the journal doesn't hold.
pub fn run(part: &Part, global: &Global, config: Config) -> Result<u8, Error> {
    if let Part::Format { raise } = part {
        return format(*raise, global, &config);
    }
    let door = Door::at_rest(global, config, Absent::Refuse)?;
    match part {
        // Answered above: it needs no door.
        Part::Format { .. } => {}
        Part::Verify { redecide } => {
            let proved = door.ask(Ask::Verify { redecide: *redecide })?;
            show::line(global.json, &proved);
        }
        Part::Dump { lane } => {
            for number in numbers(&door)? {
                if lane.is_none_or(|lane| lane == number.0) {
                    dump(&door, global.json, number.0, 0)?;
                }
            }
        }
        Part::Tail { entries } => {
            for (lane, committed) in numbers(&door)? {
                dump(&door, global.json, lane, committed.saturating_sub(entries - 1))?;
            }
        }
    }
    door.close(false)?;
    Ok(0)
}

/// Prints the format that the folder writes, after raising it where that is asked.
fn format(raise: bool, global: &Global, config: &Config) -> Result<u8, Error> {
    if !global.data.join("genesis").is_file() {
        return Err(Error::NoFolder { folder: global.data.display().to_string() });
    }
    let written = if raise {
        let mut folder = take(&global.data, config, None)?;
        folder.raise(&RealDisk)?;
        folder.genesis().format
    } else {
        Folder::look(&RealDisk, &global.data)?.map_or(FORMAT, |genesis| genesis.format)
    };
    let told = json!({ "written": written, "read": [FORMAT_BEFORE, FORMAT] });
    show::line(global.json, &told);
    Ok(0)
}

/// Each lane's number and committed index.
fn numbers(door: &Door) -> Result<Vec<(u32, u64)>, Error> {
    let told = door.ask(Ask::Lanes)?;
    let rows = told["lanes"].as_array().into_iter().flatten();
    let number = |row: &Value| {
        let lane = u32::try_from(row["lane"].as_u64()?).ok()?;
        Some((lane, row["committed"].as_u64().unwrap_or(0)))
    };
    Ok(rows.filter_map(number).collect())
}

fn dump(door: &Door, json: bool, lane: u32, from: u64) -> Result<(), Error> {
    let mut from = Some(from);
    while let Some(at) = from {
        let told = door.ask(Ask::Journal { lane, from: at, count: READ_ENTRIES })?;
        told["rows"].as_array().into_iter().flatten().for_each(|row| show::row(json, row));
        from = told["next"].as_u64();
    }
    Ok(())
}
