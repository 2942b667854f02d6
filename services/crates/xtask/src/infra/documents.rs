//! Whether what the documents of `infra` say can be done and found: links, paths and commands.
//!
//! Entry points: [`check`].
//! One check per document, named by its path. Paths are what stands in backticks and begins with a
//! folder of the tree; commands are lines of `sh` blocks and what begins with `cargo xtask infra`
//! in backticks. `cargo xtask infra` is parsed by the verbs themselves, `terraform` against its own
//! help. Whether an `aws` command is spelled right nothing here can tell but [`AWS`].

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::Parser;

use super::terraform::Terraform;
use super::{Tally, Verb};

/// Folders that a path in a document begins with, and where each lies from the root.
const TOPS: [(&str, &str); 12] = [
    ("infra/", ""),
    ("services/", ""),
    ("deploy/", ""),
    ("proto/", ""),
    ("benches/", ""),
    (".github/", ""),
    (".ci/", ""),
    ("modules/", "infra"),
    ("live/", "infra"),
    ("policy/", "infra"),
    ("docs/", "infra"),
    ("bootstrap/", "infra"),
];

/// Commands of the AWS command line that documents name, as its reference spells them.
const AWS: [&str; 8] = [
    "iam create-service-linked-role",
    "s3api list-object-versions",
    "s3api get-object",
    "s3api delete-object",
    "eks update-kubeconfig",
    "eks update-nodegroup-config",
    "sts get-caller-identity",
    "ssm start-session",
];

/// Other commands, which come with the system.
const PLAIN: [&str; 7] = ["cp", "cd", "git", "kubectl", "tflint", "checkov", "trivy"];

/// A line of `cargo xtask infra`.
#[derive(Parser)]
#[command(no_binary_name = true)]
struct Line {
    #[command(subcommand)]
    _verb: Verb,
}

/// Counts every document.
pub(super) fn check(terraform: &Terraform, tally: &mut Tally) -> Result<()> {
    let root = terraform.root();
    let mut helps = Helps { terraform, known: BTreeMap::new() };
    for document in documents(root)? {
        let text = std::fs::read_to_string(root.join(&document))?;
        let mut problems = Vec::new();
        problems.extend(lost_links(root, &document, &text));
        for span in spans(&text) {
            problems.extend(lost_path(root, span));
            problems.extend(lost_variable(root, span));
        }
        for command in commands(&text) {
            problems.extend(wrong_command(&command, &mut helps)?);
        }
        for problem in &problems {
            println!("xtask infra: {}: {problem}", document.display());
        }
        tally.count(&document.display().to_string(), problems.is_empty());
    }
    Ok(())
}

/// The documents of `infra`, from the root: those of `infra/docs` and every README.
fn documents(root: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut open = vec![PathBuf::from("infra")];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(root.join(&folder))? {
            let entry = entry?;
            let path = folder.join(entry.file_name());
            // Terraform's own folders hold others' texts.
            let hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
            if entry.file_type()?.is_dir() && !hidden {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

fn lost_links(root: &Path, document: &Path, text: &str) -> Vec<String> {
    let folder = root.join(document.parent().unwrap_or_else(|| Path::new("")));
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next());
    let near = targets.filter(|target| !target.is_empty() && !target.contains("://"));
    let lost = near.filter(|target| !folder.join(target).exists());
    lost.map(|target| format!("links to {target}, which isn't there")).collect()
}

/// What stands in backticks outside of blocks.
fn spans(text: &str) -> Vec<&str> {
    let outside = text.split("```").step_by(2);
    outside.flat_map(|part| part.split('`').skip(1).step_by(2)).collect()
}

/// A span such as `network: flow_logs.infrequent_days`, whose module has no such variable or field.
fn lost_variable(root: &Path, span: &str) -> Option<String> {
    let (module, variable) = span.split_once(": ")?;
    let folder = root.join("infra/modules").join(module);
    let word = |letter: char| letter.is_ascii_lowercase() || letter == '_' || letter == '.';
    if !folder.is_dir() || !variable.chars().all(word) {
        return None;
    }
    let mut text = String::new();
    for entry in std::fs::read_dir(&folder).ok()?.flatten() {
        if entry.path().extension().is_some_and(|extension| extension == "tf") {
            text.push_str(&std::fs::read_to_string(entry.path()).unwrap_or_default());
        }
    }
    let mut fields = variable.split('.');
    let head = format!("variable \"{}\" {{\n", fields.next()?);
    let block = text.split(&head).nth(1).and_then(|rest| rest.split("\n}\n").next());
    let block = block.unwrap_or_default();
    let has = |field: &str| {
        block.lines().any(|line| line.trim_start().split([' ', '=']).next() == Some(field))
    };
    let there = !block.is_empty() && fields.all(has);
    (!there).then(|| format!("{module} has no {variable}"))
}

fn lost_path(root: &Path, span: &str) -> Option<String> {
    let path = span.split("::").next()?;
    let (top, under) = TOPS.iter().find(|(top, _)| path.starts_with(top))?;
    // A word in angle brackets, a star or braces stand for several.
    if path.contains(['<', '*', '{', ' ']) {
        return None;
    }
    let there = root.join(under).join(path).exists() || root.join(path).exists();
    (!there).then(|| format!("names {path} ({top}), which isn't there"))
}

/// Commands of `sh` blocks, and `cargo xtask infra` wherever it stands in backticks.
fn commands(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, part) in text.split("```").enumerate() {
        if at % 2 == 0 {
            let spans = part.split('`').skip(1).step_by(2);
            let ours = |span: &&str| span.starts_with("cargo xtask") || span.starts_with("aws ");
            found.extend(spans.filter(ours).map(str::to_owned));
        } else if let Some(block) = part.strip_prefix("sh\n") {
            let lines = block.replace("\\\n", " ");
            let lines = lines.lines().map(|line| line.split(" #").next().unwrap_or_default());
            let parts = lines.flat_map(|line| line.split("&&").flat_map(|one| one.split(" | ")));
            found.extend(parts.map(|one| one.trim().to_owned()).filter(|one| !one.is_empty()));
        }
    }
    found.retain(|command| !command.starts_with('#'));
    found
}

/// What `terraform <command> -help` prints, asked once.
struct Helps<'a> {
    terraform: &'a Terraform,
    known: BTreeMap<String, String>,
}

impl Helps<'_> {
    fn of(&mut self, command: &str) -> Result<&str> {
        if !self.known.contains_key(command) {
            let words: Vec<&str> = command.split(' ').chain(["-help"]).collect();
            let (_, mut text) = self.terraform.text(Path::new("."), &words)?;
            // An apply without a saved plan takes what a plan takes, which its own help leaves out.
            if command == "apply" {
                text.push_str(&self.terraform.text(Path::new("."), &["plan", "-help"])?.1);
            }
            self.known.insert(command.to_owned(), text);
        }
        Ok(self.known.get(command).map_or("", String::as_str))
    }
}

/// What is wrong with a command, if anything.
fn wrong_command(command: &str, helps: &mut Helps<'_>) -> Result<Option<String>> {
    let plain = command.split(['>', '<']).next().unwrap_or_default();
    let words: Vec<&str> = plain.split_whitespace().collect();
    let wrong = match words.as_slice() {
        ["cargo", "xtask", "infra"] => None,
        ["cargo", "xtask", "infra", verb @ ..] => {
            let verb = verb.iter().map(|word| word.trim_matches(['\'', '"']));
            let parsed = Line::try_parse_from(verb);
            parsed.err().map(|problem| format!("`{command}`: {problem}"))
        }
        ["cargo", ..] => None,
        ["terraform", sub, rest @ ..] => {
            let sub = match (*sub, rest.first()) {
                ("state" | "providers", Some(next)) if !next.starts_with('-') => {
                    format!("{sub} {next}")
                }
                _ => (*sub).to_owned(),
            };
            let help = helps.of(&sub)?;
            let flags = rest.iter().filter(|word| word.starts_with('-'));
            let flags = flags.map(|word| word.split('=').next().unwrap_or(word));
            let unknown = flags.filter(|flag| !help.contains(*flag)).collect::<Vec<_>>();
            let usage = help.contains("Usage: terraform") && !help.contains("has no command");
            (!usage || !unknown.is_empty())
                .then(|| format!("`{command}`: terraform knows no {sub} {unknown:?}"))
        }
        ["aws", service, operation, ..] => {
            let named = format!("{service} {operation}");
            (!AWS.contains(&named.as_str())).then(|| format!("`{command}`: is it spelled so?"))
        }
        [program, ..] if PLAIN.contains(program) || program.starts_with("infra/") => None,
        [variable, ..] if variable.contains('=') => None,
        _ => Some(format!("`{command}`: nothing here can tell whether it runs")),
    };
    Ok(wrong)
}

#[cfg(test)]
mod checks {
    use super::{Line, commands, spans};
    use clap::Parser;

    const TEXT: &str = "Run `cargo xtask infra docs`, see `infra/live`.\n\n```sh\nterraform init\n\
                        cp a b && terraform plan   # why\n```\n\n```json\n{}\n```\n";

    #[test]
    fn commands_and_paths_are_found() {
        let expected = ["cargo xtask infra docs", "terraform init", "cp a b", "terraform plan"];
        assert_eq!(commands(TEXT), expected);
        assert_eq!(spans(TEXT), ["cargo xtask infra docs", "infra/live"]);
    }

    #[test]
    fn a_verb_that_is_none_is_refused() {
        assert!(Line::try_parse_from(["plan", "--stack", "dev/global"]).is_ok());
        assert!(Line::try_parse_from(["plam"]).is_err());
    }
}
