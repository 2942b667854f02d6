//! `orderflow journal` and `orderflow lanes`: what was decided, entry by entry, and proof that it
//! holds.

use clap::Subcommand;
use serde_json::Value;

use super::door::{Absent, Door};
use super::{Global, show};
use crate::ask::Ask;
use crate::config::Config;
use crate::error::Error;
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
    let door = Door::at_rest(global, config, Absent::Refuse)?;
    match part {
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

/// Prints what each lane does.
///
/// # Errors
/// The folder can't be opened.
pub fn lanes(global: &Global, config: Config) -> Result<u8, Error> {
    let door = Door::at_rest(global, config, Absent::Refuse)?;
    let told = door.ask(Ask::Lanes)?;
    if global.json {
        show::line(true, &told);
    } else {
        told["lanes"].as_array().into_iter().flatten().for_each(|row| show::row(false, row));
    }
    door.close(false)?;
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
