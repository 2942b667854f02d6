//! `orderflow lanes`: what each lane does, and splitting and merging them while orders come.

use clap::Subcommand;

use super::Global;
use super::door::{Absent, Door};
use super::show;
use crate::ask::Ask;
use crate::config::Config;
use crate::error::Error;

/// What to do with lanes.
#[derive(Debug, Subcommand)]
pub enum Part {
    /// What each lane does: state, epoch, committed index, position, distance to the tip
    List,
    /// One lane, with the lanes before and after it
    Show {
        /// Its number
        lane: u32,
    },
    /// Split a lane in two: it ends, and its children go on with its accounts
    Split {
        /// Its number
        lane: u32,
        /// The second child's first account key, up to 32 hex digits; without it the middle
        #[arg(long, value_name = "KEY", default_value = "")]
        at: String,
    },
    /// Merge two lanes whose ranges meet: both end, and one goes on
    Merge {
        /// The lane of the lower range
        low: u32,
        /// The lane of the upper range
        high: u32,
    },
}

/// Does it.
///
/// # Errors
/// The folder can't be opened; shards that can't be split or merged so.
pub fn run(part: Option<&Part>, global: &Global, config: Config) -> Result<u8, Error> {
    let door = Door::at_rest(global, config, Absent::Refuse)?;
    match part {
        None | Some(Part::List) => {
            let told = door.ask(Ask::Lanes)?;
            if global.json {
                show::line(true, &told);
            } else {
                let rows = told["lanes"].as_array().into_iter().flatten();
                rows.for_each(|row| show::row(false, row));
            }
        }
        Some(Part::Show { lane }) => {
            show::line(global.json, &door.ask(Ask::Lane { lane: *lane })?);
        }
        Some(Part::Split { lane, at }) => {
            let ask = Ask::Split { lane: *lane, at: at.clone() };
            show::line(global.json, &door.ask(ask)?);
        }
        Some(Part::Merge { low, high }) => {
            show::line(global.json, &door.ask(Ask::Merge { lanes: [*low, *high] })?);
        }
    }
    door.close(false)?;
    Ok(0)
}
