//! One call: signed, sent, and sent again while that can help.
//!
//! Entry points: `Account::call`, for the modules beside this one.
//!
//! Limits: the constants here. With them the longest call takes about 24 s.
//! It knows no operation; whether a repeated call is harmless is said where the call is made.

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials as Identity;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use serde_json::Value;

use crate::account::Account;
use crate::error::Error;

/// To a connection.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// From the connection to the last byte of the answer.
pub const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(5);
/// Attempts of one call.
pub const ATTEMPTS_MAX: u32 = 4;
/// Bytes of an answer.
pub const ANSWER_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// Before the second attempt; each further one waits twice as long, and half of it is drawn.
const FIRST_PAUSE: Duration = Duration::from_millis(200);

/// An operation of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Operation {
    /// Name that endpoint, signature and IAM share, but for [`Self::iam`].
    pub service: &'static str,
    /// Prefix in IAM.
    pub iam: &'static str,
    /// What stands before the operation's name in the header.
    pub target: &'static str,
    /// Version of the JSON protocol.
    pub json: &'static str,
    /// The operation.
    pub name: &'static str,
    /// Whether the request holds something that AWS mustn't be quoted with.
    pub secret: bool,
}

/// How an attempt ended that gave no answer.
enum Miss {
    Final(Error),
    Again(String),
}

impl Account {
    pub(crate) fn call(&self, operation: Operation, body: &Value) -> Result<Value, Error> {
        let name = format!("{}:{}", operation.iam, operation.name);
        let body = body.to_string();
        let mut reason = String::new();
        for attempt in 0..ATTEMPTS_MAX {
            if attempt > 0 {
                std::thread::sleep(pause(attempt));
            }
            match self.attempt(operation, &name, &body) {
                Ok(answer) => return Ok(answer),
                Err(Miss::Final(error)) => return Err(error),
                Err(Miss::Again(miss)) => reason = miss,
            }
        }
        Err(Error::Unanswered { operation: name, attempts: ATTEMPTS_MAX, reason })
    }

    fn attempt(&self, operation: Operation, name: &str, body: &str) -> Result<Value, Miss> {
        let unsigned = |reason: String| {
            Miss::Final(Error::Unanswered { operation: name.to_owned(), attempts: 0, reason })
        };
        let request = self.signed(operation, body).map_err(unsigned)?;
        // ureq's errors name hosts and causes, never a header or a body.
        let mut answer = self.agent.run(request).map_err(|error| Miss::Again(error.to_string()))?;
        let status = answer.status().as_u16();
        let text = answer.body_mut().with_config().limit(ANSWER_BYTES_MAX).read_to_string();
        let text = text.map_err(|error| Miss::Again(error.to_string()))?;
        let value: Value = serde_json::from_str(&text).unwrap_or_default();
        if status == 200 {
            return Ok(value);
        }
        let code = code(&value, status);
        if status >= 500 || status == 429 || is_throttle(&code) {
            return Err(Miss::Again(code));
        }
        let message = if operation.secret { "" } else { message(&value) }.to_owned();
        Err(Miss::Final(Error::Refused { operation: name.to_owned(), code, message }))
    }

    fn signed(&self, operation: Operation, body: &str) -> Result<http::Request<String>, String> {
        let uri = format!("{}/", self.endpoint(operation.service).trim_end_matches('/'));
        let target = format!("{}.{}", operation.target, operation.name);
        let content = format!("application/x-amz-json-{}", operation.json);
        let headers = [("content-type", content.as_str()), ("x-amz-target", target.as_str())];
        let who = self.credentials.clone();
        let identity = Identity::new(who.key_id, who.secret, who.token, None, "given").into();
        #[expect(clippy::disallowed_methods, reason = "a signature carries the time of sending")]
        let now = SystemTime::now();
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name(operation.service)
            .time(now)
            .settings(SigningSettings::default())
            .build()
            .map_err(|error| error.to_string())?
            .into();
        let signable = SignableRequest::new(
            "POST",
            &uri,
            headers.into_iter(),
            SignableBody::Bytes(body.as_bytes()),
        );
        let signed = signable.and_then(|signable| sign(signable, &parameters));
        let (instructions, _) = signed.map_err(|error| error.to_string())?.into_parts();
        let mut request = http::Request::post(&uri);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let mut request = request.body(body.to_owned()).map_err(|error| error.to_string())?;
        instructions.apply_to_request_http1x(&mut request);
        Ok(request)
    }
}

/// AWS's code of a refusal: the body's type without its namespace.
fn code(answer: &Value, status: u16) -> String {
    let kind = answer["__type"].as_str().or_else(|| answer["code"].as_str());
    let plain = kind.map(|kind| kind.rsplit('#').next().unwrap_or(kind));
    plain.map_or_else(
        || format!("HTTP {status}"),
        |kind| kind.split(':').next().unwrap_or(kind).to_owned(),
    )
}

fn message(answer: &Value) -> &str {
    answer["message"].as_str().or_else(|| answer["Message"].as_str()).unwrap_or_default()
}

/// Refusals that pass by themselves.
fn is_throttle(code: &str) -> bool {
    let others = [
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "TooManyRequestsException",
    ];
    code.contains("Throttl") || others.contains(&code)
}

/// Half certain, half drawn, so that those who met the same outage don't come back together.
fn pause(attempt: u32) -> Duration {
    let whole = FIRST_PAUSE * 2_u32.pow(attempt - 1);
    let mut drawn = [0_u8; 1];
    // Without chance the pause is just not spread.
    let _ = getrandom::fill(&mut drawn);
    whole / 2 + whole * u32::from(drawn[0]) / 512
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_code_loses_its_namespace() {
        let answer = json!({ "__type": "com.amazonaws.secretsmanager#ResourceNotFoundException" });
        assert_eq!(code(&answer, 400), "ResourceNotFoundException");
        assert_eq!(code(&json!({}), 502), "HTTP 502");
    }

    #[test]
    fn pauses_grow_and_stay_within_their_bounds() {
        for (attempt, least) in [(1, 100), (2, 200), (3, 400)] {
            let pause = pause(attempt);
            let range = Duration::from_millis(least)..Duration::from_millis(2 * least);
            assert!(range.contains(&pause), "{attempt}: {pause:?}");
        }
    }
}
