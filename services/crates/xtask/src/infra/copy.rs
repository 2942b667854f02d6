//! A copy of what Terraform reads, to be changed at will.
//!
//! Entry points: [`tree`].
//! The copy lies in `target/infra/<name>`, is made anew each time, and is left for a look at it.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// What modules and pages read, from the root.
const READ: [&str; 2] = ["infra", "proto"];

/// Copies the tree; the root of the copy.
pub(super) fn tree(root: &Path, name: &str) -> Result<PathBuf> {
    let to = root.join("target/infra").join(name);
    if to.exists() {
        std::fs::remove_dir_all(&to).with_context(|| format!("{} stays", to.display()))?;
    }
    for part in READ {
        folder(&root.join(part), &to.join(part))?;
    }
    Ok(to)
}

/// Copies a folder and what is below it, without what runs leave behind.
fn folder(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from).with_context(|| from.display().to_string())? {
        let entry = entry?;
        let name = entry.file_name();
        if name == ".terraform" || name.to_string_lossy().contains(".tfstate") {
            continue;
        }
        if entry.file_type()?.is_dir() {
            folder(&entry.path(), &to.join(&name))?;
        } else {
            std::fs::copy(entry.path(), to.join(&name))?;
        }
    }
    Ok(())
}
