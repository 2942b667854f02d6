//! Identities are computed, never drawn (INV-7): a producer's retry meets the same ones.
//!
//! Entry points: [`AccountKey::of`], [`IdentityKey`]'s functions, [`OrderId::of`].
//! The key is drawn once per application and stands in its genesis item (INV-8), so that nobody
//! outside can choose requests whose identities collide.

use std::fmt;
use std::hash::Hasher;

use md5::{Digest, Md5};
use siphasher::sip128::{Hasher128, SipHasher24};

use crate::text::Mic;
use crate::time::{Timestamp, TradeDate};

/// Where an account lies in a stream's hash space: MD5 of its text, as Kinesis hashes partition
/// keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountKey(pub u128);

/// Identity of a request: keyed hash of (sender, account, ClOrdID) (INV-8).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identity(pub u128);

/// Identity of a venue's report: keyed hash of (MIC, trade date, ExecID) (INV-14).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExecIdentity(pub u128);

/// Our own name of an order, from its first request (INV-7); written as 32 hex digits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrderId(pub u128);

/// The application's key for identities.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct IdentityKey(pub [u8; 16]);

// === impl AccountKey ===

impl AccountKey {
    /// The key of an account's text.
    #[must_use]
    pub fn of(account: &str) -> Self {
        Self(u128::from_be_bytes(Md5::digest(account.as_bytes()).into()))
    }
}

// === impl IdentityKey ===

impl IdentityKey {
    /// Identity of the request `cl_ord_id` of `sender` for `account`.
    #[must_use]
    pub fn request(&self, sender: &str, account: &str, cl_ord_id: &str) -> Identity {
        Identity(self.hash(&[
            b"request",
            sender.as_bytes(),
            account.as_bytes(),
            cl_ord_id.as_bytes(),
        ]))
    }

    /// Identity of the report `exec_id` that venue `mic` made on `date`.
    #[must_use]
    pub fn report(&self, mic: Mic, date: TradeDate, exec_id: &str) -> ExecIdentity {
        let date = date.0.to_be_bytes();
        ExecIdentity(self.hash(&[b"report", mic.padded(), &date, exec_id.as_bytes()]))
    }

    /// Keyed hash of parts, each preceded by its length, for content and for output ids.
    #[must_use]
    pub fn hash(&self, parts: &[&[u8]]) -> u128 {
        let mut hasher = SipHasher24::new_with_key(&self.0);
        for part in parts {
            hasher.write_u64((part.len() as u64).to_le());
            hasher.write(part);
        }
        hasher.finish128().as_u128()
    }
}

impl fmt::Debug for IdentityKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdentityKey(..)")
    }
}

// === impl OrderId ===

impl OrderId {
    /// The order that a new request with this identity and TransactTime (60) makes.
    #[must_use]
    pub fn of(identity: Identity, transact_time: Timestamp) -> Self {
        let mut bytes = [0; 24];
        bytes[..16].copy_from_slice(&identity.0.to_be_bytes());
        bytes[16..].copy_from_slice(&transact_time.0.to_be_bytes());
        Self(crate::hash::row(&bytes))
    }

    /// Reads 32 hex digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() != 32 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        u128::from_str_radix(text, 16).ok().map(Self)
    }
}

impl fmt::Display for OrderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_request_has_the_same_identity_and_parts_dont_run_together() {
        let key = IdentityKey([7; 16]);
        assert_eq!(key.request("S", "A", "1"), key.request("S", "A", "1"));
        assert_ne!(key.request("SA", "", "1"), key.request("S", "A", "1"));
        assert_ne!(IdentityKey([8; 16]).request("S", "A", "1"), key.request("S", "A", "1"));
    }

    #[test]
    fn an_account_lies_where_kinesis_puts_its_partition_key() {
        assert_eq!(AccountKey::of("").0, 0xd41d_8cd9_8f00_b204_e980_0998_ecf8_427e);
    }

    #[test]
    fn tomorrows_order_with_todays_id_is_another_order() {
        let identity = Identity(5);
        let today = OrderId::of(identity, Timestamp(1));
        assert_ne!(today, OrderId::of(identity, Timestamp(2)));
        assert_eq!(OrderId::parse(&today.to_string()), Some(today));
    }
}
