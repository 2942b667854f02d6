//! Every limit of the books, by name.

use domain::time::SECOND_NS;

/// Reports that each open order has room for before new orders are refused.
pub(crate) const REPORTS_PER_OPEN_ORDER: usize = 4;

/// How much room the books of one lane reserve.
///
/// New orders are refused (`CAPACITY`) when it is used up; reports and cancels always fit, because
/// room is kept for each open order and a table past its limit grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capacity {
    /// Accounts that have had an order.
    pub accounts: usize,
    /// Pairs of account and venue, each with a number of its own (INV-13).
    pub venues: usize,
    /// Orders, open or kept until the second change of business day after their close (INV-14).
    pub orders: usize,
    /// Requests that belong to those orders: each order's first, its replaces and cancels.
    pub requests: usize,
    /// Reports of those orders, and unmatched ones.
    pub reports: usize,
    /// Kill switches thrown at once.
    pub kills: usize,
    /// Pairs of account and instrument, each with its exposure.
    pub exposures: usize,
    /// Pairs of account and strategy.
    pub strategies: usize,
    /// Limits that span lanes, each half of a net one counted.
    pub limits: usize,
    /// Pairs of account and such a limit.
    pub uses: usize,
    /// What orders in the books count for under such limits.
    pub reserved: usize,
    /// Orders of one mass cancel that are listed without growing.
    pub mass_cancels: usize,
    /// Identities above the horizon (INV-8), until a `Control::Window` says otherwise.
    pub window: u32,
    /// Time that identities are kept, in nanoseconds, until a `Control::Window` says otherwise.
    pub window_ns: i64,
}

impl Default for Capacity {
    /// A million orders and ids, 15 minutes: memory is reserved, and touched as it is used.
    fn default() -> Self {
        Self {
            accounts: 1 << 17,
            venues: 1 << 18,
            orders: 1 << 20,
            requests: 1 << 21,
            reports: 1 << 22,
            kills: 1 << 10,
            exposures: 1 << 18,
            strategies: 1 << 16,
            limits: 1 << 10,
            uses: 1 << 18,
            reserved: 1 << 21,
            mass_cancels: 1 << 14,
            window: 1 << 20,
            window_ns: 15 * 60 * SECOND_NS,
        }
    }
}

impl Capacity {
    /// Small books, for tests and examples.
    #[must_use]
    pub const fn small() -> Self {
        Self {
            accounts: 64,
            venues: 64,
            orders: 1_024,
            requests: 4_096,
            reports: 8_192,
            kills: 16,
            exposures: 128,
            strategies: 64,
            limits: 16,
            uses: 64,
            reserved: 1_024,
            mass_cancels: 64,
            window: 1_024,
            window_ns: 15 * 60 * SECOND_NS,
        }
    }
}
