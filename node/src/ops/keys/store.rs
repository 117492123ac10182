//! The key folder of a node.

use super::sealed::{WORK_FACTOR, damaged, open, seal};
use super::{KeyFileError, KeyRole};
use crate::ops::files::{
    self, FileFault, PRIVATE_FILE_MODE, PUBLIC_FILE_MODE, Privacy, check_private_folder,
    create_private_folder,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use countersign_protocol::id::Origin;
use countersign_protocol::log::{KeyKind, SignerKey, VerifierKey};
use libp2p::PeerId;
use libp2p::identity::Keypair;
use secrecy::SecretString;
use std::fmt;
use std::path::PathBuf;
use zeroize::Zeroizing;

/// The largest key file, in bytes.
pub const KEY_FILE_BYTES_MAX: u64 = 16 * 1024;

/// The largest public file, in bytes: a verifier key with the longest name fits.
const PUBLIC_FILE_BYTES_MAX: u64 = 4096;

/// The keys of a node, opened. Wiped from memory when dropped.
#[derive(Clone)]
pub struct NodeKeys {
    /// Signs the checkpoints of the own ledger.
    pub log: SignerKey,
    /// Its successor, while a rotation is under way.
    pub pending_log: Option<SignerKey>,
    /// Cosigns the checkpoints of others.
    pub cosigner: SignerKey,
    /// Identifies the node to its peers.
    pub peer: Keypair,
}

/// Shows the public halves only.
impl fmt::Debug for NodeKeys {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("NodeKeys")
            .field("log", self.log.verifier())
            .field(
                "pending_log",
                &self.pending_log.as_ref().map(SignerKey::verifier),
            )
            .field("cosigner", self.cosigner.verifier())
            .field("peer", &self.peer.public().to_peer_id())
            .finish()
    }
}

/// A folder of key files.
#[derive(Debug, Clone)]
pub struct KeyFolder {
    pub(super) path: PathBuf,
    work_factor: u8,
}

impl KeyFolder {
    /// The folder at this path; nothing is touched yet.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            work_factor: WORK_FACTOR,
        }
    }

    /// The same folder with cheap encryption, for tests about other things.
    #[cfg(test)]
    pub(super) fn with_work_factor(self, work_factor: u8) -> Self {
        Self {
            work_factor,
            ..self
        }
    }

    /// Makes the three keys of a country's node. `cosigner_name` is the name under which it witnesses.
    ///
    /// # Errors
    /// [`KeyFileError`]; when any key is there already, none is made.
    pub fn create_node(
        &self,
        origin: &Origin,
        cosigner_name: &str,
        passphrase: &SecretString,
    ) -> Result<NodeKeys, KeyFileError> {
        create_private_folder(&self.path)?;
        self.refuse_existing(&[KeyRole::Log, KeyRole::Cosigner, KeyRole::Peer])?;
        let log = new_signer(origin.as_str(), KeyKind::Ed25519)?;
        let cosigner = new_signer(cosigner_name, KeyKind::CosignatureV1)?;
        let peer = Keypair::generate_ed25519();
        self.write_signer(KeyRole::Log, &log, passphrase)?;
        self.write_signer(KeyRole::Cosigner, &cosigner, passphrase)?;
        self.write_peer(&peer, passphrase)?;
        Ok(NodeKeys {
            log,
            pending_log: None,
            cosigner,
            peer,
        })
    }

    /// Makes the two keys of a node that only witnesses: cosigner and peer key.
    ///
    /// # Errors
    /// As [`KeyFolder::create_node`].
    pub fn create_witness(
        &self,
        cosigner_name: &str,
        passphrase: &SecretString,
    ) -> Result<(SignerKey, Keypair), KeyFileError> {
        create_private_folder(&self.path)?;
        self.refuse_existing(&[KeyRole::Cosigner, KeyRole::Peer])?;
        let cosigner = new_signer(cosigner_name, KeyKind::CosignatureV1)?;
        let peer = Keypair::generate_ed25519();
        self.write_signer(KeyRole::Cosigner, &cosigner, passphrase)?;
        self.write_peer(&peer, passphrase)?;
        Ok((cosigner, peer))
    }

    /// Makes the key of a keyholder of the trust registry. It signs for that alone and never lies beside a node's keys.
    ///
    /// # Errors
    /// As [`KeyFolder::create_node`].
    pub fn create_holder(
        &self,
        name: &str,
        passphrase: &SecretString,
    ) -> Result<SignerKey, KeyFileError> {
        create_private_folder(&self.path)?;
        self.refuse_existing(&[KeyRole::Log, KeyRole::Cosigner, KeyRole::Holder])?;
        let key = new_signer(name, KeyKind::Ed25519)?;
        self.write_signer(KeyRole::Holder, &key, passphrase)?;
        Ok(key)
    }

    /// Opens all keys of a country's node. Each file costs some 0.1 s of scrypt, so the files are opened side by side.
    ///
    /// # Errors
    /// [`KeyFileError`] names the file and what to do.
    pub fn load_node(&self, passphrase: &SecretString) -> Result<NodeKeys, KeyFileError> {
        check_private_folder(&self.path)?;
        std::thread::scope(|scope| {
            let others = scope.spawn(|| {
                let peer = self.load_peer(passphrase)?;
                Ok::<_, KeyFileError>((self.load_signer(KeyRole::Cosigner, passphrase)?, peer))
            });
            let log = self.load_signer(KeyRole::Log, passphrase)?;
            let pending_log = match self.load_signer(KeyRole::PendingLog, passphrase) {
                Err(KeyFileError::NoKey { .. }) => None,
                other => Some(other?),
            };
            let lost = |_| {
                damaged(
                    &self.path,
                    "a thread that opened a key ended early".to_owned(),
                )
            };
            let (cosigner, peer) = others.join().map_err(lost)??;
            Ok(NodeKeys {
                log,
                pending_log,
                cosigner,
                peer,
            })
        })
    }

    /// Opens the key of a role that signs notes.
    ///
    /// # Errors
    /// [`KeyFileError`] names the file and what to do.
    pub fn load_signer(
        &self,
        role: KeyRole,
        passphrase: &SecretString,
    ) -> Result<SignerKey, KeyFileError> {
        let path = self.secret_path(role);
        let plain = self.open(role, passphrase)?;
        let text = std::str::from_utf8(&plain)
            .map_err(|_| damaged(&path, "it holds no text".to_owned()))?;
        let key: SignerKey = text
            .trim_end_matches('\n')
            .parse()
            .map_err(|error| damaged(&path, format!("{error}")))?;
        if key_kind(role) != Some(key.kind()) {
            return Err(KeyFileError::WrongKind { path, role });
        }
        match self.check_public(role, &key.verifier().to_string()) {
            Err(KeyFileError::PublicMismatch { .. })
                if role == KeyRole::Log && self.is_half_promoted(key.verifier()) =>
            {
                self.finish_promotion(key.verifier())?;
            }
            other => other?,
        }
        Ok(key)
    }

    /// Opens the libp2p identity.
    ///
    /// # Errors
    /// [`KeyFileError`] names the file and what to do.
    pub fn load_peer(&self, passphrase: &SecretString) -> Result<Keypair, KeyFileError> {
        let path = self.secret_path(KeyRole::Peer);
        let plain = self.open(KeyRole::Peer, passphrase)?;
        let text = plain.trim_ascii_end();
        let encoded = BASE64_STANDARD.decode(text).map(Zeroizing::new);
        let encoded = encoded.map_err(|_| KeyFileError::WrongKind {
            path: path.clone(),
            role: KeyRole::Peer,
        })?;
        let peer = Keypair::from_protobuf_encoding(&encoded)
            .map_err(|error| damaged(&path, error.to_string()))?;
        self.check_public(KeyRole::Peer, &peer.public().to_peer_id().to_string())?;
        Ok(peer)
    }

    /// The public half of a signing key, without a passphrase.
    ///
    /// # Errors
    /// [`KeyFileError`] when there is none, or the file holds something else.
    pub fn public_signer(&self, role: KeyRole) -> Result<VerifierKey, KeyFileError> {
        let key: VerifierKey = self.read_public(role)?;
        if key_kind(role) != Some(key.kind()) {
            return Err(KeyFileError::WrongKind {
                path: self.public_path(role),
                role,
            });
        }
        Ok(key)
    }

    /// The peer id, without a passphrase.
    ///
    /// # Errors
    /// [`KeyFileError`] when there is none, or the file holds something else.
    pub fn public_peer(&self) -> Result<PeerId, KeyFileError> {
        self.read_public(KeyRole::Peer)
    }

    pub(super) fn secret_path(&self, role: KeyRole) -> PathBuf {
        self.path.join(format!("{}.age", role.stem()))
    }

    pub(super) fn public_path(&self, role: KeyRole) -> PathBuf {
        self.path.join(format!("{}.pub", role.stem()))
    }

    pub(super) fn refuse_existing(&self, roles: &[KeyRole]) -> Result<(), KeyFileError> {
        let taken = roles
            .iter()
            .map(|role| self.secret_path(*role))
            .find(|path| path.symlink_metadata().is_ok());
        taken.map_or(Ok(()), |path| Err(FileFault::Exists(path).into()))
    }

    pub(super) fn write_signer(
        &self,
        role: KeyRole,
        key: &SignerKey,
        passphrase: &SecretString,
    ) -> Result<(), KeyFileError> {
        self.write(
            role,
            key.to_secret_text().as_bytes(),
            &key.verifier().to_string(),
            passphrase,
        )
    }

    fn write_peer(&self, peer: &Keypair, passphrase: &SecretString) -> Result<(), KeyFileError> {
        let path = self.secret_path(KeyRole::Peer);
        let encoded = peer.to_protobuf_encoding().map(Zeroizing::new);
        let encoded = encoded.map_err(|error| damaged(&path, error.to_string()))?;
        let text = Zeroizing::new(BASE64_STANDARD.encode(encoded.as_slice()));
        self.write(
            KeyRole::Peer,
            text.as_bytes(),
            &peer.public().to_peer_id().to_string(),
            passphrase,
        )
    }

    fn write(
        &self,
        role: KeyRole,
        secret: &[u8],
        public: &str,
        passphrase: &SecretString,
    ) -> Result<(), KeyFileError> {
        let path = self.secret_path(role);
        let sealed = seal(secret, passphrase.clone(), self.work_factor, &path)?;
        // The secret first: without its public file it can be opened and completed, the other way round not.
        files::write_new(&path, &sealed, PRIVATE_FILE_MODE)?;
        Ok(files::replace(
            &self.public_path(role),
            format!("{public}\n").as_bytes(),
            PUBLIC_FILE_MODE,
        )?)
    }

    fn open(
        &self,
        role: KeyRole,
        passphrase: &SecretString,
    ) -> Result<Zeroizing<Vec<u8>>, KeyFileError> {
        let path = self.secret_path(role);
        let sealed = files::read(&path, KEY_FILE_BYTES_MAX, Privacy::Private)
            .map_err(|fault| no_key(role, fault))?;
        open(&sealed, passphrase.clone(), &path)
    }

    /// Compares the public file with the key just opened; writes it when a crash kept it from being written.
    fn check_public(&self, role: KeyRole, public: &str) -> Result<(), KeyFileError> {
        let path = self.public_path(role);
        match files::read(&path, PUBLIC_FILE_BYTES_MAX, Privacy::Public) {
            Ok(bytes) if bytes.trim_ascii_end() == public.as_bytes() => Ok(()),
            Ok(_) => Err(KeyFileError::PublicMismatch {
                public: path,
                secret: self.secret_path(role),
            }),
            Err(FileFault::Missing(_)) => Ok(files::replace(
                &path,
                format!("{public}\n").as_bytes(),
                PUBLIC_FILE_MODE,
            )?),
            Err(fault) => Err(fault.into()),
        }
    }

    fn read_public<T>(&self, role: KeyRole) -> Result<T, KeyFileError>
    where
        T: std::str::FromStr<Err: fmt::Display>,
    {
        let path = self.public_path(role);
        let bytes = files::read(&path, PUBLIC_FILE_BYTES_MAX, Privacy::Public)
            .map_err(|fault| no_key(role, fault))?;
        let text = std::str::from_utf8(&bytes)
            .map_err(|_| damaged(&path, "it holds no text".to_owned()))?;
        text.trim_end_matches('\n')
            .parse()
            .map_err(|error: T::Err| damaged(&path, error.to_string()))
    }
}

fn no_key(role: KeyRole, fault: FileFault) -> KeyFileError {
    match fault {
        FileFault::Missing(path) => KeyFileError::NoKey { role, path },
        other => other.into(),
    }
}

/// The kind of signer key that belongs in the file of a role.
const fn key_kind(role: KeyRole) -> Option<KeyKind> {
    match role {
        KeyRole::Log | KeyRole::PendingLog | KeyRole::Holder => Some(KeyKind::Ed25519),
        KeyRole::Cosigner => Some(KeyKind::CosignatureV1),
        KeyRole::Peer => None,
    }
}

pub(super) fn new_signer(name: &str, kind: KeyKind) -> Result<SignerKey, KeyFileError> {
    let mut seed = Zeroizing::new([0; 32]);
    getrandom::fill(seed.as_mut_slice())
        .map_err(|error| KeyFileError::Random(error.to_string()))?;
    Ok(SignerKey::from_seed(name, kind, &seed)?)
}
