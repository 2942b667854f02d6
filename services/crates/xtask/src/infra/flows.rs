//! Sample records of flow logs, and which filter each must meet.
//!
//! Entry points: [`compare`].
//! The patterns are those of a page's plan. Only what they use of CloudWatch's space-delimited
//! syntax is read: names in brackets, `=`, `>` and `<` with a value, `...` for the rest.

use serde_json::Value;

use super::Tally;
use super::plans;

/// Records in the order of the fields that `infra/modules/network` asks for, each with the filters
/// that it meets.
const SAMPLES: [(&str, &[&str]); 8] = [
    ("5 123456789012 eni-1 10.0.0.9 10.0.1.9 50000 22 6 9 900 1 2 ACCEPT OK v s z 2", &["ssh"]),
    ("5 123456789012 eni-1 10.0.0.9 10.0.1.9 50000 3389 6 9 900 1 2 ACCEPT OK v s z 2", &["rdp"]),
    (
        "5 123456789012 eni-1 10.0.0.9 10.0.1.9 50000 22 6 9 900 1 2 REJECT OK v s z 18",
        &["rejected"],
    ),
    (
        "5 123456789012 eni-1 10.0.0.9 10.0.1.9 50000 8443 6 1 40 1 2 REJECT OK v s z 2",
        &["rejected", "port-scan"],
    ),
    (
        "5 123456789012 eni-1 10.0.0.9 10.0.1.9 50000 443 6 9000 2147483648 1 2 ACCEPT OK v s z 2",
        &["large-transfer"],
    ),
    ("5 123456789012 eni-1 10.0.0.9 10.0.1.9 22 50000 6 9 900 1 2 ACCEPT OK v s z 2", &[]),
    ("5 123456789012 eni-1 10.0.0.9 10.0.1.9 50000 22 17 9 900 1 2 ACCEPT OK v s z 0", &[]),
    ("5 123456789012 eni-1 - - - - - - - 1 2 - NODATA - - - -", &[]),
];

/// Counts whether every sample meets the filters that it should, and no other.
pub(super) fn compare(plan: &Value, tally: &mut Tally) {
    let filters: Vec<(&str, &str)> = plans::resources(plan)
        .into_iter()
        .filter(|resource| resource["type"] == "aws_cloudwatch_log_metric_filter")
        .filter_map(|resource| {
            let pattern = resource["values"]["pattern"].as_str()?;
            let flow = pattern.contains("destination_port");
            flow.then_some((resource["index"].as_str()?, pattern))
        })
        .collect();
    let mut good = filters.len() == 5;
    for (record, expected) in SAMPLES {
        for (name, pattern) in &filters {
            if meets(pattern, record) != expected.contains(name) {
                println!("xtask infra: filter {name} is wrong about {record}");
                good = false;
            }
        }
    }
    tally.count("flow-log filters match their sample records", good);
}

/// Whether a record meets a pattern such as `[version, port=22, ...]`.
fn meets(pattern: &str, record: &str) -> bool {
    let fields: Vec<&str> = record.split(' ').collect();
    let terms = pattern.trim_start_matches('[').trim_end_matches(']').split(", ");
    let terms: Vec<&str> = terms.collect();
    let open = terms.last() == Some(&"...");
    let named = if open { terms.len() - 1 } else { terms.len() };
    let fits = if open { fields.len() >= named } else { fields.len() == named };
    fits && terms.iter().zip(&fields).take(named).all(|(term, field)| holds(term, field))
}

fn holds(term: &str, field: &str) -> bool {
    let Some(at) = term.find(['=', '>', '<']) else { return true };
    let (sign, value) = (&term[at..=at], &term[at + 1..]);
    let numbers = (field.parse::<u64>(), value.parse::<u64>());
    match (sign, numbers) {
        ("=", _) => field == value,
        (">", (Ok(field), Ok(value))) => field > value,
        ("<", (Ok(field), Ok(value))) => field < value,
        _ => false,
    }
}

#[cfg(test)]
mod checks {
    use super::meets;

    #[test]
    fn a_pattern_looks_at_fields_by_their_place() {
        assert!(meets("[a, port=22, bytes>5, ...]", "x 22 6 rest"));
        assert!(!meets("[a, port=22, bytes>5, ...]", "22 x 6"));
        assert!(!meets("[a, port=22, bytes>5, ...]", "x 22 -"));
        assert!(!meets("[a, port=22]", "x 22 6"));
    }
}
