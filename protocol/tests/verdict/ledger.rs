//! A small ledger in memory, with the witnesses that have seen its head.

use countersign_protocol::log::{
    Checkpoint, Frontier, Hash, KeyKind, NodeSource, SignedNote, SignerKey, TlogProof, cosign,
    leaf_hash, node_hash, prove_inclusion,
};

pub(crate) const TIME_S: u64 = 1_780_000_000;

pub(crate) struct Ledger {
    log: SignerKey,
    witnesses: Vec<SignerKey>,
    leaves: Vec<Vec<u8>>,
}

impl Ledger {
    /// The ledger of these leaves. Another seed gives other keys under the same names.
    pub(crate) fn new(origin: &str, seed: u8, leaves: Vec<Vec<u8>>) -> Self {
        let witness = |number: u8| {
            let name = format!("w{number}.example");
            SignerKey::from_seed(&name, KeyKind::CosignatureV1, &[seed + number; 32]).unwrap()
        };
        Self {
            log: SignerKey::from_seed(origin, KeyKind::Ed25519, &[seed; 32]).unwrap(),
            witnesses: (1..=3).map(witness).collect(),
            leaves,
        }
    }

    /// The key that signs its heads.
    pub(crate) fn key(&self) -> &SignerKey {
        &self.log
    }

    /// A policy that trusts this ledger when so many of the three witnesses have seen its head.
    pub(crate) fn trust(&self, needed: usize) -> String {
        let witness = |key: &SignerKey| format!("witness {} {}\n", key.name(), key.verifier());
        let witnesses: String = self.witnesses.iter().map(witness).collect();
        format!(
            "log {}\n{witnesses}group most {needed} w1.example w2.example w3.example\nquorum most\n",
            self.log.verifier()
        )
    }

    /// Two of the three witnesses have seen the head.
    pub(crate) fn bundle(&self, index: usize) -> String {
        let mut tree = Frontier::default();
        for leaf in &self.leaves {
            tree.push(leaf_hash(leaf)).unwrap();
        }
        let size = self.leaves.len() as u64;
        let checkpoint = Checkpoint {
            origin: self.log.name().to_owned(),
            size,
            root: tree.root(),
        };
        let signed = checkpoint.sign(&self.log).unwrap();
        let mut note = SignedNote::parse(&signed).unwrap();
        for key in &self.witnesses[..2] {
            note.add(cosign(note.text(), key, TIME_S + 60).unwrap())
                .unwrap();
        }
        let hashes = prove_inclusion(self, index as u64, size).unwrap();
        TlogProof::new(
            self.leaves[index].clone(),
            index as u64,
            hashes,
            note.to_string(),
        )
        .to_string()
    }
}

impl NodeSource for Ledger {
    fn node(&self, level: u8, index: u64) -> Option<Hash> {
        if level == 0 {
            return self
                .leaves
                .get(usize::try_from(index).ok()?)
                .map(|leaf| leaf_hash(leaf));
        }
        Some(node_hash(
            &self.node(level - 1, 2 * index)?,
            &self.node(level - 1, 2 * index + 1)?,
        ))
    }
}
