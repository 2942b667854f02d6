//! Rules that join documents, code and the tree.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use crate::house::House;

/// What may lie at the top, dot files left out.
const TOP_LEVEL: &[&str] = &[
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE",
    "README.md",
    "benches",
    "deploy",
    "infra",
    "loadtest",
    "proto",
    "rust-toolchain.toml",
    "services",
];

pub(super) fn top_level(house: &House) -> Vec<String> {
    let tops: BTreeSet<&str> =
        house.files.keys().filter_map(|path| path.split('/').next()).collect();
    let strange = tops.iter().filter(|top| !top.starts_with('.') && !TOP_LEVEL.contains(top));
    strange.map(|top| format!("{top} is none of the fixed names")).collect()
}

pub(super) fn runbooks(house: &House) -> Vec<String> {
    let mut used = BTreeSet::new();
    for (path, text) in &house.files {
        let product = path.starts_with("services/") && !path.starts_with("services/crates/xtask/");
        if product && path.ends_with(".rs") {
            used.extend(codes(text));
        }
    }
    let page = |path: &str| {
        path.strip_prefix("deploy/runbooks/").and_then(|name| codes(name).into_iter().next())
    };
    let pages: BTreeSet<String> = house.files.keys().filter_map(|path| page(path)).collect();
    let missing =
        used.difference(&pages).map(|code| format!("{code} has no page in deploy/runbooks"));
    let unused = pages.difference(&used).map(|code| format!("{code} has a page and no code"));
    missing.chain(unused).collect()
}

/// Every `OR-` followed by four digits.
fn codes(text: &str) -> Vec<String> {
    let at = text.match_indices("OR-").filter_map(|(at, _)| text.get(at..at + 7));
    let coded = at.filter(|code| code[3..].bytes().all(|byte| byte.is_ascii_digit()));
    coded.map(str::to_owned).collect()
}

pub(super) fn links(house: &House) -> Vec<String> {
    let mut found = Vec::new();
    for (path, text) in house.files.iter().filter(|(path, _)| path.ends_with(".md")) {
        for target in targets(text) {
            let from = Path::new(path).parent().unwrap_or_else(|| Path::new(""));
            let target = normal(&from.join(target));
            let known = house.files.keys().any(|file| Path::new(file).starts_with(&target));
            if !known {
                found.push(format!("{path} links to {}", target.display()));
            }
        }
    }
    found
}

/// The relative targets of Markdown links.
fn targets(text: &str) -> impl Iterator<Item = &str> {
    let ends = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let places = ends.map(|target| target.split('#').next().unwrap_or_default().trim());
    places.filter(|target| !target.is_empty() && !target.contains("://") && !target.contains(' '))
}

/// The path with its `.` and `..` resolved.
fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                normal.pop();
            }
            Component::CurDir => {}
            part => normal.push(part),
        }
    }
    normal
}
