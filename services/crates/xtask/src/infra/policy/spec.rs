//! Others' data that policies compare with, fetched once into an ignored folder.
//!
//! Entry points: [`service_spec`].
//! Versions are pinned here. What is fetched lies in `target/infra/tools`, under its version, so
//! that another version is another file. Without a network, and with the file absent, it fails.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::values::letters;

const FOLDER: &str = "target/infra/tools";

/// How many dots a field of an event has at most.
const DEEPEST: usize = 8;

/// What AWS says of its own metrics and events, as its CDK is made from it.
const SERVICE_SPEC: (&str, &str) = ("@aws-cdk/aws-service-spec", "0.1.216");

/// Metrics, events and resources; the rest of the file is never built up in memory.
#[derive(Debug, Deserialize)]
pub(super) struct ServiceSpec {
    schema: Schema,
}

#[derive(Debug, Deserialize)]
struct Schema {
    resource: Entities,
    metric: Entities,
    event: Entities,
    #[serde(rename = "eventTypeDefinition")]
    event_type: Entities,
    #[serde(rename = "typeDefinition", default)]
    inner: Entities,
}

#[derive(Debug, Default, Deserialize)]
struct Entities {
    entities: Vec<Value>,
}

impl ServiceSpec {
    /// Namespace and name of every metric.
    pub(super) fn metrics(&self) -> impl Iterator<Item = (&str, &str)> {
        let metrics = self.schema.metric.entities.iter();
        metrics.filter_map(|metric| Some((metric["namespace"].as_str()?, metric["name"].as_str()?)))
    }

    /// A resource by its CloudFormation type.
    pub(super) fn resource(&self, kind: &str) -> Option<&Value> {
        let mut resources = self.schema.resource.entities.iter();
        resources.find(|resource| resource["cloudFormationType"] == kind)
    }

    /// Whether a resource has a property, by a path of names; digits are places in a list.
    pub(super) fn has_property(&self, kind: &str, path: &str) -> bool {
        let Some(mut owner) = self.resource(kind) else { return false };
        let mut names = path.split('.').filter(|name| name.parse::<usize>().is_err()).peekable();
        while let Some(name) = names.next() {
            let [property, attribute] =
                ["properties", "attributes"].map(|place| &owner[place][name]);
            let mut kind = if property.is_null() { &attribute["type"] } else { &property["type"] };
            while kind["type"] == "array" {
                kind = &kind["element"];
            }
            if kind.is_null() || names.peek().is_none() {
                return !kind.is_null();
            }
            let mut inner = self.schema.inner.entities.iter();
            let Some(next) = inner.find(|one| one["$id"] == kind["reference"]["$ref"]) else {
                return false;
            };
            owner = next;
        }
        false
    }

    /// Every CloudFormation type.
    pub(super) fn kinds(&self) -> impl Iterator<Item = &str> {
        let resources = self.schema.resource.entities.iter();
        resources.filter_map(|resource| resource["cloudFormationType"].as_str())
    }

    /// What of a resource's or block's values has a counterpart among properties, by its letters.
    pub(super) fn as_properties(&self, values: &Value, properties: &Value) -> Value {
        let mut made = Map::new();
        for (name, property) in properties.as_object().into_iter().flatten() {
            let plain = letters(name);
            let mut values = values.as_object().into_iter().flatten();
            let value = values.find(|(argument, _)| letters(argument) == plain);
            let Some((_, value)) = value else { continue };
            if let Some(value) = self.as_property(value, &property["type"]) {
                made.insert(name.clone(), value);
            }
        }
        Value::Object(made)
    }

    /// A value as a property of a type; `None` when it isn't of that type.
    fn as_property(&self, value: &Value, kind: &Value) -> Option<Value> {
        let fits = match kind["type"].as_str()? {
            "string" => value.as_str().is_some_and(|text| !text.is_empty()),
            "integer" | "number" => value.is_number(),
            "boolean" => value.is_boolean(),
            "array" => {
                let each = value.as_array()?.iter();
                let each = each.map(|one| self.as_property(one, &kind["element"]));
                let each = each.collect::<Option<Vec<Value>>>()?;
                return (!each.is_empty()).then_some(Value::Array(each));
            }
            // A block is a list of one in Terraform's state.
            "ref" => {
                let block = value.as_array().map_or(value, |list| list.first().unwrap_or(value));
                let mut types = self.schema.inner.entities.iter();
                let one = types.find(|one| one["$id"] == kind["reference"]["$ref"])?;
                let made = self.as_properties(block, &one["properties"]);
                return made.as_object().is_some_and(|made| !made.is_empty()).then_some(made);
            }
            _ => false,
        };
        fits.then(|| value.clone())
    }

    /// Fields of an event, with dots; `*` ends one below which anything may be. `None` when nobody
    /// sends it.
    pub(super) fn event_fields(&self, source: &str, kind: &str) -> Option<BTreeSet<String>> {
        let mut events = self.schema.event.entities.iter();
        let event =
            events.find(|event| event["source"] == source && event["detailType"] == kind)?;
        let mut fields = BTreeSet::new();
        self.fields(&event["rootProperty"], "", &mut fields);
        Some(fields)
    }

    fn fields(&self, reference: &Value, above: &str, found: &mut BTreeSet<String>) {
        // Types may hold themselves: no pattern looks deeper than this.
        if above.matches('.').count() > DEEPEST {
            return;
        }
        let mut types = self.schema.event_type.entities.iter();
        let Some(one) = types.find(|one| one["$id"] == reference["$ref"]) else { return };
        for (name, property) in one["properties"].as_object().into_iter().flatten() {
            let mut kind = &property["type"];
            while kind["type"] == "array" {
                kind = &kind["element"];
            }
            found.insert(format!("{above}{name}"));
            match kind["type"].as_str() {
                Some("ref") => self.fields(&kind["reference"], &format!("{above}{name}."), found),
                Some("json" | "map") => _ = found.insert(format!("{above}{name}.*")),
                _ => {}
            }
        }
    }
}

/// The service specification, fetched from npm when it isn't there.
pub(super) fn service_spec(root: &Path) -> Result<ServiceSpec> {
    let (package, version) = SERVICE_SPEC;
    let file = root.join(FOLDER).join(format!("aws-service-spec-{version}.json"));
    if !file.is_file() {
        fetch(root, &file)?;
    }
    println!("xtask infra: policy: {package} {version}");
    let text = std::fs::read(&file)?;
    serde_json::from_slice(&text).with_context(|| format!("{} can't be read", file.display()))
}

fn fetch(root: &Path, file: &Path) -> Result<()> {
    let folder = root.join(FOLDER);
    std::fs::create_dir_all(&folder)?;
    let (package, version) = SERVICE_SPEC;
    let named = format!("{package}@{version}");
    let archive = format!("aws-cdk-aws-service-spec-{version}.tgz");
    output(Command::new("npm").args(["pack", "--silent", &named]).current_dir(&folder))?;
    let inner = "package/db.json.gz";
    output(Command::new("tar").args(["-xzf", &archive, inner]).current_dir(&folder))?;
    let text = output(Command::new("gzip").args(["-dc", inner]).current_dir(&folder))?;
    // Written under another name first: half a file must not look like the whole one.
    let half: PathBuf = file.with_extension("half");
    std::fs::write(&half, text)?;
    std::fs::rename(&half, file)?;
    Ok(())
}

fn output(command: &mut Command) -> Result<Vec<u8>> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.output();
    let output = output.with_context(|| format!("{program} can't be started: install it"))?;
    if !output.status.success() {
        bail!("{program}: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(output.stdout)
}
