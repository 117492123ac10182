//! The agreed electronic format: cells, columns, nomenclatures, checks, differences, the first version.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    missing_docs,
    unreachable_pub
)]

mod cells;
mod checks;
mod columns;
mod differences;
mod documentation;
mod first_draft;
mod nomenclature;
mod properties;
#[path = "../support/aef.rs"]
mod sample;
