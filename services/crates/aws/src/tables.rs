//! DynamoDB: the few rows that commands read, as they lie in the tables.
//!
//! ```text
//!  orders   o S  our name of the order, 32 hex digits   b B  the row, `wire::events::OrderView`
//!  control  p S  "kill"   s S  number, 20 digits        n N  number   sc S  scope, by its name
//!                                                       t S  target   st S  state, by its name
//! ```
//!
//! Entry points: [`Tables::order`], [`Tables::kills`]. Reads are strongly consistent within the
//! Region. Limits: [`PAGES_MAX`]. Keys stand in `proto/tables.toml`; it writes nothing, and doesn't
//! look into what it reads.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use crate::account::Account;
use crate::call::Operation;
use crate::error::Error;

/// Pages of switches that are read, of up to 1 MB each.
const PAGES_MAX: usize = 20;

/// Tables of an account in its Region.
#[derive(Clone, Debug)]
pub struct Tables {
    account: Account,
}

/// A kill switch as it was set last by its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kill {
    /// Number of the command.
    pub number: u64,
    /// What the target names: account, venue, ...
    pub scope: String,
    /// Whom.
    pub target: String,
    /// The state from there on: active, halted, reducing.
    pub state: String,
}

impl Tables {
    /// The tables of an account.
    pub fn new(account: Account) -> Self {
        Self { account }
    }

    /// The row of an order in the table of the order view, if there is one.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn order(&self, table: &str, order: &str) -> Result<Option<Vec<u8>>, Error> {
        let request = json!({
            "TableName": table,
            "Key": { "o": { "S": order } },
            "ConsistentRead": true,
            "ProjectionExpression": "b",
        });
        let answer = self.account.call(operation("GetItem"), &request)?;
        if answer["Item"].is_null() {
            return Ok(None);
        }
        let body = answer["Item"]["b"]["B"].as_str();
        let body = body.and_then(|body| BASE64_STANDARD.decode(body).ok());
        body.map(Some).ok_or_else(|| strange("GetItem", "b"))
    }

    /// Every command to a kill switch in the control table, in order.
    ///
    /// # Errors
    /// See [`Error`]; also when there are more than can be read, because a part of them would say
    /// that something isn't halted which is.
    pub fn kills(&self, table: &str) -> Result<Vec<Kill>, Error> {
        let mut request = json!({
            "TableName": table,
            "KeyConditionExpression": "p = :p",
            "ExpressionAttributeValues": { ":p": { "S": "kill" } },
            "ConsistentRead": true,
        });
        let mut kills = Vec::new();
        for _ in 0..PAGES_MAX {
            let answer = self.account.call(operation("Query"), &request)?;
            let items = answer["Items"].as_array().ok_or_else(|| strange("Query", "Items"))?;
            for item in items {
                kills.push(kill(item)?);
            }
            if answer["LastEvaluatedKey"].is_null() {
                return Ok(kills);
            }
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"].clone();
        }
        Err(strange("Query", "an end within its limit of pages"))
    }
}

fn kill(item: &Value) -> Result<Kill, Error> {
    let text = |name, kind| {
        item[name][kind].as_str().map(str::to_owned).ok_or_else(|| strange("Query", name))
    };
    let number = text("n", "N")?.parse().map_err(|_| strange("Query", "n"))?;
    Ok(Kill { number, scope: text("sc", "S")?, target: text("t", "S")?, state: text("st", "S")? })
}

fn operation(name: &'static str) -> Operation {
    let (service, target) = ("dynamodb", "DynamoDB_20120810");
    Operation { service, iam: service, target, json: "1.0", name, secret: false }
}

fn strange(name: &str, field: &'static str) -> Error {
    Error::Strange { operation: format!("dynamodb:{name}"), field }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_switch_that_lacks_something_is_named_by_it() {
        let mut item = json!({
            "n": { "N": "7" }, "sc": { "S": "account" }, "t": { "S": "A" }, "st": { "S": "halted" },
        });
        let good = kill(&item).expect("it is whole");
        assert_eq!((good.number, good.scope.as_str()), (7, "account"));
        item["st"] = json!({});
        assert_eq!(kill(&item), Err(strange("Query", "st")));
    }
}
