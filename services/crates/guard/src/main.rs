//! Runs every rule file of a folder over every document: one JSON line per rule and document.
//!
//! Entry points: `guard <folder of .guard files> <document.json>...`.
//! A line is `rules`, `document`, `rule`, `status` (`PASS`, `FAIL`, or `SKIP` when the rule found
//! nothing to look at) and `failures`: what fails where, as `[path, why]`.
//! What that means for a tree is `xtask`'s to say.
//! Read is cfn-guard's record of every comparison: its shorter report is cut off at 8 KiB.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use cfn_guard::{ValidateInput, run_checks};
use serde_json::{Value, json};

fn main() -> Result<()> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let rules = arguments.next().context("guard <folder of .guard files> <document.json>...")?;
    let documents: Vec<PathBuf> = arguments.collect();
    let files = rule_files(&rules)?;
    for document in &documents {
        let content = read(document)?;
        for file in &files {
            for mut judgement in judge(file, &read(file)?, document, &content)? {
                judgement["rules"] = json!(file);
                judgement["document"] = json!(document);
                println!("{judgement}");
            }
        }
    }
    Ok(())
}

/// The rule files of a folder, by name.
fn rule_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder);
    let entries = entries.with_context(|| format!("{} can't be read", folder.display()))?;
    let mut files = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "guard") {
            files.push(path);
        }
    }
    if files.is_empty() {
        bail!("{} holds no .guard file", folder.display());
    }
    files.sort();
    Ok(files)
}

/// What each rule of a file says about a document.
fn judge(file: &Path, rules: &str, document: &Path, content: &str) -> Result<Vec<Value>> {
    let (rules_name, name) = (file.display().to_string(), document.display().to_string());
    let data = ValidateInput { content, file_name: &name };
    let rules = ValidateInput { content: rules, file_name: &rules_name };
    let record = run_checks(data, rules, true);
    let record = record.map_err(|problem| anyhow!("{rules_name} over {name}: {problem}"))?;
    let record: Value =
        serde_json::from_str(&record).with_context(|| format!("{rules_name}: no JSON"))?;
    let mut judged = Vec::new();
    for one in record["children"].as_array().into_iter().flatten() {
        let check = &one["container"]["RuleCheck"];
        let mut failures = Vec::new();
        collect(one, &mut failures);
        let (rule, status) = (&check["name"], &check["status"]);
        judged.push(json!({ "rule": rule, "status": status, "failures": failures }));
    }
    Ok(judged)
}

/// Every comparison below a record that fails; conditions and filters only choose what is compared.
fn collect(record: &Value, failures: &mut Vec<(String, String)>) {
    let container = &record["container"];
    let chooses = ["RuleCondition", "TypeCondition", "WhenCondition", "Filter"];
    if chooses.iter().any(|name| container.get(name).is_some()) {
        return;
    }
    for clause in container["ClauseValueCheck"].as_object().into_iter().flatten() {
        let (_, clause) = clause;
        let clause = clause.get("value").filter(|inner| inner.is_object()).unwrap_or(clause);
        if let Some(path) = path(&clause["from"]) {
            let why = clause["custom_message"].as_str().unwrap_or_default();
            failures.push((path.to_owned(), why.to_owned()));
        }
    }
    record["children"].as_array().into_iter().flatten().for_each(|one| collect(one, failures));
}

/// Where a comparison looked.
fn path(from: &Value) -> Option<&str> {
    let resolved = from["Resolved"]["path"].as_str();
    resolved.or_else(|| from["UnResolved"]["traversed_to"]["path"].as_str())
}

fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("{} can't be read", path.display()))
}

#[cfg(test)]
mod checks {
    use std::path::Path;

    use super::judge;

    const RULES: &str = "rule keys_rotate when aws_kms_key !empty {
        aws_kms_key[*].values.enable_key_rotation == true
    }";

    fn judged(document: &str) -> serde_json::Value {
        let judged = judge(Path::new("r.guard"), RULES, Path::new("d.json"), document);
        judged.expect("both parse").remove(0)
    }

    #[test]
    fn a_rule_complies_or_fails_where_or_finds_nothing() {
        let rotating = judged(r#"{"aws_kms_key":[{"values":{"enable_key_rotation":true}}]}"#);
        assert_eq!(rotating["status"], "PASS");
        let keys = r#"{"aws_kms_key":[{"values":{}},{"values":{"enable_key_rotation":false}}]}"#;
        let keys = judged(keys);
        assert_eq!((&keys["rule"], &keys["status"]), (&"keys_rotate".into(), &"FAIL".into()));
        assert_eq!(keys["failures"][0][0], "/aws_kms_key/0/values");
        assert_eq!(keys["failures"][1][0], "/aws_kms_key/1/values/enable_key_rotation");
        assert_eq!(judged("{}")["status"], "SKIP");
    }
}
