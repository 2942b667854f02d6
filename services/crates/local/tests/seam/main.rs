//! Every write of journal, streams, snapshots, cursors, starts and a venue's log is recorded, and
//! what a crash may leave after each of them is recovered from: no unsynced sector kept, all of
//! them, every single one lost, every single one kept, and 64 seeded subsets (all subsets where
//! there are fewer).

#![expect(clippy::unwrap_used, reason = "a test stops where it cannot go on")]

mod recover;
mod unsynced;
mod work;

use local::disk::RecordedDisk;
use local::disk::recorded::Crashes;

use recover::Known;
use unsynced::{Skips, Unsynced};
use work::{ROUNDS, Script};

/// Seeded subsets of the unsynced sectors of each prefix.
const SUBSETS: u64 = 64;

/// The crash in every so many recoveries is itself crashed at every write.
const TWICE: u64 = 24;

/// What was walked over.
#[derive(Debug, Default)]
struct Walked {
    prefixes: u64,
    states: u64,
    crashed_twice: u64,
    sectors_max: usize,
}

/// Recovers from every state of every prefix; the first that isn't as it must be ends it.
fn walk(script: &Script, disk: &RecordedDisk) -> Result<Walked, String> {
    let mut crashes = disk.crashes();
    let mut known = Known::new(script);
    let mut walked = Walked::default();
    loop {
        known.pass(crashes.passed());
        walked.prefixes += 1;
        walked.sectors_max = walked.sectors_max.max(crashes.unsynced());
        for_each_subset(crashes.unsynced(), walked.prefixes, |is_thorough, keeps| {
            walked.states += 1;
            let state = crashes.disk(keeps);
            let is_twice = walked.states % TWICE == 0;
            if is_twice {
                state.record();
            }
            let place = |error| format!("after operation {}: {error}", crashes.passed());
            known.check(&state, is_thorough).map_err(place)?;
            if is_twice {
                walked.crashed_twice += crash_again(&known, state.crashes()).map_err(place)?;
            }
            Ok(())
        })?;
        if !crashes.step() {
            return Ok(walked);
        }
    }
}

/// Crashes at every write of a recovery, and recovers from that.
fn crash_again(known: &Known<'_>, mut repair: Crashes) -> Result<u64, String> {
    let mut count = 0;
    loop {
        for pattern in [0, usize::MAX, 0x6d2b_79f5_5a3c_9b1d] {
            let keeps = |number: usize| pattern >> (number % 64) & 1 == 1;
            known.check(&repair.disk(keeps), false)?;
            count += 1;
        }
        if !repair.step() {
            return Ok(count);
        }
    }
}

/// At each place the process alone is killed, starts again and goes on, and then the power goes:
/// what a start has built on must not vanish under what was acknowledged after it.
fn walk_kills(script: &Script, disk: &RecordedDisk) -> Result<u64, String> {
    let mut crashes = disk.crashes();
    let mut known = Known::new(script);
    let mut kills = 0;
    loop {
        known.pass(crashes.passed());
        if crashes.unsynced() > 0 {
            kills += 1;
            let killed = crashes.killed();
            let place = |error| format!("killed after operation {}: {error}", crashes.passed());
            let more = known.go_on(&killed).map_err(place)?;
            let mut power = killed.crashes();
            while power.step() {}
            for pattern in [0, usize::MAX, mix(kills) as usize, mix(!kills) as usize] {
                let state = power.disk(|number| pattern >> (number % 64) & 1 == 1);
                known.check(&state, false).map_err(place)?;
                known.check_more(&state, &more).map_err(place)?;
            }
        }
        if !crashes.step() {
            return Ok(kills);
        }
    }
}

/// Calls `state` with each choice of `count` sectors that the test asks for.
fn for_each_subset(
    count: usize,
    seed: u64,
    mut state: impl FnMut(bool, &dyn Fn(usize) -> bool) -> Result<(), String>,
) -> Result<(), String> {
    if count <= 6 {
        for subset in 0..1_u64 << count {
            let is_thorough = subset == 0 || subset + 1 == 1 << count;
            state(is_thorough, &|number| subset >> number & 1 == 1)?;
        }
        return Ok(());
    }
    state(true, &|_| false)?;
    state(true, &|_| true)?;
    for single in 0..count {
        state(false, &|number| number != single)?;
        state(false, &|number| number == single)?;
    }
    for subset in 0..SUBSETS {
        state(false, &|number| mix(seed << 32 ^ subset << 20 ^ number as u64) & 1 == 1)?;
    }
    Ok(())
}

/// Chance from a seed.
fn mix(seed: u64) -> u64 {
    let mut bits = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ bits >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ bits >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ bits >> 31
}

#[test]
fn no_crash_after_any_write_loses_what_was_acknowledged() {
    let disk = RecordedDisk::default();
    disk.record();
    let script = Script::run(disk.clone(), &disk, ROUNDS);
    assert!(script.entries_acknowledged() >= 200);
    let walked = walk(&script, &disk).unwrap();
    println!("{walked:?}");
    assert!(walked.prefixes > 1_000 && walked.crashed_twice > 1_000, "{walked:?}");
}

#[test]
fn no_power_failure_after_a_kill_loses_what_was_acknowledged_before_or_after_it() {
    let disk = RecordedDisk::default();
    disk.record();
    let script = Script::run(disk.clone(), &disk, ROUNDS);
    let kills = walk_kills(&script, &disk).unwrap();
    println!("{kills} kills");
    assert!(kills > 1_000, "{kills}");
}

#[test]
fn without_syncs_of_files_acknowledged_data_is_lost_and_found_out() {
    let disk = RecordedDisk::default();
    disk.record();
    let script = Script::run(Unsynced::new(disk.clone(), Skips::Files), &disk, 4);
    let found = walk(&script, &disk);
    assert!(found.is_err(), "{found:?}");
}

#[test]
fn without_syncs_of_folders_acknowledged_data_is_lost_and_found_out() {
    let disk = RecordedDisk::default();
    disk.record();
    let script = Script::run(Unsynced::new(disk.clone(), Skips::Folders), &disk, 4);
    let found = walk(&script, &disk);
    assert!(found.is_err(), "{found:?}");
}
