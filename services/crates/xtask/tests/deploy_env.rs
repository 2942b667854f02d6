//! What Terraform says of a service's settings is what the service reads: every key, and no other.

#![expect(clippy::expect_used, reason = "a test may fail")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

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

/// Members of the workspace, from its manifest, that have a `Config` and no settings in a Region.
fn left_out(root: &Path, folders: &[PathBuf]) -> Vec<String> {
    let text = std::fs::read_to_string(root.join("Cargo.toml")).expect("a manifest");
    let manifest: Table = text.parse().expect("the manifest is TOML");
    let members = manifest["workspace"]["members"].as_array().expect("members");
    let mut found = Vec::new();
    for member in members.iter().filter_map(toml::Value::as_str) {
        let name = member.rsplit('/').next().unwrap_or(member);
        let config = std::fs::read_to_string(root.join(member).join("src/config.rs"));
        let elsewhere = ELSEWHERE.iter().any(|(other, _)| *other == name);
        if !config.unwrap_or_default().contains("pub struct Config") || elsewhere {
            continue;
        }
        let files = folders.iter().map(|folder| folder.join(format!("{name}.json")));
        found.extend(files.filter(|file| !file.is_file()).map(|file| file.display().to_string()));
    }
    found
}

#[test]
fn no_member_with_a_config_is_left_out() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../..");
    let missing = left_out(&root, &folders());
    assert_eq!(missing, Vec::<String>::new(), "see infra/modules/cell/config.tf");
}

#[test]
fn a_member_without_settings_is_told_for_each_region() {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("members");
    let member = root.join("services/new-service/src");
    std::fs::create_dir_all(&member).expect("a folder");
    let manifest = "[workspace]\nmembers = [\"services/new-service\"]\n";
    std::fs::write(root.join("Cargo.toml"), manifest).expect("a file");
    std::fs::write(member.join("config.rs"), "pub struct Config {}\n").expect("a file");
    assert_eq!(left_out(&root, &folders()).len(), folders().len());
}

/// Streams that the services may use are streams that the code opens.
#[test]
fn every_stream_of_the_policies_is_one_that_the_code_names() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../..");
    let text = std::fs::read_to_string(root.join("infra/policy/services.json"));
    let text = text.expect("services.json can be read");
    let world = std::fs::read_to_string(root.join("services/orderflow/src/world.rs"));
    let world = world.expect("the world can be read");
    let mut streams = BTreeSet::new();
    for part in text.split("\"stream/").skip(1) {
        streams.insert(part.split('"').next().unwrap_or_default().to_owned());
    }
    assert!(!streams.is_empty());
    for stream in streams {
        assert!(world.contains(&format!("stream(\"{stream}\"")), "{stream}");
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
