//! The function's settings: JSON in the variable `CONFIG`, as `infra/modules/database` writes it.
//!
//! Entry points: [`Config::parse`].
//! Limits: `database_timeout` is from 1 s to 20 s, so that a step with three log-ins fits into the
//! function's minute. All problems are reported at once; unknown keys are refused; nothing here has
//! a default, because each wrong guess ends in a rotation that fails at night.

use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Map, Value};

/// Everything that can be set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// PEM file with the certificates that the database's must chain to: RDS' bundle of the
    /// Region, in the function's archive. Without the right one no log-in succeeds.
    pub ca_file: PathBuf,
    /// How long a log-in and what follows it may take.
    pub database_timeout: Duration,
    /// Secrets whose names don't begin with it are refused: it keeps one database's rotation away
    /// from another's secrets.
    pub secret_prefix: String,
    /// Where Secrets Manager answers, https but on this machine.
    pub secrets_manager_endpoint: String,
}

/// One thing that is wrong with a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The key.
    pub path: String,
    /// What is wrong and what would be right.
    pub reason: String,
}

impl Config {
    /// The keys, in order.
    pub const KEYS: [&str; 4] =
        ["ca_file", "database_timeout", "secret_prefix", "secrets_manager_endpoint"];

    /// Reads a configuration.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn parse(text: &str) -> Result<Self, Vec<Problem>> {
        let table: Map<String, Value> = serde_json::from_str(text)
            .map_err(|_| vec![problem("CONFIG", "must be an object of JSON")])?;
        let mut problems = Vec::new();
        for key in table.keys().filter(|key| !Self::KEYS.contains(&key.as_str())) {
            problems
                .push(problem(key, "is no key; they are in services/secret-rotation/README.md"));
        }
        let mut text = |key: &str| {
            let text = table.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
            if text.is_none() {
                problems.push(problem(key, "must be a text"));
            }
            text.unwrap_or_default().to_owned()
        };
        let config = Self {
            ca_file: text("ca_file").into(),
            database_timeout: Duration::from_secs(seconds(&text("database_timeout"))),
            secret_prefix: text("secret_prefix"),
            secrets_manager_endpoint: text("secrets_manager_endpoint"),
        };
        if !(1..=20).contains(&config.database_timeout.as_secs()) {
            problems.push(problem("database_timeout", "must be \"1s\" to \"20s\""));
        }
        if !config.secret_prefix.ends_with('/') {
            problems
                .push(problem("secret_prefix", "must end with /, so that it names one database"));
        }
        if problems.is_empty() { Ok(config) } else { Err(problems) }
    }
}

/// Whole seconds, 0 where it isn't a duration.
fn seconds(text: &str) -> u64 {
    text.strip_suffix('s').and_then(|number| number.parse().ok()).unwrap_or_default()
}

fn problem(path: &str, reason: &str) -> Problem {
    Problem { path: path.to_owned(), reason: reason.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"{
        "ca_file": "/var/task/rds-ca.pem",
        "database_timeout": "10s",
        "secret_prefix": "orderflow-prod-reconciler/",
        "secrets_manager_endpoint": "https://secretsmanager.eu-west-1.amazonaws.com"
    }"#;

    fn paths(text: &str) -> Vec<String> {
        let problems = Config::parse(text).expect_err("it is wrong");
        problems.into_iter().map(|problem| problem.path).collect()
    }

    #[test]
    fn the_settings_are_read_as_they_stand() {
        let config = Config::parse(GOOD).expect("it is right");
        assert_eq!(config.database_timeout, Duration::from_secs(10));
        assert_eq!(config.secret_prefix, "orderflow-prod-reconciler/");
    }

    #[test]
    fn every_problem_is_reported_at_once() {
        let wrong = GOOD.replace("10s", "90s").replace("reconciler/", "reconciler");
        assert_eq!(paths(&wrong), ["database_timeout", "secret_prefix"]);
        assert_eq!(paths("{}").len(), 6);
        assert_eq!(paths("no json"), ["CONFIG"]);
    }

    #[test]
    fn a_key_that_is_not_ours_is_refused() {
        assert_eq!(paths(&GOOD.replacen('{', "{\"secret_suffix\": \"x\",", 1)), ["secret_suffix"]);
    }
}
