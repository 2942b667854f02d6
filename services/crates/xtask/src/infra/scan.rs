//! Trivy over the tree: secrets, vulnerabilities, misconfiguration with our own checks.
//!
//! Entry points: [`run`].
//! Gates: secrets and vulnerabilities at HIGH, misconfiguration at MEDIUM. Each own check has a
//! fixture that it passes and one that it fails. What is found and left is in `.trivyignore.yaml`,
//! dated. Reports lie in `target/infra/scan` as JSON, SARIF and JUnit.
//! Without Trivy it lists itself as not run; `ORDERFLOW_SCAN=full` builds Trivy instead, for
//! some minutes, and fetches the database of vulnerabilities, which only that way are looked for.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use super::Tally;
use crate::tools;

/// The version that the checks are tried with.
const VERSION: &str = "0.74.0";
const OUT: &str = "target/infra/scan";
const CHECKS: &str = "infra/policy/trivy/checks";
const FIXTURES: &str = "infra/policy/trivy/fixtures";
/// What other rules must fail on.
const OTHERS: &str = "infra/policy/fixtures";
/// Flags of every look for misconfiguration.
const MISCONFIGURATION: [&str; 8] = [
    "config",
    "--config-check",
    CHECKS,
    "--check-namespaces",
    "user",
    "--raw-config-scanners",
    "terraform",
    "--skip-check-update",
];

/// Scans; says so where it can't.
pub(super) fn run(root: &Path, tally: &mut Tally) -> Result<()> {
    #[expect(clippy::disallowed_methods, reason = "a workflow asks for all of it")]
    let full = std::env::var("ORDERFLOW_SCAN").is_ok_and(|value| value == "full");
    let Some(trivy) = trivy(root, full)? else { return not_run(root, "trivy") };
    std::fs::create_dir_all(root.join(OUT))?;
    fixtures(root, &trivy, tally)?;
    let all = "HIGH,CRITICAL";
    one(root, &trivy, ["secrets", all], &["fs", "--scanners", "secret"], tally)?;
    let gate = ["misconfiguration", "MEDIUM,HIGH,CRITICAL"];
    one(root, &trivy, gate, &MISCONFIGURATION, tally)?;
    if full {
        let scan = ["fs", "--scanners", "vuln"];
        return one(root, &trivy, ["vulnerabilities", all], &scan, tally);
    }
    not_run(root, "trivy's database of vulnerabilities")
}

/// The command, when it is there in the right version or may be built.
fn trivy(root: &Path, build: bool) -> Result<Option<PathBuf>> {
    let ours = std::path::absolute(root.join("target/infra/tools/bin/trivy"))?;
    for program in [ours.clone(), PathBuf::from("trivy")] {
        let told = Command::new(&program).args(["version", "--format", "json"]).output();
        let told = told.map(|output| serde_json::from_slice(&output.stdout));
        if matches!(told, Ok(Ok(Value::Object(told))) if told["Version"] == VERSION) {
            return Ok(Some(program));
        }
    }
    if build {
        tools::trivy(root, VERSION, &ours)?;
    }
    Ok(build.then_some(ours))
}

fn not_run(root: &Path, what: &str) -> Result<()> {
    println!("xtask infra: not run here: {what} is missing; ORDERFLOW_SCAN=full brings it");
    let list = root.join("target/tmp/not-run.txt");
    std::fs::create_dir_all(list.parent().context("no folder")?)?;
    let line = format!("optional: infra scan: {what} (ORDERFLOW_SCAN=full brings it)\n");
    let mut text = std::fs::read_to_string(&list).unwrap_or_default();
    text.push_str(&line);
    Ok(std::fs::write(list, text)?)
}

/// Scans the tree for one kind and writes its three reports.
fn one(
    root: &Path,
    trivy: &Path,
    [name, severities]: [&str; 2],
    scan: &[&str],
    tally: &mut Tally,
) -> Result<()> {
    let skipped = ["--skip-dirs", "target", "--skip-dirs", FIXTURES, "--skip-dirs", OTHERS];
    let flags = [&skipped[..], &["--severity", severities, "."]].concat();
    let report = report(root, trivy, scan, &flags)?;
    let path = Path::new(OUT).join(name);
    std::fs::write(root.join(&path).with_extension("json"), serde_json::to_vec(&report)?)?;
    let mut convert = Command::new(trivy);
    convert.args(["convert", "--quiet", "--format", "sarif", "--output"]);
    convert.arg(path.with_extension("sarif")).arg(path.with_extension("json"));
    tools::step(convert.current_dir(root))?;
    let sarif = root.join(&path).with_extension("sarif");
    let found = serde_json::from_slice(&std::fs::read(&sarif)?)?;
    std::fs::write(sarif, at_root(found, &root.canonicalize()?).to_string())?;
    let findings = findings(&report);
    std::fs::write(root.join(&path).with_extension("xml"), junit(name, &findings))?;
    for Finding { id, target, title } in &findings {
        println!("xtask infra: {name}: {id} {target}: {title}");
    }
    tally.count(&format!("scan for {name}"), findings.is_empty());
    Ok(())
}

/// Every own check finds what it is for in one folder and nothing in the other.
fn fixtures(root: &Path, trivy: &Path, tally: &mut Tally) -> Result<()> {
    let report = report(root, trivy, &MISCONFIGURATION, &[FIXTURES])?;
    let findings = findings(&report);
    for id in own(root)? {
        let found = |folder: &str| {
            let folder = format!("{}/{folder}/", id.to_lowercase());
            let mut those = findings.iter().filter(|finding| finding.target.starts_with(&folder));
            those.any(|finding| finding.id == id)
        };
        for folder in ["passes", "fails"] {
            let there = root.join(FIXTURES).join(id.to_lowercase()).join(folder).is_dir();
            let good = there && found(folder) == (folder == "fails");
            tally.count(&format!("check {id}: its fixture {folder}"), good);
        }
    }
    Ok(())
}

/// Ids of the own checks, from their metadata.
fn own(root: &Path) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(root.join(CHECKS)).context(CHECKS)? {
        let text = std::fs::read_to_string(entry?.path())?;
        let ids = text.lines().filter_map(|line| line.strip_prefix("#   id: "));
        found.extend(ids.map(str::to_owned));
    }
    found.sort();
    Ok(found)
}

fn report(root: &Path, trivy: &Path, scan: &[&str], flags: &[&str]) -> Result<Value> {
    let mut command = Command::new(trivy);
    command.args(scan).args(["--quiet", "--format", "json", "--skip-version-check"]);
    command.args(["--cache-dir", "target/infra/trivy", "--ignorefile", ".trivyignore.yaml"]);
    let output = command.args(flags).current_dir(root).output()?;
    let error = || format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).with_context(error)
}

/// Something that Trivy found.
#[derive(Debug, PartialEq, Eq)]
struct Finding {
    id: String,
    target: String,
    title: String,
}

fn findings(report: &Value) -> Vec<Finding> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut found = Vec::new();
    for result in report["Results"].as_array().into_iter().flatten() {
        for (kind, id, title) in [
            ("Misconfigurations", "ID", "Message"),
            ("Secrets", "RuleID", "Title"),
            ("Vulnerabilities", "VulnerabilityID", "Title"),
        ] {
            for finding in result[kind].as_array().into_iter().flatten() {
                let (id, title) = (text(&finding[id]), text(&finding[title]));
                found.push(Finding { id, target: text(&result["Target"]), title });
            }
        }
    }
    found
}

/// A SARIF document whose paths begin at the root: a converted one's begin at what it was made of.
fn at_root(mut sarif: Value, root: &Path) -> Value {
    for run in sarif["runs"].as_array_mut().into_iter().flatten() {
        run["originalUriBaseIds"]["ROOTPATH"]["uri"] = format!("file://{}/", root.display()).into();
    }
    sarif
}

/// A suite of one case per finding, or of one that passed.
fn junit(name: &str, findings: &[Finding]) -> String {
    let escape = |text: &str| {
        text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
    };
    let mut cases = String::new();
    for Finding { id, target, title } in findings {
        let (id, target, title) = (escape(id), escape(target), escape(title));
        let failure = format!("<failure message=\"{title}\"/>");
        cases +=
            &format!("  <testcase classname=\"{target}\" name=\"{id}\">{failure}</testcase>\n");
    }
    if findings.is_empty() {
        cases += &format!("  <testcase classname=\"{name}\" name=\"nothing was found\"/>\n");
    }
    let (tests, failures) = (findings.len().max(1), findings.len());
    let suite = format!("<testsuite name=\"{name}\" tests=\"{tests}\" failures=\"{failures}\">");
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{suite}\n{cases}</testsuite>\n")
}

#[cfg(test)]
mod checks {
    use serde_json::json;

    use super::{at_root, findings, junit};

    #[test]
    fn findings_of_every_kind_become_cases() {
        let report = json!({"Results": [
            {"Target": "a.tf", "Misconfigurations": [{"ID": "OF-0001", "Message": "a < b"}]},
            {"Target": "b", "Secrets": [{"RuleID": "aws-key", "Title": "AWS key"}]},
            {"Target": "Cargo.lock", "Vulnerabilities": [{"VulnerabilityID": "C", "Title": "t"}]},
        ]});
        let found = findings(&report);
        let ids: Vec<&str> = found.iter().map(|finding| finding.id.as_str()).collect();
        assert_eq!(ids, ["OF-0001", "aws-key", "C"]);
        let xml = junit("all", &found);
        assert!(xml.contains("tests=\"3\" failures=\"3\"") && xml.contains("a &lt; b"), "{xml}");
        assert!(junit("none", &[]).contains("tests=\"1\" failures=\"0\""));
    }

    #[test]
    fn paths_of_findings_begin_at_the_root() {
        let uri = json!({ "ROOTPATH": { "uri": "file:///tree/secrets.json/" } });
        let found = at_root(json!({ "runs": [{ "originalUriBaseIds": uri }] }), "/tree".as_ref());
        assert_eq!(found["runs"][0]["originalUriBaseIds"]["ROOTPATH"]["uri"], "file:///tree/");
    }
}
