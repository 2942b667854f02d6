//! `orderflow backup`, `restore` and `view`: copies of the folder, and what can be made again.

use std::path::Path;

use clap::Subcommand;
use serde_json::json;

use super::door::{Absent, Door};
use super::{Global, show};
use crate::ask::Ask;
use crate::backup;
use crate::config::Config;
use crate::error::Error;
use crate::instance::take;
use crate::world::clock;

/// Parts of `orderflow view`.
#[derive(Clone, Copy, Debug, Subcommand)]
pub enum View {
    /// Make the order view again from the journal; no instance may run
    #[command(after_help = "Examples:
  orderflow view rebuild")]
    Rebuild,
}

/// Copies the data folder.
///
/// # Errors
/// What keeps it from being copied.
pub fn backup(to: &Path, global: &Global) -> Result<u8, Error> {
    let list = backup::make(&global.data, to, clock::now().0, |part| eprintln!("{part}"))?;
    told(global.json, to, &list);
    Ok(0)
}

/// Makes a data folder of a copy, and proves its journal.
///
/// # Errors
/// What keeps it from being made; [`Error::Wrong`] when its journal doesn't hold.
pub fn restore(from: &Path, global: &Global, config: Config) -> Result<u8, Error> {
    let list = backup::restore(from, &global.data, |part| eprintln!("{part}"))?;
    told(global.json, &global.data, &list);
    let door = Door::at_rest(global, config, Absent::Refuse)?;
    show::line(global.json, &door.ask(Ask::Verify { redecide: false })?);
    door.close(false)?;
    Ok(0)
}

/// Throws the view away and makes it again.
///
/// # Errors
/// An instance that runs; what keeps the folder from being opened, or the view from being filled.
pub fn view(part: &View, global: &Global, config: Config) -> Result<u8, Error> {
    let View::Rebuild = part;
    if !global.data.join("genesis").is_file() {
        return Err(Error::NoFolder { folder: global.data.display().to_string() });
    }
    let folder = take(&global.data, &config, None)?;
    let path = global.data.join("view");
    if path.exists() {
        std::fs::remove_dir_all(&path)
            .map_err(|error| local::Error::io(&path, "removing", &error))?;
    }
    drop(folder);
    let door = Door::with_view(global, config)?;
    show::line(global.json, &json!({ "view": "rebuilt" }));
    door.close(false)?;
    Ok(0)
}

fn told(json: bool, place: &Path, list: &backup::List) {
    let bytes: u64 = list.files.iter().map(|file| file.bytes).sum();
    let told = json!({
        "folder": place.display().to_string(), "files": list.files.len(), "bytes": bytes,
    });
    show::line(json, &told);
}
