//! `orderflow lanes`: what each lane does; splitting, merging, draining and releasing them while
//! orders come.

use clap::Subcommand;

use super::Global;
use super::door::{Absent, Door};
use super::show;
use crate::ask::Ask;
use crate::config::Config;
use crate::error::Error;

/// What `lanes list` shows of a lane; `lanes show` and `--json` have all of it.
const LISTED: [show::Column; 10] = [
    ("lane", -4),
    ("state", 8),
    ("position", -10),
    ("tip", -8),
    ("left", -6),
    ("committed", -9),
    ("followed", -8),
    ("epoch", -5),
    ("format", -6),
    ("first", 32),
];

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
    /// Have a lane read nothing more: what was read is decided and sent, and a snapshot is taken
    ///
    /// Producers' records go on being taken in and wait in the stream, as long as its retention
    /// lets them; other lanes go on. It ends with `state: drained`, the position, and `left`, the
    /// records that wait. A lane stays drained over restarts and crashes until it is released.
    /// Ctrl-C or the end of --wait ends the waiting alone: the lane goes on draining, and
    /// `lanes show` says when it is drained. Kill switches and configuration are recorded
    /// meanwhile, and bind before the first record after the release. A drained lane can't be
    /// split or merged: release it first.
    Drain {
        /// Its number
        lane: u32,
        /// Seconds to wait for `drained`; 0 asks for it and doesn't wait. Exit code 1 when it
        /// isn't drained by then
        #[arg(long, value_name = "S", default_value_t = 60)]
        wait: u64,
    },
    /// Let a drained lane go on at exactly the next record
    Release {
        /// Its number
        lane: u32,
    },
}

/// Does it.
///
/// # Errors
/// The folder can't be opened; shards that can't be split or merged so.
pub fn run(part: Option<&Part>, global: &Global, config: Config) -> Result<u8, Error> {
    let door = Door::at_rest(global, config, Absent::Refuse)?;
    let mut code = 0;
    match part {
        None | Some(Part::List) => {
            let told = door.ask(Ask::Lanes)?;
            if global.json {
                show::line(true, &told);
            } else {
                let rows = told["lanes"].as_array().into_iter().flatten();
                let mut table = show::Table::new(false, &LISTED);
                rows.for_each(|row| table.row(row));
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
        Some(Part::Drain { lane, wait }) => {
            let told = door.ask(Ask::Drain { lane: *lane, wait: *wait })?;
            show::line(global.json, &told);
            code = u8::from(*wait > 0 && told["state"] == "draining");
        }
        Some(Part::Release { lane }) => {
            show::line(global.json, &door.ask(Ask::ReleaseLane { lane: *lane })?);
        }
    }
    door.close(false)?;
    Ok(code)
}
