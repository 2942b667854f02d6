//! Secrets Manager: the four calls that a rotation makes.
//!
//! Entry points: [`Secrets`]. Repeating any of them has no second effect: a version is named by
//! its token, and a label that was moved is found moved.
//! It doesn't know what a value means. A crash leaves at most a version nobody points at.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::json;

use crate::account::Account;
use crate::call::Operation;
use crate::error::Error;

/// Secrets of one account and Region.
#[derive(Clone, Debug)]
pub struct Secrets {
    account: Account,
}

/// What a secret holds; its debug form doesn't.
#[derive(Clone, PartialEq, Eq)]
pub struct Value(pub String);

/// What is known of a secret without reading it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Versions {
    /// Its name.
    pub name: String,
    /// Staging labels by version.
    pub stages: BTreeMap<String, Vec<String>>,
}

// === impl Versions ===

impl Versions {
    /// The version that a label is on.
    pub fn labelled(&self, stage: &str) -> Option<&str> {
        let carries = |stages: &Vec<String>| stages.iter().any(|other| other == stage);
        self.stages.iter().find(|(_, stages)| carries(stages)).map(|(version, _)| version.as_str())
    }
}

// === impl Value ===

impl fmt::Debug for Value {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Value(not shown)")
    }
}

// === impl Secrets ===

impl Secrets {
    /// The secrets of an account.
    pub fn new(account: Account) -> Self {
        Self { account }
    }

    /// The labels of each version that has one.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn describe(&self, secret: &str) -> Result<Versions, Error> {
        let answer =
            self.account.call(operation("DescribeSecret"), &json!({ "SecretId": secret }))?;
        let name = answer["Name"].as_str().ok_or_else(|| strange("DescribeSecret", "Name"))?;
        let labels = answer["VersionIdsToStages"].as_object().into_iter().flatten();
        let stages = labels.map(|(version, stages)| {
            let stages = stages.as_array().into_iter().flatten();
            let stages = stages.filter_map(|stage| stage.as_str().map(str::to_owned));
            (version.clone(), stages.collect())
        });
        Ok(Versions { name: name.to_owned(), stages: stages.collect() })
    }

    /// The value under a label, and of the named version where one is named; nothing when there
    /// is none.
    ///
    /// # Errors
    /// See [`Error`]; a secret that isn't there at all is `None` too.
    pub fn get(
        &self,
        secret: &str,
        version: Option<&str>,
        stage: &str,
    ) -> Result<Option<Value>, Error> {
        let mut request = json!({ "SecretId": secret, "VersionStage": stage });
        if let Some(version) = version {
            request["VersionId"] = json!(version);
        }
        match self.account.call(operation("GetSecretValue"), &request) {
            Ok(answer) => {
                let text = answer["SecretString"].as_str();
                let text = text.ok_or_else(|| strange("GetSecretValue", "SecretString"))?;
                Ok(Some(Value(text.to_owned())))
            }
            Err(error) if error.is_absent() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Stores a value as the version that `token` names, under the label AWSPENDING.
    ///
    /// # Errors
    /// See [`Error`]; refused when the version is there with another value.
    pub fn put_pending(&self, secret: &str, token: &str, value: &Value) -> Result<(), Error> {
        let request = json!({
            "SecretId": secret,
            "ClientRequestToken": token,
            "SecretString": value.0,
            "VersionStages": ["AWSPENDING"],
        });
        self.account.call(operation("PutSecretValue"), &request).map(|_| ())
    }

    /// Moves AWSCURRENT from one version to another; AWS leaves AWSPREVIOUS on the first.
    ///
    /// # Errors
    /// See [`Error`]; refused when the label isn't on `from` any more.
    pub fn make_current(&self, secret: &str, from: Option<&str>, to: &str) -> Result<(), Error> {
        let mut request =
            json!({ "SecretId": secret, "VersionStage": "AWSCURRENT", "MoveToVersionId": to });
        if let Some(from) = from {
            request["RemoveFromVersionId"] = json!(from);
        }
        self.account.call(operation("UpdateSecretVersionStage"), &request).map(|_| ())
    }
}

fn operation(name: &'static str) -> Operation {
    Operation {
        service: "secretsmanager",
        iam: "secretsmanager",
        target: "secretsmanager",
        json: "1.1",
        name,
        secret: name == "PutSecretValue",
    }
}

fn strange(name: &str, field: &'static str) -> Error {
    Error::Strange { operation: format!("secretsmanager:{name}"), field }
}
