//! The settings that Terraform hands to the services: `deploy/env/<env>-<region>/<service>.json`.
//!
//! Entry points: [`compare`].
//! They are the output `service_config` of each page's plan; `tests/deploy_env.rs` has each service
//! read its own.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;

use super::Tally;
use super::live::Live;

/// Where the files lie, from the root.
const ENV: &str = "deploy/env";

/// Compares the files with the plans, or writes them.
pub(super) fn compare(
    root: &Path,
    live: &Live,
    plans: &BTreeMap<String, Value>,
    bless: bool,
    tally: &mut Tally,
) -> Result<()> {
    let mut wanted = BTreeMap::new();
    for stack in live.stacks.iter().filter(|stack| stack.is_page()) {
        let plan = plans.get(&stack.name).unwrap_or(&Value::Null);
        let services = &plan["planned_values"]["outputs"]["service_config"]["value"];
        tally.count(&format!("{} has a service_config", stack.name), services.is_object());
        for (service, settings) in services.as_object().into_iter().flatten() {
            let settings = settings.as_str().context("service_config: not text")?;
            let settings: Value = serde_json::from_str(settings)?;
            let folder = format!("{}-{}", stack.environment(), stack.place());
            let path = PathBuf::from(folder).join(format!("{service}.json"));
            wanted.insert(path, format!("{}\n", serde_json::to_string_pretty(&settings)?));
        }
    }
    for (path, text) in &wanted {
        let path = root.join(ENV).join(path);
        if bless {
            std::fs::create_dir_all(path.parent().context("no folder")?)?;
            std::fs::write(&path, text)?;
        }
        let there = std::fs::read_to_string(&path).unwrap_or_default();
        tally.count(&format!("{}: run `infra plan --bless`", path.display()), there == *text);
    }
    Ok(())
}
