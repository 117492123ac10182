//! The transparency log through its public face.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::cast_possible_truncation,
    missing_docs
)]

mod naive;
mod proofs_hold;
mod rfc6962_vectors;
