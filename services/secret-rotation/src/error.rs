//! Why a step could not be done. No text here holds a value of a secret, a statement, or what a
//! database said, which may quote one.

/// What ends a step; Secrets Manager tries the rotation again later.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Secrets Manager can't be used.
    #[error("OR-0400: {0}")]
    Secrets(#[from] aws::Error),
    /// The call isn't one that Secrets Manager makes for a secret of this database.
    #[error("OR-0401: {0}")]
    Request(&'static str),
    /// The secret's content isn't what a rotation can work with.
    #[error("OR-0402: the secret's {stage} value: {reason}")]
    Content {
        /// Label of the version that was read.
        stage: &'static str,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The database can't be reached, or not over TLS.
    #[error("OR-0403: the database gave no answer over TLS: {0}")]
    Unreachable(&'static str),
    /// The database refuses every password that is known for a user.
    #[error("OR-0404: the database refuses {user}, with {tried}")]
    Refused {
        /// The user.
        user: String,
        /// Which passwords were tried.
        tried: &'static str,
    },
    /// The database refuses a statement.
    #[error("OR-0405: the database refuses to {doing}, code {code}")]
    Statement {
        /// What was being done.
        doing: &'static str,
        /// SQLSTATE, or MySQL's number.
        code: String,
    },
    /// The system has no random bytes.
    #[error("OR-0406: the system gives no random bytes")]
    NoChance,
}
