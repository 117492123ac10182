//! Who may do what: the shipped matrix cell by cell, the rule that reads it, and files with mistakes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod cells;
mod files;
mod rule;
mod steps;
