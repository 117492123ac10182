//! A federation on paper: keyholders, members, witnesses, and the files that they publish.

use std::collections::BTreeMap;

use countersign_protocol::log::{Hash, KeyKind, SignerKey};
use countersign_protocol::time::Timestamp;
use countersign_protocol::trust::{
    Common, Delegated, Envelope, Federation, FileMeta, Json, KeyRing, Member, RoleKeys, RootMeta,
    SnapshotMeta, TargetMeta, TargetsMeta, TimestampMeta, Trust, TufKeyId, root_hash, target_path,
};
use sha2::{Digest, Sha256};

pub type Files = BTreeMap<String, Vec<u8>>;

pub const NOW: &str = "2027-01-15T12:00:00Z";
pub const ROOT_KEYS: [&str; 3] = ["GH", "CH", "VU"];
pub const MEMBERS_KEYS: [&str; 3] = ["secretary", "deputy", "auditor"];
pub const WITNESSES_KEYS: [&str; 3] = ["university", "court", "ngo"];

pub fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub fn now() -> Timestamp {
    time(NOW)
}

pub fn key(name: &str, kind: KeyKind) -> SignerKey {
    let seed: [u8; 32] = Sha256::digest(format!("{name} {}", kind.byte())).into();
    SignerKey::from_seed(name, kind, &seed).unwrap()
}

/// A keyholder's key.
pub fn holder(name: &str) -> SignerKey {
    key(name, KeyKind::Ed25519)
}

pub fn ring(names: &[&str]) -> KeyRing {
    let entry = |name: &&str| {
        let key = holder(name).verifier().clone();
        (TufKeyId::of(&key), key)
    };
    names.iter().map(entry).collect()
}

pub fn role(names: &[&str], threshold: u64) -> RoleKeys {
    RoleKeys::new(ring(names).into_keys(), threshold)
}

pub fn common(version: u64, expires: &str) -> Common {
    Common {
        version,
        expires: time(expires),
        federation: Federation {
            name: "Test Federation".parse().unwrap(),
            rehearsal: false,
        },
    }
}

pub fn root(version: u64, names: &[&str], threshold: u64, online: &str) -> RootMeta {
    let mut keys = ring(names);
    keys.extend(ring(&[online]));
    RootMeta {
        common: common(version, "2027-12-31T00:00:00Z"),
        keys,
        root: role(names, threshold),
        targets: role(names, threshold),
        snapshot: role(&[online], 1),
        timestamp: role(&[online], 1),
    }
}

/// The log key of a ledger; `serial` tells one from the next.
pub fn log_key(origin: &str, serial: u8) -> SignerKey {
    let seed: [u8; 32] = Sha256::digest(format!("{origin} log {serial}")).into();
    SignerKey::from_seed(origin, KeyKind::Ed25519, &seed).unwrap()
}

pub fn witness(name: &str) -> SignerKey {
    key(name, KeyKind::CosignatureV1)
}

/// An entry in good standing, with these key rows after `FROM TO SERIAL`.
pub fn member(party: &str, registry: &str, keys: &[(&str, u8)]) -> Member {
    let origin = format!("{}.example/ledger", party.to_lowercase());
    let mut text = format!(
        "countersign-member/v1\nregistry {registry}\nparty {party}\norigin {origin}\nstatus active\nsince 2026-11-22T10:00:00Z\n"
    );
    for (sizes, serial) in keys {
        text += &format!("log-key {sizes} {}\n", log_key(&origin, *serial).verifier());
    }
    let cosigner = witness(&format!("{}.example/witness", party.to_lowercase()));
    text += &format!(
        "cosigner-key {}\npeer 12D3KooW{party}xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n",
        cosigner.verifier()
    );
    Member::parse(text.as_bytes()).unwrap()
}

pub fn policy() -> String {
    let names = ["w1.example", "w2.example", "w3.example", "w4.example"];
    let mut text = String::new();
    for (at, name) in names.iter().enumerate() {
        text += &format!("witness w{} {}\n", at + 1, witness(name).verifier());
    }
    text + "group quorum 3 w1 w2 w3 w4\nquorum quorum\n"
}

/// What the federation has decided, from which its files are written.
#[derive(Clone)]
pub struct World {
    pub roots: Vec<(RootMeta, Vec<&'static str>)>,
    pub top: TargetsMeta,
    pub top_signers: Vec<&'static str>,
    pub online: &'static str,
    /// Of snapshot and timestamp.
    pub version: u64,
    pub members_version: u64,
    pub members: Vec<Member>,
    pub members_signers: Vec<&'static str>,
    pub policy: String,
    pub expires: [&'static str; 4],
}

impl World {
    pub fn new() -> Self {
        let delegated = Delegated {
            keys: ring(&[MEMBERS_KEYS, WITNESSES_KEYS].concat()),
            members: role(&MEMBERS_KEYS, 2),
            witnesses: role(&WITNESSES_KEYS, 2),
        };
        Self {
            roots: vec![(root(1, &ROOT_KEYS, 2, "server"), vec!["GH", "CH"])],
            top: TargetsMeta {
                common: common(1, "2027-12-31T00:00:00Z"),
                targets: BTreeMap::new(),
                delegated: Some(delegated),
            },
            top_signers: vec!["GH", "VU"],
            online: "server",
            version: 1,
            members_version: 1,
            members: vec![member("GH", "GHA01", &[("0 -", 1)])],
            members_signers: vec!["secretary", "auditor"],
            policy: policy(),
            // timestamp, snapshot, members, witnesses
            expires: [
                "2027-01-20T00:00:00Z",
                "2027-02-15T00:00:00Z",
                "2027-06-01T00:00:00Z",
                "2027-06-01T00:00:00Z",
            ],
        }
    }

    /// The next version, with other members.
    pub fn with_members(&self, members: &[Member]) -> Self {
        Self {
            version: self.version + 1,
            members_version: self.members_version + 1,
            members: members.to_vec(),
            ..self.clone()
        }
    }

    /// The next root: these keyholders, signed by those.
    pub fn with_root(&self, names: &[&str], threshold: u64, signers: &[&'static str]) -> Self {
        let version = self.roots.len() as u64 + 1;
        let mut next = self.clone();
        next.roots.push((
            root(version, names, threshold, self.online),
            signers.to_vec(),
        ));
        next
    }

    pub fn files(&self) -> Files {
        let mut files = Files::new();
        for (meta, signers) in &self.roots {
            let path = format!("{}.root", meta.common.version);
            put(&mut files, &path, meta.write(), signers);
        }
        let path = format!("{}.targets", self.top.common.version);
        let top = put(&mut files, &path, self.top.write(), &self.top_signers);

        let [timestamp, snapshot, members, witnesses] = self.expires;
        let texts = self.members.iter().map(|it| (it.target(), it.to_string()));
        let list = listed(&mut files, self.members_version, members, texts);
        let path = format!("{}.members", self.members_version);
        let members = put(&mut files, &path, list.write(), &self.members_signers);
        let texts = [("witnesses/policy.txt".to_owned(), self.policy.clone())];
        let list = listed(&mut files, 1, witnesses, texts);
        let witnesses = put(&mut files, "1.witnesses", list.write(), &["court", "ngo"]);

        let meta = BTreeMap::from([
            (
                "targets.json".to_owned(),
                FileMeta::of(self.top.common.version, &top),
            ),
            (
                "members.json".to_owned(),
                FileMeta::of(self.members_version, &members),
            ),
            ("witnesses.json".to_owned(), FileMeta::of(1, &witnesses)),
        ]);
        let snapshot = SnapshotMeta {
            common: common(self.version, snapshot),
            files: meta,
        };
        let path = format!("{}.snapshot", self.version);
        let snapshot = put(&mut files, &path, snapshot.write(), &[self.online]);
        let timestamp = TimestampMeta {
            common: common(self.version, timestamp),
            snapshot: FileMeta::of(self.version, &snapshot),
        };
        put(&mut files, "timestamp", timestamp.write(), &[self.online]);
        files
    }

    pub fn pin(&self) -> Hash {
        root_hash(&self.first_root()).unwrap()
    }

    pub fn first_root(&self) -> Vec<u8> {
        self.files().remove("metadata/1.root.json").unwrap()
    }

    /// A reader who knows the first root only.
    pub fn reader(&self) -> Trust {
        Trust::bootstrap(&self.first_root(), &self.pin()).unwrap()
    }

    /// A reader who has taken in this version.
    pub fn informed(&self) -> Trust {
        let mut trust = self.reader();
        trust.refresh(&self.files(), now()).unwrap();
        trust
    }
}

fn listed(
    files: &mut Files,
    version: u64,
    expires: &str,
    texts: impl IntoIterator<Item = (String, String)>,
) -> TargetsMeta {
    let mut targets = BTreeMap::new();
    for (path, text) in texts {
        let meta = TargetMeta::of(text.as_bytes());
        files.insert(target_path(&path, &meta.sha256), text.into_bytes());
        targets.insert(path, meta);
    }
    TargetsMeta {
        common: common(version, expires),
        targets,
        delegated: None,
    }
}

/// Writes a metadata file with signatures; gives its bytes.
pub fn put(files: &mut Files, path: &str, signed: Json, signers: &[&str]) -> Vec<u8> {
    let mut envelope = Envelope::unsigned(path, signed);
    for name in signers {
        let id = TufKeyId::of(holder(name).verifier());
        envelope.sign(&holder(name), &[id].into()).unwrap();
    }
    let bytes = envelope.to_bytes();
    files.insert(format!("metadata/{path}.json"), bytes.clone());
    bytes
}
