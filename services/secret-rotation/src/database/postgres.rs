//! PostgreSQL 14 and later.
//!
//! Entry points: [`login`], [`set_own`], [`set_other`].
//! What the application makes belongs to a role that nobody logs in as, `<first user>_owner`, and
//! both users become it when they log in: what one of them made, the other one may change.
//! A password travels as its SCRAM verifier, as `psql`'s `\password` sends it, so that no log of
//! the server can hold it. A user is made in one transaction: a crash leaves all of it or nothing.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::{digest, hmac, pbkdf2};
use sqlx::postgres::{PgConnectOptions, PgConnection, PgSslMode};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};

use super::{LOGIN, Place, plain};
use crate::error::Error;
use crate::secret::{Login, Password};

/// PostgreSQL's own default (`scram_iterations`).
const ITERATIONS: std::num::NonZeroU32 = std::num::NonZeroU32::new(4096).expect("above 0");

pub(super) async fn login(place: &Place, login: &Login, password: &Password) -> Result<(), Error> {
    let mut connection = connect(place, login, password).await?;
    let row: (i32,) = sqlx::query_as("SELECT 1")
        .fetch_one(&mut connection)
        .await
        .map_err(|error| plain(&error, &login.user, "read a row"))?;
    debug_assert_eq!(row.0, 1);
    close(connection).await
}

pub(super) async fn set_own(place: &Place, by: &Login, password: &Password) -> Result<(), Error> {
    let mut connection = connect_own(place, by).await?;
    let statement =
        format!("ALTER ROLE \"{}\" PASSWORD '{}'", by.user, verifier(password, &salt()?));
    run(&mut connection, statement, "change the own password").await?;
    close(connection).await
}

pub(super) async fn set_other(place: &Place, master: &Login, other: &Login) -> Result<(), Error> {
    let Some(password) = &other.password else { return Err(no_password()) };
    let mut connection = connect_own(place, master).await?;
    let owner = format!("{}_owner", other.first_user());
    run(&mut connection, "BEGIN".to_owned(), "begin").await?;
    if !exists(&mut connection, &owner).await? {
        let statement = format!("CREATE ROLE \"{owner}\" NOLOGIN");
        run(&mut connection, statement, "make the users' common role").await?;
    }
    let user = &other.user;
    let verb = if exists(&mut connection, user).await? { "ALTER" } else { "CREATE" };
    let (database, verifier) = (&other.database, verifier(password, &salt()?));
    let grant = "let the users' common role use the database";
    for (statement, doing) in [
        (
            format!("GRANT CONNECT, CREATE, TEMPORARY ON DATABASE \"{database}\" TO \"{owner}\""),
            grant,
        ),
        (format!("GRANT USAGE, CREATE ON SCHEMA public TO \"{owner}\""), grant),
        (format!("{verb} ROLE \"{user}\" LOGIN PASSWORD '{verifier}'"), "set a user's password"),
        (format!("GRANT \"{owner}\" TO \"{user}\""), "put a user into the common role"),
        (format!("ALTER ROLE \"{user}\" SET role = '{owner}'"), "let a user begin as that role"),
        ("COMMIT".to_owned(), "commit"),
    ] {
        run(&mut connection, statement, doing).await?;
    }
    close(connection).await
}

async fn connect_own(place: &Place, login: &Login) -> Result<PgConnection, Error> {
    let Some(password) = &login.password else { return Err(no_password()) };
    connect(place, login, password).await
}

async fn connect(place: &Place, login: &Login, password: &Password) -> Result<PgConnection, Error> {
    let options = PgConnectOptions::new_without_pgpass()
        .host(&login.host)
        .port(login.port)
        .username(&login.user)
        .password(password.reveal())
        .database(&login.database)
        .application_name("secret-rotation")
        .ssl_mode(PgSslMode::VerifyFull)
        .ssl_root_cert(&place.ca_file)
        .disable_statement_logging();
    let connected = PgConnection::connect_with(&options).await;
    connected.map_err(|error| plain(&error, &login.user, LOGIN))
}

async fn exists(connection: &mut PgConnection, role: &str) -> Result<bool, Error> {
    let row: Option<(i32,)> =
        sqlx::query_as("SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = $1")
            .bind(role)
            .fetch_optional(connection)
            .await
            .map_err(|error| plain(&error, role, "look for a role"))?;
    Ok(row.is_some())
}

/// Statements that set roles take no parameters; every name in them is letters, digits and `_`.
async fn run(
    connection: &mut PgConnection,
    statement: String,
    doing: &'static str,
) -> Result<(), Error> {
    let ran = sqlx::raw_sql(AssertSqlSafe(statement)).execute(connection).await;
    ran.map(|_| ()).map_err(|error| plain(&error, "", doing))
}

async fn close(connection: PgConnection) -> Result<(), Error> {
    connection.close().await.map_err(|error| plain(&error, "", "end the connection"))
}

fn no_password() -> Error {
    Error::Content { stage: "AWSCURRENT", reason: "password must be there" }
}

fn salt() -> Result<[u8; 16], Error> {
    let mut salt = [0; 16];
    getrandom::fill(&mut salt).map_err(|_| Error::NoChance)?;
    Ok(salt)
}

/// RFC 5803's form of a SCRAM-SHA-256 verifier, with PostgreSQL's separators. Passwords here are
/// letters and digits, which SASLprep leaves as they are.
fn verifier(password: &Password, salt: &[u8; 16]) -> String {
    let mut salted = [0; digest::SHA256_OUTPUT_LEN];
    let secret = password.reveal().as_bytes();
    pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, ITERATIONS, salt, secret, &mut salted);
    let key = hmac::Key::new(hmac::HMAC_SHA256, &salted);
    let client = hmac::sign(&key, b"Client Key");
    let stored = digest::digest(&digest::SHA256, client.as_ref());
    let server = hmac::sign(&key, b"Server Key");
    format!(
        "SCRAM-SHA-256${ITERATIONS}:{}${}:{}",
        STANDARD.encode(salt),
        STANDARD.encode(stored.as_ref()),
        STANDARD.encode(server.as_ref())
    )
}
