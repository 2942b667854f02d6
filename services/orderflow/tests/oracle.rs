//! The oracle: decides a feed naively, from the documents alone, and must agree with the product.
//!
//! It imports nothing of ours: it reads ITCH from bytes, keeps everything in ordered maps, counts
//! in 128 bits, and talks to the product through its command line and its JSON lines. It is slow
//! and plain on purpose: where the two disagree, one look should tell which is wrong.
//!
//! What it takes from the documents: the mapping of the feed, the duplicate rule, the controls, the
//! life of an order, and the rule by which `replay --extras` puts records between the file's own.
//!
//! It doesn't know lanes, entries, windows that pass, or venues.
//!
//! Data that may be absent is listed as not run; a made file takes the same road everywhere.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test stops at the first surprise")]

use std::collections::{BTreeMap, BTreeSet};

const MIDNIGHT: i128 = 1_577_682_000_000_000_000;

/// The period of requests that are counted.
const TEN_MINUTES: i128 = 600_000_000_000;

// === the feed ===

/// One message: its type, its time, and its bytes.
type Feed = Vec<(u8, i128, Vec<u8>)>;

fn read_feed(bytes: &[u8]) -> Feed {
    let mut feed = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        assert_eq!(bytes[at..at + 2], [0, 0], "two zero bytes at {at}");
        let kind = bytes[at + 2];
        let lengths = BTreeMap::from([
            (b'S', 12),
            (b'R', 39),
            (b'H', 25),
            (b'A', 36),
            (b'F', 40),
            (b'E', 31),
            (b'X', 23),
            (b'D', 19),
            (b'U', 35),
            (b'P', 44),
        ]);
        let message = bytes[at + 2..at + 2 + lengths[&kind]].to_vec();
        at += 2 + message.len();
        feed.push((kind, number(&message[5..11]), message));
    }
    feed
}

fn number(bytes: &[u8]) -> i128 {
    bytes.iter().fold(0, |number, byte| number * 256 + i128::from(*byte))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("symbols are text").trim_end().to_owned()
}

// === what the feed becomes ===

/// A record on the stream. Quantities are shares, prices count 10^-4.
#[derive(Clone, Debug, PartialEq)]
struct Record {
    account: String,
    id: String,
    original: String,
    time: i128,
    what: What,
}

#[derive(Clone, Debug, PartialEq)]
enum What {
    /// `side` is B or S; anything else is malformed, and counts as a purchase.
    New {
        symbol: String,
        qty: i128,
        price: i128,
        firm: String,
        side: u8,
    },
    Replace {
        qty: i128,
        price: i128,
    },
    Cancel,
    Report {
        exec: String,
        says: Says,
    },
    Garbage,
}

#[derive(Clone, Debug, PartialEq)]
enum Says {
    New,
    Canceled,
    Replaced { qty: i128, price: i128 },
    Trade { qty: i128, price: i128 },
}

/// An order as the venue knows it.
#[derive(Clone, Debug)]
struct Listed {
    root: i128,
    symbol: String,
    qty: i128,
    traded: i128,
    price: i128,
    requests: u32,
}

/// The records of each message of the feed, with the extras of a seed.
fn records(feed: &Feed, seed: Option<u64>) -> Vec<Vec<Record>> {
    // Adds are known beforehand: a message that runs ahead of its add takes price and quantity from
    // it.
    let mut listed = BTreeMap::new();
    for (_, _, m) in feed.iter().filter(|(kind, _, _)| matches!(kind, b'A' | b'F')) {
        let reference = number(&m[11..19]);
        let (qty, price) = (number(&m[20..24]), number(&m[32..36]));
        let symbol = text(&m[24..32]);
        let order = Listed { root: reference, symbol, qty, traded: 0, price, requests: 0 };
        listed.insert(reference, order);
    }
    let mut requests = 0;
    let mut all = Vec::new();
    for (kind, time, message) in feed {
        let mut made = made(*kind, MIDNIGHT + time, message, &mut listed);
        if let Some(request) = made.first().cloned().filter(Record::is_request) {
            requests += 1;
            made.extend(seed.and_then(|seed| extra(requests, seed, &request)));
        }
        all.push(made);
    }
    all
}

fn made(kind: u8, time: i128, m: &[u8], listed: &mut BTreeMap<i128, Listed>) -> Vec<Record> {
    let reference = if matches!(kind, b'A' | b'F' | b'D' | b'E' | b'X' | b'U') {
        number(&m[11..19])
    } else {
        return Vec::new();
    };
    let order = listed.get_mut(&reference).expect("a reference that some add names");
    let account = format!("ITCH-{}", order.root % 1_000);
    let record = |id: &str, original: &str, what| Record {
        account: account.clone(),
        id: id.to_owned(),
        original: original.to_owned(),
        time,
        what,
    };
    let name = reference.to_string();
    let pair = |id: &str, original: &str, asks: What, says: Says| {
        let exec = format!("R-{id}");
        vec![record(id, original, asks), record(id, original, What::Report { exec, says })]
    };
    match kind {
        b'A' | b'F' => {
            let firm = if kind == b'F' { text(&m[36..40]) } else { String::new() };
            let (qty, price) = (number(&m[20..24]), number(&m[32..36]));
            let asks = What::New { symbol: order.symbol.clone(), qty, price, firm, side: m[19] };
            pair(&name, "", asks, Says::New)
        }
        b'D' => {
            order.requests += 1;
            pair(&format!("{name}D{}", order.requests), &name, What::Cancel, Says::Canceled)
        }
        b'X' => {
            order.requests += 1;
            order.qty -= number(&m[19..23]);
            let (qty, price) = (order.qty, order.price);
            let id = format!("{name}X{}", order.requests);
            pair(&id, &name, What::Replace { qty, price }, Says::Replaced { qty, price })
        }
        b'E' => {
            let (qty, price) = (number(&m[19..23]), order.price);
            order.traded += qty;
            let (exec, says) = (number(&m[23..31]).to_string(), Says::Trade { qty, price });
            vec![record(&name, "", What::Report { exec, says })]
        }
        _ => {
            let successor = number(&m[19..27]);
            let price = number(&m[31..35]);
            // The feed tells what is open; OrderQty counts what was traded, too.
            let qty = number(&m[27..31]) + order.traded;
            let next = Listed { qty, price, requests: 0, ..order.clone() };
            listed.insert(successor, next);
            let says = Says::Replaced { qty, price };
            pair(&successor.to_string(), &name, What::Replace { qty, price }, says)
        }
    }
}

/// What `replay --extras` puts after the n-th request.
fn extra(n: u64, seed: u64, request: &Record) -> Option<Record> {
    let order = |id: String, account: &str, symbol: &str, qty: i128, side: u8| {
        let (symbol, firm) = (symbol.to_owned(), String::new());
        let what = What::New { symbol, qty, price: 10_000, firm, side };
        let original = String::new();
        Record { account: account.to_owned(), id, original, time: request.time, what }
    };
    let account = request.account.as_str();
    Some(match (n + seed) % 60 {
        0 => request.clone(),
        12 => Record { time: request.time + 1, ..request.clone() },
        24 => order(format!("M{n}"), account, "BOB", 0, b' '),
        36 => Record { what: What::Garbage, ..request.clone() },
        48 => order(format!("U{n}"), account, "NOSUCH", 100, b'B'),
        54 => order(format!("B{n}"), "STRANGER", "BOB", 100, b'B'),
        _ => return None,
    })
}

impl Record {
    fn is_request(&self) -> bool {
        !matches!(self.what, What::Report { .. } | What::Garbage)
    }
}

// === the decisions ===

/// Limits in shares and in 10^-4 currency units, by name; a name that is missing refuses.
#[derive(Clone, Debug, Default)]
struct Limits {
    symbols: BTreeMap<String, (i128, i128)>,
    accounts: BTreeMap<String, (i128, i128)>,
    any_account: Option<(i128, i128)>,
    /// What else is asked; nothing, where sets ask for quantity and notional alone.
    strict: Option<Strict>,
}

/// Limits that sets of all rules have: the same for every account and instrument.
#[derive(Clone, Debug)]
struct Strict {
    /// By symbol, around which prices lie within `collar` hundredths of a percent.
    references: BTreeMap<String, i128>,
    collar: i128,
    tick: i128,
    lot: i128,
    /// Largest sum of what was traded and what is open, and of what is open, of an account.
    credit: i128,
    open_notional: i128,
    /// Largest positions, in shares, if what is open on their side trades.
    long: i128,
    short: i128,
    /// Position and everything open.
    gross: i128,
    /// Requests of an account in ten minutes of lane time.
    messages: u64,
    restricted: BTreeSet<String>,
    /// Nobody short-sells, and own orders don't trade with each other.
    self_match: bool,
}

#[derive(Clone, Debug, Default)]
struct Order {
    account: String,
    id: String,
    symbol: String,
    firm: String,
    qty: i128,
    cum: i128,
    price: i128,
    buys: bool,
    /// What its fills were worth.
    traded: i128,
    acknowledged: bool,
    canceled: bool,
    /// Requests that the venue hasn't answered, by ClOrdID; true for cancels.
    pending: BTreeMap<String, bool>,
    /// What unanswered replaces ask for.
    asked: BTreeMap<String, (i128, i128)>,
    /// References that ended in another one.
    replaced: u64,
}

/// (account, ClOrdID), and what was asked, with the order that it made or changes.
type Known = BTreeMap<(String, String), (Record, Option<usize>)>;

#[derive(Debug, Default)]
struct Oracle {
    limits: Limits,
    killed: BTreeSet<(String, String)>,
    orders: Vec<Order>,
    known: Known,
    execs: BTreeMap<String, Record>,
    /// Requests by account and ten minutes of lane time.
    messages: BTreeMap<(String, i128), u64>,
}

/// What was decided of a record, and every reason.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Verdict {
    outcome: &'static str,
    reasons: BTreeSet<&'static str>,
}

fn verdict(outcome: &'static str) -> Verdict {
    Verdict { outcome, reasons: BTreeSet::new() }
}

impl Oracle {
    fn decide(&mut self, record: &Record) -> Verdict {
        match &record.what {
            What::Garbage => return verdict("undecodable"),
            What::Report { exec, says } => return verdict(self.report(record, exec, says)),
            _ => {}
        }
        let key = (record.account.clone(), record.id.clone());
        let mut reasons = BTreeSet::new();
        if let Some((before, _)) = self.known.get(&key) {
            if before == record {
                return verdict("duplicate");
            }
            reasons.insert("DUPLICATE_ORDER");
        }
        let is_known = !reasons.is_empty();
        let named = match record.what {
            What::New { .. } => None,
            _ => self.named(&record.account, &record.original),
        };
        reasons.extend(self.controls(record, named));
        let period = record.time / TEN_MINUTES;
        // Who never had an order is refused, and leaves nothing behind.
        if reasons.is_empty() || self.orders.iter().any(|order| order.account == record.account) {
            *self.messages.entry((record.account.clone(), period)).or_insert(0) += 1;
        }
        if !reasons.is_empty() {
            if !is_known {
                self.known.insert(key, (record.clone(), None));
            }
            return Verdict { outcome: "rejected", reasons };
        }
        let (outcome, order) = match &record.what {
            What::New { symbol, qty, price, firm, side } => {
                self.orders.push(Order {
                    buys: *side != b'S',
                    account: record.account.clone(),
                    id: record.id.clone(),
                    symbol: symbol.clone(),
                    firm: firm.clone(),
                    qty: *qty,
                    price: *price,
                    ..Order::default()
                });
                ("routed", Some(self.orders.len() - 1))
            }
            what => {
                let is_cancel = *what == What::Cancel;
                if let Some(order) = named.map(|at| &mut self.orders[at]) {
                    order.pending.insert(record.id.clone(), is_cancel);
                    if let What::Replace { qty, price } = what {
                        let asked = (*qty, (*price).max(order.price * i128::from(*price == 0)));
                        order.asked.insert(record.id.clone(), asked);
                    }
                }
                ("forwarded", named)
            }
        };
        self.known.insert(key, (record.clone(), order));
        verdict(outcome)
    }

    /// Every control that fails.
    fn controls(&self, record: &Record, named: Option<usize>) -> BTreeSet<&'static str> {
        let mut failed = BTreeSet::new();
        let (symbol, firm, qty, price) = match &record.what {
            What::New { symbol, qty, price, firm, side } => {
                if !matches!(side, b'B' | b'S') || *qty <= 0 || *price <= 0 {
                    failed.insert("MALFORMED");
                }
                (symbol.clone(), firm.clone(), *qty, *price)
            }
            what => {
                let asked = match what {
                    What::Replace { qty, price } => Some((*qty, *price)),
                    _ => None,
                };
                if asked.is_some_and(|(qty, _)| qty <= 0) {
                    failed.insert("MALFORMED");
                }
                let Some(order) = named.map(|at| &self.orders[at]) else {
                    failed.insert("UNKNOWN_ORDER");
                    return failed;
                };
                if order.pending.values().any(|is_cancel| *is_cancel) {
                    failed.insert("ALREADY_PENDING");
                } else if order.canceled || order.cum >= order.qty {
                    // A filled order may still be increased.
                    let increases = asked.is_some_and(|(qty, _)| qty > order.cum);
                    if order.canceled || !increases {
                        failed.insert("TOO_LATE");
                    }
                }
                let Some((qty, price)) = asked else { return failed };
                let price = if price == 0 { order.price } else { price };
                (order.symbol.clone(), order.firm.clone(), qty, price)
            }
        };
        let scopes = [("account", &record.account), ("symbol", &symbol), ("firm", &firm)];
        let is_killed = |(scope, target): (&str, &String)| {
            self.killed.contains(&(scope.to_owned(), target.clone()))
        };
        if scopes.into_iter().any(is_killed) {
            failed.insert("KILL_SWITCH");
        }
        let of_symbol = self.limits.symbols.get(&symbol);
        if of_symbol.is_none() {
            failed.insert("UNKNOWN_SYMBOL");
        }
        let any_account = self.limits.any_account.as_ref();
        let of_account = self.limits.accounts.get(&record.account).or(any_account);
        if of_account.is_none() {
            failed.insert("UNKNOWN_ACCOUNT");
        }
        for (qty_max, notional_max) in [of_symbol, of_account].into_iter().flatten() {
            if qty > *qty_max {
                failed.insert("MAX_ORDER_QTY");
            }
            if qty > 0 && price > 0 && qty * price > *notional_max {
                failed.insert("MAX_ORDER_NOTIONAL");
            }
        }
        if let Some(strict) = &self.limits.strict {
            self.strict(strict, record, (named, &symbol, qty, price), &mut failed);
        }
        failed
    }

    /// Every limit of a set of all rules that fails.
    fn strict(
        &self,
        strict: &Strict,
        record: &Record,
        (named, symbol, qty, price): (Option<usize>, &String, i128, i128),
        failed: &mut BTreeSet<&'static str>,
    ) {
        let order = named.map(|at| &self.orders[at]);
        let buys = match &record.what {
            What::New { side, .. } => *side != b'S',
            _ => order.is_some_and(|order| order.buys),
        };
        strict.steps(symbol, qty, price, failed);
        // Whoever has no limits isn't without them.
        if !self.limits.accounts.contains_key(&record.account) {
            failed.insert("MISSING_LIMIT");
            return;
        }
        let period = (record.account.clone(), record.time / TEN_MINUTES);
        if self.messages.get(&period).is_some_and(|count| *count >= strict.messages) {
            failed.insert("MESSAGE_RATE");
        }
        let mine = || self.orders.iter().filter(|one| one.account == record.account);
        let here = || mine().filter(|one| one.symbol == *symbol);
        let open = |side: bool| here().filter(move |one| one.buys == side).map(|one| one.open().0);
        let (bought, sold): (i128, i128) = (open(true).sum(), open(false).sum());
        let filled = here().map(|one| if one.buys { one.cum } else { -one.cum });
        let position: i128 = filled.sum();
        // What a replace takes back of an order, or a new order of the position.
        let reduces = match (&record.what, order) {
            (What::Replace { price: asked, .. }, Some(order)) => {
                (*asked == 0 || *asked == order.price) && qty <= order.qty
            }
            _ if buys => qty > 0 && bought + qty <= -position,
            _ => qty > 0 && sold + qty <= position,
        };
        if strict.restricted.contains(symbol) && !(order.is_some() && reduces) {
            failed.insert("RESTRICTED");
        }
        let (open_qty, open_worth) = order.map_or((0, 0), Order::open);
        let left = qty - order.map_or(0, |order| order.cum);
        let counted = price.max(order.map_or(0, |order| order.price));
        let (more, worth) = (left - open_qty, left * counted - open_worth);
        let all: i128 = mine().map(|one| one.open().1).sum();
        let traded: i128 = mine().map(|one| one.traded).sum();
        if worth > 0 && all + worth + traded > strict.credit {
            failed.insert("CREDIT_LIMIT");
        }
        if worth > 0 && all + worth > strict.open_notional {
            failed.insert("OPEN_ORDER_EXPOSURE");
        }
        if more > 0 && !reduces {
            let (bought, sold) = if buys { (bought + more, sold) } else { (bought, sold + more) };
            let is_long = buys && position + bought > strict.long;
            let is_short = !buys && sold - position > strict.short;
            if is_long || is_short || position.abs() + bought + sold > strict.gross {
                failed.insert("POSITION_LIMIT");
            }
        }
        let crosses = |one: &Order| if buys { price >= one.price } else { price <= one.price };
        let others = || here().filter(|one| one.buys != buys && one.open().0 > 0);
        if !strict.self_match && others().any(crosses) {
            failed.insert("SELF_MATCH");
        }
    }

    fn report(&mut self, record: &Record, exec: &str, says: &Says) -> &'static str {
        if let Some(before) = self.execs.get(exec) {
            return if before == record { "repeated" } else { "exec_id_conflict" };
        }
        self.execs.insert(exec.to_owned(), record.clone());
        let by_id = self.named(&record.account, &record.id);
        let by_original = || self.named(&record.account, &record.original);
        let Some(order) = by_id.or_else(by_original) else { return "unmatched" };
        let order = &mut self.orders[order];
        match says {
            Says::New => order.acknowledged = true,
            Says::Trade { qty, price } => {
                if *qty <= 0 || *price <= 0 || order.cum + qty > order.qty {
                    return "unmatched";
                }
                order.cum += qty;
                order.traded += qty * price;
                order.acknowledged = true;
            }
            Says::Canceled => {
                order.pending.remove(&record.id);
                order.asked.remove(&record.id);
                if order.cum < order.qty {
                    order.canceled = true;
                    order.pending.clear();
                    order.asked.clear();
                }
            }
            Says::Replaced { qty, price } => {
                let asked = order.pending.remove(&record.id).is_some();
                order.asked.remove(&record.id);
                if *qty <= 0 && !asked {
                    return "unmatched";
                }
                if !order.canceled {
                    order.acknowledged = true;
                    order.qty = (*qty).max(order.cum);
                    order.price = *price;
                    order.replaced += u64::from(asked && !record.id.contains('X'));
                }
            }
        }
        "reported"
    }

    fn named(&self, account: &str, id: &str) -> Option<usize> {
        self.known.get(&(account.to_owned(), id.to_owned()))?.1
    }

    /// Per order: OrdStatus, OrderQty, CumQty, LeavesQty.
    fn finals(&self) -> BTreeMap<(String, String), (&'static str, [i128; 3])> {
        let finals = self.orders.iter().map(|order| {
            let leaves = if order.canceled { 0 } else { order.qty - order.cum };
            let status = match order {
                Order { canceled: false, pending, .. }
                    if pending.values().any(|cancel| *cancel) =>
                {
                    "PendingCancel"
                }
                Order { canceled: false, pending, .. } if !pending.is_empty() => "PendingReplace",
                order if order.cum > 0 && order.cum >= order.qty => "Filled",
                Order { canceled: true, .. } => "Canceled",
                order if order.cum > 0 => "PartiallyFilled",
                Order { acknowledged: true, .. } => "New",
                _ => "PendingNew",
            };
            let key = (order.account.clone(), order.id.clone());
            (key, (status, [order.qty, order.cum, leaves]))
        });
        finals.collect()
    }
}

impl Strict {
    /// Prices and quantities that don't fit their steps, or lie too far off.
    fn steps(&self, symbol: &String, qty: i128, price: i128, failed: &mut BTreeSet<&'static str>) {
        let Some(reference) = self.references.get(symbol) else { return };
        if (price - reference).abs() * 10_000 > self.collar * reference {
            failed.insert("PRICE_COLLAR");
        }
        if price % self.tick != 0 {
            failed.insert("PRICE_INCREMENT");
        }
        if qty % self.lot != 0 || qty < self.lot {
            failed.insert("QUANTITY_INCREMENT");
        }
    }
}

impl Order {
    /// Shares that may still trade, as counted, and what they are worth.
    fn open(&self) -> (i128, i128) {
        if self.canceled {
            return (0, 0);
        }
        let asked = || self.asked.values();
        let qty = asked().map(|asked| asked.0).fold(self.qty, i128::max);
        let price = asked().map(|asked| asked.1).fold(self.price, i128::max);
        let open = (qty - self.cum).max(0);
        (open, open * price)
    }
}

#[cfg(test)]
mod cases {
    use std::fs;
    use std::path::{Path, PathBuf};
    use std::process::Command;

    use super::*;

    // === the product ===

    const REAL: &str = "itch/ex20101224.TEST_ITCH_50";
    const REAL_SHA: &str = "85a9720d2d8946b688f86e21e15b0752a136531e56679f7fcceeb2aa7d9bd9de";

    /// A line of flat JSON: texts and numbers by name; a list's texts are joined by commas.
    fn fields(line: &str) -> BTreeMap<String, String> {
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
    fn product(arguments: &[&str]) -> Vec<String> {
        let binary = env!("CARGO_BIN_EXE_orderflow");
        let output = Command::new(binary).args(arguments).output().expect("the binary starts");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {errors}");
        String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect()
    }

    fn folder(name: &str) -> PathBuf {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("oracle-{name}"));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("the folder of a test can be made");
        folder
    }

    /// One account's records in stream order: (ClOrdID, ExecID or nothing) and the verdict.
    type History = BTreeMap<String, Vec<((String, String), Verdict)>>;

    fn history_of_product(data: &str) -> (History, usize) {
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
    struct Case {
        name: &'static str,
        feed: Vec<u8>,
        seed: Option<u64>,
        limits: Limits,
        /// (messages before it, scope, target).
        kills: Vec<(usize, &'static str, String)>,
    }

    /// Runs the product and the oracle over a case, compares them, and returns the oracle and the
    /// product's last line.
    fn agree(case: &Case) -> (Oracle, BTreeMap<String, String>, BTreeMap<&'static str, u64>) {
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

    fn replay(case: &Case, folder: &Path, file: &str, data: &str) -> BTreeMap<String, String> {
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
    fn render(limits: &Limits) -> String {
        let Some(strict) = &limits.strict else { return render_plain(limits) };
        let mut set = String::from("number = 2\nrules = 2\nentitlements = \"any\"\n");
        set += "\n[periods]\nmessages = \"10m\"\nexecutions = \"off\"\ncollar = \"off\"\n";
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
            set += "session = \"always\"\nshort_sale = \"forbidden\"\nborrow = \"easy\"\n";
        }
        let self_match = if strict.self_match { "allow" } else { "refuse" };
        let controls = format!(
            "credit_limit = {}\nmax_open_notional = {}\nmax_long = {}\nmax_short = {}\n\
             max_net = \"unlimited\"\nmax_gross = {}\nmax_messages = {}\n\
             max_executions = \"unlimited\"\nself_match = \"{self_match}\"\n",
            strict.credit / 10_000,
            strict.open_notional / 10_000,
            strict.long,
            strict.short,
            strict.gross,
            strict.messages,
        );
        for (account, limits) in &limits.accounts {
            set += &format!("\n[[account]]\naccount = \"{account}\"\n{}", amounts(limits));
            set += &controls;
        }
        for symbol in &strict.restricted {
            set += &format!("\n[[restriction]]\nsymbol = \"{symbol}\"\naction = \"refuse\"\n");
        }
        set + "\n[[route]]\nrule = 1\nvenue = \"XDEM\"\n"
    }

    fn render_plain(limits: &Limits) -> String {
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

    fn compare_finals(oracle: &Oracle, data: &str) {
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

    // === the cases ===

    /// The sample's limits, which bind nothing.
    fn loose() -> Limits {
        let none = (i128::from(u64::MAX), i128::from(u64::MAX));
        let symbols = ["ALC", "BOB", "CHAR"].map(|symbol| (symbol.to_owned(), none));
        Limits { symbols: BTreeMap::from(symbols), any_account: Some(none), ..Limits::default() }
    }

    /// Limits that bind now and then, different for each account; nobody else may trade.
    fn tight() -> Limits {
        let symbols = [("ALC", 2_000, 15_000), ("BOB", 2_500, 20_000), ("CHAR", 1_900, 30_000)];
        let symbols =
            symbols.map(|(name, qty, notional)| (name.to_owned(), (qty, notional * 10_000)));
        let accounts = (0..1_000).map(|number| {
            let limits = (600 + number % 7 * 300, (4_000 + number % 5 * 3_000) * 10_000);
            (format!("ITCH-{number}"), limits)
        });
        let (symbols, accounts) = (BTreeMap::from(symbols), accounts.collect());
        Limits { symbols, accounts, any_account: None, strict: None }
    }

    /// The same, and every limit that sets of all rules have.
    fn strict() -> Limits {
        let references = [("ALC", 570_000), ("BOB", 250_000), ("CHAR", 1_000_000)];
        let references = references.map(|(name, price)| (name.to_owned(), price));
        let strict = Strict {
            references: BTreeMap::from(references),
            collar: 2_000,
            tick: 100,
            lot: 1,
            credit: 40_000 * 10_000,
            open_notional: 15_000 * 10_000,
            long: 900,
            short: 900,
            gross: 1_200,
            messages: 2,
            restricted: BTreeSet::new(),
            self_match: false,
        };
        Limits { strict: Some(strict), ..tight() }
    }

    fn made_file(seed: &str) -> Vec<u8> {
        let file = folder(&format!("made-{seed}")).join("feed.itch").display().to_string();
        product(&["itch", "--seed", seed, &file]);
        fs::read(file).expect("the made file is there")
    }

    /// The real file, or nothing and a line in the list of what wasn't run.
    fn real_file(test: &str) -> Option<Vec<u8>> {
        #[expect(clippy::disallowed_methods, reason = "where data lies is the machine's business")]
        let data = std::env::var("ORDERFLOW_DATA")
            .map(PathBuf::from)
            .unwrap_or_else(|_| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"));
        match fs::read(data.join(REAL)) {
            Ok(bytes) => {
                assert_eq!(sha_256(&bytes), REAL_SHA, "another file than the counted one");
                Some(bytes)
            }
            Err(_) => {
                let list = Path::new(env!("CARGO_TARGET_TMPDIR")).join("not-run.txt");
                let line =
                    format!("oracle::{test}: {REAL} under ../shared/data or $ORDERFLOW_DATA\n");
                print!("NOT RUN {line}");
                let list = fs::OpenOptions::new().create(true).append(true).open(list);
                let written =
                    list.and_then(|mut list| std::io::Write::write_all(&mut list, line.as_bytes()));
                written.expect("the list of what wasn't run can be written");
                None
            }
        }
    }

    /// [live, cancelled, filled, replaced] references, as the data's own page counts them.
    fn references(oracle: &Oracle) -> [u64; 4] {
        let mut counts = [0; 4];
        for (status, _) in oracle.finals().values() {
            counts[match *status {
                "Canceled" => 1,
                "Filled" => 2,
                _ => 0,
            }] += 1;
        }
        counts[3] = oracle.orders.iter().map(|order| order.replaced).sum();
        counts
    }

    fn without_limits(name: &'static str, feed: Vec<u8>) -> Case {
        Case { name, feed, seed: None, limits: loose(), kills: Vec::new() }
    }

    /// Limits that bind, extras, and three switches thrown on the way.
    fn with_everything(name: &'static str, feed: Vec<u8>, seed: u64) -> Case {
        let count = read_feed(&feed).len();
        let kills = vec![
            (count * 2 / 5, "account", "ITCH-123".to_owned()),
            (count / 2, "firm", "VIRT".to_owned()),
            (count * 4 / 5, "symbol", "CHAR".to_owned()),
        ];
        Case { name, feed, seed: Some(seed), limits: tight(), kills }
    }

    const EVERY_CONTROL: [&str; 9] = [
        "DUPLICATE_ORDER",
        "KILL_SWITCH",
        "MALFORMED",
        "MAX_ORDER_NOTIONAL",
        "MAX_ORDER_QTY",
        "TOO_LATE",
        "UNKNOWN_ACCOUNT",
        "UNKNOWN_ORDER",
        "UNKNOWN_SYMBOL",
    ];

    /// What fails under every limit, beside the reasons of [`EVERY_CONTROL`] alone.
    const EVERY_LIMIT: [&str; 5] = [
        "CREDIT_LIMIT",
        "OPEN_ORDER_EXPOSURE",
        "POSITION_LIMIT",
        "PRICE_COLLAR",
        "PRICE_INCREMENT",
    ];

    #[test]
    fn a_made_day_under_every_limit_is_decided_as_the_oracle_says() {
        let case = Case { limits: strict(), ..with_everything("made-strict", made_file("9"), 17) };
        let (_, _, by_reason) = agree(&case);
        for reason in EVERY_LIMIT {
            assert!(by_reason.contains_key(reason), "{reason} in {by_reason:?}");
        }
    }

    #[test]
    fn the_real_day_ends_as_it_was_counted() {
        let Some(feed) = real_file("the_real_day_ends_as_it_was_counted") else { return };
        let (oracle, last, _) = agree(&without_limits("real", feed));
        assert_eq!(references(&oracle), [3_204, 1_651, 145, 10]);
        let counted = [
            ("read", "13802"),
            ("decided", "13586"),
            ("rejected", "99"),
            ("unmatched", "117"),
            ("duplicates", "0"),
            ("stale", "0"),
            ("undecodable", "0"),
        ];
        for (name, count) in counted {
            assert_eq!(last[name], count, "{name}");
        }
    }

    #[test]
    fn the_real_day_with_limits_switches_and_extras_is_decided_as_the_oracle_says() {
        let name = "the_real_day_with_limits_switches_and_extras_is_decided_as_the_oracle_says";
        let Some(feed) = real_file(name) else { return };
        let (_, _, by_reason) = agree(&with_everything("real-tight", feed, 5));
        assert_eq!(by_reason.keys().copied().collect::<Vec<_>>(), EVERY_CONTROL);
    }

    #[test]
    fn a_made_day_ends_as_it_was_built() {
        let (oracle, last, _) = agree(&without_limits("made", made_file("7")));
        assert_eq!(references(&oracle), [3_199, 1_653, 148, 11]);
        assert_eq!((&*last["rejected"], &*last["unmatched"]), ("99", "117"));
    }

    #[test]
    fn a_made_day_with_limits_switches_and_extras_is_decided_as_the_oracle_says() {
        let (_, _, by_reason) = agree(&with_everything("made-tight", made_file("8"), 31));
        assert_eq!(by_reason.keys().copied().collect::<Vec<_>>(), EVERY_CONTROL);
    }

    /// SHA-256 (FIPS 180-4), whose constants are the fractions of roots of the first primes.
    fn sha_256(bytes: &[u8]) -> String {
        let primes: Vec<u32> = (2..312).filter(|n| (2..*n).all(|of| n % of != 0)).collect();
        let k: Vec<u32> = primes.iter().map(|prime| fraction(u128::from(*prime), 3)).collect();
        let mut hash: Vec<u32> =
            primes.iter().take(8).map(|prime| fraction(u128::from(*prime), 2)).collect();
        let mut padded = bytes.to_vec();
        padded.push(0x80);
        padded.resize(padded.len().next_multiple_of(64), 0);
        if padded.len() - bytes.len() < 9 {
            padded.resize(padded.len() + 64, 0);
        }
        let end = padded.len() - 8;
        padded[end..].copy_from_slice(&(8 * bytes.len() as u64).to_be_bytes());
        for block in padded.chunks(64) {
            let mut w: Vec<u32> = block
                .chunks(4)
                .map(|word| u32::from_be_bytes(word.try_into().expect("four bytes")))
                .collect();
            for t in 16..64 {
                let (x, y) = (w[t - 15], w[t - 2]);
                let small = x.rotate_right(7) ^ x.rotate_right(18) ^ (x >> 3);
                let large = y.rotate_right(17) ^ y.rotate_right(19) ^ (y >> 10);
                w.push(w[t - 16].wrapping_add(small).wrapping_add(w[t - 7]).wrapping_add(large));
            }
            let mut v = hash.clone();
            for t in 0..64 {
                let (a, e) = (v[0], v[4]);
                let large = e.rotate_right(6) ^ e.rotate_right(11) ^ e.rotate_right(25);
                let choice = (e & v[5]) ^ (!e & v[6]);
                let first = [large, choice, k[t], w[t]].into_iter().fold(v[7], u32::wrapping_add);
                let small = a.rotate_right(2) ^ a.rotate_right(13) ^ a.rotate_right(22);
                let second = small.wrapping_add((a & v[1]) ^ (a & v[2]) ^ (v[1] & v[2]));
                v.rotate_right(1);
                v[4] = v[4].wrapping_add(first);
                v[0] = first.wrapping_add(second);
            }
            hash.iter_mut().zip(v).for_each(|(sum, part)| *sum = sum.wrapping_add(part));
        }
        hash.iter().map(|word| format!("{word:08x}")).collect()
    }

    /// The first 32 bits behind the point of a square or cube root.
    fn fraction(number: u128, root: u32) -> u32 {
        let target = number << (32 * root);
        let (mut low, mut high) = (0_u128, 1 << 40);
        while high - low > 1 {
            let middle = (low + high) / 2;
            let fits = middle.checked_pow(root).is_some_and(|power| power <= target);
            (low, high) = if fits { (middle, high) } else { (low, middle) };
        }
        low as u32
    }

    #[test]
    fn the_digest_of_the_oracle_is_the_standards() {
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(sha_256(b"abc"), abc);
        let two_blocks = b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
        let expected = "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1";
        assert_eq!(sha_256(two_blocks), expected);
    }
}
