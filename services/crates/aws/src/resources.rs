//! Cloud Control: any resource's properties by type and identifier, in one call.
//!
//! Entry points: [`Resources::get`]. It reads and can't write; which type a thing has is the
//! caller's knowledge.

use serde_json::{Value, json};

use crate::account::Account;
use crate::call::Operation;
use crate::error::Error;

/// What stands in an account, as CloudFormation's types describe it.
#[derive(Clone, Debug)]
pub struct Resources {
    account: Account,
}

impl Resources {
    /// The resources of an account.
    pub fn new(account: Account) -> Self {
        Self { account }
    }

    /// The properties of a resource, or nothing when it isn't there.
    ///
    /// # Errors
    /// See [`Error`]; also when the caller may not read that type.
    pub fn get(&self, kind: &str, identifier: &str) -> Result<Option<Value>, Error> {
        let operation = Operation {
            service: "cloudcontrolapi",
            iam: "cloudformation",
            target: "CloudApiService",
            json: "1.0",
            name: "GetResource",
            secret: false,
        };
        let request = json!({ "TypeName": kind, "Identifier": identifier });
        match self.account.call(operation, &request) {
            Ok(answer) => {
                let text = answer["ResourceDescription"]["Properties"].as_str();
                let properties = text.and_then(|text| serde_json::from_str(text).ok());
                let operation = "cloudformation:GetResource".to_owned();
                properties.map(Some).ok_or(Error::Strange { operation, field: "Properties" })
            }
            Err(Error::Refused { code, .. }) if code == "ResourceNotFoundException" => Ok(None),
            Err(error) => Err(error),
        }
    }
}
