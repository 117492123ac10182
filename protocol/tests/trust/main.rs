//! The trust registry: attacks, keys lost and stolen, entries, and the same verdicts as python-tuf.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    missing_docs,
    unreachable_pub
)]

mod attacks;
mod entries;
mod logged;
mod properties;
mod proposals;
mod python_tuf;
mod witness_sets;
mod world;
