//! What the stacks cost a month, computed from their plans and a price file.
//!
//! Entry points: [`compare`], [`run`], [`difference`].
//! The page is `infra/docs/cost.md`; it must read as the plans of the example inputs say. A
//! difference is that of real plans: what is there before against what is there after.
//! It knows what is there, not what is done with it: bytes, requests and minutes aren't counted.

mod billed;
mod page;
mod prices;

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

use super::Tally;
use super::live::{Live, Stack};
use super::plans;
use super::terraform::Terraform;
use billed::Side;
use page::Bills;
use prices::Prices;

/// Where the page lies, from the root.
const PAGE: &str = "infra/docs/cost.md";

/// The page that is to be the cheapest: one zone's NAT gateway, no hot pool.
const CHEAP: &str = "dev/eu-west-1";

/// Region of what an account has once.
const ACCOUNT: &str = "us-east-1";

/// Holds the page against the plans.
pub(super) fn compare(
    root: &Path,
    live: &Live,
    plans: &BTreeMap<String, Value>,
    tally: &mut Tally,
) -> Result<()> {
    let there = std::fs::read_to_string(root.join(PAGE)).unwrap_or_default();
    let prices = Prices::read(root)?;
    let computed = bills(live, plans, Side::After, &prices).and_then(|bills| {
        tally.count(&format!("{CHEAP} is the cheapest page"), cheapest(live, &bills, &prices)?);
        page::page(&bills, &prices)
    });
    if let Err(error) = &computed {
        println!("xtask infra: {error:#}");
    }
    let same = computed.is_ok_and(|page| page == there);
    tally.count(&format!("{PAGE} is computed: run `cargo xtask infra cost --write`"), same);
    Ok(())
}

/// Whether no page costs less than the cheap one, which has one NAT gateway and nothing reserved.
fn cheapest(live: &Live, bills: &Bills, prices: &Prices) -> Result<bool> {
    let Some(cheap) = bills.get(CHEAP) else { return Ok(false) };
    let mut least = cheap.iter().all(|((_, name), number)| {
        !name.starts_with("c7i.") && (name != "nat.gateway" || *number <= 1.0)
    });
    for stack in live.stacks.iter().filter(|stack| stack.is_page() && stack.name != CHEAP) {
        let other = bills.get(&stack.name).context(stack.name.clone())?;
        least &= page::total(cheap, prices)? < page::total(other, prices)?;
    }
    Ok(least)
}

/// Plans the stacks and prints what each costs; with `write` also into the page.
pub(super) fn run(
    terraform: &Terraform,
    root: &Path,
    write: bool,
    tally: &mut Tally,
) -> Result<()> {
    let live = Live::read(root)?;
    let mut plans = BTreeMap::new();
    for stack in &live.stacks {
        let plan = plans::one(terraform, root, &stack.path())?;
        tally.count(&format!("plan {}", stack.name), plan.is_some());
        plans.insert(stack.name.clone(), plan.unwrap_or_default());
    }
    let prices = Prices::read(root)?;
    let bills = bills(&live, &plans, Side::After, &prices)?;
    print!("{}", page::table(&bills, &prices)?);
    if write {
        std::fs::write(root.join(PAGE), page::page(&bills, &prices)?)?;
    }
    Ok(())
}

/// What changes by the plans in a folder, JSON files named as [`plans::file`] names them: a table.
///
/// # Errors
/// When the folder has no stack's plan, or something in one has no price.
pub(super) fn difference(root: &Path, folder: &Path) -> Result<String> {
    let live = Live::read(root)?;
    let prices = Prices::read(root)?;
    let mut plans = BTreeMap::new();
    for stack in &live.stacks {
        let path = folder.join(plans::file(&stack.path()));
        if path.is_file() {
            let plan = serde_json::from_slice(&std::fs::read(&path)?);
            plans.insert(stack.name.clone(), plan.with_context(|| path.display().to_string())?);
        }
    }
    anyhow::ensure!(!plans.is_empty(), "{} has no stack's plan", folder.display());
    let before = bills(&live, &plans, Side::Before, &prices)?;
    let after = bills(&live, &plans, Side::After, &prices)?;
    page::difference(&before, &after, &prices)
}

/// Each planned stack's bill.
fn bills(
    live: &Live,
    plans: &BTreeMap<String, Value>,
    side: Side,
    prices: &Prices,
) -> Result<Bills> {
    let mut bills = Bills::new();
    for stack in &live.stacks {
        let Some(plan) = plans.get(&stack.name) else { continue };
        let changes = side.of(plan);
        let needed = stack.needs.iter().filter_map(|need| plans.get(need));
        let gb = needed.filter_map(|plan| billed::database_gb(&side.of(plan))).next();
        let bill = billed::billed(&changes, region(stack), prices, gb.unwrap_or(0.0));
        bills.insert(stack.name.clone(), bill.with_context(|| stack.name.clone())?);
    }
    Ok(bills)
}

fn region(stack: &Stack) -> &str {
    if stack.is_page() { stack.place() } else { ACCOUNT }
}

#[cfg(test)]
mod checks {
    use std::collections::BTreeMap;
    use std::path::Path;

    use serde_json::{Value, json};

    use super::billed::{Bill, Side, billed};
    use super::page::{difference, total};
    use super::prices::Prices;
    use super::{CHEAP, Live, cheapest};

    const PRICES: &str = r#"
date = "2026-11-21"
free = ["aws_subnet"]

[usage]
aws_s3_bucket = "bytes and requests"

[prices."nat.gateway"]
unit = "hour"
page = "https://aws.amazon.com/vpc/pricing/"
seen = "unconfirmed"
usd = { us-east-1 = 0.045, eu-west-1 = 0.048 }

[prices."c7i.8xlarge"]
unit = "hour"
page = "https://aws.amazon.com/ec2/pricing/on-demand/"
seen = "unconfirmed"
usd = { all = 1.5 }

[prices."ebs.gp3"]
unit = "month"
page = "https://aws.amazon.com/ebs/pricing/"
seen = "https://example.com/"
seen_in = ["us-east-1"]
usd = { all = 0.1 }
"#;

    fn prices() -> Prices {
        Prices::parse(PRICES).expect("the prices read")
    }

    fn change(kind: &str, module: &str, after: &Value) -> Value {
        json!({
            "mode": "managed", "type": kind, "module_address": module, "index": "z1",
            "change": { "after": after },
        })
    }

    fn of(name: &str) -> (String, String) {
        ("eu-west-1".to_owned(), name.to_owned())
    }

    fn bill(changes: &[Value]) -> Bill {
        let plan = json!({ "resource_changes": changes });
        billed(&Side::After.of(&plan), "eu-west-1", &prices(), 0.0).expect("all of it is known")
    }

    #[test]
    fn what_is_there_is_priced_by_its_region() {
        let here = change("aws_nat_gateway", "", &json!({}));
        let there = change("aws_nat_gateway", "", &json!({ "region": "us-east-1" }));
        let free = change("aws_subnet", "", &json!({}));
        let usd = total(&bill(&[here, there, free]), &prices()).expect("both Regions have a price");
        assert!((usd - 730.0 * (0.045 + 0.048)).abs() < 1e-9, "{usd}");
    }

    #[test]
    fn a_type_that_the_file_does_not_know_is_refused() {
        let plan = json!({ "resource_changes": [change("aws_mystery", "", &json!({}))] });
        assert!(billed(&Side::After.of(&plan), "eu-west-1", &prices(), 0.0).is_err());
        let plan = json!({ "resource_changes": [change("aws_s3_bucket", "", &json!({}))] });
        assert!(
            billed(&Side::After.of(&plan), "eu-west-1", &prices(), 0.0)
                .is_ok_and(|bill| bill.is_empty())
        );
    }

    #[test]
    fn an_instance_in_a_reservation_is_paid_once_and_its_disk_by_size() {
        let disk = json!([{ "ebs": [{ "volume_size": 50 }] }]);
        let template = json!({ "instance_type": "c7i.8xlarge", "block_device_mappings": disk });
        let changes = |nodes: u64| {
            let group = json!({ "scaling_config": [{ "desired_size": nodes }] });
            let reserved = json!({ "instance_type": "c7i.8xlarge", "instance_count": 2 });
            [
                change("aws_eks_node_group", "module.hot", &group),
                change("aws_launch_template", "module.hot.module.template[\"z1\"]", &template),
                change("aws_ec2_capacity_reservation", "module.hot", &reserved),
            ]
        };
        let free = Prices::parse(&PRICES.replace("\"aws_subnet\"", "\"aws_launch_template\""));
        let free = free.expect("the prices read");
        for (nodes, paid) in [(1, 2.0), (3, 3.0)] {
            let plan = json!({ "resource_changes": changes(nodes) });
            let bill = billed(&Side::After.of(&plan), "eu-west-1", &free, 0.0)
                .expect("all of it is known");
            let at = |name: &str| bill[&of(name)];
            assert!((at("c7i.8xlarge") - paid).abs() < 1e-9);
            assert!((at("ebs.gp3") - 50.0 * nodes as f64).abs() < 1e-9);
        }
    }

    #[test]
    fn a_change_has_a_price_before_and_after() {
        let gateway = |before: Value, after: Value| {
            let change = json!({ "before": before, "after": after });
            json!({ "mode": "managed", "type": "aws_nat_gateway", "change": change })
        };
        let (there, gone) = (json!({}), Value::Null);
        let kept = gateway(there.clone(), there.clone());
        let plan = json!({ "resource_changes": [gateway(gone, there), kept] });
        let number = |side: Side| {
            let bill = billed(&side.of(&plan), "eu-west-1", &prices(), 0.0).expect("it is known");
            bill.values().sum::<f64>()
        };
        assert!((number(Side::Before) - 1.0).abs() < 1e-9);
        assert!((number(Side::After) - 2.0).abs() < 1e-9);
    }

    #[test]
    fn plans_in_a_folder_are_read_by_their_names() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..");
        let folder = std::env::temp_dir().join(format!("orderflow-cost-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder can be made");
        assert!(super::difference(&root, &folder).is_err(), "it has no plan");
        let plan = json!({ "resource_changes": [change("aws_kms_key", "", &json!({}))] });
        let path = folder.join("infra-live-dev-global.json");
        std::fs::write(path, plan.to_string()).expect("a plan can be written");
        let table = super::difference(&root, &folder).expect("a key has a price");
        std::fs::remove_dir_all(folder).expect("it can be removed");
        assert!(table.contains("| dev/global | kms.key | us-east-1 | 0 | 1 | +1.00 |"), "{table}");
    }

    #[test]
    fn the_cheap_page_has_one_gateway_no_hot_pool_and_no_cheaper_one_beside_it() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..");
        let live = Live::read(&root).expect("stacks.json can be read");
        let with = |gateways: f64, hot: f64| {
            let mut bills = BTreeMap::new();
            for stack in live.stacks.iter().filter(|stack| stack.is_page()) {
                let number = if stack.name == CHEAP { gateways } else { 3.0 };
                let mut bill = Bill::from([(of("nat.gateway"), number)]);
                if hot > 0.0 {
                    bill.insert(of("c7i.8xlarge"), hot);
                }
                bills.insert(stack.name.clone(), bill);
            }
            cheapest(&live, &bills, &prices()).expect("all has a price")
        };
        assert!(with(1.0, 0.0));
        assert!(!with(2.0, 0.0) && !with(3.0, 0.0) && !with(1.0, 1.0));
    }

    #[test]
    fn a_difference_names_what_came_and_what_went() {
        let one = |number: usize| {
            let gateways = vec![change("aws_nat_gateway", "", &json!({})); number];
            BTreeMap::from([("dev/eu-west-1".to_owned(), bill(&gateways))])
        };
        let text = difference(&one(1), &one(3), &prices()).expect("they have prices");
        assert!(text.contains("| dev/eu-west-1 | nat.gateway | eu-west-1 | 1 | 3 | +70.08 |"));
        let text = difference(&one(1), &one(1), &prices()).expect("they have prices");
        assert_eq!(text, "The cost of what is there doesn't change.\n");
    }

    #[test]
    fn a_price_without_its_page_or_its_source_is_refused() {
        assert!(Prices::parse(&PRICES.replacen("page = ", "site = ", 1)).is_err());
        assert!(Prices::parse(&PRICES.replacen("seen = \"unconfirmed\"", "", 1)).is_err());
        assert!(Prices::parse(&PRICES.replace("seen_in = [\"us-east-1\"]", "")).is_err());
        assert!(Prices::parse(&PRICES.replace("\"hour\"", "\"year\"")).is_err());
    }
}
