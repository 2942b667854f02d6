//! `orderflow redrive`: dead letters of venue queues, on AWS.

use std::collections::BTreeMap;
use std::io::{BufRead as _, Write as _};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use aws::{Account, Credentials, Queues};
use clap::Args;
use domain::Mic;
use serde_json::json;

use super::show;
use crate::error::Error;
use crate::redrive::{Counts, Failure, Options, Place, Redrive};

/// Which letters, and how.
#[derive(Clone, Debug, Args)]
pub struct RedriveArguments {
    /// Environment, as names of queues and tables have it: dev, staging, prod
    #[arg(long, value_name = "NAME")]
    environment: String,
    /// Region, such as eu-west-1
    #[arg(long, value_name = "REGION")]
    region: String,
    /// Only this queue: venue-<MIC>; may be given again
    #[arg(long = "queue", value_name = "NAME")]
    queues: Vec<String>,
    /// Print what would be done, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Don't ask
    #[arg(long)]
    yes: bool,
    /// Void letters whose order the view doesn't hold, instead of leaving them
    #[arg(long)]
    void_absent: bool,
    /// Call this instead of AWS
    #[arg(long, value_name = "URL")]
    endpoint_url: Option<String>,
}

/// Runs the command.
///
/// # Errors
/// The account or a call, a queue that isn't there, or letters that stay.
pub fn run(arguments: &RedriveArguments, json: bool) -> Result<u8, Error> {
    let account = account(arguments)?;
    let queues = Queues::new(account.clone());
    let places = places(arguments, &queues)?;
    let mut letters = Vec::new();
    for (name, place) in &places {
        let count = queues.count(&place.dead_letters).map_err(|error| called(&error))?;
        eprintln!("redrive: about {count} dead letters of {name} in {}", arguments.region);
        letters.push(count);
    }
    if !arguments.dry_run && !arguments.yes && !is_wanted()? {
        return Err(Error::Call {
            what: "nothing was done".to_owned(),
            fix: "answer yes, or give --yes; --dry-run says what would be done".to_owned(),
        });
    }
    let stop = Arc::new(AtomicBool::new(false));
    // A second Ctrl-C ends the process at once; nothing is lost by that either.
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
        let armed = signal_hook::flag::register_conditional_shutdown(signal, 130, stop.clone());
        armed.and_then(|_| signal_hook::flag::register(signal, stop.clone())).map_err(|error| {
            Error::System { doing: "listening for Ctrl-C", reason: error.to_string() }
        })?;
    }
    let options = Options { dry_run: arguments.dry_run, void_absent: arguments.void_absent };
    let mut all = Counts::default();
    for ((name, place), letters) in places.into_iter().zip(letters) {
        let mut tell = |row: &serde_json::Value| show::row(json, row);
        let run = Redrive::new(&account, place, options, &stop, &mut tell).run();
        let counts = run.map_err(|failure| match failure {
            Failure::Call(error) => called(&error),
            failure @ Failure::Switch(_) => Error::Account { reason: failure.to_string() },
        })?;
        let Counts { sent, voided, left, .. } = counts;
        show::row(
            json,
            &json!({ "queue": name, "letters": letters, "sent": sent,
            "voided": voided, "left": left, "dry_run": arguments.dry_run }),
        );
        all.left += left;
        all.is_cut |= counts.is_cut;
    }
    if all.is_cut {
        let what = "the run ended before the last letter".to_owned();
        return Err(Error::Letters { what, fix: "run it again: what was done isn't done twice" });
    }
    if all.left > 0 {
        let what = format!("{} dead letters stay where they are", all.left);
        return Err(Error::Letters { what, fix: "the row of each says why" });
    }
    Ok(0)
}

fn account(arguments: &RedriveArguments) -> Result<Account, Error> {
    let closed = |problem: aws::Problem| Error::Account { reason: problem.to_string() };
    let credentials = Credentials::from_variables(variable).map_err(closed)?;
    let endpoint = arguments.endpoint_url.iter().map(|url| ("*".to_owned(), url.clone()));
    let endpoints: BTreeMap<_, _> = endpoint.collect();
    Account::open(credentials, &arguments.region, endpoints).map_err(closed)
}

#[expect(clippy::disallowed_methods, reason = "identity is the environment's")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The venue queues that are meant, by name.
fn places(arguments: &RedriveArguments, queues: &Queues) -> Result<Vec<(String, Place)>, Error> {
    let product = format!("orderflow-{}", arguments.environment);
    let names = if arguments.queues.is_empty() {
        let prefix = format!("{product}-");
        let listed = queues.names(&format!("{prefix}venue-")).map_err(|error| called(&error))?;
        let venue =
            |name: &String| Some(name.strip_prefix(&prefix)?.strip_suffix("-dlq.fifo")?.to_owned());
        listed.iter().filter_map(venue).collect()
    } else {
        arguments.queues.clone()
    };
    if names.is_empty() {
        return Err(no_queue(&format!("{product}-venue-<MIC>-dlq.fifo"), arguments));
    }
    let mut places = Vec::new();
    for name in names {
        let venue = name.strip_prefix("venue-").and_then(Mic::new).ok_or_else(|| Error::Call {
            what: format!("{name} is no venue's queue"),
            fix: "give --queue venue-<MIC>, such as venue-XLON".to_owned(),
        })?;
        let url = |queue: String| match queues.url(&queue) {
            Err(error) if error.is_absent() => Err(no_queue(&queue, arguments)),
            answer => answer.map_err(|error| called(&error)),
        };
        let place = Place {
            venue,
            queue: url(format!("{product}-{name}.fifo"))?,
            dead_letters: url(format!("{product}-{name}-dlq.fifo"))?,
            orders: format!("{product}-orders"),
            control: format!("{product}-control"),
        };
        places.push((name, place));
    }
    Ok(places)
}

fn no_queue(name: &str, arguments: &RedriveArguments) -> Error {
    let what = format!("there is no queue {name} in {}", arguments.region);
    Error::Unknown { what, fix: "check --environment, --region and --queue" }
}

fn called(error: &aws::Error) -> Error {
    Error::Account { reason: error.to_string() }
}

/// Asks the person at the terminal; nobody there means no.
fn is_wanted() -> Result<bool, Error> {
    eprint!("redrive: send each of them again, or void it? [yes/no] ");
    let mut answer = String::new();
    let read =
        std::io::stderr().flush().and_then(|()| std::io::stdin().lock().read_line(&mut answer));
    read.map_err(|error| Error::System { doing: "asking", reason: error.to_string() })?;
    Ok(answer.trim() == "yes")
}
