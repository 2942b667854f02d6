//! What Terraform says of the function's settings is what the function reads.
#![expect(clippy::expect_used, reason = "a test stops at the first surprise")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use secret_rotation::config::Config;
use serde_json::{Map, Value};

fn texts() -> Vec<String> {
    let env = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/env");
    let folders = fs::read_dir(env).expect("deploy/env can be read");
    let files = folders.map(|folder| folder.expect("it can be read").path());
    let read = |file: std::path::PathBuf| {
        fs::read_to_string(file.join("secret-rotation.json")).expect("each Region has the settings")
    };
    files.map(read).collect()
}

#[test]
fn every_region_has_exactly_the_keys_that_the_function_reads() {
    assert!(!texts().is_empty());
    for text in texts() {
        let settings: Map<String, Value> = serde_json::from_str(&text).expect("JSON");
        let keys: BTreeSet<&str> = settings.keys().map(String::as_str).collect();
        assert_eq!(keys, BTreeSet::from(Config::KEYS), "{text}");
        Config::parse(&text).expect("the function takes them");
    }
}

#[test]
fn the_module_gives_the_function_exactly_the_keys_that_it_reads() {
    let module = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../infra/modules/database");
    let text = fs::read_to_string(module.join("rotation.tf")).expect("the module has a rotation");
    let (_, settings) = text.split_once("  rotation_settings = {\n").expect("it has settings");
    let (settings, _) = settings.split_once("\n  }\n").expect("they end");
    let keys = settings.lines().filter_map(|line| line.trim().split_once(" = "));
    let keys: BTreeSet<&str> = keys.map(|(key, _)| key.trim()).collect();
    assert_eq!(keys, BTreeSet::from(Config::KEYS));
}

#[test]
fn a_renamed_key_is_noticed_whichever_it_is() {
    for key in Config::KEYS {
        let renamed = texts()[0].replace(&format!("\"{key}\""), &format!("\"{key}_renamed\""));
        assert!(Config::parse(&renamed).is_err(), "{key}");
    }
}
