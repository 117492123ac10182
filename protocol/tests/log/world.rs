//! One log and some witnesses with fixed keys, to write scenes with few words.

use countersign_protocol::log::{
    Checkpoint, Hash, KeyKind, Policy, SignedNote, SignerKey, TlogProof, VerifierKey, cosign,
};

use crate::naive;

pub(crate) const ORIGIN: &str = "gh.example/ledger";
pub(crate) const NOW_S: u64 = 1_750_000_000;

pub(crate) fn log_key() -> SignerKey {
    SignerKey::from_seed(ORIGIN, KeyKind::Ed25519, &[1; 32]).unwrap()
}

pub(crate) fn witness_key(number: u8) -> SignerKey {
    let name = format!("w{number}.example");
    SignerKey::from_seed(&name, KeyKind::CosignatureV1, &[100 + number; 32]).unwrap()
}

pub(crate) fn public(key: &SignerKey) -> VerifierKey {
    key.verifier().clone()
}

pub(crate) fn witnesses(n: u8) -> Vec<VerifierKey> {
    (1..=n).map(|number| public(&witness_key(number))).collect()
}

/// Any `needed` of `n` witnesses.
pub(crate) fn policy(needed: usize, n: u8) -> Policy {
    Policy::k_of_n(&[public(&log_key())], &witnesses(n), needed).unwrap()
}

pub(crate) fn checkpoint(size: usize) -> Checkpoint {
    let root = naive::mth(&naive::leaves(size));
    Checkpoint {
        origin: ORIGIN.into(),
        size: size as u64,
        root,
    }
}

/// The checkpoint note, cosigned by these witnesses.
pub(crate) fn note(checkpoint: &Checkpoint, cosigners: &[u8]) -> String {
    let mut note = SignedNote::parse(&checkpoint.sign(&log_key()).unwrap()).unwrap();
    for number in cosigners {
        note.add(cosign(note.text(), &witness_key(*number), NOW_S).unwrap())
            .unwrap();
    }
    note.to_string()
}

pub(crate) fn leaf_bytes(index: usize) -> Vec<u8> {
    format!("leaf {index}").into_bytes()
}

/// A bundle for one leaf of the tree of `size` leaves.
pub(crate) fn bundle(index: usize, size: usize, cosigners: &[u8]) -> TlogProof {
    let hashes: Vec<Hash> = naive::path(index, &naive::leaves(size));
    TlogProof::new(
        leaf_bytes(index),
        index as u64,
        hashes,
        note(&checkpoint(size), cosigners),
    )
}
