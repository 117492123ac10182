//! A log that grows, witnesses on real disks and on real sockets.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use countersign_node::witness::{HttpWitness, Witness, WitnessClient, WitnessStore, http};
use countersign_protocol::log::{
    AddCheckpoint, Checkpoint, Hash, KeyKind, NodeSource, Policy, SignerKey, VerifierKey,
    leaf_hash, node_hash, prove_consistency, root_at,
};

pub(crate) const ORIGIN: &str = "gh.example/ledger";
pub(crate) const NOW_S: u64 = 1_750_000_000;

/// A log in memory. Two logs of one `seed` and other `salt` share their first leaf only.
pub(crate) struct Log {
    pub(crate) key: SignerKey,
    leaves: Vec<Hash>,
}

impl NodeSource for Log {
    fn node(&self, level: u8, index: u64) -> Option<Hash> {
        if level == 0 {
            return self.leaves.get(usize::try_from(index).ok()?).copied();
        }
        let (left, right) = (
            self.node(level - 1, 2 * index)?,
            self.node(level - 1, 2 * index + 1)?,
        );
        Some(node_hash(&left, &right))
    }
}

impl Log {
    pub(crate) fn new(salt: &str) -> Self {
        let key = SignerKey::from_seed(ORIGIN, KeyKind::Ed25519, &[1; 32]).unwrap();
        let leaf = |i: u32| {
            if i == 0 {
                leaf_hash(b"first")
            } else {
                leaf_hash(format!("{salt} {i}").as_bytes())
            }
        };
        Self {
            key,
            leaves: (0..100).map(leaf).collect(),
        }
    }

    pub(crate) fn head(&self, size: u64) -> Checkpoint {
        Checkpoint {
            origin: ORIGIN.into(),
            size,
            root: root_at(self, size).unwrap(),
        }
    }

    pub(crate) fn note(&self, size: u64) -> String {
        self.head(size).sign(&self.key).unwrap()
    }

    pub(crate) fn request(&self, old_size: u64, size: u64) -> String {
        let proof = if old_size == 0 {
            vec![]
        } else {
            self.proof(old_size, size).unwrap()
        };
        AddCheckpoint {
            old_size,
            proof,
            checkpoint: self.note(size),
        }
        .to_string()
    }

    pub(crate) fn proof(&self, old: u64, new: u64) -> Result<Vec<Hash>, String> {
        prove_consistency(self, old, new).map_err(|error| error.to_string())
    }

    pub(crate) fn keys(&self) -> Vec<VerifierKey> {
        vec![self.key.verifier().clone()]
    }
}

pub(crate) fn witness_key(number: u8) -> SignerKey {
    let name = format!("w{number}.example");
    SignerKey::from_seed(&name, KeyKind::CosignatureV1, &[100 + number; 32]).unwrap()
}

/// A new witness that knows the log.
pub(crate) fn witness(number: u8, dir: &Path) -> Witness {
    let key = witness_key(number);
    let store = WitnessStore::create(dir, key.name()).unwrap();
    let witness = Witness::new(store, key).unwrap();
    witness.set_log(ORIGIN, Log::new("honest").keys());
    witness
}

pub(crate) fn policy(needed: usize, n: u8) -> Policy {
    let witnesses: Vec<_> = (1..=n)
        .map(|number| witness_key(number).verifier().clone())
        .collect();
    Policy::k_of_n(&Log::new("honest").keys(), &witnesses, needed).unwrap()
}

/// Serves a witness on a free port; stops with the runtime.
pub(crate) async fn serve(witness: Arc<Witness>) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = http::router(witness, || NOW_S);
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    address
}

/// A witness on a real disk behind a real socket.
pub(crate) struct Served {
    pub(crate) witness: Arc<Witness>,
    pub(crate) client: Arc<dyn WitnessClient>,
    pub(crate) url: String,
    _dir: tempfile::TempDir,
}

pub(crate) async fn served(number: u8) -> Served {
    let dir = tempfile::tempdir().unwrap();
    let witness = Arc::new(witness(number, &dir.path().join("w")));
    let url = format!("http://{}", serve(Arc::clone(&witness)).await);
    let client = Arc::new(HttpWitness::new(&format!("w{number}"), &url).unwrap());
    Served {
        witness,
        client,
        url,
        _dir: dir,
    }
}
