//! The rules of the house that no compiler holds.
//!
//! Entry points: [`check`], [`report`], [`RULES`].
//! Limits: [`FILE_LINES_MAX`], [`LINE_LENGTH_MAX`]; what clippy can hold stands in `.clippy.toml`.
//! It repairs nothing.

mod documents;
mod graph;
mod text;

use crate::house::House;

/// Longest file, tests at its end left out.
pub const FILE_LINES_MAX: usize = 600;
/// Longest line of code, in characters.
pub const LINE_LENGTH_MAX: usize = 100;

/// A rule: its name, why it is there, and what it finds.
pub struct Rule {
    /// Short name.
    pub name: &'static str,
    /// Its reason, printed with each violation.
    pub reason: &'static str,
    /// One line for each violation.
    pub check: fn(&House) -> Vec<String>,
}

/// Every rule.
pub const RULES: &[Rule] = &[
    Rule { name: "storeys", reason: "you may only walk downstairs", check: graph::storeys },
    Rule {
        name: "purity",
        reason: "a pure crate takes values and gives values",
        check: graph::purity,
    },
    Rule {
        name: "versions",
        reason: "versions stand in the workspace table only",
        check: graph::versions,
    },
    Rule { name: "lints", reason: "one set of lints for the whole house", check: graph::lints },
    Rule {
        name: "licences",
        reason: "we link Apache, MIT, BSD, MPL and their like",
        check: graph::licences,
    },
    Rule {
        name: "bans",
        reason: "one crate for one job, and the SDK behind one door",
        check: graph::bans,
    },
    Rule {
        name: "members",
        reason: "the manifest is the table of contents",
        check: graph::members,
    },
    Rule { name: "file size", reason: "small rooms, calm files", check: text::file_size },
    Rule { name: "line length", reason: "a line is read at one glance", check: text::line_length },
    Rule { name: "file names", reason: "a name says what is inside", check: text::file_names },
    Rule { name: "header", reason: "every room has a card at its door", check: text::header },
    Rule { name: "mod.rs", reason: "logic lives in files that have names", check: text::mod_rs },
    Rule { name: "to do", reason: "a TODO carries an issue", check: text::to_do },
    Rule { name: "words", reason: "one idea, one word", check: text::words },
    Rule {
        name: "places",
        reason: "no place that exists on no user's machine",
        check: text::places,
    },
    Rule {
        name: "oracle",
        reason: "an oracle shares nothing with what it judges",
        check: text::oracle,
    },
    Rule {
        name: "top level",
        reason: "the names at the top are fixed",
        check: documents::top_level,
    },
    Rule { name: "runbooks", reason: "each error code has its page", check: documents::runbooks },
    Rule { name: "links", reason: "a link leads somewhere", check: documents::links },
];

/// Every violation as (rule, what).
#[must_use]
pub fn check(house: &House) -> Vec<(&'static Rule, String)> {
    let found = RULES.iter().map(|rule| (rule, (rule.check)(house)));
    found.flat_map(|(rule, lines)| lines.into_iter().map(move |line| (rule, line))).collect()
}

/// Prints the violations; true when there is none.
#[must_use]
pub fn report(house: &House) -> bool {
    let violations = check(house);
    for (rule, what) in &violations {
        println!("tidy: {}: {what} ({})", rule.name, rule.reason);
    }
    println!("tidy: {} rules, {} violations", RULES.len(), violations.len());
    violations.is_empty()
}
