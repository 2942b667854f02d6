//! Kills a running replay with SIGKILL at seeded places, starts it again until it is done, and
//! holds what is left against an undisturbed run.
//!
//! Entry points: the tests; `cargo xtask crashes` runs the same code for 100 kills.
//! `ORDERFLOW_KILLS` says how many kills, `ORDERFLOW_CRASH_SEED` which, `ORDERFLOW_CRASH_RESULTS`
//! where a line about each round is appended.
//! A kill counts when it fell strictly between the first and the last commit; nine in ten must.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test stops at the first surprise")]

#[path = "support/run.rs"]
mod run;
#[path = "support/venue.rs"]
mod venue;

use std::io::Write as _;
use std::path::Path;

use run::{Ended, Moment, Watched, done, folder, last_line, made, text};
use serde_json::{Value, json};

/// Kills of one round: of one folder, from its first record to its last.
const KILLS_OF_A_ROUND: u64 = 10;
/// A run must last so long to have an inside.
const SECONDS_MIN: f64 = 5.0;
/// Copies to begin with: on a machine that is slow only for the moment, fewer would last as long,
/// and later kills would come too late.
const COPIES_MIN: u64 = 8;
/// The made file that is multiplied.
const FEED: u64 = 2;
/// Identity key of all folders: without one key their digests don't compare.
const KEY: &str = "000102030405060708090a0b0c0d0e0f";

/// What a run without kills ends with.
struct Undisturbed {
    file: String,
    settings: String,
    copies: u64,
    line: Value,
    total: u64,
}

#[test]
fn a_replay_that_is_killed_again_and_again_ends_as_one_that_was_not() {
    let kills = setting("ORDERFLOW_KILLS", 10);
    let seed = setting("ORDERFLOW_CRASH_SEED", 1);
    let folder = folder("crashes");
    let undisturbed = undisturbed(&folder);
    let (mut inside, mut done, mut round) = (0, 0, 0);
    while done < kills {
        let count = KILLS_OF_A_ROUND.min(kills - done);
        let told = one_round(&folder, &undisturbed, seed + round, count);
        tell(&told);
        inside += told["inside"].as_u64().unwrap_or_default();
        done += count;
        round += 1;
    }
    println!("{inside} of {kills} kills fell strictly between the first and the last commit");
    assert!(inside * 10 >= kills * 9, "only {inside} of {kills} kills fell inside a run");
}

#[test]
fn without_the_receivers_rule_an_output_that_comes_again_is_accepted_twice() {
    let folder = folder("crashes-rule");
    let file = made(&folder, FEED, 8);
    let settings = settings(&folder, 8);
    let outcome = |name: &str, rule: &[&str]| {
        let data = text(&folder.join(name));
        let mut arguments = replay(&file, &settings, &data);
        arguments.extend(rule);
        // The relay has sent more than its cursors say whenever it is killed at work.
        let (_, ended) = Watched::start(&arguments).until(Moment::Taken(20_000));
        assert!(matches!(ended, Ended::Killed(_)), "{ended:?}");
        done(&arguments);
        let decided = venue::decided(&data).expect("the journal is right in any case");
        venue::check(&decided, &data)
    };
    outcome("with", &[]).expect("the rule holds");
    let doubled = outcome("without", &["--no-receiver-rule"]).expect_err("nothing was doubled");
    assert!(doubled.contains("was accepted 2 times"), "{doubled}");
}

fn replay<'a>(file: &'a str, settings: &'a str, data: &'a str) -> Vec<&'a str> {
    let flags = ["replay", "--format", "itch", "--watch", "--json", "--application-key", KEY];
    [&flags[..], &["--config", settings, "--data", data, file]].concat()
}

/// Settings with room for so many copies in each lane, whatever the machine's speed asks for.
fn settings(folder: &Path, copies: u64) -> String {
    let (orders, reports) = ((2_000 * copies).max(16_384), (8_000 * copies).max(65_536));
    let line = format!("[line]\norders_max = {orders}\nreports_max = {reports}\n");
    let file = folder.join(format!("settings-{copies}.toml"));
    std::fs::write(&file, line).expect("the test's folder");
    text(&file)
}

/// Multiplies the file until a run lasts long enough; what such a run ends with.
fn undisturbed(folder: &Path) -> Undisturbed {
    let mut copies = COPIES_MIN;
    loop {
        let file = made(folder, FEED, copies);
        let data = text(&folder.join(format!("undisturbed-{copies}")));
        let settings = settings(folder, copies);
        let line = last_line(&done(&replay(&file, &settings, &data)));
        let seconds = line["seconds"].as_f64().expect("how long it took");
        if seconds >= SECONDS_MIN {
            check(&line, &line, &data).expect("an undisturbed run is right");
            times_the_copies(&line, &data, copies);
            let total = line["read"].as_u64().expect("a count");
            return Undisturbed { file, settings, copies, line, total };
        }
        let _ = std::fs::remove_dir_all(data);
        let _ = std::fs::remove_file(file);
        // A tenth more than what would just do.
        let factor = (SECONDS_MIN * 1.1 / seconds.max(0.1)).min(8.0);
        copies = (copies as f64 * factor) as u64 + 1;
    }
}

/// What the made file was built to hold, times the copies.
fn times_the_copies(line: &Value, data: &str, copies: u64) {
    let (_, facts) = orderflow::itch::generate(FEED);
    let counted = [
        ("read", facts.read),
        ("decided", facts.decided),
        ("rejected", facts.rejected),
        ("unmatched", facts.unmatched),
    ];
    for (name, count) in counted {
        assert_eq!(line[name], count * copies, "{name}");
    }
    let (mut live, mut canceled, mut filled) = (0, 0, 0);
    run::each_line(&["order", "list", "--data", data, "--json"], |line| {
        let line: Value = serde_json::from_str(line).expect("each line is JSON");
        match line["ord_status"].as_str() {
            Some("Canceled") => canceled += 1,
            Some("Filled") => filled += 1,
            _ => live += 1,
        }
    });
    let expected = [facts.live, facts.cancelled, facts.filled].map(|count| count * copies);
    assert_eq!([live, canceled, filled], expected, "live, cancelled and filled orders");
}

/// One folder, killed `count` times on its way.
fn one_round(folder: &Path, undisturbed: &Undisturbed, seed: u64, count: u64) -> Value {
    let data = text(&folder.join(format!("killed-{seed}")));
    let arguments = replay(&undisturbed.file, &undisturbed.settings, &data);
    let targets = targets(seed, count, undisturbed.total);
    let (mut kills, mut inside, mut reached) = (Vec::new(), 0, 0);
    let mut finished = None;
    for target in &targets {
        let (watched, ended) = Watched::start(&arguments).until(Moment::Committed(*target));
        let recovered = watched.recovered.unwrap_or_default();
        assert!(recovered >= reached, "{recovered} of {reached} committed records came back");
        reached = watched.committed;
        match ended {
            Ended::Killed(at) => {
                inside += u64::from(at > 0 && at < undisturbed.total);
                kills.push(json!({ "target": target, "committed": at }));
            }
            Ended::Done(output) => {
                finished = Some(output);
                break;
            }
        }
    }
    let output = finished.unwrap_or_else(|| done(&arguments));
    let line = last_line(&output);
    let outcome = check(&line, &undisturbed.line, &data);
    let told = json!({
        "seed": seed,
        "feed": FEED,
        "copies": undisturbed.copies,
        "records": undisturbed.total,
        "kills": kills,
        "inside": inside,
        "undisturbed_seconds": undisturbed.line["seconds"],
        "state_digest": line["state_digest"],
        "outcome": outcome.as_ref().err().map_or("as undisturbed", String::as_str),
    });
    if let Err(wrong) = outcome {
        panic!("{wrong}; {told}");
    }
    let _ = std::fs::remove_dir_all(data);
    told
}

/// Seeded places strictly inside the run, in order; none so near its end that a kill which takes a
/// moment comes too late.
fn targets(seed: u64, count: u64, total: u64) -> Vec<u64> {
    let mut chance = orderflow::chance::Chance::of_seed(seed);
    let (first, last) = (total / 100 + 1, total - total / 10);
    let mut targets: Vec<u64> = (0..count).map(|_| chance.between(first, last)).collect();
    targets.sort_unstable();
    targets
}

/// Everything that must hold of a finished folder.
fn check(line: &Value, undisturbed: &Value, data: &str) -> Result<(), String> {
    let names = [
        "read",
        "decided",
        "rejected",
        "unmatched",
        "duplicates",
        "stale",
        "undecodable",
        "state_digest",
    ];
    for name in names {
        if line[name] != undisturbed[name] {
            return Err(format!("{name}: {} instead of {}", line[name], undisturbed[name]));
        }
    }
    let verified = run::output(&["journal", "verify", "--data", data, "--json"]);
    if !verified.status.success() {
        return Err(format!("journal verify: {}", String::from_utf8_lossy(&verified.stderr)));
    }
    venue::check(&venue::decided(data)?, data)
}

fn tell(told: &Value) {
    println!("{told}");
    #[expect(clippy::disallowed_methods, reason = "xtask says where results go")]
    let Ok(file) = std::env::var("ORDERFLOW_CRASH_RESULTS") else { return };
    let file = std::fs::OpenOptions::new().create(true).append(true).open(file);
    writeln!(file.expect("the results can be opened"), "{told}").expect("and written");
}

fn setting(name: &str, default: u64) -> u64 {
    #[expect(clippy::disallowed_methods, reason = "xtask asks for more than the test command")]
    let set = std::env::var(name).ok();
    set.map_or(default, |set| set.parse().expect("a whole number"))
}
