//! Configuration sets as text: what is read, and that everything wrong is said at once.

use domain::amount::Notional;
use domain::{AccountKey, Quantity, Symbol};
use wire::configuration::{hash, is_sound, parse, render, sample};

#[test]
fn the_sample_is_marked_sound_and_reads_back() {
    let sample = sample();
    assert!(sample.sample && is_sound(&sample));
    assert_eq!(parse(&render(&sample)), Ok(sample.clone()));
    for symbol in ["ALC", "BOB", "CHAR"] {
        let symbol = Symbol::new(symbol).unwrap();
        assert!(sample.instrument(&symbol).is_some());
        assert_eq!(sample.route(&symbol).unwrap().venues[0].venue.as_str(), "XDEM");
    }
    assert!(sample.limits(AccountKey::of("ITCH-1")).is_some());
}

#[test]
fn the_order_of_tables_and_the_way_of_writing_dont_change_the_hash() {
    let instrument = |symbol: &str, quantity: &str| {
        let limits = format!("max_order_qty = {quantity}\nmax_order_notional = 5");
        format!("[[instrument]]\nsymbol = \"{symbol}\"\n{limits}\n")
    };
    let (one, two) = (instrument("A", "10"), instrument("B", "20"));
    let (as_text, other) = (instrument("B", "\"20.000\""), instrument("B", "21"));
    let first = parse(&format!("number = 1\n{one}{two}")).unwrap();
    let second = parse(&format!("number = 2\n{as_text}{one}")).unwrap();
    let third = parse(&format!("number = 1\n{one}{other}")).unwrap();
    assert_eq!(first.hash, second.hash);
    assert_ne!(first.hash, third.hash);
    assert_eq!(first.hash, hash(&first));
    assert!(first.any_account.is_none() && !first.sample);
}

#[test]
fn accounts_are_named_or_given_by_key() {
    let limits = "max_order_qty = \"0.5\"\nmax_order_notional = \"0.0000000000000001\"\n";
    let key = AccountKey::of("ITCH-7");
    let named = format!("number = 1\n[[account]]\naccount = \"ITCH-7\"\n{limits}");
    let keyed = format!("number = 1\n[[account]]\nkey = \"{:032x}\"\n{limits}", key.0);
    let set = parse(&named).unwrap();
    assert_eq!(parse(&keyed), Ok(set.clone()));
    let limits = set.limits(key).unwrap();
    assert_eq!(limits.max_order_qty, Quantity(50_000_000));
    assert_eq!(limits.max_order_notional, Notional(1));
    assert!(set.limits(AccountKey::of("ITCH-8")).is_none());
}

#[test]
fn everything_that_is_wrong_is_said_at_once_with_its_path() {
    let text = r#"
        number = 0
        colour = "red"
        [any_account]
        max_order_qty = 1.5
        [[instrument]]
        symbol = "NOT A SYMBOL"
        max_order_qty = -1
        max_order_notional = "1e9"
        [[instrument]]
        symbol = "A"
        reference_price = true
        max_order_qty = 99999999999
        max_order_notional = 1
        [[instrument]]
        symbol = "A"
        max_order_qty = 1
        max_order_notional = 1
        [[account]]
        account = "X"
        key = "00"
        max_order_qty = 1
        max_order_notional = 1
        [[route]]
        rule = 1
        venue = "xdem"
        [[route]]
        rule = 1
        venue = "XDEM"
    "#;
    let problems = parse(text).unwrap_err();
    let said: Vec<_> = problems.iter().map(|problem| problem.path.as_str()).collect();
    assert_eq!(
        said,
        [
            "number",
            "any_account.max_order_qty",
            "any_account.max_order_notional",
            "instrument[0].symbol",
            "instrument[0].max_order_qty",
            "instrument[0].max_order_notional",
            "instrument[1].reference_price",
            "instrument[1].max_order_qty",
            "instrument[2].symbol",
            "account[0].key",
            "route[0].venue",
            "route[1].rule",
            "colour",
        ]
    );
    let float = &problems[1];
    assert_eq!(
        float.to_string(),
        "any_account.max_order_qty: not exact: write it as text in quotes"
    );
}

#[test]
fn text_that_is_no_toml_is_one_problem_with_its_line() {
    let problems = parse("number = 1\n[[[").unwrap_err();
    assert_eq!(problems.len(), 1);
    assert!(problems[0].path.is_empty());
    assert!(problems[0].reason.contains("line 2"), "{}", problems[0]);
}
