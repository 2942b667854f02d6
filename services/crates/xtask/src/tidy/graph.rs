//! Rules about packages and what they depend on.

use crate::house::{House, Member, Use};

/// What pure crates may use of others: values in, values out, no world behind it.
const PURE_FRIENDS: &[&str] = &[
    "blake3",
    "hashbrown",
    "md-5",
    "prost",
    "serde",
    "serde_json",
    "siphasher",
    "thiserror",
    "toml",
    "twox-hash",
];

/// Code generation at build time touches files, but only cargo's own.
const PURE_BUILD_FRIENDS: &[&str] = &["prost-build", "protox"];

/// Licences that may be linked.
const LICENCES: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    // Of data alone: Mozilla's list of authorities.
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "MPL-2.0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// (package, who alone may use it directly, reason); nobody when the list is empty.
const BANS: &[(&str, &[&str], &str)] = &[
    ("openssl", &[], "TLS is rustls'"),
    ("openssl-sys", &[], "TLS is rustls'"),
    ("chrono", &[], "time is domain::Timestamp"),
    ("rand", &["benches"], "chance is handed in"),
    ("async-std", &[], "one runtime: tokio"),
    ("lazy_static", &[], "std has it"),
    ("once_cell", &[], "std has it"),
    (
        "tokio",
        &[
            "aws",
            "failover-controller",
            "orderflow",
            "reconciler",
            "secret-rotation",
            "benches",
            "loadtest",
            "test-support",
        ],
        "async stays at the HTTP edges and in aws",
    ),
];

pub(super) fn storeys(house: &House) -> Vec<String> {
    let mut found = Vec::new();
    for member in &house.members {
        let Some(storey) = member.storey else {
            found.push(format!("{} has no [package.metadata.house] storey", member.name));
            continue;
        };
        for (name, _) in &member.dependencies {
            let below = house.members.iter().find(|other| other.name == *name);
            let Some(level) = below.and_then(|other| other.storey) else { continue };
            // The roof may lean on the roof: benches and xtask see the house from outside.
            if level >= storey && storey < 6 {
                let name = &member.name;
                found.push(format!(
                    "{name} (storey {storey}) uses {} (storey {level})",
                    below_name(below)
                ));
            }
        }
    }
    found
}

fn below_name(member: Option<&Member>) -> &str {
    member.map_or("", |member| member.name.as_str())
}

pub(super) fn purity(house: &House) -> Vec<String> {
    let mut found = Vec::new();
    for member in &house.members {
        let Some(pure) = member.pure else {
            found.push(format!("{} has no [package.metadata.house] pure", member.name));
            continue;
        };
        for (name, used) in member.dependencies.iter().filter(|_| pure) {
            let ours = house.members.iter().find(|other| other.name == *name);
            let fits = match (ours, used) {
                (_, Use::Test) => true,
                (Some(other), _) => other.pure == Some(true),
                (None, Use::Product) => PURE_FRIENDS.contains(&name.as_str()),
                (None, Use::Build) => PURE_BUILD_FRIENDS.contains(&name.as_str()),
            };
            if !fits {
                found.push(format!("{} is pure and uses {name}", member.name));
            }
        }
    }
    found
}

pub(super) fn versions(house: &House) -> Vec<String> {
    let mut found = Vec::new();
    for (path, manifest) in manifests(house) {
        let Ok(table) = manifest.parse::<toml::Table>() else {
            found.push(format!("{path} is no TOML"));
            continue;
        };
        for kind in ["dependencies", "dev-dependencies", "build-dependencies"] {
            let listed = table.get(kind).and_then(toml::Value::as_table);
            for (name, value) in listed.into_iter().flatten() {
                if value.get("workspace").and_then(toml::Value::as_bool) != Some(true) {
                    found.push(format!("{path}: {name} states a version of its own"));
                }
            }
        }
    }
    found
}

pub(super) fn lints(house: &House) -> Vec<String> {
    let missing = manifests(house).filter(|(_, manifest)| {
        let table = manifest.parse::<toml::Table>().unwrap_or_default();
        let lints = table.get("lints").and_then(|lints| lints.get("workspace"));
        lints.and_then(toml::Value::as_bool) != Some(true)
    });
    missing.map(|(path, _)| format!("{path} has no [lints] workspace = true")).collect()
}

fn manifests(house: &House) -> impl Iterator<Item = (String, &String)> {
    house.members.iter().filter_map(|member| {
        let path = format!("{}/Cargo.toml", member.folder);
        house.files.get(&path).map(|text| (path, text))
    })
}

pub(super) fn licences(house: &House) -> Vec<String> {
    let mut found = Vec::new();
    for package in &house.strangers {
        let name = format!("{} {}", package.name, package.version);
        if !package.from_registry {
            found.push(format!("{name} doesn't come from the registry"));
        }
        let expression = package.licence.replace('/', " OR ");
        let allowed = spdx::Expression::parse(&expression).is_ok_and(|expression| {
            expression.evaluate(|requirement| LICENCES.contains(&requirement.to_string().as_str()))
        });
        if !allowed {
            found.push(format!("{name} is under {:?}", package.licence));
        }
    }
    found
}

pub(super) fn bans(house: &House) -> Vec<String> {
    let mut found = Vec::new();
    for member in &house.members {
        for (name, used) in &member.dependencies {
            if name.starts_with("aws-") && !["aws", "loadtest"].contains(&member.name.as_str()) {
                found.push(format!("{} uses {name}: the SDK is behind `aws`", member.name));
            }
            let ban = BANS.iter().find(|(banned, ..)| banned == name);
            let Some((_, wrappers, reason)) = ban else { continue };
            if *used == Use::Product && !wrappers.contains(&member.name.as_str()) {
                found.push(format!("{} uses {name}: {reason}", member.name));
            }
        }
    }
    found
}

pub(super) fn members(house: &House) -> Vec<String> {
    let Some(root) = house.files.get("Cargo.toml") else {
        return vec!["no Cargo.toml at the top".to_owned()];
    };
    let mut last = (0, "");
    let mut found = Vec::new();
    for line in root.lines().take_while(|line| !line.starts_with("[workspace.package]")) {
        let folder = line.trim().trim_matches(|letter| letter == '"' || letter == ',');
        let Some(member) = house.members.iter().find(|member| member.folder == folder) else {
            continue;
        };
        let storey = member.storey.unwrap_or_default();
        if storey < last.0 {
            found.push(format!("{} (storey {storey}) stands below {}", member.name, last.1));
        }
        last = (storey, &member.name);
    }
    found
}
