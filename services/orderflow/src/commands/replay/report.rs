//! What a replay says at its end, for people and for machines. Totals are of the folder.

use std::fmt::Write as _;
use std::time::Duration;

use domain::Reason;
use order_router::{Counted, Facts};
use serde_json::{Map, Value, json};

use super::send::{KINDS, Sent};

/// Quantiles of the decision latency that are shown, by their names.
const QUANTILES: [(&str, f64); 5] =
    [("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p99_9", 0.999), ("max", 1.0)];

/// The end of a replay.
pub(super) struct Report<'a> {
    pub(super) facts: &'a Facts,
    pub(super) sent: &'a Sent,
    /// What was counted before it.
    pub(super) before: Counted,
    pub(super) elapsed: Duration,
}

impl Report<'_> {
    /// One line.
    pub(super) fn json(&self) -> String {
        let counted = self.facts.counted();
        let messages: Map<String, Value> = KINDS
            .iter()
            .zip(self.sent.messages)
            .map(|(kind, count)| (char::from(*kind).to_string(), count.into()))
            .collect();
        let by_reason: Map<String, Value> =
            reasons(&counted).map(|(name, count)| (name.to_owned(), count.into())).collect();
        let latency = self.facts.latency.as_ref().filter(|latency| !latency.is_empty());
        let latency: Map<String, Value> = QUANTILES
            .iter()
            .filter_map(|(name, quantile)| {
                Some(((*name).to_owned(), latency?.value_at_quantile(*quantile).into()))
            })
            .collect();
        json!({
            "read": counted.read(),
            "decided": counted.decided(),
            "rejected": counted.refused(),
            "unmatched": counted.unmatched,
            "duplicates": counted.duplicates,
            "stale": counted.stale,
            "undecodable": counted.undecodable,
            "state_digest": self.digest(),
            "routed": counted.routed,
            "forwarded": counted.forwarded,
            "answered": counted.answered,
            "reported": counted.reported,
            "exec_id_conflicts": counted.conflicts,
            "misplaced": counted.misplaced,
            "messages": messages,
            "by_reason": by_reason,
            "records_of_file": self.sent.records,
            "records_put": self.sent.put,
            "orders_per_second": self.rate(),
            "seconds": self.elapsed.as_secs_f64(),
            "decision_latency_ns": latency,
        })
        .to_string()
    }

    /// A few lines.
    pub(super) fn text(&self) -> String {
        let counted = self.facts.counted();
        let mut text = format!(
            "{} records read = {} decided + {} rejected + {} unmatched + {} duplicates + {} stale \
             + {} undecodable\n",
            counted.read(),
            counted.decided(),
            counted.refused(),
            counted.unmatched,
            counted.duplicates,
            counted.stale,
            counted.undecodable
        );
        for (name, count) in reasons(&counted) {
            let _ = writeln!(text, "  rejected for {name}: {count}");
        }
        let (put, seconds) = (self.sent.put, self.elapsed.as_secs_f64());
        let _ = writeln!(text, "{put} records put now, {} orders/s, {seconds:.1} s", self.rate());
        let _ = write!(text, "state digest {}", self.digest());
        text
    }

    /// Records of this run that were decided, for each second of it.
    fn rate(&self) -> u64 {
        let decided = self.facts.counted().read().saturating_sub(self.before.read());
        let millis = self.elapsed.as_millis().max(1);
        u64::try_from(u128::from(decided) * 1_000 / millis).unwrap_or(u64::MAX)
    }

    fn digest(&self) -> String {
        let bytes = self.facts.digest().to_bytes();
        bytes.iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }
}

/// Refused requests by their first reason, where there are any.
fn reasons(counted: &Counted) -> impl Iterator<Item = (&'static str, u64)> {
    let named = Reason::ALL.iter().zip(counted.rejected_by);
    named.filter(|(_, count)| *count > 0).map(|(reason, count)| (reason.name(), count))
}
