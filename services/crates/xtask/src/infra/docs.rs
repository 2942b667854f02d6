//! The tables of inputs and outputs in each README, made from the Terraform beside it.
//!
//! Entry points: [`stale`].
//! Reads `variable` and `output` blocks as `terraform fmt` writes them: an attribute begins at two
//! spaces and ends where its brackets close. It is no HCL parser.

use std::path::Path;

use anyhow::Result;

use super::stacks::Folder;

/// A block of a kind: its name and its attributes as written.
#[derive(Debug, Default, PartialEq, Eq)]
struct Block {
    name: String,
    attributes: Vec<(String, String)>,
}

impl Block {
    fn get(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(attribute, _)| attribute == name);
        found.map(|(_, value)| value.as_str())
    }

    fn description(&self) -> String {
        let text = self.get("description").unwrap_or_default();
        text.trim_matches('"').replace("\\\"", "\"").replace('|', "\\|")
    }
}

/// READMEs whose tables aren't what the Terraform says; with `write` they are made so.
pub(super) fn stale(root: &Path, folders: &[Folder], write: bool) -> Result<Vec<String>> {
    let mut stale = Vec::new();
    for folder in folders {
        let readme = root.join(&folder.path).join("README.md");
        let Ok(text) = std::fs::read_to_string(&readme) else {
            if folder.path.starts_with("infra/modules") {
                stale.push(format!("{}: no README.md", folder.path.display()));
            }
            continue;
        };
        let terraform = terraform(root, folder)?;
        let inputs = inputs(&blocks(&terraform, "variable"));
        let outputs = outputs(&blocks(&terraform, "output"));
        let made = replaced(&text, "inputs", &inputs);
        let made = made.and_then(|text| replaced(&text, "outputs", &outputs));
        match made {
            Some(made) if made == text => {}
            Some(made) if write => std::fs::write(&readme, made)?,
            Some(_) => stale.push(format!(
                "{}: run `cargo xtask infra docs --write`",
                readme.strip_prefix(root).unwrap_or(&readme).display()
            )),
            None => stale.push(format!("{}: no markers", folder.path.display())),
        }
    }
    Ok(stale)
}

/// All Terraform of a folder.
fn terraform(root: &Path, folder: &Folder) -> Result<String> {
    let mut text = String::new();
    for entry in std::fs::read_dir(root.join(&folder.path))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "tf") {
            text.push_str(&std::fs::read_to_string(path)?);
            text.push('\n');
        }
    }
    Ok(text)
}

/// Blocks of a kind, by name.
fn blocks(text: &str, kind: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let Some(name) = line.strip_prefix(kind).and_then(|rest| rest.split('"').nth(1)) else {
            continue;
        };
        let mut block = Block { name: name.to_owned(), attributes: Vec::new() };
        while let Some(line) = lines.next().filter(|line| *line != "}") {
            let Some((attribute, value)) = attribute(line) else { continue };
            let mut value = value.to_owned();
            while open(&value) > 0 {
                let Some(line) = lines.next() else { break };
                let line = line.trim();
                if !line.is_empty() && !line.starts_with('#') {
                    value.push('\n');
                    value.push_str(line);
                }
            }
            block.attributes.push((attribute.to_owned(), value));
        }
        blocks.push(block);
    }
    blocks.sort_by(|one, other| one.name.cmp(&other.name));
    blocks
}

/// Name and value of a line that begins an attribute of the block itself.
fn attribute(line: &str) -> Option<(&str, &str)> {
    let rest = line.strip_prefix("  ").filter(|rest| !rest.starts_with(' '))?;
    let (name, value) = rest.split_once('=')?;
    let name = name.trim_end();
    let word = |letter: char| letter.is_ascii_lowercase() || letter == '_';
    name.chars().all(word).then(|| (name, value.trim()))
}

/// Brackets that are open at the end, those in strings left out.
pub(super) fn open(text: &str) -> i32 {
    let (mut depth, mut quoted, mut escaped) = (0, false, false);
    for letter in text.chars() {
        match letter {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '(' | '[' | '{' if !quoted => depth += 1,
            ')' | ']' | '}' if !quoted => depth -= 1,
            _ => {}
        }
    }
    depth
}

/// A value of several lines on one, as the language writes it there.
fn on_one_line(value: &str) -> String {
    let mut made = String::new();
    for line in value.lines() {
        let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
        if made.is_empty() {
            made = line;
            continue;
        }
        let opened = made.ends_with(['(', '[', '{']);
        let closes = line.starts_with([')', ']', '}']);
        if closes && made.ends_with(',') {
            made.pop();
        }
        let gap = match (opened, closes, made.ends_with(',')) {
            (true, true, _) => "",
            (true, false, _) if made.ends_with('{') => " ",
            (true, false, _) => "",
            (false, true, _) if line.starts_with('}') => " ",
            (false, true, _) => "",
            (false, false, true) => " ",
            (false, false, false) => ", ",
        };
        made.push_str(gap);
        made.push_str(&line);
    }
    made.replace('|', "\\|")
}

fn inputs(blocks: &[Block]) -> String {
    let mut table = "| name | type | default | description |\n|---|---|---|---|\n".to_owned();
    for block in blocks {
        let kind = on_one_line(block.get("type").unwrap_or("any"));
        let default = block.get("default").map(|value| format!("`{}`", on_one_line(value)));
        let default = default.unwrap_or_else(|| "required".to_owned());
        let (name, description) = (&block.name, block.description());
        table.push_str(&format!("| `{name}` | `{kind}` | {default} | {description} |\n"));
    }
    table
}

fn outputs(blocks: &[Block]) -> String {
    let mut table = "| name | description |\n|---|---|\n".to_owned();
    for block in blocks {
        table.push_str(&format!("| `{}` | {} |\n", block.name, block.description()));
    }
    table
}

/// The text with a table between its markers; `None` without markers.
fn replaced(text: &str, marker: &str, table: &str) -> Option<String> {
    let (first, last) = (format!("<!-- {marker} -->\n"), format!("<!-- /{marker} -->"));
    let (before, rest) = text.split_once(&first)?;
    let (_, after) = rest.split_once(&last)?;
    Some(format!("{before}{first}{table}{last}{after}"))
}

#[cfg(test)]
mod checks {
    use super::{blocks, inputs, replaced};

    const TEXT: &str = r#"
variable "zones" {
  description = "Zones; \"(\" opens nothing."
  type = map(object({
    name = string
    # a comment
    size = optional(number, 2)
  }))
  default = {}

  validation {
    condition     = length(var.zones) > 0
    error_message = "none"
  }
}
"#;

    #[test]
    fn a_variable_becomes_a_row() {
        let table = inputs(&blocks(TEXT, "variable"));
        let row = "| `zones` | `map(object({ name = string, size = optional(number, 2) }))` \
                   | `{}` | Zones; \"(\" opens nothing. |";
        assert_eq!(table.lines().last(), Some(row));
    }

    #[test]
    fn a_table_stands_between_its_markers() {
        let text = "a\n<!-- inputs -->\nold\n<!-- /inputs -->\nb\n";
        let made = replaced(text, "inputs", "new\n");
        assert_eq!(made.as_deref(), Some("a\n<!-- inputs -->\nnew\n<!-- /inputs -->\nb\n"));
        assert_eq!(replaced("no markers", "inputs", ""), None);
    }
}
