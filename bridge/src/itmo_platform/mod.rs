//! The UNDP ITMO platform: its projects come here as drafts that a person completes.
//!
//! Nothing is made up: a field that the platform does not give is left empty and listed as missing, and one that it gives in words
//! that the country's table does not know stops the draft. A monitoring report becomes a proposal to issue in the same way. Steps are found by names that are data, since the platform has no ids for them.

mod client;
mod mapping;
mod read;
mod template;

pub use client::{Platform, PlatformSettings};
pub use mapping::{DEFAULT_MAPPING, EventWord, Mapping};
pub use read::{Draft, Reached, read};
