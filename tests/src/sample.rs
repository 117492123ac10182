//! A small ledger in memory, made by the rules, signed and cosigned: for tests of what others may read.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read};
use std::path::Path;

use countersign_node::export::{
    ExportedLedger, Files, LedgerSource, SignedHead, VerifyError, write,
};
use countersign_protocol::federation::ProvenRecord;
use countersign_protocol::id::RequestId;
use countersign_protocol::log::{
    Checkpoint, Frontier, Hash, KeyKind, Policy, SignedNote, SignerKey, Tile, cosign,
    encode_entries, leaf_hash, node_hash,
};
use countersign_protocol::record::{BlockHeader, Body, Commitment, ProofReference, Record};
use countersign_protocol::registry::{At, Command, State, apply, plan};

/// Witnesses of a sample ledger.
pub const WITNESSES: u8 = 4;

/// A ledger in memory.
#[derive(Debug)]
pub struct SampleLedger {
    /// What its leaves say.
    pub state: State,
    leaves: Vec<Vec<u8>>,
    time_ms: u64,
    key: SignerKey,
}

/// A value of the protocol from its JSON.
///
/// # Panics
/// When it is none.
#[must_use]
#[expect(clippy::expect_used, reason = "samples are written by hand")]
pub fn from_json<T: serde::de::DeserializeOwned>(json: serde_json::Value) -> T {
    serde_json::from_value(json).expect("a sample is valid")
}

impl SampleLedger {
    /// A ledger with its genesis, at this time in milliseconds. The party's code names its keys.
    #[must_use]
    pub fn new(party: &str, time_ms: u64) -> Self {
        let origin = format!("{}.example/ledger", party.to_lowercase());
        let key = log_key(&origin);
        let mut ledger = Self {
            state: State::default(),
            leaves: Vec::new(),
            time_ms,
            key,
        };
        let registry = match party {
            "CH" => "CHE01",
            _ => "GHA01",
        };
        let genesis = serde_json::json!({"genesis": {
            "party": party, "origin": origin, "network": "samples", "registry": registry,
            "name": "Carbon Market Office", "log_key": ledger.key.verifier().to_string(),
        }});
        ledger.push(from_json(genesis));
        ledger.end_block();
        ledger
    }

    /// Writes the records of an intent in a block of their own; gives the index of the last of them.
    ///
    /// # Panics
    /// When the rules refuse it.
    #[expect(clippy::expect_used, reason = "samples obey the rules")]
    pub fn submit(&mut self, command: &Command) -> u64 {
        let bodies = plan(&self.state, self.time_ms, command).expect("the sample is allowed");
        for body in bodies {
            self.push(body);
        }
        let last = self.size() - 1;
        self.end_block();
        last
    }

    /// The same from JSON.
    pub fn submit_json(&mut self, command: serde_json::Value) -> u64 {
        self.submit(&from_json(command))
    }

    /// Lets time pass.
    pub fn wait_ms(&mut self, ms: u64) {
        self.time_ms += ms;
    }

    /// Writes a record that the rules allow.
    ///
    /// # Panics
    /// When they do not.
    #[expect(clippy::expect_used, reason = "samples obey the rules")]
    pub fn push(&mut self, body: Body) {
        self.time_ms += 1000;
        let record = self.record(body);
        let bytes = record.encode();
        let at = At {
            index: self.size(),
            hash: leaf_hash(&bytes),
        };
        apply(&mut self.state, at, &record).expect("the sample is allowed");
        self.leaves.push(bytes);
    }

    /// Writes a record without asking the rules. No further record will fit.
    pub fn force(&mut self, body: Body) {
        let bytes = self.record(body).encode();
        self.leaves.push(bytes);
    }

    fn record(&self, body: Body) -> Record {
        let mut request = [7; 16];
        request[..8].copy_from_slice(&self.size().to_be_bytes());
        Record {
            time_ms: self.time_ms,
            request: RequestId(request),
            body,
        }
    }

    /// The header that ends the block as it stands.
    #[must_use]
    pub fn header(&self) -> Body {
        let head = self.state.head();
        Body::BlockHeader(BlockHeader {
            height: head.map_or(0, |head| head.height) + 1,
            first: head.map_or(0, |head| head.index + 1),
            previous: head.map(|head| Commitment(head.hash)),
            state: self.state.digest(),
        })
    }

    fn end_block(&mut self) {
        self.push(self.header());
    }

    /// Leaves so far.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.leaves.len() as u64
    }

    /// A record of this ledger, as another country's ledger takes it after checking its proof.
    ///
    /// # Panics
    /// When there is no such leaf.
    #[must_use]
    #[expect(clippy::expect_used, reason = "leaves were written by this code")]
    pub fn proven(&self, index: u64) -> Command {
        let leaf = &self.leaves[usize::try_from(index).expect("a small ledger")];
        let proof = ProofReference {
            origin: from_json(serde_json::json!(self.key.name())),
            index,
            size: self.size(),
            root: self.root(),
        };
        let record = Record::decode(leaf).expect("a leaf is a record");
        Command::Proven(Box::new(ProvenRecord { proof, record }))
    }

    /// Root of the tree.
    ///
    /// # Panics
    /// Never: no sample is too large.
    #[must_use]
    #[expect(clippy::expect_used, reason = "samples are small")]
    pub fn root(&self) -> Hash {
        let mut tree = Frontier::new();
        for leaf in &self.leaves {
            tree.push(leaf_hash(leaf)).expect("a small tree");
        }
        tree.root()
    }

    /// The head as the log signed it and all witnesses cosigned it.
    ///
    /// # Panics
    /// Never: the keys are of the right kinds.
    #[must_use]
    #[expect(clippy::expect_used, reason = "keys of the right kinds sign")]
    pub fn head(&self) -> SignedHead {
        let checkpoint = Checkpoint {
            origin: self.key.name().to_owned(),
            size: self.size(),
            root: self.root(),
        };
        let note = checkpoint.sign(&self.key).expect("a log key signs");
        let mut note = SignedNote::parse(&note).expect("a note");
        for witness in 0..WITNESSES {
            let time_s = self.time_ms / 1000 + u64::from(witness);
            let line = cosign(note.text(), &witness_key(witness), time_s).expect("a cosignature");
            note.add(line).expect("room for four");
        }
        SignedHead {
            place: "sample".to_owned(),
            note: note.to_string(),
        }
    }

    /// A policy that believes this ledger and asks for so many of its witnesses.
    ///
    /// # Panics
    /// When there are not so many.
    #[must_use]
    #[expect(clippy::expect_used, reason = "keys of the right kinds make a policy")]
    pub fn policy(&self, quorum: usize) -> Policy {
        let witnesses: Vec<_> = (0..WITNESSES)
            .map(|witness| witness_key(witness).verifier().clone())
            .collect();
        Policy::k_of_n(&[self.key.verifier().clone()], &witnesses, quorum).expect("a policy")
    }

    /// Writes the ledger out and reads the files into memory.
    ///
    /// # Panics
    /// When the temporary folder cannot be used.
    #[must_use]
    #[expect(clippy::expect_used, reason = "a temporary folder can be written")]
    pub fn export(&self) -> MemoryFiles {
        let folder = tempfile::tempdir().expect("a temporary folder");
        write(self, &self.head(), folder.path(), &mut |_| {}).expect("the sample is whole");
        let mut files = BTreeMap::new();
        read_below(folder.path(), "", &mut files).expect("the files are there");
        MemoryFiles(files)
    }

    fn subtree(&self, level: u8, index: u64) -> Hash {
        if level == 0 {
            let index = usize::try_from(index).unwrap_or(usize::MAX);
            return leaf_hash(&self.leaves[index]);
        }
        let children = [0, 1].map(|side| self.subtree(level - 1, index * 2 + side));
        node_hash(&children[0], &children[1])
    }
}

impl LedgerSource for SampleLedger {
    fn place(&self) -> String {
        "sample".to_owned()
    }

    fn entries(&self, tile: Tile) -> Result<Vec<u8>, VerifyError> {
        let first = usize::try_from(tile.index() * 256).unwrap_or(usize::MAX);
        let leaves = &self.leaves[first..first + usize::from(tile.width())];
        encode_entries(leaves).map_err(|error| VerifyError::Tile {
            place: self.place(),
            error,
        })
    }

    fn tile(&self, tile: Tile) -> Result<Vec<u8>, VerifyError> {
        let first = tile.index() * 256;
        let hashes = (first..first + u64::from(tile.width()))
            .map(|index| self.subtree(8 * tile.level(), index));
        Ok(hashes.flatten().collect())
    }
}

#[expect(clippy::expect_used, reason = "the names are key names")]
fn log_key(origin: &str) -> SignerKey {
    SignerKey::from_seed(origin, KeyKind::Ed25519, &[1; 32]).expect("a key name")
}

#[expect(clippy::expect_used, reason = "the names are key names")]
fn witness_key(number: u8) -> SignerKey {
    let name = format!("w{number}.example");
    SignerKey::from_seed(&name, KeyKind::CosignatureV1, &[100 + number; 32]).expect("a key name")
}

/// The files of an exported ledger in memory, so that many damaged copies can be verified quickly.
#[derive(Debug, Clone)]
pub struct MemoryFiles(pub BTreeMap<String, Vec<u8>>);

impl MemoryFiles {
    /// As an exported ledger.
    #[must_use]
    pub fn ledger(self) -> ExportedLedger<Self> {
        ExportedLedger(self)
    }

    /// Turns one bit over.
    ///
    /// # Panics
    /// When there is no such bit.
    pub fn flip(&mut self, path: &str, bit: usize) {
        let file = self.0.get_mut(path);
        let byte = file.and_then(|bytes| bytes.get_mut(bit / 8));
        *byte.unwrap_or_else(|| unreachable!("{path} has no bit {bit}")) ^= 1 << (bit % 8);
    }
}

impl Files for MemoryFiles {
    fn place(&self) -> String {
        "memory".to_owned()
    }

    fn open(&self, path: &str) -> io::Result<Option<Box<dyn Read + '_>>> {
        let file = self.0.get(path);
        Ok(file.map(|bytes| -> Box<dyn Read + '_> { Box::new(bytes.as_slice()) }))
    }

    fn below(&self, folder: &str) -> io::Result<Vec<String>> {
        let inside = self.0.keys().filter(|path| path.starts_with(folder));
        Ok(inside.cloned().collect())
    }
}

fn read_below(
    folder: &Path,
    prefix: &str,
    files: &mut BTreeMap<String, Vec<u8>>,
) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            read_below(&entry.path(), &format!("{path}/"), files)?;
        } else {
            files.insert(path, fs::read(entry.path())?);
        }
    }
    Ok(())
}
