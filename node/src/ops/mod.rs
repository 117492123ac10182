//! What the people who run a node touch: its configuration and its keys.

pub mod config;
pub mod files;
pub(crate) mod frames;
pub mod keys;
pub(crate) mod sqlite;
