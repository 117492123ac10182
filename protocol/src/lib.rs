//! The rules of Countersign. No I/O, no clock, no randomness, no async.

pub mod federation;
pub mod id;
pub mod log;
pub mod party;
pub mod serial;
mod text;
pub mod units;
