//! The node over HTTP: a real ledger in a temporary folder, a real listener on loopback.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    clippy::print_stdout,
    unreachable_pub,
    missing_docs
)]

#[path = "../common/ledger.rs"]
mod common;

mod adoption;
mod arrivals;
mod article6;
mod article6_notifications;
mod article6_reports;
mod beneficiaries;
mod bridges;
mod bulk;
mod catalogue;
mod contract;
mod courier;
mod described;
mod docs_pages;
// What holds of every state of every ledger.
#[path = "../../../protocol/tests/support/mod.rs"]
mod support;

mod documents;
mod dry_run;
mod events;
mod events_in_python;
mod evidence;
mod health_and_metrics;
mod journey;
mod letters;
mod listener;
mod lists;
mod log_tiles;
mod migration;
mod mistakes;
mod monitoring;
mod news;
mod oauth;
mod object_access;
mod office;
mod open_data;
mod openapi;
mod passkeys;
mod people;
mod policy;
mod presets;
mod problems;
mod process;
mod projects;
mod proofs;
mod races;
mod rates;
mod reads;
mod reconciliation;
mod sectors;

use countersign_mocks::{cadt, cadt_v1, cadt_v2, dts, faults, older_mrv, platform};

mod web;
mod webhooks;
mod world;
mod writes;
