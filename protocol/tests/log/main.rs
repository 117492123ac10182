//! The transparency log through its public face.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::cast_possible_truncation,
    missing_docs
)]

mod bundles_prove_a_leaf;
mod evidence_of_contradiction;
mod evidence_of_equivocation;
mod keys_are_exact;
mod naive;
mod notes_and_checkpoints;
mod policies_decide;
mod proofs_hold;
mod rfc6962_vectors;
mod tiles_hold_the_tree;
mod witness_rule;
mod world;
