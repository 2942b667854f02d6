//! What is decided of each record, naively: duplicates, controls, and the life of an order.

use std::collections::{BTreeMap, BTreeSet};

use crate::record::{Record, Says, What};

/// The period of requests that are counted.
const HOUR: i128 = 3_600_000_000_000;

/// The period of orders that trade.
const DAY: i128 = 24 * HOUR;

/// Limits in shares and in 10^-4 currency units, by name; a name that is missing refuses.
#[derive(Clone, Debug, Default)]
pub(crate) struct Limits {
    pub(crate) symbols: BTreeMap<String, (i128, i128)>,
    pub(crate) accounts: BTreeMap<String, (i128, i128)>,
    pub(crate) any_account: Option<(i128, i128)>,
    /// What else is asked; nothing, where sets ask for quantity and notional alone.
    pub(crate) strict: Option<Strict>,
}

/// Limits that sets of all rules have: the same for every account and instrument.
#[derive(Clone, Debug)]
pub(crate) struct Strict {
    /// By symbol, around which prices lie within `collar` hundredths of a percent.
    pub(crate) references: BTreeMap<String, i128>,
    pub(crate) collar: i128,
    pub(crate) tick: i128,
    pub(crate) lot: i128,
    /// Largest sum of what was traded and what is open, and of what is open, of an account.
    pub(crate) credit: i128,
    pub(crate) open_notional: i128,
    /// Largest positions, in shares, if what is open on their side trades.
    pub(crate) long: i128,
    pub(crate) short: i128,
    /// Position and everything open.
    pub(crate) gross: i128,
    /// Requests of an account in an hour of lane time.
    pub(crate) messages: u64,
    /// Orders of an account that trade in a day, before a person must look at it.
    pub(crate) executions: u64,
    pub(crate) restricted: BTreeSet<String>,
    /// An instrument that trades only from this time of day on.
    pub(crate) opens: (String, i128),
    /// Nobody is entitled to send orders of these accounts, or of those without limits.
    pub(crate) unentitled: BTreeSet<String>,
    /// Nobody short-sells, and own orders don't trade with each other.
    pub(crate) self_match: bool,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Order {
    pub(crate) account: String,
    pub(crate) id: String,
    pub(crate) symbol: String,
    pub(crate) firm: String,
    pub(crate) qty: i128,
    pub(crate) cum: i128,
    pub(crate) price: i128,
    pub(crate) buys: bool,
    /// What its fills were worth.
    pub(crate) traded: i128,
    pub(crate) acknowledged: bool,
    pub(crate) canceled: bool,
    /// Requests that the venue hasn't answered, by ClOrdID; true for cancels.
    pub(crate) pending: BTreeMap<String, bool>,
    /// What unanswered replaces ask for.
    pub(crate) asked: BTreeMap<String, (i128, i128)>,
    /// References that ended in another one.
    pub(crate) replaced: u64,
}

/// (account, ClOrdID), and what was asked, with the order that it made or changes.
pub(crate) type Known = BTreeMap<(String, String), (Record, Option<usize>)>;

#[derive(Debug, Default)]
pub(crate) struct Oracle {
    pub(crate) limits: Limits,
    pub(crate) killed: BTreeSet<(String, String)>,
    pub(crate) orders: Vec<Order>,
    pub(crate) known: Known,
    pub(crate) execs: BTreeMap<String, Record>,
    /// Requests by account and hour of lane time.
    pub(crate) messages: BTreeMap<(String, i128), u64>,
    /// Orders that traded, by account and day.
    pub(crate) executions: BTreeMap<(String, i128), u64>,
    /// Accounts that traded too often, and that nobody has looked at.
    pub(crate) disabled: BTreeSet<String>,
}

/// What was decided of a record, and every reason.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Verdict {
    pub(crate) outcome: &'static str,
    pub(crate) reasons: BTreeSet<&'static str>,
}

pub(crate) fn verdict(outcome: &'static str) -> Verdict {
    Verdict { outcome, reasons: BTreeSet::new() }
}

impl Oracle {
    pub(crate) fn decide(&mut self, record: &Record) -> Verdict {
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
        if matches!(record.what, What::New { .. }) && reasons.contains("REPEAT_EXECUTION") {
            self.disabled.insert(record.account.clone());
        }
        let period = record.time / HOUR;
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
    pub(crate) fn controls(&self, record: &Record, named: Option<usize>) -> BTreeSet<&'static str> {
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
    pub(crate) fn strict(
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
        self.permissions(strict, record, symbol, failed);
        // Whoever has no limits isn't without them.
        if !self.limits.accounts.contains_key(&record.account) {
            failed.insert("MISSING_LIMIT");
            return;
        }
        let period = (record.account.clone(), record.time / HOUR);
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

    /// When an instrument trades, who may trade, and who trades too often.
    pub(crate) fn permissions(
        &self,
        strict: &Strict,
        record: &Record,
        symbol: &String,
        failed: &mut BTreeSet<&'static str>,
    ) {
        let (closed, opens) = &strict.opens;
        if symbol == closed && record.time % DAY < *opens {
            failed.insert("MARKET_STATE");
        }
        if !matches!(record.what, What::New { .. }) {
            return;
        }
        let has_limits = self.limits.accounts.contains_key(&record.account);
        if strict.unentitled.contains(&record.account) || !has_limits {
            failed.insert("ENTITLEMENT");
        }
        let executions = self.executions.get(&(record.account.clone(), record.time / DAY));
        let is_often = executions.is_some_and(|count| *count >= strict.executions);
        if has_limits && (is_often || self.disabled.contains(&record.account)) {
            failed.insert("REPEAT_EXECUTION");
        }
    }

    pub(crate) fn report(&mut self, record: &Record, exec: &str, says: &Says) -> &'static str {
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
                if order.cum == 0 {
                    let day = (record.account.clone(), record.time / DAY);
                    *self.executions.entry(day).or_insert(0) += 1;
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

    pub(crate) fn named(&self, account: &str, id: &str) -> Option<usize> {
        self.known.get(&(account.to_owned(), id.to_owned()))?.1
    }

    /// Per order: OrdStatus, OrderQty, CumQty, LeavesQty.
    pub(crate) fn finals(&self) -> BTreeMap<(String, String), (&'static str, [i128; 3])> {
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
    pub(crate) fn steps(
        &self,
        symbol: &String,
        qty: i128,
        price: i128,
        failed: &mut BTreeSet<&'static str>,
    ) {
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
    pub(crate) fn open(&self) -> (i128, i128) {
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
