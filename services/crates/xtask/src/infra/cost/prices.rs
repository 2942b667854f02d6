//! The price file: what each thing costs in each Region, and which types cost nothing.
//!
//! Entry points: [`Prices::read`], [`Prices::usd`].
//! A price is for an hour or a month, in USD before taxes and discounts, each with the page that
//! AWS publishes it on and where it was seen, or that it wasn't.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result, ensure};
use toml::{Table, Value};

/// Where the file lies, from the root.
pub(super) const FILE: &str = "infra/docs/prices.toml";

/// Hours of a month, as AWS's own calculator counts them.
const HOURS_OF_A_MONTH: f64 = 730.0;

/// All prices.
#[derive(Debug)]
pub(super) struct Prices {
    /// The day that they were written down.
    pub(super) date: String,
    /// Each by its name, such as `nat.gateway`.
    pub(super) listed: BTreeMap<String, Price>,
    /// Types that cost nothing.
    pub(super) free: BTreeSet<String>,
    /// Types billed by what is done with them, each with by what.
    pub(super) usage: BTreeMap<String, String>,
}

/// One price.
#[derive(Debug)]
pub(super) struct Price {
    /// USD by Region; `all` for the same everywhere.
    usd: BTreeMap<String, f64>,
    hourly: bool,
    /// Page that AWS publishes it on.
    pub(super) page: String,
    /// Where it was read for at least the Regions of `seen_in`; none are unconfirmed.
    pub(super) seen: Option<String>,
    pub(super) seen_in: Vec<String>,
}

impl Prices {
    /// Reads the file; every price must say its page and its unit.
    pub(super) fn read(root: &Path) -> Result<Self> {
        Self::parse(&std::fs::read_to_string(root.join(FILE)).context(FILE)?).context(FILE)
    }

    pub(super) fn parse(text: &str) -> Result<Self> {
        let data: Table = text.parse()?;
        let date = data.get("date").and_then(Value::as_str).context("no date")?.to_owned();
        let mut listed = BTreeMap::new();
        for (name, price) in data.get("prices").and_then(Value::as_table).context("no prices")? {
            listed.insert(name.clone(), Price::parse(price).with_context(|| name.clone())?);
        }
        let words = |key: &str| data.get(key).and_then(Value::as_array).into_iter().flatten();
        let free = words("free").filter_map(Value::as_str).map(str::to_owned).collect();
        let usage = data.get("usage").and_then(Value::as_table).into_iter().flatten();
        let usage = usage.filter_map(|(kind, by)| Some((kind.clone(), by.as_str()?.to_owned())));
        Ok(Self { date, listed, free, usage: usage.collect() })
    }

    /// USD a month of one of a thing in a Region.
    pub(super) fn usd(&self, name: &str, region: &str) -> Result<f64> {
        let price = self.listed.get(name).with_context(|| format!("{FILE} has no {name}"))?;
        let usd = price.usd.get(region).or_else(|| price.usd.get("all"));
        let usd = *usd.with_context(|| format!("{FILE} has no {name} in {region}"))?;
        Ok(if price.hourly { usd * HOURS_OF_A_MONTH } else { usd })
    }
}

impl Price {
    fn parse(price: &Value) -> Result<Self> {
        let text = |key: &str| price.get(key).and_then(Value::as_str);
        let unit = text("unit").context("no unit")?;
        ensure!(["hour", "month"].contains(&unit), "unit must be hour or month");
        let page = text("page").context("no page")?.to_owned();
        ensure!(page.starts_with("https://aws.amazon.com/"), "page must be AWS's");
        let mut usd = BTreeMap::new();
        for (region, value) in price.get("usd").and_then(Value::as_table).context("no usd")? {
            usd.insert(region.clone(), value.as_float().context("usd must be numbers")?);
        }
        let seen = text("seen").context("no seen: an address, or unconfirmed")?;
        let seen = Some(seen).filter(|seen| *seen != "unconfirmed").map(str::to_owned);
        let seen_in = price.get("seen_in").and_then(Value::as_array).into_iter().flatten();
        let seen_in: Vec<String> = seen_in.filter_map(Value::as_str).map(str::to_owned).collect();
        ensure!(seen.is_some() != seen_in.is_empty(), "seen and seen_in belong together");
        Ok(Self { usd, hourly: unit == "hour", page, seen, seen_in })
    }
}
