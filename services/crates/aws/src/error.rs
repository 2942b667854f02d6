//! Why a call gave no answer.

/// What a caller can tell apart.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// AWS answered no, and would again. `message` is empty where a request carries a secret,
    /// because AWS may quote what it refuses.
    #[error("{operation} was refused: {code} {message}")]
    Refused {
        /// Service and operation, as IAM writes them.
        operation: String,
        /// AWS's code of the refusal.
        code: String,
        /// AWS's own words.
        message: String,
    },
    /// No answer, or none but errors of the other side: it may have happened or not.
    #[error("{operation} had no answer in {attempts} attempts ({reason}): check the endpoint")]
    Unanswered {
        /// Service and operation, as IAM writes them.
        operation: String,
        /// How often it was tried.
        attempts: u32,
        /// What the last attempt met.
        reason: String,
    },
    /// The answer isn't what the service's reference says.
    #[error("{operation} gave an answer without {field}")]
    Strange {
        /// Service and operation, as IAM writes them.
        operation: String,
        /// What was missing.
        field: &'static str,
    },
}

impl Error {
    /// Whether AWS said that the thing isn't there.
    pub fn is_absent(&self) -> bool {
        let absent = ["ResourceNotFoundException", "NoSuchResourceException", "QueueDoesNotExist"];
        matches!(self, Self::Refused { code, .. } if absent.contains(&code.as_str()))
    }

    /// Whether a retry later may go better.
    pub fn is_unanswered(&self) -> bool {
        matches!(self, Self::Unanswered { .. })
    }
}
