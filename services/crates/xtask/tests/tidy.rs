//! Each rule of `tidy` refuses what it is there for, and the house as it stands passes.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test stops at the first surprise")]

use std::path::Path;

use xtask::house::{House, Member, Stranger, Use};
use xtask::tidy::{RULES, check};

/// A house of two rooms in which nothing is wrong.
fn small_house() -> House {
    let members = vec![member("ground", 0, true, &[]), member("room", 4, false, &["ground"])];
    let mut house = House { members, ..House::default() };
    let manifest = "[lints]\nworkspace = true\n\n[dependencies]\nground.workspace = true\n";
    write(&mut house, "services/ground/Cargo.toml", "[lints]\nworkspace = true\n");
    write(&mut house, "services/room/Cargo.toml", manifest);
    for member in &mut house.members {
        member.folder = format!("services/{}", member.name);
    }
    let members = "[workspace]\nmembers = [\n\"services/ground\",\n\"services/room\",\n]\n";
    house.files.insert("Cargo.toml".into(), members.into());
    house.files.insert("services/room/src/lib.rs".into(), "//! A room. OR-0001.\n".into());
    house.files.insert("deploy/runbooks/OR-0001.md".into(), "# OR-0001\n".into());
    house.strangers.push(stranger("serde", "MIT OR Apache-2.0"));
    house
}

fn member(name: &str, storey: u64, pure: bool, uses: &[&str]) -> Member {
    Member {
        name: name.into(),
        folder: name.into(),
        storey: Some(storey),
        pure: Some(pure),
        dependencies: uses.iter().map(|name| ((*name).to_owned(), Use::Product)).collect(),
    }
}

fn stranger(name: &str, licence: &str) -> Stranger {
    let version = "1.0.0".into();
    Stranger { name: name.into(), version, licence: licence.into(), from_registry: true }
}

fn write(house: &mut House, path: &str, text: &str) {
    house.files.insert(path.into(), text.into());
}

/// Names of the rules that refuse the small house after `plant`.
fn refused(plant: impl FnOnce(&mut House)) -> Vec<&'static str> {
    let mut house = small_house();
    plant(&mut house);
    let mut names: Vec<_> = check(&house).into_iter().map(|(rule, _)| rule.name).collect();
    names.dedup();
    names
}

#[test]
fn the_small_house_passes() {
    let violations: Vec<_> = check(&small_house()).into_iter().map(|(_, what)| what).collect();
    assert_eq!(violations, Vec::<String>::new());
}

#[test]
fn a_dependency_that_goes_up_or_sideways_is_refused() {
    let up = refused(|house| house.members[0].dependencies.push(("room".into(), Use::Test)));
    assert_eq!(up, ["storeys"]);
    let sideways = refused(|house| {
        house.members[0].storey = Some(4);
    });
    assert_eq!(sideways, ["storeys"]);
    assert_eq!(refused(|house| house.members[0].storey = None), ["storeys"]);
}

#[test]
fn a_pure_crate_that_reaches_for_the_world_is_refused() {
    let plant =
        |house: &mut House| house.members[0].dependencies.push(("rustix".into(), Use::Product));
    assert_eq!(refused(plant), ["purity"]);
    assert_eq!(refused(|house| house.members[1].pure = None), ["purity"]);
}

#[test]
fn a_version_outside_the_workspace_table_is_refused() {
    let manifest = "[lints]\nworkspace = true\n\n[dependencies]\nserde = \"1\"\n";
    assert_eq!(refused(|house| write(house, "services/room/Cargo.toml", manifest)), ["versions"]);
}

#[test]
fn a_crate_without_the_lints_is_refused() {
    assert_eq!(refused(|house| write(house, "services/room/Cargo.toml", "")), ["lints"]);
}

#[test]
fn a_licence_that_may_not_be_linked_is_refused() {
    let plant = |house: &mut House| house.strangers.push(stranger("viral", "AGPL-3.0-or-later"));
    assert_eq!(refused(plant), ["licences"]);
    assert_eq!(refused(|house| house.strangers.push(stranger("silent", ""))), ["licences"]);
    assert_eq!(refused(|house| house.strangers[0].from_registry = false), ["licences"]);
}

#[test]
fn a_banned_crate_is_refused() {
    for name in ["chrono", "tokio", "aws-sdk-kinesis"] {
        let plant =
            |house: &mut House| house.members[1].dependencies.push((name.into(), Use::Product));
        assert_eq!(refused(plant), ["bans"], "{name}");
    }
}

#[test]
fn members_that_dont_climb_are_refused() {
    let members = "[workspace]\nmembers = [\n\"services/room\",\n\"services/ground\",\n]\n";
    assert_eq!(refused(|house| write(house, "Cargo.toml", members)), ["members"]);
}

#[test]
fn files_lines_and_names_that_are_too_much_are_refused() {
    let long = format!("//! Long.\n{}", "// more\n".repeat(600));
    assert_eq!(refused(|house| write(house, "services/room/src/long.rs", &long)), ["file size"]);
    let tests = format!("//! Long.\n#[cfg(test)]\n{}", "// more\n".repeat(600));
    assert_eq!(refused(|house| write(house, "services/room/tests/long.rs", &tests)), ["file size"]);
    let wide = format!("//! {}\n", "wide ".repeat(30));
    assert_eq!(refused(|house| write(house, "services/room/src/wide.rs", &wide)), ["line length"]);
    assert_eq!(
        refused(|house| write(house, "services/room/src/utils.rs", "//! A.\n")),
        ["file names"]
    );
    assert_eq!(
        refused(|house| write(house, "services/room/src/bare.rs", "fn a() {}\n")),
        ["header"]
    );
    let logic = "//! A.\nfn a() {}\n";
    assert_eq!(refused(|house| write(house, "services/room/src/a/mod.rs", logic)), ["mod.rs"]);
}

#[test]
fn words_that_leave_the_house_or_the_subject_are_refused() {
    let card = "//! A card.\n";
    let refuse = |line: &str| {
        refused(|house| write(house, "services/room/src/a.rs", &format!("{card}// {line}\n")))
    };
    assert_eq!(refuse(&["TO", "DO later"].concat()), ["to do"]);
    assert_eq!(refuse(&["TO", "DO(#7): later"].concat()), Vec::<&str>::new());
    assert_eq!(refuse(&["an order ", "message comes"].concat()), ["words"]);
    assert_eq!(refuse(&["see /wor", "k/here"].concat()), ["places"]);
    assert_eq!(refuse(&["see net", "work/here"].concat()), Vec::<&str>::new());
}

#[test]
fn an_oracle_that_imports_a_crate_is_refused() {
    let text = "//! Naive.\nuse domain::Price;\n";
    assert_eq!(refused(|house| write(house, "services/room/tests/oracle.rs", text)), ["oracle"]);
    let text = "//! Naive.\nuse std::collections::BTreeMap;\n";
    assert_eq!(
        refused(|house| write(house, "services/room/tests/oracle.rs", text)),
        Vec::<&str>::new()
    );
    let room = "services/room/tests/oracle/main.rs";
    let text = "//! Naive.\nmod feed;\nuse crate::feed::read;\n";
    assert_eq!(refused(|house| write(house, room, text)), Vec::<&str>::new());
    for text in ["use domain::Price;", "#[path = \"../../src/lib.rs\"]\nmod ours;"] {
        assert_eq!(
            refused(|house| write(house, room, &format!("//! Naive.\n{text}\n"))),
            ["oracle"]
        );
    }
}

#[test]
fn strange_tops_lost_pages_and_dead_links_are_refused() {
    assert_eq!(refused(|house| write(house, "scripts/a.md", "")), ["top level"]);
    assert_eq!(
        refused(|house| drop(house.files.remove("deploy/runbooks/OR-0001.md"))),
        ["runbooks"]
    );
    assert_eq!(refused(|house| write(house, "deploy/runbooks/OR-0002.md", "")), ["runbooks"]);
    assert_eq!(refused(|house| write(house, "README.md", "[a](services/nothing.md)")), ["links"]);
    let link = "[a](services/room/src/lib.rs#card)";
    assert_eq!(refused(|house| write(house, "README.md", link)), Vec::<&str>::new());
}

#[test]
fn every_rule_has_a_planted_violation_above() {
    let here = include_str!("tidy.rs");
    for rule in RULES {
        assert!(here.contains(&format!("[\"{}\"]", rule.name)), "{} is never planted", rule.name);
    }
}

#[test]
fn the_house_as_it_stands_passes() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(3).expect("a workspace above");
    let violations = check(&House::read(root).expect("cargo and git answer"));
    let lines: Vec<_> =
        violations.iter().map(|(rule, what)| format!("{}: {what}", rule.name)).collect();
    assert!(lines.is_empty(), "{}", lines.join("\n"));
}
