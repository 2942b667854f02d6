//! The parts of a set, each with a version of its own: the number of the set that changed it last.
//!
//! Entry points: [`versions`].
//! A set is taken whole, so parts bind together; who asks what changed, and when, asks here.

use local::KeptSet;
use serde_json::{Map, Value, json};
use toml::Table;

/// A part's name, and the keys of a set that belong to it; limits have all others.
const PARTS: [(&str, &[&str]); 5] = [
    ("limits", &[]),
    ("routes", &["route"]),
    ("instruments", &["instrument"]),
    ("sessions", &["session"]),
    ("venues", &["venue"]),
];

/// Keys that belong to no part.
const HEAD: [&str; 2] = ["number", "sample"];

/// Each part of the newest set: the hash of its content, and since which set it is so.
pub(super) fn versions(sets: &[KeptSet]) -> Value {
    let mut versions = Map::new();
    for set in sets {
        let Ok(table) = set.text.parse::<Table>() else { continue };
        for (name, keys) in PARTS {
            let hash = hash(&table, keys);
            if versions.get(name).is_none_or(|kept| kept["hash"] != hash) {
                versions.insert(name.to_owned(), json!({ "since": set.number, "hash": hash }));
            }
        }
    }
    Value::Object(versions)
}

fn hash(table: &Table, keys: &[&str]) -> String {
    let named =
        |key: &str| PARTS.iter().any(|(_, keys)| keys.contains(&key)) || HEAD.contains(&key);
    let belongs = |key: &str| if keys.is_empty() { !named(key) } else { keys.contains(&key) };
    let part = table.iter().filter(|(key, _)| belongs(key));
    let part: Table = part.map(|(key, value)| (key.clone(), value.clone())).collect();
    let hash = domain::hash::content(&[part.to_string().as_bytes()]);
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_keeps_its_version_until_it_changes() {
        let mut set = wire::configuration::sample();
        let mut kept = Vec::new();
        let mut keep = |set: &domain::Configuration| {
            let text = wire::configuration::render(set);
            kept.push(KeptSet { number: set.number, hash: set.hash, text });
        };
        keep(&set);
        set.number = 2;
        set.routes[0].rule = 9;
        keep(&set);
        set.number = 3;
        set.any_account_controls.messages = domain::configuration::Bound::At(7);
        keep(&set);
        let versions = versions(&kept);
        let since = |part: &str| versions[part]["since"].as_u64().unwrap();
        let all = ["limits", "routes", "instruments", "sessions", "venues"].map(since);
        assert_eq!(all, [3, 2, 1, 1, 1]);
    }
}
