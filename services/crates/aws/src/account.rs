//! Where calls go and in whose name.
//!
//! Entry points: [`Credentials::from_variables`], [`Account::open`].
//! Credentials come from the environment alone, where Lambda, CI's OIDC step and
//! `aws configure export-credentials` put them; a profile or a login is their part.
//! An account is opened once and lives as long as its credentials.
//! Trusted are the public authorities that Mozilla lists, compiled in: a machine's own list is for
//! whom else it talks to, such as a database with an authority of its own.

use std::collections::BTreeMap;
use std::fmt;

use ureq::Agent;

use crate::call;

/// Who calls. Its debug form shows the key's id alone.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    pub(crate) key_id: String,
    pub(crate) secret: String,
    pub(crate) token: Option<String>,
}

/// Why no account could be opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// A variable that identity comes from isn't set.
    #[error("{0} isn't set: run in Lambda, or `aws configure export-credentials --format env`")]
    Missing(&'static str),
    /// An endpoint that isn't one.
    #[error("endpoint {0:?} must be https://host, or http:// on this machine")]
    Endpoint(String),
}

/// One account in one Region, ready to be called.
#[derive(Clone, Debug)]
pub struct Account {
    pub(crate) agent: Agent,
    pub(crate) credentials: Credentials,
    pub(crate) region: String,
    endpoints: BTreeMap<String, String>,
}

// === impl Credentials ===

impl Credentials {
    /// Reads the three variables that AWS's own tools read.
    ///
    /// # Errors
    /// When the key's id or its secret isn't set.
    pub fn from_variables(variable: impl Fn(&str) -> Option<String>) -> Result<Self, Problem> {
        let filled = |name| variable(name).filter(|value| !value.is_empty());
        let needed = |name| filled(name).ok_or(Problem::Missing(name));
        Ok(Self {
            key_id: needed("AWS_ACCESS_KEY_ID")?,
            secret: needed("AWS_SECRET_ACCESS_KEY")?,
            token: filled("AWS_SESSION_TOKEN"),
        })
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Credentials({})", self.key_id)
    }
}

// === impl Account ===

impl Account {
    /// Opens an account. `endpoints` names those that aren't the Region's own, by service.
    ///
    /// # Errors
    /// When an endpoint isn't one.
    pub fn open(
        credentials: Credentials,
        region: &str,
        endpoints: BTreeMap<String, String>,
    ) -> Result<Self, Problem> {
        let plain = ["http://127.0.0.1:", "http://localhost:", "http://[::1]:"];
        let good = |endpoint: &str| {
            endpoint.starts_with("https://")
                || plain.iter().any(|start| endpoint.starts_with(start))
        };
        if let Some(bad) = endpoints.values().find(|endpoint| !good(endpoint)) {
            return Err(Problem::Endpoint(bad.clone()));
        }
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(None)
            .timeout_connect(Some(call::CONNECT_TIMEOUT))
            .timeout_global(Some(call::ATTEMPT_TIMEOUT))
            .build();
        Ok(Self { agent: config.into(), credentials, region: region.to_owned(), endpoints })
    }

    /// Region that is called.
    pub fn region(&self) -> &str {
        &self.region
    }

    /// The same account in another Region.
    pub fn in_region(&self, region: &str) -> Self {
        Self { region: region.to_owned(), ..self.clone() }
    }

    pub(crate) fn endpoint(&self, service: &str) -> String {
        let given = self.endpoints.get(service).or_else(|| self.endpoints.get("*")).cloned();
        given.unwrap_or_else(|| format!("https://{service}.{}.amazonaws.com", self.region))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn credentials() -> Credentials {
        let variables = |name: &str| Some(format!("{name}-value"));
        Credentials::from_variables(variables).expect("all are set")
    }

    #[test]
    fn credentials_never_show_their_secret() {
        let shown = format!("{:?}", credentials());
        assert_eq!(shown, "Credentials(AWS_ACCESS_KEY_ID-value)");
    }

    #[test]
    fn a_missing_variable_is_named() {
        let none = |name: &str| (name != "AWS_SECRET_ACCESS_KEY").then(|| "x".to_owned());
        let problem = Credentials::from_variables(none);
        assert_eq!(problem, Err(Problem::Missing("AWS_SECRET_ACCESS_KEY")));
    }

    #[test]
    fn an_endpoint_in_the_clear_is_taken_on_this_machine_alone() {
        let open = |endpoint: &str| {
            let endpoints = BTreeMap::from([("secretsmanager".to_owned(), endpoint.to_owned())]);
            Account::open(credentials(), "eu-west-1", endpoints)
        };
        assert!(open("http://127.0.0.1:4566").is_ok());
        assert!(open("https://secretsmanager.eu-west-1.amazonaws.com").is_ok());
        assert!(matches!(open("http://example.com"), Err(Problem::Endpoint(_))));
        assert!(matches!(open("http://localhost.example.com"), Err(Problem::Endpoint(_))));
    }

    #[test]
    fn without_an_override_the_endpoint_is_the_regions() {
        let account = Account::open(credentials(), "eu-west-1", BTreeMap::new()).expect("opens");
        let endpoint = account.in_region("us-east-1").endpoint("cloudcontrolapi");
        assert_eq!(endpoint, "https://cloudcontrolapi.us-east-1.amazonaws.com");
    }
}
