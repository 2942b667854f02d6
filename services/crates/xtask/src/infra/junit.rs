//! Results of tests in JUnit's XML: written for the checks of `xtask`, read for every folder's.
//!
//! Entry points: [`write`], [`read`].
//! It reads what terraform and [`write`] write, one element after the other, and is no XML parser.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};

/// Name of each test, and whether it passed.
pub(super) type Results = BTreeMap<String, bool>;

/// Where a run leaves its results, from the root.
pub(super) const FOLDER: &str = "target/infra/junit";

/// Forgets what an earlier run left.
pub(super) fn clear(root: &Path) -> Result<()> {
    let folder = root.join(FOLDER);
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    std::fs::create_dir_all(&folder).context("target/infra/junit can't be made")
}

/// Writes one suite.
pub(super) fn write(path: &Path, suite: &str, cases: &[(String, bool)]) -> Result<()> {
    let failures = cases.iter().filter(|(_, passed)| !passed).count();
    let (suite, tests) = (escaped(suite), cases.len());
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><testsuites>\n  \
         <testsuite name=\"{suite}\" tests=\"{tests}\" failures=\"{failures}\">\n"
    );
    for (name, passed) in cases {
        let failure = if *passed { "" } else { "<failure message=\"see the log\"></failure>" };
        let name = escaped(name);
        text.push_str(&format!(
            "    <testcase name=\"{name}\" classname=\"{suite}\">{failure}</testcase>\n"
        ));
    }
    text.push_str("  </testsuite>\n</testsuites>\n");
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(path, text).with_context(|| path.display().to_string())
}

/// Adds a file's results under a prefix; a file that isn't there adds none. Where a name stands
/// twice, both must have passed.
pub(super) fn read(path: &Path, prefix: &str, results: &mut Results) {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    for case in text.split("<testcase ").skip(1) {
        let Some(name) = case.split("name=\"").nth(1).and_then(|rest| rest.split('"').next())
        else {
            continue;
        };
        let bad = ["<failure", "<error", "<skipped"].iter().any(|mark| case.contains(mark));
        let passed = results.entry(format!("{prefix}{}", plain(name))).or_insert(true);
        *passed = *passed && !bad;
    }
}

const MARKS: [(&str, &str); 4] = [("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\"", "&#34;")];

fn escaped(text: &str) -> String {
    MARKS.iter().fold(text.to_owned(), |text, (mark, code)| text.replace(mark, code))
}

fn plain(text: &str) -> String {
    let back = MARKS.iter().rev();
    back.fold(text.to_owned(), |text, (mark, code)| text.replace(code, mark))
}

#[cfg(test)]
mod checks {
    use super::{Results, read, write};

    #[test]
    fn what_is_written_is_read_again() {
        let path = std::env::temp_dir().join(format!("orderflow-junit-{}.xml", std::process::id()));
        let cases = [("plan \"a\" & <b>".to_owned(), true), ("golden".to_owned(), false)];
        write(&path, "checks", &cases).expect("the folder can be written");
        let mut results = Results::new();
        read(&path, "xtask: ", &mut results);
        std::fs::remove_file(&path).expect("it was written");
        let expected = [("xtask: golden", false), ("xtask: plan \"a\" & <b>", true)];
        let expected = expected.map(|(name, passed)| (name.to_owned(), passed));
        assert_eq!(results, Results::from(expected));
    }
}
