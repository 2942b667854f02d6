//! What the last run over every stack judged, as figures that are committed.
//!
//! Entry points: [`write`], [`problems`].
//! The file has no date: it changes when what is judged does. A run of the sample alone can't
//! renew it, and a stack that it doesn't have is told.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

/// The file, from the root.
pub(super) const FILE: &str = "infra/docs/policy.json";

/// The figures.
#[derive(Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Figures {
    /// Resources of each stack after its apply.
    pub(super) stacks: BTreeMap<String, usize>,
    /// Checks that passed.
    pub(super) passed: usize,
    /// Checks that didn't, by name.
    pub(super) failed: BTreeSet<String>,
}

/// Writes the figures of a run over every stack.
pub(super) fn write(
    root: &Path,
    stacks: BTreeMap<String, usize>,
    cases: &[(String, bool)],
) -> Result<()> {
    let failed = cases.iter().filter(|(_, passed)| !passed).map(|(name, _)| name.clone()).collect();
    let passed = cases.iter().filter(|(_, passed)| *passed).count();
    let figures = Figures { stacks, passed, failed };
    std::fs::write(root.join(FILE), format!("{}\n", serde_json::to_string_pretty(&figures)?))?;
    Ok(())
}

/// What the committed figures lack: `stacks` are those that there are.
pub(super) fn problems(root: &Path, stacks: &BTreeSet<String>) -> Result<Vec<String>> {
    let text = std::fs::read_to_string(root.join(FILE)).context(FILE)?;
    Ok(lacking(&serde_json::from_str(&text).context(FILE)?, stacks))
}

fn lacking(figures: &Figures, stacks: &BTreeSet<String>) -> Vec<String> {
    let judged: BTreeSet<String> = figures.stacks.keys().cloned().collect();
    let differ = judged.symmetric_difference(stacks);
    let mut found: Vec<String> =
        differ.map(|stack| format!("{stack}: `cargo xtask infra policy --all --write`")).collect();
    found.extend(figures.failed.iter().map(|name| format!("{name} failed on some stack")));
    found
}

#[cfg(test)]
mod checks {
    use std::collections::{BTreeMap, BTreeSet};

    use super::{Figures, lacking};

    #[test]
    fn figures_lack_a_new_stack_and_tell_what_failed() {
        let stacks = BTreeMap::from([("prod/global".to_owned(), 40)]);
        let figures = Figures { stacks, passed: 3, failed: BTreeSet::new() };
        let global = BTreeSet::from(["prod/global".to_owned()]);
        assert!(lacking(&figures, &global).is_empty());
        let more = BTreeSet::from(["prod/global".to_owned(), "dev/global".to_owned()]);
        assert!(lacking(&figures, &more)[0].starts_with("dev/global"));
        assert_eq!(lacking(&figures, &BTreeSet::new()).len(), 1);
        let failed = BTreeSet::from(["policy keys_rotate".to_owned()]);
        assert_eq!(lacking(&Figures { failed, ..figures }, &global).len(), 1);
    }
}
