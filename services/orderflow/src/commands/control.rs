//! `orderflow kill`, `orderflow control`, `orderflow day`, `orderflow release`: what operators
//! change while it runs.

use std::path::PathBuf;

use clap::{ArgGroup, Args, Subcommand};

use super::door::{Absent, Door};
use super::{Global, show};
use crate::ask::Ask;
use crate::config::Config;
use crate::error::Error;
use crate::limits::READY_WAIT;

/// Throw or release a kill switch: new and changed orders under it are refused, cancels pass.
/// With --reducing, what reduces a position or an order passes, too
///
/// It binds before the next undecided record: at once where an instance runs (within 100 ms), else
/// at the next start.
#[derive(Clone, Debug, Args)]
#[command(group = ArgGroup::new("whom")
    .required(true)
    .args(["firm", "account", "symbol", "desk", "strategy", "trader", "client", "venue", "all",
        "scope"]))]
pub struct KillArguments {
    /// An executing firm
    #[arg(long, value_name = "ID")]
    firm: Option<String>,
    /// An account
    #[arg(long, value_name = "ID")]
    account: Option<String>,
    /// An instrument
    #[arg(long, value_name = "SYMBOL")]
    symbol: Option<String>,
    /// A trading desk
    #[arg(long, value_name = "ID")]
    desk: Option<String>,
    /// An algorithm
    #[arg(long, value_name = "ID")]
    strategy: Option<String>,
    /// A trader
    #[arg(long, value_name = "ID")]
    trader: Option<String>,
    /// A client
    #[arg(long, value_name = "ID")]
    client: Option<String>,
    /// A venue
    #[arg(long, value_name = "MIC")]
    venue: Option<String>,
    /// Everything
    #[arg(long)]
    all: bool,
    /// Any of these by its name, with --target
    #[arg(long, requires = "target")]
    scope: Option<String>,
    /// Whom --scope means
    #[arg(long, value_name = "ID", requires = "scope")]
    target: Option<String>,
    /// Release it
    #[arg(long)]
    release: bool,
    /// Let what reduces a position or an order go on
    #[arg(long, conflicts_with = "release")]
    reducing: bool,
}

/// Which business day begins.
#[derive(Clone, Debug, Args)]
pub struct DayArguments {
    /// The day after the one that it is
    #[arg(long, conflicts_with = "date")]
    next: bool,
    /// This day
    #[arg(long, value_name = "YYYY-MM-DD")]
    date: Option<String>,
}

/// Parts of `orderflow control`.
#[derive(Clone, Debug, Subcommand)]
pub enum Part {
    /// Publish a configuration set: limits, instruments and routes under one number
    ///
    /// The set is taken whole, between two records, by every lane. All that is wrong with it is
    /// told at once, and nothing is published then.
    #[command(after_help = "Examples:
  orderflow control show > set.toml
  orderflow control apply set.toml            after its number was raised by one")]
    Apply {
        /// The set (TOML)
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Print the newest set as text that `apply` takes; kill switches that are thrown go to
    /// standard error
    #[command(after_help = "Examples:
  orderflow control show > set.toml
  orderflow control show --json")]
    Show,
}

/// Throws or releases a kill switch.
///
/// # Errors
/// The folder or the instance, or what is wrong with the name.
pub fn kill(arguments: &KillArguments, global: &Global, config: Config) -> Result<u8, Error> {
    let named = [
        ("firm", &arguments.firm),
        ("account", &arguments.account),
        ("symbol", &arguments.symbol),
        ("desk", &arguments.desk),
        ("strategy", &arguments.strategy),
        ("trader", &arguments.trader),
        ("client", &arguments.client),
        ("venue", &arguments.venue),
    ];
    let named = named.into_iter().find_map(|(scope, target)| Some((scope, target.as_deref()?)));
    let all = arguments.all.then_some(("all", ""));
    let pair = arguments.scope.as_deref().zip(arguments.target.as_deref());
    let Some((scope, target)) = named.or(all).or(pair) else {
        return Err(Error::Call {
            what: "nobody is named".to_owned(),
            fix: "give --firm, --account, --symbol, --all or another scope".to_owned(),
        });
    };
    let (scope, target) = (scope.to_owned(), target.to_owned());
    let (thrown, reducing) = (!arguments.release, arguments.reducing);
    told(Ask::Kill { scope, target, thrown, reducing }, global, config)
}

/// Begins a business day, or says which one it is.
///
/// # Errors
/// The folder or the instance, or a day that is over.
pub fn day(arguments: &DayArguments, global: &Global, config: Config) -> Result<u8, Error> {
    let next = arguments.next.then(|| "next".to_owned());
    let begin = next.or_else(|| arguments.date.clone()).unwrap_or_default();
    told(Ask::Day { begin }, global, config)
}

/// Publishes or prints a set.
///
/// # Errors
/// The folder or the instance, or what is wrong with the set.
pub fn run(part: &Part, global: &Global, config: Config) -> Result<u8, Error> {
    match part {
        Part::Apply { file } => {
            let text = std::fs::read_to_string(file).map_err(|error| Error::File {
                path: file.display().to_string(),
                reason: error.to_string(),
            })?;
            told(Ask::Apply { text }, global, config)
        }
        Part::Show => {
            let door = Door::at_rest(global, config, Absent::Refuse)?;
            let shown = door.ask(Ask::Show)?;
            if global.json {
                show::line(true, &shown);
            } else {
                print!("{}", shown["text"].as_str().unwrap_or("# no set was published yet\n"));
                for kill in shown["kills"].as_array().into_iter().flatten() {
                    eprintln!(
                        "kill switch {}: {} {} {}",
                        kill["number"], kill["scope"], kill["target"], kill["state"]
                    );
                }
            }
            door.close(false)?;
            Ok(0)
        }
    }
}

/// Releases a halted account.
///
/// # Errors
/// The folder or the instance.
pub fn release(account: String, global: &Global, config: Config) -> Result<u8, Error> {
    let door = Door::open(global, config, Absent::Refuse)?;
    if let Door::Line(instance) = &door {
        // A line takes the releases that come after its first look at the control table.
        let _ = instance.wait_ready(READY_WAIT);
    }
    let told = door.ask(Ask::Release { account });
    door.close(true)?;
    show::line(global.json, &told?);
    Ok(0)
}

fn told(ask: Ask, global: &Global, config: Config) -> Result<u8, Error> {
    let door = Door::at_rest(global, config, Absent::Make)?;
    let told = door.ask(ask)?;
    door.close(false)?;
    show::line(global.json, &told);
    Ok(0)
}
