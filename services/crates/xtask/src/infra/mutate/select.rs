//! The runs of a folder's tests that expect something to be refused, and no others.
//!
//! Entry points: [`runs`].
//! A file's runs follow each other and may use what earlier ones put out; one that does isn't
//! taken alone, and then all tests are run.

/// A test file's text with only the runs that expect a refusal of `guards`; `None` without one.
pub(super) fn runs(text: &str, guards: &str) -> Option<String> {
    let mut kept = String::new();
    let mut any = false;
    for block in blocks(text) {
        if !block.starts_with("run ") {
            kept.push_str(&block);
        } else if expects(&block, guards) && !block.contains("run.") {
            kept.push_str(&block);
            any = true;
        }
    }
    any.then_some(kept)
}

/// Top-level blocks, each with what stands before it.
fn blocks(text: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut block = String::new();
    for line in text.split_inclusive('\n') {
        if block.trim().is_empty() || block.trim_start().starts_with('#') {
            // Comments and empty lines before a block tell nothing to Terraform.
            block.clear();
        }
        block.push_str(line);
        if line.starts_with('}') {
            blocks.push(std::mem::take(&mut block));
        }
    }
    blocks
}

/// Whether a run lists `guards` among what it expects to fail.
fn expects(run: &str, guards: &str) -> bool {
    let Some((_, after)) = run.split_once("expect_failures") else { return false };
    let Some((list, _)) = after.split_once(']') else { return false };
    let mut names = list.split(['[', ',', '=']).map(str::trim);
    names.any(|name| name == guards)
}

#[cfg(test)]
mod checks {
    use super::runs;

    const TEXT: &str = r#"
# Cells
provider "aws" {
  region = "eu-west-1"
}

run "refuses_a_name" {
  command = plan
  expect_failures = [var.name]
}

run "refuses_both" {
  expect_failures = [
    var.name_prefix,
    var.region,
  ]
}

run "takes_it" {
  assert {
    condition = var.name == ""
  }
}
"#;

    #[test]
    fn runs_that_expect_the_refusal_are_kept_with_what_they_need() {
        let kept = runs(TEXT, "var.name").expect("a run expects it");
        assert!(kept.contains("provider \"aws\"") && kept.contains("refuses_a_name"));
        assert!(!kept.contains("refuses_both") && !kept.contains("takes_it"));
        assert!(runs(TEXT, "var.region").is_some_and(|kept| kept.contains("refuses_both")));
        assert_eq!(runs(TEXT, "var.zone"), None);
    }
}
