//! A country's process inside the ledger: the records themselves are judged by it, whoever wrote them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    clippy::print_stdout,
    missing_docs
)]

mod article6;
mod borders;
mod chronicle;
mod every_pair;
mod findings;
mod holds;
mod issuance;
mod letters;
mod migration;
mod organisations;
mod periods;
mod presets;
mod processes;
mod random;
mod realm;
mod requests;
mod sectors;
mod shares;
mod small;
#[path = "../support/mod.rs"]
mod support;
mod suspension;
mod trusted;
