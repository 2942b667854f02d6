//! The stacks of `infra/live` and the order in which they are applied.
//!
//! Entry points: [`Live::read`], [`Live::checks`], [`Live::backend`].
//! `stacks.json` says each stack's folder, the Region of its state and the stacks before it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::Checks;

/// Where the stacks lie, from the root.
pub(super) const LIVE: &str = "infra/live";

/// All stacks, in the order of their application.
pub(super) struct Live {
    /// One after the other.
    pub(super) stacks: Vec<Stack>,
    accounts: Value,
}

/// One root with a state of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stack {
    /// `<env>/<region>`, `<env>/global` or `<env>/pair-<name>`.
    pub(super) name: String,
    /// Region whose bucket keeps the state.
    pub(super) state: String,
    /// Names of the stacks whose outputs it takes.
    pub(super) needs: Vec<String>,
}

impl Stack {
    /// Its folder, from the root.
    pub(super) fn path(&self) -> PathBuf {
        Path::new(LIVE).join(&self.name)
    }

    /// `prod` of `prod/eu-west-1`.
    pub(super) fn environment(&self) -> &str {
        self.name.split('/').next().unwrap_or_default()
    }

    /// `eu-west-1` of `prod/eu-west-1`.
    pub(super) fn place(&self) -> &str {
        self.name.split('/').nth(1).unwrap_or_default()
    }

    /// Whether it is a Region's page, and neither a pair nor what an account has once.
    pub(super) fn is_page(&self) -> bool {
        self.place() != "global" && !self.place().starts_with("pair-")
    }
}

impl Live {
    /// Reads `infra/live/stacks.json`.
    pub(super) fn read(root: &Path) -> Result<Self> {
        let path = root.join(LIVE).join("stacks.json");
        let text = std::fs::read_to_string(&path).context("infra/live/stacks.json")?;
        let data: Value = serde_json::from_str(&text).context("infra/live/stacks.json")?;
        let stacks = data["stacks"].as_array().context("stacks.json: no list of stacks")?;
        let word = |value: &Value| value.as_str().map(str::to_owned);
        let read = |stack: &Value| {
            let needs = stack["needs"].as_array()?.iter().filter_map(word).collect();
            Some(Stack { name: word(&stack["path"])?, state: word(&stack["state"])?, needs })
        };
        let stacks: Option<Vec<Stack>> = stacks.iter().map(read).collect();
        let stacks = stacks.context("stacks.json: a stack lacks path, state or needs")?;
        Ok(Self { stacks, accounts: data["accounts"].clone() })
    }

    /// The stack of a name.
    pub(super) fn stack(&self, name: &str) -> Result<&Stack> {
        match self.stacks.iter().find(|stack| stack.name == name) {
            Some(stack) => Ok(stack),
            None => bail!("there is no stack {name}: infra/live/stacks.json has them all"),
        }
    }

    /// Text of a stack's `backend.tf`.
    pub(super) fn backend(&self, stack: &Stack) -> String {
        let account = self.accounts[stack.environment()].as_str().unwrap_or_default();
        let Stack { name, state, .. } = stack;
        format!(
            r#"# Made from stacks.json, where the account's id is, by `cargo xtask infra backends`.
terraform {{
  backend "s3" {{
    bucket       = "orderflow-{state}-{account}-state"
    key          = "{name}.tfstate"
    region       = "{state}"
    encrypt      = true
    use_lockfile = true
    kms_key_id   = "arn:aws:kms:{state}:{account}:alias/orderflow-state"

    assume_role = {{
      role_arn = "arn:aws:iam::{account}:role/orderflow-state-apply-{state}"
    }}
  }}
}}
"#
        )
    }

    /// Writes every stack's `backend.tf`.
    pub(super) fn write_backends(&self, root: &Path) -> Result<()> {
        for stack in &self.stacks {
            std::fs::write(root.join(stack.path()).join("backend.tf"), self.backend(stack))?;
        }
        Ok(())
    }

    /// Order, folders and files; backends; where states lie; modes: each with what doesn't hold.
    pub(super) fn checks(&self, root: &Path) -> Checks {
        let (mut order, mut backends, mut modes) = (self.unlisted(root), Vec::new(), Vec::new());
        let mut before = BTreeSet::new();
        for stack in &self.stacks {
            for need in stack.needs.iter().filter(|need| !before.contains(need.as_str())) {
                order.push(format!("{} stands before {need}, which it needs", stack.name));
            }
            before.insert(stack.name.as_str());
            let folder = root.join(stack.path());
            let files = ["main.tf", "providers.tf", "terraform.tfvars.example", "ids.example.json"];
            for file in files.iter().filter(|file| !folder.join(file).is_file()) {
                order.push(format!("{} has no {file}", stack.name));
            }
            let backend = std::fs::read_to_string(folder.join("backend.tf")).unwrap_or_default();
            if backend != self.backend(stack) {
                backends.push(format!("{}: run `cargo xtask infra backends`", stack.name));
            }
            modes.extend(self.modes_differ(root, stack));
        }
        vec![
            ("stacks stand in order with their files".to_owned(), order),
            ("every backend.tf is the one of stacks.json".to_owned(), backends),
            ("states stay in their jurisdiction".to_owned(), self.strayed(root)),
            ("one state per stack and no workspaces".to_owned(), self.shared(root)),
            ("a pair and its pages say one mode".to_owned(), modes),
        ]
    }

    /// States outside the continent of what they describe; the UK's stay in the UK.
    fn strayed(&self, root: &Path) -> Vec<String> {
        let mut problems = Vec::new();
        for stack in &self.stacks {
            let text = root.join(stack.path()).join("backend.tf");
            let text = std::fs::read_to_string(text).unwrap_or_default();
            let written = text.split("region       = \"").nth(1).and_then(|t| t.split('"').next());
            let state = written.unwrap_or("nowhere");
            let place = stack.place().trim_start_matches("pair-");
            let allowed = match place {
                "eu-west-2" => state == "eu-west-2",
                "global" => state == "eu-west-1",
                _ => state.split('-').next() == place.split('-').next() && state != "eu-west-2",
            };
            if !allowed {
                problems.push(format!("{}: its state lies in {state}", stack.name));
            }
        }
        problems
    }

    /// Stacks whose states would lie on each other, or that ask for a workspace's name.
    fn shared(&self, root: &Path) -> Vec<String> {
        let mut keys = BTreeSet::new();
        let mut problems = Vec::new();
        for stack in &self.stacks {
            let read = |file| std::fs::read_to_string(root.join(stack.path()).join(file));
            let backend = read("backend.tf").unwrap_or_default();
            let key = format!("key          = \"{}.tfstate\"", stack.name);
            if !backend.contains(&key) || !keys.insert(key) {
                problems.push(format!("{}: its state has no key of its own", stack.name));
            }
            if read("main.tf").unwrap_or_default().contains("terraform.workspace") {
                problems.push(format!("{}: a stack is a folder, not a workspace", stack.name));
            }
        }
        problems
    }

    /// A pair and its pages must say the same mode, or one waits for what the other never makes.
    fn modes_differ(&self, root: &Path, stack: &Stack) -> Option<String> {
        let pair = stack.needs.iter().find(|need| need.contains("/pair-"))?;
        let pair = self.stack(pair).ok()?;
        let (here, there) = (mode(root, stack), mode(root, pair));
        (here != there).then(|| format!("{}: {here:?}, its pair: {there:?}", stack.name))
    }

    /// Folders with Terraform files that no order knows.
    fn unlisted(&self, root: &Path) -> Vec<String> {
        let names: BTreeSet<&str> = self.stacks.iter().map(|stack| stack.name.as_str()).collect();
        let mut found = Vec::new();
        for environment in ["dev", "staging", "prod"] {
            let Ok(entries) = std::fs::read_dir(root.join(LIVE).join(environment)) else {
                continue;
            };
            for entry in entries.flatten() {
                let name = format!("{environment}/{}", entry.file_name().to_string_lossy());
                if entry.path().join("main.tf").is_file() && !names.contains(name.as_str()) {
                    found.push(format!("{name} isn't in infra/live/stacks.json"));
                }
            }
        }
        found
    }
}

/// The mode that a stack's `main.tf` names.
pub(super) fn mode(root: &Path, stack: &Stack) -> Option<String> {
    let text = std::fs::read_to_string(root.join(stack.path()).join("main.tf")).ok()?;
    let after = text.split("dr_mode").nth(1)?;
    after.split('"').nth(1).map(str::to_owned)
}
