//! From bytes that anybody may have sent to a record under a believed checkpoint: rule R8, cheap checks first.

use crate::federation::FaultCode;
use crate::federation::ProvenRecord;
use crate::federation::message::BUNDLE_BYTES_MAX;
use crate::log::{BundleError, PolicyError, TlogProof, VerifiedCheckpoint};
use crate::record::{ProofReference, Record};

/// A bundle whose size, form and record were looked at, and no signature yet.
#[derive(Clone, Debug)]
pub struct Unverified {
    bundle: TlogProof,
    record: Record,
}

impl Unverified {
    /// Size, form, canonical record: everything that costs next to nothing.
    ///
    /// # Errors
    /// The numbered fault of the first check that fails.
    pub fn read(bundle: &[u8]) -> Result<Self, FaultCode> {
        if bundle.len() > BUNDLE_BYTES_MAX {
            return Err(FaultCode::FrameTooLarge);
        }
        let text = std::str::from_utf8(bundle).map_err(|_| FaultCode::MalformedProof)?;
        let bundle = TlogProof::parse(text).map_err(|_| FaultCode::MalformedProof)?;
        let leaf = bundle.extra.as_deref().ok_or(FaultCode::MalformedProof)?;
        let record = Record::decode(leaf).map_err(|_| FaultCode::NotCanonical)?;
        Ok(Self { bundle, record })
    }

    /// The note of the checkpoint that it rests on: log signature and quorum are for the caller's policy to judge.
    #[must_use]
    pub fn checkpoint(&self) -> &str {
        &self.bundle.checkpoint
    }

    /// The record, proven under its checkpoint. That this checkpoint continues the partner's pin is still to be shown:
    /// see [`Heads`](crate::federation::Heads).
    ///
    /// # Errors
    /// The numbered fault of the check that fails.
    pub fn under(self, verified: &VerifiedCheckpoint) -> Result<ProvenRecord, FaultCode> {
        let proven = self
            .bundle
            .verify_against(verified)
            .map_err(|error| match error {
                BundleError::Inclusion(_) => FaultCode::InclusionFails,
                BundleError::Policy(error) => FaultCode::from(&error),
                _ => FaultCode::MalformedProof,
            })?;
        let proof = ProofReference {
            origin: proven.origin.parse().map_err(|_| FaultCode::UnknownLog)?,
            index: proven.index,
            size: proven.checkpoint.size,
            root: proven.checkpoint.root,
        };
        let record = self.record;
        Ok(ProvenRecord { proof, record })
    }
}

impl From<&PolicyError> for FaultCode {
    fn from(error: &PolicyError) -> Self {
        match error {
            PolicyError::UnknownLog { .. } => Self::UnknownLog,
            PolicyError::BadLogSignature { .. } | PolicyError::NoLogSignature { .. } => {
                Self::BadLogSignature
            }
            PolicyError::NoQuorum { .. } | PolicyError::BadCosignature { .. } => {
                Self::NoWitnessQuorum
            }
            PolicyError::Malformed(_) => Self::MalformedProof,
        }
    }
}
