//! SQS: what lies in a FIFO queue, and the calls that move it.
//!
//! Entry points: [`Queues`].
//! Repeating any of them has no second effect: what is sent carries its deduplication id (for the
//! five minutes that SQS keeps it; its receiver keeps a rule of its own after that), and a receive
//! carries an attempt id. Limits: [`BATCH_MAX`], [`BATCH_BYTES_MAX`], [`WAIT`], [`PAGES_MAX`].
//! It knows nothing of what a message holds, and makes no queue.
//! A crash leaves what was received hidden until its time is over; nothing is lost.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use crate::account::Account;
use crate::call::{ATTEMPT_TIMEOUT, Operation};
use crate::error::Error;

/// Messages of one call (SQS: at most 10).
pub const BATCH_MAX: usize = 10;
/// Bytes of the bodies of one call: a quarter of what SQS takes, attributes beside them.
pub const BATCH_BYTES_MAX: usize = 256 * 1024;
/// How long a receive waits for the first message; a wait asks all of SQS's servers.
const WAIT: Duration = Duration::from_secs(1);
/// Pages of a list of queues that are read, of 1,000 each.
const PAGES_MAX: usize = 10;

const _: () = assert!(WAIT.as_secs() < ATTEMPT_TIMEOUT.as_secs());

/// The queues of an account in its Region.
#[derive(Clone, Debug)]
pub struct Queues {
    account: Account,
}

/// A message that was received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// SQS's own name of it.
    pub id: String,
    /// What it is deleted or shown with.
    pub receipt: String,
    /// MessageGroupId.
    pub group: String,
    /// Its body.
    pub body: String,
    /// Its attributes that are text.
    pub attributes: BTreeMap<String, String>,
}

/// A message to send to a FIFO queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// MessageGroupId.
    pub group: String,
    /// MessageDeduplicationId.
    pub deduplication: String,
    /// Its body.
    pub body: String,
    /// Its attributes; each is sent as text.
    pub attributes: Vec<(&'static str, String)>,
}

/// What became of each message of a batch, in its order; a refusal in SQS's own words.
pub type Outcomes = Vec<Result<(), String>>;

impl Queues {
    /// The queues of an account.
    pub fn new(account: Account) -> Self {
        Self { account }
    }

    /// The URL of a queue.
    ///
    /// # Errors
    /// See [`Error`]; absent when there is none.
    pub fn url(&self, name: &str) -> Result<String, Error> {
        let answer = self.account.call(operation("GetQueueUrl"), &json!({ "QueueName": name }))?;
        let url = answer["QueueUrl"].as_str().ok_or_else(|| strange("GetQueueUrl", "QueueUrl"))?;
        Ok(url.to_owned())
    }

    /// Names of the queues that begin so.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn names(&self, prefix: &str) -> Result<Vec<String>, Error> {
        let mut request = json!({ "QueueNamePrefix": prefix, "MaxResults": 1000 });
        let mut names = Vec::new();
        for _ in 0..PAGES_MAX {
            let answer = self.account.call(operation("ListQueues"), &request)?;
            let urls = answer["QueueUrls"].as_array().into_iter().flatten();
            let last = |url: &str| url.rsplit('/').next().map(str::to_owned);
            names.extend(urls.filter_map(Value::as_str).filter_map(last));
            match answer["NextToken"].as_str() {
                Some(token) => request["NextToken"] = json!(token),
                None => break,
            }
        }
        Ok(names)
    }

    /// About how many messages lie in a queue, hidden ones among them.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn count(&self, url: &str) -> Result<u64, Error> {
        let names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"];
        let request = json!({ "QueueUrl": url, "AttributeNames": names });
        let answer = self.account.call(operation("GetQueueAttributes"), &request)?;
        let numbers = names.map(|name| answer["Attributes"][name].as_str()?.parse::<u64>().ok());
        let numbers: Option<Vec<_>> = numbers.into_iter().collect();
        let numbers = numbers.ok_or_else(|| strange("GetQueueAttributes", "Attributes"))?;
        Ok(numbers.into_iter().sum())
    }

    /// Up to [`BATCH_MAX`] messages, hidden from others for a while, in their groups' order.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn receive(&self, url: &str, hidden: Duration) -> Result<Vec<Received>, Error> {
        let mut drawn = [0_u8; 16];
        // Without chance a repeated receive may find its own messages hidden: later, not lost.
        let drawn = getrandom::fill(&mut drawn).map(|()| u128::from_be_bytes(drawn));
        let mut request = json!({
            "QueueUrl": url,
            "MaxNumberOfMessages": BATCH_MAX,
            "VisibilityTimeout": hidden.as_secs(),
            "WaitTimeSeconds": WAIT.as_secs(),
            "MessageSystemAttributeNames": ["MessageGroupId"],
            "MessageAttributeNames": ["All"],
        });
        if let Ok(attempt) = drawn {
            request["ReceiveRequestAttemptId"] = json!(format!("{attempt:032x}"));
        }
        let answer = self.account.call(operation("ReceiveMessage"), &request)?;
        answer["Messages"].as_array().into_iter().flatten().map(received).collect()
    }

    /// Sends up to [`BATCH_MAX`] messages to a FIFO queue.
    ///
    /// # Errors
    /// See [`Error`]; what was accepted and what not is then unknown.
    pub fn send(&self, url: &str, messages: &[Outgoing]) -> Result<Outcomes, Error> {
        let entry = |(at, message): (usize, &Outgoing)| {
            let text = |value: &str| json!({ "DataType": "String", "StringValue": value });
            let attributes = message.attributes.iter();
            let attributes: serde_json::Map<_, _> =
                attributes.map(|(name, value)| ((*name).to_owned(), text(value))).collect();
            json!({
                "Id": at.to_string(),
                "MessageBody": message.body,
                "MessageGroupId": message.group,
                "MessageDeduplicationId": message.deduplication,
                "MessageAttributes": attributes,
            })
        };
        let entries: Vec<Value> = messages.iter().enumerate().map(entry).collect();
        self.batch("SendMessageBatch", url, &entries)
    }

    /// Deletes up to [`BATCH_MAX`] messages by their receipts.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn delete(&self, url: &str, receipts: &[&str]) -> Result<Outcomes, Error> {
        let entries: Vec<Value> = receipts.iter().enumerate().map(entry).collect();
        self.batch("DeleteMessageBatch", url, &entries)
    }

    /// Lets others see up to [`BATCH_MAX`] received messages again.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn show(&self, url: &str, receipts: &[&str]) -> Result<Outcomes, Error> {
        let mut entries: Vec<Value> = receipts.iter().enumerate().map(entry).collect();
        entries.iter_mut().for_each(|entry| entry["VisibilityTimeout"] = json!(0));
        self.batch("ChangeMessageVisibilityBatch", url, &entries)
    }

    fn batch(&self, name: &'static str, url: &str, entries: &[Value]) -> Result<Outcomes, Error> {
        let request = json!({ "QueueUrl": url, "Entries": entries });
        let answer = self.account.call(operation(name), &request)?;
        Ok(outcomes(&answer, entries.len()))
    }
}

fn entry((at, receipt): (usize, &&str)) -> Value {
    json!({ "Id": at.to_string(), "ReceiptHandle": receipt })
}

/// What is in neither list of the answer has failed.
fn outcomes(answer: &Value, count: usize) -> Outcomes {
    let of = |list: &'static str, at: usize| {
        let mut entries = answer[list].as_array().into_iter().flatten();
        entries.find(|entry| entry["Id"].as_str() == Some(at.to_string().as_str()))
    };
    let outcome = |at| match of("Successful", at) {
        Some(_) => Ok(()),
        None => Err(of("Failed", at).map_or_else(
            || "no answer".to_owned(),
            |entry| {
                let [code, message] =
                    ["Code", "Message"].map(|name| entry[name].as_str().unwrap_or_default());
                format!("{code} {message}").trim().to_owned()
            },
        )),
    };
    (0..count).map(outcome).collect()
}

fn received(message: &Value) -> Result<Received, Error> {
    let text = |value: &Value, field| match value.as_str() {
        Some(text) => Ok(text.to_owned()),
        None => Err(strange("ReceiveMessage", field)),
    };
    let attributes = message["MessageAttributes"].as_object().into_iter().flatten();
    let attributes = attributes.filter_map(|(name, value)| {
        Some((name.clone(), value["StringValue"].as_str()?.to_owned()))
    });
    Ok(Received {
        id: text(&message["MessageId"], "MessageId")?,
        receipt: text(&message["ReceiptHandle"], "ReceiptHandle")?,
        group: text(&message["Attributes"]["MessageGroupId"], "MessageGroupId")?,
        body: text(&message["Body"], "Body")?,
        attributes: attributes.collect(),
    })
}

fn operation(name: &'static str) -> Operation {
    let (service, target) = ("sqs", "AmazonSQS");
    Operation { service, iam: "sqs", target, json: "1.0", name, secret: false }
}

fn strange(name: &str, field: &'static str) -> Error {
    Error::Strange { operation: format!("sqs:{name}"), field }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_of_a_batch_that_isnt_named_has_failed() {
        let answer = json!({
            "Successful": [{ "Id": "2" }],
            "Failed": [{ "Id": "0", "Code": "InternalError", "Message": "later" }],
        });
        let expected = [Err("InternalError later".to_owned()), Err("no answer".to_owned()), Ok(())];
        assert_eq!(outcomes(&answer, 3), expected);
    }

    #[test]
    fn a_message_without_its_group_is_no_answer() {
        let message = json!({ "MessageId": "1", "ReceiptHandle": "r", "Body": "" });
        let missing = received(&message).expect_err("a FIFO queue gives groups");
        assert_eq!(missing, strange("ReceiveMessage", "MessageGroupId"));
    }
}
