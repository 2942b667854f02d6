//! Life-cycle events as their stream holds them, a sender's or all.

use domain::{Position, Sequence};
use local::stream::Stream;
use ports::{Poll, RecordBatch, ShardSource as _};
use serde_json::{Value, json};
use wire::events::LifeCycle;

use super::Desk;
use super::order::times;
use crate::error::Error;

/// Events of a shard before its end that a tail begins with.
const BEFORE_END: u64 = 1_000;
/// Records of one poll.
const POLL_RECORDS: usize = 512;

impl Desk {
    /// Events after `after` of each shard, in the order of their arrival, at most `count`.
    pub(super) fn events(&self, sender: &str, after: &[u64], count: usize) -> Result<Value, Error> {
        let stream = &self.stores.events;
        let count = Self::page(count);
        let mut next = Vec::new();
        let mut rows: Vec<(i64, Value)> = Vec::new();
        for shard in 0..stream.shards() {
            let begin = match after.get(shard as usize) {
                Some(after) => *after,
                None => stream.tip(shard).saturating_sub(BEFORE_END),
            };
            let begin = begin.max(stream.oldest(shard).saturating_sub(1));
            next.push(read(stream, shard, begin, &mut |at, event| {
                if sender.is_empty() || event.sender == sender {
                    rows.push((at, row(event)));
                }
            })?);
        }
        rows.sort_by_key(|row| row.0);
        if after.is_empty() && rows.len() > count {
            rows.drain(..rows.len() - count);
        }
        let rows: Vec<Value> = rows.into_iter().map(|row| row.1).collect();
        Ok(json!({ "rows": rows, "next": next }))
    }
}

/// Reads a shard from behind `after` to its tip; gives the sequence number it came to.
fn read(
    stream: &Stream,
    shard: u32,
    after: u64,
    take: &mut impl FnMut(i64, &LifeCycle),
) -> Result<u64, Error> {
    let mut source = stream.source(shard);
    let mut at = after;
    let mut batch = RecordBatch::default();
    loop {
        batch.clear();
        let after = Position::new(Sequence::of(at), 0);
        let poll = source.poll(after, POLL_RECORDS, &mut batch)?;
        if let Poll::Trimmed(oldest) = poll {
            at = oldest.number().unwrap_or(at + 1).saturating_sub(1);
            continue;
        }
        let before = at;
        for record in &batch.records {
            let sequence = record.sequence.number().unwrap_or(0);
            if sequence <= at {
                continue;
            }
            at = sequence;
            if let Ok(event) = LifeCycle::decode(batch.data(record)) {
                take(record.arrival.0, &event);
            }
        }
        if at == before {
            return Ok(at);
        }
    }
}

fn row(event: &LifeCycle) -> Value {
    let order = (event.order.0 != 0).then(|| event.order.to_string());
    json!({
        "id": format!("{:032x}", event.id),
        "kind": format!("{:?}", event.kind),
        "sender": event.sender,
        "account": event.account,
        "cl_ord_id": event.cl_ord_id,
        "orig_cl_ord_id": event.orig_cl_ord_id,
        "order": order,
        "rev": event.rev,
        "ord_status": event.ord_status.map(domain::OrdStatus::name),
        "exec_type": event.exec_type.map(domain::ExecType::name),
        "order_qty": event.order_qty.to_string(),
        "cum_qty": event.cum_qty.to_string(),
        "leaves_qty": event.leaves_qty.to_string(),
        "last_qty": event.last_qty.to_string(),
        "last_px": event.last_px.to_string(),
        "venue": event.venue.as_str(),
        "reasons": event.reasons,
        "text": event.text,
        "index": event.place.index,
        "position": event.place.position.to_string(),
        "times": times(&event.times),
    })
}
