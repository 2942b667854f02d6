//! What a secret holds, and what the next version of it holds.
//!
//! Entry points: [`Login::parse`], [`Login::next`].
//! Limits: a password has [`PASSWORD_LENGTH`] letters and digits, so that no statement, URL or
//! shell ever needs to quote it; user names are letters, digits and `_`, at most
//! [`USER_LENGTH_MAX`] with the second user's suffix.
//! Keys that aren't known here are carried over as they are. Debug forms show no password.

use std::fmt;

use aws::Value;
use serde_json::{Map, json};

use crate::error::Error;

/// Letters and digits of a password: 238 bits.
pub const PASSWORD_LENGTH: usize = 40;
/// MySQL's limit of a user's name.
pub const USER_LENGTH_MAX: usize = 32;

/// What tells the second of the two users from the first.
const SECOND: &str = "_clone";

/// A database's kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// PostgreSQL.
    Postgres,
    /// MySQL, and MariaDB, which speaks the same.
    Mysql,
}

/// A password; it is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

/// How somebody logs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login {
    /// Kind of the database.
    pub engine: Engine,
    /// Its address, which its certificate must name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Database in the instance.
    pub database: String,
    /// User.
    pub user: String,
    /// Nothing before the first rotation of an application's secret.
    pub password: Option<Password>,
    /// Secret of the user that sets this one's password; without it the user sets its own.
    pub master: Option<String>,
    others: Map<String, serde_json::Value>,
}

// === impl Password ===

impl Password {
    /// Draws one.
    ///
    /// # Errors
    /// When the system has no random bytes.
    pub fn draw() -> Result<Self, Error> {
        const LETTERS: &[u8; 62] =
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        let mut password = String::with_capacity(PASSWORD_LENGTH);
        while password.len() < PASSWORD_LENGTH {
            let mut drawn = [0_u8; PASSWORD_LENGTH];
            getrandom::fill(&mut drawn).map_err(|_| Error::NoChance)?;
            // Of 256 values 248 are four times the 62 letters; the rest would favour some of them.
            let even = drawn.iter().filter(|byte| **byte < 248);
            let letters = even.map(|byte| char::from(LETTERS[usize::from(byte % 62)]));
            let missing = PASSWORD_LENGTH - password.len();
            password.extend(letters.take(missing));
        }
        Ok(Self(password))
    }

    /// The password itself, for a log-in or a verifier and nothing else.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Password(not shown)")
    }
}

// === impl Login ===

impl Login {
    /// Reads a secret's value; `stage` is what an error names.
    ///
    /// # Errors
    /// When a key is missing or can't be used.
    pub fn parse(value: &Value, stage: &'static str) -> Result<Self, Error> {
        let wrong = |reason| Error::Content { stage, reason };
        let mut fields: Map<String, serde_json::Value> =
            serde_json::from_str(&value.0).map_err(|_| wrong("must be an object of JSON"))?;
        let text = |key: &str| fields.get(key).and_then(|value| value.as_str()).map(str::to_owned);
        let engine = match text("engine").as_deref() {
            Some("postgres") => Engine::Postgres,
            Some("mysql" | "mariadb") => Engine::Mysql,
            _ => return Err(wrong("engine must be postgres or mysql")),
        };
        let port = fields.get("port").and_then(serde_json::Value::as_u64);
        let user = text("username").filter(|user| is_name(user, USER_LENGTH_MAX));
        let database = text("dbname").filter(|database| is_name(database, 63));
        let password = text("password").map(Password);
        if password.as_ref().is_some_and(|password| password.0.is_empty()) {
            return Err(wrong("password must not be empty"));
        }
        Ok(Self {
            engine,
            host: text("host").ok_or_else(|| wrong("host must be the database's address"))?,
            port: port
                .and_then(|port| u16::try_from(port).ok())
                .ok_or_else(|| wrong("port must be a port's number"))?,
            database: database.ok_or_else(|| wrong("dbname must be letters, digits and _"))?,
            user: user.ok_or_else(|| wrong("username must be up to 32 letters, digits and _"))?,
            password,
            master: text("masterarn"),
            others: {
                fields.remove("password");
                fields
            },
        })
    }

    /// The next log-in: the other of the two users, or the same one where it sets its own
    /// password, or where nobody ever logged in.
    ///
    /// # Errors
    /// When a name would be too long, or the system has no random bytes.
    pub fn next(&self) -> Result<Self, Error> {
        let mut next = self.clone();
        if self.master.is_some() && self.password.is_some() {
            next.user = self.other_user();
        }
        if next.user.len() > USER_LENGTH_MAX {
            let reason = "username must leave room for the second user's _clone";
            return Err(Error::Content { stage: "AWSCURRENT", reason });
        }
        next.password = Some(Password::draw()?);
        Ok(next)
    }

    /// The first of the two users, whose name the pair's common role carries.
    pub fn first_user(&self) -> &str {
        self.user.strip_suffix(SECOND).unwrap_or(&self.user)
    }

    fn other_user(&self) -> String {
        match self.user.strip_suffix(SECOND) {
            Some(first) => first.to_owned(),
            None => format!("{}{SECOND}", self.user),
        }
    }

    /// Whether both mean the same database.
    pub fn same_database(&self, other: &Self) -> bool {
        let place = |login: &Self| (login.host.clone(), login.port, login.database.clone());
        self.engine == other.engine && place(self) == place(other)
    }

    /// As a secret's value.
    pub fn value(&self) -> Value {
        let mut fields = self.others.clone();
        fields.insert("username".to_owned(), json!(self.user));
        if let Some(password) = &self.password {
            fields.insert("password".to_owned(), json!(password.0));
        }
        Value(serde_json::Value::Object(fields).to_string())
    }
}

/// Whether a name needs no quoting that it could escape from.
fn is_name(name: &str, length_max: usize) -> bool {
    let letters = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    letters && !name.is_empty() && name.len() <= length_max
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn login(user: &str, password: &str) -> Login {
        let value = json!({
            "engine": "postgres", "host": "db", "port": 5432, "dbname": "reconciler",
            "username": user, "password": password, "masterarn": "arn", "owner": "trading",
        });
        Login::parse(&Value(value.to_string()), "AWSCURRENT").expect("it is right")
    }

    #[test]
    fn users_alternate() {
        let first = login("reconciler", "old");
        let second = first.next().expect("chance");
        assert_eq!(second.user, "reconciler_clone");
        assert_eq!(second.first_user(), "reconciler");
        assert_eq!(second.next().expect("chance").user, "reconciler");
    }

    #[test]
    fn a_secret_that_nobody_ever_used_keeps_its_user() {
        let mut first = login("reconciler", "x");
        first.password = None;
        assert_eq!(first.next().expect("chance").user, "reconciler");
    }

    #[test]
    fn who_has_no_master_keeps_the_user() {
        let mut master = login("orderflow", "old");
        master.master = None;
        let next = master.next().expect("chance");
        assert_eq!(next.user, "orderflow");
        assert_ne!(next.password, master.password);
    }

    #[test]
    fn a_value_keeps_what_is_not_the_rotations() {
        let next = login("reconciler", "old").next().expect("chance");
        assert!(next.value().0.contains(r#""owner":"trading""#));
        assert_eq!(Login::parse(&next.value(), "AWSPENDING").expect("reads").user, next.user);
    }

    #[test]
    fn passwords_are_long_plain_and_never_the_same() {
        let drawn: BTreeSet<String> =
            (0..100).map(|_| Password::draw().expect("chance").0).collect();
        assert_eq!(drawn.len(), 100);
        for password in drawn {
            assert_eq!(password.len(), PASSWORD_LENGTH);
            assert!(password.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        }
    }

    #[test]
    fn a_name_that_could_escape_from_a_statement_is_refused() {
        for user in ["a\"b", "a'b", "a b", "", "a`b", "a;b", &"a".repeat(33)] {
            let value = json!({
                "engine": "mysql", "host": "db", "port": 3306, "dbname": "reconciler",
                "username": user, "password": "x",
            });
            let refused = Login::parse(&Value(value.to_string()), "AWSCURRENT");
            assert!(matches!(refused, Err(Error::Content { .. })), "{user}");
        }
    }

    #[test]
    fn nothing_that_is_shown_holds_a_password() {
        let login = login("reconciler", "hunter2");
        assert!(!format!("{login:?}").contains("hunter2"));
    }
}
