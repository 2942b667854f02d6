//! What the configuration says, which neither a plan nor a state can tell.
//!
//! Entry points: [`Written::of`], [`Written::expressions`].
//! An argument that is optional and computed reads the same whether it is set to something new or
//! left out; only the plan's `configuration` knows. An argument that is handed a variable is
//! written when the variable's caller writes it, up to the root.
//! It doesn't see into `dynamic` blocks, which `configuration` leaves out.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// The `configuration` of a plan, by resource.
pub(super) struct Written {
    resources: BTreeMap<String, Value>,
}

/// A module, with what its caller gives it.
struct Scope<'a> {
    module: &'a Value,
    given: &'a Value,
    caller: Option<&'a Scope<'a>>,
}

impl Written {
    /// Reads the plan's `configuration`.
    pub(super) fn of(plan: &Value) -> Self {
        let mut resources = BTreeMap::new();
        let module = &plan["configuration"]["root_module"];
        collect(&Scope { module, given: &Value::Null, caller: None }, "", &mut resources);
        Self { resources }
    }

    /// Arguments that a resource's configuration writes: `true` for each, blocks by their own
    /// arguments. `None` for an address that the configuration doesn't know.
    pub(super) fn expressions(&self, address: &str) -> Option<&Value> {
        self.resources.get(&without_keys(address))
    }
}

fn collect(scope: &Scope<'_>, prefix: &str, found: &mut BTreeMap<String, Value>) {
    for resource in scope.module["resources"].as_array().into_iter().flatten() {
        let address = resource["address"].as_str().unwrap_or_default();
        let expressions = arguments(&resource["expressions"], scope);
        found.insert(format!("{prefix}{address}"), expressions);
    }
    for (name, call) in scope.module["module_calls"].as_object().into_iter().flatten() {
        let given = &call["expressions"];
        let inner = Scope { module: &call["module"], given, caller: Some(scope) };
        collect(&inner, &format!("{prefix}module.{name}."), found);
    }
}

/// The written ones of a block's arguments.
fn arguments(block: &Value, scope: &Scope<'_>) -> Value {
    let mut written = Map::new();
    for (name, expression) in block.as_object().into_iter().flatten() {
        match expression {
            Value::Array(blocks) => {
                let blocks = blocks.iter().map(|block| arguments(block, scope)).collect();
                _ = written.insert(name.clone(), Value::Array(blocks));
            }
            _ if is_expression(expression) => {
                if says_something(expression, scope) {
                    _ = written.insert(name.clone(), Value::Bool(true));
                }
            }
            _ => _ = written.insert(name.clone(), arguments(expression, scope)),
        }
    }
    Value::Object(written)
}

/// An expression, and no block of expressions.
fn is_expression(value: &Value) -> bool {
    value.as_object().is_some_and(|object| {
        object.is_empty()
            || object.contains_key("constant_value")
            || object.get("references").is_some_and(Value::is_array)
    })
}

/// Whether an expression is anything but null; what can't be known counts as something.
fn says_something(expression: &Value, scope: &Scope<'_>) -> bool {
    if let Some(constant) = expression.get("constant_value") {
        return !constant.is_null();
    }
    let names: Vec<&str> = expression["references"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    // `var.a.b` is listed with `var.a` behind it; one variable alone is a value handed on.
    let Some(last) = names.last().and_then(|name| name.strip_prefix("var.")) else { return true };
    if names.iter().any(|name| !name.starts_with(&format!("var.{last}"))) {
        return true;
    }
    let variable = last.split(['.', '[']).next().unwrap_or(last);
    if let Some(given) = scope.given.get(variable) {
        return scope.caller.is_none_or(|caller| says_something(given, caller));
    }
    // Not given: a variable without a default is an input of the root.
    scope.module["variables"][variable].get("default").is_none_or(|default| !default.is_null())
}

/// An address without the keys of its instances: `a.b["c"].d[0]` is `a.b.d`.
pub(super) fn without_keys(address: &str) -> String {
    let mut bare = String::new();
    let (mut inside, mut quoted) = (false, false);
    for letter in address.chars() {
        match letter {
            '"' if inside => quoted = !quoted,
            '[' if !quoted => inside = true,
            ']' if !quoted => inside = false,
            _ if !inside => bare.push(letter),
            _ => {}
        }
    }
    bare
}

#[cfg(test)]
mod checks {
    use serde_json::json;

    use super::{Written, without_keys};

    #[test]
    fn an_address_loses_its_keys_and_nothing_else() {
        assert_eq!(without_keys("module.a[0].b.c[\"d.[e]\"]"), "module.a.b.c");
    }

    #[test]
    fn a_variable_that_no_caller_gives_is_not_written() {
        let database = json!({ "address": "aws_db_instance.this", "expressions": {
            "kms_key_id": { "references": ["var.key"] },
            "engine": { "references": ["var.engine"] },
            "port": { "constant_value": null },
            "storage": [{ "type": { "constant_value": "gp3" }, "key": { "constant_value": null } }],
        }});
        let module = json!({
            "resources": [database],
            "variables": { "key": { "default": null }, "engine": {} },
        });
        let call = |given| {
            json!({ "configuration": { "root_module": { "module_calls": {
                "db": { "expressions": given, "module": module },
            }}}})
        };
        let bare = Written::of(&call(json!({ "engine": { "constant_value": "postgres" } })));
        let bare = bare.expressions("module.db[0].aws_db_instance.this").expect("it is there");
        assert_eq!(*bare, json!({ "engine": true, "storage": [{ "type": true }] }));
        let keyed =
            json!({ "key": { "references": ["aws_kms_key.this.arn", "aws_kms_key.this"] } });
        let keyed = Written::of(&call(keyed));
        let keyed = keyed.expressions("module.db.aws_db_instance.this").expect("it is there");
        assert_eq!(keyed["kms_key_id"], true);
    }
}
