//! Lanes and the shards under them: what each does, and splitting and merging them.
//!
//! A lane's number is its shard's.

use local::stream::{Reshard, Shard};
use order_router::LaneSpec;
use serde_json::{Value, json};

use super::{Desk, intake};
use crate::error::Error;

/// The oldest journal format whose Ends name children.
const RESHARD_FORMAT: u16 = 2;

impl Desk {
    /// The lanes whose chains are kept whole: all but those that ended and that nobody needs.
    pub(super) fn kept(&self) -> Vec<LaneSpec> {
        let rows = self.stores.leases.all();
        let is_kept =
            |spec: &LaneSpec| rows.is_empty() || rows.iter().any(|row| row.lane == spec.lane);
        self.specs().into_iter().filter(is_kept).collect()
    }

    /// Whether a lane's End is noted.
    pub(super) fn has_ended(&self, lane: u32) -> bool {
        let shards = self.stores.orders.all_shards();
        let is_closed = shards.get(lane as usize).is_some_and(|shard| shard.is_closed);
        let rows = self.stores.leases.all();
        is_closed && rows.iter().all(|row| row.shard != lane || row.ended.is_some())
    }

    /// What each lane does, or did.
    pub(super) fn lanes(&self) -> Result<Value, Error> {
        let rows: Result<Vec<Value>, Error> =
            self.specs().iter().map(|one| self.row_of(one)).collect();
        Ok(json!({ "lanes": rows? }))
    }

    /// The lane of a number.
    pub(super) fn spec(&self, number: u32) -> Result<LaneSpec, Error> {
        let unknown = || Error::Unknown {
            what: format!("no lane {number}"),
            fix: "`orderflow lanes` lists them",
        };
        self.specs().into_iter().nth(number as usize).ok_or_else(unknown)
    }

    /// One lane, with what it comes from and what came of it.
    pub(super) fn lane(&self, number: u32) -> Result<Value, Error> {
        let spec = self.spec(number)?;
        let shards = self.stores.orders.all_shards();
        let mut row = self.row_of(&spec)?;
        let parents = shards.get(number as usize).map(|shard| shard.parents.clone());
        let is_child = |shard: &Shard| shard.parents.contains(&number);
        let children = (0_u32..).zip(&shards).filter(|(_, shard)| is_child(shard));
        let children: Vec<u32> = children.map(|(child, _)| child).collect();
        merge(&mut row, json!({ "parents": parents, "children": children }));
        Ok(row)
    }

    /// Splits a lane's shard or merges two; the lanes end and others go on, while orders come.
    pub(super) fn reshard(&self, change: Reshard) -> Result<Value, Error> {
        let written = self.genesis.format;
        if written < RESHARD_FORMAT {
            let what = format!(
                "journal format {written} records no split or merge: when no older release will \
                 run on this folder again, `orderflow journal format --raise`"
            );
            return Err(local::Error::Reshard { folder: "orders".to_owned(), what }.into());
        }
        let _one = self.change_one();
        let lanes = match change {
            Reshard::Split { shard, .. } => vec![shard],
            Reshard::Merge { shards } => shards.to_vec(),
        };
        if let Some(lane) = lanes.into_iter().find(|lane| self.is_to_drain(*lane)) {
            let what = format!(
                "lane {lane} is drained, so that it wouldn't come to its end: first \
                 `orderflow lanes release {lane}`"
            );
            return Err(local::Error::Reshard { folder: "orders".to_owned(), what }.into());
        }
        let children = self.stores.orders.reshard(change)?;
        Ok(json!({ "lanes": children }))
    }

    /// A split in the middle of a shard's keys, or where `at` says.
    pub(super) fn split(&self, lane: u32, at: &str) -> Result<Value, Error> {
        let wrong = || Error::Call {
            what: format!("{at:?} is no account key"),
            fix: "give 1 to 32 hex digits, or nothing for the middle".to_owned(),
        };
        let shards = self.stores.orders.all_shards();
        let range = shards.get(lane as usize).map(|shard| shard.range);
        let middle = |range: domain::HashRange| range.first + (range.last - range.first) / 2 + 1;
        let at = match at {
            "" => range.map_or(0, middle),
            text => u128::from_str_radix(text, 16).map_err(|_| wrong())?,
        };
        self.reshard(Reshard::Split { shard: lane, at })
    }

    fn row_of(&self, spec: &LaneSpec) -> Result<Value, Error> {
        let number = spec.shard;
        let mut row = json!({
            "lane": number,
            "id": spec.lane.to_string(),
            "first": format!("{:032x}", spec.range.first),
            "last": format!("{:032x}", spec.range.last),
            "tip": self.stores.orders.tip(number),
            "oldest": self.stores.orders.oldest(number),
        });
        let intake = if self.is_to_drain(number) { "closed" } else { "open" };
        merge(&mut row, json!({ "intake": intake }));
        if let Some(lane) = self.facts(number) {
            let more = json!({
                "state": intake::state(&lane),
                "left": self.stores.orders.tip(number).saturating_sub(
                    lane.position.sequence.number().unwrap_or(0)
                ),
                "epoch": lane.epoch.0,
                "format": lane.format,
                "committed": lane.committed,
                "followed": lane.followed,
                "position": lane.position.to_string(),
                "read": lane.counts.read(),
                "digest": lane.digest.to_string(),
            });
            merge(&mut row, more);
            return Ok(row);
        }
        let last = self.tip_entry(number)?;
        let state = if self.has_ended(number) { "ended" } else { "at rest" };
        let more = json!({
            "state": state,
            "epoch": last.as_ref().map(|entry| entry.epoch.0),
            "format": last.as_ref().map(|entry| entry.format),
            "committed": last.as_ref().map(|entry| entry.index),
            "position": last.as_ref().map(|entry| entry.end.to_string()),
            "digest": last.as_ref().map(|entry| entry.state.to_string()),
        });
        merge(&mut row, more);
        Ok(row)
    }
}

fn merge(row: &mut Value, more: Value) {
    if let (Value::Object(row), Value::Object(more)) = (row, more) {
        row.extend(more);
    }
}
