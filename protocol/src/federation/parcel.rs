//! Parcels: what one node would send another over the network, as one file for a USB stick or a mail.
//!
//! A parcel is JSON and is not signed. Nothing in it needs to be believed: bundles and checkpoints prove themselves, as they
//! do on the network, and what the sender says that it knows only spares the other side a way. So whoever carries a parcel
//! can lose it, repeat it or change it, and do no more harm than a network can.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::federation::evidence::EVIDENCE_BYTES_MAX;
use crate::federation::message::{
    ADD_CHECKPOINT_BYTES_MAX, BUNDLE_BYTES_MAX, CONSISTENCY_HASHES_MAX, NOTE_BYTES_MAX,
};
use crate::id::Origin;
use crate::log::Hash;
use crate::party::Party;

/// What the member `parcel` says.
pub const PARCEL_FORMAT: &str = "countersign/parcel/v1";

/// Longest parcel, bytes: [`PARCEL_BUNDLES_MAX`] bundles of the longest kind, a trust registry, evidence, and the rest.
pub const PARCEL_BYTES_MAX: usize = PARCEL_BUNDLES_MAX * (BUNDLE_BYTES_MAX + 1024)
    + 2 * PARCEL_TRUST_BYTES_MAX
    + PARCEL_EVIDENCE_MAX * 2 * EVIDENCE_BYTES_MAX
    + 1024 * 1024;

/// Most bytes of the files of a trust registry in a parcel. One that is larger is fetched over a network.
pub const PARCEL_TRUST_BYTES_MAX: usize = 8 * 1024 * 1024;

/// Most files of a trust registry in a parcel: its roots, its lists and the entry of each member.
pub const PARCEL_TRUST_FILES_MAX: usize = 2048;

/// Most pieces of evidence in a parcel.
pub const PARCEL_EVIDENCE_MAX: usize = 16;

/// Most bundles in a parcel.
pub const PARCEL_BUNDLES_MAX: usize = 512;

/// Most sizes that a sender says it knows, and most consistency proofs.
pub const PARCEL_SIZES_MAX: usize = 8;

/// One file from one node to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Parcel {
    /// [`PARCEL_FORMAT`].
    pub parcel: String,
    /// Whose node packed it.
    pub from: Party,
    /// The log of that node.
    pub from_origin: Origin,
    /// For whose node it is.
    pub to: Party,
    /// The log of that node.
    pub to_origin: Origin,
    /// When it was packed, in milliseconds since the Unix epoch.
    pub packed_ms: u64,
    /// Sizes of the addressee's log that the sender has verified, so that the addressee can prove from there on.
    pub knows: Vec<u64>,
    /// The sender's newest checkpoint with a quorum of witnesses.
    pub checkpoint: Option<String>,
    /// That [`Self::checkpoint`] continues checkpoints that the addressee knows.
    pub consistency: Vec<ParcelConsistency>,
    /// Own leaves that concern the addressee, each with its proof: tlog-proof texts.
    pub bundles: Vec<String>,
    /// How many bundles more there are than one parcel takes.
    pub left: u64,
    /// A checkpoint that the addressee is asked to cosign: the body of an add-checkpoint request (C2SP tlog-witness).
    pub cosign: Option<String>,
    /// The newest checkpoint of the addressee that the sender cosigned.
    pub cosigned: Option<String>,
    /// SHA-256 of the timestamp of the trust registry that the sender holds, in hexadecimal: whoever holds the same need not send it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub knows_trust: Option<String>,
    /// The files of the sender's newest version of the trust registry, by their paths (TUF 1.0).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub trust: BTreeMap<String, String>,
    /// Evidence against ledgers that stand accused at the sender.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<String>,
}

/// A consistency proof (RFC 6962 section 2.1.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ParcelConsistency {
    /// The smaller size.
    pub from: u64,
    /// The larger size.
    pub to: u64,
    /// The hashes, in hexadecimal.
    pub hashes: Vec<String>,
}

/// Why a file is no parcel.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParcelError {
    /// The file is larger than any parcel.
    #[error("the file has {found} bytes and a parcel at most {max}: it is not a parcel", max = PARCEL_BYTES_MAX)]
    TooLong {
        /// Bytes found.
        found: usize,
    },
    /// The file is not the JSON of a parcel.
    #[error("the file cannot be read as a parcel: {0}; ask the sender to pack it again")]
    Json(String),
    /// It is of another version.
    #[error(
        "it says parcel {found:?} and not {expected:?}: it is another kind of file, or from a newer release",
        expected = PARCEL_FORMAT
    )]
    Format {
        /// What stood there.
        found: String,
    },
    /// A member holds more than it may.
    #[error("{member} holds {found} and may hold {max}: ask the sender to pack it again")]
    TooMuch {
        /// The member.
        member: &'static str,
        /// How much it holds: entries, or bytes of one entry.
        found: usize,
        /// How much it may hold.
        max: usize,
    },
    /// A hash is not 64 hexadecimal digits.
    #[error(
        "consistency from {from} to {to} holds what is no hash: ask the sender to pack it again"
    )]
    Hash {
        /// The smaller size.
        from: u64,
        /// The larger size.
        to: u64,
    },
}

impl Parcel {
    /// Reads a parcel, with every limit checked. What is in it is not verified.
    ///
    /// # Errors
    /// [`ParcelError`]
    pub fn parse(bytes: &[u8]) -> Result<Self, ParcelError> {
        if bytes.len() > PARCEL_BYTES_MAX {
            return Err(ParcelError::TooLong { found: bytes.len() });
        }
        let parcel: Self =
            serde_json::from_slice(bytes).map_err(|why| ParcelError::Json(why.to_string()))?;
        parcel.check()?;
        Ok(parcel)
    }

    /// Checks every limit.
    ///
    /// # Errors
    /// [`ParcelError`]
    pub fn check(&self) -> Result<(), ParcelError> {
        if self.parcel != PARCEL_FORMAT {
            let found = crate::text::excerpt(&self.parcel);
            return Err(ParcelError::Format { found });
        }
        let longest = |texts: &[String]| texts.iter().map(String::len).max().unwrap_or(0);
        let length = |text: &Option<String>| text.as_ref().map_or(0, String::len);
        let hashes = self.consistency.iter().map(|it| it.hashes.len()).max();
        let trust = self
            .trust
            .iter()
            .map(|(path, file)| path.len() + file.len());
        let trust: usize = trust.sum();
        for (member, found, max) in [
            ("knows", self.knows.len(), PARCEL_SIZES_MAX),
            ("consistency", self.consistency.len(), PARCEL_SIZES_MAX),
            ("hashes", hashes.unwrap_or(0), CONSISTENCY_HASHES_MAX),
            ("bundles", self.bundles.len(), PARCEL_BUNDLES_MAX),
            ("a bundle", longest(&self.bundles), BUNDLE_BYTES_MAX),
            ("checkpoint", length(&self.checkpoint), NOTE_BYTES_MAX),
            ("cosign", length(&self.cosign), ADD_CHECKPOINT_BYTES_MAX),
            ("cosigned", length(&self.cosigned), NOTE_BYTES_MAX),
            ("trust", self.trust.len(), PARCEL_TRUST_FILES_MAX),
            ("files of trust", trust, PARCEL_TRUST_BYTES_MAX),
            ("evidence", self.evidence.len(), PARCEL_EVIDENCE_MAX),
            (
                "a piece of evidence",
                longest(&self.evidence),
                EVIDENCE_BYTES_MAX,
            ),
        ] {
            if found > max {
                return Err(ParcelError::TooMuch { member, found, max });
            }
        }
        self.consistency
            .iter()
            .try_for_each(|it| it.read().map(drop))
    }
}

impl ParcelConsistency {
    /// Writes a proof.
    #[must_use]
    pub fn new(from: u64, to: u64, hashes: &[Hash]) -> Self {
        Self {
            from,
            to,
            hashes: hashes.iter().map(hex::encode).collect(),
        }
    }

    /// Reads the hashes.
    ///
    /// # Errors
    /// [`ParcelError::Hash`]
    pub fn read(&self) -> Result<Vec<Hash>, ParcelError> {
        let hash = |text: &String| {
            let mut hash = Hash::default();
            hex::decode_to_slice(text, &mut hash).map(|()| hash)
        };
        let hashes: Result<Vec<Hash>, _> = self.hashes.iter().map(hash).collect();
        hashes.map_err(|_| ParcelError::Hash {
            from: self.from,
            to: self.to,
        })
    }
}
