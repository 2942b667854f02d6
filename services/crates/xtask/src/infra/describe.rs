//! What a component of a stack will be: the arguments of its resources, as the plan resolves them.
//!
//! Entry points: [`run`].
//! A value that AWS makes up is left out.

use std::path::Path;

use anyhow::Result;
use serde_json::Value;

use super::Tally;
use super::live::Live;
use super::plans;
use super::terraform::Terraform;

/// Prints a stack's components, or the resources of one of them.
pub(super) fn run(
    terraform: &Terraform,
    root: &Path,
    stack: &str,
    component: Option<&str>,
    tally: &mut Tally,
) -> Result<()> {
    let folder = Live::read(root)?.stack(stack)?.path();
    let Some(plan) = plans::one(terraform, root, &folder)? else {
        tally.count(&format!("plan {stack}"), false);
        return Ok(());
    };
    let mut shown = 0;
    let mut components = std::collections::BTreeMap::<&str, usize>::new();
    for resource in plans::resources(&plan) {
        let address = resource["address"].as_str().unwrap_or_default();
        // module.cell.module.<component>[0]...: the page's one module, then the component.
        let name = address.split('.').nth(3).unwrap_or(address);
        let name = name.split('[').next().unwrap_or(name);
        *components.entry(name).or_default() += 1;
        if component == Some(name) && resource["mode"] == "managed" {
            shown += 1;
            println!("{address}");
            for (argument, value) in resource["values"].as_object().into_iter().flatten() {
                if !empty(value) {
                    println!("  {argument} = {value}");
                }
            }
        }
    }
    if component.is_none() {
        for (name, resources) in &components {
            println!("{name}: {resources} resources");
        }
    }
    tally.count(&format!("describe {stack}"), component.is_none() || shown > 0);
    Ok(())
}

/// Whether a value says nothing.
fn empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(values) => values.is_empty(),
        Value::Object(values) => values.is_empty(),
        _ => false,
    }
}
