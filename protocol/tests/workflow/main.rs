//! A country's process: the presets walked through, the checker's every complaint, and random actors.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod cast;
mod checker;
mod forms;
mod guide;
mod pictures;
mod presets;
mod properties;
mod table;
mod walk;
