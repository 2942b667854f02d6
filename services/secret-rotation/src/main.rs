//! The Lambda function that rotates the database's passwords.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context as _, Result, anyhow, bail};
use aws::{Account, Credentials, Secrets};
use secret_rotation::config::Config;
use secret_rotation::database::Databases;
use secret_rotation::lambda;
use secret_rotation::rotation::Rotation;

fn main() -> Result<()> {
    let text = needed("CONFIG")?;
    let config = Config::parse(&text).map_err(|problems| {
        let problems =
            problems.iter().map(|problem| format!("{}: {}", problem.path, problem.reason));
        anyhow!("CONFIG can't be used: {}", problems.collect::<Vec<_>>().join("; "))
    })?;
    match std::env::args().nth(1).as_deref() {
        Some("--check-config") => return Ok(()),
        Some(other) => bail!("{other} is no argument: there is --check-config"),
        None => {}
    }
    // The driver trusts the machine's list besides `ca_file`; this makes them one.
    let trusted = variable("SSL_CERT_FILE").map(PathBuf::from);
    if trusted.as_ref() != Some(&config.ca_file) || variable("SSL_CERT_DIR").is_some() {
        bail!("SSL_CERT_FILE must be ca_file, and SSL_CERT_DIR unset: only it may be trusted");
    }
    let endpoint = config.secrets_manager_endpoint.clone();
    let endpoints = BTreeMap::from([("secretsmanager".to_owned(), endpoint)]);
    let credentials = Credentials::from_variables(variable)?;
    let account = Account::open(credentials, &needed("AWS_REGION")?, endpoints)?;
    let rotation = Rotation {
        secrets: Secrets::new(account),
        databases: Databases::new(config.ca_file, config.database_timeout)?,
        prefix: config.secret_prefix,
    };
    lambda::serve(&needed("AWS_LAMBDA_RUNTIME_API")?, &rotation)
}

fn needed(name: &str) -> Result<String> {
    variable(name).with_context(|| format!("{name} isn't set: Lambda sets it, or the module does"))
}

#[expect(clippy::disallowed_methods, reason = "settings and identity come from the environment")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
