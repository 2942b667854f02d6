//! The terraform command: which one, and how it is started.
//!
//! Entry points: [`Terraform::find`].
//! `ORDERFLOW_TERRAFORM` names the command; unset, a wrapper that runs without an account is taken
//! when it lies beside the repository, else `terraform` from the path. The released provider can
//! validate and plan modules; what applies or plans a whole stack without an account is then listed
//! as not run.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// The only place that names the wrapper.
const WRAPPER: &str = "../shared/tools/terraform-offline/tf";

/// The variable that names the command.
const NAMED_BY: &str = "ORDERFLOW_TERRAFORM";

/// Set for what runs inside the wrapper's shell.
const WITHOUT_ACCOUNT: &str = "ORDERFLOW_WITHOUT_ACCOUNT";

/// Growth of Terraform's heap, in percent, before it is collected.
const GARBAGE: &str = "400";

/// A terraform command, run from the root.
pub(super) struct Terraform {
    program: PathBuf,
    root: PathBuf,
}

impl Terraform {
    /// The command that the environment names, the wrapper, or the one on the path.
    pub(super) fn find(root: &Path) -> Result<Self> {
        #[expect(clippy::disallowed_methods, reason = "tools are named by the environment")]
        let named = std::env::var(NAMED_BY).ok().map(PathBuf::from);
        let wrapper = root.join(WRAPPER);
        let program = match named {
            Some(program) => program,
            None if wrapper.is_file() => wrapper.canonicalize()?,
            None => PathBuf::from("terraform"),
        };
        Ok(Self { program, root: root.to_owned() })
    }

    /// A command of a name over a tree.
    pub(super) fn named(program: &Path, root: &Path) -> Self {
        Self { program: program.to_owned(), root: root.to_owned() }
    }

    /// The same command over another tree.
    pub(super) fn at(&self, root: &Path) -> Self {
        Self::named(&self.program, root)
    }

    /// With the wrapper, runs `xtask` anew inside its shell, so that its provider starts once;
    /// `None` when that isn't called for, else whether it succeeded.
    pub(super) fn entered(&self) -> Result<Option<bool>> {
        if self.program.file_name().is_none_or(|name| name != "tf") {
            return Ok(None);
        }
        let mut command = Command::new(&self.program);
        command.arg("--shell").arg(std::env::current_exe()?).args(std::env::args_os().skip(1));
        command.env(NAMED_BY, "terraform").env(WITHOUT_ACCOUNT, "yes").current_dir(&self.root);
        Ok(Some(command.status()?.success()))
    }

    /// The tree that it runs in.
    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// Whether no account can be behind the provider, so that an apply makes nothing.
    pub(super) fn without_account() -> bool {
        #[expect(clippy::disallowed_methods, reason = "set by `entered` alone")]
        std::env::var(WITHOUT_ACCOUNT).is_ok()
    }

    /// First line of `terraform version`.
    pub(super) fn version(&self) -> Result<String> {
        let output = self.command(Path::new("."), &["version"]).output().with_context(|| {
            format!("{} can't be started: install Terraform 1.11 or newer", self.program.display())
        })?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        match text.lines().next() {
            Some(line) if output.status.success() => Ok(line.to_owned()),
            _ => bail!("terraform version: {}", String::from_utf8_lossy(&output.stderr)),
        }
    }

    /// Initialises a folder without its backend.
    pub(super) fn init(&self, folder: &Path) -> Result<bool> {
        self.quiet(folder, &["init", "-backend=false", "-input=false", "-no-color"])
    }

    /// Runs and shows what it prints; true on success.
    pub(super) fn run(&self, folder: &Path, arguments: &[&str]) -> Result<bool> {
        Ok(self.command(folder, arguments).status()?.success())
    }

    /// Runs and shows what it prints only on failure; true on success.
    pub(super) fn quiet(&self, folder: &Path, arguments: &[&str]) -> Result<bool> {
        let (passed, text) = self.text(folder, arguments)?;
        if !passed {
            println!("{text}");
        }
        Ok(passed)
    }

    /// Runs; whether it succeeded, and all that it printed.
    pub(super) fn text(&self, folder: &Path, arguments: &[&str]) -> Result<(bool, String)> {
        let output = self.command(folder, arguments).output()?;
        let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
        text.push_str(&String::from_utf8_lossy(&output.stderr));
        Ok((output.status.success(), text))
    }

    /// Runs; the JSON that it prints.
    pub(super) fn json(&self, folder: &Path, arguments: &[&str]) -> Result<Value> {
        let output = self.command(folder, arguments).output()?;
        if !output.status.success() {
            bail!("{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        }
        serde_json::from_slice(&output.stdout).with_context(|| format!("{arguments:?}: no JSON"))
    }

    /// Starts; what it prints can be read while it runs.
    pub(super) fn piped(&self, folder: &Path, arguments: &[&str]) -> Result<Child> {
        let mut command = self.command(folder, arguments);
        Ok(command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?)
    }

    fn command(&self, folder: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.arg(format!("-chdir={}", self.root.join(folder).display()));
        command.args(arguments).stdin(Stdio::null()).current_dir(&self.root);
        // It collects garbage for a third of its time as it is started: memory is there for that.
        command.env("GOGC", GARBAGE);
        command
    }
}
