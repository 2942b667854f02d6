//! Whether an argument of a state and a property of an account say the same.
//!
//! Entry points: [`same`].
//! Taken as the same: numbers and booleans written as text, a key's ARN and its id, documents
//! whatever their order and lists of one, and nothing where the state says false, 0 or empty.

use serde_json::Value;

/// Whether both say the same.
pub(super) fn same(wanted: &Value, there: &Value) -> bool {
    if there.is_null() {
        return is_nothing(wanted);
    }
    let (wanted, there) = (plain(wanted), plain(there));
    wanted == there || same_key(&wanted, &there)
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(flag) => !flag,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty() || text == "0" || text == "false",
        Value::Array(list) => list.is_empty(),
        Value::Object(fields) => fields.is_empty(),
    }
}

/// One spelling for what can be spelled in several.
fn plain(value: &Value) -> Value {
    match value {
        Value::Bool(flag) => Value::String(flag.to_string()),
        Value::Number(number) => {
            let whole = number.as_f64().filter(|number| number.fract() == 0.0);
            let text = whole.map_or_else(|| number.to_string(), |whole| format!("{whole:.0}"));
            Value::String(text)
        }
        Value::String(text) => match serde_json::from_str(text) {
            Ok(document @ (Value::Object(_) | Value::Array(_))) => plain(&document),
            _ => value.clone(),
        },
        Value::Array(list) if list.len() == 1 => plain(&list[0]),
        Value::Array(list) => {
            let mut list: Vec<Value> = list.iter().map(plain).collect();
            list.sort_by_key(Value::to_string);
            Value::Array(list)
        }
        Value::Object(fields) => {
            let fields = fields.iter().map(|(name, field)| (name.clone(), plain(field)));
            Value::Object(fields.collect())
        }
        Value::Null => Value::Null,
    }
}

/// A key is named by its ARN here and by its id there.
fn same_key(wanted: &Value, there: &Value) -> bool {
    let (Some(wanted), Some(there)) = (wanted.as_str(), there.as_str()) else { return false };
    let id = |name: &str| name.rsplit_once(":key/").map(|(_, id)| id.to_owned());
    match (id(wanted), id(there)) {
        (Some(wanted), None) => wanted == there,
        (None, Some(there)) => wanted == there,
        _ => false,
    }
}

#[cfg(test)]
mod checks {
    use serde_json::json;

    use super::same;

    #[test]
    fn the_same_in_another_spelling_is_the_same() {
        let key = "arn:aws:kms:eu-west-1:123456789012:key/1111";
        let policy = r#"{"Version":"2012-10-17","Statement":[{"Action":"s3:GetObject"}]}"#;
        let document = json!({
            "Statement": { "Action": ["s3:GetObject"] }, "Version": "2012-10-17",
        });
        for (wanted, there) in [
            (json!(true), json!("true")),
            (json!(30), json!("30")),
            (json!(1), json!(1.0)),
            (json!(key), json!("1111")),
            (json!(policy), document),
            (json!(["a", "b"]), json!(["b", "a"])),
            (json!(false), json!(null)),
        ] {
            assert!(same(&wanted, &there), "{wanted} {there}");
        }
    }

    #[test]
    fn what_differs_is_never_the_same() {
        let keys = ["arn:aws:kms:eu-west-1:1:key/1111", "arn:aws:kms:eu-west-1:2:key/1111"];
        for (wanted, there) in [
            (json!(true), json!(null)),
            (json!(true), json!(false)),
            (json!(keys[0]), json!(keys[1])),
            (json!(keys[0]), json!("2222")),
            (json!("COMPLIANCE"), json!("GOVERNANCE")),
            (json!({ "a": 1 }), json!({ "a": 1, "b": 2 })),
        ] {
            assert!(!same(&wanted, &there), "{wanted} {there}");
        }
    }
}
