//! Limits that span lanes, as text.

use std::collections::BTreeSet;
use std::fmt::Write;

use domain::scope::ALL_TARGET;
use domain::{Measure, Notional, Scope, Spanning, Text};

use super::Problem;
use super::render::quoted;
use super::table::Keys;

/// Reads them; they are sorted by name.
pub(super) fn read(tables: Vec<Keys>, problems: &mut Vec<Problem>) -> Vec<Spanning> {
    let mut limits = Vec::with_capacity(tables.len());
    let mut seen = BTreeSet::new();
    for mut keys in tables {
        let name = named(&mut keys, "name", problems);
        if !name.is_empty() && !seen.insert(name) {
            keys.problem("name", "stands twice: keep one", problems);
        }
        let scope = keys.text("scope", problems).and_then(|scope| Scope::of_name(&scope));
        if scope.is_none() {
            let names: Vec<_> = Scope::ALL.iter().map(|scope| scope.name()).collect();
            keys.problem("scope", &format!("must be one of {}", names.join(", ")), problems);
        }
        let scope = scope.unwrap_or(Scope::All);
        let target = match scope {
            Scope::All => Text::new(ALL_TARGET).unwrap_or_default(),
            _ => named(&mut keys, "target", problems),
        };
        let measure = keys.text("measure", problems).unwrap_or_default();
        let measure = Measure::ALL.iter().find(|known| known.0 == measure).map(|known| known.1);
        if measure.is_none() {
            keys.problem("measure", "must be open, gross or net", problems);
        }
        let measure = measure.unwrap_or(Measure::Open);
        let in_shares = keys.flag("shares", problems);
        let amount = keys.total("amount", problems);
        keys.finish(problems);
        limits.push(Spanning { name, scope, target, measure, in_shares, amount });
    }
    limits.sort_by_key(|limit: &Spanning| limit.name);
    limits
}

/// Writes them.
pub(super) fn write(limits: &[Spanning], text: &mut String) -> std::fmt::Result {
    for limit in limits {
        writeln!(text, "\n[[limit]]\nname = {}", quoted(limit.name.as_str()))?;
        writeln!(text, "scope = {}", quoted(limit.scope.name()))?;
        if limit.scope != Scope::All {
            writeln!(text, "target = {}", quoted(limit.target.as_str()))?;
        }
        writeln!(text, "measure = {}", quoted(limit.measure.name()))?;
        if limit.in_shares {
            writeln!(text, "shares = true")?;
        }
        writeln!(text, "amount = \"{}\"", Notional(limit.amount))?;
    }
    Ok(())
}

fn named(keys: &mut Keys, key: &str, problems: &mut Vec<Problem>) -> Text<32> {
    let text = keys.text(key, problems).unwrap_or_default();
    let is_name = crate::orders::is_identity(&text);
    let name = Text::new(&text).filter(|_| is_name);
    if name.is_none() {
        let reason = "must be 1 to 32 printable ASCII characters without spaces";
        keys.problem(key, reason, problems);
    }
    name.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::{hash, parse, render, sample};
    use super::*;

    #[test]
    fn limits_are_read_as_they_are_written_and_what_is_wrong_is_named() {
        let limit = |name: &str, scope, target: &str, measure| Spanning {
            name: Text::new(name).unwrap(),
            scope,
            target: Text::new(target).unwrap(),
            measure,
            in_shares: measure == Measure::Net,
            amount: 15 * 10_i128.pow(15),
        };
        let mut set = sample();
        let before = set.hash;
        set.spanning = vec![
            limit("all", Scope::All, ALL_TARGET, Measure::Gross),
            limit("firm", Scope::Firm, "F-1", Measure::Net),
        ];
        set.hash = hash(&set);
        assert_ne!(set.hash, before);
        assert_eq!(parse(&render(&set)), Ok(set.clone()));
        let wrong = render(&set).replace("\"firm\"", "\"bank\"").replace("net", "some");
        let problems = parse(&wrong).unwrap_err();
        let paths: Vec<_> = problems.iter().map(|problem| &*problem.path).collect();
        assert!(paths.contains(&"limit[1].scope"), "{paths:?}");
        assert!(paths.contains(&"limit[1].measure"), "{paths:?}");
    }
}
