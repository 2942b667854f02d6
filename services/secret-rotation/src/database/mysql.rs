//! MySQL 8, and MariaDB 10.11 in its place in the tests: every statement is one that MySQL 8
//! documents too.
//!
//! Entry points: [`login`], [`set_own`], [`set_other`].
//! Both users have the same rights on the one database; who made a table doesn't matter to MySQL.
//! Statements about users commit by themselves, so the rights come first and the password last: a
//! crash leaves a user that nobody can log in as.

use sqlx::mysql::{MySqlConnectOptions, MySqlConnection, MySqlSslMode};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};

use super::{LOGIN, Place, plain};
use crate::error::Error;
use crate::secret::{Login, Password};

/// What the application may do with its database: everything but hand its rights on.
const RIGHTS: &str = "SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, REFERENCES, INDEX, ALTER, \
    CREATE TEMPORARY TABLES, LOCK TABLES, EXECUTE, CREATE VIEW, SHOW VIEW, CREATE ROUTINE, \
    ALTER ROUTINE, EVENT, TRIGGER";

pub(super) async fn login(place: &Place, login: &Login, password: &Password) -> Result<(), Error> {
    let mut connection = connect(place, login, password).await?;
    let ran = sqlx::raw_sql("SELECT 1").execute(&mut connection).await;
    ran.map_err(|error| plain(&error, &login.user, "read a row"))?;
    close(connection).await
}

pub(super) async fn set_own(place: &Place, by: &Login, password: &Password) -> Result<(), Error> {
    let mut connection = connect_own(place, by).await?;
    // The account by the host that it was made with. `ALTER USER CURRENT_USER()` says the same, but
    // MariaDB 10.11 answers it with success and changes nothing.
    let (account,): (String,) = sqlx::query_as("SELECT CURRENT_USER()")
        .fetch_one(&mut connection)
        .await
        .map_err(|error| plain(&error, &by.user, "read the own account"))?;
    let host = account.strip_prefix(&format!("{}@", by.user)).unwrap_or("%");
    if !host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"%._-:/".contains(&byte)) {
        return Err(Error::Statement { doing: "read the own account", code: "host".to_owned() });
    }
    let (user, password) = (&by.user, password.reveal());
    let statement = format!("ALTER USER '{user}'@'{host}' IDENTIFIED BY '{password}'");
    run(&mut connection, statement, "change the own password").await?;
    close(connection).await
}

pub(super) async fn set_other(place: &Place, master: &Login, other: &Login) -> Result<(), Error> {
    let Some(password) = &other.password else { return Err(no_password()) };
    let mut connection = connect_own(place, master).await?;
    let user = format!("'{}'@'%'", other.user);
    // In a grant `_` stands for any letter unless it is escaped.
    let database = other.database.replace('_', "\\_");
    let (nobody, password) = (Password::draw()?, password.reveal());
    let nobody = nobody.reveal();
    for (statement, doing) in [
        (
            format!("CREATE USER IF NOT EXISTS {user} IDENTIFIED BY '{nobody}' REQUIRE SSL"),
            "make a user",
        ),
        (format!("GRANT {RIGHTS} ON `{database}`.* TO {user}"), "let a user use the database"),
        (
            format!("ALTER USER {user} IDENTIFIED BY '{password}' REQUIRE SSL"),
            "set a user's password",
        ),
    ] {
        run(&mut connection, statement, doing).await?;
    }
    close(connection).await
}

async fn connect_own(place: &Place, login: &Login) -> Result<MySqlConnection, Error> {
    let Some(password) = &login.password else { return Err(no_password()) };
    connect(place, login, password).await
}

async fn connect(
    place: &Place,
    login: &Login,
    password: &Password,
) -> Result<MySqlConnection, Error> {
    let options = MySqlConnectOptions::new()
        .host(&login.host)
        .port(login.port)
        .username(&login.user)
        .password(password.reveal())
        .database(&login.database)
        .ssl_mode(MySqlSslMode::VerifyIdentity)
        .ssl_ca(&place.ca_file)
        .disable_statement_logging();
    let connected = MySqlConnection::connect_with(&options).await;
    connected.map_err(|error| plain(&error, &login.user, LOGIN))
}

/// Statements about users take no parameters; every name in them is letters, digits and `_`.
async fn run(
    connection: &mut MySqlConnection,
    statement: String,
    doing: &'static str,
) -> Result<(), Error> {
    let ran = sqlx::raw_sql(AssertSqlSafe(statement)).execute(connection).await;
    ran.map(|_| ()).map_err(|error| plain(&error, "", doing))
}

async fn close(connection: MySqlConnection) -> Result<(), Error> {
    connection.close().await.map_err(|error| plain(&error, "", "end the connection"))
}

fn no_password() -> Error {
    Error::Content { stage: "AWSCURRENT", reason: "password must be there" }
}
