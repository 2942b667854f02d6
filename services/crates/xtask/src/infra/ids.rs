//! What AWS makes up and no name gives, handed from one stack to the next as `ids.json`.
//!
//! Entry points: [`given`], [`pass_on`], [`problems`].
//! A stack's `ids.example.json` says what it takes; each key comes from the output `ids` of a stack
//! that it needs. A key that none of these puts out, or two do, is a mistake in the order.
//! The files are committed: a plan of one stack then needs no other stack's state.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde_json::{Map, Value};

use super::live::{LIVE, Live, Stack};

const EXAMPLE: &str = "ids.example.json";
const FILE: &str = "ids.json";

/// What a stack takes, by the example beside it.
fn taken(root: &Path, stack: &Stack) -> Result<Map<String, Value>> {
    object(&root.join(LIVE).join(&stack.name).join(EXAMPLE))
}

fn object(path: &Path) -> Result<Map<String, Value>> {
    let what = || path.display().to_string();
    let text = std::fs::read_to_string(path).with_context(what)?;
    serde_json::from_str(&text).with_context(what)
}

/// The file with a stack's ids, by the name that `var.ids_file` takes; its example when the stacks
/// before it weren't applied and nothing but a plan is asked for.
pub(super) fn given(root: &Path, stack: &Stack, plan_only: bool) -> Result<&'static str> {
    let taken = taken(root, stack)?;
    let Ok(there) = object(&root.join(LIVE).join(&stack.name).join(FILE)) else {
        let reason = "apply the stacks before it first";
        ensure!(plan_only || taken.is_empty(), "{} has no {FILE}: {reason}", stack.name);
        return Ok(EXAMPLE);
    };
    for (key, example) in &taken {
        let value = there.get(key);
        let shaped = value.is_some_and(|value| shape(value) == shape(example));
        ensure!(shaped, "{}/{FILE}: {key} must be as in {EXAMPLE}", stack.name);
    }
    Ok(FILE)
}

/// Writes what a stack put out into the folders of those that need it; the names of these.
pub(super) fn pass_on(root: &Path, live: &Live, from: &Stack, ids: &Value) -> Result<Vec<String>> {
    let mut written = Vec::new();
    for stack in live.stacks.iter().filter(|stack| stack.needs.contains(&from.name)) {
        let path = root.join(LIVE).join(&stack.name).join(FILE);
        let mut kept = if path.is_file() { object(&path)? } else { Map::new() };
        for key in taken(root, stack)?.keys() {
            if let Some(value) = ids.get(key) {
                kept.insert(key.clone(), value.clone());
            }
        }
        std::fs::write(&path, format!("{}\n", serde_json::to_string_pretty(&kept)?))?;
        written.push(stack.name.clone());
    }
    Ok(written)
}

/// Keys that a stack takes and the plans of those before it don't put out in that shape.
pub(super) fn problems(
    root: &Path,
    live: &Live,
    plans: &BTreeMap<String, Value>,
) -> Result<Vec<String>> {
    let mut problems = Vec::new();
    for stack in &live.stacks {
        for (key, example) in taken(root, stack)? {
            let makers = stack.needs.iter().filter(|need| {
                let output = plans.get(*need).map(|plan| &plan["output_changes"]["ids"]);
                output.is_some_and(|ids| put_out(ids, &key).contains(&shape(&example)))
            });
            let makers: Vec<&String> = makers.collect();
            if makers.len() != 1 {
                problems.push(format!("{}: {key} is put out by {makers:?}", stack.name));
            }
        }
    }
    Ok(problems)
}

/// Shapes of a key in a planned output: as far as known, and as far as known after the apply.
fn put_out(output: &Value, key: &str) -> Vec<Vec<String>> {
    let mut shapes = Vec::new();
    for side in ["after", "after_unknown"] {
        match &output[side][key] {
            Value::Null | Value::Bool(false) => {}
            Value::Bool(true) => shapes.push(vec![String::new()]),
            value => shapes.push(shape(value)),
        }
    }
    shapes
}

/// Keys of an object, in their order, one empty for anything else: what an example and the real
/// value share.
fn shape(value: &Value) -> Vec<String> {
    match value {
        Value::Object(fields) => {
            let mut keys: Vec<String> = fields.keys().cloned().collect();
            keys.sort();
            keys
        }
        _ => vec![String::new()],
    }
}

#[cfg(test)]
mod checks {
    use std::path::PathBuf;

    use serde_json::json;

    use super::{given, object, pass_on};
    use crate::infra::copy;
    use crate::infra::live::{LIVE, Live};

    #[test]
    fn a_stack_gets_what_it_takes_and_no_more() {
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../..");
        let root = copy::tree(&root, "ids").expect("a copy");
        let live = Live::read(&root).expect("stacks.json can be read");
        let stack = |name: &str| live.stack(name).expect("it is listed").clone();
        let (global, pair, page) =
            (stack("prod/global"), stack("prod/pair-eu"), stack("prod/eu-west-1"));
        assert!(given(&root, &page, false).is_err(), "the stacks before it come first");
        assert_eq!(given(&root, &page, true).expect("a plan"), "ids.example.json");
        assert_eq!(given(&root, &global, false).expect("it takes nothing"), "ids.example.json");

        let out = json!({ "zone_id": "Z1", "other": "x" });
        let written = pass_on(&root, &live, &global, &out).expect("the files can be written");
        let pages = ["us-east-1", "us-west-2", "eu-west-1", "eu-central-1", "eu-west-2"];
        assert_eq!(written, pages.map(|page| format!("prod/{page}")));
        assert!(given(&root, &page, false).is_err(), "the pair's keys are missing");

        let keys = json!({ "eu-west-1": "a", "eu-central-1": "b" });
        let out = json!({ "shared_key_arns": keys });
        pass_on(&root, &live, &pair, &out).expect("the files can be written");
        let path = root.join(LIVE).join("prod/eu-west-1/ids.json");
        let there = object(&path).expect("it was written");
        assert_eq!(json!(there), json!({ "zone_id": "Z1", "shared_key_arns": keys }));
        assert_eq!(given(&root, &page, false).expect("all is there"), "ids.json");
    }
}
