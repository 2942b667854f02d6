//! What Terraform says of a service's settings is what the service reads: every key, and no other.

#![expect(clippy::expect_used, reason = "a test may fail")]

use std::collections::BTreeSet;
use std::path::PathBuf;

use order_router::config::Config;
use toml::Table;

fn folders() -> Vec<PathBuf> {
    let env = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../deploy/env");
    let entries = std::fs::read_dir(env).expect("deploy/env can be read");
    entries.map(|entry| entry.expect("deploy/env can be read").path()).collect()
}

fn settings(folder: &std::path::Path) -> Table {
    let path = folder.join("order-router.json");
    let text = std::fs::read_to_string(&path).expect("each Region has the router's settings");
    serde_json::from_str(&text).expect("settings are JSON")
}

#[test]
fn every_region_has_exactly_the_keys_that_the_router_reads() {
    let default: Table = Config::default().render().parse().expect("defaults are TOML");
    let keys: BTreeSet<&String> = default.keys().collect();
    assert!(!folders().is_empty());
    for folder in folders() {
        let settings = settings(&folder);
        assert_eq!(settings.keys().collect::<BTreeSet<_>>(), keys, "{}", folder.display());
        Config::from_table(&settings).expect("the router takes them");
    }
}

/// Services with a `Config` that no Region runs, each with the reason.
const ELSEWHERE: [(&str, &str); 1] =
    [("orderflow", "the whole in one process, on one disk: it runs where no cell is")];

#[test]
fn no_service_with_a_config_is_left_out() {
    let services = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let entries = std::fs::read_dir(services).expect("services can be read");
    for entry in entries {
        let service = entry.expect("services can be read").path();
        let name = service.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let config = std::fs::read_to_string(service.join("src/config.rs")).unwrap_or_default();
        let elsewhere = ELSEWHERE.iter().any(|(other, _)| *other == name);
        if config.contains("pub struct Config") && !elsewhere {
            for folder in folders() {
                let file = folder.join(format!("{name}.json"));
                assert!(file.is_file(), "{}: see modules/cell/config.tf", file.display());
            }
        }
    }
}

#[test]
fn a_renamed_key_is_noticed_whichever_it_is() {
    let folder = folders().into_iter().next().expect("deploy/env has a Region");
    let settings = settings(&folder);
    for key in settings.keys() {
        let mut renamed = settings.clone();
        let value = renamed.remove(key).expect("the key is there");
        renamed.insert(format!("{key}_renamed"), value);
        assert!(Config::from_table(&renamed).is_err(), "{key}");
    }
}
