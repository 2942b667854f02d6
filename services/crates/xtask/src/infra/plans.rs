//! Plans every stack from nothing but its example inputs, and holds the plans against each other.
//!
//! Entry points: [`run`], [`one`], [`part`].
//! Checked: each stack plans in the stacks' order; no networks overlap; nothing is made twice; all
//! stores are backed up; services have their settings; streams, tables and queues have the names
//! that services know; what exists per mode and role is what `infra/modules/cell/golden` lists,
//! exactly.
//! Plans lie in `target/infra`; nothing is read from or written to an account.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;

use super::Tally;
use super::cost;
use super::env;
use super::flows;
use super::ids;
use super::live::{LIVE, Live, Stack};
use super::names;
use super::stores;
use super::terraform::Terraform;
use super::twice;

/// The pair that the other modes are planned from, and the mode that its files name.
const SAMPLE: [&str; 3] = ["prod/pair-eu", "prod/eu-west-1", "prod/eu-central-1"];
const SAMPLE_MODE: &str = "warm_standby";
/// The page whose flow-log filters meet the samples; all have the same.
const FLOWS: &str = "prod/eu-west-2";
const MODES: [&str; 4] = ["backup", "pilot_light", "warm_standby", "active_active"];
const GOLDEN: &str = "infra/modules/cell/golden";

type Counts = BTreeMap<String, usize>;

/// Plans everything and returns the plans by stack; with `bless` the golden lists are written
/// instead of compared.
pub(super) fn run(
    terraform: &Terraform,
    root: &Path,
    bless: bool,
    tally: &mut Tally,
) -> Result<BTreeMap<String, Value>> {
    let live = Live::read(root)?;
    let mut plans = BTreeMap::new();
    for stack in &live.stacks {
        let plan = one(terraform, root, &stack.path())?;
        if let Some(plan) = &plan {
            let made: usize = counts(plan, |_| true).values().sum();
            println!("xtask infra: plan {}: {made} resources", stack.name);
        }
        tally.count(&format!("plan {}", stack.name), plan.is_some());
        plans.insert(stack.name.clone(), plan.unwrap_or_default());
    }
    let overlaps = overlaps(&live.stacks, &plans);
    overlaps.iter().for_each(|overlap| println!("xtask infra: {overlap}"));
    tally.count("no two networks overlap", overlaps.is_empty());
    let ids = ids::problems(root, &live, &plans)?;
    ids.iter().for_each(|problem| println!("xtask infra: {problem}"));
    tally.count("each stack is given its ids by the stacks before it", ids.is_empty());
    stores::compare(&live, &plans, tally);
    twice::compare(&live, &plans, tally);
    flows::compare(plans.get(FLOWS).unwrap_or(&Value::Null), tally);
    cost::compare(root, &live, &plans, tally)?;
    names::compare(root, &live, &plans, tally)?;
    env::compare(root, &live, &plans, bless, tally)?;
    for mode in MODES {
        let sample: Option<Vec<Value>> = if mode == SAMPLE_MODE {
            SAMPLE.iter().map(|name| plans.get(*name).cloned()).collect()
        } else {
            let variants = SAMPLE.iter().map(|name| variant(terraform, root, &live, name, mode));
            variants.collect::<Result<Option<Vec<Value>>>>()?
        };
        let sample = sample.unwrap_or_default();
        for (role, at) in [("primary", 1), ("standby", 2)] {
            let what = format!("golden {mode}-{role}");
            let Some(found) = in_region(&sample, at, SAMPLE[at]) else {
                tally.count(&format!("{what}: it doesn't plan"), false);
                continue;
            };
            let path = root.join(GOLDEN).join(format!("{mode}-{role}.json"));
            tally.count(&what, golden(&path, &found, bless)?);
        }
    }
    Ok(plans)
}

/// Plans one stack, with what can be told from it alone.
pub(super) fn alone(
    terraform: &Terraform,
    root: &Path,
    name: &str,
    tally: &mut Tally,
) -> Result<()> {
    let live = Live::read(root)?;
    let stack = live.stack(name)?;
    let plan = one(terraform, root, &stack.path())?;
    tally.count(&format!("plan {name}"), plan.is_some());
    let plans = BTreeMap::from([(name.to_owned(), plan.unwrap_or_default())]);
    if stack.is_page() && stack.needs.iter().all(|need| need.ends_with("/global")) {
        stores::one(stack, &plans, tally);
        flows::compare(&plans[name], tally);
    }
    Ok(())
}

/// The plan of a root as JSON; `None` when it fails, which is printed.
pub(super) fn one(terraform: &Terraform, root: &Path, folder: &Path) -> Result<Option<Value>> {
    if !terraform.init(folder)? {
        return Ok(None);
    }
    saved(terraform, root, folder, &[])
}

/// The plan of some modules of a root that was initialised before, and of what these need.
pub(super) fn part(
    terraform: &Terraform,
    root: &Path,
    folder: &Path,
    modules: &[&str],
) -> Result<Value> {
    let plan = saved(terraform, root, folder, modules)?;
    plan.with_context(|| format!("{modules:?} can't be planned"))
}

fn saved(
    terraform: &Terraform,
    root: &Path,
    folder: &Path,
    modules: &[&str],
) -> Result<Option<Value>> {
    let plans = root.join("target/infra/plans");
    std::fs::create_dir_all(&plans)?;
    let out = plans.join(folder.display().to_string().replace('/', "-"));
    let saved = format!("-out={}", out.display());
    let inputs = "-var-file=terraform.tfvars.example";
    let targets: Vec<String> = modules.iter().map(|module| format!("-target={module}")).collect();
    let mut with = vec!["plan", "-input=false", "-lock=false", "-no-color", inputs, &saved];
    with.extend(targets.iter().map(String::as_str));
    if !terraform.quiet(folder, &with)? {
        return Ok(None);
    }
    let saved = out.display().to_string();
    terraform.json(folder, &["show", "-json", &saved]).map(Some)
}

/// Name of the file that holds a root's plan as JSON, where some lie in a folder.
pub(super) fn file(folder: &Path) -> String {
    format!("{}.json", folder.display().to_string().replace('/', "-"))
}

/// Plans a stack of the sample pair as if its files named another mode.
fn variant(
    terraform: &Terraform,
    root: &Path,
    live: &Live,
    name: &str,
    mode: &str,
) -> Result<Option<Value>> {
    let stack = live.stack(name)?;
    let folder = PathBuf::from(format!("target/infra/{mode}-{}", stack.place()));
    std::fs::create_dir_all(root.join(&folder))?;
    for file in ["main.tf", "providers.tf", "terraform.tfvars.example", "ids.example.json"] {
        let text = std::fs::read_to_string(root.join(LIVE).join(name).join(file))?;
        let text = text.replace("\"../../../modules/", "\"../../../infra/modules/");
        let text = text.replace(&format!("\"{SAMPLE_MODE}\""), &format!("\"{mode}\""));
        std::fs::write(root.join(&folder).join(file), text)?;
    }
    one(terraform, root, &folder)
}

/// What a page and its pair put into the page's Region, by type.
fn in_region(sample: &[Value], at: usize, page: &str) -> Option<Counts> {
    let (pair, page_plan) = (sample.first()?, sample.get(at)?);
    let region = page.split('/').nth(1)?;
    let mut found = counts(page_plan, |_| true);
    for (kind, number) in counts(pair, |resource| resource["values"]["region"] == region) {
        *found.entry(kind).or_default() += number;
    }
    (!found.is_empty()).then_some(found)
}

/// Number of planned resources by type.
fn counts(plan: &Value, taken: impl Fn(&Value) -> bool) -> Counts {
    let mut counts = Counts::new();
    for resource in resources(plan) {
        if resource["mode"] == "managed" && taken(resource) {
            let kind = resource["type"].as_str().unwrap_or_default().to_owned();
            *counts.entry(kind).or_default() += 1;
        }
    }
    counts
}

/// Every planned resource, of the root and of all modules.
pub(super) fn resources(plan: &Value) -> Vec<&Value> {
    let mut found = Vec::new();
    let mut open = vec![&plan["planned_values"]["root_module"]];
    while let Some(module) = open.pop() {
        found.extend(module["resources"].as_array().into_iter().flatten());
        open.extend(module["child_modules"].as_array().into_iter().flatten());
    }
    found
}

/// Compares with the list at a path, or writes it.
fn golden(path: &Path, found: &Counts, bless: bool) -> Result<bool> {
    if bless {
        std::fs::create_dir_all(path.parent().context("no folder")?)?;
        std::fs::write(path, format!("{}\n", serde_json::to_string_pretty(found)?))?;
        return Ok(true);
    }
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let listed: Counts = serde_json::from_str(&text).unwrap_or_default();
    for kind in listed.keys().chain(found.keys()) {
        let (before, now) = (listed.get(kind), found.get(kind));
        if before != now {
            println!("xtask infra: {}: {kind}: {before:?}, now {now:?}", path.display());
        }
    }
    Ok(&listed == found)
}

/// Pairs of pages whose networks share an address, and pages that tell none.
fn overlaps(stacks: &[Stack], plans: &BTreeMap<String, Value>) -> Vec<String> {
    let mut problems = Vec::new();
    let mut ranges: Vec<(&str, u32, u32)> = Vec::new();
    for stack in stacks.iter().filter(|stack| stack.is_page()) {
        let plan = plans.get(&stack.name).unwrap_or(&Value::Null);
        let vpc = &plan["planned_values"]["outputs"]["addresses"]["value"]["vpc"];
        let Some((first, last)) = vpc.as_str().and_then(range) else {
            problems.push(format!("{} tells no range", stack.name));
            continue;
        };
        for (other, from, to) in &ranges {
            if first <= *to && *from <= last {
                problems.push(format!("{} and {other} share addresses", stack.name));
            }
        }
        ranges.push((&stack.name, first, last));
    }
    problems
}

/// First and last address of a range such as `10.0.0.0/16`.
fn range(text: &str) -> Option<(u32, u32)> {
    let (address, bits) = text.split_once('/')?;
    let first = u32::from(address.parse::<std::net::Ipv4Addr>().ok()?);
    let free = 32_u32.checked_sub(bits.parse().ok()?)?;
    let size = 1_u32.checked_shl(free)?;
    Some((first, first.checked_add(size.checked_sub(1)?)?))
}

#[cfg(test)]
mod checks {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::{Stack, overlaps, range};

    #[test]
    fn pages_that_share_an_address_are_told_and_so_is_one_without_any() {
        let page = |name: &str, vpc: &str| {
            let stack = Stack { name: name.to_owned(), state: String::new(), needs: Vec::new() };
            let outputs = json!({ "addresses": { "value": { "vpc": vpc } } });
            (stack, json!({ "planned_values": { "outputs": outputs } }))
        };
        let told = |pages: [(Stack, serde_json::Value); 2]| {
            let stacks: Vec<Stack> = pages.iter().map(|(stack, _)| stack.clone()).collect();
            let plans: BTreeMap<_, _> =
                pages.into_iter().map(|(stack, plan)| (stack.name, plan)).collect();
            overlaps(&stacks, &plans)
        };
        let first = || page("dev/eu-west-1", "10.0.0.0/16");
        assert!(told([first(), page("prod/eu-west-1", "10.1.0.0/16")]).is_empty());
        assert_eq!(told([first(), page("prod/eu-west-1", "10.0.255.0/24")]).len(), 1);
        assert_eq!(told([first(), page("prod/eu-west-1", "none")]).len(), 1);
        assert!(told([first(), page("prod/global", "10.0.0.0/16")]).is_empty());
    }

    #[test]
    fn a_range_ends_where_its_bits_say() {
        assert_eq!(range("10.0.0.0/16"), Some((0x0a00_0000, 0x0a00_ffff)));
        assert_eq!(range("10.1.0.0"), None);
    }
}
