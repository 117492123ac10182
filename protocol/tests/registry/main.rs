//! The registry under random intents and random records, hostile ones included, in three countries that trade.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    missing_docs
)]

mod deed;
mod properties;
mod refusals;
mod rules;
#[path = "../support/mod.rs"]
mod support;
mod trial;
