//! Compares an account's quotas with what a plan needs, before it is applied.
//!
//! Entry points: [`run`], [`compare`].
//! What is compared stands in `infra/policy/quotas.toml`.
//! It counts what this plan has, not what else the account runs; it raises nothing, and prints the
//! request that would. An interrupted run has done nothing.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context as _, Result};
use aws::{Account, Quota, Quotas};
use serde_json::Value;

use super::Tally;
use super::plans;
use super::verify::at;

/// Where the table of quotas lies, from the root.
const TABLE: &str = "infra/policy/quotas.toml";

/// Families of "Running On-Demand Standard instances".
const STANDARD: &[u8] = b"acdhimrtz";

/// A quota that is too small, or can't be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Short {
    /// AWS's name of the quota, or its code where it isn't known.
    pub(super) quota: String,
    /// What is wrong, and the request that mends it.
    pub(super) what: String,
}

/// Compares in each Region that the plan names, and tells.
pub(super) fn run(root: &Path, plan: &Value, account: &Account, tally: &mut Tally) -> Result<()> {
    let resources = plans::resources(plan);
    let regions = resources.iter().filter_map(|resource| resource["values"]["region"].as_str());
    let mut regions: BTreeSet<&str> = regions.collect();
    if regions.is_empty() {
        regions.insert(account.region());
    }
    for region in regions {
        let there = |resource: &&&Value| {
            let named = resource["values"]["region"].as_str();
            named.is_none_or(|named| named == region)
        };
        let resources: Vec<&Value> = resources.iter().filter(there).copied().collect();
        let quotas = Quotas::new(account.in_region(region));
        let (compared, short) = compare(root, &resources, &quotas)?;
        for Short { quota, what } in &short {
            tally.count(&format!("{region}: {quota}: {what}"), false);
        }
        println!("xtask infra: {region}: {compared} quotas compared with what this plan has");
        tally.count(&format!("{region}: every quota is large enough"), short.is_empty());
    }
    Ok(())
}

/// How many quotas were compared, and those that are too small.
pub(super) fn compare(
    root: &Path,
    resources: &[&Value],
    quotas: &Quotas,
) -> Result<(usize, Vec<Short>)> {
    let text = std::fs::read_to_string(root.join(TABLE)).context(TABLE)?;
    let table: toml::Table = text.parse().context(TABLE)?;
    let rows = table.get("quota").and_then(toml::Value::as_array).context("no quota")?;
    let (mut compared, mut short) = (0, Vec::new());
    for row in rows {
        let needed = needed(row, resources);
        if needed == 0 {
            continue;
        }
        compared += 1;
        let word = |key: &str| row.get(key).and_then(toml::Value::as_str);
        let service = word("service").context("a quota without its service")?;
        let found = match (word("code"), word("name")) {
            (Some(code), _) => quotas.get(service, code),
            (None, Some(name)) => quotas.find(service, name),
            (None, None) => anyhow::bail!("{service}: a quota without code and name"),
        };
        match found {
            Ok(quota) if enough(&quota, needed) => {}
            Ok(quota) => short.push(too_small(service, &quota, needed, quotas.region())),
            Err(error) if error.is_unanswered() => return Err(error.into()),
            Err(error) => {
                let quota = word("code").or(word("name")).unwrap_or_default();
                short.push(Short { quota: format!("{service} {quota}"), what: error.to_string() });
            }
        }
    }
    Ok((compared, short))
}

fn enough(quota: &Quota, needed: u32) -> bool {
    quota.value >= f64::from(needed)
}

fn too_small(service: &str, quota: &Quota, needed: u32, region: &str) -> Short {
    let Quota { name, code, value, adjustable } = quota;
    let request = if *adjustable {
        format!(
            "aws service-quotas request-service-quota-increase --service-code {service} \
             --quota-code {code} --desired-value {needed} --region {region}"
        )
    } else {
        "AWS doesn't raise it: use another account".to_owned()
    };
    let what = format!("{value} where {needed} are needed: {request}");
    Short { quota: name.clone(), what }
}

/// How much of a quota the planned resources need.
fn needed(row: &toml::Value, resources: &[&Value]) -> u32 {
    let of = |kind: &str| -> Vec<&Value> {
        let managed = resources.iter().filter(|resource| resource["mode"] == "managed");
        managed.filter(|resource| resource["type"] == kind).copied().collect()
    };
    let mut needed = 0;
    if let Some(kind) = row.get("count").and_then(toml::Value::as_str) {
        let fits = of(kind).iter().filter(|resource| chosen(row, resource)).count();
        needed += u32::try_from(fits).unwrap_or(u32::MAX);
    }
    for (kind, argument) in row.get("sum").and_then(toml::Value::as_table).into_iter().flatten() {
        let argument = argument.as_str().unwrap_or_default();
        needed +=
            of(kind).iter().map(|resource| number(&resource["values"], argument)).sum::<u32>();
    }
    if row.get("cpus").is_some() {
        // A node group of reserved instances names no type: its reservation counts them.
        let reserved = of("aws_ec2_capacity_reservation").into_iter().map(|reservation| {
            let values = &reservation["values"];
            cpus(&values["instance_type"]) * number(values, "instance_count")
        });
        let groups = of("aws_eks_node_group").into_iter().map(|group| {
            let values = &group["values"];
            cpus(&values["instance_types"][0]) * number(values, "scaling_config.0.max_size")
        });
        needed += reserved.chain(groups).sum::<u32>();
    }
    let headroom = row.get("headroom").and_then(toml::Value::as_integer).unwrap_or_default();
    if needed == 0 { 0 } else { needed + u32::try_from(headroom).unwrap_or_default() }
}

/// Whether each argument that the row asks about has one of its values.
fn chosen(row: &toml::Value, resource: &Value) -> bool {
    let asked = row.get("where").and_then(toml::Value::as_table);
    asked.into_iter().flatten().all(|(argument, values)| {
        let is = at(&resource["values"], argument).as_str();
        let values = values.as_array().into_iter().flatten();
        values.filter_map(toml::Value::as_str).any(|value| Some(value) == is)
    })
}

/// A number, 0 where it isn't known or means "no limit".
fn number(values: &Value, path: &str) -> u32 {
    at(values, path).as_u64().and_then(|number| u32::try_from(number).ok()).unwrap_or_default()
}

/// Virtual CPUs of a standard instance, by the size in its name; 0 for other families.
fn cpus(kind: &Value) -> u32 {
    let Some((family, size)) = kind.as_str().and_then(|kind| kind.split_once('.')) else {
        return 0;
    };
    if !family.bytes().next().is_some_and(|letter| STANDARD.contains(&letter)) {
        return 0;
    }
    match size.split_once("xlarge").map(|(times, _)| times) {
        Some("") => 4,
        Some(times) => 4 * times.parse().unwrap_or(0),
        None if size.starts_with("metal") => size
            .rsplit('-')
            .next()
            .and_then(|part| part.strip_suffix("xl"))
            .map_or(192, |times| 4 * times.parse().unwrap_or(48)),
        // A t4g.medium and a t3.large have two, and none has fewer that runs a node.
        None => 2,
    }
}

#[cfg(test)]
#[path = "preflight_tests.rs"]
mod checks;
