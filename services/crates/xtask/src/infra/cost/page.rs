//! The cost table as a page, and the difference of two as a comment.
//!
//! Entry points: [`table`], [`page`], [`difference`].

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use anyhow::Result;

use super::billed::Bill;
use super::prices::{FILE, Prices};

/// Each stack's bill.
pub(super) type Bills = BTreeMap<String, Bill>;

/// USD a month of a bill.
pub(super) fn total(bill: &Bill, prices: &Prices) -> Result<f64> {
    let mut usd = 0.0;
    for ((region, name), number) in bill {
        usd += number * prices.usd(name, region)?;
    }
    Ok(usd)
}

/// The page: what each stack costs a month, of what, at which prices.
pub(super) fn page(bills: &Bills, prices: &Prices) -> Result<String> {
    let date = &prices.date;
    let mut text = format!(
        "# Cost

Made by `cargo xtask infra cost --write` from every stack's plan and `{FILE}`; don't edit.
Prices as of {date} in USD, on demand, without taxes, discounts and support.
Each stands there with AWS's page of it and where it was seen, or as unconfirmed.
AWS's own list couldn't be read where they were written down: look before you rely on one.

Counted is what is billed for being there, by hours (730 a month) and months.
What is billed by use isn't: see the end.

## By stack

"
    );
    text.push_str(&table(bills, prices)?);
    text.push_str("\n## By item\n");
    for (stack, bill) in bills {
        write!(
            text,
            "\n### {stack}\n\n| item | Region | number | USD a month |\n|---|---|---:|---:|\n"
        )?;
        for ((region, name), number) in bill {
            let usd = number * prices.usd(name, region)?;
            writeln!(text, "| {name} | {region} | {number} | {usd:.2} |")?;
        }
    }
    text.push_str("\n## Where the prices are from\n\n| item | page | seen |\n|---|---|---|\n");
    for (name, price) in &prices.listed {
        let seen = match &price.seen {
            Some(seen) => format!("{}: <{seen}>", price.seen_in.join(", ")),
            None => "unconfirmed".to_owned(),
        };
        writeln!(text, "| {name} | <{}> | {seen} |", price.page)?;
    }
    text.push_str("\n## Billed by use, not counted\n\n| type | by |\n|---|---|\n");
    for (kind, by) in &prices.usage {
        writeln!(text, "| `{kind}` | {by} |")?;
    }
    Ok(text)
}

/// What each stack costs a month, and all of them.
pub(super) fn table(bills: &Bills, prices: &Prices) -> Result<String> {
    let mut text = "| stack | USD a month |\n|---|---:|\n".to_owned();
    let mut sum = 0.0;
    for (stack, bill) in bills {
        let usd = total(bill, prices)?;
        sum += usd;
        writeln!(text, "| {stack} | {usd:.2} |")?;
    }
    writeln!(text, "| all | {sum:.2} |")?;
    Ok(text)
}

/// What changes from one set of bills to another: a table, or a sentence.
pub(super) fn difference(before: &Bills, after: &Bills, prices: &Prices) -> Result<String> {
    let mut rows = String::new();
    let mut sum = 0.0;
    let empty = Bill::new();
    let stacks: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    for stack in stacks {
        let old = before.get(stack).unwrap_or(&empty);
        let new = after.get(stack).unwrap_or(&empty);
        let items: BTreeSet<_> = old.keys().chain(new.keys()).collect();
        for item in items {
            let (was, is) = (old.get(item).unwrap_or(&0.0), new.get(item).unwrap_or(&0.0));
            if was == is {
                continue;
            }
            let (region, name) = item;
            let usd = (is - was) * prices.usd(name, region)?;
            sum += usd;
            writeln!(rows, "| {stack} | {name} | {region} | {was} | {is} | {usd:+.2} |")?;
        }
    }
    if rows.is_empty() {
        return Ok("The cost of what is there doesn't change.\n".to_owned());
    }
    let head =
        "| stack | item | Region | before | after | USD a month |\n|---|---|---|---:|---:|---:|";
    Ok(format!("{head}\n{rows}| all | | | | | {sum:+.2} |\n"))
}
