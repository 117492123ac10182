//! The federation under every order of events: a model checker drives the very functions that a node runs (`step`,
//! `apply`, `plan`, `outbox`), over a network that loses, doubles and reorders, with crashes, restores from backups and a
//! source with two histories.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::cast_possible_truncation,
    clippy::disallowed_types, // a search may use locks and hash maps: nothing here is a rule
    missing_docs
)]

mod archive;
mod changes;
mod defects;
mod governed;
mod laws;
mod model;
mod protocol_holds;
mod search;
#[path = "../support/mod.rs"]
mod support;
mod voting;
