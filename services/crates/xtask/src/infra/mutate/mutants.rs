//! The conditions of a folder's Terraform, each as text that could read otherwise.
//!
//! Entry points: [`find`], [`Mutant::text`].
//! It reads the form that `terraform fmt` writes: a block opens at the end of a line, a condition
//! begins on a line of its own and ends where its brackets close. It is no HCL parser.

use std::ops::Range;

use crate::infra::docs;

/// Blocks that hold a condition.
const BLOCKS: [&str; 4] = ["validation {", "precondition {", "postcondition {", "assert {"];

/// One condition that a test must miss.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::infra) struct Mutant {
    /// File's name in its folder.
    pub(in crate::infra) file: String,
    /// Line of the condition, from 1.
    pub(in crate::infra) line: usize,
    /// What it guards as tests name it, such as `var.region`.
    pub(in crate::infra) guards: String,
    condition: Range<usize>,
}

impl Mutant {
    /// The file's text with a condition that always holds. What the condition names is still
    /// named, because Terraform refuses a condition that names nothing.
    pub(super) fn text(&self, text: &str) -> String {
        let (before, after) = (&text[..self.condition.start], &text[self.condition.end..]);
        format!("{before}can({}) || true{after}", &text[self.condition.clone()])
    }
}

/// Every condition of a file.
pub(in crate::infra) fn find(file: &str, text: &str) -> Vec<Mutant> {
    let mut found = Vec::new();
    let mut guards = String::new();
    let mut inside = false;
    let mut start = 0;
    for (number, line) in text.split_inclusive('\n').enumerate() {
        let bare = line.trim();
        if !line.starts_with([' ', '}', '\n', '#']) {
            guards = guarded(line);
        }
        inside |= BLOCKS.contains(&bare);
        let condition = bare.strip_prefix("condition").map(str::trim_start);
        if let Some(expression) =
            condition.and_then(|rest| rest.strip_prefix('=')).filter(|_| inside)
        {
            inside = false;
            let from = start + line.len() - line.trim_start().len();
            let from = from + bare.len() - expression.trim_start().len();
            let condition = from..end(text, from);
            let (file, guards) = (file.to_owned(), guards.clone());
            found.push(Mutant { file, line: number + 1, guards, condition });
        }
        start += line.len();
    }
    found
}

/// What tests call the block that a line opens: `var.region` of `variable "region" {`.
fn guarded(line: &str) -> String {
    let mut words = line.split_whitespace();
    let kind = match words.next().unwrap_or_default() {
        "variable" => "var".to_owned(),
        "resource" => String::new(),
        other => other.to_owned(),
    };
    let names = words.filter(|word| word.starts_with('"')).map(|word| word.trim_matches('"'));
    let parts = Some(kind.as_str()).into_iter().filter(|kind| !kind.is_empty()).chain(names);
    parts.collect::<Vec<_>>().join(".")
}

/// Where the expression that begins somewhere ends: the end of the line that closes its brackets.
fn end(text: &str, from: usize) -> usize {
    let rest = &text[from..];
    let ends = rest.match_indices('\n').map(|(at, _)| at).chain([rest.len()]);
    let closed = ends.into_iter().find(|at| docs::open(&rest[..*at]) <= 0);
    from + closed.unwrap_or(rest.len())
}

#[cfg(test)]
mod checks {
    use super::find;

    const TEXT: &str = r#"
variable "name" {
  type = string

  validation {
    condition     = can(regex("^[a-z)]+$", var.name))
    error_message = "condition = none"
  }

  validation {
    condition = alltrue([
      for letter in var.name : letter != "("
    ])
    error_message = "no"
  }
}

resource "aws_sqs_queue" "this" {
  lifecycle {
    precondition {
      condition     = var.name != ""
      error_message = "no"
    }
  }
}

data "aws_iam_policy_document" "this" {
  condition = "not one of ours"
}
"#;

    #[test]
    fn every_condition_is_found_with_what_it_guards() {
        let found = find("main.tf", TEXT);
        let seen: Vec<_> = found.iter().map(|one| (one.line, one.guards.as_str())).collect();
        let expected = [(6, "var.name"), (11, "var.name"), (21, "aws_sqs_queue.this")];
        assert_eq!(seen, expected);
    }

    #[test]
    fn a_mutant_differs_by_one_condition_that_always_holds() {
        let found = find("main.tf", TEXT);
        let first = found[0].text(TEXT);
        assert!(first.contains(
            "condition     = can(can(regex(\"^[a-z)]+$\", var.name))) || true\n    error_message"
        ));
        let second = found[1].text(TEXT);
        assert!(second.contains("\n    ])) || true\n    error_message = \"no\""), "{second}");
        assert_eq!(second.matches("|| true").count(), 1);
    }
}
