//! Invite files: how two countries come to know each other's nodes without trusting any directory.
//!
//! A country writes its invite and hands it to the partner out of band (by mail, on a stick, in a treaty annex). The
//! file is a C2SP signed note by the country's log key over a text that names that very key: the signature shows
//! that the sender holds the key and that nothing was changed, not who the sender is. That is what the fingerprint
//! is for: people of both countries read it to each other over a channel they already trust.
//!
//! ```text
//! countersign-invite/v1
//! party GH
//! origin registry.example.gov.gh/ledger
//! registry GHA01
//! log-key registry.example.gov.gh/ledger+5f1d…+AS…
//! cosigner-key registry.example.gov.gh/witness+77ab…+BK…
//! peer 12D3KooW…
//! address /dns4/node.example.gov.gh/tcp/4001
//! http https://registry.example.gov.gh
//! issued 2026-11-22T10:00:00Z
//! ```
//!
//! `address` stands 0 to 16 times and `http` at most once; all other lines stand once, in this order.

use super::Fingerprint;
use super::address::{HttpAddress, PeerAddress, PeerName};
use super::lines::{FileError, Lines};
use crate::id::{IdError, Origin};
use crate::log::{Hash, KeyKind, SignedNote, SignerKey, VerifierKey};
use crate::party::{Party, RegistryId};
use crate::record::{Partner, PartnerStatus};
use crate::time::Timestamp;
use sha2::{Digest, Sha256};
use std::fmt;

/// The first line of an invite.
pub const INVITE_HEADER: &str = "countersign-invite/v1";

/// The largest invite file, in bytes.
pub const INVITE_BYTES_MAX: usize = 16 * 1024;

/// The most addresses in an invite.
pub const INVITE_ADDRESSES_MAX: usize = 16;

/// Why an invite cannot be made or believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InviteError {
    /// The file cannot be read, or its signature does not verify.
    #[error("invite: {0}")]
    File(#[from] FileError),
    /// The registry belongs to another country.
    #[error("invite: registry {registry} is not one of {party}; one of the two lines is wrong")]
    RegistryParty {
        /// The party line.
        party: Party,
        /// The registry line.
        registry: RegistryId,
    },
    /// The log key is not an Ed25519 key with the origin as its name.
    #[error(
        "invite: the log key must be an Ed25519 key (type 0x01) named {origin}, and is named {name}"
    )]
    LogKey {
        /// The origin line.
        origin: Origin,
        /// The name of the key.
        name: String,
    },
    /// The cosigner key cannot cosign.
    #[error("invite: the cosigner key {0} must be an Ed25519 cosignature key (type 0x04)")]
    CosignerKey(String),
    /// One key serves as log key and as cosigner.
    #[error(
        "invite: log key and cosigner key are the same key; a log and a witness need a key each"
    )]
    SharedKey,
    /// An address stands twice.
    #[error("invite: address {0} stands twice; remove one")]
    AddressTwice(PeerAddress),
    /// More addresses than allowed.
    #[error(
        "invite: {0} addresses, and at most {INVITE_ADDRESSES_MAX} are allowed; keep those partners can reach"
    )]
    TooManyAddresses(usize),
    /// The key given for signing is not the one that the invite names.
    #[error(
        "invite: it must be signed by the log key it names, not by {0}; sign with the node's current log key"
    )]
    WrongSigner(String),
    /// A value is fine in a file but does not fit a record.
    #[error("invite: the ledger cannot record it: {0}")]
    Unrecordable(#[from] IdError),
}

/// What a country tells its partners about its node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InviteFields {
    /// The country.
    pub party: Party,
    /// The origin of its ledger.
    pub origin: Origin,
    /// Its registry in Article 6 reports.
    pub registry: RegistryId,
    /// The key that signs its checkpoints; its name is the origin.
    pub log_key: VerifierKey,
    /// The key with which it cosigns the checkpoints of others.
    pub cosigner_key: VerifierKey,
    /// The libp2p identity of its node.
    pub peer: PeerName,
    /// Where its node listens for peers; none when it only calls out.
    pub addresses: Vec<PeerAddress>,
    /// Where its HTTP interface is reached, if it is.
    pub http: Option<HttpAddress>,
    /// When the invite was written.
    pub issued: Timestamp,
}

impl InviteFields {
    /// Checks the rules that span several fields.
    fn check(&self) -> Result<(), InviteError> {
        let Self {
            party,
            origin,
            registry,
            log_key,
            cosigner_key,
            addresses,
            ..
        } = self;
        if registry.party() != *party {
            return Err(InviteError::RegistryParty {
                party: *party,
                registry: *registry,
            });
        }
        if log_key.kind() != KeyKind::Ed25519 || log_key.name() != origin.as_str() {
            return Err(InviteError::LogKey {
                origin: origin.clone(),
                name: log_key.name().to_owned(),
            });
        }
        if cosigner_key.kind() != KeyKind::CosignatureV1 {
            return Err(InviteError::CosignerKey(cosigner_key.name().to_owned()));
        }
        if log_key.public_key() == cosigner_key.public_key() {
            return Err(InviteError::SharedKey);
        }
        if addresses.len() > INVITE_ADDRESSES_MAX {
            return Err(InviteError::TooManyAddresses(addresses.len()));
        }
        for (at, address) in addresses.iter().enumerate() {
            if addresses[..at].contains(address) {
                return Err(InviteError::AddressTwice(address.clone()));
            }
        }
        Ok(())
    }

    fn read(text: &str) -> Result<Self, FileError> {
        let mut lines = Lines::open(text, INVITE_HEADER)?;
        let fields = Self {
            party: lines.required("party")?,
            origin: lines.required("origin")?,
            registry: lines.required("registry")?,
            log_key: lines.required("log-key")?,
            cosigner_key: lines.required("cosigner-key")?,
            peer: lines.required("peer")?,
            addresses: lines.repeated("address", INVITE_ADDRESSES_MAX)?,
            http: lines.optional("http")?,
            issued: lines.required("issued")?,
        };
        lines.end()?;
        Ok(fields)
    }
}

/// The text that is signed, with its final newline.
impl fmt::Display for InviteFields {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            party,
            origin,
            registry,
            log_key,
            cosigner_key,
            peer,
            addresses,
            http,
            issued,
        } = self;
        writeln!(
            formatter,
            "{INVITE_HEADER}\nparty {party}\norigin {origin}\nregistry {registry}"
        )?;
        writeln!(
            formatter,
            "log-key {log_key}\ncosigner-key {cosigner_key}\npeer {peer}"
        )?;
        for address in addresses {
            writeln!(formatter, "address {address}")?;
        }
        if let Some(http) = http {
            writeln!(formatter, "http {http}")?;
        }
        writeln!(formatter, "issued {issued}")
    }
}

/// An invite whose fields fit together and whose signature verifies. Its text form is the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invite {
    fields: InviteFields,
    note: SignedNote,
}

impl Invite {
    /// Writes and signs an invite.
    ///
    /// # Errors
    /// [`InviteError`] when the fields do not fit together or `key` is not the log key they name.
    pub fn sign(fields: InviteFields, key: &SignerKey) -> Result<Self, InviteError> {
        fields.check()?;
        if *key.verifier() != fields.log_key {
            return Err(InviteError::WrongSigner(key.name().to_owned()));
        }
        let note = SignedNote::sign(&fields.to_string(), key).map_err(FileError::Note)?;
        Ok(Self { fields, note })
    }

    /// Reads an invite file and verifies its signature by the log key that it names. This alone does not tell who
    /// wrote it: compare the [`Invite::fingerprint`] with the country before use.
    ///
    /// # Errors
    /// [`InviteError`] says which line is wrong, or that the signature does not verify.
    pub fn parse(file: &[u8]) -> Result<Self, InviteError> {
        if file.len() > INVITE_BYTES_MAX {
            return Err(FileError::TooLong {
                found: file.len(),
                max: INVITE_BYTES_MAX,
            }
            .into());
        }
        let note = SignedNote::from_bytes(file).map_err(FileError::Note)?;
        let fields = InviteFields::read(note.text())?;
        fields.check()?;
        note.verify([&fields.log_key]).map_err(FileError::Note)?;
        Ok(Self { fields, note })
    }

    /// What the invite says.
    #[must_use]
    pub const fn fields(&self) -> &InviteFields {
        &self.fields
    }

    /// The partner as the own ledger records it, in good standing. Only after the fingerprint was compared.
    ///
    /// # Errors
    /// [`InviteError::Unrecordable`] when a key or peer id does not fit the record.
    pub fn record(&self) -> Result<Partner, InviteError> {
        let InviteFields {
            party,
            origin,
            registry,
            log_key,
            peer,
            ..
        } = &self.fields;
        Ok(Partner {
            party: *party,
            origin: origin.clone(),
            registry: *registry,
            log_key: log_key.to_string().parse()?,
            peer: peer.as_str().parse()?,
            status: PartnerStatus::Active,
            invite: self.digest(),
            continues: None,
        })
    }

    /// SHA-256 of the signed text.
    #[must_use]
    pub fn digest(&self) -> Hash {
        Sha256::digest(self.note.text()).into()
    }

    /// The number that people of both countries compare. It covers every line of the text.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(self.note.text())
    }
}

impl fmt::Display for Invite {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.note.fmt(formatter)
    }
}
