//! The four steps, each of which may be stopped anywhere and asked for again.
//!
//! ```text
//!            label of the token's version      what the database knows
//!  create    (none or) AWSPENDING, no value    the old password
//!  set       AWSPENDING with a value           the old password
//!  test      AWSPENDING                        the old one and, of the other user, the new one
//!  finish    AWSPENDING → AWSCURRENT           the same
//! ```
//!
//! Entry points: [`Rotation::run`].
//!
//! What holds at every moment: the application's user that AWSCURRENT names keeps its password,
//! because only the other user's is ever set; and AWSCURRENT moves only to what was just logged in
//! with. The master has one user: between `set` and `finish` its AWSCURRENT is out of date, and
//! who needs it (this function alone) tries AWSPENDING next.
//!
//! It writes no log and starts nothing by itself. A crash in any step: the step is asked for
//! again, finds what was done by reading labels and logging in, and does the rest.

use aws::{Secrets, Versions};
use serde_json::Value;

use crate::database::{Answer, Databases};
use crate::error::Error;
use crate::secret::Login;

/// What a step is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// ARN of the secret.
    pub secret: String,
    /// The version that becomes the new one.
    pub token: String,
    /// What to do.
    pub step: Step,
}

/// Secrets Manager's four steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Make a new value.
    Create,
    /// Let the database take it.
    Set,
    /// Log in with it.
    Test,
    /// Make it the current one.
    Finish,
}

/// What a step did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// What it is for.
    Done,
    /// Nothing, because it was done before.
    Before,
}

/// Everything a step works with.
#[derive(Debug)]
pub struct Rotation {
    /// Secrets Manager.
    pub secrets: Secrets,
    /// The databases.
    pub databases: Databases,
    /// What the names of this database's secrets begin with.
    pub prefix: String,
}

// === impl Request ===

impl Request {
    /// Reads the call that Secrets Manager makes.
    ///
    /// # Errors
    /// When it is none.
    pub fn parse(call: &Value) -> Result<Self, Error> {
        let text = |key: &str, missing| {
            call[key].as_str().map(str::to_owned).ok_or(Error::Request(missing))
        };
        Ok(Self {
            secret: text("SecretId", "the call has no SecretId")?,
            token: text("ClientRequestToken", "the call has no ClientRequestToken")?,
            step: match call["Step"].as_str() {
                Some("createSecret") => Step::Create,
                Some("setSecret") => Step::Set,
                Some("testSecret") => Step::Test,
                Some("finishSecret") => Step::Finish,
                _ => return Err(Error::Request("the call has no Step that is known")),
            },
        })
    }
}

// === impl Rotation ===

impl Rotation {
    /// Does one step.
    ///
    /// # Errors
    /// See [`Error`]; nothing is half done that the same step can't finish.
    pub fn run(&self, request: &Request) -> Result<Outcome, Error> {
        let versions = self.secrets.describe(&request.secret)?;
        if !versions.name.starts_with(&self.prefix) {
            return Err(Error::Request("the secret is not of this database"));
        }
        let stages = versions.stages.get(&request.token);
        let is = |stage: &str| stages.is_some_and(|has| has.iter().any(|other| other == stage));
        if is("AWSCURRENT") {
            return Ok(Outcome::Before);
        }
        // Before `create` has stored a value, AWS may not show the version yet.
        let unborn = request.step == Step::Create && stages.is_none();
        if !is("AWSPENDING") && !unborn {
            return Err(Error::Request("the version doesn't wait for a rotation"));
        }
        match request.step {
            Step::Create => self.create(request),
            Step::Set => self.set(request),
            Step::Test => self.test(request),
            Step::Finish => self.finish(request, &versions),
        }
    }

    fn create(&self, request: &Request) -> Result<Outcome, Error> {
        if let Some(value) =
            self.secrets.get(&request.secret, Some(&request.token), "AWSPENDING")?
        {
            Login::parse(&value, "AWSPENDING")?;
            return Ok(Outcome::Before);
        }
        let next = self.current(&request.secret)?.next()?;
        self.secrets.put_pending(&request.secret, &request.token, &next.value())?;
        Ok(Outcome::Done)
    }

    fn set(&self, request: &Request) -> Result<Outcome, Error> {
        let pending = self.pending(request)?;
        let current = self.current(&request.secret)?;
        // Whoever may write a secret must not be able to send the master's password elsewhere.
        if !pending.same_database(&current) || pending.master != current.master {
            return Err(content("AWSPENDING", "it must name the same database as AWSCURRENT"));
        }
        if self.databases.login(&pending)? == Answer::Welcome {
            return Ok(Outcome::Before);
        }
        match &current.master {
            Some(master) => {
                let in_use = pending.user == current.user && current.password.is_some();
                if in_use {
                    let reason = "username must not be the one that AWSCURRENT's users have";
                    return Err(content("AWSPENDING", reason));
                }
                let master = self.master(master, &current)?;
                self.databases.set_other(&master, &pending)?;
            }
            None => self.set_own(request, &current, &pending)?,
        }
        Ok(Outcome::Done)
    }

    fn test(&self, request: &Request) -> Result<Outcome, Error> {
        let pending = self.pending(request)?;
        match self.databases.login(&pending)? {
            Answer::Welcome => Ok(Outcome::Done),
            Answer::Refused => Err(Error::Refused { user: pending.user, tried: "AWSPENDING" }),
        }
    }

    fn finish(&self, request: &Request, versions: &Versions) -> Result<Outcome, Error> {
        self.test(request)?;
        let from = versions.labelled("AWSCURRENT");
        let moved = self.secrets.make_current(&request.secret, from, &request.token);
        if let Err(error) = moved {
            // An answer may have been lost after the label moved; then moving it again is refused.
            let versions = self.secrets.describe(&request.secret)?;
            if versions.labelled("AWSCURRENT") != Some(request.token.as_str()) {
                return Err(error.into());
            }
        }
        Ok(Outcome::Done)
    }

    /// The master sets its own password, by the newest of its passwords that the database knows.
    fn set_own(&self, request: &Request, current: &Login, pending: &Login) -> Result<(), Error> {
        let Some(password) = &pending.password else {
            return Err(content("AWSPENDING", "password must be there"));
        };
        let previous = self.secrets.get(&request.secret, None, "AWSPREVIOUS")?;
        let previous = previous.and_then(|value| Login::parse(&value, "AWSPREVIOUS").ok());
        let previous = previous.filter(|previous| previous.same_database(current));
        for known in [Some(current.clone()), previous].into_iter().flatten() {
            let same_user = known.user == pending.user;
            if same_user && self.databases.login(&known)? == Answer::Welcome {
                return self.databases.set_own(&known, password);
            }
        }
        let tried = "AWSPENDING, AWSCURRENT and AWSPREVIOUS";
        Err(Error::Refused { user: pending.user.clone(), tried })
    }

    /// The master's log-in as the database knows it now.
    fn master(&self, secret: &str, of: &Login) -> Result<Login, Error> {
        let name = self.secrets.describe(secret)?.name;
        if !name.starts_with(&self.prefix) {
            return Err(Error::Request("masterarn is not a secret of this database"));
        }
        let mut user = String::new();
        for stage in ["AWSCURRENT", "AWSPENDING"] {
            let Some(value) = self.secrets.get(secret, None, stage)? else { continue };
            let master = Login::parse(&value, stage)?;
            if !master.same_database(of) {
                return Err(content(stage, "the master's must name the same database"));
            }
            if self.databases.login(&master)? == Answer::Welcome {
                return Ok(master);
            }
            user = master.user;
        }
        Err(Error::Refused { user, tried: "the master's AWSCURRENT and AWSPENDING" })
    }

    fn current(&self, secret: &str) -> Result<Login, Error> {
        let value = self.secrets.get(secret, None, "AWSCURRENT")?;
        let value = value.ok_or_else(|| content("AWSCURRENT", "there is none"))?;
        Login::parse(&value, "AWSCURRENT")
    }

    fn pending(&self, request: &Request) -> Result<Login, Error> {
        let value = self.secrets.get(&request.secret, Some(&request.token), "AWSPENDING")?;
        let value =
            value.ok_or_else(|| content("AWSPENDING", "there is none: create comes first"))?;
        let pending = Login::parse(&value, "AWSPENDING")?;
        if pending.password.is_none() {
            return Err(content("AWSPENDING", "password must be there"));
        }
        Ok(pending)
    }
}

fn content(stage: &'static str, reason: &'static str) -> Error {
    Error::Content { stage, reason }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_call_that_is_none_is_refused() {
        let good = json!({
            "SecretId": "arn", "ClientRequestToken": "token", "Step": "setSecret",
        });
        assert_eq!(Request::parse(&good).expect("it is one").step, Step::Set);
        for key in ["SecretId", "ClientRequestToken", "Step"] {
            let mut call = good.clone();
            call[key] = json!(7);
            assert!(matches!(Request::parse(&call), Err(Error::Request(_))), "{key}");
        }
    }
}
