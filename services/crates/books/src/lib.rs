//! accounts, orders, fills and the duplicate window: the only state that changes.
