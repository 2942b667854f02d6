//! What checkov, a scanner of others, finds in applied states.
//!
//! Entry points: [`compare`].
//! An applied state is handed to it in the shape of a plan whose values are all known: in a true
//! plan each new key reads as none. Checks that don't hold here are listed in
//! `infra/policy/checkov.toml` with a day and a reason each; one that finds nothing any more is a
//! finding, as is a scanner that finds nothing on the fixtures.
//! It can't see whether an optional value was written: our own rules over configurations can.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::{Value, json};

use super::applied::Applied;
use super::{FIXTURES, Tally, keep, name};

const FILE: &str = "infra/policy/checkov.toml";

/// Flags of a run: no network, no upload, nothing but findings.
const FLAGS: [&str; 7] = [
    "--framework",
    "terraform_plan",
    "--compact",
    "--quiet",
    "--skip-download",
    "--output",
    "json",
];

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    skipped: Vec<Skipped>,
}

/// A check that isn't followed.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Skipped {
    check: String,
    /// Of these resources alone, by how their addresses end; of none, of all.
    #[serde(default)]
    addresses: Vec<String>,
    /// In these environments alone; in none, in all.
    #[serde(default)]
    environments: Vec<String>,
    /// The day on which it was decided.
    decided: toml::value::Datetime,
    reason: String,
}

impl Skipped {
    fn covers(&self, check: &str, (file, address): (&str, &str)) -> bool {
        let named = self.addresses.iter().any(|end| address.ends_with(end.as_str()));
        self.check == check && (self.addresses.is_empty() || named) && self.is_of(file)
    }

    /// Whether it is skipped in the environment of a file such as `/dev-global-checkov.json`.
    fn is_of(&self, file: &str) -> bool {
        let environment = file.rsplit('/').next().and_then(|name| name.split('-').next());
        self.environments.is_empty()
            || self.environments.iter().any(|one| Some(one.as_str()) == environment)
    }
}

/// Runs checkov over the states; `plans` tell their configurations.
pub(super) fn compare(
    root: &Path,
    tools: &Path,
    applied: &[Applied],
    plans: &BTreeMap<String, Value>,
    (whole, tally): (bool, &mut Tally),
) -> Result<()> {
    let text = std::fs::read_to_string(root.join(FILE)).context(FILE)?;
    let list: File = toml::from_str(&text).context(FILE)?;
    let mut command = Command::new(tools.join("checkov"));
    command.args(FLAGS).env("LOG_LEVEL", "CRITICAL").current_dir(root);
    let (mut fixtures, mut files) = (PathBuf::new(), Vec::new());
    for applied in applied {
        let place = applied.source.display().to_string();
        let plan = as_plan(&applied.state, &plans[name(&place)]["configuration"]);
        let path = keep(root, name(&place), "checkov", &plan)?;
        command.arg("--file").arg(&path);
        if place == FIXTURES {
            fixtures = path;
        } else {
            files.push(path.display().to_string());
        }
    }
    let output = command.output().context("checkov can't be started")?;
    let told = serde_json::from_slice(&output.stdout);
    let told: Value = told.context("checkov tells nothing: run it by hand")?;
    let (mut good, mut planted, mut used) = (true, 0, BTreeSet::new());
    for (check, file, address) in failed(&told) {
        if fixtures.to_string_lossy().ends_with(&file) {
            planted += 1;
        } else if list.skipped.iter().any(|skipped| skipped.covers(&check, (&file, &address))) {
            used.insert(check);
        } else {
            println!("xtask infra: policy: checkov: {check}: {file}: {address}");
            good = false;
        }
    }
    tally.count("policy checkov finds nothing else", good);
    tally.count("policy checkov finds what is wrong with the fixtures", planted > 0);
    let judged = |skipped: &&Skipped| whole && files.iter().any(|file| skipped.is_of(file));
    for skipped in list.skipped.iter().filter(judged) {
        let dated = skipped.decided.date.is_some() && !skipped.reason.trim().is_empty();
        let needed = used.contains(&skipped.check) && dated;
        tally.count(&format!("{FILE}: {} finds something", skipped.check), needed);
    }
    println!("xtask infra: policy: checkov over {} states", applied.len().saturating_sub(1));
    Ok(())
}

/// A plan that makes what a state has.
fn as_plan(state: &Value, configuration: &Value) -> Value {
    let mut changes = Vec::new();
    let mut open = vec![state];
    while let Some(module) = open.pop() {
        for resource in module["resources"].as_array().into_iter().flatten() {
            if resource["mode"] != "managed" {
                continue;
            }
            let mut change = resource.clone();
            let after = change["values"].take();
            change["change"] = json!({
                "actions": ["create"], "before": null, "after": after, "after_unknown": {},
            });
            changes.push(change);
        }
        open.extend(module["child_modules"].as_array().into_iter().flatten());
    }
    json!({
        "format_version": "1.2",
        "terraform_version": "1.11.0",
        "planned_values": { "root_module": state },
        "resource_changes": changes,
        "configuration": configuration,
    })
}

/// Check, file and address of what failed.
fn failed(told: &Value) -> Vec<(String, String, String)> {
    let alone = std::slice::from_ref(told);
    let reports = told.as_array().map_or(alone, Vec::as_slice);
    let checks = reports.iter().filter_map(|one| one["results"]["failed_checks"].as_array());
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    checks
        .flatten()
        .map(|one| (text(&one["check_id"]), text(&one["file_path"]), text(&one["resource"])))
        .collect()
}

#[cfg(test)]
mod checks {
    use serde_json::json;

    use super::{File, as_plan, failed};

    #[test]
    fn a_state_reads_as_a_plan_that_knows_all() {
        let inner = json!({ "resources": [
            { "address": "module.m.aws_a.b", "mode": "managed", "values": { "key": "arn" } },
            { "address": "data.aws_a.c", "mode": "data", "values": {} },
        ]});
        let plan = as_plan(&json!({ "child_modules": [inner] }), &json!({}));
        let changes = plan["resource_changes"].as_array().expect("a list");
        assert_eq!(changes.len(), 1);
        assert_eq!(changes[0]["change"]["after"]["key"], "arn");
    }

    #[test]
    fn a_skipped_check_holds_where_it_says_since_a_day() {
        let text = r#"
            [[skipped]]
            check = "CKV_1"
            addresses = ["aws_a.b"]
            decided = 2026-11-21
            reason = "why"
        "#;
        let covers = |text: &str, check, file, address| {
            let list: File = toml::from_str(text).expect("it is a list");
            list.skipped[0].covers(check, (file, address))
        };
        let file = "/prod-global-checkov.json";
        assert!(covers(text, "CKV_1", file, "module.m.aws_a.b"));
        assert!(!covers(text, "CKV_1", file, "module.m.aws_a.c"));
        assert!(!covers(text, "CKV_2", file, "module.m.aws_a.b"));
        let dev = text.replace("decided", "environments = [\"dev\"]\ndecided");
        assert!(!covers(&dev, "CKV_1", file, "aws_a.b"));
        assert!(covers(&dev, "CKV_1", "/dev-eu-west-1-checkov.json", "aws_a.b"));
        let undated = text.replace("decided = 2026-11-21", "");
        assert!(toml::from_str::<File>(&undated).is_err());
    }

    #[test]
    fn one_report_and_several_are_read() {
        let one = json!({ "results": { "failed_checks": [
            { "check_id": "CKV_1", "file_path": "/a.json", "resource": "aws_a.b" },
        ]}});
        assert_eq!(failed(&one)[0].0, "CKV_1");
        assert_eq!(failed(&json!([one, one])).len(), 2);
        assert!(failed(&json!({ "passed": 0 })).is_empty());
    }
}
