//! Other people's tools, at pinned versions, in `target/infra/tools`.
//!
//! Entry points: [`python`], [`go`], [`trivy`].
//! A tool is installed once per version: a stamp beside it says what is there. An install that is
//! cut short leaves no stamp, and the next run does it anew. Nothing outside the folder changes.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

/// Where they lie, from the root.
pub(crate) const FOLDER: &str = "target/infra/tools";

/// The folder of commands of `.config/<list>.txt`, installed from PyPI into an environment of their
/// own.
///
/// # Errors
/// When Python is missing or the registry can't be reached.
pub(crate) fn python(root: &Path, list: &str) -> Result<PathBuf> {
    let pins = root.join(".config").join(format!("{list}.txt"));
    let wanted = std::fs::read_to_string(&pins).with_context(|| pins.display().to_string())?;
    let folder = std::path::absolute(root.join(FOLDER).join(list))?;
    let stamp = folder.join("installed.txt");
    if std::fs::read_to_string(&stamp).is_ok_and(|there| there == wanted) {
        return Ok(folder.join("bin"));
    }
    std::fs::create_dir_all(&folder)?;
    step(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
    let mut install = Command::new(folder.join("bin/pip"));
    // Python compiles what it imports when it does, a small part of what is installed.
    install.args(["install", "--quiet", "--no-compile", "--disable-pip-version-check"]);
    install.arg("--requirement");
    step(install.arg(&pins))?;
    std::fs::write(stamp, wanted)?;
    Ok(folder.join("bin"))
}

/// The command that `go install package@version` makes.
///
/// # Errors
/// When Go is missing or the module can't be fetched.
pub(crate) fn go(root: &Path, package: &str, version: &str) -> Result<PathBuf> {
    let folder = std::path::absolute(root.join(FOLDER).join("bin"))?;
    let name = package.rsplit('/').next().unwrap_or(package);
    let (command, stamp) = (folder.join(name), folder.join(format!("{name}.txt")));
    if command.is_file() && std::fs::read_to_string(&stamp).is_ok_and(|there| there == version) {
        return Ok(command);
    }
    std::fs::create_dir_all(&folder)?;
    let mut install = Command::new("go");
    install.arg("install").arg(format!("{package}@{version}")).env("GOBIN", &folder);
    step(&mut install)?;
    std::fs::write(stamp, version)?;
    Ok(command)
}

/// Builds Trivy, which `go install` refuses because it replaces modules: a scratch module requires
/// it.
///
/// # Errors
/// When Go is missing or a module can't be fetched.
pub(crate) fn trivy(root: &Path, version: &str, command: &Path) -> Result<()> {
    let scratch = root.join(FOLDER).join("trivy");
    std::fs::create_dir_all(&scratch)?;
    let module = "github.com/aquasecurity/trivy";
    let text = format!("module scratch\n\ngo 1.26\n\nrequire {module} v{version}\n");
    std::fs::write(scratch.join("go.mod"), text)?;
    let named = format!("-s -w -X {module}/pkg/version/app.ver={version}");
    let mut build = Command::new("go");
    build.args(["build", "-mod=mod", "-ldflags", &named, "-o"]).arg(command);
    build.arg(format!("{module}/cmd/trivy")).env("GOEXPERIMENT", "jsonv2");
    step(build.current_dir(scratch))
}

/// Runs a command that must succeed.
///
/// # Errors
/// When it can't be started or fails.
pub(crate) fn step(command: &mut Command) -> Result<()> {
    let program = command.get_program().to_string_lossy().into_owned();
    let status = command.status();
    let status = status.with_context(|| format!("{program} can't be started: is it installed?"))?;
    if !status.success() {
        bail!("{command:?}: {status}");
    }
    Ok(())
}
