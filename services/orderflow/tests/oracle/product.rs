//! The product as its command line shows it, held against the oracle.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::decision::{Limits, Oracle, Verdict};
use crate::feed::read_feed;
use crate::record::{What, records};

/// A line of flat JSON: texts and numbers by name; a list's texts are joined by commas.
pub(crate) fn fields(line: &str) -> BTreeMap<String, String> {
    let mut fields = BTreeMap::new();
    let line = line.trim();
    let inside = line.strip_prefix('{').and_then(|line| line.strip_suffix('}'));
    let mut rest = inside.expect("an object");
    while let Some((_, after)) = rest.split_once('"') {
        let (name, after) = after.split_once("\":").expect("a name and its value");
        let end = match after.as_bytes().first() {
            Some(b'"') => after[1..].find('"').expect("a text ends") + 2,
            Some(b'[') => after.find(']').expect("a list ends") + 1,
            Some(b'{') => after.find('}').expect("an object ends") + 1,
            _ => after.find(',').unwrap_or(after.len()),
        };
        let value = after[..end].trim_matches(['"', '[', ']']).replace('"', "");
        fields.insert(name.to_owned(), value);
        rest = &after[end..];
    }
    fields
}

/// Runs the product; returns its lines on standard output.
pub(crate) fn product(arguments: &[&str]) -> Vec<String> {
    let binary = env!("CARGO_BIN_EXE_orderflow");
    let output = Command::new(binary).args(arguments).output().expect("the binary starts");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {errors}");
    String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect()
}

pub(crate) fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("oracle-{name}"));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("the folder of a test can be made");
    folder
}

/// One account's records in stream order: (ClOrdID, ExecID or nothing) and the verdict.
pub(crate) type History = BTreeMap<String, Vec<((String, String), Verdict)>>;

pub(crate) fn history_of_product(data: &str) -> (History, usize) {
    let (mut history, mut undecodable) = (History::new(), 0);
    for line in product(&["journal", "dump", "--data", data, "--json"]) {
        let mut line = fields(&line);
        let mut take = |name: &str| line.remove(name).unwrap_or_default();
        match take("input").as_str() {
            "control" | "" => continue,
            "undecodable" => {
                undecodable += 1;
                continue;
            }
            _ => {}
        }
        let outcome = take("outcome").leak();
        let reasons = take("reasons").leak().split(',').filter(|reason| !reason.is_empty());
        let verdict = Verdict { outcome, reasons: reasons.collect() };
        let names = (take("cl_ord_id"), take("exec_id"));
        history.entry(take("account")).or_default().push((names, verdict));
    }
    (history, undecodable)
}

/// What is compared: a feed, its extras, its limits, and when which switch is thrown.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) feed: Vec<u8>,
    pub(crate) seed: Option<u64>,
    pub(crate) limits: Limits,
    /// (messages before it, scope, target).
    pub(crate) kills: Vec<(usize, &'static str, String)>,
}

/// Runs the product and the oracle over a case, compares them, and returns the oracle and the
/// product's last line.
pub(crate) fn agree(
    case: &Case,
) -> (Oracle, BTreeMap<String, String>, BTreeMap<&'static str, u64>) {
    let folder = folder(case.name);
    let file = folder.join("feed.itch").display().to_string();
    fs::write(&file, &case.feed).expect("a feed can be written");
    let data = folder.join("data").display().to_string();
    let last = replay(case, &folder, &file, &data);

    let mut oracle = Oracle { limits: case.limits.clone(), ..Oracle::default() };
    let (mut history, mut undecodable) = (History::new(), 0);
    let mut by_reason = BTreeMap::new();
    for (index, records) in records(&read_feed(&case.feed), case.seed).into_iter().enumerate() {
        for (_, scope, target) in case.kills.iter().filter(|(at, _, _)| *at == index) {
            oracle.killed.insert(((*scope).to_owned(), target.clone()));
        }
        for record in records {
            let verdict = oracle.decide(&record);
            let exec = match record.what {
                What::Garbage => {
                    undecodable += 1;
                    continue;
                }
                What::Report { exec, .. } => exec,
                _ => String::new(),
            };
            for reason in &verdict.reasons {
                *by_reason.entry(*reason).or_insert(0) += 1;
            }
            history.entry(record.account).or_default().push(((record.id, exec), verdict));
        }
    }
    let (of_product, undecodable_of_product) = history_of_product(&data);
    for (account, decided) in &history {
        let product = of_product.get(account).map(Vec::as_slice).unwrap_or_default();
        for (index, (expected, found)) in decided.iter().zip(product).enumerate() {
            assert_eq!(found, expected, "record {index} of {account}");
        }
        assert_eq!(product.len(), decided.len(), "records of {account}");
    }
    assert_eq!(of_product.len(), history.len(), "accounts");
    assert_eq!(undecodable_of_product, undecodable);
    compare_finals(&oracle, &data);
    (oracle, last, by_reason)
}

pub(crate) fn replay(
    case: &Case,
    folder: &Path,
    file: &str,
    data: &str,
) -> BTreeMap<String, String> {
    let seed = case.seed.unwrap_or_default().to_string();
    let mut arguments = vec!["replay", "--format", "itch", file, "--data", data, "--json"];
    if case.seed.is_some() {
        arguments.extend(["--extras", seed.as_str()]);
    }
    let set = folder.join("limits.toml").display().to_string();
    if !case.limits.accounts.is_empty() {
        fs::write(&set, render(&case.limits)).expect("limits can be written");
        arguments.extend(["--control", set.as_str()]);
    }
    for (at, scope, target) in &case.kills {
        let until = at.to_string();
        product(&[&arguments[..], &["--until", until.as_str()]].concat());
        product(&["kill", "--data", data, "--scope", scope, "--target", target]);
    }
    fields(product(&arguments).last().expect("replay ends with a line"))
}

/// The limits as a control set.
pub(crate) fn render(limits: &Limits) -> String {
    let Some(strict) = &limits.strict else { return render_plain(limits) };
    let mut set = String::from("number = 2\nrules = 2\nentitlements = \"listed\"\n");
    set += "\n[periods]\nmessages = \"60m\"\nexecutions = \"24h\"\ncollar = \"off\"\n";
    set += "duplicates = \"off\"\nmax_age = \"off\"\nmax_clock_error = \"off\"\n";
    let amounts = |(qty, notional): &(i128, i128)| {
        format!("max_order_qty = {qty}\nmax_order_notional = {}\n", notional / 10_000)
    };
    // Prices count 10^-4.
    let price = |units: i128| format!("\"{}.{:04}\"", units / 10_000, units % 10_000);
    for (symbol, limits) in &limits.symbols {
        set += &format!("\n[[instrument]]\nsymbol = \"{symbol}\"\n{}", amounts(limits));
        set += &format!("reference_price = {}\n", price(strict.references[symbol]));
        set += &format!("collar_bps = {}\nperiod_collar_bps = \"unlimited\"\n", strict.collar);
        set += &format!("tick = {}\nlot = {}\n", price(strict.tick), strict.lot);
        set += "ord_types = [\"limit\", \"market\"]\ntimes_in_force = [\"day\"]\n";
        let session = if *symbol == strict.opens.0 { "late" } else { "always" };
        set += &format!("session = \"{session}\"\n");
        set += "short_sale = \"forbidden\"\nborrow = \"easy\"\n";
    }
    let self_match = if strict.self_match { "allow" } else { "refuse" };
    let controls = format!(
        "credit_limit = {}\nmax_open_notional = {}\nmax_long = {}\nmax_short = {}\n\
         max_net = \"unlimited\"\nmax_gross = {}\nmax_messages = {}\n\
         max_executions = {}\nself_match = \"{self_match}\"\n",
        strict.credit / 10_000,
        strict.open_notional / 10_000,
        strict.long,
        strict.short,
        strict.gross,
        strict.messages,
        strict.executions,
    );
    for (account, limits) in &limits.accounts {
        set += &format!("\n[[account]]\naccount = \"{account}\"\n{}", amounts(limits));
        set += &controls;
    }
    for symbol in &strict.restricted {
        set += &format!("\n[[restriction]]\nsymbol = \"{symbol}\"\naction = \"refuse\"\n");
    }
    let entitled = limits.accounts.keys().filter(|one| !strict.unentitled.contains(*one));
    entitled.for_each(|one| set += &format!("\n[[entitlement]]\naccount = \"{one}\"\n"));
    let minutes = strict.opens.1 / 60_000_000_000;
    set += "\n[[session]]\nname = \"late\"\noffset = \"00:00\"\n";
    set += &format!("opens = \"{:02}:{:02}\"\ncloses = \"23:59\"\n", minutes / 60, minutes % 60);
    set += "weekdays = [\"mon\"]\n";
    set + "\n[[route]]\nrule = 1\nvenue = \"XDEM\"\n"
}

pub(crate) fn render_plain(limits: &Limits) -> String {
    let mut set = String::from("number = 2\n");
    let amounts = |(qty, notional): &(i128, i128)| {
        format!("max_order_qty = {qty}\nmax_order_notional = {}\n", notional / 10_000)
    };
    for (symbol, limits) in &limits.symbols {
        set += &format!("\n[[instrument]]\nsymbol = \"{symbol}\"\n{}", amounts(limits));
    }
    for (account, limits) in &limits.accounts {
        set += &format!("\n[[account]]\naccount = \"{account}\"\n{}", amounts(limits));
    }
    set + "\n[[route]]\nrule = 1\nvenue = \"XDEM\"\n"
}

pub(crate) fn compare_finals(oracle: &Oracle, data: &str) {
    let mut found = BTreeMap::new();
    for line in product(&["order", "list", "--data", data, "--json"]) {
        let line = fields(&line);
        // A refused order is in the view, not in the books.
        if line.get("ord_status").is_some_and(|status| status != "Rejected") {
            let quantities = ["order_qty", "cum_qty", "leaves_qty"]
                .map(|name| line[name].parse::<i128>().expect("whole shares"));
            let key = (line["account"].clone(), line["cl_ord_id"].clone());
            found.insert(key, (line["ord_status"].clone(), quantities));
        }
    }
    let finals = oracle.finals();
    for (key, (status, quantities)) in &finals {
        assert_eq!(found.get(key), Some(&((*status).to_owned(), *quantities)), "{key:?}");
    }
    assert_eq!(found.len(), finals.len(), "orders");
}
