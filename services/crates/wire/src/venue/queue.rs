//! How an output lies in its venue's queue (SQS FIFO): defined here once, for whoever sends,
//! receives or redrives it.
//!
//! ```text
//!  MessageGroupId           hash of the account, 32 hex digits: an account's outputs keep order
//!  MessageDeduplicationId   id of the output, 32 hex digits; redriven: -r<attempt> after it
//!  MessageBody              bytes of the output (`encode`), in hex
//!  attributes, text         account, identity (our name of the order), venue_seq: as in the body,
//!                           for whoever filters; attempt: how often it was redriven, absent when
//!                           never; void: why it became one
//! ```
//!
//! Entry points: [`message`], [`read`].
//! Invariants: INV-13; whatever an attempt carries, the output or its void, has one
//! deduplication id, so that a sender that crashes and decides anew isn't heard twice. SQS takes
//! ids of 1 to 128 characters and texts of letters and digits, which hex always is.

use std::fmt::Write as _;

use domain::AccountKey;

use super::VenueOrder;
use crate::Error;

/// Attribute: Account (1).
pub const ACCOUNT: &str = "account";
/// Attribute: our own name of the order, 32 hex digits.
pub const IDENTITY: &str = "identity";
/// Attribute: number of the output to (account, venue).
pub const VENUE_SEQ: &str = "venue_seq";
/// Attribute: how often it was redriven, from 1.
pub const ATTEMPT: &str = "attempt";
/// Attribute: why it is a void.
pub const VOID: &str = "void";

/// What is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queued {
    /// MessageGroupId.
    pub group: String,
    /// MessageDeduplicationId.
    pub deduplication: String,
    /// MessageBody.
    pub body: String,
    /// Attributes by name; every one is text.
    pub attributes: Vec<(&'static str, String)>,
}

/// An output as it is sent the first time (`attempt` 0) or redriven; a void may say `why`.
#[must_use]
pub fn message(output: &VenueOrder, attempt: u32, why: Option<&str>) -> Queued {
    let mut deduplication = format!("{:032x}", output.id);
    let mut attributes = own(output).to_vec();
    if attempt > 0 {
        let _ = write!(deduplication, "-r{attempt}");
        attributes.push((ATTEMPT, attempt.to_string()));
    }
    attributes.extend(why.map(|why| (VOID, why.to_owned())));
    let body = super::encode(output).iter().fold(String::new(), |mut body, byte| {
        let _ = write!(body, "{byte:02x}");
        body
    });
    Queued { group: group(&output.account), deduplication, body, attributes }
}

/// Reads an output and how often it was redriven.
///
/// # Errors
/// [`Error`] when the body is no output, or its group or an attribute isn't the output's own.
pub fn read<'a>(
    body: &str,
    group: &str,
    attribute: impl Fn(&str) -> Option<&'a str>,
) -> Result<(VenueOrder, u32), Error> {
    let output = super::parse(&bytes(body).ok_or(Error::Field("MessageBody"))?)?;
    if group != self::group(&output.account) {
        return Err(Error::Field("MessageGroupId"));
    }
    for (name, own) in own(&output) {
        if attribute(name) != Some(own.as_str()) {
            return Err(Error::Field(name));
        }
    }
    let attempt = attribute(ATTEMPT).map_or(Ok(0), str::parse);
    Ok((output, attempt.map_err(|_| Error::Field(ATTEMPT))?))
}

/// Attributes that repeat what the body says.
fn own(output: &VenueOrder) -> [(&'static str, String); 3] {
    [
        (ACCOUNT, output.account.clone()),
        (IDENTITY, output.order.to_string()),
        (VENUE_SEQ, output.venue_seq.to_string()),
    ]
}

fn group(account: &str) -> String {
    format!("{:032x}", AccountKey::of(account).0)
}

fn bytes(hex: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<_>> = hex.chars().map(|digit| digit.to_digit(16)).collect();
    let pairs = digits?;
    let pairs = pairs.chunks(2).map(|pair| match pair {
        [high, low] => u8::try_from(high * 16 + low).ok(),
        _ => None,
    });
    pairs.collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use domain::{Mic, OrderId};

    use super::*;

    fn output() -> VenueOrder {
        VenueOrder {
            venue_seq: 7,
            id: 0xab,
            order: OrderId(5),
            account: "A-1".to_owned(),
            venue: Mic::new("XLON").expect("four letters"),
            request: Some(vec![1, 2, 255]),
        }
    }

    fn again(queued: &Queued) -> Result<(VenueOrder, u32), Error> {
        let attributes: BTreeMap<_, _> = queued.attributes.iter().cloned().collect();
        read(&queued.body, &queued.group, |name| attributes.get(name).map(String::as_str))
    }

    #[test]
    fn an_output_comes_back_with_its_attempt() {
        assert_eq!(again(&message(&output(), 0, None)), Ok((output(), 0)));
        assert_eq!(again(&message(&output(), 3, None)), Ok((output(), 3)));
    }

    #[test]
    fn an_attempt_has_one_deduplication_id_whatever_it_carries() {
        let void = VenueOrder { request: None, ..output() };
        let (sent, void) = (message(&output(), 2, None), message(&void, 2, Some("expired")));
        assert_eq!(sent.deduplication, format!("{:032x}-r2", 0xab));
        assert_eq!((&void.deduplication, &void.group), (&sent.deduplication, &sent.group));
        assert_eq!(void.attributes.last(), Some(&(VOID, "expired".to_owned())));
        assert_eq!(message(&output(), 0, None).deduplication, format!("{:032x}", 0xab));
    }

    #[test]
    fn what_contradicts_its_body_is_refused() {
        let good = message(&output(), 1, None);
        let group = Queued { group: "0".repeat(32), ..good.clone() };
        assert_eq!(again(&group), Err(Error::Field("MessageGroupId")));
        for (at, name) in [ACCOUNT, IDENTITY, VENUE_SEQ, ATTEMPT].into_iter().enumerate() {
            let mut bad = good.clone();
            bad.attributes[at].1.push('x');
            assert_eq!(again(&bad), Err(Error::Field(name)));
        }
        for body in ["", "0", "zz", "é0", "00"] {
            assert!(again(&Queued { body: body.to_owned(), ..good.clone() }).is_err(), "{body}");
        }
    }
}
