//! The house's own tools, as `cargo xtask <verb>` runs them.
//!
//! Entry points: [`ci::smoke`], [`tidy::check`], [`infra::run`], [`product`],
//! [`workflows::run`].
//! Limits: those that `tidy` holds others to.
//! It is no part of the product: nothing here runs beside an order.
//! A verb that is interrupted leaves the tree as it was, but for what it was asked to write.

pub mod ci;
pub mod house;
pub mod infra;
pub mod product;
pub mod tidy;
mod tools;
pub mod workflows;
