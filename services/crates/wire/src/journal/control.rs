//! Control inputs, by value.

use domain::{
    AccountKey, Control, Counting, Kill, LimitKey, Override, Quantity, Reasons, Scope, Text,
    Timestamp, TradeDate, TradingState,
};

use crate::Error;
use crate::field::{self, Malformed, Reader};
use crate::journal::exactly;
use crate::message::{moment, time};

/// All fields of all controls; a control has at most seven.
#[derive(Default)]
struct Fields<'a> {
    integers: [u64; 8],
    fixed: u64,
    bytes: &'a [u8],
    text: &'a str,
    amount: &'a [u8],
}

/// Writes a control.
pub(super) fn put(control: &Control, out: &mut Vec<u8>) {
    let account = |tag, account: &AccountKey, out: &mut Vec<u8>| {
        let bytes = account.0.to_be_bytes();
        field::put_message(tag, out, |out| field::put_bytes(1, &bytes, out));
    };
    match control {
        Control::Tick(moment) => {
            field::put_message(1, out, |out| field::put_fixed(1, time(*moment), out));
        }
        Control::Configuration { number, hash } => field::put_message(2, out, |out| {
            field::put_integer(1, *number, out);
            field::put_bytes(2, hash, out);
        }),
        Control::Kill(kill) => field::put_message(3, out, |out| {
            field::put_integer(1, kill.number, out);
            field::put_integer(2, kill.scope as u64, out);
            field::put_bytes(3, kill.target.as_str().as_bytes(), out);
            field::put_integer(4, u64::from(kill.state == TradingState::Halted), out);
            field::put_integer(5, u64::from(kill.state == TradingState::Reducing), out);
        }),
        Control::Halt(key) => account(4, key, out),
        Control::Release(key) => account(5, key, out),
        Control::Health { venue, healthy, retry_ns } => field::put_message(21, out, |out| {
            field::put_integer(1, u64::from(*healthy), out);
            field::put_integer(2, *retry_ns as u64, out);
            field::put_bytes(3, venue.as_str().as_bytes(), out);
        }),
        Control::Override(given) => field::put_message(22, out, |out| {
            field::put_integer(1, given.number, out);
            field::put_bytes(2, &given.account.0.to_be_bytes(), out);
            field::put_bytes(3, given.symbol.as_str().as_bytes(), out);
            field::put_integer(4, given.max_order_qty.0 as u64, out);
            field::put_integer(5, given.reasons.0, out);
            field::put_integer(6, given.until.0 as u64, out);
            field::put_integer(7, u64::from(given.count), out);
        }),
        Control::Counting(counting) => field::put_message(20, out, |out| {
            field::put_integer(1, u64::from(counting.is_on), out);
            field::put_integer(2, counting.messages_ns as u64, out);
            field::put_integer(3, counting.executions_ns as u64, out);
            field::put_integer(4, counting.collar_ns as u64, out);
        }),
        Control::Window { span_ns, identities } => field::put_message(6, out, |out| {
            field::put_integer(1, *span_ns as u64, out);
            field::put_integer(2, u64::from(*identities), out);
        }),
        Control::Intake { closed } => {
            field::put_message(7, out, |out| field::put_integer(1, u64::from(*closed), out));
        }
        Control::BusinessDay { number, date } => field::put_message(30, out, |out| {
            field::put_integer(1, u64::from(*number), out);
            field::put_signed(2, i64::from(date.0), out);
        }),
        Control::DayEnd { orders } => {
            field::put_message(31, out, |out| field::put_integer(1, u64::from(*orders), out));
        }
        Control::Allotment { limit, amount, transfer } => field::put_message(8, out, |out| {
            field::put_bytes(1, &limit.0.to_be_bytes(), out);
            field::put_bytes(2, &amount.to_be_bytes(), out);
            field::put_integer(3, *transfer, out);
        }),
    }
}

/// Reads a control.
pub(super) fn read(mut reader: Reader<'_>) -> Result<Control, Error> {
    let mut found = None;
    while let Some(key) = reader.key()? {
        match key.tag {
            1..=8 | 20..=22 | 30 | 31 => {
                let inner = reader.inner_of(key)?;
                // The same control again is merged, another one replaces it.
                let fields = match found.take() {
                    Some((tag, fields)) if tag == key.tag => fields,
                    _ => Fields::default(),
                };
                found = Some((key.tag, fields.merge(key.tag, inner)?));
            }
            _ => reader.skip(key)?,
        }
    }
    let (tag, fields) = found.ok_or(Error::Newer("control"))?;
    fields.control(tag)
}

// === impl Fields ===

impl<'a> Fields<'a> {
    fn merge(mut self, control: u32, mut reader: Reader<'a>) -> Result<Self, Malformed> {
        while let Some(key) = reader.key()? {
            match (control, key.tag) {
                (1, 1) => self.fixed = reader.fixed(key)?,
                (3 | 21, 3) => self.bytes = reader.text(key)?.as_bytes(),
                (22, 3) => self.text = reader.text(key)?,
                (2 | 22, 2) | (4 | 5 | 8, 1) => self.bytes = reader.bytes(key)?,
                (8, 2) => self.amount = reader.bytes(key)?,
                (22, 4..=7)
                | (2 | 3 | 6 | 7 | 20..=22 | 30 | 31, 1)
                | (3 | 6 | 20 | 21 | 30, 2)
                | (8 | 20, 3)
                | (3 | 20, 4)
                | (3, 5) => {
                    let signed = (control, key.tag) == (30, 2);
                    let value =
                        if signed { reader.signed(key)? as u64 } else { reader.integer(key)? };
                    if let Some(place) = self.integers.get_mut(key.tag as usize) {
                        *place = value;
                    }
                }
                _ => reader.skip(key)?,
            }
        }
        Ok(self)
    }

    fn control(&self, tag: u32) -> Result<Control, Error> {
        let [_, first, second, third, fourth, fifth, sixth, seventh] = self.integers;
        let account = || exactly(self.bytes, "account").map(u128::from_be_bytes).map(AccountKey);
        Ok(match tag {
            1 => Control::Tick(moment(self.fixed)),
            2 => Control::Configuration { number: first, hash: exactly(self.bytes, "hash")? },
            3 => Control::Kill(Kill {
                number: first,
                scope: u8::try_from(second)
                    .ok()
                    .and_then(Scope::of_code)
                    .ok_or(Error::Newer("scope"))?,
                target: std::str::from_utf8(self.bytes)
                    .ok()
                    .and_then(Text::new)
                    .ok_or(Error::Field("target"))?,
                state: match (fourth, fifth) {
                    (0, 0) => TradingState::Active,
                    (0, _) => TradingState::Reducing,
                    _ => TradingState::Halted,
                },
            }),
            4 => Control::Halt(account()?),
            5 => Control::Release(account()?),
            7 => Control::Intake { closed: first != 0 },
            8 => Control::Allotment {
                limit: LimitKey(u128::from_be_bytes(exactly(self.bytes, "limit")?)),
                amount: i128::from_be_bytes(exactly(self.amount, "amount")?),
                transfer: third,
            },
            21 => Control::Health {
                venue: std::str::from_utf8(self.bytes)
                    .ok()
                    .and_then(Text::new)
                    .ok_or(Error::Field("venue"))?,
                healthy: first != 0,
                retry_ns: second as i64,
            },
            22 => Control::Override(Override {
                number: first,
                account: account()?,
                symbol: Text::new(self.text).ok_or(Error::Field("symbol"))?,
                max_order_qty: Quantity(fourth as i64),
                reasons: Reasons(fifth),
                until: Timestamp(sixth as i64),
                count: seventh as u32,
            }),
            20 => Control::Counting(Counting {
                is_on: first != 0,
                messages_ns: second as i64,
                executions_ns: third as i64,
                collar_ns: fourth as i64,
            }),
            6 => Control::Window { span_ns: first as i64, identities: second as u32 },
            30 => Control::BusinessDay {
                number: u32::try_from(first).map_err(|_| Error::Field("number"))?,
                date: i32::try_from(second as i64)
                    .map(TradeDate)
                    .map_err(|_| Error::Field("date"))?,
            },
            _ => Control::DayEnd { orders: first as u32 },
        })
    }
}
