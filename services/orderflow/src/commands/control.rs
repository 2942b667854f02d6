//! `orderflow kill`, `orderflow control`, `orderflow day`, `orderflow release`: what operators
//! change while it runs.

use std::path::PathBuf;

use clap::{ArgGroup, Args, Subcommand};

use super::door::{Absent, Door};
use super::{Global, show};
use crate::ask::{Ask, Exemption};
use crate::config::Config;
use crate::error::Error;
use crate::limits::{PAGE_ROWS_MAX, READY_WAIT};
use crate::subject::draw_token;

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
    /// Why
    #[arg(long, default_value = "", value_name = "TEXT")]
    reason: String,
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
  orderflow control apply set.toml --dry-run  which decisions of the last day would be others
  orderflow control apply set.toml            after its number was raised by one")]
    Apply {
        /// The set (TOML)
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Why
        #[arg(long, default_value = "", value_name = "TEXT")]
        reason: String,
        /// Publish nothing: say which decisions of the last day would have been others
        #[arg(long)]
        dry_run: bool,
    },
    /// Print the newest set as text that `apply` takes; kill switches that are thrown go to
    /// standard error
    #[command(after_help = "Examples:
  orderflow control show > set.toml
  orderflow control show --json")]
    Show,
    /// Let orders of an account pass some controls for a while; always needs two people
    #[command(after_help = "Examples:
  orderflow control override --account A-1 --symbol ALC --control MAX_ORDER_QTY --count 1 \\
    --seconds 600 --reason 'the client called' --token-file ann.token
  orderflow control approve 7 --token-file bob.token")]
    Override(OverrideArguments),
    /// What waits for a second person
    #[command(after_help = "Examples:
  orderflow control proposals")]
    Proposals,
    /// Approve what another proposed; it binds at once
    #[command(after_help = "Examples:
  orderflow control approve 7 --token-file bob.token")]
    Approve {
        /// Number of the proposal
        proposal: u64,
        /// What there is to say of it
        #[arg(long, default_value = "", value_name = "TEXT")]
        reason: String,
    },
    /// Refuse what another proposed, or take back what one proposed oneself
    #[command(after_help = "Examples:
  orderflow control refuse 7 --reason 'too wide' --token-file bob.token")]
    Refuse {
        /// Number of the proposal
        proposal: u64,
        /// Why
        #[arg(long, default_value = "", value_name = "TEXT")]
        reason: String,
    },
    /// Who changed what, when, why, on whose approval; fails when the chain of records is broken
    #[command(after_help = "Examples:
  orderflow control records
  orderflow control records --json")]
    Records,
}

/// Which orders pass what, and for how long.
#[derive(Clone, Debug, Args)]
pub struct OverrideArguments {
    /// Whose orders
    #[arg(long, value_name = "ID")]
    account: String,
    /// Only in this instrument
    #[arg(long, value_name = "SYMBOL", default_value = "")]
    symbol: String,
    /// Only orders of at most so much
    #[arg(long, value_name = "SHARES", default_value = "")]
    max_qty: String,
    /// A control that they pass, as rejects name it; may be given again
    #[arg(long = "control", value_name = "NAME", required = true)]
    controls: Vec<String>,
    /// For how long from now, at most a day
    #[arg(long, value_name = "SECONDS")]
    seconds: u64,
    /// How many orders
    #[arg(long, default_value_t = 1)]
    count: u32,
    /// Why
    #[arg(long, default_value = "", value_name = "TEXT")]
    reason: String,
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
    let reason = arguments.reason.clone();
    told(Ask::Kill { scope, target, thrown, reducing, reason }, global, config)
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
        Part::Apply { file, reason, dry_run } => {
            let text = std::fs::read_to_string(file).map_err(|error| Error::File {
                path: file.display().to_string(),
                reason: error.to_string(),
            })?;
            let (reason, dry_run) = (reason.clone(), *dry_run);
            let absent = if dry_run { Absent::Refuse } else { Absent::Make };
            told_at(Ask::Apply { text, reason, dry_run }, global, config, absent)
        }
        Part::Override(arguments) => {
            let given = arguments.clone();
            let exemption = Exemption {
                account: given.account,
                symbol: given.symbol,
                max_order_qty: given.max_qty,
                controls: given.controls,
                seconds: given.seconds,
                count: given.count,
            };
            told(Ask::Override { exemption, reason: given.reason }, global, config)
        }
        Part::Proposals => told_at(Ask::Proposals, global, config, Absent::Refuse),
        Part::Approve { proposal, reason } => {
            let (proposal, reason) = (*proposal, reason.clone());
            on_line(Ask::Approve { proposal, reason }, global, config)
        }
        Part::Refuse { proposal, reason } => {
            let (proposal, reason) = (*proposal, reason.clone());
            told_at(Ask::Refuse { proposal, reason }, global, config, Absent::Refuse)
        }
        Part::Records => records(global, config),
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
pub fn release(
    account: String,
    reason: String,
    global: &Global,
    config: Config,
) -> Result<u8, Error> {
    on_line(Ask::Release { account, reason }, global, config)
}

/// Draws a token.
///
/// # Errors
/// The system gives no random bytes.
pub fn token(subject: &str) -> Result<u8, Error> {
    let (token, hash) = draw_token()?;
    eprintln!("[subjects]\n{subject} = \"{hash}\"");
    println!("{token}");
    Ok(0)
}

/// Prints every record, and says whether they are a chain.
fn records(global: &Global, config: Config) -> Result<u8, Error> {
    let door = Door::at_rest(global, config, Absent::Refuse)?;
    let mut after = 0;
    let holds = loop {
        let page = door.ask(Ask::Records { after, count: PAGE_ROWS_MAX })?;
        let rows = page["records"].as_array().cloned().unwrap_or_default();
        rows.iter().for_each(|row| show::line(global.json, row));
        match rows.last().and_then(|row| row["record"].as_u64()) {
            Some(last) => after = last,
            None => break page["holds"] == true,
        }
    };
    door.close(false)?;
    if !holds {
        return Err(Error::Wrong { what: "the records are no chain".to_owned() });
    }
    Ok(0)
}

/// Asks with the line running, because lanes must record what is told.
fn on_line(ask: Ask, global: &Global, config: Config) -> Result<u8, Error> {
    let door = Door::open(global, config, Absent::Refuse)?;
    if let Door::Line(instance, _) = &door {
        // A line takes the releases that come after its first look at the control table.
        let _ = instance.wait_ready(READY_WAIT);
    }
    let told = door.ask(ask);
    door.close(true)?;
    show::line(global.json, &told?);
    Ok(0)
}

fn told(ask: Ask, global: &Global, config: Config) -> Result<u8, Error> {
    told_at(ask, global, config, Absent::Make)
}

fn told_at(ask: Ask, global: &Global, config: Config, absent: Absent) -> Result<u8, Error> {
    let door = Door::at_rest(global, config, absent)?;
    let told = door.ask(ask)?;
    door.close(false)?;
    show::line(global.json, &told);
    Ok(0)
}
