//! Renames what Terraform and the services share, on a copy, and sees each renaming noticed.
//!
//! Entry points: [`run`].
//! Each stream, table and queue gets another name in the Terraform, the tables' keys in
//! `proto/tables.toml`, and each key of a service's settings in `modules/cell/config.tf`; the
//! comparison that `infra plan` makes must then name it. That the committed settings are exactly
//! the keys of each service's `Config` is `tests/deploy_env.rs`.
//! One small page is planned, and of it only what holds the renamed. The settings' keys are renamed
//! in copies of the service that stand beside it, so that one plan shows them all; in a run of
//! everything the names are renamed together, and each must be told by itself.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::names::{Kind, Names};
use super::terraform::Terraform;
use super::{Tally, copy, env, plans};

/// The page that is planned: the smallest, with all that can be renamed.
const PAGE: &str = "infra/live/dev/eu-west-1";
const ENVIRONMENT: &str = "dev";
const CONFIG: &str = "infra/modules/cell/config.tf";

/// Where a kind of name is made: the file, how its line begins, the variable in it that is the
/// noun, and the modules that hold what is named.
const MADE: [(Kind, &str, &str, &str, &[&str]); 3] = [
    (
        Kind::Stream,
        "infra/modules/cell/names.tf",
        "    streams ",
        "noun",
        &["module.cell.module.streams"],
    ),
    (Kind::Table, "infra/modules/tables/main.tf", "  names ", "table", TABLES),
    (
        Kind::Queue,
        "infra/modules/messaging/main.tf",
        "  names ",
        "queue",
        &["module.cell.module.messaging"],
    ),
];
const TABLES: &[&str] =
    &["module.cell.module.leases", "module.cell.module.shared[\"this\"].module.tables"];

/// Renames one after the other, or with `at_once` all in one plan, which must then tell of each;
/// a renaming that goes unnoticed is a failure.
pub(super) fn run(
    terraform: &Terraform,
    root: &Path,
    at_once: bool,
    tally: &mut Tally,
) -> Result<()> {
    let names = Names::read(root)?;
    let copied = copy::tree(root, "drift")?;
    let terraform = terraform.at(&copied);
    let config = copied.join(CONFIG);
    let text = std::fs::read_to_string(&config)?;
    let (renamed, keys) = variants(&text);
    std::fs::write(&config, renamed)?;
    let mut as_they_were = Vec::new();
    if at_once {
        for (_, file, line, noun, _) in MADE {
            let file = copied.join(file);
            as_they_were.push((rename(&file, line, noun, None)?, file));
        }
    }
    let plan = plans::one(&terraform, &copied, Path::new(PAGE))?;
    let plan = plan.context("the page doesn't plan with the settings' keys renamed")?;
    settings(root, &plan, &keys, tally)?;
    std::fs::write(&config, text)?;
    for (text, file) in as_they_were {
        std::fs::write(file, text)?;
    }
    for (kind, file, line, noun, holders) in MADE {
        if !at_once {
            let problems = names.problems(kind, ENVIRONMENT, &[&plan]);
            tally.count(
                &format!("drift: {kind:?}s have their names {problems:?}"),
                problems.is_empty(),
            );
        }
        for name in nouns(&names, kind, &plan) {
            let problems = if at_once {
                names.problems(kind, ENVIRONMENT, &[&plan])
            } else {
                let file = copied.join(file);
                let text = rename(&file, line, noun, Some(&name))?;
                let plan = plans::part(&terraform, &copied, Path::new(PAGE), holders)?;
                std::fs::write(&file, text)?;
                names.problems(kind, ENVIRONMENT, &[&plan])
            };
            // What services name is missing; a venue's queue is told by the name that it got.
            let told = [format!(" {name} is not planned"), format!(" renamed-{name}")];
            let noticed = problems.iter().any(|one| told.iter().any(|told| one.contains(told)));
            tally.count(&format!("drift: {kind:?} {name} renamed is noticed"), noticed);
        }
    }
    keys_of_tables(&terraform, &copied, &names, tally)
}

/// Each renamed key of a service's settings must differ from the committed file.
fn settings(root: &Path, plan: &Value, keys: &[(String, String)], tally: &mut Tally) -> Result<()> {
    ensure!(!keys.is_empty(), "{CONFIG} has no service");
    let planned = env::planned(plan)?;
    for (service, key) in keys {
        let path = PathBuf::from(format!("dev-eu-west-1/{service}.json"));
        let as_is = planned.get(service).is_some_and(|text| env::same(root, &path, text));
        let renamed = planned.get(&format!("{service}--{key}"));
        let noticed = as_is && renamed.is_some_and(|text| !env::same(root, &path, text));
        tally.count(&format!("drift: {service}.{key} renamed is noticed"), noticed);
    }
    Ok(())
}

/// The settings with, beside each service, one copy per key that has this key renamed.
fn variants(text: &str) -> (String, Vec<(String, String)>) {
    let (mut made, mut keys) = (String::new(), Vec::new());
    let mut lines = text.lines();
    let mut inside = false;
    while let Some(line) = lines.next() {
        inside |= line == "  service_config = {";
        inside &= line != "  }";
        let service = line.strip_prefix("    ").and_then(|rest| rest.strip_suffix(" = {"));
        made.push_str(line);
        made.push('\n');
        let Some(service) = service.filter(|name| inside && !name.starts_with(' ')) else {
            continue;
        };
        let body: Vec<&str> = lines.by_ref().take_while(|line| *line != "    }").collect();
        made.push_str(&format!("{}\n    }}\n", body.join("\n")));
        for at in 0..body.len() {
            let Some(key) = key(body[at]) else { continue };
            let mut body: Vec<String> = body.iter().map(|line| (*line).to_owned()).collect();
            body[at] = body[at].replacen(key, &format!("{key}_renamed"), 1);
            made.push_str(&format!("    {service}--{key} = {{\n{}\n    }}\n", body.join("\n")));
            keys.push((service.to_owned(), key.to_owned()));
        }
    }
    (made, keys)
}

/// The key that a line of settings sets.
fn key(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("      ").filter(|rest| !rest.starts_with([' ', '#']))?;
    rest.split_once('=').map(|(key, _)| key.trim_end())
}

/// What of a kind is there to be renamed.
fn nouns(names: &Names, kind: Kind, plan: &Value) -> BTreeSet<String> {
    let of_plan = |noun: &Value| noun["index"].as_str().map(str::to_owned);
    match kind {
        Kind::Stream => names.streams.clone(),
        Kind::Table => names.tables.keys().cloned().collect(),
        Kind::Queue => {
            let changes = plan["resource_changes"].as_array().into_iter().flatten();
            let queues = changes.filter(|change| {
                change["type"] == "aws_sqs_queue"
                    && change["name"] == "this"
                    && change["module_address"] == "module.cell.module.messaging"
            });
            queues.filter_map(of_plan).collect()
        }
    }
}

/// Changes the file that makes names so that one noun, or each, is named otherwise; what it read.
fn rename(file: &Path, line: &str, noun: &str, name: Option<&str>) -> Result<String> {
    let text = std::fs::read_to_string(file)?;
    std::fs::write(file, renaming(&text, line, noun, name)?)?;
    Ok(text)
}

fn renaming(text: &str, line: &str, noun: &str, name: Option<&str>) -> Result<String> {
    let from = format!("${{{noun}}}");
    let to = match name {
        Some(name) => format!("${{{noun} == \"{name}\" ? \"renamed-{name}\" : {noun}}}"),
        None => format!("renamed-${{{noun}}}"),
    };
    let at = text.find(&format!("\n{line}")).context("names are made elsewhere now")?;
    let (before, after) = text.split_at(at);
    let there = after.trim_start().lines().next().is_some_and(|line| line.contains(&from));
    ensure!(there, "no {from}");
    Ok(format!("{before}{}", after.replacen(&from, &to, 1)))
}

/// Every key renamed in the file that both read: each table must be told.
fn keys_of_tables(
    terraform: &Terraform,
    copied: &Path,
    names: &Names,
    tally: &mut Tally,
) -> Result<()> {
    let file = copied.join("proto/tables.toml");
    let text = std::fs::read_to_string(&file)?;
    std::fs::write(&file, text.replace("hash = { name = \"", "hash = { name = \"renamed"))?;
    let plan = plans::part(terraform, copied, Path::new(PAGE), TABLES)?;
    std::fs::write(&file, text)?;
    let problems = names.problems(Kind::Table, ENVIRONMENT, &[&plan]);
    for table in names.tables.keys() {
        let told = |problem: &String| problem.starts_with(&format!("table {table}: {{"));
        tally.count(
            &format!("drift: keys of {table} renamed are noticed"),
            problems.iter().any(told),
        );
    }
    Ok(())
}

#[cfg(test)]
mod checks {
    use super::{renaming, variants};

    const CONFIG: &str = "locals {
  service_config = {
    order-router = {
      # why
      wait  = \"park\"
      cores = []
    }
  }
}
";

    #[test]
    fn each_key_is_renamed_in_a_copy_of_its_service() {
        let (made, keys) = variants(CONFIG);
        let pair = |key: &str| ("order-router".to_owned(), key.to_owned());
        assert_eq!(keys, [pair("wait"), pair("cores")]);
        assert!(made.contains("    order-router--wait = {\n      # why\n      wait_renamed  ="));
        assert!(made.starts_with(&CONFIG[..CONFIG.len() - "  }\n}\n".len()]));
    }

    #[test]
    fn one_noun_gets_another_name() {
        let text = "locals {\n  names = { for queue in q : queue => \"${n}-${queue}\" }\n}\n";
        let made = renaming(text, "  names ", "queue", Some("dlq")).expect("the line is there");
        assert!(made.contains("\"${n}-${queue == \"dlq\" ? \"renamed-dlq\" : queue}\""));
        assert!(renaming(text, "  streams ", "queue", None).is_err());
    }
}
