//! The demo venue: a process of its own, with a file of its own, behind two pipes.
//!
//! Entry points: [`run`] (the process, `orderflow venue`), [`Client`] (the parent's side),
//! [`file::history`] (what its file says it did).
//!
//! Invariants: INV-13: number and output are one durable record before anything is done, and
//! nothing leaves before the record of it is durable. Limit: [`TURN_FRAMES`] outputs for one sync.
//!
//! It knows no journal and no stream: the parent puts its reports on both, under the venue's own
//! (producer, sequence). In a replay it takes and keeps, and answers nothing.
//!
//! On a crash, its own or the parent's, it opens its file again, drops what it had, acts on what it
//! had only taken, and says again what the streams don't have.
//!
//! ```text
//!  relay ──▶ Client ══stdin══▶ receive ▶ file ▶ answer
//!  streams ◀ Client ◀═stdout══ reports, after the sync
//! ```

pub mod answer;
pub mod client;
pub mod file;
pub mod frame;
pub mod receive;

use std::io::{BufReader, BufWriter, Read, Write};
use std::path::PathBuf;

use local::disk::RealDisk;

use crate::world::clock::now;
pub use answer::Behaviour;
pub use client::{Answer, Client, Program};
pub use file::Error;
use file::{Rules, VenueFile};
use frame::{FromVenue, Report, ToVenue};

/// Most outputs that one sync covers: what one turn holds in memory.
pub const TURN_FRAMES: usize = 4_096;
/// Bytes that are read ahead from the pipe.
const AHEAD: usize = 1 << 20;

/// The demo venue: a process of its own that takes routed orders and answers them. `orderflow`
/// starts it; by hand only `venue dump` is of use.
#[derive(Clone, Debug, clap::Args)]
pub struct VenueArguments {
    #[command(subcommand)]
    part: Part,
}

#[derive(Clone, Debug, clap::Subcommand)]
enum Part {
    /// Take outputs from standard input and answer on standard output
    Serve(Serve),
    /// Print what the venue did, one line for each output: number, deed, account, ids
    Dump {
        /// Data folder of orderflow
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// Market identifier code of the venue
        #[arg(long, default_value = "XDEM")]
        mic: String,
    },
}

#[derive(Clone, Debug, clap::Args)]
struct Serve {
    /// Data folder of orderflow
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Market identifier code of the venue
    #[arg(long, default_value = "XDEM")]
    mic: String,
    /// Take and keep, and answer nothing
    #[arg(long)]
    mute: bool,
    /// Act on every output, known or not: for the test that shows what the receiver's rule is for
    #[arg(long, hide = true)]
    no_receiver_rule: bool,
    #[command(flatten)]
    behaviour: Behaviour,
}

/// The venue's folder in a data folder.
#[must_use]
pub fn folder(data: &std::path::Path, mic: &str) -> PathBuf {
    data.join(format!("venue-{mic}"))
}

/// Runs the command.
///
/// # Errors
/// The file, or the pipe.
pub fn run(arguments: &VenueArguments) -> Result<(), Error> {
    match &arguments.part {
        Part::Serve(options) => {
            // Ctrl-C goes to the whole group: the parent drains, and then ends the pipe.
            let ignored = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
            signal_hook::flag::register(signal_hook::consts::SIGINT, ignored)?;
            let (input, output) = (std::io::stdin().lock(), std::io::stdout().lock());
            serve(options, input, output)
        }
        Part::Dump { data, mic } => {
            let mut out = BufWriter::new(std::io::stdout().lock());
            for line in file::history(&folder(data, mic), mic)? {
                writeln!(
                    out,
                    "{} {} {} {} {} {} {}",
                    line.venue_seq,
                    line.deed.name(),
                    line.order,
                    line.account,
                    or_dash(&line.sender),
                    or_dash(&line.cl_ord_id),
                    or_dash(&line.orig_cl_ord_id)
                )?;
            }
            Ok(out.flush()?)
        }
    }
}

fn or_dash(text: &str) -> &str {
    if text.is_empty() { "-" } else { text }
}

/// Serves until the pipe ends.
fn serve(options: &Serve, input: impl Read, output: impl Write) -> Result<(), Error> {
    let rules = Rules {
        venue: &options.mic,
        behaviour: (!options.mute).then_some(options.behaviour),
        rule: !options.no_receiver_rule,
        drawn: draw()?,
    };
    let folder = folder(&options.data, &options.mic);
    let _lock = lock(&folder)?;
    let mut file = VenueFile::open(RealDisk, &folder, &rules, now())?;
    let mut input = BufReader::with_capacity(AHEAD, input);
    let mut output = BufWriter::with_capacity(AHEAD, output);
    let mut buffer = Vec::new();
    frame::write(&FromVenue::Ready { producer: file.producer() }, &mut buffer, &mut output)?;
    output.flush()?;
    let mut said: Vec<Report> = Vec::new();
    loop {
        let mut answers = Vec::new();
        let mut ended = false;
        // One blocking read, then what has come meanwhile: one sync for all of it.
        loop {
            match frame::read(&mut buffer, &mut input)? {
                None => ended = true,
                Some(ToVenue::Hello { reports_through }) => {
                    said = file.reports_after(reports_through)?;
                }
                Some(ToVenue::Deliver(delivery)) => {
                    let ticket = delivery.ticket;
                    let taken = file.take(&delivery.output, now(), &mut said)?;
                    answers.push(match taken {
                        Some(_) => FromVenue::Taken { ticket },
                        None => {
                            let reason = "no output of this release".to_owned();
                            FromVenue::Refused { ticket, reason }
                        }
                    });
                }
            }
            if ended || input.buffer().is_empty() || answers.len() >= TURN_FRAMES {
                break;
            }
        }
        file.commit()?;
        let said = said.drain(..).map(FromVenue::Report);
        for frame in answers.into_iter().chain(said) {
            frame::write(&frame, &mut buffer, &mut output)?;
        }
        output.flush()?;
        if ended {
            return Ok(());
        }
    }
}

/// Waits until no other process has the folder: one whose parent was killed may be at its last
/// turn.
fn lock(folder: &std::path::Path) -> Result<std::fs::File, Error> {
    std::fs::create_dir_all(folder)?;
    let lock = std::fs::File::create(folder.join("lock"))?;
    lock.lock()?;
    Ok(lock)
}

/// 128 bits that no other file has.
fn draw() -> Result<u128, Error> {
    let mut bytes = [0; 16];
    crate::world::draw(&mut bytes)?;
    Ok(u128::from_be_bytes(bytes))
}
