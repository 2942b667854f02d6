//! What the files around the Terraform must say: scripts, ignored files, roots, the linter's file.
//!
//! Entry points: [`checks`].

use std::path::Path;

use super::Checks;
use super::stacks::Folder;

/// Scripts and the verb that each calls; they add nothing of their own.
const SCRIPTS: [(&str, &str, &str); 5] = [
    ("validate-terraform.sh calls a verb", "validate-terraform.sh", "cargo xtask infra check"),
    ("security-scan.sh calls a verb", "security-scan.sh", "cargo xtask infra policy"),
    ("security-scan.sh scans the tree", "security-scan.sh", "cargo xtask infra scan"),
    ("guard-validate.ps1 calls a verb", "guard-validate.ps1", "cargo xtask infra policy guard"),
    ("guard-validate.sh calls a verb", "guard-validate.sh", "cargo xtask infra policy guard"),
];

/// Tags that the bill is split by.
const BILLED: [&str; 4] = ["geography", "business_unit", "service", "data_class"];

/// A script longer than this does something itself.
const SCRIPT_LINES_MAX: usize = 20;

/// What each workflow must say: the name of the check, the file, its parts.
const WORKFLOWS: [(&str, &str, &[&str]); 10] = [
    (
        "every push and pull request is scanned",
        ".github/workflows/security.yml",
        &["\n  push:\n  pull_request:\n", "cargo xtask infra scan", "ORDERFLOW_SCAN: full"],
    ),
    (
        "the scanner's database is cached and findings are kept",
        ".github/workflows/security.yml",
        &["actions/cache@", "target/infra/trivy", ".sarif", "retention-days"],
    ),
    (
        "a build runs every check and builds each image",
        ".github/workflows/ci-build.yml",
        &["cargo xtask ci smoke", "cargo xtask infra check", "deploy/images/*/", "trivy image"],
    ),
    ("images are rebuilt each week", ".github/workflows/ci-build.yml", &["cron:", "schedule:"]),
    (
        "a pull request gets its plan, and prod an approval",
        ".github/workflows/tf-deploy.yml",
        &["gh pr comment", "environment: dev", "environment: staging", "environment: prod"],
    ),
    (
        "a plan's comment tells what it costs",
        "infra/scripts/stacks.sh",
        &["cargo xtask infra cost --diff", ">> \"$page\""],
    ),
    (
        "drift is looked for by itself",
        ".github/workflows/tf-deploy.yml",
        &["schedule:", "github.event_name == 'schedule'", "exit 1"],
    ),
    (
        "the released provider runs the same tests",
        ".github/workflows/tf-provider-check.yml",
        &["cargo xtask infra validate", "cargo xtask infra test", "ORDERFLOW_TERRAFORM: terraform"],
    ),
    ("yamllint is strict", ".yamllint", &["extends: default", "line-length"]),
    (
        "hooks are local",
        ".pre-commit-config.yaml",
        &["repo: local", "terraform fmt", "cargo xtask tidy", "cargo xtask workflows"],
    ),
];

/// Lines that `.gitignore` must have: what holds secrets or can be made again.
const IGNORED: [&str; 6] =
    ["*.tfstate", "*.tfstate.*", "*.tfplan", "terraform.tfvars", ".terraform/", "*.zip"];

/// Each rule with what doesn't hold.
pub(super) fn checks(root: &Path, folders: &[Folder]) -> Checks {
    let mut checks = vec![
        ("git ignores state, plans, inputs and archives".to_owned(), not_ignored(root)),
        ("every root tags what it makes".to_owned(), untagged(root, folders)),
        ("no profile is committed".to_owned(), profiles(root, folders)),
        ("tflint has the bundled rules".to_owned(), tflint(root)),
        ("each check of ours gates and has its fixtures".to_owned(), own_checks(root)),
        ("every input of a stack has its example".to_owned(), unlike_examples(root, folders)),
    ];
    for (what, file, parts) in WORKFLOWS {
        let text = std::fs::read_to_string(root.join(file)).unwrap_or_default();
        let missing = parts.iter().filter(|part| !text.contains(**part));
        let missing = missing.map(|part| format!("{file} lacks {part:?}"));
        checks.push((what.to_owned(), missing.collect()));
    }
    for (what, script, verb) in SCRIPTS {
        checks.push((what.to_owned(), script_problems(root, script, verb)));
    }
    checks
}

fn not_ignored(root: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(root.join(".gitignore")).unwrap_or_default();
    let missing = IGNORED.iter().filter(|line| !text.lines().any(|there| there == **line));
    missing.map(|line| format!(".gitignore lacks {line}")).collect()
}

/// Roots: the stacks and the bootstrap.
fn roots<'a>(root: &Path, folders: &'a [Folder]) -> Vec<(&'a Folder, String)> {
    let ours = folders.iter().filter(|folder| !folder.path.starts_with("infra/modules"));
    let read = |folder: &Folder| {
        let files = ["main.tf", "providers.tf", "backend.tf", "versions.tf"];
        let read = |file| std::fs::read_to_string(root.join(&folder.path).join(file));
        files.iter().filter_map(|file| read(file).ok()).collect::<String>()
    };
    ours.map(|folder| (folder, read(folder))).collect()
}

fn untagged(root: &Path, folders: &[Folder]) -> Vec<String> {
    let mut problems = Vec::new();
    for (folder, text) in roots(root, folders) {
        let tags = ["default_tags {", "product", "stack", "managed_by"].into_iter();
        let tags: Vec<&str> = tags.chain(BILLED).collect();
        for tag in tags.iter().filter(|tag| !text.contains(**tag)) {
            problems.push(format!("{}: no {tag}", folder.path.display()));
        }
    }
    problems
}

fn profiles(root: &Path, folders: &[Folder]) -> Vec<String> {
    let mut problems = Vec::new();
    for (folder, text) in roots(root, folders) {
        let words = ["profile", "access_key", "secret_key", "shared_credentials_files"];
        let sets = |line: &str, word: &str| line.trim_start().starts_with(word);
        for line in text.lines().filter(|line| words.iter().any(|word| sets(line, word))) {
            problems.push(format!("{}: {}", folder.path.display(), line.trim()));
        }
        if !text.contains("provider \"aws\" {") {
            problems.push(format!("{}: no provider", folder.path.display()));
        }
    }
    problems
}

/// Checks for Trivy that a scan passes over by their severity, or that lack a fixture, and fixtures
/// of no check.
fn own_checks(root: &Path) -> Vec<String> {
    let trivy = root.join("infra/policy/trivy");
    let names = |folder: &str| -> Vec<std::path::PathBuf> {
        let entries = std::fs::read_dir(trivy.join(folder)).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).collect()
    };
    let mut fixtures = names("fixtures");
    let mut problems = Vec::new();
    for check in names("checks") {
        let text = std::fs::read_to_string(&check).unwrap_or_default();
        let says = |key: &str| text.lines().find_map(|line| line.split(key).nth(1));
        let id = says("id: ").unwrap_or_default().trim().to_lowercase();
        let gates =
            ["MEDIUM", "HIGH", "CRITICAL"].contains(&says("severity: ").unwrap_or_default());
        let folder = trivy.join("fixtures").join(&id);
        let filled = |way: &str| {
            std::fs::read_dir(folder.join(way)).is_ok_and(|mut files| files.next().is_some())
        };
        let both = filled("passes") && filled("fails");
        fixtures.retain(|fixture| *fixture != folder);
        if id.is_empty() || !gates || !both {
            problems.push(format!("{}: a severity that gates, two fixtures", check.display()));
        }
    }
    problems.extend(fixtures.iter().map(|fixture| format!("{}: of no check", fixture.display())));
    problems
}

/// Inputs without a default that a root's example leaves out, and what it gives that is no input.
fn unlike_examples(root: &Path, folders: &[Folder]) -> Vec<String> {
    let mut problems = Vec::new();
    let ours = folders.iter().filter(|folder| !folder.path.starts_with("infra/modules"));
    for folder in ours {
        let there = root.join(&folder.path);
        let mut text = String::new();
        for entry in std::fs::read_dir(&there).into_iter().flatten().flatten() {
            if entry.path().extension().is_some_and(|extension| extension == "tf") {
                text.push_str(&std::fs::read_to_string(entry.path()).unwrap_or_default());
            }
        }
        let example = there.join("terraform.tfvars.example");
        let example = std::fs::read_to_string(example).unwrap_or_default();
        let begins = |line: &&str| line.starts_with(|letter: char| letter.is_ascii_lowercase());
        let given: Vec<&str> = example
            .lines()
            .filter(begins)
            .filter_map(|line| line.split([' ', '=']).next())
            .collect();
        let mut inputs = Vec::new();
        for block in text.split("\nvariable \"").skip(1) {
            let name = block.split('"').next().unwrap_or_default();
            let body = block.split("\n}\n").next().unwrap_or_default();
            inputs.push(name);
            if !body.contains("\n  default ") && !given.contains(&name) {
                problems.push(format!("{}: no example of {name}", folder.path.display()));
            }
        }
        let unknown = given.iter().filter(|name| !inputs.contains(name));
        problems.extend(unknown.map(|name| format!("{}: no input {name}", folder.path.display())));
    }
    problems
}

fn tflint(root: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(root.join(".tflint.hcl")).unwrap_or_default();
    let bundled = !text.contains("plugin \"aws\"")
        && text.contains("plugin \"terraform\" {")
        && !text.contains("source ");
    if bundled { Vec::new() } else { vec![".tflint.hcl: the bundled ruleset alone".to_owned()] }
}

fn script_problems(root: &Path, script: &str, verb: &str) -> Vec<String> {
    let text = std::fs::read_to_string(root.join("infra/scripts").join(script));
    let text = text.unwrap_or_default();
    let thin = text.contains(verb) && text.lines().count() <= SCRIPT_LINES_MAX;
    if thin { Vec::new() } else { vec![format!("infra/scripts/{script}: it calls `{verb}` alone")] }
}
