//! Service Quotas: how much of something an account may have.
//!
//! Entry points: [`Quotas::get`], [`Quotas::find`]. It asks for the account's own value first, and
//! for AWS's default where the account has none. It raises nothing.

use serde_json::{Value, json};

use crate::account::Account;
use crate::call::Operation;
use crate::error::Error;

/// The quotas of an account in its Region.
#[derive(Clone, Debug)]
pub struct Quotas {
    account: Account,
}

/// Pages of a list that are read.
const PAGES_MAX: usize = 20;

/// One quota.
#[derive(Clone, Debug, PartialEq)]
pub struct Quota {
    /// AWS's name of it.
    pub name: String,
    /// AWS's code of it, which a request to raise it names.
    pub code: String,
    /// How much the account may have.
    pub value: f64,
    /// Whether a request can raise it.
    pub adjustable: bool,
}

impl Quotas {
    /// The quotas of an account.
    pub fn new(account: Account) -> Self {
        Self { account }
    }

    /// Region that is asked about.
    pub fn region(&self) -> &str {
        self.account.region()
    }

    /// A quota by its service's and its own code, such as `ec2` and `L-1216C47A`.
    ///
    /// # Errors
    /// See [`Error`]; refused when there is no such quota.
    pub fn get(&self, service: &str, code: &str) -> Result<Quota, Error> {
        let request = json!({ "ServiceCode": service, "QuotaCode": code });
        match self.account.call(operation("GetServiceQuota"), &request) {
            Err(error) if error.is_absent() => {
                let answer = self.account.call(operation("GetAWSDefaultServiceQuota"), &request)?;
                quota(&answer["Quota"], "GetAWSDefaultServiceQuota")
            }
            answer => quota(&answer?["Quota"], "GetServiceQuota"),
        }
    }

    /// A quota by its service's code and AWS's name of it, for those whose code isn't published.
    ///
    /// # Errors
    /// See [`Error`]; refused when none has that name.
    pub fn find(&self, service: &str, name: &str) -> Result<Quota, Error> {
        let mut request = json!({ "ServiceCode": service, "MaxResults": 100 });
        // A service has some dozens of quotas; the bound is for an answer that never ends.
        for _ in 0..PAGES_MAX {
            let answer = self.account.call(operation("ListServiceQuotas"), &request)?;
            let found = answer["Quotas"].as_array().into_iter().flatten();
            let mut found = found.filter(|quota| quota["QuotaName"] == name);
            if let Some(found) = found.next() {
                return quota(found, "ListServiceQuotas");
            }
            match answer["NextToken"].as_str() {
                Some(token) => request["NextToken"] = json!(token),
                None => break,
            }
        }
        let operation = "servicequotas:ListServiceQuotas".to_owned();
        let (code, message) = ("NoSuchResourceException".to_owned(), name.to_owned());
        Err(Error::Refused { operation, code, message })
    }
}

fn quota(quota: &Value, name: &str) -> Result<Quota, Error> {
    let strange = |field| Error::Strange { operation: format!("servicequotas:{name}"), field };
    Ok(Quota {
        name: quota["QuotaName"].as_str().ok_or_else(|| strange("QuotaName"))?.to_owned(),
        code: quota["QuotaCode"].as_str().ok_or_else(|| strange("QuotaCode"))?.to_owned(),
        value: quota["Value"].as_f64().ok_or_else(|| strange("Value"))?,
        adjustable: quota["Adjustable"].as_bool().unwrap_or(false),
    })
}

fn operation(name: &'static str) -> Operation {
    Operation {
        service: "servicequotas",
        iam: "servicequotas",
        target: "ServiceQuotasV20190624",
        json: "1.1",
        name,
        secret: false,
    }
}
