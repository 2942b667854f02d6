//! Lambda's runtime interface: ask for a call, answer it, ask again.
//!
//! Entry points: [`serve`].
//! Limits: one call at a time, as Lambda gives them; it waits for the next one without end.
//! A runtime crate would bring a web framework for two requests on the loop-back address.
//! A crash ends the process; Lambda starts another one, and Secrets Manager asks again.

use std::io::Write as _;

use serde_json::{Value, json};
use ureq::Agent;

use crate::rotation::{Outcome, Request, Rotation};

/// Asks for calls at `address` and answers them, as long as they come.
///
/// # Errors
/// When the runtime interface fails, which only a new process mends.
pub fn serve(address: &str, rotation: &Rotation) -> anyhow::Result<()> {
    let agent: Agent =
        Agent::config_builder().proxy(None).http_status_as_error(true).build().into();
    let root = format!("http://{address}/2018-06-01/runtime/invocation");
    loop {
        let mut call = agent.get(format!("{root}/next")).call()?;
        let id = call.headers().get("Lambda-Runtime-Aws-Request-Id");
        let id = id.and_then(|id| id.to_str().ok()).unwrap_or_default().to_owned();
        let body = call.body_mut().read_to_string()?;
        let call: Value = serde_json::from_str(&body).unwrap_or_default();
        let (place, answer) = match step(rotation, &call) {
            Ok(outcome) => ("response", json!({ "outcome": outcome })),
            Err(said) => ("error", json!({ "errorType": "Rotation", "errorMessage": said })),
        };
        log(&call, place, &answer);
        agent.post(format!("{root}/{id}/{place}")).send(answer.to_string())?;
    }
}

fn step(rotation: &Rotation, call: &Value) -> Result<&'static str, String> {
    let done = Request::parse(call).and_then(|request| rotation.run(&request));
    done.map_err(|error| error.to_string()).map(|outcome| match outcome {
        Outcome::Done => "done",
        Outcome::Before => "was done before",
    })
}

/// One line a step. The secret's ARN and the token are names; nothing else of a call is shown.
fn log(call: &Value, place: &str, answer: &Value) {
    let level = if place == "error" { "ERROR" } else { "INFO" };
    let line = json!({
        "level": level,
        "step": call["Step"],
        "secret": call["SecretId"],
        "token": call["ClientRequestToken"],
        "answer": answer,
    });
    // A log that can't be written must not end a rotation.
    let _ = writeln!(std::io::stdout(), "{line}");
}
