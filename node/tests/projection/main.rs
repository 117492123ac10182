//! The read model, on SQLite and on PostgreSQL by the same tests: its rows are what the registry's state says, wherever
//! folding was broken off.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::cast_possible_truncation,
    missing_docs
)]

mod damage;
mod filters;
mod histories;
mod lists;
mod postgres;
mod requests;
mod world;

// Countries that trade, and a country with a process, as the rules' own tests make them.
#[path = "../../../protocol/tests/registry/deed.rs"]
mod deed;
#[path = "../../../protocol/tests/process/small.rs"]
mod small;
#[path = "../../../protocol/tests/support/mod.rs"]
mod support;
#[path = "../../../protocol/tests/registry/trial.rs"]
mod trial;
