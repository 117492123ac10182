//! The rules of Countersign. No I/O, no clock, no randomness, no async.

pub mod article6;
pub mod credential;
pub mod federation;
pub mod id;
pub mod letter;
pub mod log;
#[cfg(feature = "openapi")]
pub mod openapi;
pub mod party;
pub mod period;
pub mod permission;
pub mod project;
pub mod record;
pub mod registry;
pub mod serial;
mod text;
pub mod time;
pub mod trust;
pub mod units;
pub mod verdict;
pub mod workflow;
