//! The transparency log: an RFC 6962 history tree, its proofs, and the C2SP text formats in which it is signed,
//! witnessed and shown.
//!
//! Everything here is a pure function of its arguments. Storage, clocks and networks belong to the node.

pub mod checkpoint;
pub mod cosignature;
pub mod evidence;
pub mod frontier;
pub mod key;
pub mod memory;
pub mod merkle;
pub mod note;
pub mod policy;
pub mod proof;
pub mod prove;
pub mod text;
pub mod tile;
pub mod witness;

pub use checkpoint::{Checkpoint, CheckpointError};
pub use cosignature::{CosignError, cosign};
pub use evidence::{Equivocation, EvidenceError, ProvenEquivocation};
pub use frontier::{Frontier, FrontierError};
pub use key::{KeyError, KeyId, KeyKind, SignerKey, VerifierKey};
pub use memory::MemoryTree;
pub use merkle::{
    Hash, PROOF_HASHES_MAX, ProofError, TREE_SIZE_MAX, empty_root, leaf_hash, node_hash,
    verify_consistency, verify_inclusion,
};
pub use note::{NoteError, SignatureLine, SignedNote, VerifiedSignature};
pub use policy::{
    Cosigner, Policy, PolicyBuilder, PolicyEntryError, PolicyError, PolicyFault, PolicyGroup,
    PolicyLog, PolicyTextError, PolicyWitness, Threshold, VerifiedCheckpoint,
};
pub use proof::{BundleError, BundleTextError, ProvenLeaf, TlogProof};
pub use prove::{NodeSource, ProveError, prove_consistency, prove_inclusion, root_at};
pub use text::FieldFault;
pub use tile::{Tile, TileError, TilePath, TileSource, TileTree, decode_entries, encode_entries};
pub use witness::{AddCheckpoint, AddCheckpointError, WitnessRefusal};
