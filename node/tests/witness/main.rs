//! The witness: its promises, its HTTP face, and gathering a quorum.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    missing_docs
)]

mod a_quorum_is_gathered;
mod http_follows_the_specification;
mod promises_are_kept;
mod world;
