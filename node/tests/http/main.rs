//! The node over HTTP: a real ledger in a temporary folder, a real listener on loopback.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    unreachable_pub,
    missing_docs
)]

#[path = "../common/ledger.rs"]
mod common;

mod described;
mod docs_pages;
mod documents;
mod health_and_metrics;
mod journey;
mod letters;
mod listener;
mod lists;
mod log_tiles;
mod migration;
mod news;
mod office;
mod openapi;
mod people;
mod presets;
mod problems;
mod process;
mod projects;
mod proofs;
mod reads;
mod status_page;
mod world;
mod writes;
