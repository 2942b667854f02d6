//! What was changed, by whom, why, on whose approval: one chain of records.
//!
//! Entry points: [`Proposed`], [`Proposal`], [`Record`], [`Approval`].
//! Invariants: each record holds the hash of the one before and its own over all of its content, so
//! that none can be changed, taken out or put in unseen. Who somebody is, is the caller's word.

use domain::{
    AccountKey, Override, Quantity, Reasons, Scope, Symbol, Text, Timestamp, TradingState,
};

use super::{KeptSet, number, put_number, put_text, take, text};

/// What somebody wants to change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proposed {
    /// A configuration set is to be in force. In a record its text is empty: the table has it.
    Set(KeptSet),
    /// A trading state: a kill switch is thrown, eased or released.
    State {
        /// What `target` names.
        scope: Scope,
        /// Its name.
        target: Text<32>,
        /// The state from there on.
        state: TradingState,
    },
    /// A halted account is released.
    Release {
        /// Its name.
        account: String,
    },
    /// Orders of an account pass some controls for a while. The number is drawn when it is given.
    Override {
        /// The account's name.
        account: String,
        /// What it lets pass.
        given: Override,
    },
}

/// A change that waits for a second person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// Its number, from 1.
    pub number: u64,
    /// When it was proposed.
    pub at: Timestamp,
    /// Who proposed it.
    pub by: String,
    /// Why.
    pub reason: String,
    /// What.
    pub what: Proposed,
}

/// How a change came into force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Approval {
    /// By one person: so it is set, or one is enough.
    Single = 1,
    /// By two.
    FourEyes = 2,
    /// Not at all: a second person refused it, or the first took it back.
    Refused = 3,
}

/// A change that came into force, or was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Its number, from 1 without gaps.
    pub number: u64,
    /// What was changed, by whom and why. Its own number is that of the proposal; 0: it waited for
    /// nobody.
    pub proposal: Proposal,
    /// How.
    pub approval: Approval,
    /// Who approved or refused it; empty where one person was enough.
    pub approved_by: String,
    /// What who approved or refused it said of it.
    pub remark: String,
    /// When it came into force, or was refused.
    pub at: Timestamp,
    /// Number that it was given among its like: of the set, kill switch, release or override.
    pub given: u64,
    /// Hash of the record before; zeros of the first.
    pub previous: [u8; 16],
    /// Hash over all of the above.
    pub hash: [u8; 16],
}

// === impl Approval ===

impl Approval {
    /// The word in records and answers.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Single => "single",
            Self::FourEyes => "four-eyes",
            Self::Refused => "refused",
        }
    }

    const fn of_code(code: u8) -> Option<Self> {
        match code {
            1 => Some(Self::Single),
            2 => Some(Self::FourEyes),
            3 => Some(Self::Refused),
            _ => None,
        }
    }
}

// === impl Proposed ===

impl Proposed {
    fn put(&self, out: &mut Vec<u8>) {
        match self {
            Self::Set(set) => {
                out.push(1);
                put_number(out, set.number);
                out.extend_from_slice(&set.hash);
                put_text(out, &set.text);
            }
            Self::State { scope, target, state } => {
                out.extend_from_slice(&[2, *scope as u8, *state as u8]);
                put_text(out, target.as_str());
            }
            Self::Release { account } => {
                out.push(3);
                put_text(out, account);
            }
            Self::Override { account, given } => {
                out.push(4);
                put_text(out, account);
                put_text(out, given.symbol.as_str());
                let quantity = given.max_order_qty.0 as u64;
                let until = given.until.0 as u64;
                for part in [given.number, quantity, given.reasons.0, until, given.count.into()] {
                    put_number(out, part);
                }
            }
        }
    }

    fn read(rest: &mut &[u8]) -> Option<Self> {
        let &[kind] = take(rest, 1)? else { return None };
        Some(match kind {
            1 => {
                let number = number(rest)?;
                let hash = <[u8; 16]>::try_from(take(rest, 16)?).ok()?;
                Self::Set(KeptSet { number, hash, text: text(rest)? })
            }
            2 => {
                let &[scope, state] = take(rest, 2)? else { return None };
                let (scope, state) = (Scope::of_code(scope)?, TradingState::of_code(state)?);
                Self::State { scope, target: Text::new(&text(rest)?)?, state }
            }
            3 => Self::Release { account: text(rest)? },
            4 => {
                let account = text(rest)?;
                let given = Override {
                    account: AccountKey::of(&account),
                    symbol: Symbol::new(&text(rest)?)?,
                    number: number(rest)?,
                    max_order_qty: Quantity(number(rest)? as i64),
                    reasons: Reasons(number(rest)?),
                    until: Timestamp(number(rest)? as i64),
                    count: u32::try_from(number(rest)?).ok()?,
                };
                Self::Override { account, given }
            }
            _ => return None,
        })
    }
}

// === impl Proposal ===

impl Proposal {
    pub(super) fn put(&self, out: &mut Vec<u8>) {
        put_number(out, self.number);
        put_number(out, self.at.0 as u64);
        put_text(out, &self.by);
        put_text(out, &self.reason);
        self.what.put(out);
    }

    pub(super) fn read(rest: &mut &[u8]) -> Option<Self> {
        Some(Self {
            number: number(rest)?,
            at: Timestamp(number(rest)? as i64),
            by: text(rest)?,
            reason: text(rest)?,
            what: Proposed::read(rest)?,
        })
    }
}

// === impl Record ===

impl Record {
    /// Whether it follows `before`, and is what its hash says.
    #[must_use]
    pub fn follows(&self, before: Option<&Self>) -> bool {
        let (number, previous) = before.map_or((0, [0; 16]), |last| (last.number, last.hash));
        self.number == number + 1 && self.previous == previous && self.hash == self.digest()
    }

    /// This record with its hash set.
    #[must_use]
    pub(super) fn sealed(mut self) -> Self {
        self.hash = self.digest();
        self
    }

    fn digest(&self) -> [u8; 16] {
        let mut content = Vec::new();
        self.put_content(&mut content);
        domain::hash::content(&[&content])
    }

    fn put_content(&self, out: &mut Vec<u8>) {
        put_number(out, self.number);
        self.proposal.put(out);
        out.push(self.approval as u8);
        put_text(out, &self.approved_by);
        put_text(out, &self.remark);
        put_number(out, self.at.0 as u64);
        put_number(out, self.given);
        out.extend_from_slice(&self.previous);
    }

    pub(super) fn put(&self, out: &mut Vec<u8>) {
        self.put_content(out);
        out.extend_from_slice(&self.hash);
    }

    pub(super) fn read(rest: &mut &[u8]) -> Option<Self> {
        let number_read = number(rest)?;
        let proposal = Proposal::read(rest)?;
        let &[approval] = take(rest, 1)? else { return None };
        Some(Self {
            number: number_read,
            proposal,
            approval: Approval::of_code(approval)?,
            approved_by: text(rest)?,
            remark: text(rest)?,
            at: Timestamp(number(rest)? as i64),
            given: number(rest)?,
            previous: take(rest, 16)?.try_into().ok()?,
            hash: take(rest, 16)?.try_into().ok()?,
        })
    }
}
