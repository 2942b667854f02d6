//! Rules about files, one at a time.

use crate::house::House;
use crate::tidy::{FILE_LINES_MAX, LINE_LENGTH_MAX};

/// Files that may be longer, each with its reason. The list is a smell meter: it is empty.
const LONG_FILES: &[(&str, &str)] = &[];

/// Names that say nothing.
const EMPTY_NAMES: &[&str] = &["common", "helper", "helpers", "manager", "misc", "util", "utils"];

/// (word, what it is called here). Split, so that this list doesn't find itself.
const WORDS: &[(&[&str], &str)] = &[
    (&["order ", "message"], "an order is an order"),
    (&["order ", "event "], "an order is an order; what happens to it is a life-cycle event"),
    (&["partition ", "owner"], "lease"),
    (&["white", "list"], "allow-list"),
    (&["black", "list"], "deny-list"),
    (&["sanity ", "check"], "check"),
];

fn rust(house: &House) -> impl Iterator<Item = (&String, &String)> {
    house.files.iter().filter(|(path, _)| path.ends_with(".rs"))
}

pub(super) fn file_size(house: &House) -> Vec<String> {
    let sizes = rust(house).map(|(path, text)| {
        // Tests below a room's code don't count to it; a file of tests has only them.
        let tests = text.lines().position(|line| line == "#[cfg(test)]");
        let tests = tests.filter(|_| !path.contains("/tests/"));
        (path, tests.unwrap_or_else(|| text.lines().count()))
    });
    let long = sizes.filter(|(path, lines)| {
        *lines > FILE_LINES_MAX && !LONG_FILES.iter().any(|(listed, _)| listed == path)
    });
    long.map(|(path, lines)| format!("{path} has {lines} lines")).collect()
}

pub(super) fn line_length(house: &House) -> Vec<String> {
    let mut found = Vec::new();
    for (path, text) in rust(house) {
        for (number, line) in text.lines().enumerate() {
            let length = line.chars().count();
            if length > LINE_LENGTH_MAX {
                found.push(format!("{path}:{} has {length} characters", number + 1));
            }
        }
    }
    found
}

pub(super) fn file_names(house: &House) -> Vec<String> {
    let empty = |part: &str| {
        let stem = part.split('.').next().unwrap_or(part);
        EMPTY_NAMES.contains(&stem)
    };
    let paths = house.files.keys().filter(|path| path.split('/').any(empty));
    paths.map(|path| format!("{path} has a name that says nothing")).collect()
}

pub(super) fn header(house: &House) -> Vec<String> {
    let without = rust(house).filter(|(_, text)| !text.starts_with("//!"));
    without.map(|(path, _)| format!("{path} doesn't begin with its card (//!)")).collect()
}

pub(super) fn mod_rs(house: &House) -> Vec<String> {
    let logic = rust(house).filter(|(path, text)| {
        path.ends_with("/mod.rs") && text.lines().any(|line| line.trim_start().contains("fn "))
    });
    logic.map(|(path, _)| format!("{path} holds logic")).collect()
}

pub(super) fn to_do(house: &House) -> Vec<String> {
    let marks = [["TO", "DO"].concat(), ["FIX", "ME"].concat(), ["XX", "X:"].concat()];
    let mut found = Vec::new();
    for (path, text) in code_and_documents(house) {
        for (number, line) in text.lines().enumerate() {
            let marked = marks.iter().any(|mark| line.contains(mark.as_str()));
            let carries_issue = line.contains(&format!("{}(#", marks[0]));
            if marked && !carries_issue && !path.starts_with("services/crates/xtask/") {
                found.push(format!("{path}:{} has no issue", number + 1));
            }
        }
    }
    found
}

pub(super) fn words(house: &House) -> Vec<String> {
    let banned: Vec<_> = WORDS.iter().map(|(word, instead)| (word.concat(), instead)).collect();
    let mut found = Vec::new();
    for (path, text) in code_and_documents(house) {
        for (number, line) in text.lines().enumerate() {
            let line = line.to_lowercase();
            let hits = banned.iter().filter(|(word, _)| line.contains(word.as_str()));
            let lines =
                hits.map(|(word, instead)| format!("{path}:{}: {word:?} ({instead})", number + 1));
            found.extend(lines);
        }
    }
    found
}

pub(super) fn places(house: &House) -> Vec<String> {
    // Split, so that this list doesn't find itself.
    let places =
        [["/wor", "k/"], ["/roo", "t/"], ["/hom", "e/"], ["registry.", "npmjs"], ["pypi.", "org"]];
    let places: Vec<_> = places.iter().map(|parts| parts.concat()).collect();
    let mut found = Vec::new();
    for (path, text) in house.files.iter().filter(|(path, _)| *path != "Cargo.lock") {
        for (number, line) in text.lines().enumerate() {
            if places.iter().any(|place| stands_alone(line, place)) {
                found.push(format!("{path}:{} names a place", number + 1));
            }
        }
    }
    found
}

/// Whether `place` occurs where no name leads into it (`network/…` is no place of a machine).
fn stands_alone(line: &str, place: &str) -> bool {
    line.match_indices(place).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !before.is_some_and(|letter| letter.is_alphanumeric() || "_.-}".contains(letter))
    })
}

/// What an oracle may use; the last only where its folder is all of the crate.
const OWN: [&str; 4] = ["std::", "super::", "self::", "crate::"];

pub(super) fn oracle(house: &House) -> Vec<String> {
    let mut found = Vec::new();
    for (path, text) in rust(house) {
        // Rooms of one folder may use each other; `#[path]` would lead out of it.
        let is_room = path.contains("/oracle/");
        if !is_room && !path.ends_with("/oracle.rs") {
            continue;
        }
        for (number, line) in text.lines().enumerate() {
            let line = line.trim_start().trim_start_matches("pub ");
            let foreign = line.strip_prefix("use ").is_some_and(|used| {
                let own = if is_room { &OWN[..] } else { &OWN[..3] };
                !own.iter().any(|root| used.starts_with(root))
            });
            if foreign
                || line.starts_with("extern crate")
                || line.starts_with("#[path")
                || !is_room && line.starts_with("mod ") && !line.contains('{')
            {
                found.push(format!("{path}:{} imports: {line}", number + 1));
            }
        }
    }
    found
}

fn code_and_documents(house: &House) -> impl Iterator<Item = (&String, &String)> {
    house.files.iter().filter(|(path, _)| {
        [".rs", ".md", ".toml", ".proto"].iter().any(|ending| path.ends_with(ending))
    })
}
