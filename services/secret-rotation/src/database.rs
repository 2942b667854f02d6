//! The database that a secret opens: log in, and set a user's password.
//!
//! Entry points: [`Databases::login`], [`Databases::set_own`], [`Databases::set_other`].
//!
//! Limits: each call has `database_timeout` in all. A connection is TLS with a certificate that
//! names the host and chains to `ca_file`, or it isn't made.
//! It knows no secret and no label. A crash leaves a user whose password was set or wasn't; both
//! are found by logging in.

mod mysql;
mod postgres;

use std::path::PathBuf;
use std::time::Duration;

use tokio::runtime::Runtime;

use crate::error::Error;
use crate::secret::{Engine, Login, Password};

/// How databases are reached.
#[derive(Debug)]
pub struct Databases {
    runtime: Runtime,
    place: Place,
}

/// What every connection is made with.
#[derive(Clone, Debug)]
struct Place {
    ca_file: PathBuf,
    timeout: Duration,
}

/// How a log-in ended, as far as a rotation cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It opened the database.
    Welcome,
    /// User and password don't fit.
    Refused,
}

impl Databases {
    /// Makes what connections need; nothing is reached yet.
    ///
    /// # Errors
    /// When the system gives no event queue.
    pub fn new(ca_file: PathBuf, timeout: Duration) -> std::io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        Ok(Self { runtime, place: Place { ca_file, timeout } })
    }

    /// Logs in and reads one row.
    ///
    /// # Errors
    /// When the database gives no answer, or refuses for another reason than the password.
    pub fn login(&self, login: &Login) -> Result<Answer, Error> {
        let Some(password) = &login.password else { return Ok(Answer::Refused) };
        let place = &self.place;
        let tried = self.run(async {
            match login.engine {
                Engine::Postgres => postgres::login(place, login, password).await,
                Engine::Mysql => mysql::login(place, login, password).await,
            }
        });
        match tried {
            Ok(()) => Ok(Answer::Welcome),
            Err(Error::Refused { .. }) => Ok(Answer::Refused),
            Err(error) => Err(error),
        }
    }

    /// The user that `by` logs in with takes a new password.
    ///
    /// # Errors
    /// When the database gives no answer or refuses.
    pub fn set_own(&self, by: &Login, password: &Password) -> Result<(), Error> {
        let place = &self.place;
        self.run(async {
            match by.engine {
                Engine::Postgres => postgres::set_own(place, by, password).await,
                Engine::Mysql => mysql::set_own(place, by, password).await,
            }
        })
    }

    /// The application's user `other` is made if it isn't there, may do what the first user may,
    /// and takes its password; all of it by the master, and the password last.
    ///
    /// # Errors
    /// When the database gives no answer or refuses.
    pub fn set_other(&self, master: &Login, other: &Login) -> Result<(), Error> {
        let place = &self.place;
        self.run(async {
            match master.engine {
                Engine::Postgres => postgres::set_other(place, master, other).await,
                Engine::Mysql => mysql::set_other(place, master, other).await,
            }
        })
    }

    fn run<T>(&self, work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        self.runtime.block_on(async {
            let late = Err(Error::Unreachable("no answer in time"));
            tokio::time::timeout(self.place.timeout, work).await.unwrap_or(late)
        })
    }
}

/// Turns what a driver says into what may be shown: never its text, which can quote a statement.
fn plain(error: &sqlx::Error, user: &str, doing: &'static str) -> Error {
    match error {
        sqlx::Error::Database(said) => {
            let number = said.try_downcast_ref::<sqlx::mysql::MySqlDatabaseError>();
            let code = match number {
                Some(said) => said.number().to_string(),
                None => said.code().unwrap_or_default().into_owned(),
            };
            // SQLSTATE class 28 of PostgreSQL; access denied and account locked of MySQL.
            let refused = ["28P01", "28000", "1045", "1698", "3118", "4151"];
            if refused.contains(&code.as_str()) && doing == LOGIN {
                Error::Refused { user: user.to_owned(), tried: "the given password" }
            } else {
                Error::Statement { doing, code }
            }
        }
        sqlx::Error::Tls(_) => {
            Error::Unreachable("the certificate is not of this host and ca_file")
        }
        sqlx::Error::Io(_) => Error::Unreachable("the connection failed"),
        sqlx::Error::Configuration(_) => Error::Unreachable("ca_file can't be read"),
        _ => Error::Unreachable("the protocol broke off"),
    }
}

/// What is being done while a connection is made.
const LOGIN: &str = "log in";
