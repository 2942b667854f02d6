//! `orderflow events`: what senders are told.

use std::time::Duration;

use clap::Subcommand;
use serde_json::Value;

use super::door::{Absent, Door};
use super::{Global, show};
use crate::ask::Ask;
use crate::config::Config;
use crate::error::Error;
use crate::limits::PAGE_ROWS_MAX;

/// How often a followed stream is asked for more.
const FOLLOW: Duration = Duration::from_millis(200);

/// Parts of the command.
#[derive(Clone, Debug, Subcommand)]
pub enum Part {
    /// Print the newest life-cycle events, one line each
    #[command(after_help = "Examples:
  orderflow events tail --sender DESK-7
  orderflow events tail --count 100 --follow --json")]
    Tail {
        /// Only this sender's
        #[arg(long, value_name = "ID", default_value = "")]
        sender: String,
        /// How many to begin with
        #[arg(long, value_name = "N", default_value_t = 20)]
        count: usize,
        /// Go on with what comes, until Ctrl-C
        #[arg(long)]
        follow: bool,
    },
}

/// Runs the command.
///
/// # Errors
/// The folder or the instance.
pub fn run(part: &Part, global: &Global, config: Config) -> Result<u8, Error> {
    let Part::Tail { sender, count, follow } = part;
    let door = Door::at_rest(global, config, Absent::Refuse)?;
    let mut after = Vec::new();
    let mut count = *count;
    loop {
        let told = door.ask(Ask::Events { sender: sender.clone(), after, count })?;
        told["rows"].as_array().into_iter().flatten().for_each(|row| show::row(global.json, row));
        let numbers = told["next"].as_array().into_iter().flatten().filter_map(Value::as_u64);
        after = numbers.collect();
        // At rest nothing comes any more.
        if !follow || !matches!(door, Door::Running(_)) {
            break;
        }
        count = PAGE_ROWS_MAX;
        std::thread::park_timeout(FOLLOW);
    }
    door.close(false)?;
    Ok(0)
}
