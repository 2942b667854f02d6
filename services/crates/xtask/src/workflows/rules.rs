//! Our rules over the text of workflows.
//!
//! Entry points: [`problems`].
//! 1. An action is pinned by a hash with its tag beside it, everywhere the same.
//! 2. Nobody has a permission that a job doesn't state; roles are taken by identity, and no secret
//!    is read.
//! 3. A job has an end, a workflow one run at a time.
//! 4. A step that needs neither GitHub nor an account is a verb of `cargo xtask` that lands
//!    a change.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use saphyr::{LoadableYamlNode, Yaml};
use serde_json::{Map, Value};

use crate::infra;

/// A workflow or an action: its text, and what the text says.
pub(super) struct File {
    text: String,
    data: Value,
}

impl File {
    pub(super) fn read(text: &str) -> Result<Self> {
        let documents = Yaml::load_from_str(text).context("no YAML")?;
        let data = documents.first().map(value).unwrap_or_default();
        Ok(Self { text: text.to_owned(), data })
    }

    /// Jobs by name; an action is one job of its own.
    fn jobs(&self) -> Vec<(&str, &Value)> {
        match self.data["jobs"].as_object() {
            Some(jobs) => jobs.iter().map(|(name, job)| (name.as_str(), job)).collect(),
            None => vec![("action", &self.data["runs"])],
        }
    }

    fn is_workflow(&self) -> bool {
        self.data["jobs"].is_object()
    }
}

/// What doesn't hold, file by file.
pub(super) fn problems(files: &BTreeMap<String, File>, landing: &str) -> Vec<String> {
    let landed = landed(landing);
    let mut pins = BTreeMap::new();
    let mut found = Vec::new();
    for (path, file) in files {
        let mut problems = pinned(file, &mut pins);
        if file.is_workflow() {
            problems.extend(bounded(file));
        }
        if file.text.contains("secrets.") || file.text.contains("aws-access-key-id") {
            problems.push("reads a secret: take a role by identity".to_owned());
        }
        for (job, data) in file.jobs() {
            let called = !file.is_workflow();
            let wrong = steps(data, called, &landed).into_iter();
            problems.extend(wrong.map(|problem| format!("{job}: {problem}")));
        }
        found.extend(problems.into_iter().map(|problem| format!("{path}: {problem}")));
    }
    found
}

/// Rule 1, by line, because the tag stands in a comment.
fn pinned(file: &File, pins: &mut BTreeMap<String, String>) -> Vec<String> {
    let mut problems = Vec::new();
    for line in file.text.lines() {
        let Some((before, used)) = line.split_once("uses: ") else { continue };
        if !before.chars().all(|letter| letter == ' ' || letter == '-') || used.starts_with("./") {
            continue;
        }
        let hash = |pin: &str| pin.len() == 40 && pin.bytes().all(|byte| byte.is_ascii_hexdigit());
        let pin = used.split_once('@').and_then(|(name, rest)| {
            let (pin, tag) = rest.split_once(" # v")?;
            (hash(pin) && tag.split('.').count() == 3).then_some((name, rest))
        });
        let Some((name, pin)) = pin else {
            problems.push(format!("`{used}` isn't a hash with its full tag beside it"));
            continue;
        };
        let first = pins.entry(name.to_owned()).or_insert_with(|| pin.to_owned());
        if first != pin {
            problems.push(format!("{name} is {pin} here and {first} elsewhere"));
        }
    }
    problems
}

/// Rules 2 and 3.
fn bounded(file: &File) -> Vec<String> {
    let mut problems = Vec::new();
    if file.data["permissions"].as_object().is_none_or(|all| !all.is_empty()) {
        problems.push("its own permissions must be {}: jobs state theirs".to_owned());
    }
    if file.data["concurrency"]["group"].is_null() {
        problems.push("it has no concurrency group".to_owned());
    }
    for (name, job) in file.jobs() {
        let Some(permissions) = job["permissions"].as_object() else {
            problems.push(format!("{name} states no permissions"));
            continue;
        };
        let actions = job["steps"].as_array().into_iter().flatten();
        let mut actions = actions.filter_map(|step| step["uses"].as_str());
        let takes = actions.any(|action| action.contains("aws-credentials@") || local(action));
        if permissions.contains_key("id-token") != takes {
            problems.push(format!("{name}: id-token is for jobs that take a role, and they alone"));
        }
        if job["timeout-minutes"].is_null() {
            problems.push(format!("{name} has no timeout-minutes"));
        }
    }
    problems
}

fn local(action: &str) -> bool {
    action.starts_with("./")
}

/// Rule 4. A step needs an account once a role was taken (an action of ours is called for that),
/// and GitHub when it names one of GitHub's values.
fn steps(job: &Value, called: bool, landed: &BTreeSet<String>) -> Vec<String> {
    const GITHUBS: [&str; 4] = ["GITHUB_", "GH_TOKEN", "github.event", "steps."];
    let mut problems = Vec::new();
    let mut account = called;
    for step in job["steps"].as_array().into_iter().flatten() {
        account |= step["uses"].as_str().is_some_and(|uses| uses.contains("aws-credentials@"));
        let Some(run) = step["run"].as_str() else { continue };
        let whole = step.to_string();
        let outside = account || GITHUBS.iter().any(|name| whole.contains(name));
        if !outside && !landed.contains(run.trim()) {
            problems.push(format!("`{}` isn't a verb that .ci/run runs", run.trim()));
        }
    }
    problems
}

/// The verbs that land a change: those in `.ci/run`, and the parts of `infra check`.
fn landed(text: &str) -> BTreeSet<String> {
    let lines = text.lines().filter_map(|line| line.strip_prefix("part "));
    let verbs = lines.filter(|line| line.starts_with("cargo xtask ")).map(str::to_owned);
    let mut verbs: BTreeSet<String> = verbs.collect();
    if verbs.contains("cargo xtask infra check") {
        verbs.extend(infra::CHECKED.iter().map(|part| format!("cargo xtask infra {part}")));
    }
    // The README's test command, by its other name.
    if text.lines().any(|line| line.starts_with("part cargo test --release --workspace")) {
        verbs.insert("cargo xtask ci test".to_owned());
    }
    verbs
}

/// YAML as JSON; what JSON has no word for becomes null.
fn value(yaml: &Yaml<'_>) -> Value {
    if let Some(items) = yaml.as_sequence() {
        return items.iter().map(value).collect();
    }
    if let Some(entries) = yaml.as_mapping() {
        let entries = entries.iter();
        let named =
            entries.filter_map(|(key, entry)| Some((key.as_str()?.to_owned(), value(entry))));
        return Value::Object(named.collect::<Map<String, Value>>());
    }
    let number = yaml.as_integer().map(Value::from);
    let truth = yaml.as_bool().map(Value::from);
    number.or(truth).or_else(|| yaml.as_str().map(Value::from)).unwrap_or_default()
}

#[cfg(test)]
mod checks {
    use std::collections::BTreeMap;

    use super::{File, problems};

    const PINNED: &str = "o/checkout@8e8c483db84b4bee98b60c0593521ed34d9990e8 # v6.0.1";

    /// A workflow of one job that takes no role, with these steps.
    fn workflow(steps: &str) -> String {
        format!(
            "on: push\npermissions: {{}}\nconcurrency:\n  group: g\njobs:\n  one:\n    \
             timeout-minutes: 5\n    permissions:\n      contents: read\n    steps:\n{steps}"
        )
    }

    fn found(text: &str) -> Vec<String> {
        let file = File::read(text).expect("it is YAML");
        let landing = "part cargo xtask tidy\npart cargo xtask infra check\n";
        problems(&BTreeMap::from([("w".to_owned(), file)]), landing)
    }

    #[test]
    fn verbs_that_land_a_change_may_run() {
        let steps = format!(
            "      - uses: {PINNED}\n      - run: cargo xtask tidy\n      \
             - run: cargo xtask infra test\n      - run: echo x >> $GITHUB_OUTPUT\n"
        );
        assert_eq!(found(&workflow(&steps)), Vec::<String>::new());
    }

    #[test]
    fn a_command_of_its_own_is_refused() {
        let text = workflow("      - run: make test\n");
        assert_eq!(found(&text), ["w: one: `make test` isn't a verb that .ci/run runs"]);
    }

    #[test]
    fn a_tag_alone_is_no_pin_and_two_pins_are_one_too_many() {
        let text = workflow("      - uses: o/checkout@v6\n");
        assert_eq!(found(&text), ["w: `o/checkout@v6` isn't a hash with its full tag beside it"]);
        let other = PINNED.replace("8e8c", "0000").replace("6.0.1", "6.0.2");
        let text = workflow(&format!("      - uses: {PINNED}\n      - uses: {other}\n"));
        assert_eq!(found(&text).len(), 1);
    }

    #[test]
    fn permissions_ends_and_groups_are_stated() {
        let text = workflow("      - run: cargo xtask tidy\n");
        for line in ["permissions: {}\n", "    timeout-minutes: 5\n", "  group: g\n"] {
            assert_eq!(found(&text.replace(line, "")).len(), 1, "without {line}");
        }
        assert_eq!(found(&text.replace("contents: read", "id-token: write")).len(), 1);
        assert_eq!(found(&text.replace("contents: read", "contents: read # secrets.X")).len(), 1);
    }
}
