//! The command line: what can be said, and who does it.
//!
//! Entry points: [`Cli`], [`run`].
//! Each command has a page of help with examples; global options stand before or after the command.
//! Exit codes are those of [`Error::exit_code`](crate::error::Error::exit_code).

pub mod backup;
pub mod control;
pub mod door;
pub mod itch;
pub mod journal;
pub mod lanes;
pub mod order;
pub mod redrive;
pub mod replay;
pub mod serve;
pub mod show;
pub mod watch;

use std::path::{Path, PathBuf};

use clap::{Args, Parser, Subcommand};

use crate::config::Config;
use crate::error::Error;
use crate::venue;

/// Takes orders from a stream, decides each one exactly once, keeps every decision durably, and
/// hands it to its venue.
///
/// Without a command, orderflow runs all of it in this process on embedded stores: it makes the
/// data folder on the first start (with sample limits, marked as such), starts a demo venue as a
/// second process, makes sample flow, and shows once a second what it does. Ctrl-C stops intake,
/// settles what was read and closes the files within 10 seconds; a second Ctrl-C stops at once.
/// Nothing is lost by either.
///
/// Commands talk to the instance that runs on the data folder, or open the folder themselves when
/// none does.
#[derive(Debug, Parser)]
#[command(
    name = "orderflow",
    version,
    subcommand_negates_reqs = true,
    after_help = "Examples:
  orderflow                                     run everything in ./.data
  orderflow --data /tmp/try --listen 127.0.0.1:9090 --sample-rate 1000
  orderflow order submit --account A-1 --symbol ALC --side buy --qty 100 --price 57.5 --wait
  orderflow journal verify --redecide
  curl http://127.0.0.1:8080/readyz

Exit status: 0 done, 1 something is wrong with what was looked at, 2 the call or the settings are
wrong, 3 the surroundings are (disk, port, another instance)."
)]
pub struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(flatten)]
    serve: serve::ServeArguments,
    #[command(subcommand)]
    command: Option<Command>,
}

/// What holds for every command.
#[derive(Clone, Debug, Args)]
pub struct Global {
    /// Data folder
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        default_value = "./.data",
        overrides_with = "data"
    )]
    pub data: PathBuf,
    /// Print machine-readable JSON lines on standard output
    #[arg(long, global = true)]
    pub json: bool,
    /// Settings (TOML); without it DIR/orderflow.toml, if there is one
    #[arg(long, global = true, value_name = "FILE", overrides_with = "config")]
    pub config: Option<PathBuf>,
    /// File with the token that says who asks for a change
    #[arg(long, global = true, value_name = "FILE", overrides_with = "token_file")]
    pub token_file: Option<PathBuf>,
    /// Check the settings, report every problem, and end
    #[arg(long, global = true)]
    pub check_config: bool,
    /// Print the settings in force, each with what it is for, and end
    #[arg(long, global = true)]
    pub print_config: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    #[command(after_help = "Examples:
  orderflow replay --format itch 20191230.ITCH_50 --data /tmp/replay
  orderflow replay --format itch 20191230.ITCH_50 --data /tmp/replay --json | tail -1
  orderflow replay --format itch FILE --again     every record is known: nothing changes")]
    Replay(replay::ReplayArguments),
    /// Prove, print or watch the journal: every input with what was decided
    #[command(after_help = "Examples:
  orderflow journal verify --redecide
  orderflow journal dump --json > inputs.jsonl
  orderflow journal tail")]
    #[command(subcommand)]
    Journal(journal::Part),
    /// Submit, change, look up and explain orders
    #[command(after_help = "Examples:
  orderflow order submit --account A-1 --symbol ALC --side buy --qty 100 --price 57.5 --wait
  orderflow order status 00112233445566778899aabbccddeeff
  orderflow order explain 00112233445566778899aabbccddeeff")]
    #[command(subcommand)]
    Order(order::Part),
    /// Print every order that the books know: the same as `order list`
    #[command(after_help = "Examples:
  orderflow orders
  orderflow orders --json > orders.jsonl")]
    Orders,
    /// Watch what senders are told of their orders
    #[command(after_help = "Examples:
  orderflow events tail --sender DESK-7
  orderflow events tail --sender DESK-7 --follow --json")]
    #[command(subcommand)]
    Events(watch::Part),
    /// What each lane does; split, merge, drain and release them
    #[command(after_help = "Examples:
  orderflow lanes
  orderflow lanes list --json
  orderflow lanes show 2
  orderflow lanes split 0             its children go on, each with half of the account keys
  orderflow lanes merge 4 5           the lower range first
  orderflow lanes drain 1 --wait 30   it reads nothing more; what was read is decided and sent
  orderflow lanes release 1           it goes on at the next record")]
    Lanes {
        #[command(subcommand)]
        part: Option<lanes::Part>,
    },
    #[command(after_help = "Examples:
  orderflow kill --account A-1                refuse new and changed orders of the account
  orderflow kill --symbol ALC --release       take orders in ALC again
  orderflow kill --scope firm --target F-1    the same, for scripts")]
    Kill(control::KillArguments),
    /// Publish limits, instruments and routes, or print those in force
    #[command(after_help = "Examples:
  orderflow control show > set.toml
  orderflow control apply set.toml --dry-run  after its number was raised by one
  orderflow control records                   who changed what, why, on whose approval")]
    #[command(subcommand)]
    Control(control::Part),
    /// Copy the data folder, also of a running instance, to a new folder
    #[command(
        after_help = "The copy is what a crash at that moment would have left: every decision
that was durable is in it. The order view is left out; the first start on the copy makes it again.

Examples:
  orderflow backup /var/backups/orderflow-2026-11-21
  orderflow restore /var/backups/orderflow-2026-11-21 --data ./restored"
    )]
    Backup {
        /// The new folder
        to: PathBuf,
    },
    /// Make a data folder of a copy that `backup` made, and prove its journal
    #[command(after_help = "Examples:
  orderflow restore /var/backups/orderflow-2026-11-21 --data ./restored
  orderflow --data ./restored")]
    Restore {
        /// The copy
        from: PathBuf,
    },
    /// Look after the order view
    #[command(subcommand)]
    View(backup::View),
    /// Begin a business day: orders for the day expire, the others are restated
    ///
    /// Without a day it says which one it is. `orderflow` begins days by the clock, too, at the
    /// time of the setting `business_day`.
    #[command(after_help = "Examples:
  orderflow day                    which business day it is
  orderflow day --next             end it
  orderflow day --date 2019-12-31")]
    Day(control::DayArguments),
    /// Release an account that was halted because a record of it crashed the process three times
    #[command(after_help = "Examples:
  orderflow release A-1")]
    Release {
        /// The account
        account: String,
        /// Why
        #[arg(long, default_value = "", value_name = "TEXT")]
        reason: String,
    },
    /// Bring dead letters of venue queues back into their queues on AWS, each again or as a void
    ///
    /// Without --queue it goes over every venue's queue of the environment. A letter goes again as
    /// long as its order is routed and unacknowledged, or it cancels one that is open; past its
    /// expiry, under a kill switch, or when it was answered meanwhile, a void of its number goes
    /// in its place. What can't be read, or whose order isn't in the order view, stays, is named,
    /// and makes the exit status 1. Of an account at most ten letters are seen at a time, so
    /// --dry-run shows no more of one. Identity comes from the environment, as AWS's tools put it
    /// there. Ctrl-C ends it between two calls; nothing is lost, and it can be run again.
    #[command(after_help = "Examples:
  orderflow redrive --environment prod --region eu-west-1 --dry-run
  orderflow redrive --environment prod --region eu-west-1 --queue venue-XLON
  orderflow redrive --environment prod --region eu-west-1 --queue venue-XLON --yes --json")]
    Redrive(redrive::RedriveArguments),
    /// Draw a token for somebody, and print the line that makes them known to the settings
    #[command(after_help = "Examples:
  orderflow token ann > ann.token      the line for [subjects] goes to standard error
  orderflow kill --all --token-file ann.token")]
    Token {
        /// Who
        subject: String,
    },
    #[command(
        hide = true,
        after_help = "Examples:
  orderflow itch --seed 7 day.itch
  orderflow itch --from day.itch --copies 100 days.itch"
    )]
    Itch(itch::ItchArguments),
    #[command(
        hide = true,
        after_help = "Examples:
  orderflow venue dump --data ./.data"
    )]
    Venue(venue::VenueArguments),
}

/// Does what the command line says.
///
/// # Errors
/// What went wrong, with its code.
pub fn run(cli: Cli) -> Result<u8, Error> {
    let mut config = settings(&cli.global)?;
    if cli.command.is_none() {
        cli.serve.lay_over(&mut config)?;
    }
    if cli.global.print_config {
        print!("{}", config.render());
        return Ok(0);
    }
    if cli.global.check_config {
        show::line(cli.global.json, &serde_json::json!({ "settings": "good" }));
        return Ok(0);
    }
    let global = &cli.global;
    match cli.command {
        None => serve::run(global, config).map(|()| 0),
        Some(Command::Replay(arguments)) => {
            let place = replay::Place { data: global.data.clone(), config, json: global.json };
            replay::run(&arguments, place).map(|()| 0)
        }
        Some(Command::Journal(part)) => journal::run(&part, global, config),
        Some(Command::Order(part)) => order::run(&part, global, config),
        Some(Command::Orders) => order::list(global, config),
        Some(Command::Events(part)) => watch::run(&part, global, config),
        Some(Command::Lanes { part }) => lanes::run(part.as_ref(), global, config),
        Some(Command::Kill(arguments)) => control::kill(&arguments, global, config),
        Some(Command::Control(part)) => control::run(&part, global, config),
        Some(Command::Backup { to }) => backup::backup(&to, global),
        Some(Command::Restore { from }) => backup::restore(&from, global, config),
        Some(Command::View(part)) => backup::view(&part, global, config),
        Some(Command::Day(arguments)) => control::day(&arguments, global, config),
        Some(Command::Release { account, reason }) => {
            control::release(account, reason, global, config)
        }
        Some(Command::Redrive(arguments)) => redrive::run(&arguments, global.json),
        Some(Command::Token { subject }) => control::token(&subject),
        Some(Command::Itch(arguments)) => itch::run(&arguments).map(|()| 0).map_err(file),
        Some(Command::Venue(arguments)) => {
            let ran = venue::run(&arguments);
            ran.map(|()| 0).map_err(|error| Error::Venue { reason: error.to_string() })
        }
    }
}

fn file(failure: crate::itch::multiply::Failure) -> Error {
    Error::File { path: "the ITCH file".to_owned(), reason: failure.to_string() }
}

/// The settings of `--config`, else of the data folder's own file, else the defaults.
fn settings(global: &Global) -> Result<Config, Error> {
    let own = global.data.join("orderflow.toml");
    let path: &Path = match &global.config {
        Some(path) => path,
        None if own.is_file() => &own,
        None => return Ok(Config::default()),
    };
    let named = path.display().to_string();
    let text = std::fs::read_to_string(path)
        .map_err(|error| Error::File { path: named.clone(), reason: error.to_string() })?;
    Config::parse(&text).map_err(|problems| Error::Settings { file: named, problems })
}
