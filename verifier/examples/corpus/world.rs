//! Three ledgers, four witnesses, a forger, and the policies of people who trust them in different ways.

use countersign_protocol::log::{
    Checkpoint, Hash, KeyKind, NodeSource, SignedNote, SignerKey, TlogProof, cosign, leaf_hash,
    node_hash, prove_inclusion, root_at,
};

use crate::chance::Chance;

pub(crate) const ORIGINS: [&str; 3] = [
    "registry.example.gov.gh/ledger",
    "registry.example.admin.ch/ledger",
    "vu.example/ledger",
];

/// The secret of the ledger with this number, from 1.
pub(crate) const fn log_seed(number: u8) -> [u8; 32] {
    [number; 32]
}

pub(crate) struct World {
    pub(crate) logs: Vec<SignerKey>,
    pub(crate) witnesses: Vec<SignerKey>,
    /// Signs under the names of the first ledger and the first witness, with keys of its own.
    pub(crate) forger: (SignerKey, SignerKey),
    pub(crate) policies: Vec<String>,
}

impl World {
    pub(crate) fn new() -> Self {
        let log = |(origin, seed): (&&str, u8)| {
            SignerKey::from_seed(origin, KeyKind::Ed25519, &log_seed(seed)).unwrap()
        };
        let witness = |number: u8| {
            let name = format!("w{number}.example");
            SignerKey::from_seed(&name, KeyKind::CosignatureV1, &[100 + number; 32]).unwrap()
        };
        let mut world = Self {
            logs: ORIGINS.iter().zip(1..).map(log).collect(),
            witnesses: (1..=4).map(witness).collect(),
            forger: (
                SignerKey::from_seed(ORIGINS[0], KeyKind::Ed25519, &[66; 32]).unwrap(),
                SignerKey::from_seed("w1.example", KeyKind::CosignatureV1, &[67; 32]).unwrap(),
            ),
            policies: Vec::new(),
        };
        world.policies = world.write_policies();
        world
    }

    fn write_policies(&self) -> Vec<String> {
        let log = |at: usize| format!("log {}\n", self.logs[at].verifier());
        let witness = |at: usize| {
            let key = self.witnesses[at].verifier();
            format!("witness W{at} {key} https://w{at}.example/\n")
        };
        let all: String = (0..4).map(witness).collect();
        vec![
            format!(
                "{}{}{all}group most 2 W0 W1 W2\nquorum most\n",
                log(0),
                log(1)
            ),
            format!("# nobody watches\n\n{}quorum none\n", log(0)),
            format!(
                "{}{}{}{all}\tgroup a any W0 W1\ngroup b all W2 W3\ngroup c 2 a b\nquorum c\n",
                log(0),
                log(1),
                log(2)
            ),
            format!("{}{all}quorum W3\n", log(2)),
        ]
    }
}

/// A tree in memory.
pub(crate) struct Tree {
    pub(crate) leaves: Vec<Vec<u8>>,
    levels: Vec<Vec<Hash>>,
}

impl NodeSource for Tree {
    fn node(&self, level: u8, index: u64) -> Option<Hash> {
        let level = self.levels.get(usize::from(level))?;
        level.get(usize::try_from(index).ok()?).copied()
    }
}

impl Tree {
    pub(crate) fn new(leaves: Vec<Vec<u8>>) -> Self {
        let mut levels = vec![
            leaves
                .iter()
                .map(|leaf| leaf_hash(leaf))
                .collect::<Vec<_>>(),
        ];
        while let Some(below) = levels.last().filter(|level| level.len() > 1) {
            let above = below.chunks_exact(2);
            levels.push(above.map(|pair| node_hash(&pair[0], &pair[1])).collect());
        }
        Self { leaves, levels }
    }

    /// A head of this tree, signed by the ledger and by some witnesses.
    pub(crate) fn head(&self, world: &World, log: usize, chance: &mut Chance) -> Head {
        let size = self.leaves.len() as u64;
        let checkpoint = Checkpoint {
            origin: ORIGINS[log].to_owned(),
            size,
            root: root_at(self, size).unwrap(),
        };
        let mut text = checkpoint.to_text();
        // Some heads have lines that C2SP advises against, one of them more than is read.
        if chance.one_in(9) {
            text.push_str(&"extension\n".repeat(chance.of(&[1, 16, 17])));
        }
        let mut note = SignedNote::sign(&text, &world.logs[log]).unwrap();
        // Most heads have enough witnesses.
        let skipped = chance.below(8);
        for (at, key) in world.witnesses.iter().enumerate() {
            if at == skipped || (skipped == 7 && at != 3) {
                continue;
            }
            let time_s = 1_750_000_000 + chance.next() % 1_000_000;
            // A witness refuses a head with too many lines.
            if let Ok(line) = cosign(note.text(), key, time_s) {
                note.add(line).unwrap();
            }
        }
        Head {
            log,
            size,
            note: note.to_string(),
        }
    }

    pub(crate) fn bundle(&self, head: &Head, index: usize) -> TlogProof {
        let hashes = prove_inclusion(self, index as u64, head.size).unwrap();
        TlogProof::new(
            self.leaves[index].clone(),
            index as u64,
            hashes,
            head.note.clone(),
        )
    }
}

pub(crate) struct Head {
    pub(crate) log: usize,
    pub(crate) size: u64,
    pub(crate) note: String,
}
