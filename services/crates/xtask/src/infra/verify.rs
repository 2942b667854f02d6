//! Reads a deployed account back and compares it with a stack's state.
//!
//! Entry points: [`run`] for a stack, [`compare`] for a state that is there, [`write_states`] for
//! the states of its tests.
//! What is read stands in `infra/policy/verify.toml`; types that don't are counted by name, so that
//! nobody takes "no difference" for more than it is.
//! It calls GetResource and nothing else: it can't write. An interrupted run has done nothing.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use aws::{Account, Error, Resources};
use serde_json::{Map, Value, json};

use super::Tally;
use super::policy;
use super::same::same;
use super::terraform::Terraform;

/// Where the table of types lies, from the root.
const TABLE: &str = "infra/policy/verify.toml";

/// Where the states of the tests lie, from the root.
const STATES_FOLDER: &str = "services/crates/xtask/tests/states";

/// Those states, by stack: a page, and the pair that holds its tables and buckets.
const STATES: [(&str, &str); 2] =
    [("prod/eu-west-1", "prod-eu-west-1.json"), ("prod/pair-eu", "prod-pair-eu.json")];

/// How a type of Terraform's is read back.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Check {
    kind: String,
    identifier: String,
    /// Argument and property.
    arguments: Vec<(String, String)>,
}

/// One thing that isn't as the state says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Difference {
    /// Address in the state.
    pub(super) address: String,
    /// The argument, or nothing when the whole resource is missing or can't be read.
    pub(super) argument: Option<String>,
    /// Both sides.
    pub(super) what: String,
}

/// What a comparison found.
#[derive(Clone, Debug, Default)]
pub(super) struct Report {
    /// Resources that were read back.
    pub(super) read: usize,
    /// Arguments that were compared.
    pub(super) compared: usize,
    /// What differs.
    pub(super) differences: Vec<Difference>,
    /// Resources of types that aren't read back, by type.
    pub(super) unread: BTreeMap<String, usize>,
}

/// Compares a stack with its account; `state` is a file of `terraform show -json`, else the
/// stack's own state is asked for.
pub(super) fn run(
    root: &Path,
    stack: &Path,
    state: Option<&Path>,
    account: &Account,
    tally: &mut Tally,
) -> Result<()> {
    let state = match state {
        Some(file) => serde_json::from_slice(&std::fs::read(file)?).context("the state")?,
        None => Terraform::find(root)?.json(stack, &["show", "-json"]).context(
            "the state can't be read: run `terraform init` in the stack with the read-only role",
        )?,
    };
    let report = compare(root, &state, account)?;
    for (kind, number) in &report.unread {
        println!("xtask infra: not read back: {number} of {kind}");
    }
    for difference in &report.differences {
        let argument = difference.argument.as_deref().unwrap_or("resource");
        let text = format!("{}: {argument}: {}", difference.address, difference.what);
        tally.count(&text, false);
    }
    let Report { read, compared, differences, .. } = report;
    println!("xtask infra: {read} resources and {compared} arguments read back");
    tally.count("the account is as the state says", differences.is_empty() && read > 0);
    Ok(())
}

/// Counts whether AWS describes each property that the table names.
pub(super) fn described(
    root: &Path,
    has: impl Fn(&str, &str) -> bool,
    tally: &mut Tally,
) -> Result<()> {
    let mut strange = 0;
    for (name, check) in table(root)? {
        let properties = check.arguments.iter().map(|(_, property)| property);
        for property in properties.filter(|property| !has(&check.kind, property)) {
            println!("xtask infra: verify.toml: {name}: {} has no {property}", check.kind);
            strange += 1;
        }
    }
    tally.count("verify reads properties that AWS describes", strange == 0);
    Ok(())
}

/// Writes the states that the tests here read: what `policy` applied last, reduced to what is read
/// back.
pub(super) fn write_states(root: &Path) -> Result<()> {
    for (stack, file) in STATES {
        let state = policy::last_state(root, stack)
            .with_context(|| format!("{stack} wasn't applied yet: `cargo xtask infra policy`"))?;
        let state = json!({ "values": { "root_module": state } });
        let table = table(root)?;
        let mut resources = resources(&state);
        resources.sort_by(|one, other| one["address"].as_str().cmp(&other["address"].as_str()));
        let reduced: Vec<String> = resources
            .into_iter()
            .filter_map(|resource| reduced(&table, resource))
            .map(|resource| resource.to_string())
            .collect();
        // A resource a line, so that a change can be read.
        let text = reduced.join(",\n");
        let text = format!(r#"{{"values":{{"root_module":{{"resources":[{text}]}}}}}}"#);
        std::fs::write(root.join(STATES_FOLDER).join(file), text + "\n")?;
        println!("xtask infra: {file}: {} resources", reduced.len());
    }
    Ok(())
}

/// A resource with the arguments that are read back, when its type is.
fn reduced(table: &BTreeMap<String, Check>, resource: &Value) -> Option<Value> {
    let check = table.get(resource["type"].as_str()?)?;
    let arguments = check.arguments.iter().map(|(argument, _)| argument.as_str());
    let arguments = arguments.map(|argument| argument.split('.').next().unwrap_or(argument));
    let all = [check.identifier.as_str(), "region"].into_iter().chain(arguments);
    let values: Map<String, Value> = all
        .filter(|argument| !resource["values"][*argument].is_null())
        .map(|argument| (argument.to_owned(), resource["values"][argument].clone()))
        .collect();
    let (address, kind) = (&resource["address"], &resource["type"]);
    Some(json!({ "address": address, "mode": "managed", "type": kind, "values": values }))
}

/// Compares every resource of a state that the table knows.
pub(super) fn compare(root: &Path, state: &Value, account: &Account) -> Result<Report> {
    let table = table(root)?;
    let mut report = Report::default();
    let resources = resources(state);
    if resources.is_empty() {
        bail!("the state holds no resource: is it `terraform show -json` of an applied stack?");
    }
    for resource in resources {
        let kind = resource["type"].as_str().unwrap_or_default();
        let Some(check) = table.get(kind) else {
            *report.unread.entry(kind.to_owned()).or_default() += 1;
            continue;
        };
        let region = resource["values"]["region"].as_str().unwrap_or(account.region());
        let resources = Resources::new(account.in_region(region));
        one(&mut report, check, resource, &resources)?;
    }
    Ok(report)
}

fn one(report: &mut Report, check: &Check, resource: &Value, there: &Resources) -> Result<()> {
    let address = resource["address"].as_str().unwrap_or_default().to_owned();
    let values = &resource["values"];
    let differs = |argument: Option<&str>, what: String| Difference {
        address: address.clone(),
        argument: argument.map(str::to_owned),
        what,
    };
    let Some(identifier) = values[&check.identifier].as_str() else {
        report.differences.push(differs(Some(&check.identifier), "not in the state".to_owned()));
        return Ok(());
    };
    let found = match there.get(&check.kind, identifier) {
        Ok(Some(found)) => found,
        Ok(None) => {
            report.differences.push(differs(None, format!("{identifier} is not there")));
            return Ok(());
        }
        Err(error @ Error::Refused { .. }) => {
            report.differences.push(differs(None, error.to_string()));
            return Ok(());
        }
        Err(error) => return Err(error.into()),
    };
    report.read += 1;
    for (argument, property) in &check.arguments {
        let (wanted, is) = (at(values, argument), at(&found, property));
        // What the state leaves open was left to AWS.
        if wanted.is_null() {
            continue;
        }
        report.compared += 1;
        if !same(wanted, is) {
            report.differences.push(differs(Some(argument), format!("{wanted} is {is} there")));
        }
    }
    Ok(())
}

/// The value at a path of names and places.
pub(super) fn at<'a>(value: &'a Value, path: &str) -> &'a Value {
    let step = |value: &'a Value, part: &str| match part.parse::<usize>() {
        Ok(place) => &value[place],
        Err(_) => &value[part],
    };
    path.split('.').fold(value, step)
}

/// Managed resources of a state, of the root and of all modules.
fn resources(state: &Value) -> Vec<&Value> {
    let mut found = Vec::new();
    let mut open = vec![&state["values"]["root_module"]];
    while let Some(module) = open.pop() {
        let resources = module["resources"].as_array().into_iter().flatten();
        found.extend(resources.filter(|resource| resource["mode"] == "managed"));
        open.extend(module["child_modules"].as_array().into_iter().flatten());
    }
    found
}

fn table(root: &Path) -> Result<BTreeMap<String, Check>> {
    let text = std::fs::read_to_string(root.join(TABLE)).context(TABLE)?;
    let table: toml::Table = text.parse().context(TABLE)?;
    let word = |value: &toml::Value| value.as_str().map(str::to_owned);
    let read = |(name, check): (&String, &toml::Value)| {
        let arguments = check.get("arguments")?.as_table()?.iter();
        let arguments = arguments.filter_map(|(argument, property)| {
            word(property).map(|property| (argument.clone(), property))
        });
        let (kind, identifier) = (word(check.get("type")?)?, word(check.get("identifier")?)?);
        Some((name.clone(), Check { kind, identifier, arguments: arguments.collect() }))
    };
    let checks: Option<BTreeMap<_, _>> = table.iter().map(read).collect();
    checks.context("verify.toml: an entry lacks type, identifier or arguments")
}

#[cfg(test)]
#[path = "verify_tests.rs"]
mod checks;
