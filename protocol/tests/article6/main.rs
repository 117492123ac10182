//! The rules of Article 6, one behaviour each.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    missing_docs
)]

#[path = "../support/mod.rs"]
mod support;

mod adjustments;
mod authorisations;
mod book;
mod cross_checks;
mod examples;
mod federations;
mod first_transfer;
mod histories;
mod periods_and_shares;
mod refusals;
mod story;
mod summary;
mod transfers;
mod world;
