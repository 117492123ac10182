//! Transfers between ledgers in memory: whole journeys, and the published table of states.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    missing_docs
)]

mod closed;
mod continued;
mod failures;
mod freeze;
mod journeys;
mod reconcile;
mod states;
#[path = "../support/mod.rs"]
mod support;
