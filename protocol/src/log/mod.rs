//! The transparency log: an RFC 6962 history tree, its proofs, and the C2SP text formats in which it is signed,
//! witnessed and shown.
//!
//! Everything here is a pure function of its arguments. Storage, clocks and networks belong to the node.

pub mod checkpoint;
pub mod cosignature;
pub mod frontier;
pub mod key;
pub mod merkle;
pub mod note;
pub mod prove;
pub mod text;

pub use checkpoint::{Checkpoint, CheckpointError};
pub use cosignature::{CosignError, cosign};
pub use frontier::{Frontier, FrontierError};
pub use key::{KeyError, KeyId, KeyKind, SignerKey, VerifierKey};
pub use merkle::{
    Hash, PROOF_HASHES_MAX, ProofError, TREE_SIZE_MAX, empty_root, leaf_hash, node_hash,
    verify_consistency, verify_inclusion,
};
pub use note::{NoteError, SignatureLine, SignedNote, VerifiedSignature};
pub use prove::{NodeSource, ProveError, prove_consistency, prove_inclusion, root_at};
pub use text::FieldFault;
