//! The house as data: its packages as cargo sees them, its files as they lie in the tree.
//!
//! Entry points: [`House::read`] for the real one; tests build one by hand and plant a violation.
//! It judges nothing; that is `tidy`'s part.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// Packages and files.
#[derive(Clone, Debug, Default)]
pub struct House {
    /// Members of the workspace.
    pub members: Vec<Member>,
    /// Every package that is built, ours left out.
    pub strangers: Vec<Stranger>,
    /// Text files that git knows or would know, by path from the root.
    pub files: BTreeMap<String, String>,
}

/// A package of ours.
#[derive(Clone, Debug, Default)]
pub struct Member {
    /// Its name.
    pub name: String,
    /// Folder from the root.
    pub folder: String,
    /// `metadata.house.storey`.
    pub storey: Option<u64>,
    /// `metadata.house.pure`.
    pub pure: Option<bool>,
    /// Names of direct dependencies and whether they serve tests alone.
    pub dependencies: Vec<(String, Use)>,
}

/// What a dependency is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// The product.
    Product,
    /// A build script.
    Build,
    /// Tests, examples and benches.
    Test,
}

/// A package of others.
#[derive(Clone, Debug, Default)]
pub struct Stranger {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its licence expression (SPDX); empty when it states none.
    pub licence: String,
    /// Whether it comes from the registry.
    pub from_registry: bool,
}

impl House {
    /// Reads the house whose workspace manifest lies in `root`.
    ///
    /// # Errors
    /// When cargo or git can't be asked.
    pub fn read(root: &Path) -> Result<Self> {
        let text = run(root, "cargo", &["metadata", "--format-version=1", "--locked"])
            .or_else(|_| run(root, "cargo", &["metadata", "--format-version=1"]))?;
        let metadata: Value = serde_json::from_str(&text).context("cargo metadata is no JSON")?;
        let ours: Vec<&str> =
            list(&metadata["workspace_members"]).filter_map(Value::as_str).collect();
        let mut house = Self::default();
        for package in list(&metadata["packages"]) {
            if package["id"].as_str().is_some_and(|id| ours.contains(&id)) {
                house.members.push(member(package, root));
            } else {
                house.strangers.push(stranger(package));
            }
        }
        let listed = run(root, "git", &["ls-files", "--cached", "--others", "--exclude-standard"])?;
        for path in listed.lines() {
            // What isn't text (golden bytes, corpora) has no lines to judge.
            if let Ok(text) = std::fs::read_to_string(root.join(path)) {
                house.files.insert(path.to_owned(), text);
            }
        }
        Ok(house)
    }
}

fn member(package: &Value, root: &Path) -> Member {
    let manifest = Path::new(text(&package["manifest_path"]));
    let folder = manifest.parent().and_then(|folder| folder.strip_prefix(root).ok());
    let dependencies = list(&package["dependencies"]).map(|dependency| {
        let used = match dependency["kind"].as_str() {
            Some("dev") => Use::Test,
            Some("build") => Use::Build,
            _ => Use::Product,
        };
        (text(&dependency["name"]).to_owned(), used)
    });
    Member {
        name: text(&package["name"]).to_owned(),
        folder: folder.map(|folder| folder.display().to_string()).unwrap_or_default(),
        storey: package["metadata"]["house"]["storey"].as_u64(),
        pure: package["metadata"]["house"]["pure"].as_bool(),
        dependencies: dependencies.collect(),
    }
}

fn stranger(package: &Value) -> Stranger {
    Stranger {
        name: text(&package["name"]).to_owned(),
        version: text(&package["version"]).to_owned(),
        licence: text(&package["license"]).to_owned(),
        from_registry: text(&package["source"]).starts_with("registry+"),
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn run(root: &Path, program: &str, arguments: &[&str]) -> Result<String> {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(root)
        .output()
        .with_context(|| format!("{program} can't be started: is it installed?"))?;
    if !output.status.success() {
        bail!("{program} {}: {}", arguments.join(" "), String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
