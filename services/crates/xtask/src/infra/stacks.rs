//! Which folders of `infra` terraform runs in.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::junit;

/// A folder with Terraform files: a module, a page, or the bootstrap.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Folder {
    /// From the root.
    pub(super) path: PathBuf,
    /// Its own tests, those that apply (`tests/apply`) left out.
    pub(super) tests: Vec<PathBuf>,
    /// Tests that apply, which only a provider without an account behind it may run.
    pub(super) apply_tests: Vec<PathBuf>,
}

impl Folder {
    /// `kms` of `infra/modules/kms`.
    pub(super) fn name(&self) -> String {
        self.path.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// Where the results of its tests lie, of those that plan and of those that apply.
    pub(super) fn reports(&self, root: &Path) -> [PathBuf; 2] {
        let folder = root.join(junit::FOLDER);
        let name = self.name();
        [folder.join(format!("{name}.xml")), folder.join(format!("{name}-apply.xml"))]
    }

    /// The test file that has a run.
    pub(super) fn file_of(&self, root: &Path, run: &str) -> Result<Option<PathBuf>> {
        let head = format!("run \"{run}\" {{");
        for file in self.tests.iter().chain(&self.apply_tests) {
            if std::fs::read_to_string(root.join(file))?.lines().any(|line| line == head) {
                return Ok(Some(file.clone()));
            }
        }
        Ok(None)
    }
}

/// Every folder below `infra` that holds a `.tf` file, in the order of their paths.
pub(super) fn folders(root: &Path) -> Result<Vec<Folder>> {
    let mut found = Vec::new();
    let mut open = vec![PathBuf::from("infra")];
    while let Some(path) = open.pop() {
        let entries = std::fs::read_dir(root.join(&path));
        let entries = entries.with_context(|| format!("{} can't be read", path.display()))?;
        let mut terraform = false;
        for entry in entries {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            // Fixtures are planned by the policies that they are for; templates aren't roots.
            let skipped = name.starts_with('.')
                || ["tests", "fixtures", "templates"].contains(&name.as_str());
            if entry.file_type()?.is_dir() && !skipped {
                open.push(path.join(name));
            } else if name.ends_with(".tf") {
                terraform = true;
            }
        }
        if terraform {
            let tests = test_files(root, &path.join("tests"))?;
            let apply_tests = test_files(root, &path.join("tests/apply"))?;
            found.push(Folder { path, tests, apply_tests });
        }
    }
    found.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(found)
}

fn test_files(root: &Path, folder: &Path) -> Result<Vec<PathBuf>> {
    let Ok(entries) = std::fs::read_dir(root.join(folder)) else { return Ok(Vec::new()) };
    let mut files = Vec::new();
    for entry in entries {
        let name = entry?.file_name();
        if name.to_string_lossy().ends_with(".tftest.hcl") {
            files.push(folder.join(name));
        }
    }
    files.sort();
    Ok(files)
}
