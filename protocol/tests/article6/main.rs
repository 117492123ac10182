//! The rules of Article 6, one behaviour each.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    missing_docs
)]

mod adjustments;
mod examples;
mod first_transfer;
mod periods_and_shares;
mod summary;
