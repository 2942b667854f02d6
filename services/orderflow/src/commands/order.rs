//! `orderflow order`: submit, change, look up, explain.

use clap::{Args, Subcommand};
use serde_json::Value;

use super::door::{Absent, Door};
use super::{Global, show};
use crate::ask::{Ask, Request};
use crate::config::Config;
use crate::error::Error;
use crate::limits::PAGE_ROWS_MAX;

/// Parts of the command.
#[derive(Clone, Debug, Subcommand)]
pub enum Part {
    /// Put a new order on the stream
    ///
    /// Without --wait it ends when the order is durable on the stream, and prints its id. With
    /// --wait it prints the decision too, and ends with status 1 when the order was refused.
    /// Without a running instance the line is run here until the order is decided.
    #[command(after_help = "Examples:
  orderflow order submit --account A-1 --symbol ALC --side buy --qty 100 --price 57.5 --wait
  orderflow order submit --account A-1 --symbol ALC --side sell --qty 10 --cl-ord-id S-1 --json")]
    Submit(Submit),
    /// Ask for an order to be cancelled
    #[command(after_help = "Examples:
  orderflow order cancel 00112233445566778899aabbccddeeff --wait
  orderflow order cancel --account A-1 --orig-cl-ord-id S-1")]
    Cancel(Change),
    /// Ask for an order's quantity or price to be changed
    #[command(after_help = "Examples:
  orderflow order replace 00112233445566778899aabbccddeeff --qty 50 --wait
  orderflow order replace --account A-1 --orig-cl-ord-id S-1 --qty 50 --price 58")]
    Replace {
        /// Which order
        #[command(flatten)]
        change: Change,
        /// New total quantity, what was filled included
        #[arg(long, value_name = "AMOUNT")]
        qty: String,
        /// New price; without it the price stays
        #[arg(long, value_name = "AMOUNT", default_value = "")]
        price: String,
    },
    /// Print how an order stands
    #[command(after_help = "Examples:
  orderflow order status 00112233445566778899aabbccddeeff
  orderflow order status --account A-1 --cl-ord-id S-1 --json")]
    Status(Named),
    /// Print who decided an order, when, under which set, which controls with which numbers, and
    /// routes
    #[command(after_help = "Examples:
  orderflow order explain 00112233445566778899aabbccddeeff")]
    Explain {
        /// Order id, 32 hex digits
        order: String,
    },
    /// Print every order that the books know, in the order of their ids
    #[command(after_help = "Examples:
  orderflow order list
  orderflow order list --json > orders.jsonl")]
    List,
}

/// Whose order.
#[derive(Clone, Debug, Args)]
pub struct Party {
    /// SenderCompID (49)
    #[arg(long, value_name = "ID", default_value = "CLI")]
    sender: String,
    /// Account (1)
    #[arg(long, value_name = "ID", default_value = "")]
    account: String,
}

/// A new order.
#[derive(Clone, Debug, Args)]
pub struct Submit {
    #[command(flatten)]
    party: Party,
    /// ClOrdID (11); without it one is made of the time
    #[arg(long, value_name = "ID", default_value = "")]
    cl_ord_id: String,
    /// Symbol (55)
    #[arg(long)]
    symbol: String,
    /// buy, sell, sell-short or sell-short-exempt
    #[arg(long)]
    side: String,
    /// OrderQty (38), up to 8 digits after the point
    #[arg(long, value_name = "AMOUNT")]
    qty: String,
    /// Price (44); without it a market order
    #[arg(long, value_name = "AMOUNT", default_value = "")]
    price: String,
    /// day, gtc, ioc or fok
    #[arg(long, value_name = "TIF", default_value = "")]
    time_in_force: String,
    /// Executing firm
    #[arg(long, value_name = "ID", default_value = "")]
    firm: String,
    /// Venue to go to (MIC); without it the routes choose
    #[arg(long, value_name = "MIC", default_value = "")]
    destination: String,
    /// The order may have been sent before (PossResend)
    #[arg(long)]
    poss_resend: bool,
    /// Wait for the decision
    #[arg(long)]
    wait: bool,
}

/// A change of an order.
#[derive(Clone, Debug, Args)]
pub struct Change {
    /// Order id, 32 hex digits
    #[arg(value_name = "ORDER", default_value = "", required_unless_present = "orig_cl_ord_id")]
    order: String,
    #[command(flatten)]
    party: Party,
    /// OrigClOrdID (41): any ClOrdID that the order bore, with --sender and --account
    #[arg(long, value_name = "ID", default_value = "", conflicts_with = "order")]
    orig_cl_ord_id: String,
    /// ClOrdID (11) of this request; without it one is made of the time
    #[arg(long, value_name = "ID", default_value = "")]
    cl_ord_id: String,
    /// Wait for the decision
    #[arg(long)]
    wait: bool,
}

/// An order by one of its names.
#[derive(Clone, Debug, Args)]
pub struct Named {
    /// Order id, 32 hex digits
    #[arg(value_name = "ORDER", default_value = "", required_unless_present = "cl_ord_id")]
    order: String,
    #[command(flatten)]
    party: Party,
    /// ClOrdID (11), with --sender and --account
    #[arg(long, value_name = "ID", default_value = "", conflicts_with = "order")]
    cl_ord_id: String,
}

/// Runs the command.
///
/// # Errors
/// The folder or the instance, or what is wrong with the request.
pub fn run(part: &Part, global: &Global, config: Config) -> Result<u8, Error> {
    match part {
        Part::Submit(submit) => put(submit.request(), submit.wait, global, config),
        Part::Cancel(change) => put(change.request("cancel"), change.wait, global, config),
        Part::Replace { change, qty, price } => {
            let (order_qty, price) = (qty.clone(), price.clone());
            let request = Request { order_qty, price, ..change.request("replace") };
            put(request, change.wait, global, config)
        }
        Part::Status(named) => look(
            Ask::Order {
                id: named.order.clone(),
                sender: named.party.sender.clone(),
                account: named.party.account.clone(),
                cl_ord_id: named.cl_ord_id.clone(),
            },
            global,
            config,
        ),
        Part::Explain { order } => look(Ask::Explain { id: order.clone() }, global, config),
        Part::List => list(global, config),
    }
}

/// What `order list` shows of an order; `order status` and `--json` have all of it.
const LISTED: [show::Column; 11] = [
    ("order", 32),
    ("account", 10),
    ("cl_ord_id", 20),
    ("symbol", 8),
    ("side", 4),
    ("order_qty", -9),
    ("cum_qty", -9),
    ("leaves_qty", -10),
    ("price", -9),
    ("ord_status", 15),
    ("venue", 5),
];

/// Prints every order that the books know.
///
/// # Errors
/// The folder or the instance.
pub fn list(global: &Global, config: Config) -> Result<u8, Error> {
    let door = Door::with_view(global, config)?;
    let mut table = show::Table::new(global.json, &LISTED);
    let mut after = Some(String::new());
    while let Some(last) = after {
        let told = door.ask(Ask::Orders { after: last, count: PAGE_ROWS_MAX })?;
        told["rows"].as_array().into_iter().flatten().for_each(|row| table.row(row));
        after = told["next"].as_str().map(str::to_owned);
    }
    door.close(false)?;
    Ok(0)
}

fn look(ask: Ask, global: &Global, config: Config) -> Result<u8, Error> {
    let door = Door::with_view(global, config)?;
    let told = door.ask(ask);
    door.close(false)?;
    show::line(global.json, &told?);
    Ok(0)
}

fn put(request: Request, wait: bool, global: &Global, config: Config) -> Result<u8, Error> {
    let door = Door::open(global, config, Absent::Make)?;
    // A line that runs here alone runs for this request: it ends when that is decided.
    let wait = wait || matches!(door, Door::Line(..));
    let told = door.ask(Ask::Submit { request: Box::new(request), wait });
    door.close(true)?;
    let told = told?;
    show::line(global.json, &told);
    let refused = told["outcome"] == "rejected";
    if refused {
        hint(&told);
    }
    Ok(u8::from(refused))
}

/// Says what mends the commonest refusals.
fn hint(told: &Value) {
    for reason in told["reasons"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        let fix = match reason {
            "UNKNOWN_SYMBOL" => "give a symbol of `orderflow control show`, or add it there",
            "UNKNOWN_ACCOUNT" => "give the account limits with `orderflow control apply`",
            "MAX_ORDER_QTY" | "MAX_ORDER_NOTIONAL" => "send less, or raise the limit",
            "NO_ROUTE" => "add a route with `orderflow control apply`",
            "KILL_SWITCH" => "see `orderflow control show`; `orderflow kill … --release` lifts it",
            "DUPLICATE_ORDER" => "give another --cl-ord-id",
            "UNKNOWN_ORDER" => "see `orderflow order list`",
            _ => "see `orderflow order explain` with the order's id",
        };
        eprintln!("{reason}: {fix}");
    }
}

// === impl Submit ===

impl Submit {
    fn request(&self) -> Request {
        Request {
            kind: "new".to_owned(),
            sender: self.party.sender.clone(),
            account: self.party.account.clone(),
            cl_ord_id: self.cl_ord_id.clone(),
            symbol: self.symbol.clone(),
            side: self.side.clone(),
            order_qty: self.qty.clone(),
            price: self.price.clone(),
            time_in_force: self.time_in_force.clone(),
            firm: self.firm.clone(),
            ex_destination: self.destination.clone(),
            poss_resend: self.poss_resend,
            ..Request::default()
        }
    }
}

// === impl Change ===

impl Change {
    fn request(&self, kind: &str) -> Request {
        Request {
            kind: kind.to_owned(),
            sender: self.party.sender.clone(),
            account: self.party.account.clone(),
            cl_ord_id: self.cl_ord_id.clone(),
            orig_cl_ord_id: self.orig_cl_ord_id.clone(),
            order: self.order.clone(),
            ..Request::default()
        }
    }
}
