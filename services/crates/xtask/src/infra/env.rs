//! The settings that Terraform hands to the services: `deploy/env/<env>-<region>/<service>.json`.
//!
//! Entry points: [`compare`], [`planned`], [`same`].
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
    for stack in live.stacks.iter().filter(|stack| stack.is_page()) {
        let services = planned(plans.get(&stack.name).unwrap_or(&Value::Null))?;
        tally.count(&format!("{} has a service_config", stack.name), !services.is_empty());
        for (service, text) in services {
            let folder = format!("{}-{}", stack.environment(), stack.place());
            let path = PathBuf::from(folder).join(format!("{service}.json"));
            if bless {
                let path = root.join(ENV).join(&path);
                std::fs::create_dir_all(path.parent().context("no folder")?)?;
                std::fs::write(path, &text)?;
            }
            let what = format!("{}: run `infra plan --bless`", path.display());
            tally.count(&what, same(root, &path, &text));
        }
    }
    Ok(())
}

/// Text of each service's file, as a page's plan says it.
pub(super) fn planned(plan: &Value) -> Result<BTreeMap<String, String>> {
    let services = &plan["planned_values"]["outputs"]["service_config"]["value"];
    let mut made = BTreeMap::new();
    for (service, settings) in services.as_object().into_iter().flatten() {
        let settings = settings.as_str().context("service_config: not text")?;
        let settings: Value = serde_json::from_str(settings)?;
        made.insert(service.clone(), format!("{}\n", serde_json::to_string_pretty(&settings)?));
    }
    Ok(made)
}

/// Whether a file of `deploy/env` reads like that.
pub(super) fn same(root: &Path, path: &Path, text: &str) -> bool {
    std::fs::read_to_string(root.join(ENV).join(path)).is_ok_and(|there| there == text)
}
