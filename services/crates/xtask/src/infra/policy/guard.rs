//! The rules of `infra/policy/guard`, which cfn-guard reads.
//!
//! Entry points: [`compare`].
//! `state` holds rules over applied states, `configuration` those over every plan's configuration.
//! The package `guard` runs them, in a process of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::documents::Document;
use super::{FIXTURES, Finding, Judged, Tally, keep, name, report};

/// Folders of rules, and what each is over.
const RULES: &str = "infra/policy/guard";

/// Judges states and configurations.
pub(super) fn compare(root: &Path, judged: &Judged, tally: &mut Tally) -> Result<()> {
    over(root, "state", judged, tally)?;
    over(root, "configuration", judged, tally)
}

fn over(root: &Path, folder: &str, judged: &Judged, tally: &mut Tally) -> Result<()> {
    let of_states = folder == "state";
    let documents = if of_states { &judged.states } else { &judged.configurations };
    let mut paths = BTreeMap::new();
    for document in documents {
        let path = keep(root, &document.name, &format!("{folder}-document"), &document.json())?;
        paths.insert(path, document);
    }
    let mut findings = Vec::new();
    let mut rules = BTreeSet::new();
    let mut compliant = BTreeSet::new();
    for line in lines(root, folder, paths.keys())? {
        let path = PathBuf::from(line["document"].as_str().unwrap_or_default());
        let document = paths.get(&path).context("guard names a document that it wasn't given")?;
        let rule = line["rule"].as_str().context("guard: a rule without a name")?.to_owned();
        if line["status"] == "PASS" && document.name != name(FIXTURES) {
            compliant.insert(rule.clone());
        }
        if line["status"] == "FAIL" {
            findings.extend(failures(&rule, document, &line["failures"]));
        }
        rules.insert(rule);
    }
    report(&rules, &findings, tally);
    for rule in rules.iter().filter(|_| judged.whole) {
        tally.count(&format!("policy {rule} complies somewhere"), compliant.contains(rule));
    }
    let stacks = documents.len().saturating_sub(1);
    println!("xtask infra: policy: {} rules over {stacks} {folder} documents", rules.len());
    Ok(())
}

/// One finding for each resource that fails a rule, and one for the stack when it is none.
fn failures(rule: &str, document: &Document, failures: &Value) -> Vec<Finding> {
    let mut found = BTreeMap::new();
    for failure in failures.as_array().into_iter().flatten() {
        let path = failure[0].as_str().unwrap_or_default();
        let address = document.address(path).unwrap_or("the stack as a whole").to_owned();
        found.entry(address).or_insert_with(|| failure[1].as_str().unwrap_or_default().to_owned());
    }
    if found.is_empty() {
        found.insert("the stack as a whole".to_owned(), "it fails".to_owned());
    }
    let found = found.into_iter().map(|(address, why)| Finding {
        rule: rule.to_owned(),
        document: document.name.clone(),
        address,
        why,
    });
    found.collect()
}

/// What the package `guard` prints.
fn lines<'a>(
    root: &Path,
    folder: &str,
    documents: impl Iterator<Item = &'a PathBuf>,
) -> Result<Vec<Value>> {
    let mut command = Command::new("cargo");
    command.args(["run", "--release", "--quiet", "--package", "guard", "--"]);
    command.arg(Path::new(RULES).join(folder)).args(documents).current_dir(root);
    let output = command.output().context("cargo can't be started: is it installed?")?;
    if !output.status.success() {
        bail!("guard: {}", String::from_utf8_lossy(&output.stderr));
    }
    let text = String::from_utf8(output.stdout).context("guard: no text")?;
    text.lines().map(|line| serde_json::from_str(line).context("guard: no JSON")).collect()
}

#[cfg(test)]
mod checks {
    use serde_json::json;

    use super::super::documents::Document;
    use super::failures;

    #[test]
    fn a_rule_names_each_resource_once() {
        let resource = |address: &str| json!({ "address": address });
        let mut document = Document { name: "prod/page".to_owned(), ..Document::default() };
        document.by_type.insert("aws_a".to_owned(), vec![resource("aws_a.x"), resource("aws_a.y")]);
        let failed = json!([["/aws_a/1/values/k", "why"], ["/aws_a/1/values/l", "other"]]);
        let found = failures("rule", &document, &failed);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].address.as_str(), found[0].why.as_str()), ("aws_a.y", "why"));
        assert_eq!(failures("rule", &document, &json!([])).len(), 1);
    }
}
