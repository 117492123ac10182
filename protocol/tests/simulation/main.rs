//! The federation in a storm: five countries and four witnesses, real ledgers, signatures, proofs and rules, over a network,
//! clocks and disks that fail as a seed says. One thread, no real time: a seed tells the whole run.
//!
//! A seed that breaks a law is run again with its trace:
//!
//! ```sh
//! COUNTERSIGN_SEED=4711 cargo test -p countersign-protocol --test simulation one_seed -- --nocapture
//! ```
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::cast_possible_truncation,
    clippy::disallowed_types, // the tests take the time that runs need; nothing here is a rule
    missing_docs
)]

mod book;
mod chaos;
mod checks;
mod closing;
mod crash_table;
mod defect;
mod defects;
mod disk;
mod driver;
mod founding;
mod governance;
mod inbound;
mod letter;
mod node;
mod random;
mod seeds;
mod shared;
#[path = "../support/mod.rs"]
mod support;
mod tree;
mod trust;
mod witness;
mod witnessed;
mod world;
